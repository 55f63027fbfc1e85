"""One series in memory: columns for what is a number a point, a list for what is not, and which file gave what."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..decode.compat import Image
from ..decode.histograms import Histogram
from ..model import BlobView, HistogramView, Kind, ScalarView, SeriesKey, SeriesMetadata, TensorView
from .columns import Column
from .segments import Segment, SegmentTable

_ITEM_BYTES = 200


class Series:
    """Points of all files of a run under one key, in file order. Changed under the store's lock only."""

    def __init__(self, key: SeriesKey, metadata: SeriesMetadata) -> None:
        self.key = key
        self.metadata = metadata
        self.segments = SegmentTable()
        self.rewrites = 0
        self._step = Column(np.int64)
        self._wall = Column(np.float64)
        self._value: Column | None = Column(np.float32) if key.kind is Kind.SCALAR else None
        self._items: list[Any] = []
        self._view: Any = None

    def __len__(self) -> int:
        return len(self._step)

    @property
    def nbytes(self) -> int:
        """Memory of the columns, about."""
        value = self._value.nbytes if self._value is not None else _ITEM_BYTES * len(self._items)
        return self._step.nbytes + self._wall.nbytes + value

    @property
    def newest_wall(self) -> float | None:
        """Wall time of the last point in file order, None where it is no number."""
        if not len(self._wall):
            return None
        wall = float(self._wall.view()[-1])
        return wall if np.isfinite(wall) else None

    def add(
        self,
        segment: Segment,
        step: NDArray[np.int64],
        wall: NDArray[np.float64],
        value: NDArray[Any] | None,
        items: list[Any] | None,
    ) -> bool:
        """Add points at the end of a segment; True if that was the end of the series too."""
        appended = self.segments.is_last(segment)
        if appended:
            self._step.append(step)
            self._wall.append(wall)
            if self._value is not None and value is not None:
                if value.dtype != self._value.dtype and len(self._value):
                    self.rewrites += 1
                    appended = False
                elif not len(self._value):
                    self._value = Column(value.dtype)
                self._value.append(value)
            if items is not None:
                self._items += items
        else:
            _begin, at = self.segments.bounds(segment)
            self._splice(at, at, step, wall, value, items or [])
        segment.count += len(step)
        self._view = None
        return appended

    def truncate(self, segment: Segment, count: int) -> None:
        """Keep the first ``count`` points of a segment."""
        begin, end = self.segments.bounds(segment)
        if begin + count >= end:
            return
        none = np.empty(0)
        self._splice(
            begin + count, end, none.astype(np.int64), none, none.astype(np.float32) if self._value else None, []
        )
        segment.count = count
        segment.starts = [start for start in segment.starts if start[0] <= count]
        self._view = None

    def drop(self, segment: Segment) -> None:
        """Forget a segment and its points."""
        self.truncate(segment, 0)
        self.segments.remove(segment)
        self.rewrites += 1
        self._view = None

    def touch(self) -> None:
        """Sessions changed without a point: the next view is a new one."""
        self._view = None

    def _splice(
        self,
        begin: int,
        end: int,
        step: NDArray[np.int64],
        wall: NDArray[np.float64],
        value: NDArray[Any] | None,
        items: list[Any],
    ) -> None:
        for column, fresh in ((self._step, step), (self._wall, wall), (self._value, value)):
            if column is not None and fresh is not None:
                old = column.view()
                column.replace(np.concatenate([old[:begin], fresh, old[end:]]))
        if self._value is None:
            self._items[begin:end] = items
        self.rewrites += 1

    def view(self) -> Any:
        """The series as it is now; the same object until it changes."""
        if self._view is None:
            self._view = _VIEWS.get(self.key.kind, _tensor_view)(self)
        return self._view

    def columns(self) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """Steps and wall times."""
        return self._step.view(), self._wall.view()

    def values(self) -> NDArray[Any]:
        """Values of a scalar series."""
        assert self._value is not None
        return self._value.view()

    def items(self) -> list[Any]:
        """What is not a number."""
        return self._items


def _scalar_view(series: Series) -> ScalarView:
    step, wall = series.columns()
    return ScalarView(series.key, step, wall, series.values(), series.rewrites, series.segments.sessions())


def _blob_view(series: Series) -> BlobView:
    step, wall = series.columns()
    images: list[Image] = series.items()
    return BlobView(
        series.key,
        step,
        wall,
        tuple(image.samples for image in images),
        np.fromiter((image.width for image in images), np.int32, len(images)),
        np.fromiter((image.height for image in images), np.int32, len(images)),
        series.rewrites,
    )


def _histogram_view(series: Series) -> HistogramView:
    step, wall = series.columns()
    histograms: list[Histogram] = series.items()
    start = np.zeros(len(histograms) + 1, np.int64)
    np.cumsum([len(histogram.count) for histogram in histograms], out=start[1:])
    empty: list[NDArray[np.float64]] = [np.empty(0)]
    return HistogramView(
        series.key,
        step,
        wall,
        start,
        np.concatenate([histogram.left for histogram in histograms] or empty),
        np.concatenate([histogram.right for histogram in histograms] or empty),
        np.concatenate([histogram.count for histogram in histograms] or empty),
        np.array([histogram.stats for histogram in histograms], np.float64).reshape(-1, 5),
        series.rewrites,
    )


def _tensor_view(series: Series) -> TensorView:
    step, wall = series.columns()
    return TensorView(series.key, step, wall, tuple(series.items()), series.rewrites)


_VIEWS: dict[Kind, Any] = {
    Kind.SCALAR: _scalar_view,
    Kind.IMAGE: _blob_view,
    Kind.AUDIO: _blob_view,
    Kind.HISTOGRAM: _histogram_view,
}
