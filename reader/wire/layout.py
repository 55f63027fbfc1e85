"""Where, in the payload of a scalar record, the bytes lie that differ from one record to the next.

A scalar record of one tag is the same row of bytes each time but for its wall time, step and value, as long as the step
needs the same number of varint bytes. :func:`scalar_layout` finds those places in one payload, the template; the columnar
decoder then compares and decodes all rows that have the template's shape.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

from .items import ScalarEncoding

MAX_TEMPLATE_BYTES = 1024
"""Longer scalar records (huge tags or descriptions) go one by one."""


@dataclass(frozen=True, slots=True)
class ScalarLayout:
    """Places in a payload: the wall time is always at byte 1, 8 bytes long.

    ``step_at``, ``step_size``: the step's varint; size 0 where the record has none (step 0). ``value_at`` and
    ``value_size``: the value, little-endian float32 (4) or float64 (8).
    """

    tag: bytes
    encoding: ScalarEncoding
    step_at: int
    step_size: int
    value_at: int
    value_size: int


def scalar_layout(payload: bytes) -> ScalarLayout | None:
    """The layout of a payload that holds one scalar value and nothing that is not understood here, else None."""
    size = len(payload)
    if size > MAX_TEMPLATE_BYTES or size < 14 or payload[0] != 0x09:
        return None
    try:
        return _event(payload, size)
    except IndexError:
        return None


def _varint(data: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, at
        shift += 7
        if shift > 63:
            raise IndexError("varint of more than ten bytes")


def _event(data: bytes, size: int) -> ScalarLayout | None:
    at = 9
    step_at = step_size = 0
    if data[at] == 0x10:
        step_at = at + 1
        _step, at = _varint(data, step_at)
        step_size = at - step_at
    if data[at] != 0x2A:
        return None
    length, at = _varint(data, at + 1)
    if at + length != size or data[at] != 0x0A:
        return None
    length, at = _varint(data, at + 1)
    if at + length != size:
        return None
    return _value(data, at, size, step_at, step_size)


def _value(data: bytes, at: int, size: int, step_at: int, step_size: int) -> ScalarLayout | None:
    tag: bytes | None = None
    place: tuple[int, int] | None = None
    encoding = ScalarEncoding.SIMPLE_VALUE
    while at < size:
        key = data[at]
        if key == 0x0A and tag is None:
            length, at = _varint(data, at + 1)
            tag = data[at : at + length]
            at += length
        elif key == 0x15 and place is None:
            place = (at + 1, 4)
            at += 5
        elif key == 0x42 and place is None:
            length, at = _varint(data, at + 1)
            place = _tensor(data, at, at + length)
            if place is None:
                return None
            encoding = ScalarEncoding.TENSOR
            at += length
        elif key == 0x4A:
            length, at = _varint(data, at + 1)
            at += length
        else:
            return None
    if at != size or tag is None or place is None or place[0] + place[1] > size:
        return None
    return ScalarLayout(tag, encoding, step_at, step_size, place[0], place[1])


def _tensor(data: bytes, at: int, end: int) -> tuple[int, int] | None:
    """Place and size of the one element of a float or double tensor of rank 0; None for any other tensor."""
    dtype = 0
    place: tuple[int, int] | None = None
    while at < end:
        key = data[at]
        if key == 0x08:
            dtype, at = _varint(data, at + 1)
        elif key == 0x12:
            if data[at + 1] != 0:
                return None
            at += 2
        elif key in (0x22, 0x2A, 0x32) and place is None:
            length, at = _varint(data, at + 1)
            if (key == 0x2A and length != 4) or (key == 0x32 and length != 8) or length not in (4, 8):
                return None
            place = (at, length)
            at += length
        elif key == 0x2D and place is None:
            place = (at + 1, 4)
            at += 5
        elif key == 0x31 and place is None:
            place = (at + 1, 8)
            at += 9
        else:
            return None
    if at != end or place is None or {1: 4, 2: 8}.get(dtype) != place[1]:
        return None
    return place


def read_step(payload: bytes, layout: ScalarLayout) -> int:
    """The template's own step, as a signed 64-bit number."""
    if layout.step_size == 0:
        return 0
    raw, _end = _varint(payload, layout.step_at)
    raw &= (1 << 64) - 1
    return raw - (1 << 64) if raw >> 63 else raw


def read_wall(payload: bytes) -> float:
    """The template's own wall time in seconds since 1970."""
    value: float = struct.unpack_from("<d", payload, 1)[0]
    return value
