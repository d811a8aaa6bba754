"""Recipes: a finished task's plan with the parameters found in it, run again on other folders or another month without a model."""

from __future__ import annotations

import re
import secrets
from typing import TYPE_CHECKING, Any

import msgspec

from confrere.gateway.http import Problem
from confrere.gateway.people import OWNER
from confrere.gateway.shapes.base import Sentence, sentence
from confrere.gateway.shapes.recipes import Parameter, Recipe
from confrere.journal.store import SYSTEM, Event, Store
from confrere.policy.plan import Plan

if TYPE_CHECKING:
    from confrere.agent.task import TaskState

_KINDS = ("recipe.saved", "recipe.removed", "recipe.run")
_MONTH = re.compile(r"(?<!\d)(20\d\d)-(0[1-9]|1[0-2])(?![\d-])")
_DAY = re.compile(r"(?<!\d)(20\d\d)-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])(?!\d)")
_YEAR = re.compile(r"(?<![\d-])(20\d\d)(?![\d-])")
_SHAPE = {"month": _MONTH, "date": _DAY, "year": _YEAR}


class RecipeBook:
    """A fold over the journal's recipe events."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.all: dict[str, Recipe] = {}
        for event in store.read(SYSTEM, kinds=_KINDS):
            self.follow(event)

    def follow(self, event: Event) -> None:
        if event.task != SYSTEM:
            return
        if event.kind == "recipe.saved" and event.body["recipe"]["id"] not in self.all:
            recipe = msgspec.convert({**event.body["recipe"], "created": event.at}, Recipe)
            self.all[recipe.id] = recipe
        elif event.kind == "recipe.removed":
            self.all.pop(event.body["id"], None)
        elif event.kind == "recipe.run" and event.body["id"] in self.all:
            self.all[event.body["id"]].runs += 1

    def get(self, ident: str) -> Recipe:
        found = self.all.get(ident)
        if found is None:
            raise Problem(404, "gateway.no-recipe")
        return found

    def save(self, state: TaskState, name: str, person: str = OWNER) -> Recipe:
        """Make a recipe of a task that went through. Raises Problem for one that has no plan, or did not."""
        if state.plan is None or not state.plan.steps or state.state not in ("applied", "review", "done"):
            raise Problem(409, "gateway.not-a-recipe", task=state.id)
        recipe = Recipe(
            id=secrets.token_hex(4),
            name=name.strip()[:120] or state.brief[:80],
            brief=state.brief,
            created="",
            from_task=state.id,
            folders=[root.name for root in state.roots],
            plan=state.plan,
            parameters=parameters(state.plan, [root.name for root in state.roots]),
        )
        body = {"recipe": msgspec.to_builtins(recipe), **({"person": person} if person != OWNER else {})}
        event = self.store.append(SYSTEM, "recipe.saved", body, durable=True)
        self.follow(event)
        return self.all[recipe.id]

    def remove(self, ident: str) -> None:
        self.get(ident)
        self.follow(self.store.append(SYSTEM, "recipe.removed", {"id": ident}, durable=True))

    def ran(self, ident: str, task: str) -> None:
        self.store.append(SYSTEM, "recipe.run", {"id": ident, "task": task})


def parameters(plan: Plan, folders: list[str]) -> list[Parameter]:
    """What could be another next time: the folders, and each month, date and year that stands in a step's arguments."""
    found = [
        Parameter(
            name=f"folder{number}",
            kind="folder",
            value=name,
            label=sentence("gateway.parameter-folder", name=name),
            used_in=_using(plan, name),
        )
        for number, name in enumerate(folders, 1)
    ]
    seen: dict[tuple[str, str], list[str]] = {}
    for step in plan.steps:
        for text in _texts(step.args):
            for kind, shape in _SHAPE.items():
                for match in shape.finditer(text):
                    steps = seen.setdefault((kind, match[0]), [])
                    if step.id not in steps:
                        steps.append(step.id)
    for (kind, value), steps in seen.items():
        label: Sentence = sentence(f"gateway.parameter-{kind}", value=value)
        found.append(Parameter(name=f"{kind}-{value}", kind=kind, value=value, label=label, used_in=steps))
    return found


def _using(plan: Plan, folder: str) -> list[str]:
    return [step.id for step in plan.steps if any(text == folder or text.startswith(folder + "/") for text in _texts(step.args))]


def _texts(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        return [text for key, part in value.items() for text in (*_texts(key), *_texts(part))]
    return [text for part in value for text in _texts(part)] if isinstance(value, list) else []


def filled(recipe: Recipe, roots: list[str], values: dict[str, str]) -> Plan:
    """The recipe's plan for other folders (their names in the view, in order) and values. Raises Problem for a value of another shape."""
    places = dict(zip(recipe.folders, roots, strict=True))
    swaps: list[tuple[re.Pattern[str], str, str]] = []
    for parameter in recipe.parameters:
        wanted = values.get(parameter.name, "")
        if not wanted or parameter.kind == "folder" or wanted == parameter.value:
            continue
        if not _SHAPE[parameter.kind].fullmatch(wanted):
            raise Problem(400, "gateway.value-wrong", name=parameter.name, value=wanted[:60])
        swaps.append((_SHAPE[parameter.kind], parameter.value, wanted))

    def text(value: str) -> str:
        top, slash, rest = value.partition("/")
        if top in places:
            value = places[top] + slash + rest
        for shape, old, new in swaps:
            value = shape.sub(lambda match, old=old, new=new: new if match[0] == old else match[0], value)  # type: ignore[misc]
        return value

    def swap(value: Any) -> Any:
        if isinstance(value, str):
            return text(value)
        if isinstance(value, dict):
            return {key: swap(part) for key, part in value.items()}
        return [swap(part) for part in value] if isinstance(value, list) else value

    steps = [msgspec.structs.replace(step, args=swap(step.args), title=text(step.title), touches=[]) for step in recipe.plan.steps]
    return msgspec.structs.replace(recipe.plan, steps=steps, doubts=[], answer="")
