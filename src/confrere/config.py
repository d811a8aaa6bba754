"""Where state lives, and the person's settings."""

from __future__ import annotations

import os
import tomllib
from pathlib import Path
from typing import Any

import msgspec

from confrere.errors import Failed, WrongUse
from confrere.messages import system_language


class Settings(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """The person's settings, ``CONFRERE_HOME/settings.toml``; every field has a default.

    ``model`` is the model to use when none is named ("builtin" unless set). ``language`` is "fr", "en" or "" for the
    session's own. ``vault_days`` is how long replaced and deleted content is kept, in days. ``max_tokens`` bounds the tokens
    one task may use, ``max_cost_usd`` its money, ``max_minutes`` the time it may work; ``approval_hours`` is how long
    a question to the person stays open; ``sandbox`` names the back end for commands, "" for the best there is.
    """

    model: str = ""
    language: str = ""
    vault_days: int = 30
    max_tokens: int = 500_000
    max_cost_usd: float = 5.0
    max_minutes: int = 120
    approval_hours: float = 48.0
    sandbox: str = ""


class Home:
    """The state folder: journal, blobs, vault, task work areas, caches. Nothing is written elsewhere, except by applying."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.journal = path / "journal.db"
        self.blobs = path / "blobs"
        self.vault = path / "vault"
        self.work = path / "work"
        self.cache = path / "cache"

    @classmethod
    def find(cls) -> Home:
        """The folder CONFRERE_HOME names, else ``$XDG_STATE_HOME/confrere``, else ``~/.local/state/confrere``; made private.

        Raises Failed when it cannot be made or written.
        """
        chosen = os.environ.get("CONFRERE_HOME")
        base = Path(chosen) if chosen else Path(os.environ.get("XDG_STATE_HOME") or Path.home() / ".local/state") / "confrere"
        home = cls(Path(os.path.abspath(base.expanduser())))
        try:
            home.path.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise Failed("core.home-unusable", path=home.path, reason=error.strerror or str(error)) from None
        if not os.access(home.path, os.W_OK | os.X_OK):
            raise Failed("core.home-unusable", path=home.path, reason=os.strerror(13))
        return home

    def settings(self) -> Settings:
        """Read the settings. Raises WrongUse naming the line or field when the file is not right."""
        file = self.path / "settings.toml"
        try:
            raw: dict[str, Any] = tomllib.loads(file.read_text("utf-8"))
            return msgspec.convert(raw, Settings)
        except FileNotFoundError:
            return Settings()
        except (tomllib.TOMLDecodeError, UnicodeDecodeError, msgspec.ValidationError) as error:
            raise WrongUse("core.settings-wrong", path=file, reason=str(error)) from None

    def language(self) -> str:
        return self.settings().language or system_language()
