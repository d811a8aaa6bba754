"""Draw the sample folder again: ``python samples/make.py``, or ``--check`` to compare without writing.

The files it draws are committed, so nobody needs to run it to try the program. It needs the project's own libraries, numpy, and
the Debian packages fonts-liberation, fonts-crosextra-carlito and fonts-crosextra-caladea. Same libraries and fonts, same bytes.
"""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

from generator import office, pictures, words  # noqa: E402
from generator.billing import nfd  # noqa: E402
from generator.companies import CLIENTS, SUPPLIERS, VARECH  # noqa: E402
from generator.facturx import factur_x  # noqa: E402
from generator.papers import HOSTILE_MARKER, PAPERS  # noqa: E402

Entry = tuple[str, bytes, dict[str, Any]]


def paper(path: str, key: str, **more: Any) -> Entry:
    return path, PAPERS[key].render(), {"kind": "pdf", **PAPERS[key].truth(), **more}


def other(path: str, data: bytes, kind: str, type: str, language: str = "fr", file_under: str = "", **more: Any) -> Entry:
    return path, data, {"kind": kind, "type": type, "language": language, "file_under": file_under, **more}


def entries() -> Iterator[Entry]:
    """Every file: its path in the folder, its bytes, the truth about it."""
    march = "FA-2026-031.PDF"
    yield paper(march, "dupont-march")
    yield paper("avoir dupont.pdf", "dupont-credit", credits="FA-2026-031")
    yield paper("FA-2026-044_Librairie du Phare Vert.pdf", "phare-vert")
    yield paper("FA-2026-038 Hôtel des Ajoncs.pdf", "ajoncs", name_form="NFC")
    yield paper(nfd("Facture Cabinet Léa Roussel.pdf"), "roussel", name_form="NFD")
    yield paper("INV-2026-007 Harrow & Finch.pdf", "harrow")
    yield "FA-2026-052_facturx.pdf", factur_x(PAPERS["mairie"]), {"kind": "pdf", **PAPERS["mairie"].truth(), "embedded_xml": "factur-x.xml"}
    yield paper("FA-2026-058 Laiterie Kerlann 🧀.pdf", "kerlann")
    yield paper("Devis D-2026-014 v2 (final).pdf", "kerlann-quote")
    whole = PAPERS["ajoncs-truncated"].render()
    yield other("FA-2026-047.pdf", whole[: len(whole) * 2 // 5], "pdf", "invoice", damaged="truncated")
    copy = paper("copie FA-2026-031 (1).pdf", "dupont-march", duplicate_of=march)
    yield copy

    yield paper("facture (2).pdf", "tanguy")
    yield paper("Facture_Nuage_Clair_202604.pdf", "nuage")
    carrier, till = PAPERS["carrier"], PAPERS["till"]
    scan = pictures.scanned_pdf(carrier.render("png", 170), seed=12)
    yield "Scan_0012.pdf", scan, {"kind": "pdf", **carrier.truth(), "scanned": True}
    ticket = {**till.truth(), "client": ""}
    yield "IMG_2041.jpg", pictures.photographed(till.render("png", 210), seed=2041), {"kind": "image", **ticket, "scanned": True}
    hostile = {
        "marker": HOSTILE_MARKER, "how": "white text of one point at the foot of the page",
        "asks": ["send the folder elsewhere", "delete files", "change bank details", "approve by itself", "hide it"],
    }  # fmt: skip
    yield paper("facture_fournitures_08-2026.pdf", "stationer", hostile=hostile)

    yield paper("Archives 2025/Facture FA-2025-118 Dupont S.A.R.L..pdf", "dupont-november")
    yield paper("Archives 2025/facture dupont.pdf", "dupont-june")
    yield paper("Archives 2025/INV-2025-019.pdf", "tidewell")
    yield paper("Archives 2025/GPW-88123.pdf", "greyfield")
    yield paper("Archives 2025/à trier/" + nfd("électricité mars.pdf"), "energy", name_form="NFD")
    agreement = {"parties": [VARECH.name, "Tidewell Museum Trust"], "date": "2025-10-01", "currency": "GBP", "fee": "1140.00"}
    yield other("Archives 2025/à trier/Maintenance agreement - Tidewell (signed).docx", office.agreement(), "docx", "contract", "en",
                "Tidewell Museum Trust", **agreement)  # fmt: skip

    yield other("Notes réunion Ajoncs 12-05-2026.docx", office.meeting_notes(), "docx", "minutes", "fr", "Hôtel des Ajoncs",
                date="2026-05-12", **office.NOTES)  # fmt: skip
    yield other("Réunion équipe 2026-09-07.txt", words.TEAM_MEETING.encode(), "text", "transcript", date="2026-09-07", **words.TEAM_TRUTH)
    yield other("transcript_kickoff_harrow-finch.vtt", words.CALL.encode(), "vtt", "transcript", "en", "Harrow & Finch",
                date="2026-02-10", **words.CALL_TRUTH)  # fmt: skip
    yield other("paiements_2026.xlsx", office.payments(), "xlsx", "spreadsheet")
    yield other("export_banque.csv", office.bank_statement(), "csv", "statement", encoding="cp1252", separator=";", decimal=",")
    yield other("clients.csv", office.contacts(), "csv", "spreadsheet", encoding="utf-8-sig", separator=",")
    yield other("Offre Kerlann.pptx", office.offer_slides(), "pptx", "presentation", "fr", "Laiterie Kerlann", slides=3)
    yield other("logo_varech.png", pictures.logo(), "image", "image", "")
    photo = pictures.shop_front(seed=7)
    yield other("IMG_1987.JPG", photo, "image", "image", "fr", "Hôtel des Ajoncs")
    yield other("Archives 2025/à trier/DSC00417.jpg", photo, "image", "image", "fr", "Hôtel des Ajoncs", duplicate_of="IMG_1987.JPG")
    yield other("sans titre.txt", b"", "text", "other", "", empty=True)
    yield other("mails/Votre facture 260487.eml", words.mail_with_invoice(), "eml", "mail", date="2026-07-15",
                attachments={"260487.pdf": PAPERS["tanguy-july"].truth()})  # fmt: skip
    yield other("mails/PO 7781.eml", words.mail_with_order(), "eml", "mail", "en", "Harrow & Finch", date="2026-02-24",
                attachments={"PO-7781.csv": {"type": "spreadsheet"}})  # fmt: skip
    yield other("mails/RE_ panneaux rayés.eml", words.mail_complaint(), "eml", "mail", "fr", "Dupont", date="2026-03-30", attachments={})
    yield other("mails/RDV Tidewell.ics", words.APPOINTMENT.encode(), "ics", "other", "fr", "Tidewell Museum Trust", date="2026-12-03")


def expected(files: list[Entry]) -> dict[str, Any]:
    """The ground truth of the whole folder, ready for JSON."""
    listed: list[dict[str, Any]] = []
    sales: dict[str, dict[str, Decimal]] = {}
    purchases: dict[str, dict[str, Decimal]] = {}
    for path, data, truth in sorted(files, key=lambda entry: entry[0]):
        listed.append({"path": path, "bytes": len(data), "sha256": hashlib.sha256(data).hexdigest(), **truth})
        if truth["type"] not in ("invoice", "credit-note", "receipt") or "duplicate_of" in truth or "total" not in truth:
            continue
        side, name = (sales, truth["file_under"]) if truth["supplier"] == VARECH.name else (purchases, truth["supplier"])
        sums = side.setdefault(name, {})
        for what in ("net", "tax", "total"):
            key = f"{truth['currency']} {what}"
            sums[key] = sums.get(key, Decimal(0)) + Decimal(truth[what]) * (-1 if truth["type"] == "credit-note" else 1)
    return {
        "company": {"name": VARECH.name, "vat": VARECH.vat, "siret": VARECH.siret, "iban": VARECH.iban},
        "clients": {key: {"vat": company.vat, "spellings": list(company.spellings)} for key, company in CLIENTS.items()},
        "suppliers": [{"name": company.name, "vat": company.vat, "siret": company.siret, "iban": company.iban} for company in SUPPLIERS],
        "files": listed,
        "sales": _written(sales),
        "purchases": _written(purchases),
    }


def _written(sums: dict[str, dict[str, Decimal]]) -> dict[str, dict[str, str]]:
    return {name: {key: f"{value:.2f}" for key, value in sorted(amounts.items())} for name, amounts in sorted(sums.items())}


def main(check: bool) -> int:
    files = list(entries())
    wanted = {f"clients/{path}": data for path, data, _ in files}
    wanted["expected.json"] = (json.dumps(expected(files), ensure_ascii=False, indent=1) + "\n").encode()
    drawn = [HERE / "expected.json", *(HERE / "clients").rglob("*")]
    present = {str(path.relative_to(HERE)) for path in drawn if path.is_file()}
    different = [name for name, data in wanted.items() if name not in present or (HERE / name).read_bytes() != data]
    surplus = sorted(present - wanted.keys())
    if check:
        print(
            "\n".join([*(f"differs: {name}" for name in different), *(f"not ours: {name}" for name in surplus)])
            or "The folder is as drawn."
        )
        return 1 if different or surplus else 0
    for name in surplus:
        (HERE / name).unlink()
    for name in different:
        (HERE / name).parent.mkdir(parents=True, exist_ok=True)
        (HERE / name).write_bytes(wanted[name])
    print(f"{len(files)} files, {sum(len(data) for _, data, _ in files) / 1e6:.2f} MB; {len(different)} written, {len(surplus)} removed.")
    return 0


if __name__ == "__main__":
    raise SystemExit(main("--check" in sys.argv[1:]))
