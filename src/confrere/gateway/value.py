"""Time saved, a line a task: what it would have taken by hand, as the person stated or by a rule that is shown, less the person's own time.

The rule, in minutes: half for each file moved, renamed, made or changed; a quarter for each file read for its content; fifteen for
each deliverable.
What is counted against it is the time from the plan shown to its approval and from the changes shown to their applying, ten minutes
at most each: the
machine's own time costs the person nothing.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable
from datetime import datetime

from confrere.agent.task import load
from confrere.gateway.shapes.base import sentence
from confrere.gateway.shapes.value import Value, ValueLine
from confrere.journal.store import SYSTEM, Event, Store

_FILE, _READ, _DELIVERABLE = 0.5, 0.25, 15.0
_MOST_ATTENTION = 10.0
_FINISHED = ("applied", "done")


def measure(store: Store, first: str, last: str, only: str = "") -> Value:
    """Finished tasks between two days (ISO, both included; "" for no bound)."""
    stated: dict[str, dict[str, float]] = {}
    for event in store.read(SYSTEM, kinds=("value.stated",)):
        stated.setdefault(event.body["task"], {}).update({name: value for name, value in event.body.items() if name != "task"})
    lines = []
    for task in [only] if only else store.tasks():
        begun = next(iter(store.read(task)), None)
        if begun is None or (first and begun.at[:10] < first[:10]) or (last and begun.at[:10] > last[:10]):
            continue
        line = _line(store, task, stated.get(task, {}))
        if line is not None and (only or (line.state in _FINISHED and line.files + line.deliverables)):
            lines.append(line)
    return Value(
        from_=first,
        to=last,
        tasks=len(lines),
        minutes_saved=round(sum(line.minutes_saved for line in lines), 1),
        minutes_worked=round(sum(line.minutes for line in lines), 1),
        cost_usd=round(sum(line.cost_usd or 0.0 for line in lines), 4),
        corrections=sum(line.corrections for line in lines),
        stated=sum(line.stated for line in lines),
        rule=sentence("gateway.value-rule"),
        lines=lines,
    )


def _corrections(events: Iterable[Event]) -> int:
    """How often the plan had to be changed: by hand, or by a remark that brought another plan. A question that left it as it was is none."""
    count, steps = 0, None
    for event in events:
        now = [(step["tool"], step["args"]) for step in event.body["plan"]["steps"]]
        count += event.kind == "plan.edited" or (steps is not None and now != steps)
        steps = now
    return count


def _line(store: Store, task: str, said: dict[str, float]) -> ValueLine | None:
    state = load(store, task)
    standing = state.standing()
    touched = sum(1 for entry in standing if entry.change.kind in ("create", "modify", "move", "delete"))
    made = {path for call in state.calls.values() for path in call.result.get("deliverables", [])}
    read = state.files_before if made else 0
    baseline = said.get("baseline_minutes")
    by_rule = _FILE * touched + _READ * read + _DELIVERABLE * len(made)
    minutes = _attention(list(store.read(task, kinds=_MOMENTS)))
    corrections = _corrections(store.read(task, kinds=("plan.proposed", "plan.edited")))
    chosen = by_rule if baseline is None else baseline
    return ValueLine(
        task=task,
        brief=state.brief,
        created=state.created,
        state=state.state,
        baseline_minutes=round(chosen, 1),
        stated=baseline is not None,
        minutes=round(minutes, 1),
        minutes_saved=round(max(0.0, chosen - minutes), 1) if state.state in _FINISHED else 0.0,
        files=touched,
        deliverables=len(made),
        corrections=int(said.get("corrections", corrections)),
        cost_usd=0.0 if state.model == "builtin" else state.usage.cost_usd,
    )


_MOMENTS = ("plan.proposed", "plan.approved", "plan.declined", "review.ready", "apply.planned")


def _attention(events: list[Event]) -> float:
    """Minutes a person is taken to have spent: from what was shown to the answer."""
    minutes, shown = 0.0, ""
    for event in events:
        if event.kind in ("plan.proposed", "review.ready"):
            shown = event.at
        elif shown:
            spent = (datetime.fromisoformat(event.at) - datetime.fromisoformat(shown)).total_seconds() / 60
            minutes, shown = minutes + min(spent, _MOST_ATTENTION), ""
    return minutes


# at the start of a cell; a spreadsheet set to French begins another at each semicolon
_FORMULA = re.compile(r"(^|[;\t\r\n])(\s*[=+\-@＝＋－＠])")


def table(found: Value) -> str:
    """The lines as CSV. What a spreadsheet would take for a formula is made text."""
    out = io.StringIO()
    writer = csv.writer(out)
    names = [name for name in ValueLine.__struct_fields__]
    writer.writerow(names)
    for line in found.lines:
        cells = [getattr(line, name) for name in names]
        writer.writerow([_FORMULA.sub(r"\1'\2", cell) if isinstance(cell, str) else cell for cell in cells])
    return out.getvalue()
