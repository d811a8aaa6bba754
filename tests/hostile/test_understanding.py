"""What understanding costs on pages made to be slow: lines of nothing but dates, figures, fillers. It must end, and say something."""

from __future__ import annotations

import time

import pytest

from confrere.documents.extract import extract
from confrere.documents.model import Document, Page

HEADS = {
    "invoice": "FACTURE n° 12\nTotal TTC 120,00 €\n",
    "contract": "CONTRAT\nentre les soussignés ci-après\nArticle 1 durée du contrat\nArticle 2 préavis\n",
    "statement": "RELEVÉ DE COMPTE\nancien solde 1,00 nouveau solde\nDate Débit Crédit\n",
    "identity": "PASSPORT\nnationality\ndate of birth\n",
}
LINES = {
    "figures": "1 " * 700, "groups": "12 34 56 78 90 " * 90, "run": "1" * 1400, "zone": "<" * 400, "letters": "a " * 700, "mail": "a@a.a" * 280,
    "dates": "01/02/2024 " * 120, "labels": "nom : " * 230, "terms": "durée de deux mois préavis de " * 45, "accounts": "FR76 3000 " * 140,
}  # fmt: skip


@pytest.mark.parametrize("head", HEADS)
def test_a_page_made_to_be_slow_costs_little(head: str) -> None:
    for name, line in LINES.items():
        text = HEADS[head] + "\n".join([line] * 6)
        begun = time.process_time()
        record = extract(Document(kind="text", pages=[Page(label="page 1", text=text)]))
        assert record.type
        assert time.process_time() - begun < 4, name
