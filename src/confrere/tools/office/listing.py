"""List what was understood of documents, with counts and sums: what answers a question about a folder."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Any

import msgspec
from msgspec import Meta

from confrere.policy.manifest import Effect, Manifest, Role
from confrere.tools.base import Result
from confrere.tools.office.duplicates import groups
from confrere.tools.office.readings import Reading, amount, choose
from confrere.tools.office.scope import Scope

if TYPE_CHECKING:
    from confrere.tools.base import Context

_FIELDS = ("number", "date", "due_date", "currency", "net", "tax", "total", "supplier_vat", "iban")


class ListRecords:
    """The documents that meet some conditions, their fields, and totals by currency."""

    name = "list_records"
    description = (
        "List the documents that meet conditions (type, party, period, amount), with type, client, supplier, date, number and amounts of "
        "each, and sums by currency, sales and purchases apart. Exact copies are counted once; doubtful amounts are marked and left out "
        "of the sums."
    )
    manifest = Manifest(
        effect=Effect.READ, kind="read", roles={"only": Role.FREE, "exclude": Role.FREE, "by": Role.FREE, "limit": Role.FREE}
    )

    class Args(msgspec.Struct, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
        only: Annotated[Scope, Meta(description="Only these documents.")] = msgspec.field(default_factory=Scope)
        exclude: Annotated[Scope, Meta(description="Leave these out.")] = msgspec.field(default_factory=Scope)
        by: Annotated[str, Meta(description="Also sum by: client, supplier, type, month or year.")] = ""
        limit: Annotated[int, Meta(description="At most this many documents in the answer.", ge=1, le=1000)] = 200

    def run(self, args: Any, context: Context) -> Result:
        chosen = choose(context, args.only, args.exclude, deep=args.only.deep or args.exclude.deep or bool(args.by) or not args.only)
        rows = []
        sums: dict[str, Decimal] = defaultdict(Decimal)
        sides: dict[str, dict[str, Decimal]] = {}
        by: dict[str, dict[str, Any]] = {}
        doubtful = counted = 0
        copies = {path for group in groups(context, chosen.files) for path in group[1:]} if chosen.readings else set()
        for info in chosen.files:
            if info.path in copies:
                continue
            reading = chosen.readings.get(info.path)
            row: dict[str, Any] = {"file": info.path}
            if reading is not None:
                row |= {"type": reading.type, "client": reading.client, "supplier": reading.supplier}
                row |= {name: value for name in _FIELDS if (value := reading.value(name))}
                if reading.record.check:
                    row["check"] = reading.record.check
                if reading.error:
                    row["error"] = reading.error
                if reading.side:
                    row["side"] = reading.side
                total = amount(reading.value("total"))
                group = (
                    by.setdefault(_group(reading, args.by), {"files": 0, "sums": defaultdict(Decimal), "sides": {}}) if args.by else None
                )
                if group is not None:
                    group["files"] += 1
                if total is not None and reading.type != "quote":
                    total = -abs(total) if reading.type == "credit-note" else total
                    if "total" in reading.record.check:
                        doubtful += 1
                    else:
                        counted += 1
                        _add(sums, sides, reading, total)
                        if group is not None:
                            _add(group["sums"], group["sides"], reading, total)
            rows.append(row)
        data = {
            "count": len(rows),
            "sums": _texts(sums),
            "sides": {side: _texts(part) for side, part in sides.items()},
            "doubts": chosen.doubts,
            "counted": counted,
            "doubtful": doubtful,
            "copies": len(copies),
            "by": {
                name: {
                    "files": part["files"],
                    "sums": _texts(part["sums"]),
                    "sides": {side: _texts(one) for side, one in part["sides"].items()},
                }
                for name, part in by.items()
            },
            "parties": sorted({row[name] for row in rows for name in ("client", "supplier") if row.get(name)})[:100],
            "records": rows[: args.limit],
        }
        return Result(
            text=msgspec.json.encode(data).decode(), data=data, doubts=chosen.doubts, origins=[info.path for info in chosen.files]
        )


def _add(sums: dict[str, Decimal], sides: dict[str, dict[str, Decimal]], reading: Reading, total: Decimal) -> None:
    code = reading.currency or "?"
    sums[code] += total
    sides.setdefault(reading.side, defaultdict(Decimal))[code] += total


def _texts(sums: dict[str, Decimal]) -> dict[str, str]:
    return {code: str(value) for code, value in sums.items()}


def _group(reading: Reading, by: str) -> str:
    return {
        "client": reading.client,
        "supplier": reading.supplier,
        "type": reading.type,
        "month": reading.date[:7],
        "year": reading.date[:4],
    }.get(by, "")
