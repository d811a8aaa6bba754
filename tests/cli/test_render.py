"""What a person sees: lines wrapped between words, counts in the right number, each thing said once."""

import io
import time
from types import SimpleNamespace

import pytest
from rich.console import Console

from confrere.cli import render
from confrere.cli.flow import Stream, hang
from confrere.policy.plan import Plan, Step
from confrere.workspace.changes import Change, ChangeSet


def console(width=60):
    return Console(file=io.StringIO(), width=width, highlight=False)


def lines(made):
    return made.file.getvalue().splitlines()


@pytest.mark.parametrize("width", [40, 60, 100])
def test_a_long_line_goes_on_below_its_first_letter(width):
    made = console(width)
    hang(made, "  • ", "Studio Varech semble être votre propre société : ce qui lui est adressé est « un achat » de 1 200,00 € ; voilà.")
    shown = lines(made)
    assert all(len(line) <= width for line in shown)
    assert all(line.startswith("    ") for line in shown[1:])
    assert not any(line.strip()[0] in ":;»€" or line.rstrip().endswith("«") for line in shown)


def test_a_stream_breaks_between_words_wherever_its_pieces_end():
    text = "Les étapes sont faites.\n- 37 fichiers classés dans 9 dossiers, et rien d'autre : voilà\n- fin"
    shown = set()
    for size in (1, 3, len(text)):
        stream = Stream(30)
        shown.add("".join(stream.feed(text[at : at + size]) for at in range(0, len(text), size)) + stream.end())
    assert len(shown) == 1
    broken = shown.pop().splitlines()
    assert all(len(line) <= 30 for line in broken) and broken[2].startswith("  ")
    assert " ".join(" ".join(broken).split()) == " ".join(text.split())
    assert Stream(0).feed(text) == text


def test_counts_take_their_number():
    made = console(100)
    entries = [Change(kind="create", path="A/x"), Change(kind="move", path="A/y", origin="A/b/y"), Change(kind="rmdir", path="A/b")]
    render.changes(made, ChangeSet(changes=entries), "fr")
    assert "1 nouveau fichier" in lines(made)[1] and "1 déplacé" in lines(made)[1] and "1 dossier supprimé" in lines(made)[1]


def test_a_folder_that_goes_away_is_one_line_in_its_place():
    made = console()
    gone = [Change(kind="rmdir", path=path) for path in ("A/old/deep", "A/old/deep/er", "A/old")]
    moved = [
        Change(kind="move", path=f"A/{folder}/{number}.pdf", origin=f"A/old/{number}.pdf")
        for folder in ("Zoé", "À classer")
        for number in "12"
    ]
    render.changes(made, ChangeSet(changes=gone + moved), "fr")
    text = made.file.getvalue()
    assert text.count("old/") == 4 + 1 and "deep" not in text
    assert text.index("À classer") < text.index("Zoé")


def test_a_large_change_set_is_counted_not_listed():
    made = console()
    entries = [
        Change(kind="move", path=f"A/d{folder:03}/{number}", origin=f"A/{folder}-{number}") for folder in range(200) for number in range(20)
    ]
    render.changes(made, ChangeSet(changes=entries), "en")
    shown = lines(made)
    assert len(shown) < 100 and "more folders" in shown[-1]


def test_the_plan_answers_what_was_asked_and_says_a_doubt_once():
    made = console()
    step = Step(id="s1", tool="sort_files", title="Sort 3 files", doubts=["One doubt."], files=3)
    render.plan(made, Plan(steps=[step], doubts=["One doubt."], answer="2 documents match."), "en")
    text = made.file.getvalue()
    assert text.count("One doubt.") == 1 and text.index("2 documents match.") < text.index("Plan")


def found(**more):
    empty = {
        "answer": "",
        "deliverables": [],
        "checks": [],
        "refused": [],
        "warnings": [],
        "doubts": [],
        "omissions": [],
        "left_the_machine": [],
    }
    return empty | {"seconds": 124.2, "model": "builtin", "tokens": {"input": 0, "output": 0}, "cost_usd": 0.0} | more


def test_the_report_says_what_is_not_in_place_and_nothing_of_tokens_that_were_not_used():
    made = console(100)
    entry = {"path": "/c/Récap.xlsx", "size": 29_400, "applied": False, "findings": [], "notes": []}
    state = SimpleNamespace(
        language="fr", report=found(deliverables=[entry], omissions=[{"path": "a.pdf", "reason": "vide"}]), standing=lambda: [1]
    )
    render.report(made, state)
    text = made.file.getvalue()
    assert "pas encore en place" in text and "29,4 ko" in text and "a.pdf : vide" in text
    assert "2 min 04 s" in text and "jetons" not in text and "USD" not in text


def test_an_answer_that_was_just_read_is_not_said_again():
    made = console()
    state = SimpleNamespace(language="en", report=found(answer="2 match.", deliverables=[]), standing=lambda: [1])
    render.report(made, state, told="2 match.\nDone.")
    assert "2 match." not in made.file.getvalue()


def test_a_moment_is_shown_on_the_clock_of_this_machine(monkeypatch):
    from confrere.cli.look import local

    monkeypatch.setenv("TZ", "Europe/Paris")
    time.tzset()
    try:
        assert local("2026-07-01T22:30:15+00:00") == "2026-07-02 00:30"
    finally:
        monkeypatch.undo()
        time.tzset()


def test_doctor_wraps_and_speaks_in_sentences(confrere):
    confrere.environment |= {"COLUMNS": "80", "CONFRERE_LANG": "fr"}
    shown = confrere("doctor")
    assert "Described(" not in shown and "Bac à sable" in shown
    assert all(len(line) <= 80 for line in shown.splitlines())


def test_empty_lists_say_so(confrere):
    for command in ("tasks", "secrets", "grants", "approvals", "vault"):
        assert confrere(command).strip(), command


def test_doubts_shown_with_the_plan_are_counted_in_the_report_of_the_same_screen():
    made = console(100)
    state = SimpleNamespace(language="fr", report=found(doubts=["Un.", "Deux.", "Trois."]), standing=lambda: [1])
    render.report(made, state, known=["Un.", "Deux."])
    text = made.file.getvalue()
    assert "Trois." in text and "Deux." not in text and "2 dits plus haut" in text
