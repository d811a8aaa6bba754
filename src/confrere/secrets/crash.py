"""What is said when the program itself is at fault: the kind of error and the places in our code, no value of any variable."""

from __future__ import annotations

import resource
import sys
import threading
from types import TracebackType
from typing import TextIO

from confrere.messages import say


def describe_crash(error: BaseException, language: str) -> str:
    """A sentence, then for the error and each of its causes the type and the places (``file:line in function``).

    Messages, arguments, source lines and local variables are left out: any of them may hold what a document or a key holds.
    """
    lines = [say("secrets.crash", language)]
    seen: set[int] = set()
    current: BaseException | None = error
    while current is not None and id(current) not in seen:
        seen.add(id(current))
        kind = type(current)
        lines.append(f"{kind.__module__}.{kind.__qualname__}")
        trace = current.__traceback__
        while trace is not None:
            code = trace.tb_frame.f_code
            lines.append(f"  {_short(code.co_filename)}:{trace.tb_lineno} in {code.co_name}")
            trace = trace.tb_next
        current = current.__cause__ or (None if current.__suppress_context__ else current.__context__)
    return "\n".join(lines)


def quiet_crashes(language: str, stream: TextIO | None = None) -> None:
    """Report defects through ``describe_crash`` (to ``stream``, else standard error) in every thread, and have no core file written.

    An interrupt from the keyboard stays as it is.
    """

    def show(error: BaseException) -> None:
        print(describe_crash(error, language), file=stream or sys.stderr, flush=True)

    def main_hook(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            sys.__excepthook__(kind, kind(), None)
        else:
            show(error)

    def thread_hook(details: threading.ExceptHookArgs) -> None:
        if details.exc_value is not None and not isinstance(details.exc_value, SystemExit):
            show(details.exc_value)

    def unraisable_hook(details: sys.UnraisableHookArgs) -> None:
        if details.exc_value is not None:
            show(details.exc_value)

    sys.excepthook = main_hook
    threading.excepthook = thread_hook
    sys.unraisablehook = unraisable_hook
    _, hard = resource.getrlimit(resource.RLIMIT_CORE)
    resource.setrlimit(resource.RLIMIT_CORE, (0, hard))


def _short(path: str) -> str:
    """The last three parts of a source file's path: enough to find it, without the person's folders."""
    return "/".join(path.replace("\\", "/").split("/")[-3:])
