"""Columns of labels: texts kept as bytes, told apart all at once, and read as numbers where all of them are."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from .cells import TextPart, joined
from .digits import MARGIN, Block, numbers
from .model import MetadataColumn

_MOST_ROWS = 1 << 16
_MOST_BYTES = 1 << 22


def column_of(name: str, parts: list[TextPart]) -> MetadataColumn:
    """A column of the cells in ``parts``, one behind the other."""
    data, ends = joined(parts)
    codes, first = _told_apart(data, ends)
    values: tuple[str, ...] = ()
    if codes is not None:
        begins = ends - np.diff(ends, prepend=0)
        values = tuple(data[begins[i] : ends[i]].tobytes().decode("utf-8", "replace") for i in first.tolist())
    return MetadataColumn(name, data, ends, _as_numbers(data, ends), codes, values)


def _stretches(ends: NDArray[np.int64]) -> Iterator[tuple[int, int]]:
    """First and last row (exclusive) of stretches that are worked on at once: some thousand rows, some megabytes."""
    row = done = 0
    while row < len(ends):
        last = int(np.searchsorted(ends[row : row + _MOST_ROWS], done + _MOST_BYTES, "right")) + row
        last = max(last, row + 1)
        yield row, last
        row, done = last, int(ends[last - 1])


def _as_numbers(data: NDArray[np.uint8], ends: NDArray[np.int64]) -> NDArray[np.float64] | None:
    """The cells as numbers, NaN for empty ones; None where one is no number, or all are empty."""
    result = np.full(len(ends), np.nan)
    begins = ends - np.diff(ends, prepend=0)
    any_filled = False
    for row, last in _stretches(ends):
        begin, end = begins[row:last], ends[row:last]
        filled = np.flatnonzero(begin < end)
        if not len(filled):
            continue
        any_filled = True
        base = int(begin[0])
        block = Block(data[base : int(end[-1])].data)
        offset = MARGIN - base
        values, bad = numbers(block, begin[filled] + offset, end[filled] + offset)
        if bad is not None:
            return None
        result[row + filled] = values
    return result if any_filled else None


def _told_apart(data: NDArray[np.uint8], ends: NDArray[np.int64]) -> tuple[NDArray[np.int32] | None, NDArray[np.int64]]:
    """A number for each different text, in the order of first appearance, and the rows where they appear first."""
    if not len(ends):
        return np.empty(0, np.int32), np.empty(0, np.int64)
    lengths = np.diff(ends, prepend=0)
    begins = ends - lengths
    random = np.random.default_rng()
    while True:
        marks = _fingerprints(data, begins, lengths, random)
        _marks, first, which = np.unique(marks, return_index=True, return_inverse=True)
        if len(first) > MetadataColumn.MOST_VALUES:
            return None, np.empty(0, np.int64)
        order = np.argsort(first)
        rank = np.empty(len(order), np.int32)
        rank[order] = np.arange(len(order), dtype=np.int32)
        codes = rank[which.reshape(-1)]
        first = first[order]
        # Two texts of one fingerprint are as good as impossible, and would be shown as one.
        if _same(data, begins, lengths, first[codes]):
            return codes, first


def _fingerprints(
    data: NDArray[np.uint8], begins: NDArray[np.int64], lengths: NDArray[np.int64], random: np.random.Generator
) -> NDArray[np.uint64]:
    """Sums of the bytes times a random number for each place, modulo 2^64."""
    factors = random.integers(1, 1 << 63, int(lengths.max()) + 1, np.uint64) * np.uint64(2) + np.uint64(1)
    marks = np.empty(len(lengths), np.uint64)
    for row, last in _stretches(begins + lengths):
        length, begin = lengths[row:last], begins[row:last]
        base, size = int(begin[0]), int(length.sum())
        place = np.arange(size) - np.repeat(begin - base, length)
        sums = np.zeros(size + 1, np.uint64)
        np.cumsum(factors[place] * (data[base : base + size].astype(np.uint64) + np.uint64(1)), out=sums[1:])
        marks[row:last] = sums[begin - base + length] - sums[begin - base]
    return marks


def _same(
    data: NDArray[np.uint8], begins: NDArray[np.int64], lengths: NDArray[np.int64], like: NDArray[np.int64]
) -> bool:
    """Whether each cell has the bytes of the cell in row ``like``."""
    if (lengths != lengths[like]).any():
        return False
    for row, last in _stretches(begins + lengths):
        length, begin = lengths[row:last], begins[row:last]
        base, size = int(begin[0]), int(length.sum())
        other = np.arange(size) + np.repeat(begins[like[row:last]] - (begin - base), length)
        if (data[base : base + size] != data[other]).any():
            return False
    return True
