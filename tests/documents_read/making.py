"""Files made by the tests: PDF written by hand (to control how each word is painted), compound files, pictures of text."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from functools import cache
from itertools import pairwise
from pathlib import Path

from PIL.Image import Image
from PIL.Image import new as new_image
from PIL.Image import open as open_image


def pdf(
    contents: list[str],
    *,
    media: tuple[float, float, float, float] = (0, 0, 595, 842),
    rotate: int = 0,
    annotations: str = "",
    extra: list[str] | None = None,
    catalog: str = "",
    resources: str = "",
) -> bytes:
    """A PDF with one page a content stream. Fonts /F1 (Helvetica); objects of ``extra`` follow from number 100."""
    objects: dict[int, bytes] = {}
    kids = " ".join(f"{10 + 2 * i} 0 R" for i in range(len(contents)))
    objects[1] = f"<< /Type /Catalog /Pages 2 0 R {catalog} >>".encode()
    objects[2] = f"<< /Type /Pages /Kids [{kids}] /Count {len(contents)} >>".encode()
    objects[3] = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>"
    for index, content in enumerate(contents):
        box = " ".join(map(str, media))
        objects[10 + 2 * index] = (
            f"<< /Type /Page /Parent 2 0 R /MediaBox [{box}] /Rotate {rotate} /Contents {11 + 2 * index} 0 R "
            f"/Resources << /Font << /F1 3 0 R >> {resources} >> {annotations} >>"
        ).encode()
        data = content.encode("cp1252")
        objects[11 + 2 * index] = b"<< /Length %d >>\nstream\n%s\nendstream" % (len(data), data)
    for index, body in enumerate(extra or []):
        objects[100 + index] = body.encode("latin-1")
    return assemble(objects)


def assemble(objects: dict[int, bytes]) -> bytes:
    out = bytearray(b"%PDF-1.7\n")
    places = {}
    for number, body in sorted(objects.items()):
        places[number] = len(out)
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(out)
    out += b"xref\n0 1\n0000000000 65535 f \n"
    for number, place in places.items():
        out += b"%d 1\n%010d 00000 n \n" % (number, place)
    out += b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (max(objects) + 1, start)
    return bytes(out)


def text(x: float, y: float, words: str, size: float = 12, before: str = "") -> str:
    """A content stream that shows ``words`` at (x, y) from the bottom left."""
    escaped = words.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")
    return f"q {before} BT /F1 {size} Tf 1 0 0 1 {x} {y} Tm ({escaped}) Tj ET Q\n"


def picture(lines: list[str], *, width: int = 1000) -> Image:
    """A white picture, ``width`` pixels wide, with lines of black text."""
    import typst

    body = " \\\n".join("#" + repr(line).replace("'", '"') for line in lines)
    source = f"#set page(width: {width * 0.36}pt, height: auto, margin: 15pt)\n#set text(size: 12pt)\n{body}\n"
    return open_image(io.BytesIO(typst.compile(source.encode(), format="png", ppi=200.0))).convert("RGB")


def scanned_pdf(image: Image, hidden_layer: str = "") -> bytes:
    """A PDF page that is a picture (at its top), with an invisible text layer if one is given."""
    width = image.size[0]
    height = int(width * 842 / 595)
    sheet = new_image("RGB", (width, height), "white")
    sheet.paste(image, (0, 0))
    data = io.BytesIO()
    sheet.save(data, "JPEG", quality=85)
    content = "q 595 0 0 842 0 0 cm /Im0 Do Q\n"
    for number, line in enumerate(hidden_layer.split("\n") if hidden_layer else []):
        content += f"BT 3 Tr /F1 12 Tf 1 0 0 1 50 {780 - 20 * number} Tm ({line}) Tj ET\n"
    body = data.getvalue()
    objects = {
        1: b"<< /Type /Catalog /Pages 2 0 R >>",
        2: b"<< /Type /Pages /Kids [4 0 R] /Count 1 >>",
        3: b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
        4: b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 5 0 R "
        b"/Resources << /Font << /F1 3 0 R >> /XObject << /Im0 6 0 R >> >> >>",
        5: b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content.encode()),
        6: b"<< /Type /XObject /Subtype /Image /Width %d /Height %d /ColorSpace /DeviceRGB /BitsPerComponent 8 /Filter /DCTDecode "
        b"/Length %d >>\nstream\n%s\nendstream" % (width, height, len(body), body),
    }
    return assemble(objects)


def zipped(members: dict[str, str | bytes]) -> bytes:
    """A zip file of these members."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        for name, data in members.items():
            file.writestr(name, data)
    return out.getvalue()


def rezip(path: Path, changes: dict[str, str | bytes]) -> None:
    """Rewrite members of a zip file in place, or add them."""
    with zipfile.ZipFile(path) as file:
        members: dict[str, str | bytes] = {name: file.read(name) for name in file.namelist()}
    members.update(changes)
    path.write_bytes(zipped(members))


def compound(streams: dict[str, bytes]) -> bytes:
    """A compound file (OLE2, version 3) with these streams; "a/b" puts stream b in storage a. Streams are padded to 4096 bytes or more
    so that no short-sector stream is needed; readers see their true size only from 4096 up."""
    sector, end, free = 512, 0xFFFFFFFE, 0xFFFFFFFF
    storages = list(dict.fromkeys(name.split("/")[0] for name in streams if "/" in name))
    entries: list[tuple[str, int, bytes, list[int]]] = [("Root Entry", 5, b"", [])]
    for name in storages:
        entries.append((name, 1, b"", []))
        entries[0][3].append(len(entries) - 1)
    for name, data in streams.items():
        parent = 1 + storages.index(name.split("/")[0]) if "/" in name else 0
        entries.append((name.split("/")[-1], 2, data + bytes(max(0, 4096 - len(data))), []))
        entries[parent][3].append(len(entries) - 1)
    fat: list[int] = []
    body = bytearray()
    starts = []
    for _, kind, data, _ in entries:
        if kind != 2:
            starts.append(end)
            continue
        count = -(-len(data) // sector)
        starts.append(len(fat))
        fat += [len(fat) + 1 + i for i in range(count - 1)] + [end]
        body += data + bytes(count * sector - len(data))
    directory = bytearray()
    siblings: dict[int, int] = {}
    for _, _, _, children in entries:
        siblings.update(pairwise(children))
    for index, (name, kind, data, children) in enumerate(entries):
        raw = name.encode("utf-16-le")[:62] + b"\0\0"
        directory += raw.ljust(64, b"\0") + struct.pack(
            "<HBBIII16sIQQIQ",
            len(raw), kind, 1, free, siblings.get(index, free), children[0] if children else free, bytes(16), 0, 0, 0,
            starts[index], len(data),
        )  # fmt: skip
    directory += bytes(-len(directory) % sector)
    directory_start = len(fat)
    count = len(directory) // sector
    fat += [len(fat) + 1 + i for i in range(count - 1)] + [end]
    body += directory
    fat_start = len(fat)
    sectors = 1
    while sectors * 128 < len(fat) + sectors:
        sectors += 1
    fat += [0xFFFFFFFD] * sectors
    table = struct.pack(f"<{len(fat)}I", *fat)
    table += b"\xff" * (sectors * sector - len(table))
    header = struct.pack(
        "<8s16sHHHHH6xIIIIIIIIII",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", bytes(16), 0x3E, 3, 0xFFFE, 9, 6, 0, sectors, directory_start, 0, 4096,
        end, 0, end, 0, fat_start,
    )  # fmt: skip
    header += b"".join(struct.pack("<I", fat_start + i) for i in range(1, sectors))
    return header.ljust(sector, b"\xff") + bytes(body) + table


@cache
def gigabytes_of_zeros(size: int) -> bytes:
    """Deflated zeros, without ever holding them."""
    engine = zlib.compressobj(9)
    out = bytearray()
    block = bytes(1 << 20)
    for _ in range(size >> 20):
        out += engine.compress(block)
    return bytes(out + engine.flush())


def hanging(levels: int = 9) -> bytes:
    """A PDF whose page calls a form ten times, which calls another ten times ...: a small file that takes a reader for ever."""
    objects = {
        1: b"<< /Type /Catalog /Pages 2 0 R >>",
        2: b"<< /Type /Pages /Kids [4 0 R] /Count 1 >>",
        4: b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 5 0 R /Resources << /XObject << /X 10 0 R >> >> >>",
        5: b"<< /Length 50 >>\nstream\n" + b"/X Do " * 8 + b"\nendstream",
    }
    for level in range(levels):
        content = b"/X Do " * 10 if level < levels - 1 else b"0 0 m 9 9 l S " * 10
        objects[10 + level] = (
            b"<< /Type /XObject /Subtype /Form /BBox [0 0 595 842] /Resources << /XObject << /X %d 0 R >> >> /Length %d >>\n"
            b"stream\n%s\nendstream" % (11 + level, len(content), content)
        )
    return assemble(objects)
