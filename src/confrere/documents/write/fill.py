"""An offer put into a company's own template: a DOCX or XLSX with placeholders such as ``{{client}}`` or ``{{prix}}``.

The row that holds a line's placeholders is repeated for each line. In a workbook, amounts and totals become formulas and the
formulas below the repeated row are moved along with their cells. What no placeholder of ours names is left as it is and reported.
"""

from __future__ import annotations

import copy
import datetime as dt
import re
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

from confrere.documents.write import formats
from confrere.documents.write.offer import Line, Offer, printed_share
from confrere.documents.write.package import settle
from confrere.documents.write.sheets import letters
from confrere.documents.write.text import plain

_HOLE = re.compile(
    r"\{\{\s*([^{}]{1,40}?)\s*\}\}|<<\s*([^<>]{1,40}?)\s*>>|«\s*([^«»]{1,40}?)\s*»|\{\s*([^{}]{1,40}?)\s*\}|\[\s*([^\[\]]{1,40}?)\s*\]"
)
_HEAD = {
    "client": "client, nom client, nom du client, customer, customer name, client name, destinataire",
    "number": "numero, numero devis, numero du devis, n devis, number, quote number, reference devis, offer number",
    "date": "date, date devis, date du devis, quote date, offer date",
    "valid": "validite, date validite, date de validite, valable jusqu au, valid until, valid, expiry, expiry date, echeance",
    "net": "total ht, net, total net, subtotal, montant total ht, sous total",
    "tax": "total tva, tva, vat, total vat, tax, montant tva",
    "total": "total ttc, total, grand total, total including vat, montant total ttc",
    "seller": "societe, emetteur, seller, company, fournisseur, entreprise",
    "currency": "devise, currency",
}
_LINE = {
    "reference": "ref, reference, code",
    "description": "designation, description, libelle, article, item, produit, prestation, product, service",
    "quantity": "quantite, qte, quantity, qty",
    "unit": "unite, unit",
    "price": "prix, prix unitaire, prix unitaire ht, pu, pu ht, price, unit price",
    "discount": "remise, discount",
    "rate": "taux tva, taux, vat rate, rate, tva ligne, line vat",
    "amount": "montant, montant ht, total ligne, amount, line total, montant ligne",
}
_HEADS = {word.strip(): key for key, words in _HEAD.items() for word in words.split(",")}
_LINES = {word.strip(): key for key, words in _LINE.items() for word in words.split(",")}


def _folded(text: str) -> str:
    import unicodedata

    text = "".join(ch for ch in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(ch))
    return " ".join(re.findall(r"[^\W_]+", text))


def holes(text: str) -> list[tuple[int, int, str, bool]]:
    """The placeholders of a text: start, end, name folded, and whether its marks are ones nobody writes by chance."""
    return [
        (found.start(), found.end(), _folded(next(part for part in found.groups() if part is not None)), bool(found[1] or found[2]))
        for found in _HOLE.finditer(text)
    ]


def fillable(path: Path) -> bool:
    """Whether a DOCX or XLSX holds a placeholder that an offer fills."""
    import zipfile

    try:
        with zipfile.ZipFile(path) as package:
            for name in package.namelist():
                if re.fullmatch(r"word/(?:document|header\d*|footer\d*)\.xml|xl/sharedStrings\.xml|xl/worksheets/sheet\d+\.xml", name):
                    text = re.sub(r"<[^>]+>", "", package.read(name).decode("utf-8", "replace")).replace("&lt;", "<").replace("&gt;", ">")
                    if any(name in _HEADS or name in _LINES for _, _, name, _ in holes(text)):
                        return True
    except (OSError, zipfile.BadZipFile, KeyError):
        return False
    return False


def _head_value(offer: Offer, key: str, language: str) -> Any:
    return {
        "client": offer.client,
        "number": offer.number,
        "date": offer.date,
        "valid": offer.valid_until,
        "net": offer.net,
        "tax": offer.tax,
        "total": offer.total,
        "seller": offer.seller,
        "currency": offer.currency,
    }[key]


def _shown(value: Any, key: str, offer: Offer, language: str) -> str:
    if isinstance(value, dt.date):
        return formats.date(value, language)
    if key in ("rate", "discount"):
        return printed_share(value, language) if value or key == "rate" else ""
    if isinstance(value, Decimal):
        return formats.number(value, language) if key == "quantity" else formats.money(value, offer.currency, language)
    return plain(str(value))


def fill_docx(template: Path, path: Path, offer: Offer, language: str) -> tuple[list[str], bool]:
    """Write ``template`` filled with ``offer`` to ``path``; returns the placeholders that were left, and whether there was a place
    for the lines."""
    import docx
    from docx.oxml.ns import qn

    document: Any = docx.Document(str(template))
    left: list[str] = []

    def head(name: str, sure: bool) -> str | None:
        key = _HEADS.get(name)
        if key is None:
            if sure:
                left.append(name)
            return None
        return _shown(_head_value(offer, key, language), key, offer, language)

    placed = False
    parts = [document.element]
    for section in document.sections:
        for part in (section.header, section.footer, section.first_page_header, section.first_page_footer):
            if not part.is_linked_to_previous:
                parts.append(part._element)
    for part in parts:
        for table in part.iter(qn("w:tbl")):
            _offered(table)
        for row in list(part.iter(qn("w:tr"))):
            names = {name for _, _, name, _ in holes("".join(node.text or "" for node in row.iter(qn("w:t"))))}
            if not names & {word for word, key in _LINES.items() if key in ("description", "quantity", "price", "amount")}:
                continue
            placed = True
            for line in offer.lines:
                new = copy.deepcopy(row)
                row.addprevious(new)
                for paragraph in new.iter(qn("w:p")):
                    _replace(paragraph, lambda name, sure, line=line: _line_text(line, name, offer, language))  # type: ignore[misc]
            row.getparent().remove(row)
        for paragraph in part.iter(qn("w:p")):
            _replace(paragraph, head)
    document.save(path)
    settle(path, offer.date)
    return list(dict.fromkeys(left)), placed


def _offered(table: Any) -> None:
    """Give the empty row below a header of ours ("Désignation | Quantité | Prix unitaire") the placeholders its header names: most
    templates mark the lines so and no other way. A header alone gets such a row."""
    from docx.oxml.ns import qn

    def texts(row: Any) -> list[str]:
        return ["".join(node.text or "" for node in cell.iter(qn("w:t"))) for cell in row.findall(qn("w:tc"))]

    rows = table.findall(qn("w:tr"))
    if any(_LINES.get(name) for row in rows for text in texts(row) for _, _, name, _ in holes(text)):
        return
    for at, row in enumerate(rows):
        names = [_folded(text) for text in texts(row)]
        keys = [_LINES.get(name) or ("rate" if name in ("tva", "vat") else "amount" if name.startswith("total") else "") for name in names]
        if "description" not in keys or len([key for key in keys if key]) < 2:
            continue
        below = rows[at + 1] if at + 1 < len(rows) else None
        if below is None:
            below = copy.deepcopy(row)
            row.addnext(below)
        elif any(text.strip() for text in texts(below)):
            return
        for cell, key in zip(below.findall(qn("w:tc")), keys, strict=False):
            for node in cell.iter(qn("w:t")):
                node.text = ""
            if key:
                run = cell.find(qn("w:p")).makeelement(qn("w:r"), {})
                written = run.makeelement(qn("w:t"), {})
                written.text = "{{" + _LINE[key].split(",")[0] + "}}"
                run.append(written)
                cell.find(qn("w:p")).append(run)
        marks = row.get_or_add_trPr()
        if marks.find(qn("w:tblHeader")) is None:
            marks.append(marks.makeelement(qn("w:tblHeader"), {}))
        for spare in rows[at + 2 :]:  # further empty lines of the form
            if not any(text.strip() for text in texts(spare)):
                table.remove(spare)
            else:
                break
        return


def _line_text(line: Line, name: str, offer: Offer, language: str) -> str | None:
    key = _LINES.get(name) or ("rate" if name in ("tva", "vat") else "amount" if name in ("total", "total ht") else None)
    return _shown(getattr(line, key), key, offer, language) if key else None


def _replace(paragraph: Any, value: Callable[[str, bool], str | None]) -> None:
    """Replace placeholders in a paragraph, wherever its runs cut them; what stands takes the look of where it begins."""
    from docx.oxml.ns import qn

    nodes = [node for node in paragraph.iter(qn("w:t"))]
    text = "".join(node.text or "" for node in nodes)
    for start, end, name, sure in reversed(holes(text)):
        new = value(name, sure)
        if new is None:
            continue
        at = 0
        for node in nodes:
            own = node.text or ""
            low, high = max(start, at), min(end, at + len(own))
            if low < high:
                node.text = own[: low - at] + (new if low == start else "") + own[high - at :]
                node.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
            at += len(own)
        text = text[:start] + new + text[end:]


_REF = re.compile(
    r"(?P<sheet>(?:'[^']+'|[A-Za-z_][\w.]*)!)?(?P<c1>\$?[A-Z]{1,3})(?P<d1>\$?)(?P<r1>\d+)(?::(?P<c2>\$?[A-Z]{1,3})(?P<d2>\$?)(?P<r2>\d+))?(?![\w(])"
)


def _moved(formula: str, row: int, more: int) -> str:
    """A formula after ``more`` rows were put below ``row``: what is below moves, a range that ends on it grows."""

    def change(match: re.Match[str]) -> str:
        if match["sheet"]:
            return match[0]
        first = int(match["r1"]) + (more if int(match["r1"]) > row else 0)
        out = f"{match['c1']}{match['d1']}{first}"
        if match["r2"]:
            last = int(match["r2"]) + (more if int(match["r2"]) >= row else 0)
            out += f":{match['c2']}{match['d2']}{last}"
        return out

    pieces = re.split(r'("(?:[^"]|"")*")', formula)
    return "".join(piece if piece.startswith('"') else _REF.sub(change, piece) for piece in pieces)


def fill_workbook(template: Path, path: Path, offer: Offer, language: str) -> list[str]:
    """Write ``template`` (XLSX) filled with ``offer`` to ``path``, amounts and totals as formulas; returns the placeholders left.

    Values of formulas are calculated when the file is opened: openpyxl keeps none.
    """
    import openpyxl

    book = openpyxl.load_workbook(template)
    left: list[str] = []
    known: dict[str, float] = {}
    for sheet in book.worksheets:
        place = _line_row(sheet)
        columns: dict[str, str] = {}
        if place:
            columns = _lines_in(sheet, place, offer, language)
        end = place + len(offer.lines) - 1 if place else 0
        for row in sheet.iter_rows():
            for cell in row:
                if isinstance(cell.value, str) and not (place and place <= cell.row <= end):
                    _head_cell(cell, offer, language, (place, end, columns), left)
                    if cell.data_type == "f" and "amount" in columns:
                        worth = next(
                            (
                                getattr(offer, key)
                                for key in ("net", "tax", "total")
                                if cell.value == _total(key, offer, (place, end, columns))
                            ),
                            None,
                        )
                        if worth is not None:
                            known[f"{sheet.title}!{cell.coordinate}"] = float(worth)
        for number, line in enumerate(offer.lines) if "amount" in columns else ():
            known[f"{sheet.title}!{columns['amount']}{place + number}"] = float(line.amount)
        _widen(sheet)
    book.calculation.fullCalcOnLoad = True
    book.properties.title = offer.number
    book.properties.modified = book.properties.created = dt.datetime.combine(offer.date, dt.time(12))
    book.save(path)
    cache_values(path, known)
    settle(path, offer.date)
    return list(dict.fromkeys(left))


def _widen(sheet: Any) -> None:
    """Give columns left at the standard width room for amounts, dates and a line of text, which would show as ### or be cut."""
    for column in sheet.iter_cols():
        name = letters(column[0].column - 1)
        if name in sheet.column_dimensions and sheet.column_dimensions[name].customWidth:
            continue
        numbers = any(cell.data_type in ("n", "d", "f") and cell.value is not None for cell in column)
        longest = max((len(str(cell.value)) for cell in column if cell.data_type == "s"), default=0)
        if numbers or longest > 9:
            sheet.column_dimensions[name].width = min(50, max(15 if numbers else 0, longest + 2))


def cache_values(path: Path, values: dict[str, float]) -> None:
    """Write the values of formulas ("Sheet!B7") into the workbook at ``path``, for previews that do not calculate."""
    import os
    import zipfile

    import openpyxl

    book = openpyxl.load_workbook(path, read_only=True)
    files = {f"xl/worksheets/sheet{number}.xml": name for number, name in enumerate(book.sheetnames, 1)}
    book.close()
    temporary = path.with_name(path.name + ".caching")
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(temporary, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            part = source.read(name)
            if name in files:
                sheet = files[name]

                def filled(match: re.Match[str], sheet: str = sheet) -> str:
                    worth = values.get(f"{sheet}!{match[2]}")
                    return match[0] if worth is None else f"{match[1]}<v>{worth!r}</v></c>"

                text = re.sub(r'(<c r="([A-Z]+\d+)"[^>]*><f>[^<]*</f>)<v ?/?>(?:</v>)?</c>', filled, part.decode())
                part = text.encode()
            target.writestr(name, part)
    os.replace(temporary, path)


def _line_row(sheet: Any) -> int:
    """The row of a sheet that holds a line's placeholders, 0 for none."""
    for row in sheet.iter_rows():
        found = {_LINES.get(name) for cell in row if isinstance(cell.value, str) for _, _, name, _ in holes(cell.value)}
        if found & {"description", "quantity", "price"}:
            return int(row[0].row)
    return 0


def _lines_in(sheet: Any, row: int, offer: Offer, language: str) -> dict[str, str]:
    """Repeat the placeholder row for each line; returns the column letter of each field."""
    from openpyxl.formula.translate import Translator

    more = len(offer.lines) - 1
    pattern = {cell.column: (cell.value, copy.copy(cell._style)) for cell in sheet[row]}
    height = sheet.row_dimensions[row].height
    merged = [str(area) for area in sheet.merged_cells.ranges]
    for area in merged:
        sheet.unmerge_cells(area)
    for number in range(sheet.max_row, row, -1):
        for cell in sheet[number]:
            target = sheet.cell(number + more, cell.column)
            target.value, target._style = cell.value, copy.copy(cell._style)
            if more:
                cell.value = None
        sheet.row_dimensions[number + more].height = sheet.row_dimensions[number].height
    for cells in sheet.iter_rows():
        for cell in cells:
            if isinstance(cell.value, str) and cell.value.startswith("="):
                cell.value = _moved(cell.value, row, more)
    for area in merged:
        sheet.merge_cells(_moved(area, row, more) if more else area)
    columns: dict[str, str] = {}
    for column, (content, _) in pattern.items():
        for _, _, name, _ in holes(content) if isinstance(content, str) else []:
            key = _LINES.get(name) or ("rate" if name in ("tva", "vat") else "amount" if name in ("total", "total ht") else "")
            if key:
                columns[key] = letters(column - 1)
    for number, line in enumerate(offer.lines):
        at = row + number
        sheet.row_dimensions[at].height = height
        for column, (content, style) in pattern.items():
            cell = sheet.cell(at, column)
            cell._style = copy.copy(style)
            if isinstance(content, str) and content.startswith("="):
                cell.value = Translator(content, origin=f"{letters(column - 1)}{row}").translate_formula(f"{letters(column - 1)}{at}")
            elif isinstance(content, str) and holes(content):
                _line_cell(cell, content, line, columns, offer, language)
            else:
                cell.value = content
    return columns


def _line_cell(cell: Any, content: str, line: Line, columns: dict[str, str], offer: Offer, language: str) -> None:
    found = holes(content)
    key = _LINES.get(found[0][2]) or ("rate" if found[0][2] in ("tva", "vat") else "amount" if found[0][2] in ("total", "total ht") else "")
    whole = len(found) == 1 and content.strip() == content[found[0][0] : found[0][1]] and key
    if not whole:
        text = content
        for start, end, name, _ in reversed(found):
            new = _line_text(line, name, offer, language)
            text = text if new is None else text[:start] + new + text[end:]
        _put_text(cell, text)
        return
    value = getattr(line, key)
    if key == "amount" and {"quantity", "price"} <= columns.keys():
        less = f"*(1-{columns['discount']}{cell.row})" if "discount" in columns else ""
        cell.value = f"=ROUND({columns['quantity']}{cell.row}*{columns['price']}{cell.row}{less},2)"
    elif isinstance(value, Decimal):
        cell.value = float(value)
    else:
        _put_text(cell, value)
    if isinstance(value, Decimal) and cell.number_format == "General":
        cell.number_format = (
            "0.##%"
            if key in ("rate", "discount") and (value * 100) % 1
            else "0%"
            if key in ("rate", "discount")
            else ("General" if key == "quantity" else formats.excel_money(offer.currency, language))
        )


def _put_text(cell: Any, text: str) -> None:
    """Text from a document, which no "=" turns into a formula."""
    cell.value = plain(text)
    if cell.data_type == "f":
        cell.data_type = "s"


def _head_cell(cell: Any, offer: Offer, language: str, lines: tuple[int, int, dict[str, str]], left: list[str]) -> None:
    found = holes(cell.value)
    left += [name for _, _, name, sure in found if sure and name not in _HEADS]
    known = [(start, end, _HEADS[name]) for start, end, name, _ in found if name in _HEADS]
    if not known:
        return
    start, end, key = known[0]
    value = _head_value(offer, key, language)
    if len(known) > 1 or cell.value.strip() != cell.value[start:end]:
        text = cell.value
        for begin, stop, name in reversed(known):
            text = text[:begin] + _shown(_head_value(offer, name, language), name, offer, language) + text[stop:]
        _put_text(cell, text)
        return
    if isinstance(value, Decimal):
        cell.value = _total(key, offer, lines) if "amount" in lines[2] else float(value)
        if cell.number_format == "General":
            cell.number_format = formats.excel_money(offer.currency, language)
    elif isinstance(value, dt.date):
        cell.value = dt.datetime.combine(value, dt.time())
        cell.number_format = formats.excel_format("date", language)
    else:
        _put_text(cell, value)


def _total(key: str, offer: Offer, lines: tuple[int, int, dict[str, str]]) -> str:
    """The formula of a total over the lines' rows (first, last, column of each field)."""
    first, last, columns = lines
    amounts = f"{columns['amount']}{first}:{columns['amount']}{last}"
    rates = f"{columns['rate']}{first}:{columns['rate']}{last}" if "rate" in columns else ""
    net = f"SUM({amounts})"
    taxes = [f"ROUND(SUMIF({rates},{rate},{amounts})*{rate},2)" if rates else f"ROUND({net}*{rate},2)" for rate in offer.taxes]
    if not rates and len(taxes) > 1:
        taxes = [str(offer.tax)]
    return f"={net}" if key == "net" else "=" + "+".join(taxes) if key == "tax" else f"={net}+" + "+".join(taxes)
