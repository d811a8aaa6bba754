"""Commands that only look: tasks, show, changes, report, journal."""

from __future__ import annotations

import shutil
import sys
from datetime import datetime

import click
import msgspec

from confrere.agent.task import load, resolve
from confrere.cli.flow import echo, hang
from confrere.cli.screen import TerminalScreen, print_json, short
from confrere.cli.work import hint, open_services, state_word
from confrere.errors import ConfrereError, WrongUse
from confrere.messages import say
from confrere.messages import show as shown


def tasks(as_json: bool) -> int:
    services = open_services()
    language = services.home.language()
    names = services.store.tasks()
    room = max(30, shutil.get_terminal_size().columns - 48) if sys.stdout.isatty() else 200
    for name in names:
        try:
            state = load(services.store, name)
        except ConfrereError as error:  # one that is damaged hides no other
            sentence = error.sentence(language)
            if as_json:
                print_json({"task": name, "error": sentence, "code": error.key})
            else:
                click.echo(f"{name}  {sentence}")
            continue
        if as_json:
            line = {"task": state.id, "state": state.state, "created": state.created, "brief": state.brief}
            print_json({**line, "folders": [root.path for root in state.roots]})
        else:
            brief = shown(" ".join(state.brief.split()))
            word = say(f"agent.state-{state.state}", language)
            click.echo(f"{state.id}  {word:<12} {local(state.created)}  {short(brief, room)}")
    if not names and not as_json:
        echo(say("cli.no-tasks", language))
    services.close()
    return 0


def local(moment: str, *, seconds: bool = False) -> str:
    """A moment of the journal, which is in UTC, on the clock of this machine."""
    at = datetime.fromisoformat(moment).astimezone()
    return f"{at:%Y-%m-%d %H:%M:%S}" if seconds else f"{at:%Y-%m-%d %H:%M}"


def show(task: str, as_json: bool) -> int:
    services = open_services()
    state = load(services.store, resolve(services.store, task))
    if as_json:
        body = msgspec.to_builtins(state)
        for key in ("outcomes", "undone"):
            body[key] = len(body[key])
        print_json({"task": state.id, **body})
    else:
        screen = TerminalScreen(state.language)
        screen.console.print(shown(state.brief, lines=True), style="bold", markup=False)
        for root in state.roots:
            screen.console.print(f"  {shown(root.path)}{' (ro)' if root.readonly else ''}", style="dim", markup=False)
        screen.console.print(say("cli.state-line", state.language, state=state_word(state)), markup=False)
        if state.plan is not None and state.plan.steps:
            screen.plan(state.plan)
        if state.report or state.failure:
            screen.end(state, hint(state))
        elif hint(state):
            hang(screen.console, "", hint(state))
    services.close()
    return 0


def changes(task: str, as_json: bool) -> int:
    from confrere.agent.loop import Runner
    from confrere.workspace.changes import ChangeSet

    services = open_services()
    runner = Runner(services, resolve(services.store, task))
    state = runner.state
    if state.state in ("applied", "undone") or (state.outcomes and state.state != "review"):
        found = ChangeSet(changes=[entry.change for entry in state.standing()])
    else:
        found = runner.changes()
    runner.close()
    if as_json:
        for change in found.changes:
            print_json(change)
    elif found.changes or found.left:
        TerminalScreen(state.language).changes(found)
    elif state.state in ("drafted", "planned", "approved", "running", "waiting"):
        echo(say("cli.changes-not-yet", state.language, task=state.id, state=state_word(state)))
    else:
        echo(say("cli.no-changes", state.language, task=state.id))
    services.close()
    return 0


def report(task: str, as_json: bool) -> int:
    services = open_services()
    state = load(services.store, resolve(services.store, task))
    if not state.report:
        raise WrongUse("cli.no-report", task=state.id, state=state_word(state))
    if as_json:
        print_json(state.report)
    else:
        TerminalScreen(state.language).end(state, hint(state))
    services.close()
    return 0


def journal(task: str, *, verify: bool, export: str | None, as_json: bool) -> int:
    services = open_services()
    store, language = services.store, services.home.language()
    name = resolve(store, task) if task else None
    if verify:
        problems = store.verify(name)
        count = store.count(name)
        if as_json:
            print_json({"events": count, "problems": problems})
        elif problems:
            click.echo(say("cli.journal-bad", language, count=len(problems)))
            for problem in problems[:100]:
                click.echo(f"  {problem.code}  {problem.task or '-'} #{problem.n}  {problem.detail}")
        else:
            click.echo(say("cli.journal-good", language, count=count))
        services.close()
        return 1 if problems else 0
    if export:
        from confrere.journal.export import export as write

        if export == "-":
            write(store.read(name), sys.stdout)
        else:
            with open(export, "x", encoding="ascii") as file:
                count = write(store.read(name), file)
            click.echo(say("cli.journal-exported", language, count=count, file=export), err=True)
        services.close()
        return 0
    room = max(60, shutil.get_terminal_size().columns) if sys.stdout.isatty() else 200
    for event in store.read(name):
        if as_json:
            print_json(event)
        else:
            when, whose = local(event.at, seconds=True), "" if name else f"{event.task or '-':<11}  "
            click.echo(short(f"{when[5:] if name else when}  {whose}{event.n:>4}  {event.kind:<16} {_summary(event.body)}", room))
    services.close()
    return 0


def _summary(body: dict[str, object]) -> str:
    """The most telling of an event's fields, on one line."""
    verdict = body.get("verdict")
    if isinstance(verdict, dict):
        return shown(f"{body.get('tool')} [{body.get('step')}] {verdict['verdict']}: {verdict['rule']}")
    parts = []
    for key in ("brief", "call", "status", "name", "key", "by", "id", "state", "counts", "seconds"):
        value = body.get(key)
        if value not in (None, "", {}):
            parts.append(f"{key}={value}")
    message = body.get("message")
    if isinstance(message, dict):
        calls = ", ".join(call["tool"] for call in message.get("calls", []))
        parts.append(f"{message['role']}: {calls or ' '.join(str(message.get('text', '')).split())[:70]}")
    return shown(" ".join(parts))[:110]
