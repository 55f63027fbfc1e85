"""Finds the lines that the labels of points ask for, in the pool."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal

from ..jobs import Job, Jobs
from .labels import Labels
from .polylines import NAMES, polylines

#: So many lines can be drawn with each frame while the cloud turns.
MOST_PAIRS = 10_000


class Joining(QObject):
    """``pairs`` int64 (k, 2) are the points that are joined, None for none; ``note`` says what is not drawn.

    ``changed`` fires when they are others.
    """

    changed = Signal()

    def __init__(self, jobs: Jobs, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._jobs = jobs
        self._job: Job | None = None
        self._of: tuple[Labels, ...] = ()
        self.pairs: NDArray[np.int64] | None = None
        self.note = ""

    def follow(self, columns: Sequence[Labels], count: int, fresh: bool) -> None:
        """Look at the labels of ``count`` points; ``fresh``: the points are others, and no line holds any more."""
        asked = tuple(column for column in columns if column.name in NAMES)
        if fresh:
            self.cancel()
            self._of, self.pairs, self.note = (), None, ""
        if len(asked) == len(self._of) and all(one is other for one, other in zip(asked, self._of, strict=True)):
            return
        self.cancel()
        self._of = asked
        self._job = self._jobs.submit(lambda: _joined(asked, count), self._take, self._fail)

    def cancel(self) -> None:
        """Nothing is told of what was asked."""
        if self._job is not None:
            self._job.cancel()
            self._job = None

    def _take(self, found: tuple[NDArray[np.int64] | None, str]) -> None:
        self._job = None
        self.pairs, self.note = found
        self.changed.emit()

    def _fail(self, error: BaseException) -> None:
        self._job = None
        if not isinstance(error, MemoryError):
            raise error


def _joined(columns: Sequence[Labels], count: int) -> tuple[NDArray[np.int64] | None, str]:
    lines = polylines(columns, count)
    if lines is None:
        return None, ""
    pairs, note = lines.segments(), lines.note
    if len(pairs) > MOST_PAIRS:
        note = f"{note} Of {len(pairs):,} lines between points the first {MOST_PAIRS:,} are drawn.".strip()
    return pairs[:MOST_PAIRS], note
