"""Takes what a scan yields for one file, decodes and stages it, and publishes it in commits.

Used by the ingest thread alone. Nothing that stands in a log makes it raise: what is odd becomes a row of the log
health.
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np

from ..decode.compat import (
    GRAPH_TAG,
    KINDS,
    PLAIN,
    Item,
    Place,
    Unreadable,
    metadata_in,
    metadata_of,
    modern,
    under,
)
from ..decode.locate import summary_values
from ..decode.text import text
from ..model import BlobRef, Delta, FileHealth, Kind, Problem, SeriesKey, SeriesMetadata, Severity, TensorValue
from ..wire.frame import HEADER_SIZE, OVERHEAD
from ..wire.items import (
    ColumnBatch,
    GapOpened,
    RawRecord,
    Rewound,
    RowBatch,
    ScalarColumns,
    ScalarEncoding,
    ScanItem,
)
from ..wire.pattern import Pattern, PatternColumn
from ..wire.prescan import refusal
from ..wire.tolerant import parse_event
from .bucket_check import BucketCheck
from .changes import mark
from .known_tags import KnownTags
from .series import Series
from .staged_rows import StagedRows
from .staging import Problems, Progress, Staged
from .store import Run, RunStore

_START = 1


class FileSink:
    """Stages the contents of one generation of one file of a run.

    ``generation`` tells the contents of one name apart; files sort within the run by (name, generation). The run must
    be in the store.
    """

    def __init__(self, store: RunStore, run: str, file_name: str, *, generation: int = 0) -> None:
        self._store = store
        self._run_name = run
        self.file_name = file_name
        self.file = store.new_file_id()
        self._order = (file_name, generation)
        self._version = 0
        self._staged: dict[tuple[str, Kind], Staged] = {}
        self._metadata: dict[tuple[str, Kind], SeriesMetadata] = {}
        self._scalar_tags: dict[bytes, tuple[str, Kind]] = {}
        self._open: dict[Pattern, StagedRows] = {}
        self._progress = Progress()
        self._problems = Problems(run, file_name)
        self._tags = KnownTags(store, run, self._problems, self._close_rows)
        self._buckets = BucketCheck()
        self._first_wall: float | None = None
        self.writers: set[str] = set()

    @property
    def first_wall(self) -> float | None:
        """Wall time of the file's first event."""
        return self._first_wall

    def take(self, item: ScanItem) -> None:
        """Decode and stage one item of a scan."""
        if isinstance(item, RowBatch):
            self._rows(item)
        elif isinstance(item, ColumnBatch):
            for columns in item.columns:
                self._columns(columns, item)
        elif isinstance(item, RawRecord):
            self._record(item)
        elif isinstance(item, GapOpened):
            self._count_rows()
            self._buckets.settle(self._problems)
            self._progress.mark(item.offset, self._problems.notes)
        elif isinstance(item, Rewound):
            self._rewind(item.offset)

    def commit(self, health: FileHealth, problems: tuple[Problem, ...] = ()) -> None:
        """Publish what was staged, the file's byte accounting, and its problems (``problems``: of its bytes)."""
        store = self._store
        delta = Delta()
        self._close_rows()
        self._buckets.settle(self._problems)
        for staged in self._staged.values():
            staged.joined()
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
            store.report(("file", self.file), (*problems, *self._problems.rows()))

    def drop(self) -> None:
        """The file's points leave the store, with its accounting and problems."""
        store = self._store
        delta = Delta()
        self._open.clear()
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
                if segment is not None:
                    store.drop_segment(series, segment, delta)
            if delta:
                store.publish(delta)

    # Columns.

    def _rows(self, batch: RowBatch) -> None:
        rows = self._open.get(batch.plan.pattern) or self._open_rows(batch.plan.pattern)
        if rows is None:
            for columns in batch.columns:
                self._columns(columns, batch)
            return
        if self._first_wall is None or not np.isfinite(batch.points.wall).all():
            for columns in batch.columns:
                self._look_at_walls(columns)
        rows.add(batch)

    def _open_rows(self, pattern: Pattern) -> StagedRows | None:
        """Where rows of a pattern are staged from now on; None where not all of its tags are scalars."""
        places = []
        for column in pattern.columns:
            place = self._scalar_place(column)
            if place is None:
                return None
            places.append(place)
        rows = self._open[pattern] = StagedRows(pattern, places)
        for index, (place, column) in enumerate(zip(places, pattern.columns, strict=True)):
            staged = self._staged_at(place)
            staged.arrays.append((rows, index))
            staged.double |= column.size == 8
            staged.rows = rows
        return rows

    def _staged_at(self, place: tuple[str, Kind]) -> Staged:
        """Where points of a series are staged behind those that are."""
        staged = self._staged.get(place)
        if staged is None:
            staged = self._staged[place] = Staged()
        elif staged.rows is not None:
            self._close(staged.rows)
        elif staged.step:
            staged.flush()
        return staged

    def _close(self, rows: StagedRows) -> None:
        """Points of other records follow in some series of these rows, so that later rows come behind them."""
        self._count(rows)
        del self._open[rows.pattern]
        for place in rows.places:
            self._staged[place].rows = None

    def _close_rows(self) -> None:
        for rows in list(self._open.values()):
            self._close(rows)

    def _count_rows(self) -> None:
        for rows in self._open.values():
            self._count(rows)

    def _count(self, rows: StagedRows) -> None:
        for place, points in rows.uncounted():
            self._progress.add(place, points)

    def _columns(self, columns: ScalarColumns, batch: ColumnBatch | RowBatch) -> None:
        self._look_at_walls(columns)
        place = self._scalar_place(columns)
        if place is None:
            self._columns_as_tensors(columns, batch)
            return
        staged = self._staged_at(place)
        staged.arrays.append((columns.step, columns.wall, columns.value))
        staged.double |= columns.value.dtype == np.float64
        self._progress.add(place, len(columns.step))

    def _look_at_walls(self, columns: ScalarColumns) -> None:
        finite = np.isfinite(columns.wall)
        if not finite.all():
            for offset in columns.offsets[~finite].tolist():
                self._bad_wall(offset, None)
        if self._first_wall is None and finite.any():
            self._first_wall = float(columns.wall[finite.argmax()])

    def _scalar_place(self, columns: ScalarColumns | PatternColumn) -> tuple[str, Kind] | None:
        """The series that columns of this tag go to; None for tensors that no plug-in calls scalars."""
        simple = columns.encoding is ScalarEncoding.SIMPLE_VALUE
        known = self._scalar_tags.get(columns.tag)
        if known is not None and simple:
            return known
        tag = text(columns.tag)
        metadata = self._tags.known(tag, metadata_in(columns.template, columns.index))
        if not simple and (metadata is None or metadata.plugin != "scalars"):
            return None
        place = (tag, Kind.SCALAR)
        metadata = under("scalars", metadata or SeriesMetadata())
        self._metadata.setdefault(place, metadata)
        self._tags.learn(tag, metadata)
        self._scalar_tags[columns.tag] = place
        return place

    def _columns_as_tensors(self, columns: ScalarColumns, batch: ColumnBatch | RowBatch) -> None:
        """Numbers that nobody called scalars: each is a tensor of rank 0, known by its place on disk."""
        tag = text(columns.tag)
        metadata = self._tags.known(tag, None) or SeriesMetadata()
        kind = KINDS.get(metadata.plugin, Kind.TENSOR)
        kind = Kind.TENSOR if kind in PLAIN else kind
        # Each record of the batch holds a value of some column, so that a frame ends where the next one begins.
        frames = np.unique(np.concatenate([*(other.offsets for other in batch.columns), [batch.end]]))
        ends = frames[np.searchsorted(frames, columns.offsets, "right")]
        begin, end = summary_values(columns.template)[columns.index]
        # Steps differ in size, and stand before the values: a value's distance from the record's end is the same.
        distance = len(columns.template) - begin
        dtype = str(columns.value.dtype)
        points = zip(columns.step.tolist(), columns.wall.tolist(), columns.offsets.tolist(), ends.tolist())
        for step, wall, offset, stop in points:
            length = stop - offset - OVERHEAD
            ref = BlobRef(self.file, offset, length, offset + HEADER_SIZE + length - distance, end - begin)
            value = TensorValue((), dtype, ref, columns.value.itemsize)
            self._stage(Item(tag, kind, metadata, value), step, wall)

    # Records.

    def _record(self, record: RawRecord) -> None:
        if record.oddity:
            self._note(
                record.oddity,
                Severity.INFO,
                "The checksum of a record's length is wrong, the checksum of its content is right.",
                "Nothing is lost: the record was read.",
                record,
            )
        if record.large:
            self._note(
                "record-too-large",
                Severity.WARNING,
                f"A record of {record.length:,} bytes is larger than Runglass holds in memory.",
                "Its checksum was verified and it stays on disk; log such data in smaller pieces to see it.",
                record,
            )
            return
        refused = refusal(record.payload)
        if refused is not None:
            self._note(
                refused.code,
                Severity.WARNING,
                f"A record was not decoded, as it would take too much memory: {refused.detail}.",
                "The records around it were read. Log fewer values at a time.",
                record,
            )
            return
        event, oddities = parse_event(record.payload)
        for oddity in oddities:
            self._note(
                "undecodable",
                Severity.WARNING,
                f"A record with a right checksum is not written as it should be: {oddity}.",
                "What could be read of it is shown. The program that wrote it has a fault.",
                record,
            )
        self._event(event, record)

    def _event(self, event: Any, record: RawRecord) -> None:
        what = event.WhichOneof("what")
        if not math.isfinite(event.wall_time):
            self._bad_wall(record.offset, record.end - record.offset)
        elif self._first_wall is None and record.payload:
            self._first_wall = event.wall_time
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
        metadata = replace(self._tags.known(tag, None) or SeriesMetadata(), plugin=plugin)
        value = TensorValue((1,), "object", place.blob(content), len(content), raw=True)
        self._stage(Item(tag, Kind.GRAPH, metadata, value), event.step, event.wall_time)

    def _summary(self, event: Any, record: RawRecord) -> None:
        values = event.summary.value
        ranges: list[tuple[int, int]] | None = None
        for index, value in enumerate(values):
            tag = text(value.tag or value.node_name)
            known = self._tags.known(tag, metadata_of(value))
            if value.WhichOneof("value") == "simple_value":
                begin = end = 0
            else:
                if ranges is None:
                    ranges = summary_values(record.payload)
                begin, end = ranges[index] if len(ranges) == len(values) else (0, len(record.payload))
            try:
                item = modern(value, known, self._place(record, begin, end))
            except Unreadable as error:
                self._note(
                    "unreadable-value",
                    Severity.INFO,
                    f"A value of tag {tag!r} is not shown: {error}.",
                    "The other values of the record were read. Check what the training script logs under this tag.",
                    record,
                )
                continue
            if item.oddity:
                self._odd_value(item, event.step, record)
            if item.kind is Kind.HISTOGRAM:
                length = record.end - record.offset
                self._buckets.add(item.tag, item.content, event.step, record.offset, length)
            if known is None or not known.plugin:
                self._tags.learn(tag, item.metadata)
            self._stage(item, event.step, event.wall_time)

    def _odd_value(self, item: Item, step: int, record: RawRecord) -> None:
        cause, about = f"A value of tag {item.tag!r} is odd: {item.oddity}.", None
        if item.kind is Kind.HISTOGRAM:
            # Lists of other lengths at every step are one fault of the program that wrote them.
            cause = f"Histograms of tag {item.tag!r} are odd, first at step {step:,}: {item.oddity}."
            about = item.tag
        self._problems.add(
            "odd-value",
            Severity.WARNING,
            cause,
            "It is shown as far as it makes sense. Check what the training script logs under this tag.",
            record.offset,
            record.end - record.offset,
            about=about,
        )

    def _stage(self, item: Item, step: int, wall: float) -> None:
        place = (item.tag, item.kind)
        self._metadata.setdefault(place, item.metadata)
        staged = self._staged.get(place)
        if staged is None:
            staged = self._staged[place] = Staged()
        elif staged.rows is not None:
            self._close(staged.rows)
        staged.step.append(step)
        staged.wall.append(wall)
        if item.kind is Kind.SCALAR:
            staged.value.append(item.content)
            staged.double |= item.double
        else:
            staged.items.append(item.content)
        self._progress.add(place, 1)

    def _place(self, record: RawRecord, begin: int, end: int) -> Place:
        return Place(self.file, record.offset, record.length, HEADER_SIZE, record.payload, begin, end)

    # Sessions and gaps.

    def _start(self, step: int) -> None:
        """A writing session begins: for every series of the run, as it purges all tags."""
        self._count_rows()
        progress = self._progress
        progress.starts.append(step)
        for place, count in progress.counts.items():
            self._staged.setdefault(place, Staged()).starts.append((count, step))

    def _rewind(self, offset: int) -> None:
        """A gap healed: what was read at or behind ``offset`` goes, and comes again."""
        self._close_rows()
        self._buckets.forget()
        delta = Delta()
        store, progress = self._store, self._progress
        with store.lock:
            try:
                run = store.run(self._run_name)
            except KeyError:
                run = None
            if run is not None:
                self._publish(run, delta)
            self._staged.clear()
            self._problems.rewind(progress.rewind(offset))
            if run is None:
                return
            starts = len(progress.starts)
            for place, series in run.series.items():
                segment = series.segments.find(self.file)
                if segment is None:
                    continue
                count = progress.counts.get(place, 0)
                if segment.count > count or len(segment.starts) > starts:
                    del segment.starts[starts:]
                    series.truncate(segment, count)
                    series.rewrites += 1
                    series.touch()
                    mark(delta, series.key, False)
            if self.file in run.starts:
                run.starts[self.file] = (self._order, list(progress.starts), self._version)
            if delta:
                store.publish(delta)

    # Publishing; under the store's lock.

    def _publish(self, run: Run, delta: Delta) -> None:
        starts = self._progress.starts
        known = run.starts.get(self.file)
        if starts and (known is None or len(known[1]) != len(starts)):
            run.starts[self.file] = (self._order, list(starts), self._version)
            for place in run.series:
                self._staged.setdefault(place, Staged())
        for place, staged in self._staged.items():
            tag, kind = place
            fresh = place not in run.series
            key = SeriesKey(self._run_name, tag, kind)
            series = self._store.ensure_series(key, self._metadata.get(place, SeriesMetadata()), delta, self.file)
            if fresh:
                self._tell_kinds_apart(run, key)
            self._publish_series(series, staged, delta)
        self._staged.clear()

    def _publish_series(self, series: Series, staged: Staged, delta: Delta) -> None:
        starts = self._progress.starts
        segment = series.segments.find(self.file)
        points = staged.joined()
        if segment is None and points is None and not starts:
            return
        segment = series.segments.ensure(self._order, self.file, self._version)
        # START events from before the series' first point in this file have nothing before them.
        missing = starts[len(segment.starts) :]
        fresh = [(0, step) for step in missing[: len(missing) - len(staged.starts)]] + staged.starts
        if fresh:
            segment.starts += fresh
            series.touch()
        appended = True
        if points is not None:
            appended = series.add(segment, *points)
        if points is not None or fresh:
            mark(delta, series.key, appended)

    def _tell_kinds_apart(self, run: Run, key: SeriesKey) -> None:
        others = [kind.value for kind in Kind if kind is not key.kind and (key.tag, kind) in run.series]
        if others:
            self._note(
                "two-kinds",
                Severity.INFO,
                f"Tag {key.tag!r} holds {key.kind.value.replace('_', ' ')} besides {others[0].replace('_', ' ')}.",
                "They are shown as two series. Use different tags for different kinds of data.",
                None,
            )

    # Odd things.

    def _note(self, code: str, severity: Severity, cause: str, remedy: str, record: RawRecord | None) -> None:
        if record is None:
            self._problems.add(code, severity, cause, remedy)
        else:
            self._problems.add(code, severity, cause, remedy, record.offset, record.end - record.offset)

    def _bad_wall(self, offset: int, length: int | None) -> None:
        self._problems.add(
            "bad-wall-time",
            Severity.INFO,
            "An event's wall time is not a number.",
            "Its values are shown by step; on a time axis they have no place.",
            offset,
            length,
        )
