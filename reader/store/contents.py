"""What the points of a series hold besides step and wall time, for each kind of series."""

from __future__ import annotations

from typing import Any, Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

from ..decode.compat import Image
from ..decode.histograms import Histogram
from ..model import BlobSamples, BlobView, HistogramView, Kind, ScalarView, SeriesKey, Session, TensorValue, TensorView
from .columns import Column

View: TypeAlias = "ScalarView | BlobView | HistogramView | TensorView"
#: Numbers that tell where a blob is.
_PLACE = 5
#: A reference to the one empty tuple, which most have.
_LABEL_BYTES = 8
_TENSOR_BYTES = 400
_STATS = 5


class Contents(Protocol):
    """Contents of the points, in file order. ``items`` are as the decoder makes them; of scalars an array."""

    def append(self, items: Any) -> bool:
        """Add at the end; False if that changed what was there (a wider type of numbers)."""
        ...

    def splice(self, begin: int, end: int, items: Any) -> None:
        """Put ``items`` in the place of points ``begin`` to ``end``."""
        ...

    @property
    def nbytes(self) -> int:
        """Memory, about."""
        ...

    def view(
        self,
        key: SeriesKey,
        step: NDArray[np.int64],
        wall: NDArray[np.float64],
        rewrites: int,
        sessions: tuple[Session, ...],
    ) -> View:
        """An immutable view."""
        ...


class Scalars:
    """float32, or float64 once the log says so."""

    def __init__(self) -> None:
        self._value = Column(np.float32)

    def append(self, items: NDArray[np.floating]) -> bool:
        """Add values; False if the ones before were widened."""
        if not len(self._value):
            self._value = Column(items.dtype)
        before = self._value.dtype
        self._value.append(items)
        return bool(self._value.dtype == before)

    def splice(self, begin: int, end: int, items: NDArray[np.floating]) -> None:
        """Replace values."""
        old = self._value.view()
        self._value.replace(np.concatenate([old[:begin], items, old[end:]]))

    @property
    def nbytes(self) -> int:
        """Memory of the column."""
        return self._value.nbytes

    def view(
        self,
        key: SeriesKey,
        step: NDArray[np.int64],
        wall: NDArray[np.float64],
        rewrites: int,
        sessions: tuple[Session, ...],
    ) -> ScalarView:
        """A view of the values."""
        return ScalarView(key, step, wall, self._value.view(), rewrites, sessions)


class Histograms:
    """The buckets of all points in a row."""

    def __init__(self) -> None:
        self._start = Column(np.int64)
        self._start.append(np.zeros(1, np.int64))
        self._buckets = (Column(np.float64), Column(np.float64), Column(np.float64))
        self._stats = Column(np.float64)

    def append(self, items: list[Histogram]) -> bool:
        """Add histograms."""
        start, *buckets, stats = _flat(items)
        self._start.append(start + self._start.view()[-1])
        for column, fresh in zip(self._buckets, buckets):
            column.append(fresh)
        self._stats.append(stats)
        return True

    def splice(self, begin: int, end: int, items: list[Histogram]) -> None:
        """Replace histograms."""
        start, *buckets, stats = _flat(items)
        old = self._start.view()
        first, last = int(old[begin]), int(old[end])
        fresh_end = first + (int(start[-1]) if len(start) else 0)
        self._start.replace(np.concatenate([old[: begin + 1], start + first, old[end + 1 :] + (fresh_end - last)]))
        for column, fresh in zip(self._buckets, buckets):
            was = column.view()
            column.replace(np.concatenate([was[:first], fresh, was[last:]]))
        was = self._stats.view()
        self._stats.replace(np.concatenate([was[: begin * _STATS], stats, was[end * _STATS :]]))

    @property
    def nbytes(self) -> int:
        """Memory of the columns."""
        return self._start.nbytes + self._stats.nbytes + sum(column.nbytes for column in self._buckets)

    def view(
        self,
        key: SeriesKey,
        step: NDArray[np.int64],
        wall: NDArray[np.float64],
        rewrites: int,
        sessions: tuple[Session, ...],
    ) -> HistogramView:
        """A view of the buckets."""
        left, right, count = (column.view() for column in self._buckets)
        stats = self._stats.view().reshape(-1, _STATS)
        return HistogramView(key, step, wall, self._start.view(), left, right, count, stats, rewrites, sessions)


def _flat(items: list[Histogram]) -> tuple[NDArray[Any], ...]:
    """End of each histogram's buckets, counted from the first one's begin; left, right, count and stats in a row."""
    if not items:
        return (np.empty(0, np.int64), *(np.empty(0) for _ in range(4)))
    return (
        np.cumsum([len(item.count) for item in items], dtype=np.int64),
        np.concatenate([item.left for item in items]),
        np.concatenate([item.right for item in items]),
        np.concatenate([item.count for item in items]),
        np.array([item.stats for item in items], np.float64).reshape(-1),
    )


class Blobs:
    """Images or audio clips, by their places on disk."""

    def __init__(self) -> None:
        self._start = Column(np.int64)
        self._start.append(np.zeros(1, np.int64))
        self._fields = Column(np.int64)
        self._labels: list[tuple[str, ...]] = []
        self._content_type = ""
        self._width = Column(np.int32)
        self._height = Column(np.int32)

    def append(self, items: list[Image]) -> bool:
        """Add points."""
        ends, fields = _places(items)
        self._start.append(ends + self._start.view()[-1])
        self._fields.append(fields)
        self._labels += [item.labels for item in items]
        self._content_type = self._content_type or next((item.content_type for item in items if item.content_type), "")
        self._width.append(np.array([item.width for item in items], np.int32))
        self._height.append(np.array([item.height for item in items], np.int32))
        return True

    def splice(self, begin: int, end: int, items: list[Image]) -> None:
        """Replace points."""
        ends, fields = _places(items)
        old, was = self._start.view(), self._fields.view()
        first, last = int(old[begin]), int(old[end])
        grown = (int(ends[-1]) if len(ends) else 0) - (last - first)
        self._start.replace(np.concatenate([old[: begin + 1], ends + first, old[end + 1 :] + grown]))
        self._fields.replace(np.concatenate([was[: first * _PLACE], fields, was[last * _PLACE :]]))
        self._labels[begin:end] = [item.labels for item in items]
        for column, fresh in (
            (self._width, [item.width for item in items]),
            (self._height, [item.height for item in items]),
        ):
            was = column.view()
            column.replace(np.concatenate([was[:begin], np.array(fresh, np.int32), was[end:]]))

    @property
    def nbytes(self) -> int:
        """Memory of the columns and labels."""
        columns = (self._start, self._fields, self._width, self._height)
        return sum(column.nbytes for column in columns) + _LABEL_BYTES * len(self._labels)

    def view(
        self,
        key: SeriesKey,
        step: NDArray[np.int64],
        wall: NDArray[np.float64],
        rewrites: int,
        sessions: tuple[Session, ...],
    ) -> BlobView:
        """A view of the references."""
        labels = tuple(self._labels) if any(self._labels) else ()
        width, height = self._width.view(), self._height.view()
        samples = BlobSamples(self._start.view(), self._fields.view().reshape(-1, _PLACE))
        return BlobView(key, step, wall, samples, width, height, rewrites, self._content_type, labels)


def _places(items: list[Image]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """End of each point's blobs, counted from the first one's begin, and the fields of all of them in a row."""
    ends = np.cumsum([len(item.samples) for item in items], dtype=np.int64)
    fields = [
        (ref.file, ref.record_offset, ref.record_length, ref.offset, ref.length)
        for item in items
        for ref in item.samples
    ]
    return ends, np.array(fields, np.int64).reshape(-1)


class Tensors:
    """Anything else, by its place on disk."""

    def __init__(self) -> None:
        self._values: list[TensorValue] = []

    def append(self, items: list[TensorValue]) -> bool:
        """Add points."""
        self._values += items
        return True

    def splice(self, begin: int, end: int, items: list[TensorValue]) -> None:
        """Replace points."""
        self._values[begin:end] = items

    @property
    def nbytes(self) -> int:
        """Memory of the references."""
        return _TENSOR_BYTES * len(self._values)

    def view(
        self,
        key: SeriesKey,
        step: NDArray[np.int64],
        wall: NDArray[np.float64],
        rewrites: int,
        sessions: tuple[Session, ...],
    ) -> TensorView:
        """A view of the references."""
        return TensorView(key, step, wall, tuple(self._values), rewrites)


def contents_for(kind: Kind) -> Contents:
    """Empty contents for a series of ``kind``."""
    if kind is Kind.SCALAR:
        return Scalars()
    if kind is Kind.HISTOGRAM:
        return Histograms()
    if kind in (Kind.IMAGE, Kind.AUDIO):
        return Blobs()
    return Tensors()


def nothing(kind: Kind) -> Any:
    """No items of a series of ``kind``."""
    return np.empty(0, np.float32) if kind is Kind.SCALAR else []
