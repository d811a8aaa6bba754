"""From what was understood and what the folder holds to a plan."""

from __future__ import annotations

from typing import Any

import msgspec

from confrere.messages import say
from confrere.models.builtin.steps import MAKERS
from confrere.models.builtin.understanding import Understanding, Wish
from confrere.models.builtin.wording import described
from confrere.policy.plan import Plan, Step
from confrere.tools.office.scope import Scope
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
    maker = MAKERS[wish.operation]
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
