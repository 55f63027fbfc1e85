"""One series in memory: columns of step and wall time, the contents of its points, and which file gave what."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..model import Kind, RestartMode, SeriesKey, SeriesMetadata
from .columns import Column
from .contents import View, contents_for, nothing
from .segments import Segment, SegmentTable
from .selector import Selector

#: Kinds whose views tell the writing sessions, so that what a restart superseded can be left out.
_WITH_SESSIONS = frozenset((Kind.SCALAR, Kind.HISTOGRAM))


class Series:
    """Points of all files of a run under one key, in file order. Changed under the store's lock only.

    ``rewrites`` begins above that of any series that was there under the same key before, so that nobody takes the new
    one for a longer state of the old.
    """

    def __init__(self, key: SeriesKey, metadata: SeriesMetadata, rewrites: int = 0) -> None:
        self.key = key
        self.metadata = metadata
        self.segments = SegmentTable()
        self.rewrites = rewrites
        self._step = Column(np.int64)
        self._wall = Column(np.float64)
        self._contents = contents_for(key.kind)
        self._view: View | None = None
        self._selectors: dict[RestartMode, Selector] = {}

    def __len__(self) -> int:
        return len(self._step)

    @property
    def nbytes(self) -> int:
        """Memory of the columns, about."""
        return self._step.nbytes + self._wall.nbytes + self._contents.nbytes

    @property
    def newest_wall(self) -> float | None:
        """Wall time of the last point in file order, None where it is no number."""
        if not len(self._wall):
            return None
        wall = float(self._wall.view()[-1])
        return wall if np.isfinite(wall) else None

    def add(self, segment: Segment, step: NDArray[np.int64], wall: NDArray[np.float64], items: Any) -> bool:
        """Add points at the end of a segment; True if no earlier point was moved or changed by that.

        ``items``: float32 or float64 of a scalar series, else a list as :mod:`.contents` takes it.
        """
        appended = self.segments.is_last(segment)
        if appended:
            self._step.append(step)
            self._wall.append(wall)
            if not self._contents.append(items):
                self.rewrites += 1
                appended = False
        else:
            _begin, at = self.segments.bounds(segment)
            self._splice(at, at, step, wall, items)
        segment.count += len(step)
        self.touch()
        return appended

    def truncate(self, segment: Segment, count: int) -> None:
        """Keep the first ``count`` points of a segment."""
        begin, end = self.segments.bounds(segment)
        if begin + count < end:
            self._splice(begin + count, end, np.empty(0, np.int64), np.empty(0), nothing(self.key.kind))
            segment.count = count
            self.touch()

    def drop(self, segment: Segment) -> None:
        """Forget a segment and its points."""
        self.truncate(segment, 0)
        self.segments.remove(segment)
        self.rewrites += 1
        self.touch()

    def touch(self) -> None:
        """Something changed: the next view is a new one, and the old arrays are not held."""
        self._view = None
        for selector in self._selectors.values():
            selector.release()

    def _splice(self, begin: int, end: int, step: NDArray[np.int64], wall: NDArray[np.float64], items: Any) -> None:
        for column, fresh in ((self._step, step), (self._wall, wall)):
            old = column.view()
            column.replace(np.concatenate([old[:begin], fresh, old[end:]]))
        self._contents.splice(begin, end, items)
        self.rewrites += 1

    def view(self) -> View:
        """The series as it is now; the same object until it changes."""
        if self._view is None:
            sessions = self.segments.sessions() if self.key.kind in _WITH_SESSIONS else ()
            step, wall = self._step.view(), self._wall.view()
            self._view = self._contents.view(self.key, step, wall, self.rewrites, sessions)
        return self._view

    def selector(self, mode: RestartMode) -> Selector:
        """What keeps the selection of one mode up to date."""
        selector = self._selectors.get(mode)
        if selector is None:
            selector = self._selectors[mode] = Selector(mode)
        return selector
