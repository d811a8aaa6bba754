"""What kind of file this is, by its bytes first and its name where bytes do not say."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

import msgspec

HEAD = 65_536

_NAMES = {
    "pdf": "pdf",
    "jpg": "image", "jpeg": "image", "png": "image", "tif": "image", "tiff": "image", "bmp": "image", "gif": "image", "webp": "image",
    "docx": "docx", "docm": "docx", "dotx": "docx", "dotm": "docx", "doc": "doc", "dot": "doc", "odt": "odt", "ott": "odt", "rtf": "rtf",
    "xlsx": "xlsx", "xlsm": "xlsx", "xltx": "xlsx", "xltm": "xlsx", "xls": "xls", "xlsb": "xlsb", "ods": "ods", "ots": "ods",
    "csv": "csv", "tsv": "csv", "tab": "csv",
    "pptx": "pptx", "pptm": "pptx", "ppsx": "pptx", "potx": "pptx", "ppt": "ppt", "pps": "ppt", "odp": "odp",
    "eml": "eml", "msg": "msg", "mbox": "mbox", "mbx": "mbox",
    "html": "html", "htm": "html", "xhtml": "html", "mht": "eml", "mhtml": "eml", "md": "markdown", "markdown": "markdown",
    "json": "json", "jsonl": "json", "ndjson": "json", "xml": "xml", "yaml": "yaml", "yml": "yaml",
    "ics": "ics", "ical": "ics", "vcf": "vcf", "vcard": "vcf", "srt": "srt", "vtt": "vtt",
    "txt": "text", "text": "text", "log": "text", "ini": "text", "cfg": "text", "toml": "text", "tex": "text", "rst": "text",
    "py": "text", "js": "text", "css": "text", "sql": "text", "sh": "text", "bat": "text", "conf": "text", "": "text",
    "zip": "zip", "epub": "zip", "jar": "zip", "tar": "tar", "tgz": "tar", "gz": "tar", "bz2": "tar", "xz": "tar",
    "mp3": "audio", "wav": "audio", "m4a": "audio", "flac": "audio", "ogg": "audio", "opus": "audio", "aac": "audio", "wma": "audio",
    "aif": "audio", "aiff": "audio", "mp4": "video", "mov": "video", "avi": "video", "mkv": "video", "webm": "video", "m4v": "video",
    "wmv": "video", "mpg": "video", "mpeg": "video", "heic": "image", "svg": "xml", "7z": "archive", "rar": "archive",
}  # fmt: skip

MIME = {
    "pdf": "application/pdf", "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "doc": "application/msword", "odt": "application/vnd.oasis.opendocument.text", "rtf": "application/rtf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "xls": "application/vnd.ms-excel",
    "xlsb": "application/vnd.ms-excel.sheet.binary.macroenabled.12", "ods": "application/vnd.oasis.opendocument.spreadsheet",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation", "ppt": "application/vnd.ms-powerpoint",
    "odp": "application/vnd.oasis.opendocument.presentation", "csv": "text/csv", "eml": "message/rfc822",
    "msg": "application/vnd.ms-outlook",
    "mbox": "application/mbox", "html": "text/html", "markdown": "text/markdown", "json": "application/json", "xml": "application/xml",
    "yaml": "application/yaml", "ics": "text/calendar", "vcf": "text/vcard", "srt": "application/x-subrip", "vtt": "text/vtt",
    "text": "text/plain", "zip": "application/zip", "tar": "application/x-tar",
}  # fmt: skip

# Kinds whose bytes are plain text: any of these names may stand on any of these contents without a lie.
TEXTUAL = {"text", "csv", "markdown", "json", "xml", "yaml", "html", "ics", "vcf", "srt", "vtt", "eml", "mbox"}
_LOOSE = {"text", "csv", "markdown", "json", "yaml", "xml"}

_MAGIC = [
    (b"\x89PNG\r\n\x1a\n", "image"), (b"\xff\xd8\xff", "image"), (b"GIF87a", "image"), (b"GIF89a", "image"),
    (b"II*\x00", "image"), (b"MM\x00*", "image"), (b"{\\rtf", "rtf"), (b"ID3", "audio"), (b"fLaC", "audio"), (b"OggS", "audio"),
    (b"\x1aE\xdf\xa3", "video"), (b"\x30\x26\xb2\x75\x8e\x66\xcf\x11", "video"), (b"\x1f\x8b", "tar"),
    (b"BZh", "tar"), (b"\xfd7zXZ\x00", "tar"),
    (b"7z\xbc\xaf\x27\x1c", "archive"), (b"Rar!\x1a\x07", "archive"), (b"FORM", "audio"),
]  # fmt: skip
_HEADER = re.compile(rb"^(from|to|subject|date|received|message-id|mime-version|return-path|delivered-to|content-type):", re.I | re.M)


class Kind(msgspec.Struct, frozen=True):
    """``kind`` as in ``Document.kind``; ``named`` what the name claims ("" when the name says nothing); ``wrong`` when they disagree."""

    kind: str
    named: str
    wrong: bool = False


def extension(name: str) -> str:
    """Return the extension of a file name, lower case, without the dot ("" when there is none)."""
    return Path(name).suffix[1:].lower()


def detect_kind(path: Path, name: str = "") -> Kind:
    """Tell the kind of a file. Raises OSError when it cannot be read."""
    named = _NAMES.get(extension(name or path.name), "")
    with open(path, "rb") as file:
        head = file.read(HEAD)
    found = _by_bytes(path, head, named)
    if found == "":
        found = named if named in TEXTUAL and _is_text(head) else ("text" if _is_text(head) else "unknown")
        if not head:
            found = named or "unknown"
    claims = bool(extension(name or path.name)) and bool(named)
    wrong = claims and bool(head) and found != named and not _compatible(found, named)
    return Kind(found, named, wrong)


def _compatible(found: str, named: str) -> bool:
    if found in TEXTUAL and named in _LOOSE:
        return True
    return {found, named} in ({"audio", "video"}, {"html", "xml"}, {"image", "unsupported-image"})


def _by_bytes(path: Path, head: bytes, named: str) -> str:
    if b"%PDF-" in head[:1024]:
        return "pdf"
    if head[:4] in (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08"):
        return _zip_kind(path, named)
    if head.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        return _ole_kind(path, named)
    for magic, kind in _MAGIC:
        if head.startswith(magic):
            return kind
    if head[:2] == b"BM" and len(head) > 26 and head[6:10] == b"\0\0\0\0":
        return "image"
    if head[:4] == b"RIFF":
        return {b"WEBP": "image", b"WAVE": "audio", b"AVI ": "video"}.get(head[8:12], "")
    if head[4:8] == b"ftyp":
        brand = head[8:12]
        return "image" if brand in (b"heic", b"heix", b"mif1", b"avif") else "audio" if brand in (b"M4A ", b"M4B ") else "video"
    if head[:2] in (b"\xff\xfb", b"\xff\xf3", b"\xff\xf2", b"\xff\xf1", b"\xff\xf9") and named == "audio":
        return "audio"
    if head[257:262] == b"ustar":
        return "tar"
    return _text_kind(head, named)


def _zip_kind(path: Path, named: str) -> str:
    try:
        with zipfile.ZipFile(path) as archive:
            names = {info.filename for info in archive.infolist()[:5000]}
            mime = b""
            if "mimetype" in names:
                with archive.open("mimetype") as member:
                    mime = member.read(200)
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, RuntimeError, EOFError):
        return named if named in ("docx", "xlsx", "xlsb", "pptx", "odt", "ods", "odp") else "zip"
    if mime.startswith(b"application/vnd.oasis.opendocument."):
        for word, kind in ((b"text", "odt"), (b"spreadsheet", "ods"), (b"presentation", "odp")):
            if word in mime:
                return kind
    if "[Content_Types].xml" in names or "_rels/.rels" in names:
        for prefix, kind in (("word/", "docx"), ("xl/workbook.bin", "xlsb"), ("xl/", "xlsx"), ("ppt/", "pptx")):
            if any(n.startswith(prefix) for n in names):
                return kind
    return "zip"


def _ole_kind(path: Path, named: str) -> str:
    from confrere.documents.read.limits import Unreadable
    from confrere.documents.read.ole import Ole

    try:
        with Ole(path) as ole:
            streams = ole.names()
    except Unreadable:
        return named if named in ("doc", "xls", "ppt", "msg") else "unknown"
    if any(n.endswith("EncryptedPackage") for n in streams):
        return named if named in ("docx", "xlsx", "pptx", "xlsb") else "docx"
    for stream, kind in (("WordDocument", "doc"), ("Workbook", "xls"), ("Book", "xls"), ("PowerPoint Document", "ppt")):
        if stream in streams:
            return kind
    if any(n.startswith("__properties_version1.0") for n in streams):
        return "msg"
    return named if named in ("doc", "xls", "ppt") else "unknown"


def _text_kind(head: bytes, named: str) -> str:
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n")[:4096]
    if head[:2] in (b"\xff\xfe", b"\xfe\xff"):
        start = head[:8192].decode("utf-16", "replace").lstrip("\ufeff \t\r\n").encode()
    low = start[:1024].lower()
    if low.startswith(b"begin:vcalendar"):
        return "ics"
    if low.startswith(b"begin:vcard"):
        return "vcf"
    if start.startswith(b"WEBVTT"):
        return "vtt"
    if re.match(rb"\d+\r?\n\d\d:\d\d:\d\d[,.]\d{3} -->", start):
        return "srt"
    if low.startswith((b"<!doctype html", b"<html")) or (named in ("html", "") and re.search(rb"<(html|body|head)[\s>]", low)):
        return "html"
    if low.startswith(b"<?xml"):
        return "html" if b"<html" in low else "xml"
    if start.startswith(b"From ") and _HEADER.search(start):
        return "mbox"
    if re.match(rb"[A-Za-z][A-Za-z0-9-]*:[ \t]", start) and named in ("eml", "", "text", "mbox"):
        block = start.split(b"\n\n", 1)[0].split(b"\r\n\r\n", 1)[0]
        if len({m.lower() for m in _HEADER.findall(block)}) >= (2 if named == "eml" else 3):
            return "eml"
    if start[:1] in (b"{", b"[") and named in ("", "text", "json") and re.match(rb"[{\[]\s*([\"{\[\]}]|-?\d)", start):
        return "json"
    return ""


def _is_text(head: bytes) -> bool:
    """Whether the bytes can be text: UTF-16, or no zero byte and few other control bytes."""
    if head[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return True
    sample = head[:8192]
    if not sample:
        return False
    if sample.count(0) > 0:
        even, odd = sample[0::2].count(0), sample[1::2].count(0)
        return max(even, odd) > 0.3 * len(sample) / 2 and min(even, odd) < 0.02 * len(sample)
    controls = sum(sample.count(c) for c in range(32) if c not in (7, 8, 9, 10, 12, 13, 27))
    return controls < 0.02 * len(sample)
