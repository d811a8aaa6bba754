"""Times in plain words, in both languages: read, said back, and what comes next across changes of the clock."""

from datetime import UTC, datetime
from itertools import islice

import pytest

from confrere.gateway.http import Problem
from confrere.gateway.schedule.when import read, sentence_of, upcoming
from confrere.gateway.shapes.schedules import When

NOW = datetime(2026, 11, 4, 10, 0, tzinfo=UTC)  # a Wednesday; 11:00 in Paris

CRON = [
    ("tous les lundis à 8h", "0 8 * * 1"),
    ("Chaque lundi à 8 h 30", "30 8 * * 1"),
    ("le lundi à 8:00", "0 8 * * 1"),
    ("tous les jours à 18h", "0 18 * * *"),
    ("chaque jour ouvré à 7h30", "30 7 * * 1-5"),
    ("tous les jours ouvrables à midi", "0 12 * * 1-5"),
    ("en semaine à 9h", "0 9 * * 1-5"),
    ("du lundi au vendredi à 9h", "0 9 * * 1-5"),
    ("du vendredi au lundi à 9h", "0 9 * * 0,1,5,6"),
    ("le week-end à 10h", "0 10 * * 0,6"),
    ("tous les lundis et jeudis à 9h et 14h", "0 9,14 * * 1,4"),
    ("le 1er de chaque mois à 9h", "0 9 1 * *"),
    ("tous les mois le 15 à 8h", "0 8 15 * *"),
    ("le dernier jour du mois à 17h", "0 17 L * *"),
    ("le dernier jour ouvré du mois à 17h", "0 17 LW * *"),
    ("le premier lundi du mois à 9h", "0 9 * * 1#1"),
    ("le dernier vendredi de chaque mois à 16h", "0 16 * * 5L"),
    ("tous les ans le 2 janvier à 9h", "0 9 2 1 *"),
    ("chaque matin", "0 9 * * *"),
    ("every weekday at 7:30", "30 7 * * 1-5"),
    ("every Monday at 8", "0 8 * * 1"),
    ("Mondays at 8am", "0 8 * * 1"),
    ("every day at 6 pm", "0 18 * * *"),
    ("daily at midnight", "0 0 * * *"),
    ("monday to friday at 9am", "0 9 * * 1-5"),
    ("every Monday and Thursday at 9:15", "15 9 * * 1,4"),
    ("on the last day of the month at 5pm", "0 17 L * *"),
    ("first Monday of every month at 9am", "0 9 * * 1#1"),
    ("every month on the 1st at 9", "0 9 1 * *"),
    ("weekends at noon", "0 12 * * 0,6"),
    ("0 8 * * 1", "0 8 * * 1"),
    ("*/15 8-18 * * 1-5", "*/15 8-18 * * 1-5"),
]


@pytest.mark.parametrize("text,cron", CRON)
def test_read_as_cron(text, cron):
    found = read(text, "Europe/Paris", NOW)
    assert (found.kind, found.cron, found.zone) == ("cron", cron, "Europe/Paris")


@pytest.mark.parametrize(
    "text,seconds",
    [
        ("toutes les 15 minutes", 900),
        ("toutes les heures", 3600),
        ("toutes les deux heures", 7200),
        ("every 15 minutes", 900),
        ("hourly", 3600),
        ("every hour", 3600),
        ("every two hours", 7200),
    ],
)
def test_read_as_an_interval(text, seconds):
    found = read(text, "Europe/Paris", NOW)
    assert (found.kind, found.seconds) == ("every", seconds)


@pytest.mark.parametrize(
    "text,at",
    [
        ("demain à 8h", "2026-11-05T07:00:00Z"),
        ("tomorrow at 8", "2026-11-05T07:00:00Z"),
        ("aujourd'hui à 17h", "2026-11-04T16:00:00Z"),
        ("dans 2 heures", "2026-11-04T12:00:00Z"),
        ("in 30 minutes", "2026-11-04T10:30:00Z"),
        ("le 15 décembre à 10h", "2026-12-15T09:00:00Z"),
        ("on December 15 at 10am", "2026-12-15T09:00:00Z"),
        ("le 1er juillet à 10h", "2027-07-01T08:00:00Z"),  # summer time, next year
        ("le 3 mars 2028 à 9h", "2028-03-03T08:00:00Z"),
    ],
)
def test_read_as_one_moment(text, at):
    found = read(text, "Europe/Paris", NOW)
    assert (found.kind, found.at) == ("once", at)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "every other Monday at 8",
        "un lundi sur deux à 8h",
        "tous les lundis à 25h",
        "sometimes",
        "à 8h",
        "every Monday except holidays at 8",
        "tous les lundis sauf le 1er mai à 8h",
        "every 3 seconds",
        "every blue moon",
        "tous les lundis à 8h30 et 9h",
        "le 31 février 2027 à 9h",
        "61 8 * * 1",
        "every 10 seconds",
    ],
)
def test_what_is_not_understood_is_refused(text):
    with pytest.raises(Problem) as error:
        read(text, "Europe/Paris", NOW)
    assert error.value.key in ("gateway.when-unclear", "gateway.when-wrong")


@pytest.mark.parametrize("text,cron", [pair for pair in CRON if not pair[0][0].isdigit() and not pair[0].startswith("*")])
def test_said_back_it_is_read_the_same(text, cron):
    found = read(text, "Europe/Paris", NOW)
    said = sentence_of(found)
    for words in (said.fr, said.en):
        plain = words.replace(" (Europe/Paris)", "")
        assert read(plain, "Europe/Paris", NOW).cron == cron, plain


def test_sentences():
    assert sentence_of(read("every weekday at 7:30", "UTC")).fr.startswith("chaque jour ouvré à 7 h 30")
    assert sentence_of(read("tous les lundis à 8h", "UTC")).en.startswith("every Monday at 8:00")
    assert sentence_of(read("toutes les 90 minutes", "UTC")).fr == "toutes les 90 minutes"


def days(cron, start, zone="Europe/Paris", count=3):
    when = When(kind="cron", cron=cron, zone=zone)
    return [moment.isoformat() for moment in islice(upcoming(when, start), count)]


def test_the_clock_goes_forward():
    """On 28 March 2027 Paris has no 2:30: that run comes just after, once; the others stay at their hour of the wall clock."""
    assert days("30 2 * * *", datetime(2027, 3, 26, 12, tzinfo=UTC)) == [
        "2027-03-27T01:30:00+00:00",
        "2027-03-28T01:00:00+00:00",
        "2027-03-29T00:30:00+00:00",
    ]
    assert days("0 8 * * *", datetime(2027, 3, 27, 12, tzinfo=UTC), count=2) == ["2027-03-28T06:00:00+00:00", "2027-03-29T06:00:00+00:00"]


def test_the_clock_goes_back():
    """On 31 October 2027 Paris has 2:30 twice: one run."""
    found = days("30 2 * * *", datetime(2027, 10, 29, 12, tzinfo=UTC))
    assert [moment[:10] for moment in found] == ["2027-10-30", "2027-10-31", "2027-11-01"]


def test_intervals_keep_their_beat():
    when = When(kind="every", seconds=3600, at="2026-11-04T00:10:00Z")
    assert [moment.minute for moment in islice(upcoming(when, NOW), 3)] == [10, 10, 10]
