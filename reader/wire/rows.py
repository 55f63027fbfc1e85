"""Decodes rows of records that lie at a fixed distance from each other, all of them at once.

A row is one or more records of known lengths, its *lanes*. The first row is the template: in all others, every byte
must be the same except in wall times, steps, values and checksums.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .chain import column, forge, good_rows
from .frame import FOOTER_SIZE, HEADER_SIZE, OVERHEAD, header
from .layout import WALL_AT, ScalarLayout

_LENGTH = struct.Struct("<Q").unpack_from


@dataclass(frozen=True, slots=True)
class Lane:
    """One record of the row: its frame begins ``first`` bytes behind the row's begin."""

    first: int
    template: bytes
    layout: ScalarLayout


@dataclass(frozen=True, slots=True)
class LanePoints:
    """``step`` int64, ``wall`` float64 (rows,), and one float32 or float64 (rows,) for each value of the event."""

    step: NDArray[np.int64]
    wall: NDArray[np.float64]
    values: list[NDArray[np.floating]]


@dataclass(frozen=True, slots=True)
class _Group:
    """Neighbouring lanes of one shape: the same lengths, and the same places for what varies.

    Tags of one length, as a loop over layers logs them, are taken together: numpy's cost is by the call here.
    """

    first: int
    count: int
    size: int
    layout: ScalarLayout

    def column(self, data: Any, at: int, dtype: str, stride: int, rows: int) -> NDArray[Any]:
        """View of the items ``at`` bytes behind each frame's begin: (rows, count), or (rows,) for a single lane."""
        if self.count == 1:
            return column(data, self.first + at, dtype, stride, rows)
        pitch = self.size + OVERHEAD
        view: NDArray[Any] = np.ndarray((rows, self.count), dtype, data, self.first + at, (stride, pitch))
        return view

    def lanes(self, items: NDArray[Any], rows: int) -> list[NDArray[Any]]:
        """One (rows,) array a lane."""
        if self.count == 1:
            return [items[:rows]]
        return list(np.ascontiguousarray(items[:rows].T))


def _groups(lanes: list[Lane], at: int) -> list[_Group]:
    groups: list[_Group] = []
    for lane in lanes:
        size = len(lane.template)
        if groups:
            last = groups[-1]
            if last.size == size and _alike(last.layout, lane.layout):
                groups[-1] = _Group(last.first, last.count + 1, size, last.layout)
                continue
        groups.append(_Group(at + lane.first, 1, size, lane.layout))
    return groups


def _alike(one: ScalarLayout, other: ScalarLayout) -> bool:
    return (
        one.step_at == other.step_at
        and one.step_size == other.step_size
        and len(one.values) == len(other.values)
        and all(a.at == b.at and a.size == b.size for a, b in zip(one.values, other.values, strict=True))
    )


def decode_rows(
    data: Any, at: int, stride: int, rows: int, lanes: list[Lane], least: int
) -> tuple[int, list[LanePoints]]:
    """How many of the ``rows`` from byte ``at`` of ``data`` on are like the first and right, and their points.

    At ``least`` so many, else 0 and nothing.
    """
    groups = _groups(lanes, at)
    rows = _equal_headers(data, stride, rows, groups)
    if rows < least:
        return 0, []
    steps, rows = _steps(data, stride, rows, groups)
    if rows < least:
        return 0, []
    work = np.frombuffer(data, np.uint8, rows * stride, at).copy()
    for group in (local := _groups(lanes, 0)):
        forge(group.column(work, 8, "<u4", stride, rows), _footers(group, work, stride, rows), group.size)
    rows = good_rows(work, stride, rows)
    rows = _equal_rows(work, stride, rows, local)
    if rows < least:
        return 0, []
    points: list[LanePoints] = []
    for group, step in zip(groups, steps, strict=True):
        wall = _taken(data, group, WALL_AT, "<f8", stride, rows)
        values = [_taken(data, group, place.at, f"<f{place.size}", stride, rows) for place in group.layout.values]
        points += [
            LanePoints(steps_of, wall[index], [value[index] for value in values])
            for index, steps_of in enumerate(group.lanes(step, rows))
        ]
    return rows, points


def _footers(group: _Group, data: Any, stride: int, rows: int) -> NDArray[Any]:
    return group.column(data, HEADER_SIZE + group.size, "<u4", stride, rows)


def _taken(data: Any, group: _Group, at: int, dtype: str, stride: int, rows: int) -> list[NDArray[Any]]:
    return group.lanes(group.column(data, HEADER_SIZE + at, dtype, stride, rows).astype(dtype[1:]), rows)


def _leading(ok: NDArray[np.bool_]) -> int:
    """How many rows are all true before the first that is not."""
    if ok.ndim == 2:
        ok = np.logical_and.reduce(ok, axis=1)
    first = int(ok.argmin())
    return len(ok) if ok[first] else first


def _equal_headers(data: Any, stride: int, rows: int, groups: list[_Group]) -> int:
    for group in groups:
        head = header(group.size)
        rows = _leading(group.column(data, 0, "<u8", stride, rows) == _LENGTH(head)[0])
        if not rows:
            return 0
        rows = _leading(group.column(data, 8, "<u4", stride, rows) == int.from_bytes(head[8:], "little"))
        if not rows:
            return 0
    return rows


def _steps(data: Any, stride: int, rows: int, groups: list[_Group]) -> tuple[list[NDArray[np.int64]], int]:
    """The steps of each group, and the rows in which all of them have as many bytes as in the template."""
    decoded: list[NDArray[np.int64]] = []
    last_raw: NDArray[Any] | None = None
    for group in groups:
        size = group.layout.step_size
        place = HEADER_SIZE + group.layout.step_at
        if size == 0:
            decoded.append(np.zeros((rows, group.count) if group.count > 1 else rows, np.int64))
            continue
        kind = "u2" if size <= 2 else "u4" if size <= 4 else "u8"
        raw = group.column(data, place, f"<{kind}", stride, rows).astype(kind)
        if size in (1, 3, 5, 6, 7):
            raw &= raw.dtype.type((1 << 8 * size) - 1)
        # All records of one training step have the same one.
        if last_raw is not None and last_raw.dtype == raw.dtype and np.array_equal(last_raw[: len(raw)], raw):
            same = groups[len(decoded) - 1].layout.step_size == size <= 8
            if same:
                decoded.append(decoded[-1])
                continue
        last_raw = raw
        step, fitting = _varints(raw, size)
        for index in range(8, size):
            byte = group.column(data, place + index, "u1", stride, rows)
            more = index < size - 1
            fitting = min(fitting, _leading((byte >= 0x80) if more else (byte == 1) if index == 9 else (byte < 0x80)))
            step |= (byte & np.uint8(0x7F)).astype(np.uint64) << np.uint64(7 * index)
        rows = min(rows, fitting)
        if not rows:
            return [], 0
        decoded.append(step.view(np.int64))
    return decoded, rows


def _varints(raw: NDArray[Any], size: int) -> tuple[NDArray[np.uint64], int]:
    """Varints of ``size`` bytes, of which ``raw`` has up to eight; and how many rows have that size."""
    kind = raw.dtype.type
    width = min(size, 8)
    marks = int.from_bytes(b"\x80" * width, "little")
    wanted = marks if size > 8 else marks >> 8
    fitting = _leading((raw & kind(marks)) == kind(wanted))
    step = (raw & kind(0x7F)).astype(np.uint64)
    for index in range(1, width):
        part = (raw >> kind(index)) & kind(0x7F << (7 * index))
        step |= part
    return step, fitting


def _equal_rows(work: NDArray[np.uint8], stride: int, rows: int, groups: list[_Group]) -> int:
    """The rows that are like the first in everything that may not vary; spoils ``work``."""
    if rows < 2:
        return rows
    for group in groups:
        _blank(work, group, WALL_AT, 8, stride, rows)
        _blank(work, group, group.layout.step_at, group.layout.step_size, stride, rows)
        for value in group.layout.values:
            _blank(work, group, value.at, value.size, stride, rows)
        _blank(work, group, group.size, FOOTER_SIZE, stride, rows)
    # Each row is compared to the one before it, so that one comparison does for all rows and lanes.
    size = (rows - 1) * stride
    words = size // 8
    equal = np.ndarray((words,), "<u8", work, 0) == np.ndarray((words,), "<u8", work, stride)
    rows_equal = rows
    first = int(equal.argmin())
    if not equal[first]:
        rows_equal = 1 + 8 * first // stride
    elif not np.array_equal(work[8 * words : size], work[8 * words + stride : size + stride]):
        rows_equal = rows - 1
    return rows_equal


def _blank(work: NDArray[np.uint8], group: _Group, at: int, size: int, stride: int, rows: int) -> None:
    at += HEADER_SIZE
    for width in (8, 4, 2, 1):
        while size >= width:
            group.column(work, at, f"<u{width}", stride, rows)[...] = 0
            at += width
            size -= width
