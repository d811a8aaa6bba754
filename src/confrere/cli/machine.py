"""Commands about this machine: models, doctor, vault."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import time
from pathlib import Path
from typing import Any

import click

from confrere.cli.flow import echo, hang
from confrere.cli.render import _size as size
from confrere.cli.screen import TerminalScreen, print_json
from confrere.cli.work import open_services
from confrere.errors import ConfrereError
from confrere.messages import say, tell
from confrere.workspace import upper

_SHOWN = 6  # models of a server


def models(as_json: bool) -> int:
    """What there is, and which would be used. A choice that cannot be used is said below the list, which is what helps then."""
    from confrere.cli.screen import model_word
    from confrere.models.catalogue import choose, find

    services = open_services()
    language = services.home.language()
    wrong: ConfrereError | None = None
    try:
        choose(None, services.settings)
    except ConfrereError as error:
        wrong = error
    for found in find(None, services.settings):
        if as_json:
            print_json({"model": found, "used": found.used and wrong is None})
            continue
        console = TerminalScreen(language).console
        mark = f"  ← {say('cli.models-used', language)}" if found.used and wrong is None else ""
        where = say("cli.models-here", language) if found.name == "builtin" else found.where
        hang(
            console,
            "",
            f"{model_word(found.name, language) if found.name != 'builtin' else found.name:<12} {where}{mark}",
            "bold" if mark else "",
        )
        hang(console, "    ", found.why(language), "dim")
        if len(found.models) > 1:
            more = say("cli.more", language, count=len(found.models) - _SHOWN) if len(found.models) > _SHOWN else ""
            hang(console, "    ", f"{', '.join(found.models[:_SHOWN])} {more}".rstrip(), "dim")
    services.close()
    if wrong is not None:
        raise wrong
    return 0


def vault(prune: bool, days: float | None, as_json: bool) -> int:
    services = open_services()
    language, keep = services.home.language(), services.settings.vault_days if days is None else days
    if prune:
        count, freed = services.vault.prune(keep)
        services.store.append("", "vault.pruned", {"count": count, "bytes": freed, "days": keep}, durable=True)
        if as_json:
            print_json({"pruned": count, "bytes": freed})
        else:
            echo(tell("cli.vault-pruned", language, count, count=count, size=size(freed, language)))
    else:
        kept = sorted(services.vault.objects(), key=lambda entry: entry.kept_at)
        if as_json:
            print_json({"objects": kept, "bytes": sum(entry.size for entry in kept), "days": keep})
        elif not kept:
            echo(say("cli.vault-empty", language))
        else:
            for entry in kept[-40:]:
                click.echo(
                    f"{time.strftime('%Y-%m-%d %H:%M', time.localtime(entry.kept_at))}  {entry.sha256[:16]}  {size(entry.size, language)}"
                )
            echo(
                tell(
                    "cli.vault-size",
                    language,
                    len(kept),
                    count=len(kept),
                    size=size(sum(entry.size for entry in kept), language),
                    days=f"{keep:g}",
                )
            )
    services.close()
    return 0


def doctor(as_json: bool) -> int:
    """Look at everything a task relies on. Exit status 1 when something is wrong, 0 when at most something optional is missing."""
    services = open_services()
    language = services.home.language()
    lines: list[tuple[str, bool, str]] = []

    def line(key: str, good: bool, text: str) -> None:
        lines.append((key, good, text))

    line("python", True, platform.python_version())
    usage = shutil.disk_usage(services.home.path)
    free = say("cli.doctor-free", language, free=size(usage.free, language))
    line("home", usage.free > 500_000_000, f"{services.home.path} ({free})")
    problems = services.store.verify()
    line("journal", not problems, say("cli.journal-bad", language, count=len(problems)) if problems else say("cli.good", language))
    kept = list(services.vault.objects())
    text = tell(
        "cli.vault-size",
        language,
        len(kept),
        count=len(kept),
        size=size(sum(entry.size for entry in kept), language),
        days=services.settings.vault_days,
    )
    line("vault", True, text)
    line("attributes", *_attributes(services.home.path, language))
    line("office", *_office(language))
    line("sandbox", *_sandbox(services.settings.sandbox, services.home.cache, language))
    from confrere.models.catalogue import choose

    line("model", True, choose(None, services.settings).name)
    optional = {"office", "attributes", "sandbox"}
    console = TerminalScreen(language).console
    if as_json:
        print_json({"checks": [{"check": key, "ok": good, "text": text} for key, good, text in lines]})
    else:
        for key, good, text in lines:
            first, *more = text.split("\n")
            hang(console, f"{'✓' if good else '·' if key in optional else '✗'} {say('cli.doctor-' + key, language):<20} ", first)
            for line_ in more:
                hang(console, " " * 23, line_, "dim")
    services.close()
    return 0 if all(good for key, good, _ in lines if key not in optional) else 1


def _attributes(folder: Any, language: str) -> tuple[bool, str]:
    """Whether the staging area can say where a moved file came from."""
    probe = str(folder / f".probe-{os.getpid()}")
    with open(probe, "xb"):
        pass
    try:
        upper.set_origin(probe, upper.Origin("x", False))
        return True, say("cli.good", language)
    except OSError:
        return False, say("cli.doctor-attributes-missing", language)
    finally:
        os.unlink(probe)


def _office(language: str) -> tuple[bool, str]:
    program = shutil.which("soffice") or shutil.which("libreoffice")
    if program is None:
        return False, say("cli.doctor-office-missing", language)
    try:
        answer = subprocess.run([program, "--version"], capture_output=True, text=True, timeout=20, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return False, say("cli.doctor-office-missing", language)
    return True, answer.stdout.strip() or program


def _sandbox(preference: str, cache: Path, language: str) -> tuple[bool, str]:
    """Which sandbox is used, what it isolates, and why not a stronger one."""
    from confrere.sandbox.choose import describe

    found = describe(language, preference, cache)
    lines: list[str] = []
    for entry in sorted(found, key=lambda entry: not entry.used):
        lines += entry.sentences if entry.used or not entry.name else entry.sentences[:1]  # all about what is used, why not the others
    return any(entry.used for entry in found), "\n".join(lines)
