"""Typed equality: no other value becomes the person's by looking or reading like it."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from confrere.policy import values
from confrere.policy.brief import Brief
from confrere.policy.manifest import Role

ROLES = [
    Role.DEST,
    Role.ACCOUNT,
    Role.URL,
    Role.HOST,
    Role.PATH,
    Role.AMOUNT,
    Role.WHEN,
    Role.NAME,
    Role.COMMAND,
    Role.TEXT,
    Role.ID,
    Role.DEVICE,
]
KNOWN = {
    Role.DEST: "anna.blum@example.org",
    Role.ACCOUNT: "FR7630006000011234567890189",
    Role.URL: "https://bank.example/pay",
    Role.HOST: "bank.example",
    Role.PATH: "Clients/2026/facture.pdf",
    Role.AMOUNT: "1250.50",
    Role.WHEN: "2026-03-04T09:00:00+01:00",
    Role.NAME: "Anna Blum",
    Role.COMMAND: "make report",
    Role.TEXT: "See you on Monday.",
    Role.ID: "13",
    Role.DEVICE: "Kitchen lamp",
}
INVISIBLE = [
    "\u200b",
    "\u200c",
    "\u200d",
    "\u2060",
    "\ufeff",
    "\u202e",
    "\u2066",
    "\u00ad",
    "\u0000",
    "\u180e",
    "\u00a0",
    "\u2009",
    "\u3000",
]
CONFUSABLE = {
    "a": "а",
    "e": "е",
    "o": "о",
    "p": "р",
    "c": "с",
    "i": "і",
    "l": "1",
    "m": "rn",
    "n": "ո",
    "b": "Ь",
    "/": "∕",
    ".": "․",
    "@": "＠",
    "1": "１",
    "0": "О",
}


@pytest.mark.parametrize("role", ROLES)
@given(data=st.data())
def test_invisible_or_confusable_letters_never_pass(role: Role, data: st.DataObject) -> None:
    good = KNOWN[role]
    place = data.draw(st.integers(0, len(good)))
    forged = good[:place] + data.draw(st.sampled_from(INVISIBLE)) + good[place:]
    assert not values.same(role, forged, good)
    letters = [i for i, ch in enumerate(good) if ch in CONFUSABLE]
    if letters:
        at = data.draw(st.sampled_from(letters))
        assert not values.same(role, good[:at] + CONFUSABLE[good[at]] + good[at + 1 :], good)


@pytest.mark.parametrize("role", ROLES)
@given(other=st.text(max_size=40))
def test_equality_is_reflexive_only_on_what_it_reads(role: Role, other: str) -> None:
    form = values.canonical(role, other)
    assert values.same(role, other, other) == (form is not None)
    assume(other.strip(" ") != KNOWN[role])
    if values.same(role, other, KNOWN[role]):
        assert values.skeleton(other.replace(" ", "")) == values.skeleton(KNOWN[role].replace(" ", "")) or role in (
            Role.AMOUNT,
            Role.WHEN,
            Role.URL,
        )


@pytest.mark.parametrize(
    ("role", "one", "other"),
    [
        (Role.URL, "https://bank.example/pay", "https://bank.example@evil.example/pay"),
        (Role.URL, "https://bank.example/pay", "https://bank.example./pay"),
        (Role.URL, "https://bank.example/pay", "https://bank.example/%70ay"),
        (Role.URL, "https://bank.example/pay", "https://bank.example/x/../pay"),
        (Role.URL, "https://bank.example/pay", "https://bank.example/x/%2e%2e/pay"),
        (Role.URL, "https://bank.example/pay", "https://bank.example\\@evil.example/pay"),
        (Role.URL, "https://bank.example/pay", "http://bank.example/pay"),
        (Role.URL, "https://bank.example/pay", "https://bank.example:8443/pay"),
        (Role.URL, "https://bank.example/pay", "https://bank.example/pay?x=1"),
        (Role.URL, "https://bank.example/pay", "javascript:https://bank.example/pay"),
        (Role.HOST, "bücher.example", "xn--bcher-kva.example"),
        (Role.HOST, "bank.example", "bank.example."),
        (Role.DEST, "anna@example.org", "Anna@example.org"),
        (Role.DEST, "anna@example.org", "anna@example.org.evil.example"),
        (Role.DEST, "anna@example.org", '"anna@example.org" <x@evil.example>'),
        (Role.DEST, "anna@example.org", "anna@example.org,x@evil.example"),
        (Role.AMOUNT, "1000", "1.000"),
        (Role.AMOUNT, "1000", "1,000"),
        (Role.AMOUNT, "10", "1e1"),
        (Role.AMOUNT, "10 EUR", "10 USD"),
        (Role.AMOUNT, "10", "-10"),
        (Role.AMOUNT, "1", True),
        (Role.AMOUNT, "10", "nan"),
        (Role.WHEN, "2026-03-04T09:00:00+01:00", "2026-03-04T09:00:00Z"),
        (Role.WHEN, "2026-03-04T09:00:00Z", "2026-03-04T09:00:00"),
        (Role.WHEN, "2026-03-04", "04/03/2026"),
        (Role.WHEN, "2026-03-04", "2026-04-03"),
        (Role.PATH, "a/b", "a//b"),
        (Role.PATH, "a/b", "a/./b"),
        (Role.PATH, "a/b", "a/c/../b"),
        (Role.PATH, "a/é", "a/e\u0301"),
        (Role.NAME, "Anna Blum", "anna blum"),
        (Role.ID, "13", "013"),
        (Role.FLAG, True, "true"),
    ],
)
def test_near_misses_differ(role: Role, one: object, other: object) -> None:
    assert not values.same(role, one, other)


@pytest.mark.parametrize(
    ("role", "one", "other"),
    [
        (Role.URL, "www.example.org", "https://WWW.example.org:443/"),
        (Role.DEST, "anna@Example.ORG", "anna@example.org"),
        (Role.ACCOUNT, "FR76 3000 6000 0112 3456 7890 189", "fr7630006000011234567890189"),
        (Role.AMOUNT, 10.0, "10.00"),
        (Role.AMOUNT, "10 €", "10 EUR"),
        (Role.WHEN, "2026-03-04 09:00", "2026-03-04T09:00:00"),
        (Role.WHEN, "2026-03-04T10:00:00+01:00", "2026-03-04T09:00:00Z"),
        (Role.ID, 7, "7"),
        (Role.NAME, " Anna  Blum", "Anna Blum"),
    ],
)
def test_what_is_the_same_thing_is_the_same(role: Role, one: object, other: object) -> None:
    assert values.same(role, one, other)


def test_what_a_brief_gives_by_type() -> None:
    brief = Brief(
        "Pay 12.50 (not 1 200, 3,000.00 or 10%) to FR76 3000 6000 0112 3456 7890 189 on June 13; "
        "ask anna@example.org, see (www.x.example/a)."
    )
    assert [str(n) for n in brief.amounts] == ["12.5", "13"] and [str(n) for n in brief.percentages] == ["10"]
    assert brief.accounts == ["FR7630006000011234567890189"] and brief.addresses == ["anna@example.org"]
    assert brief.urls == ["https://www.x.example/a"]


def test_nothing_is_read_out_of_a_longer_word() -> None:
    brief = Brief("Write to anna@example.org.evil.example or xanna@example.org and co-worker@example.org\u200b")
    assert "anna@example.org" not in brief.addresses and "worker@example.org" not in brief.addresses
    assert "co-worker@example.org" not in brief.addresses
    assert not brief.says("anna") and not brief.says("Write to\u200b")


@pytest.mark.parametrize(
    ("one", "other"), [("paypal.com", "paypa1.com"), ("anna@x.org", "аnna@x.org"), ("modern.fr", "modem.fr"), ("lac.fr", "lacs.fr")]
)
def test_look_alikes_are_seen(one: str, other: str) -> None:
    assert values.resembles(one, other) and values.resembles(other, one) and not values.resembles(one, one)
