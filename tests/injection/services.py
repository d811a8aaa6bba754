"""The test tools: mail, messages, web, calendar, money, home, notes and memory, with manifests, registered only here.

What they read stands in a ``World``; what they do arrives at the sink. The policy knows nothing of them but their manifests."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import msgspec

from confrere.policy.manifest import Effect, Manifest, Role
from confrere.tools import registry
from confrere.tools.base import Result
from tests.injection.sink import send


@dataclass
class World:
    """What the person has, apart from the folder. All is data that a tool gives back."""

    sink: int
    mails: list[dict[str, str]] = field(default_factory=list)
    pages: dict[str, str] = field(default_factory=dict)
    chats: dict[str, list[dict[str, str]]] = field(default_factory=dict)
    contacts: list[dict[str, str]] = field(default_factory=list)
    events: list[dict[str, Any]] = field(default_factory=list)
    payments: list[dict[str, str]] = field(default_factory=list)
    memory: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    descriptions: dict[str, str] = field(default_factory=dict)


Run = Callable[[World, dict[str, Any]], str]


class ServiceTool:
    """One test tool: its arguments are a Struct made from ``fields``."""

    def __init__(self, world: World, name: str, description: str, manifest: Manifest, fields: list[Any], run: Run) -> None:
        self.world, self.name = world, name
        self.description = world.descriptions.get(name, description)
        self.foreign = name in world.descriptions
        self.manifest = manifest
        self.Args = msgspec.defstruct(f"{name}_args", fields, kw_only=True, forbid_unknown_fields=True)
        self._run = run

    def run(self, args: Any, context: Any) -> Result:
        given = {name: value for name, value in msgspec.to_builtins(args).items() if value not in ("", [], None)}
        if self.manifest.effect is Effect.ACT or self.manifest.egress:
            send(self.world.sink, self.name, given)
        try:
            return Result(text=self._run(self.world, given))
        except LookupError as error:
            return Result(text=f"not found: {error}", failed=True)


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _contacts(world: World, args: dict[str, Any]) -> str:
    wanted = args["name"].casefold()
    return _json([entry for entry in world.contacts if wanted in entry["name"].casefold()])


def _page(world: World, args: dict[str, Any]) -> str:
    if args["url"] not in world.pages:
        raise LookupError(f"404 for {args['url']} {world.pages.get('404', '')}")
    return world.pages[args["url"]]


def _remember(world: World, args: dict[str, Any]) -> str:
    world.memory.append(args["text"])
    return "remembered"


def _note(world: World, args: dict[str, Any]) -> str:
    world.notes.append(args["text"])
    return "noted"


def _event(world: World, args: dict[str, Any]) -> str:
    world.events.append({"id": f"ev{len(world.events) + 1}", **args})
    return _json([{"id": f"ev{len(world.events)}", "title": args["title"]}])


def _done(world: World, args: dict[str, Any]) -> str:
    return "done"


def tools(world: World) -> tuple[ServiceTool, ...]:
    """All test tools over one world."""
    text, many, number = str, list[str], float

    def reading(
        store: str, trust: str = "other", kind: str = "read", egress: bool = False, conf: str = "private", **roles: Role
    ) -> Manifest:
        return Manifest(effect=Effect.READ, kind=kind, store=store, trust=trust, egress=egress, confidentiality=conf, roles=roles)

    def acting(kind: str, store: str, undo: bool = False, egress: bool = True, **roles: Role) -> Manifest:
        return Manifest(effect=Effect.ACT, kind=kind, store=store, undo=undo, egress=egress, roles=roles)

    def make(name: str, description: str, manifest: Manifest, run: Run, *fields: Any) -> ServiceTool:
        return ServiceTool(world, name, description, manifest, list(fields), run)

    web = {"conf": "public", "kind": "fetch", "egress": True}
    return (
        make("read_mail", "The mails of the inbox.", reading("mail"), lambda w, a: _json(w.mails)),
        make(
            "read_messages",
            "The messages of a channel.",
            reading("chat", channel=Role.QUERY),
            lambda w, a: _json(w.chats[a["channel"]]),
            ("channel", text),
        ),
        make("read_calendar", "The events of the calendar.", reading("calendar"), lambda w, a: _json(w.events)),
        make("read_payments", "The last payments.", reading("bank"), lambda w, a: _json(w.payments)),
        make(
            "search_contacts",
            "Look a person up in the address book.",
            reading("contacts", "own", name=Role.QUERY),
            _contacts,
            ("name", text),
        ),
        make("recall", "What the person asked to remember.", reading("memory", "own"), lambda w, a: _json(w.memory)),
        make("read_notes", "The person's own notes.", reading("notes", "own"), lambda w, a: _json(w.notes)),
        make("read_page", "Open a web page.", reading("web", url=Role.URL, **web), _page, ("url", text)),  # type: ignore[arg-type]
        make("http_get", "Fetch a web address.", reading("web", url=Role.URL, **web), _page, ("url", text)),  # type: ignore[arg-type]
        make(
            "web_search",
            "Search the web.",
            reading("search", kind="search", egress=True, conf="public", query=Role.QUERY),
            lambda w, a: _json([{"url": url, "text": page[:80]} for url, page in w.pages.items()]),
            ("query", text),
        ),
        make(
            "send_mail",
            "Send a mail.",
            acting("send", "mail", to=Role.DEST, cc=Role.DEST, subject=Role.TEXT, body=Role.TEXT, attachments=Role.ATTACH),
            _done,
            ("to", many),
            ("subject", text),
            ("body", text),
            ("cc", many, []),
            ("attachments", many, []),
        ),
        make(
            "post_message",
            "Write to a channel.",
            acting("post", "chat", channel=Role.DEST, text=Role.TEXT),
            _done,
            ("channel", text),
            ("text", text),
        ),
        make(
            "http_post",
            "Send data to a web address.",
            acting("upload", "web", url=Role.URL, body=Role.TEXT),
            _done,
            ("url", text),
            ("body", text),
        ),
        make(
            "create_event",
            "Put an event in the calendar; guests are invited.",
            acting("create", "calendar", True, False, title=Role.TEXT, start=Role.WHEN, end=Role.WHEN, guests=Role.DEST, notes=Role.TEXT),
            _event,
            ("title", text),
            ("start", text),
            ("end", text, ""),
            ("guests", many, []),
            ("notes", text, ""),
        ),
        make("cancel_event", "Cancel an event; its guests are told.", acting("delete", "calendar", event=Role.ID), _done, ("event", text)),
        make(
            "pay",
            "Pay someone.",
            acting("pay", "bank", payee=Role.DEST, amount=Role.AMOUNT, reference=Role.TEXT),
            _done,
            ("payee", text),
            ("amount", number),
            ("reference", text, ""),
        ),
        make(
            "set_device",
            "Switch a device of the home.",
            acting("device", "home", device=Role.DEVICE, state=Role.FLAG),
            _done,
            ("device", text),
            ("state", text),
        ),
        make(
            "forward_rule",
            "Forward all mail to an address from now on.",
            acting("forward", "mail", address=Role.DEST),
            _done,
            ("address", text),
        ),
        make(
            "share_file",
            "Share a file of the folder with someone.",
            acting("share", "drive", path=Role.ATTACH, person=Role.DEST),
            _done,
            ("path", text),
            ("person", text),
        ),
        make(
            "label_mail",
            "Put a label on a mail.",
            acting("label", "mail", True, False, mail=Role.ID, label=Role.NAME),
            _done,
            ("mail", text),
            ("label", text),
        ),
        make(
            "draft_reply",
            "Write a draft that answers a mail; it is not sent.",
            acting("draft", "mail", True, False, mail=Role.ID, body=Role.TEXT),
            _done,
            ("mail", text),
            ("body", text),
        ),
        make("delete_mail", "Put a mail in the bin.", acting("delete", "mail", True, False, mail=Role.ID), _done, ("mail", text)),
        make("note", "Write a note of the person's own.", acting("write", "notes", True, False, text=Role.TEXT), _note, ("text", text)),
        make(
            "remember", "Remember something for good.", acting("memory", "memory", True, False, text=Role.TEXT), _remember, ("text", text)
        ),
    )


PRIVATE = ("label_mail", "draft_reply", "delete_mail", "note", "create_event")
"""Tools whose effect, without guests, stays with the person and can be taken back: not outside."""


@contextmanager
def registered(world: World) -> Iterator[None]:
    """The real tools and these, for as long as this lasts."""
    real = registry.all_tools
    together = (*real(), *tools(world))
    registry.all_tools = lambda: together  # type: ignore[assignment]
    try:
        yield
    finally:
        registry.all_tools = real
