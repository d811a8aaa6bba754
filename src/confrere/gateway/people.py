"""The people of a state folder: who they are, what they may give to tasks, and the journal as one of them may see it.

A home begins with one person, the owner, and everything in it is theirs. Each task, schedule, recipe and device carries the person it belongs
to in its first event; one without belongs to the owner. ``Own`` is the store through which a request looks: what is another's is not there.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import msgspec

from confrere.errors import WrongUse
from confrere.gateway.http import Problem
from confrere.gateway.shapes.base import FolderGiven
from confrere.gateway.shapes.people import Budgets, NewPerson
from confrere.journal.store import SYSTEM, Event, Holder, Store
from confrere.journal.store import Problem as Fault

if TYPE_CHECKING:
    from confrere.workspace.roots import Root

OWNER = "owner"
KINDS = ("person.added", "person.changed", "person.removed")
_MADE = ("schedule.saved", "recipe.saved", "device.paired", "grant.given")
_OF_TASK = ("value.stated", "channel.received", "store.opened")


class Person(msgspec.Struct, kw_only=True):
    """``folders`` are what may be given to this person's tasks (real paths); the owner may give any."""

    id: str
    name: str
    admin: bool = False
    folders: list[FolderGiven] = []
    budgets: Budgets = msgspec.field(default_factory=Budgets)
    created: str = ""
    removed: str = ""


class People:
    """A fold over the journal's person events, and whose each thing is."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.all: dict[str, Person] = {OWNER: Person(id=OWNER, name="", admin=True)}
        self._tasks: dict[str, str] = {}
        self._things: dict[str, str] = {}  # schedules, recipes, devices, grants
        for event in store.read(SYSTEM, kinds=(*KINDS, *_MADE)):
            self.follow(event)

    @property
    def several(self) -> bool:
        """Whether there is, or was, anybody but the owner."""
        return len(self.all) > 1

    def follow(self, event: Event) -> None:
        """Take an event of the journal in; one that is known already changes nothing."""
        if event.task != SYSTEM:
            return
        body = event.body
        if event.kind in ("person.added", "person.changed"):
            found = self.all.get(body["person"]["id"])
            person = msgspec.convert({"created": event.at, **body["person"]}, Person)
            if found is not None:
                person.created, person.removed = found.created or person.created, found.removed
            self.all[person.id] = person
        elif event.kind == "person.removed" and body["id"] in self.all:
            self.all[body["id"]].removed = self.all[body["id"]].removed or event.at
        elif event.kind in _MADE and (person_id := body.get("person", OWNER)) != OWNER:
            for part in (body, body.get("recipe"), body.get("grant")):
                if isinstance(part, dict) and isinstance(part.get("id"), str):
                    self._things.setdefault(part["id"], person_id)

    def get(self, ident: str) -> Person:
        """Raises Problem 404 where there is none, or no longer."""
        found = self.all.get(ident)
        if found is None or found.removed:
            raise Problem(404, "gateway.no-person")
        return found

    def living(self, ident: str) -> bool:
        found = self.all.get(ident)
        return found is not None and not found.removed

    # -- whose

    def of_task(self, task: str) -> str:
        """The person a task belongs to."""
        if not self.several:
            return OWNER
        found = self._tasks.get(task)
        if found is None:
            created = next(iter(self.store.read(task, kinds=("task.created",))), None)
            if created is None:
                return OWNER
            found = self._tasks[task] = str(created.body.get("person", OWNER))
        return found

    def of_thing(self, ident: str) -> str:
        """The person a schedule, recipe, device or grant belongs to."""
        return self._things.get(ident, OWNER)

    def whose(self, event: Event) -> str:
        """The person an event is about; "" for what concerns the machine, which administrators see."""
        if not self.several:
            return OWNER
        if event.task != SYSTEM:
            return self.of_task(event.task)
        body = event.body
        if event.kind in _OF_TASK or (event.kind.startswith(("approval.", "grant.")) and body.get("task")):
            return self.of_task(str(body.get("task", "")))
        if event.kind.startswith(("schedule.", "recipe.", "device.", "grant.")):
            inner = body.get("recipe") or body.get("grant") or body
            return self.of_thing(str(inner.get("id", ""))) if isinstance(inner, dict) else ""
        return ""

    def sees(self, person: str, whose: str) -> bool:
        return whose == person or (not whose and self.all[person].admin)

    def others(self) -> list[str]:
        """Identifiers of everybody but the owner."""
        return [ident for ident in self.all if ident != OWNER]

    # -- changes

    def add(self, given: NewPerson) -> Person:
        """A new person. Raises Problem, WrongUse for what is not right."""
        person = Person(id=secrets.token_hex(4), **_checked(given))
        self.follow(self.store.append(SYSTEM, "person.added", {"person": msgspec.to_builtins(person)}, durable=True))
        return self.all[person.id]

    def change(self, ident: str, given: NewPerson) -> Person:
        """Other words for a person, other folders or limits; of the owner, the name only."""
        person = self.get(ident)
        parts = _checked(given)
        if ident == OWNER:
            parts = {"name": parts["name"]}
        changed = msgspec.structs.replace(person, **parts)
        self.follow(self.store.append(SYSTEM, "person.changed", {"person": msgspec.to_builtins(changed)}, durable=True))
        return self.all[ident]

    def remove(self, ident: str, by: str) -> None:
        if ident == OWNER:
            raise Problem(409, "gateway.owner-stays")
        self.get(ident)
        self.follow(self.store.append(SYSTEM, "person.removed", {"id": ident, "by": by}, durable=True))

    # -- what they may

    def scopes(self, ident: str, scopes: tuple[str, ...]) -> tuple[str, ...]:
        """Of these scopes, those that this person's devices may have."""
        return scopes if self.all[ident].admin else tuple(scope for scope in scopes if scope != "administer")

    def folders(self, ident: str, given: list[str]) -> list[str]:
        """The folders (``PATH:rw`` or ``PATH:ro``) as they are given for this person: resolved, and only to be read where theirs are. Raises Problem
        403 for one that is not inside their own."""
        person = self.get(ident)
        if ident == OWNER:
            return given
        allowed = []
        for text in given:
            path, mode = os.path.realpath(text[:-3]), text[-2:]
            within = [own for own in person.folders if _inside(path, os.path.realpath(own.path))]
            if not within:
                raise Problem(403, "gateway.folder-not-yours", path=text[:-3])
            allowed.append(f"{path}:{'ro' if all(own.readonly for own in within) else mode}")
        return allowed

    def keep(self, ident: str, roots: list[Root], *, change: bool = False) -> None:
        """Raises Problem 403 where a folder of a task was taken from this person since; for ``change``, also where they may only read it now."""
        for root in roots:
            given = self.folders(ident, [f"{root.path}:{'ro' if root.readonly else 'rw'}"])
            if change and not root.readonly and given[0].endswith(":ro"):
                raise Problem(403, "gateway.folder-not-yours", path=root.path)

    def may_see(self, ident: str, path: str) -> bool:
        """Whether this folder is inside the person's own, or on the way to one of them."""
        person = self.all[ident]
        return ident == OWNER or any(_inside(path, os.path.realpath(own.path)) for own in person.folders)

    def limits(self, ident: str) -> dict[str, Any]:
        """What a worker is told beside a task: whose it is, and what one task of theirs may use. Empty for the owner."""
        if ident == OWNER:
            return {}
        budgets = self.all[ident].budgets
        return {"person": ident, **{name: value for name, value in msgspec.to_builtins(budgets).items() if value is not None}}

    def month(self, ident: str, first: str) -> tuple[float, int]:
        """What this person's tasks begun since ``first`` (ISO day) have cost, in dollars and tokens."""
        cost, tokens = 0.0, 0
        own = Own(self, ident)
        for task in own.tasks():
            created = next(iter(self.store.read(task, kinds=("task.created",))), None)
            if created is None or created.at < first:
                break  # the newest come first
            for event in self.store.read(task, kinds=("message",)):
                usage = event.body.get("usage") or {}
                cost += usage.get("cost_usd") or 0.0
                tokens += usage.get("input_tokens", 0) + usage.get("output_tokens", 0)
        return round(cost, 4), tokens


def _checked(given: NewPerson) -> dict[str, Any]:
    name = " ".join(given.name.split())[:80]
    if not name:
        raise Problem(400, "gateway.person-name")
    for folder in given.folders:
        if not folder.path.startswith("/"):
            raise WrongUse("workspace.folder-missing", path=folder.path)
        if not os.path.isdir(folder.path) or os.path.realpath(folder.path) == "/":
            raise WrongUse("workspace.folder-missing", path=folder.path)
    for value in msgspec.to_builtins(given.budgets).values():
        if value is not None and value < 0:
            raise Problem(400, "gateway.body-wrong", reason="budgets")
    folders = [FolderGiven(path=os.path.realpath(folder.path), readonly=folder.readonly) for folder in given.folders]
    return {"name": name, "admin": given.admin, "folders": folders, "budgets": given.budgets}


def _inside(path: str, folder: str) -> bool:
    return path == folder or path.startswith(folder.rstrip("/") + "/")


class Own:
    """The journal as one person may see it: a ``Store`` in which the others' tasks do not exist."""

    def __init__(self, people: People, person: str) -> None:
        self.people, self.person, self.store = people, person, people.store

    def has(self, task: str) -> bool:
        return self.people.of_task(task) == self.person

    def _mine(self, task: str) -> None:
        if not self.has(task):
            raise WrongUse("core.task-unknown", task=task)

    def append(self, task: str, kind: str, body: dict[str, Any] | None = None, *, durable: bool = False) -> Event:
        self._mine(task)
        return self.store.append(task, kind, body, durable=durable)

    def read(self, task: str | None = None, *, after: int = 0, kinds: tuple[str, ...] = ()) -> Iterator[Event]:
        if task is not None and task != SYSTEM:
            if self.has(task):
                yield from self.store.read(task, after=after, kinds=kinds)
            return
        for event in self.store.read(task, after=after, kinds=kinds):
            if self.people.sees(self.person, self.people.whose(event)):
                yield event

    def last(self, task: str, *kinds: str) -> Event | None:
        return self.store.last(task, *kinds) if self.has(task) else None

    def count(self, task: str | None = None) -> int:
        """Events of the task, or of all that ``verify`` walks."""
        if task is None and self.people.all[self.person].admin:
            return self.store.count()
        return sum(self.store.count(name) for name in (self.tasks() if task is None else [task] if self.has(task) else []))

    def tasks(self) -> list[str]:
        return [task for task in self.store.tasks() if self.has(task)]

    def stamp(self) -> int:
        return self.store.stamp()

    def claim(self, task: str) -> Holder | None:
        self._mine(task)
        return self.store.claim(task)

    def release(self, task: str) -> None:
        self._mine(task)
        self.store.release(task)

    def holder(self, task: str) -> Holder | None:
        return self.store.holder(task) if self.has(task) else None

    def verify(self, task: str | None = None, progress: Callable[[int], None] | None = None) -> list[Fault]:
        """The chains of this person's tasks; an administrator's word "everything" is the whole journal."""
        if task is None and self.people.all[self.person].admin:
            return self.store.verify(None, progress)
        return [fault for name in (self.tasks() if task is None else [task] if self.has(task) else []) for fault in self.store.verify(name)]

    def close(self) -> None:
        """The store is the gateway's: it stays open."""
