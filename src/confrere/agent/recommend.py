"""What a person does well to look at next, drawn from a finished report by rules: the same report always gives the same advice."""

from __future__ import annotations

from typing import TYPE_CHECKING

from confrere.messages import say, show, tell
from confrere.workspace.paths import name

if TYPE_CHECKING:
    from confrere.agent.report import Report
    from confrere.agent.task import TaskState

_NAMED = 3  # names in one sentence; the rest is counted


def recommendations(report: Report, state: TaskState) -> list[str]:
    """One sentence each, what cannot wait first. Empty where there is nothing to do."""
    if state.state in ("undone", "declined", "stopped"):
        return []
    language = state.language
    found: list[str] = []

    def add(key: str, paths: list[str]) -> None:
        if paths:
            found.append(tell(f"report.next-{key}", language, len(paths), count=len(paths), names=_names(paths, language), task=state.id))

    add("waiting", [approval.id for approval in state.questions() if approval.state == "waiting"])
    add("conflicts", [entry["path"] for entry in report.refused])
    add("findings", [entry.path for entry in report.deliverables if entry.findings])
    add("count", [check.code for check in report.checks if check.code in ("file-missing", "file-unexpected")])
    add("beware", _warned(report, state))
    add("unread", _unread(state))
    data = [call.result.get("data") or {} for call in state.calls.values() if call.effect != "read" and call.status == "ok"]
    if unsorted := sum(part.get("unsorted") or 0 for part in data):
        found.append(tell("report.next-unsorted", language, unsorted, count=unsorted, folder=say("office.folder-unsorted", language)))
    copies = [path for call in state.calls.values() for path in _copies(call.result.get("data") or {})]
    add("copies", sorted(dict.fromkeys(copies)) if not any("groups" in part for part in data) else [])
    if state.plan is not None:
        add("not-understood", [f"“{words}”" if language != "fr" else f"« {words} »" for words in state.plan.not_understood])
        add("not-done", [check.text.partition(" : ")[0] for check in report.checks if check.code == "step-not-done"])
    add("office", [entry.path for entry in report.deliverables if entry.notes and entry.kind in ("xlsx", "pptx")])
    return found


def _names(paths: list[str], language: str) -> str:
    told = ", ".join(show(name(path)) for path in paths[:_NAMED])
    more = len(paths) - _NAMED
    return told + (f" {say('cli.more', language, count=more)}" if more > 0 else "")


def _warned(report: Report, state: TaskState) -> list[str]:
    """The files that a warning begins with."""
    tops = tuple(f"{root.name}/" for root in state.roots)
    heads = [warning.partition(say("cli.colon", state.language))[0] for warning in report.warnings]
    return list(dict.fromkeys(head for head in heads if head.startswith(tops)))


def _survey(state: TaskState) -> dict[str, object]:
    return next((call.result.get("data") or {} for call in state.calls.values() if call.tool == "survey" and call.status == "ok"), {})


def _unread(state: TaskState) -> list[str]:
    """The files that nobody could read, by the survey."""
    found = _survey(state).get("unreadable")
    return [str(entry[0]) for entry in found if entry] if isinstance(found, list) else []


def _copies(data: dict[str, object]) -> list[str]:
    """Of each group of exact copies that the survey shows, all but the first."""
    found = data.get("duplicates")
    if not isinstance(found, dict):
        return []
    return [str(path) for group in found.get("examples", []) for path in group[1:]]
