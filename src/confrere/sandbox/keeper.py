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

_Order = tuple[Sequence[str], Sequence[int], Future["subprocess.Popen[bytes]"]]
_orders: queue.SimpleQueue[_Order] = queue.SimpleQueue()
_lock = threading.Lock()
_thread: threading.Thread | None = None


def _work() -> None:
    while True:
        argv, fds, future = _orders.get()
        try:
            process = subprocess.Popen(
                argv, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, pass_fds=fds, env={}, cwd="/"
            )
            future.set_result(process)
        except BaseException as error:  # handed to the thread that asked
            future.set_exception(error)


def spawn(argv: Sequence[str], fds: Sequence[int] = ()) -> subprocess.Popen[bytes]:
    """Start ``argv`` with an empty environment, no standard input, and only the descriptors ``fds``. stderr is a pipe.

    Raises OSError as subprocess does.
    """
    global _thread
    with _lock:
        if _thread is None or not _thread.is_alive():  # after a fork the child has no threads
            _thread = threading.Thread(target=_work, name="sandbox-keeper", daemon=True)
            _thread.start()
    future: Future[subprocess.Popen[bytes]] = Future()
    _orders.put((argv, fds, future))
    return future.result()
