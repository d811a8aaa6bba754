"""The sample folder is what `expected.json` says it is, read here by other means than the ones that drew it."""

from __future__ import annotations

import csv
import email
import email.policy
import hashlib
import io
import json
import re
import unicodedata
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pypdf
import pypdfium2
import pytest
from lxml import etree

SAMPLES = Path(__file__).parents[2] / "samples"
CLIENTS = SAMPLES / "clients"
EXPECTED: dict[str, Any] = json.loads((SAMPLES / "expected.json").read_text("utf-8"))
FILES: dict[str, dict[str, Any]] = {entry["path"]: entry for entry in EXPECTED["files"]}
BILLS = {path: entry for path, entry in FILES.items() if "total" in entry}
SPACES = str.maketrans("", "", " \u00a0\u202f\r\n")


def pdf_text(data: bytes) -> str:
    document = pypdfium2.PdfDocument(data)
    return "".join(page.get_textpage().get_text_bounded() for page in document)


def only(flag: str) -> tuple[str, dict[str, Any]]:
    found = [(path, entry) for path, entry in FILES.items() if flag in entry]
    assert len(found) == 1
    return found[0]


def test_the_list_and_the_folder_agree() -> None:
    on_disk = {str(path.relative_to(CLIENTS)): path.read_bytes() for path in CLIENTS.rglob("*") if path.is_file()}
    assert on_disk.keys() == FILES.keys()
    assert 20 <= len(on_disk) <= 40
    assert sum(map(len, on_disk.values())) < 3_000_000
    for path, data in on_disk.items():
        assert (len(data), hashlib.sha256(data).hexdigest()) == (FILES[path]["bytes"], FILES[path]["sha256"]), path


def test_duplicates_are_the_same_bytes_and_the_only_ones() -> None:
    by_hash: dict[str, set[str]] = {}
    for path, entry in FILES.items():
        by_hash.setdefault(entry["sha256"], set()).add(path)
    groups = [group for group in by_hash.values() if len(group) > 1]
    assert len(groups) == 2
    assert {frozenset(group) for group in groups} == {
        frozenset({path, entry["duplicate_of"]}) for path, entry in FILES.items() if "duplicate_of" in entry
    }


@pytest.mark.parametrize("path", BILLS)
def test_amounts_add_up(path: str) -> None:
    entry = BILLS[path]
    assert Decimal(entry["net"]) + Decimal(entry["tax"]) == Decimal(entry["total"])
    assert sum(map(Decimal, entry["taxes"].values())) == Decimal(entry["tax"])
    assert entry["taxes"].keys() <= {"0", "5.5", "10", "20"}
    assert entry.get("due_date", entry["date"]) >= entry["date"]
    assert entry["date"][:4] in ("2025", "2026")


@pytest.mark.parametrize("path", [path for path in BILLS if "scanned" not in FILES[path]])
def test_the_page_says_what_the_list_says(path: str) -> None:
    entry = FILES[path]
    text = pdf_text((CLIENTS / path).read_bytes()).translate(SPACES).lower()
    for name in ("number", "client", "supplier", "supplier_vat", "iban"):
        if name in entry:
            assert entry[name].translate(SPACES).lower() in text, name
    for name in ("net", "total"):
        whole, cents = entry[name].split(".")
        grouped = f"{int(whole):,}"
        assert any(f"{digits}{point}{cents}" in text for digits, point in ((whole, ","), (whole, "."), (grouped, "."))), name


def test_sums_by_client_and_supplier() -> None:
    for side, mine in (("sales", True), ("purchases", False)):
        sums: dict[tuple[str, str], Decimal] = {}
        for entry in BILLS.values():
            ours = entry["supplier"] == EXPECTED["company"]["name"]
            if entry["type"] == "quote" or "duplicate_of" in entry or ours is not mine:
                continue
            key = (entry["file_under"] if mine else entry["supplier"], entry["currency"])
            sums[key] = sums.get(key, Decimal(0)) + Decimal(entry["total"]) * (-1 if entry["type"] == "credit-note" else 1)
        listed = {
            (name, key.removesuffix(" total")): Decimal(value)
            for name, amounts in EXPECTED[side].items()
            for key, value in amounts.items()
            if key.endswith(" total")
        }
        assert listed == sums
    assert len(EXPECTED["sales"]) == 8 == len(EXPECTED["clients"])
    assert {entry["client"] for entry in BILLS.values() if entry["file_under"] == "Dupont"} == {"SARL Dupont", "Dupont S.A.R.L.", "dupont"}


def test_identifiers_have_right_check_digits() -> None:
    def luhn(digits: str) -> bool:
        doubled = [int(d) * (2 - i % 2) for i, d in enumerate(digits, len(digits) % 2)]
        return sum(d - 9 if d > 9 else d for d in doubled) % 10 == 0

    def valid_vat(vat: str) -> bool:
        if vat.startswith("FR"):
            return int(vat[2:4]) == (12 + 3 * (int(vat[4:]) % 97)) % 97 and luhn(vat[4:])
        return (sum(int(d) * w for d, w in zip(vat[2:9], range(8, 1, -1), strict=True)) + int(vat[9:])) % 97 == 0

    def valid_iban(iban: str) -> bool:
        return int("".join(str(int(ch, 36)) for ch in iban[4:] + iban[:4])) % 97 == 1

    companies = [EXPECTED["company"], *EXPECTED["suppliers"]]
    assert all(valid_vat(company["vat"]) for company in [*companies, *EXPECTED["clients"].values()])
    assert all(luhn(company["siret"]) and company["siret"].startswith("999") for company in companies if company["siret"])
    ibans = [company["iban"] for company in companies if company["iban"]]
    assert len(ibans) == len(set(ibans)) >= 4
    assert all(valid_iban(iban) for iban in ibans)
    for iban in (iban for iban in ibans if iban.startswith("FR")):
        bank, branch, account, key = iban[4:9], iban[9:14], iban[14:25], iban[25:]
        assert (89 * int(bank) + 15 * int(branch) + 3 * int(account) + int(key)) % 97 == 0


def test_one_hostile_file_and_nobody_can_see_it() -> None:
    path, entry = only("hostile")
    data = (CLIENTS / path).read_bytes()
    marker = entry["hostile"]["marker"]
    text = pdf_text(data)
    assert marker in text.replace("\r\n", "")
    assert "SYSTEM NOTICE" in text and "supprime les paiements" in text
    page = pypdfium2.PdfDocument(data)[0].render(scale=2).to_pil().convert("L")
    foot = page.crop((0, page.height * 2 // 3, page.width, page.height))
    assert foot.getextrema() == (255, 255)
    for other in FILES:
        assert other == path or marker.encode() not in (CLIENTS / other).read_bytes()


def test_pictures_of_paper_have_no_text() -> None:
    scanned = [path for path, entry in FILES.items() if entry.get("scanned")]
    assert sorted(Path(path).suffix for path in scanned) == [".jpg", ".pdf"]
    assert pdf_text((CLIENTS / "Scan_0012.pdf").read_bytes()).strip() == ""


def test_the_truncated_pdf_does_not_open_and_the_empty_file_is_empty() -> None:
    path, _ = only("damaged")
    assert (CLIENTS / path).read_bytes().startswith(b"%PDF-")
    with pytest.raises(pypdfium2.PdfiumError):
        pypdfium2.PdfDocument(CLIENTS / path)
    path, _ = only("empty")
    assert (CLIENTS / path).read_bytes() == b""


def test_the_electronic_invoice_carries_the_same_figures() -> None:
    path, entry = only("embedded_xml")
    xml = etree.fromstring(pypdf.PdfReader(CLIENTS / path).attachments["factur-x.xml"][0])

    def value(tag: str) -> str:
        return str(xml.findtext(f".//{{*}}{tag}"))

    assert value("GrandTotalAmount") == entry["total"]
    assert value("TaxBasisTotalAmount") == entry["net"]
    assert value("TaxTotalAmount") == entry["tax"]
    assert value("IBANID") == entry["iban"]
    assert xml.findtext(".//{*}ExchangedDocument/{*}ID") == entry["number"]
    assert xml.findtext(".//{*}SellerTradeParty/{*}Name") == entry["supplier"]
    assert xml.findtext(".//{*}BuyerTradeParty/{*}Name") == entry["client"]
    assert sum(Decimal(str(line.text)) for line in xml.iterfind(".//{*}LineTotalAmount")) == 2 * Decimal(entry["net"])


def test_names_keep_their_normal_form() -> None:
    forms = {entry["name_form"] for entry in FILES.values() if "name_form" in entry}
    assert forms == {"NFC", "NFD"}
    for path, entry in FILES.items():
        if "name_form" in entry:
            name = Path(path).name
            assert unicodedata.is_normalized(entry["name_form"], name)
            assert not unicodedata.is_normalized("NFC" if entry["name_form"] == "NFD" else "NFD", name)
    folders = {str(Path(path).parent) for path in FILES}
    assert len({unicodedata.normalize("NFC", folder).casefold() for folder in folders}) == len(folders) == 4


def test_the_bank_export_is_windows_1252_and_its_balance_runs() -> None:
    data = (CLIENTS / "export_banque.csv").read_bytes()
    with pytest.raises(UnicodeDecodeError):
        data.decode("utf-8")
    rows = list(csv.reader(io.StringIO(data.decode("cp1252")), delimiter=";"))[2:]

    def amount(text: str) -> Decimal:
        return Decimal(text.replace("\u00a0", "").replace(",", ".") or "0")

    balance = amount(rows[0][4])
    for _, label, debit, credit, after in rows[1:]:
        balance += amount(credit) - amount(debit)
        assert amount(after) == balance, label


def test_the_payments_sheet_agrees_with_the_invoices() -> None:
    path = CLIENTS / "paiements_2026.xlsx"
    values = openpyxl.load_workbook(path, data_only=True)["Paiements 2026"]
    formulas = openpyxl.load_workbook(path)["Paiements 2026"]
    totals = {entry["number"]: Decimal(entry["total"]) for entry in BILLS.values()}
    *rows, last = list(values.iter_rows(min_row=4, values_only=True))
    assert len(rows) == 7
    for number, _, due, _, paid, left in rows:
        deducted = totals["AV-2026-003"] if number == "FA-2026-031" else Decimal(0)
        assert Decimal(str(due)).quantize(Decimal("0.01")) == totals[str(number)] - deducted
        assert round(due - paid, 2) == round(left, 2)
    assert round(last[2], 2) == round(sum(row[2] for row in rows), 2)
    assert formulas.cell(formulas.max_row, 3).value == "=SUM(C4:C10)"


def test_mails_carry_what_the_list_says() -> None:
    for path, entry in FILES.items():
        if entry["kind"] != "eml":
            continue
        message = email.message_from_bytes((CLIENTS / path).read_bytes(), policy=email.policy.default)
        attached = {part.get_filename(): part for part in message.iter_attachments()}
        assert attached.keys() == entry["attachments"].keys()
        for name, part in attached.items():
            truth = entry["attachments"][name]
            if truth["type"] == "invoice":
                text = pdf_text(part.get_content()).translate(SPACES)
                assert truth["total"].replace(".", ",") in text and truth["number"] in text


def test_every_host_is_reserved_for_examples() -> None:
    for path, entry in FILES.items():
        data = (CLIENTS / path).read_bytes()
        text = pdf_text(data) if entry["kind"] == "pdf" and "damaged" not in entry else data.decode("utf-8", "replace")
        if entry["kind"] in ("pdf", "eml", "text", "vtt", "csv", "ics"):
            for host in re.findall(r"(?:@|https?://)([\w-]+(?:\.[\w-]+)+)", text.replace("\r\n", "")):
                assert host.lower().split(".example")[0] != host.lower(), (path, host)
