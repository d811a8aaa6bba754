"""What may be set in a step, and what a typed answer means."""

import pytest

from confrere.cli import edit
from confrere.policy.plan import Plan, Step
from confrere.tools.registry import all_tools

TOOLS = {tool.name: tool for tool in all_tools()}


def setting(tool, key, **args):
    return next(found for found in edit.settings(TOOLS[tool].Args, args) if found.key == key)


@pytest.mark.parametrize(
    "tool, key, answer, value",
    [
        ("sort_files", "by", "fournisseur, Trimestre", ["supplier", "quarter"]),
        ("sort_files", "by", "-", []),
        ("make_deck", "slides", " 12 ", 12),
        ("make_report", "format", "PDF", "pdf"),
        ("find_duplicates", "action", "mettre de côté", "aside"),
        ("clean_data", "combine", "oui", True),
        ("make_deck", "title", "Bilan 2026", "Bilan 2026"),
    ],
)
def test_answers(tool, key, answer, value):
    assert setting(tool, key).read(answer, "fr") == value


@pytest.mark.parametrize(
    "tool, key, answer",
    [
        ("sort_files", "by", "couleur"),
        ("make_deck", "slides", "douze"),
        ("make_report", "format", "exe"),
        ("clean_data", "combine", "peut-être"),
    ],
)
def test_what_does_not_fit(tool, key, answer):
    with pytest.raises(edit.Unfit):
        setting(tool, key).read(answer, "fr")


def test_every_setting_of_every_tool_can_be_shown():
    for tool in TOOLS.values():
        for found in edit.settings(tool.Args, {}):
            assert isinstance(found.shown("fr") + found.offered("fr") + found.label("fr"), str)


def test_a_long_text_is_not_set_at_a_prompt():
    assert all(found.key != "text" for found in edit.settings(TOOLS["write_file"].Args, {"path": "A/b.md", "text": "one\ntwo"}))


def test_a_new_choice_takes_the_doubts_of_the_old_one_away():
    sort = Step(id="s1", tool="sort_files", title="Sort by client", args={"by": ["client"]}, doubts=["whose?"])
    deck = Step(id="s2", tool="make_deck", title="Deck", args={"slides": 8}, doubts=["how long?"])
    plan = Plan(steps=[sort, deck], doubts=["whose?", "how long?", "damaged"])
    schema = TOOLS["sort_files"].Args
    edit.changed(sort, {"by": ["type"]}, schema, ["sort by: type"], plan, "en")
    edit.changed(sort, {"by": ["year"]}, schema, ["sort by: year"], plan, "en")
    assert sort.title == "Sort by client (changed by you: sort by: year)" and plan.doubts == ["how long?", "damaged"]
    with pytest.raises(edit.Unfit):
        edit.changed(sort, {"by": 7}, schema, [], plan, "en")
    assert sort.args == {"by": ["year"]}
    edit.dropped(plan, {2})
    assert [step.id for step in plan.steps] == ["s1"] and plan.doubts == ["damaged"]
