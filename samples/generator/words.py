"""What people said and wrote: a meeting in French, a call in English, mails, an appointment."""

from __future__ import annotations

from email.message import EmailMessage
from email.policy import SMTP
from typing import Any

from generator.papers import PAPERS

TEAM_TRUTH: dict[str, Any] = {
    "participants": ["Maëlle", "Youenn", "Sofia", "Théo"],
    "decisions": ["On garde les huit étiquettes et on abandonne le film.", "Les devis de plus de 3 000 € passent par Maëlle avant envoi."],
    "actions": [
        {"who": "Sofia", "what": "livrer les maquettes d'étiquettes à la Laiterie Kerlann", "when": "2026-09-11"},
        {"who": "Théo", "what": "relancer l'imprimerie Tanguy pour les marque-pages", "when": "2026-09-08"},
        {"who": "Youenn", "what": "mettre à jour le suivi des paiements", "when": "2026-09-30"},
    ],
    "questions": ["Est-ce qu'on recrute un alternant en janvier ?"],
}

TEAM_MEETING = """Réunion d'équipe – lundi 7 septembre 2026, 9 h 05
Présents : Maëlle, Youenn, Sofia, Théo

[00:00:12] Maëlle : Bonjour à tous, on fait court, j'ai le train de 10 h 40. On commence par Kerlann ?
[00:00:21] Sofia : Oui. Les photos sont faites, il m'en manque deux pour la tomme. Pour les étiquettes, j'en ai cinq de prêtes sur huit.
[00:00:39] Youenn : Et le film ? Ils en parlent encore dans leur mail de vendredi.
[00:00:44] Maëlle : Non. Ils n'ont pas le budget et nous pas le temps. Décision : on garde les huit étiquettes et on abandonne le film.
[00:01:02] Sofia : D'accord. Je livre les maquettes d'étiquettes à la laiterie vendredi 11 septembre, sans faute.
[00:01:15] Théo : De mon côté, les marque-pages du Phare Vert : l'imprimerie Tanguy ne répond pas. Je les relance demain.
[00:01:26] Maëlle : Appelle plutôt, c'est M. Gwenaël qui suit. Youenn, les paiements ?
[00:01:33] Youenn : Le fichier n'est pas à jour depuis juillet. Je le mets à jour avant la fin du mois, promis. Il manque la mairie, je crois, non, elle a payé en août.
[00:01:52] Maëlle : Autre chose : le devis de juillet est parti avec une option que je n'avais pas vue. À partir de maintenant, les devis de plus de 3 000 € passent par moi avant envoi. C'est décidé.
[00:02:10] Théo : Noté.
[00:02:14] Sofia : Est-ce qu'on recrute un alternant en janvier ? On me l'a demandé à l'école.
[00:02:20] Maëlle : Je ne sais pas encore, on en reparle en octobre quand on aura le résultat du concours avec Léa Roussel.
[00:02:31] Youenn : Et je rappelle que la plaque de l'hôtel des Ajoncs doit être posée avant le 20, M. Briand passe le 18.
[00:02:40] Maëlle : Très bien. On s'arrête là. Bonne semaine !
"""

CALL_TRUTH: dict[str, Any] = {
    "participants": ["Imogen Finch", "Maëlle Corvec", "Ruben Okafor"],
    "decisions": ["We go with the second palette, the darker green.", "Phase two starts only after the guidelines are signed off."],
    "actions": [
        {"who": "Maëlle Corvec", "what": "send the revised artwork for the six tea boxes", "when": "2026-02-20"},
        {"who": "Ruben Okafor", "what": "share the supplier's die-lines", "when": "2026-02-13"},
        {"who": "Imogen Finch", "what": "raise a purchase order for the Bristol workshop", "when": ""},
    ],
    "questions": ["Do we need Welsh on the boxes?"],
}

CALL = """WEBVTT

NOTE Harrow & Finch kick-off, recorded 10 February 2026

1
00:00:03.200 --> 00:00:09.800
<v Imogen Finch>Thanks for making the time, Maëlle. Ruben is on the line from the warehouse.

2
00:00:10.100 --> 00:00:14.000
<v Ruben Okafor>Hello both. Bit noisy here, shout if you lose me.

3
00:00:14.600 --> 00:00:27.300
<v Maëlle Corvec>No problem. So, two palettes for the tea range. The first is close to what you have, the second
is the darker green you saw in the sketches.

4
00:00:28.000 --> 00:00:36.400
<v Imogen Finch>I showed them round the shop and nobody hesitated. Let's decide: we go with the second palette, the darker green.

5
00:00:37.000 --> 00:00:45.900
<v Maëlle Corvec>Lovely. Then I'll send the revised artwork for the six tea boxes by Friday the twentieth of February.

6
00:00:46.300 --> 00:00:55.200
<v Ruben Okafor>You'll want the new die-lines for that. I'll share the supplier's die-lines by this Friday, the thirteenth.

7
00:00:56.000 --> 00:01:03.700
<v Maëlle Corvec>Perfect. And do we need Welsh on the boxes? The regulations changed, didn't they?

8
00:01:04.100 --> 00:01:10.500
<v Imogen Finch>Good question. I honestly don't know. Let's leave it open and ask the trade body.

9
00:01:11.000 --> 00:01:22.800
<v Imogen Finch>On money: I'll raise a purchase order for the Bristol workshop. Phase two starts only after the guidelines
are signed off, I want that to be clear.

10
00:01:23.200 --> 00:01:29.000
<v Maëlle Corvec>Agreed. The workshop is 850 euros, travel included, as quoted.

11
00:01:29.400 --> 00:01:33.000
<v Ruben Okafor>Great. Talk in two weeks then.
"""

APPOINTMENT = "\r\n".join(
    (
        "BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Studio Varech//Agenda//FR", "BEGIN:VEVENT", "UID:20261203-tidewell@studiovarech.example",
        "DTSTAMP:20261105T101500Z", "DTSTART:20261203T100000Z", "DTEND:20261203T113000Z", "SUMMARY:Tidewell Museum\\, annual check of the signs",
        "LOCATION:The Old Ropeworks\\, Harbour Lane\\, Tidewell", "ORGANIZER;CN=Winifred Asher:mailto:registrar@tidewellmuseum.example",
        "ATTENDEE;CN=Youenn Le Strat:mailto:bonjour@studiovarech.example", "END:VEVENT", "END:VCALENDAR", "",
    )
)  # fmt: skip


def _mail(sender: str, to: str, subject: str, day: str, ident: str, text: str) -> EmailMessage:
    message = EmailMessage(policy=SMTP)
    message["From"], message["To"], message["Subject"], message["Date"] = sender, to, subject, day
    message["Message-ID"] = f"<{ident}>"
    message.set_content(text)
    return message


def mail_with_invoice() -> bytes:
    message = _mail(
        "Imprimerie Tanguy & Fils <facturation@imprimerie-tanguy.example>", "Studio Varech <bonjour@studiovarech.example>",
        "Votre facture n° 260487 – réimpression du catalogue", "Wed, 15 Jul 2026 08:31:04 +0200", "260487.8831@imprimerie-tanguy.example",
        "Bonjour,\n\nVeuillez trouver ci-joint notre facture n° 260487 du 10 juillet 2026, à régler avant le 30 septembre 2026.\n\n"
        "Nos coordonnées bancaires n'ont pas changé.\n\nBien cordialement,\nLe service facturation\nImprimerie Tanguy & Fils\n",
    )  # fmt: skip
    message.add_attachment(PAPERS["tanguy-july"].render(), maintype="application", subtype="pdf", filename="260487.pdf")
    return _fixed(message)


def mail_with_order() -> bytes:
    message = _mail(
        "Imogen Finch <accounts@harrowfinch.example>", "Studio Varech <bonjour@studiovarech.example>", "PO 7781 – brand refresh, and one question",
        "Tue, 24 Feb 2026 16:02:47 +0000", "7781.20260224@harrowfinch.example",
        "Hi Maëlle,\n\nPlease find our purchase order attached, for the workshop and the six pieces of artwork. Could you quote PO 7781 on "
        "the invoice?\n\nOne question: would the darker green survive on kraft board? Ruben is worried about it.\n\nBest,\nImogen\n\n-- \nImogen Finch\n"
        "Harrow & Finch Ltd, Unit 6, Tallow Yard, 18 Candle Street, Bristol BS1 9ZX\n",
    )  # fmt: skip
    message.add_attachment(
        "line,item,quantity,unit price EUR\n1,Packaging artwork,6,245.00\n2,Workshop in Bristol,1,850.00\n",
        subtype="csv",
        filename="PO-7781.csv",
    )
    return _fixed(message)


def mail_complaint() -> bytes:
    message = _mail(
        "Bernard Dupont <atelier@menuiserie-dupont.example>", "Studio Varech <bonjour@studiovarech.example>", "RE: livraison – panneaux rayés",
        "Mon, 30 Mar 2026 18:47:12 +0200", "b7d1.20260330@menuiserie-dupont.example",
        "Bonsoir,\n\nDeux panneaux sur quatorze sont rayés (photo à suivre). Merci de faire un avoir sur la FA-2026-031, on règle le reste à l'échéance.\n\n"
        "Bernard Dupont\ndupont – menuiserie\n\n> Le 27 mars 2026, Studio Varech a écrit :\n> Bonjour Bernard, les panneaux sont partis ce matin.\n",
    )  # fmt: skip
    message.add_alternative(
        "<html><body><p>Bonsoir,</p><p>Deux panneaux sur quatorze sont <b>rayés</b> (photo à suivre). Merci de faire un avoir sur la "
        "FA-2026-031, on règle le reste à l'échéance.</p><p>Bernard Dupont<br>dupont – menuiserie</p></body></html>",
        subtype="html",
    )
    return _fixed(message)


def _fixed(message: EmailMessage) -> bytes:
    """Give each multipart a boundary of its own that does not change from run to run."""
    for index, part in enumerate(part for part in message.walk() if part.is_multipart()):
        part.set_boundary(f"=_part{index}_{message['Message-ID'].strip('<>').replace('@', '_')}")
    return message.as_bytes()
