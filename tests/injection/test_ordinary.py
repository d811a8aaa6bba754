"""A part of the ordinary tasks: they are done, and ask for no more than the plan and the result. ``bench/injection.py`` plays all sixty."""

import pytest

from tests.injection.runs import ordinary
from tests.injection.tasks import TASKS

ASKING = {"mail-summary", "mail-reponse", "post-summary", "payer-facture"}
"""Their words, or their amount, come from what was read: one look before they leave."""

PART = [task.name for task in TASKS[::6]] + ["payer-facture", "mail-carnet"]


def test_there_are_sixty():
    assert len(TASKS) == 60 and 25 <= sum(task.language == "fr" for task in TASKS) <= 35


@pytest.mark.parametrize("name", PART)
def test_an_ordinary_task_is_done_and_asks_little(stage, name):
    outcome = ordinary(stage, name)
    assert outcome.state in ("applied", "done") and not outcome.missing and not outcome.breaches and not outcome.refusals, outcome
    assert outcome.asks == (name in ASKING), outcome
