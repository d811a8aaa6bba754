"""Check digits."""

from __future__ import annotations

import pytest

from confrere.documents.extract import identifiers


@pytest.mark.parametrize("iban", ["FR7630006000011234567890189", "DE89370400440532013000", "GB29NWBK60161331926819", "NL91ABNA0417164300"])
def test_iban(iban: str) -> None:
    assert identifiers.iban_valid(iban)
    wrong = iban[:-1] + str((int(iban[-1]) + 1) % 10)
    assert not identifiers.iban_valid(wrong)


def test_iban_in_a_sentence_ends_where_its_country_says() -> None:
    found = identifiers.ibans("IBAN : FR76 3000 6000 0112 3456 7890 189 - BIC AGRIFRPP")
    assert found == [("FR7630006000011234567890189", 7, True)]


@pytest.mark.parametrize(
    ("number", "valid"),
    [
        ("FR44732829320", True),
        ("FR45732829320", False),
        ("DE136695976", True),
        ("DE136695977", False),
        ("NL810433941B01", True),
        ("IT12345670017", True),
        ("BE0428759497", True),
        ("GB980780684", True),
        ("PT501964843", True),
        ("ATU12345678", None),
    ],
)
def test_vat(number: str, valid: bool | None) -> None:
    assert identifiers.vat_valid(number) is valid


def test_vat_printed_with_spaces() -> None:
    assert [number for number, _ in identifiers.vat_numbers("TVA : FR 44 732 829 320 - SIRET")] == ["FR44732829320"]
    assert [number for number, _ in identifiers.vat_numbers("VAT Reg No. GB 123 4567 82.")] == ["GB123456782"]
    assert identifiers.vat_numbers("DE BONNE QUALITE") == []


def test_siret() -> None:
    found = identifiers.sirens("SIRET 732 829 320 00074 - RCS Quimper")
    assert found[0][0] == "73282932000074" and found[0][2]
    assert not identifiers.sirens("SIRET 732 829 320 00075")[0][2]
