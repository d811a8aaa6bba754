"""Readers: from the bytes of a file to a ``Document``, one module a format, and the inspectors (``inspect_*``) of what people do not see.

Readers run in a process that can be killed (``documents/library.py``). They get a path and a budget, import their heavy
library inside the function that needs it, write nothing, and reach no network. Nothing here understands what a document means:
that is ``documents/extract``.

Stable codes of ``Document.error`` (sentences: ``documents.error-CODE``): ``encrypted``, ``damaged``, ``empty``, ``bomb``, ``too-large``,
``unsupported``, ``missing``, ``memory``, ``timeout``, ``crashed``.

Stable codes of ``Warning_`` (``documents.warning-CODE``); what is hidden is kept out of ``Page.text`` and quoted in the warning:
``hidden-text``, ``tiny-text``, ``text-layer-differs``, ``alternative-differs``, ``invisible-characters``, ``bidi-characters``,
``hidden-sheet``, ``hidden-rows``, ``hidden-columns``, ``hidden-slide``, ``comment``, ``tracked-change``; what can act or reach out:
``macro``, ``script``, ``external-link``, ``formula-call``, ``field-call``, ``program``; what is inside: ``embedded-object``,
``nested-attachment``, ``nested-archive``, ``unsafe-path``, ``encrypted-part``, ``bomb``; and of the reading itself:
``wrong-extension``, ``truncated``, ``damaged-part``, ``not-understood``.
"""

from __future__ import annotations

from confrere.documents.read.dispatch import read_file

__all__ = ["read_file"]
