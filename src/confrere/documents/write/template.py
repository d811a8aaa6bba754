"""Our own 16:9 presentation template, made by code: a theme, a master and five layouts with real placeholders.

python-pptx carries a 4:3 template whose placeholders stay at the left of a wide slide; here master and layouts are
written anew. Lengths are in points on a slide of 960 x 540.
"""

from __future__ import annotations

import re
from typing import Any

from confrere.documents.write import theme

WIDTH, HEIGHT = 960, 540
MARGIN = 46
TITLE = (MARGIN, 30, WIDTH - 2 * MARGIN, 68)  # left, top, width, height
AREA = (MARGIN, 110, WIDTH - 2 * MARGIN, 380)
FOOTER = (MARGIN, 504, 640, 22)
NUMBER = (WIDTH - MARGIN - 120, 504, 120, 22)
TITLE_SIZE, BODY_SIZE = 28, 18

_NS = (
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" '
    'xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main"'
)
_EMU = 12700

_COLORS = {
    "dk2": theme.INK,
    "lt2": theme.TINT,
    "hlink": theme.ACCENT,
    "folHlink": theme.GREY,
    **{f"accent{number}": color for number, color in enumerate((theme.ACCENT, "D08A2E", "3B5B8C", theme.WARN, theme.GREY, theme.SOFT), 1)},
}


def own_template(language: str) -> Any:
    """A new presentation (``pptx.presentation.Presentation``) with our design and no slide.

    Layouts, in order: cover, title and text, section, two texts, title only.
    """
    from pptx import Presentation

    prompts = _PROMPTS["fr" if language == "fr" else "en"]
    deck: Any = Presentation()
    deck.slide_width, deck.slide_height = WIDTH * _EMU, HEIGHT * _EMU
    deck.element.find("{*}sldSz").attrib.pop("type", None)
    _drop_leftovers(deck)
    master = deck.slide_master
    _retheme(master)
    for layout in [*deck.slide_layouts]:
        if layout.name not in _LAYOUTS:
            deck.slide_layouts.remove(layout)
    _replace(
        master.element,
        "cSld",
        _canvas(
            "",
            "bg1",
            [
                _shape(2, "title", 0, prompts[0], TITLE),
                _shape(3, "body", 1, prompts[1], AREA),
                _shape(4, "ftr", 3, "", FOOTER, _small("l")),
                _shape(5, "sldNum", 4, "", NUMBER, _small("r")),
                _rule(6),
            ],
        ),
    )
    _replace(master.element, "txStyles", _text_styles())
    for layout in deck.slide_layouts:
        _replace(layout.element, "cSld", _LAYOUTS[layout.name](prompts))
        if layout.name in ("Title Slide", "Section Header"):
            layout.element.set("showMasterSp", "0")
    return deck


def _drop_leftovers(deck: Any) -> None:
    """Leave out what the library's template brings along: a thumbnail of it, and somebody's printer."""
    for part in (deck.part, deck.part.package):
        relations = part.rels if part is deck.part else part._rels
        for key, relation in [*relations.items()]:
            if relation.reltype.endswith(("/printerSettings", "/thumbnail")):
                relations.pop(key)


def _retheme(master: Any) -> None:
    part = next(relation.target_part for relation in master.part.rels.values() if relation.reltype.endswith("/theme"))
    xml = part.blob.decode()
    for name, color in _COLORS.items():
        xml = re.sub(rf"<a:{name}>.*?</a:{name}>", f'<a:{name}><a:srgbClr val="{color}"/></a:{name}>', xml)
    xml = re.sub(r"<a:dk1>.*?</a:dk1>", f'<a:dk1><a:srgbClr val="{theme.BODY}"/></a:dk1>', xml)
    xml = re.sub(r"<a:lt1>.*?</a:lt1>", '<a:lt1><a:srgbClr val="FFFFFF"/></a:lt1>', xml)
    part._blob = xml.replace('name="Office Theme"', 'name="Confrère"').replace('name="Office"', 'name="Confrère"').encode()


def _replace(element: Any, name: str, xml: str) -> None:
    from pptx.oxml import parse_xml

    old = element.find(f"{{*}}{name}")
    element.replace(old, parse_xml(xml))


def _canvas(name: str, background: str, shapes: list[str]) -> str:
    label = f' name="{name}"' if name else ""
    return (
        f'<p:cSld {_NS}{label}><p:bg><p:bgPr><a:solidFill><a:schemeClr val="{background}"/></a:solidFill><a:effectLst/>'
        f'</p:bgPr></p:bg><p:spTree><p:nvGrpSpPr><p:cNvPr id="1" name=""/><p:cNvGrpSpPr/><p:nvPr/></p:nvGrpSpPr><p:grpSpPr/>'
        f"{''.join(shapes)}</p:spTree></p:cSld>"
    )


def _shape(
    number: int, kind: str, index: int, prompt: str, box: tuple[int, int, int, int] | None = None, style: str = "", anchor: str = ""
) -> str:
    """A placeholder. Without a box it lies where the master puts it."""
    place = ""
    if box:
        left, top, width, height = (value * _EMU for value in box)
        place = (
            f'<a:xfrm><a:off x="{left}" y="{top}"/><a:ext cx="{width}" cy="{height}"/></a:xfrm>'
            '<a:prstGeom prst="rect"><a:avLst/></a:prstGeom>'
        )
    content = f'<a:r><a:rPr lang="en-US"/><a:t>{prompt}</a:t></a:r>'
    if kind == "sldNum":
        content = '<a:fld id="{B6F15528-21DE-4FAA-801E-634DDDAF4B2B}" type="slidenum"><a:rPr lang="en-US"/><a:t>‹#›</a:t></a:fld>'
    names = {
        "title": "Title",
        "ctrTitle": "Title",
        "subTitle": "Subtitle",
        "body": "Text",
        "ftr": "Footer",
        "sldNum": "Slide Number",
        "obj": "Content",
    }
    marks = f' type="{kind}"' if kind != "obj" else ""
    marks += f' idx="{index}"' if index else ""
    marks += ' sz="quarter"' if kind in ("ftr", "sldNum") else ""
    inset = 'lIns="0" tIns="0" rIns="0" bIns="0"' if box else ""
    where = f' anchor="{anchor}"' if anchor else ""
    return (
        f'<p:sp><p:nvSpPr><p:cNvPr id="{number}" name="{names[kind]} Placeholder {number}"/><p:cNvSpPr><a:spLocks noGrp="1"/>'
        f"</p:cNvSpPr><p:nvPr><p:ph{marks}/></p:nvPr></p:nvSpPr><p:spPr>{place}</p:spPr>"
        f"<p:txBody><a:bodyPr {inset}{where}><a:normAutofit/></a:bodyPr><a:lstStyle>{style}</a:lstStyle><a:p>{content}</a:p></p:txBody>"
        "</p:sp>"
    )


def _box(number: int, box: tuple[int, int, int, int], color: str) -> str:
    """A coloured rectangle, decoration only."""
    left, top, width, height = (value * _EMU for value in box)
    return (
        f'<p:sp><p:nvSpPr><p:cNvPr id="{number}" name="Decoration {number}"/><p:cNvSpPr/><p:nvPr userDrawn="1"/></p:nvSpPr><p:spPr>'
        f'<a:xfrm><a:off x="{left}" y="{top}"/><a:ext cx="{width}" cy="{height}"/></a:xfrm><a:prstGeom prst="rect"><a:avLst/>'
        f'</a:prstGeom><a:solidFill><a:schemeClr val="{color}"/></a:solidFill><a:ln><a:noFill/></a:ln></p:spPr>'
        '<p:txBody><a:bodyPr/><a:lstStyle/><a:p><a:endParaRPr lang="en-US"/></a:p></p:txBody></p:sp>'
    )


def _rule(number: int) -> str:
    return _box(number, (0, 0, 12, HEIGHT), "accent1")


def _small(align: str) -> str:
    return (
        f'<a:lvl1pPr marL="0" indent="0" algn="{align}"><a:buNone/><a:defRPr sz="1100"><a:solidFill><a:schemeClr val="accent5"/>'
        '</a:solidFill><a:latin typeface="+mn-lt"/></a:defRPr></a:lvl1pPr>'
    )


def _run(size: int, color: str, bold: bool = False, algn: str = "l") -> str:
    return (
        f'<a:lvl1pPr marL="0" indent="0" algn="{algn}"><a:buNone/><a:defRPr sz="{size * 100}" b="{int(bold)}"><a:solidFill>'
        f'<a:schemeClr val="{color}"/></a:solidFill></a:defRPr></a:lvl1pPr>'
    )


def _text_styles() -> str:
    fonts = '<a:latin typeface="+{0}-lt"/><a:ea typeface="+{0}-ea"/><a:cs typeface="+{0}-cs"/>'
    title = (
        '<a:lvl1pPr algn="l" defTabSz="914400"><a:lnSpc><a:spcPct val="95000"/></a:lnSpc><a:spcBef><a:spcPct val="0"/></a:spcBef>'
        f'<a:buNone/><a:defRPr sz="{TITLE_SIZE * 100}" b="1" kern="1200"><a:solidFill><a:schemeClr val="tx2"/></a:solidFill>'
        f"{fonts.format('mj')}</a:defRPr></a:lvl1pPr>"
    )
    body = "".join(
        f'<a:lvl{level}pPr marL="{228600 * level}" indent="-228600" algn="l" defTabSz="914400"><a:spcBef><a:spcPts val="600"/></a:spcBef>'
        f'<a:buClr><a:schemeClr val="accent1"/></a:buClr><a:buFont typeface="Arial"/><a:buChar char="•"/>'
        f'<a:defRPr sz="{max(12, BODY_SIZE - 2 * (level - 1)) * 100}" kern="1200"><a:solidFill><a:schemeClr val="tx1"/></a:solidFill>'
        f"{fonts.format('mn')}</a:defRPr></a:lvl{level}pPr>"
        for level in range(1, 6)
    )
    other = (
        '<a:lvl1pPr algn="l"><a:defRPr sz="1800" kern="1200"><a:solidFill><a:schemeClr val="tx1"/></a:solidFill>'
        f"{fonts.format('mn')}</a:defRPr></a:lvl1pPr>"
    )
    return (
        f"<p:txStyles {_NS}><p:titleStyle>{title}</p:titleStyle><p:bodyStyle>{body}</p:bodyStyle>"
        f"<p:otherStyle>{other}</p:otherStyle></p:txStyles>"
    )


def _feet() -> list[str]:
    return [_shape(8, "ftr", 11, "", FOOTER, _small("l")), _shape(9, "sldNum", 12, "", NUMBER, _small("r"))]


_HALF = (AREA[2] - 28) // 2
_LAYOUTS = {
    "Title Slide": lambda prompts: _canvas(
        "Cover",
        "tx2",
        [
            _box(7, (0, 0, 26, HEIGHT), "accent1"),
            _shape(2, "ctrTitle", 0, prompts[0], (84, 130, 780, 168), _run(44, "bg1", True), "b"),
            _shape(3, "subTitle", 1, prompts[1], (84, 318, 780, 120), _run(20, "accent6"), "t"),
        ],
    ),
    "Section Header": lambda prompts: _canvas(
        "Section",
        "bg2",
        [
            _box(7, (0, 0, 26, HEIGHT), "accent1"),
            _shape(2, "title", 0, prompts[0], (84, 150, 780, 130), _run(36, "tx2", True), "b"),
            _shape(3, "body", 1, prompts[1], (84, 298, 780, 120), _run(18, "tx1"), "t"),
            *_feet(),
        ],
    ),
    "Title and Content": lambda prompts: _canvas(
        "Title and text",
        "bg1",
        [
            _shape(2, "title", 0, prompts[0]),
            _shape(3, "obj", 1, prompts[1]),
            *_feet(),
        ],
    ),
    "Two Content": lambda prompts: _canvas(
        "Title and two texts",
        "bg1",
        [
            _shape(2, "title", 0, prompts[0]),
            _shape(3, "obj", 1, prompts[1], (AREA[0], AREA[1], _HALF, AREA[3])),
            _shape(4, "obj", 2, prompts[1], (AREA[0] + _HALF + 28, AREA[1], _HALF, AREA[3])),
            *_feet(),
        ],
    ),
    "Title Only": lambda prompts: _canvas("Title only", "bg1", [_shape(2, "title", 0, prompts[0]), *_feet()]),
}
_PROMPTS = {"en": ("A title that states the point", "Text"), "fr": ("Un titre qui énonce l'essentiel", "Texte")}
