"""Writes small event files, record by record, as a training would."""

from __future__ import annotations

from pathlib import Path

from runglass.reader.wire import events_pb2
from runglass.reader.wire.frame import pack_record


def start_file(folder: Path, name: str = "events.out.tfevents.1700000000.host.1.0") -> Path:
    """A new event file with its version record."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    event = events_pb2.Event(wall_time=1_700_000_000.0, file_version="brain.Event:2")
    path.write_bytes(pack_record(event.SerializeToString()))
    return path


def append_scalars(path: Path, tag: str, first: int, values: list[float]) -> None:
    """Append one record a value, steps counting from ``first``."""
    with open(path, "ab") as stream:
        for step, value in enumerate(values, first):
            event = events_pb2.Event(wall_time=1_700_000_000.0 + step, step=step)
            event.summary.value.add(tag=tag, simple_value=value)
            stream.write(pack_record(event.SerializeToString()))
