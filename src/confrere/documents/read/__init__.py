"""Readers: from the bytes of a file to a ``Document``, one module a format, and the inspectors (``inspect_*``) of what people do not see.

Readers run in a process that can be killed (``documents/library.py``). They get a path and a budget, import their heavy
library inside the function that needs it, write nothing, and reach no network. Nothing here understands what a document means:
that is ``documents/extract``.

Stable codes of ``Document.error``: ``encrypted``, ``damaged``, ``empty``, ``bomb``, ``too-large``, ``unsupported``, ``missing``,
``memory``, ``timeout``, ``crashed``.
"""

from __future__ import annotations

from confrere.documents.read.dispatch import read_file

__all__ = ["read_file"]
