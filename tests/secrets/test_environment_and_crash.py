from __future__ import annotations

import io
import os
import subprocess
import sys
from pathlib import Path

import pytest

from confrere.secrets import KNOWN_HOSTS, child_environment, describe_crash
from confrere.secrets.hosts import canonical_pattern

KEY = "sk-" + "proj-" + "aB3dE6gH9jK2mN5pQ8sT1vW4yZ7bC0fG"


def test_a_child_sees_no_key_of_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (*KNOWN_HOSTS, "DATABASE_URL", "SSH_AUTH_SOCK", "LD_PRELOAD_X", "PYTHONSTARTUP", "HOME"):
        monkeypatch.setenv(name, KEY)
    monkeypatch.setenv("LC_TIME", "fr_FR.UTF-8")
    monkeypatch.setenv("PATH", f"relative:.:{os.environ['PATH']}:")
    environment = child_environment({"HOME": "/scratch"})
    seen = subprocess.run(
        [sys.executable, "-c", "import os; print(dict(os.environ))"], env=environment, capture_output=True, text=True, check=True
    ).stdout
    assert KEY not in seen and "/scratch" in seen and "fr_FR.UTF-8" in seen
    assert environment.keys() <= {"PATH", "LANG", "LANGUAGE", "TZ", "TMPDIR", "HOME"} | {
        name for name in environment if name.startswith("LC_")
    }
    assert all(folder.startswith("/") for folder in environment["PATH"].split(":"))


@pytest.mark.parametrize(
    "name,value", [("OPENAI_API_KEY", KEY), ("DB_PASSWORD", "tr0ub4dor"), ("URL", "https://a:" + "b4c5d6" + "@h.example")]
)
def test_a_key_is_not_passed_on_by_mistake(name: str, value: str) -> None:
    with pytest.raises(ValueError, match=name) as error:
        child_environment({name: value})
    assert value not in str(error.value)


def test_the_known_hosts_are_hosts() -> None:
    for hosts in KNOWN_HOSTS.values():
        assert hosts and all(canonical_pattern(host) == host for host in hosts)


def test_a_crash_is_told_without_values() -> None:
    def inner(password: str) -> None:
        raise ValueError(f"cannot use {password}")

    try:
        try:
            inner("tr0ub4dor-local")
        except ValueError as error:
            raise RuntimeError("tr0ub4dor-message") from error
    except RuntimeError as error:
        text = describe_crash(error, "fr")
    assert "tr0ub4dor" not in text
    assert "builtins.RuntimeError" in text and "builtins.ValueError" in text and "in inner" in text
    assert "tests/secrets/test_environment_and_crash.py" in text and os.path.abspath(__file__) not in text
    assert text.startswith("Confrère a rencontré")


def test_a_circle_of_causes_ends() -> None:
    first, second = ValueError("a"), ValueError("b")
    first.__cause__, second.__cause__ = second, first
    assert describe_crash(first, "en").count("ValueError") == 2


@pytest.mark.parametrize("where", ["main", "thread", "destructor"])
def test_the_hooks_keep_values_out_of_the_terminal(where: str) -> None:
    script = f"""
import threading
from confrere.secrets import quiet_crashes
quiet_crashes("en")
def boom():
    key = "tr0ub4dor-local"
    raise RuntimeError("tr0ub4dor-message " + key)
class Late:
    def __del__(self):
        boom()
if {where!r} == "main":
    boom()
elif {where!r} == "thread":
    thread = threading.Thread(target=boom); thread.start(); thread.join()
else:
    Late()
import resource
print(resource.getrlimit(resource.RLIMIT_CORE)[0])
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert "builtins.RuntimeError" in done.stderr and "in boom" in done.stderr
    assert "tr0ub4dor" not in done.stderr + done.stdout
    assert "Traceback" not in done.stderr
    assert (done.returncode, done.stdout) == ((1, "") if where == "main" else (0, "0\n"))


def test_an_interrupt_is_not_a_defect() -> None:
    script = "from confrere.secrets import quiet_crashes; quiet_crashes('en'); raise KeyboardInterrupt('tr0ub4dor')"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert done.stderr.strip() == "KeyboardInterrupt"


def test_a_stream_can_be_given() -> None:
    from confrere.secrets import quiet_crashes

    old = sys.excepthook, sys.unraisablehook
    try:
        stream = io.StringIO()
        quiet_crashes("en", stream)
        sys.excepthook(ValueError, ValueError("tr0ub4dor"), None)
        assert "ValueError" in stream.getvalue() and "tr0ub4dor" not in stream.getvalue()
    finally:
        sys.excepthook, sys.unraisablehook = old


def test_keys_are_imported_once_by_the_command_and_sealed(tmp_path: Path) -> None:
    """From the environment into the sealed store; named in the journal, its value nowhere; a second time nothing happens."""
    environment = {**os.environ, "CONFRERE_HOME": str(tmp_path / "home"), "CONFRERE_LANG": "en", "MISTRAL_API_KEY": KEY}

    def confrere(*args: str) -> str:
        command = [sys.executable, "-m", "confrere", *args]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120, stdin=subprocess.DEVNULL)
        assert done.returncode == 0, done
        return done.stdout + done.stderr

    assert "MISTRAL_API_KEY is kept, for api.mistral.ai only" in confrere("secrets", "import", "MISTRAL_API_KEY")
    assert "Nothing to import" in confrere("secrets", "import", "MISTRAL_API_KEY")
    assert "MISTRAL_API_KEY  api.mistral.ai" in confrere("secrets")
    confrere("secrets", "delete", "MISTRAL_API_KEY")
    assert "Nothing to import" in confrere("secrets", "import", "MISTRAL_API_KEY"), "once, even when it was deleted since"
    assert not any(KEY.encode() in path.read_bytes() for path in (tmp_path / "home").rglob("*") if path.is_file())


def test_a_defect_of_the_command_says_nothing_of_what_it_held(tmp_path: Path) -> None:
    code = (
        "import sys, threading; from confrere.cli import main, look\n"
        f"def broken(*_):\n    t = threading.Thread(target=lambda: 1/int('{KEY}')); t.start(); t.join(); raise RuntimeError('{KEY}')\n"
        "look.tasks = broken; sys.argv = ['confrere', 'tasks']; main.main()"
    )
    environment = {**os.environ, "CONFRERE_HOME": str(tmp_path), "CONFRERE_LANG": "en"}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, timeout=120)
    assert done.returncode == 1 and "RuntimeError" in done.stderr and "ValueError" in done.stderr, done
    assert KEY not in done.stderr and "Traceback" not in done.stderr
