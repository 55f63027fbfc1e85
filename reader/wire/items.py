"""What a scan of an event file yields, and how it accounts for the bytes."""

from __future__ import annotations

import enum
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from .frame import OVERHEAD

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from .pattern import PatternColumn
    from .rows import RowPlan

#: Payloads above this many bytes are verified by streaming and reported without their bytes.
MAX_PAYLOAD_IN_MEMORY = 256 << 20


class ShrunkFileError(OSError, ValueError):
    """A file has fewer bytes than were read of it before: it is another generation."""


class RawRecord(NamedTuple):
    """One record whose payload checksum holds. ``offset`` is where its frame begins in the file.

    ``length`` is the payload's size in bytes. For payloads above :data:`MAX_PAYLOAD_IN_MEMORY`, ``large`` is set and
    ``payload`` is empty: the bytes were verified and stay on disk. ``oddity`` is empty, or "bad-length-crc" where the
    checksum of the length field does not hold although the payload's does.
    """

    offset: int
    payload: bytes
    length: int
    large: bool = False
    oddity: str = ""

    @property
    def end(self) -> int:
        """Where the next frame begins."""
        return self.offset + self.length + OVERHEAD


class ScalarEncoding(enum.Enum):
    """How a scalar stands in the log: as ``simple_value``, or as a tensor of rank 0."""

    SIMPLE_VALUE = "simple_value"
    TENSOR = "tensor"


@dataclass(frozen=True, slots=True)
class ScalarColumns:
    """Points of one tag in file order: ``step`` int64 (k,), ``wall`` float64 (k,) s, ``value`` float32 or float64 (k,).

    ``tag`` is as logged. ``template`` is a payload with whatever metadata the records carry: all of them agree with it
    byte for byte in everything but wall time, step and values, which it has not. ``index`` is the place of this value
    among the values of that event. ``offsets`` int64 (k,): where each record's frame begins.
    """

    tag: bytes
    encoding: ScalarEncoding
    step: NDArray[np.int64]
    wall: NDArray[np.float64]
    value: NDArray[np.floating]
    template: bytes
    offsets: NDArray[np.int64]
    index: int = 0


@dataclass(frozen=True, slots=True)
class ColumnBatch:
    """``records`` records in ``[start, end)`` of the file, every one of them a scalar event; a tag occurs once."""

    start: int
    end: int
    records: int
    columns: tuple[ScalarColumns, ...]


@dataclass(frozen=True, slots=True)
class RowPoints:
    """Points of rows of a pattern.

    ``step`` int64 (rows,) where all records of a row have the same, else (lanes, rows); ``wall`` float64 (lanes, rows);
    ``singles`` float32 and ``doubles`` float64 (values of that size in a row, rows).
    """

    step: NDArray[np.int64]
    wall: NDArray[np.float64]
    singles: NDArray[np.float32]
    doubles: NDArray[np.float64]

    def of(self, column: PatternColumn) -> tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.floating]]:
        """Step, wall time and value of one tag, in file order. Several tags may have the same array of steps."""
        step = self.step
        values: NDArray[np.floating] = self.singles if column.size == 4 else self.doubles
        if len(column.lanes) == 1:
            lane = column.lanes[0]
            return step if step.ndim == 1 else step[lane], self.wall[lane], values[column.rows[0]]
        lanes = list(column.lanes)
        step = step.repeat(len(lanes)) if step.ndim == 1 else step[lanes].T.ravel()
        return step, self.wall[lanes].T.ravel(), values[list(column.rows)].T.ravel()


@dataclass(frozen=True, slots=True)
class RowBatch:
    """``rows`` rows of a pattern in ``[start, end)`` of the file, and nothing else there."""

    start: int
    end: int
    plan: RowPlan
    rows: int
    points: RowPoints

    @property
    def records(self) -> int:
        """How many records these are."""
        return self.rows * self.plan.period

    @property
    def columns(self) -> tuple[ScalarColumns, ...]:
        """The same, one entry a tag."""
        found = []
        for column in self.plan.pattern.columns:
            step, wall, value = self.points.of(column)
            offsets = self.start + self.plan.offsets(self.rows)[list(column.lanes)].T.ravel()
            found.append(
                ScalarColumns(column.tag, column.encoding, step, wall, value, column.template, offsets, column.index)
            )
        return tuple(found)


@dataclass(frozen=True, slots=True)
class GapOpened:
    """A gap begins at ``offset``. Comes before any record behind it: keep a checkpoint of what was read below it."""

    offset: int


@dataclass(frozen=True, slots=True)
class Rewound:
    """Bytes at ``offset`` healed: drop whatever was read at or behind it. Reading goes on from there."""

    offset: int


ScanItem: TypeAlias = RawRecord | ColumnBatch | RowBatch | GapOpened | Rewound


@dataclass(frozen=True, slots=True)
class Gap:
    """Bytes ``[start, end)`` that belong to no valid record, with valid records behind them.

    ``cause`` is "bad-length-crc", "bad-payload-crc", "zero-hole", or "torn-record": a record that was begun, never
    finished, and written over by the next.
    """

    start: int
    end: int
    cause: str

    @property
    def size(self) -> int:
        """Bytes that are lost, for now."""
        return self.end - self.start


class PendingKind(enum.Enum):
    """Why the tail of a file is not read yet."""

    TRUNCATED = "truncated"
    ZEROS = "zeros"
    SUSPECT = "suspect"


@dataclass(frozen=True, slots=True)
class Pending:
    """The tail that is waited for. ``missing`` bytes are to come (0: unknown); ``since`` is the clock of ``scan``.

    ``cause`` has the meaning of :attr:`Gap.cause`: what this would be if valid records stood behind it.
    """

    offset: int
    kind: PendingKind
    missing: int
    since: float
    cause: str = field(default="")
