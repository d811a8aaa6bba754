"""Commands about what is allowed: approvals, answer, grants, policy, secrets."""

from __future__ import annotations

import getpass
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import msgspec

from confrere.agent.loop import Runner, utc
from confrere.agent.services import Services
from confrere.agent.task import load
from confrere.cli.screen import print_json
from confrere.cli.work import drive, open_services, screen_for
from confrere.errors import WrongUse
from confrere.messages import say, show

if TYPE_CHECKING:
    from confrere.policy.approvals import Approval


def waiting(services: Services) -> list[Approval]:
    """The questions that wait for an answer, the oldest first."""
    found = []
    for task in services.store.tasks():
        if services.store.last(task, "approval.asked") is None:
            continue
        state = load(services.store, task)
        found += [approval for approval in state.approvals.values() if approval.state == "waiting" and utc() < approval.expires]
    return sorted(found, key=lambda approval: approval.asked)


def card_lines(card: dict[str, Any], language: str) -> list[str]:
    """A question as a person reads it: what, to whom, with which words, and where each value came from."""
    lines = [say("cli.card-asks", language, tool=card["tool"], kind=card["kind"])]
    if card.get("reason"):
        lines.append("  " + say(card["reason"], language, tool=card["tool"], kind=card["kind"]))
    for entry in card["arguments"]:
        value = entry["value"] if isinstance(entry["value"], str) else msgspec.json.encode(entry["value"]).decode()
        lines.append(f"  {entry['name']}: {show(value, lines=True)}")
        if not entry["good"]:
            origins = ", ".join(entry.get("from") or []) or say("cli.card-model", language)
            lines.append("    " + say("cli.card-from", language, origin=origins))
        if entry.get("resembles"):
            lines.append("    " + say("cli.card-resembles", language, other=", ".join(entry["resembles"])))
    if card.get("could-get"):
        lines.append(say("policy.host-could-get", language, hosts=", ".join(card["could-get"])))
    if card.get("after"):
        lines.append(say("cli.card-after", language, origins=", ".join(card["after"][:6])))
    if not card.get("undo"):
        lines.append(say("cli.card-final", language))
    return lines


def approvals(as_json: bool) -> int:
    services = open_services()
    language, found = services.home.language(), waiting(services)
    for approval in found:
        if as_json:
            print_json(approval)
            continue
        click.echo(f"{approval.id}  ({approval.asked[:16].replace('T', ' ')} → {approval.expires[:16].replace('T', ' ')})")
        for card in approval.cards:
            for line in card_lines(card, language):
                click.echo(f"  {line}")
        click.echo("  " + say("cli.next-answer", language, id=approval.id))
    if not found and not as_json:
        click.echo(say("cli.no-approvals", language))
    services.close()
    return 0


def answer(ident: str, word: str, as_json: bool) -> int:
    """Answer a question, then go on with its task unless another process does."""
    services = open_services()
    yes = {"yes": True, "oui": True, "y": True, "o": True, "no": False, "non": False, "n": False}.get(word.lower())
    if yes is None:
        raise WrongUse("cli.answer-what")
    task = ident.rpartition("-q")[0]
    if task not in services.store.tasks():
        raise WrongUse("policy.approval-unknown", id=ident)
    Runner(services, task).answer(ident, yes, "command")
    state = load(services.store, task)
    screen = screen_for(as_json, state.language)
    if services.store.holder(task) is not None or any(other.state == "waiting" for other in state.approvals.values()):
        screen.end(state, "")
        return 3 if services.store.holder(task) is None else 0
    return drive(services, task, screen)


def policy(what: str, file: str, as_json: bool) -> int:
    from confrere.policy.explain import explain, problem, selftest

    services = open_services()
    language = services.home.language()
    for item in services.rules.problems:
        click.echo(problem(item, language), err=True)
    if what == "explain":
        click.echo(explain(language, services.rules))
        return 0
    outcomes = selftest(Path(file).read_text("utf-8"), services.rules)
    for outcome in outcomes:
        if as_json:
            print_json(outcome)
        else:
            click.echo(f"{'✓' if outcome.passed else '✗'} {outcome.name}: {outcome.verdict} ({outcome.rule})")
    return 0 if all(outcome.passed for outcome in outcomes) else 1


def grants(revoke: str, as_json: bool) -> int:
    services = open_services()
    language, found = services.home.language(), services.grants()
    if revoke:
        if not any(grant.id == revoke and not grant.revoked for grant in found):
            raise WrongUse("cli.grant-unknown", id=revoke)
        services.store.append("", "grant.revoked", {"id": revoke, "at": utc()}, durable=True)
        click.echo(say("cli.grant-revoked", language, id=revoke))
        return 0
    living = [grant for grant in found if not grant.revoked]
    for grant in living:
        if as_json:
            print_json(grant)
        else:
            click.echo(f"{grant.id}  {grant.what}  {show(grant.value)}  {grant.scope}{'  → ' + grant.expires[:10] if grant.expires else ''}")
    if not living and not as_json:
        click.echo(say("cli.no-grants", language))
    return 0


def grant(what: str, value: str, days: float | None, as_json: bool) -> int:
    """Allow a host, a recipient, a device, an amount or a model until revoked."""
    from confrere.policy.grants import Grant

    services = open_services()
    number = len(services.grants()) + 1
    given = Grant(id=f"g{number}", what=what, value=value, scope="always", expires=utc(days * 86_400) if days else "", by="command")  # type: ignore[arg-type]
    services.store.append("", "grant.given", {"grant": msgspec.to_builtins(given)}, durable=True)
    print_json(given) if as_json else click.echo(say("cli.grant-given", services.home.language(), id=given.id, what=what, value=value))
    return 0


def secrets(action: str, name: str, hosts: list[str], as_json: bool) -> int:
    """List, set (from a prompt or standard input, never an argument), or delete a secret; import from the environment."""
    services = open_services()
    language, store = services.home.language(), services.secrets
    if action == "set":
        value = getpass.getpass(say("cli.secret-prompt", language, name=name)) if sys.stdin.isatty() else sys.stdin.readline().rstrip("\n")
        store.set(name, value, hosts)
        click.echo(say("cli.secret-set", language, name=name, hosts=", ".join(hosts)))
    elif action == "delete":
        store.delete(name)
        click.echo(say("cli.secret-deleted", language, name=name))
    else:
        if not store.infos() and not as_json:
            click.echo(say("cli.no-secrets", language))
        for info in store.infos():
            if as_json:
                print_json(info)
            else:
                click.echo(f"{info.name}  {', '.join(info.hosts)}  {info.note}")
    return 0
