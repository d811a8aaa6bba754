"""The sealed store of secrets: named values, each for named hosts."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec

from confrere.errors import Failed, Refused, WrongUse
from confrere.secrets.holders import FileHolder, Holder, KeyringHolder, PassphraseHolder, machine_passphrase, system_keyring
from confrere.secrets.hosts import allows, canonical_host, canonical_pattern
from confrere.secrets.private_files import make_private_folder, one_writer, read_private, write_private
from confrere.secrets.redact import Redactor
from confrere.secrets.value import SecretValue

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/@-]{0,99}")
SHORTEST, LONGEST = 4, 65_536  # characters


class Use(msgspec.Struct, frozen=True, kw_only=True):
    """One asking for a secret, as the journal keeps it: never the value. ``allowed`` is False when the host is not among its hosts."""

    name: str
    host: str
    purpose: str
    allowed: bool


class SecretInfo(msgspec.Struct, frozen=True, kw_only=True):
    """What may be shown of a secret. ``hosts`` are host names, ``host:port`` or ``*.domain``; times are UTC, ISO 8601."""

    name: str
    hosts: list[str]
    note: str
    changed: str


class _Kept(msgspec.Struct, kw_only=True):
    value: str
    hosts: list[str]
    note: str
    changed: str

    def __repr__(self) -> str:
        return "<kept secret>"


class _Contents(msgspec.Struct, kw_only=True):
    version: int = 1
    secrets: dict[str, _Kept] = {}
    imported: list[str] = []


class Secrets:
    """The store in ``folder`` (mode 0700; nothing is made before the first ``set``).

    ``record`` is called with each Use before the value is handed out; if it raises, nothing is handed out. ``holder`` says what keeps the
    key of a new store: "auto" (a passphrase the machine gives, else the system's keyring where a trial works, else a private file),
    "keyring", "file" or "passphrase"; an existing store keeps its own. ``passphrase`` is called for one when it is needed.

    Every method may raise Failed (damaged, unreadable, locked) or Refused (open to others); then nothing was changed or lost.
    Several processes and threads may use one folder at once.
    """

    def __init__(
        self, folder: Path, record: Callable[[Use], None], *, holder: str = "auto", passphrase: Callable[[], str] | None = None
    ) -> None:
        self._folder = folder
        self._path = folder / "store.age"
        self._record = record
        self._wanted = holder
        self._passphrase = passphrase or machine_passphrase()
        self._holder: Holder | None = None

    def set(self, name: str, value: str, hosts: Sequence[str], note: str = "") -> None:
        """Keep ``value`` under ``name`` for ``hosts``; a value of that name is replaced. Line ends around the value are dropped.

        Raises WrongUse for a name, value or host that cannot be one. No message ever shows the value.
        """
        value = value.strip("\r\n")
        _check_name(name)
        _check_value(name, value)
        patterns = sorted({canonical_pattern(host) for host in hosts})
        if not patterns:
            raise WrongUse("secrets.no-host", name=name)
        with self._changing() as contents:
            contents.secrets[name] = _Kept(value=value, hosts=patterns, note=note, changed=_now())

    def names(self) -> list[str]:
        """The names, sorted."""
        return sorted(self._read().secrets)

    def infos(self) -> list[SecretInfo]:
        """What may be shown of each secret, by name."""
        kept = self._read().secrets
        return [SecretInfo(name=name, hosts=one.hosts, note=one.note, changed=one.changed) for name, one in sorted(kept.items())]

    def use(self, name: str, host: str, purpose: str = "") -> SecretValue:
        """The secret, for one of its hosts; recorded first. ``host`` is a host name or address, with ``:port`` or without.

        Raises WrongUse for an unknown name, Refused (recorded too) for a host that is not among its hosts.
        """
        if not os.path.lexists(self._folder):
            raise WrongUse("secrets.unknown", name=name)
        make_private_folder(self._folder)
        with one_writer(self._folder):  # once ``delete`` or ``set`` has returned, nobody is still handed what was there before
            kept = self._read().secrets.get(name)
            if kept is None:
                raise WrongUse("secrets.unknown", name=name)
            asked = canonical_host(host)
            allowed = any(allows(pattern, asked) for pattern in kept.hosts)
            self._record(Use(name=name, host=asked, purpose=purpose, allowed=allowed))
            if not allowed:
                raise Refused("secrets.not-for-host", name=name, host=asked, hosts=", ".join(kept.hosts))
            return SecretValue(kept.value)

    def delete(self, name: str) -> None:
        """Forget a secret. Raises WrongUse when there is none of that name."""
        if name not in self._read().secrets:
            raise WrongUse("secrets.unknown", name=name)
        with self._changing() as contents:
            contents.secrets.pop(name, None)

    def import_environment(self, names: Mapping[str, Sequence[str]], environment: Mapping[str, str] = os.environ) -> list[str]:
        """Take over variables of the environment, each for the hosts given with it; return the names taken.

        Each name is imported once: a later call leaves it alone, even if it was deleted since. A secret already set under the name
        stays. The environment itself is left as it is: no child process of ours receives it.
        """
        found = {name: environment[name].strip() for name in names if len(environment.get(name, "").strip()) >= SHORTEST}
        before = self._read() if found else _Contents()
        if not found.keys() - set(before.imported):
            return []
        taken: list[str] = []
        with self._changing() as contents:
            for name in sorted(found.keys() - set(contents.imported)):
                contents.imported.append(name)
                if name not in contents.secrets:
                    _check_name(name)
                    _check_value(name, found[name])
                    patterns = sorted({canonical_pattern(host) for host in names[name]})
                    contents.secrets[name] = _Kept(value=found[name], hosts=patterns, note="environment", changed=_now())
                    taken.append(name)
        return taken

    def redactor(self) -> Redactor:
        """A redactor that knows every value of the store as it is now. It is recorded as no use: nothing leaves with it."""
        return Redactor({name: one.value for name, one in self._read().secrets.items()})

    def holder(self) -> str:
        """What holds the key: "keyring", "file", "passphrase"; "" while there is no store."""
        return self._existing_holder().name if self._path.exists() else ""

    def _existing_holder(self) -> Holder:
        if self._holder is None:
            if os.path.lexists(self._folder / "identity.keyring"):
                self._holder = KeyringHolder(self._folder, system_keyring() or _NoKeyring())
            elif os.path.lexists(self._folder / "identity.age"):
                self._holder = PassphraseHolder(self._folder, self._passphrase or _no_passphrase)
            else:
                self._holder = FileHolder(self._folder)
        return self._holder

    def _new_holder(self) -> Holder:
        if self._wanted == "passphrase" or (self._wanted == "auto" and self._passphrase):
            return PassphraseHolder(self._folder, self._passphrase or _no_passphrase)
        if self._wanted in ("auto", "keyring"):
            keyring = system_keyring()
            if keyring is not None:
                return KeyringHolder(self._folder, keyring)
            if self._wanted == "keyring":
                raise Failed("secrets.no-keyring")
        return FileHolder(self._folder)

    def _identity(self, create: bool) -> Any:
        """The age identity. With ``create``, under the lock, a new one where there is neither key nor store."""
        import pyrage

        text = self._existing_holder().load()
        if text is None and create and not os.path.lexists(self._path):
            holder = self._new_holder()
            text = str(pyrage.x25519.Identity.generate())
            holder.create(text)
            self._holder = holder
        if text is None:
            self._holder = None  # another process may be about to create it
            raise Failed("secrets.key-missing", path=self._path)
        try:
            return pyrage.x25519.Identity.from_str(text)
        except pyrage.IdentityError:
            raise Failed("secrets.key-damaged", path=self._folder) from None

    def _read(self) -> _Contents:
        if not os.path.lexists(self._folder):
            return _Contents()
        make_private_folder(self._folder)
        sealed = read_private(self._path)
        if sealed is None:
            return _Contents()
        import pyrage

        try:
            opened = pyrage.decrypt(sealed, [self._identity(create=False)])
        except pyrage.DecryptError:
            raise Failed("secrets.damaged", path=self._path) from None
        try:
            contents = msgspec.json.decode(opened, type=_Contents)
        except msgspec.DecodeError:
            raise Failed("secrets.damaged", path=self._path) from None
        if contents.version != 1:
            raise Failed("secrets.newer", path=self._path)
        return contents

    @contextmanager
    def _changing(self) -> Iterator[_Contents]:
        """The contents, read and written back under the lock; not written when the block raises."""
        import pyrage

        make_private_folder(self._folder)
        with one_writer(self._folder):
            contents = self._read()
            identity = self._identity(create=True)
            yield contents
            write_private(self._path, pyrage.encrypt(msgspec.json.encode(contents), [identity.to_public()]))


class _NoKeyring:
    """Stands for a keyring that was there and is not: asking it gives nothing, which the holder says."""

    def get_password(self, service: str, entry: str) -> None:
        return None


def _no_passphrase() -> str:
    raise Failed("secrets.passphrase-needed")


def _check_name(name: str) -> None:
    if not NAME.fullmatch(name):
        raise WrongUse("secrets.bad-name")
    if not Redactor().redact(name).clean:
        raise WrongUse("secrets.name-is-a-secret")  # name and value swapped; the sentence must not repeat it


def _check_value(name: str, value: str) -> None:
    if not SHORTEST <= len(value) <= LONGEST:
        raise WrongUse("secrets.bad-length", name=name, shortest=SHORTEST, longest=LONGEST)
    if value.isspace() or "\x00" in value or any(0xD800 <= ord(ch) <= 0xDFFF for ch in value):
        raise WrongUse("secrets.bad-characters", name=name)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
