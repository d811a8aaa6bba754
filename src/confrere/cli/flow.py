"""Text on a terminal: lines that wrap between words under a hanging indent, whole or as they stream in."""

from __future__ import annotations

import re
import shutil
import sys

from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

GLUE = "\ue000"  # stands for a space at which no line may break; no font shows it, so no text holds it
_TIED = re.compile(r"(?<=«)[ \u00a0]|[ \u00a0](?=[:;?!»%€])|(?<=\d)[ \u00a0](?=(?:\d{3}|s|min|o|ko|Mo|Go|kB|MB|GB)\b)|[\u00a0\u202f]")
_LEAD = re.compile(r"\s*(?:[-•▸·✓⚠] |\d+[.)] )?")
_LEAST = 20  # columns a text gets at least, however deep it stands


def hang(console: Console, lead: str, body: str | Text, style: str = "") -> None:
    """Print ``lead`` then ``body``; every following line starts below the first letter of the body. GLUE in it is a space that ties."""
    text = body.copy() if isinstance(body, Text) else Text(body, style=style)
    indent = cell_len(lead)
    text.plain = _TIED.sub(GLUE, kept := text.plain)
    kept = kept.replace(GLUE, " ")
    at = 0
    for number, line in enumerate(text.wrap(console, max(_LEAST, console.width - indent))):
        at = kept.find(line.plain[:1], at) if line.plain else at
        line.plain = kept[at : at + len(line.plain)]
        at += len(line.plain)
        line.rstrip()
        first = Text(lead if number == 0 else " " * indent, style=style)
        console.print(first.append_text(line), soft_wrap=True)


def echo(text: str, *, err: bool = False) -> None:
    """Print lines of text, wrapped between words where they go to a terminal and as they are where they do not."""
    file = sys.stderr if err else sys.stdout
    stream = Stream(shutil.get_terminal_size().columns - 1 if file.isatty() else 0)
    print(stream.feed(text) + stream.end(), file=file, flush=True)


class Stream:
    """What a model says, written as it comes: a word that does not fit starts the next line, below its paragraph's first letter.

    ``width`` 0 writes everything as it is. ``feed`` returns what to print now, ``end`` what was held back.
    """

    def __init__(self, width: int) -> None:
        self.width = width
        self._column = self._indent = 0
        self._word = self._line = ""

    def feed(self, text: str) -> str:
        if not self.width:
            return text
        out = []
        for ch in text:
            if ch == "\n":
                out.append(self._put() + "\n")
                self._column = self._indent = 0
                self._line = ""
            elif ch == " " and self._word.strip():
                out.append(self._put())
                self._word = ch
            else:
                self._word += ch
        return "".join(out)

    def end(self) -> str:
        return self._put()

    def _put(self) -> str:
        """The word held back, on this line or on the next."""
        word, self._word = self._word, ""
        if not self._column:
            found = _LEAD.match(word + " ")
            self._indent = min(cell_len(found[0]) if found else 0, self.width // 2)
        tied = bool(word.strip()) and (word.strip()[0] in ":;?!»%€" or self._line.endswith("«"))
        if self._column and not tied and self._column + cell_len(word) > self.width:
            self._line, self._column = word.strip(), self._indent + cell_len(word.strip())
            return "\n" + " " * self._indent + word.lstrip()
        self._line += word
        if len(self._line) <= 4 and (found := _LEAD.fullmatch(self._line + " ")):
            self._indent = cell_len(found[0])
        self._column += cell_len(word)
        return word
