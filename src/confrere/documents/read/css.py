"""As much of CSS as tells what a page hides: declarations, the usual selectors, colours and lengths (CSS Selectors 3, Color 4)."""

from __future__ import annotations

import re
from typing import Any

_SHEET, _RULES, _SELECTOR, _STEPS = 500_000, 3000, 300, 400_000
_ESCAPE = re.compile(r"\\([0-9a-fA-F]{1,6})\s?|\\(.)")
_PART = re.compile(
    r"(?P<tag>[a-zA-Z][\w-]*|\*)|\.(?P<klass>[\w-]+)|#(?P<id>[\w-]+)|\[(?P<attribute>[\w-]+)(?:(?P<sign>[~|^$*]?=)[\"']?(?P<value>[^\]\"']*)[\"']?)?\s*i?\]"
    r"|:(?P<pseudo>first-child|last-child|only-child|root)|:(?:is|where|matches)\((?P<any>[^()]*)\)|:not\((?P<none>[^()]*)\)"
)
_NAMES = {
    "white": "ffffff", "black": "000000", "red": "ff0000", "snow": "fffafa", "ivory": "fffff0", "ghostwhite": "f8f8ff",
    "whitesmoke": "f5f5f5", "floralwhite": "fffaf0", "azure": "f0ffff", "mintcream": "f5fffa", "honeydew": "f0fff0", "seashell": "fff5ee",
    "aliceblue": "f0f8ff", "lavenderblush": "fff0f5", "linen": "faf0e6", "oldlace": "fdf5e6", "beige": "f5f5dc", "cornsilk": "fff8dc",
    "lightyellow": "ffffe0", "lightcyan": "e0ffff", "lavender": "e6e6fa", "navy": "000080", "blue": "0000ff", "green": "008000",
    "lime": "00ff00", "yellow": "ffff00", "orange": "ffa500", "gray": "808080", "grey": "808080", "silver": "c0c0c0", "maroon": "800000",
    "purple": "800080", "teal": "008080", "aqua": "00ffff", "cyan": "00ffff", "fuchsia": "ff00ff", "magenta": "ff00ff", "olive": "808000",
    "gainsboro": "dcdcdc", "lightgray": "d3d3d3", "lightgrey": "d3d3d3", "darkgray": "a9a9a9", "dimgray": "696969", "darkblue": "00008b",
    "darkred": "8b0000", "darkgreen": "006400", "pink": "ffc0cb", "gold": "ffd700", "brown": "a52a2a", "indigo": "4b0082",
}  # fmt: skip

_Compound = list[dict[str, str]]
_Rule = tuple[int, list[tuple[str, _Compound]], dict[str, str]]


class Rules:
    """The rules of a page's own style sheets, found by the last part of their selectors; ``variables`` are its custom properties,
    ``spent`` tells that there was too much to follow."""

    def __init__(self, sheet: str) -> None:
        self.variables: dict[str, str] = {}
        self._by: dict[str, list[_Rule]] = {}
        self._steps = _STEPS
        count = 0
        for block in _uncommented(sheet[:_SHEET]).split("}"):
            # What stands before another brace is a condition (@media) around the rule.
            before, brace, body = block.rpartition("{")
            declared = declarations(body, self.variables) if brace else {}
            self.variables.update({name: value for name, value in declared.items() if name.startswith("--")})
            for selector in _split(before.rpartition("{")[2].rpartition(";")[2]) if declared else ():
                chain = _chain(selector)
                if chain:
                    count += 1
                    self._by.setdefault(_key(chain[-1][1]), []).append((count, chain, declared))
            if count > _RULES:
                break
        self.spent = len(sheet) > _SHEET or count > _RULES

    def of(self, element: Any) -> dict[str, str]:
        """Return what the rules declare for an element, the later over the earlier."""
        if not self._by:
            return {}
        keys = ["", f"<{element.tag}", *(f".{name}" for name in (element.get("class") or "").split()[:50])]
        if element.get("id"):
            keys.append(f"#{element.get('id')}")
        found = [rule for key in keys for rule in self._by.get(key, ()) if not self.spent and self._matches(element, rule[1])]
        style: dict[str, str] = {}
        for _, _, declared in sorted(found, key=lambda rule: rule[0]):
            style.update(declared)
        return style

    def _matches(self, element: Any, chain: list[tuple[str, _Compound]]) -> bool:
        """Whether a selector fits; each combinator is tried with the nearest element that fits what is before it."""
        self._steps -= 1
        if not _fits(element, chain[-1][1]):
            return False
        here = element
        for index in range(len(chain) - 1, 0, -1):
            sign, parts = chain[index][0], chain[index - 1][1]
            if sign in " ~":
                near = here.iterancestors() if sign == " " else here.itersiblings(preceding=True)
            else:
                one = here.getparent() if sign == ">" else here.getprevious()
                near = iter([] if one is None else [one])
            here = None
            for one in near:
                self._steps -= 1
                self.spent = self._steps <= 0
                if self.spent:
                    return False
                if _fits(one, parts):
                    here = one
                    break
            if here is None:
                return False
        return True


def declarations(text: str, variables: dict[str, str]) -> dict[str, str]:
    """Return the declarations of a rule or style attribute in lower case, escapes and ``var()`` resolved."""
    if "\\" in text:
        text = _ESCAPE.sub(lambda m: chr(min(int(m[1], 16), 0xFFFF)) if m[1] else m[2], text)
    if "/*" in text:
        text = _uncommented(text)
    out: dict[str, str] = {}
    for part in text[:20_000].split(";"):
        name, colon, value = part.partition(":")
        if not colon:
            continue
        value = value.replace("!important", "").strip().lower()
        if "var(" in value:
            value = re.sub(
                r"var\(\s*(--[\w-]+)\s*(?:,([^()]*))?\)", lambda m: out.get(m[1]) or variables.get(m[1]) or (m[2] or "").strip(), value
            )
        out[name.strip().lower()] = value[:1000]
    return out


def colour(value: str) -> str:
    """Return "rrggbb", "clear" for a colour that shows nothing, or "" when the value names no plain colour."""
    function = re.search(r"(rgb|hsl)a?\(([^()]*)\)", value)
    if function:
        parts = [part for part in re.split(r"[,\s/]+", function.group(2).strip()) if part]
        if len(parts) > 3 and opaque(parts[3]) < 0.1:
            return "clear"
        if len(parts) < 3:
            return ""
        if function.group(1) == "hsl":
            import colorsys

            mixed = colorsys.hls_to_rgb(number(parts[0]) % 360 / 360, opaque(parts[2], 100), opaque(parts[1], 100))
            return "".join(f"{round(255 * part):02x}" for part in mixed)
        scale = [number(part) * (2.55 if part.endswith("%") else 1) for part in parts[:3]]
        return "".join(f"{max(0, min(255, round(part))):02x}" for part in scale)
    for word in value.split():
        if word == "transparent":
            return "clear"
        if word in _NAMES:
            return _NAMES[word]
        if re.fullmatch(r"#(?:[0-9a-f]{3,4}|[0-9a-f]{6}|[0-9a-f]{8})", word):
            digits = word[1:] if len(word) > 5 else "".join(c * 2 for c in word[1:])
            return "clear" if len(digits) == 8 and int(digits[6:], 16) < 26 else digits[:6]
    return ""


def number(value: str) -> float:
    """Return the first number of a value, 1 when there is none."""
    match = re.search(r"-?(?:\d{1,9}\.?\d{0,9}|\.\d{1,9})", value)
    return float(match.group()) if match else 1.0


def opaque(value: str, whole: float = 1.0) -> float:
    """Return a share, 0 to 1, given as a number (of ``whole``) or in percent."""
    share = number(value) / (100.0 if value.strip().endswith("%") else whole)
    return max(0.0, min(1.0, share))


def pixels(value: str, default: float, size: float) -> float:
    """Return a length in pixels; ``size`` is that of the letters around. ``default`` when the value is no length."""
    match = re.search(r"(-?(?:\d{1,9}\.?\d{0,9}|\.\d{1,9}))\s*(px|pt|pc|in|cm|mm|rem|em|ex|ch|vw|vh|%)?", value)
    if not match:
        return default
    factor = {"px": 1.0, "pt": 1.333, "pc": 16.0, "in": 96.0, "cm": 37.8, "mm": 3.78, "rem": 16.0, "em": size, "ex": size / 2,
              "ch": size / 2, "vw": 12.0, "vh": 8.0, "%": size / 100, None: 1.0}[match.group(2)]  # fmt: skip
    return float(match.group(1)) * factor


def _uncommented(text: str) -> str:
    first, *others = text.split("/*")
    return first + "".join(other.partition("*/")[2] for other in others)


def _split(selectors: str) -> list[str]:
    """Cut a list of selectors at its commas, but for those in brackets."""
    out, start, deep = [], 0, 0
    for place, sign in enumerate(selectors):
        deep += (sign in "([") - (sign in ")]")
        if sign == "," and deep <= 0:
            out.append(selectors[start:place])
            start = place + 1
    return [part.strip() for part in [*out, selectors[start:]] if part.strip() and len(part) < _SELECTOR]


def _chain(selector: str) -> list[tuple[str, _Compound]]:
    """Return [(combinator before it, parts)] of a selector; nothing where it holds what is not known, or only holds under a pointer."""
    out: list[tuple[str, _Compound]] = []
    for sign, text in re.findall(r"([>+~]?)\s*((?:[^\s>+~\[\]()]|\[[^\]]*\]|\([^()]*\))+)", selector)[:20]:
        parts, place = [], 0
        while place < len(text):
            match = _PART.match(text, place)
            if not match:
                return []
            parts.append({name: value for name, value in match.groupdict().items() if value is not None})
            place = match.end()
        out.append((sign or " ", parts))
    return out


def _key(parts: _Compound) -> str:
    for name, sign in (("id", "#"), ("klass", "."), ("tag", "<")):
        for part in parts:
            if name in part and part[name] != "*":
                return sign + (part[name].lower() if name == "tag" else part[name])
    return ""


def _fits(element: Any, parts: _Compound) -> bool:
    return all(_fits_part(element, part) for part in parts)


def _fits_part(element: Any, part: dict[str, str]) -> bool:
    if "tag" in part:
        return part["tag"] == "*" or part["tag"].lower() == element.tag
    if "klass" in part:
        return part["klass"] in (element.get("class") or "").split()
    if "id" in part:
        return bool(part["id"] == element.get("id"))
    if "attribute" in part:
        return _fits_value(element.get(part["attribute"].lower()), part.get("sign", ""), part.get("value", ""))
    if "pseudo" in part:
        first, last = element.getprevious() is None, element.getnext() is None
        return {"first-child": first, "last-child": last, "only-child": first and last, "root": element.getparent() is None}[part["pseudo"]]
    inner = part.get("any") or part.get("none") or ""
    one = any(len(chain) == 1 and _fits(element, chain[0][1]) for chain in map(_chain, _split(inner)))
    return one if "any" in part else not one


def _fits_value(has: str | None, sign: str, value: str) -> bool:
    if has is None:
        return False
    return {
        "": True, "=": has == value, "~=": value in has.split(), "|=": has == value or has.startswith(value + "-"),
        "^=": bool(value) and has.startswith(value), "$=": bool(value) and has.endswith(value), "*=": bool(value) and value in has,
    }[sign]  # fmt: skip
