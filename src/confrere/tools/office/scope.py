"""Which files a call is about: kinds, document types, parties, names, period, amounts."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta

KINDS = {
    "pdf": ("pdf",),
    "image": ("jpg", "jpeg", "png", "gif", "tif", "tiff", "bmp", "webp", "heic", "svg"),
    "docx": ("docx", "doc", "odt", "rtf"),
    "xlsx": ("xlsx", "xls", "xlsm", "xlsb", "ods"),
    "csv": ("csv", "tsv"),
    "pptx": ("pptx", "ppt", "odp"),
    "html": ("html", "htm"),
    "md": ("md", "markdown"),
    "txt": ("txt", "text", "log"),
    "mail": ("eml", "msg", "mbox"),
    "zip": ("zip", "tar", "gz", "tgz", "7z", "rar", "bz2"),
    "video": ("mp4", "mov", "avi", "mkv", "webm"),
    "audio": ("mp3", "wav", "m4a", "ogg", "flac", "aac"),
    "transcript": ("srt", "vtt"),
}
KIND_OF = {extension: kind for kind, extensions in KINDS.items() for extension in extensions}

TYPES = (
    "invoice",
    "credit-note",
    "receipt",
    "quote",
    "contract",
    "statement",
    "cv",
    "identity",
    "minutes",
    "transcript",
    "letter",
    "mail",
    "spreadsheet",
    "presentation",
    "image",
    "other",
)


class Scope(msgspec.Struct, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """A set of files. Empty, it is every file (as ``only``) or none (as ``exclude``).

    A file belongs if it is one of the kinds or types (either will do), and meets every other stated condition. ``same`` and
    ``apart`` choose no file: they are what a person decided about the names in them.
    """

    kinds: Annotated[list[str], Meta(description=f"File kinds: {', '.join(KINDS)}.")] = msgspec.field(default_factory=list)
    types: Annotated[list[str], Meta(description=f"Document types: {', '.join(TYPES)}.")] = msgspec.field(default_factory=list)
    formats: Annotated[list[str], Meta(description="Of these, only files of these kinds.")] = msgspec.field(default_factory=list)
    parties: Annotated[list[str], Meta(description="Names of clients or suppliers.")] = msgspec.field(default_factory=list)
    names: Annotated[list[str], Meta(description="File or folder names, part of a name, or patterns such as '*draft*'.")] = msgspec.field(
        default_factory=list
    )
    since: Annotated[str, Meta(description="First day of the documents, ISO date.")] = ""
    until: Annotated[str, Meta(description="Last day of the documents, ISO date.")] = ""
    at_least: Annotated[str, Meta(description="Smallest total, a decimal.")] = ""
    at_most: Annotated[str, Meta(description="Largest total, a decimal.")] = ""
    side: Annotated[str, Meta(description="sales or purchases of the person's own company; empty for both.")] = ""
    same: Annotated[list[str], Meta(description="Spellings the person said are one party, as 'Dupont SARL|Sté Dupont'.")] = msgspec.field(
        default_factory=list
    )
    apart: Annotated[list[str], Meta(description="Names the person said are two parties, as 'Martin|Martin & Fils'.")] = msgspec.field(
        default_factory=list
    )

    def __bool__(self) -> bool:
        return bool(
            self.kinds
            or self.types
            or self.formats
            or self.parties
            or self.names
            or self.since
            or self.until
            or self.at_least
            or self.at_most
            or self.side
        )

    @property
    def deep(self) -> bool:
        """Whether the contents must be read to tell which files it holds."""
        return bool(self.types or self.parties or self.since or self.until or self.at_least or self.at_most or self.side)

    def merged(self, other: Scope) -> Scope:
        """Both sets of conditions; a period or amount of ``other`` wins."""

        def both(left: list[str], right: list[str]) -> list[str]:
            return left + [item for item in right if item not in left]

        return Scope(
            kinds=both(self.kinds, other.kinds),
            types=both(self.types, other.types),
            formats=both(self.formats, other.formats),
            parties=both(self.parties, other.parties),
            names=both(self.names, other.names),
            since=other.since or self.since,
            until=other.until or self.until,
            at_least=other.at_least or self.at_least,
            at_most=other.at_most or self.at_most,
            side=other.side or self.side,
            same=both(self.same, other.same),
            apart=both(self.apart, other.apart),
        )
