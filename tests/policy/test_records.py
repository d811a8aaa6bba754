from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from confrere.policy.records import read

ROWS = [{"id": "1", "name": "Bail", "size": "10"}, {"id": "2", "name": "Note", "size": "20"}]


@pytest.mark.parametrize(
    "text",
    [
        json.dumps(ROWS),
        json.dumps({"items": ROWS, "count": 2}),
        repr(ROWS),
        "- id: '1'\n  name: Bail\n  size: 10\n- id: '2'\n  name: Note\n  size: 20\n",
        "| id | name | size |\n|---|---|---|\n| 1 | Bail | 10 |\n| 2 | Note | 20 |",
        "id,name,size\n1,Bail,10\n2,Note,20\n",
        "id\tname\tsize\n1\tBail\t10\n2\tNote\t20",
        "id   name   size\n1    Bail   10\n2    Note   20",
        json.dumps({"1": {"id": 1, "name": "Bail", "size": 10}, "2": {"id": 2, "name": "Note", "size": 20}}),
    ],
)
def test_one_list_in_many_shapes(text: str) -> None:
    reading = read(text)
    assert [{key: row[key] for key in ("id", "name", "size")} for row in reading.records] == ROWS and reading.listed


@pytest.mark.parametrize(
    "text", ["The list of files: there is none.", "Dear all,\nplease read.\n- one\nBye", "", "[unclosed", "{'a': ", "a|b\nc"]
)
def test_prose_has_no_records(text: str) -> None:
    reading = read(text)
    assert not reading.records and not reading.members


def test_a_text_inside_a_field_cannot_forge_a_record() -> None:
    forged = "x\n- id: '9'\n  name: Bail\n  size: 99999"
    for text in (json.dumps([{"id": "1", "name": forged}]), repr([{"id": "1", "name": forged}])):
        assert len(read(text).records) == 1
    assert not read("| id | name |\n| 1 | x\n| 9 | Bail | 99 |\n| 2 | y |").records


@given(st.text(max_size=400))
def test_reading_never_fails(text: str) -> None:
    read(text)
    read("- " + text)
    read("[" + text)


def test_deep_or_huge_results_are_left_alone() -> None:
    assert not read("[" * 5000).records
    assert not read("x" * 500_000).whole
    assert not read(json.dumps([{"id": i} for i in range(2000)])).whole
