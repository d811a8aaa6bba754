"""What verification found: a stable code for programs, a sentence for people."""

from __future__ import annotations

import msgspec

from confrere.messages import say

ERROR, WARNING, NOTE = "error", "warning", "note"


class Finding(msgspec.Struct, kw_only=True, omit_defaults=True):
    """Something wrong with a deliverable, or something that could not be checked.

    ``code`` is stable (formula-error, overflow, not-recalculated ...); ``level`` is "error" (must not be delivered),
    "warning" (a person should look) or "note" (a check that was not possible). ``where`` is a cell, a slide, a page.
    """

    code: str
    level: str = ERROR
    where: str = ""
    data: dict[str, str] = msgspec.field(default_factory=dict)

    def sentence(self, language: str) -> str:
        """What was found, in "en" or "fr"."""
        return say(f"write.verify-{self.code}", language, where=self.where, **self.data)
