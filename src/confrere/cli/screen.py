"""What a run shows: events as JSON lines for programs, or a plan, progress, changes and a report for a person at a terminal."""

from __future__ import annotations

import json
import os
import sys
import time
from functools import cached_property
from typing import TYPE_CHECKING, Any, Protocol

import msgspec

from confrere.agent.task import TaskState
from confrere.messages import say, show
from confrere.models.messages import RESTART
from confrere.policy.plan import Plan, Step
from confrere.workspace.changes import Change, ChangeSet
from confrere.workspace.transaction import Outcome

if TYPE_CHECKING:
    from rich.console import Console


class Screen(Protocol):
    """Where a run is shown. ``asks`` tells whether there is a person to answer, ``seen`` what was shown: "plan", "changes"."""

    asks: bool
    seen: set[str]

    def begin(self, state: TaskState) -> None: ...
    def listen(self, kind: str, body: dict[str, Any]) -> None: ...
    def pause(self) -> None: ...
    def plan(self, plan: Plan) -> None: ...
    def ask_plan(self) -> tuple[str, set[int], str]: ...
    def edit(self, step: Step, plan: Plan, schema: type[msgspec.Struct]) -> bool: ...
    def complain(self, sentence: str) -> None: ...
    def findings(self, state: TaskState) -> None: ...
    def ask_approval(self, cards: list[dict[str, Any]]) -> tuple[bool, dict[str, str] | None]: ...
    def changes(self, changes: ChangeSet) -> None: ...
    def ask_changes(self) -> str: ...
    def undone(self, state: TaskState, outcome: Outcome) -> None: ...
    def end(self, state: TaskState, hint: str) -> None: ...


def print_json(value: Any) -> None:
    """One JSON value on one line; undecodable file names stay as escapes that JSON readers take."""
    print(json.dumps(msgspec.to_builtins(value), ensure_ascii=True), flush=True)


# what is long in an event is in the journal: a listener gets its size
_LONG = {"files", "changes", "items", "folders", "outcome", "value", "refused"}


class JsonScreen:
    """One event a line: ``{"event": kind, ...}``; the last line holds ``task``, ``state`` and ``report``."""

    asks = False

    def __init__(self) -> None:
        self.task = ""
        self.seen: set[str] = set()

    def begin(self, state: TaskState) -> None:
        self.task = state.id
        for warning in state.warnings:
            print_json({"event": "warning", "task": self.task, "text": warning})
        print_json({"event": "task.created", "task": self.task, "folders": [root.path for root in state.roots], "model": state.model})

    def listen(self, kind: str, body: dict[str, Any]) -> None:
        short = {
            key: len(value) if key in _LONG and isinstance(value, list | dict) else value
            for key, value in body.items()
            if key != "exception"
        }
        print_json({"event": kind, "task": self.task, **short})

    def pause(self) -> None:
        pass

    def plan(self, plan: Plan) -> None:
        pass

    def ask_plan(self) -> tuple[str, set[int], str]:
        return "decline", set(), ""

    def edit(self, step: Step, plan: Plan, schema: type[msgspec.Struct]) -> bool:
        return False

    def complain(self, sentence: str) -> None:
        pass

    def findings(self, state: TaskState) -> None:
        pass

    def ask_approval(self, cards: list[dict[str, Any]]) -> tuple[bool, dict[str, str] | None]:
        return False, None

    def changes(self, changes: ChangeSet) -> None:
        pass

    def ask_changes(self) -> str:
        return "none"

    def undone(self, state: TaskState, outcome: Outcome) -> None:
        refused = [{"path": entry.change.path, "reason": say(entry.refused, state.language)} for entry in outcome.refused]
        print_json({"task": state.id, "state": state.state, "undone": len(outcome.made), "refused": refused, "report": state.report})

    def end(self, state: TaskState, hint: str) -> None:
        failure = {}
        if state.failure:
            failure = {"error": say(state.failure["key"], state.language, **state.failure["data"]), "code": state.failure["key"]}
        line: dict[str, Any] = {"task": state.id, "state": state.state, "report": state.report or None, "next": hint, **failure}
        if state.state in ("planned", "declined"):
            line["plan"] = state.plan
        print_json(line)


class TerminalScreen:
    """For people. With no terminal on both ends it prints the same, and asks nothing."""

    def __init__(self, language: str) -> None:
        self.language = language
        self.asks = sys.stdin.isatty() and sys.stdout.isatty()
        self._live: Any = None
        self._bar: Any = None
        self._begun = 0.0
        self._step = ""
        self._titles: dict[str, str] = {}
        self._streamed = False
        self._stream: Any = None
        self._said = ""
        self.last_said = ""
        self._told = ""
        self._doubts: list[str] = []
        self.seen: set[str] = set()

    @cached_property
    def console(self) -> Console:
        """Made on first use: a plain answer does without."""
        from rich.console import Console

        piped = not sys.stdout.isatty() and not os.environ.get("COLUMNS")
        return Console(highlight=False, width=10_000 if piped else None)  # what is piped is not broken into lines

    def say(self, key: str, **data: object) -> str:
        return say(f"cli.{key}", self.language, **data)

    def begin(self, state: TaskState) -> None:
        for warning in state.warnings:
            self.console.print(warning, style="yellow", markup=False)
        if state.plan is not None:  # taken up again: its steps go by the names that the person knows
            self._titles = {step.id: step.title for step in state.plan.steps}
        if state.roots:
            from confrere.cli.flow import hang

            hang(self.console, "", self.say("begun", task=state.id, model=model_word(state.model, self.language)), "dim")

    # -- progress

    def listen(self, kind: str, body: dict[str, Any]) -> None:
        match kind:
            case "progress":
                self._progress(body)
            case "plan.proposed":
                self.pause()
                self.plan(msgspec.convert(body["plan"], Plan))
            case "review.ready":
                self.pause()
                left = [(path, reason) for path, reason in body["left"]]
                self.changes(ChangeSet(changes=msgspec.convert(body["changes"], list[Change]), left=left))
            case "message" if body["message"]["role"] == "assistant":
                self._said = ""
            case "text":
                self._text(body["text"])
            case "call.outcome" if self._step:
                self._finish_step()
            case "checking" if body["deliverables"]:
                self._start(self.say("doing-checking"))
            case "call.intent":
                self._open_step(body)
            case "defect":
                if os.environ.get("CONFRERE_DEBUG"):
                    import traceback

                    traceback.print_exception(body["exception"])

    def _text(self, text: str) -> None:
        """What a model says, as it comes; RESTART takes back what came before it."""
        if text == RESTART:
            self._said = ""
            print("…")
            return
        if not self._said:
            from confrere.cli.flow import Stream

            self.pause()
            self._stream = Stream(self.console.width if self.console.is_terminal else 0)
        self._said += text
        self.last_said = self._said
        self._streamed = True
        print(self._stream.feed(show(text, lines=True)), end="", flush=True)

    def _open_step(self, body: dict[str, Any]) -> None:
        title = self._titles.get(body["step"]) or self._tool_title(body["tool"])
        self._start(title)

    def _tool_title(self, tool: str) -> str:
        try:
            return self.say(f"doing-{tool}")
        except KeyError:
            return tool

    def _start(self, title: str) -> None:
        from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

        self.pause()
        self._step, self._begun = title, time.monotonic()
        if not self.console.is_terminal:
            return
        wide = self.console.width >= 100
        room = max(20, self.console.width - (90 if wide else 48))  # what the count, the bar and the clock leave to the title
        columns = (
            TextColumn("{task.description}"),
            *((BarColumn(24),) if wide else ()),
            TextColumn("{task.fields[count]}"),
            TimeElapsedColumn(),
            *((TextColumn("{task.fields[what]}", style="dim"),) if wide else ()),
        )
        self._live = Progress(*columns, console=self.console, transient=True)
        self._live.start()
        self._bar = self._live.add_task(_plain(short(title, room)), total=None, count="", what="")

    def _progress(self, body: dict[str, Any]) -> None:
        if body["step"] in ("apply", "undo") and self._step != self.say(f"doing-{body['step']}"):
            self._start(self.say(f"doing-{body['step']}"))
        if self._live is None:
            return
        done, total = body["done"], body["total"]
        elapsed = time.monotonic() - self._begun
        count = self.say("count", done=done, total=total) if total else str(done)
        if total and done and elapsed > 2 and done < total:
            count += " · " + self.say("time-left", time=_left(elapsed / done * (total - done), self.language))
        what = _plain(short(str(body["what"]), 24))
        self._live.update(self._bar, completed=done, total=total or None, count=count, what=what)

    def _finish_step(self) -> None:
        from rich.text import Text

        from confrere.cli.flow import hang
        from confrere.cli.render import span

        title, spent = self._step, time.monotonic() - self._begun
        self.pause()
        line = Text(show(title))
        line.append(f"  {span(spent, self.language)}", style="dim")
        hang(self.console, "  ✓ ", line)

    def pause(self) -> None:
        if self._live is not None:
            self._live.stop()
            self._live = None
        self._step = ""
        if self._streamed:
            print(self._stream.end())
            self._streamed = False

    # -- the plan

    def plan(self, plan: Plan) -> None:
        self._titles = {step.id: step.title for step in plan.steps}
        if plan.steps:
            from confrere.cli import render

            render.plan(self.console, plan, self.language)
            self._told, self._doubts = plan.answer, plan.doubts
            self.seen.add("plan")

    def ask_plan(self) -> tuple[str, set[int], str]:
        """What the person decides: accept, decline, drop or edit with the numbers of steps, or "say" with their own words. Raises EOFError
        when they leave."""
        while True:
            self._options("ask-plan")
            answer = self._input("> ")
            first, _, rest = answer.lower().partition(" ")
            numbers = {int(part) for part in rest.split()} if rest and rest.replace(" ", "").isdecimal() else set()
            match first:
                case "" | "?":
                    self._options("ask-plan-help")
                case "q" | "quit" | "quitter" | "exit" if not rest:
                    raise EOFError
                case "a" | "o" | "y" | "oui" | "yes" | "ok" | "accept" | "accepter" if not rest:
                    return "accept", set(), ""
                case "d" | "n" | "r" | "non" | "no" | "decline" | "refuser" if not rest:
                    return "decline", set(), ""
                case "x" | "drop" | "retirer" | "enlever" | "-" if numbers:
                    return "drop", numbers, ""
                case "e" | "m" | "edit" | "modifier" if len(numbers) == 1:
                    return "edit", numbers, ""
                case _ if first.isdecimal() and not rest:
                    return "edit", {int(first)}, ""
                case _ if len(answer) < 2:
                    self._options("ask-plan-help")
                case _:
                    return "say", set(), answer

    def edit(self, step: Step, plan: Plan, schema: type[msgspec.Struct]) -> bool:
        """Ask for what may be set in a step; an empty answer keeps what stands, and one that does not fit is asked for again. Returns
        whether anything was changed."""
        from confrere.cli import edit
        from confrere.cli.flow import hang

        found = edit.settings(schema, step.args)
        self.console.print(show(step.title), style="bold", markup=False, soft_wrap=True)
        self._options("edit-how" if found else "edit-nothing")
        args, told = dict(step.args), []
        for setting in found:
            if setting.choices:
                hang(self.console, "    ", self.say("edit-choices", choices=setting.offered(self.language)), "dim")
            value = setting.shown(self.language) or self.say("edit-none")
            while True:
                answer = self._input(f"  {setting.label(self.language)} [{show(value)}] > ")
                if not answer:
                    break
                try:
                    read = setting.read(answer, self.language)
                    msgspec.convert({**args, setting.key: read}, schema)
                except (edit.Unfit, msgspec.ValidationError):
                    self.complain(self.say("edit-wrong", value=answer))
                    continue
                if read != setting.value:
                    args[setting.key] = read
                    now = edit.Setting(setting.key, setting.kind, read, setting.choices)
                    told.append(f"{setting.label(self.language)}{self.say('colon')}{now.shown(self.language) or self.say('edit-none')}")
                break
        if told:
            edit.changed(step, args, schema, told, plan, self.language)
        return bool(told)

    def complain(self, sentence: str) -> None:
        """Say why an answer was not taken."""
        from confrere.cli.flow import hang

        hang(self.console, "", sentence, "red")

    def findings(self, state: TaskState) -> None:
        """What opening the finished files again showed, before the person agrees to them."""
        from confrere.cli import render

        render.findings(self.console, state)

    def _options(self, key: str) -> None:
        """A line of options, wrapped between words."""
        from confrere.cli.flow import hang

        hang(self.console, "", self.say(key), "dim")

    def ask_approval(self, cards: list[dict[str, Any]]) -> tuple[bool, dict[str, str] | None]:
        """Show exactly what would happen; only a plain yes is a yes, or one of the wider ones offered, with or without a number of times."""
        from confrere.cli.law import card_lines, widenings, wider_word

        for card in cards:
            for line in card_lines(card, self.language):
                self.console.print(line, markup=False)
        offered = widenings(cards, self.language)
        for word, sentence in offered:
            self.console.print(f"  {word}: {sentence}", markup=False)
        if offered:
            self.console.print(f"  {self.say('widen-times')} {say('policy.widen-note', self.language)}", markup=False, style="dim")
        return wider_word(self._input(self.say("ask-approval-wide" if offered else "ask-approval")), bool(offered))

    # -- changes and the end

    def changes(self, changes: ChangeSet) -> None:
        from confrere.cli import render

        render.changes(self.console, changes, self.language)
        self.seen.add("changes")

    def ask_changes(self) -> str:
        """all, none, or the paths to apply, one a line."""
        while True:
            self._options("ask-changes")
            low = self._input("> ").lower()
            if low in ("a", "t", "o", "y", "all", "tout", "oui", "yes"):
                return "all"
            if low in ("n", "r", "none", "rien", "non", "no", "q", "quit", "quitter", "exit"):
                return "none"
            if low in ("p", "part", "partie"):
                lines = []
                while line := self._input(self.say("ask-paths")):
                    lines.append(line)
                if lines:
                    return "\n".join(lines)
            else:
                self._options("ask-changes-help")

    def _input(self, prompt: str) -> str:
        """What the person types. Raises EOFError when they leave (Ctrl-D): what was asked goes on waiting for them."""
        try:
            return input(prompt).strip()
        except EOFError:
            print()
            raise

    def undone(self, state: TaskState, outcome: Outcome) -> None:
        from confrere.cli import render

        render.undone(self.console, outcome, self.language)

    def end(self, state: TaskState, hint: str) -> None:
        if state.failure and state.state == "failed":
            sentence = say(state.failure["key"], state.language, **state.failure["data"])
            self.complain(sentence)
            hint = "" if "`confrere resume" in sentence else hint
        elif state.state == "declined":
            self.console.print(self.say("declined"), markup=False)
        elif state.state == "stopped":
            from confrere.cli.flow import hang

            hang(self.console, "", say("core.stopped", state.language, task=state.id), "yellow")
        elif state.report and _only_an_answer(state):
            self.pause()
            if state.report["answer"].strip() != self.last_said.strip():
                from confrere.cli.flow import Stream

                stream = Stream(self.console.width if self.console.is_terminal else 0)
                print(stream.feed(show(state.report["answer"], lines=True)) + stream.end())
        elif state.report:
            from confrere.cli import render

            self.pause()
            render.report(self.console, state, told=f"{self._told}\n{self.last_said}", known=self._doubts)
        if hint and state.state != "stopped":  # the sentence above has it
            from confrere.cli.flow import hang

            hang(self.console, "", hint)


def _only_an_answer(state: TaskState) -> bool:
    """Nothing was made, nothing is wrong, no model was paid: what was said is the whole of it."""
    report = state.report
    quiet = not any(report[name] for name in ("deliverables", "refused", "warnings", "doubts", "omissions", "left_the_machine"))
    return (
        quiet and not state.standing() and (state.plan is None or not state.plan.steps) and all(check["ok"] for check in report["checks"])
    )


def model_word(name: str, language: str) -> str:
    """A model's name as a person reads it: an address comes after the name of what answers there."""
    if name == "builtin":
        return say("cli.model-builtin", language)
    address, _, model = name.partition("#")
    where = address.partition("://")[2].partition("/")[0]
    return f"{model or where} ({where})" if where and model else name


def short(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"


def _plain(text: str) -> str:
    """Safe to print, and never taken for markup."""
    return show(text).replace("[", "\\[")


def _left(seconds: float, language: str) -> str:
    """Time left, no finer than can be known: whole seconds, by five above twenty."""
    from confrere.cli.render import span

    return span(max(1, round(seconds)) if seconds < 20 else 5 * round(seconds / 5), language).replace(",0", "").replace(".0", "")
