"""One client under many spellings."""

from __future__ import annotations

import random
import time

from confrere.documents.extract.parties import Doubt, Grouper, group


def test_spellings_of_one_company() -> None:
    groups = group(["SARL Dupont", "Dupont S.A.R.L.", "dupont", "DUPONT SARL (Lyon)"])
    assert groups.members == {"SARL Dupont": ["DUPONT SARL (Lyon)", "Dupont S.A.R.L.", "SARL Dupont", "dupont"]}
    assert groups.doubts == []


def test_and_is_one_word_in_every_language() -> None:
    assert len(group(["Harrow & Finch Ltd", "Harrow and Finch", "Harrow et Finch Limited"]).members) == 1


def test_a_town_signs_in_three_ways() -> None:
    assert len(group(["Mairie de Saint-Malo", "Commune de Saint-Malo", "Ville de Saint Malo"]).members) == 1


def test_what_only_looks_alike_is_a_doubt() -> None:
    groups = group(["SARL Dupont", "SARL Dupond", "Dupont Frères", "Dupont SAS"])
    assert len(groups.members) == 4
    assert Doubt("SARL Dupond", "SARL Dupont", "spelling") in groups.doubts
    assert {doubt.reason for doubt in groups.doubts} == {"spelling", "part", "form"}


def test_letters_of_another_alphabet_are_a_doubt() -> None:
    groups = group(["Mairie de Lyon", "M\u0430irie de Lyon", "Ελλάς Μεταφορές"])
    assert len(groups.members) == 3
    assert [(doubt.first, doubt.second) for doubt in groups.doubts] == [("Mairie de Lyon", "M\u0430irie de Lyon")]


def test_towns_apart_are_a_doubt() -> None:
    groups = group(["Garage Central (Nantes)", "Garage Central (Brest)"])
    assert len(groups.members) == 2
    assert groups.doubts[0].reason == "place"


def test_numbers_in_names_are_never_a_slip() -> None:
    assert group(["Agence 12", "Agence 13"]).doubts == []


def test_a_person_settles_a_doubt() -> None:
    same = Grouper(same=[("Tidewell Museum", "Tidewell Museum Trust")])
    apart = Grouper(different=[("Tidewell Museum", "Tidewell Museum Trust")])
    for grouper in (same, apart):
        grouper.add("Tidewell Museum")
        grouper.add("Tidewell Museum Trust")
    assert len(same.groups().members) == 1
    assert same.groups().doubts == []
    assert len(apart.groups().members) == 2
    assert apart.groups().doubts == []


def test_identity_numbers_join_and_part() -> None:
    grouper = Grouper()
    grouper.add("Atelier Morvan", "FR11111111111")
    grouper.add("Morvan Ébénisterie", "FR11111111111")
    assert len(grouper.groups().members) == 1
    grouper = Grouper()
    grouper.add("Martin SARL", "FR11111111111")
    grouper.add("MARTIN S.A.R.L.", "FR22222222222")
    assert len(grouper.groups().members) == 2
    assert grouper.groups().doubts == []


def test_every_spelling_is_in_one_group() -> None:
    names = ["Dupont", "DUPONT", "Dupont SA", "", "  ", "Dupont S.A.", "🧀", "SARL", "&"]
    groups = group(names)
    assert sorted(name for members in groups.members.values() for name in members) == sorted({name for name in names if name.strip()})
    assert all(spelling in groups.members[title] for spelling, title in groups.of.items())


def test_five_thousand_names_in_seconds() -> None:
    dice = random.Random(4)
    words = ["".join(dice.choice("abcdefghilmnoprstu") for _ in range(dice.randint(4, 9))) for _ in range(1500)]
    names = [f"{dice.choice(['SARL ', '', 'SAS '])}{' '.join(dice.sample(words, 2)).title()}" for _ in range(5000)]
    start = time.process_time()
    groups = group(names)
    assert time.process_time() - start < 5
    assert sum(map(len, groups.members.values())) == len(set(names))
