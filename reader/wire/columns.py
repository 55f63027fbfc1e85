"""Runs of scalar records to columns, without a Python step for each record.

A training loop logs the same few tags in the same order, so the lengths of its records repeat with a period. The decoder
walks a few frames one by one, finds the period, and takes each place in it as a *lane*: rows at a fixed distance. The
lane's first record is the template; everything that must be equal is compared, the rest decoded, and all checksums are
verified, a column at a time (:mod:`.linear`). The first row that does not fit ends the run: the caller reads that record
by itself and comes back. Where there is no period, records are gathered by length and compared to one template after the
other, with the same result.

Nothing is accepted here that reading record by record would not accept with the same values; tests feed both the same logs.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .crc import crc32c
from .frame import HEADER_SIZE, OVERHEAD, header
from .items import ColumnBatch, ScalarColumns
from .layout import MAX_TEMPLATE_BYTES, ScalarLayout, scalar_layout
from .linear import CrcTables, Rows, masked

_LENGTH = struct.Struct("<Q").unpack_from
_WALKS = (48, 256, 2048)
"""Frames walked in search of a period, one attempt after the other."""
_LEAST_ROWS = 4
_LEAST_RECORDS = 16
_MOST_SKIPPED = 64
_GATHER_LEAST, _GATHER_MOST = 64, 4096
"""Frames gathered where there is no period: few at first, as a period often begins soon, more each time it does not."""


@dataclass(slots=True)
class _Lane:
    ok: NDArray[np.bool_]
    step: NDArray[np.int64]
    wall: NDArray[np.float64]
    value: NDArray[Any]


@dataclass(slots=True)
class _Walk:
    """Frames by their claimed lengths: place, payload length and tag of each (empty where it is no short scalar)."""

    offsets: list[int]
    lengths: list[int]
    tags: list[bytes]

    def extend(self, data: bytes, at: int, most: int) -> bool:
        """Walk on to ``most`` whole frames; False where there is not even one."""
        end = len(data)
        position = self.offsets[-1] + self.lengths[-1] + OVERHEAD if self.offsets else at
        while len(self.offsets) < most and position + OVERHEAD <= end:
            length = _LENGTH(data, position)[0]
            following = position + length + OVERHEAD
            if following > end:
                break
            self.offsets.append(position)
            self.lengths.append(length)
            self.tags.append(_tag(data, position + HEADER_SIZE) if 14 <= length <= MAX_TEMPLATE_BYTES else b"")
            position = following
        return bool(self.offsets)

    def period(self) -> int:
        """The smallest p with the first p frames alike twice in a row, and all of them scalars; 0 where there is none."""
        lengths, tags = self.lengths, self.tags
        for period in range(1, len(lengths) // 2 + 1):
            if (
                lengths[period] == lengths[0]
                and tags[period] == tags[0]
                and lengths[period : 2 * period] == lengths[:period]
                and tags[period : 2 * period] == tags[:period]
            ):
                return period if all(tags[:period]) else 0
        return 0

    def until_periodic(self) -> int:
        """How many frames stand before a stretch with a period that lasts to the end of the walk; 0 where there is none."""
        lengths, tags = self.lengths, self.tags
        count = len(lengths)
        for period in range(1, count // 3 + 1):
            if (
                lengths[-1] == lengths[-1 - period]
                and tags[-1] == tags[-1 - period]
                and lengths[-period:] == lengths[-2 * period : -period]
                and tags[-period:] == tags[-2 * period : -period]
            ):
                at = count - 2 * period
                while at > 0 and lengths[at - 1] == lengths[at - 1 + period] and tags[at - 1] == tags[at - 1 + period]:
                    at -= 1
                return at
        return 0


class ColumnDecoder:
    """Decodes from bytes in memory. Holds checksum tables; one for each thread.

    ``skip`` tells after a None how many records to read one by one before it is worth asking again; 0: unknown.
    """

    def __init__(self) -> None:
        self._tables = CrcTables()
        self._gather = _GATHER_LEAST
        self.skip = 0

    def decode(self, data: bytes, at: int, base: int) -> ColumnBatch | None:
        """The longest run of scalar records that starts at ``at``, or None where too few fit to be worth it.

        Only whole records of ``data`` are used; ``base`` is the file offset of its first byte.
        """
        walk = _Walk([], [], [])
        self.skip = 0
        for most in _WALKS:
            if not walk.extend(data, at, most):
                return None
            if not walk.tags[0]:
                self.skip = 1
                return None
            period = walk.period()
            if period:
                batch = self._decode_lanes(data, at, base, walk, period)
                if batch is not None:
                    self._gather = _GATHER_LEAST
                    return batch
                break
            self.skip = walk.until_periodic()
            if 0 < self.skip <= _MOST_SKIPPED:
                return None
            if most >= self._gather or len(walk.offsets) < most:
                break
        if len(walk.offsets) < _LEAST_RECORDS:
            return None
        walk.extend(data, at, self._gather)
        self._gather = min(self._gather * 2, _GATHER_MOST)
        return self._decode_gathered(data, at, base, walk)

    def _decode_lanes(self, data: bytes, at: int, base: int, walk: _Walk, period: int) -> ColumnBatch | None:
        stride = sum(walk.lengths[:period]) + OVERHEAD * period
        rows = (len(data) - at) // stride
        if rows < _LEAST_ROWS:
            return None
        lanes: list[tuple[ScalarLayout, bytes, _Lane]] = []
        for place in range(period):
            first = walk.offsets[place]
            template = data[first + HEADER_SIZE : first + HEADER_SIZE + walk.lengths[place]]
            layout = scalar_layout(template)
            if layout is None:
                return None
            lane = self._decode_lane(Rows(data, first, stride, rows), template, layout)
            if not lane.ok.all():
                rows = int(lane.ok.argmin())
                if rows * period < _LEAST_RECORDS:
                    return None
            lanes.append((layout, template, lane))
        merged = _interleave_lanes(
            [
                ScalarColumns(
                    layout.tag,
                    layout.encoding,
                    lane.step[:rows],
                    lane.wall[:rows],
                    lane.value[:rows],
                    template,
                    base + walk.offsets[place],
                    base + walk.offsets[place] + stride * np.arange(rows, dtype=np.int64),
                )
                for place, (layout, template, lane) in enumerate(lanes)
            ]
        )
        return ColumnBatch(base + at, base + at + rows * stride, rows * period, merged) if merged else None

    def _decode_gathered(self, data: bytes, at: int, base: int, walk: _Walk) -> ColumnBatch | None:
        groups: dict[tuple[int, bytes], list[int]] = {}
        strangers: list[int] = []
        for index, (length, tag) in enumerate(zip(walk.lengths, walk.tags)):
            if tag:
                groups.setdefault((length, tag), []).append(index)
            else:
                strangers.append(index)
                break
        raw = np.frombuffer(data, np.uint8)
        places = np.array(walk.offsets, np.int64)
        parts: list[tuple[NDArray[np.int64], ScalarColumns]] = []
        for (length, _tag_bytes), members in groups.items():
            chosen: NDArray[np.int64] = np.array(members, np.int64)
            rows = np.lib.stride_tricks.sliding_window_view(raw, length + OVERHEAD)[places[chosen]]
            template = rows[0, HEADER_SIZE : HEADER_SIZE + length].tobytes()
            layout = scalar_layout(template)
            if layout is None:
                strangers.append(members[0])
                continue
            lane = self._decode_lane(Rows(rows, 0, length + OVERHEAD, len(chosen)), template, layout)
            if not lane.ok.all():
                fitting = int(lane.ok.argmin())
                strangers.append(members[fitting])
                chosen = chosen[:fitting]
            if len(chosen):
                parts.append(
                    (
                        chosen,
                        ScalarColumns(
                            layout.tag,
                            layout.encoding,
                            lane.step,
                            lane.wall,
                            lane.value,
                            template,
                            base + walk.offsets[members[0]],
                            base + places[chosen],
                        ),
                    )
                )
        end = min(strangers) if strangers else len(walk.offsets)
        if end < _LEAST_RECORDS:
            return None
        merged = _interleave_parts(parts, end)
        stop = walk.offsets[end - 1] + walk.lengths[end - 1] + OVERHEAD
        return ColumnBatch(base + at, base + stop, end, merged) if merged else None

    def _decode_lane(self, rows: Rows, template: bytes, layout: ScalarLayout) -> _Lane:
        """Compare, decode and verify rows whose frame starts at byte 0 of each row."""
        size = len(template)
        head = header(size)
        ok = rows.column(0, "<u8") == size
        ok &= rows.column(8, "<u4") == struct.unpack_from("<I", head, 8)[0]
        varying = ((1, 8), (layout.step_at, layout.step_size), (layout.value_at, layout.value_size))
        zeroed = bytearray(template)
        fixed = bytearray(b"\xff" * size)
        for at, length in varying:
            zeroed[at : at + length] = bytes(length)
            fixed[at : at + length] = bytes(length)
        _compare_fixed(rows, zeroed, fixed, ok)
        crc = np.full(rows.count, crc32c(bytes(zeroed)), np.uint32)
        for at, length in varying:
            if length:
                self._tables.add(crc, rows, HEADER_SIZE + at, length, size - at - length)
        ok &= masked(crc) == rows.column(HEADER_SIZE + size, "<u4")
        step = _decode_steps(rows, layout, ok)
        wall = rows.column(HEADER_SIZE + 1, "<f8").astype(np.float64)
        value = rows.column(HEADER_SIZE + layout.value_at, f"<f{layout.value_size}").astype(f"f{layout.value_size}")
        return _Lane(ok, step, wall, value)


def _tag(data: bytes, at: int) -> bytes:
    """The tag of the first value of the Event at ``at``, as far as a scalar record is written in the usual order."""
    at += 9
    if data[at] == 0x10:
        at += 1
        while data[at] >= 0x80:
            at += 1
        at += 1
    if data[at] != 0x2A:
        return b""
    at += 2 if data[at + 1] < 0x80 else 3
    if data[at] != 0x0A:
        return b""
    at += 2 if data[at + 1] < 0x80 else 3
    if data[at] != 0x0A:
        return b""
    size = data[at + 1]
    if size < 0x80:
        return data[at + 2 : at + 2 + size]
    size = (size & 0x7F) | (data[at + 2] << 7)
    return data[at + 3 : at + 3 + size]


def _compare_fixed(rows: Rows, expected: bytearray, fixed: bytearray, ok: NDArray[np.bool_]) -> None:
    """Clear ``ok`` where bytes that must be as in the template are not; eight at a time."""
    at, size = 0, len(expected)
    while at < size:
        width = 8 if size - at >= 8 else 4 if size - at >= 4 else 1
        keep = int.from_bytes(fixed[at : at + width], "little")
        if keep:
            dtype = f"<u{width}"
            column = rows.column(HEADER_SIZE + at, dtype)
            reference = np.array(int.from_bytes(expected[at : at + width], "little"), dtype)
            if keep == (1 << (8 * width)) - 1:
                ok &= column == reference
            else:
                ok &= (column & np.array(keep, dtype)) == reference
        at += width


def _decode_steps(rows: Rows, layout: ScalarLayout, ok: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Varints of a fixed number of bytes; clears ``ok`` where a row has another number of them."""
    step = np.zeros(rows.count, np.uint64)
    for index in range(layout.step_size):
        byte = rows.column(HEADER_SIZE + layout.step_at + index, "u1")
        if index < layout.step_size - 1:
            ok &= byte >= 0x80
        else:
            ok &= byte < 0x80
        step |= (byte & np.uint8(0x7F)).astype(np.uint64) << np.uint64(7 * index)
    return step.view(np.int64)


def _by_tag(columns: list[ScalarColumns]) -> dict[bytes, list[int]] | None:
    """Places in ``columns`` of each tag; None where one tag comes in two encodings, as their order would be lost."""
    places: dict[bytes, list[int]] = {}
    for index, column in enumerate(columns):
        before = places.setdefault(column.tag, [])
        if before:
            first = columns[before[0]]
            if first.encoding is not column.encoding or first.value.dtype != column.value.dtype:
                return None
        before.append(index)
    return places


def _interleave_lanes(lanes: list[ScalarColumns]) -> tuple[ScalarColumns, ...]:
    """One entry a tag: lanes of the same tag in the order of the file again. Empty where that cannot be had."""
    places = _by_tag(lanes)
    if places is None:
        return ()
    if len(places) == len(lanes):
        return tuple(lanes)
    return tuple(
        ScalarColumns(
            tag,
            lanes[indices[0]].encoding,
            np.stack([lanes[index].step for index in indices], axis=1).ravel(),
            np.stack([lanes[index].wall for index in indices], axis=1).ravel(),
            np.stack([lanes[index].value for index in indices], axis=1).ravel(),
            lanes[indices[0]].template,
            lanes[indices[0]].offset,
            np.stack([lanes[index].offsets for index in indices], axis=1).ravel(),
        )
        for tag, indices in places.items()
    )


def _interleave_parts(parts: list[tuple[NDArray[np.int64], ScalarColumns]], end: int) -> tuple[ScalarColumns, ...]:
    """One entry a tag from records before number ``end``, in the order of the file. Empty where that cannot be had."""
    cut = []
    for members, column in sorted(parts, key=lambda part: part[1].offset):
        upto = int(np.searchsorted(members, end))
        if upto:
            cut.append((members[:upto], column, upto))
    places = _by_tag([column for _members, column, _upto in cut])
    if places is None:
        return ()
    merged = []
    for tag, indices in places.items():
        chosen = [cut[index] for index in indices]
        first = chosen[0][1]
        order = np.argsort(np.concatenate([members for members, _column, _upto in chosen]), kind="stable")
        merged.append(
            ScalarColumns(
                tag,
                first.encoding,
                np.concatenate([column.step[:upto] for _members, column, upto in chosen])[order],
                np.concatenate([column.wall[:upto] for _members, column, upto in chosen])[order],
                np.concatenate([column.value[:upto] for _members, column, upto in chosen])[order],
                first.template,
                first.offset,
                np.concatenate([column.offsets[:upto] for _members, column, upto in chosen])[order],
            )
        )
    return tuple(merged)
