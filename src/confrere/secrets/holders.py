"""What holds the key that opens the sealed store: the system's keyring, a private file, or a passphrase.

The store itself is one age file (X25519, ChaCha20-Poly1305; https://age-encryption.org/v1) whoever holds the key. The holder is
chosen when the first secret is set, and shows from the files beside the store: ``identity`` (file), ``identity.age`` (passphrase),
``identity.keyring`` (the name of the keyring's entry).
"""

from __future__ import annotations

import os
import secrets
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

from confrere.errors import Failed, WrongUse
from confrere.secrets.private_files import read_private, write_private

SERVICE = "confrere"
PROBE_SECONDS = 5.0
# Back ends of the keyring library that are a system's own keyring. Others may keep their content in the clear.
SYSTEM_KEYRINGS = ("keyring.backends.SecretService", "keyring.backends.libsecret", "keyring.backends.kwallet", "keyring.backends.macOS")


class Holder(Protocol):
    """Keeps one short text, the age identity."""

    name: str

    def load(self) -> str | None:
        """The identity, or None when this holder has none yet. Raises Failed when there is one that it cannot give."""

    def create(self, identity: str) -> None:
        """Keep ``identity``. Raises Failed, and then nothing is kept."""


class FileHolder:
    """The identity in a file of mode 0600 beside the store: safe from other accounts and from a copy of the store alone."""

    name = "file"

    def __init__(self, folder: Path) -> None:
        self._path = folder / "identity"

    def load(self) -> str | None:
        data = read_private(self._path)
        return None if data is None else data.decode("ascii", "replace").strip()

    def create(self, identity: str) -> None:
        write_private(self._path, identity.encode() + b"\n")


class PassphraseHolder:
    """The identity sealed by a passphrase (age's scrypt, about a second by design, once per process)."""

    name = "passphrase"

    def __init__(self, folder: Path, ask: Callable[[], str]) -> None:
        self._path = folder / "identity.age"
        self._ask = ask
        self._open: str | None = None

    def load(self) -> str | None:
        if self._open is None:
            data = read_private(self._path)
            if data is None:
                return None
            import pyrage

            try:
                self._open = pyrage.passphrase.decrypt(data, self._ask()).decode("ascii")
            except (pyrage.DecryptError, UnicodeDecodeError):
                raise Failed("secrets.wrong-passphrase", path=self._path) from None
        return self._open

    def create(self, identity: str) -> None:
        import pyrage

        passphrase = self._ask()
        if len(passphrase) < 8:
            raise WrongUse("secrets.passphrase-short")
        write_private(self._path, pyrage.passphrase.encrypt(identity.encode(), passphrase))
        self._open = identity


class KeyringHolder:
    """The identity in the system's keyring (Secret Service, KWallet, Keychain); ``identity.keyring`` names the entry."""

    name = "keyring"

    def __init__(self, folder: Path, keyring: Any) -> None:
        self._path = folder / "identity.keyring"
        self._keyring = keyring

    def load(self) -> str | None:
        entry = read_private(self._path)
        if entry is None:
            return None
        found = _within(PROBE_SECONDS, lambda: self._keyring.get_password(SERVICE, entry.decode().strip()))
        if not isinstance(found, str):
            raise Failed("secrets.keyring-closed", path=self._path)
        return found

    def create(self, identity: str) -> None:
        entry = f"store-{secrets.token_hex(8)}"
        _within(PROBE_SECONDS, lambda: self._keyring.set_password(SERVICE, entry, identity))
        if _within(PROBE_SECONDS, lambda: self._keyring.get_password(SERVICE, entry)) != identity:
            raise Failed("secrets.keyring-closed", path=self._path)
        write_private(self._path, entry.encode() + b"\n")


def system_keyring() -> Any | None:
    """The machine's own keyring if it is there and really keeps, gives back and forgets an entry; else None. Never asks the person."""
    if sys.platform.startswith("linux") and not (
        os.environ.get("DBUS_SESSION_BUS_ADDRESS") or os.path.exists(f"/run/user/{os.getuid()}/bus")
    ):
        return None  # without a session bus there is no keyring, and importing the library to learn it takes a third of a second
    import keyring

    found = keyring.get_keyring()
    for backend in getattr(found, "backends", [found]):  # a chainer lists several
        if type(backend).__module__.startswith(SYSTEM_KEYRINGS) and works(backend):
            return backend
    return None


def works(keyring: Any) -> bool:
    """Try a keyring for real: set, get and delete a random entry within PROBE_SECONDS."""
    entry, value = f"probe-{secrets.token_hex(8)}", secrets.token_hex(16)

    def probe() -> bool:
        keyring.set_password(SERVICE, entry, value)
        try:
            same = bool(keyring.get_password(SERVICE, entry) == value)
        finally:
            keyring.delete_password(SERVICE, entry)
        return same and keyring.get_password(SERVICE, entry) is None

    return _within(PROBE_SECONDS, probe) is True


def _within(seconds: float, call: Callable[[], Any]) -> Any:
    """The result of ``call``, or the exception it raised, or None when it takes longer: a locked keyring waits for a window nobody sees."""
    result: list[Any] = []

    def run() -> None:
        try:
            result.append(call())
        except Exception as error:  # a back end may raise anything; whatever it is, the keyring does not work
            result.append(error)

    thread = threading.Thread(target=run, daemon=True, name="keyring")
    thread.start()
    thread.join(seconds)
    return result[0] if result else None


def machine_passphrase() -> Callable[[], str] | None:
    """A passphrase the machine gives to this service alone: systemd's credential ``confrere-passphrase``. None when there is none."""
    folder = os.environ.get("CREDENTIALS_DIRECTORY")
    path = Path(folder) / "confrere-passphrase" if folder else None
    return (lambda: path.read_text("utf-8").rstrip("\n")) if path is not None and path.is_file() else None
