"""The step of each operation: its tool, its arguments, its title, and what is doubtful about it."""

from __future__ import annotations

import re
from typing import Any

from confrere.messages import say
from confrere.models.builtin.understanding import Understanding, Wish
from confrere.models.builtin.wording import field, shown, way
from confrere.tools.office.files import kind_of
from confrere.tools.office.scope import Scope
from confrere.tools.office.sort import unsorted
from confrere.tools.office.words import tell

MOST_SLIDES = 30


def _sort(
    found: Understanding, wish: Wish, seen: dict[str, Any], survey: dict[str, Any], args: dict[str, Any], doubts: list[str]
) -> tuple[str, str]:
    language = found.language
    folder = wish.params.get("folder", "")
    by = [one for one in wish.params.get("by", []) if one != "vat"]
    if folder:
        args["folder"] = folder
    if not by and not folder:
        by = ["client"] if seen.get("clients", 0) >= 2 and 2 * seen.get("no_client", 0) <= seen["files"] else ["type"]
        doubts.append(say("builtin.doubt-sort-how", language, by=way(by[0], {}, language)))
    args["by"] = by
    for party in ("client", "supplier"):
        if party in by and seen.get(f"no_{party}"):
            doubts.append(
                say(f"builtin.doubt-none-{party}", language, folder=say("office.folder-unsorted", language))
                if seen[f"no_{party}"] == seen["files"]
                else unsorted(seen[f"no_{party}"], party, language)
            )
    if "client" in by or "supplier" in by:
        doubts += _party_doubts(survey, language, [f"{party}s" for party in ("client", "supplier") if party in by])
    if not by:
        return "sort_files", tell("builtin.step-sort-into", language, seen["files"], files=seen["files"], folder=folder)
    how = say("builtin.then", language).join(way(one, seen, language) for one in by)
    return "sort_files", tell("builtin.step-sort", language, seen["files"], files=seen["files"], how=how)


def _party_doubts(survey: dict[str, Any], language: str, axes: list[str]) -> list[str]:
    known = {name for axis in axes for name in survey.get(axis, {})}
    out = [
        say("builtin.doubt-merged", language, name=name, spellings=", ".join(spellings))
        for name, spellings in survey.get("merged", {}).items()
        if name in known
    ][:8]
    out += [
        say("builtin.doubt-unsure", language, one=one, other=other)
        for one, other in survey.get("unsure", [])
        if one in known or other in known
    ][:8]
    if survey.get("us"):
        out.append(say("builtin.doubt-us", language, name=survey["us"]))
    return out


def _rename(
    found: Understanding, wish: Wish, seen: dict[str, Any], survey: dict[str, Any], args: dict[str, Any], doubts: list[str]
) -> tuple[str, str]:
    pattern = wish.params.get("pattern", "")
    if not pattern:
        doubts.append(say("builtin.doubt-pattern", found.language))
        return "rename_files", tell("builtin.step-rename-tidy", found.language, seen["files"], files=seen["files"])
    args["pattern"] = pattern
    shown = re.sub(r"\{(\w+)\}", lambda part: say(f"office.part-{part[1]}", found.language), pattern)
    return "rename_files", tell("builtin.step-rename", found.language, seen["files"], files=seen["files"], pattern=shown)


def _duplicates(
    found: Understanding, wish: Wish, seen: dict[str, Any], survey: dict[str, Any], args: dict[str, Any], doubts: list[str]
) -> tuple[str, str]:
    action = wish.params.get("action", "report")
    args["action"] = action
    if wish.params.get("folder") and action == "aside":
        args["folder"] = wish.params["folder"]
    copies = survey.get("duplicates", {}).get("files", 0)
    return "find_duplicates", say(f"builtin.step-duplicates-{action}", found.language, copies=copies, files=seen["files"])


def _recap(
    found: Understanding, wish: Wish, seen: dict[str, Any], survey: dict[str, Any], args: dict[str, Any], doubts: list[str]
) -> tuple[str, str]:
    language = found.language
    _take(wish, args, "by", "columns", "format", "name", "each")
    if seen.get("check"):
        doubts.append(tell("office.totals-to-check", language, seen["check"], count=seen["check"]))
    if wish.operation == "extract":
        named = ", ".join(field(name, language) for name in args.get("columns", []))
        key = "builtin.step-extract" if named else "builtin.step-extract-all"
        args.setdefault("columns", ["file", "type", "client", "supplier", "number", "date", "due_date", "currency", "net", "tax", "total"])
        return "recap_workbook", tell(key, language, seen["files"], columns=named, files=seen["files"])
    if wish.operation == "consolidate":
        args["by"] = args.get("by") or ["month"]
        only = Scope(since=args.get("only", {}).get("since", ""), until=args.get("only", {}).get("until", ""))
        month = only.since[:7] if only.since and only.since[:7] == only.until[:7] else ""
        args.setdefault("name", " ".join(part for part in (say("office.file-consolidation", str(args["language"])), month) if part))
        args["against"] = wish.params.get("against", "previous")
        _unnamed(args, doubts, language)
        return "recap_workbook", tell("builtin.step-consolidate", language, seen.get("amounts", 0), amounts=seen.get("amounts", 0))
    if wish.params.get("against"):
        args["against"] = wish.params["against"]
        _unnamed(args, doubts, language)
    if args.get("each"):
        each = way(args["each"], seen, language)
        return "recap_workbook", tell("builtin.step-each", language, seen.get("amounts", 0), amounts=seen.get("amounts", 0), each=each)
    by = [way(one, {}, language) for one in args.get("by", [])]
    how = say("builtin.step-recap-by", language, by=say("builtin.then", language).join(by)) if by else ""
    return "recap_workbook", tell("builtin.step-recap", language, seen.get("amounts", 0), amounts=seen.get("amounts", 0), how=how)


def _unnamed(args: dict[str, Any], doubts: list[str], language: str) -> None:
    """The doubt of a comparison whose present period the person did not name."""
    only = args.get("only", {})
    if only.get("since") and only.get("until"):
        return
    span = args["against"] if args["against"] in ("previous-quarter", "previous-year") else "previous"
    if args["against"] != "previous" and span == "previous":
        doubts.append(say("builtin.doubt-period-after", language, period=args["against"]))
    else:
        doubts.append(say(f"builtin.doubt-period-{span}", language))


def _take(wish: Wish, args: dict[str, Any], *names: str) -> None:
    for name in names:
        if wish.params.get(name):
            args[name] = wish.params[name]


def _deck(
    found: Understanding, wish: Wish, seen: dict[str, Any], survey: dict[str, Any], args: dict[str, Any], doubts: list[str]
) -> tuple[str, str]:
    slides = wish.params.get("slides")
    if slides is None:
        doubts.append(say("builtin.doubt-slides", found.language))
        slides = 8
    if int(slides) > MOST_SLIDES:
        doubts.append(say("builtin.doubt-slides-most", found.language, slides=slides))
    args["slides"] = max(1, min(MOST_SLIDES, int(slides)))
    _take(wish, args, "by", "name", "template")
    return "make_deck", tell("builtin.step-deck", found.language, seen["files"], slides=args["slides"], files=seen["files"])


def _report(
    found: Understanding, wish: Wish, seen: dict[str, Any], survey: dict[str, Any], args: dict[str, Any], doubts: list[str]
) -> tuple[str, str]:
    _take(wish, args, "by", "format", "name")
    args.setdefault("format", "docx")
    if wish.params.get("pages"):
        doubts.append(say("builtin.doubt-pages", found.language, pages=wish.params["pages"]))
    return "make_report", tell("builtin.step-report", found.language, seen["files"], files=seen["files"], format=shown(args["format"]))


def _index(
    found: Understanding, wish: Wish, seen: dict[str, Any], survey: dict[str, Any], args: dict[str, Any], doubts: list[str]
) -> tuple[str, str]:
    _take(wish, args, "format", "name")
    args.setdefault("format", "html")
    return "make_index", tell("builtin.step-index", found.language, seen["files"], files=seen["files"], format=shown(args["format"]))


def _minutes(
    found: Understanding, wish: Wish, seen: dict[str, Any], survey: dict[str, Any], args: dict[str, Any], doubts: list[str]
) -> tuple[str, str]:
    _take(wish, args, "format", "name")
    args.setdefault("format", "docx")
    meetings = sum(seen.get("types", {}).get(name, 0) for name in ("transcript", "minutes"))
    return "make_minutes", tell("builtin.step-minutes", found.language, meetings, files=meetings, format=shown(args["format"]))


def _merge(
    found: Understanding, wish: Wish, seen: dict[str, Any], survey: dict[str, Any], args: dict[str, Any], doubts: list[str]
) -> tuple[str, str]:
    only = args.get("only", {})
    tables = bool(only.get("names")) and all(kind_of(name) in ("csv", "xlsx") for name in only["names"])
    if tables or (set(only.get("kinds", [])) and set(only.get("kinds", [])) <= {"csv", "xlsx"}) or only.get("types") == ["spreadsheet"]:
        args["combine"] = True
        return "clean_data", say("builtin.step-merge-tables", found.language, files=seen["files"])
    _take(wish, args, "name", "order")
    return "merge_pdfs", tell("builtin.step-merge", found.language, seen["files"], files=seen["files"])


def _split(
    found: Understanding, wish: Wish, seen: dict[str, Any], survey: dict[str, Any], args: dict[str, Any], doubts: list[str]
) -> tuple[str, str]:
    pages = [int(page) for page in wish.params.get("pages", [])]
    if pages:
        args["first"], args["last"] = pages[0], pages[-1]
    if wish.params.get("every"):
        args["every"] = int(wish.params["every"])
    return "split_pdf", tell("builtin.step-split", found.language, seen["files"], files=seen["files"])


def _convert(
    found: Understanding, wish: Wish, seen: dict[str, Any], survey: dict[str, Any], args: dict[str, Any], doubts: list[str]
) -> tuple[str, str]:
    args["to"] = wish.params.get("to", "pdf")
    return "convert_files", tell("builtin.step-convert", found.language, seen["files"], files=seen["files"], to=shown(args["to"]))


def _quote(
    found: Understanding, wish: Wish, seen: dict[str, Any], survey: dict[str, Any], args: dict[str, Any], doubts: list[str]
) -> tuple[str, str]:
    args.pop("only", None)
    args.pop("exclude", None)
    _take(wish, args, "client", "lines", "template", "valid", "number", "name", "quantities")
    client = str(args.get("client", ""))
    if not client:
        doubts.append(say("builtin.doubt-quote-client", found.language))
    if not args.get("lines"):
        doubts.append(say("builtin.doubt-quote-lines", found.language))
    named = say("builtin.quote-for", found.language, client=client) if client else ""
    title = say("builtin.step-quote", found.language, named=named)
    listed = ", ".join(args.get("quantities", []))
    return "make_quote", (f"{title} : {listed}" if found.language == "fr" else f"{title}: {listed}") if listed else title


def _clean(
    found: Understanding, wish: Wish, seen: dict[str, Any], survey: dict[str, Any], args: dict[str, Any], doubts: list[str]
) -> tuple[str, str]:
    return "clean_data", tell("builtin.step-clean", found.language, seen["files"], files=seen["files"])


MAKERS = {
    "sort": _sort,
    "rename": _rename,
    "duplicates": _duplicates,
    "recap": _recap,
    "extract": _recap,
    "consolidate": _recap,
    "deck": _deck,
    "report": _report,
    "index": _index,
    "minutes": _minutes,
    "merge": _merge,
    "split": _split,
    "convert": _convert,
    "clean": _clean,
    "quote": _quote,
}
