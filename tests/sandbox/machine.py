"""The virtual machine's image for the tests: made once for a user and this code, kept in their cache, shared by all test processes.

CONFRERE_TEST_VM names a folder with one that ``confrere.sandbox.image`` made (with the document libraries, which this one leaves out)."""

from __future__ import annotations

import fcntl
import os
import platform
import shutil
import time
from pathlib import Path

import pytest

from confrere.errors import Failed
from confrere.sandbox.image import TOOLS, Image, build
from confrere.sandbox.microvm import picture


def missing() -> str:
    """Why there can be no machine here; "" where one can be made."""
    if "CONFRERE_TEST_VM" in os.environ:
        return ""
    if platform.machine() != "x86_64":
        return "the virtual machine is made for x86-64"
    absent = [tool for tool in TOOLS if shutil.which(tool) is None]
    return f"the virtual machine needs {', '.join(absent)} (tests/system-packages.txt)" if absent else ""


def image() -> Image:
    """The image, built and with its picture of the memory. Skips, saying why, where this machine cannot make it (no way to the archive, say)."""
    if why := missing():
        pytest.skip(why)
    if "CONFRERE_TEST_VM" in os.environ:
        return Image(Path(os.environ["CONFRERE_TEST_VM"]))
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "confrere-tests"
    cache.mkdir(parents=True, exist_ok=True)
    with open(cache / "vm.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # the other test processes wait for the first, and find it made
        made, failed = Image(cache / "vm"), cache / "vm.failed"
        if failed.exists() and time.time() - failed.stat().st_mtime < 1800:  # the other processes of this run need not try again
            pytest.skip(failed.read_text())
        try:
            if not made.built():
                made = build(cache / "vm", libraries=False)
            if not made.memory("tcg").exists():
                picture(made, "tcg")
        except Failed as error:
            failed.write_text(f"the virtual machine could not be made here: {error.sentence('en')}")
            pytest.skip(failed.read_text())
    return made
