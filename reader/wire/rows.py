"""Decodes rows of records that lie at a fixed distance from each other, all of them at once.

A plan holds a row of its pattern as a template with zeros where wall times, steps, values and checksums lie, and a mask
of what must be equal: everything else, and of the steps the bits that tell how many bytes they have.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import google_crc32c
import numpy as np
from numpy.typing import NDArray

from .chain import good_rows, unmask
from .frame import FOOTER_SIZE, HEADER_SIZE, OVERHEAD, header
from .items import RowPoints
from .layout import WALL_AT
from .pattern import Pattern, Shape

_TILE = 16 << 10
"""Template and mask are repeated to so many bytes: numpy's cost is by the call and by the inner loop."""

_EXPECTED = 4096

_F4, _F8, _U4, _I8 = np.dtype("<f4"), np.dtype("<f8"), np.dtype("<u4"), np.dtype(np.int64)
_RAW = {size: np.dtype(f"<u{1 << (size - 1).bit_length()}") for size in range(1, 9)}


@dataclass(frozen=True, slots=True)
class _Group:
    """Neighbouring lanes of one shape: the same lengths, and the same places for what varies.

    Tags of one length, as a loop over layers logs them, are taken together. ``first`` is where the first one's frame
    begins in the row, ``pitch`` the distance to the next. ``values``: place in the frame, size, first row of the values
    of that size, and the distance to the row of the next lane.
    """

    lanes: slice
    count: int
    first: int
    pitch: int
    step_size: int
    values: tuple[tuple[int, int, slice], ...]

    def column(self, data: Any, at: int, dtype: np.dtype[Any], stride: int, rows: int) -> NDArray[Any]:
        """(count, rows) view of the items ``at`` bytes behind each frame's begin."""
        view: NDArray[Any] = np.ndarray((self.count, rows), dtype, data, self.first + at, (self.pitch, stride))
        return view


class Scratch:
    """Two arrays of bytes to work in, kept from one block to the next: fresh pages cost more than the work in them.

    Used by one thread.
    """

    __slots__ = ("_first", "_second")

    def __init__(self) -> None:
        self._first = self._second = np.empty(0, np.uint8)

    def take(self, size: int) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
        """Two arrays of ``size`` bytes, good until the next call."""
        if size > len(self._first):
            self._first, self._second = np.empty(size, np.uint8), np.empty(size, np.uint8)
        return self._first[:size], self._second[:size]


class RowPlan:
    """Decodes rows of ``pattern`` in which the step of each lane has a known number of bytes.

    ``expected`` is how many rows there may well be in a run, by what was found before; ``run`` how many were found in
    the present one.
    """

    def __init__(self, pattern: Pattern, step_sizes: tuple[int, ...]) -> None:
        self.pattern = pattern
        row, mask = bytearray(), bytearray()
        checksums = []
        for shape, size in zip(pattern.shapes, step_sizes, strict=True):
            payload = shape.payload(_varint_marks(size, 0x80, 0x00, 0x01))
            checksums.append(google_crc32c.value(payload))
            row += header(len(payload)) + payload + bytes(FOOTER_SIZE)
            mask += _mask(shape, size)
        self.stride = len(row)
        self.period = len(step_sizes)
        self.expected = _EXPECTED
        self.run = 0
        self._groups = _groups(pattern.shapes, step_sizes)
        self._step_size = step_sizes[0] if len(set(step_sizes)) == 1 else None
        self._singles = sum(value.size == 4 for shape in pattern.shapes for value in shape.values)
        self._doubles = sum(value.size == 8 for shape in pattern.shapes for value in shape.values)
        self._checksums = np.array(checksums, np.uint32)[:, None]
        copies = max(_TILE // len(row), 1)
        self._template = np.frombuffer(bytes(row) * copies, np.uint8)
        self._mask = np.frombuffer(bytes(mask) * copies, np.uint8)

    def offsets(self, rows: int) -> NDArray[np.int64]:
        """int64 (lanes, rows): where the frames of rows begin, counted from the first."""
        lanes = [group.first + group.pitch * lane for group in self._groups for lane in range(group.count)]
        return np.add.outer(np.array(lanes, np.int64), self.stride * np.arange(rows, dtype=np.int64))

    @property
    def nbytes(self) -> int:
        """Memory that the plan holds."""
        return int(self._template.nbytes + self._mask.nbytes)

    def decode(self, data: Any, at: int, rows: int, least: int, scratch: Scratch) -> tuple[int, RowPoints] | None:
        """How many of the ``rows`` from byte ``at`` of ``data`` on are as they must be and right, and their points.

        None where they are fewer than ``least``.
        """
        stride = self.stride
        difference, odd = scratch.take(rows * stride)
        _tiled(np.bitwise_xor, np.frombuffer(data, np.uint8, rows * stride, at), self._template, difference)
        _tiled(np.bitwise_and, difference, self._mask, odd)
        if odd.max():
            rows = int((odd != 0).argmax()) // stride
            if rows < least:
                return None
        self._link(difference, rows)
        rows = good_rows(difference, stride, rows)
        if rows < least:
            return None
        wall = np.empty((self.period, rows))
        singles = np.empty((self._singles, rows), np.float32)
        doubles = np.empty((self._doubles, rows), np.float64)
        for group in self._groups:
            wall[group.lanes] = group.column(data, at + HEADER_SIZE + WALL_AT, _F8, stride, rows)
            for place, size, places in group.values:
                if size == 4:
                    singles[places] = group.column(data, at + place, _F4, stride, rows)
                else:
                    doubles[places] = group.column(data, at + place, _F8, stride, rows)
        return rows, RowPoints(self._steps(data, at, rows), wall, singles, doubles)

    def _link(self, difference: NDArray[np.uint8], rows: int) -> None:
        """Turn the checksums of all rows into links of a chain (:mod:`.chain`)."""
        stored = np.empty((self.period, rows), np.uint32)
        places = [
            group.column(difference, group.pitch - FOOTER_SIZE, _U4, self.stride, rows) for group in self._groups
        ]
        for group, place in zip(self._groups, places):
            stored[group.lanes] = place
        unmask(stored)
        stored ^= self._checksums
        for group, place in zip(self._groups, places):
            place[...] = stored[group.lanes]

    def _steps(self, data: Any, at: int, rows: int) -> NDArray[np.int64]:
        """int64 (rows,) where all lanes of a row have the same step, else (lanes, rows)."""
        at += HEADER_SIZE + WALL_AT + 9
        size = self._step_size
        if size == 0:
            return np.zeros(rows, np.int64)
        if size is not None and size <= 8:
            raw = np.empty((self.period, rows), _RAW[size])
            for group in self._groups:
                raw[group.lanes] = group.column(data, at, _RAW[size], self.stride, rows)
            if size & (size - 1):
                raw &= raw.dtype.type((1 << 8 * size) - 1)
            if len(raw) == 1 or (raw[1:] == raw[0]).all():
                raw = raw[0]
            return _varints(raw, size)
        steps = np.zeros((self.period, rows), np.int64)
        for group in self._groups:
            steps[group.lanes] = _group_steps(group, data, at, self.stride, rows)
        return steps


def _varint_marks(size: int, more: int, last: int, tenth: int) -> bytes:
    """``more`` for each byte of a varint but the last, ``last`` for that one; ``tenth`` where it is the tenth."""
    if not size:
        return b""
    return bytes([more] * (size - 1) + [tenth if size == 10 else last])


def _mask(shape: Shape, step_size: int) -> bytes:
    """255 for each byte of a frame that must be as in the template, else the bits of it that must."""
    tail = bytearray(b"\xff" * len(shape.tail))
    for value in shape.values:
        tail[value.at : value.at + value.size] = bytes(value.size)
    head = b"\xff" * (HEADER_SIZE + WALL_AT) + bytes(8)
    # Of the tenth byte only one bit is the step's; the parser would drop the others.
    step = b"\xff" + _varint_marks(step_size, 0x80, 0x80, 0xFF) if step_size else b""
    return head + step + bytes(tail) + bytes(FOOTER_SIZE)


def _groups(shapes: tuple[Shape, ...], step_sizes: tuple[int, ...]) -> tuple[_Group, ...]:
    groups: list[_Group] = []
    first = lane = 0
    rows = {4: 0, 8: 0}
    while lane < len(shapes):
        shape, step_size = shapes[lane], step_sizes[lane]
        count = 1
        while lane + count < len(shapes) and step_sizes[lane + count] == step_size:
            if not _alike(shapes[lane + count], shape):
                break
            count += 1
        pitch = shape.length(step_size) + OVERHEAD
        tail_at = HEADER_SIZE + shape.tail_at(step_size)
        each = {size: sum(value.size == size for value in shape.values) for size in (4, 8)}
        before = {4: 0, 8: 0}
        values = []
        for value in shape.values:
            begin = rows[value.size] + before[value.size]
            before[value.size] += 1
            stop = rows[value.size] + count * each[value.size]
            values.append((tail_at + value.at, value.size, slice(begin, stop, each[value.size])))
        for size in (4, 8):
            rows[size] += count * each[size]
        groups.append(_Group(slice(lane, lane + count), count, first, pitch, step_size, tuple(values)))
        first += count * pitch
        lane += count
    return tuple(groups)


def _alike(one: Shape, other: Shape) -> bool:
    return len(one.tail) == len(other.tail) and [(value.at, value.size) for value in one.values] == [
        (value.at, value.size) for value in other.values
    ]


def _tiled(operation: Any, data: NDArray[np.uint8], tile: NDArray[np.uint8], out: NDArray[np.uint8]) -> None:
    """``operation`` on ``data`` and the tile, repeated as often as needed."""
    whole = len(data) // len(tile) * len(tile)
    if whole:
        shape = (-1, len(tile))
        operation(data[:whole].reshape(shape), tile, out=out[:whole].reshape(shape))
    if whole < len(data):
        operation(data[whole:], tile[: len(data) - whole], out=out[whole:])


def _group_steps(group: _Group, data: Any, at: int, stride: int, rows: int) -> NDArray[np.int64]:
    """int64 (count, rows)."""
    size = group.step_size
    if not size:
        return np.zeros((group.count, rows), np.int64)
    width = min(size, 8)
    raw = group.column(data, at, _RAW[width], stride, rows).astype(_RAW[width].newbyteorder("="))
    if width & (width - 1):
        raw &= raw.dtype.type((1 << 8 * width) - 1)
    steps = _varints(raw, width)
    for index in range(8, size):
        byte = group.column(data, at + index, np.dtype("u1"), stride, rows)
        steps |= ((byte & np.uint8(0x7F)).astype(np.uint64) << np.uint64(7 * index)).view(np.int64)
    return steps


def _varints(raw: NDArray[Any], size: int) -> NDArray[np.int64]:
    """int64 of varints that have ``size`` bytes, as little-endian numbers; the eighth byte may say that more follow."""
    if size == 1:
        return raw.astype(_I8)
    kind = raw.dtype.type
    step = raw & kind(0x7F)
    for index in range(1, size):
        step |= (raw >> kind(index)) & kind(0x7F << (7 * index))
    steps: NDArray[np.int64] = step.astype(_I8)
    return steps
