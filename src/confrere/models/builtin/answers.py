"""What the builtin model says in words: answers to questions, what is out of reach, the end of the work."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from confrere.messages import say
from confrere.models.builtin.understanding import Understanding, Wish
from confrere.models.builtin.wording import described
from confrere.models.messages import Message
from confrere.policy.plan import Plan
from confrere.tools.office.words import tell

_LISTED = 20
_NEEDS_MODEL = {
    "web",
    "translate",
    "creative",
    "advice",
    "code",
    "edit",
    "quote",
    "media",
}  # what is out of reach for want of a language model


def refusal(found: Understanding) -> str:
    """What cannot be done, what can, and what to set up; or a greeting; or that the brief was not understood."""
    language = found.language
    if found.stance == "chat":
        return f"{say('builtin.hello', language)}\n\n{say('builtin.able', language)}"
    if found.stance == "beyond":
        lines = [say(f"builtin.beyond-{beyond.code}", language, words=beyond.words) for beyond in found.beyond]
        setup = [say("builtin.beyond-setup", language)] if any(beyond.code in _NEEDS_MODEL for beyond in found.beyond) else []
        return "\n".join([*lines, *setup, "", say("builtin.able", language)])
    if found.refused and not found.not_understood:
        return say("builtin.only-refused", language)
    lines = [say("builtin.unknown", language)]
    if found.not_understood:
        lines.append(
            say(
                "builtin.unknown-words",
                language,
                words=", ".join(f"« {words} »" if language == "fr" else f"“{words}”" for words in found.not_understood),
            )
        )
    if found.nearest:
        lines.append(
            say("builtin.unknown-near", language, operations="; ".join(say(f"builtin.near-{name}", language) for name in found.nearest))
        )
    return "\n".join([*lines, say("builtin.able", language), say("builtin.beyond-setup", language)])


def money(sums: dict[str, str], language: str) -> str:
    """Sums by currency as a person writes them."""
    from confrere.documents.write import formats

    return " + ".join(formats.money(Decimal(value), code if code != "?" else "", language) for code, value in sorted(sums.items()))


def answer(found: Understanding, wish: Wish, data: dict[str, Any]) -> str:
    """The answer to a question, from what ``list_records`` gave."""
    copies = tell("builtin.answer-copies", found.language, data["copies"], count=data["copies"]) if data.get("copies") else ""
    return "\n".join(part for part in (_answer(found, wish, data), copies, *data.get("doubts", [])) if part)


def told(part: dict[str, Any], language: str) -> str:
    """The sums of a part of the documents; what was sold and what was bought said apart, never added up."""
    sides = {side: sums for side, sums in part.get("sides", {}).items() if sums}
    if len(sides) < 2:
        return money(part["sums"], language)
    return ", ".join(
        f"{say('office.side-' + (side or 'others'), language)} {money(sides[side], language)}"
        for side in sorted(sides, key=("sales", "purchases", "others", "").index)
    )


def _answer(found: Understanding, wish: Wish, data: dict[str, Any]) -> str:
    language, kind = found.language, wish.params.get("question", "which")
    what = described(wish.only.merged(found.only), language) or say("builtin.everything", language)
    records = data["records"]
    count = data["count"]
    if not count:
        return say("builtin.answer-none", language, what=what)
    measure = wish.params.get("measure", "")
    if "top" in wish.params:
        return _top(wish, data, what, language)
    if measure in ("client", "supplier") and kind in ("count", "which"):
        names = sorted({record[measure] for record in records if record.get(measure)})
        return tell(
            "builtin.answer-measure",
            language,
            len(names),
            count=len(names),
            measure=say(f"builtin.measure-{measure}", language),
            names=", ".join(names[:_LISTED]),
        )
    if kind == "sum":
        if not data["sums"]:
            return tell("builtin.answer-no-sum", language, count, count=count, what=what)
        lines = [tell("builtin.answer-sum", language, data["counted"], sums=told(data, language), count=data["counted"], what=what)]
        if data["doubtful"]:
            lines.append(tell("builtin.answer-doubtful", language, data["doubtful"], count=data["doubtful"]))
        lines += [
            f"- {name or '?'} : {told(part, language)}" if language == "fr" else f"- {name or '?'}: {told(part, language)}"
            for name, part in sorted(data.get("by", {}).items())
            if part["sums"]
        ]
        return "\n".join(lines)
    if kind in ("max", "min", "last", "first"):
        return _best(kind, records, count, what, language)
    head = tell("builtin.answer-count", language, count, count=count, what=what)
    lines = [say("builtin.answer-item", language, file=record["file"], details=_details(record, language)) for record in records[:_LISTED]]
    if count > _LISTED:
        lines.append(say("builtin.answer-more", language, count=count - _LISTED))
    if data.get("by"):
        lines = [
            f"- {name or '?'} : {part['files']}" if language == "fr" else f"- {name or '?'}: {part['files']}"
            for name, part in sorted(data["by"].items())
        ]
    return "\n".join([head, *lines])


def _top(wish: Wish, data: dict[str, Any], what: str, language: str) -> str:
    """The clients or suppliers with the largest (or smallest) sums, one currency at a time."""
    lines = []
    for code in sorted({code for part in data["by"].values() for code in part["sums"]}):
        ranked = sorted(
            ((Decimal(part["sums"][code]), name) for name, part in data["by"].items() if name and code in part["sums"]),
            reverse=wish.params["question"] == "max",
        )
        for value, name in ranked[: int(wish.params["top"])]:
            lines.append(say("builtin.answer-item", language, file=name, details=money({code: str(value)}, language)))
    if not lines:
        return say("builtin.answer-no-sum", language, count=data["count"], what=what)
    return "\n".join([say("builtin.answer-top", language, what=what), *lines])


def overview(found: Understanding, survey: dict[str, Any]) -> str:
    """What the folder holds, from the survey: counts by type, by client, duplicates, what could not be read."""
    language = found.language
    types = ", ".join(f"{say(f'office.folder-{name}', language).lower()} {count}" for name, count in survey.get("types", {}).items())
    lines = [say("builtin.overview", language, files=survey["files"], folders=survey["folders"], types=types)]
    if survey.get("clients"):
        lines.append(say("builtin.overview-clients", language, names=", ".join(f"{name} ({n})" for name, n in survey["clients"].items())))
    copies = survey.get("duplicates", {}).get("files", 0)
    if copies:
        lines.append(tell("builtin.overview-copies", language, copies, count=copies))
    unreadable = survey.get("unreadable", [])
    if unreadable:
        lines.append(say("builtin.overview-unreadable", language, names=", ".join(path for path, _ in unreadable)))
    return "\n".join(lines)


def _best(kind: str, records: list[dict[str, Any]], count: int, what: str, language: str) -> str:
    name = "total" if kind in ("max", "min") else "date"
    known = [record for record in records if record.get(name) and name not in record.get("check", {})]
    if not known:
        return tell("builtin.answer-no-sum", language, count, count=count, what=what)
    chosen = sorted(known, key=lambda record: Decimal(record[name]) if name == "total" else record[name])[
        -1 if kind in ("max", "last") else 0
    ]
    return say("builtin.answer-best", language, file=chosen["file"], details=_details(chosen, language), count=count, what=what)


def _day(value: str, language: str) -> str:
    from confrere.documents.write.formats import date

    try:
        return date(dt.date.fromisoformat(value), language)
    except ValueError:  # a month or a year alone
        return value


def _details(record: dict[str, Any], language: str) -> str:
    parts = [" → ".join(party for party in (record.get("supplier", ""), record.get("client", "")) if party)]
    if record.get("date"):
        parts.append(_day(record["date"], language))
    if record.get("total"):
        parts.append(money({record.get("currency", "?"): record["total"]}, language))
    return ", ".join(part for part in parts if part) or (
        say(f"office.folder-{record['type']}", language).lower() if record.get("type") else "-"
    )


def summary(plan: Plan, results: dict[str, Message]) -> str:
    """The last words: each step with what it gave, failures named."""
    language = plan.language
    failed = [step for step in plan.steps if results[step.id].failed]
    if not failed:
        head = say("builtin.done-one" if len(plan.steps) == 1 else "builtin.done", language, steps=len(plan.steps))
    else:
        head = tell(
            "builtin.done-partly", language, len(failed), done=len(plan.steps) - len(failed), steps=len(plan.steps), failed=len(failed)
        )
    lines = [
        say("builtin.failed-line", language, title=step.title, reason=_line(results[step.id].text))
        if results[step.id].failed
        else say("builtin.done-line", language, result=_line(results[step.id].text))
        for step in plan.steps
    ]
    return "\n".join([head, *lines])


def _line(text: str) -> str:
    return text.strip().splitlines()[0][:300] if text.strip() else ""
