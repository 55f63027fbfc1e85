"""The neighbours of the selected point, found in the pool."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal

from ..jobs import Job, Jobs
from .chosen import Neighbours
from .maths.nearest import NearestSearch
from .settings import Metric


class Neighbourhood(QObject):
    """``found`` carries :class:`Neighbours`; only those asked for last are told."""

    found = Signal(object)

    def __init__(self, jobs: Jobs, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._jobs = jobs
        self._matrix: NDArray[np.float32] = np.zeros((0, 0), np.float32)
        self._rows: NDArray[np.int64] | None = None
        self._search: NearestSearch | None = None
        self._job: Job | None = None

    def set_matrix(self, matrix: NDArray[np.float32]) -> None:
        """The points to search, float32 (n, d); those that are not finite are nobody's neighbours."""
        self.cancel()
        self._matrix, self._search, self._rows = matrix, None, None

    def ask(self, point: int, count: int, metric: Metric) -> None:
        """Find the ``count`` nearest points of one."""
        self.cancel()
        matrix, known, rows = self._matrix, self._search, self._rows

        def work() -> tuple[NearestSearch, NDArray[np.int64], Neighbours | None]:
            search, kept = known, rows
            if search is None or kept is None:
                kept = _finite(matrix)
                search = NearestSearch(matrix if len(kept) == len(matrix) else matrix[kept])
            at = int(np.searchsorted(kept, point))
            if at == len(kept) or kept[at] != point:
                return search, kept, None
            near, distances = search.nearest(at, count, metric is Metric.COSINE)
            return search, kept, Neighbours(point, kept[near], distances.astype(np.float32))

        self._job = self._jobs.submit(work, self._done, self._fail)

    def cancel(self) -> None:
        """Nothing is told of what was asked."""
        if self._job is not None:
            self._job.cancel()
            self._job = None

    def _done(self, result: tuple[NearestSearch, NDArray[np.int64], Neighbours | None]) -> None:
        self._job = None
        self._search, self._rows, found = result
        if found is not None:
            self.found.emit(found)

    def _fail(self, error: BaseException) -> None:
        self._job = None
        if not isinstance(error, MemoryError):
            raise error


def _finite(matrix: NDArray[np.float32]) -> NDArray[np.int64]:
    """Rows that can be neighbours, int64 (k,): finite, and small enough that their squares are."""
    with np.errstate(over="ignore", invalid="ignore"):
        lengths = np.einsum("ij,ij->i", matrix, matrix)
    return np.flatnonzero(np.isfinite(lengths))
