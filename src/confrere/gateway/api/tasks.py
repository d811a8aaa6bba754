"""Tasks: begin, look, decide, apply, undo."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from confrere.errors import WrongUse
from confrere.gateway.api.people import caller, model_of, own
from confrere.gateway.http import Problem, Request, Routes
from confrere.gateway.shapes.base import LeftAlone, Sentence, sentence
from confrere.gateway.shapes.changes import Applied, ApplyRequest, Changes, UndoRequest
from confrere.gateway.shapes.tasks import (
    Calls,
    CallShown,
    Context,
    Messages,
    MessageShown,
    NewTask,
    PlanApproval,
    PlanEdit,
    Question,
    Resume,
    Stopped,
    Task,
    TaskList,
)

if TYPE_CHECKING:
    from confrere.gateway.state import Gateway

routes = Routes()


def whole(gateway: Gateway, task: str) -> Task:
    """A task as its page shows it, up to date."""
    gateway.tail.pull()
    live = gateway.tail.live.get(task)
    return gateway.shelf.task(task, live.progress or None if live is not None else None)


def named(gateway: Gateway, request: Request) -> str:
    """The task of the path. Raises WrongUse when there is none, or it is somebody else's."""
    task = request.params["id"]
    if not task or own(gateway, request).last(task) is None:
        raise WrongUse("core.task-unknown", task=task)
    return task


def looked_into(gateway: Gateway, request: Request) -> str:
    """The same, to look into its folders. Raises Problem where one of them is no longer the caller's."""
    task = named(gateway, request)
    gateway.desk.within(task)
    return task


@routes.route(
    "GET",
    "/api/tasks",
    "look",
    answer=TaskList,
    query={"state": "only these, by commas; waiting: for a person", "limit": "at most so many", "before": "the task after which to go on"},
)
async def listed(gateway: Gateway, request: Request) -> TaskList:
    """Tasks, the newest first."""
    gateway.tail.pull()
    wanted = {part for part in request.query.get("state", "").split(",") if part}
    limit = request.number("limit", 50, 1, 200)
    names = own(gateway, request).tasks()
    before = request.query.get("before", "")
    if before:
        names = names[names.index(before) + 1 :] if before in names else []
    found: list[Any] = []
    for name in names:
        if len(found) == limit:
            return TaskList(tasks=found, next=found[-1].id)
        line = gateway.shelf.summary(name)
        if not wanted or line.state in wanted or ("waiting" in wanted and line.waits_for):
            found.append(line)
    return TaskList(tasks=found, next=None)


@routes.route("POST", "/api/tasks", "brief", body=NewTask, answer=Task, status=201)
async def create(gateway: Gateway, request: Request) -> Task:
    """Begin a task."""
    body: NewTask = await request.read(NewTask)
    if body.yes and not caller(request).may("approve"):
        raise Problem(403, "gateway.scope-missing", scope="approve")
    folders = given(body.folders)
    origin = {"channel": "web" if caller(request).kind == "browser" else "api", "by": caller(request).id, "person": caller(request).person}
    model = model_of(gateway, request, body.model)
    task = await gateway.desk.begin(body.brief, folders, model=model, yes=body.yes, plan_only=body.plan_only, origin=origin)
    return whole(gateway, task)


def given(folders: list[Any]) -> list[str]:
    """Folders as ``agent.brief.create`` takes them. Raises WrongUse for a path that is not whole."""
    for folder in folders:
        if not folder.path.startswith("/"):
            raise WrongUse("workspace.folder-missing", path=folder.path)
    return [f"{folder.path}:{'ro' if folder.readonly else 'rw'}" for folder in folders]


@routes.route("GET", "/api/tasks/{id}", "look", answer=Task)
async def show(gateway: Gateway, request: Request) -> Task:
    """One task."""
    return whole(gateway, named(gateway, request))


@routes.route("PUT", "/api/tasks/{id}/plan", "brief", body=PlanEdit, answer=Task)
async def edit(gateway: Gateway, request: Request) -> Task:
    """Change the plan that waits."""
    task, body = named(gateway, request), await request.read(PlanEdit)
    gateway.desk.edit(task, body.plan, body.hash, caller(request).id)
    return whole(gateway, task)


@routes.route("POST", "/api/tasks/{id}/question", "brief", body=Question, answer=Task)
async def question(gateway: Gateway, request: Request) -> Task:
    """Question the plan: the model proposes again."""
    task, body = named(gateway, request), await request.read(Question)
    gateway.desk.question(task, body.text, caller(request).id)
    return whole(gateway, task)


@routes.route("POST", "/api/tasks/{id}/say", "brief", body=Question, answer=Task)
async def say(gateway: Gateway, request: Request) -> Task:
    """Say something to a task at work: the model takes it in at its next turn."""
    task, body = named(gateway, request), await request.read(Question)
    gateway.desk.say(task, body.text, caller(request).id, approves=caller(request).may("approve"))
    return whole(gateway, task)


@routes.route("POST", "/api/tasks/{id}/approve", "approve", body=PlanApproval, answer=Task)
async def approve(gateway: Gateway, request: Request) -> Task:
    """Accept the plan that was shown."""
    task, body = named(gateway, request), await request.read(PlanApproval)
    gateway.desk.approve(task, body.hash, caller(request).id, body.yes)
    return whole(gateway, task)


@routes.route("POST", "/api/tasks/{id}/decline", "approve", answer=Task)
async def decline(gateway: Gateway, request: Request) -> Task:
    """Decline the plan."""
    task = named(gateway, request)
    gateway.desk.decline(task, caller(request).id)
    return whole(gateway, task)


@routes.route("POST", "/api/tasks/{id}/stop", "look", answer=Stopped)
async def stop(gateway: Gateway, request: Request) -> Stopped:
    """Stop a task within a second."""
    return Stopped(stopped=await gateway.desk.stop([named(gateway, request)], strict=True))


@routes.route("POST", "/api/stop", "look", answer=Stopped)
async def stop_all(gateway: Gateway, request: Request) -> Stopped:
    """Stop everything that is at work."""
    return Stopped(stopped=await gateway.desk.stop_all("" if request.local else caller(request).person))


@routes.route("POST", "/api/tasks/{id}/resume", "brief", body=Resume, answer=Task)
async def resume(gateway: Gateway, request: Request) -> Task:
    """Go on with a task that was stopped or failed."""
    task, body = named(gateway, request), await request.read(Resume)
    await gateway.desk.resume(task, model_of(gateway, request, body.model, gateway.shelf.state(task).model))
    return whole(gateway, task)


@routes.route("GET", "/api/tasks/{id}/messages", "look", answer=Messages, query={"after": "the number of the last message known"})
async def messages(gateway: Gateway, request: Request) -> Messages:
    """The conversation."""
    state = gateway.shelf.state(named(gateway, request))
    after = request.number("after", 0)
    shown = []
    for number, message in enumerate(state.messages[after:], start=after + 1):
        calls = [{"id": call.id, "tool": call.tool, "args": call.args} for call in message.calls]
        shown.append(
            MessageShown(
                n=number,
                role=message.role,
                text=message.text[:50_000],
                calls=calls,
                tool=message.tool,
                failed=message.failed,
                label=message.label,
            )
        )
    return Messages(messages=shown, total=len(state.messages))


@routes.route("GET", "/api/tasks/{id}/calls", "look", answer=Calls)
async def calls(gateway: Gateway, request: Request) -> Calls:
    """Every decision, with its reason."""
    state = gateway.shelf.state(named(gateway, request))
    shown = []
    for call in state.calls.values():
        text = str(call.result.get("text", ""))[:2000]
        shown.append(
            CallShown(
                id=call.id, tool=call.tool, step=call.step, effect=call.effect, status=call.status, rule=call.rule,
                reason=reason(call.reason, tool=call.tool), seconds=call.seconds, text=text,
            )
        )  # fmt: skip
    return Calls(calls=shown)


def reason(key: str, **data: object) -> Sentence:
    """The sentence of a rule's reason; the key itself where the catalogue wants more than is known here."""
    try:
        return sentence(key, **data)
    except (KeyError, FileNotFoundError):
        return Sentence(code=key, en=key, fr=key)


@routes.route("GET", "/api/tasks/{id}/changes", "look", answer=Changes)
async def changes(gateway: Gateway, request: Request) -> Any:
    """What the task would change, or has changed."""
    return await gateway.crew.run("look", "changes", {"task": looked_into(gateway, request)})


@routes.route("POST", "/api/tasks/{id}/apply", "approve", body=ApplyRequest, answer=Applied)
async def apply(gateway: Gateway, request: Request) -> Applied:
    """Apply what was shown, all of it or some paths."""
    task, body = named(gateway, request), await request.read(ApplyRequest)
    return await carried_out(gateway, task, "apply", {"task": task, "digest": body.digest, "paths": body.paths})


@routes.route("POST", "/api/tasks/{id}/undo", "approve", body=UndoRequest, answer=Applied)
async def undo(gateway: Gateway, request: Request) -> Applied:
    """Take back what was applied, all of it, some paths or some steps."""
    task, body = named(gateway, request), await request.read(UndoRequest)
    return await carried_out(gateway, task, "undo", {"task": task, "paths": body.paths, "steps": body.steps})


async def carried_out(gateway: Gateway, task: str, kind: str, args: dict[str, Any]) -> Applied:
    """Apply or undo in a worker of its own."""
    gateway.desk.within(task, change=True)
    try:
        outcome = await gateway.crew.run("task", kind, args, lambda what, body: gateway.tail.tell(task, what, body))
    finally:
        gateway.tail.forget(task)
        gateway.tail.pull()
    refused = [LeftAlone(path=path, reason=reason(key)) for path, key in outcome["refused"]]
    return Applied(task=whole(gateway, task), made=outcome["made"], refused=refused)


@routes.route("GET", "/api/tasks/{id}/report", "look")
async def report(gateway: Gateway, request: Request) -> Any:
    """The report, as it was built from the disk."""
    state = gateway.shelf.state(named(gateway, request))
    if not state.report:
        raise Problem(404, "gateway.no-report", task=state.id)
    return state.report


@routes.route("GET", "/api/tasks/{id}/context", "look", answer=Context)
async def context(gateway: Gateway, request: Request) -> Context:
    """What the task can see and reach, and what left the machine."""
    from confrere.gateway.shelf import usage_of

    state = gateway.shelf.state(named(gateway, request))
    settings = gateway.home.settings()
    kind = state.model.partition(":")[0]
    local = kind in ("builtin", "local", "ollama", "lmstudio", "llamacpp", "vllm") or _loopback(state.model)
    host = state.model.partition("#")[0] if kind in ("http", "https") else "" if local else kind
    return Context(
        folders=[{"name": root.name, "path": root.path, "readonly": root.readonly, "hidden": len(root.hidden)} for root in state.roots],
        model=state.model,
        local=local,
        hosts=[host] if host else [],
        usage=usage_of(state),
        left_the_machine=state.report.get("left_the_machine", []) or ([host] if host and not local and state.usage.requests else []),
        budgets={"max_tokens": settings.max_tokens, "max_cost_usd": settings.max_cost_usd, "max_minutes": settings.max_minutes},
    )


def _loopback(model: str) -> bool:
    from urllib.parse import urlsplit

    return urlsplit(model).hostname in ("127.0.0.1", "localhost", "::1")
