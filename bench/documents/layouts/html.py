"""Pieces of HTML pages, and their printing by Chromium."""

from __future__ import annotations

import base64
import io
import shutil
from collections.abc import Iterable, Sequence
from html import escape
from pathlib import Path
from types import TracebackType
from typing import Self

BASE = """@page{size:A4;margin:14mm 16mm} *{box-sizing:border-box} body{margin:0;font-size:10pt;line-height:1.3}
table{border-collapse:collapse} td,th{padding:2px 5px;vertical-align:top;text-align:left} .r{text-align:right;white-space:nowrap} .s{font-size:7.5pt;color:#555}
.row{display:flex;justify-content:space-between} .foot{position:fixed;bottom:0;left:0;right:0;text-align:center;font-size:7pt;color:#555}
.w{width:100%} .b{font-weight:bold} .mt{margin-top:6mm} .box{border:1px solid #888;padding:6px} .c{text-align:center} pre{font:inherit;margin:0}
"""
FONTS = "/usr/share/fonts/truetype"


def page(body: str, css: str = "", font: str = "Liberation Sans") -> str:
    return f"<html><head><meta charset='utf-8'><style>{BASE}body{{font-family:'{font}'}}{css}</style></head><body>{body}</body></html>"


def br(*lines: str) -> str:
    """Lines under one another."""
    return "<br>".join(escape(line, quote=False) for line in lines if line)


def grid(head: Sequence[str], rows: Iterable[Sequence[str]], css: str = "w", numeric: int = 1) -> str:
    """A table whose columns from ``numeric`` on stand right."""

    def cell(tag: str, place: int, text: str) -> str:
        return f"<{tag}{' class=r' if place >= numeric else ''}>{text}</{tag}>"

    top = "".join(cell("th", i, text) for i, text in enumerate(head))
    body = "".join("<tr>" + "".join(cell("td", i, text) for i, text in enumerate(row)) + "</tr>" for row in rows)
    return f"<table class='{css}'>{f'<tr>{top}</tr>' if head else ''}{body}</table>"


def sums(*rows: tuple[str, str], css: str = "", strong: int = -1) -> str:
    """Captions and amounts at the right; row ``strong`` in bold."""
    place = strong % len(rows)
    body = "".join(f"<tr{' class=b' if i == place else ''}><td>{a}</td><td class=r>{b}</td></tr>" for i, (a, b) in enumerate(rows))
    return f"<table style='margin-left:auto;{css}'>{body}</table>"


def logo(text: str, colour: str = "#1d5c8f", width: int = 420, height: int = 120, ink: str = "white") -> str:
    """A picture (no text a program can copy) that shows ``text``."""
    from PIL import Image, ImageDraw, ImageFont

    image = Image.new("RGB", (width, height), colour)
    draw = ImageDraw.Draw(image)
    size = height // 2
    while True:
        font = ImageFont.truetype(f"{FONTS}/liberation/LiberationSans-BoldItalic.ttf", size)
        if draw.textlength(text, font=font) < width - 30 or size < 12:
            break
        size -= 2
    draw.text((width / 2, height / 2), text, font=font, fill=ink, anchor="mm")
    out = io.BytesIO()
    image.save(out, "PNG")
    return f"<img style='height:{height / 6:.0f}mm' src='data:image/png;base64,{base64.b64encode(out.getvalue()).decode()}'>"


class Printer:
    """One Chromium that prints many pages."""

    def __enter__(self) -> Self:
        from playwright.sync_api import sync_playwright

        self._play = sync_playwright().start()
        self._browser = self._play.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"])
        self._page = self._browser.new_page()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._browser.close()
        self._play.stop()

    def pdf(self, html: str, path: Path) -> None:
        """Print ``html`` into the PDF ``path``."""
        self._page.set_content(html)
        self._page.pdf(path=str(path), prefer_css_page_size=True, print_background=True)


def scattered(pieces: Sequence[tuple[float, float, str]], order: Sequence[int]) -> str:
    """Pieces of text each at its place (millimetres from the left and the top), written in ``order`` as forms filled by programs are."""
    spots = [f"<div style='position:absolute;left:{x}mm;top:{y}mm;white-space:nowrap'>{text}</div>" for x, y, text in pieces]
    return "".join(spots[place] for place in order)
