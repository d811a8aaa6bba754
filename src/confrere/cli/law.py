"""Commands about what is allowed: approvals, answer, grants, policy, secrets."""

from __future__ import annotations

import getpass
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import msgspec

from confrere.agent.loop import Runner
from confrere.agent.services import Services
from confrere.agent.session import utc
from confrere.agent.task import load
from confrere.cli.screen import print_json
from confrere.cli.work import drive, open_services, screen_for
from confrere.errors import WrongUse
from confrere.messages import say, show

if TYPE_CHECKING:
    from confrere.policy.approvals import Approval
    from confrere.policy.grants import Grant
    from confrere.policy.widening import Offer


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


def widenings(cards: list[dict[str, Any]], language: str) -> list[tuple[str, str]]:
    """The wider answers that these cards take: the word to answer with, and what it would allow."""
    from confrere.policy.widening import offers

    return [(say(f"cli.widen-{offer.scope}", language), say(offer.key, language, **offer.data)) for offer in offers(cards)]


def approvals(as_json: bool) -> int:
    services = open_services()
    language, found = services.home.language(), waiting(services)
    for approval in found:
        if as_json:
            wide = [{"scope": offer.scope, "sentence": say(offer.key, language, **offer.data)} for offer in offers_of(approval)]
            print_json({**msgspec.to_builtins(approval), "widen": wide})
            continue
        click.echo(f"{approval.id}  ({approval.asked[:16].replace('T', ' ')} → {approval.expires[:16].replace('T', ' ')})")
        for card in approval.cards:
            for line in card_lines(card, language):
                click.echo(f"  {line}")
        click.echo("  " + say("cli.next-answer", language, id=approval.id))
        wider = widenings(approval.cards, language)
        for word, sentence in wider:
            click.echo(f"    confrere answer {approval.id} {word}  {sentence}")
        if wider:
            click.echo("    " + say("policy.widen-note", language))
    if not found and not as_json:
        click.echo(say("cli.no-approvals", language))
    services.close()
    return 0


def offers_of(approval: Approval) -> list[Offer]:
    from confrere.policy.widening import offers

    return offers(approval.cards)


_YES = {"yes": "", "oui": "", "y": "", "o": "", "task": "task", "tache": "task", "tâche": "task", "always": "always", "toujours": "always"}
_NO = ("no", "non", "n")
MOST = 100  # see policy.widening


def widened(word: str, times: int = 0) -> dict[str, str] | None:
    """The wider yes that a word stands for; None for only this. Raises WrongUse for a limit on what is not widened."""
    scope = _YES[word]
    if not scope and times:
        raise WrongUse("cli.answer-times")
    return {"scope": scope, **({"times": str(times)} if times else {})} if scope else None


def wider_word(typed: str, offered: bool) -> tuple[bool, dict[str, str] | None]:
    """What was typed at a question: yes or no and, where wider answers were offered, which: ``task``, ``always``, ``task 5``. Anything else is no."""
    word, _, times = typed.strip().lower().partition(" ")
    scope = _YES.get(word)
    right = scope is not None and (not times or (times.isascii() and times.isdigit() and 0 < int(times[:9]) <= MOST))
    if not right or scope is None or (scope and not offered) or (times and not scope):
        return False, None
    return True, widened(word, int(times or 0))


def answer(ident: str, word: str, times: int, behalf: str, as_json: bool) -> int:
    """Answer a question, then go on with its task unless another process does."""
    services = open_services()
    word = word.lower()
    if word not in _YES and word not in _NO:
        raise WrongUse("cli.answer-what")
    task = ident.rpartition("-q")[0]
    if task not in services.store.tasks():
        raise WrongUse("policy.approval-unknown", id=ident)
    widen = widened(word, times) if word in _YES else None
    Runner(services, task).answer(ident, word in _YES, "command", widen=widen, delegated=behalf)
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


def granted(services: Services) -> dict[str, tuple[Grant, str]]:
    """What is granted and not revoked, by identifier, with the journal it stands in: everyone's, or that of a task that goes on."""
    from confrere.agent.task import ENDED
    from confrere.policy.grants import apply

    journals = [""]
    for task in services.store.tasks():
        if services.store.last(task, "grant.given") is not None and load(services.store, task).state not in ENDED:
            journals.append(task)
    found: dict[str, tuple[Grant, str]] = {}
    for journal in journals:
        here: dict[str, Grant] = {grant.id: grant for grant in services.grants()} if not journal else {}
        for event in services.store.read(journal, kinds=("grant.given", "grant.revoked")) if journal else ():
            apply(here, {"type": event.kind, **event.body})
        found |= {ident: (grant, journal) for ident, grant in here.items() if not grant.revoked}
    return found


def grants(revoke: str, as_json: bool) -> int:
    services = open_services()
    language, found = services.home.language(), granted(services)
    if revoke:
        if revoke not in found:
            raise WrongUse("cli.grant-unknown", id=revoke)
        services.store.append(found[revoke][1], "grant.revoked", {"id": revoke, "at": utc()}, durable=True)
        click.echo(say("cli.grant-revoked", language, id=revoke))
        return 0
    for grant, _ in found.values():
        if as_json:
            print_json(grant)
            continue
        parts = [grant.id, grant.what, show(grant.value), " ".join([grant.scope, grant.task]).strip(), ", ".join(grant.kinds)]
        parts += [say("cli.grant-limit", language, used=grant.used, limit=grant.limit)] if grant.limit else []
        parts += [say("cli.grant-private", language)] if grant.confidentiality else []
        click.echo("  ".join(part for part in parts if part) + (f"  → {grant.expires[:10]}" if grant.expires else ""))
    if not found and not as_json:
        click.echo(say("cli.no-grants", language))
    return 0


def grant(what: str, value: str, days: float | None, private: bool, as_json: bool) -> int:
    """Allow a host, a recipient, a device, an amount or a model until revoked."""
    import secrets as random

    from confrere.policy.grants import Grant
    from confrere.policy.labels import Confidentiality

    services = open_services()
    cleared = Confidentiality.PRIVATE if private or what == "model" else None
    given = Grant(
        id=f"g{random.token_hex(3)}", what=what, value=value, scope="always", expires=utc(days * 86_400) if days else "", by="command",  # type: ignore[arg-type]
        confidentiality=cleared,
    )  # fmt: skip
    services.store.append("", "grant.given", {"grant": msgspec.to_builtins(given)}, durable=True)
    print_json(given) if as_json else click.echo(say("cli.grant-given", services.home.language(), id=given.id, what=what, value=value))
    return 0


def secrets(action: str, name: str, hosts: list[str], as_json: bool) -> int:
    """List, set (from a prompt or standard input, never an argument), or delete a secret; import from the environment."""
    services = open_services()
    language, store = services.home.language(), services.secrets
    if action in ("set", "delete") and not name:
        raise WrongUse("cli.secrets-no-name", action=action)
    if action == "import":
        from confrere.secrets import KNOWN_HOSTS

        wanted = {name: hosts} if name and hosts else {one: found for one, found in KNOWN_HOSTS.items() if name in ("", one)}
        taken = store.import_environment(wanted)
        for one in taken:
            services.store.append("", "secret.imported", {"name": one}, durable=True)
            click.echo(say("cli.secrets-imported", language, name=one, hosts=", ".join(wanted[one])))
        if not taken:
            click.echo(say("cli.secrets-nothing", language))
    elif action == "set":
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
