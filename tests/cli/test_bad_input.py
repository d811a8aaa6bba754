"""What people get wrong: one sentence, the right status, nothing lost."""

import json
import sqlite3
from pathlib import Path

import pytest

from confrere.agent.brief import checked
from confrere.errors import WrongUse
from tests.agent.conftest import call, plan, tree
from tests.scripted_model import Act


def one_sentence(text):
    assert len(text.strip().splitlines()) == 1 and text.startswith("confrere: "), text
    return text


@pytest.mark.parametrize("case", ["missing", "file", "root", "home", "state", "inside-state", "empty", "system"])
def test_folders_that_cannot_be_given(confrere, tmp_path, folder, case):
    (tmp_path / "empty").mkdir()
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "work").mkdir()
    given = {
        "missing": tmp_path / "no such",
        "file": folder / "note 1.txt",
        "root": "/",
        "home": Path.home(),
        "state": tmp_path / "home",
        "inside-state": tmp_path / "home" / "work",
        "empty": tmp_path / "empty",
        "system": "/etc",
    }[case]
    one_sentence(confrere("run", "Sort these files", "--folder", given, status=2))


def test_how_long_a_brief_may_be_is_said_in_ones_own_way():
    with pytest.raises(WrongUse) as found:
        checked("x" * 123_456)
    assert "123,456 characters, 20,000 at most" in found.value.sentence("en")
    assert "123\u202f456 caractères, 20\u202f000 au plus" in found.value.sentence("fr")


@pytest.mark.parametrize(
    ("brief", "words"), [("", "empty"), ("   \n", "empty"), ("x" * 1_000_000, "too long"), ("\x00\x01\x02\x03" * 50, "not text")]
)
def test_briefs_that_are_none(confrere, folder, brief, words):
    assert words in one_sentence(confrere("run", "-", "--folder", folder, status=2, text=brief))


def test_an_unknown_model(confrere, folder):
    assert "builtim" in one_sentence(confrere("run", "Sort these", "--folder", folder, "--model", "builtim", status=2))


def test_an_unknown_task(confrere):
    for command in ("show", "report", "changes", "apply", "undo", "resume", "stop", "approve"):
        assert "no task" in one_sentence(confrere(command, "260101-zzzz", status=2))


def test_wrong_use(confrere):
    confrere("fly", status=2)
    confrere("run", "x", "--nonsense", status=2)
    one_sentence(confrere("stop", status=2))


def test_a_damaged_journal_is_said_and_kept(confrere, tmp_path, server, folder):
    server.script([Act(**plan(("move_files", {"files": []})))])
    confrere("plan", "Box the notes", "--folder", folder, "--model", f"{server.url}/v1#scripted-1")
    database = tmp_path / "home" / "journal.db"
    with sqlite3.connect(database) as db:
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    database.write_bytes(b"this is not a database any more" * 100)
    said = confrere("tasks")
    assert "journal-damaged" in said
    (backup,) = (tmp_path / "home").glob("journal-damaged-*.db")
    assert backup.read_bytes().startswith(b"this is not a database")
    assert "No task yet" in confrere("tasks")


def test_wrong_settings(confrere, tmp_path):
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "settings.toml").write_text("model = 3\n")
    assert "settings.toml" in one_sentence(confrere("tasks", status=2))


def test_a_read_only_folder_is_not_changed(confrere, server, folder):
    args = {"files": [{"source": "Papers/note 1.txt", "target": "Papers/one.txt"}]}
    server.script([Act(**plan(("move_files", args))), Act(**call("move_files", step="s1", **args)), Act(text="I could not.")])
    before = tree(folder)
    last = confrere.json("run", "x y", "--folder", f"{folder}:ro", "--model", f"{server.url}/v1#scripted-1", "--yes")
    assert last["state"] == "done" and tree(folder) == before
    assert any(not check["ok"] for check in last["report"]["checks"])


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["frobnicate"], "pas de commande frobnicate"),
        (["run", "--colour"], "pas d'option --colour"),
        (["run", "--folder"], "L'option --folder demande une valeur"),
        (["grant", "host"], "Il manque VALUE"),
        (["vault", "--days", "x"], "ne convient pas pour --days"),
        (["show", "a", "b"], "un mot de trop"),
    ],
)
def test_wrong_use_is_said_in_the_persons_language(confrere, words, told):
    confrere.environment["CONFRERE_LANG"] = "fr"
    shown = confrere(*words, status=2)
    assert told in shown and "Rien n'a été fait" in shown and "--help" in shown


def test_reading_what_is_no_file(confrere, tmp_path):
    assert "there is no such file" in confrere("read", "nofile", status=1)
    assert "is a folder" in confrere("extract", tmp_path, status=1)


def test_an_answer_is_the_whole_of_it(confrere, folder):
    shown = confrere("run", "combien de factures ?", "--folder", folder)
    assert "Rapport" not in shown and "recomptés" not in shown


def test_a_folder_without_a_name_is_not_the_one_one_stands_in(confrere):
    assert "without a name" in confrere("run", "Sort these files", "--folder", "", status=2)


def test_with_json_an_error_is_a_last_line_too(confrere, tmp_path):
    process = confrere.start("run", "Sort these files", "--folder", tmp_path / "nowhere", "--json")
    out, err = process.communicate()
    assert process.returncode == 2 and "There is no folder" in err
    last = json.loads(out.splitlines()[-1])
    assert last["code"] == "workspace.folder-missing" and last["error"] in err and last["task"] is last["state"] is last["report"] is None
    out, _ = confrere.start("run", "--nope", "--json").communicate()
    assert json.loads(out)["code"] == "cli.wrong-use"


def test_help_is_in_the_persons_language_and_cuts_nothing(confrere):
    confrere.environment["CONFRERE_LANG"] = "fr"
    confrere.environment["COLUMNS"] = "80"
    shown = confrere("--help")
    assert "Usage :" in shown and "Cette machine" in shown and "..." not in shown.partition("\n\n")[2] and "Show " not in shown
    assert "  confrere run " in shown and max(map(len, shown.splitlines())) <= 80
    assert "montrer cette aide" in confrere("run", "--help") and "FLOAT" not in confrere("vault", "--help")


def test_a_model_that_cannot_be_used_hides_no_other(confrere):
    confrere.environment["CONFRERE_MODEL"] = "anthropic:claude-sonnet-5-5"
    shown = confrere("models", status=1)
    assert "builtin" in shown and "ANTHROPIC_API_KEY is not set" in shown


def test_nothing_to_stop_and_no_change_yet_are_said(confrere):
    assert "nothing to stop" in confrere("stop", "--all")
