"""From what was understood and what the folder holds to a plan."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import msgspec

from confrere.messages import say
from confrere.models.builtin.understanding import Understanding, Wish
from confrere.policy.plan import Plan, Step
from confrere.tools.office.files import kind_of
from confrere.tools.office.scope import Scope
from confrere.tools.office.sort import unsorted
from confrere.tools.office.words import tell

_ORDER = (
    "duplicates",
    "clean",
    "rename",
    "sort",
    "convert",
    "split",
    "merge",
    "minutes",
    "recap",
    "extract",
    "consolidate",
    "report",
    "deck",
    "index",
    "quote",
)
_SHALLOW = {"quote", "duplicates", "merge", "split", "convert", "clean"}
_SHALLOW_WAYS = {"year", "month", "quarter", "date", "extension"}
_CHANGES = {"sort", "rename"}
_KIND_SCOPES = {
    "merge": Scope(kinds=["pdf", "image", "docx", "xlsx", "pptx"]),
    "split": Scope(kinds=["pdf"]),
    "clean": Scope(kinds=["csv", "xlsx"]),
    "quote": Scope(kinds=["csv", "xlsx"]),
}
_NAMED = {
    "recap_workbook": "office.file-recap",
    "make_report": "office.file-report",
    "make_deck": "office.file-deck",
    "make_index": "office.file-index",
}
MOST_SLIDES = 30


def scopes(found: Understanding, wish: Wish) -> tuple[Scope, Scope]:
    """The files of one wish: its own restrictions and those that hold for all."""
    only, exclude = wish.only.merged(found.only), wish.exclude.merged(found.exclude)
    default = _KIND_SCOPES.get(wish.operation)
    if default is not None and not only.kinds and not only.names and not only.types and not only.formats:
        only = only.merged(default)
    return only, exclude


def depth(found: Understanding) -> str:
    """How far the folder must be looked at: "names" where no wish needs contents."""
    for wish in found.wishes:
        only, exclude = scopes(found, wish)
        shallow = (
            wish.operation in _SHALLOW
            or (
                wish.operation == "sort"
                and (set(wish.params.get("by", [])) <= _SHALLOW_WAYS and (wish.params.get("by") or wish.params.get("folder")))
            )
            or (wish.operation == "rename" and not wish.params.get("pattern"))
        )
        if not shallow or only.deep or exclude.deep:
            return "contents"
    return "names"


def survey_args(found: Understanding) -> dict[str, Any]:
    """The survey this understanding needs: one selection for each wish, in order."""
    selections = [
        {"only": scope_args(only), "exclude": scope_args(exclude)} for only, exclude in (scopes(found, wish) for wish in found.wishes)
    ]
    return {
        "depth": depth(found),
        "selections": selections,
        "duplicates": any(wish.operation in ("duplicates", "recap", "extract", "deck", "report") for wish in found.wishes),
    }


def scope_args(scope: Scope) -> dict[str, Any]:
    return dict(msgspec.to_builtins(scope))


def propose(found: Understanding, survey: dict[str, Any]) -> Plan:
    """The plan: a step for each wish that has files to work on, with counts, doubts and warnings in the person's language."""
    language = found.language
    plan = Plan(language=language, not_understood=list(found.not_understood))
    kept = [(wish, survey["selections"][index]) for index, wish in enumerate(found.wishes) if wish.operation != "list"]
    frozen = "change" in found.refused
    if frozen and any(wish.operation in _CHANGES or wish.params.get("action") in ("aside", "delete") for wish, _ in kept):
        plan.doubts.append(say("builtin.nothing-to-change", language))
        kept = [(wish, seen) for wish, seen in kept if wish.operation not in _CHANGES]
    kept.sort(key=lambda pair: _ORDER.index(pair[0].operation) if pair[0].operation in _ORDER else len(_ORDER))
    for wish, seen in kept:
        if wish.operation == "duplicates" and ("delete" in found.refused or frozen) and wish.params.get("action") in ("delete", "aside"):
            wish.params["action"] = "report" if frozen or wish.params["action"] == "delete" else wish.params["action"]
        if not seen["files"]:
            plan.doubts.append(
                say("builtin.doubt-nothing", language, words=described(scopes(found, wish)[0], language) or " ".join(wish.words))
            )
            continue
        step = _step(found, wish, seen, survey, len(plan.steps) + 1)
        plan.steps.append(step)
        plan.doubts += [doubt for doubt in step.doubts if doubt not in plan.doubts]
    _told_apart(plan, language)
    for beyond in found.beyond:
        plan.doubts.append(say(f"builtin.beyond-{beyond.code}", language, words=beyond.words))
        plan.not_understood.append(beyond.words)
    plan.doubts += _general(found, survey)
    plan.warnings += [
        say("builtin.warning-hidden", language, path=path, what=_hidden(code, language)) for path, code in survey.get("hostile", [])
    ]
    return plan


def _told_apart(plan: Plan, language: str) -> None:
    """Titles and file names that say which documents each is of, where several deliverables of one kind are made."""
    for step in plan.steps:
        alike = [other for other in plan.steps if other.tool == step.tool]
        words = described(_only(step), language)
        if len(alike) > 1 and step.tool in _NAMED and words and len({described(_only(other), language) for other in alike}) > 1:
            step.title = f"{step.title} : {words}" if language == "fr" else f"{step.title}: {words}"
            if not step.args.get("name"):
                step.args["name"] = f"{say(_NAMED[step.tool], str(step.args['language']))} - {words}"


def _only(step: Step) -> Scope:
    return msgspec.convert(step.args.get("only", {}), Scope)


def _step(found: Understanding, wish: Wish, seen: dict[str, Any], survey: dict[str, Any], number: int) -> Step:
    only, exclude = scopes(found, wish)
    language = str(wish.params.get("language") or found.language)
    args: dict[str, Any] = {"language": language}
    if only or only.same or only.apart:
        args["only"] = scope_args(only)
    if exclude:
        args["exclude"] = scope_args(exclude)
    doubts: list[str] = []
    maker = _MAKERS[wish.operation]
    tool, title = maker(found, wish, seen, survey, args, doubts)
    return Step(
        id=f"s{number}",
        tool=tool,
        title=title,
        args=args,
        touches=list(seen["examples"]),
        files=seen["files"],
        doubts=doubts,
        risk="changes",
    )


def _sort(
    found: Understanding, wish: Wish, seen: dict[str, Any], survey: dict[str, Any], args: dict[str, Any], doubts: list[str]
) -> tuple[str, str]:
    language = found.language
    folder = wish.params.get("folder", "")
    by = [way for way in wish.params.get("by", []) if way != "vat"]
    if folder:
        args["folder"] = folder
    if not by and not folder:
        by = ["client"] if seen.get("clients", 0) >= 2 and 2 * seen.get("no_client", 0) <= seen["files"] else ["type"]
        doubts.append(say("builtin.doubt-sort-how", language, by=_way(by[0], {}, language)))
    args["by"] = by
    for way in ("client", "supplier"):
        if way in by and seen.get(f"no_{way}"):
            doubts.append(
                say(f"builtin.doubt-none-{way}", language, folder=say("office.folder-unsorted", language))
                if seen[f"no_{way}"] == seen["files"]
                else unsorted(seen[f"no_{way}"], way, language)
            )
    if "client" in by or "supplier" in by:
        doubts += _party_doubts(survey, language, [f"{way}s" for way in ("client", "supplier") if way in by])
    if not by:
        return "sort_files", tell("builtin.step-sort-into", language, seen["files"], files=seen["files"], folder=folder)
    how = say("builtin.then", language).join(_way(way, seen, language) for way in by)
    return "sort_files", tell("builtin.step-sort", language, seen["files"], files=seen["files"], how=how)


def _way(way: str, seen: dict[str, Any], language: str) -> str:
    counts = {"client": "clients", "supplier": "suppliers", "year": "years", "month": "months", "extension": "extensions"}
    count = len(seen.get("types", {})) if way == "type" else seen.get(counts.get(way, ""), 0)
    text = say(f"builtin.by-{way}", language, count=count)
    return text if count > 1 or way in ("date", "document-date") else text.partition(" (")[0]


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
        named = ", ".join(_field(name, language) for name in args.get("columns", []))
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
        each = _way(args["each"], seen, language)
        return "recap_workbook", tell("builtin.step-each", language, seen.get("amounts", 0), amounts=seen.get("amounts", 0), each=each)
    by = [_way(way, {}, language) for way in args.get("by", [])]
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


def _field(name: str, language: str) -> str:
    from confrere.documents.write.labels import field_label

    return field_label(name, language).lower()


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
    return "make_report", tell("builtin.step-report", found.language, seen["files"], files=seen["files"], format=_shown(args["format"]))


def _shown(format: str) -> str:
    return {
        "docx": "Word",
        "pdf": "PDF",
        "md": "Markdown",
        "html": "HTML",
        "xlsx": "Excel",
        "csv": "CSV",
        "txt": "TXT",
        "image": "PNG",
        "pptx": "PowerPoint",
    }[format]


def _index(
    found: Understanding, wish: Wish, seen: dict[str, Any], survey: dict[str, Any], args: dict[str, Any], doubts: list[str]
) -> tuple[str, str]:
    _take(wish, args, "format", "name")
    args.setdefault("format", "html")
    return "make_index", tell("builtin.step-index", found.language, seen["files"], files=seen["files"], format=_shown(args["format"]))


def _minutes(
    found: Understanding, wish: Wish, seen: dict[str, Any], survey: dict[str, Any], args: dict[str, Any], doubts: list[str]
) -> tuple[str, str]:
    _take(wish, args, "format", "name")
    args.setdefault("format", "docx")
    meetings = sum(seen.get("types", {}).get(name, 0) for name in ("transcript", "minutes"))
    return "make_minutes", tell("builtin.step-minutes", found.language, meetings, files=meetings, format=_shown(args["format"]))


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
    return "convert_files", tell("builtin.step-convert", found.language, seen["files"], files=seen["files"], to=_shown(args["to"]))


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


_MAKERS = {
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


def _general(found: Understanding, survey: dict[str, Any]) -> list[str]:
    """Doubts about the folder and the reading of the brief, whatever the steps."""
    from confrere.tools.office.recap import reason

    language = found.language
    out = []
    unreadable = survey.get("unreadable", [])
    out += [say("builtin.doubt-unreadable", language, path=path, reason=reason(code, language)) for path, code in unreadable[:8]]
    if len(unreadable) > 8:
        out.append(say("builtin.doubt-more", language, count=len(unreadable) - 8))
    if survey.get("left_count"):
        out.append(tell("builtin.doubt-left", language, survey["left_count"], count=survey["left_count"]))
    if found.corrections:
        out.append(
            say("builtin.doubt-read-as", language, pairs=", ".join(f"{typed} → {meant}" for typed, meant in found.corrections.items()))
        )
    if found.purposes:
        out.append(say("builtin.doubt-purpose", language, words=" ; ".join(found.purposes)))
    return out


def _hidden(code: str, language: str) -> str:
    """What a reader's warning says, in words."""
    try:
        return say(f"documents.warning-{code}", language)
    except KeyError:
        return say("documents.warning-hidden-text", language)


def period(since: str, until: str, language: str) -> str:
    """A span of days as a person says it: a year, a month, or its two ends."""
    from confrere.documents.write.formats import date, month

    first, last = (dt.date.fromisoformat(end) if end else None for end in (since, until))
    if first and last:
        after = last + dt.timedelta(days=1)
        if (first.month, first.day, after.month, after.day) == (1, 1, 1, 1) and after.year == first.year + 1:
            return str(first.year)
        if first.day == after.day == 1 and (after.year * 12 + after.month) - (first.year * 12 + first.month) == 1:
            return month(first, language)
        return say("builtin.from-to", language, since=date(first, language), until=date(last, language))
    end = first or last
    return say("builtin.since" if first else "builtin.until", language, date=date(end, language)) if end else ""


def described(scope: Scope, language: str) -> str:
    """A scope in words: "factures, Dupont, 2026"."""
    parts = [say(f"office.folder-{name}", language).lower() for name in scope.types if name != "report"]
    parts += [
        _shown(kind)
        if kind in ("pdf", "docx", "xlsx", "csv", "html", "md", "txt", "pptx")
        else say(f"office.folder-{kind}", language).lower()
        for kind in [*scope.kinds, *scope.formats]
    ]
    parts += ([say(f"office.side-{scope.side}", language)] if scope.side else []) + scope.parties + scope.names
    if scope.since or scope.until:
        parts.append(period(scope.since, scope.until, language))
    if scope.at_least:
        parts.append(f"≥ {scope.at_least}")
    if scope.at_most:
        parts.append(f"≤ {scope.at_most}")
    return ", ".join(parts)
