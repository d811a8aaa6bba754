"""Decks: exactly the slides asked, nothing cut, in the look of the house or of a company."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from pptx import Presentation
from pptx.chart.data import CategoryChartData
from pptx.enum.chart import XL_CHART_TYPE
from pptx.util import Emu, Pt

from confrere.documents import render, verify
from confrere.documents.write.content import Action, Chart, Column, DeckContent, Figure, Figures, Recap, Row, Series, Slide, Table, Text
from confrere.documents.write.deck import contrast, deck
from confrere.documents.write.story import recap_story
from confrere.errors import Failed

from .samples import recap

SITUATIONS = {
    "ordinary": recap(),
    "one": Recap(
        rows=[Row(file="F/a.pdf", type="invoice", client="Dupont", number="1", currency="EUR", date=dt.date(2026, 1, 1), total=Decimal(12))]
    ),
    "none": Recap(),
    "no amounts": Recap(rows=[Row(file=f"F/{n}.pdf", type=("contract", "cv", "letter")[n % 3], client="X") for n in range(7)]),
    "long names": Recap(
        rows=[
            Row(
                file=f"F/{'très-' * 12}{n}.pdf",
                type="invoice",
                client=f"{n} {'Société Anonyme des Établissements ' * 4}",
                number=f"{n}-" + "N" * 60,
                currency="XOF",
                date=dt.date(2024 + n // 12, 1 + n % 12, 3),
                net=Decimal(10**8 + n),
                total=Decimal(10**9 + n),
                check={"net": "extract.unsure"} if n % 5 == 0 else {},
            )
            for n in range(40)
        ]
    ),
    "meeting": Recap(
        rows=[Row(file="R/a.vtt", type="transcript")],
        decisions=["Acheter.", "Vendre."],
        questions=["Quand ?"],
        highlights=["Le budget est tenu."],
        actions=[Action(what="Faire ceci " * 12, who="Claire", when="lundi"), Action(what="Et cela", who="Marc", when=dt.date(2026, 1, 2))],
    ),
    "negative": Recap(
        rows=[
            Row(file=f"F/{n}", type="credit-note", client=f"C{n}", currency="EUR", date=dt.date(2026, n + 1, 1), total=Decimal(5 + n))
            for n in range(4)
        ]
    ),
}


@pytest.mark.parametrize("situation", SITUATIONS)
def test_any_number_of_slides_is_filled_and_nothing_is_cut(tmp_path: Path, situation: str) -> None:
    for language, count in (("fr", 1), ("en", 2), ("fr", 3), ("en", 5), ("fr", 30 if situation == "ordinary" else 13)):
        content = recap_story(SITUATIONS[situation], count, language)
        assert len(content.slides) == count
        titles = [slide.title for slide in content.slides]
        assert all(titles) and len(set(titles)) == count, titles
        path = tmp_path / f"{count}.pptx"
        deck(path, content, language)
        assert verify.check(path, slides=count, office=False) == [], (situation, count)


def test_titles_state_the_finding_in_figures() -> None:
    titles = [slide.title for slide in recap_story(recap(currencies=("EUR",)), 12, "fr").slides]
    assert any("pèse" in title and "%" in title and "€" in title for title in titles)
    assert sum(any(ch.isdigit() for ch in title) for title in titles) >= 11


def test_charts_and_tables_are_native_described_and_editable(tmp_path: Path) -> None:
    path = tmp_path / "d.pptx"
    deck(path, recap_story(recap(), 12, "en"), "en")
    made = Presentation(str(path))
    charts = [shape for slide in made.slides for shape in slide.shapes if shape.has_chart]
    tables = [shape for slide in made.slides for shape in slide.shapes if shape.has_table]
    assert len(charts) >= 4 and len(tables) >= 4
    for frame in charts:
        assert frame._element.xpath(".//p:cNvPr")[0].get("descr")
        with zipfile.ZipFile(io.BytesIO(frame.chart.part.chart_workbook.xlsx_part.blob)) as book:
            assert "xl/worksheets/sheet1.xml" in book.namelist()
    assert all(shape.table.first_row for shape in tables)
    assert all(slide.shapes.title is not None and slide.shapes.title.is_placeholder for slide in made.slides)
    assert sum(slide.has_notes_slide for slide in made.slides) >= 11
    assert sum("slidenum" in slide.part.blob.decode() for slide in made.slides) == 11  # all but the cover
    for slide in made.slides:
        for run in slide.element.iter("{http://schemas.openxmlformats.org/drawingml/2006/main}rPr"):
            assert run.get("lang") == "en-GB"


def test_what_does_not_fit_goes_to_the_notes(tmp_path: Path) -> None:
    rows = [[f"Ligne {number}", Decimal(number)] for number in range(60)]
    long = "un texte assez long pour prendre toute la largeur de la page, et plus encore. " * 3
    lines = [f"Point {number} : {long}" for number in range(30)]
    slides = [
        Slide(title="T", blocks=[Table(columns=[Column(title="Nom"), Column(title="Montant", kind="money", currency="EUR")], rows=rows)]),
        Slide(title="U", blocks=[Text(lines=lines)]),
        Slide(title="W", blocks=[Text(lines=lines), Text(lines=lines[:2], title="à part")]),
        Slide(title="Un titre interminable " * 20),
        Slide(
            title="F",
            blocks=[
                Figures(
                    figures=[
                        Figure(value="123 456 789 012,34 € environ", label="un libellé bien trop long " * 5, note="n" * 90)
                        for _ in range(5)
                    ]
                )
            ],
        ),
    ]
    path = tmp_path / "d.pptx"
    deck(path, DeckContent(title="D", slides=slides), "fr")
    assert verify.check(path, slides=5, office=False) == []
    made = Presentation(str(path))
    notes = [slide.notes_slide.notes_text_frame.text if slide.has_notes_slide else "" for slide in made.slides]
    table = next(shape.table for shape in made.slides[0].shapes if shape.has_table)
    shown = [row.cells[0].text for row in table.rows]
    for number in range(60):
        assert f"Ligne {number}" in shown or f"Ligne {number} · " in notes[0]
    on_slide = "".join(shape.text_frame.text for shape in made.slides[1].shapes if shape.has_text_frame)
    for number in range(30):
        assert (f"Point {number} :" in on_slide) != (f"Point {number} :" in notes[1])
    assert "interminable Un titre interminable" in notes[3]


def test_the_same_content_gives_the_same_bytes(tmp_path: Path) -> None:
    for name in ("a.pptx", "b.pptx"):
        deck(tmp_path / name, recap_story(recap(), 8, "fr"), "fr")
    assert (tmp_path / "a.pptx").read_bytes() == (tmp_path / "b.pptx").read_bytes()


def company_template(path: Path) -> Path:
    """A house style as companies have them: 4:3, its own fonts and colours, an example slide."""
    made = Presentation()
    part = next(relation.target_part for relation in made.slide_master.part.rels.values() if relation.reltype.endswith("/theme"))
    part._blob = part.blob.replace(b"4F81BD", b"7A1F5C").replace(b"1F497D", b"222222")
    slide = made.slides.add_slide(made.slide_layouts[0])
    slide.shapes.title.text = "Modèle à ne pas garder"
    made.save(str(path))
    return path


@pytest.mark.parametrize("suffix", [".pptx", ".potx"])
def test_a_company_template_is_followed_and_its_slides_left_out(tmp_path: Path, suffix: str) -> None:
    template = company_template(tmp_path / f"modele{suffix}")
    if suffix == ".potx":
        with zipfile.ZipFile(template) as source:
            parts = {name: source.read(name) for name in source.namelist()}
        parts["[Content_Types].xml"] = parts["[Content_Types].xml"].replace(b"presentation.main+xml", b"template.main+xml")
        with zipfile.ZipFile(template, "w") as target:
            for name, part in parts.items():
                target.writestr(name, part)
    path = tmp_path / "d.pptx"
    deck(path, recap_story(recap(), 8, "fr"), "fr", template)
    made = Presentation(str(path))
    assert (made.slide_width, len(made.slides)) == (9144000, 8)
    assert "ne pas garder" not in "".join(shape.text_frame.text for slide in made.slides for shape in slide.shapes if shape.has_text_frame)
    assert verify.check(path, slides=8, office=False) == []
    with zipfile.ZipFile(path) as package:
        assert any(b"7A1F5C" in package.read(name) for name in package.namelist() if name.startswith("ppt/charts/chart"))
        assert sum(name.startswith("ppt/slides/slide") for name in package.namelist()) == 8


def test_a_template_that_is_none_is_refused_in_one_sentence(tmp_path: Path) -> None:
    template = tmp_path / "x.pptx"
    template.write_bytes(b"no")
    with pytest.raises(Failed, match=r"x\.pptx cannot be opened as a PowerPoint file"):
        deck(tmp_path / "d.pptx", recap_story(recap(), 1, "en"), "en", template)
    assert not (tmp_path / "d.pptx").exists()


def test_libreoffice_prints_one_page_a_slide(tmp_path: Path) -> None:
    path = tmp_path / "d.pptx"
    deck(path, recap_story(recap(), 3, "fr"), "fr")
    pages = render.pictures(path, tmp_path / "pages", dpi=40)
    assert [page.name for page in pages] == ["page-001.png", "page-002.png", "page-003.png"]


def test_every_kind_of_chart_can_be_made(tmp_path: Path) -> None:
    slides = []
    for kind in ("bar", "column", "stacked", "line", "doughnut"):
        for count in (1, 3):
            series = [Series(name=f"Série {n}", values=[Decimal(3), None, Decimal(-2)]) for n in range(count)]
            chart = Chart(kind=kind, categories=["A", "B", "C"], series=series, currency="EUR", alt="Trois valeurs")
            slides.append(Slide(title=f"{kind} {count}", blocks=[chart]))
    path = tmp_path / "d.pptx"
    deck(path, DeckContent(title="D", slides=slides), "fr")
    assert verify.check(path, slides=10, office=False) == []


def planted(path: Path) -> Path:
    """A deck with one fault of each kind."""
    made = Presentation()
    only = made.slide_layouts[5]
    box = (Pt(50), Pt(150), Pt(200), Pt(30))

    def slide(title: str = "Un titre") -> object:
        new = made.slides.add_slide(only)
        new.shapes.title.text = title
        return new

    def words(target: object, text: str, place: tuple[Emu, ...] = box, size: float = 16) -> object:
        shape = target.shapes.add_textbox(*place)
        shape.text_frame.word_wrap = True
        shape.text_frame.text = text
        shape.text_frame.paragraphs[0].runs[0].font.size = Pt(size)
        return shape

    slide("")  # 1 no title
    words(slide(), "beaucoup trop de texte pour une si petite boîte " * 6)  # 2 overflow
    two = slide()
    words(two, "l'un")
    words(two, "sur l'autre")  # 3 overlap
    words(slide(), "hors de la page", (Pt(650), Pt(150), Pt(200), Pt(30)))  # 4 off the slide
    words(slide(), "minuscule", size=7)  # 5 small
    pale = words(slide(), "pâle")  # 6 pale
    from pptx.dml.color import RGBColor

    pale.text_frame.paragraphs[0].runs[0].font.color.rgb = RGBColor(0xDD, 0xDD, 0xDD)
    made.slides.add_slide(made.slide_layouts[1]).shapes.title.text = "Vide"  # 7 empty placeholder
    data = CategoryChartData()
    data.categories = ["a"]
    data.add_series("s", [1])
    slide().shapes.add_chart(XL_CHART_TYPE.PIE, *(Pt(value) for value in (50, 150, 200, 200)), data)  # 8 no words for a chart
    table = slide().shapes.add_table(2, 1, *(Pt(value) for value in (50, 150, 80, 40))).table  # 9 a cell too small
    table.cell(1, 0).text = "un texte bien trop long pour cette cellule"
    made.save(str(path))
    return path


def test_every_planted_fault_is_found_on_its_slide(tmp_path: Path) -> None:
    findings = verify.check(planted(tmp_path / "bad.pptx"), slides=12, office=False)
    found = {(finding.where, finding.code) for finding in findings}
    expected = {
        ("bad.pptx", "slide-count"),
        ("1", "no-title"),
        ("2", "overflow"),
        ("3", "overlap"),
        ("4", "off-slide"),
        ("5", "small-text"),
        ("6", "low-contrast"),
        ("7", "empty-placeholder"),
        ("8", "no-alternative-text"),
        ("9", "overflow"),
    }
    assert expected <= found, expected - found
    assert {where for where, _ in found} == {where for where, _ in expected}
    for finding in findings:
        assert finding.sentence("fr") != finding.sentence("en")


def test_contrast_is_that_of_the_standard() -> None:
    assert contrast("000000", "FFFFFF") == pytest.approx(21)
    assert contrast("777777", "FFFFFF") == pytest.approx(4.48, abs=0.01)


def test_a_dark_template_gets_text_that_can_be_read_on_it(tmp_path: Path) -> None:
    from pptx.dml.color import RGBColor

    own = Presentation()
    ground = own.slide_master.background.fill
    ground.solid()
    ground.fore_color.rgb = RGBColor(0x10, 0x2A, 0x43)
    own.save(tmp_path / "charte.pptx")
    content = DeckContent(
        title="Bilan",
        slides=[
            Slide(
                title="Tout tient",
                blocks=[
                    Figures(figures=[Figure(value="12", label="documents")]),
                    Text(title="Points", lines=["un", "deux"], points=True),
                    Table(columns=[Column(title="A"), Column(title="B", kind="number")], rows=[["x", 1]], total=["", 1]),
                ],
            )
        ],
    )
    deck(tmp_path / "d.pptx", content, "fr", tmp_path / "charte.pptx")
    assert not [found for found in verify.check(tmp_path / "d.pptx") if found.code == "low-contrast"]


def test_templates_whose_places_are_off_the_slide_or_too_small_still_give_a_deck(tmp_path: Path) -> None:
    from pptx.util import Inches

    for kind in ("portrait", "foot"):
        template: Any = Presentation()
        if kind == "portrait":
            template.slide_width, template.slide_height = Inches(7.5), Inches(10)
        else:
            template.slide_width = Inches(13.333)
            for layout in template.slide_layouts:
                for shape in layout.placeholders:
                    if shape.placeholder_format.type in (1, 3):
                        shape.top, shape.left, shape.width, shape.height = Inches(6.5), Inches(1), Inches(4), Inches(0.4)
        template.save(tmp_path / f"{kind}.pptx")
        path = tmp_path / f"deck-{kind}.pptx"
        deck(path, recap_story(recap(), 8, "fr"), "fr", tmp_path / f"{kind}.pptx")
        assert verify.check(path, slides=8, office=False) == [], kind


def test_shares_say_what_they_are_shares_of() -> None:
    def row(number: int, client: str, supplier: str, total: int) -> Row:
        day = dt.date(2026, 1 + number % 3, 5)
        return Row(
            file=f"F/{number}",
            type="invoice",
            client=client,
            supplier=supplier,
            number=str(number),
            currency="EUR",
            date=day,
            total=Decimal(total),
        )

    rows = [row(n, f"C{n % 3}", "Nous", 1000 * (n + 1)) for n in range(6)] + [row(9 + n, "Nous", f"S{n % 2}", 100) for n in range(4)]
    titles = [slide.title for slide in recap_story(Recap(rows=rows, us="Nous"), 12, "fr").slides]
    assert any("des ventes confirmées" in title for title in titles) and any("des achats confirmés" in title for title in titles)
    assert not any("du total confirmé" in title for title in titles)


def test_months_without_documents_stand_in_the_chart_and_many_clients_hide_none() -> None:
    days = (dt.date(2025, 11, 3), dt.date(2026, 2, 3), dt.date(2026, 3, 3))
    rows = [
        Row(file=f"F/{n}", type="invoice", client=f"C{n:02}", number=str(n), currency="EUR", date=days[n % 3], total=Decimal(500 + n))
        for n in range(60)
    ]
    slides = recap_story(Recap(rows=rows), 8, "fr").slides
    charts = {block.kind: block for slide in slides for block in slide.blocks if isinstance(block, Chart)}
    assert charts["column"].categories == ["nov. 25", "déc. 25", "janv. 26", "févr. 26", "mars 26"]
    assert charts["column"].series[0].values[1] == 0
    assert len(charts["bar"].categories) == 8 and any(slide.title.startswith("Aucun des 60 clients ne dépasse") for slide in slides)


def test_actions_are_told_once_and_steps_name_what_falls_due() -> None:
    content = recap_story(SITUATIONS["meeting"], 8, "fr")
    told = [str(block) for slide in content.slides for block in slide.blocks if "Et cela" in str(block)]
    assert len(told) == 1
    due = Row(
        file="F/1",
        type="invoice",
        client="C",
        number="1",
        currency="EUR",
        date=dt.date(2026, 1, 5),
        due_date=dt.date(2026, 2, 4),
        total=Decimal(90),
    )
    steps = recap_story(Recap(rows=[due], day=dt.date(2026, 1, 20)), 8, "fr").slides
    assert any("échéance" in str(block).lower() and "février 2026" in str(block) for slide in steps for block in slide.blocks)


def test_an_earlier_period_is_told_party_by_party(tmp_path: Path) -> None:
    def row(month: int, client: str, total: int) -> Row:
        return Row(
            file=f"F/{month}{client}",
            type="invoice",
            client=client,
            number=f"{month}{client}",
            currency="EUR",
            date=dt.date(2026, month, 4),
            total=Decimal(total),
        )

    both = Recap(rows=[row(10, "A", 900), row(10, "B", 600)], before=[row(9, "A", 500), row(9, "C", 500)], before_name="septembre 2026")
    content = recap_story(both, 8, "fr")
    slide = next(slide for slide in content.slides if "septembre" in slide.title)
    assert "1\u202f000" in slide.title and "1\u202f500" in slide.title and "+50" in slide.title
    chart = next(block for block in slide.blocks if isinstance(block, Chart))
    assert dict(zip(chart.categories, zip(*(series.values for series in chart.series), strict=True), strict=True)) == {
        "A": (500, 900),
        "B": (0, 600),
        "C": (500, 0),
    }
    assert "Nouveaux cette fois : B." in str(slide.blocks).replace("\\xa0", " ").replace("\xa0", " ")
    deck(tmp_path / "d.pptx", content, "fr")
    assert verify.check(tmp_path / "d.pptx", slides=8, office=False) == []


def test_bars_begin_at_nothing_and_titles_tell_all_currencies(tmp_path: Path) -> None:
    rows = [
        Row(
            file=f"F/{n}",
            type="invoice",
            client=f"C{n % 2}",
            number=str(n),
            currency=code,
            date=dt.date(2026, 1, 2),
            total=Decimal(3010 + n),
        )
        for n, code in enumerate(("EUR", "EUR", "EUR", "EUR", "USD", "GBP", ""))
    ]
    content = recap_story(Recap(rows=rows), 8, "en")
    assert (
        "3 currencies" in content.slides[1].title
        and "1 still to confirm" in content.slides[1].title
        and "all" not in content.slides[1].title
    )
    deck(tmp_path / "d.pptx", content, "en")
    charts = [shape.chart for slide in Presentation(str(tmp_path / "d.pptx")).slides for shape in slide.shapes if shape.has_chart]
    assert charts and all(chart.value_axis.minimum_scale == 0 for chart in charts)


def test_what_waits_is_summed_over_all_pots_of_its_currency() -> None:
    def row(number: int, supplier: str, client: str, total: str, sure: bool) -> Row:
        check = {} if sure else {"total": "extract.unsure"}
        kind = "invoice" if sure else "receipt"
        return Row(file=f"F/{number}.pdf", type=kind, supplier=supplier, client=client, currency="EUR", total=Decimal(total), check=check)

    rows = [row(1, "Nous", "Dupont", "900", True), row(2, "Nous", "Kerlann", "500", True), row(3, "Café", "Nous", "42.40", False)]
    shown = [
        (figure.label, figure.value, figure.note)
        for slide in recap_story(Recap(rows=rows, us="Nous"), 4, "fr").slides
        for block in slide.blocks
        if isinstance(block, Figures)
        for figure in block.figures
    ]
    assert any(label == "à confirmer" and value == "1" and note.startswith("42") for label, value, note in shown), shown
