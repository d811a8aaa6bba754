"""Everything that can be told about a recap, for decks and reports."""

from __future__ import annotations

from confrere.documents.write.details import Details
from confrere.documents.write.findings import Findings
from confrere.documents.write.followup import FollowUp


class Teller(Findings, Details, FollowUp):
    """Makes slides about one recap. A method gives None where the documents do not show its finding."""
