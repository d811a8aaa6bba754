from __future__ import annotations

import pytest

from confrere.errors import WrongUse
from confrere.messages import say
from confrere.policy.explain import explain, problem, selftest
from confrere.policy.rules import installation, load

EXAMPLES = """
[[example]]
name = "mail to Anna"
brief = "Tell anna@x.org “ok”."
expect = "allow"
tools.send = {kind = "send", store = "mail", egress = true, roles = {to = "dest", body = "text"}}
tools.inbox = {kind = "read", store = "mail"}
plan = [{tool = "inbox"}, {tool = "send", args = {to = "anna@x.org", body = "ok"}}]
reads = [{tool = "inbox", result = "- from: x@evil.example"}]
call = {tool = "send", args = {to = "anna@x.org", body = "ok"}}

[[example]]
name = "mail to a stranger"
expect = "ask"
tools.send = {effect = "act", kind = "send", roles = {to = "dest", body = "text"}}
plan = [{tool = "send", args = {to = "anna@x.org", body = "?"}}]
call = {tool = "send", args = {to = "x@evil.example", body = "ok"}}
"""


@pytest.mark.parametrize(
    ("text", "line", "key"),
    [
        ('version = 1\n[[rule]\nname = "x"\n', 2, "policy.file-syntax"),
        ('\n[[rule]]\nname = "x"\nverdict = "perhaps"\n', 2, "policy.file-rule"),
        ('[[rule]]\nname = "x"\nverdict = "ask"\n\n[[rule]]\nname = "y"\nverdict = "deny"\nkind = ["pay"]\n', 5, "policy.file-rule"),
        ('[[rule]]\nname = "x"\nverdict = "allow"\nkinds = ["pay"]\n', 1, "policy.file-wide-allow"),
        ('[[rule]]\nname = "x"\nverdict = "allow"\nroles = ["host"]\nmatches = ["*"]\n', 1, "policy.file-wide-allow"),
        ('[[rule]]\nname = "x"\nverdict = "deny"\nfixed = true\n', 1, "policy.file-fixed"),
        ('\n[clearance]\nremote-model = "secret"\n', 3, "policy.file-clearance"),
        ("\n\ndisable = true\n", 3, "policy.file-key"),
    ],
)
def test_a_broken_file_is_reported_by_line_and_not_used(text: str, line: int, key: str) -> None:
    rules = load('[[rule]]\nname = "ok"\nverdict = "deny"\nkinds = ["pay"]\n' * 0 + text)
    assert not rules.owner and rules.base == installation().base and rules.clearance == installation().clearance
    assert [(found.line, found.key) for found in rules.problems][:1] == [(line, key)]
    assert "not used" in problem(rules.problems[0], "en") and "pris en compte" in problem(rules.problems[0], "fr")


def test_every_rule_is_explained_in_both_languages() -> None:
    rules = load(
        '[[rule]]\nname = "my-host"\nverdict = "allow"\nroles = ["host", "url"]\nmatches = ["intranet.example"]\n'
        'en = "our intranet"\nfr = "notre intranet"\n'
    )
    assert not rules.problems
    for language in ("en", "fr"):
        text = explain(language, rules)
        for rule in installation().base:
            assert rule.name in text and say(f"policy.rule-{rule.name}", language) in text
    assert "notre intranet" in explain("fr", rules) and "la vôtre" in explain("fr", rules)


def test_the_owners_examples_run() -> None:
    outcomes = selftest(EXAMPLES, load())
    assert [(found.name, found.verdict, found.passed) for found in outcomes] == [
        ("mail to Anna", "allow", True),
        ("mail to a stranger", "deny", False),
    ]


@pytest.mark.parametrize(
    "text",
    ["[[example]", "", "[[example]]\nname = 'x'\n", "[[example]]\nexpect='ask'\ntools.a={effect='fly', kind='x'}\ncall={tool='a'}\n"],
)
def test_broken_examples_say_so(text: str) -> None:
    with pytest.raises(WrongUse):
        selftest(text, load())
