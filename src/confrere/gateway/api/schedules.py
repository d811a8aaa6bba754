"""Schedules: kept, paused, run now, their history; times read from plain words; webhooks."""

from __future__ import annotations

import asyncio
from itertools import islice
from typing import TYPE_CHECKING

import msgspec

from confrere.gateway.api.people import caller, mine, model_of
from confrere.gateway.http import Problem, Request, Routes
from confrere.gateway.people import OWNER
from confrere.gateway.schedule.heartbeat import BRIEF, words
from confrere.gateway.schedule.table import Schedule, stamp
from confrere.gateway.schedule.when import read, sentence_of, upcoming
from confrere.gateway.shapes.schedules import NewSchedule, ReadWhen, Runs, RunShown, Schedules, ScheduleShown, WhenRead
from confrere.gateway.shapes.tasks import TaskStarted

if TYPE_CHECKING:
    from confrere.gateway.state import Gateway

routes = Routes()


def shown(gateway: Gateway, schedule: Schedule, *, secret: bool = False) -> ScheduleShown:
    """A schedule with what comes next and what came last."""
    when = schedule.spec.when
    following = None if schedule.paused else next(upcoming(when, gateway.clock.now()), None)
    fields = {name: getattr(schedule.spec, name) for name in NewSchedule.__struct_fields__}
    hook = when.kind == "hook"
    if secret and hook:
        from confrere.gateway.schedule.hooks import secret_of

        kept = secret_of(gateway.home, schedule)
    else:
        kept = ""
    return ScheduleShown(
        **fields,
        id=schedule.id,
        created=schedule.created,
        paused=schedule.paused,
        next=stamp(following) if following is not None else None,
        sentence=sentence_of(when),
        last=_run(gateway, schedule, -1) if schedule.runs else None,
        hook_url=f"{gateway.url}/hooks/{schedule.id}" if hook else "",
        secret=kept,
    )


def _run(gateway: Gateway, schedule: Schedule, index: int) -> RunShown:
    run = schedule.runs[index]
    state = gateway.shelf.summary(run.task).state if run.task and gateway.store.last(run.task) is not None else ""
    return run.shown(state)


@routes.route("GET", "/api/schedules", "look", answer=Schedules)
async def listed(gateway: Gateway, request: Request) -> Schedules:
    """The schedules."""
    gateway.tail.pull()
    whose = gateway.people.of_thing
    return Schedules(schedules=[shown(gateway, one) for one in gateway.clock.table.all.values() if whose(one.id) == caller(request).person])


@routes.route("POST", "/api/schedules", "approve", body=NewSchedule, answer=ScheduleShown, status=201)
async def create(gateway: Gateway, request: Request) -> ScheduleShown:
    """Keep a schedule."""
    spec: NewSchedule = await request.read(NewSchedule)
    made = gateway.clock.table.save(await _ready(gateway, request, spec), mark=_mark(spec), person=caller(request).person)
    gateway.tail.pull()
    gateway.clock.start()
    return shown(gateway, made, secret=True)


async def _ready(gateway: Gateway, request: Request, spec: NewSchedule, kept: str = "") -> NewSchedule:
    """Check the folders, the model and the recipe now, while the person is here to read what is wrong."""
    from confrere.gateway.api.tasks import given
    from confrere.workspace.roots import check

    person = caller(request).person
    gateway.people.folders(person, given(spec.folders))
    if spec.brief.strip() == BRIEF and person != OWNER:
        raise Problem(403, "gateway.heartbeat-owner")
    for folder in spec.folders:
        await asyncio.to_thread(check, folder.path, gateway.home.path)
    if spec.when.kind == "folder":
        gateway.people.folders(person, [f"{spec.when.path}:ro"])
        await asyncio.to_thread(check, spec.when.path, gateway.home.path)
    if spec.recipe:
        gateway.recipes.get(mine(gateway, request, spec.recipe, "gateway.no-recipe"))
    if model_of(gateway, request, spec.model, kept):
        await gateway.crew.run("turn", "model", {"name": spec.model})
    return spec


def _mark(spec: NewSchedule) -> str:
    from confrere.gateway.schedule.watch import mark_of

    return mark_of(spec.when.path) if spec.when.kind == "folder" else ""


@routes.route("GET", "/api/schedules/{id}", "look", answer=ScheduleShown)
async def show(gateway: Gateway, request: Request) -> ScheduleShown:
    """One schedule."""
    return shown(gateway, gateway.clock.table.get(mine(gateway, request, request.params["id"], "gateway.no-schedule")))


@routes.route("PUT", "/api/schedules/{id}", "approve", body=NewSchedule, answer=ScheduleShown)
async def change(gateway: Gateway, request: Request) -> ScheduleShown:
    """Change a schedule."""
    was = gateway.clock.table.get(mine(gateway, request, request.params["id"], "gateway.no-schedule"))
    spec: NewSchedule = await request.read(NewSchedule)
    made = gateway.clock.table.save(await _ready(gateway, request, spec, was.spec.model), request.params["id"], _mark(spec))
    gateway.clock.start()
    return shown(gateway, made)


@routes.route("DELETE", "/api/schedules/{id}", "approve")
async def remove(gateway: Gateway, request: Request) -> None:
    """Forget a schedule; its runs stay."""
    gateway.clock.table.remove(mine(gateway, request, request.params["id"], "gateway.no-schedule"))
    gateway.clock.start()


@routes.route("POST", "/api/schedules/{id}/pause", "approve", answer=ScheduleShown)
async def pause(gateway: Gateway, request: Request) -> ScheduleShown:
    """Hold a schedule."""
    found = gateway.clock.table.pause(mine(gateway, request, request.params["id"], "gateway.no-schedule"), True)
    gateway.clock.start()
    return shown(gateway, found)


@routes.route("POST", "/api/schedules/{id}/continue", "approve", answer=ScheduleShown)
async def go_on(gateway: Gateway, request: Request) -> ScheduleShown:
    """Let a schedule go on; what fell due meanwhile is not made up for."""
    found = gateway.clock.table.pause(mine(gateway, request, request.params["id"], "gateway.no-schedule"), False)
    gateway.clock.start()
    return shown(gateway, found)


@routes.route("POST", "/api/schedules/{id}/run", "approve", answer=TaskStarted)
async def run_now(gateway: Gateway, request: Request) -> TaskStarted:
    """Run a schedule now, as it would by itself."""
    schedule = gateway.clock.table.get(mine(gateway, request, request.params["id"], "gateway.no-schedule"))
    return await _started(gateway, schedule, stamp(gateway.clock.now()))


async def _started(gateway: Gateway, schedule: Schedule, due: str) -> TaskStarted:
    if not schedule.spec.recipe and not words(gateway.home, schedule.spec.brief):
        return TaskStarted(task=None)
    task = gateway.clock.fire(schedule, due, by_hand=True)
    await gateway.clock.begun(task)
    gateway.tail.pull()
    return TaskStarted(task=task if gateway.store.last(task) is not None else None)


@routes.route("GET", "/api/schedules/{id}/runs", "look", answer=Runs)
async def runs(gateway: Gateway, request: Request) -> Runs:
    """The runs of a schedule, the newest first."""
    schedule = gateway.clock.table.get(mine(gateway, request, request.params["id"], "gateway.no-schedule"))
    return Runs(runs=[_run(gateway, schedule, index) for index in reversed(range(len(schedule.runs)))])


@routes.route("POST", "/api/schedules/read", "look", body=ReadWhen, answer=WhenRead)
async def read_words(gateway: Gateway, request: Request) -> WhenRead:
    """What a time in plain words means, and the next five times."""
    body: ReadWhen = await request.read(ReadWhen)
    when = read(body.text, body.zone)
    start = msgspec.structs.replace(when, at=stamp(gateway.clock.now())) if when.kind == "every" else when
    times = [stamp(moment) for moment in islice(upcoming(start, gateway.clock.now()), 5)]
    return WhenRead(when=when, sentence=sentence_of(when), next=times)


@routes.route("POST", "/hooks/{id}", "", answer=TaskStarted)
async def hook(gateway: Gateway, request: Request) -> TaskStarted:
    """Run a webhook schedule; the signature is the credential, and is good once."""
    from confrere.gateway.schedule import hooks

    gateway.guard.check_tries(request)
    body = await request.body(hooks.MAX_BODY)
    schedule = gateway.clock.table.all.get(request.params["id"])
    try:
        if schedule is None or schedule.spec.when.kind != "hook":
            raise Problem(401, "gateway.signature-wrong")
        name = hooks.check(hooks.secret_of(gateway.home, schedule), request.headers.get("x-confrere-signature", ""), body)
    except Problem:
        gateway.guard.wrong(request, "hook")
        raise
    if any(run.due == name for run in schedule.runs):
        raise Problem(409, "gateway.signature-used")
    if schedule.paused:
        gateway.clock.table.skipped(schedule.id, name, "gateway.run-paused")
        return TaskStarted(task=None)
    return await _started(gateway, schedule, name)
