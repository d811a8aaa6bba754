from __future__ import annotations

import io
import os
import socket
import struct
import subprocess
import sys
import tarfile
import threading
import time
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from confrere.documents.library import Library
from confrere.documents.model import Document
from confrere.documents.read.limits import Limits
from tests.documents_read.making import assemble, compound, gigabytes_of_zeros, hanging, pdf, text, zipped

FAST = Limits(seconds=12, ocr_seconds=30)
GOOD = pdf([text(50, 700, "Facture honnête")])


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    with Library(tmp_path_factory.mktemp("cache"), workers=2, limits=FAST) as made:
        yield made


def bomb(name: str, size: int = 1 << 28, others: dict[str, str] | None = None) -> bytes:
    """A zip whose member ``name`` is ``size`` zeros."""
    data = gigabytes_of_zeros(size)
    crc = zlib.crc32(bytes(size))
    out = io.BytesIO(zipped(dict(others or {})))
    with zipfile.ZipFile(out) as file:
        before, count = file.start_dir, len(file.namelist())
        out.seek(before)
        directory = out.read()
    raw = name.encode()
    head = struct.pack("<IHHHHHIIIHH", 0x04034B50, 20, 0, 8, 0, 33, crc, len(data), size, len(raw), 0) + raw
    entry = struct.pack("<IHHHHHHIIIHHHHHII", 0x02014B50, 20, 20, 0, 8, 0, 33, crc, len(data), size, len(raw), 0, 0, 0, 0, 0, before) + raw
    entries = directory[: directory.rindex(b"PK\x05\x06")] + entry
    start = before + len(head) + len(data)
    tail = struct.pack("<IHHHHIIH", 0x06054B50, 0, 0, count + 1, count + 1, len(entries), start, 0)
    return out.getvalue()[:before] + head + data + entries + tail


LAUGHS = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha">' + "".join(
    f'<!ENTITY {chr(98 + i)} "{"&" + chr(97 + i) + ";"}{("&" + chr(97 + i) + ";") * 9}">' for i in range(10)
)
LAUGHS += "]><x>&k;</x>"
TYPES = "<Types xmlns='http://schemas.openxmlformats.org/package/2006/content-types'/>"


def xxe(target: str) -> str:
    return f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "{target}">]><x>&e;</x>'


def million_pages(shared: bool) -> bytes:
    """A page tree that claims a million pages: by its count alone, or by sharing kids of kids."""
    if not shared:
        body = GOOD.replace(b"/Count 1 ", b"/Count 1000000 ")
        return body
    objects = {1: b"<< /Type /Catalog /Pages 2 0 R >>"}
    for level in range(6):
        objects[2 + level] = (
            b"<< /Type /Pages /Count %d /Kids [" % 10 ** (6 - level)
            + b"%d 0 R " % (3 + level) * 10
            + b"] %s >>" % (b"/Parent %d 0 R" % (1 + level) if level else b"")
        )
    objects[8] = b"<< /Type /Page /Parent 7 0 R /MediaBox [0 0 99 99] /Resources << >> >>"
    return assemble(objects)


def quine_like(depth: int) -> bytes:
    data = zipped({"seed.txt": "x"})
    for _ in range(depth):
        data = zipped({f"{i}.zip": data for i in range(4)})
    return data


def tar_bomb() -> bytes:
    out = io.BytesIO()
    info = tarfile.TarInfo("zeros")
    info.size = 1 << 30
    import gzip

    with gzip.GzipFile(fileobj=out, mode="wb", compresslevel=1) as file:
        file.write(info.tobuf())
        for _ in range(1024):
            file.write(bytes(1 << 20))
    return out.getvalue()


def relation(kind: str, target: str, more: str = "") -> str:
    package = "http://schemas.openxmlformats.org/package/2006/relationships"
    return f"<Relationships xmlns='{package}'><Relationship Id='r1' Type='{kind}' Target='{target}' {more}/></Relationships>"


def sheet(cells: str) -> bytes:
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    rel = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    sheets = "<sheets><sheet name='S' sheetId='1' r:id='r1'/></sheets>"
    return zipped(
        {
            "[Content_Types].xml": TYPES,
            "_rels/.rels": relation(f"{rel}/officeDocument", "xl/workbook.xml"),
            "xl/workbook.xml": f"<workbook xmlns='{main}' xmlns:r='{rel}'>{sheets}</workbook>",
            "xl/_rels/workbook.xml.rels": relation(f"{rel}/worksheet", "worksheets/s.xml"),
            "xl/worksheets/s.xml": f"<worksheet xmlns='{main}'><sheetData>{cells}</sheetData></worksheet>",
        }
    )


def png(width: int, height: int) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(bytes(1000))) + chunk(b"IEND", b"")


def broken_font() -> bytes:
    objects = {
        1: b"<< /Type /Catalog /Pages 2 0 R >>",
        2: b"<< /Type /Pages /Kids [4 0 R] /Count 1 >>",
        3: b"<< /Type /Font /Subtype /TrueType /BaseFont /Bad /FirstChar 0 /LastChar 255 /FontDescriptor 6 0 R >>",
        4: b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 5 0 R /Resources << /Font << /F1 3 0 R >> >> >>",
        5: b"<< /Length 44 >>\nstream\nBT /F1 12 Tf 1 0 0 1 50 700 Tm (Words) Tj ET\nendstream",
        6: b"<< /Type /FontDescriptor /FontName /Bad /Flags 4 /FontFile2 7 0 R >>",
        7: b"<< /Length 600 >>\nstream\n\0\1\0\0\0\x7f" + bytes(range(256)) * 2 + bytes(82) + b"\nendstream",
    }
    return assemble(objects)


DEEP = 100_000
EML = b"From: a@example.org\nTo: b@example.org\nSubject: x\nMIME-Version: 1.0\n"

# name: (what makes the bytes, the error codes allowed)
CASES: dict[str, tuple[Callable[[], bytes], set[str]]] = {
    "empty.pdf": (lambda: b"", {"empty"}),
    "empty.docx": (lambda: b"", {"empty"}),
    "truncated.pdf": (lambda: GOOD[:200], {"", "damaged"}),
    "header-only.pdf": (lambda: b"%PDF-1.7\n", {"damaged"}),
    "noise.pdf": (lambda: b"%PDF-1.7\n" + bytes(range(256)) * 400, {"damaged"}),
    "million-pages-claimed.pdf": (lambda: million_pages(False), {"", "damaged"}),
    "million-pages-shared.pdf": (lambda: million_pages(True), {"", "damaged"}),
    "page-tree-loop.pdf": (lambda: GOOD.replace(b"/Kids [10 0 R]", b"/Kids [2 0 R ]"), {"", "damaged"}),
    "form-calls-itself.pdf": (hanging, {"timeout", "crashed", "memory"}),
    "broken-font.pdf": (broken_font, {"", "damaged"}),
    "huge-page.pdf": (lambda: pdf([text(50, 700, "x", before="1 1 1 rg")], media=(0, 0, 1e7, 1e7)), {"", "damaged", "memory"}),
    "truncated.docx": (lambda: zipped({"word/document.xml": "x" * 5000})[:100], {"damaged"}),
    "bomb.docx": (lambda: bomb("word/document.xml", others={"[Content_Types].xml": TYPES}), {"bomb"}),
    "bomb.xlsx": (lambda: bomb("xl/worksheets/sheet1.xml", others={"[Content_Types].xml": TYPES, "xl/workbook.xml": "<x/>"}), {"bomb"}),
    "bomb.pptx": (lambda: bomb("ppt/presentation.xml", others={"[Content_Types].xml": TYPES}), {"bomb"}),
    "bomb.odt": (lambda: bomb("content.xml", others={"mimetype": "application/vnd.oasis.opendocument.text"}), {"bomb"}),
    "bomb.zip": (lambda: bomb("zeros", 1 << 30), {""}),
    "many-members.zip": (lambda: zipped({f"{i}": "" for i in range(30_000)}), {""}),
    "recursive.zip": (lambda: quine_like(6), {""}),
    "bomb.tar.gz": (tar_bomb, {"", "timeout"}),
    "laughs.xml": (lambda: LAUGHS.encode(), {"bomb"}),
    "laughs.docx": (lambda: zipped({"[Content_Types].xml": TYPES, "word/document.xml": LAUGHS}), {"bomb"}),
    "laughs.xlsx": (lambda: zipped({"[Content_Types].xml": TYPES, "xl/workbook.xml": LAUGHS}), {"bomb", "damaged"}),
    "file-entity.xml": (lambda: xxe("file:///etc/passwd").encode(), {"bomb"}),
    "file-entity.docx": (lambda: zipped({"[Content_Types].xml": TYPES, "word/document.xml": xxe("file:///etc/passwd")}), {"bomb"}),
    "file-entity.odt": (
        lambda: zipped({"mimetype": "application/vnd.oasis.opendocument.text", "content.xml": xxe("file:///etc/passwd")}),
        {"bomb"},
    ),
    "utf16-entity.xml": (lambda: xxe("file:///etc/passwd").encode("utf-16"), {"", "bomb"}),
    "deep.xml": (lambda: b"<a>" * DEEP + b"</a>" * DEEP, {"", "damaged"}),
    "deep.html": (lambda: b"<div>" * DEEP + b"words", {"", "damaged"}),
    "deep.json": (lambda: b"[" * DEEP, {""}),
    "deep.rtf": (lambda: b"{\\rtf1 " + b"{" * 1_000_000 + b"words", {"", "damaged"}),
    "deep.eml": (
        lambda: EML + b"".join(b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (i, i) for i in range(2000)) + b"\nwords",
        {"bomb"},
    ),
    "many-parts.eml": (lambda: EML + b"Content-Type: multipart/mixed; boundary=b\n\n" + b"--b\n\nx\n" * 50_000 + b"--b--", {""}),
    "not-xml.docx": (lambda: zipped({"[Content_Types].xml": TYPES, "word/document.xml": "<w:document><unclosed"}), {"damaged"}),
    "far-cell.xlsx": (
        lambda: sheet("<row r='1'><c r='A1'><v>1</v></c></row><row r='1048576'><c r='XFD1048576'><v>2</v></c></row>"),
        {"", "damaged", "memory", "crashed"},
    ),
    "bad-reference.xlsx": (lambda: sheet("<row r='1'><c r='ZZZZZZZZ99999999999'><v>1</v></c></row>"), {"", "damaged", "crashed"}),
    "noise.xls": (lambda: compound({"Workbook": bytes(range(256)) * 64}), {"damaged"}),
    "noise.doc": (
        lambda: compound({"WordDocument": b"\xec\xa5" + bytes(range(256)) * 64, "1Table": b"\xff" * 5000}),
        {"damaged", "encrypted"},
    ),
    "noise.ppt": (lambda: compound({"PowerPoint Document": b"\xff" * 9000}), {"", "damaged"}),
    "noise.msg": (lambda: compound({"__properties_version1.0": b"\xff" * 5000, "__substg1.0_10090102": b"\xff" * 5000}), {"", "damaged"}),
    "loop.doc": (lambda: compound({"WordDocument": b"x"})[:1024] + b"\0" * 4000, {"damaged", "unsupported"}),
    "locked.docx": (lambda: compound({"EncryptedPackage": b"x", "EncryptionInfo": b"y"}), {"encrypted"}),
    "locked.xlsx": (lambda: compound({"EncryptedPackage": b"x", "EncryptionInfo": b"y"}), {"encrypted"}),
    "wide.png": (lambda: png(200_000, 200_000), {"too-large"}),
    "truncated.png": (lambda: png(3000, 3000), {"", "damaged"}),
    "noise.jpg": (lambda: b"\xff\xd8\xff\xe0" + bytes(range(256)) * 50, {"damaged"}),
    "noise.tif": (lambda: b"II*\x00\x08\x00\x00\x00" + b"\xff" * 5000, {"damaged"}),
    "zeros.csv": (lambda: bytes(1_000_000), {"", "unsupported"}),
    "quote.csv": (lambda: b'a;"' + b"x" * 5_000_000, {""}),
    "wide.csv": (lambda: b";" * 5_000_000, {""}),
    "noise.mp3": (lambda: b"ID3\x04\0\0\x7f\x7f\x7f\x7f" + bytes(5000), {"", "damaged"}),
    "noise.mp4": (lambda: b"\0\0\0\x18ftypisom" + b"\xff" * 5000, {"", "damaged"}),
    "noise.ics": (lambda: b"BEGIN:VCALENDAR\n" + b"BEGIN:VEVENT\n" * 100_000, {""}),
    "noise.vtt": (lambda: b"WEBVTT\n\n" + b"00:00:01.000 --> 00:00:02.000\n" * 100_000, {""}),
    "backtrack.html": (lambda: b"<style>" + b"a{" * 200_000 + b"</style><p style='" + b":;" * 200_000 + b"'>x", {"", "damaged"}),
    "script.exe": (lambda: b"MZ" + bytes(3000), {"unsupported"}),
    "photo.jpg.pdf": (lambda: b"\x89PNG\r\n\x1a\n" + bytes(500), {"damaged"}),
}


def test_none_stops_the_others(tmp_path: Path, library: Library) -> None:
    """All at once, each after an honest file: every one is answered with a reason, every honest one is read."""
    items = []
    for name, (make, _) in CASES.items():
        (tmp_path / name).write_bytes(make())
        (tmp_path / f"{name}.good.pdf").write_bytes(GOOD)
        items += [(name, tmp_path / name), (f"{name}.good.pdf", tmp_path / f"{name}.good.pdf")]
    before = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")}
    begun = time.monotonic()
    wrong = []
    for name, document in library.read_many(items):
        if name.endswith(".good.pdf"):
            assert document.text == "Facture honnête", (name, document.error)
            continue
        if document.error not in CASES[name][1]:
            wrong.append((name, document.error, document.metadata))
        assert "root:" not in document.text
    assert not wrong
    assert time.monotonic() - begun < 900
    assert {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")} == before


def test_what_was_cut_short_is_said(tmp_path: Path, library: Library) -> None:
    def codes(name: str) -> set[str]:
        (tmp_path / name).write_bytes(CASES[name][0]())
        document = library.read(tmp_path / name)
        assert document.error == ""
        return {warning.code for warning in document.warnings}

    assert "truncated" in codes("million-pages-shared.pdf")
    assert "bomb" in codes("bomb.zip") and "bomb" in codes("many-members.zip") and "bomb" in codes("bomb.tar.gz")
    assert "nested-archive" in codes("recursive.zip")
    assert "truncated" in codes("many-parts.eml") and "truncated" in codes("quote.csv")


def test_a_gigabyte_line_is_read_as_a_stream(tmp_path: Path, library: Library) -> None:
    for name in ("line.txt", "line.csv", "line.html"):
        path = tmp_path / name
        with open(path, "wb") as file:
            file.write(b"start ")
            file.write(b"x" * 100_000)
            file.truncate(1 << 30)
        document = library.read(path)
        assert document.error in ("", "unsupported") and len(document.text) <= FAST.text
        assert any(warning.code == "truncated" for warning in document.warnings), name


class Ear:
    """A server on the loopback that only notes who calls."""

    def __init__(self) -> None:
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        self.calls = 0
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        while True:
            try:
                self.socket.accept()[0].close()
            except OSError:
                return
            self.calls += 1


def test_nothing_reaches_out(tmp_path: Path, library: Library) -> None:
    import docx

    from tests.documents_read.making import rezip

    ear = Ear()
    url = f"http://127.0.0.1:{ear.port}/x"
    docx.Document().save(str(tmp_path / "template.docx"))
    rezip(
        tmp_path / "template.docx",
        {
            "word/_rels/settings.xml.rels": relation("x/attachedTemplate", url, "TargetMode='External'"),
        },
    )
    (tmp_path / "page.html").write_text(
        f"<html><head><link rel=stylesheet href='{url}'></head><body><img src='{url}'><iframe src='{url}'></iframe>x</body></html>"
    )
    (tmp_path / "dtd.xml").write_text(f"<!DOCTYPE x SYSTEM '{url}'><x>words</x>")
    (tmp_path / "entity.xml").write_text(xxe(url))
    (tmp_path / "include.xml").write_text(f"<x xmlns:xi='http://www.w3.org/2001/XInclude'><xi:include href='{url}'/>words</x>")
    (tmp_path / "image.odt").write_bytes(
        zipped(
            {
                "mimetype": "application/vnd.oasis.opendocument.text",
                "content.xml": "<o:d xmlns:o='o' xmlns:draw='urn:oasis:names:tc:opendocument:xmlns:drawing:1.0' xmlns:xlink='http://www.w3.org/1999/xlink'>"
                f"<draw:image xlink:href='{url}'/></o:d>",
            }
        )
    )
    (tmp_path / "mail.eml").write_bytes(EML + f"Content-Type: text/html\n\n<img src='{url}'>x\n".encode())
    (tmp_path / "go.pdf").write_bytes(
        pdf([text(50, 700, "x")], catalog="/OpenAction 100 0 R", extra=[f"<< /S /URI /URI ({url}) >>", "<< /S /Launch /F (calc) >>"])
    )
    found = {path.name: library.read(path) for path in sorted(tmp_path.iterdir())}
    assert {name for name, document in found.items() if document.error} == {"entity.xml"}
    assert any(warning.code == "external-link" for warning in found["template.docx"].warnings)
    assert any(warning.code == "external-link" for warning in found["image.odt"].warnings)
    assert ear.calls == 0
    socket.create_connection(("127.0.0.1", ear.port)).close()
    time.sleep(0.1)
    assert ear.calls == 1, "the ear must be able to hear"


def test_a_reader_taken_over_can_neither_write_nor_call_nor_run(tmp_path: Path) -> None:
    """What code running inside a reading process may do, once confined."""
    ear = Ear()
    kept = tmp_path / "kept.txt"
    kept.write_text("precious")
    code = f"""
import os, socket, subprocess, sys
from confrere.documents.read.confine import confine
held = confine(1 << 30)
out = [*held]
def attempt(name, act):
    try:
        act()
    except (OSError, MemoryError) as error:
        return
    out.append("DID " + name)
attempt("write", lambda: open({str(tmp_path / "new.txt")!r}, "w").write("x"))
attempt("append", lambda: open({str(kept)!r}, "a").write("x"))
attempt("truncate", lambda: os.truncate({str(kept)!r}, 0))
attempt("delete", lambda: os.unlink({str(kept)!r}))
attempt("rename", lambda: os.rename({str(kept)!r}, {str(tmp_path / "gone.txt")!r}))
attempt("mkdir", lambda: os.mkdir({str(tmp_path / "dir")!r}))
attempt("tcp", lambda: socket.create_connection(("127.0.0.1", {ear.port})))
attempt("udp", lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
attempt("unix", lambda: socket.socket(socket.AF_UNIX))
attempt("run", lambda: subprocess.run(["true"]))
attempt("memory", lambda: bytearray(2 << 30))
print("\\n".join(out))
"""
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert said[0] == "limits" and "DID" not in said, said
    assert kept.read_text() == "precious" and sorted(os.listdir(tmp_path)) == ["kept.txt"] and ear.calls == 0


def test_hostile_text_in_names(tmp_path: Path, library: Library) -> None:
    evil = "..\u202efdp.exe\x07 $(touch x);`id`.pdf"
    (tmp_path / evil).write_bytes(GOOD)
    document: Document = library.read(tmp_path / evil)
    assert document.text == "Facture honnête"
