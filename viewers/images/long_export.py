"""One export that takes long, in the pool, with its strip at the foot of the pane."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TypeVar

from PySide6.QtCore import QObject, Signal

from ..jobs import Job
from ..pane import PaneContext
from .progress import ProgressStrip

T = TypeVar("T")


class Course:
    """How far an export is, as its work in the pool tells."""

    def __init__(self, told: Callable[[int, int], None]) -> None:
        self._told = told
        self._stop = threading.Event()

    @property
    def stopped(self) -> bool:
        """True once the user gave up, or the pane closes."""
        return self._stop.is_set()

    def stop(self) -> None:
        """Have the work come to an end."""
        self._stop.set()

    def advance(self, done: int, total: int) -> None:
        """``done`` of ``total`` pictures are written."""
        self._told(done, total)


class LongExport(QObject):
    """Runs one at a time; the strip says how far it is, and stops it."""

    _advanced = Signal(int, int)

    def __init__(self, context: PaneContext, strip: ProgressStrip, parent: QObject) -> None:
        super().__init__(parent)
        self._context, self._strip = context, strip
        self._running: tuple[Job, Course] | None = None
        self._advanced.connect(strip.advance)
        strip.cancelled.connect(self.cancel)

    @property
    def busy(self) -> bool:
        """True while something is written."""
        return self._running is not None

    def refuses(self) -> bool:
        """True while something is written, and the user is told."""
        if self.busy:
            self._context.notify("Pictures are being written: the next export can begin when they are there")
        return self.busy

    def start(
        self,
        title: str,
        work: Callable[[Course], T],
        done: Callable[[T], None],
        failed: Callable[[BaseException], None],
    ) -> None:
        """Run ``work(course)`` in the pool; nothing happens while another export runs."""
        if self.busy:
            return
        course = Course(self._advanced.emit)

        def ended(result: T) -> None:
            self._end()
            done(result)

        def broken(error: BaseException) -> None:
            self._end()
            failed(error)

        self._strip.begin(title)
        self._running = self._context.jobs.submit(lambda: work(course), ended, broken), course

    def cancel(self) -> None:
        """Stop writing."""
        if self._running is not None:
            self._running[1].stop()
            self._strip.cancel.setEnabled(False)

    def close(self) -> None:
        """Stop writing, and say nothing of it."""
        if self._running is not None:
            job, course = self._running
            course.stop()
            job.cancel()
            self._running = None

    def _end(self) -> None:
        self._running = None
        self._strip.end()
