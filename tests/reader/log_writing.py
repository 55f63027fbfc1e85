"""Event files for tests, written byte by byte: nothing of the reader but the frame takes part."""

from __future__ import annotations

from pathlib import Path

from runglass.reader.wire import events_pb2 as pb
from runglass.reader.wire.frame import pack_record


def event(step: int = 0, wall: float = 1.7e9, **fields: object) -> bytes:
    """A framed Event."""
    return pack_record(pb.Event(step=step, wall_time=wall, **fields).SerializeToString())


def version(number: int = 2, wall: float = 1.7e9) -> bytes:
    """The first record of a file."""
    return event(0, wall, file_version=f"brain.Event:{number}")


def scalar(tag: str, step: int, value: float, wall: float | None = None) -> bytes:
    """One simple_value."""
    values = [pb.Summary.Value(tag=tag, simple_value=value)]
    return event(step, 1.7e9 + step if wall is None else wall, summary=pb.Summary(value=values))


def value(step: int, **fields: object) -> bytes:
    """One Summary.Value of any kind."""
    return event(step, 1.7e9 + step, summary=pb.Summary(value=[pb.Summary.Value(**fields)]))


def start(step: int) -> bytes:
    """A SessionLog.START."""
    return event(step, 1.7e9 + step, session_log=pb.SessionLog(status=1))


def metadata(plugin: str, **fields: object) -> pb.SummaryMetadata:
    """Metadata that names a plug-in."""
    return pb.SummaryMetadata(plugin_data=pb.SummaryMetadata.PluginData(plugin_name=plugin), **fields)


def write(path: Path, *records: bytes) -> Path:
    """A file of these records, its folder made where it is missing."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"".join(records))
    return path
