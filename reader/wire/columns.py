"""Runs of scalar records to columns, without a Python step for each record.

A training loop logs the same few tags in the same order, so the lengths of its records repeat with a period. The
decoder walks a few frames one by one, finds the period, and decodes all rows of that many records at once
(:mod:`.rows`). The first row that does not fit ends the run: the caller reads that record by itself and comes back.
Where there is no period, records of the same tag and length are gathered first, with the same result.

Nothing is accepted here that reading record by record would not accept with the same values; tests feed both the same
logs.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .frame import HEADER_SIZE, OVERHEAD
from .items import ColumnBatch, ScalarColumns
from .layout import MAX_TEMPLATE_BYTES, scalar_layout
from .rows import Lane, LanePoints, decode_rows

_LENGTH = struct.Struct("<Q").unpack_from
_WALKS = (48, 256, 2048)
"""Frames walked in search of a period, one attempt after the other."""
_LEAST_ROWS = 4
_EXPECTED_FIRST, _EXPECTED_LEAST = 4096, 64
"""Rows decoded at a time: four times as many after a run that did not end, twice the run after one that did."""
_LEAST_RECORDS = 16
_MOST_SKIPPED = 64
_GATHER_LEAST, _GATHER_MOST = 64, 4096
"""Frames gathered where there is no period: few at first, as one often begins soon, more each time it does not."""
_BLOCK = 1 << 20
"""Bytes decoded at once: what stays in the processor's cache, and holds the interpreter for a millisecond at most."""


@dataclass(slots=True)
class _Walk:
    """A run of short scalar frames: place, payload length and first tag of each. ``ended``: another frame follows."""

    offsets: list[int]
    lengths: list[int]
    tags: list[bytes]
    ended: bool = False

    def extend(self, data: bytes, at: int, most: int) -> None:
        """Walk on to ``most`` whole frames, or to the first that is no scalar."""
        end = len(data)
        position = self.offsets[-1] + self.lengths[-1] + OVERHEAD if self.offsets else at
        while not self.ended and len(self.offsets) < most and position + OVERHEAD <= end:
            length = _LENGTH(data, position)[0]
            following = position + length + OVERHEAD
            if following > end:
                break
            tag = _tag(data, position + HEADER_SIZE) if 14 <= length <= MAX_TEMPLATE_BYTES else None
            if tag is None:
                self.ended = True
                break
            self.offsets.append(position)
            self.lengths.append(length)
            self.tags.append(tag)
            position = following

    def period(self) -> int:
        """The smallest p with the first p frames alike twice in a row; 0 where there is none."""
        lengths, tags = self.lengths, self.tags
        for period in range(1, len(lengths) // 2 + 1):
            if (
                lengths[period] == lengths[0]
                and tags[period] == tags[0]
                and lengths[period : 2 * period] == lengths[:period]
                and tags[period : 2 * period] == tags[:period]
            ):
                return period
        return 0

    def until_periodic(self) -> int:
        """How many frames stand before a stretch with a period that lasts to the walk's end; 0 where there is none."""
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
    """Decodes from bytes in memory; one for each file.

    ``skip`` tells after a None how many records to read one by one before it is worth asking again; 0: unknown.
    """

    def __init__(self) -> None:
        self._gather = _GATHER_LEAST
        self._expected = _EXPECTED_FIRST
        self._before: tuple[list[int], list[bytes]] = ([], [])
        self.skip = 0

    def decode(self, data: bytes, at: int, base: int) -> ColumnBatch | None:
        """The longest run of scalar records that starts at ``at``, or None where too few fit to be worth it.

        Only whole records of ``data`` are used; ``base`` is the file offset of its first byte.
        """
        walk = _Walk([], [], [])
        self.skip = 0
        batch = self._decode_as_before(data, at, base, walk)
        if batch is not None:
            return batch
        for most in _WALKS:
            walk.extend(data, at, most)
            if not walk.offsets:
                self.skip = 1 if walk.ended else 0
                return None
            period = walk.period()
            if period:
                batch = self._decode_lanes(data, at, base, walk, period)
                if batch is not None:
                    self._gather = _GATHER_LEAST
                    self._before = (walk.lengths[:period], walk.tags[:period])
                    return batch
                break
            self.skip = walk.until_periodic()
            if 0 < self.skip <= _MOST_SKIPPED:
                return None
            if most >= self._gather or len(walk.offsets) < most:
                break
        self.skip = 0
        walk.extend(data, at, self._gather)
        if len(walk.offsets) < _GATHER_LEAST:
            return None
        if not walk.ended:
            self._gather = min(self._gather * 2, _GATHER_MOST)
        return self._decode_gathered(data, at, base, walk)

    def _decode_as_before(self, data: bytes, at: int, base: int, walk: _Walk) -> ColumnBatch | None:
        """Behind an image or the like, the period is most often the one that stood before it."""
        lengths, tags = self._before
        if not lengths:
            return None
        walk.extend(data, at, len(lengths))
        if walk.lengths != lengths or walk.tags != tags:
            return None
        return self._decode_lanes(data, at, base, walk, len(lengths))

    def _decode_lanes(self, data: bytes, at: int, base: int, walk: _Walk, period: int) -> ColumnBatch | None:
        stride = sum(walk.lengths[:period]) + OVERHEAD * period
        rows = min((len(data) - at) // stride, max(_BLOCK // stride, _LEAST_ROWS), self._expected)
        tried = rows
        least = max(_LEAST_ROWS, -(-_LEAST_RECORDS // period))
        if rows < least:
            return None
        lanes: list[Lane] = []
        for place in range(period):
            lane = _lane(data, walk.offsets[place], walk.lengths[place], walk.offsets[place] - at)
            if lane is None:
                return None
            lanes.append(lane)
        rows, points = decode_rows(data, at, stride, rows, lanes, least)
        # Where something stands between the scalars every few steps, rows behind it are not worth a look.
        self._expected = max(2 * rows if rows < tried else min(4 * self._expected, 1 << 24), _EXPECTED_LEAST)
        if not rows:
            return None
        places = [base + at + lane.first + stride * np.arange(rows, dtype=np.int64) for lane in lanes]
        merged = _merge([_Part(*part) for part in zip(lanes, points, places, strict=True)])
        return ColumnBatch(base + at, base + at + rows * stride, rows * period, merged) if merged else None

    def _decode_gathered(self, data: bytes, at: int, base: int, walk: _Walk) -> ColumnBatch | None:
        groups: dict[tuple[int, bytes], list[int]] = {}
        end = len(walk.offsets)
        for index, key in enumerate(zip(walk.lengths, walk.tags, strict=True)):
            groups.setdefault(key, []).append(index)
        if len(groups) * _LEAST_ROWS > end:
            return None
        raw = np.frombuffer(data, np.uint8)
        offsets = np.array(walk.offsets, np.int64)
        decoded: list[tuple[NDArray[np.int64], Lane, LanePoints]] = []
        for (length, _first_tag), members in groups.items():
            lane = _lane(data, walk.offsets[members[0]], length, 0)
            if lane is None:
                end = min(end, members[0])
                continue
            chosen = np.array(members, np.int64)
            gathered = np.lib.stride_tricks.sliding_window_view(raw, length + OVERHEAD)[offsets[chosen]]
            rows, points = decode_rows(gathered, 0, length + OVERHEAD, len(members), [lane], 1)
            if rows < len(members):
                end = min(end, members[rows])
            if rows:
                decoded.append((chosen[:rows], lane, points[0]))
        if end < _LEAST_RECORDS:
            return None
        parts = []
        for chosen, lane, point in decoded:
            upto = int(np.searchsorted(chosen, end))
            if upto:
                values = [value[:upto] for value in point.values]
                points_before = LanePoints(point.step[:upto], point.wall[:upto], values)
                parts.append(_Part(lane, points_before, base + offsets[chosen[:upto]]))
        parts.sort(key=lambda part: int(part.offsets[0]))
        merged = _merge(parts)
        stop = walk.offsets[end - 1] + walk.lengths[end - 1] + OVERHEAD
        return ColumnBatch(base + at, base + stop, end, merged) if merged else None


@dataclass(frozen=True, slots=True)
class _Part:
    """Records of one template: their points, and where their frames begin."""

    lane: Lane
    points: LanePoints
    offsets: NDArray[np.int64]


def _lane(data: bytes, at: int, length: int, first: int) -> Lane | None:
    template = data[at + HEADER_SIZE : at + HEADER_SIZE + length]
    layout = scalar_layout(template)
    return None if layout is None else Lane(first, template, layout)


# What follows the tag in a value: simple_value, a tensor, metadata.
_AFTER_TAG = frozenset((0x15, 0x42, 0x4A))


def _tag(data: bytes, at: int) -> bytes | None:
    """The tag of the first value of the Event at ``at``, if that may be a scalar written in the usual order.

    A hint: what it says is compared and parsed before it counts.
    """
    try:
        at += 9
        if data[at] == 0x10:
            at += 1
            while data[at] >= 0x80:
                at += 1
            at += 1
        if data[at] != 0x2A:
            return None
        at += 2 if data[at + 1] < 0x80 else 3
        if data[at] != 0x0A:
            return None
        at += 2 if data[at + 1] < 0x80 else 3
        if data[at] != 0x0A:
            return None
        size = data[at + 1]
        at += 2
        if size >= 0x80:
            size = (size & 0x7F) | (data[at] << 7)
            at += 1
        end = at + size
        return data[at:end] if data[end] in _AFTER_TAG else None
    except IndexError:
        return None


def _merge(parts: list[_Part]) -> tuple[ScalarColumns, ...]:
    """One entry a tag, in the order of the file; empty where a tag comes in two encodings: the order would be lost."""
    by_tag: dict[bytes, list[tuple[_Part, int]]] = {}
    for part in parts:
        for index, place in enumerate(part.lane.layout.values):
            by_tag.setdefault(place.tag, []).append((part, index))
    merged = []
    for tag, sources in by_tag.items():
        first, first_index = sources[0]
        place = first.lane.layout.values[first_index]
        for part, index in sources[1:]:
            other = part.lane.layout.values[index]
            if other.encoding is not place.encoding or other.size != place.size:
                return ()
        step, wall, value = first.points.step, first.points.wall, first.points.values[first_index]
        offsets = first.offsets
        if len(sources) > 1:
            offsets = np.concatenate([part.offsets for part, _index in sources])
            # Stable: values of one event keep their order, as they come from the same offset.
            order = np.argsort(offsets, kind="stable")
            offsets = offsets[order]
            step = np.concatenate([part.points.step for part, _index in sources])[order]
            wall = np.concatenate([part.points.wall for part, _index in sources])[order]
            value = np.concatenate([part.points.values[index] for part, index in sources])[order]
        merged.append(
            ScalarColumns(
                tag, place.encoding, step, wall, value, first.lane.template, int(offsets[0]), offsets, first_index
            )
        )
    return tuple(merged)
