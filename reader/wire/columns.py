"""Runs of scalar records to columns, without a Python step for each record.

A training loop logs the same few tags in the same order, so its records are rows of one pattern. The decoder looks
whether one that it knows (:mod:`.memory`) stands here, or walks a few frames one by one and finds it, and decodes all
rows at once (:mod:`.rows`). The first row that does not fit ends the run: the caller reads that record by itself and
comes back. Where there is no pattern, records of the same tag and length are gathered first, with the same result.

Nothing is accepted here that reading record by record would not accept with the same values; tests feed both the same
logs.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .frame import HEADER_SIZE, OVERHEAD
from .items import ColumnBatch, RowBatch, RowPoints, ScalarColumns
from .memory import PatternMemory
from .pattern import Pattern, PatternColumn, Shape, pattern_columns, shape_of
from .rows import RowPlan
from .walk import Walk, tag_at

_WALKS = (48, 256, 2048)
"""Frames walked in search of a period, one attempt after the other."""
_LEAST_ROWS, _LEAST_RECORDS = 4, 16
"""What a period must have to be learnt."""
_LEAST_KNOWN = 8
"""Records of a known pattern that are worth it: fewer cost less one by one."""
_EXPECTED_LEAST, _EXPECTED_MOST = 16, 1 << 24
"""Rows of a plan decoded at a time: four times as many after a run that did not end, a little more than the run after
one that did.

Where something stands between the scalars every few steps, rows behind it are not worth a look.
"""
_MOST_SKIPPED = 64
_GATHER_LEAST, _GATHER_MOST = 64, 4096
"""Frames gathered where there is no period: few at first, as one often begins soon, more each time it does not."""
_BLOCK = 1 << 20
"""Bytes decoded at once: what stays in the processor's cache, and holds the interpreter for a millisecond at most."""
_REST = 256 << 10
"""So much more is taken with a block rather than left for one of its own."""


class ColumnDecoder:
    """Decodes from bytes in memory; one for each file. ``memory`` may be shared with other files.

    ``skip`` tells after a None how many records to read one by one before it is worth asking again; 0: unknown.
    """

    def __init__(self, memory: PatternMemory | None = None) -> None:
        self._memory = memory or PatternMemory()
        self._gather = _GATHER_LEAST
        self.skip = 0

    def decode(self, data: bytes, at: int, base: int) -> RowBatch | ColumnBatch | None:
        """The longest run of scalar records that starts at ``at``, or None where too few fit to be worth it.

        Only whole records of ``data`` are used; ``base`` is the file offset of its first byte.
        """
        self.skip = 0
        tag = tag_at(data, at + HEADER_SIZE)
        if tag is None:
            self.skip = 1
            return None
        known = self._memory.find(tag)
        if known is not None:
            batch = self._decode_known(data, at, base, known)
            if batch is not None or self.skip:
                return batch
        walk = Walk()
        for most in _WALKS:
            walk.extend(data, at, most)
            period = walk.period()
            if period:
                learnt = self._decode_learnt(data, at, base, walk, period)
                if learnt is not None:
                    self._gather = _GATHER_LEAST
                    return learnt
                break
            self.skip = walk.until_periodic()
            if 0 < self.skip <= _MOST_SKIPPED:
                return None
            if most >= self._gather or len(walk.offsets) < most:
                break
        self.skip = 0
        walk.extend(data, at, self._gather)
        if len(walk.offsets) < _GATHER_LEAST:
            # Behind what is no scalar, or not there yet, a known pattern may go on.
            self.skip = len(walk.offsets) + walk.ended
            return None
        if not walk.ended:
            self._gather = min(self._gather * 2, _GATHER_MOST)
        return self._decode_gathered(data, at, base, walk)

    def _decode_known(self, data: bytes, at: int, base: int, pattern: Pattern) -> RowBatch | None:
        sizes = pattern.step_sizes(data, at)
        period = len(pattern.shapes)
        if len(sizes) < period:
            return None
        plan = self._memory.plan(pattern, tuple(sizes))
        least = max(-(-_LEAST_KNOWN // period), 1)
        if (len(data) - at) // plan.stride < least:
            return None
        return self._decode_rows(data, at, base, plan, least)

    def _decode_learnt(self, data: bytes, at: int, base: int, walk: Walk, period: int) -> RowBatch | None:
        least = max(_LEAST_ROWS, -(-_LEAST_RECORDS // period))
        stride = sum(walk.lengths[:period]) + OVERHEAD * period
        if (len(data) - at) // stride < least:
            return None
        shapes: list[Shape] = []
        for index in range(period):
            shape = shape_of(walk.payload(data, index))
            if shape is None:
                return None
            shapes.append(shape)
        pattern = self._memory.learn(tuple(shapes))
        if pattern is None:
            return None
        sizes = pattern.step_sizes(data, at)
        return self._decode_rows(data, at, base, self._memory.plan(pattern, tuple(sizes)), least)

    def _decode_rows(self, data: bytes, at: int, base: int, plan: RowPlan, least: int) -> RowBatch | None:
        stride = plan.stride
        there = len(data) - at
        block = there if there <= _BLOCK + _REST else _BLOCK
        tried = min(max(block // stride, _LEAST_ROWS), there // stride, plan.expected)
        decoded = plan.decode(data, at, tried, least, self._memory.scratch)
        rows = 0 if decoded is None else decoded[0]
        plan.run += rows
        expected = 4 * plan.expected
        if rows < tried:
            expected, plan.run = plan.run + plan.run // 8 + 2, 0
        plan.expected = min(max(expected, _EXPECTED_LEAST), _EXPECTED_MOST)
        if decoded is None:
            return None
        return RowBatch(base + at, base + at + rows * stride, plan, decoded[0], decoded[1])

    def _decode_gathered(self, data: bytes, at: int, base: int, walk: Walk) -> ColumnBatch | None:
        groups: dict[tuple[int, bytes], list[int]] = {}
        end = len(walk.offsets)
        for index, key in enumerate(zip(walk.lengths, walk.tags, strict=True)):
            groups.setdefault(key, []).append(index)
        if len(groups) * _LEAST_ROWS > end:
            return None
        raw = np.frombuffer(data, np.uint8)
        offsets = np.array(walk.offsets, np.int64)
        decoded: list[tuple[NDArray[np.int64], Pattern, RowPoints]] = []
        for (length, _first_tag), members in groups.items():
            shape = shape_of(walk.payload(data, members[0]))
            columns = () if shape is None else pattern_columns((shape,))
            if shape is None or not columns:
                end = min(end, members[0])
                continue
            pattern = Pattern((shape,), columns)
            plan = RowPlan(pattern, tuple(pattern.step_sizes(data, walk.offsets[members[0]])))
            chosen = np.array(members, np.int64)
            gathered = np.lib.stride_tricks.sliding_window_view(raw, length + OVERHEAD)[offsets[chosen]]
            rows, points = plan.decode(gathered, 0, len(members), 1, self._memory.scratch) or (0, None)
            if rows < len(members):
                end = min(end, members[rows])
            if points is not None:
                decoded.append((chosen[:rows], pattern, points))
        if end < _LEAST_RECORDS:
            return None
        parts: list[_Part] = []
        for chosen, pattern, points in decoded:
            upto = int(np.searchsorted(chosen, end))
            if upto:
                places = base + offsets[chosen[:upto]]
                parts += [_part(column, points, places) for column in pattern.columns]
        parts.sort(key=lambda part: int(part.offsets[0]))
        merged = _merge(parts)
        stop = walk.offsets[end - 1] + walk.lengths[end - 1] + OVERHEAD
        return ColumnBatch(base + at, base + stop, end, merged) if merged else None


@dataclass(frozen=True, slots=True)
class _Part:
    """Points of one tag from records of one shape, and where their frames begin."""

    column: PatternColumn
    step: NDArray[np.int64]
    wall: NDArray[np.float64]
    value: NDArray[np.floating]
    offsets: NDArray[np.int64]


def _part(column: PatternColumn, points: RowPoints, offsets: NDArray[np.int64]) -> _Part:
    """The points of the first ``len(offsets)`` rows."""
    each = len(column.lanes)
    many = each * len(offsets)
    step, wall, value = points.of(column)
    return _Part(column, step[:many], wall[:many], value[:many], offsets.repeat(each))


def _merge(parts: list[_Part]) -> tuple[ScalarColumns, ...]:
    """One entry a tag, in the order of the file; empty where a tag comes in forms that do not go together."""
    by_tag: dict[bytes, list[_Part]] = {}
    for part in parts:
        by_tag.setdefault(part.column.tag, []).append(part)
    merged = []
    for tag, sources in by_tag.items():
        first = sources[0]
        column = first.column
        if not all(column.goes_with(part.column) for part in sources[1:]):
            return ()
        step, wall, value, offsets = first.step, first.wall, first.value, first.offsets
        if len(sources) > 1:
            offsets = np.concatenate([part.offsets for part in sources])
            # Stable: values of one event keep their order, as they come from the same offset.
            order = np.argsort(offsets, kind="stable")
            offsets = offsets[order]
            step = np.concatenate([part.step for part in sources])[order]
            wall = np.concatenate([part.wall for part in sources])[order]
            value = np.concatenate([part.value for part in sources])[order]
        template, index = column.template, column.index
        merged.append(ScalarColumns(tag, column.encoding, step, wall, value, template, offsets, index))
    return tuple(merged)
