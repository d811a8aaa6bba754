"""A thread that outlives every other and starts the sandboxes' processes.

``--die-with-parent`` is PR_SET_PDEATHSIG, which fires when the *thread* that started the process ends, not the process: a sandbox
started from a worker thread would die with it.
"""

from __future__ import annotations

import queue
import subprocess
import threading
from collections.abc import Sequence
from concurrent.futures import Future
from typing import Any

Owner = tuple[int, int]
_Order = tuple[Sequence[str], Sequence[int], Owner | None, int, Future["subprocess.Popen[bytes]"]]
_orders: queue.SimpleQueue[_Order] = queue.SimpleQueue()
_lock = threading.Lock()
_thread: threading.Thread | None = None


def _work() -> None:
    while True:
        argv, fds, owner, stdio, future = _orders.get()
        who: dict[str, Any] = {"user": owner[0], "group": owner[1], "extra_groups": []} if owner is not None else {}
        try:
            process = subprocess.Popen(argv, stdin=stdio, stdout=stdio, stderr=subprocess.PIPE, pass_fds=fds, env={}, cwd="/", **who)
            future.set_result(process)
        except BaseException as error:  # handed to the thread that asked
            future.set_exception(error)


def spawn(argv: Sequence[str], fds: Sequence[int] = (), owner: Owner | None = None, stdio: int | None = None) -> subprocess.Popen[bytes]:
    """Start ``argv`` with an empty environment, no standard input, and only the descriptors ``fds``. stderr is a pipe.

    ``owner`` is the uid and gid it becomes (root only); ``stdio`` a descriptor to have for standard input and output.

    Raises OSError as subprocess does.
    """
    global _thread
    with _lock:
        if _thread is None or not _thread.is_alive():  # after a fork the child has no threads
            _thread = threading.Thread(target=_work, name="sandbox-keeper", daemon=True)
            _thread.start()
    future: Future[subprocess.Popen[bytes]] = Future()
    _orders.put((argv, fds, owner, subprocess.DEVNULL if stdio is None else stdio, future))
    return future.result()
