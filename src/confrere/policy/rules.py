"""The rules: data in TOML, those of the installation and those of the machine's owner, over one small matcher."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, Literal

import msgspec

from confrere.policy.labels import Confidentiality
from confrere.policy.manifest import Effect, Manifest, Role

Verdict = Literal["allow", "plan", "literal", "ask", "deny"]
STRICTNESS: dict[str, int] = {"allow": 0, "plan": 1, "literal": 2, "ask": 3, "deny": 4}


class Rule(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One rule. An empty list matches everything; ``matches`` are globs over the values of ``roles``. ``en`` and ``fr``
    are the owner's own sentences; those of the installation's rules are in the catalogue under ``policy.rule-NAME``."""

    name: str
    verdict: Verdict
    effects: list[Effect] = []
    kinds: list[str] = []
    roles: list[Role] = []
    matches: list[str] = []
    fixed: bool = False
    en: str = ""
    fr: str = ""

    def applies(self, manifest: Manifest, arguments: list[tuple[Role, str]]) -> bool:
        """True when the call is of this kind and, where values are listed, one of its values is among them."""
        if (self.effects and manifest.effect not in self.effects) or (self.kinds and manifest.kind not in self.kinds):
            return False
        if not self.roles and not self.matches:
            return True
        among = [value for role, value in arguments if not self.roles or role in self.roles]
        return bool(among) if not self.matches else any(_glob(tuple(self.matches)).fullmatch(_plain(value)) for value in among)

    def covers(self, manifest: Manifest, arguments: list[tuple[Role, str]]) -> bool:
        """For an ``allow``: every value of its roles is listed, not just one."""
        among = [value for role, value in arguments if role in self.roles]
        listed = all(_glob(tuple(self.matches)).fullmatch(_plain(value)) for value in among)
        return bool(among) and listed and self.applies(manifest, arguments)


class Problem(msgspec.Struct, frozen=True):
    """What is wrong with the owner's file: a catalogue key, the line (0: unknown) and what it is about."""

    key: str
    line: int
    about: str


class Rules(msgspec.Struct, kw_only=True):
    """The rules in force. ``problems`` is not empty when the owner's file was not used; ``cleared`` are the entries of ``clearance`` that the
    owner's file gives."""

    base: list[Rule]
    owner: list[Rule] = []
    clearance: dict[str, Confidentiality] = {}
    cleared: list[str] = []
    problems: list[Problem] = []

    def judge(self, manifest: Manifest, arguments: list[tuple[Role, str]]) -> Rule:
        """The rule that decides: what is fixed; then the strictest of the owner's rules and the installation's first
        match; an ``allow`` of the owner's counts only where it lists every value that it is about."""
        for rule in self.base:
            if rule.fixed and rule.applies(manifest, arguments):
                return rule
        default = next((rule for rule in self.base if not rule.fixed and rule.applies(manifest, arguments)), CLOSED)
        mine = [rule for rule in self.owner if rule.verdict != "allow" and rule.applies(manifest, arguments)]
        strictest = max([default, *mine], key=lambda rule: STRICTNESS[rule.verdict])
        if not mine and (listed := next((r for r in self.owner if r.verdict == "allow" and r.covers(manifest, arguments)), None)):
            return listed
        return strictest


CLOSED = Rule(name="unknown-effect", verdict="ask")


@lru_cache(maxsize=64)  # one value, several rules
def _plain(value: str) -> str:
    """A value as the globs see it: case, form, back-slashes, doubled and single-dot parts and invisible characters do
    not hide it."""
    text = unicodedata.normalize("NFKC", value).casefold().replace("\\", "/")
    text = "".join(ch for ch in text if unicodedata.category(ch) not in ("Cf", "Cc", "Cs"))
    return re.sub(r"/(?:\.?/)+", "/", text)


@lru_cache(maxsize=512)
def _glob(patterns: tuple[str, ...]) -> re.Pattern[str]:
    """``**/`` is any folders or none, ``*`` any characters but ``/`` in a pattern that has one, any at all otherwise."""
    out = []
    for pattern in patterns:
        text, star = re.escape(_plain(pattern)), r"[^/]*" if "/" in pattern else r"[\s\S]*"
        text = text.replace(re.escape("**/"), r"(?:[\s\S]*/)?").replace(re.escape("/**"), r"(?:/[\s\S]*)?")
        out.append(text.replace(re.escape("*"), star))
    return re.compile("|".join(out))


@cache
def installation() -> Rules:
    """The rules that ship with this installation."""
    with open(Path(__file__).with_name("rules.toml"), "rb") as file:
        data = tomllib.load(file)
    return Rules(base=msgspec.convert(data["rule"], list[Rule]), clearance=_clearance(data["clearance"]))


def _clearance(data: dict[str, Any]) -> dict[str, Confidentiality]:
    return {name: Confidentiality[level.upper()] for name, level in data.items()}


def load(owner: str = "") -> Rules:
    """The installation's rules with the owner's file (its text) over them. A file with any mistake is not used at all:
    the installation's rules hold, and ``problems`` says what and where. Clearance can only be lowered for remote models
    by the file of the installation; the owner may set it either way, because it is theirs."""
    base = installation()
    rules = Rules(base=base.base, clearance=dict(base.clearance))
    if not owner.strip():
        return rules
    try:
        data = tomllib.loads(owner)
    except tomllib.TOMLDecodeError as error:
        found = re.search(r"at line (\d+)", str(error))
        line = int(found[1]) if found else owner.count("\n") + 1
        rules.problems.append(Problem("policy.file-syntax", line, re.sub(r" \(at .*", "", str(error))))
        return rules
    mine: list[Rule] = []
    for number, item in enumerate(data.get("rule", []) if isinstance(data.get("rule", []), list) else [{}]):
        line = _line_of(owner, number)
        try:
            rule = msgspec.convert(item, Rule)
        except msgspec.ValidationError as error:
            rules.problems.append(Problem("policy.file-rule", line, str(error)))
            continue
        if rule.fixed:
            rules.problems.append(Problem("policy.file-fixed", line, rule.name))
        if rule.verdict == "allow" and not (rule.roles and rule.matches and all(_narrow(pattern) for pattern in rule.matches)):
            rules.problems.append(Problem("policy.file-wide-allow", line, rule.name))
        mine.append(rule)
    clearance = dict(rules.clearance)
    for name, level in data.get("clearance", {}).items() if isinstance(data.get("clearance", {}), dict) else [("", "")]:
        if name not in base.clearance or not isinstance(level, str) or level.upper() not in ("PUBLIC", "PRIVATE"):
            rules.problems.append(Problem("policy.file-clearance", _line_with(owner, str(name)), str(name)))
        else:
            clearance[name] = Confidentiality[level.upper()]
    for name in data:
        if name not in ("rule", "clearance", "version"):
            rules.problems.append(Problem("policy.file-key", _line_with(owner, name), name))
    if not rules.problems:
        rules.owner, rules.clearance, rules.cleared = mine, clearance, sorted(data.get("clearance", {}))
    return rules


def _narrow(pattern: str) -> bool:
    """An allow names something: at least three characters that are not wild."""
    return len(re.sub(r"[*?./\\\s]", "", pattern)) >= 3


def _line_of(text: str, number: int) -> int:
    lines = [i for i, line in enumerate(text.splitlines(), 1) if re.match(r"\s*\[\[\s*rule\s*\]\]", line)]
    return lines[number] if number < len(lines) else 0


def _line_with(text: str, word: str) -> int:
    return next((i for i, line in enumerate(text.splitlines(), 1) if re.match(rf"\s*\[*\s*\"?{re.escape(word)}\"?\s*[\]=.]", line)), 0)
