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
from .frame import FOOTER_SIZE, HEADER_SIZE, header
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


def decode_rows(
    data: Any, at: int, stride: int, rows: int, lanes: list[Lane], least: int
) -> tuple[int, list[LanePoints]]:
    """How many of the ``rows`` from byte ``at`` of ``data`` on are like the first and right, and their points.

    At ``least`` so many, else 0 and nothing.
    """
    rows = _equal_headers(data, at, stride, rows, lanes)
    if rows < least:
        return 0, []
    steps, rows = _steps(data, at, stride, rows, lanes)
    if rows < least:
        return 0, []
    work = np.frombuffer(data, np.uint8, rows * stride, at).copy()
    for lane in lanes:
        forge(work, lane.first, len(lane.template), stride, rows)
    rows = good_rows(work, stride, rows)
    rows = _equal_rows(work, stride, rows, lanes)
    if rows < least:
        return 0, []
    return rows, [
        LanePoints(
            step[:rows],
            _taken(data, at + lane.first + HEADER_SIZE + WALL_AT, "<f8", stride, rows),
            [
                _taken(data, at + lane.first + HEADER_SIZE + value.at, f"<f{value.size}", stride, rows)
                for value in lane.layout.values
            ],
        )
        for lane, step in zip(lanes, steps, strict=True)
    ]


def _taken(data: Any, at: int, dtype: str, stride: int, rows: int) -> NDArray[Any]:
    return column(data, at, dtype, stride, rows).astype(dtype[1:])


def _leading(ok: NDArray[np.bool_]) -> int:
    """How many are true before the first that is not."""
    first = int(ok.argmin())
    return len(ok) if ok[first] else first


def _equal_headers(data: Any, at: int, stride: int, rows: int, lanes: list[Lane]) -> int:
    for lane in lanes:
        head = header(len(lane.template))
        first = at + lane.first
        rows = _leading(column(data, first, "<u8", stride, rows) == _LENGTH(head)[0])
        if not rows:
            return 0
        rows = _leading(column(data, first + 8, "<u4", stride, rows) == int.from_bytes(head[8:], "little"))
        if not rows:
            return 0
    return rows


def _steps(data: Any, at: int, stride: int, rows: int, lanes: list[Lane]) -> tuple[list[NDArray[np.int64]], int]:
    """The steps of each lane, and the rows in which all of them have as many bytes as in the template."""
    decoded: list[NDArray[np.int64]] = []
    last_raw: NDArray[Any] | None = None
    for lane in lanes:
        size = lane.layout.step_size
        place = at + lane.first + HEADER_SIZE + lane.layout.step_at
        if size == 0:
            decoded.append(np.zeros(rows, np.int64))
            continue
        kind = "u2" if size <= 2 else "u4" if size <= 4 else "u8"
        raw = column(data, place, f"<{kind}", stride, rows).astype(kind)
        if size in (1, 3, 5, 6, 7):
            raw &= raw.dtype.type((1 << 8 * size) - 1)
        # All records of one training step have the same one.
        if last_raw is not None and last_raw.dtype == raw.dtype and np.array_equal(last_raw[: len(raw)], raw):
            same = lanes[len(decoded) - 1].layout.step_size == size <= 8
            if same:
                decoded.append(decoded[-1])
                continue
        last_raw = raw
        step, fitting = _varints(raw, size)
        for index in range(8, size):
            byte = column(data, place + index, "u1", stride, rows)
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


def _equal_rows(work: NDArray[np.uint8], stride: int, rows: int, lanes: list[Lane]) -> int:
    """The rows that are like the first in everything that may not vary; spoils ``work``."""
    if rows < 2:
        return rows
    for lane in lanes:
        payload = lane.first + HEADER_SIZE
        _blank(work, payload + WALL_AT, 8, stride, rows)
        _blank(work, payload + lane.layout.step_at, lane.layout.step_size, stride, rows)
        for value in lane.layout.values:
            _blank(work, payload + value.at, value.size, stride, rows)
        _blank(work, payload + len(lane.template), FOOTER_SIZE, stride, rows)
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


def _blank(work: NDArray[np.uint8], at: int, size: int, stride: int, rows: int) -> None:
    for width in (8, 4, 2, 1):
        while size >= width:
            column(work, at, f"<u{width}", stride, rows)[...] = 0
            at += width
            size -= width
