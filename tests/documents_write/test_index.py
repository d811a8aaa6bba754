"""The index of a folder: a page that holds any name safely, asks nothing of the outside, and a workbook of the same."""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal
from html.parser import HTMLParser
from pathlib import Path

import openpyxl

from confrere.documents import verify
from confrere.documents.write.content import Catalogue, Entry
from confrere.documents.write.index import index_html, index_workbook

NAMES = [
    "</script><script>alert(1)</script>.pdf",
    'a"onmouseover="x.pdf',
    "é # ? %41 & b.pdf",
    "<img src=x onerror=y>.docx",
    "javascript:alert(1)",
    "un\udce9.pdf",
    "$title ${rows}.txt",
]


def catalogue() -> Catalogue:
    entries = [
        Entry(
            file=f"Dossier/{name}", type="invoice", title=name, client=name, supplier="S", summary=name, flags=[name], pages=2, size=123456
        )
        for name in NAMES
    ]
    entries[0].date, entries[0].total, entries[0].currency = dt.date(2026, 3, 1), Decimal("1234.5"), "EUR"
    return Catalogue(entries=entries, title="Index <b>&", day=dt.date(2026, 3, 2))


class Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))


def test_no_name_becomes_markup_script_or_address(tmp_path: Path) -> None:
    path = tmp_path / "index.html"
    index_html(path, catalogue(), "fr", "Dossier/index.html")
    source = path.read_text(encoding="utf-8")
    page = Tags()
    page.feed(source)
    assert [tag for tag, _ in page.tags].count("script") == 1
    assert not [tag for tag, _ in page.tags if tag in ("img", "iframe", "object", "link", "base")]
    assert all(not name.startswith("on") or (tag, name) == ("form", "onsubmit") for tag, attrs in page.tags for name in attrs)
    addresses = [attrs["href"] or "" for tag, attrs in page.tags if tag == "a"]
    assert all(address.startswith(("./", "#")) for address in addresses)
    assert "./%C3%A9%20%23%20%3F%20%2541%20&%20b.pdf" in addresses
    policy = next(attrs["content"] or "" for tag, attrs in page.tags if tag == "meta" and "http-equiv" in attrs)
    assert policy.startswith("default-src 'none'")
    assert "$title ${rows}" in source and "1\u202f234,50\u00a0€" in source


def test_the_page_passes_its_check_and_its_links_are_followed(tmp_path: Path) -> None:
    path = tmp_path / "index.html"
    index_html(path, catalogue(), "en", "Dossier/index.html")
    for name in NAMES:
        if "/" not in name and "\udce9" not in name:
            (tmp_path / name).write_text("x")
    (tmp_path / "<").mkdir()
    (tmp_path / "</script><script>alert(1)<").mkdir(parents=True)
    (tmp_path / "</script><script>alert(1)</script>.pdf").write_text("x")
    assert verify.check(path, exists=lambda link: (tmp_path / link).exists()) == []
    assert {finding.code for finding in verify.check(path, exists=lambda link: False)} == {"broken-link"}


def test_an_empty_folder_has_an_index_too(tmp_path: Path) -> None:
    index_html(tmp_path / "i.html", Catalogue(), "fr")
    assert verify.check(tmp_path / "i.html") == []


def test_it_is_searchable_and_sortable_by_keyboard(tmp_path: Path) -> None:
    path = tmp_path / "index.html"
    index_html(path, catalogue(), "fr")
    source = path.read_text(encoding="utf-8")
    assert 'type="search"' in source and 'aria-live="polite"' in source and source.count('<th scope="col"') == 8
    assert re.search(r'data-key="2026-03-01">01/03/2026<', source)


def test_the_workbook_lists_and_links_the_same(tmp_path: Path) -> None:
    path = tmp_path / "index.xlsx"
    index_workbook(path, catalogue(), "fr", "Dossier/index.xlsx")
    assert verify.check(path, exists=lambda link: True, office=False) == []
    sheet = openpyxl.load_workbook(path).worksheets[0]
    assert sheet.max_row == len(NAMES) + 1
    assert sheet["A4"].hyperlink is not None and "%23" in sheet["A4"].hyperlink.target
    assert sheet["A6"].hyperlink is None  # "javascript:" is not an address a link may have


def test_outside_requests_of_a_page_are_found(tmp_path: Path) -> None:
    path = tmp_path / "bad.html"
    path.write_text(
        '<html><body><img src="https://x.example/a.png"><script src="//y.example/b.js"></script>'
        '<style>@import url(https://z.example);</style><script>fetch("/a")</script>texte</body></html>',
        encoding="utf-8",
    )
    codes = [finding.code for finding in verify.check(path)]
    assert codes.count("outside-request") == 4 and {"no-title-property", "no-language", "no-alternative-text"} <= set(codes)
