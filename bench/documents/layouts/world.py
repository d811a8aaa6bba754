"""The invented world of one paper: its dice, its days, its amounts and its people. The same seed gives the same paper."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from random import Random
from typing import TypeVar

from bench.documents.layouts import identifiers

T = TypeVar("T")
CENT = Decimal("0.01")
MONTHS = {
    "fr": "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
    "en": "January February March April May June July August September October November December",
    "de": "Januar Februar März April Mai Juni Juli August September Oktober November Dezember",
    "nl": "januari februari maart april mei juni juli augustus september oktober november december",
    "es": "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
    "it": "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre",
}
CLIENTS = {
    "fr": ("SCI Les Tilleuls", "Cabinet Marchetti", "SAS Vauban Logistique", "Mme Claire Besnard", "M. Hugo Lemaître", "Boulangerie Perrot EURL",
           "Collège Jean Moulin", "Groupe Astéria", "Pharmacie des Halles", "Résidence Bellerive", "Studio Camélia SARL", "M. et Mme Kowalczyk"),
    "en": ("Whitcombe Interiors Ltd", "Ms Laura Denning", "Foxglove Nurseries", "Parkside Dental Practice", "Greyfriars College", "Mr Omar Siddiqui",
           "Lantern Theatre Trust", "Beckett Freight Ltd", "Juniper Consulting LLC", "Redhill Primary School"),
    "de": ("Bäckerei Wiegand", "Frau Sabine Kolb", "Hotel Seeblick KG", "Praxis Dr. Ahrens", "Falkenberg Logistik GmbH", "Herr Timo Brandl"),
    "nl": ("Mevrouw I. Postma", "Fietsenwinkel De Ketting", "Architectenbureau Lam", "De heer R. Veenstra", "Café Het Anker"),
    "es": ("Clínica Dental Sonrisa", "Dña. Lucía Ferrer", "Bodegas Montarco SL", "Academia Lumbre", "D. Andrés Galindo"),
    "it": ("Studio Legale Pavesi", "Sig.ra Elena Riva", "Trattoria Al Ponte", "Condominio Le Rondini", "Pasticceria Dolce Vela"),
}  # fmt: skip
STREETS = {
    "fr": ("14 rue de la République", "3 place du Marché", "27 bis avenue Foch", "8 chemin des Vignes", "112 boulevard Carnot", "5 allée des Érables"),
    "en": ("22 Station Road", "Unit 4, Riverside Park", "9 Castle Street", "151 High Street", "The Old Mill, Ferry Lane", "36 Queen's Drive"),
    "de": ("Bahnhofstraße 17", "Am Markt 3", "Schillerweg 28", "Industriering 9a"), "nl": ("Prinsengracht 81", "Nieuwstraat 12", "Havenkade 5"),
    "es": ("Calle del Olmo 23", "Avda. Constitución 8", "Plaza del Carmen 2"), "it": ("Via Mazzini 44", "Corso Italia 7", "Viale dei Pini 12"),
}  # fmt: skip
TOWNS = {
    "fr": ("44000 Nantes", "31000 Toulouse", "59800 Lille", "69007 Lyon", "21000 Dijon", "38000 Grenoble", "34000 Montpellier", "14000 Caen"),
    "en": ("Norwich NR2 4AB", "Sheffield S1 2HH", "Exeter EX4 3RD", "Cardiff CF10 2BH", "Reading RG1 3EH", "York YO1 7PR"),
    "de": ("70173 Stuttgart", "28195 Bremen", "99084 Erfurt", "93047 Regensburg"), "nl": ("2611 GX Delft", "6211 EK Maastricht", "8011 PK Zwolle"),
    "es": ("50001 Zaragoza", "18001 Granada", "33003 Oviedo"), "it": ("37121 Verona", "16123 Genova", "09124 Cagliari"),
}  # fmt: skip
PEOPLE = {
    "fr": ("Nadia Ferhat", "Paul Quentin", "Émilie Roche", "Bastien Guérin"), "en": ("Tom Ashby", "Priya Nair", "Gwen Hollis", "Callum Reid"),
    "de": ("Katrin Vogel", "Stefan Lutz"), "nl": ("Femke de Wit", "Bram Kuiper"), "es": ("Nuria Campos", "Iván Salas"), "it": ("Chiara Monti", "Luca Ferri"),
}  # fmt: skip


@dataclass
class World:
    """Dice and words for paper ``n`` (0, 1, 2) of a layout."""

    name: str
    n: int
    language: str = "fr"

    def __post_init__(self) -> None:
        self.dice = Random(f"{self.name}-{self.n}")

    def speak(self, language: str) -> None:
        """Take streets, towns, clients and months of another language."""
        self.language = language

    def each(self, *choices: T) -> T:
        """The choice of this paper: the three papers of a layout differ."""
        return choices[self.n % len(choices)]

    def pick(self, choices: Sequence[T]) -> T:
        return self.dice.choice(choices)

    def client(self) -> str:
        return self.pick(CLIENTS[self.language])

    def person(self) -> str:
        return self.pick(PEOPLE[self.language])

    def street(self) -> str:
        return self.pick(STREETS[self.language])

    def town(self) -> str:
        return self.pick(TOWNS[self.language])

    def day(self, first: int = 2022) -> dt.date:
        return dt.date(first, 1, 3) + dt.timedelta(days=self.dice.randrange(1380))

    def digits(self, count: int) -> str:
        return identifiers.digits(self.dice, count)

    def amount(self, low: float, high: float) -> Decimal:
        return Decimal(self.dice.randrange(int(low * 100), int(high * 100))) / 100

    def phone(self) -> str:
        return "0" + " ".join([self.pick("123459"), *(self.digits(2) for _ in range(4))])

    def clock(self) -> str:
        """An hour of the day: 14:05"""
        return f"{self.dice.randrange(8, 22):02}:{self.dice.randrange(60):02}"

    def lines(self, *works: tuple[str, float, float], most: int = 6) -> list[tuple[str, int, Decimal, Decimal]]:
        """Some of the works, each with a count, a unit price between its bounds, and the amount."""
        chosen = self.dice.sample(works, self.dice.randrange(min(2, len(works)), len(works) + 1))
        made = []
        for work, low, high in chosen:
            count, price = self.dice.randrange(1, most + 1), self.amount(low, high)
            made.append((work, count, price, count * price))
        return made


def cents(value: Decimal) -> Decimal:
    return value.quantize(CENT)


def total(lines: Sequence[tuple[str, int, Decimal, Decimal]]) -> Decimal:
    return sum((line[3] for line in lines), Decimal(0))


def eur(value: Decimal, sign: str = " €", space: str = "\u202f") -> str:
    """1 234,56 €"""
    return f"{value:,.2f}".replace(",", space).replace(".", ",") + sign


def dot(value: Decimal, sign: str = " €") -> str:
    """1.234,56 €"""
    return f"{value:,.2f}".translate(str.maketrans(",.", ".,")) + sign


def eng(value: Decimal, sign: str = "£") -> str:
    """£1,234.56"""
    return f"{'-' if value < 0 else ''}{sign}{abs(value):,.2f}"


def long(day: dt.date, language: str = "fr", form: str = "{d} {m} {y}") -> str:
    """3 mars 2024"""
    return form.format(d=day.day, m=MONTHS[language].split()[day.month - 1], y=day.year)


def slash(day: dt.date) -> str:
    return f"{day:%d/%m/%Y}"


def later(day: dt.date, days: int) -> dt.date:
    return day + dt.timedelta(days=days)


def truth(kind: str, supplier: str, **fields: str | Decimal | dt.date) -> dict[str, str]:
    """The truth of a paper: dates ISO, amounts with two decimals, numbers of accounts and VAT without spaces."""
    table = {"type": kind, "supplier": supplier}
    for name, value in fields.items():
        if isinstance(value, Decimal):
            table[name] = f"{value:.2f}"
        elif isinstance(value, dt.date):
            table[name] = value.isoformat()
        else:
            table[name] = value.replace(" ", "") if name in ("iban", "supplier_vat") else value
    return table
