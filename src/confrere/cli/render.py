"""The plan, the change set and the report as a person reads them in a terminal."""

from __future__ import annotations

from typing import Any

import msgspec
from rich.console import Console
from rich.text import Text
from rich.tree import Tree

from confrere.agent.task import TaskState
from confrere.messages import say, show
from confrere.policy.plan import Plan
from confrere.workspace.changes import Change, ChangeSet
from confrere.workspace.paths import name
from confrere.workspace.transaction import Outcome

_LIMIT = 60  # lines of a tree; the rest is counted
_STYLE = {"create": "green", "modify": "yellow", "move": "cyan", "delete": "red", "mkdir": "green", "rmdir": "red"}


def plan(console: Console, found: Plan, language: str) -> None:
    console.print()
    console.print(say("cli.plan-title", language), style="bold")
    touched: list[str] = []
    for number, step in enumerate(found.steps, start=1):
        line = Text(f"  {number}. ", style="bold")
        line.append(show(step.title), style="")
        risk = say(f"cli.risk-{step.risk}", language)
        line.append(f"  {risk}", style="red" if step.risk == "acts" else "dim")
        console.print(line)
        if step.touches and step.touches != touched:
            touched = step.touches
            names = ", ".join(show(name(path)) for path in touched[:3])
            more = f" … ({say('cli.files', language, count=step.files)})" if step.files > 3 else ""
            console.print(Text(f"     {names}{more}", style="dim"))
        if step.risk == "acts":  # a title is a model's prose: what leaves the machine is shown as it would be sent
            for field, value in step.args.items():
                text = value if isinstance(value, str) else msgspec.json.encode(value).decode("utf-8", "replace")
                console.print(Text(f"     {show(field)}: {show(text, lines=True)}"))
        for doubt in step.doubts:
            if doubt not in found.doubts:
                console.print(Text(f"     ? {show(doubt)}", style="yellow"))
    for key, lines, style in (
        ("cli.plan-grants", found.grants, ""),
        ("cli.plan-warnings", found.warnings, "red"),
        ("cli.plan-doubts", found.doubts, "yellow"),
        ("cli.plan-not-understood", found.not_understood, "yellow"),
    ):
        _list(console, say(key, language), lines, style)
    console.print()


def _list(console: Console, title: str, lines: list[str], style: str, limit: int = 12) -> None:
    if not lines:
        return
    console.print(title, style=f"bold {style}".strip(), markup=False)
    for line in lines[:limit]:
        console.print(Text(f"  • {show(line)}", style=style))
    if len(lines) > limit:
        console.print(Text(f"  … +{len(lines) - limit}", style="dim"))


def changes(console: Console, found: ChangeSet, language: str) -> None:
    console.print()
    counts = found.counts()
    summary = " · ".join(say(f"cli.count-{kind}", language, count=counts[kind]) for kind in _STYLE if counts.get(kind))
    console.print(say("cli.changes-title", language), style="bold", end="  ")
    console.print(summary, style="dim", markup=False)
    console.print(_tree(found.changes, language))
    for path, reason in found.left[:10]:
        console.print(Text(f"  ! {show(path)}: {say(reason, language)}", style="yellow"))


def _tree(entries: list[Change], language: str) -> Tree:
    tops: dict[str, Any] = {}
    shown = 0
    tree = Tree("", hide_root=True)
    nodes: dict[str, Tree] = {"": tree}
    hidden: dict[str, int] = {}

    def folder(path: str, style: str = "bold") -> Tree:
        if path not in nodes:
            above = folder(path.rpartition("/")[0])
            nodes[path] = above.add(Text(f"{show(name(path))}/", style=style))
        return nodes[path]

    for change in sorted(entries, key=lambda change: (change.path.rpartition("/")[0], change.kind, change.path)):
        if change.kind == "mkdir":
            folder(change.path, "bold green")
            continue
        above = change.path.rpartition("/")[0]
        if shown >= _LIMIT or hidden.get(above) or sum(1 for other in tops.get(above, [])) >= 8:
            hidden[above] = hidden.get(above, 0) + 1
            folder(above)
            continue
        tops.setdefault(above, []).append(change)
        shown += 1
        folder(above).add(_line(change, language))
    for path, count in hidden.items():
        nodes[path].add(Text(f"… +{count}", style="dim"))
    return tree


def _line(change: Change, language: str) -> Text:
    style = _STYLE[change.kind]
    line = Text(f"{say('cli.mark-' + change.kind, language)} ", style=style)
    line.append(show(name(change.path)))
    if change.kind == "move":
        folder, _, old = change.origin.partition("/")[2].rpartition("/")
        whence = f"{folder}/" if old == name(change.path) else change.origin.partition("/")[2]
        if whence != "/":
            line.append(f"  ← {show(whence)}", style="dim")
    if change.conflict:
        line.append(f"  ⚠ {say(change.conflict, language)}", style="red")
    return line


def undone(console: Console, outcome: Outcome, language: str) -> None:
    files = sum(1 for entry in outcome.made if entry.change.kind not in ("mkdir", "rmdir"))
    console.print(say("cli.undone", language, count=files), style="bold", markup=False)
    for entry in outcome.refused:
        console.print(Text(f"  ⚠ {show(entry.change.origin or entry.change.path)}: {say(entry.refused, language)}", style="yellow"))


def report(console: Console, state: TaskState, told: str = "") -> None:
    """``told`` is what the model just said on the same screen: it is not said again."""
    language, found = state.language, state.report
    if found["answer"] and not found["deliverables"] and not state.standing():
        if found["answer"].strip() != told.strip():
            console.print(Text(show(found["answer"], lines=True)))
        return
    console.print()
    console.print(say("cli.report-title", language), style="bold")
    if found["answer"] and found["answer"].strip() != told.strip():
        console.print(Text(show(found["answer"], lines=True)))
    for entry in found["deliverables"]:
        line = Text("  ▸ ", style="green")
        line.append(show(entry["path"]), style="bold")
        line.append(f"  {_size(entry['size'], language)}  sha256 {entry['sha256'][:12]}", style="dim")
        console.print(line)
        for finding in entry["findings"]:
            console.print(Text(f"      ⚠ {show(finding)}", style="yellow"))
        for note in entry["notes"]:
            console.print(Text(f"      · {show(note)}", style="dim"))
    for check in found["checks"]:
        console.print(Text(f"  {'✓' if check['ok'] else '⚠'} {show(check['text'])}", style="green" if check["ok"] else "yellow"))
    for entry in found["refused"]:
        console.print(Text(f"  ⚠ {show(entry['path'])}: {show(entry['reason'])}", style="red"))
    _list(console, say("cli.report-warnings", language), found["warnings"], "red")
    _list(console, say("cli.report-doubts", language), found["doubts"], "yellow")
    omissions = [f"{entry['path']}: {entry['reason']}" for entry in found["omissions"]]
    _list(console, say("cli.report-omissions", language), omissions, "yellow")
    _cost(console, found, language)


def _cost(console: Console, found: dict[str, Any], language: str) -> None:
    tokens = found["tokens"]["input"] + found["tokens"]["output"]
    cost = found["cost_usd"]
    spent = say("cli.cost-unknown", language) if cost is None else f"{cost:.2f} USD"
    where = ", ".join(found["left_the_machine"]) or say("cli.nothing-left", language)
    values = {"seconds": found["seconds"], "model": found["model"], "tokens": tokens, "cost": spent, "where": where}
    console.print(say("cli.report-cost", language, **values), style="dim", markup=False)


def _size(size: int, language: str) -> str:
    amount = float(size)
    units = ["o", "ko", "Mo", "Go"] if language == "fr" else ["B", "kB", "MB", "GB"]
    while amount >= 1000 and len(units) > 1:
        amount /= 1000
        units.pop(0)
    text = f"{amount:.0f}" if units[0] in ("o", "B") else f"{amount:.1f}"
    return f"{text.replace('.', ',') if language == 'fr' else text} {units[0]}"
