"""What an office does with a folder: look, sort, rename, find duplicates, recap, deck, report, index, minutes, PDFs, data.

Each module holds one tool or what several share (``scope``, ``files``, ``readings``, ``places``). They serve the builtin model
and language models alike; a tool reaches files through the view only, and takes every decision once, through ``memo``.
"""

from __future__ import annotations

from confrere.tools.base import Tool
from confrere.tools.office.clean import CleanData
from confrere.tools.office.convert import ConvertFiles
from confrere.tools.office.deliver import MakeDeck, MakeIndex, MakeReport
from confrere.tools.office.duplicates import FindDuplicates
from confrere.tools.office.listing import ListRecords
from confrere.tools.office.minutes import MakeMinutes
from confrere.tools.office.papers import MergePdfs, SplitPdf
from confrere.tools.office.quote import MakeQuote
from confrere.tools.office.recap import RecapWorkbook
from confrere.tools.office.rename import RenameFiles
from confrere.tools.office.sort import SortFiles
from confrere.tools.office.survey import Survey

TOOLS: tuple[Tool, ...] = (
    Survey(),
    ListRecords(),
    SortFiles(),
    RenameFiles(),
    FindDuplicates(),
    RecapWorkbook(),
    MakeDeck(),
    MakeReport(),
    MakeIndex(),
    MakeMinutes(),
    MakeQuote(),
    MergePdfs(),
    SplitPdf(),
    ConvertFiles(),
    CleanData(),
)
