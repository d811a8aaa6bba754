"""PDF: text with word boxes, scans by OCR, form fields, attachments, and what is hidden."""

from __future__ import annotations

import ctypes
from pathlib import Path
from typing import Any

from confrere.documents.model import Document, Page, Table, Warning_, Word
from confrere.documents.read.attachments import attach
from confrere.documents.read.inspect_pdf import EXCERPT, split_hidden, unseen
from confrere.documents.read.inspect_text import differs
from confrere.documents.read.layout import reading_text
from confrere.documents.read.limits import Budget, Unreadable
from confrere.documents.read.pdf_text import Frame, page_frame, page_words

OCR_DPI = 200
_OCR_SIDE = 2600
_METADATA = {"Title": "title", "Author": "author", "Subject": "subject", "Keywords": "keywords", "Creator": "creator",
             "Producer": "producer", "CreationDate": "created", "ModDate": "modified"}  # fmt: skip


def read_pdf(path: Path, budget: Budget) -> Document:
    """Read a PDF. Raises Unreadable: ``encrypted`` when it needs a password, ``damaged`` when pdfium cannot open it."""
    import pypdfium2

    try:
        pdf = pypdfium2.PdfDocument(path)
    except pypdfium2.PdfiumError as error:
        password = getattr(error, "err_code", None) == pypdfium2.raw.FPDF_ERR_PASSWORD
        raise Unreadable("encrypted" if password else "damaged", str(error), "pdf") from error
    with pdf:
        return _read(pdf, budget)


def _read(pdf: Any, budget: Budget) -> Document:
    import pypdfium2

    document = Document(kind="pdf", mime="application/pdf", metadata=_metadata(pdf))
    try:
        pdf.init_forms()
    except pypdfium2.PdfiumError:
        document.warnings.append(Warning_(code="damaged-part", text="form"))
    count = len(pdf)
    document.metadata["pages"] = str(count)
    _attachments(pdf, document, budget)
    if pypdfium2.raw.FPDFDoc_GetJavaScriptActionCount(pdf.raw) > 0:
        document.warnings.append(Warning_(code="script", text="JavaScript"))
    failed = 0
    for index in range(count):
        if index >= budget.limits.pages or budget.text <= 0 or budget.late():
            document.warnings.append(Warning_(code="truncated", where=f"page {index + 1}", text=f"{index}/{count}"))
            break
        label = f"page {index + 1}"
        try:
            page = pdf[index]
        except pypdfium2.PdfiumError:
            failed += 1
            if failed <= 20:
                document.warnings.append(Warning_(code="damaged-part", where=label))
            if failed > 200 and failed > index // 2:
                break
            continue
        document.pages.append(_page(page, label, document, budget, words=index < budget.limits.word_pages))
        page.close()
    if not document.pages and failed:
        raise Unreadable("damaged", "no page can be loaded", "pdf")
    return document


def _page(page: Any, label: str, document: Document, budget: Budget, *, words: bool) -> Page:
    frame = page_frame(page)
    width, height = frame.size
    textpage = page.get_textpage()
    placed = page_words(page, textpage, frame)
    textpage.close()
    visible, layer, warnings = split_hidden(page, placed, frame, label)
    fields = _fields(page, frame, label, document)
    fields = _seen_fields(page, fields, label, document)
    visible += [word for _, _, words_ in fields for word in words_]
    result = Page(label=label, width=round(width, 2), height=round(height, 2))
    if fields:
        result.tables.append(Table(rows=[[name, value] for name, value, _ in fields], name="form"))
    letters = sum(len(w.text) for w in visible)
    pictured = _picture_share(page, frame) if letters < 400 else 0.0
    scanned = (pictured > 0.35 and letters < 250) or (letters < 8 and not layer and _has_paths(page))
    if scanned and _scan(page, result, layer, budget, warnings, label):
        visible = result.words
    elif layer and not scanned and sum(len(w.text) for w in layer) > 1:
        warnings.append(Warning_(code="hidden-text", where=label, text=" ".join(w.text for w in layer)[:EXCERPT]))
    elif layer:
        visible = visible + layer
        result.ocr = True
    document.warnings.extend(warnings)
    result.words = visible if words else []
    result.text = budget.take_text(result.text or reading_text(visible))
    return result


def _scan(page: Any, result: Page, layer: list[Word], budget: Budget, warnings: list[Warning_], label: str) -> bool:
    """Read the picture of a page by OCR into ``result``, and compare it with the invisible text layer. False when out of budget."""
    from confrere.documents.read.ocr import read_picture

    if not budget.take_ocr():
        warnings.append(Warning_(code="truncated", where=label, text="OCR"))
        return False
    scale = min(OCR_DPI / 72, _OCR_SIDE / max(result.width, result.height, 1))
    image = page.render(scale=scale, may_draw_forms=True).to_numpy()
    seen = read_picture(image[:, :, :3], budget)
    result.ocr = True
    result.words = [Word(w.text, *(round(v / scale, 2) for v in (w.x0, w.y0, w.x1, w.y1))) for w in seen.words]
    result.text = seen.text
    layer_text = " ".join(w.text for w in layer)
    if layer and differs(layer_text, seen.text):
        warnings.append(Warning_(code="text-layer-differs", where=label, text=layer_text[:EXCERPT]))
    return True


def _picture_share(page: Any, frame: Frame) -> float:
    """Return the share of the page that its pictures cover (0 to 1, overlaps counted twice, capped)."""
    import pypdfium2

    width, height = frame.size
    area = 0.0
    for index, item in enumerate(page.get_objects(filter=(pypdfium2.raw.FPDF_PAGEOBJ_IMAGE,), max_depth=4)):
        if index > 200:
            return 1.0
        try:
            left, top, right, bottom = frame.box(*item.get_bounds())
        except pypdfium2.PdfiumError:
            continue
        area += max(0.0, min(right, width) - max(left, 0)) * max(0.0, min(bottom, height) - max(top, 0))
    return min(1.0, area / max(width * height, 1.0))


def _has_paths(page: Any) -> bool:
    """Whether the page draws enough shapes to hold outlined text (some producers turn letters into shapes)."""
    import pypdfium2

    count = 0
    for item in page.get_objects(max_depth=3):
        count += 1 if item.type in (pypdfium2.raw.FPDF_PAGEOBJ_PATH, pypdfium2.raw.FPDF_PAGEOBJ_IMAGE) else 0
        if count >= 30 or item.type == pypdfium2.raw.FPDF_PAGEOBJ_IMAGE:
            return True
    return False


def _fields(page: Any, frame: Frame, label: str, document: Document) -> list[tuple[str, str, list[Word]]]:
    """Return the filled form fields of a page as (name, value, words in its box); comments become warnings."""
    import pypdfium2.raw as pdfium

    form = page.pdf.formenv.raw if page.pdf.formenv else None
    found: list[tuple[str, str, list[Word]]] = []
    rect = pdfium.FS_RECTF()
    for index in range(min(pdfium.FPDFPage_GetAnnotCount(page.raw), 2000)):
        annotation = pdfium.FPDFPage_GetAnnot(page.raw, index)
        if not annotation:
            continue
        kind = pdfium.FPDFAnnot_GetSubtype(annotation)
        if kind == pdfium.FPDF_ANNOT_WIDGET and form:
            name = _wide(lambda b, n, a=annotation: pdfium.FPDFAnnot_GetFormFieldName(form, a, b, n))
            value = _wide(lambda b, n, a=annotation: pdfium.FPDFAnnot_GetFormFieldValue(form, a, b, n))
            field = pdfium.FPDFAnnot_GetFormFieldType(form, annotation)
            flags = pdfium.FPDFAnnot_GetFlags(annotation)
            if value.strip() and field != pdfium.FPDF_FORMFIELD_PUSHBUTTON:
                placed = bool(pdfium.FPDFAnnot_GetRect(annotation, rect)) and rect.right - rect.left >= 1
                box = frame.box(rect.left, rect.bottom, rect.right, rect.top)
                width, height = frame.size
                if flags & 0x22 or not placed or box[0] >= width or box[1] >= height or box[2] <= 0 or box[3] <= 0:
                    document.warnings.append(Warning_(code="hidden-text", where=label, text=f"{name}: {value}"[:EXCERPT]))
                else:
                    shown = field not in (pdfium.FPDF_FORMFIELD_CHECKBOX, pdfium.FPDF_FORMFIELD_RADIOBUTTON)
                    found.append((name, value, _spread(value, box) if shown else []))
        elif kind in (pdfium.FPDF_ANNOT_TEXT, pdfium.FPDF_ANNOT_POPUP, pdfium.FPDF_ANNOT_HIGHLIGHT):
            note = _wide(lambda b, n, a=annotation: pdfium.FPDFAnnot_GetStringValue(a, b"Contents", b, n))
            if note.strip():
                document.warnings.append(Warning_(code="comment", where=label, text=note[:EXCERPT]))
        pdfium.FPDFPage_CloseAnnot(annotation)
    return found


def _seen_fields(page: Any, fields: list[tuple[str, str, list[Word]]], label: str, document: Document) -> list[tuple[str, str, list[Word]]]:
    """Return the fields whose place on the page shows something; the others become a warning."""
    places = [Word("", min(w.x0 for w in words), words[0].y0, max(w.x1 for w in words), words[0].y1) for _, _, words in fields if words]
    blank = iter(unseen(page, places))
    out = []
    for name, value, words in fields:
        if bool(words) and next(blank):
            document.warnings.append(Warning_(code="hidden-text", where=label, text=f"{name}: {value}"[:EXCERPT]))
        else:
            out.append((name, value, words))
    return out


def _spread(value: str, box: tuple[float, float, float, float]) -> list[Word]:
    """Place the words of a field's value in its box, by their share of the letters."""
    words = value.split()
    step = (box[2] - box[0]) / max(sum(len(w) + 1 for w in words), 1)
    out, x = [], box[0]
    for word in words:
        out.append(Word(word, round(x, 2), round(box[1], 2), round(x + step * len(word), 2), round(box[3], 2)))
        x += step * (len(word) + 1)
    return out


def _wide(call: Any) -> str:
    """Read a UTF-16LE string from a pdfium function of (buffer, length in bytes) that returns the bytes it needs."""
    size = call(None, 0)
    if size <= 2 or size > 2_000_000:
        return ""
    buffer = (ctypes.c_ushort * (size // 2 + 1))()
    call(buffer, size)
    return bytes(buffer)[: size - 2].decode("utf-16-le", "replace")


def _metadata(pdf: Any) -> dict[str, str]:
    values = pdf.get_metadata_dict(skip_empty=True)
    return {_METADATA[key]: value[:1000] for key, value in values.items() if key in _METADATA}


def _attachments(pdf: Any, document: Document, budget: Budget) -> None:
    import pypdfium2

    for index in range(min(pdf.count_attachments(), 500)):
        try:
            item = pdf.get_attachment(index)
            attach(document, budget, item.get_name() or f"attachment-{index + 1}", bytes(item.get_data()))
        except pypdfium2.PdfiumError:
            document.warnings.append(Warning_(code="damaged-part", where=f"attachment {index + 1}"))
