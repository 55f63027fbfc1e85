"""Rows of scalar records as a training loop writes them again and again: what all of them have in common.

A row is one or more records, its *lanes*, in the order of the file. Wall time, step and values differ from row to row;
all else is the same, byte for byte. The step's varint has a length of its own in each row, so it is left out here, and
a pattern that was found in one file is good for the others of a session.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass, replace

from .frame import OVERHEAD
from .items import ScalarEncoding
from .layout import WALL_AT, ValuePlace, scalar_layout

_LENGTH = struct.Struct("<Q").unpack_from
_BEFORE_STEP = WALL_AT + 8
#: More bytes a row are not decoded as a pattern.
MAX_ROW_BYTES = 512 << 10


@dataclass(frozen=True, slots=True)
class Shape:
    """A scalar record without wall time and step: ``tail`` is the payload behind them, with zeros for the values.

    The places of ``values`` are counted from the begin of the tail.
    """

    tail: bytes
    values: tuple[ValuePlace, ...]

    def length(self, step_size: int) -> int:
        """Bytes of a payload whose step takes ``step_size`` bytes; 0: it has none."""
        return _BEFORE_STEP + (step_size + 1 if step_size else 0) + len(self.tail)

    def tail_at(self, step_size: int) -> int:
        """Where the tail begins in such a payload."""
        return self.length(step_size) - len(self.tail)

    def payload(self, step: bytes = b"") -> bytes:
        """A payload of this shape with zeros for wall time and values, and ``step`` as the step's varint."""
        return b"\x09" + bytes(8) + (b"\x10" + step if step else b"") + self.tail


def shape_of(payload: bytes) -> Shape | None:
    """The shape of a payload that :func:`scalar_layout` understands, else None."""
    layout = scalar_layout(payload)
    if layout is None:
        return None
    begin = layout.step_at + layout.step_size if layout.step_size else _BEFORE_STEP
    tail = bytearray(payload[begin:])
    values = tuple(ValuePlace(place.tag, place.encoding, place.at - begin, place.size) for place in layout.values)
    for place in values:
        tail[place.at : place.at + place.size] = bytes(place.size)
    return Shape(bytes(tail), values)


@dataclass(frozen=True, slots=True)
class PatternColumn:
    """One tag of a pattern. ``lanes`` and ``rows`` have an entry for each time that it stands in a row.

    ``lanes`` are the records that hold it, ``rows`` the places of its values among all values of ``size`` bytes.
    ``template`` is a payload with its metadata, and ``index`` its place among the values of that event.
    """

    tag: bytes
    encoding: ScalarEncoding
    size: int
    lanes: tuple[int, ...]
    rows: tuple[int, ...]
    template: bytes
    index: int

    def goes_with(self, other: PatternColumn) -> bool:
        """Whether points of another column of the tag can stand in one with these.

        Tensors that are no scalars are found again by their place in the record, which is that of the template.
        """
        if self.encoding is not other.encoding or self.size != other.size:
            return False
        simple = self.encoding is ScalarEncoding.SIMPLE_VALUE
        return simple or (self.template == other.template and self.index == other.index)


class Pattern:
    """The shapes of a row's records. Compared by identity: equal ones are one object within a session."""

    __slots__ = ("_lengths", "columns", "shapes")

    def __init__(self, shapes: tuple[Shape, ...], columns: tuple[PatternColumn, ...]) -> None:
        self.shapes = shapes
        self.columns = columns
        self._lengths = tuple(shape.length(0) for shape in shapes)

    def step_sizes(self, data: bytes, at: int) -> list[int]:
        """Bytes of the step of each record from ``at`` on; ends before the first that is not whole or does not fit."""
        sizes: list[int] = []
        end = len(data)
        for without_step in self._lengths:
            if at + OVERHEAD > end:
                break
            length = _LENGTH(data, at)[0]
            size = length - without_step
            if size:
                size -= 1
                if not 0 < size <= 10:
                    break
            at += length + OVERHEAD
            if at > end:
                break
            sizes.append(size)
        return sizes


def pattern_columns(shapes: tuple[Shape, ...]) -> tuple[PatternColumn, ...]:
    """One entry a tag, in the order of the file; empty where a tag comes in forms that do not go together."""
    found: dict[bytes, PatternColumn] = {}
    rows = {4: 0, 8: 0}
    for lane, shape in enumerate(shapes):
        for index, value in enumerate(shape.values):
            row = rows[value.size]
            rows[value.size] += 1
            column = PatternColumn(value.tag, value.encoding, value.size, (lane,), (row,), shape.payload(), index)
            known = found.get(value.tag)
            if known is not None:
                if not known.goes_with(column):
                    return ()
                column = replace(known, lanes=(*known.lanes, lane), rows=(*known.rows, row))
            found[value.tag] = column
    return tuple(found.values())
