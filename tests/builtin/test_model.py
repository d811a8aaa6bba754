"""From a brief to a plan and its work, by the builtin model on real folders."""

from __future__ import annotations

import json
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from confrere.models.messages import Message

MAIN = "Classe ces fichiers par client, crée un tableau récapitulatif des montants et une présentation de 8 slides"
EXPECTED = json.loads((Path(__file__).parents[2] / "samples" / "expected.json").read_text(encoding="utf-8"))


def test_the_main_job_on_the_sample_folder(talk: Any) -> None:
    task = talk(MAIN).propose()
    before = Counter(task.office.files().values())
    assert task.calls == ["survey"]
    assert [step.tool for step in task.plan.steps] == ["sort_files", "recap_workbook", "make_deck"]
    assert [step.id for step in task.plan.steps] == ["s1", "s2", "s3"]
    assert task.plan.steps[2].args["slides"] == 8
    assert "client" in task.plan.steps[0].title and str(sum(before.values())) in task.plan.steps[0].title
    assert any("Dupont" in doubt and "S.A.R.L" in doubt for doubt in task.plan.doubts)
    assert any("facture_fournitures" in warning for warning in task.plan.warnings)
    assert task.plan.not_understood == []
    said = len(task.doubts)
    task.work()
    known = {doubt for doubt in task.doubts[said:] if "À classer" in doubt or "douteux" in doubt}
    assert known and known <= set(task.plan.doubts), "what the plan foretold is told in the same words, so that a report says it once"
    papers = next(word for word in task.plan.steps[1].title.split() if word.isdigit())
    assert f"{papers} documents" in task.text, "the plan counts the papers that the table will hold"
    assert not any(step.title in task.text for step in task.plan.steps), "titles are on the screen already"
    after = Counter(task.office.files().values())
    assert sum((before - after).values()) == 0, "no byte is lost"
    paths = task.office.paths()
    assert {"Récapitulatif.xlsx", "Présentation.pptx"} <= set(paths)
    by_name = {path.rpartition("/")[2]: path.partition("/")[0] for path in paths}
    wanted = {file["path"].rpartition("/")[2]: file["file_under"] for file in EXPECTED["files"]}
    own = {spelling: name for name, client in EXPECTED["clients"].items() for spelling in (*client["spellings"], name)}
    filed = {name: own.get(folder, folder) for name, folder in by_name.items() if name in wanted}
    wrong = {name: folder for name, folder in filed.items() if folder != (wanted[name] or "À classer")}
    assert len(wrong) <= 0.05 * len(filed), wrong


def test_a_remark_changes_the_plan(talk: Any) -> None:
    task = talk(MAIN).propose()
    task.propose("sans la présentation, et par date plutôt")
    assert [step.tool for step in task.plan.steps] == ["sort_files", "recap_workbook"]
    assert task.plan.steps[0].args["by"] == ["date"]
    task.propose("finalement ajoute un rapport en PDF")
    assert [step.tool for step in task.plan.steps] == ["sort_files", "recap_workbook", "make_report"]
    assert task.plan.steps[2].args["format"] == "pdf"


def test_a_question_is_answered_from_the_files(talk: Any) -> None:
    task = talk("Combien de factures de Dupont en 2026 ?").propose()
    assert task.plan is None and task.calls == ["list_records"]
    assert task.text.startswith("1 document correspond")
    assert "copie exacte" in task.text


def test_what_was_not_understood_of_a_question_comes_before_its_answer(talk: Any) -> None:
    task = talk("How much did I spend on electricity?").propose()
    first, *rest = task.text.splitlines()
    assert "electricity" in first and "without it" in first and any("€" in line for line in rest)


def test_what_is_said_after_the_plan_was_accepted_is_named_as_not_done(talk: Any) -> None:
    task = talk("sort by extension", {"a.txt": b"x", "b.csv": b"1,2"}).propose()
    approved = Message(role="user", text="The plan is approved:\n[]", label="person")
    task.work([approved, Message(role="user", text="and make an index", label="person")])
    assert task.text.splitlines()[-1].startswith("Not done: “and make an index”")
    assert "make_index" not in task.calls


def test_who_is_the_biggest_client(talk: Any) -> None:
    task = talk("Which are our three largest clients?").propose()
    assert "Hôtel des Ajoncs" in task.text.splitlines()[1]


def test_what_is_in_the_folder(talk: Any) -> None:
    task = talk("Que contient ce dossier ?").propose()
    assert task.calls == ["survey"]
    assert "factures" in task.text and "Dupont" in task.text


@pytest.mark.parametrize(
    ("brief", "words"),
    [
        ("Envoie un mail à Paul", ["connecteur de messagerie", "classer des fichiers"]),
        ("Book a flight to Rome", ["Internet", "confrere models", "sort files"]),
        ("asdf qwer", ["asdf qwer", "nothing was changed"]),
        ("Bonjour", ["Bonjour", "classer des fichiers"]),
        ("Trie par couleur", ["couleur", "classer les fichiers"]),
        ("", ["nothing was changed"]),
    ],
)
def test_out_of_reach_says_what_to_do(talk: Any, brief: str, words: list[str]) -> None:
    task = talk(brief, {"a.txt": b"x"}).propose()
    assert task.plan is None and task.calls == []
    for word in words:
        assert word in task.text


def test_part_of_a_brief_out_of_reach_is_said_in_the_plan(talk: Any) -> None:
    task = talk("Sort by extension and send it to Paul by email", {"a.txt": b"x", "b.csv": b"1,2"}).propose()
    assert [step.tool for step in task.plan.steps] == ["sort_files"]
    assert any("mail connector" in doubt for doubt in task.plan.doubts)
    assert task.plan.not_understood


def test_an_empty_folder_and_no_match(talk: Any) -> None:
    assert "aucun fichier" in talk("Classe par client", {}).propose().text


def test_no_file_matches(talk: Any) -> None:
    task = talk("Convertis les docx en PDF", {"a.txt": b"x"}).propose()
    assert task.plan is None and "Aucun fichier ne correspond" in task.text


def test_names_alone_are_looked_at_where_contents_do_not_matter(talk: Any) -> None:
    task = talk("sort by extension", {"a.txt": b"x", "b.csv": b"1,2"}).propose()
    survey = json.loads(next(message.text for message in task.messages if message.tool == "survey"))
    assert survey["depth"] == "names" and "clients" not in survey
    assert task.plan.steps[0].title == "Sort 2 files by extension (2 extensions)"


def test_work_is_a_pure_function_of_the_turn(talk: Any) -> None:
    task = talk("sort by extension, find duplicates and make an index", {"a.txt": b"x", "b.csv": b"1,2"}).propose()
    messages = task.work()
    assert [message.calls[0].id for message in messages if message.calls] == ["s1", "s2", "s3"]
    made = list(task.calls)
    task.work([message for message in messages if message.call_id in ("s1", "s2")])
    assert task.calls[len(made) :] == ["make_index"], "only the step without an answer is asked for again"


def test_a_failed_step_is_said_and_the_others_go_on(talk: Any) -> None:
    task = talk("sort by extension and make a recap table", {"a.txt": b"x", "b.csv": b"1,2"}).propose()
    tools = [step.tool for step in task.plan.steps]
    failed = Message(role="tool", call_id="s1", tool=tools[0], text="The disk is full.", failed=True)
    task.work([failed])
    assert "NOT DONE" in task.text and "disk is full" in task.text
    assert tools[1] in task.calls


def test_refusing_all_change_leaves_the_reading_steps(talk: Any) -> None:
    task = talk("Classe par extension et fais un index, mais ne touche pas aux originaux", {"a.txt": b"x", "b.csv": b"1,2"}).propose()
    assert [step.tool for step in task.plan.steps] == ["make_index"]


def test_every_sentence_exists_in_both_languages() -> None:
    import tomllib

    for area in ("builtin", "office"):
        path = Path(__file__).parents[2] / "src" / "confrere" / "messages" / f"{area}.toml"
        for name, entry in tomllib.loads(path.read_text(encoding="utf-8")).items():
            assert set(entry) == {"en", "fr"}, name
            import re

            assert set(re.findall(r"\{(\w+)\}", entry["en"])) == set(re.findall(r"\{(\w+)\}", entry["fr"])), name


@pytest.mark.parametrize(
    ("since", "until", "language", "words"),
    [
        ("2026-01-01", "2026-12-31", "fr", "2026"),
        ("2026-02-01", "2026-02-28", "fr", "février 2026"),
        ("2026-12-01", "2026-12-31", "en", "December 2026"),
        ("2026-01-05", "2026-03-31", "fr", "du 05/01/2026 au 31/03/2026"),
        ("2026-01-05", "", "fr", "depuis le 05/01/2026"),
        ("", "", "fr", ""),
    ],
)
def test_periods_are_said_as_people_say_them(since: str, until: str, language: str, words: str) -> None:
    from confrere.models.builtin.wording import period

    assert period(since, until, language) == words


def test_a_question_about_a_plan_leaves_it(talk: Any) -> None:
    files = {"a.txt": b"x", "b.csv": b"1,2"}
    task = talk("Classe par extension et fais un index", files).propose()
    plan, calls = task.plan, len(task.calls)
    task.propose("Pourquoi deux étapes ?")
    assert task.plan is plan and "Le plan reste tel quel" in task.text and len(task.calls) == calls
    task.propose("Combien de fichiers csv ?")
    assert task.plan is plan and task.text.startswith("1 document")
    task.propose("sans l'index")
    assert [step.tool for step in task.plan.steps] == ["sort_files"], "what was asked between is no part of the plan"
    task.propose("peux-tu plutôt trier par date ?")
    assert task.plan.steps[0].args["by"] == ["date"]


def test_one_amount_is_said_in_the_singular() -> None:
    from confrere.models.builtin.plan import propose
    from confrere.models.builtin.understand import understand

    found = understand("Consolidation d'octobre", today=date(2026, 11, 21))
    seen = {"files": 3, "amounts": 1, "examples": []}
    assert propose(found, {"selections": [seen], "files": 3}).steps[0].title.startswith("Consolider 1 montant sur")


def test_a_title_follows_what_is_edited(talk: Any) -> None:
    from confrere.policy.plan import retitled

    plan = talk("Une présentation de 8 slides, un rapport Word", {"a.txt": b"x", "b.csv": b"1,2"}).propose().plan
    report, deck = sorted(plan.steps, key=lambda step: step.tool != "make_report")
    assert retitled(deck.title, deck.args, deck.args | {"slides": 6}) == deck.title.replace("8", "6") != deck.title
    assert "PDF" in retitled(report.title, report.args, report.args | {"format": "pdf"})
