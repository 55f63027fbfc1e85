"""A store that is fed with the bytes of event files, without a disk: what a session does, in one thread."""

from __future__ import annotations

from runglass.reader.api import FileHealth, Kind, RunInfo, RunStore, SeriesKey
from runglass.reader.store.sink import FileSink
from runglass.reader.wire.memory import PatternMemory
from runglass.reader.wire.records import RecordScanner
from runglass.reader.wire.source import BytesSource


def store_of(*runs: str) -> RunStore:
    """A store with empty runs; one named ``.`` where none is named."""
    store = RunStore()
    for run in runs or (".",):
        store.ensure_run(RunInfo(run, f"/log/{run}", "/log", 0, None))
    return store


class Feed:
    """One file of a run: each :meth:`read` takes in its bytes as they are now, and commits."""

    def __init__(
        self,
        store: RunStore,
        name: str = "a",
        run: str = ".",
        *,
        columns: bool = True,
        memory: PatternMemory | None = None,
    ) -> None:
        self.sink = FileSink(store, run, name)
        self.scanner = RecordScanner(columns=columns, memory=memory)
        self._run, self._name = run, name
        self._now = 0.0

    def read(self, data: bytes, *, commit: bool = True) -> Feed:
        """Scan to the end; an hour passes between two calls, so that every gap is looked at again."""
        self._now += 3600.0
        while True:
            for item in self.scanner.scan(BytesSource(data), self._now):
                self.sink.take(item)
            if not self.scanner.more:
                break
        if commit:
            scanner = self.scanner
            self.sink.commit(
                FileHealth(
                    self._run,
                    self._name,
                    self._name,
                    scanner.size,
                    scanner.accepted,
                    scanner.pending,
                    scanner.gap_bytes,
                    scanner.records,
                    len(scanner.gaps),
                )
            )
        return self


def contents(store: RunStore) -> dict[SeriesKey, list[list[float]]]:
    """Steps, wall times and what can be compared of the values of every series that has points."""
    found: dict[SeriesKey, list[list[float]]] = {}
    for key in store.series():
        if key.kind is Kind.SCALAR:
            scalars = store.scalars(key)
            found[key] = [scalars.step.tolist(), scalars.wall.tolist(), scalars.value.tolist()]
        elif key.kind is Kind.HISTOGRAM:
            view = store.histograms(key)
            columns = (view.step, view.wall, view.start, view.left, view.right, view.count, view.stats[:, 2])
            found[key] = [column.tolist() for column in columns]
        elif key.kind in (Kind.IMAGE, Kind.AUDIO):
            blobs = store.blobs(key)
            places = [float(blob.offset) for samples in blobs.samples for blob in samples]
            found[key] = [blobs.step.tolist(), blobs.wall.tolist(), places, blobs.width.tolist(), blobs.height.tolist()]
        else:
            tensors = store.tensors(key)
            places = [float(value.ref.offset) for value in tensors.values]
            found[key] = [tensors.step.tolist(), tensors.wall.tolist(), places]
    return {key: columns for key, columns in found.items() if columns[0]}
