"""What a program in the sandbox may ask of the network: one decision a request, by the host's grant and by what it could carry.

A program sees the granted folders, so whatever it writes may be made of them. Where the person let a host have private things (an approved
step, a yes to the card, a grant that says so) anything but a secret may go. Any other granted host gets *quiet* requests: an address that the
person wrote or approved in full (or a model that had read nothing private and nothing untrusted), asked for without body, without headers of
the program's and not again and again. What is left to such a program is to choose among those addresses, and when.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Literal

import msgspec

from confrere.policy import values
from confrere.policy.brief import Brief
from confrere.policy.decision import Decision
from confrere.policy.derive.case import leaves
from confrere.policy.grants import Grant
from confrere.policy.labels import Confidentiality
from confrere.policy.manifest import Effect, Manifest, Role
from confrere.policy.state import HOLE, Call, State

TIMES = 3
"""How often one command may ask for the same address where its host may be told nothing private."""

_PLAIN = ("accept", "accept-encoding", "accept-language", "cache-control", "pragma", "range", "user-agent")


class Outgoing(msgspec.Struct, frozen=True, kw_only=True):
    """A request as the proxy saw it. ``size`` of the body in bytes, -1 for unknown; a tunnel's method is CONNECT or SOCKS."""

    host: str
    port: int
    method: str
    path: str = ""
    size: int = 0
    headers: tuple[tuple[str, str], ...] = ()

    @property
    def address(self) -> str | None:
        """The canonical web address asked for; None for a tunnel, or where it has none."""
        return values.url(f"http://{self.host}:{self.port}{self.path}") if self.path else None


class Passage(msgspec.Struct, frozen=True, kw_only=True):
    """``verdict`` is free, quiet (the address and nothing else) or refused; ``why`` a short word for the journal; ``grant`` what it rests on."""

    verdict: Literal["free", "quiet", "refused"]
    why: str
    grant: str = ""


class Permit(msgspec.Struct, kw_only=True):
    """One command that may reach hosts. ``private`` are those that an approved step or a yes to its card names: they may be sent what is in the
    folders. ``grants`` are the ids of those that it was let through by, used up for it, and ``granted`` the hosts that rest on them. ``named`` are the canonical addresses that a request may have where nothing private may go; ``asked`` counts those."""

    hosts: list[str]
    private: list[str]
    named: frozenset[str]
    grants: list[str] = []
    granted: list[str] = []
    asked: dict[str, int] = {}


def permit(
    state: State,
    brief: Brief,
    call: Call,
    manifest: Manifest,
    decision: Decision,
    grants: Iterable[Grant],
    *,
    shown: bool,
) -> Permit | None:
    """What a command may ask for, from where its words come; None where it reaches no host. To be made when it is let through: what is read
    later cannot widen it. ``shown``: the person said yes to its card."""
    if manifest.effect is not Effect.CHANGE or not (hosts := hosts_of(call, manifest.roles)):
        return None
    judged = [item for item in decision.arguments if item.role is Role.HOST]
    private = [str(leaf) for item in judged if shown or item.why in ("plan", "endorsed") for leaf in leaves(item.value)]
    rests = [str(leaf) for item in judged if item.why == "granted" and not shown for leaf in leaves(item.value)]
    unlimited = [  # what says more of these hosts than the plan or the brief did, and is not used up by it
        grant.id
        for grant in grants
        if not grant.limit
        and grant.live("", state.task)
        and (not grant.kinds or manifest.kind in grant.kinds)
        and any(grant.covers(Role.HOST, host) for host in hosts)
    ]
    used = sorted({*decision.grants, *unlimited})
    return Permit(hosts=hosts, private=private, named=addresses(state, brief, call), grants=used, granted=rests)


def addresses(state: State, brief: Brief, call: Call) -> frozenset[str]:
    """The canonical addresses that the person wrote or approved, or that a model named which had read nothing private and nothing untrusted."""
    named = set(brief.urls)
    for step in state.plan or []:
        for value in step.args.values():
            for leaf in leaves(value) if value != HOLE else ():
                named.update(values.find_urls(str(leaf)))
    if state.context.confidentiality is Confidentiality.PUBLIC and not state.context.untrusted:
        for leaf in leaves(call.args):
            named.update(values.find_urls(str(leaf)))
    return frozenset(named)


def decide(
    permit: Permit, request: Outgoing, grants: Iterable[Grant], now: str, is_clean: Callable[[str], bool] = lambda text: True
) -> Passage:
    """Whether, and how, this request may pass. ``grants`` as they are now: one that was taken back lets nothing more through. ``is_clean`` says whether a text holds nothing that looks like a secret: those go nowhere."""
    held = _held(permit, request.host, grants, now)
    if held is None:
        return Passage(verdict="refused", why="not granted")
    ident, free = held
    said = [request.method, request.path, *(part for pair in request.headers for part in pair)]
    if not all(is_clean(text) for text in said):
        return Passage(verdict="refused", why="secret")
    if free:
        return Passage(verdict="free", why="granted", grant=ident)
    return _quiet(permit, request, ident)


def stands(permit: Permit, host: str, passed: Literal["free", "quiet"], grants: Iterable[Grant], now: str) -> bool:
    """Whether a request that so passed may stay open: what it rests on is there still, ``grants`` being as they are now."""
    held = _held(permit, host, grants, now)
    return held is not None and (held[1] or passed == "quiet")


def _held(permit: Permit, name: str, grants: Iterable[Grant], now: str) -> tuple[str, bool] | None:
    """The grant that a host is reached by ("" for none), and whether it may be sent private things; None where it may not be reached."""
    host = values.host(name)
    if host is None or host not in {values.host(name) for name in permit.hosts}:
        return None
    held = [grant for grant in grants if grant.id in permit.grants and grant.stands(now) and grant.covers(Role.HOST, host)]
    grant = max(held, key=lambda grant: grant.confidentiality or Confidentiality.PUBLIC, default=None)
    if grant is None and host in {values.host(name) for name in permit.granted}:
        return None
    cleared = host in {values.host(name) for name in permit.private}
    private = grant is not None and grant.confidentiality is not None and grant.confidentiality >= Confidentiality.PRIVATE
    return grant.id if grant is not None else "", cleared or private


def _quiet(permit: Permit, request: Outgoing, ident: str) -> Passage:
    why = ""
    if request.method not in ("GET", "HEAD"):
        why = "tunnel" if request.method in ("CONNECT", "SOCKS") else "method"
    elif request.size:
        why = "body"
    elif any(name.lower() not in _PLAIN for name, _ in request.headers):
        why = "headers"
    elif request.address is None or request.address not in permit.named:
        why = "address"
    elif permit.asked.get(request.address, 0) >= TIMES:
        why = "repeated"
    if why or request.address is None:
        return Passage(verdict="refused", why=why)
    permit.asked[request.address] = permit.asked.get(request.address, 0) + 1
    return Passage(verdict="quiet", why="named", grant=ident)


def hosts_of(call: Call, roles: dict[str, Role]) -> list[str]:
    """The hosts that a call asks for, as written."""
    found: list[Any] = [leaf for name, value in call.args.items() if roles.get(name) is Role.HOST for leaf in leaves(value)]
    return [str(host) for host in found]
