"""Office files made the same, byte for byte, each time they are written from the same data."""

from __future__ import annotations

import datetime as dt
import io
import os
import re
import zipfile
from pathlib import Path

_EPOCH = (1980, 1, 1, 0, 0, 0)
_STAMP = re.compile(rb"(<dcterms:(created|modified)[^>]*>)[^<]*(</dcterms:\2>)")


def stamp(day: dt.date | None) -> dt.datetime:
    """The time written into a file's properties: noon of the day of the work, or of 1 January 2000 when that is not told."""
    return dt.datetime.combine(day or dt.date(2000, 1, 1), dt.time(12))


def settle(path: Path, day: dt.date | None) -> None:
    """Rewrite the Office file at ``path`` with fixed times inside, workbooks embedded in it included."""
    temporary = path.with_name(path.name + ".settling")
    with open(path, "rb") as source:
        data = _settled(source.read(), stamp(day))
    temporary.write_bytes(data)
    os.replace(temporary, path)


def _settled(data: bytes, when: dt.datetime) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            part = source.read(name)
            if name == "docProps/core.xml":
                part = _STAMP.sub(rb"\g<1>" + when.strftime("%Y-%m-%dT%H:%M:%SZ").encode() + rb"\g<3>", part)
            elif name.endswith(".xlsx"):
                part = _settled(part, when)
            info = zipfile.ZipInfo(name, _EPOCH)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = 0o600 << 16
            target.writestr(info, part)
    return out.getvalue()
