"""What a tool declares about itself, so that policy can judge a call without knowing the tool."""

from __future__ import annotations

from enum import StrEnum

import msgspec


class Effect(StrEnum):
    """What a tool does to the world."""

    READ = "read"  # looks, inside what was granted
    CHANGE = "change"  # changes the workspace view: reviewed as a change set, revertible
    ACT = "act"  # changes something outside, not revertible by us


class Role(StrEnum):
    """How an argument matters. All but TEXT, QUERY and FREE are sensitive: they need provenance."""

    DEST = "dest"  # who gets it
    ID = "id"  # which remote object
    NAME = "name"
    WHEN = "when"
    AMOUNT = "amount"
    FLAG = "flag"
    TEXT = "text"  # free text written by the model
    ATTACH = "attach"
    URL = "url"
    HOST = "host"
    PATH = "path"  # a path in the workspace
    COMMAND = "command"
    ACCOUNT = "account"
    DEVICE = "device"
    SECRET = "secret"
    QUERY = "query"
    FREE = "free"  # harmless: a number of slides, a sort order


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """A tool's declaration.

    ``kind`` is the verb (read, fetch, write, modify, delete, send, share, pay, execute, install ...), ``trust`` says
    who may have written the result (own, vendor, other), ``confidentiality`` who may see it (public, private,
    secret), ``undo`` that a journal or bin can take the effect back completely.
    """

    effect: Effect
    kind: str
    roles: dict[str, Role] = msgspec.field(default_factory=dict)
    trust: str = "other"
    confidentiality: str = "private"
    store: str = ""
    undo: bool = True
    egress: bool = False
