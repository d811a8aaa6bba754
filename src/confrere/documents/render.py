"""Office files turned into other formats and into pictures, by LibreOffice where this machine has it.

LibreOffice runs in a profile of its own, with macros, links and active content off, behind a fence (``fence``) that hides the
machine and its network where the system allows that, and with a time limit. Its exit status means nothing (it is 0 even when a file could not be
loaded): only a file that exists counts as success.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from confrere.documents.fence import fence
from confrere.errors import Failed

TIMEOUT = 120.0
OFFICE = {".docx", ".doc", ".odt", ".rtf", ".xlsx", ".xls", ".ods", ".csv", ".pptx", ".ppt", ".odp", ".html", ".txt"}

# LibreOffice frees and asks for the same large blocks over and over: left to give them back each time, half its processor time is the
# kernel's, handing out cleared pages. Its memory is let grow and kept until it ends (and in large pages where the system has them).
_MEMORY = ("hugetlb=1", "mmap_threshold=268435456", "trim_threshold=536870912", "top_pad=16777216")

_ITEM = '<item oor:path="/{path}"><prop oor:name="{name}" oor:op="fuse"><value>{value}</value></prop></item>'
_SETTINGS = (
    ("org.openoffice.Office.Calc/Formula/Load", "OOXMLRecalcMode", "0"),  # always: cached values are not believed
    ("org.openoffice.Office.Calc/Formula/Load", "ODFRecalcMode", "0"),
    ("org.openoffice.Office.Calc/Content/Update", "Link", "2"),  # never follow a link to another file
    ("org.openoffice.Office.Writer/Content/Update", "Link", "0"),
    ("org.openoffice.Office.Common/Security/Scripting", "MacroSecurityLevel", "3"),
    ("org.openoffice.Office.Common/Security/Scripting", "DisableMacrosExecution", "true"),
    ("org.openoffice.Office.Common/Security/Scripting", "DisableActiveContent", "true"),
    ("org.openoffice.Office.Common/Security/Scripting", "BlockUntrustedRefererLinks", "true"),
    ("org.openoffice.Office.Common/Misc", "FirstRun", "false"),
    ("org.openoffice.Office.Common/Filter/PDF/Export", "UseTaggedPDF", "true"),  # for screen readers
    # A proxy that does not exist: what tries to reach out anyway, fails.
    ("org.openoffice.Inet/Settings", "ooInetProxyType", "2"),
    ("org.openoffice.Inet/Settings", "ooInetHTTPProxyName", "127.0.0.1"),
    ("org.openoffice.Inet/Settings", "ooInetHTTPProxyPort", "9"),
    ("org.openoffice.Inet/Settings", "ooInetHTTPSProxyName", "127.0.0.1"),
    ("org.openoffice.Inet/Settings", "ooInetHTTPSProxyPort", "9"),
)


@cache
def office_version() -> str:
    """What tells one installation of LibreOffice from another: its program's path, size and time of change; empty without one."""
    program = office_program()
    if program is None:
        return ""
    real = Path(program).resolve()
    try:
        status = [place.stat() for place in (real, real.with_name("soffice.bin")) if place.exists()]
    except OSError:
        return str(real)
    return ":".join([str(real), *(f"{one.st_size}:{one.st_mtime_ns}" for one in status)])


@cache
def office_program() -> str | None:
    """The LibreOffice program of this machine, or None."""
    for name in ("soffice", "libreoffice"):
        found = shutil.which(name)
        if found:
            return found
    places = ["/Applications/LibreOffice.app/Contents/MacOS/soffice", r"C:\Program Files\LibreOffice\program\soffice.exe"]
    return next((place for place in places if os.path.exists(place)), None)


def office_available() -> bool:
    return office_program() is not None


def convert(source: Path, suffix: str, out_dir: Path, timeout: float = TIMEOUT) -> Path:
    """Convert ``source`` with LibreOffice to ``suffix`` (".pdf", ".xlsx" ...) in ``out_dir``; returns the new file.

    Works on a copy. Raises Failed: ``write.office-missing``, ``write.office-timeout`` or ``write.office-failed``.
    """
    waiting = _prepared.get((str(source), suffix))
    if waiting is not None and (ready := waiting.result().get(str(source))) is not None:
        out_dir.mkdir(parents=True, exist_ok=True)
        return Path(shutil.copyfile(ready, out_dir / f"{source.stem}{suffix}"))
    return convert_all([source], suffix, out_dir, timeout)[0]


_prepared: dict[tuple[str, str], Future[dict[str, Path]]] = {}


@contextmanager
def prepared(wanted: list[tuple[Path, str]]) -> Iterator[None]:
    """While this holds, what ``convert`` is asked of ``wanted`` (file, suffix) is made ahead: one launch of LibreOffice a suffix, all
    at the same time as the caller's own work. What such a launch could not convert is converted alone when it is asked for."""
    groups: dict[str, list[Path]] = {}
    for source, suffix in wanted:
        groups.setdefault(suffix, []).append(source)
    if office_program() is None or len(wanted) < 2:
        yield
        return
    with tempfile.TemporaryDirectory(prefix="confrere-prepared-") as scratch, ThreadPoolExecutor(max_workers=2) as threads:
        for number, (suffix, sources) in enumerate(groups.items()):
            future = threads.submit(_ahead, sources, suffix, Path(scratch, str(number)))
            _prepared.update({(str(source), suffix): future for source in sources})
        try:
            yield
        finally:
            for source, suffix in wanted:
                _prepared.pop((str(source), suffix), None)


def _ahead(sources: list[Path], suffix: str, folder: Path) -> dict[str, Path]:
    """The files made in one launch, by source; none where it failed. Copies have names of their own: two sources may share one."""
    folder.mkdir(parents=True)
    copies = [folder / f"{number}{source.suffix.lower()}" for number, source in enumerate(sources)]
    try:
        for source, copy in zip(sources, copies, strict=True):
            shutil.copyfile(source, copy)
        made = convert_all(copies, suffix, folder / "out")
    except (Failed, OSError):
        return {}
    return {str(source): path for source, path in zip(sources, made, strict=True)}


def convert_all(sources: list[Path], suffix: str, out_dir: Path, timeout: float = TIMEOUT) -> list[Path]:
    """Convert several files in one launch, which costs hardly more than one. Raises as ``convert``."""
    program = office_program()
    if program is None:
        raise Failed("write.office-missing", file=sources[0].name if sources else "")
    out_dir.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="confrere-office-") as scratch:
        root = Path(scratch)
        _profile(root / "profile")
        (root / "in").mkdir()
        (root / "out").mkdir()
        # Names of our own: a file name can hold what LibreOffice reads as an option or cannot open.
        copies = [root / "in" / f"{number}{source.suffix.lower()}" for number, source in enumerate(sources)]
        for source, copy in zip(sources, copies, strict=True):
            shutil.copyfile(source, copy)
        command = [
            program,
            "--headless",
            "--norestore",
            "--nolockcheck",
            "--nodefault",
            "--nofirststartwizard",
            f"-env:UserInstallation={(root / 'profile').as_uri()}",
            "--convert-to",
            _filter(suffix),
            "--outdir",
            str(root / "out"),
            *map(str, copies),
        ]
        if not _run([*fence(program, root), *command], root, timeout):
            raise Failed("write.office-timeout", file=sources[0].name, seconds=round(timeout))
        made: list[Path] = []
        for source, copy in zip(sources, copies, strict=True):
            result = root / "out" / f"{copy.stem}{suffix}"
            if not result.exists() or result.stat().st_size == 0:
                raise Failed("write.office-failed", file=source.name)
            target = out_dir / f"{source.stem}{suffix}"
            shutil.move(result, target)
            made.append(target)
        return made


def pictures(path: Path, out_dir: Path, dpi: int = 80, limit: int = 200, timeout: float = TIMEOUT) -> list[Path]:
    """Pictures of the pages of ``path``, ``page-001.png`` and so on, at most ``limit`` of them.

    A PDF needs nothing but this program; an Office file goes through LibreOffice. Raises Failed as ``convert``, or
    ``write.pdf-damaged``.
    """
    import pypdfium2

    out_dir.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="confrere-render-") as scratch:
        pdf = path if path.suffix.lower() == ".pdf" else convert(path, ".pdf", Path(scratch), timeout)
        try:
            document = pypdfium2.PdfDocument(pdf)
        except pypdfium2.PdfiumError as error:
            raise Failed("write.pdf-damaged", file=path.name) from error
        made: list[Path] = []
        with document:
            for number in range(min(len(document), limit)):
                page = document[number]
                target = out_dir / f"page-{number + 1:03d}.png"
                page.render(scale=dpi / 72).to_pil().save(target)
                page.close()
                made.append(target)
        return made


def _filter(suffix: str) -> str:
    return {".pdf": "pdf", ".xlsx": "xlsx:Calc MS Excel 2007 XML", ".csv": "csv:Text - txt - csv (StarCalc):44,34,76,1"}.get(
        suffix, suffix.lstrip(".")
    )


def _profile(folder: Path) -> None:
    """Write a LibreOffice profile with our settings."""
    (folder / "user").mkdir(parents=True)
    items = "\n".join(_ITEM.format(path=path, name=name, value=value) for path, name, value in _SETTINGS)
    (folder / "user" / "registrymodifications.xcu").write_text(
        '<?xml version="1.0" encoding="UTF-8"?>\n<oor:items xmlns:oor="http://openoffice.org/2001/registry" '
        'xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">\n'
        f"{items}\n</oor:items>\n",
        encoding="utf-8",
    )


def _run(command: list[str], home: Path, timeout: float) -> bool:
    """Run to the end, or kill the whole group at ``timeout`` seconds and return False."""
    environment = {
        "PATH": os.environ.get("PATH", os.defpath),
        "HOME": str(home),
        "LANG": "C.UTF-8",
        "TMPDIR": str(home),
        "SAL_USE_VCLPLUGIN": "svp",
        "GLIBC_TUNABLES": ":".join(f"glibc.malloc.{setting}" for setting in _MEMORY),
    }
    if sys.platform == "win32":
        environment |= {name: os.environ[name] for name in ("SYSTEMROOT", "TEMP") if name in os.environ}
    process = subprocess.Popen(
        command,
        cwd=home,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        process.wait(timeout)
        return True
    except subprocess.TimeoutExpired:
        return False
    finally:
        # soffice is a launcher: its child outlives it when only the launcher is ended.
        if sys.platform == "win32":
            process.kill()
        else:
            try:
                os.killpg(process.pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
        process.wait()
