"""Names that wishes bear: of what is made, of folders, of templates and tables, and the patterns of file names."""

from __future__ import annotations

from confrere.models.builtin.parties import name_of, party_ahead
from confrere.models.builtin.patterns import pattern_of
from confrere.models.builtin.phrase import Phrase
from confrere.models.builtin.slots import put
from confrere.models.builtin.understanding import Wish

FORMATS = {
    "recap": ("xlsx", "csv"),
    "extract": ("xlsx", "csv"),
    "index": ("html", "xlsx"),
    "report": ("docx", "pdf", "md"),
    "minutes": ("docx", "pdf", "md"),
    "consolidate": ("xlsx",),
    "deck": ("pptx",),
    "convert": ("pdf", "docx", "xlsx", "csv", "txt", "md", "html", "image"),
}


_SPANS = {
    "jour": 1,
    "jours": 1,
    "day": 1,
    "days": 1,
    "j": 1,
    "semaine": 7,
    "semaines": 7,
    "week": 7,
    "weeks": 7,
    "mois": 30,
    "month": 30,
    "months": 30,
}


_FRONT = {"debut", "devant", "avant", "prefixe", "prefix", "start", "front", "beginning", "tete", "first", "before"}


_BACK = {"fin", "end", "suffixe", "suffix", "apres", "after", "back"}


class Naming(Phrase):
    """Fills the names."""

    def _quote(self, wish: Wish) -> None:
        """Whom a quote is for, the files of its lines and of its template, how long it holds."""
        for index, item in enumerate(self.parts):
            after = self.parts[index + 1] if index + 1 < len(self.parts) else None
            if "client" not in wish.params and (
                item.has("t.quote", "n.offer", "g.for", "d.client") or item.bare in ("au nom de", "a l'ordre de")
            ):
                at = index + 1
                while at < len(self.parts) and (
                    self.parts[at].has("g.definite", "g.for", "d.client", "g.of") or (self.parts[at].filler and not self.parts[at].proper)
                ):
                    at += 1
                run = party_ahead(self.parts, at, loose=not item.has("t.quote", "n.offer"))
                if run:
                    wish.params["client"] = name_of(run)
                    for part in run:
                        part.used = True
            if item.used:
                continue
            if item.kind == "file":
                table = item.bare.endswith((".csv", ".tsv", ".xlsx", ".xls", ".ods"))
                template = not table or any(part.has("n.template") for part in self.parts[max(0, index - 3) : index])
                put(wish.params, "template" if template else "lines", item.text)
                item.used = True
            elif item.kind in ("number", "period") and after is not None and after.bare in _SPANS and item.kind == "number":
                put(wish.params, "valid", int(str(item.value)) * _SPANS[after.bare])
                item.used = after.used = True
        if not wish.params.get("template") and any(item.has("n.template") for item in self.parts):
            wish.params["template"] = "*"
        for item in self.parts:
            item.used |= item.has("n.template", "n.amounts", "n.data", "t.quote", "d.client", "g.with")

    def _looks(self) -> None:
        """The file whose look a presentation takes ("à partir du modèle charte.pptx"); the folder named before its noun ("an
        Archive folder"); the order photos are renamed by."""
        deck = next((w for w in self.made if w.operation == "deck"), None)
        for index, item in enumerate(self.parts):
            if item.used:
                continue
            if deck is not None and item.kind == "file" and item.bare.endswith((".pptx", ".potx", ".ppt")):
                put(deck.params, "template", item.text)
                item.used = True
            elif item.has("n.folder") and index >= 2 and self.made[-1].operation == "sort" and not self.made[-1].params.get("by"):
                ahead, before = self.parts[index - 1], self.parts[: index - 1]
                if ahead.proper and not ahead.used and any(part.has("g.in") for part in before[-2:]):
                    put(self.made[-1].params, "folder", ahead.text)
                    ahead.used = item.used = True
        for wish in self.made:
            ways = [way for way in wish.params.get("by", []) if way in ("date", "client", "supplier", "type")]
            if wish.operation == "rename" and ways and "pattern" not in wish.params:
                wish.params["pattern"] = "_".join([*(f"{{{way}}}" for way in ways), "{name}"])
                del wish.params["by"]

    def _names(self) -> None:
        """Names given to what is made, folders to put things in, patterns, templates."""
        for index, item in enumerate(self.parts):
            if item.used:
                continue
            rename = next((w for w in self.made if w.operation == "rename"), None)
            if (
                item.kind in ("pattern", "quote")
                and rename is not None
                and not pattern_of(item.text)
                and not self.has("n.folder", "g.except")
            ):
                self.made.remove(rename)  # a name given outright cannot be for several files: said, not done otherwise
                if not self.made:
                    return
            elif item.kind in ("pattern", "quote", "file") and rename is not None and (pattern := pattern_of(item.text)):
                put(rename.params, "pattern", pattern + self._more_of(index) if item.kind == "pattern" else pattern)
                item.used = True
            elif item.has("g.named", "g.pattern"):
                self._named(index)
            elif (
                item.has("n.folder")
                and self.preceded(item, "g.in", "g.indefinite", "g.definite")
                and any(w.operation in ("sort", "duplicates", "merge", "convert") for w in self.made)
                and any(other.has("g.in", "v.make", "v.move") for other in self.parts[:index])
            ):
                at = index + 1
                while at < len(self.parts) and (self.parts[at].has("g.named", "g.of", "n.names") or self.parts[at].filler):
                    at += 1
                run = party_ahead(self.parts, at, loose=True)
                plain = self.parts[at : at + 1]
                if (
                    not run
                    and plain
                    and at == index + 1
                    and not plain[0].used
                    and (plain[0].has("t.", "k.", "n.") or plain[0].kind in ("period", "number"))
                ):
                    run = plain  # "dans dossier photo"
                if run:
                    target = next(w for w in self.made if w.operation in ("sort", "duplicates", "merge", "convert"))
                    put(target.params, "folder", " ".join(part.text for part in run))
                    for part in [item, *run]:
                        part.used = True
            elif item.has("n.template"):
                run = [part for part in self.parts[index + 1 :] if part.kind in ("quote", "file")][:1]
                quote = next((w for w in self.made if w.operation in ("quote", "deck", "report")), None)
                if quote is not None:
                    if run:
                        quote.params["template"] = run[0].text
                        run[0].used = True
                    item.used = True
            elif (
                (item.kind in ("pattern", "quote", "file") or item.proper)
                and self.made[-1].operation == "duplicates"
                and self.made[-1].params.get("action") == "aside"
                and self.preceded(item, "g.in")
                and not item.has("n.", "t.", "k.")
            ):
                put(self.made[-1].params, "folder", item.text.strip("/"))
                item.used = True
            elif item.kind == "file" and self.preceded(item, "g.in") and self.made[-1].operation in (*FORMATS, "merge"):
                put(self.made[-1].params, "name", item.text)
                item.used = True

    def _more_of(self, index: int) -> str:
        """What goes on with a name pattern after dashes: "[Client] - [Date] - Agreement"."""
        out = ""
        for dash, part in zip(self.parts[index + 1 :: 2], self.parts[index + 2 :: 2], strict=False):
            if dash.text not in ("-", "–", "—", "_") or not (part.kind == "pattern" or part.proper or part.kind == "unknown"):
                break
            out += f"_{pattern_of(part.text) or part.text}"
            dash.used = part.used = True
        return out

    def _named(self, index: int) -> None:
        item = self.parts[index]
        for at in range(index + 1, min(index + 4, len(self.parts))):
            other = self.parts[at]
            if other.kind in ("quote", "file", "pattern") or ((other.kind == "unknown" or other.proper) and other.text[:1].isalpha()):
                run = [other] if other.kind in ("quote", "file", "pattern") else party_ahead(self.parts, at, loose=True) or [other]
                text = " ".join(part.text for part in run)
                rename = next((w for w in self.made if w.operation == "rename"), None)
                if rename is not None:
                    if pattern := pattern_of(text):
                        put(rename.params, "pattern", pattern)
                    else:
                        continue
                elif any(part.has("n.folder") for part in self.parts[:index]):
                    put(self.made[-1].params, "folder", text)
                else:
                    put(self.made[-1].params, "name", text)
                for part in [item, *run]:
                    part.used = True
                return

    def _pattern(self, parts: list[str]) -> str:
        """A pattern from the parts named; one part alone goes before the name there is, or after it where the words say so."""
        edges = {item.bare: item for item in self.parts if item.bare in _FRONT or item.bare in _BACK}
        for item in edges.values():
            item.used = True
        if len(parts) > 1:
            return "_".join(f"{{{part}}}" for part in parts)
        named = "_".join(f"{{{part}}}" for part in parts if part != "name")
        return f"{{name}}_{named}" if any(bare in _BACK for bare in edges) else f"{named}_{{name}}"
