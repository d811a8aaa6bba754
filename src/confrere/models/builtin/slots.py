"""What fills a wish: the files it is about, how to sort, columns, numbers, names, formats."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from confrere.models.builtin.items import Item
from confrere.models.builtin.parties import SIZES, name_of, party_ahead
from confrere.models.builtin.periods import Period
from confrere.tools.office.scope import Scope

SORTABLE = {"client", "supplier", "year", "month", "quarter", "date", "type", "extension", "currency", "vat"}
FIELD_OF_DIMENSION = {
    "client": "client",
    "supplier": "supplier",
    "date": "date",
    "type": "type",
    "currency": "currency",
    "vat": "tax",
    "month": "date",
    "year": "date",
}


_OF = {"de", "d'", "des", "du", "of", "on", "sur"}
_SOLD = (
    "encaiss",
    "earning",
    "income",
    "vente",
    "chiffre d' affaire",
    "chiffres d' affaire",
    "recette",
    "sale",
    "revenue",
    "turnover",
)
_BOUGHT = (
    "outgoing",
    "outlay",
    "disburs",
    "debours",
    "decaiss",
    "achat",
    "depens",
    "frais",
    "cout",
    "charges",
    "spend",
    "spent",
    "expense",
    "expenditure",
    "purchase",
    "cost",
)
_BILLS = ("t.invoice", "t.credit-note")


def side_of(parts: list[Item]) -> str:
    """Whether these words are about what the company sells ("sales") or buys ("purchases"); empty for neither, or both."""
    found = set()
    for index, item in enumerate(parts):
        after = parts[index + 1] if index + 1 < len(parts) else None
        before = parts[index - 1] if index else None
        if item.has("t.invoice") and any(word in item.bare for word in ("client", "customer", "sales", "vente")):
            found.add("sales")  # "factures clients", one phrase
        elif (item.has("t.invoice") and any(word in item.bare for word in ("fournisseur", "achat", "supplier", "purchase", "vendor"))) or (
            item.has("q.sum") and ("depens" in item.bare or "spen" in item.bare)
        ):
            found.add("purchases")
        elif item.has("n.table"):
            found |= {"sales"} if any(f" {word}" in item.bare for word in _SOLD) else set()
            found |= {"purchases"} if any(f" {word}" in item.bare for word in _BOUGHT) else set()
        elif item.has("n.amounts"):
            found |= {"sales"} if item.bare.startswith(_SOLD) else set()
            found |= {"purchases"} if item.bare.startswith(_BOUGHT) else set()
        elif item.has("t.invoice") and item.text.casefold().endswith(("é", "és", "ée", "ées")):
            if before is None or not before.has("n.amounts"):  # "les montants facturés" are those of any invoice
                found.add("sales")  # "combien ai-je facturé"
        elif item.has("d.client", "d.supplier") and not item.used:
            french = before is not None and before.has(*_BILLS) and item.bare.endswith("s")  # "factures fournisseurs"
            english = after is not None and after.has(*_BILLS)  # "supplier invoices"
            if french or english:
                found.add("sales" if item.has("d.client") else "purchases")
    return found.pop() if len(found) == 1 else ""


def scope_of(parts: list[Item], *, loose: bool) -> Scope:
    """The set of files that these items name; what was read is marked used. ``loose`` (in an exception or a restriction)
    takes any unknown word for part of a name."""
    scope = Scope(side=side_of(parts))
    for index, item in enumerate(parts):
        if item.used:
            continue
        if item.kind == "period" and isinstance(item.value, Period):
            item.used = _dated(scope, item.value)
        elif item.bare in ("entre", "between", "compris entre", "comprises entre") and _range(parts, index, scope):
            continue
        elif item.has("g.more", "g.less"):
            _amount(parts, index, scope)
        elif item.kind == "unknown" and item.proper and index and parts[index - 1].has("t.") and not item.has("x.guard"):
            run = party_ahead(parts, index, loose=False)  # "contrats Veolia"
            if run:
                scope.parties.append(name_of(run))
                for part in run:
                    part.used = True
        elif item.kind == "file":
            scope.names.append(item.text.rstrip("/"))
            item.used = True
        elif item.has("d.client", "d.supplier", "g.of", "g.for", "g.with", "n.folder"):
            _party(parts, index, scope, loose)
        elif (item.has("t.") and not item.has("v.")) or item.has("k."):
            _add_kind(parts, index, scope)
        elif loose and item.has("n.deck", "n.table", "n.report", "n.minutes"):
            scope.types.append({"deck": "presentation", "table": "spreadsheet", "minutes": "minutes", "report": "report"}[item.tag("n.")])
            item.used = True
        elif loose and item.has("d.project"):
            scope.names.append(item.text)
            item.used = True
        elif loose and item.kind in ("unknown", "quote"):
            run = party_ahead(parts, index, loose=True)
            if run:
                at = parts.index(run[-1]) + 1
                placed = at < len(parts) and parts[at].has("n.folder")  # "the Taxes folder"
                (scope.parties if run[0].proper and not placed else scope.names).append(name_of(run))
                for part in run:
                    part.used = True
    return scope


def _dated(scope: Scope, period: Period) -> bool:
    """Add a period: one beside the first widens it ("septembre et octobre"), one inside it narrows it ("2026, en mars"); of one
    that stands apart False is returned, for a scope has a single period."""
    if not (scope.since or scope.until):
        scope.since, scope.until = period.since, period.until
        return True
    if not (scope.since and scope.until and period.since and period.until):
        return (scope.since, scope.until) == (period.since, period.until)
    if scope.since <= period.since and period.until <= scope.until:
        scope.since, scope.until = period.since, period.until
    elif period.since <= scope.since and scope.until <= period.until:
        return True
    elif _follows(scope.until, period.since) or _follows(period.until, scope.since):
        scope.since, scope.until = min(scope.since, period.since), max(scope.until, period.until)
    else:
        return False
    return True


def _follows(day: str, other: str) -> bool:
    return (date.fromisoformat(day) + timedelta(days=1)).isoformat() == other


def _add_kind(parts: list[Item], index: int, scope: Scope) -> None:
    """A type or a kind of file; side by side ("PDF invoices", "contrats au format PDF") the kind narrows the type."""
    item = parts[index]
    if item.has("t.invoice") and item.text.casefold().endswith(("é", "és", "ée", "ées", "ced", "lled")):
        pass  # "les montants facturés" tells of no file
    elif item.bare in ("recue", "recues") or (
        item.bare in ("recu", "recus")
        and any(other.has("t.", "k.", "n.files") and not other.has("t.receipt") for other in parts[max(0, index - 4) : index])
        and not any(other.has("g.and", "g.definite") or other.kind == "comma" for other in parts[max(0, index - 1) : index])
    ):
        pass  # "les courriers reçus", "les factures de plus de 500 € reçues"
    elif item.has("k.image") and any(other.has("t.") for other in parts[index + 1 : index + 3]) and parts[index + 1].has("g.of"):
        pass  # "photos of receipts": any file of receipts
    elif item.has("t."):
        scope.types += [name for name in (item.tag("t."),) if name not in scope.types]
    else:
        around = [
            other for other in parts[max(0, index - 3) : index + 2] if not other.has("g.in", "g.definite", "g.of") and not other.filler
        ]
        at = around.index(item)
        beside = around[max(0, at - 1) : at] + around[at + 1 : at + 2]
        narrow = any(other.has("t.") for other in beside)
        (scope.formats if narrow else scope.kinds).append(item.tag("k."))
    item.used = True


def _range(parts: list[Item], index: int, scope: Scope) -> bool:
    """ "Entre 1 000 et 5 000 euros": both bounds of an amount."""
    run = parts[index : index + 4]
    if len(run) < 4 or run[1].kind not in ("number", "money") or not run[2].has("g.and") or run[3].kind != "money":
        return False
    scope.at_least, scope.at_most = str(run[1].value), str(run[3].value)
    for item in run:
        item.used = True
    return True


def _amount(parts: list[Item], index: int, scope: Scope) -> None:
    for other in parts[index + 1 : index + 3]:
        if other.kind in ("money", "number") and not other.used and (other.kind == "money" or int(str(other.value).split(".")[0]) >= 50):
            unit = parts[parts.index(other) + 1].bare if parts.index(other) + 1 < len(parts) else ""
            if unit in SIZES:
                return
            if parts[index].has("g.more"):
                scope.at_least = str(other.value)
            else:
                scope.at_most = str(other.value)
            parts[index].used = other.used = True
            return


def _party(parts: list[Item], index: int, scope: Scope, loose: bool) -> None:
    """A name after "de", "client", "pour", "dossier": a party, or for a folder its name."""
    item = parts[index]
    at = index + 1
    while at < len(parts) and (parts[at].has("g.definite", "g.named", "g.of") or parts[at].filler) and not parts[at].proper:
        at += 1
    before = next((other for other in reversed(parts[:index]) if not other.filler and not other.has("g.definite")), None)
    after_type = before is not None and before.has("t.", "k.", "n.files", "n.amounts")
    if before is not None and before.has("k.") and not before.has("t.") and item.has("g.of"):
        after_type = False  # "photos de vacances": what they show, not whose they are
    if (
        at + 1 < len(parts)
        and parts[at].kind == "unknown"
        and not parts[at].proper
        and parts[at].text[:1].isalpha()
        and parts[at + 1].proper
        and not item.has("n.folder")
        and at > index + 1
    ):
        parts[at].used = True  # "de la mutuelle Harmonia": what it is, then its name
        at += 1
    open_name = loose or item.has("d.client", "d.supplier", "n.folder") or (item.has("g.of") and after_type)
    if item.has("d.client", "d.supplier") and index and parts[index - 1].has("g.by"):
        return
    several = item.has("d.client", "d.supplier") and item.bare.endswith("s")  # "suppliers we paid": no name follows
    run = party_ahead(parts, at, loose=open_name and (loose or not several))
    if item.has("n.folder") and not run and at < len(parts) and parts[at].has("x.audience"):
        run = [parts[at]]
    if item.has("n.folder") and (not run or run[0].kind != "quote") and index:
        ahead = parts[index - 1]
        if not ahead.used and (ahead.kind in ("unknown", "quote") or ahead.proper) and ahead.text[:1].isalpha():
            run = [ahead]
    if run and before is not None and before.has("n.amounts") and item.has("g.of") and item.bare in _OF and not run[0].proper and not loose:
        return  # "dépenses d'essence": what it is for
    articled = item.bare in ("du", "des") or any(
        part.bare in ("la", "l'", "the", "my", "mon", "ma", "mes", "our") for part in parts[index + 1 : at]
    )
    if run and articled and item.has("g.of") and not loose and run[0].kind == "unknown" and not any(part.proper for part in run):
        return  # "la facture du plombier": what he is, not his name
    if run and run[0].has("x.guard") and item.has("g.of") and not loose:
        return  # "le contrat de la maison": a plain word is nobody
    if not run or (item.has("g.of", "g.for") and run[0].kind == "quote" and not after_type):
        return
    if item.has("n.folder"):
        scope.names.append(name_of(run))
    else:
        scope.parties.append(name_of(run))
    for part in run:
        part.used = True
    item.used = True
    if item.has("n.folder"):
        return
    while parts.index(run[-1]) > index:  # "Dupont et Martin"
        nxt = parts.index(run[-1]) + 1
        if nxt + 1 < len(parts) and (parts[nxt].has("g.and", "g.or") or parts[nxt].kind == "comma"):
            skip = nxt + 1
            if parts[skip].has("g.of", "g.definite") and skip + 1 < len(parts):
                skip += 1
            run = party_ahead(parts, skip, loose=False)
            if run and run[0].proper:
                scope.parties.append(name_of(run))
                for part in run:
                    part.used = True
                continue
        return


def dimensions(parts: list[Item]) -> tuple[list[str], list[str]]:
    """The ways to sort after "par" or "by", in order; and the words after it that are no way to sort."""
    by: list[str] = []
    unknown: list[str] = []
    index = 0
    while index < len(parts):
        if not parts[index].has("g.by") or parts[index].used:
            index += 1
            continue
        said = [item for item in parts[index + 1 : index + 4] if not item.filler and not item.has("g.definite")]
        if said and said[0].has("n.names", "g.pattern", "n.template"):
            parts[index].used = True  # "selon la nomenclature suivante": how to name
            index += 1
            continue
        parts[index].used = True
        index += 1
        got = False
        while index < len(parts):
            item = parts[index]
            if item.used and not item.has("g.and") and item.kind != "comma":
                break
            if item.has("d.", "f.invoice_date") and not (item.has("v.") and got):
                name = item.tag("d.") or "document-date"
                if name in SORTABLE or name == "document-date":
                    by.append(name)
                else:
                    unknown.append(item.text)
                item.used, got = True, True
            elif item.has("t.", "k.") and not got and not item.has("v."):
                break
            elif (item.kind == "unknown" and not got and not item.proper) or (
                item.has("f.", "n.amounts") and not got and not item.has("v.")
            ):
                unknown.append(item.text)
                item.used, got = True, True
            elif (
                item.has("g.and", "g.or", "g.definite", "g.by", "n.files", "n.names", "g.of", "g.indefinite")
                or item.kind == "comma"
                or item.filler
                or (item.has("n.folder") and not got)
            ):
                if item.has("g.by", "n.files", "n.names", "n.folder"):
                    item.used = True
            else:
                break
            index += 1
    return list(dict.fromkeys(by)), unknown


def columns(parts: list[Item]) -> list[str]:
    """Field names listed as columns ("avec date, fournisseur et montant TTC"), in order."""
    out: list[str] = []
    for item in parts:
        if item.used:
            continue
        name = item.tag("f.") or FIELD_OF_DIMENSION.get(item.tag("d."), "")
        if item.has("n.amounts") and not item.has("f."):
            name = "total"
        name = {"invoice_date": "date"}.get(name, name)
        if name and name not in out:
            out.append(name)
    return out


def put(params: dict[str, Any], name: str, value: Any) -> None:
    """Set a parameter that has no value yet; lists are joined."""
    if isinstance(value, list):
        params[name] = list(dict.fromkeys(params.get(name, []) + value))
    else:
        params.setdefault(name, value)
