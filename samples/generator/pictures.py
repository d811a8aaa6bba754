"""Pictures: papers as a scanner or a telephone gives them, a logo, a photograph. All noise comes from fixed seeds."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
from PIL import Image, ImageDraw, ImageFilter, ImageFont

FONT = "/usr/share/fonts/truetype/crosextra/Carlito-Bold.ttf"


def _jpeg(image: Image.Image, quality: int, **options: Any) -> bytes:
    out = io.BytesIO()
    image.save(out, "JPEG", quality=quality, optimize=True, **options)
    return out.getvalue()


def _grain(image: Image.Image, seed: int, strength: float, blur: float = 0.6) -> Image.Image:
    """Add sensor noise of standard deviation ``strength`` (grey levels), a little smeared as a camera's is."""
    pixels = np.asarray(image, dtype=np.float32)
    speckle = np.random.default_rng(seed).normal(128, strength * 1.6, pixels.shape[:2]).clip(0, 255).astype(np.uint8)
    noise = np.asarray(Image.fromarray(speckle).filter(ImageFilter.GaussianBlur(blur)), dtype=np.float32) - 128
    if pixels.ndim == 3:
        noise = noise[:, :, None]
    return Image.fromarray(np.clip(pixels + noise, 0, 255).astype(np.uint8))


def scanned_pdf(png: bytes, seed: int, angle: float = -0.7) -> bytes:
    """A page as an office scanner makes it: slightly turned, grey, uneven light, specks; one JPEG in a PDF without text."""
    page = Image.open(io.BytesIO(png)).convert("L")
    width, height = page.size
    page = page.rotate(angle, Image.Resampling.BICUBIC, fillcolor=250).filter(ImageFilter.GaussianBlur(0.7))
    shade = np.linspace(8, -6, width, dtype=np.float32)[None, :] + np.linspace(-3, 3, height, dtype=np.float32)[:, None]
    pixels = np.asarray(page, dtype=np.float32) * 0.93 + 6 + shade
    random = np.random.default_rng(seed)
    for _ in range(90):  # dust on the glass
        x, y = random.integers(0, width - 3), random.integers(0, height - 3)
        pixels[y : y + random.integers(1, 3), x : x + random.integers(1, 3)] -= random.integers(40, 140)
    pixels[:, 4:7] -= 30  # the lid's edge
    page = _grain(Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8)), seed, 5)
    jpeg = _jpeg(page, 58)
    points = (width * 72 / 170, height * 72 / 170)
    return _image_pdf(jpeg, width, height, points)


def _image_pdf(jpeg: bytes, width: int, height: int, points: tuple[float, float]) -> bytes:
    """The smallest PDF that holds one grey JPEG, as scanners write it."""
    content = b"q %.2f 0 0 %.2f 0 0 cm /Im0 Do Q" % points
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 %.2f %.2f] /Contents 4 0 R /Resources << /XObject << /Im0 5 0 R >> >> >>" % points,
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content),
        b"<< /Type /XObject /Subtype /Image /Width %d /Height %d /ColorSpace /DeviceGray /BitsPerComponent 8 /Filter /DCTDecode "
        b"/Length %d >>\nstream\n%s\nendstream" % (width, height, len(jpeg), jpeg),
        b"<< /Producer (ScanDesk 4200) /CreationDate (D:20260428101500+02'00') >>",
    ]
    out = bytearray(b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n")
    places = []
    for index, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (index, body)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"trailer\n<< /Size %d /Root 1 0 R /Info 6 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start)
    return bytes(out)


def photographed(png: bytes, seed: int) -> bytes:
    """A till receipt photographed on a wooden table: turned, crumpled, in a slanting light, out of a telephone."""
    random = np.random.default_rng(seed)
    ticket = Image.open(io.BytesIO(png)).convert("L")
    width, height = ticket.size
    pixels = np.asarray(ticket, dtype=np.float32)
    pixels = 60 + pixels * (178 / 255)  # thermal print is never black, nor its paper white
    rows = np.arange(height, dtype=np.float32)[:, None]
    columns = np.arange(width, dtype=np.float32)[None, :]
    for _ in range(5):  # folds and waves of the paper
        at, slope, depth = random.uniform(0, height), random.uniform(-0.3, 0.3), random.uniform(-9, 9)
        pixels += depth * np.exp(-(((rows - at + slope * columns) / random.uniform(14, 50)) ** 2))
    paper = np.stack([pixels + 6, pixels + 3, pixels - 5], axis=2)
    cut = Image.fromarray(np.clip(paper, 0, 255).astype(np.uint8))

    size = (width + 260, height + 240)
    y, x = np.mgrid[0 : size[1], 0 : size[0]].astype(np.float32)
    waves = np.sin(y / 7 + 2.2 * np.sin(x / 190) + 0.8 * np.sin(x / 57)) * 7 + np.sin(y / 31 + x / 400) * 9
    table = np.stack([118 + waves, 84 + waves * 0.9, 56 + waves * 0.7], axis=2)
    table[(y % 170) < 3] *= 0.6  # between the boards
    scene = Image.fromarray(np.clip(table, 0, 255).astype(np.uint8))

    place = ((size[0] - width) // 2, (size[1] - height) // 2)
    layer = Image.new("RGBA", size)
    layer.paste(cut, place)
    layer = layer.rotate(2.6, Image.Resampling.BICUBIC)
    shadow = Image.new("L", size)
    shadow.paste(150, (place[0] + 10, place[1] + 14, place[0] + width + 10, place[1] + height + 14))
    shadow = shadow.rotate(2.6).filter(ImageFilter.GaussianBlur(14))
    scene.paste((20, 12, 8), (0, 0), shadow)
    scene.paste(layer.convert("RGB"), (0, 0), layer.getchannel("A"))

    light = 1.08 - 0.26 * (x / size[0]) - 0.12 * (y / size[1])
    lit = np.clip(np.asarray(scene, dtype=np.float32) * light[:, :, None], 0, 255).astype(np.uint8)
    photo = Image.fromarray(lit).filter(ImageFilter.GaussianBlur(0.8))
    exif = Image.Exif()
    exif[0x010F], exif[0x0110], exif[0x0132] = "Fictel", "F-12", "2026:04:14 14:05:31"
    return _jpeg(_grain(photo, seed + 1, 7), 66, exif=exif)


def logo() -> bytes:
    """The company's logo, a PNG with a transparent ground."""
    scale = 4
    image = Image.new("RGBA", (640 * scale, 200 * scale))
    draw = ImageDraw.Draw(image)
    teal = (15, 107, 107, 255)
    for index in range(3):  # three fronds of seaweed
        left = (30 + index * 34) * scale
        points = [(left + np.sin(step / 9 + index) * 11 * scale, (180 - step) * scale) for step in range(0, 150 - 26 * abs(index - 1))]
        draw.line([(float(a), float(b)) for a, b in points], fill=teal, width=13 * scale, joint="curve")
    draw.text((160 * scale, 58 * scale), "studio varech", font=ImageFont.truetype(FONT, 72 * scale), fill=teal)
    image = image.resize((640, 200), Image.Resampling.LANCZOS)
    out = io.BytesIO()
    image.save(out, "PNG", optimize=True)
    return out.getvalue()


def shop_front(seed: int) -> bytes:
    """A photograph of a painted sign over a shop at dusk, as a telephone takes it; no paper, nothing to read but the sign."""
    width, height = 1024, 768
    y = np.mgrid[0:height, 0:width][0].astype(np.float32)
    sky = np.stack([92 + y * 0.22, 110 + y * 0.12, 150 - y * 0.03], axis=2)
    scene = Image.fromarray(np.clip(sky, 0, 255).astype(np.uint8))
    draw = ImageDraw.Draw(scene)
    random = np.random.default_rng(seed)
    draw.rectangle((110, 150, 914, 768), fill=(176, 164, 146))
    for row in range(150, 768, 26):  # granite courses
        offset = int(random.integers(0, 60))
        for left in range(110 - offset, 914, 74):
            tone = int(random.integers(-16, 14))
            draw.rectangle((max(left, 110), row, min(left + 71, 914), row + 23), fill=(168 + tone, 156 + tone, 140 + tone))
    draw.rectangle((150, 250, 874, 350), fill=(22, 66, 62), outline=(214, 178, 92), width=4)
    draw.text((190, 266), "Hôtel des Ajoncs", font=ImageFont.truetype(FONT, 76), fill=(236, 208, 128))
    for left in (170, 540):
        draw.rectangle((left, 390, left + 300, 690), fill=(40, 38, 36))
        glow = Image.new("L", (290, 290), 0)
        ImageDraw.Draw(glow).ellipse((30, 30, 260, 300), fill=210)
        scene.paste((250, 206, 130), (left + 5, 395), glow.filter(ImageFilter.GaussianBlur(40)))
        draw.line((left + 150, 390, left + 150, 690), fill=(30, 60, 58), width=8)
        draw.line((left, 520, left + 300, 520), fill=(30, 60, 58), width=6)
    draw.rectangle((0, 715, 1024, 768), fill=(70, 68, 72))
    scene = scene.rotate(-1.4, Image.Resampling.BICUBIC, expand=False).crop((20, 20, 1004, 748))
    pixels = np.asarray(scene.filter(ImageFilter.GaussianBlur(1.1)), dtype=np.float32)
    rows, columns = np.mgrid[0 : pixels.shape[0], 0 : pixels.shape[1]].astype(np.float32)
    vignette = 1.05 - 0.35 * (((rows / pixels.shape[0] - 0.5) ** 2) + ((columns / pixels.shape[1] - 0.5) ** 2)) * 2
    photo = Image.fromarray(np.clip(pixels * vignette[:, :, None], 0, 255).astype(np.uint8))
    exif = Image.Exif()
    exif[0x010F], exif[0x0110], exif[0x0132] = "Fictel", "F-12", "2026:04:23 18:41:07"
    return _jpeg(_grain(photo, seed + 1, 6), 70, exif=exif)
