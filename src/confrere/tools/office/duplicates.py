"""Find files with the same content; report them, set the extra ones aside, or delete them when the person asked."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Annotated, Any, Literal

import msgspec
from msgspec import Meta

from confrere.messages import say
from confrere.policy.manifest import Effect, Manifest, Role
from confrere.tools.base import Result
from confrere.tools.office.files import name_of
from confrere.tools.office.moves import carry_out
from confrere.tools.office.places import component, writable_root
from confrere.tools.office.readings import choose
from confrere.tools.office.scope import Scope
from confrere.tools.office.words import tell

if TYPE_CHECKING:
    from collections.abc import Sequence

    from confrere.tools.base import Context
    from confrere.workspace.tree import Info


class FindDuplicates:
    """Groups files by content (SHA-256). The original is the one with the shortest, plainest path."""

    name = "find_duplicates"
    description = (
        "Find files with exactly the same content. action 'report' only says which; 'aside' moves the extra copies to a folder; "
        "'delete' removes the extra copies (only when the person asked for deletion). One copy of each always stays in place."
    )
    manifest = Manifest(
        effect=Effect.CHANGE,
        kind="delete",
        trust="own",
        roles={"action": Role.FLAG, "only": Role.FREE, "exclude": Role.FREE, "folder": Role.PATH, "language": Role.FREE},
    )

    class Args(msgspec.Struct, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
        action: Annotated[Literal["report", "aside", "delete"], Meta(description="What to do with the extra copies.")] = "report"
        only: Annotated[Scope, Meta(description="Look only among these files.")] = msgspec.field(default_factory=Scope)
        exclude: Annotated[Scope, Meta(description="Leave these files out.")] = msgspec.field(default_factory=Scope)
        folder: Annotated[str, Meta(description="Folder for the copies set aside.")] = ""
        language: Annotated[str, Meta(description="Language of the report: fr or en.")] = ""

    def run(self, args: Any, context: Context) -> Result:
        language = args.language or context.language

        def decide() -> dict[str, Any]:
            chosen = choose(context, args.only, args.exclude, deep=False, changing=args.action != "report")
            found = groups(context, chosen.files)
            moves: list[list[str]] = []
            if args.action == "aside":
                folder = f"{writable_root(context)}/{component(args.folder) if args.folder else say('office.folder-duplicates', language)}"
                taken: set[str] = set()
                for group in found:
                    for path in group[1:]:
                        if not path.startswith(f"{folder}/"):
                            from confrere.tools.office.sort import unclaimed

                            moves.append([path, unclaimed(context, f"{folder}/{name_of(path)}", taken)])
            return {"groups": found, "moves": moves, "left": [list(pair) for pair in chosen.left]}

        decided = context.memo("duplicates", decide)
        extra = [path for group in decided["groups"] for path in group[1:]]
        if args.action == "aside":
            carry_out(context, decided["moves"], say("office.doing-move", language))
        elif args.action == "delete":
            for number, path in enumerate(extra):
                context.progress(number, len(extra), say("office.doing-delete", language))
                if context.view.exists(path):
                    context.view.delete(path)
        lines = [" = ".join(name_of(path) for path in group) for group in decided["groups"][:20]]
        key = "office.no-duplicates" if not extra else f"office.duplicates-{args.action}"
        text = tell(key, language, len(extra), files=len(extra), groups=len(decided["groups"]))
        return Result(
            text="\n".join([text, *lines]),
            data={"groups": decided["groups"], "files": len(extra), "action": args.action},
            omissions=[(path, say(f"office.left-{reason}", language)) for path, reason in decided["left"]],
        )


def groups(context: Context, files: Sequence[Info]) -> list[list[str]]:
    """Paths with the same content, in groups of two or more, the one to keep first. Empty files are no duplicates.

    Sizes first, then the first 64 KiB, then the whole content, so that most files are never read.
    """
    sizes: dict[int, list[str]] = {}
    for info in files:
        if info.size:
            sizes.setdefault(info.size, []).append(info.path)
    alike = [paths for paths in sizes.values() if len(paths) > 1]
    total = sum(len(paths) for paths in alike)
    done = 0
    found: list[list[str]] = []
    for paths in alike:
        heads: dict[bytes, list[str]] = {}
        for path in paths:
            done += 1
            context.progress(done, total, name_of(path))
            if (head := _digest(context, path, 65536)) is not None:
                heads.setdefault(head, []).append(path)
        for same_head in heads.values():
            if len(same_head) < 2:
                continue
            whole: dict[bytes, list[str]] = {}
            for path in same_head:
                if (digest := _digest(context, path, None)) is not None:
                    whole.setdefault(digest, []).append(path)
            found += [sorted(same, key=_plainness) for same in whole.values() if len(same) > 1]
    return sorted(found)


def _plainness(path: str) -> tuple[bool, int, int, str]:
    """Originals first: no mark of a copy in the name, less deep, shorter."""
    import re

    name = name_of(path).lower()
    copied = bool(re.search(r"\bcop(y|ie)\b|\(\d+\)|- copie| copy", name))
    return copied, path.count("/"), len(path), path


def _digest(context: Context, path: str, limit: int | None) -> bytes | None:
    from confrere.errors import WrongUse

    try:
        with context.view.open(path) as file:
            if limit is not None:
                return hashlib.sha256(file.read(limit)).digest()
            digest = hashlib.sha256()
            done = 0
            while chunk := file.read(1 << 20):
                digest.update(chunk)
                done += len(chunk)
                if done % (1 << 26) == 0:
                    context.progress(0, 0, name_of(path))
            return digest.digest()
    except (WrongUse, OSError):
        return None
