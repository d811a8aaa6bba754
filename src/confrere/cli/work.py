"""Commands that carry a task on: run, plan, ask, approve, resume, apply, undo, stop."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import click

from confrere.agent.brief import create
from confrere.agent.loop import Runner
from confrere.agent.services import Services
from confrere.agent.task import TaskState, load, resolve
from confrere.cli.screen import JsonScreen, Screen, TerminalScreen
from confrere.config import Home
from confrere.errors import ConfrereError, WrongUse
from confrere.journal.canonical import digest
from confrere.messages import say, tell
from confrere.workspace.paths import is_within

STATUS = {"applied": 0, "done": 0, "undone": 0, "declined": 0, "failed": 1, "stopped": 5}
_GRACE = 0.7  # seconds a task gets to stop by itself before its process is ended


def open_services() -> Services:
    """Everything a command needs, with a word where the journal had to be recovered."""
    services = Services(Home.find())
    if services.recovered is not None:
        found = services.recovered
        language = services.home.language()
        click.echo(say("core.journal-recovered", language, backup=found.backup, kept=found.kept, lost=found.lost), err=True)
    return services


def screen_for(as_json: bool, language: str) -> Screen:
    return JsonScreen() if as_json else TerminalScreen(language)


def run(brief: str, folders: list[str], *, model: str, yes: bool, as_json: bool, plan_only: bool = False) -> int:
    services = open_services()
    task = create(services, brief, folders, model=model, yes=yes, plan_only=plan_only)
    state = load(services.store, task)
    screen = screen_for(as_json, state.language)
    screen.begin(state)
    return drive(services, task, screen, plan_only=plan_only)


def drive(services: Services, task: str, screen: Screen, *, plan_only: bool = False) -> int:
    """Carry the task on, asking the person at a terminal, until it ends or waits. Returns the exit status."""
    try:
        return _drive(services, task, screen, plan_only=plan_only)
    except EOFError:  # they left: what was asked waits for them
        return finish(services, load(services.store, task), screen)


def _drive(services: Services, task: str, screen: Screen, *, plan_only: bool) -> int:
    while True:
        runner = Runner(services, task, screen.listen)
        state = live(runner)
        screen.pause()
        if state.state == "planned" and not plan_only and screen.asks:
            if "plan" not in screen.seen and state.plan is not None:  # resumed: nobody accepts what they do not see
                screen.plan(state.plan)
            if not decide_plan(runner, screen):
                continue
            if runner.state.state == "declined":
                return finish(services, runner.state, screen)
            continue
        if state.state == "review" and screen.asks and not state.outcomes:
            if "changes" not in screen.seen:
                screen.changes(runner.changes())
            screen.findings(state)
            if not decide_changes(runner, screen):
                return finish(services, load(services.store, task), screen)
            continue
        if state.state == "waiting" and screen.asks:
            for approval in [approval for approval in state.questions() if approval.state == "waiting"]:
                yes, widen = screen.ask_approval(approval.cards)
                runner.answer(approval.id, yes, "terminal", approval.digest, widen=widen)
            continue
        if plan_only and state.state == "planned":
            screen.end(state, hint(state, plan_only=True))
            return 0
        return finish(services, state, screen)


def live(runner: Runner) -> TaskState:
    """Run the loop; an interrupt from the keyboard stops the task and leaves everything consistent."""
    loop = asyncio.new_event_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, runner.stop.set)
    # never closed: a tool that is deep in a library must not hold back the end of a stopped task
    state = loop.run_until_complete(runner.run())
    left = asyncio.all_tasks(loop)  # a connection's last task, say: ended, not left to the interpreter's complaint
    for task in left:
        task.cancel()
    if left:
        loop.run_until_complete(asyncio.wait(left, timeout=0.2))
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.remove_signal_handler(number)
    return state


def finish(services: Services, state: TaskState, screen: Screen) -> int:
    screen.end(state, hint(state))
    status = STATUS.get(state.state, 3)
    if state.state == "failed":
        status = 1
        if any(call.status == "refused" for call in state.calls.values()):
            status = 4
    if state.state == "stopped":  # threads may still be inside a library: they hold nothing that matters
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)
    services.close()
    return status


def hint(state: TaskState, *, plan_only: bool = False) -> str:
    """What to type next."""
    key = {
        "planned": "next-planned",
        "review": "next-review",
        "applied": "next-applied",
        "stopped": "next-stopped",
        "failed": "next-failed",
        "undone": "next-undone",
    }
    if state.state == "waiting":
        return say("cli.next-waiting", state.language)
    if state.state == "review" and state.outcomes and state.standing():
        which = "next-conflicts" if state.outcomes[-1].refused else "next-rest"
        return say(f"cli.{which}", state.language, task=state.id)
    return say(f"cli.{key[state.state]}", state.language, task=state.id) if state.state in key else ""


def decide_plan(runner: Runner, screen: Screen) -> bool:
    """Ask about the plan; returns False when the model must think again."""
    from confrere.cli import edit

    while True:
        answer, numbers, words = screen.ask_plan()
        plan = runner.state.plan
        assert plan is not None
        if answer == "accept":
            runner.approve("terminal")
            return True
        if answer == "decline":
            runner.record("plan.declined", {"by": "terminal"}, True)
            return True
        if beyond := [number for number in sorted(numbers) if not 0 < number <= len(plan.steps)]:
            screen.complain(say("cli.no-such-step", runner.state.language, number=beyond[0], count=len(plan.steps)))
            continue
        if answer == "drop":
            edit.dropped(plan, numbers)
            if not plan.steps:
                runner.record("plan.declined", {"by": "terminal"}, True)
                return True
        if answer == "edit":
            step = plan.steps[min(numbers) - 1]
            if not screen.edit(step, plan, runner.tools[step.tool].Args):
                continue
        if answer in ("drop", "edit"):
            runner.record("plan.edited", {"plan": plan, "hash": digest(plan), "by": "terminal"}, True)
            screen.plan(plan)
            continue
        runner.record("message", {"message": {"role": "user", "text": words, "label": "person"}})
        runner.record("plan.questioned", {"by": "terminal"})
        return False


def decide_changes(runner: Runner, screen: Screen) -> bool:
    """Show the change set and ask; returns whether anything was applied."""
    while True:
        answer = screen.ask_changes()
        if answer == "none":
            runner.close()
            return False
        try:
            paths = () if answer == "all" else _chosen(runner, answer.split("\n"))
            break
        except WrongUse as error:  # nothing is put in place by halves of what was said
            screen.complain(error.sentence(runner.state.language))
    runner.close()
    _apply(Runner(runner.services, runner.task, runner.listen), paths)  # anew: the time the person took is not time worked
    return True


def _chosen(runner: Runner, paths: Iterable[str]) -> tuple[str, ...]:
    """The view paths of the changes that a person named. Raises WrongUse where there is no change at one."""
    chosen = tuple(view_path(runner.state, path) for path in paths if path.strip())
    known = runner.changes().changes
    for path in chosen:
        if not any(is_within(change.path, path) or (change.origin and is_within(change.origin, path)) for change in known):
            raise WrongUse("agent.no-such-change", task=runner.task, path=path)
    return chosen


@contextmanager
def held(runner: Runner) -> Iterator[TaskState]:
    """The task, held by this process, as the journal has it now, with nothing that a crash left half done. Raises WrongUse when
    another process works on it."""
    holder = runner.store.claim(runner.task)
    if holder is not None:
        raise WrongUse("core.task-busy", task=runner.task, pid=holder.pid)
    try:
        runner.refresh()
        runner.recover()
        yield runner.state
    except ConfrereError as error:
        error.data["task"] = runner.task
        raise
    finally:
        runner.store.release(runner.task)
        runner.close()


def _apply(runner: Runner, paths: tuple[str, ...]) -> None:
    with held(runner):
        runner.apply(paths)
        runner.build_report()


def view_path(state: TaskState, text: str) -> str:
    """The view path a person means: one, or the real path of something in a granted folder."""
    text = text.strip().rstrip("/")
    real = os.path.abspath(os.path.expanduser(text))
    for root in state.roots:
        if real == root.path or real.startswith(root.path + "/"):
            return root.name + real[len(root.path) :]
    if text.split("/")[0] in {root.name for root in state.roots}:
        return text
    return f"{state.roots[0].name}/{text}" if len(state.roots) == 1 else text


def approve(task: str, *, decline: bool, yes: bool, as_json: bool) -> int:
    services = open_services()
    task = resolve(services.store, task)
    runner = Runner(services, task)
    state = runner.state
    if state.state != "planned":
        raise WrongUse("agent.not-now", task=task, state=state_word(state), what=say("cli.verb-approve", state.language))
    screen = screen_for(as_json, state.language)
    if decline:
        runner.record("plan.declined", {"by": "command"}, True)
        return finish(services, runner.state, screen)
    runner.record("task.resumed", {"yes": yes})
    runner.approve("command")
    screen.begin(runner.state)
    return drive(services, task, screen)


def state_word(state: TaskState) -> str:
    return say(f"agent.state-{state.state}", state.language)


def resume(task: str, *, model: str, yes: bool, as_json: bool) -> int:
    services = open_services()
    task = resolve(services.store, task)
    runner = Runner(services, task)
    holder = services.store.holder(task)
    if holder is not None:
        raise WrongUse("core.task-busy", task=task, pid=holder.pid)
    body: dict[str, Any] = {"yes": yes or runner.state.yes}
    if model:
        body["model"] = services.named_model(model).name
    runner.record("task.resumed", body)
    screen = screen_for(as_json, runner.state.language)
    screen.begin(runner.state)
    return drive(services, task, screen)


def apply(task: str, paths: list[str], as_json: bool) -> int:
    services = open_services()
    task = resolve(services.store, task)
    screen = screen_for(as_json, load(services.store, task).language)
    runner = Runner(services, task, screen.listen)
    before = len(runner.state.outcomes)
    with held(runner) as state:
        if state.state == "review":
            runner.apply(_chosen(runner, paths))
        elif len(state.outcomes) == before:  # else it had been cut short, and was completed just now
            raise WrongUse("agent.not-now", task=task, state=state_word(state), what=say("cli.verb-apply", state.language))
        runner.build_report()
    screen.pause()
    return finish(services, load(services.store, task), screen)


def undo(task: str, paths: list[str], steps: list[str], as_json: bool) -> int:
    services = open_services()
    task = resolve(services.store, task)
    screen = screen_for(as_json, load(services.store, task).language)
    runner = Runner(services, task, screen.listen)
    before = len(runner.state.undone)
    with held(runner) as state:
        chosen = tuple(view_path(state, path) for path in paths)
        standing = [entry.change for entry in state.standing()]
        if len(state.undone) > before and not standing:  # it had been cut short, and was completed just now
            outcome = state.undone[-1]
        else:
            for path in chosen:
                if not any(is_within(change.path, path) or (change.origin and is_within(change.origin, path)) for change in standing):
                    raise WrongUse("agent.no-such-change", task=task, path=path)
            outcome = runner.undo(chosen, tuple(steps))
        runner.build_report()
    screen.pause()
    screen.undone(runner.state, outcome)
    services.close()
    return 3 if outcome.refused else 0


def _take_back(services: Services, task: str) -> None:
    """A stop leaves nothing half applied, nor half undone."""
    runner = Runner(services, task)
    if services.store.claim(task) is None:
        try:
            runner.recover(back=True)
        finally:
            services.store.release(task)
            runner.close()


def stop(task: str, everything: bool) -> int:
    services = open_services()
    language = services.home.language()
    if not task and not everything:
        raise WrongUse("cli.stop-what")
    tasks = services.store.tasks() if everything else [resolve(services.store, task)]
    held = [(name, holder) for name in tasks if (holder := services.store.holder(name)) is not None]
    stopped = 0
    for name, _ in held:
        services.store.append(name, "stop.requested", {}, durable=True)
    limit = time.monotonic() + _GRACE
    for name, holder in held:
        while services.store.holder(name) == holder and time.monotonic() < limit:
            time.sleep(0.02)
        if services.store.holder(name) == holder and holder.pid != os.getpid():
            os.kill(holder.pid, signal.SIGKILL)  # consistent by construction: the journal is the truth
            while services.store.holder(name) == holder:
                time.sleep(0.005)
            _take_back(services, name)
            services.store.append(name, "task.stopped", {"forced": True}, durable=True)
        stopped += 1
    for name in [] if everything else [name for name in tasks if name not in dict(held)]:
        state = load(services.store, name)
        if state.state in ("drafted", "planned", "approved", "running", "waiting", "review"):
            _take_back(services, name)
            services.store.append(name, "task.stopped", {}, durable=True)
            stopped += 1
        else:
            raise WrongUse("agent.not-now", task=name, state=state_word(state), what=say("cli.verb-stop", state.language))
    click.echo(tell("cli.stopped", language, stopped, count=stopped) if stopped else say("cli.stopped-none", language))
    services.close()
    return 0
