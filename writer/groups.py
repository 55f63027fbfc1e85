"""The runs below a run: one for each key of ``add_scalars``, and what was written to them."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ..reader.wire.events_pb2 import Event
from ..reader.wire.items import ColumnBatch, RawRecord, RowBatch, ScanItem
from ..reader.wire.records import RecordScanner
from ..reader.wire.source import FileSource
from .run_writer import RunWriter

Point = list[float]


class ScalarGroup:
    """The run of one key: its writer, and which of its points were exported.

    What it wrote is read back from its files when it is asked for, so that nothing of it is kept in memory.
    """

    def __init__(self, folder: Path, settings: dict[str, Any]) -> None:
        self.folder = folder
        self._earlier = set(_event_files(folder))
        self.writer = RunWriter(folder, **{**settings, "strict": True})
        self._scanners: dict[str, RecordScanner] = {}

    def new_points(self) -> list[Point]:
        """[wall time, step, value] of each point since the last call, in the order they were written.

        OSError where the files cannot be written or read.
        """
        self.writer.flush()
        points: list[Point] = []
        for name in _event_files(self.folder):
            if name in self._earlier:
                continue
            scanner = self._scanners.setdefault(name, RecordScanner())
            with FileSource(self.folder / name) as source:
                scanner.more = True
                while scanner.more:
                    for item in scanner.scan(source, 0.0):
                        points.extend(_points(item))
        return points


def write_json(path: str | os.PathLike[str], points: dict[str, list[Point]]) -> None:
    """Points by the folder of their run, as a JSON file that is there whole or not at all."""
    target = Path(path)
    part = target.with_name(f".{target.name}.{os.getpid()}.tmp")
    part.write_text(json.dumps(points), encoding="utf-8")
    os.replace(part, target)


def _event_files(folder: Path) -> list[str]:
    return sorted(name for name in os.listdir(folder) if "tfevents" in name) if folder.is_dir() else []


def _points(item: ScanItem) -> Iterator[Point]:
    if isinstance(item, (ColumnBatch, RowBatch)):
        for column in item.columns:
            yield from map(list, zip(column.wall.tolist(), column.step.tolist(), column.value.tolist()))
    elif isinstance(item, RawRecord) and item.payload is not None:
        event = Event.FromString(item.payload)
        for value in event.summary.value:
            yield [event.wall_time, event.step, value.simple_value]
