"""All that was read, in memory: written by the ingest thread, read by everyone."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any, cast

import numpy as np
from numpy.typing import ArrayLike

from ..embeddings.model import EmbeddingSeries, EmbeddingSource
from ..model import (
    BlobView,
    Delta,
    EmbeddingKey,
    FileHealth,
    HistogramView,
    Kind,
    LogHealth,
    Problem,
    Progress,
    RestartMode,
    RunInfo,
    ScalarSelection,
    ScalarView,
    SeriesKey,
    SeriesMetadata,
    TensorView,
    Totals,
    WatchStatus,
)
from .changes import Subscription, mark
from .embeddings import EmbeddingTable
from .segments import Segment
from .series import Series
from .tally import Tally


class Run:
    """A run's record, its series, and what must be known across its files. Changed under the store's lock only."""

    def __init__(self, info: RunInfo) -> None:
        self.info = info
        self.series: dict[tuple[str, Kind], Series] = {}
        self.metadata: dict[str, SeriesMetadata] = {}
        self.starts: dict[int, tuple[tuple[str, int], list[int], int]] = {}


class RunStore:
    """Runs and their series. Every method may be called from any thread; views are immutable.

    The methods below "for the ingest side" are called by :class:`~.sink.FileSink` and the ingest thread alone.
    """

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._runs: dict[str, Run] = {}
        self._generation = 0
        self._files: dict[int, FileHealth] = {}
        self._problems: dict[object, tuple[Problem, ...]] = {}
        self._progress = Progress()
        self._watch = WatchStatus("stopped")
        self._subscriptions: list[Subscription] = []
        self._health: LogHealth | None = None
        self._file_order: list[int] | None = None
        self._floor = 0
        self._next_file = 0
        self._next_order = 0
        self._totals = Tally()
        self._embeddings = EmbeddingTable()

    # Reading.

    @property
    def generation(self) -> int:
        """Grows with every commit."""
        return self._generation

    @property
    def watch_status(self) -> WatchStatus:
        """How changes on disk are noticed."""
        return self._watch

    def runs(self) -> tuple[RunInfo, ...]:
        """All runs, in the order of first sight."""
        with self._lock:
            return tuple(run.info for run in self._runs.values())

    def series(self, kind: Kind | None = None) -> tuple[SeriesKey, ...]:
        """Keys of all series, or of those of one kind."""
        with self._lock:
            return tuple(
                series.key
                for run in self._runs.values()
                for series in run.series.values()
                if kind is None or series.key.kind is kind
            )

    def series_of(self, run: str) -> tuple[SeriesKey, ...]:
        """Keys of a run's series; empty for a run that is not there."""
        with self._lock:
            found = self._runs.get(run)
            return tuple(series.key for series in found.series.values()) if found else ()

    def metadata(self, key: SeriesKey) -> SeriesMetadata:
        """What the first value said of its tag. KeyError if there is no such series."""
        with self._lock:
            return self._find(key).metadata

    def scalars(self, key: SeriesKey) -> ScalarView:
        """A scalar series, all points. KeyError if there is no such series."""
        view: ScalarView = self._view(key, Kind.SCALAR)
        return view

    def blobs(self, key: SeriesKey) -> BlobView:
        """A series of images or audio clips. KeyError if there is no such series."""
        view: BlobView = self._view(key, Kind.IMAGE, Kind.AUDIO)
        return view

    def histograms(self, key: SeriesKey) -> HistogramView:
        """A series of histograms. KeyError if there is no such series."""
        view: HistogramView = self._view(key, Kind.HISTOGRAM)
        return view

    def tensors(self, key: SeriesKey) -> TensorView:
        """A series of any other kind. KeyError if there is no such series."""
        view: TensorView = self._view(key, *(set(Kind) - {Kind.SCALAR, Kind.IMAGE, Kind.AUDIO, Kind.HISTOGRAM}))
        return view

    def embeddings(self) -> tuple[EmbeddingSeries, ...]:
        """Everything that a projector can show: what configs name first, then the tensors of two dimensions."""
        with self._lock:
            logged = self._embeddings.logged(self.tensors(key) for key in self.series(Kind.TENSOR))
            return (*self._embeddings.series(), *logged)

    def selection(self, key: SeriesKey, mode: RestartMode) -> ScalarSelection:
        """The points of a scalar series that ``mode`` shows; the same object until the series changes."""
        if key.kind is not Kind.SCALAR:
            raise KeyError(key)
        with self._lock:
            series = self._find(key)
            view, selector = series.view(), series.selector(mode)
        # Not under the lock: this may look at every point.
        selection: ScalarSelection = selector.select(cast("ScalarView", view))
        return selection

    def health(self) -> LogHealth:
        """Byte accounting and problems of all files."""
        with self._lock:
            if self._health is None:
                files = self._files
                if self._file_order is None:
                    self._file_order = sorted(files, key=lambda file: (files[file].run, files[file].name, file))
                rows = [problem for problems in self._problems.values() for problem in problems]
                self._health = LogHealth(tuple(files[file] for file in self._file_order), tuple(rows))
            return self._health

    def progress(self) -> Progress:
        """Bytes read of bytes known."""
        return self._progress

    def totals(self) -> Totals:
        """Figures for the status bar; costs nothing, as they are kept up to date with each commit."""
        with self._lock:
            return self._totals.figures(len(self._runs))

    def subscribe(self, wake: Callable[[], None]) -> Subscription:
        """Be woken when something changed; see :class:`~.changes.Subscription`."""
        subscription = Subscription(wake, self._unsubscribe)
        with self._lock:
            self._subscriptions.append(subscription)
        return subscription

    def put_scalars(self, run: str, tag: str, step: ArrayLike, wall: ArrayLike, value: ArrayLike) -> SeriesKey:
        """Append points that come from no file: for programs and tests that fill a store themselves."""
        # Copies: columns take over the first array that they are given.
        steps = np.array(step, np.int64, ndmin=1)
        walls = np.array(wall, np.float64, ndmin=1)
        values = np.array(value, ndmin=1)
        if values.dtype != np.float64:
            values = values.astype(np.float32)
        if not len(steps) == len(walls) == len(values):
            raise ValueError(f"{len(steps)} steps, {len(walls)} wall times and {len(values)} values")
        delta = Delta()
        with self._lock:
            self.ensure_run(RunInfo(run, run, "", self._next_order, None))
            key = SeriesKey(run, tag, Kind.SCALAR)
            series = self.ensure_series(key, SeriesMetadata("scalars"), delta)
            segment = series.segments.ensure(("", 0), -1, 2)
            mark(delta, key, series.add(segment, steps, walls, values))
            self.publish(delta)
        return key

    # For the ingest side.

    @property
    def lock(self) -> threading.RLock:
        """Held for the length of a commit."""
        return self._lock

    def new_file_id(self) -> int:
        """An id for a generation of a file."""
        with self._lock:
            self._next_file += 1
            return self._next_file

    def run(self, name: str) -> Run:
        """The record of a run. KeyError if it is not there."""
        return self._runs[name]

    def ensure_run(self, info: RunInfo) -> None:
        """Add a run, or change the record of one that is there (its place in the order stays)."""
        with self._lock:
            run = self._runs.get(info.name)
            delta = Delta()
            if run is None:
                self._runs[info.name] = Run(replace(info, order=self._next_order))
                self._next_order += 1
                delta.new_runs.add(info.name)
            else:
                fresh = replace(info, order=run.info.order)
                if info.first_wall is None:
                    fresh = replace(fresh, first_wall=run.info.first_wall)
                if fresh == run.info:
                    return
                run.info = fresh
                delta.changed_runs.add(info.name)
            self.publish(delta)

    def set_run_state(self, name: str, *, deleted: bool | None = None, live: bool | None = None) -> None:
        """Mark a run as deleted on disk or as growing; None leaves a mark as it is."""
        with self._lock:
            run = self._runs.get(name)
            if run is None:
                return
            info = run.info
            fresh = replace(
                info,
                deleted=info.deleted if deleted is None else deleted,
                live=info.live if live is None else live,
            )
            if fresh != info:
                run.info = fresh
                self.publish(Delta(changed_runs={name}))

    def remove_run(self, name: str) -> None:
        """Forget a run and all of its series."""
        with self._lock:
            gone = self._runs.pop(name, None)
            if gone is not None:
                for series in gone.series.values():
                    self._forget(series)
                self.publish(Delta(removed_runs={name}, changed_embeddings=self._embeddings.forget_run(name)))

    def put_embeddings(self, origin: str, sources: Iterable[EmbeddingSource]) -> None:
        """Replace the embeddings that the config at ``origin`` names; none takes them away."""
        with self._lock:
            changed = self._embeddings.put(origin, sources)
            if changed:
                self.publish(Delta(changed_embeddings=changed))

    def touch_embeddings(self, keys: Iterable[EmbeddingKey]) -> None:
        """Say that files of these embeddings changed on disk."""
        self.publish(Delta(changed_embeddings=set(keys)))

    def set_progress(self, progress: Progress) -> None:
        """Say how far reading is."""
        if progress != self._progress:
            self._progress = progress
            self.publish(Delta(progress=True))

    def set_watch_status(self, status: WatchStatus) -> None:
        """Say how changes are noticed."""
        if status != self._watch:
            self._watch = status
            self.publish(Delta(progress=True))

    def report(self, origin: object, problems: Iterable[Problem]) -> None:
        """Replace the problems known of ``origin`` (a file, a folder, the watcher); none takes them away."""
        rows = tuple(problems)
        with self._lock:
            if self._problems.get(origin, ()) == rows:
                return
            if rows:
                self._problems[origin] = rows
            else:
                self._problems.pop(origin, None)
            self._health = None
            self.publish(Delta(health=True))

    def set_file_health(self, file: int, health: FileHealth | None) -> None:
        """Replace the byte accounting of a file; None takes it away."""
        with self._lock:
            if self._files.get(file) == health:
                return
            if health is None or file not in self._files:
                self._file_order = None
            if health is None:
                self._files.pop(file, None)
            else:
                self._files[file] = health
            self._health = None
            self.publish(Delta(health=True))

    def ensure_series(self, key: SeriesKey, metadata: SeriesMetadata, delta: Delta, file: int = -1) -> Series:
        """The series under ``key``, made where there is none. Within a commit of ``file``.

        A new series takes part in the sessions that other files of the run have announced.
        """
        run = self._runs[key.run]
        series = run.series.get((key.tag, key.kind))
        if series is None:
            series = run.series[key.tag, key.kind] = Series(key, metadata, self._floor)
            for other, (order, steps, version) in run.starts.items():
                if other != file:
                    segment = series.segments.ensure(order, other, version)
                    segment.starts += [(0, step) for step in steps]
            delta.new_series.add(key)
        return series

    def drop_segment(self, series: Series, segment: Segment, delta: Delta) -> None:
        """Take a file's points out of a series; a series without points goes. Within a commit."""
        series.drop(segment)
        if len(series):
            mark(delta, series.key, False)
            return
        del self._runs[series.key.run].series[series.key.tag, series.key.kind]
        self._forget(series)
        delta.changed_series.pop(series.key, None)
        delta.removed_series.add(series.key)

    def publish(self, delta: Delta) -> None:
        """Hand a commit's changes to the listeners."""
        with self._lock:
            self._generation += 1
            delta.generation = self._generation
            for key in delta.changed_series:
                self._totals.count(self._find(key))
                if key.kind is Kind.TENSOR:
                    delta.changed_embeddings.add(EmbeddingKey(key.run, key.tag, logged=True))
            for key in delta.removed_series:
                if key.kind is Kind.TENSOR:
                    delta.changed_embeddings.add(EmbeddingKey(key.run, key.tag, logged=True))
            for subscription in self._subscriptions:
                subscription.merge(delta)

    def _forget(self, series: Series) -> None:
        self._totals.forget(series)
        self._floor = max(self._floor, series.rewrites + 1)

    def _unsubscribe(self, subscription: Subscription) -> None:
        with self._lock:
            if subscription in self._subscriptions:
                self._subscriptions.remove(subscription)

    def _find(self, key: SeriesKey) -> Series:
        run = self._runs.get(key.run)
        series = run.series.get((key.tag, key.kind)) if run else None
        if series is None:
            raise KeyError(key)
        return series

    def _view(self, key: SeriesKey, *kinds: Kind) -> Any:
        if key.kind not in kinds:
            raise KeyError(key)
        with self._lock:
            return self._find(key).view()
