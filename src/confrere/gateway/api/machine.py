"""Models, settings, vault, time saved, exposure."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import msgspec

from confrere.gateway.api.people import caller, own
from confrere.gateway.api.tasks import named
from confrere.gateway.http import Problem, Request, Response, Routes
from confrere.gateway.people import OWNER
from confrere.gateway.schedule.table import stamp
from confrere.gateway.shapes.machine import (
    Exposure,
    Grants,
    Models,
    Pruned,
    PruneRequest,
    SecretGiven,
    Secrets,
    SettingsChange,
    SettingsShown,
    VaultShown,
)
from confrere.gateway.shapes.value import Value, ValueLine, ValueStated
from confrere.journal.store import SYSTEM

if TYPE_CHECKING:
    from confrere.gateway.state import Gateway

routes = Routes()
_SPAN = {"from": "first day, YYYY-MM-DD", "to": "last day"}


@routes.route("GET", "/api/models", "look", answer=Models)
async def models(gateway: Gateway, request: Request) -> Any:
    """What models there are, which one is used, and why."""
    return await gateway.crew.run("turn", "models", {"language": request.language(gateway.home.language())})


@routes.route("GET", "/api/settings", "look", answer=SettingsShown)
async def settings(gateway: Gateway, request: Request) -> SettingsShown:
    """The settings."""
    kept: SettingsShown = msgspec.convert(msgspec.to_builtins(gateway.home.settings()), SettingsShown)
    return kept


@routes.route("PUT", "/api/settings", "administer", body=SettingsChange, answer=SettingsShown)
async def change_settings(gateway: Gateway, request: Request) -> SettingsShown:
    """Change some of the settings."""
    body: SettingsChange = await request.read(SettingsChange)
    changed = {name: value for name, value in msgspec.to_builtins(body).items() if value is not None}
    if body.model:
        await gateway.crew.run("turn", "model", {"name": body.model})
    if body.language not in (None, "", "fr", "en"):
        raise Problem(400, "gateway.query-wrong", name="language")
    bounds: dict[str, tuple[float, float]] = {"vault_days": (0, 36_500), "max_tokens": (1000, 10**9), "max_cost_usd": (0, 10_000)}
    bounds |= {"max_minutes": (1, 100_000), "approval_hours": (0.1, 10_000)}
    for name, (low, high) in bounds.items():
        if name in changed and not low <= changed[name] <= high:
            raise Problem(400, "gateway.setting-beyond", name=name, low=low, high=high)
    _save(gateway, changed)
    gateway.store.append(SYSTEM, "settings.changed", {"changed": changed, "by": request.who.id if request.who else ""}, durable=True)
    gateway.tail.pull()
    kept: SettingsShown = await settings(gateway, request)
    return kept


def _save(gateway: Gateway, changed: dict[str, Any]) -> None:
    """Write the settings file again with what changed; what is at its default is left out."""
    import json

    from confrere.config import Settings
    from confrere.secrets.private_files import write_private

    kept = {**msgspec.to_builtins(gateway.home.settings()), **changed}
    default = msgspec.to_builtins(Settings())
    # a JSON string, number or boolean is a TOML value too
    lines = [f"{name} = {json.dumps(value, ensure_ascii=False)}" for name, value in kept.items() if value != default.get(name)]
    write_private(gateway.home.path / "settings.toml", ("\n".join(lines) + "\n").encode())


@routes.route("GET", "/api/secrets", "administer", answer=Secrets)
async def secrets(gateway: Gateway, request: Request) -> Any:
    """The names of the secrets that are kept, with their hosts; never a value."""
    return {"secrets": await gateway.crew.run("turn", "secrets", {})}


@routes.route("POST", "/api/secrets", "administer", body=SecretGiven, answer=Secrets)
async def keep_secret(gateway: Gateway, request: Request) -> Any:
    """Keep a secret, sealed, for the hosts named; one of that name is replaced."""
    body: SecretGiven = await request.read(SecretGiven)
    return {"secrets": await gateway.crew.run("turn", "keep_secret", msgspec.to_builtins(body))}


@routes.route("DELETE", "/api/secrets/{id}", "administer", answer=Secrets)
async def forget_secret(gateway: Gateway, request: Request) -> Any:
    """Forget a secret."""
    return {"secrets": await gateway.crew.run("turn", "forget_secret", {"name": request.params["id"]})}


@routes.route("GET", "/api/grants", "look", answer=Grants)
async def grants(gateway: Gateway, request: Request) -> Grants:
    """What was allowed until it is revoked."""
    return Grants(grants=_grants(gateway, request))


_AT_WORK = 100  # of the newest tasks, those whose own grants are shown while they are not over


def _grants(gateway: Gateway, request: Request) -> list[dict[str, Any]]:
    from confrere.agent.task import ENDED
    from confrere.policy.grants import Grant, apply

    found: dict[str, Grant] = {}
    person = caller(request).person
    for event in gateway.store.read(SYSTEM, kinds=("grant.given", "grant.used", "grant.revoked")):
        if event.kind != "grant.given" or event.body.get("person", OWNER) == person:
            apply(found, {"type": event.kind, **event.body})
    for task in own(gateway, request).tasks()[:_AT_WORK]:
        if gateway.shelf.summary(task).state not in ENDED:
            for event in gateway.store.read(task, kinds=("grant.given", "grant.used", "grant.revoked")):
                apply(found, {"type": event.kind, **event.body})
    return [dict(msgspec.to_builtins(grant)) for grant in found.values()]


@routes.route("DELETE", "/api/grants/{id}", "approve", answer=Grants)
async def revoke_grant(gateway: Gateway, request: Request) -> Grants:
    """Take a grant back."""
    ident = request.params["id"]
    if not any(grant["id"] == ident and not grant["revoked"] for grant in _grants(gateway, request)):
        raise Problem(404, "gateway.no-grant")
    gateway.store.append(SYSTEM, "grant.revoked", {"id": ident, "at": stamp()}, durable=True)
    gateway.tail.pull()
    return Grants(grants=_grants(gateway, request))


@routes.route("GET", "/api/vault", "look", answer=VaultShown)
async def vault(gateway: Gateway, request: Request) -> VaultShown:
    """What is kept to undo applied changes, by everybody: for administrators, where there are others."""
    if gateway.people.several and not gateway.people.all[caller(request).person].admin:
        raise Problem(403, "gateway.scope-missing", scope="administer")

    def work() -> VaultShown:
        from confrere.workspace.vault import Vault

        kept = list(Vault(gateway.home.vault).objects())
        oldest = min((one.kept_at for one in kept), default=0.0)
        at = datetime.fromtimestamp(oldest, UTC).isoformat(timespec="seconds").replace("+00:00", "Z") if kept else ""
        return VaultShown(objects=len(kept), bytes=sum(one.size for one in kept), days=gateway.home.settings().vault_days, oldest=at)

    return await asyncio.to_thread(work)


@routes.route("POST", "/api/vault/prune", "administer", body=PruneRequest, answer=Pruned)
async def prune(gateway: Gateway, request: Request) -> Pruned:
    """Drop what was kept longer than so many days: those changes cannot be undone any more."""
    body: PruneRequest = await request.read(PruneRequest)
    days = gateway.home.settings().vault_days if body.days is None else body.days
    if days < 0:
        raise Problem(400, "gateway.query-wrong", name="days")

    def work() -> tuple[int, int]:
        from confrere.workspace.vault import Vault

        return Vault(gateway.home.vault).prune(days)

    count, freed = await asyncio.to_thread(work)
    gateway.store.append(SYSTEM, "vault.pruned", {"count": count, "bytes": freed, "days": days}, durable=True)
    gateway.tail.pull()
    return Pruned(pruned=count, bytes=freed)


# -- value


@routes.route("GET", "/api/value", "look", answer=Value, query=_SPAN)
async def value(gateway: Gateway, request: Request) -> Value:
    """Time saved, against a stated baseline."""
    from confrere.gateway.value import measure

    gateway.tail.pull()
    return await asyncio.to_thread(measure, own(gateway, request), *_span(request))


def _span(request: Request) -> tuple[str, str]:
    first, last = request.query.get("from", ""), request.query.get("to", "")
    for name, text in (("from", first), ("to", last)):
        try:
            _ = datetime.fromisoformat(text) if text else None
        except ValueError:
            raise Problem(400, "gateway.query-wrong", name=name) from None
    return first, last


@routes.route("GET", "/api/value.csv", "look", query=_SPAN, by_element=True)
async def value_csv(gateway: Gateway, request: Request) -> Response:
    """The same as a table, a line a task."""
    from confrere.gateway.value import measure, table

    found = await asyncio.to_thread(measure, own(gateway, request), *_span(request))
    headers = [(b"content-disposition", b"attachment; filename*=UTF-8''confrere-value.csv")]
    return Response(table(found).encode("utf-8-sig"), 200, "text/csv; charset=utf-8", headers)


@routes.route("POST", "/api/value/{id}", "brief", body=ValueStated, answer=ValueLine)
async def state_value(gateway: Gateway, request: Request) -> ValueLine:
    """What a task would have taken by hand, as the person says."""
    from confrere.gateway.value import measure

    task, body = named(gateway, request), await request.read(ValueStated)
    if (body.baseline_minutes or 0) < 0 or (body.corrections or 0) < 0:
        raise Problem(400, "gateway.query-wrong", name="baseline_minutes")
    said = {name: value for name, value in msgspec.to_builtins(body).items() if value not in (None, "")}
    gateway.store.append(SYSTEM, "value.stated", {"task": task, **said}, durable=True)
    gateway.tail.pull()
    return measure(gateway.store, "", "", only=task).lines[0]


@routes.route("GET", "/api/exposure", "administer", answer=Exposure)
async def exposure(gateway: Gateway, request: Request) -> Exposure:
    """What is reachable, and the attacks that were tried."""
    from confrere.gateway.exposure import audit

    found = await asyncio.to_thread(audit, gateway.home, request.language(gateway.home.language()), gateway.listen, gateway.port)
    gateway.guard.tries.right("127.0.0.1")  # the wrong tokens just tried were ours
    return Exposure(checks=[msgspec.to_builtins(check) for check in found.checks], listens=found.listens)
