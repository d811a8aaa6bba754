"""After the work: its changes are looked at, applied to the real folders, taken back, and finished after a crash."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from confrere.agent import asking
from confrere.agent.session import Session
from confrere.errors import WrongUse
from confrere.workspace import applying
from confrere.workspace.changes import ChangeSet, change_set
from confrere.workspace.transaction import Outcome


def begin(session: Session) -> None:
    """The work is over: the task waits for an answer, is done, or has changes to be looked at."""
    if session.state.parked():
        session.record("task.waiting", {"approvals": [approval.id for approval in session.state.questions()]}, True)
        return
    found = changes(session)
    if not found.changes:
        session.record("task.done", {})
        return
    beyond = asking.beyond_plan(session.state, found.changes, {name: tool.manifest for name, tool in session.tools.items()})
    session.record("review.ready", {"counts": found.counts(), "changes": found.changes, "left": found.left, "beyond": beyond})


def changes(session: Session) -> ChangeSet:
    """The change set as it is now, without what no review lets in."""
    return asking.kept_out(change_set(session.view, lambda count: session.stop.check(session.task)), session.services.rules)


def _progress(session: Session, what: str) -> Callable[[int, int, str], None]:
    def tell(done: int, total: int, path: str) -> None:
        session.stop.check(session.task)
        session.listen("progress", {"step": what, "call": "", "done": done, "total": total, "what": path})

    return tell


def apply(session: Session, paths: tuple[str, ...] = ()) -> Outcome:
    """Apply the changes, all or those of ``paths``, to the real folders. Raises Failed when none was made in the end, Stopped
    likewise."""
    session.refresh()
    if recover(session) and session.state.state != "review":
        return session.state.outcomes[-1]  # what was to be applied is
    whole = changes(session)
    partial = len(applying.select(whole.changes, paths)) < len(whole.changes)

    def record(kind: str, body: dict[str, Any], durable: bool) -> None:
        session.record(kind, {**body, "partial": partial} if kind == "apply.done" else body, durable)

    ident = f"{session.task}-{len(session.state.outcomes) + 1}"
    outcome = applying.apply(session.view, session.services.vault, record, ident, paths, _progress(session, "apply"), whole)
    session.record("apply.settled", {"state": "review" if outcome.refused or partial else "applied", "ctimes": outcome.ctimes})
    return outcome


def undo(session: Session, paths: tuple[str, ...] = (), steps: tuple[str, ...] = ()) -> Outcome:
    """Take back what was applied: all, some paths, or some steps."""
    session.refresh()
    recover(session)
    standing = session.state.standing()
    if not standing:
        raise WrongUse("agent.nothing-applied", task=session.task)
    folders: dict[str, tuple[int, int]] = {}
    for outcome in session.state.outcomes:
        for path, (before, after) in outcome.folders.items():
            folders[path] = (folders.get(path, (before, after))[0], after)
    ident = f"{session.task}-u{len(session.state.undone) + 1}"
    roots, vault = session.state.roots, session.services.vault
    return applying.undo(roots, vault, session.record, ident, standing, folders, paths, steps, _progress(session, "undo"))


def recover(session: Session, *, back: bool = False) -> bool:
    """Complete, or take back, what a crash left of an apply or undo; with ``back`` take it back in any case. To be called by who
    holds the task, before anything else is done with its files. Returns whether there was something."""
    found = applying.interrupted(session.store.read(session.task, kinds=applying.KINDS))
    if found is not None:
        applying.finish(found, session.state.roots, session.services.vault, session.record, back=back)
    return _settle(session) or found is not None


def _settle(session: Session) -> bool:
    """Clear the staging area of what was applied just before a crash; returns whether that was needed."""
    done, settled = session.store.last(session.task, "apply.done"), session.store.last(session.task, "apply.settled")
    if done is None or done.body["undo"] or (settled is not None and settled.n > done.n):
        return False
    outcome = msgspec.convert(done.body["outcome"], Outcome)
    applying.settle(session.view, outcome, everything=False)
    session.record("apply.settled", {"state": "review" if outcome.refused or changes(session).changes else "applied"})
    return True
