"""Finds clusters of the points, in a process of its own: a live layout goes on meanwhile."""

from __future__ import annotations

from functools import partial

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Qt, Signal

from ..jobs import Jobs
from .dataset import Dataset
from .worker.client import ProjectionProcess
from .worker.messages import Began, ClusterJob, ClusterResult, Died, Event, Failed, Finished
from .worker.shared import SharedMatrix

_LOST = "The process that looked for clusters ended, perhaps for lack of memory. “Find again” begins it once more."


class Clustering(QObject):
    """``found`` carries the cluster of each point, int32 (n,), -1 for none; ``failed`` a sentence."""

    found = Signal(object)
    failed = Signal(str)
    _event = Signal(object)

    def __init__(self, jobs: Jobs, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._jobs = jobs
        self._process: ProjectionProcess | None = None
        self._leaving: list[ProjectionProcess] = []
        self._number = -1
        self._count = 0
        self._rows: NDArray[np.int64] | None = None
        self._event.connect(self._take, Qt.ConnectionType.QueuedConnection)

    @property
    def busy(self) -> bool:
        """True while it is worked at."""
        return self._process is not None

    def ask(self, dataset: Dataset, job: ClusterJob) -> None:
        """Find the clusters of these points, in place of what is being looked for."""
        self.cancel()
        self._count, self._rows = len(dataset.matrix), None
        self._process = ProjectionProcess(self._event.emit)
        # The same memory that the layouts see: nothing is copied.
        self._process.set_data(SharedMatrix.attach(dataset.shared.handle))
        self._number = self._process.start(job)

    def cancel(self) -> None:
        """End the process, which takes a moment that nobody waits for; nothing more is told."""
        process, self._process = self._process, None
        if process is not None:
            self._leaving.append(process)
            left = partial(self._leaving.remove, process)
            self._jobs.submit(process.close, lambda _done: left(), lambda _error: left())

    def close(self) -> None:
        """End the process and wait for that."""
        process, self._process = self._process, None
        # The pool may be closed before it comes to those that were cancelled.
        for one in (*self._leaving, process):
            if one is not None:
                one.close()

    def _take(self, event: Event) -> None:
        if self._process is None or event.job not in (self._number, None):
            return
        if isinstance(event, Began):
            self._rows = event.rows
        elif isinstance(event, Finished) and isinstance(event.result, ClusterResult):
            self.cancel()
            labels = event.result.labels
            if self._rows is not None:
                labels = np.full(self._count, -1, np.int32)
                labels[self._rows] = event.result.labels
            self.found.emit(labels)
        elif isinstance(event, Failed | Died):
            self.cancel()
            self.failed.emit(_LOST if isinstance(event, Died) else event.sentence)
