"""Events as bytes. Scalars are encoded by hand, as trainings write them by the million; the rest by protobuf."""

from __future__ import annotations

import math
import struct
from collections.abc import Sequence

from ..reader.wire.events_pb2 import DT_STRING, Event, SessionLog, Summary

FILE_VERSION = "brain.Event:2"
WRITER = "runglass"

_DOUBLE = struct.Struct("<d")
_FLOAT = struct.Struct("<f")


def varint(number: int) -> bytes:
    """A number as protobuf writes it; negative ones as 64-bit two's complement."""
    number &= 0xFFFFFFFFFFFFFFFF
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    out.append(number)
    return bytes(out)


def scalar_prefix(tag: str) -> bytes:
    """What a scalar event holds between its step and its value; the same for every point of a tag."""
    name = tag.encode()
    # value { tag (field 1), simple_value (field 2, 5 bytes with its key) }, inside summary, field 5 of the event
    value = b"\x0a" + varint(len(name)) + name + b"\x15"
    summary = b"\x0a" + varint(len(value) + 4) + value
    return b"\x2a" + varint(len(summary) + 4) + summary


def scalar_event(prefix: bytes, value: float, step: int, wall_time: float) -> bytes:
    """The event of one scalar, float32 as TensorBoard keeps them; ``prefix`` by :func:`scalar_prefix`."""
    try:
        number = _FLOAT.pack(value)
    except OverflowError:
        number = _FLOAT.pack(math.copysign(math.inf, value))
    counted = b"\x10" + varint(step) if step else b""
    return b"\x09" + _DOUBLE.pack(wall_time) + counted + prefix + number


def version_event(wall_time: float, step: int = 0) -> bytes:
    """The first event of a file."""
    event = Event(wall_time=wall_time, step=step, file_version=FILE_VERSION)
    event.source_metadata.writer = WRITER
    return event.SerializeToString()


def start_event(wall_time: float, step: int) -> bytes:
    """Says that a session starts here; earlier points at or behind ``step`` are superseded."""
    return Event(wall_time=wall_time, step=step, session_log=SessionLog(status=SessionLog.START)).SerializeToString()


def summary_event(values: Sequence[Summary.Value], step: int, wall_time: float) -> bytes:
    """The event of summary values."""
    return Event(wall_time=wall_time, step=step, summary=Summary(value=values)).SerializeToString()


def text_value(tag: str, text: str) -> Summary.Value:
    """A text (Markdown) under ``tag/text_summary``, where all writers put it."""
    value = Summary.Value(tag=f"{tag}/text_summary")
    value.metadata.plugin_data.plugin_name = "text"
    value.tensor.dtype = DT_STRING
    value.tensor.tensor_shape.dim.add(size=1)
    value.tensor.string_val.append(text.encode("utf-8", "replace"))
    return value
