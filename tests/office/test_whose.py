"""Whom a paper is for: what is no name is no client, and what an account statement lists is not whom it is for."""

from __future__ import annotations

from typing import Any

from test_deliver import TOOL, invoice

STATEMENT = """Crédit de Touraine
Relevé de compte du 01/10/2026 au 31/10/2026
Titulaire : Studio Varech SARL
IBAN FR76 3000 6000 0112 3456 7890 189
Solde initial : 1 000,00 €
02/10/2026 VIR LAITERIE KERLANN 240,00
09/10/2026 VIR LAITERIE KERLANN 120,00
Solde final : 1 360,00 €
"""


def mail(sender: str, to: str, text: str) -> bytes:
    return f"From: {sender}\nTo: {to}\nSubject: Livraison\nDate: Mon, 05 Oct 2026 08:00:00 +0200\nContent-Type: text/plain; charset=utf-8\n\n{text}\n".encode()


def test_an_address_and_an_account_statement_make_no_client(office: Any) -> None:
    folder = office(
        {
            "1.txt": invoice("F-1", "Laiterie Kerlann", "12/01/2026", 100),
            "2.txt": invoice("F-2", "SARL Dupont", "12/02/2026", 200),
            "3.txt": invoice("F-3", "Mairie de Brec'h", "12/03/2026", 300),
            "banque.txt": STATEMENT.encode(),
            "reçu.eml": mail("Paul Rivière <p@laiterie.example>", "contact@varech.example", "Le lait est prêt. Paul, Laiterie Kerlann"),
            "tarif.eml": mail("ventes@papier.example", "contact@varech.example", "Nos prix augmentent."),
            "envoyé.eml": mail("Studio Varech <contact@varech.example>", "someone@else.example", "Bonjour."),
        }
    )
    folder.run(TOOL["sort_files"], by=["client"])
    assert folder.paths() == [
        "Dupont/2.txt",
        "Laiterie Kerlann/1.txt",
        "Laiterie Kerlann/reçu.eml",
        "Mairie de Brec'h/3.txt",
        "À classer/banque.txt",
        "À classer/envoyé.eml",
        "À classer/tarif.eml",
    ]
