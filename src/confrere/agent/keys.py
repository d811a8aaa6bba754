"""A model's key, from the environment or from the person's secrets: asked for when the model is made, for the host it will be sent to."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from confrere.errors import Refused

if TYPE_CHECKING:
    from confrere.agent.services import Services

_ADDRESS = {"OPENAI_API_KEY": "OPENAI_BASE_URL", "ANTHROPIC_API_KEY": "ANTHROPIC_BASE_URL"}


class Keys(Mapping[str, str]):
    """The environment, with the secrets behind it: a variable of ``KNOWN_HOSTS`` (or the key of a server named by its address) that is not
    set is looked for among the secrets. Each such use is journaled, and refused for a host that is not among the secret's."""

    def __init__(self, services: Services, model: str) -> None:
        self._services = services
        self._model = model

    def __getitem__(self, name: str) -> str:
        if os.environ.get(name, "").strip():
            return os.environ[name]
        if (host := self._host(name)) and (self._services.home.path / "secrets").exists() and name in self._services.secrets.names():
            with suppress(Refused):  # journaled; a server that needs no key is reached without, another says that one is missing
                return self._services.secrets.use(name, host, "model").reveal()
        return os.environ[name]

    def _host(self, name: str) -> str:
        """The host that the key of this variable would go to; "" for a variable that is no key."""
        from confrere.models.catalogue import KEY_FOR_ADDRESSES
        from confrere.secrets import KNOWN_HOSTS

        address = self._model if name == KEY_FOR_ADDRESSES else os.environ.get(_ADDRESS.get(name, ""), "")
        if address:
            return urlsplit(address).netloc.rpartition("@")[2]  # with its port: a secret may be for one port only
        return KNOWN_HOSTS.get(name, ("",))[0]

    def __iter__(self) -> Iterator[str]:
        return iter(os.environ)

    def __len__(self) -> int:
        return len(os.environ)
