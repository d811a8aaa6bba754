"""The rules in words, and the owner's own examples run against them."""

from __future__ import annotations

import tomllib
from typing import Any

import msgspec

from confrere.errors import WrongUse
from confrere.messages import say
from confrere.policy.engine import Engine
from confrere.policy.harness import manifest
from confrere.policy.manifest import Manifest
from confrere.policy.rules import Problem, Rule, Rules
from confrere.policy.state import HOLE, Call

_SHOWN = 6


def explain(language: str, rules: Rules) -> str:
    """The readable list of the rules in force, strictest first, with what is wrong with the owner's file on top."""
    lines = [problem(item, language) for item in rules.problems]
    groups: list[tuple[str, list[Rule]]] = [("refused", [rule for rule in rules.base if rule.verdict == "deny"])]
    mine = {id(rule) for rule in rules.owner}
    groups[0][1].extend(rule for rule in rules.owner if rule.verdict == "deny")
    for verdict in ("ask", "literal", "plan", "allow"):
        groups.append((verdict, [rule for rule in (*rules.owner, *rules.base) if rule.verdict == verdict]))
    for name, members in groups:
        if not members:
            continue
        lines += ["", say(f"policy.explain-{name}", language)]
        lines += [f"  · {_sentence(rule, language, id(rule) in mine)}" for rule in members]
    levels = {name: say(f"policy.level-{level.name.lower()}", language) for name, level in rules.clearance.items()}
    clearance = {"person": levels["person"], "local": levels["local-model"], "remote": levels["remote-model"]}
    return "\n".join([*lines, "", say("policy.explain-clearance", language, **clearance)]).strip() + "\n"


def problem(item: Problem, language: str) -> str:
    """One mistake of the owner's file, as a sentence."""
    return say(item.key, language, line=item.line, about=item.about)


def _sentence(rule: Rule, language: str, mine: bool) -> str:
    words = (rule.fr if language == "fr" else rule.en) or rule.en or rule.fr
    if not mine and not words:
        words = say(f"policy.rule-{rule.name}", language)
    shown = [pattern for pattern in rule.matches if pattern != "*"]
    values = ", ".join(shown[:_SHOWN]) + (" …" if len(shown) > _SHOWN else "")
    tail = f" ({say('policy.explain-values', language, values=values)})" if values else ""
    head = f"{rule.name} ({say('policy.explain-mine', language)})" if mine else rule.name
    return f"{head}: {words or ', '.join(rule.kinds)}{tail}" if language != "fr" else f"{head} : {words or ', '.join(rule.kinds)}{tail}"


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """One example: what the owner expects, what the engine said, by which rule."""

    name: str
    expected: str
    verdict: str
    rule: str
    reason: str
    passed: bool


def selftest(text: str, rules: Rules) -> list[Outcome]:
    """Run the owner's examples (TOML). Each ``[[example]]`` has a ``name``, a ``brief``, ``tools`` (name → manifest), a
    ``plan`` (optional: a list of tool and args, with "?" for a value left open), ``reads`` (calls with their
    ``result``, in order), a ``call`` and what is ``expect``-ed: allow, ask or deny.

    Raises WrongUse when the file cannot be read."""
    try:
        examples = tomllib.loads(text)["example"]
        return [_run(example, rules) for example in examples]
    except (tomllib.TOMLDecodeError, KeyError, TypeError, AttributeError, msgspec.ValidationError) as error:
        raise WrongUse("policy.example-broken", about=str(error)) from error


def _run(example: dict[str, Any], rules: Rules) -> Outcome:
    engine = Engine(rules)
    engine.start(example.get("brief", ""), {name: _manifest(spec) for name, spec in example["tools"].items()})
    if "plan" in example:
        engine.approve_plan([{"tool": step["tool"], "args": _open(step.get("args", {}))} for step in example["plan"]])
    for read in example.get("reads", []):
        call = Call(tool=read["tool"], args=read.get("args", {}))
        decision = engine.decide(call)
        if decision.verdict == "allow":
            engine.commit(call, decision)
            engine.observe(call, read.get("result", ""))
    asked = example["call"]
    found = engine.decide(Call(tool=asked["tool"], args=asked.get("args", {})))
    expected = example["expect"]
    return Outcome(
        name=example.get("name", ""),
        expected=expected,
        verdict=found.verdict,
        rule=found.rule,
        reason=found.reason,
        passed=found.verdict == expected,
    )


def _manifest(spec: dict[str, Any]) -> Manifest:
    """A manifest as the examples write it: with an effect, strictly; without, as plain data of a harness."""
    return msgspec.convert(spec, Manifest) if "effect" in spec else manifest(spec)


def _open(args: dict[str, Any]) -> dict[str, Any]:
    return {name: HOLE if value == "?" else value for name, value in args.items()}
