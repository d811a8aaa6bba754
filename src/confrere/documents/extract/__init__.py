"""From a read document to a record: type, parties, numbers, dates, amounts, lines, decisions.

Here live the readers of fields (each a module: totals, when, party, number, currency ...), the vocabulary they read by
(``labels.toml``, ``types.toml``), the checks and the calibration of their confidence, and the grouping of names. No file is
opened here and nothing is written: everything is a pure function of a ``Document``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from confrere.documents.extract.fields import extract

__all__ = ["extract"]


def __getattr__(name: str) -> Any:
    """``extract`` when it is first asked for: who only groups names does not wait for the expressions of every reader."""
    if name != "extract":
        raise AttributeError(name)
    from confrere.documents.extract.fields import extract

    return extract
