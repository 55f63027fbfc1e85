"""Loads embeddings in the pool, one at a time: the last one that was asked for."""

from __future__ import annotations

import threading

from PySide6.QtCore import QObject, Signal

from ...reader.api import EmbeddingError, LoadCancelled
from ..jobs import Job
from ..pane import PaneContext
from .dataset import Dataset, Wanted, load


class Loader(QObject):
    """``loaded(Dataset)``, ``failed(sentence, permission)`` and ``progressed(fraction)``, all in the GUI thread.

    ``permission`` is the path of a file outside the log that the user would have to allow, else empty. A data set
    belongs to who gets it; one that came too late is freed here.
    """

    loaded = Signal(object)
    failed = Signal(str, str)
    progressed = Signal(float)
    _counted = Signal(object, float)

    def __init__(self, context: PaneContext, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._job: Job | None = None
        self._stop = threading.Event()
        self._counted.connect(self._count)

    @property
    def busy(self) -> bool:
        """True while something is loaded."""
        return self._job is not None

    def load(self, wanted: Wanted) -> None:
        """Load ``wanted`` in place of what is being loaded."""
        self.cancel()
        stop = self._stop = threading.Event()
        session, last = self._context.session, [0.0]

        def progress(done: int, total: int) -> None:
            fraction = done / total if total else 0.0
            # A hundredth is what a bar can show.
            if fraction - last[0] >= 0.01:
                last[0] = fraction
                self._counted.emit(stop, fraction)

        def work() -> Dataset:
            found = load(wanted, session, progress, stop.is_set)
            if stop.is_set():
                found.shared.unlink()
                raise LoadCancelled
            return found

        self._job = self._context.jobs.submit(work, self._done, self._fail)

    def cancel(self) -> None:
        """Give up what is being loaded."""
        if self._job is not None:
            # The job itself is not cancelled: what it has made by then must come back to be freed.
            self._stop.set()
            job, self._job = self._job, None
            job.done = lambda dataset: dataset.shared.unlink()
            job.failed = lambda _error: None

    def _count(self, stop: threading.Event, fraction: float) -> None:
        if stop is self._stop and self._job is not None:
            self.progressed.emit(fraction)

    def _done(self, dataset: Dataset) -> None:
        self._job = None
        self.loaded.emit(dataset)

    def _fail(self, error: BaseException) -> None:
        self._job = None
        if isinstance(error, LoadCancelled):
            return
        if isinstance(error, EmbeddingError):
            self.failed.emit(str(error), error.permission)
        elif isinstance(error, MemoryError):
            self.failed.emit("There is too little memory for this embedding.", "")
        else:
            cause = getattr(error, "strerror", None) or str(error) or type(error).__name__
            self.failed.emit(f"This embedding cannot be loaded: {cause}.", "")
