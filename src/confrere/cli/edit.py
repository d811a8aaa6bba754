"""Changing a step of a plan by hand: what may be set in it, and what a typed answer means. Asks and prints nothing."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import msgspec
from msgspec import inspect

from confrere.messages import say
from confrere.policy.plan import Plan, Step, retitled

_LONGEST = 200  # characters of a text that is set at a prompt; a longer one is changed by saying what is wanted
_SCOPING = ("by", "only", "exclude")  # what a step is about: its doubts were those of the old choice
CLEAR = "-"


class Unfit(ValueError):
    """An answer that does not fit its setting."""


@dataclass(frozen=True)
class Setting:
    """One thing that may be set in a step: ``kind`` is text, number, flag, choice or list; ``value`` is what stands, "" where
    nothing does; ``choices`` are the words that are understood, where only some are."""

    key: str
    kind: str
    value: Any
    choices: tuple[str, ...] = field(default=())

    def label(self, language: str) -> str:
        return _word(f"argument-{self.key}", self.key, language)

    def shown(self, language: str) -> str:
        """The value as a person writes it."""
        if self.kind == "flag":
            return say("cli.yes" if self.value else "cli.no", language)
        values = self.value if self.kind == "list" else [self.value]
        return ", ".join(_word(f"choice-{value}", str(value), language) for value in values if value != "")

    def offered(self, language: str) -> str:
        return ", ".join(_word(f"choice-{choice}", choice, language) for choice in self.choices if choice)

    def read(self, answer: str, language: str) -> Any:
        """The value that ``answer`` stands for. Raises Unfit."""
        answer = answer.strip()
        if answer == CLEAR and (self.kind in ("text", "list") or "" in self.choices):
            return [] if self.kind == "list" else ""
        match self.kind:
            case "flag":
                word = answer.casefold()
                if word in ("y", "yes", "o", "oui", "true", "1"):
                    return True
                if word in ("n", "no", "non", "false", "0"):
                    return False
                raise Unfit(answer)
            case "number":
                try:
                    return int(answer)
                except ValueError:
                    raise Unfit(answer) from None
            case "list":
                return [self._choice(part.strip(), language) for part in answer.split(",") if part.strip()]
            case _:
                return self._choice(answer, language)

    def _choice(self, answer: str, language: str) -> str:
        if not self.choices:
            return answer
        for choice in self.choices:
            if answer.casefold() in (choice.casefold(), _word(f"choice-{choice}", choice, language).casefold()):
                return choice
        raise Unfit(answer)


def settings(schema: type[msgspec.Struct], args: dict[str, Any]) -> list[Setting]:
    """What may be set in a step whose tool takes ``schema``: its plain arguments, the language last."""
    found = []
    about = inspect.type_info(schema)
    assert isinstance(about, inspect.StructType)
    for entry in about.fields:
        kind, choices = _kind(entry.type)
        value = args.get(entry.name, _default(entry))
        if kind and not (isinstance(value, str) and (len(value) > _LONGEST or "\n" in value)):
            found.append(Setting(entry.name, kind, value, ("fr", "en") if entry.name == "language" else choices))
    return sorted(found, key=lambda setting: setting.key == "language")


def changed(step: Step, args: dict[str, Any], schema: type[msgspec.Struct], told: list[str], plan: Plan, language: str) -> None:
    """Put ``args`` into ``step`` of ``plan``, and say so in its title, ``told`` being the settings in words. What was doubtful about the
    old choice is doubtful no more; what is about the new one comes with the work. Raises Unfit, and changes nothing, where the tool
    would not take them."""
    try:
        msgspec.convert(args, schema)
    except msgspec.ValidationError as error:
        raise Unfit(str(error)) from None
    if any(step.args.get(key) != args.get(key) for key in _SCOPING):
        plan.doubts = [doubt for doubt in plan.doubts if doubt not in step.doubts]
        step.doubts = []
    mark = say("cli.edited", language)
    base = retitled(step.title.partition(f" ({mark}")[0], step.args, args)
    step.args, step.title = args, f"{base} ({mark}{'; '.join(told)})"


def dropped(plan: Plan, numbers: set[int]) -> None:
    """Take steps out of the plan, and what was doubtful about them alone."""
    gone = {doubt for number, step in enumerate(plan.steps, start=1) if number in numbers for doubt in step.doubts}
    plan.steps = [step for number, step in enumerate(plan.steps, start=1) if number not in numbers]
    kept = {doubt for step in plan.steps for doubt in step.doubts}
    plan.doubts = [doubt for doubt in plan.doubts if doubt not in gone - kept]


def _kind(of: inspect.Type) -> tuple[str, tuple[str, ...]]:
    if isinstance(of, inspect.Metadata):
        return _kind(of.type)
    if isinstance(of, inspect.LiteralType):
        return "choice", tuple(str(value) for value in of.values)
    if isinstance(of, inspect.BoolType):
        return "flag", ()
    if isinstance(of, inspect.IntType):
        return "number", ()
    if isinstance(of, inspect.StrType):
        return "text", ()
    if isinstance(of, inspect.ListType):
        kind, choices = _kind(of.item_type)
        return ("list", choices) if kind in ("text", "choice") else ("", ())
    return "", ()


def _default(entry: inspect.Field) -> Any:
    if entry.default is not msgspec.NODEFAULT:
        return entry.default
    return entry.default_factory() if entry.default_factory is not msgspec.NODEFAULT else ""


def _word(key: str, otherwise: str, language: str) -> str:
    try:
        return say(f"cli.{key}", language)
    except KeyError:
        return otherwise
