"""The jobs a worker can do. Each is a method named ``on_KIND``; what it returns crosses as JSON."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable
from typing import Any, cast

import msgspec

from confrere.agent.services import Services
from confrere.agent.task import TaskState, load, new_id
from confrere.config import Home, Settings
from confrere.errors import ConfrereError, WrongUse
from confrere.gateway.http import Problem
from confrere.gateway.people import OWNER
from confrere.gateway.work.shown import changes_shown, digest_of
from confrere.journal.canonical import digest
from confrere.messages import say

Send = Callable[[dict[str, Any]], None]
_PATIENCE = 20.0  # seconds that a look at a task's changes waits for them to be applied
_TOGETHER = 0.01  # seconds between two words to the gateway that the journal has grown


class Bench:
    """One process's workplace: the state folder opened once, its library shared by the jobs."""

    def __init__(self, send: Send) -> None:
        self.send = send
        self.services = Services(Home.find())
        self._woke = 0.0
        self._comparing = threading.Lock()

    def leave(self) -> None:
        """End what this process started."""
        self.services.stop_readers()

    async def do(self, number: int, kind: str, args: dict[str, Any]) -> Any:
        self.services.settings = self.services.home.settings()  # the person may have changed them since the last job
        return await getattr(self, f"on_{kind}")(number, **args)

    def _listen(self, number: int) -> Callable[[str, dict[str, Any]], None]:
        def listen(kind: str, body: dict[str, Any]) -> None:
            if kind in ("progress", "text"):
                self.send({"job": number, "live": kind, "body": body})
            elif kind == "defect":
                import sys
                import traceback

                traceback.print_exception(body["exception"], file=sys.stderr)
            elif time.monotonic() - self._woke > _TOGETHER:
                self._woke = time.monotonic()
                self.send({"wake": 1})

        return listen

    async def on_warm(self, number: int) -> None:
        """Load what the first turn needs."""

        def work() -> None:
            import confrere.agent.loop
            import confrere.models.catalogue
            import confrere.models.openai_compatible  # noqa: F401
            from confrere.tools.registry import all_tools

            all_tools()

        await asyncio.to_thread(work)

    # -- tasks

    async def on_create(
        self, number: int, brief: str, folders: list[str], model: str, yes: bool, plan_only: bool, task: str, origin: dict[str, str]
    ) -> str:
        """Create a task; with an identifier that exists already, nothing is done twice."""
        from confrere.agent.brief import create

        def work() -> str:
            if task and self.services.store.last(task) is not None:
                return task
            person = origin.get("person", OWNER)
            made = create(
                self.services, brief, folders, model=model, yes=yes, plan_only=plan_only, task=task or self._free_id(),
                person="" if person == OWNER else person,
            )  # fmt: skip
            if origin:
                self.services.store.append(made, "task.origin", origin)
            return made

        return await asyncio.to_thread(work)

    def _free_id(self) -> str:
        ident = new_id()
        while self.services.store.last(ident) is not None:
            ident = new_id()
        return ident

    async def on_planned(
        self,
        number: int,
        brief: str,
        folders: list[str],
        model: str,
        plan: dict[str, Any],
        origin: dict[str, str],
        task: str = "",
        yes: bool = False,
    ) -> str:
        """Create a task whose plan is known already (a recipe): it waits for approval, no model is asked."""
        from confrere.policy.plan import Plan

        made = await self.on_create(number, brief, folders, model, yes, False, task, origin)
        if self.services.store.last(made, "plan.proposed") is None:
            state = load(self.services.store, made)
            steps = msgspec.convert(plan, Plan)
            steps.language = state.language
            text = say("gateway.from-recipe", state.language, name=origin.get("name", ""))
            message = {"role": "assistant", "text": text}
            self.services.store.append_many(
                made,
                [("message", {"message": message}), ("plan.proposed", {"plan": msgspec.to_builtins(steps), "hash": digest(steps)})],
                durable=True,
            )
        return made

    async def on_run(self, number: int, task: str, limits: dict[str, Any]) -> dict[str, Any]:
        """Carry a task on until it ends or waits for a person."""
        from confrere.agent.loop import Runner

        runner = Runner(limited(self.services, limits), task, self._listen(number))
        state = await runner.run()
        return {"state": state.state}

    async def on_turn(self, number: int, messages: list[dict[str, str]], model: str, by: str, limits: dict[str, Any]) -> dict[str, Any]:
        """One answer without a folder, through the loop. The text is sent as soon as it is journaled; the rest of the task's life
        follows.
        """
        from confrere.agent.brief import language_of, spoken
        from confrere.agent.loop import Runner

        brief = spoken(messages[-1]["text"])
        services = self.services
        name = services.named_model(model).name
        language = services.settings.language or language_of(brief, services.home.language())
        task = new_id() + new_id()[-4:]
        created = {"brief": brief, "roots": [], "model": name, "language": language, "yes": True, "plan_only": False, "warnings": []}
        if limits:
            created["person"] = limits["person"]
        events: list[tuple[str, dict[str, Any]]] = [("task.created", created), ("task.origin", {"channel": "api", "by": by})]
        for message in messages[:-1]:
            label = "model" if message["role"] == "assistant" else "person"
            text = services.redactor.redact(message["text"]).text  # the journal's door
            events.append(("message", {"message": {"role": message["role"], "text": text, "label": label}}))
        events.append(("message", {"message": {"role": "user", "text": brief, "label": "person"}}))
        services.store.append_many(task, events)
        self.send({"job": number, "live": "task", "body": {"task": task, "model": name}})
        pass_on = self._listen(number)
        told = False

        def listen(kind: str, body: dict[str, Any]) -> None:
            nonlocal told
            if kind == "plan.proposed" and not told:
                told = True
                self.send({"job": number, "live": "answer", "body": self._turned(runner.state)})
            pass_on(kind, body)

        runner = Runner(limited(services, limits), task, listen)
        state = await runner.run()
        if state.failure:
            raise ConfrereError(state.failure["key"], **{"task": task, **state.failure.get("data", {})})
        if state.state == "stopped":
            raise Problem(409, "gateway.turn-stopped", task=task)
        return self._turned(state)

    @staticmethod
    def _turned(state: TaskState) -> dict[str, Any]:
        usage = state.usage
        text = state.plan.answer if state.plan is not None else ""
        return {"task": state.id, "model": state.model, "text": text, "input": usage.input_tokens, "output": usage.output_tokens}

    # -- changes

    async def on_changes(self, number: int, task: str) -> dict[str, Any]:
        return await asyncio.to_thread(self._changes, task)

    def _changes(self, task: str) -> dict[str, Any]:
        with self._comparing:  # a comparison notes what it hashed, and one process at a time may note
            self._until_free(task)
            return self._compared(task)

    def _until_free(self, task: str) -> None:
        """Wait while a review is being applied: what was shown changes under the comparison."""
        end = time.monotonic() + _PATIENCE
        while self.services.store.holder(task) is not None and time.monotonic() < end and load(self.services.store, task).state == "review":
            time.sleep(0.05)

    def _compared(self, task: str) -> dict[str, Any]:
        from confrere.agent.loop import Runner
        from confrere.workspace.changes import ChangeSet

        runner = Runner(self.services, task)
        state = runner.state
        try:
            if state.state in ("applied", "undone") or (state.outcomes and state.state != "review"):
                return changes_shown(task, "applied", ChangeSet(changes=[entry.change for entry in state.standing()]))
            if not state.roots or (state.state != "review" and self.services.store.holder(task) is not None):
                return changes_shown(task, "proposed", ChangeSet(changes=[]))
            return changes_shown(task, "proposed", runner.changes())
        finally:
            runner.close()

    async def on_apply(self, number: int, task: str, digest: str, paths: list[str]) -> dict[str, Any]:
        """Apply what was shown. Raises Problem when the changes are no longer those."""

        def work() -> dict[str, Any]:
            from confrere.agent.loop import Runner
            from confrere.workspace.paths import is_within

            runner = Runner(self.services, task, self._listen(number))
            state = runner.state
            if state.state != "review":
                raise WrongUse(
                    "agent.not-now",
                    task=task,
                    state=say(f"agent.state-{state.state}", state.language),
                    what=say("cli.verb-apply", state.language),
                )
            try:
                found = runner.changes()
                if digest_of(found) != digest:
                    raise Problem(409, "gateway.changes-changed", task=task)
                for path in paths:
                    if not any(is_within(change.path, path) or is_within(change.origin, path) for change in found.changes):
                        raise WrongUse("agent.no-such-change", task=task, path=path)
                with self._held(task):
                    outcome = runner.apply(tuple(paths))
                    runner.build_report()
            finally:
                runner.close()
            return _outcome(outcome)

        return await asyncio.to_thread(work)

    async def on_undo(self, number: int, task: str, paths: list[str], steps: list[str]) -> dict[str, Any]:
        def work() -> dict[str, Any]:
            from confrere.agent.loop import Runner
            from confrere.workspace.paths import is_within

            runner = Runner(self.services, task, self._listen(number))
            standing = [entry.change for entry in runner.state.standing()]
            for path in paths:
                if not any(is_within(change.path, path) or (change.origin and is_within(change.origin, path)) for change in standing):
                    raise WrongUse("agent.no-such-change", task=task, path=path)
            try:
                with self._held(task):
                    outcome = runner.undo(tuple(paths), tuple(steps))
                    runner.build_report()
            finally:
                runner.close()
            return _outcome(outcome)

        return await asyncio.to_thread(work)

    def _held(self, task: str) -> _Held:
        return _Held(self.services, task)

    # -- documents

    async def on_preview(self, number: int, task: str, path: str, side: str) -> dict[str, Any]:
        from confrere.gateway.work import previews

        return await asyncio.to_thread(previews.preview, self.services, task, path, side)

    async def on_page(self, number: int, task: str, path: str, side: str, page: int, width: int) -> str:
        from confrere.gateway.work import previews

        return await asyncio.to_thread(previews.page, self.services, task, path, side, page, width)

    async def on_diff(self, number: int, task: str, path: str) -> dict[str, Any]:
        from confrere.gateway.work import differences

        return await asyncio.to_thread(differences.diff, self.services, task, path)

    # -- the machine

    async def on_models(self, number: int, language: str) -> dict[str, Any]:
        from confrere.models.catalogue import chosen_name, find

        def work() -> dict[str, Any]:
            found = find(None, self.services.settings)
            lines = [
                {"name": one.name, "where": one.where, "local": one.local, "used": one.used, "models": one.models, "why": one.why(language)}
                for one in found
            ]
            return {"used": chosen_name(None, self.services.settings)[0], "models": lines}

        return await asyncio.to_thread(work)

    async def on_model(self, number: int, name: str) -> dict[str, Any]:
        """Check a model's name. Raises WrongUse with the nearest names."""
        model = await asyncio.to_thread(self.services.named_model, name)
        return {"name": model.name, "local": model.local}

    async def on_secrets(self, number: int) -> list[dict[str, Any]]:
        return await asyncio.to_thread(self._secrets)

    def _secrets(self) -> list[dict[str, Any]]:
        if not (self.services.home.path / "secrets").exists():
            return []
        return [dict(msgspec.to_builtins(info)) for info in self.services.secrets.infos()]

    async def on_keep_secret(self, number: int, name: str, value: str, hosts: list[str], note: str) -> list[dict[str, Any]]:
        await asyncio.to_thread(self.services.secrets.set, name, value, hosts, note)
        self.services.store.append("", "secret.kept", {"name": name, "hosts": hosts}, durable=True)
        return self._secrets()

    async def on_forget_secret(self, number: int, name: str) -> list[dict[str, Any]]:
        await asyncio.to_thread(self.services.secrets.delete, name)
        self.services.store.append("", "secret.forgotten", {"name": name}, durable=True)
        return self._secrets()


def limited(services: Services, limits: dict[str, Any]) -> Services:
    """The services as a person's task gets them: the smaller of the settings' limits and theirs, their grants. The rest is shared."""
    if not limits:
        return services
    settings = services.settings
    smaller = {name: min(getattr(settings, name), limits[name]) for name in ("max_tokens", "max_cost_usd", "max_minutes") if name in limits}
    return cast(Services, _Limited(services, msgspec.structs.replace(settings, **smaller), limits["person"]))


class _Limited:
    def __init__(self, services: Services, settings: Settings, person: str) -> None:
        self.__services, self.settings, self.__person = services, settings, person

    def grants(self) -> Any:
        return self.__services.grants(self.__person)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.__services, name)


class _Held:
    """The task claimed for as long as the block lasts."""

    def __init__(self, services: Services, task: str) -> None:
        self.services, self.task = services, task

    def __enter__(self) -> None:
        holder = self.services.store.claim(self.task)
        if holder is not None:
            raise WrongUse("core.task-busy", task=self.task, pid=holder.pid)

    def __exit__(self, *error: object) -> None:
        self.services.store.release(self.task)


def _outcome(outcome: Any) -> dict[str, Any]:
    return {"made": len(outcome.made), "refused": [[entry.change.path, entry.refused] for entry in outcome.refused]}
