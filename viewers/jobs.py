"""Work off the GUI thread: a small pool whose results come back to the GUI thread."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from typing import Any

from PySide6.QtCore import QObject, Qt, Signal


class Jobs(QObject):
    """Runs functions in pool threads and calls ``done(result)`` or ``failed(error)`` in the GUI thread.

    A job owned by an object that went away must be cancelled by its owner: :meth:`submit` returns a :class:`Job`
    whose :meth:`Job.cancel` guarantees that neither callback runs afterwards (when called in the GUI thread).
    """

    _finished = Signal(object)

    def __init__(self, threads: int = 2, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="runglass-job")
        self._finished.connect(self._deliver, Qt.ConnectionType.QueuedConnection)
        self._closing = threading.Event()
        self._futures: set[Future[Any]] = set()

    def submit(
        self,
        work: Callable[[], Any],
        done: Callable[[Any], None],
        failed: Callable[[BaseException], None],
    ) -> Job:
        """Run ``work()`` in the pool; deliver its result or its exception in the GUI thread."""
        job = Job(done, failed)
        job.future = self._pool.submit(work)
        self._futures = {future for future in self._futures if not future.done()} | {job.future}
        job.future.add_done_callback(lambda _future: self._announce(job))
        return job

    @property
    def busy(self) -> bool:
        """True while anything runs or waits."""
        return any(not future.done() for future in self._futures)

    def close(self, timeout: float | None = None) -> bool:
        """Drop what waits, wait for what runs; no callback is delivered any more.

        Returns False if something still ran after ``timeout`` seconds: a read from a drive that does not answer.
        """
        self._closing.set()
        self._pool.shutdown(wait=False, cancel_futures=True)
        # What was cancelled before a thread took it never comes to an end that ``wait`` would notice.
        begun = [future for future in self._futures if not future.cancelled()]
        return not wait(begun, timeout).not_done

    def _announce(self, job: Job) -> None:
        if not self._closing.is_set() and not job.cancelled:
            self._finished.emit(job)

    def _deliver(self, job: Job) -> None:
        if job.cancelled or self._closing.is_set():
            return
        assert job.future is not None
        error = job.future.exception()
        if error is None:
            job.done(job.future.result())
        else:
            job.failed(error)


class Job:
    """A piece of work in the pool."""

    def __init__(self, done: Callable[[Any], None], failed: Callable[[BaseException], None]) -> None:
        self.done = done
        self.failed = failed
        self.future: Future[Any] | None = None
        self.cancelled = False

    def cancel(self) -> None:
        """Forget the job: it is not started if it still waits, and no callback runs."""
        self.cancelled = True
        if self.future is not None:
            self.future.cancel()
