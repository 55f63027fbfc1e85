"""Where, in the payload of a scalar event, the bytes lie that differ from one record to the next.

The scalar records of one tag are the same row of bytes each time but for wall time, step and value, as long as the step
needs the same number of bytes. :func:`scalar_layout` finds those places in one payload, the template; the columnar
decoder then compares and decodes all rows of the template's shape. An event with many values is one such row, too.
"""

from __future__ import annotations

from dataclasses import dataclass

from .fields import WireError, read_varint
from .items import ScalarEncoding

#: Where the wall time lies in each payload that has a layout: 8 bytes, a little-endian float64.
WALL_AT = 1

#: Longer payloads (huge tags or descriptions) go one by one.
MAX_TEMPLATE_BYTES = 16 << 10

_FLOAT, _DOUBLE = 1, 2


@dataclass(frozen=True, slots=True)
class ValuePlace:
    """One value of the event: ``size`` bytes at ``at``, little-endian float32 (4) or float64 (8)."""

    tag: bytes
    encoding: ScalarEncoding
    at: int
    size: int


@dataclass(frozen=True, slots=True)
class ScalarLayout:
    """``step_at``, ``step_size``: the step's varint; size 0 where the payload has none, which means step 0."""

    step_at: int
    step_size: int
    values: tuple[ValuePlace, ...]


def scalar_layout(payload: bytes) -> ScalarLayout | None:
    """The layout of a payload that holds scalars and nothing that is not understood here, else None."""
    size = len(payload)
    if not 14 <= size <= MAX_TEMPLATE_BYTES or payload[0] != 0x09:
        return None
    try:
        return _event(payload, size)
    except (IndexError, WireError, UnicodeDecodeError):
        return None


def _event(data: bytes, size: int) -> ScalarLayout | None:
    at = WALL_AT + 8
    step_at = step_size = 0
    if data[at] == 0x10:
        step_at = at + 1
        _step, at = read_varint(data, step_at, size)
        step_size = at - step_at
        if step_size == 10 and data[at - 1] != 1:
            return None
    if data[at] != 0x2A:
        return None
    length, at = read_varint(data, at + 1, size)
    if at + length != size:
        return None
    values = []
    while at < size:
        if data[at] != 0x0A:
            return None
        length, at = read_varint(data, at + 1, size)
        place = _value(data, at, at + length) if at + length <= size else None
        if place is None:
            return None
        values.append(place)
        at += length
    return ScalarLayout(step_at, step_size, tuple(values)) if values else None


def _value(data: bytes, at: int, end: int) -> ValuePlace | None:
    tag: bytes | None = None
    place: tuple[int, int] | None = None
    encoding = ScalarEncoding.SIMPLE_VALUE
    while at < end:
        key = data[at]
        if key == 0x15 and place is None:
            place = (at + 1, 4)
            at += 5
            continue
        if key not in (0x0A, 0x42, 0x4A):
            return None
        length, at = read_varint(data, at + 1, end)
        if key == 0x0A:
            if tag is not None:
                return None
            tag = data[at : at + length]
            # What is no text is told to the user, which is the work of the parser.
            tag.decode("utf-8")
        elif key == 0x42:
            if place is not None or at + length > end:
                return None
            place = _tensor(data, at, at + length)
            if place is None:
                return None
            encoding = ScalarEncoding.TENSOR
        at += length
    if at != end or tag is None or place is None:
        return None
    return ValuePlace(tag, encoding, place[0], place[1])


def _tensor(data: bytes, at: int, end: int) -> tuple[int, int] | None:
    """Place and size of the one element of a float or double tensor of rank 0; None for any other tensor."""
    dtype = 0
    place: tuple[int, int] | None = None
    listed = 0
    while at < end:
        key = data[at]
        if key == 0x08 and dtype == 0:
            dtype, at = read_varint(data, at + 1, end)
        elif key == 0x12:
            if data[at + 1] != 0:
                return None
            at += 2
        elif key in (0x22, 0x2A, 0x32) and place is None:
            length, at = read_varint(data, at + 1, end)
            place = (at, length)
            listed = {0x22: 0, 0x2A: 4, 0x32: 8}[key]
            at += length
        elif key in (0x2D, 0x31) and place is None:
            listed = 4 if key == 0x2D else 8
            place = (at + 1, listed)
            at += 1 + listed
        else:
            return None
    if at != end or place is None or {_FLOAT: 4, _DOUBLE: 8}.get(dtype) != place[1] or listed not in (0, place[1]):
        return None
    return place
