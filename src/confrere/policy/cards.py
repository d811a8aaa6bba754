"""Cards: what a person sees before saying yes. Composed from the call's own bytes and labels, never from a model's prose."""

from __future__ import annotations

from typing import Any

import msgspec

from confrere.policy import values
from confrere.policy.derive.case import Known
from confrere.policy.grants import ROLES
from confrere.policy.manifest import Effect, Manifest, Role
from confrere.policy.state import HOLE, Call, State

_GRANTABLE = ("recipient", "host", "device")


class Judged(msgspec.Struct, kw_only=True, frozen=True):
    """One argument of a call: its role, its value, and whether it is the person's (``why`` names the derivation,
    ``source`` what it rests on)."""

    name: str
    role: Role
    value: Any
    good: bool
    why: str = ""
    source: str = ""


def card(
    state: State,
    known: Known,
    call: Call,
    manifest: Manifest,
    rule: str,
    reason: str,
    judged: list[Judged],
    step: int,
    *,
    grantable: bool = False,
) -> dict[str, Any]:
    """The card, as JSON values: tool, effect and kind; each argument with its final bytes, where it comes from and what
    known value it resembles; what was read before; how many more steps of the plan a yes to these values would
    serve; and, where ``grantable``, what a person may grant at this very question."""
    arguments = []
    for item in judged:
        shown: dict[str, Any] = {"name": item.name, "role": item.role.value, "value": _json(item.value), "good": item.good}
        if item.why:
            shown["why"] = item.why
        if not item.good:
            shown["from"] = _found(state, known, item.value)
            if item.role in (Role.DEST, Role.URL, Role.HOST, Role.ACCOUNT):
                if "familiar" not in known.answers:
                    known.answers["familiar"] = _familiar(state, known)
                others = known.answers["familiar"].items()
                pairs = [(text, values.skeleton(text)) for text in _texts(item.value)[:20]]
                near = sorted({other for text, bare in pairs for other, shape in others if values.resembles(text, other, bare, shape)})
                if near:
                    shown["resembles"] = near[:3]
        arguments.append(shown)
    made: dict[str, Any] = {
        "tool": call.tool,
        "effect": manifest.effect.value,
        "kind": manifest.kind,
        "undo": manifest.undo,
        "rule": rule,
        "reason": reason,
        "arguments": arguments,
        "after": list(state.context.origins) if state.context.untrusted else [],
        "also": _also(state, call, step),
    }
    hosts = [text for item in judged if item.role is Role.HOST for text in _texts(item.value)]
    if hosts and manifest.effect is Effect.CHANGE:  # a command that reaches them sees the folders
        made["could-get"] = hosts
    if grantable and (covered := _covered(judged)):
        made["grantable"] = [{"what": what, "value": text} for what, text in covered]
    return made


def _covered(judged: list[Judged]) -> list[tuple[str, str]]:
    """What a grant could cover of these values: receivers, hosts (of web addresses too) and devices; empty where one of them has no such form."""
    found: dict[tuple[str, str], None] = {}
    for item in judged:
        if (what := ROLES.get(item.role)) in _GRANTABLE:
            for text in _texts(item.value):
                value = values.host_of(text) if item.role is Role.URL else values.host(text) if item.role is Role.HOST else text
                if value is None:
                    return []
                found[str(what), value] = None
    return list(found)


def _also(state: State, call: Call, step: int) -> int:
    """How many other unused steps have their holes where this one has."""
    if step < 0 or state.plan is None:
        return 0
    holes = {name for name, value in state.plan[step].args.items() if value == HOLE}
    used = {use.step for use in state.uses}
    return sum(
        i != step and i not in used and other.tool == call.tool and {n for n, v in other.args.items() if v == HOLE} == holes
        for i, other in enumerate(state.plan)
    )


def _texts(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [text for part in value.values() for text in _texts(part)]
    if isinstance(value, list | tuple):
        return [text for part in value for text in _texts(part)]
    return [str(value)] if value not in (None, "") else []


def _found(state: State, known: Known, value: Any) -> list[str]:
    """The origins of the results that hold one of these values as a field or a page; empty: it was found in none."""
    wanted = set(_texts(value))
    out: list[str] = []
    for source in state.sources:
        if wanted & known.of(source).held or {values.url(text) for text in wanted} & set(source.urls):
            out += [origin for origin in source.label.origins if origin not in out]
    return out[:8]


def _familiar(state: State, known: Known) -> dict[str, str]:
    """The addresses and names that the person knows (of the brief, the plan's literals, their own records), with what they look like."""
    brief = {*known.brief.addresses, *known.brief.urls, *known.brief.accounts}
    literals = [value for step in state.plan or [] for value in step.args.values() if value != HOLE]
    planned = {text for value in literals for text in _texts(value) if 4 <= len(text) <= 80}
    own = {form.partition(" ")[2]: bare.partition(" ")[2] for source in state.sources for form, bare in known.of(source).people.items()}
    return {**{text: values.skeleton(text) for text in brief | planned}, **own}


def _json(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(name): _json(part) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return [_json(part) for part in value]
    return value if isinstance(value, str | int | float | bool) or value is None else str(value)
