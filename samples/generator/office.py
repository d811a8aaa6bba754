"""Word processor, spreadsheet and slide files. Zip containers are repacked with one fixed date: same input, same bytes."""

from __future__ import annotations

import csv
import io
import zipfile
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import docx
import pptx
import xlsxwriter
from docx.shared import Pt
from pptx.util import Inches
from pptx.util import Pt as SlidePt

from generator.papers import PAPERS

NOTES: dict[str, Any] = {
    "participants": ["Maëlle Corvec", "Youenn Le Strat", "Odile Marchadour"],
    "decisions": [
        "Le laiton brossé est retenu pour les numéros de chambre.",
        "Le totem passe à 3,20 m pour rester sous la limite du plan d'urbanisme.",
    ],
    "actions": [
        {"who": "Youenn Le Strat", "what": "envoyer les plans du totem à la mairie de Port-Ergat", "when": "2026-05-22"},
        {"who": "Odile Marchadour", "what": "valider la carte du restaurant", "when": "2026-05-29"},
        {"who": "Maëlle Corvec", "what": "chiffrer la signalétique du spa", "when": "2026-06-05"},
    ],
}

# Payments received, as the studio's own sheet spells the clients: paper, day received (None: waiting), amount when it is not the whole.
PAYMENTS: tuple[tuple[str, str, date | None, str], ...] = (
    ("dupont-march", "DUPONT SARL", date(2026, 4, 14), "2414.40"),  # the credit note is deducted
    ("ajoncs", "Hôtel des Ajoncs", date(2026, 5, 26), ""),
    ("phare-vert", "Phare Vert", date(2026, 6, 15), ""),
    ("harrow", "Harrow and Finch", date(2026, 6, 1), ""),
    ("mairie", "Mairie St-Quolban", date(2026, 8, 3), ""),
    ("kerlann", "Laiterie Kerlann", date(2026, 10, 19), "1500.00"),
    ("roussel", "Cabinet Roussel", None, ""),
)


def _repacked(data: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for info in old.infolist():
            if info.filename == "docProps/thumbnail.jpeg":  # a picture of the library's own template
                continue
            content = old.read(info)
            if info.filename == "_rels/.rels":
                content = b"".join(part for part in _relations(content) if b"thumbnail" not in part)
            new.writestr(zipfile.ZipInfo(info.filename, (2026, 1, 1, 0, 0, 0)), content, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def _relations(xml: bytes) -> list[bytes]:
    head, *rest = xml.split(b"<Relationship ")
    relations = []
    for part in rest:
        body, end, tail = part.partition(b"/>")
        relations.append(b"<Relationship " + body + end)
        relations.append(tail)
    return [head, *relations]


def _saved(document: Any, author: str, title: str, day: datetime) -> bytes:
    properties = document.core_properties
    properties.author, properties.title, properties.last_modified_by = author, title, author
    properties.created = properties.modified = day
    properties.comments = ""
    out = io.BytesIO()
    document.save(out)
    return _repacked(out.getvalue())


def meeting_notes() -> bytes:
    document = docx.Document()
    document.styles["Normal"].font.name = "Calibri"
    document.styles["Normal"].font.size = Pt(11)
    document.add_heading("Compte rendu – Hôtel des Ajoncs", 1)
    document.add_paragraph("Réunion du 12 mai 2026, à Port-Ergat, 10 h – 11 h 30")
    document.add_paragraph(
        "Présents : Maëlle Corvec et Youenn Le Strat (Studio Varech), Odile Marchadour (directrice de l'hôtel). Excusé : M. Briand, électricien."
    )
    document.add_heading("Points abordés", 2)
    document.add_paragraph(
        "Présentation des deux finitions pour les numéros de chambre. L'inox brossé marque les doigts ; le laiton se patine. Échantillons laissés sur place."
    )
    document.add_paragraph(
        "Le totem de 3,60 m dépasse la hauteur permise par le plan local d'urbanisme. Réduit à 3,20 m, il n'appelle qu'une déclaration préalable."
    )
    document.add_heading("Décisions", 2)
    for decision in NOTES["decisions"]:
        document.add_paragraph(decision, style="List Bullet")
    document.add_heading("Actions", 2)
    table = document.add_table(rows=1, cols=3, style="Light Grid Accent 1")
    for cell, text in zip(table.rows[0].cells, ("Qui", "Quoi", "Pour quand"), strict=True):
        cell.text = text
    for action in NOTES["actions"]:
        year, month, day = action["when"].split("-")
        for cell, text in zip(table.add_row().cells, (action["who"], action["what"].capitalize(), f"{day}/{month}/{year}"), strict=True):
            cell.text = text
    document.add_paragraph()
    document.add_paragraph("Question ouverte : qui paie le raccordement électrique du totem ? À revoir avec M. Briand.")
    document.add_paragraph("Prochaine réunion : 9 juin 2026, 10 h, au studio.")
    return _saved(document, "Maëlle Corvec", "CR Ajoncs", datetime(2026, 5, 12, 16, 20))


def agreement() -> bytes:
    document = docx.Document()
    document.styles["Normal"].font.name = "Cambria"
    document.add_heading("Maintenance agreement", 0)
    document.add_paragraph(
        "This agreement is made on 1 October 2025 between Studio Varech SARL, 8 quai des Goémons, 35400 Saint-Malo, France (the Studio), and "
        "Tidewell Museum Trust, The Old Ropeworks, Harbour Lane, Tidewell TQ9 9QX, United Kingdom (the Client)."
    )
    clauses = (
        (
            "Services",
            "The Studio keeps the Client's exhibition signs and digital labels in working order, and answers requests within two working days.",
        ),
        (
            "Fee",
            "The Client pays a fee of £1,140.00 a year, invoiced each October in advance. Travel is charged at cost, agreed in writing before it is booked.",
        ),
        (
            "Term",
            "The agreement starts on 1 October 2025 and runs for twenty-four months. Either party may end it with three months' notice in writing.",
        ),
        (
            "Confidentiality",
            "Each party keeps the other's unpublished material to itself, during the agreement and for two years after it.",
        ),
        ("Law", "The agreement is governed by French law. The parties will first try to settle any dispute by mediation."),
    )
    for number, (title, text) in enumerate(clauses, 1):
        document.add_heading(f"{number}. {title}", 2)
        document.add_paragraph(text)
    document.add_paragraph()
    table = document.add_table(rows=2, cols=2)
    table.cell(0, 0).text, table.cell(0, 1).text = "For the Studio", "For the Client"
    table.cell(1, 0).text, table.cell(1, 1).text = "Maëlle Corvec, manager", "Winifred Asher, registrar"
    return _saved(document, "Winifred Asher", "Maintenance agreement", datetime(2025, 10, 1, 9, 0))


def payments() -> bytes:
    """The studio's own sheet: clients spelt anyhow, a total as a formula (its value computed here too), a second sheet of reminders."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    book.set_properties({"author": "Youenn Le Strat", "created": datetime(2026, 10, 20)})
    sheet = book.add_worksheet("Paiements 2026")
    bold = book.add_format({"bold": True, "bg_color": "#D9EDED", "border": 1})
    money = book.add_format({"num_format": '#,##0.00 "€"'})
    total = book.add_format({"num_format": '#,##0.00 "€"', "bold": True, "top": 1})
    day_format = book.add_format({"num_format": "dd/mm/yyyy"})
    sheet.merge_range(0, 0, 0, 5, "Suivi des paiements clients", book.add_format({"bold": True, "font_size": 14}))
    for column, (text, width) in enumerate(
        (("Facture", 15), ("Client", 24), ("Montant TTC", 15), ("Reçu le", 12), ("Montant reçu", 15), ("Reste dû", 14))
    ):
        sheet.set_column(column, column, width)
        sheet.write(2, column, text, bold)
    sums = [Decimal(0)] * 3
    for row, (key, client, received, part) in enumerate(PAYMENTS, 3):
        paper = PAPERS[key]
        due = paper.total - (PAPERS["dupont-credit"].total if key == "dupont-march" else 0)
        paid = (Decimal(part) if part else paper.total) if received else Decimal(0)
        sheet.write_string(row, 0, paper.number)
        sheet.write_string(row, 1, client)
        sheet.write_number(row, 2, float(due), money)
        if received:
            sheet.write_datetime(row, 3, datetime(received.year, received.month, received.day), day_format)
        sheet.write_number(row, 4, float(paid), money)
        sheet.write_formula(row, 5, f"=C{row + 1}-E{row + 1}", money, float(due - paid))
        sums = [a + b for a, b in zip(sums, (due, paid, due - paid), strict=True)]
    last = 3 + len(PAYMENTS)
    sheet.write_string(last, 1, "TOTAL", total)
    for column, value in zip((2, 4, 5), sums, strict=True):
        letter = "CDEF"[column - 2]
        sheet.write_formula(last, column, f"=SUM({letter}4:{letter}{last})", total, float(value))
    reminders = book.add_worksheet("Relances")
    reminders.write_row(0, 0, ("Date", "Client", "Motif"), bold)
    reminders.set_column(1, 2, 40)
    reminders.write_datetime(1, 0, datetime(2026, 10, 21), day_format)
    reminders.write_row(1, 1, ("Laiterie Kerlann", "solde de la facture FA-2026-058"))
    reminders.freeze_panes(1, 0)
    sheet.freeze_panes(3, 0)
    book.close()
    return out.getvalue()


def bank_statement() -> bytes:
    """The bank's export: semicolons, decimal commas, no-break thousands, Windows-1252, CRLF, a title line above the header."""
    moves = (
        ("02/03/2026", "PRLV LOYER ATELIER", "-1150.00"), ("14/04/2026", "VIR DUPONT SARL FA-2026-031 MOINS AVOIR", "2414.40"),
        ("03/04/2026", "CB NUAGE CLAIR", "-73.68"), ("14/04/2026", "CB LE PETIT CORMORAN", "-77.70"), ("22/05/2026", "VIR TRANSPORTS LE BIHAN", "-572.52"),
        ("26/05/2026", "VIR HOTEL DES AJONCS FA-2026-038", "7707.36"), ("01/06/2026", "VIR HARROW FINCH INV-2026-007", "5920.00"),
        ("15/06/2026", "VIR LIBRAIRIE PHARE VERT", "3020.00"), ("31/07/2026", "VIR IMPRIMERIE TANGUY ET FILS 260418", "-1132.35"),
        ("03/08/2026", "VIR TRESORERIE SAINT-QUOLBAN", "3800.40"), ("26/08/2026", "CB PAPETERIE OCÉANE", "-285.48"),
        ("19/10/2026", "VIR LAITERIE KERLANN ACOMPTE", "1500.00"), ("30/10/2026", "COTISATION CARTE – 4 € / MOIS", "-4.00"),
    )  # fmt: skip

    def write(value: Decimal) -> str:
        return f"{value:,.2f}".replace(",", "\u00a0").replace(".", ",")

    balance = Decimal("4180.25")
    lines = [
        ["Compte professionnel n° 00041827418"],
        ["Date", "Libellé", "Débit", "Crédit", "Solde"],
        ["01/03/2026", "SOLDE PRÉCÉDENT", "", "", write(balance)],
    ]
    for day, label, amount in sorted(moves, key=lambda move: datetime.strptime(move[0], "%d/%m/%Y")):
        value = Decimal(amount)
        balance += value
        lines.append([day, label, write(-value) if value < 0 else "", write(value) if value > 0 else "", write(balance)])
    out = io.StringIO()
    csv.writer(out, delimiter=";", lineterminator="\r\n").writerows(lines)
    return out.getvalue().encode("cp1252")


def contacts() -> bytes:
    """An address book exported with a byte order mark and commas; one client appears twice, spelt otherwise."""
    rows = (
        ("Nom", "Contact", "E-mail", "Ville"), ("SARL Dupont", "Bernard Dupont", "atelier@menuiserie-dupont.example", "Rennes"),
        ("dupont", "Bernard D.", "b.dupont@menuiserie-dupont.example", "RENNES"), ("Librairie du Phare Vert", "Solène Quéméneur", "commandes@phare-vert.example", "Roscavel"),
        ("Hôtel des Ajoncs", "Odile Marchadour", "direction@hoteldesajoncs.example", "Port-Ergat"), ("Cabinet Léa Roussel", "Léa Roussel", "lea@roussel-architectes.example", "Blanval"),
        ("Laiterie Kerlann SAS", "Comptabilité, Mme Nédélec", "compta@laiterie-kerlann.example", "Kerlann-le-Bois"), ("Mairie de Saint-Quolban", "Service finances", "finances@saint-quolban.example", "Saint-Quolban"),
        ("Harrow & Finch Ltd", "Imogen Finch", "accounts@harrowfinch.example", "Bristol"), ("Tidewell Museum Trust", "Winifred Asher", "registrar@tidewellmuseum.example", "Tidewell"),
    )  # fmt: skip
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(rows)
    return out.getvalue().encode("utf-8-sig")


def offer_slides() -> bytes:
    deck = pptx.Presentation()
    deck.slide_width, deck.slide_height = Inches(13.333), Inches(7.5)
    slides = (
        ("Laiterie Kerlann : la gamme fermière", "Proposition du Studio Varech – 6 juillet 2026"),
        (
            "Huit étiquettes, une seule famille",
            "Un dessin par lait, une couleur par affinage\nLisible à deux mètres, imprimable en trois encres\nMentions obligatoires déjà en place",
        ),
        ("Calendrier", "Septembre : maquettes et photographies\nOctobre : impression\nNovembre : salon de Rennes, deux kakémonos"),
    )
    for title, text in slides:
        slide = deck.slides.add_slide(deck.slide_layouts[5])
        holder = slide.shapes.title
        holder.left, holder.top, holder.width, holder.height = Inches(0.8), Inches(0.6), Inches(11.7), Inches(1.2)
        holder.text_frame.text = title
        box = slide.shapes.add_textbox(Inches(0.9), Inches(2.2), Inches(11.5), Inches(4))
        for index, line in enumerate(text.split("\n")):
            paragraph = box.text_frame.paragraphs[0] if index == 0 else box.text_frame.add_paragraph()
            paragraph.text = line
            paragraph.font.size = SlidePt(24)
    slide.notes_slide.notes_text_frame.text = "Dire que le prix de la photographie comprend les droits pour cinq ans."
    return _saved(deck, "Maëlle Corvec", "Offre Kerlann", datetime(2026, 7, 6, 11, 0))
