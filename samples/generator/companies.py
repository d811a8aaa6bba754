"""The invented companies of the sample folder. Their identifiers have valid check digits and belong to nobody:
SIRENs start with 999, bank codes with 9999, telephone numbers are those kept for fiction by Arcep and Ofcom, and every
domain ends in .example."""

from __future__ import annotations

from dataclasses import dataclass, field


def luhn_complete(digits: str) -> str:
    """``digits`` and the Luhn check digit that makes them valid (SIREN, SIRET)."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if place % 2 == 0 else 1)
        total += value - 9 if value > 9 else value
    return digits + str(-total % 10)


def french_vat(siren: str) -> str:
    """The intra-community number of a French company: FR, a key of two digits, the SIREN."""
    return f"FR{(12 + 3 * (int(siren) % 97)) % 97:02d}{siren}"


def british_vat(seven: str) -> str:
    """A United Kingdom VAT number from its seven first digits, by the modulo 97 rule."""
    weighted = sum(int(digit) * weight for digit, weight in zip(seven, range(8, 1, -1), strict=True))
    return f"GB{seven}{97 - weighted % 97:02d}"


def _iban(country: str, body: str) -> str:
    digits = "".join(str(int(ch, 36)) for ch in f"{body}{country}00")
    return f"{country}{98 - int(digits) % 97:02d}{body}"


def french_iban(bank: str, branch: str, account: str) -> str:
    """An IBAN whose RIB key (modulo 97) and whose own check digits are right. ``account`` is eleven digits."""
    key = 97 - (89 * int(bank) + 15 * int(branch) + 3 * int(account)) % 97
    return _iban("FR", f"{bank}{branch}{account}{key:02d}")


def british_iban(bank: str, sort_code: str, account: str) -> str:
    return _iban("GB", f"{bank}{sort_code}{account}")


def spaced(iban: str) -> str:
    """An IBAN as people print it, in groups of four."""
    return " ".join(iban[start : start + 4] for start in range(0, len(iban), 4))


@dataclass(frozen=True)
class Company:
    name: str
    address: tuple[str, ...]
    email: str = ""
    phone: str = ""
    siret: str = ""
    vat: str = ""
    iban: str = ""
    bic: str = ""
    extra: str = ""
    spellings: tuple[str, ...] = field(default=())

    @property
    def siren(self) -> str:
        return self.siret[:9]


def _french(
    name: str,
    address: tuple[str, ...],
    seed: str,
    *,
    email: str = "",
    phone: str = "",
    bank: str = "",
    extra: str = "",
    spellings: tuple[str, ...] = (),
) -> Company:
    """A French company from the five digits ``seed`` of its SIREN; with a bank account when ``bank`` is given."""
    siren = luhn_complete("999" + seed)
    iban = french_iban(bank, f"0{seed[:4]}", f"000{seed}{seed[:3]}") if bank else ""
    return Company(
        name, address, email, phone, luhn_complete(siren + "0001"), french_vat(siren), iban, "FICTFRPP" if bank else "", extra, spellings
    )


VARECH = _french(
    "Studio Varech SARL",
    ("8 quai des Goémons", "35400 Saint-Malo"),
    "41827",
    email="bonjour@studiovarech.example",
    phone="02 61 91 04 18",
    bank="99991",
    extra="SARL au capital de 12 000 €",
)

# Clients: the key is the name a person would give the client's folder.
CLIENTS: dict[str, Company] = {
    "Dupont": _french(
        "SARL Dupont",
        ("Menuiserie – Agencement", "27 rue des Charpentiers", "35000 Rennes"),
        "30514",
        email="atelier@menuiserie-dupont.example",
        phone="02 61 91 27 35",
        spellings=("SARL Dupont", "Dupont S.A.R.L.", "dupont"),
    ),
    "Librairie du Phare Vert": _french(
        "Librairie du Phare Vert",
        ("3 place du Marché-aux-Plumes", "29680 Roscavel"),
        "55270",
        email="commandes@phare-vert.example",
        spellings=("Librairie du Phare Vert", "Librairie Le Phare Vert"),
    ),
    "Hôtel des Ajoncs": _french(
        "Hôtel des Ajoncs SAS",
        ("41 route de la Corniche", "22430 Port-Ergat"),
        "61938",
        email="direction@hoteldesajoncs.example",
        spellings=("Hôtel des Ajoncs SAS", "Hôtel des Ajoncs"),
    ),
    "Cabinet Léa Roussel": _french(
        "Cabinet Léa Roussel Architectes",
        ("5 impasse du Gué", "44130 Blanval"),
        "72046",
        email="lea@roussel-architectes.example",
        spellings=("Cabinet Léa Roussel Architectes", "Cabinet Léa Roussel"),
    ),
    "Laiterie Kerlann": _french(
        "Laiterie Kerlann SAS",
        ("Zone artisanale du Moulin Neuf", "29520 Kerlann-le-Bois"),
        "18365",
        email="compta@laiterie-kerlann.example",
        spellings=("Laiterie Kerlann SAS", "LAITERIE KERLANN"),
    ),
    "Mairie de Saint-Quolban": _french(
        "Commune de Saint-Quolban",
        ("Mairie", "1 place de l'Hôtel-de-Ville", "56320 Saint-Quolban"),
        "80492",
        email="finances@saint-quolban.example",
        spellings=("Commune de Saint-Quolban", "Mairie de Saint-Quolban"),
    ),
    "Harrow & Finch": Company(
        "Harrow & Finch Ltd",
        ("Unit 6, Tallow Yard", "18 Candle Street", "Bristol BS1 9ZX", "United Kingdom"),
        "accounts@harrowfinch.example",
        "0117 496 0142",
        vat=british_vat("4417206"),
        spellings=("Harrow & Finch Ltd", "Harrow and Finch"),
    ),
    "Tidewell Museum Trust": Company(
        "Tidewell Museum Trust",
        ("The Old Ropeworks", "Harbour Lane", "Tidewell TQ9 9QX", "United Kingdom"),
        "registrar@tidewellmuseum.example",
        "01632 960 417",
        vat=british_vat("5028813"),
        spellings=("Tidewell Museum Trust", "Tidewell Museum"),
    ),
}

TANGUY = _french(
    "Imprimerie Tanguy & Fils",
    ("ZI de la Croix-Haute", "12 rue Gutenberg", "35430 Châteaubrun"),
    "20671",
    email="facturation@imprimerie-tanguy.example",
    phone="02 61 91 33 60",
    bank="99992",
    extra="SAS au capital de 150 000 €",
)
NUAGE = _french(
    "Nuage Clair Hébergement",
    ("102 avenue des Peupliers", "59800 Lille"),
    "93718",
    email="support@nuageclair.example",
    phone="03 53 01 44 90",
    extra="SAS au capital de 40 000 €",
)
DUNES = _french(
    "Énergie des Dunes",
    ("TSA 90017", "62930 Wimercourt Cedex"),
    "14459",
    email="clients@energiedesdunes.example",
    phone="03 53 01 80 80",
    extra="SA coopérative à capital variable",
)
PAPETERIE = _french(
    "Papeterie Océane",
    ("Centre commercial des Deux-Rades", "29200 Brest"),
    "47903",
    email="ventes@papeterie-oceane.example",
    phone="02 61 91 72 05",
    extra="EURL au capital de 8 000 €",
)
LEBIHAN = _french(
    "Transports Le Bihan",
    ("Parc logistique de l'Aulne", "29590 Pont-Argel"),
    "66182",
    email="expeditions@lebihan.example",
    phone="02 61 91 58 41",
    bank="99993",
    extra="SARL au capital de 60 000 €",
)
CORMORAN = _french(
    "Le Petit Cormoran",
    ("2 cale de la Douane", "35400 Saint-Malo"),
    "38025",
    phone="02 61 91 12 12",
    extra="Bar – Restaurant",
)
GREYFIELD = Company(
    "Greyfield Print Works Ltd",
    ("Arch 44, Viaduct Road", "London SE1 9QZ", "United Kingdom"),
    "billing@greyfieldprint.example",
    "020 7946 0831",
    vat=british_vat("3196054"),
    iban=british_iban("FICT", "990017", "40218836"),
    bic="FICTGB2L",
    extra="Registered in England No. 00000000",
)
SUPPLIERS = (TANGUY, NUAGE, DUNES, PAPETERIE, LEBIHAN, CORMORAN, GREYFIELD)
