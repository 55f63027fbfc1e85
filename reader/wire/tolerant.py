"""Reads a record whose checksum holds but which protobuf refuses as a whole: what can be read, and what cannot.

Protobuf refuses a message for one field that is cut off, nested too deep, or a text that is not UTF-8. Here only that
field suffers: the payload is copied field by field along the message's own description, without what is odd, and the
copy is parsed. Texts that are not UTF-8 keep their bytes as ``\\xNN``.
"""

from __future__ import annotations

from typing import Any

from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.message import DecodeError
from google.protobuf.message_factory import GetMessageClass

from .events_pb2 import Event
from .fields import FIXED32, FIXED64, LENGTH, MAX_NESTING, VARINT, WireError, fields, write_varint

_MOST_ODDITIES = 16

# The stubs know two classes of descriptors, one for each implementation of protobuf, with nothing in common.
Descriptor = Any


def parse_event(payload: bytes) -> tuple[Event, tuple[str, ...]]:
    """The Event that can be read from ``payload``, and what was odd about it (empty: nothing was).

    Never raises for content. An event of which nothing could be read is empty and has at least one oddity.
    """
    try:
        return Event.FromString(payload), ()
    except DecodeError as error:
        reason = str(error)
    mender = _Mender()
    mended = mender.message(payload, Event.DESCRIPTOR, "", 0)
    try:
        event = Event.FromString(mended)
    except DecodeError as error:
        return Event(), (*mender.oddities, f"cannot be decoded: {error}")
    return event, tuple(mender.oddities) or (reason,)


class _Mender:
    def __init__(self) -> None:
        self.oddities: list[str] = []

    def _note(self, place: str, what: str) -> None:
        if len(self.oddities) < _MOST_ODDITIES:
            self.oddities.append(f"{place or 'event'}: {what}")
        elif len(self.oddities) == _MOST_ODDITIES:
            self.oddities.append("and more")

    def message(self, data: bytes, descriptor: Descriptor, place: str, depth: int) -> bytes:
        """``data`` without the fields that protobuf would stumble over."""
        if depth > MAX_NESTING:
            self._note(place, f"nested deeper than {MAX_NESTING}")
            return b""
        kept: list[bytes] = []
        known = descriptor.fields_by_number
        try:
            for number, kind, key_at, begin, end in fields(data, 0, len(data)):
                field = known.get(number)
                if field is None:
                    continue
                if kind in (VARINT, FIXED32, FIXED64):
                    kept.append(data[key_at:end])
                if kind != LENGTH:
                    continue
                inner = f"{place}.{field.name}" if place else field.name
                content = data[begin:end]
                if field.message_type is not None:
                    content = self.message(content, field.message_type, inner, depth + 1)
                elif field.type == FieldDescriptor.TYPE_STRING:
                    content = self._text(content, inner)
                elif field.type != FieldDescriptor.TYPE_BYTES and not _parses(descriptor, data[key_at:end]):
                    self._note(inner, f"{len(content)} bytes that are no list of numbers")
                    continue
                kept.append(b"".join((write_varint(number << 3 | LENGTH), write_varint(len(content)), content)))
        except WireError as error:
            self._note(place, f"{error} (byte {error.at} of {len(data)})")
        return b"".join(kept)

    def _text(self, content: bytes, place: str) -> bytes:
        try:
            content.decode("utf-8")
        except UnicodeDecodeError:
            self._note(place, "text that is not UTF-8")
            return content.decode("utf-8", "backslashreplace").encode("utf-8")
        return content


def _parses(descriptor: Descriptor, chunk: bytes) -> bool:
    try:
        GetMessageClass(descriptor).FromString(chunk)
    except DecodeError:
        return False
    return True
