"""Reports as Word documents: real heading styles, native charts, tables whose header row repeats, A4."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from confrere.documents.write import formats, theme
from confrere.documents.write.content import Block, Chart, Column, Figure, Figures, ReportContent, Table, Text
from confrere.documents.write.package import settle, stamp
from confrere.documents.write.text import column_widths, plain
from confrere.messages import say

_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_WHOLE = 12  # rows of a table that no page cuts in two
_TEXT_WIDTH = 170 / 25.4 * 72  # points: A4 less margins of 20 mm


def report_docx(path: Path, content: ReportContent, language: str) -> None:
    """Write ``content`` as a Word document."""
    import docx

    document: Any = docx.Document()
    styled(document, content.title, language)
    document.add_paragraph(plain(content.title), style="Title")
    if content.subtitle:
        document.add_paragraph(plain(content.subtitle), style="Subtitle")
    if content.figures:
        _figures(document, content.figures)
    if content.summary:
        document.add_heading(say("write.summary", language), 1)
        for line in content.summary:
            document.add_paragraph(plain(line), style="List Bullet")
    numbering = _Numbering(document)
    for section in content.sections:
        document.add_heading(plain(section.title), section.level)
        for block in section.blocks:
            _block(document, block, language, section.title, numbering)
    properties = document.core_properties
    properties.title, properties.author, properties.last_modified_by = plain(content.title)[:250], "Confrère", "Confrère"
    properties.comments, properties.language = "", "fr-FR" if language == "fr" else "en-GB"
    properties.created = properties.modified = stamp(content.day)
    document.save(path)
    settle(path, content.day)


def styled(document: Any, title: str, language: str) -> None:
    """Give a new document our styles, an A4 page, and a footer with ``title`` and page numbers."""
    _styles(document, language)
    _page(document, title, language)


def add_table(document: Any, block: Table, language: str, heading: str) -> None:
    """Add a typed table as reports have them; ``heading`` describes it to screen readers where it has no title."""
    _table(document, block, language, heading)


def _styles(document: Any, language: str) -> None:
    """Our fonts, sizes and colours on the built-in styles, so that Word's outline and navigation know the headings."""
    from docx.oxml.ns import qn
    from docx.shared import Pt

    styles = document.styles
    looks = {  # size, bold, colour, space before, space after
        "Normal": (10.5, False, theme.BODY, 0, 5),
        "Title": (24, True, theme.INK, 0, 2),
        "Subtitle": (12, False, theme.GREY, 0, 12),
        "Heading 1": (16, True, theme.INK, 18, 6),
        "Heading 2": (12.5, True, theme.ACCENT, 12, 4),
        "List Bullet": (10.5, False, theme.BODY, 0, 3),
        "List Number": (10.5, False, theme.BODY, 0, 3),
        "Caption": (9, True, theme.BODY, 8, 3),
        "Header": (9, False, theme.GREY, 0, 0),
        "Footer": (9, False, theme.GREY, 0, 0),
    }
    for name, (size, bold, ink, before, after) in looks.items():
        style = styles[name]
        style.font.name, style.font.size, style.font.bold, style.font.italic = theme.FONT, Pt(size), bold, False
        style.font.color.rgb = _rgb(ink)
        style.paragraph_format.space_before, style.paragraph_format.space_after = Pt(before), Pt(after)
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        for attribute in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
            fonts.attrib.pop(qn(f"w:{attribute}"), None)
        fonts.set(qn("w:cs"), theme.FONT)
        for element in style.element.iter(qn("w:pBdr"), qn("w:spacing")):
            if element.tag == qn("w:pBdr") or element.getparent().tag == qn("w:rPr"):
                element.getparent().remove(element)
                break
    styles["Caption"].paragraph_format.keep_with_next = True
    for lang in styles.element.iter(qn("w:lang")):
        lang.set(qn("w:val"), "fr-FR" if language == "fr" else "en-GB")


def _page(document: Any, title: str, language: str) -> None:
    from docx.enum.text import WD_TAB_ALIGNMENT
    from docx.shared import Mm, Pt

    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin = section.right_margin = Mm(20)
    section.top_margin = section.bottom_margin = Mm(20)
    footer = section.footer.paragraphs[0]
    footer.paragraph_format.tab_stops.add_tab_stop(Pt(_TEXT_WIDTH), WD_TAB_ALIGNMENT.RIGHT)
    for stop in [*footer.style.paragraph_format.tab_stops]:
        footer.paragraph_format.tab_stops.add_tab_stop(stop.position, WD_TAB_ALIGNMENT.CLEAR)
    shown = plain(title)
    footer.add_run((shown if len(shown) <= 80 else shown[:79] + "…") + "\t" + say("write.page", language) + " ")
    _field(footer, "PAGE")
    footer.add_run(" / ")
    _field(footer, "NUMPAGES")


def _field(paragraph: Any, code: str) -> None:
    from docx.oxml import parse_xml

    run = f'<w:r xmlns:w="{_W}">{{}}</w:r>'
    for inner in (
        '<w:fldChar w:fldCharType="begin"/>',
        f"<w:instrText>{code}</w:instrText>",
        '<w:fldChar w:fldCharType="separate"/>',
        "<w:t>1</w:t>",
        '<w:fldChar w:fldCharType="end"/>',
    ):
        paragraph._p.append(parse_xml(run.format(inner)))


class _Numbering:
    """Numbered lists that each begin at 1: "List Number" alone would count on through the document."""

    def __init__(self, document: Any) -> None:
        self._document = document

    def restart(self) -> int:
        """A new numbering (its id) on the abstract list of the "List Number" style."""
        from docx.oxml import parse_xml
        from docx.oxml.ns import qn

        numbering = self._document.part.numbering_part.element
        style = self._document.styles["List Number"].element
        base = style.find(f".//{qn('w:numId')}").get(qn("w:val"))
        abstract = next(
            num.find(qn("w:abstractNumId")).get(qn("w:val")) for num in numbering.findall(qn("w:num")) if num.get(qn("w:numId")) == base
        )
        new = max(int(num.get(qn("w:numId"))) for num in numbering.findall(qn("w:num"))) + 1
        numbering.append(
            parse_xml(
                f'<w:num xmlns:w="{_W}" w:numId="{new}"><w:abstractNumId w:val="{abstract}"/><w:lvlOverride w:ilvl="0">'
                '<w:startOverride w:val="1"/></w:lvlOverride></w:num>'
            )
        )
        return new


def _block(document: Any, block: Block, language: str, heading: str, numbering: _Numbering) -> None:
    if isinstance(block, Figures):
        _figures(document, block.figures)
    elif isinstance(block, Text):
        _text(document, block, numbering)
    elif isinstance(block, Chart):
        if block.title:
            document.add_paragraph(plain(block.title), style="Caption")
        _chart(document, block, language, heading)
    else:
        _table(document, block, language, heading)


def _text(document: Any, block: Text, numbering: _Numbering) -> None:
    from docx.oxml import parse_xml

    if block.title:
        document.add_paragraph(plain(block.title), style="Caption")
    number = numbering.restart() if block.ordered else 0
    for line in block.lines:
        style = "List Number" if block.ordered else "List Bullet" if block.points else "Normal"
        paragraph = document.add_paragraph(plain(line), style=style)
        if number:
            paragraph._p.get_or_add_pPr().append(
                parse_xml(f'<w:numPr xmlns:w="{_W}"><w:ilvl w:val="0"/><w:numId w:val="{number}"/></w:numPr>')
            )


def _figures(document: Any, figures: list[Figure]) -> None:
    """Key figures side by side, in a table without borders."""
    from docx.shared import Pt

    table = document.add_table(rows=1, cols=len(figures))
    _describe(table, "", " ; ".join(f"{figure.value} {figure.label}" for figure in figures))
    for cell, figure in zip(table.rows[0].cells, figures, strict=True):
        warn = figure.tone == "warn"
        _shade(cell, theme.WARN_TINT if warn else theme.TINT)
        _margins(cell, 110)
        ink = theme.WARN if warn else theme.GOOD if figure.tone == "good" else theme.ACCENT
        for number, (text, size, color, bold) in enumerate(
            ((figure.value, 18, ink, True), (figure.label, 9.5, theme.BODY, False), (figure.note, 8.5, theme.GREY, False))
        ):
            if not text:
                continue
            paragraph = cell.paragraphs[0] if number == 0 else cell.add_paragraph()
            paragraph.paragraph_format.space_after = Pt(0)
            run = paragraph.add_run(plain(text))
            run.font.size, run.font.bold, run.font.color.rgb = Pt(size), bold, _rgb(color)
    document.add_paragraph().paragraph_format.space_after = Pt(2)


def _table(document: Any, block: Table, language: str, heading: str) -> None:
    from docx.enum.table import WD_TABLE_ALIGNMENT
    from docx.shared import Pt

    if block.title:
        document.add_paragraph(plain(block.title), style="Caption")
    rows = [[plain(column.title) for column in block.columns]]
    rows += [
        [formats.cell(value, column.kind, language, column.currency) for value, column in zip(row, block.columns, strict=True)]
        for row in [*block.rows, *([block.total] if block.total else [])]
    ]
    table = document.add_table(rows=len(rows), cols=len(block.columns))
    table.alignment = WD_TABLE_ALIGNMENT.LEFT
    table.autofit = False
    _describe(table, block.title or heading, block.caption or block.title or heading)
    _borders(table)
    widths = column_widths(rows, 9, _TEXT_WIDTH, 12)
    for place, column in enumerate(table.columns):
        column.width = Pt(widths[place])
    # table.cell() walks the whole table each time; the rows' XML is walked once.
    for number, (cells, row) in enumerate(zip(table.rows, rows, strict=True)):
        header, total = number == 0, block.total is not None and number == len(rows) - 1
        _row(cells, header)
        for place, (cell, text) in enumerate(zip(cells.cells, row, strict=True)):
            cell.width = Pt(widths[place])
            _cell(cell, text, block.columns[place], header, total)
            if len(rows) <= _WHOLE + 1 and number < len(rows) - 1:
                cell.paragraphs[0].paragraph_format.keep_with_next = True
    document.add_paragraph().paragraph_format.space_after = Pt(2)


def _cell(cell: Any, text: str, column: Column, header: bool, total: bool) -> None:
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.shared import Pt

    paragraph = cell.paragraphs[0]
    paragraph.paragraph_format.space_after = Pt(0)
    if column.kind in ("number", "money", "percent", "amount"):
        paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    run = paragraph.add_run(text)
    run.font.size = Pt(9)
    run.font.bold = header or total
    if header:
        run.font.color.rgb = _rgb(theme.WHITE)
        paragraph.paragraph_format.keep_with_next = True
    elif text.startswith("−"):
        run.font.color.rgb = _rgb(theme.WARN)
    if header or total:
        _shade(cell, theme.INK if header else theme.TINT)
    _margins(cell, 70)


def _row(row: Any, header: bool) -> None:
    """No row is cut by a page; the header row comes again on each page, and is a header for screen readers."""
    from docx.oxml import parse_xml

    properties = row._tr.get_or_add_trPr()
    properties.append(parse_xml(f'<w:cantSplit xmlns:w="{_W}"/>'))
    if header:
        properties.append(parse_xml(f'<w:tblHeader xmlns:w="{_W}"/>'))


def _describe(table: Any, title: str, description: str) -> None:
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    properties = table._tbl.tblPr
    for name, text in (("w:tblCaption", title), ("w:tblDescription", description)):
        if text:
            element = OxmlElement(name)
            element.set(qn("w:val"), plain(text)[:500])
            properties.append(element)


def _borders(table: Any) -> None:
    from docx.oxml import parse_xml

    line = f'w:val="single" w:sz="4" w:space="0" w:color="{theme.LINE}"'
    for xml in (
        f'<w:tblInd xmlns:w="{_W}" w:w="70" w:type="dxa"/>',  # the text edge, not the cell's, would align otherwise
        f'<w:tblBorders xmlns:w="{_W}"><w:bottom {line}/><w:insideH {line}/></w:tblBorders>',
    ):
        table._tbl.tblPr.insert_element_before(
            parse_xml(xml), "w:shd", "w:tblLayout", "w:tblCellMar", "w:tblLook", "w:tblCaption", "w:tblDescription"
        )


def _shade(cell: Any, color: str) -> None:
    from docx.oxml import parse_xml

    cell._tc.get_or_add_tcPr().append(parse_xml(f'<w:shd xmlns:w="{_W}" w:val="clear" w:color="auto" w:fill="{color}"/>'))


def _margins(cell: Any, twentieths: int) -> None:
    from docx.oxml import parse_xml

    sides = "".join(
        f'<w:{side} w:w="{twentieths if side in ("start", "end") else twentieths // 2}" w:type="dxa"/>'
        for side in ("top", "start", "bottom", "end")
    )
    cell._tc.get_or_add_tcPr().append(parse_xml(f'<w:tcMar xmlns:w="{_W}">{sides}</w:tcMar>'))


def _chart(document: Any, block: Chart, language: str, heading: str) -> None:
    """A native chart: made as a slide's chart is, then carried over with its workbook."""
    from docx.opc.constants import RELATIONSHIP_TYPE
    from docx.opc.packuri import PackURI
    from docx.opc.part import Part
    from docx.oxml import parse_xml
    from pptx import Presentation

    from confrere.documents.write.blocks import Palette
    from confrere.documents.write.charts import add_chart

    high = 190.0 if block.kind != "bar" else min(60.0 + 22 * len(block.categories), 260)
    slide = Presentation().slides.add_slide(Presentation().slide_layouts[6])
    made = add_chart(slide, block, (0, 0, _TEXT_WIDTH, high), Palette(), language, 9.5).chart.part
    package = document.part.package
    number = 1 + sum(1 for part in package.iter_parts() if str(part.partname).startswith("/word/charts/"))
    book = Part(
        PackURI(f"/word/embeddings/Microsoft_Excel_Sheet{number}.xlsx"),
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        made.chart_workbook.xlsx_part.blob,
        package,
    )
    # Word and LibreOffice frame a chart that says nothing about its outline.
    made._element.append(
        parse_xml(
            '<c:spPr xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart" '
            'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"><a:noFill/><a:ln><a:noFill/></a:ln></c:spPr>'
        )
    )
    _chart_order(made._element)
    xml = made.blob
    chart = Part(PackURI(f"/word/charts/chart{number}.xml"), made.content_type, xml, package)
    relation = chart.relate_to(book, "http://schemas.openxmlformats.org/officeDocument/2006/relationships/package")
    chart._blob = xml.replace(f'externalData r:id="{next(iter(made.rels))}"'.encode(), f'externalData r:id="{relation}"'.encode())
    anchor = document.part.relate_to(chart, RELATIONSHIP_TYPE.CHART)
    paragraph = document.add_paragraph()
    from xml.sax.saxutils import quoteattr

    description = quoteattr(plain(block.alt or block.title or heading)[:1000])
    paragraph._p.append(
        parse_xml(
            f'<w:r xmlns:w="{_W}" xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" '
            'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
            'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><w:drawing>'
            '<wp:inline distT="0" distB="0" distL="0" distR="0">'
            f'<wp:extent cx="{round(_TEXT_WIDTH * 12700)}" cy="{round(high * 12700)}"/><wp:effectExtent l="0" t="0" r="0" b="0"/>'
            f'<wp:docPr id="{1000 + number}" name="Chart {number}" descr={description}/><wp:cNvGraphicFramePr/>'
            '<a:graphic><a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/chart">'
            f'<c:chart xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart" r:id="{anchor}"/>'
            "</a:graphicData></a:graphic></wp:inline></w:drawing></w:r>"
        )
    )


def _chart_order(space: Any) -> None:
    """Put the shape properties where the format wants them: right after the chart."""
    from docx.oxml.ns import qn

    properties = space[-1]
    chart = next(child for child in space if child.tag == qn("c:chart"))
    chart.addnext(properties)


def _rgb(value: str) -> Any:
    from docx.shared import RGBColor

    return RGBColor(*bytes.fromhex(value))
