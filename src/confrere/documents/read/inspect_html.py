"""What HTML carries without showing it.

Codes: ``hidden-text`` (display none, visibility hidden, opacity 0, off the screen, the colour of its background), ``tiny-text`` (2 pixels
or less), ``script``, ``external-link`` (a frame, form or refresh that leaves the page). Inline styles and simple rules of the
page's own style sheets (``tag``, ``.class``, ``#id`` and ``tag.class``) are followed; nothing is fetched.
"""

from __future__ import annotations

import re
from typing import Any

from confrere.documents.model import Warning_

_RULE = re.compile(r"([^{}@]+)\{([^{}]*)\}")
_SIMPLE = re.compile(r"^([a-zA-Z][\w-]*|\*)?(?:\.([\w-]+)|#([\w-]+))?$")
_NAMED = {
    "white": "ffffff",
    "black": "000000",
    "transparent": "",
    "red": "ff0000",
    "snow": "fffafa",
    "ivory": "fffff0",
    "ghostwhite": "f8f8ff",
}


class Styles:
    """The declarations of the page's simple rules, and what they and inline styles do to an element."""

    def __init__(self, sheet: str) -> None:
        self._rules: list[tuple[str, str, str, dict[str, str]]] = []
        for match in _RULE.finditer(re.sub(r"/\*.*?\*/", "", sheet[:500_000], flags=re.S)):
            declared = _declarations(match.group(2))
            if not declared:
                continue
            for selector in match.group(1).split(","):
                simple = _SIMPLE.match(selector.strip())
                if simple and selector.strip():
                    self._rules.append((simple.group(1) or "", simple.group(2) or "", simple.group(3) or "", declared))
            if len(self._rules) > 3000:
                break

    def hides(self, element: Any, background: str | None) -> tuple[str, str | None]:
        """Return (the code under which the element is hidden or "", the background under its children: "rrggbb", None: unknown page)."""
        style: dict[str, str] = {}
        classes = (element.get("class") or "").split()
        for tag, klass, identifier, declared in self._rules:
            if (
                (not tag or tag in ("*", element.tag))
                and (not klass or klass in classes)
                and (not identifier or identifier == element.get("id"))
            ):
                style.update(declared)
        style.update(_declarations(element.get("style") or ""))
        ground = _colour(style.get("background-color") or style.get("background") or element.get("bgcolor") or "")
        if "url(" in (style.get("background") or style.get("background-image") or "") or "gradient" in style.get("background", ""):
            ground = "image"
        background = ground or background
        if element.get("hidden") is not None and style.get("display", "none") == "none":
            return "hidden-text", background
        if style.get("display") == "none" or style.get("visibility") in ("hidden", "collapse") or _number(style.get("opacity", "1")) < 0.05:
            return "hidden-text", background
        if _away(style) or _clipped(style):
            return "hidden-text", background
        size = style.get("font-size", "")
        if size and _pixels(size) <= 2.0:
            return ("hidden-text" if _pixels(size) == 0 else "tiny-text"), background
        colour = _colour(style.get("color") or element.get("color") or "")
        if colour and background != "image" and _near(colour, background or "ffffff"):
            return "hidden-text", background
        if style.get("color", "").replace(" ", "") in ("transparent", "rgba(0,0,0,0)", "rgba(255,255,255,0)"):
            return "hidden-text", background
        return "", background


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


def _declarations(text: str) -> dict[str, str]:
    out = {}
    for part in text.split(";"):
        name, colon, value = part.partition(":")
        if colon:
            out[name.strip().lower()] = value.replace("!important", "").strip().lower()
    return out


def _colour(value: str) -> str:
    """Return "rrggbb", or "" when the value names no plain colour."""
    for word in value.split() if not value.startswith("rgb") else [value]:
        if word in _NAMED:
            return _NAMED[word]
        if re.fullmatch(r"#[0-9a-f]{6}([0-9a-f]{2})?", word):
            return word[1:7]
        if re.fullmatch(r"#[0-9a-f]{3}", word):
            return "".join(c * 2 for c in word[1:])
        match = re.match(r"rgba?\(\s*(\d+)[,\s]+(\d+)[,\s]+(\d+)", word)
        if match:
            return "".join(f"{min(int(v), 255):02x}" for v in match.groups())
    return ""


def _near(one: str, other: str) -> bool:
    return all(abs(int(one[i : i + 2], 16) - int(other[i : i + 2], 16)) < 20 for i in (0, 2, 4))


def _number(value: str) -> float:
    match = re.match(r"-?\d*\.?\d+", value)
    return float(match.group()) if match else 1.0


def _pixels(value: str) -> float:
    match = re.match(r"(\d*\.?\d+)\s*(px|pt|em|rem|%)?", value)
    if not match:
        return 12.0
    factor = {"px": 1.0, "pt": 1.333, "em": 16.0, "rem": 16.0, "%": 0.16, None: 1.0}[match.group(2)]
    return float(match.group(1)) * factor


def _away(style: dict[str, str]) -> bool:
    return any(_number(style.get(side, "0") or "0") < -900 for side in ("left", "top", "text-indent", "margin-left", "margin-top"))


def _clipped(style: dict[str, str]) -> bool:
    none = [style.get(k, "") for k in ("height", "width", "max-height", "max-width")]
    return style.get("overflow") == "hidden" and any(re.fullmatch(r"[01](px)?", v) for v in none)
