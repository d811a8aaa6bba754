"""Till rolls: lines of a monospaced font on narrow paper, then what a scanner or a telephone makes of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

from bench.documents.layouts.html import FONTS

if TYPE_CHECKING:
    from PIL.Image import Image

SIZE = 26
"""Height of a line of type, in pixels."""


@dataclass(frozen=True)
class Roll:
    """Lines of one till roll. ``=`` before a line makes it bold, ``^`` centred, ``#`` centred and twice as high, ``~`` small and centred;
    ``a\\tb`` puts b at the right edge; ``-`` alone is a rule."""

    lines: tuple[str, ...]
    columns: int = 36
    finish: str = "scan"
    """``scan``: flat, slightly turned. ``photo``: seen aslant on a dark table."""
    font: str = "LiberationMono"


def draw(roll: Roll) -> Image:
    """The printed roll, before anyone photographs it."""
    from PIL import Image, ImageDraw, ImageFont

    family = {"LiberationMono": "liberation/LiberationMono-{}.ttf", "DejaVuSansMono": "dejavu/DejaVuSansMono{}.ttf"}[roll.font]
    plain, heavy = ("Regular", "Bold") if roll.font == "LiberationMono" else ("", "-Bold")
    normal = ImageFont.truetype(f"{FONTS}/{family.format(plain)}", SIZE)
    bold = ImageFont.truetype(f"{FONTS}/{family.format(heavy)}", SIZE)
    large = ImageFont.truetype(f"{FONTS}/{family.format(heavy)}", SIZE * 8 // 5)
    small = ImageFont.truetype(f"{FONTS}/{family.format(plain)}", SIZE * 3 // 4)
    cell, margin, step = normal.getlength("0"), 40, SIZE * 13 // 10
    width = int(roll.columns * cell) + 2 * margin
    heights = [step * 2 if line.startswith("#") else step for line in roll.lines]
    image = Image.new("L", (width, sum(heights) + 3 * margin), 246)
    pen, y = ImageDraw.Draw(image), margin
    for line, height in zip(roll.lines, heights, strict=True):
        mark, text = (line[0], line[1:]) if line[:1] in tuple("=^#~") else ("", line)
        font = {"=": bold, "#": large, "~": small}.get(mark, normal)
        if text == "-":
            pen.text((margin, y), "-" * roll.columns, font=normal, fill=45)
        elif mark in ("^", "#", "~") and mark:
            pen.text((width / 2, y), text, font=font, fill=40, anchor="ma")
        else:
            left, _, right = text.partition("\t")
            pen.text((margin, y), left, font=font, fill=38)
            if right:
                pen.text((width - margin, y), right, font=font, fill=38, anchor="ra")
        y += height
    return image


def photograph(image: Image, finish: str, dice: Random) -> Image:
    """Turn, light, blur and grain; for ``photo`` also a slant on a dark table."""
    import numpy as np
    from PIL import Image as Images
    from PIL import ImageFilter

    noise = np.random.default_rng(dice.randrange(2**32))
    height, width = image.height, image.width
    light = np.linspace(dice.uniform(0.82, 0.95), 1, width)[None, :] * np.linspace(1, dice.uniform(0.84, 0.97), height)[:, None]
    image = Images.fromarray((np.asarray(image) * light).astype("uint8"))
    table = 60 if finish == "photo" else 225
    image = image.rotate(
        dice.uniform(-3, 3) if finish == "scan" else dice.uniform(-2, 2), Images.Resampling.BICUBIC, expand=True, fillcolor=table
    )
    if finish == "photo":
        pad = 70
        frame = Images.new("L", (image.width + 2 * pad, image.height + 2 * pad), table)
        frame.paste(image, (pad, pad))
        w, h = frame.size
        slant = dice.uniform(0.03, 0.06)
        corners = [(-slant * w, 0), (w * (1 + slant), 0), (w * (1 - slant / 2), h), (slant * w / 2, h)]
        image = frame.transform((w, h), Images.Transform.PERSPECTIVE, _slant(corners, w, h), Images.Resampling.BICUBIC, fillcolor=table)
    image = image.filter(ImageFilter.GaussianBlur(dice.uniform(0.5, 0.9)))
    grain = np.asarray(image).astype("float32") + noise.normal(0, dice.uniform(4, 8), (image.height, image.width))
    tint = np.stack([grain, grain * 0.985, grain * 0.95], axis=-1)
    return Images.fromarray(tint.clip(0, 255).astype("uint8"))


def _slant(corners: Sequence[tuple[float, float]], w: int, h: int) -> list[float]:
    """The eight coefficients that carry the corners of the result to ``corners`` of the source (Heckbert 1989)."""
    import numpy as np

    rows, right = [], []
    for (x, y), (u, v) in zip([(0, 0), (w, 0), (w, h), (0, h)], corners, strict=True):
        rows += [[x, y, 1, 0, 0, 0, -u * x, -u * y], [0, 0, 0, x, y, 1, -v * x, -v * y]]
        right += [u, v]
    return [float(c) for c in np.linalg.solve(np.array(rows, float), np.array(right, float))]


def render(roll: Roll, path: Path, dice: Random) -> None:
    """Draw ``roll`` and keep it as a JPEG."""
    photograph(draw(roll), roll.finish, dice).save(path, quality=82)
