"""What docs/policy.md shows works as it says, through the command."""

import os
import re
import subprocess
import sys
from pathlib import Path

DOCUMENT = Path(__file__).parents[2] / "docs" / "policy.md"


def confrere(home: Path, *args: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "CONFRERE_HOME": str(home), "CONFRERE_LANG": "en"}
    return subprocess.run([sys.executable, "-m", "confrere", *args], env=environment, capture_output=True, text=True, timeout=120)


def test_the_documented_rules_and_examples_work(tmp_path: Path) -> None:
    rules, examples = re.findall(r"```toml\n(.*?)```", DOCUMENT.read_text(), re.S)
    home = tmp_path / "home"
    home.mkdir(mode=0o700)
    (home / "policy.toml").write_text(rules)
    (tmp_path / "examples.toml").write_text(examples)
    done = confrere(home, "policy", "test", str(tmp_path / "examples.toml"))
    assert done.returncode == 0 and done.stdout.count("✓") == 2 and done.stderr == "", done
    (tmp_path / "examples.toml").write_text(examples.replace('"ask"', '"allow"'))
    done = confrere(home, "policy", "test", str(tmp_path / "examples.toml"))
    assert done.returncode == 1 and "✗" in done.stdout and "ask (outward)" in done.stdout
    told = confrere(home, "policy", "explain").stdout
    assert "no-mail-to-all (yours): nothing goes to everybody at once" in told and "command-network" in told
    assert "a remote model, public only" in told
    (tmp_path / "examples.toml").write_text("[[example]]\nname = 'no call'\n")
    done = confrere(home, "policy", "test", str(tmp_path / "examples.toml"))
    assert done.returncode == 2 and "Traceback" not in done.stderr


def test_a_mistake_in_the_owners_file_is_said_and_nothing_of_it_used(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir(mode=0o700)
    (home / "policy.toml").write_text('[[rule]]\nname = "x"\nverdict = "perhaps"\n')
    done = confrere(home, "policy", "explain")
    assert done.returncode == 0 and "Line 1" in done.stderr and "Refused, whatever anyone says" in done.stdout
