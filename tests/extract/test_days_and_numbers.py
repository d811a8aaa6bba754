"""Which date is the paper's, when it falls due, and the number it goes by, in the layouts and words of many countries.

The papers are written for these tests. Each stands for a way in which a wrong date, due date, number or account was once given."""

from __future__ import annotations

import pytest

from confrere.documents.extract import extract, layout, when
from confrere.documents.extract.text import compact
from confrere.documents.model import Document, Page, Record

FRAMES = {
    "fr": """Menuiserie Lardin SARL
4 rue du Port
29200 Brest
SIRET 732 829 320 00074
{head}
Client : Hôtel du Phare
Désignation      Qté   PU HT   Total HT
Porte            1     500,00  500,00
Total HT   500,00 €
TVA 20 %   100,00 €
Total TTC  600,00 €
{foot}
""",
    "en": """Carrick Joinery Ltd
12 Mill Lane
Leeds LS1 4AB
United Kingdom
VAT No GB 980 7806 84
{head}
Bill to: Harbour Hotels Ltd
Description     Qty    Price    Amount
Door            1      500.00   500.00
Subtotal   £500.00
VAT 20%    £100.00
Total      £600.00
{foot}
""",
    "us": """Acme Tools LLC
12 Main Street
Boise, ID 83702
{head}
Bill To: Harbor Hotels Inc
Item      Qty   Price   Amount
Saw       1     $50.00  $50.00
Subtotal  $50.00
Sales Tax $3.00
Total     $53.00
{foot}
""",
    "de": """Tischlerei Brandt GmbH
Hauptstr. 3
10115 Berlin
USt-IdNr. DE136695976
{head}
Rechnungsempfänger: Hotel Adler GmbH
Pos   Bezeichnung   Menge   Einzelpreis   Gesamt
1     Tür           1       500,00        500,00
Summe netto     500,00 EUR
19 % MwSt        95,00 EUR
Gesamtbetrag    595,00 EUR
{foot}
""",
    "nl": """Timmerbedrijf De Vries B.V.
Kade 4
1011 AB Amsterdam
BTW NL001234567B01
{head}
Factuur aan: Hotel Zon
Omschrijving   Aantal   Prijs   Bedrag
Deur           1        500,00  500,00
Subtotaal  € 500,00
BTW 21%    € 105,00
Totaal incl. BTW  € 605,00
{foot}
""",
    "es": """Carpintería Ríos S.L.
Calle Mayor 3
28013 Madrid
CIF B12345674
{head}
Cliente: Hotel Sol S.A.
Descripción   Cantidad   Precio   Importe
Puerta        1          500,00   500,00
Base imponible  500,00 €
IVA 21%         105,00 €
Total           605,00 €
{foot}
""",
    "it": """Falegnameria Bruni S.r.l.
Via Roma 3
20121 Milano
P. IVA 12345670785
{head}
Cliente: Hotel Sole S.p.A.
Descrizione   Quantità   Prezzo   Importo
Porta         1          500,00   500,00
Imponibile   500,00
IVA 22%      110,00
Totale fattura € 610,00
{foot}
""",
}
"""An invoice around the lines that differ, by language."""

FRAMED = [
    ("fr", "FACTURE N° 2024-118 du 12/03/2024", "", {"date": "2024-03-12", "number": "2024-118"}),
    (
        "fr",
        "FACTURE\nN° : 2024-118\nDate : 12/03/2024\nVotre commande du 02/03/2024 n° C-77",
        "Prochaine facture le 12/04/2024",
        {"date": "2024-03-12", "number": "2024-118"},
    ),
    (
        "fr",
        "Facture F-118\nBrest, le 12 mars 2024",
        "À régler avant le 11 avril 2024",
        {"date": "2024-03-12", "due_date": "2024-04-11", "number": "F-118"},
    ),
    ("fr", "Facture F-118\nÉmise le 12 mars 2024", "Règlement à 30 jours fin de mois", {"date": "2024-03-12", "due_date": "2024-04-30"}),
    (
        "fr",
        "Facture F-118\nDate d’émission : 12 mars 2024\nDate d’échéance : 11 avril 2024",
        "",
        {"date": "2024-03-12", "due_date": "2024-04-11"},
    ),
    (
        "fr",
        "Facture n° FA 24 0118\nDate de facture : 12.03.24\nDate de livraison : 10.03.24",
        "Échéance : 12/04/24",
        {"date": "2024-03-12", "due_date": "2024-04-12", "number": "FA 24 0118"},
    ),
    (
        "fr",
        "Facture : FA/2024/0118          Date : 12/03/2024          Échéance : 11/04/2024",
        "",
        {"date": "2024-03-12", "due_date": "2024-04-11", "number": "FA/2024/0118"},
    ),
    (
        "fr",
        "N° facture     Date           Échéance       N° client\nFA0118         12/03/2024     11/04/2024     C0042",
        "",
        {"date": "2024-03-12", "due_date": "2024-04-11", "number": "FA0118"},
    ),
    (
        "fr",
        "N° client     N° facture     Date           Date d'échéance\nC0042         FA0118         12/03/2024     11/04/2024",
        "",
        {"date": "2024-03-12", "due_date": "2024-04-11", "number": "FA0118"},
    ),
    (
        "fr",
        "FACTURE FA0118\nPériode du 01/02/2024 au 29/02/2024\nDate : 05/03/2024",
        "Montant prélevé le 15/03/2024 sur votre compte",
        {"date": "2024-03-05", "due_date": "2024-03-15", "number": "FA0118"},
    ),
    (
        "fr",
        "FACTURE FA0118\n05/03/2024\nContrat souscrit le 01/01/2020",
        "Payable à réception",
        {"date": "2024-03-05", "due_date": "2024-03-05", "number": "FA0118"},
    ),
    (
        "fr",
        "FACTURE N°FA0118\nle 05/03/2024\nBon de commande n° 4471 du 01/03/2024\nBon de livraison n° 998 du 03/03/2024",
        "",
        {"date": "2024-03-05", "number": "FA0118"},
    ),
    (
        "fr",
        "FACTURE N°FA0118\nDate : 05/03/2024\nDevis n° D-91 accepté le 14/02/2024",
        "Paiement comptant. Imprimé le 09/03/2024",
        {"date": "2024-03-05", "number": "FA0118", "due_date": "2024-03-05"},
    ),
    (
        "fr",
        "Facture 1 234 567\nDate facture 05/03/2024",
        "IBAN FR76 3000 6000 0112 3456 7890 189 BIC AGRIFRPP",
        {"date": "2024-03-05", "number": "1234567", "iban": "FR7630006000011234567890189"},
    ),
    ("fr", "AVOIR N° AV-12\nDate : 20/03/2024\nSur facture n° FA0118 du 05/03/2024", "", {"date": "2024-03-20", "number": "AV-12"}),
    (
        "fr",
        "AVOIR\nNuméro : AV-12\nDate : 20/03/2024\nFacture d’origine : FA0118 du 05/03/2024",
        "",
        {"date": "2024-03-20", "number": "AV-12"},
    ),
    (
        "fr",
        "FACTURE\nRéf. : FA0118\nRéf. client : 8841\nDate : 5 mars 2024\nNé le 04/05/1980",
        "",
        {"date": "2024-03-05", "number": "FA0118"},
    ),
    (
        "fr",
        "Facture n° 2024 0118\nDate 5 mars 2024",
        "Date limite de paiement : 4 avril 2024",
        {"number": "2024 0118", "due_date": "2024-04-04", "date": "2024-03-05"},
    ),
    (
        "fr",
        "Facture n° FA0118 - 05/03/2024",
        "Conditions : paiement sous 45 jours. Escompte 2 % sous 8 jours. Pénalités 30 jours.",
        {"date": "2024-03-05", "due_date": "2024-04-19", "number": "FA0118"},
    ),
    (
        "fr",
        "Facture n°FA0118 en date du 05/03/2024",
        "Merci de régler cette facture au plus tard le 30/03/2024.",
        {"date": "2024-03-05", "due_date": "2024-03-30"},
    ),
    (
        "fr",
        "Facture n°FA0118\nDate : 05/03/2024",
        "Le montant de 600,00 € sera prélevé sur votre compte\nà compter du 18/03/2024",
        {"date": "2024-03-05", "due_date": "2024-03-18"},
    ),
    (
        "en",
        "INVOICE\nInvoice No: INV-0042\nInvoice Date: 5 March 2024\nDue Date: 4 April 2024\nOrder Date: 1 March 2024",
        "",
        {"date": "2024-03-05", "due_date": "2024-04-04", "number": "INV-0042"},
    ),
    ("en", "INVOICE INV-0042\nDate of issue: March 5, 2024", "Payment terms: 30 days", {"date": "2024-03-05", "due_date": "2024-04-04"}),
    (
        "en",
        "INVOICE # 42-778\nDate: 05/03/2024\nPO Number: 9912",
        "Your next invoice date is 05/04/2024. Please pay within 14 days.",
        {"date": "2024-03-05", "due_date": "2024-03-19", "number": "42-778"},
    ),
    (
        "en",
        "Tax Invoice\nInvoice number     Date           Due\n10042              05 Mar 24      04 Apr 24",
        "",
        {"date": "2024-03-05", "due_date": "2024-04-04", "number": "10042"},
    ),
    (
        "en",
        "Invoice date: 03/04/2024   Due date: 03/05/2024\nInvoice: 10042",
        "",
        {"date": "2024-04-03", "due_date": "2024-05-03", "number": "10042"},
    ),
    (
        "en",
        "CREDIT NOTE\nCredit Note No: CN-9\nDate: 20 March 2024\nOriginal invoice: INV-0042 dated 5 March 2024",
        "",
        {"date": "2024-03-20", "number": "CN-9"},
    ),
    (
        "en",
        "Invoice 10042 dated 05/03/2024\nBilling period 01/02/2024 - 29/02/2024",
        "Payable upon receipt",
        {"date": "2024-03-05", "due_date": "2024-03-05", "number": "10042"},
    ),
    (
        "en",
        "Invoice No. 10042\nTax point 05/03/2024\nContract No. 5567 dated 01/01/2022",
        "Terms: Net 30",
        {"date": "2024-03-05", "due_date": "2024-04-04", "number": "10042"},
    ),
    (
        "en",
        "INVOICE\nAccount No: 88123\nInvoice No: 10042\nJob No: 7781\nDate: 5th March 2024\nPrinted on 7th March 2024",
        "Payment due by 31st March 2024",
        {"date": "2024-03-05", "due_date": "2024-03-31", "number": "10042"},
    ),
    (
        "en",
        "Invoice\n10042\n5 March 2024",
        "We will collect the amount by Direct Debit on or around 19 March 2024",
        {"date": "2024-03-05", "due_date": "2024-03-19"},
    ),
    (
        "us",
        "INVOICE\nInvoice #: 5541\nInvoice Date: 03/04/2024\nShip Date: 03/01/2024",
        "Net 15",
        {"date": "2024-03-04", "due_date": "2024-03-19", "number": "5541"},
    ),
    ("us", "INVOICE #5541\nDate: 03/04/24\nDue: 04/03/24", "", {"date": "2024-03-04", "due_date": "2024-04-03", "number": "5541"}),
    (
        "de",
        "Rechnung Nr. RE-2024-118\nDatum: 05.03.2024\nKundennr.: 4471\nLieferdatum: 01.03.2024",
        "Zahlbar bis 04.04.2024",
        {"date": "2024-03-05", "due_date": "2024-04-04", "number": "RE-2024-118"},
    ),
    (
        "de",
        "Rechnung\nRechnungsnummer: 118/2024\nRechnungsdatum: 5. März 2024",
        "Faellig bis: 04.04.2024",
        {"date": "2024-03-05", "due_date": "2024-04-04", "number": "118/2024"},
    ),
    (
        "de",
        "Rechnung 118\nBerlin, den 05.03.2024\nBestellung vom 01.03.2024",
        "Bitte überweisen Sie den Betrag innerhalb von 14 Tagen auf IBAN DE89 3704 0044 0532 0130 00",
        {"date": "2024-03-05", "due_date": "2024-03-19", "number": "118", "iban": "DE89370400440532013000"},
    ),
    (
        "de",
        "Rechnung-Nr. 118   vom 05.03.2024   Kunden-Nr. 55",
        "Zahlungsziel: 30 Tage netto",
        {"date": "2024-03-05", "due_date": "2024-04-04", "number": "118"},
    ),
    ("de", "Gutschrift Nr. GS-7\nDatum: 20.03.2024\nzu Rechnung Nr. RE-118 vom 05.03.2024", "", {"date": "2024-03-20", "number": "GS-7"}),
    (
        "de",
        "Rechnungs-Nr.   Rechnungsdatum   Kunden-Nr.   Fälligkeit\n118             05.03.2024       4471         04.04.2024",
        "",
        {"date": "2024-03-05", "due_date": "2024-04-04", "number": "118"},
    ),
    (
        "nl",
        "FACTUUR\nFactuurnummer: 2024118\nFactuurdatum: 5 maart 2024\nVervaldatum: 4 april 2024\nKlantnummer: 31",
        "",
        {"date": "2024-03-05", "due_date": "2024-04-04", "number": "2024118"},
    ),
    (
        "nl",
        "Factuur 2024118\nDatum: 05-03-2024",
        "Gelieve te betalen binnen 14 dagen op NL91 ABNA 0417 1643 00",
        {"date": "2024-03-05", "due_date": "2024-03-19", "number": "2024118", "iban": "NL91ABNA0417164300"},
    ),
    ("nl", "Factuur 2024118\nDatum: 05-03-2024", "Te betalen vóór 19-03-2024", {"date": "2024-03-05", "due_date": "2024-03-19"}),
    (
        "es",
        "FACTURA\nNº de factura: A-2024/118\nFecha: 5 de marzo de 2024\nVencimiento: 4 de abril de 2024",
        "",
        {"date": "2024-03-05", "due_date": "2024-04-04", "number": "A-2024/118"},
    ),
    (
        "es",
        "Factura Nº 118\nFecha de emisión: 05/03/2024\nPedido Nº 77 de fecha 01/03/2024",
        "Forma de pago: transferencia a 30 días fecha factura",
        {"date": "2024-03-05", "due_date": "2024-04-04", "number": "118"},
    ),
    (
        "it",
        "FATTURA n. 118/2024 del 05/03/2024",
        "Scadenza: 04/04/2024",
        {"date": "2024-03-05", "due_date": "2024-04-04", "number": "118/2024"},
    ),
    (
        "it",
        "Fattura\nNumero documento: 118\nData documento: 05/03/2024\nDDT n. 55 del 01/03/2024",
        "Pagamento: bonifico 30 gg fine mese",
        {"date": "2024-03-05", "due_date": "2024-04-30", "number": "118"},
    ),
    (
        "fr",
        "Facture n°        F0118\nDate              5 mars 2024\nEchéance          4 avril 2024\nMode de paiement  Virement",
        "",
        {"date": "2024-03-05", "due_date": "2024-04-04", "number": "F0118"},
    ),
    (
        "fr",
        "FACTURE\nNuméro Date Échéance\nF0118 05/03/2024 04/04/2024",
        "",
        {"date": "2024-03-05", "due_date": "2024-04-04", "number": "F0118"},
    ),
    (
        "fr",
        "FACTURE F0118 - Date : 05.03.2024 - Page 1/1\nDate de commande : 01.03.2024",
        "Paiement : 30 jours nets",
        {"date": "2024-03-05", "due_date": "2024-04-04", "number": "F0118"},
    ),
    (
        "fr",
        "Facture n° 118\nDate de facturation\n05/03/2024\nDate limite de règlement\n04/04/2024",
        "",
        {"date": "2024-03-05", "due_date": "2024-04-04", "number": "118"},
    ),
    (
        "fr",
        "FACTURE\nN° de facture\nF-2024-118\nN° de client\nC-88",
        "Fait à Brest le 5 mars 2024",
        {"date": "2024-03-05", "number": "F-2024-118"},
    ),
    (
        "fr",
        "Facture d'acompte n° FAC-118 du 5 mars 2024\nDevis n° D-91 du 14 février 2024",
        "A payer avant le : 20/03/2024",
        {"date": "2024-03-05", "due_date": "2024-03-20", "number": "FAC-118"},
    ),
    ("fr", "FACTURE PROFORMA\nN° PF-118\n5 mars 2024", "", {"date": "2024-03-05", "number": "PF-118"}),
    ("fr", "Note d'honoraires n° 2024/03/118\nle 5 mars 2024", "", {"date": "2024-03-05", "number": "2024/03/118"}),
    (
        "fr",
        "FACTURE\nRef : 24.03.118\nEditée le 5/3/2024",
        "Règlement par virement sous huitaine. IBAN : FR76 3000 6000 0112 3456 7890 189",
        {"date": "2024-03-05", "number": "24.03.118", "iban": "FR7630006000011234567890189"},
    ),
    (
        "fr",
        "FACTURE N°118\nDate : 05-03-24\nDate d'intervention : 01-03-24",
        "RIB : 30006 00001 12345678901 89\nIBAN FR76 3000 6000 0112 3456\n     7890 189\nBIC AGRIFRPP",
        {"date": "2024-03-05", "number": "118", "iban": "FR7630006000011234567890189"},
    ),
    (
        "fr",
        "FACTURE N°118\nDate : 05/03/2024",
        "IBAN FR76 3000 6000 0112 3456 7890 188",
        {"date": "2024-03-05", "iban": "FR7630006000011234567890188"},
    ),
    (
        "fr",
        "Facture n° 118 établie le 5 mars 2024",
        "Net à payer au 04/04/2024 : 600,00 €",
        {"date": "2024-03-05", "due_date": "2024-04-04"},
    ),
    ("fr", "Facture n° 118 établie le 5 mars 2024", "Date d'exigibilité : 04/04/2024", {"date": "2024-03-05", "due_date": "2024-04-04"}),
    ("fr", "Facture n° 118 du 5 mars 2024", "Condition de règlement : 30 jours le 10 du mois", {"date": "2024-03-05"}),
    ("fr", "Facture n° 118 du 5 mars 2024", "Échéance à réception", {"date": "2024-03-05", "due_date": "2024-03-05"}),
    (
        "fr",
        "Facture n° 118 du 5 mars 2024",
        "Payable en 3 fois : 200 € le 05/04/2024, 200 € le 05/05/2024, 200 € le 05/06/2024",
        {"date": "2024-03-05"},
    ),
    (
        "fr",
        "AVOIR N° AV0012\nDate : 20/03/2024\nFacture d'origine n° FA0118 du 05/03/2024\nCommande n° 77",
        "",
        {"date": "2024-03-20", "number": "AV0012"},
    ),
    (
        "fr",
        "FACTURE D'AVOIR\nN° AV0012 du 20/03/2024\nAnnule la facture n° FA0118 du 05/03/2024",
        "",
        {"date": "2024-03-20", "number": "AV0012"},
    ),
    (
        "fr",
        "AVOIR\nDate de l'avoir : 20/03/2024\nAvoir n° : A 2024 12\nVotre facture : FA0118",
        "",
        {"date": "2024-03-20", "number": "A 2024 12"},
    ),
    (
        "fr",
        "Votre facture du 5 mars 2024\nN° de facture : 1234567890\nN° de contrat : 99887766",
        "Votre prochaine facture sera émise vers le 5 mai 2024\nPrélèvement le 20 mars 2024",
        {"date": "2024-03-05", "due_date": "2024-03-20", "number": "1234567890"},
    ),
    (
        "en",
        "Invoice\nInvoice number 5F3A-0012\nDate of issue March 5, 2024\nDate due April 4, 2024",
        "£600.00 due April 4, 2024",
        {"date": "2024-03-05", "due_date": "2024-04-04", "number": "5F3A-0012"},
    ),
    (
        "en",
        "INVOICE\nNo. 118/24\n05.03.24\nYour ref: KL/77\nOur ref: 9931",
        "Terms strictly 30 days from date of invoice",
        {"date": "2024-03-05", "due_date": "2024-04-04", "number": "118/24"},
    ),
    (
        "en",
        "INVOICE\nDate          Invoice #      Terms          Due Date\n05/03/2024    118            Net 30         04/04/2024",
        "",
        {"date": "2024-03-05", "due_date": "2024-04-04", "number": "118"},
    ),
    (
        "en",
        "INVOICE\nInvoice Date 5 Mar 2024\nSupply Date 1 Mar 2024\nInvoice Number SI-118\nSales Order SO-55\nCustomer PO 7712",
        "Payment is due on 04 Apr 2024",
        {"date": "2024-03-05", "due_date": "2024-04-04", "number": "SI-118"},
    ),
    (
        "en",
        "VAT INVOICE No: 118\nDate/Tax Point: 05/03/2024",
        "Settlement within 30 days please",
        {"date": "2024-03-05", "due_date": "2024-04-04", "number": "118"},
    ),
    (
        "en",
        "SALES CREDIT NOTE\nCredit Note Number: SC-9\nDate: 20/03/2024\nApplied to invoice SI-118 of 05/03/2024",
        "",
        {"date": "2024-03-20", "number": "SC-9"},
    ),
    (
        "en",
        "INVOICE 118\nIssued: 2024-03-05\nPeriod: 2024-02-01 to 2024-02-29\nNext invoice: 2024-04-05",
        "Due: 2024-03-19",
        {"date": "2024-03-05", "due_date": "2024-03-19", "number": "118"},
    ),
    (
        "en",
        "Invoice No.  118        Invoice Date  05/03/2024\nOrder No.    77         Order Date    01/03/2024\nDelivery No. 55         Delivery Date 03/03/2024",
        "Payment due end of month following invoice",
        {"date": "2024-03-05", "number": "118"},
    ),
    (
        "en",
        "INVOICE 118\nDate : 5-Mar-24",
        "Bank: IBAN GB29 NWBK 6016 1331 9268 19, BIC NWBKGB2L. Pay by 4-Apr-24",
        {"date": "2024-03-05", "due_date": "2024-04-04", "iban": "GB29NWBK60161331926819", "number": "118"},
    ),
    (
        "de",
        "Rechnung\nRechnungs-Nr.: 2024 / 118\nDatum: 05.03.24\nKunden-Nr.: 4471\nAuftrag vom 01.03.24",
        "Zahlbar innerhalb von 8 Tagen mit 2 % Skonto oder innerhalb von 30 Tagen ohne Abzug",
        {"date": "2024-03-05", "due_date": "2024-04-04", "number": "2024 / 118"},
    ),
    (
        "de",
        "Rechnung Nr. 118\nRechnungsdatum 05.03.2024\nLeistungszeitraum 01.02.2024 - 29.02.2024",
        "Der Betrag wird am 15.03.2024 von Ihrem Konto abgebucht.",
        {"date": "2024-03-05", "due_date": "2024-03-15", "number": "118"},
    ),
    (
        "de",
        "RECHNUNG 118\nBerlin, 5. März 2024",
        "Zahlbar sofort ohne Abzug.\nIBAN: DE89 3704 0044 0532 0130 00  BIC: COBADEFFXXX",
        {"date": "2024-03-05", "due_date": "2024-03-05", "number": "118", "iban": "DE89370400440532013000"},
    ),
    ("de", "Stornorechnung Nr. ST-4\nDatum 20.03.2024\nzur Rechnung Nr. 118 vom 05.03.2024", "", {"date": "2024-03-20", "number": "ST-4"}),
    (
        "de",
        "Rechnung\nBelegnummer    Datum         Kunde    Fällig am\n118            05.03.2024    4471     04.04.2024",
        "",
        {"date": "2024-03-05", "due_date": "2024-04-04", "number": "118"},
    ),
    (
        "nl",
        "FACTUUR\nFactuurnr.   Datum        Vervaldatum   Klantnr.\n2024118      05-03-2024   04-04-2024    31",
        "",
        {"date": "2024-03-05", "due_date": "2024-04-04", "number": "2024118"},
    ),
    (
        "nl",
        "Factuur\nFactuurdatum 05-03-2024\nFactuurnummer 2024-118\nBetalingstermijn 14 dagen",
        "",
        {"date": "2024-03-05", "due_date": "2024-03-19", "number": "2024-118"},
    ),
    ("nl", "Creditnota 12\nDatum 20-03-2024\nBetreft factuur 2024118 van 05-03-2024", "", {"date": "2024-03-20", "number": "12"}),
    (
        "es",
        "Factura número: 2024-118\nFecha factura: 05/03/2024\nNº cliente: 77",
        "Vencimiento: 30 días. IBAN ES91 2100 0418 4502 0005 1332",
        {"date": "2024-03-05", "due_date": "2024-04-04", "number": "2024-118", "iban": "ES9121000418450200051332"},
    ),
    (
        "es",
        "FACTURA RECTIFICATIVA\nNúmero: R-12\nFecha: 20/03/2024\nRectifica a la factura 2024-118 de fecha 05/03/2024",
        "",
        {"date": "2024-03-20", "number": "R-12"},
    ),
    (
        "it",
        "FATTURA\nNumero   Data         Scadenza\n118      05/03/2024   04/04/2024",
        "IBAN IT60 X054 2811 1010 0000 0123 456",
        {"date": "2024-03-05", "due_date": "2024-04-04", "number": "118", "iban": "IT60X0542811101000000123456"},
    ),
    ("it", "Nota di credito n. 12 del 20/03/2024\nRif. fattura n. 118 del 05/03/2024", "", {"date": "2024-03-20", "number": "12"}),
]
"""Language, the head and the foot of the paper, what it says."""

WHOLE = [
    (
        "SUPER U\n12 rue X 35000 Rennes\nTICKET\n05/03/24 18:22\nPain 1,20\nLait 1,05\nTOTAL 2,25 EUR\nCARTE BANCAIRE 2,25\nÉchange jusqu'au 04/04/2024",
        True,
        {"date": "2024-03-05"},
    ),
    (
        "BIG MART\nKuala Lumpur\nCASH BILL\nDate: 24/03/05 18:22\nMILK 3.00\nTOTAL RM 3.00\nCASH 5.00\nCHANGE 2.00",
        True,
        {"date": "2005-03-24"},
    ),
    (
        "CORNER DELI\nTORONTO ON\n2024/03/05 18:22\nBAGEL 3.00\nHST 0.39\nTOTAL $3.39\nVISA 3.39\nRETURN BY 2024/04/04",
        True,
        {"date": "2024-03-05"},
    ),
    (
        "Snickeri Norr AB\nStorgatan 1, 111 22 Stockholm\nFAKTURA\nFakturanummer: 2024118\nFakturadatum: 2024-03-05\nFörfallodatum: 2024-04-04\nKundnummer: 77\nKund: Hotell Sol AB\nBelopp exkl moms 500,00\nMoms 25% 125,00\nAtt betala 625,00 SEK\n",
        False,
        {"date": "2024-03-05", "due_date": "2024-04-04", "number": "2024118"},
    ),
    (
        "Snedker Nord ApS\nStrandvej 1, 2100 København\nCVR 12345678\nFAKTURA\nFakturanr. 118\nDato 5. marts 2024\nForfaldsdato 4. april 2024\nKunde: Hotel Sol A/S\nSubtotal 500,00\nMoms 25% 125,00\nTotal DKK 625,00\n",
        False,
        {"date": "2024-03-05", "due_date": "2024-04-04", "number": "118"},
    ),
    (
        "Stolarnia Nowak Sp. z o.o.\nul. Polna 3, 00-001 Warszawa\nNIP 5260001246\nFaktura VAT nr FV/118/03/2024\nData wystawienia: 05.03.2024\nData sprzedaży: 01.03.2024\nTermin płatności: 19.03.2024\nNabywca: Hotel Sol S.A.\nWartość netto 500,00\nVAT 23% 115,00\nDo zapłaty 615,00 PLN\n",
        False,
        {"date": "2024-03-05", "due_date": "2024-03-19", "number": "FV/118/03/2024"},
    ),
    (
        "Carpintaria Rios Lda\nRua Nova 3, 1000-001 Lisboa\nNIF 501234560\nFatura FT 2024/118\nData de emissão: 05/03/2024\nData de vencimento: 04/04/2024\nCliente: Hotel Sol SA\nValor líquido 500,00\nIVA 23% 115,00\nTotal 615,00 EUR\n",
        False,
        {"date": "2024-03-05", "due_date": "2024-04-04", "number": "FT 2024/118"},
    ),
    (
        "CAFE DU COIN\n3 place du Marché 44000 Nantes\nTicket n° 4471\n05 mars 2024 12:44\n2 CAFE 4,40\nTOTAL 4,40 EUR\nESPECES 5,00\nRENDU 0,60",
        True,
        {"date": "2024-03-05", "number": "4471"},
    ),
    (
        "SHELL STATION\nHOUSTON TX 77002\n03/04/24 11:02 AM\nREG UNLEADED\nTOTAL $40.12\nVISA 40.12\nAUTH# 88123\nINVOICE# 5512",
        True,
        {"date": "2024-03-04", "number": "5512"},
    ),
    (
        "HOTEL BELLEVUE\n74000 Annecy\nFacture n° 8812\nArrivée 03/03/2024  Départ 05/03/2024\nAnnecy, le 05/03/2024\nChambre 2 nuits 180,00\nTotal TTC 198,00 EUR\nCarte bancaire 198,00",
        False,
        {"date": "2024-03-05", "number": "8812"},
    ),
]
"""A paper, whether it is a scan, what it says."""


def read(text: str, *, ocr: bool = False) -> Record:
    return extract(Document(kind="image" if ocr else "text", pages=[Page(label="page 1" if ocr else "text", text=text, ocr=ocr)]))


def wrong(record: Record, expected: dict[str, str]) -> list[tuple[str, str, str]]:
    given = {name: record.fields[name].value if name in record.fields else "" for name in expected}
    return [(name, value, given[name]) for name, value in expected.items() if compact(given[name]) != compact(value)]


@pytest.mark.parametrize(("language", "head", "foot", "expected"), FRAMED)
def test_invoice(language: str, head: str, foot: str, expected: dict[str, str]) -> None:
    assert wrong(read(FRAMES[language].format(head=head, foot=foot)), expected) == []


@pytest.mark.parametrize(("text", "ocr", "expected"), WHOLE)
def test_paper(text: str, ocr: bool, expected: dict[str, str]) -> None:
    assert wrong(read(text, ocr=ocr), expected) == []


def test_two_dates_that_nothing_names_are_doubted() -> None:
    record = read(FRAMES["en"].format(head="INVOICE\n5 March 2024\n9 March 2024", foot=""))
    assert record.check["date"] == "extract.unsure" and record.fields["date"].confidence < 0.9


def test_a_false_account_is_given_and_doubted() -> None:
    record = read(FRAMES["fr"].format(head="Facture n° 118 du 5 mars 2024", foot="IBAN FR76 3000 6000 0112 3456 7890 188"))
    assert record.fields["iban"].value == "FR7630006000011234567890188"
    assert record.check["iban"] == "extract.check-digits" and record.fields["iban"].confidence < 0.9


def test_a_due_date_reckoned_points_at_its_terms() -> None:
    page = layout.build(Document(kind="text", pages=[Page(label="text", text="Invoice 118\nDate: 5 March 2024\n\nPayable within 30 days")]))
    found = when.read(page)
    assert found.due is not None and found.due.date.segment.text == "Payable within 30 days"


def test_an_account_is_read_through_what_ocr_mistakes() -> None:
    text = FRAMES["fr"].format(head="Facture n° 118 du 5 mars 2024", foot="IBAN FR76 3OOO 6OOO 0112 3456 789O I89")
    assert read(text, ocr=True).fields["iban"].value == "FR7630006000011234567890189"
