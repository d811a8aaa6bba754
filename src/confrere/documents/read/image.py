"""Pictures: upright by their EXIF orientation, read by OCR, with the metadata a person would ask for."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from confrere.documents.model import Document, Page, Warning_
from confrere.documents.read.limits import Budget, Unreadable

_FRAMES = 30
_SIDE = 3200
_MIME = {"JPEG": "image/jpeg", "PNG": "image/png", "TIFF": "image/tiff", "BMP": "image/bmp", "GIF": "image/gif", "WEBP": "image/webp"}
_TAGS = {0x010F: "camera-maker", 0x0110: "camera", 0x0132: "modified", 0x013B: "author", 0x010E: "title", 0x8298: "copyright"}


def read_image(path: Path, budget: Budget) -> Document:
    """Read a picture (JPEG, PNG, TIFF with several pages, BMP, GIF, WEBP). Raises Unreadable ``damaged`` or ``too-large``."""
    from PIL import Image, ImageFile

    Image.MAX_IMAGE_PIXELS = budget.limits.pixels
    ImageFile.LOAD_TRUNCATED_IMAGES = True
    try:
        with Image.open(path, formats=list(_MIME)) as image:
            if image.width * image.height > budget.limits.pixels:
                raise Unreadable("too-large", f"{image.width}x{image.height}", "image")
            return _read(image, budget)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise Unreadable("too-large", str(error), "image") from error
    except (OSError, SyntaxError, ValueError, EOFError, TypeError, KeyError, IndexError, AttributeError, ArithmeticError) as error:
        raise Unreadable("damaged", f"{type(error).__name__}: {error}", "image") from error


def _read(image: Any, budget: Budget) -> Document:
    from PIL import ImageOps

    document = Document(kind="image", mime=_MIME.get(image.format, ""), metadata=_metadata(image))
    frames = getattr(image, "n_frames", 1)
    if image.format in ("GIF", "WEBP", "PNG"):
        frames = 1
    for index in range(frames):
        label = f"page {index + 1}"
        if index >= _FRAMES or not budget.take_ocr():
            document.warnings.append(Warning_(code="truncated", where=label, text=f"{index}/{frames}"))
            break
        if index:
            image.seek(index)
        if image.width * image.height > budget.limits.pixels:
            document.warnings.append(Warning_(code="truncated", where=label))
            continue
        document.pages.append(_frame(ImageOps.exif_transpose(image) or image, label, budget, document))
    return document


def _frame(image: Any, label: str, budget: Budget, document: Document) -> Page:
    import numpy

    from confrere.documents.read.ocr import read_picture

    if max(image.size) > _SIDE:
        image.draft("RGB", (_SIDE, _SIDE)) if hasattr(image, "draft") else None
        image.thumbnail((_SIDE, _SIDE))
    if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
        from PIL import Image

        image = image.convert("RGBA")
        white = Image.new("RGBA", image.size, "white")
        white.alpha_composite(image)
        image = white
    elif image.mode in ("I;16", "I", "F"):
        low, high = image.getextrema()
        image = image.point(lambda v: (v - low) * (255.0 / max(high - low, 1))).convert("L")
    pixels = numpy.asarray(_square(image.convert("RGB")))[:, :, ::-1]
    if min(pixels.shape[:2]) < 8:
        return Page(label=label, width=image.width, height=image.height)
    seen = read_picture(pixels, budget)
    if seen.turned:
        document.metadata["turned"] = str(seen.turned)
    return Page(label=label, text=seen.text, words=seen.words, width=seen.width, height=seen.height, ocr=True)


def _square(image: Any) -> Any:
    """The picture with pixels as wide as high: a fax has half as many rows an inch as columns, and says so."""
    try:
        across, down = (float(value) for value in image.info.get("dpi", (1, 1)))
    except (TypeError, ValueError, ZeroDivisionError):
        return image
    if not (across > 0 and down > 0 and 1.3 < max(across / down, down / across) < 4):
        return image
    width, height = image.size
    size = (width, round(height * across / down)) if across > down else (round(width * down / across), height)
    return image.resize(size) if max(size) <= _SIDE else image


def _metadata(image: Any) -> dict[str, str]:
    out = {"size": f"{image.width}x{image.height}", "format": image.format or ""}
    exif = image.getexif()
    for tag, name in _TAGS.items():
        if value := _printable(exif.get(tag)):
            out[name] = value
    details = exif.get_ifd(0x8769) if exif else {}
    if value := _printable(details.get(0x9003)):
        out["created"] = value
    if exif and exif.get_ifd(0x8825):
        out["gps"] = "yes"
    return out


def _printable(value: Any) -> str:
    if isinstance(value, bytes):
        value = value.decode("latin-1")
    return "".join(c for c in value if c.isprintable()).strip()[:300] if isinstance(value, str) else ""
