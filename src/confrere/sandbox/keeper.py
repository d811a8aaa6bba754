"""A thread that outlives every other and starts the sandboxes' processes.

``--die-with-parent`` is PR_SET_PDEATHSIG, which fires when the *thread* that started the process ends, not the process: a sandbox
started from a worker thread would die with it.
"""

from __future__ import annotations

import queue
import subprocess
import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future

Owner = tuple[int, int]
_Order = tuple[Callable[[], "subprocess.Popen[bytes]"], Future["subprocess.Popen[bytes]"]]
_orders: queue.SimpleQueue[_Order] = queue.SimpleQueue()
_lock = threading.Lock()
_thread: threading.Thread | None = None


def _work() -> None:
    while True:
        start, future = _orders.get()
        try:
            future.set_result(start())
        except BaseException as error:  # handed to the thread that asked
            future.set_exception(error)


def spawn(
    argv: Sequence[str],
    fds: Sequence[int] = (),
    owner: Owner | None = None,
    stdio: int | None = None,
    env: Mapping[str, str] | None = None,
) -> subprocess.Popen[bytes]:
    """Start ``argv`` with only the descriptors ``fds`` and, unless told otherwise, an empty environment. stderr is a pipe.

    ``owner`` is the uid and gid it becomes (root only); ``stdio`` a descriptor to have for standard input and output instead of nothing.
    Raises OSError as subprocess does.
    """
    stream = subprocess.DEVNULL if stdio is None else stdio
    user, group = owner if owner is not None else (None, None)
    others: list[int] | None = [] if owner is not None else None

    def start() -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            argv,
            stdin=stream,
            stdout=stream,
            stderr=subprocess.PIPE,
            pass_fds=fds,
            env=dict(env or {}),
            cwd="/",
            user=user,
            group=group,
            extra_groups=others,
        )

    global _thread
    with _lock:
        if _thread is None or not _thread.is_alive():  # after a fork the child has no threads
            _thread = threading.Thread(target=_work, name="sandbox-keeper", daemon=True)
            _thread.start()
    future: Future[subprocess.Popen[bytes]] = Future()
    _orders.put((start, future))
    return future.result()
