"""What people promised, as minutes tell it: the verb first, the moment apart, a date where one is meant."""

from __future__ import annotations

import datetime as dt

import pytest

from confrere.documents.write.phrasing import context, moment, task

DAY = dt.date(2026, 9, 7)  # a Monday


@pytest.mark.parametrize(
    ("said", "when", "who", "told"),
    [
        (
            "Je livre les maquettes à la laiterie vendredi 11 septembre, sans faute.",
            "vendredi 11 septembre",
            "",
            "Livrer les maquettes à la laiterie",
        ),
        ("Je les relance demain.", "demain", "", "Les relancer"),
        ("Je vais vous envoyer le compte rendu demain", "demain", "", "Envoyer le compte rendu"),
        ("tu peux aussi vérifier le prix de la pose ?", "", "", "Vérifier le prix de la pose"),
        ("Karim enverra le devis avant le 22 mars", "avant le 22 mars", "Karim Benali", "Envoyer le devis"),
        ("Hugo doit mettre à jour les conditions d'ici fin octobre.", "d'ici fin octobre", "Hugo", "Mettre à jour les conditions"),
        ("Valider la carte du restaurant", "29/05/2026", "Odile", "Valider la carte du restaurant"),
        (
            "la plaque doit être posée avant le 20, il passe le 18.",
            "avant le 20",
            "",
            "La plaque doit être posée avant le 20, il passe le 18",
        ),
        ("I'll send the revised artwork by Friday", "by Friday", "", "Send the revised artwork"),
        ("Um, you'll be looking you'll be looking at the uh interface", "", "", "Look at the interface"),
        ("Could you check the price?", "", "", "Check the price"),
        ("The plumber must be called", "", "", "The plumber must be called"),
    ],
)
def test_tasks(said: str, when: str, who: str, told: str) -> None:
    assert task(said, when, who) == told


def test_moments_mean_days() -> None:
    assert moment("demain matin", DAY, "fr") == "demain matin (08/09/2026)"
    assert moment("pour vendredi", DAY, "fr") == "vendredi (11/09/2026)"
    assert moment("by Monday", DAY, "en") == "Monday (14 Sep 2026)"
    assert moment("avant le 20", DAY, "fr") == "avant le 20" and moment("demain", None, "fr") == "demain"


def test_a_pronoun_is_told_with_the_sentence_before() -> None:
    assert context("Les relancer", "De mon côté, l'imprimerie ne répond pas.") == "L'imprimerie ne répond pas"
    assert context("Livrer les maquettes à la laiterie", "L'imprimerie ne répond pas.") == ""
