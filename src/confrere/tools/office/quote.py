"""Quotes (offers) from a table of lines, in a company's template or in ours."""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import msgspec
from msgspec import Meta

from confrere.documents.aligned import page_tables
from confrere.messages import say
from confrere.policy.manifest import Role
from confrere.tools.base import Result
from confrere.tools.office.clean import number
from confrere.tools.office.files import extension_of, kind_of, look, name_of, plain
from confrere.tools.office.readings import choose
from confrere.tools.office.recap import MAKES, deliver, reason, today
from confrere.tools.office.scope import Scope
from confrere.tools.office.words import tell

if TYPE_CHECKING:
    from confrere.documents.model import Table
    from confrere.documents.write.offer import Line, Offer
    from confrere.tools.base import Context

_HEADS = {
    "reference": ("ref", "reference", "code", "sku", "code article"),
    "description": ("designation", "description", "libelle", "article", "item", "produit", "prestation", "product", "service", "intitule"),
    "quantity": ("quantite", "qte", "quantity", "qty", "nombre", "nb"),
    "unit": ("unite", "unit", "u"),
    "price": (
        "prix unitaire ht",
        "prix unitaire",
        "prix ht",
        "prix",
        "pu ht",
        "pu",
        "p u",
        "tarif ht",
        "tarif",
        "unit price",
        "price",
        "rate",
        "net price",
    ),
    "discount": ("remise", "rabais", "discount", "remise %"),
    "rate": ("tva", "taux tva", "taux de tva", "vat", "vat rate", "tax", "tax rate"),
}
_TEMPLATE = re.compile(r"(?i)mod[eè]le|template|trame|gabarit")
_NO_LINES = "lines"  # among what a template leaves unfilled
STANDARD = {"fr": Decimal("0.20"), "en": Decimal("0.20")}


class MakeQuote:
    """An offer: a workbook whose totals are formulas, and a document to send."""

    name = "make_quote"
    description = (
        "Make a quote (offer) for a client from a table of lines (CSV or XLSX: description, quantity, unit price, VAT rate, discount) "
        "and, if given, a DOCX or XLSX template with placeholders such as {{client}}, {{designation}}, {{total_ttc}}. Numbered, with "
        "VAT by rate, totals as formulas and a validity date."
    )
    manifest = msgspec.structs.replace(
        MAKES,
        roles=MAKES.roles | {"client": Role.TEXT, "lines": Role.PATH, "quantities": Role.TEXT, "number": Role.TEXT, "valid": Role.FREE},
    )

    class Args(msgspec.Struct, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
        client: Annotated[str, Meta(description="Whom the quote is for.")] = ""
        lines: Annotated[str, Meta(description="View path or name of the CSV or XLSX with the lines; default: the only one.")] = ""
        quantities: Annotated[
            list[str], Meta(description="What is quoted and how many, as '40 folding chairs'; default: the lines as they are.")
        ] = msgspec.field(default_factory=list)
        template: Annotated[str, Meta(description="View path or name of a DOCX or XLSX with placeholders; '*' to look for one.")] = ""
        number: Annotated[str, Meta(description="Number of the quote; default: the next one.")] = ""
        valid: Annotated[int, Meta(description="Days of validity.", ge=1, le=730)] = 30
        title: Annotated[str, Meta(description="Title; default: the number.")] = ""
        name: Annotated[str, Meta(description="File name; default: the number and the client.")] = ""
        language: Annotated[str, Meta(description="Language of the quote: fr or en.")] = ""

    def run(self, args: Any, context: Context) -> Result:
        from confrere.documents.write.offer import Offer, offer_docx, offer_workbook

        language = args.language or context.language
        doubts: list[str] = []
        files = [info.path for info in look(context).files]
        template = _template(context, files, args.template)
        if args.template and not template:
            wanted = args.template if args.template != "*" else say("office.quote-a-template", language)
            doubts.append(say("office.no-template", language, name=wanted))
        source, lines, trouble = _lines(context, files, args.lines, template, language, doubts)
        if args.quantities and not trouble:
            lines, trouble = _counted(lines, args.quantities, name_of(source), language, doubts)
        if trouble:
            return Result(text=trouble, failed=True)
        day = today(context)
        client, seller = _parties(context, args.client, template, language, doubts)
        if not client:
            doubts.append(say("office.quote-no-client", language))
        offer = Offer(
            client=client or "…",
            number=args.number or context.memo("number", lambda: _number(files, day, language)),
            date=day,
            valid_until=day + dt.timedelta(days=args.valid),
            lines=lines,
            seller=seller,
            title=args.title,
        )
        wanted = args.name or " ".join(part for part in (say("office.file-quote", language), offer.number, client) if part)
        made: list[str] = []
        left: list[str] = []
        expected: dict[str, str] = {}
        if extension_of(template) == "xlsx":
            made.append(
                deliver(
                    context,
                    wanted,
                    "quote",
                    "xlsx",
                    language,
                    lambda path, _: left.extend(_filled(context, template, path, offer, language)),
                )
            )
        else:
            docx = (
                (lambda path, _: left.extend(_filled(context, template, path, offer, language)))
                if template
                else (lambda path, _: offer_docx(path, offer, language))
            )
            made.append(deliver(context, wanted, "quote", "docx", language, docx))
            made.append(deliver(context, wanted, "quote", "xlsx", language, lambda path, _: offer_workbook(path, offer, language)))
            expected = {name: str(value) for name, value in offer.expected().items()}
        if template and _NO_LINES in left:
            left.remove(_NO_LINES)
            doubts.append(say("office.quote-no-place", language, name=name_of(template)))
        if left:
            doubts.append(say("office.quote-left", language, names=", ".join(dict.fromkeys(left))))
        from confrere.documents.write import formats

        text = tell(
            "office.quote-made",
            language,
            len(lines),
            number=offer.number,
            named=say("office.quote-named", language, client=offer.client) if offer.client else "",
            count=len(lines),
            net=formats.money(offer.net, offer.currency, language),
            total=formats.money(offer.total, offer.currency, language),
            until=formats.date(offer.valid_until, language),
        )
        workbook = next(path for path in made if path.endswith(".xlsx"))
        return Result(
            text=text,
            data={
                "file": workbook,
                "files": made,
                "number": offer.number,
                "expected": expected,
                "net": str(offer.net),
                "tax": str(offer.tax),
                "total": str(offer.total),
            },
            doubts=doubts,
            deliverables=made,
            origins=[source, *([template] if template else [])],
        )


def _filled(context: Context, template: str, path: Path, offer: Offer, language: str) -> list[str]:
    from confrere.documents.write.fill_word import fill_docx
    from confrere.documents.write.fill_workbook import cache_values, fill_workbook

    real = context.view.locate(template)
    if extension_of(template) != "xlsx":
        left, lines = fill_docx(real, path, offer, language)
        return left if lines else [*left, _NO_LINES]
    from confrere.documents.verify.recalculate import cached, recalculate

    left = fill_workbook(real, path, offer, language)
    if any(worth is None for worth in cached(path).values.values()):  # the template's own formulas, which nothing here calculates
        values = recalculate(path).values
        cache_values(path, {place: float(worth) for place, worth in values.items() if isinstance(worth, (int, float))})
    return left


def _named(files: list[str], wanted: str) -> str:
    """The file called so, by path or by name, case and accents apart; empty for none or several."""
    if wanted in files:
        return wanted
    found = [path for path in files if plain(name_of(path)) == plain(name_of(wanted))]
    return found[0] if len(found) == 1 else ""


def _template(context: Context, files: list[str], wanted: str) -> str:
    """The template named, or for "*" the one file that is called a template and has our placeholders."""
    from confrere.documents.write.holes import fillable

    if wanted and wanted != "*":
        found = _named(files, wanted)
        return found if extension_of(found) in ("docx", "xlsx") else ""
    if not wanted:
        return ""
    likely = [path for path in files if extension_of(path) in ("docx", "xlsx") and fillable(context.view.locate(path))]
    named = [path for path in likely if _TEMPLATE.search(path)]
    return named[0] if len(named) == 1 else likely[0] if len(likely) == 1 else ""


def _lines(context: Context, files: list[str], wanted: str, template: str, language: str, doubts: list[str]) -> tuple[str, list[Line], str]:
    """The table of lines: its path, its lines, or a sentence that says why there are none."""
    tables = [path for path in files if kind_of(path) in ("csv", "xlsx") and path != template]
    if wanted:
        path = _named(tables, wanted)
        if not path:
            return "", [], say("office.quote-no-file", language, name=wanted)
        candidates = [path]
    else:
        candidates = tables
    good: list[tuple[str, Table, dict[str, int], int]] = []
    for path in candidates:
        document = context.library.read(context.view.locate(path), name_of(path))
        if document.error and wanted:
            return "", [], say("office.quote-unreadable", language, name=name_of(path), reason=reason(document.error, language))
        for page in document.pages:
            for table in page_tables(page):
                at, columns = _columns(table)
                if columns:
                    good.append((path, table, columns, at))
                    break
    if not good:
        key = "office.quote-no-columns" if wanted else "office.quote-no-lines"
        return "", [], say(key, language, name=wanted)
    if len({path for path, *_ in good}) > 1:
        return "", [], say("office.quote-many-lines", language, names=", ".join(name_of(path) for path, *_ in good[:6]))
    path, table, columns, at = good[0]
    lines, skipped = _read(table, columns, at, language)
    if not lines:
        return "", [], say("office.quote-no-columns", language, name=name_of(path))
    if skipped:
        doubts.append(say("office.quote-skipped", language, rows=", ".join(map(str, skipped[:10])), name=name_of(path)))
    if not wanted:
        doubts.append(say("office.quote-lines-from", language, name=name_of(path)))
    if "quantity" not in columns:
        doubts.append(say("office.quote-quantity-one", language, name=name_of(path)))
    if "rate" not in columns:
        doubts.append(say("office.quote-rate-assumed", language))
    return path, lines, ""


def _counted(lines: list[Line], quantities: list[str], source: str, language: str, doubts: list[str]) -> tuple[list[Line], str]:
    """The lines asked for, with their quantities, in the order asked; and why there are none. A thing that no line of the price list
    bears, or several do, is told and left out."""
    unit = say("office.quote-quantity-one", language, name=source)
    doubts[:] = [doubt for doubt in doubts if doubt != unit]
    kept: list[Line] = []
    for asked in quantities:
        count, _, what = asked.partition(" ")
        wanted = _words(what)
        words = [(line, _words(f"{line.reference} {line.description}")) for line in lines]
        fit = [line for line, have in words if wanted and wanted <= have]
        exact = [line for line, have in words if wanted and wanted == _words(line.description)]
        chosen = exact if len(exact) == 1 else fit
        if len(chosen) != 1:
            names = ", ".join(line.description for line in chosen[:5])
            key = "office.quote-several-fit" if chosen else "office.quote-none-fits"
            doubts.append(say(key, language, asked=asked, name=source, names=names))
            continue
        kept.append(msgspec.structs.replace(chosen[0], quantity=Decimal(count)))
    return kept, "" if kept else say("office.quote-nothing-fits", language, asked=", ".join(quantities), name=source)


_LINKS = {"de", "du", "des", "d", "la", "le", "les", "l", "a", "au", "aux", "en", "of", "the", "for", "pour", "et", "and"}


def _words(text: str) -> set[str]:
    """The words of a name, without what links them, plurals taken for singulars."""
    words = set(plain(text).split()) - _LINKS
    return {word[:-1] if len(word) > 3 and word[-1] in "sx" else word for word in words}


def _columns(table: Table) -> tuple[int, dict[str, int]]:
    """Where a table's header stands (among its first rows) and the column of each field; empty without description and price."""
    for at, row in enumerate(table.rows[:8]):
        found: dict[str, int] = {}
        heads = [re.sub(r" (?:eur|euros?|usd|gbp)$", "", plain(str(cell or ""))) for cell in row]
        for name, words in _HEADS.items():
            place = next((heads.index(word) for word in words if word in heads), None)
            if place is None:
                place = next(
                    (number for number, head in enumerate(heads) for word in words if len(word) > 3 and head.startswith(f"{word} ")), None
                )
            if place is not None and place not in found.values():
                found[name] = place
        if "description" in found and "price" in found:
            return at, found
    return 0, {}


def _read(table: Table, columns: dict[str, int], at: int, language: str) -> tuple[list[Line], list[int]]:
    """The lines of a table, and the rows (as a person counts them) that name something but have no usable price."""
    from confrere.documents.write.offer import Line

    out: list[Line] = []
    skipped: list[int] = []
    for position, row in enumerate(table.rows[at + 1 :], at + 2):

        def cell(name: str, row: list[Any] = row) -> Any:
            return row[columns[name]] if name in columns and columns[name] < len(row) else None

        description = " ".join(str(cell("description") or "").split())
        if not description or re.match(r"(?:sous )?total\b", plain(description)):
            continue
        price, quantity = _decimal(cell("price")), _decimal(cell("quantity"))
        if price is None or (quantity is None and cell("quantity") not in (None, "")):
            skipped.append(position)
            continue
        if quantity is None:
            quantity = Decimal(1) if "quantity" not in columns else Decimal(0)
        if not quantity:
            continue
        rate = _share(cell("rate"))
        out.append(
            Line(
                description=description,
                price=price,
                quantity=quantity,
                unit=str(cell("unit") or ""),
                reference=str(cell("reference") or ""),
                discount=_share(cell("discount")) or Decimal(0),
                rate=rate if rate is not None else STANDARD[language],
            )
        )
    return out, skipped


def _decimal(value: Any) -> Decimal | None:
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, (int, float)):
        return Decimal(str(value))
    text = str(value).strip()
    return number(text) if re.search(r"\d", text) else None


def _share(value: Any) -> Decimal | None:
    """20, "20 %", 0.2 and "5,5" as a share."""
    found = _decimal(value)
    if found is None:
        return None
    return found / 100 if abs(found) >= 1 or "%" in str(value) else found


def _parties(context: Context, client: str, template: str, language: str, doubts: list[str]) -> tuple[str, str]:
    """The client as the folder's papers spell it, and our own name from them; a template bears ours already."""
    if template:
        return client, ""
    book = choose(context, Scope(), Scope(), deep=True).book
    known = book.mentioned(client, short=True) if client else ""
    if not book.us:
        doubts.append(say("office.quote-no-seller", language))
    return known if known and plain(client) in plain(known) else client, book.us


def _number(files: list[str], day: dt.date, language: str) -> str:
    """The number after the highest the folder's file names show for this year ("D-2026-014"), else the first."""
    best: tuple[int, str, str, int] | None = None
    for path in files:
        for match in re.finditer(r"(?<![A-Za-z])((?:DEV|D|Q|QUO|DE|OFF)[-_ ]?)(20\d\d)([-_ ])(\d{2,5})(?!\d)", name_of(path).upper()):
            if int(match[2]) == day.year and (best is None or int(match[4]) > best[0]):
                best = (int(match[4]), match[1], match[3], len(match[4]))
    if best is None:
        return f"{'D' if language == 'fr' else 'Q'}-{day.year}-001"
    return f"{best[1]}{day.year}{best[2]}{best[0] + 1:0{best[3]}d}"
