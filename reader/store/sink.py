"""Takes what a scan yields for one file, decodes and stages it, and publishes it in commits.

Used by the ingest thread alone. Nothing that stands in a log makes it raise: what is odd becomes a row of the log
health.
"""

from __future__ import annotations

import math
import struct
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from ..decode.compat import GRAPH_TAG, KINDS, Image, Item, Place, Unreadable, metadata_of, modern
from ..decode.locate import summary_values
from ..decode.text import text
from ..model import (
    BlobRef,
    Delta,
    FileHealth,
    Kind,
    Problem,
    SeriesKey,
    SeriesMetadata,
    Severity,
    TensorValue,
)
from ..wire.frame import HEADER_SIZE
from ..wire.items import ColumnBatch, GapOpened, RawRecord, Rewound, ScalarColumns, ScalarEncoding, ScanItem
from ..wire.prescan import refusal
from ..wire.tolerant import parse_event
from .changes import mark
from .series import Series
from .store import Run, RunStore

_START = 1
_MOST_PROBLEMS = 1000
_HEADLINE = struct.Struct("<d").unpack_from


@dataclass(slots=True)
class _Staged:
    step: list[Any] = field(default_factory=list)
    wall: list[Any] = field(default_factory=list)
    value: list[Any] = field(default_factory=list)
    arrays: list[tuple[Any, Any, Any]] = field(default_factory=list)
    items: list[Any] = field(default_factory=list)
    double: bool = False
    starts: list[tuple[int, int]] = field(default_factory=list)

    def flush_points(self) -> None:
        """Turn single points into arrays, so that arrays and points keep their order."""
        if self.step and not self.items:
            dtype = np.float64 if self.double else np.float32
            with np.errstate(over="ignore"):
                value = np.array(self.value, np.float64).astype(dtype)
            self.arrays.append((np.array(self.step, np.int64), np.array(self.wall, np.float64), value))
            self.step, self.wall, self.value = [], [], []

    def joined(self) -> tuple[Any, Any, Any]:
        """Everything staged as one array of steps, wall times and values each."""
        if len(self.arrays) == 1:
            return self.arrays[0]
        step, wall, value = zip(*self.arrays)
        return np.concatenate(step), np.concatenate(wall), np.concatenate(value)

    def __len__(self) -> int:
        return len(self.step) + sum(len(array[0]) for array in self.arrays)


class FileSink:
    """Stages the contents of one generation of one file of a run.

    ``order`` sorts files within the run: (name, generation). The run must be in the store.
    """

    def __init__(self, store: RunStore, run: str, file_name: str, *, generation: int = 0) -> None:
        self._store = store
        self._run_name = run
        self.file_name = file_name
        self.file = store.new_file_id()
        self._order = (file_name, generation)
        self._version = 0
        self._staged: dict[tuple[str, Kind], _Staged] = {}
        self._metadata: dict[tuple[str, Kind], SeriesMetadata] = {}
        self._keys: dict[bytes, tuple[str, Kind] | None] = {}
        self._counts: dict[tuple[str, Kind], int] = {}
        self._checkpoints: list[tuple[int, dict[tuple[str, Kind], int], int]] = []
        self._starts: list[int] = []
        self._new_starts: list[int] = []
        self._problems: dict[tuple[str, str], Problem] = {}
        self._passed_over = 0
        self._first_wall: float | None = None
        self.writers: set[str] = set()

    @property
    def first_wall(self) -> float | None:
        """Wall time of the file's first event."""
        return self._first_wall

    def take(self, item: ScanItem) -> None:
        """Decode and stage one item of a scan."""
        if isinstance(item, ColumnBatch):
            for columns in item.columns:
                self._columns(columns)
        elif isinstance(item, RawRecord):
            self._record(item)
        elif isinstance(item, GapOpened):
            self._checkpoints.append((item.offset, dict(self._counts), len(self._starts)))
        elif isinstance(item, Rewound):
            self._rewind(item.offset)

    def commit(self, health: FileHealth, problems: tuple[Problem, ...] = ()) -> None:
        """Publish what was staged, the file's byte accounting, and its problems (``problems``: of its bytes)."""
        store = self._store
        delta = Delta()
        with store.lock:
            try:
                run = store.run(self._run_name)
            except KeyError:
                self._staged.clear()
                return
            self._publish(run, delta)
            if delta:
                store.publish(delta)
            first = run.info.first_wall
            if self._first_wall is not None and (first is None or self._first_wall < first):
                store.ensure_run(replace(run.info, first_wall=self._first_wall))
            store.set_file_health(self.file, health)
            store.report(("file", self.file), (*problems, *self._problems.values()))

    def drop(self) -> None:
        """The file's points leave the store, with its accounting and problems."""
        store = self._store
        delta = Delta()
        with store.lock:
            self._staged.clear()
            store.set_file_health(self.file, None)
            store.report(("file", self.file), ())
            try:
                run = store.run(self._run_name)
            except KeyError:
                return
            run.starts.pop(self.file, None)
            for series in list(run.series.values()):
                segment = series.segments.find(self.file)
                if segment is None:
                    continue
                series.drop(segment)
                if len(series):
                    mark(delta, series.key, False)
                else:
                    store.remove_series(series.key, delta)
            if delta:
                store.publish(delta)

    # Records.

    def _columns(self, columns: ScalarColumns) -> None:
        place = self._keys.get(columns.tag)
        if place is None:
            place = self._resolve(columns)
        if place is None:
            self._columns_as_tensors(columns)
            return
        staged = self._stage_of(place)
        staged.flush_points()
        staged.arrays.append((columns.step, columns.wall, columns.value))
        staged.double |= columns.value.dtype == np.float64
        self._counts[place] = self._counts.get(place, 0) + len(columns.step)
        if self._first_wall is None and len(columns.wall):
            self._note_wall(float(columns.wall[0]))

    def _resolve(self, columns: ScalarColumns) -> tuple[str, Kind] | None:
        """The series that columns of this tag go to; None for tensors that no plug-in calls scalars."""
        tag = text(columns.tag)
        event, _oddities = parse_event(columns.template)
        value = event.summary.value[columns.index]
        known = self._known(tag, metadata_of(value))
        if columns.encoding is ScalarEncoding.TENSOR and (known is None or known.plugin != "scalars"):
            return None
        metadata = known or SeriesMetadata()
        if metadata.plugin != "scalars":
            metadata = replace(metadata, plugin="scalars")
        place = (tag, Kind.SCALAR)
        self._metadata.setdefault(place, metadata)
        self._keys[columns.tag] = place
        return place

    def _columns_as_tensors(self, columns: ScalarColumns) -> None:
        tag = text(columns.tag)
        metadata = self._run_metadata().get(tag, SeriesMetadata())
        kind = KINDS.get(metadata.plugin, Kind.TENSOR)
        kind = Kind.TENSOR if kind in (Kind.SCALAR, Kind.IMAGE, Kind.AUDIO, Kind.HISTOGRAM) else kind
        length = len(columns.template)
        dtype = str(columns.value.dtype)
        for step, wall, offset in zip(columns.step.tolist(), columns.wall.tolist(), columns.offsets.tolist()):
            ref = BlobRef(self.file, offset, length, offset + HEADER_SIZE, length)
            self._stage(tag, kind, metadata, step, wall, TensorValue((), dtype, ref, columns.value.itemsize))

    def _record(self, record: RawRecord) -> None:
        if record.oddity:
            self._problem(
                record.oddity,
                Severity.INFO,
                "The checksum of a record's length is wrong, the checksum of its content is right.",
                "Nothing is lost: the record was read.",
                record,
            )
        if record.large:
            self._problem(
                "record-too-large",
                Severity.WARNING,
                f"A record of {record.length:,} bytes is larger than Runglass holds in memory.",
                "Its checksum was verified and it stays on disk; log such data in smaller pieces to see it.",
                record,
            )
            return
        refused = refusal(record.payload)
        if refused is not None:
            self._problem(
                refused.code,
                Severity.WARNING,
                f"A record was not decoded, as it would take too much memory: {refused.detail}.",
                "The records around it were read. Log fewer values at a time.",
                record,
            )
            return
        event, oddities = parse_event(record.payload)
        for oddity in oddities:
            self._problem(
                "undecodable",
                Severity.WARNING,
                f"A record with a right checksum is not written as it should be: {oddity}.",
                "What could be read of it is shown. The program that wrote it has a fault.",
                record,
            )
        self._event(event, record)

    def _event(self, event: Any, record: RawRecord) -> None:
        what = event.WhichOneof("what")
        if record.payload:
            self._note_wall(event.wall_time)
        if not math.isfinite(event.wall_time):
            self._problem(
                "bad-wall-time",
                Severity.INFO,
                "An event's wall time is not a number.",
                "Its values are shown by step; on a time axis they have no place.",
                record,
            )
        if event.HasField("source_metadata"):
            self.writers.add(text(event.source_metadata.writer))
        if what == "summary":
            self._summary(event, record)
        elif what == "file_version":
            digits = text(event.file_version).rpartition(":")[2]
            self._version = int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 9 else 0
        elif what == "session_log" and event.session_log.status == _START:
            self._start(event.step)
        elif what == "graph_def":
            self._graph(GRAPH_TAG, "graphs", event, event.graph_def, record)
        elif what == "tagged_run_metadata":
            tagged = event.tagged_run_metadata
            self._graph(text(tagged.tag), "graph_tagged_run_metadata", event, tagged.run_metadata, record)

    def _graph(self, tag: str, plugin: str, event: Any, content: bytes, record: RawRecord) -> None:
        place = self._place(record, 0, len(record.payload))
        known = self._known(tag, None) or SeriesMetadata(plugin)
        value = TensorValue((1,), "object", place.blob(content), len(content))
        self._stage(tag, Kind.GRAPH, replace(known, plugin=plugin), event.step, event.wall_time, value)

    def _summary(self, event: Any, record: RawRecord) -> None:
        values = event.summary.value
        ranges: list[tuple[int, int]] | None = None
        for index, value in enumerate(values):
            tag = text(value.tag or value.node_name)
            known = self._known(tag, metadata_of(value))
            if value.WhichOneof("value") == "simple_value":
                begin = end = 0
            else:
                if ranges is None:
                    ranges = summary_values(record.payload)
                begin, end = ranges[index] if len(ranges) == len(values) else (0, len(record.payload))
            try:
                item = modern(value, known, self._place(record, begin, end))
            except Unreadable as error:
                self._problem(
                    "unreadable-value",
                    Severity.INFO,
                    f"A value of tag {tag!r} is not shown: {error}.",
                    "The other values of the record were read.",
                    record,
                )
                continue
            if item.oddity:
                self._problem(
                    "odd-value",
                    Severity.WARNING,
                    f"A value of tag {tag!r} is odd: {item.oddity}.",
                    "It is shown as far as it makes sense. Check what the training script logs under this tag.",
                    record,
                )
            self._stage(item.tag, item.kind, item.metadata, event.step, event.wall_time, item.content, item)

    def _stage(
        self,
        tag: str,
        kind: Kind,
        metadata: SeriesMetadata,
        step: int,
        wall: float,
        content: Any,
        item: Item | None = None,
    ) -> None:
        place = (tag, kind)
        self._metadata.setdefault(place, metadata)
        staged = self._stage_of(place)
        staged.step.append(step)
        staged.wall.append(wall)
        if kind is Kind.SCALAR:
            staged.value.append(content)
            if item is not None and item.double and not staged.double:
                staged.double = True
        else:
            if isinstance(content, Image) and not content.samples:
                content = Image((), content.width, content.height)
            staged.items.append(content)
        self._counts[place] = self._counts.get(place, 0) + 1

    def _stage_of(self, place: tuple[str, Kind]) -> _Staged:
        staged = self._staged.get(place)
        if staged is None:
            staged = self._staged[place] = _Staged()
            if place not in self._counts:
                staged.starts += [(0, step) for step in self._starts]
        return staged

    def _place(self, record: RawRecord, begin: int, end: int) -> Place:
        return Place(self.file, record.offset, record.length, HEADER_SIZE, record.payload, begin, end)

    def _note_wall(self, wall: float) -> None:
        if self._first_wall is None and math.isfinite(wall):
            self._first_wall = wall

    # What a run knows across its files.

    def _run_metadata(self) -> dict[str, SeriesMetadata]:
        try:
            return self._store.run(self._run_name).metadata
        except KeyError:
            return {}

    def _known(self, tag: str, own: SeriesMetadata | None) -> SeriesMetadata | None:
        """The metadata in force for a tag: the first that was seen in the run."""
        table = self._run_metadata()
        known = table.get(tag)
        if own is None:
            return known
        if known is None or (not known.plugin and own.plugin):
            table[tag] = own
            return own
        if own.plugin and known.plugin and own.plugin != known.plugin:
            self._problem(
                "conflicting-metadata",
                Severity.INFO,
                f"Tag {tag!r} was first written for {known.plugin!r} and later for {own.plugin!r}.",
                "Both are kept, as two series. Use different tags for different kinds of data.",
                None,
            )
            return own
        return known

    def _start(self, step: int) -> None:
        """A writing session begins: for every series of the run, as it purges all tags."""
        self._starts.append(step)
        self._new_starts.append(step)
        for place in set(self._counts) | set(self._staged):
            self._staged.setdefault(place, _Staged()).starts.append((self._counts.get(place, 0), step))

    def _rewind(self, offset: int) -> None:
        """Go back to the checkpoint of the gap at ``offset``."""
        counts: dict[tuple[str, Kind], int] = {}
        starts = 0
        while self._checkpoints:
            place, counts, starts = self._checkpoints.pop()
            if place <= offset:
                break
        delta = Delta()
        store = self._store
        with store.lock:
            try:
                run = store.run(self._run_name)
            except KeyError:
                return
            self._publish(run, delta)
            for key, series in run.series.items():
                segment = series.segments.find(self.file)
                if segment is not None and segment.count > counts.get(key, 0):
                    series.truncate(segment, counts.get(key, 0))
                    mark(delta, series.key, False)
            self._counts = counts
            del self._starts[starts:]
            if self.file in run.starts:
                run.starts[self.file] = (self._order, list(self._starts), self._version)
            if delta:
                store.publish(delta)

    # Publishing; under the store's lock.

    def _publish(self, run: Run, delta: Delta) -> None:
        if self._new_starts:
            run.starts[self.file] = (self._order, list(self._starts), self._version)
            for place in run.series:
                if place not in self._staged:
                    count = self._counts.get(place, 0)
                    self._staged[place] = _Staged(starts=[(count, step) for step in self._new_starts])
        for (tag, kind), staged in self._staged.items():
            key = SeriesKey(self._run_name, tag, kind)
            series = self._store.ensure_series(key, self._metadata.get((tag, kind), SeriesMetadata()), delta, self.file)
            self._publish_series(series, staged, delta)
        self._staged.clear()
        self._new_starts.clear()

    def _publish_series(self, series: Series, staged: _Staged, delta: Delta) -> None:
        segment = series.segments.ensure(self._order, self.file, self._version)
        appended = True
        if series.key.kind is Kind.SCALAR:
            staged.flush_points()
            if staged.arrays:
                step, wall, value = staged.joined()
                appended = series.add(segment, step, wall, value, None)
        elif staged.items:
            step = np.array(staged.step, np.int64)
            appended = series.add(segment, step, np.array(staged.wall, np.float64), None, staged.items)
        fresh = [start for start in staged.starts if start not in segment.starts]
        if fresh:
            segment.starts += fresh
            series.touch()
        if len(staged) or fresh:
            mark(delta, series.key, appended)

    def _problem(
        self, code: str, severity: Severity, cause: str, remedy: str, record: RawRecord | None
    ) -> None:
        known = self._problems.get((code, cause))
        if known is not None:
            self._problems[code, cause] = replace(known, count=known.count + 1)
        elif len(self._problems) < _MOST_PROBLEMS:
            self._problems[code, cause] = Problem(
                code,
                severity,
                self._run_name,
                self.file_name,
                cause,
                remedy,
                record.offset if record else None,
                record.end - record.offset if record else None,
            )
        else:
            self._passed_over += 1
