"""Protobuf's wire format, field by field, without a schema."""

from __future__ import annotations

from collections.abc import Iterator

VARINT, FIXED64, LENGTH, START_GROUP, END_GROUP, FIXED32 = range(6)

#: Groups nested deeper than this are refused.
MAX_NESTING = 32


class WireError(ValueError):
    """The bytes are no protobuf message. ``at`` is where that shows."""

    def __init__(self, message: str, at: int) -> None:
        super().__init__(message)
        self.at = at


def read_varint(data: bytes, at: int, end: int) -> tuple[int, int]:
    """The unsigned 64-bit varint at ``at``, and the place behind it. Raises :class:`WireError`."""
    value = shift = 0
    begin = at
    while at < end:
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value & 0xFFFFFFFFFFFFFFFF, at
        shift += 7
        if shift > 63:
            raise WireError("a number of more than ten bytes", begin)
    raise WireError("a number is cut off", begin)


def write_varint(value: int) -> bytes:
    """The varint of a number that is not negative."""
    out = bytearray()
    while value > 0x7F:
        out.append((value & 0x7F) | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def fields(data: bytes, at: int, end: int) -> Iterator[tuple[int, int, int, int, int]]:
    """The fields in ``data[at:end]``: (number, wire type, place of the key, place of the content, end of the content).

    The content of a length-delimited field is without its length, that of a group without its end mark. Raises
    :class:`WireError` behind the last field that is whole.
    """
    while at < end:
        key_at = at
        key, at = read_varint(data, at, end)
        number, kind = key >> 3, key & 7
        if not 0 < number < 1 << 29:
            raise WireError(f"field number {number}", key_at)
        following, begin, stop = _content(data, number, kind, at, end, key_at, 0)
        yield number, kind, key_at, begin, stop
        at = following


def _content(
    data: bytes, number: int, kind: int, at: int, end: int, key_at: int, depth: int
) -> tuple[int, int, int]:
    """Place behind the field, begin and end of its content."""
    begin = at
    if kind == VARINT:
        _value, at = read_varint(data, at, end)
        return at, begin, at
    if kind == LENGTH:
        length, begin = read_varint(data, at, end)
        stop = begin + length
    elif kind == FIXED64:
        stop = begin + 8
    elif kind == FIXED32:
        stop = begin + 4
    elif kind == START_GROUP:
        return _group(data, number, at, end, key_at, depth + 1)
    else:
        raise WireError(f"wire type {kind}", key_at)
    if stop > end:
        raise WireError(f"field {number} claims {stop - end} bytes more than there are", key_at)
    return stop, begin, stop


def _group(data: bytes, number: int, at: int, end: int, key_at: int, depth: int) -> tuple[int, int, int]:
    if depth > MAX_NESTING:
        raise WireError(f"groups nested deeper than {MAX_NESTING}", key_at)
    begin = at
    while at < end:
        inner_at = at
        key, at = read_varint(data, at, end)
        inner, kind = key >> 3, key & 7
        if kind == END_GROUP:
            if inner != number:
                raise WireError(f"group {number} is closed as {inner}", inner_at)
            return at, begin, inner_at
        at, _begin, _stop = _content(data, inner, kind, at, end, inner_at, depth)
    raise WireError(f"group {number} is not closed", key_at)
