"""The patterns that were found in the files of a session: runs of one training script are alike.

A memory is a hint alone. What is read by it is compared byte for byte and verified as if it had just been found, so a
wrong one costs a look and nothing else.
"""

from __future__ import annotations

from .frame import OVERHEAD
from .pattern import MAX_ROW_BYTES, Pattern, Shape, pattern_columns
from .rows import RowPlan, Scratch

_MOST_BYTES = 16 << 20
"""Bytes of templates that are kept; then all is forgotten, as it is found again at the first use."""


class PatternMemory:
    """Patterns by the tags that their rows hold. Used by one thread."""

    def __init__(self) -> None:
        self.scratch = Scratch()
        self._patterns: dict[tuple[bytes, ...], Pattern] = {}
        self._starts: dict[bytes, tuple[Pattern, int]] = {}
        self._plans: dict[tuple[Pattern, tuple[int, ...]], RowPlan] = {}
        self._bytes = 0

    def find(self, tag: bytes) -> Pattern | None:
        """The pattern that was learnt last of those in which a record begins with ``tag``; its rows begin there."""
        start = self._starts.get(tag)
        if start is None:
            return None
        pattern, lane = start
        if lane:
            pattern = self._known(pattern.shapes[lane:] + pattern.shapes[:lane])
            self._starts[tag] = (pattern, 0)
        return pattern

    def learn(self, shapes: tuple[Shape, ...]) -> Pattern | None:
        """Remember a row; None where it cannot be decoded as one."""
        if sum(len(shape.tail) + OVERHEAD for shape in shapes) > MAX_ROW_BYTES:
            return None
        pattern = self._known(shapes)
        if not pattern.columns:
            return None
        # Of a tag that stands in a row twice, the first place counts.
        for lane in range(len(shapes) - 1, -1, -1):
            self._starts[shapes[lane].values[0].tag] = (pattern, lane)
        return pattern

    def plan(self, pattern: Pattern, step_sizes: tuple[int, ...]) -> RowPlan:
        """How rows of ``pattern`` are decoded whose steps take so many bytes."""
        plan = self._plans.get((pattern, step_sizes))
        if plan is None:
            plan = RowPlan(pattern, step_sizes)
            self._make_room(plan.nbytes)
            self._plans[pattern, step_sizes] = plan
        return plan

    def _known(self, shapes: tuple[Shape, ...]) -> Pattern:
        key = tuple(shape.tail for shape in shapes)
        pattern = self._patterns.get(key)
        if pattern is None:
            self._make_room(sum(map(len, key)))
            pattern = self._patterns[key] = Pattern(shapes, pattern_columns(shapes))
        return pattern

    def _make_room(self, more: int) -> None:
        if self._bytes + more > _MOST_BYTES:
            self._patterns.clear()
            self._starts.clear()
            self._plans.clear()
            self._bytes = 0
        self._bytes += more
