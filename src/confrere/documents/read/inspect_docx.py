"""What Word keeps in a document without showing it on the page.

Codes: ``hidden-text`` (vanish, or white on no shading), ``tiny-text`` (2 points or less), ``comment``, ``tracked-change`` (deleted or
inserted text, not yet accepted), ``field-call`` (a field that fetches or runs: INCLUDETEXT, DDE ...).
"""

from __future__ import annotations

from typing import Any

from confrere.documents.model import Warning_
from confrere.documents.read.limits import Unreadable
from confrere.documents.read.xmls import W, parse_xml
from confrere.documents.read.zips import Container

_VALUE = f"{W}val"
_OFF = ("0", "false", "off", "none")
_CALLS = ("DDE", "DDEAUTO", "INCLUDETEXT", "INCLUDEPICTURE", "IMPORT", "DATABASE", "LINK", "MACROBUTTON")


def collect_styles(container: Container) -> dict[str, str]:
    """Return style id -> reason, for the styles that hide what they style."""
    if "word/styles.xml" not in container:
        return {}
    try:
        root = parse_xml(container.read("word/styles.xml"))
    except Unreadable:
        return {}
    out = {}
    for style in root.iter(f"{W}style"):
        reason = _run_reason(style.find(f"{W}rPr"))
        if reason and style.get(f"{W}styleId"):
            out[style.get(f"{W}styleId")] = reason
    return out


class Hidden:
    """Gathers what is not shown while a document is walked."""

    def __init__(self, styles: dict[str, str]) -> None:
        self._styles = styles
        self._found: dict[tuple[str, str], list[str]] = {}

    def reason(self, run: Any) -> str:
        """Return the code under which a run is hidden, or "" when it is shown."""
        properties = run.find(f"{W}rPr")
        own = _run_reason(properties)
        if own:
            return own if own != "hidden-white" or not _shaded(run) else ""
        style = properties.find(f"{W}rStyle") if properties is not None else None
        if style is None:
            paragraph = next(run.iterancestors(f"{W}p"), None)
            style = paragraph.find(f"{W}pPr/{W}pStyle") if paragraph is not None else None
        found = self._styles.get(style.get(_VALUE) or "", "") if style is not None else ""
        if found and properties is not None:
            vanish, colour = properties.find(f"{W}vanish"), properties.find(f"{W}color")
            if (vanish is not None and (vanish.get(_VALUE) or "") in _OFF) or (found == "hidden-white" and colour is not None):
                return ""
        return found if found != "hidden-white" or not _shaded(run) else ""

    def add(self, code: str, text: str, where: str = "") -> None:
        if text.strip():
            self._found.setdefault(("hidden-text" if code == "hidden-white" else code, where), []).append(text)

    def deleted(self, text: str, author: str) -> None:
        self.add("tracked-change", f"-{text}" if text else "", author)

    def inserted(self, text: str, author: str) -> None:
        self.add("tracked-change", f"+{text}" if text else "", author)

    def instruction(self, code: str) -> None:
        """Note a field instruction that fetches something or runs something."""
        words = code.split()
        if words and words[0].upper() in _CALLS:
            self.add("field-call", code.strip())

    def comments(self, root: Any) -> None:
        for comment in root.iter(f"{W}comment"):
            self.add("comment", "".join(t.text or "" for t in comment.iter(f"{W}t")), comment.get(f"{W}author") or "")

    def warnings(self) -> list[Warning_]:
        out = []
        for (code, where), texts in self._found.items():
            joined = (" " if code in ("comment", "tracked-change", "field-call") else "").join(texts)
            out.append(Warning_(code=code, where=where, text=" ".join(joined.split())[:300]))
        return out


def _run_reason(properties: Any) -> str:
    if properties is None:
        return ""
    vanish = properties.find(f"{W}vanish")
    if vanish is not None and (vanish.get(_VALUE) or "true") not in _OFF:
        return "hidden-text"
    size = properties.find(f"{W}sz")
    if size is not None and (size.get(_VALUE) or "").isdigit() and int(size.get(_VALUE)) <= 4:
        return "tiny-text"
    colour = properties.find(f"{W}color")
    value = (colour.get(_VALUE) or "").upper() if colour is not None else ""
    if len(value) == 6 and all(c in "0123456789ABCDEF" for c in value) and min(int(value[i : i + 2], 16) for i in (0, 2, 4)) >= 0xF5:
        return "" if properties.find(f"{W}highlight") is not None else "hidden-white"
    return ""


def _shaded(run: Any) -> bool:
    """Whether white text stands on some colour: shading of the run, paragraph, cell, row or table, a shape, or a styled table."""
    for element in (run, *run.iterancestors()):
        tag = element.tag.rsplit("}", 1)[-1] if isinstance(element.tag, str) else ""
        if tag in ("txbxContent", "wsp", "textbox"):
            return True
        shade = element.find(f"{W}{tag}Pr/{W}shd") if tag in ("r", "p", "tc", "tr", "tbl") else None
        fill = (shade.get(f"{W}fill") or "auto").upper() if shade is not None else "AUTO"
        if shade is not None and (fill not in ("AUTO", "FFFFFF") or shade.get(f"{W}themeFill")):
            return True
        if tag == "tbl" and element.find(f"{W}tblPr/{W}tblStyle") is not None:
            return True
    return False
