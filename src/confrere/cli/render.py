"""The plan, the change set and the report as a person reads them in a terminal."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from typing import Any

import msgspec
from rich.console import Console
from rich.text import Text
from rich.tree import Tree

from confrere.agent.task import TaskState
from confrere.cli.flow import GLUE, hang
from confrere.messages import number_word, say, show, tell
from confrere.policy.plan import Plan
from confrere.workspace.changes import Change, ChangeSet
from confrere.workspace.paths import name
from confrere.workspace.transaction import Outcome

_LINES, _EACH = 60, 8  # lines of a tree, entries of a folder; the rest is counted
_MARK = {"create": "+", "modify": "~", "move": "→", "delete": "−", "mkdir": "+", "rmdir": "−"}
_STYLE = {"create": "green", "modify": "yellow", "move": "cyan", "delete": "red", "mkdir": "green", "rmdir": "red"}


def plan(console: Console, found: Plan, language: str) -> None:
    console.print()
    if found.answer:  # the brief asked something too
        _answer(console, found.answer)
        console.print()
    console.print(say("cli.plan-title", language), style="bold")
    touched: list[str] = []
    for number, step in enumerate(found.steps, start=1):
        line = Text(show(step.title))
        line.append(f"  {say(f'cli.risk-{step.risk}', language)}", style="red" if step.risk == "acts" else "dim")
        hang(console, f"  {number}. ", line)
        if step.touches and step.touches != touched:
            touched = step.touches
            names = ", ".join(show(name(path)) for path in touched[:3])
            more = f" … ({say('cli.files', language, count=step.files)})" if step.files > 3 else ""
            hang(console, "     ", f"{names}{more}", "dim")
        if step.risk == "acts":  # a title is a model's prose: what leaves the machine is shown as it would be sent
            for field, value in step.args.items():
                text = value if isinstance(value, str) else msgspec.json.encode(value).decode("utf-8", "replace")
                hang(console, "     ", f"{show(field)}: {show(text, lines=True)}")
        for doubt in step.doubts:
            if doubt not in found.doubts:
                hang(console, "     ? ", show(doubt), "yellow")
    for key, lines, style in (
        ("cli.plan-grants", found.grants, ""),
        ("cli.plan-warnings", found.warnings, "red"),
        ("cli.plan-doubts", found.doubts, "yellow"),
        ("cli.plan-not-understood", found.not_understood, "yellow"),
    ):
        _list(console, say(key, language), lines, style, language)
    console.print()


def _list(console: Console, title: str, lines: list[str], style: str, language: str, limit: int = 12) -> None:
    if not lines:
        return
    console.print(title, style=f"bold {style}".strip(), markup=False)
    shown = len(lines) if len(lines) == limit + 1 else limit
    for line in lines[:shown]:
        hang(console, "  • ", show(line), style)
    if len(lines) > shown:
        hang(console, "  … ", say("cli.more", language, count=len(lines) - shown), "dim")


def changes(console: Console, found: ChangeSet, language: str) -> None:
    console.print()
    counts = found.counts()
    summary = Text(f"{say('cli.changes-title', language)}  ", style="bold")
    for number, kind in enumerate(kind for kind in _STYLE if counts.get(kind)):
        summary.append("  " if number else "", style="not bold")
        told = tell(f"cli.count-{kind}", language, counts[kind], count=number_word(counts[kind], language))
        summary.append(f"{_MARK[kind]} {told}".replace(" ", GLUE), style=f"not bold {_STYLE[kind]}")
    hang(console, "", summary)
    console.print(_Forest(found.changes, language).tree())
    for path, reason in found.left[:10]:
        hang(console, "  ! ", f"{show(path)}{say('cli.colon', language)}{say(reason, language)}", "yellow")
    if len(found.left) > 10:
        hang(console, "  … ", say("cli.more", language, count=len(found.left) - 10), "dim")


class _Forest:
    """Changes by folder, in the order of a dictionary; a folder that goes away is one line, whatever it held."""

    def __init__(self, entries: list[Change], language: str) -> None:
        self.language = language
        self.folders: dict[str, set[str]] = {}
        self.entries: dict[str, list[Change]] = {}
        self.new = {entry.path for entry in entries if entry.kind == "mkdir"}
        self.left = _LINES
        gone = {entry.path for entry in entries if entry.kind == "rmdir"}
        for entry in entries:
            above = entry.path.rpartition("/")[0]
            if entry.kind == "mkdir":
                self._folder(entry.path)
            elif entry.kind != "rmdir" or above not in gone:
                self._folder(above)
                self.entries.setdefault(above, []).append(entry)

    def _folder(self, path: str) -> None:
        while path:
            above = path.rpartition("/")[0]
            self.folders.setdefault(above, set()).add(path)
            path = above

    def tree(self) -> Tree:
        tree = Tree("", hide_root=True)
        self._grow(tree, "")
        return tree

    def _grow(self, tree: Tree, path: str) -> None:
        entries = sorted(self.entries.get(path, []), key=lambda entry: (entry.kind == "rmdir", folded(name(entry.path))))
        shown = min(len(entries), max(0, self.left), _EACH)
        shown += len(entries) == shown + 1
        for entry in entries[:shown]:
            tree.add(_line(entry, self.language))
        self.left -= shown
        if len(entries) > shown:
            tree.add(Text(f"… {say('cli.more', self.language, count=len(entries) - shown)}", style="dim"))
        folders = sorted(self.folders.get(path, ()), key=lambda folder: folded(name(folder)))
        for number, folder in enumerate(folders):
            if self.left <= 0 and number < len(folders) - 1:
                tree.add(Text(f"… {say('cli.more-folders', self.language, count=len(folders) - number)}", style="dim"))
                return
            self.left -= 1
            style = "bold green" if folder in self.new else "bold"
            self._grow(tree.add(Text(f"{show(name(folder))}/", style=style)), folder)


def folded(text: str) -> str:
    """Without accents and case, as a person looks names up."""
    return "".join(ch for ch in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(ch))


def _line(change: Change, language: str) -> Text:
    line = Text(f"{_MARK[change.kind]} ", style=_STYLE[change.kind])
    line.append(show(name(change.path)))
    if change.kind == "rmdir":
        line.append(f"/  {say('cli.emptied', language)}", style="dim")
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
    console.print(tell("cli.undone", language, files, count=files), style="bold", markup=False)
    for entry in outcome.refused:
        refusal = f"{show(entry.change.origin or entry.change.path)}{say('cli.colon', language)}{say(entry.refused, language)}"
        hang(console, "  ⚠ ", refusal, "yellow")


def report(console: Console, state: TaskState, told: str = "", known: Sequence[str] = ()) -> None:
    """``told`` is what the person has just read on the same screen, ``known`` the doubts shown there with the plan: neither is said
    again, but counted."""
    language, found = state.language, state.report
    answer = "" if found["answer"].strip() in told else found["answer"]
    if answer and not found["deliverables"] and not state.standing():
        _answer(console, answer)
        return
    console.print()
    console.print(say("cli.report-title", language), style="bold")
    if answer:
        _answer(console, answer)
    for entry in found["deliverables"]:
        line = Text(show(entry["path"]), style="bold")
        line.append(f"  {_size(entry['size'], language)}", style="not bold dim")
        if not entry["applied"]:
            line.append(f"  {say('cli.not-applied', language)}", style="not bold yellow")
        hang(console, "  ▸ ", line)
        for finding in entry["findings"]:
            hang(console, "      ⚠ ", show(finding), "yellow")
        for note in entry["notes"]:
            hang(console, "      · ", show(note), "dim")
    for check in found["checks"]:
        hang(console, f"  {'✓' if check['ok'] else '⚠'} ", show(check["text"]), "green" if check["ok"] else "yellow")
    colon = say("cli.colon", language)
    for entry in found["refused"]:
        hang(console, "  ⚠ ", f"{show(entry['path'])}{colon}{show(entry['reason'])}", "red")
    _list(console, say("cli.report-warnings", language), found["warnings"], "red", language)
    fresh = [doubt for doubt in found["doubts"] if doubt not in known]
    again = len(found["doubts"]) - len(fresh)
    _list(console, say("cli.report-doubts", language), fresh, "yellow", language)
    if again:
        if not fresh:
            console.print(say("cli.report-doubts", language), style="bold yellow", markup=False)
        hang(console, "  … ", tell("cli.said-with-plan", language, again, count=again), "dim")
    omissions = [f"{entry['path']}{colon}{entry['reason']}" for entry in found["omissions"]]
    _list(console, say("cli.report-omissions", language), omissions, "yellow", language)
    _list(console, say("cli.report-next", language), found.get("recommendations", []), "", language)  # older reports have none
    _cost(console, found, language)


def findings(console: Console, state: TaskState) -> None:
    """What opening the finished files again showed, said before they are put in place; nothing where all are in order."""
    wrong = [(name(entry["path"]), finding) for entry in state.report.get("deliverables", []) for finding in entry["findings"]]
    colon = say("cli.colon", state.language)
    _list(
        console, say("cli.findings-title", state.language), [f"{file}{colon}{finding}" for file, finding in wrong], "yellow", state.language
    )


def _answer(console: Console, text: str) -> None:
    """What was answered, its points under a hanging indent."""
    for line in show(text, lines=True).splitlines():
        hang(console, "- " if line.startswith("- ") else "", line.removeprefix("- "))


def _cost(console: Console, found: dict[str, Any], language: str) -> None:
    """Time, and what a language model took; nothing is said of tokens and prices where there were none."""
    from confrere.cli.screen import model_word

    parts = [say("cli.report-time", language, time=span(found["seconds"], language), model=model_word(found["model"], language))]
    tokens, cost = found["tokens"]["input"] + found["tokens"]["output"], found["cost_usd"]
    if tokens or cost:
        spent = say("cli.cost-unknown" if cost is None else "cli.cost-none", language)
        if cost:  # less than a cent is not nothing
            spent = f"{_decimal(cost, 2, language)} USD" if cost >= 0.005 else f"< {_decimal(0.01, 2, language)} USD"
        parts.append(say("cli.report-cost", language, tokens=number_word(tokens, language), cost=spent))
    where = ", ".join(found["left_the_machine"])
    parts.append(say("cli.report-sent", language, where=where) if where else say("cli.nothing-left", language))
    hang(console, "", " · ".join(parts), "dim")


def span(seconds: float, language: str) -> str:
    """A length of time as a person says it: 0.4 s, 26 s, 2 min 04 s."""
    if round(seconds) < 60:
        return f"{_decimal(seconds, 1 if seconds < 9.95 else 0, language)} s"
    return f"{round(seconds) // 60} min {round(seconds) % 60:02d} s"


def _decimal(number: float, digits: int, language: str) -> str:
    text = f"{number:.{digits}f}"
    return text.replace(".", ",") if language == "fr" else text


def _size(size: int, language: str) -> str:
    amount = float(size)
    units = ["o", "ko", "Mo", "Go"] if language == "fr" else ["B", "kB", "MB", "GB"]
    while amount >= 999.95 and len(units) > 1:
        amount /= 1000
        units.pop(0)
    return f"{_decimal(amount, 0 if units[0] in ('o', 'B') else 1, language)} {units[0]}"
