"""The library: read and understand files in processes that can be killed, keeping what was found.

Two lanes of processes: several for what needs no OCR, one for pictures (its models take up to half a gigabyte, and all cores). Heavy
libraries are imported there only; this process stays small, and so do its results: what is finished before its turn waits
in the cache, not in memory.
"""

from __future__ import annotations

import hashlib
import os
import queue
import threading
import zlib
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeout
from pathlib import Path
from types import TracebackType

import msgspec

from confrere.documents.cache import Cache
from confrere.documents.model import Document, Record
from confrere.documents.read.limits import DEFAULT, Limits
from confrere.documents.read.pool import Killed, Worker
from confrere.documents.read.wire import Answer, unpack_document, unpack_understood
from confrere.errors import Stopped

Progress = Callable[[int, int, str], None]

_PICTURES = {"jpg", "jpeg", "png", "tif", "tiff", "bmp", "gif", "webp"}
_AHEAD = 256
_BEAT = 0.2
_SMALL = 16_384
_IDLE = {False: 60.0, True: 15.0}
"""Seconds without work after which a process ends, by whether it reads pictures: its models take ten times the memory."""


class _Job(msgspec.Struct, kw_only=True):
    """A file to read. ``fresh`` passes the cache by; ``key`` is known once the file is hashed."""

    path: Path
    name: str
    record: bool
    fresh: bool
    done: Future[_Result]
    key: str = ""
    stamp: tuple[int, int] = (0, 0)


class _Result(msgspec.Struct, kw_only=True):
    """Where a packed result is: under ``key`` in the cache, or in ``data`` where it is small or could not be kept."""

    key: str
    data: bytes


class Library:
    """Reads files. Safe to use from several threads; close it, or use it as a context manager.

    ``workers`` is the number of processes for what needs no OCR (default: one a core, four at most). ``languages`` are those of
    the person, most used first: they decide between readings that the paper leaves open. Everything a file can do wrong comes
    back as ``Document.error``; only ``kill`` makes a call raise (Stopped).
    """

    def __init__(
        self, cache_dir: Path, *, workers: int | None = None, limits: Limits = DEFAULT, languages: tuple[str, ...] = ("fr", "en")
    ) -> None:
        self._cache = Cache(cache_dir)
        self._limits = limits
        self._languages = languages
        cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
        self._count = workers or max(1, min(cores, 4))
        self._lock = threading.Lock()
        self._text: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._pictures: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._workers: list[Worker] = []
        self._threads: list[threading.Thread] = []
        self._waiting: set[Future[_Result]] = set()
        self._closed = False

    def __enter__(self) -> Library:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def hash(self, path: Path) -> str:
        """Return the SHA-256 of a file's content, in hexadecimal, read as a stream. Raises OSError."""
        with open(path, "rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()

    def read(self, path: Path, name: str = "") -> Document:
        """Read one file, whole. ``name`` is its name where the path does not show it. Raises Stopped."""
        return self._document(self._await(self._submit(path, name or path.name, record=False), None), path, name or path.name)

    def read_many(self, items: Iterable[tuple[str, Path]], *, progress: Progress | None = None) -> Iterator[tuple[str, Document]]:
        """Read (name, path) files and yield (name, document) in their order; see ``records`` for ``progress``. Raises Stopped."""
        for name, path, result in self._ordered(items, progress, record=False):
            yield name, self._document(result, path, name)

    def records(self, items: Iterable[tuple[str, Path]], progress: Progress | None = None) -> Iterator[tuple[str, Document, Record]]:
        """Read and understand (name, path) files; yield (name, document without words and attachments, record) in their order.

        ``progress(done, total, name)`` is called here in the caller's thread when a file is finished, and several times a
        second while one is awaited: what it raises ends the run. Raises Stopped.
        """
        for name, path, result in self._ordered(items, progress, record=True):
            yield (name, *self._understood(result, path, name))

    def kill(self) -> None:
        """End every reading process at once; whoever waits gets Stopped. The library can be used again afterwards."""
        with self._lock:
            waiting, workers = list(self._waiting), list(self._workers)
            self._waiting.clear()
        for future in waiting:
            if not future.done():
                future.set_exception(Stopped("documents.stopped"))
        for worker in workers:
            worker.kill()

    def close(self) -> None:
        """End the processes and the threads that feed them."""
        self.kill()
        with self._lock:
            self._closed = True
            threads = list(self._threads)
        for _ in threads:
            self._text.put(None)
            self._pictures.put(None)
        for thread in threads:
            thread.join(timeout=5)
        for worker in self._workers:
            worker.stop()

    # The order of things

    def _ordered(
        self, items: Iterable[tuple[str, Path]], progress: Progress | None, *, record: bool
    ) -> Iterator[tuple[str, Path, _Result]]:
        todo = list(items)
        tell = _Teller(progress, len(todo))
        ahead: deque[tuple[str, Path, Future[_Result]]] = deque()
        waiting = iter(todo)
        try:
            for name, path in waiting:
                ahead.append((name, path, tell.count(self._submit(path, name, record=record), name)))
                if len(ahead) >= _AHEAD:
                    yield self._take(ahead, tell)
            while ahead:
                yield self._take(ahead, tell)
        finally:
            for _, _, future in ahead:
                future.cancel()

    def _take(self, ahead: deque[tuple[str, Path, Future[_Result]]], tell: _Teller) -> tuple[str, Path, _Result]:
        name, path, future = ahead[0]
        result = self._await(future, tell)
        ahead.popleft()
        return name, path, result

    def _await(self, future: Future[_Result], tell: _Teller | None) -> _Result:
        while True:
            try:
                result = future.result(timeout=_BEAT if tell is not None else None)
            except FutureTimeout:
                if future.done():
                    raise
                result = None
            if tell is not None:
                tell.beat()
            if result is not None:
                return result

    def _submit(self, path: Path, name: str, *, record: bool, fresh: bool = False) -> Future[_Result]:
        future: Future[_Result] = Future()
        with self._lock:
            if self._closed:
                raise Stopped("documents.stopped")
            self._waiting.add(future)
            self._open_lanes()
        self._text.put(_Job(path=path, name=name, record=record, fresh=fresh, done=future))
        return future

    def _open_lanes(self) -> None:
        """Start the threads that feed the processes (which start with their first file)."""
        if self._threads:
            return
        for index in range(self._count + 1):
            worker = Worker(ocr=index == self._count)
            lane = self._pictures if worker.ocr else self._text
            thread = threading.Thread(target=self._serve, args=(worker, lane), name=f"library-{index}", daemon=True)
            self._workers.append(worker)
            self._threads.append(thread)
            thread.start()

    # One lane

    def _serve(self, worker: Worker, lane: queue.SimpleQueue[_Job | None]) -> None:
        while True:
            try:
                job = lane.get(timeout=_IDLE[worker.ocr])
            except queue.Empty:
                worker.stop()
                continue
            if job is None:
                return
            if job.done.cancelled() or job.done.done():
                self._forget(job)
                continue
            try:
                result = self._work(job, worker)
            except Killed:
                self._finish(job, error=Stopped("documents.stopped"))
            except BaseException as error:
                self._finish(job, error=error)
            else:
                if result is not None:
                    self._finish(job, result=result)

    def _work(self, job: _Job, worker: Worker) -> _Result | None:
        """Find the result in the cache or have the file read. None: handed on to the pictures' lane."""
        if not worker.ocr:
            try:
                status = job.path.stat()
                job.stamp = (status.st_size, status.st_mtime_ns)
                job.key = self._key(self.hash(job.path), job.name, record=job.record)
            except OSError:
                # Gone, or not ours to read: the reader will say so.
                job.key = ""
            kept = self._cache.get(job.key) if job.key and not job.fresh else None
            if kept is not None:
                return _Result(key=job.key, data=kept if len(kept) < _SMALL else b"")
            if job.name.rpartition(".")[2].lower() in _PICTURES:
                self._pictures.put(job)
                return None
        answer = worker.ask(job.path, job.name, record=job.record, limits=self._limits, languages=self._languages)
        if answer.needs_ocr:
            self._pictures.put(job)
            return None
        return self._keep(job, answer)

    def _keep(self, job: _Job, answer: Answer) -> _Result:
        data = answer.slim if job.record else answer.document
        if job.record and not data:
            data = answer.document
            answer.sound = False
        if not answer.sound or not job.key:
            return _Result(key="", data=data)
        try:
            status = job.path.stat()
        except OSError:
            return _Result(key="", data=data)
        if (status.st_size, status.st_mtime_ns) != job.stamp:
            # Written to while it was read: what was read belongs to no hash.
            return _Result(key="", data=data)
        if job.record:
            self._cache.put(job.key.partition("+")[0], answer.document)
        kept = self._cache.put(job.key, data)
        return _Result(key=job.key, data=data if not kept or len(data) < _SMALL else b"")

    def _finish(self, job: _Job, *, result: _Result | None = None, error: BaseException | None = None) -> None:
        self._forget(job)
        try:
            if error is not None:
                job.done.set_exception(error)
            elif result is not None:
                job.done.set_result(result)
        except Exception:  # concurrent.futures.InvalidStateError: stopped or cancelled meanwhile, nobody waits
            return

    def _forget(self, job: _Job) -> None:
        with self._lock:
            self._waiting.discard(job.done)

    # Keys and packed results

    def _key(self, content: str, name: str, *, record: bool) -> str:
        suffix = "".join(c for c in Path(name).suffix[1:].lower() if c.isalnum() and c.isascii())[:12]
        key = f"{content}.{suffix}" if suffix else content
        told = os.fsencode(name) + b"\0" + ",".join(self._languages).encode()
        return f"{key}+{hashlib.sha256(told).hexdigest()[:16]}" if record else key

    def _document(self, result: _Result, path: Path, name: str) -> Document:
        try:
            return unpack_document(self._bytes(result))
        except (zlib.error, msgspec.DecodeError):
            again = self._await(self._submit(path, name, record=False, fresh=True), None)
            return unpack_document(self._bytes(again))

    def _understood(self, result: _Result, path: Path, name: str) -> tuple[Document, Record]:
        try:
            return _pair(self._bytes(result))
        except (zlib.error, msgspec.DecodeError):
            again = self._await(self._submit(path, name, record=True, fresh=True), None)
            return _pair(self._bytes(again))

    def _bytes(self, result: _Result) -> bytes:
        return result.data or self._cache.get(result.key) or b""


def _pair(data: bytes) -> tuple[Document, Record]:
    """Return (document, record); a file whose process ended before it could be understood gives a record that says so."""
    try:
        both = unpack_understood(data)
    except msgspec.ValidationError:
        document = unpack_document(data)
        return document, Record(type="other", type_confidence=0.0, check={"type": document.error or "not-understood"})
    return both.document, both.record


class _Teller:
    """Counts finished files and tells ``progress`` in the caller's thread."""

    def __init__(self, progress: Progress | None, total: int) -> None:
        self._progress = progress
        self._total = total
        self._finished: queue.SimpleQueue[str] = queue.SimpleQueue()
        self._done = 0
        self._last = ""

    def count(self, future: Future[_Result], name: str) -> Future[_Result]:
        future.add_done_callback(lambda _: self._finished.put(name))
        return future

    def beat(self) -> None:
        if self._progress is None:
            return
        told = False
        while True:
            try:
                self._last = self._finished.get_nowait()
            except queue.Empty:
                break
            self._done += 1
            told = True
            self._progress(self._done, self._total, self._last)
        if not told:
            self._progress(self._done, self._total, self._last)
