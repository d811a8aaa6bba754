"""What HTML carries without showing it.

Codes: ``hidden-text`` (display none, visibility hidden, opacity 0, off the screen, clipped away, the colour of its background),
``tiny-text`` (2 pixels or less), ``script``, ``external-link`` (a frame, form or refresh that leaves the page). Inline styles and the
rules of the page's own style sheets are followed (see ``css``); nothing is fetched.
"""

from __future__ import annotations

import re
from typing import Any

import msgspec

from confrere.documents.model import Warning_
from confrere.documents.read.css import Rules, colour, declarations, number, opaque, pixels

_FAR, _TINY, _CLEAR = 900.0, 2.0, 0.05
_DRESSED = {"style", "bgcolor", "color", "hidden", "text"}


class Ground(msgspec.Struct, frozen=True):
    """What an element hands on to the text and elements in it: the colour under them (``image`` where it cannot be told), their own
    colour ("" where none was named), the size of their letters in pixels, whether they are visible."""

    back: str = "ffffff"
    fore: str = ""
    size: float = 16.0
    visible: bool = True

    @property
    def reason(self) -> str:
        """The code under which text here is hidden, or "" when it is shown."""
        if not self.visible or self.size <= 0.1 or self.fore == "clear" or (self.fore and _near(self.fore, self.back)):
            return "hidden-text"
        return "tiny-text" if self.size <= _TINY else ""


class Styles:
    """The rules of the page, and what they and inline styles do to an element."""

    def __init__(self, sheet: str) -> None:
        self._rules = Rules(sheet)

    @property
    def spent(self) -> bool:
        """Whether there were more rules than could be followed."""
        return self._rules.spent

    def hides(self, element: Any, ground: Ground) -> tuple[str, Ground]:
        """Return (the code under which the element and all in it is hidden or "", the ground of what is in it)."""
        style = self._rules.of(element)
        if not style and not _DRESSED.intersection(element.keys()):
            return "", ground
        style.update(declarations(element.get("style") or "", self._rules.variables))
        plain = style.get("background", "")
        back = colour(style.get("background-color") or plain or element.get("bgcolor") or "")
        if "url(" in (plain + style.get("background-image", "")) or "gradient" in (plain + style.get("background-image", "")):
            back = "image"
        if back == "clear" or (not back and plain not in ("", "none", "inherit", "initial", "transparent")):
            back = "" if back == "clear" else "image"
        fore = style.get("-webkit-text-fill-color") or style.get("color") or element.get("color")
        if element.tag == "body" and not fore:
            fore = element.get("text")
        size = style.get("font-size") or _font(style.get("font", ""))
        seen = style.get("visibility", "")
        ground = Ground(
            back=back or ground.back,
            fore=colour(fore) or ("" if fore not in ("inherit", "currentcolor") else ground.fore) if fore else ground.fore,
            size=pixels(size, ground.size, ground.size) if size else ground.size,
            visible=seen not in ("hidden", "collapse") if seen else ground.visible,
        )
        hidden = element.get("hidden") is not None and style.get("display", "none") == "none"
        return ("hidden-text" if hidden or _gone(style, ground.size) else ""), ground


def embedded_calls(root: Any, label: str) -> list[Warning_]:
    """Return warnings about what would run or leave the page in a browser."""
    found: list[Warning_] = []
    if root.find(".//script") is not None:
        found.append(Warning_(code="script", where=label, text="script"))
    for tag, attribute in (("iframe", "src"), ("form", "action"), ("object", "data"), ("embed", "src")):
        for element in root.iter(tag):
            target = element.get(attribute) or ""
            if target.startswith(("http:", "https:", "//", "file:", "\\\\")):
                found.append(Warning_(code="external-link", where=f"{label} {tag}", text=target[:300]))
    for element in root.iter("meta"):
        if (element.get("http-equiv") or "").lower() == "refresh" and "url" in (element.get("content") or "").lower():
            found.append(Warning_(code="external-link", where=f"{label} refresh", text=(element.get("content") or "")[:300]))
    return found[:10]


def unseen_picture(element: Any) -> bool:
    """Whether the words that stand for a picture are none: it has no size, or they are more than a description."""
    sizes = [element.get(side) or "" for side in ("width", "height")]
    return any(re.fullmatch(r"[012](px)?", size.strip()) for size in sizes) or len(element.get("alt") or "") > 150


def _gone(style: dict[str, str], size: float) -> bool:
    """Whether a style takes an element away with all that is in it."""
    if style.get("display") == "none" or style.get("content-visibility") == "hidden":
        return True
    if opaque(style.get("opacity", "1")) < _CLEAR or number(style.get("zoom", "1")) < _CLEAR:
        return True
    made_clear = re.search(r"opacity\(([^)]*)\)", style.get("filter", ""))
    if made_clear and opaque(made_clear.group(1)) < _CLEAR:
        return True
    moved = [style.get(side, "") for side in ("left", "top", "right", "bottom", "text-indent", "margin-left", "margin-top", "margin-right")]
    if any(value and pixels(value, 0.0, size) < -_FAR for value in moved) or pixels(style.get("letter-spacing", ""), 0.0, size) <= min(
        -size, -1.0
    ):
        return True
    if any(pixels(style.get(side, ""), 0.0, size) > 4 * _FAR for side in ("left", "right", "text-indent", "margin-left")):
        return True
    return _moved(style.get("transform", ""), size) or _clipped(style, size)


def _moved(transform: str, size: float) -> bool:
    for name, arguments in re.findall(r"([a-z0-9]+)\(([^()]*)\)", transform):
        values = arguments.split(",")
        if name.startswith("scale") and any(opaque(value) < _CLEAR for value in values):
            return True
        if name.startswith("translate") and any(abs(pixels(value, 0.0, size)) > _FAR for value in values if "%" not in value):
            return True
        if name in ("rotatex", "rotatey") and abs(number(values[0])) in (90.0, 270.0):
            return True
    return False


def _clipped(style: dict[str, str], size: float) -> bool:
    clip = re.match(r"rect\(([^)]*)\)", style.get("clip", ""))
    if clip:
        edges = [pixels(value, 0.0, size) for value in re.split(r"[,\s]+", clip.group(1).strip()) if value]
        if len(edges) == 4 and "auto" not in clip.group(1) and (edges[1] - edges[3] <= 1 or edges[2] - edges[0] <= 1):
            return True
    shape = re.match(r"(inset|circle|ellipse|polygon)\(([^)]*)\)", style.get("clip-path", ""))
    if shape:
        values = [float(v) for v in re.findall(r"-?\d{1,6}(?:\.\d{1,6})?", shape.group(2))]
        if shape.group(1) == "inset" and values and "%" in shape.group(2) and values[0] >= 50:
            return True
        if shape.group(1) in ("circle", "ellipse") and values and values[0] == 0:
            return True
        if shape.group(1) == "polygon" and len(set(values[::2])) <= 1:
            return True
    none = [style.get(side, "") for side in ("height", "width", "max-height", "max-width")]
    cut = any(style.get(name, "").split(" ")[0] in ("hidden", "clip") for name in ("overflow", "overflow-x", "overflow-y"))
    return cut and any(value and pixels(value, 100.0, size) <= 1 for value in none)


def _near(one: str, other: str) -> bool:
    if len(one) != 6 or len(other) != 6:
        return False
    return all(abs(int(one[i : i + 2], 16) - int(other[i : i + 2], 16)) < 20 for i in (0, 2, 4))


def _font(shorthand: str) -> str:
    """The size in ``font: bold 12px/1.5 serif``."""
    match = re.search(r"(?:^|\s)(\d{0,5}\.?\d{1,5}(?:px|pt|em|rem|%)|0)(?=[/\s]|$)", shorthand)
    return match.group(1) if match else ""
