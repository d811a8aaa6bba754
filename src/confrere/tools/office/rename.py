"""Rename files by a pattern, or tidy their names."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, Annotated, Any

import msgspec
from msgspec import Meta

from confrere.errors import WrongUse
from confrere.messages import say
from confrere.policy.manifest import Effect, Manifest, Role
from confrere.tools.base import Result
from confrere.tools.office.files import dated_name
from confrere.tools.office.moves import carry_out
from confrere.tools.office.places import component, type_folder
from confrere.tools.office.readings import Reading, choose
from confrere.tools.office.scope import Scope
from confrere.tools.office.sort import unclaimed
from confrere.tools.office.words import tell

if TYPE_CHECKING:
    from confrere.tools.base import Context

PARTS = ("date", "year", "month", "day", "client", "supplier", "party", "number", "total", "net", "tax", "currency", "type", "name")
_TIDY_MONEY = ("total", "net", "tax")


class RenameFiles:
    """Gives files names built from what is in them; a file that lacks a part keeps its name and is said."""

    name = "rename_files"
    description = (
        "Rename files in place by a pattern such as '{date}_{client}_{total}' (parts: " + ", ".join(PARTS) + "); without a pattern, tidy "
        "names (spaces, doubled marks, 'copy', extension in lower case). Extensions stay; nothing is overwritten; a file whose "
        "parts are missing or doubtful keeps its name and is listed."
    )
    manifest = Manifest(
        effect=Effect.CHANGE,
        kind="rename",
        trust="own",
        roles={"pattern": Role.FREE, "only": Role.FREE, "exclude": Role.FREE, "language": Role.FREE},
    )

    class Args(msgspec.Struct, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
        pattern: Annotated[str, Meta(description="Parts in braces; empty to tidy names.")] = ""
        only: Annotated[Scope, Meta(description="Rename only these files.")] = msgspec.field(default_factory=Scope)
        exclude: Annotated[Scope, Meta(description="Leave these files alone.")] = msgspec.field(default_factory=Scope)
        language: Annotated[str, Meta(description="Language of type names: fr or en.")] = ""

    def run(self, args: Any, context: Context) -> Result:
        """Decide every new name once, then rename. Raises WrongUse for a pattern with an unknown part."""
        language = args.language or context.language
        unknown = [part for part in re.findall(r"\{(\w*)\}", args.pattern) if part not in PARTS]
        if unknown:
            raise WrongUse("office.pattern-unknown", part=unknown[0], parts=", ".join(PARTS))

        def decide() -> dict[str, Any]:
            chosen = choose(context, args.only, args.exclude, deep=bool(args.pattern), changing=True)
            moves: list[list[str]] = []
            lacking: list[list[str]] = []
            taken: set[str] = set()
            for number, info in enumerate(chosen.files):
                if number % 200 == 0:
                    context.progress(number, len(chosen.files), say("office.doing-decide", language))
                folder, _, old = info.path.rpartition("/")
                if args.pattern:
                    stem, missing = _from(args.pattern, chosen.readings[info.path], old, language)
                    if missing:
                        lacking.append([info.path, say("office.lacks", language, part=say(f"office.part-{missing}", language))])
                        continue
                    ending = old.rpartition(".")[2].lower() if "." in old[1:] else ""
                    new = component(f"{stem}.{ending}" if ending else stem)
                else:
                    new = tidied(old)
                if new != old:
                    moves.append([info.path, unclaimed(context, f"{folder}/{new}", taken, info.path)])
            return {
                "moves": [pair for pair in moves if pair[0] != pair[1]],
                "lacking": lacking,
                "left": [list(pair) for pair in chosen.left],
                "files": len(chosen.files),
                "doubts": chosen.doubts,
            }

        decided = context.memo("names", decide)
        carry_out(context, decided["moves"], say("office.doing-rename", language))
        doubts = list(decided["doubts"])
        if decided["lacking"]:
            doubts.append(tell("office.not-renamed", language, len(decided["lacking"]), count=len(decided["lacking"])))
        return Result(
            text=tell("office.renamed", language, len(decided["moves"]), count=len(decided["moves"]), files=decided["files"]),
            data={"renamed": len(decided["moves"]), "files": decided["files"], "examples": decided["moves"][:10]},
            doubts=doubts,
            omissions=[(path, why) for path, why in decided["lacking"]]
            + [(path, say(f"office.left-{code}", language)) for path, code in decided["left"]],
        )


def _from(pattern: str, reading: Reading, old: str, language: str) -> tuple[str, str]:
    """The name a pattern gives for a file, or the part it lacks."""
    stem = old.rpartition(".")[0] if "." in old[1:] else old
    date = reading.sure("date") or dated_name(reading.path)
    values = {
        "date": date if len(date) == 10 else "",
        "year": date[:4],
        "month": date[5:7],
        "day": date[8:10],
        "client": reading.client,
        "supplier": reading.supplier,
        "party": reading.client or reading.supplier,
        "type": _singular(reading.type, language),
        "name": stem,
        "number": reading.sure("number"),
        "currency": reading.sure("currency"),
        **{name: reading.sure(name) for name in _TIDY_MONEY},
    }
    for part in re.findall(r"\{(\w+)\}", pattern):
        if not values[part]:
            return "", part
    name = re.sub(r"\{(\w+)\}", lambda match: _part(values[match[1]]), pattern)
    return name, ""


def _part(text: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r'[<>:"/\\|?*]+', "-", text)).strip(" .")


def _singular(kind: str, language: str) -> str:
    from confrere.documents.write.labels import type_label

    try:
        return type_label(kind, language)
    except KeyError:
        return type_folder(kind, language)


def tidied(name: str) -> str:
    """A name without doubled spaces and marks, "copy" suffixes or odd characters, its extension in lower case; letters keep their
    accents. "Facture  n°12 - Copie (2).PDF" gives "Facture n°12.pdf"."""
    name = unicodedata.normalize("NFC", name)
    stem, dot, ending = name.rpartition(".") if "." in name[1:] else (name, "", "")
    stem = re.sub(r"(?i)[\s_-]*(?:\((?:\d+|copie?|copy)\)|[\s_-](?:copie|copy)(?:\s*\(?\d*\)?)?)\s*$", "", stem) or stem
    stem = re.sub(r"(?i)^(?:copie de|copy of|copie)\s+", "", stem)
    stem = re.sub(r"_+", "_", re.sub(r"\s+", " ", stem.replace("%20", " ")))
    stem = re.sub(r"\s*-\s*-\s*", " - ", stem).strip(" _-").rstrip(".")
    return component(f"{stem or 'sans nom'}{dot}{ending.lower()}")
