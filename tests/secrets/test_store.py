from __future__ import annotations

import os
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from keyring.backend import KeyringBackend

from confrere.errors import ConfrereError, Failed, Refused, WrongUse
from confrere.secrets import Secrets, Use
from confrere.secrets import holders as holders_module
from confrere.secrets.holders import KeyringHolder, system_keyring, works

KEY = "sésame-" + "4f9c" * 8


@pytest.fixture
def uses() -> list[Use]:
    return []


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "home" / "secrets"


@pytest.fixture
def store(folder: Path, uses: list[Use]) -> Secrets:
    return Secrets(folder, uses.append, holder="file")


def tree(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.name != "lock"}


def test_a_secret_goes_to_its_hosts_and_each_use_is_recorded(store: Secrets, folder: Path, uses: list[Use]) -> None:
    store.set("mail", KEY + "\n", ["IMAP.Exemple.example:993", "*.envoi.example"], "boîte du studio")
    assert store.names() == ["mail"]
    assert Secrets(folder, uses.append).use("mail", "imap.exemple.example:993", "read mail").reveal() == KEY
    assert store.use("mail", "a.b.envoi.example").reveal() == KEY
    assert [(use.name, use.host, use.purpose, use.allowed) for use in uses] == [
        ("mail", "imap.exemple.example:993", "read mail", True),
        ("mail", "a.b.envoi.example", "", True),
    ]
    assert not any(KEY in str(use) for use in uses)
    (info,) = store.infos()
    assert (info.name, info.hosts, info.note) == ("mail", ["*.envoi.example", "imap.exemple.example:993"], "boîte du studio")
    assert KEY not in repr(info) and info.changed.endswith("Z")


def test_what_was_deleted_or_narrowed_is_handed_to_nobody_any_more(folder: Path) -> None:
    """Whoever asked just before is answered before the deletion ends, or not at all."""
    for change in ("delete", "narrow"):
        order: list[str] = []
        other = Secrets(folder, lambda use: None, holder="file")
        other.set("mail", KEY, ["a.example"])
        thread = threading.Thread()

        def changes(other: Secrets = other, change: str = change, order: list[str] = order) -> None:
            if change == "delete":
                other.delete("mail")
            else:
                other.set("mail", KEY, ["b.example"])
            order.append("changed")

        def recorded(use: Use, changes: object = changes) -> None:
            nonlocal thread
            thread = threading.Thread(target=changes)  # type: ignore[arg-type]
            thread.start()
            thread.join(0.3)  # time enough, where nothing holds it back

        assert Secrets(folder, recorded, holder="file").use("mail", "a.example").reveal() == KEY
        order.append("handed out")
        thread.join()
        assert order == ["handed out", "changed"]


@pytest.mark.parametrize(
    "host",
    ["autre.example", "exemple.example", "imap.exemple.example", "imap.exemple.example:143", "envoi.example", "mechant-envoi.example",
     "imap.exemple.example.mechant.example:993"],
)  # fmt: skip
def test_another_host_is_refused_and_that_is_recorded_too(store: Secrets, uses: list[Use], host: str) -> None:
    store.set("mail", KEY, ["imap.exemple.example:993", "*.envoi.example"])
    with pytest.raises(Refused) as error:
        store.use("mail", host)
    assert host in str(error.value) and KEY not in str(error.value)
    assert [use.allowed for use in uses] == [False]


@pytest.mark.parametrize(
    "host", ["", "https://api.example", "a@b.example", "api.example/x", "a b", "*.com", "*", "api..example", "x:0", "x:99999", "1.2.3"]
)
def test_what_is_no_host_is_refused(store: Secrets, host: str) -> None:
    with pytest.raises(WrongUse):
        store.set("k", KEY, [host])
    assert store.names() == []


def test_names_of_hosts_have_one_spelling(store: Secrets) -> None:
    store.set("k", KEY, ["Büro.example.", "[0:0::1]:80", "127.0.0.1"])
    for host in ("xn--bro-hoa.example", "BÜRO.example", "[::1]:80", "127.0.0.1:11434"):
        assert store.use("k", host).reveal() == KEY


def test_a_record_that_fails_gives_no_secret(folder: Path) -> None:
    def broken(use: Use) -> None:
        raise Failed("core.disk-full", path=folder)

    store = Secrets(folder, broken, holder="file")
    store.set("k", KEY, ["h.example"])
    with pytest.raises(Failed):
        store.use("k", "h.example")


def test_at_rest_it_is_sealed_and_private(store: Secrets, folder: Path) -> None:
    old = os.umask(0)
    try:
        store.set("the-name", KEY, ["h.example"])
    finally:
        os.umask(old)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    files = {path.name: path for path in folder.iterdir()}
    assert files.keys() == {"store.age", "identity", "lock"}
    assert {stat.S_IMODE(path.stat().st_mode) for path in files.values()} == {0o600}
    sealed = files["store.age"].read_bytes()
    assert sealed.startswith(b"age-encryption.org/v1")
    assert KEY.encode() not in sealed and b"the-name" not in sealed and b"h.example" not in sealed


def test_nothing_is_made_before_the_first_secret(store: Secrets, folder: Path) -> None:
    assert store.names() == [] and store.holder() == "" and store.redactor().redact("x" * 50).clean
    with pytest.raises(WrongUse):
        store.use("k", "h.example")
    with pytest.raises(WrongUse):
        store.delete("k")
    assert not folder.exists()


@pytest.mark.parametrize("name,mode", [("store.age", 0o644), ("identity", 0o640), (".", 0o755)])
def test_files_open_to_others_are_not_used(store: Secrets, folder: Path, name: str, mode: int) -> None:
    store.set("k", KEY, ["h.example"])
    before = tree(folder)
    (folder / name).chmod(mode)
    for action in (store.names, lambda: store.set("l", KEY, ["h.example"]), lambda: store.use("k", "h.example")):
        with pytest.raises(Refused) as error:
            action()
        assert f"{mode:04o}" in str(error.value) and "chmod" in error.value.sentence("fr")
    assert tree(folder) == before
    (folder / name).chmod(0o700 if name == "." else 0o600)
    assert store.names() == ["k"]


@pytest.mark.parametrize("damage", [b"", b"garbage", None])
def test_a_damaged_store_is_left_as_it_is(store: Secrets, folder: Path, damage: bytes | None) -> None:
    store.set("k", KEY, ["h.example"])
    path = folder / "store.age"
    whole = path.read_bytes()
    path.write_bytes(whole[:-5] if damage is None else damage)
    before = tree(folder)
    for action in (
        store.names,
        lambda: store.set("l", KEY, ["h.example"]),
        lambda: Secrets(folder, print, holder="file").set("l", KEY, ["h"]),
    ):
        with pytest.raises(Failed) as error:
            action()
        assert error.value.key == "secrets.damaged" and str(path) in str(error.value)
    assert tree(folder) == before
    path.write_bytes(whole)
    assert store.names() == ["k"]


def test_a_lost_key_loses_no_store(store: Secrets, folder: Path) -> None:
    store.set("k", KEY, ["h.example"])
    key = (folder / "identity").read_bytes()
    (folder / "identity").unlink()
    before = tree(folder)
    for one in (store, Secrets(folder, print, holder="file")):
        with pytest.raises(Failed) as error:
            one.set("l", KEY, ["h.example"])
        assert error.value.key == "secrets.key-missing"
    assert tree(folder) == before
    (folder / "identity").write_bytes(b"nonsense")
    (folder / "identity").chmod(0o600)
    with pytest.raises(Failed) as error:
        store.names()
    assert error.value.key == "secrets.key-damaged"
    (folder / "identity").write_bytes(key)
    assert store.names() == ["k"]


def test_links_and_odd_files_are_not_followed(store: Secrets, folder: Path, tmp_path: Path) -> None:
    store.set("k", KEY, ["h.example"])
    moved = tmp_path / "elsewhere"
    (folder / "store.age").rename(moved)
    (folder / "store.age").symlink_to(moved)
    with pytest.raises(ConfrereError):
        store.names()
    (folder / "store.age").unlink()
    os.mkfifo(folder / "store.age", 0o600)
    with pytest.raises(ConfrereError):
        store.names()


def test_a_write_that_fails_keeps_the_old_store(store: Secrets, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store.set("k", KEY, ["h.example"])
    before = tree(folder)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(Failed) as error:
        store.set("l", KEY, ["h.example"])
    assert "No space left" in str(error.value)
    assert tree(folder) == before


@pytest.mark.parametrize(
    "name,value,hosts,key",
    [
        ("", KEY, ["h.example"], "bad-name"),
        ("a b", KEY, ["h.example"], "bad-name"),
        ("sk-ant-" + "api03-" + "Ab3" * 12, "my-name", ["h.example"], "name-is-a-secret"),
        ("k", "abc", ["h.example"], "bad-length"),
        ("k", "a" * 70_000, ["h.example"], "bad-length"),
        ("k", "    ", ["h.example"], "bad-characters"),
        ("k", "abc\x00def", ["h.example"], "bad-characters"),
        ("k", KEY, [], "no-host"),
    ],
)
def test_what_cannot_be_a_secret_is_said_without_showing_it(store: Secrets, name: str, value: str, hosts: list[str], key: str) -> None:
    with pytest.raises(WrongUse) as error:
        store.set(name, value, hosts)
    assert error.value.key == f"secrets.{key}"
    for language in ("en", "fr"):
        assert value not in error.value.sentence(language) and "Ab3Ab3" not in error.value.sentence(language)


def test_delete_forgets(store: Secrets, folder: Path, uses: list[Use]) -> None:
    store.set("k", KEY, ["h.example"])
    store.set("l", "another-secret", ["h.example"])
    store.delete("k")
    assert store.names() == ["l"]
    with pytest.raises(WrongUse):
        store.use("k", "h.example")


def test_the_environment_is_imported_once(store: Secrets) -> None:
    hosts = {"A_KEY": ("a.example",), "B_KEY": ("b.example",), "C_KEY": ("c.example",)}
    environment = {"A_KEY": KEY, "B_KEY": "from-the-environment", "C_KEY": " ", "OTHER": "not asked for"}
    store.set("B_KEY", "set by hand", ["b.example"])
    assert store.import_environment(hosts, environment) == ["A_KEY"]
    assert store.use("A_KEY", "a.example").reveal() == KEY
    assert store.use("B_KEY", "b.example").reveal() == "set by hand"
    store.delete("A_KEY")
    assert store.import_environment(hosts, environment) == []
    assert store.names() == ["B_KEY"]


WRITER = """
import sys
from pathlib import Path
from confrere.secrets import Secrets
store = Secrets(Path(sys.argv[1]), print, holder="file")
for index in range(25):
    store.set(f"{sys.argv[2]}-{index}", "value-of-" + sys.argv[2], ["h.example"])
"""


def test_two_processes_and_four_threads_write_at_once(folder: Path) -> None:
    writers = [subprocess.Popen([sys.executable, "-c", WRITER, str(folder), name]) for name in ("one", "two")]
    store = Secrets(folder, lambda use: None, holder="file")
    threads = [threading.Thread(target=store.set, args=(f"thread-{n}", KEY, ["h.example"])) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [writer.wait(60) for writer in writers] == [0, 0]
    assert len(store.names()) == 54
    assert store.use("two-24", "h.example").reveal() == "value-of-two"
    assert {path.name for path in folder.iterdir()} == {"store.age", "identity", "lock"}


def test_a_writer_killed_at_any_moment_leaves_a_whole_store(folder: Path, uses: list[Use]) -> None:
    store = Secrets(folder, uses.append, holder="file")
    store.set("first", KEY, ["h.example"])
    for delay in (0.15, 0.3, 0.45):
        writer = subprocess.Popen([sys.executable, "-c", WRITER, str(folder), "killed"])
        try:
            writer.wait(delay)
        except subprocess.TimeoutExpired:
            writer.kill()
            writer.wait()
        assert store.use("first", "h.example").reveal() == KEY
        store.set("after", KEY, ["h.example"])


def test_a_passphrase_opens_it_and_another_does_not(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "confrere-passphrase").write_text("quatre mots très longs\n")
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))
    store = Secrets(folder, lambda use: None)  # the machine gives it, as a service manager does
    store.set("k", KEY, ["h.example"])
    assert store.holder() == "passphrase"
    assert {path.name for path in folder.iterdir()} == {"store.age", "identity.age", "lock"}
    monkeypatch.delenv("CREDENTIALS_DIRECTORY")
    assert Secrets(folder, lambda use: None, passphrase=lambda: "quatre mots très longs").use("k", "h.example").reveal() == KEY
    with pytest.raises(Failed) as error:
        Secrets(folder, lambda use: None, passphrase=lambda: "quatre mots").names()
    assert error.value.key == "secrets.wrong-passphrase"
    with pytest.raises(Failed) as error:
        Secrets(folder, lambda use: None).names()
    assert error.value.key == "secrets.passphrase-needed"


def test_a_short_passphrase_is_refused(folder: Path) -> None:
    with pytest.raises(WrongUse):
        Secrets(folder, print, holder="passphrase", passphrase=lambda: "court").set("k", KEY, ["h.example"])
    assert Secrets(folder, print).names() == []


class MemoryKeyring(KeyringBackend):
    """A keyring of the library's own kind, which forgets nothing and can be shut."""

    priority = 1

    def __init__(self, *, drops: bool = False) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.kept: dict[tuple[str, str], str] = {}
        self.drops = drops

    def set_password(self, service: str, username: str, password: str) -> None:
        if not self.drops:
            self.kept[service, username] = password

    def get_password(self, service: str, username: str) -> str | None:
        return self.kept.get((service, username))

    def delete_password(self, service: str, username: str) -> None:
        del self.kept[service, username]


def test_a_keyring_holds_the_key(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    keyring = MemoryKeyring()
    assert works(keyring) and keyring.kept == {}
    monkeypatch.setattr("confrere.secrets.store.system_keyring", lambda: keyring)
    store = Secrets(folder, lambda use: None)
    store.set("k", KEY, ["h.example"])
    assert store.holder() == "keyring"
    assert {path.name for path in folder.iterdir()} == {"store.age", "identity.keyring", "lock"}
    (identity,) = keyring.kept.values()
    assert identity.startswith("AGE-SECRET-KEY-")
    assert not any(identity.encode() in path.read_bytes() for path in folder.iterdir())
    assert Secrets(folder, lambda use: None).use("k", "h.example").reveal() == KEY
    keyring.kept.clear()
    for gone in (keyring, None):
        monkeypatch.setattr("confrere.secrets.store.system_keyring", lambda gone=gone: gone)
        with pytest.raises(Failed) as error:
            Secrets(folder, lambda use: None).set("l", KEY, ["h.example"])
        assert error.value.key == "secrets.keyring-closed"


def test_a_keyring_that_does_not_keep_is_not_used(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert not works(MemoryKeyring(drops=True))
    stuck = MemoryKeyring()
    monkeypatch.setattr(holders_module, "PROBE_SECONDS", 0.05)
    monkeypatch.setattr(stuck, "get_password", lambda *_: threading.Event().wait(2))
    assert not works(stuck)
    with pytest.raises(Failed):
        KeyringHolder(folder, MemoryKeyring(drops=True)).create("AGE-SECRET-KEY-1")


def test_without_a_session_there_is_no_keyring(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent/bus")
    assert system_keyring() is None
    with pytest.raises(Failed) as error:
        Secrets(folder, lambda use: None, holder="keyring").set("k", KEY, ["h.example"])
    assert error.value.key == "secrets.no-keyring"
    store = Secrets(folder, lambda use: None)
    store.set("k", KEY, ["h.example"])
    assert store.holder() == "file"


def test_a_newer_store_is_left_alone(store: Secrets, folder: Path) -> None:
    import pyrage

    store.set("k", KEY, ["h.example"])
    identity = pyrage.x25519.Identity.from_str((folder / "identity").read_text().strip())
    newer = pyrage.encrypt(b'{"version":2,"secrets":{}}', [identity.to_public()])
    (folder / "store.age").write_bytes(newer)
    with pytest.raises(Failed) as error:
        store.set("l", KEY, ["h.example"])
    assert error.value.key == "secrets.newer"
    assert (folder / "store.age").read_bytes() == newer
