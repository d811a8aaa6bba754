"""A model's answers count only where the document bears them out."""

from __future__ import annotations

from confrere.documents.extract import agree
from confrere.documents.model import Document, Field, Page, Record

PAPER = Document(
    kind="text",
    pages=[Page(label="page 1", text="Atelier Morvan\nFacture 12 du 14/03/2024\nBois 80,00\nTotal 99,60 EUR\nAcompte 30,00")],
)


def record(value: str, confidence: float) -> Record:
    kept = Record(type="invoice", fields={"total": Field(value=value, confidence=confidence, source="page 1")})
    if confidence < 0.9:
        kept.check["total"] = "extract.unsure"
    return kept


def test_agreement_raises_confidence_and_clears_the_doubt() -> None:
    merged = agree.merge(record("99.60", 0.6), {"total": "99,60"}, PAPER)
    assert merged.fields["total"].confidence == agree.AGREED
    assert merged.check == {}


def test_a_value_not_in_the_source_is_ignored() -> None:
    merged = agree.merge(record("99.60", 0.6), {"total": "120.00", "supplier": "Atelier Dupont", "date": "2024-04-01"}, PAPER)
    assert merged.fields["total"].value == "99.60"
    assert set(merged.fields) == {"total"}
    assert merged.check == {"total": "extract.unsure"}


def test_another_value_that_stands_there_is_taken_but_checked() -> None:
    merged = agree.merge(record("30.00", 0.5), {"total": "99.60"}, PAPER)
    assert merged.fields["total"].value == "99.60"
    assert merged.check["total"] == "extract.model-disagrees"


def test_a_sure_value_is_kept_and_the_contradiction_shown() -> None:
    merged = agree.merge(record("99.60", 0.97), {"total": "80.00"}, PAPER)
    assert merged.fields["total"].value == "99.60"
    assert merged.check["total"] == "extract.model-disagrees"


def test_an_empty_field_is_filled_from_the_source_only() -> None:
    merged = agree.merge(record("99.60", 0.97), {"supplier": "Atelier Morvan", "date": "2024-03-14", "currency": "eur"}, PAPER)
    assert merged.fields["supplier"].source == "page 1"
    assert merged.fields["date"].value == "2024-03-14"
    assert merged.fields["currency"].value == "EUR"
    assert merged.check["supplier"] == "extract.model-only"


def test_structured_data_is_not_put_to_the_vote() -> None:
    kept = Record(type="invoice", fields={"total": Field(value="99.60", confidence=0.99, source="xml")})
    assert agree.merge(kept, {"total": "80.00"}, PAPER).fields["total"].value == "99.60"


def test_the_record_given_is_left_alone() -> None:
    kept = record("99.60", 0.6)
    agree.merge(kept, {"total": "99.60"}, PAPER)
    assert kept.fields["total"].confidence == 0.6
    assert agree.doubtful(kept) == ["total"]
