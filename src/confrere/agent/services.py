"""What a task needs to live: the state folder's journal and vault, its view, the document library, the model."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING, Any

from confrere.config import Home, Settings
from confrere.journal.sqlite import Recovered, SqliteStore, open_store
from confrere.workspace.vault import Vault

if TYPE_CHECKING:
    from confrere.agent.task import TaskState
    from confrere.documents.library import Library
    from confrere.models.messages import Model
    from confrere.policy.grants import Grant
    from confrere.policy.rules import Rules
    from confrere.sandbox.protocol import Sandbox
    from confrere.secrets import Secrets
    from confrere.secrets.redact import Redactor
    from confrere.workspace.view import View

Listener = Callable[[str, dict[str, Any]], None]


class Services:
    """Opened once a process; everything heavy only when it is first needed."""

    def __init__(self, home: Home) -> None:
        self.home = home
        self.settings: Settings = home.settings()
        self.recovered: Recovered | None
        self.store: SqliteStore
        self.store, self.recovered = open_store(home.journal, home.blobs)
        self.vault = Vault(home.vault)
        self._library: Library | None = None
        self._grants: dict[str, tuple[int, dict[str, Grant]]] = {}  # of each person: up to which event, and what it came to

    def close(self) -> None:
        if self._library is not None:
            self._library.close()
        self.store.close()

    @property
    def library(self) -> Library:
        if self._library is None:
            from confrere.documents.library import Library

            self._library = Library(self.home.cache / "documents")
        return self._library

    def stop_readers(self) -> None:
        """End every child process that reads documents, at once."""
        if self._library is not None:
            self._library.kill()
            self._library = None

    @cached_property
    def rules(self) -> Rules:
        """The installation's rules, made stricter by the owner's ``policy.toml``; what is wrong in that file is said, never obeyed."""
        from confrere.policy.rules import load

        file = self.home.path / "policy.toml"
        return load(file.read_text("utf-8", "replace") if file.exists() else "")

    @cached_property
    def secrets(self) -> Secrets:
        """The person's secrets; each use is journaled, never the value."""
        from confrere.secrets import Secrets

        def record(use: Any) -> None:
            body = {"name": use.name, "host": use.host, "purpose": use.purpose, "allowed": use.allowed}
            self.store.append("", "secret.used", body, durable=True)

        return Secrets(self.home.path / "secrets", record)

    def grants(self, person: str = "") -> list[Grant]:
        """What a person ("": the owner) has granted until they revoke it."""
        from confrere.policy.grants import apply

        read_to, known = self._grants.get(person, (0, {}))
        found = dict(known)  # several threads may ask at once
        for event in self.store.read("", after=read_to, kinds=("grant.given", "grant.used", "grant.revoked")):
            read_to = event.n
            if event.kind != "grant.given" or event.body.get("person", "") == person:
                apply(found, {"type": event.kind, **event.body})
        self._grants[person] = read_to, found
        return list(found.values())

    def sandbox(self) -> Sandbox:
        """The sandbox this machine offers. Raises Refused where it offers none: commands never run on the bare host."""
        from confrere.errors import Refused
        from confrere.sandbox.choose import choose

        chosen = choose(self.settings.sandbox, self.home.cache)
        if chosen is None:
            raise Refused("agent.no-sandbox")
        return chosen

    @cached_property
    def redactor(self) -> Redactor:
        """What keeps secrets out of the journal and away from models."""
        from confrere.secrets.redact import Redactor

        return self.secrets.redactor() if (self.home.path / "secrets").exists() else Redactor({})

    def view(self, state: TaskState) -> View:
        from confrere.workspace.view import View

        return View(state.roots, self.home.work / state.id)

    def model(self, state: TaskState) -> Model:
        return self.named_model(state.model)

    def named_model(self, name: str) -> Model:
        """The model of this name, "" for the one in force. Its key comes from the environment or, where that has none, from the secrets."""
        from confrere.agent.keys import Keys
        from confrere.models.catalogue import choose

        return choose(name or None, self.settings, environ=Keys(self, name or self.settings.model))
