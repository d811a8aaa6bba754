"""The report, built from the disk: every deliverable opened again, files counted again, what was not done said."""

from __future__ import annotations

import os
from collections import Counter
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from confrere.messages import number_word, say, show
from confrere.workspace.files import hash_path
from confrere.workspace.paths import is_within, name

if TYPE_CHECKING:
    from confrere.agent.session import Session
    from confrere.documents.verify import Known


class Deliverable(msgspec.Struct, kw_only=True):
    """A finished file. ``path`` is its real path once applied, ``findings`` what opening it again showed (empty: in
    order), ``notes`` which checks were not possible here."""

    path: str
    view_path: str
    kind: str
    size: int = 0
    sha256: str = ""
    applied: bool = False
    findings: list[str] = msgspec.field(default_factory=list)
    notes: list[str] = msgspec.field(default_factory=list)


class Check(msgspec.Struct, kw_only=True):
    """One thing that was verified: a stable ``code``, whether it holds, and what a person reads."""

    code: str
    ok: bool
    text: str


class Report(msgspec.Struct, kw_only=True):
    """See the module. ``seconds`` is the time worked; ``cost_usd`` None when the price is not known; ``recommendations`` what the person
    does well to look at next, the most pressing first."""

    task: str
    brief: str
    state: str
    model: str
    answer: str = ""
    deliverables: list[Deliverable] = msgspec.field(default_factory=list)
    counts: dict[str, int] = msgspec.field(default_factory=dict)
    checks: list[Check] = msgspec.field(default_factory=list)
    doubts: list[str] = msgspec.field(default_factory=list)
    omissions: list[dict[str, str]] = msgspec.field(default_factory=list)
    warnings: list[str] = msgspec.field(default_factory=list)
    refused: list[dict[str, str]] = msgspec.field(default_factory=list)
    seconds: float = 0.0
    tokens: dict[str, int] = msgspec.field(default_factory=dict)
    cost_usd: float | None = 0.0
    left_the_machine: list[str] = msgspec.field(default_factory=list)
    recommendations: list[str] = msgspec.field(default_factory=list)


def build(session: Session) -> Report:
    """Open, count and recompute. Reads the real folders; changes nothing."""
    return _Builder(session).run()


class _Builder:
    def __init__(self, session: Session) -> None:
        self.session = session
        self.state = session.state
        self.language = session.state.language
        self.report = Report(task=self.state.id, brief=self.state.brief, state=self.state.state, model=self.state.model)

    def run(self) -> Report:
        report, state = self.report, self.state
        report.answer = state.answer or self._last_words()
        made = state.standing()
        report.refused = [
            {"path": entry.change.path, "reason": say(entry.refused, self.language)}
            for outcome in state.outcomes[-1:]
            for entry in outcome.refused
        ]
        self._collect()
        self._opened({entry.change.path for entry in made})
        if state.roots:
            self._count(Counter(entry.change.kind for entry in made))
        report.left_the_machine = [
            say(
                "report.sent",
                self.language,
                model=model,
                requests=number_word(requests, self.language),
                characters=number_word(characters, self.language),
            )
            for model, (requests, characters) in state.sent.items()
        ]
        if state.redacted:
            from confrere.secrets.redact import redaction_sentence

            report.warnings.append(redaction_sentence(state.redacted, self.language))
        if self._cut_short():
            report.warnings.append(say("report.cut-short", self.language))
        parked = [call for _, call in state.parked()]
        report.omissions += [{"path": call.tool, "reason": say("report.parked", self.language)} for call in parked]
        report.seconds = round(self.session.seconds, 1)
        usage = state.usage
        report.tokens = {"input": usage.input_tokens, "output": usage.output_tokens, "requests": usage.requests}
        report.cost_usd = 0.0 if state.model == "builtin" else usage.cost_usd
        from confrere.agent.recommend import recommendations

        report.recommendations = recommendations(report, state)
        return report

    def _cut_short(self) -> bool:
        """Whether the model's last words stop where its bound on length was."""
        last = self.session.store.last(self.state.id, "message")
        return last is not None and last.body.get("finish") == "length"

    def _last_words(self) -> str:
        last = self.state.messages[-1] if self.state.messages else None
        return last.text if last is not None and last.role == "assistant" and not last.calls else ""

    def _collect(self) -> None:
        """Doubts, omissions and warnings of the plan and of every call; steps that were not carried out."""
        report, plan = self.report, self.state.plan
        if plan is not None:
            report.doubts += plan.doubts
            report.warnings += plan.warnings
            report.omissions += [{"path": words, "reason": say("report.not-understood", self.language)} for words in plan.not_understood]
        if self.state.beyond and not self.state.outcomes:
            names = ", ".join(show(path) for path in self.state.beyond[:5])
            report.warnings.append(say("agent.beyond-plan", self.language, count=len(self.state.beyond), paths=names))
        done = set()
        for call in self.state.calls.values():
            if call.effect == "read":
                continue
            report.doubts += call.result.get("doubts", [])
            report.omissions += [{"path": path, "reason": reason} for path, reason in call.result.get("omissions", [])]
            if call.status == "ok" and not call.result.get("failed"):
                done.add((call.step, call.tool))
        unique = {(entry["path"], entry["reason"]): entry for entry in report.omissions}
        report.omissions = list(unique.values())
        told = [(name(entry["path"]), entry["reason"]) for entry in report.omissions]
        report.doubts = [
            doubt  # what was not done is said there, with its reason
            for doubt in dict.fromkeys(report.doubts)
            if not any(file in doubt and reason in doubt for file, reason in told)
        ]
        if plan is not None and self.state.state in ("review", "applied", "done"):
            done |= {(call.step, call.tool) for call in self.state.calls.values() if call.effect == "read" and call.status == "ok"}
            for step in plan.steps:
                if (step.id, step.tool) not in done:  # a model says which step it works on: another tool's call is not it
                    report.omissions.append({"path": step.title, "reason": say("agent.step-not-done", self.language)})
                    report.checks.append(
                        Check(code="step-not-done", ok=False, text=f"{step.title} : {say('agent.step-not-done', self.language)}")
                    )

    # -- deliverables

    def _opened(self, made: set[str]) -> None:
        """The deliverables, opened again; LibreOffice is launched for all of them together, where it has not checked the same bytes before."""
        from confrere.documents import verify

        known = verify.Known(self.session.services.home.cache / "checked")
        given = {path for call in self.state.calls.values() if call.status == "ok" for path in call.result.get("deliverables", [])}
        moved = {entry.change.origin: entry.change.path for entry in self.state.standing() if entry.change.kind == "move"}
        places = [self._real(path) if path in made else self._staged(path) for path in sorted({moved.get(path, path) for path in given})]
        with verify.together([Path(place) for place in places if place and os.path.isfile(place)], known):
            self._deliverables(made, known)

    def _deliverables(self, made: set[str], known: Known) -> None:
        moved = {entry.change.origin: entry.change.path for entry in self.state.standing() if entry.change.kind == "move"}
        seen: set[str] = set()
        for call in self.state.calls.values():
            for view_path in call.result.get("deliverables", []):
                path = moved.get(view_path, view_path)
                if path in seen or call.status != "ok":
                    continue
                seen.add(path)
                real = self._real(path)
                applied = path in made
                place = real if applied else self._staged(path)
                entry = Deliverable(path=real, view_path=path, kind=name(path).rpartition(".")[2].lower(), applied=applied)
                self.report.deliverables.append(entry)
                if place is None or not os.path.isfile(place):
                    if self.state.state not in ("undone", "declined"):
                        entry.findings.append(say("report.deliverable-missing", self.language))
                    continue
                entry.size, entry.sha256 = os.path.getsize(place), hash_path(place)
                self._open(entry, Path(place), call.result.get("data", {}), known)
        broken = [entry for entry in self.report.deliverables if entry.findings]
        if self.report.deliverables:
            key = "report.deliverables-differ" if broken else "report.deliverables-good"
            text = say(key, self.language, count=len(self.report.deliverables), broken=len(broken))
            self.report.checks.append(Check(code="deliverables", ok=not broken, text=text))

    def _open(self, entry: Deliverable, place: Path, data: dict[str, Any], known: Known) -> None:
        """Open a finished file again: the totals and the number of slides its maker promised, and where its links lead."""
        from confrere.documents import verify

        folder = os.path.dirname(entry.path)
        promised = data.get("expected_of", {}).get(entry.view_path, data.get("expected", {}))
        expected = {name: Decimal(value) for name, value in promised.items()} or None

        def exists(link: str) -> bool:
            return os.path.lexists(os.path.join(folder, link)) or not entry.applied

        for finding in verify.check(place, exists=exists, expected=expected, slides=data.get("slides"), known=known):
            (entry.notes if finding.level == "note" else entry.findings).append(finding.sentence(self.language))

    def _staged(self, path: str) -> str | None:
        view = self.session.view
        return str(view.locate(path)) if view.exists(path) and view.stat(path).type == "file" else None

    def _real(self, path: str) -> str:
        top, _, relative = path.partition("/")
        root = next((root for root in self.state.roots if root.name == top), None)
        return os.path.join(root.path, relative) if root is not None else path

    # -- counting

    def _count(self, made: Counter[str]) -> None:
        """Files before and after, by name: what was there must be there, moved, or deleted by an applied change."""
        counted = self.session.store.last(self.state.id, "folder.counted")
        before = set(counted.body["files"]) if counted is not None else set()
        del counted
        after: set[str] = set()
        special: list[str] = []
        denied: list[str] = []
        for path, kind in self._walk(denied):
            (after.add if kind == "file" else special.append)(path)
        standing = self.state.standing()
        gone = {entry.change.path for entry in standing if entry.change.kind == "delete"}
        origins = {entry.change.origin for entry in standing if entry.change.kind == "move"}
        arrived = {entry.change.path for entry in standing if entry.change.kind in ("move", "create")}
        missing = sorted((before - after) - gone - origins)
        unexpected = sorted((after - before) - arrived)
        self.report.counts = {
            "files_before": len(before),
            "files_after": len(after),
            "created": made["create"],
            "modified": made["modify"],
            "moved": made["move"],
            "deleted": made["delete"],
            "folders_made": made["mkdir"],
            "folders_removed": made["rmdir"],
        }
        ok = len(after) == len(before) + made["create"] - made["delete"] and not missing and not unexpected
        values = {"before": len(before), "after": len(after), "created": made["create"], "deleted": made["delete"], "moved": made["move"]}
        untouched = ok and self.state.state == "review" and not made
        key = "report.counts-review" if untouched else "report.counts" if ok else "report.counts-differ"
        self.report.checks.append(Check(code="counts", ok=ok, text=say(key, self.language, **values)))
        for paths, key in ((missing, "report.file-missing"), (unexpected, "report.file-unexpected")):
            for path in paths[:50]:
                self.report.checks.append(Check(code=key.partition(".")[2], ok=False, text=say(key, self.language, path=path)))
        known = {entry["path"] for entry in self.report.omissions}
        for path in special:
            if path in known:
                continue
            self.report.omissions.append({"path": path, "reason": say("agent.left-special", self.language)})
        for path in denied:
            self.report.omissions.append({"path": path, "reason": say("report.folder-denied", self.language)})

    def _walk(self, denied: list[str]) -> list[tuple[str, str]]:
        """Regular files and special ones of the real folders, as view paths."""
        found: list[tuple[str, str]] = []
        for root in self.state.roots:
            stack = [""]
            while stack:
                relative = stack.pop()
                try:
                    entries = list(os.scandir(os.path.join(root.path, relative)))
                except OSError:
                    denied.append(f"{root.name}/{relative}".rstrip("/"))
                    continue
                for entry in entries:
                    below = f"{relative}/{entry.name}".lstrip("/")
                    if any(is_within(below, hidden) for hidden in root.hidden) or below.startswith(".confrere-"):
                        continue
                    if entry.is_symlink():
                        continue
                    if entry.is_dir(follow_symlinks=False):
                        stack.append(below)
                    else:
                        found.append((f"{root.name}/{below}", "file" if entry.is_file(follow_symlinks=False) else "special"))
        return found
