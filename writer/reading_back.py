"""The scalars of an event file that was written here."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from ..reader.wire.events_pb2 import Event
from ..reader.wire.items import ColumnBatch, RawRecord, RowBatch, ScanItem
from ..reader.wire.records import RecordScanner
from ..reader.wire.source import FileSource


class NewPoints:
    """Reads a file that grows, each time from where it stopped."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._scanner = RecordScanner()

    def read(self) -> list[list[float]]:
        """[wall time, step, value] of each point since the last call. OSError where the file cannot be read."""
        points: list[list[float]] = []
        scanner = self._scanner
        with FileSource(self._path) as source:
            scanner.more = True
            while scanner.more:
                for item in scanner.scan(source, 0.0):
                    points.extend(_points(item))
        return points


def _points(item: ScanItem) -> Iterator[list[float]]:
    if isinstance(item, (ColumnBatch, RowBatch)):
        for column in item.columns:
            yield from map(list, zip(column.wall.tolist(), column.step.tolist(), column.value.tolist()))
    elif isinstance(item, RawRecord):
        event = Event.FromString(item.payload)
        for value in event.summary.value:
            yield [event.wall_time, event.step, value.simple_value]
