"""For tests of logs that grow: waiting for what should come, and comparing what was read."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from log_writing import scalar, version, write

from runglass.reader.embeddings.places import Permissions, Places
from runglass.reader.live.blobs import BlobIndex
from runglass.reader.live.census import Census
from runglass.reader.live.ingest import Ingest
from runglass.reader.live.logdir import DiskLogDir, FileStamp, FolderEntry, FolderId, LogDir, OpenFile
from runglass.reader.live.session import load
from runglass.reader.model import Kind, SeriesKey
from runglass.reader.store.store import RunStore

PATIENCE = 8.0


def wait_until(true: Callable[[], bool], what: str = "", seconds: float = PATIENCE) -> None:
    """Returns as soon as ``true()`` holds; fails the test after ``seconds``."""
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, f"did not come: {what or true}"
        time.sleep(0.003)


def scalars(tag: str, steps: Iterable[int]) -> bytes:
    """Points of a tag; the value is the step."""
    return b"".join(scalar(tag, step, float(step)) for step in steps)


def log(path: Path, points: int, tag: str = "loss") -> Path:
    """An event file with points 0 … ``points`` - 1."""
    return write(path, version(), scalars(tag, range(points)))


def append(path: Path, data: bytes) -> None:
    """Append and close, as TensorBoard's writer does."""
    with path.open("ab") as file:
        file.write(data)


def steps(store: RunStore, run: str, tag: str = "loss") -> list[int]:
    """Steps of a scalar series; empty where it is not there (yet)."""
    try:
        return store.scalars(SeriesKey(run, tag, Kind.SCALAR)).step.tolist()
    except KeyError:
        return []


def runs(store: RunStore) -> list[str]:
    """Names of all runs, sorted."""
    return sorted(run.name for run in store.runs())


def codes(store: RunStore) -> list[str]:
    """Codes of all problems, sorted."""
    return sorted(problem.code for problem in store.health().problems)


def state_of(store: RunStore) -> dict[tuple[str, str, str], object]:
    """All that was read, so that two stores can be compared."""
    found: dict[tuple[str, str, str], object] = {}
    for key in store.series():
        name = (key.run, key.tag, key.kind.name)
        if key.kind is Kind.SCALAR:
            view = store.scalars(key)
            found[name] = (view.step.tobytes(), view.wall.tobytes(), view.value.tobytes(), str(view.value.dtype))
        elif key.kind is Kind.HISTOGRAM:
            histograms = store.histograms(key)
            found[name] = (histograms.step.tobytes(), histograms.count.tobytes(), histograms.left.tobytes())
        elif key.kind in (Kind.IMAGE, Kind.AUDIO):
            blobs = store.blobs(key)
            places = [[(ref.offset, ref.length) for ref in sample] for sample in blobs.samples]
            found[name] = (blobs.step.tobytes(), blobs.wall.tobytes(), str(places))
        else:
            tensors = store.tensors(key)
            places = [[(value.ref.offset, value.ref.length)] for value in tensors.values]
            found[name] = (tensors.step.tobytes(), tensors.wall.tobytes(), str(places))
    return found


def check_accounting(store: RunStore) -> None:
    """Every byte of every file is accepted, pending or in a gap."""
    for file in store.health().files:
        assert file.accepted + file.pending + file.gap_bytes == file.size, file


def check_as_fresh(store: RunStore, root: Path) -> None:
    """What was read bit by bit is what a fresh reader sees."""
    check_accounting(store)
    assert state_of(store) == state_of(load([root]).store)


class Clock:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


class Stepped:
    """A reader without a thread: each :meth:`settle` does all that is due at the clock's time."""

    def __init__(self, *roots: Path | LogDir) -> None:
        self.clock = Clock()
        self.store = RunStore()
        self.blobs = BlobIndex()
        logdirs = [DiskLogDir(root) if isinstance(root, Path) else root for root in roots]
        places = Places([logdir.root for logdir in logdirs], Permissions())
        self.ingest = Ingest(logdirs, self.store, self.blobs, places=places, make_watcher=None, clock=self.clock)

    @property
    def census(self) -> Census:
        """What was found."""
        return self.ingest._census

    def settle(self, seconds: float = 0.0) -> None:
        """Move the clock on in small steps, doing all that falls due on the way."""
        until = self.clock.now + seconds
        while True:
            for _turn in range(10_000):
                if self.ingest.turn() > 0:
                    break
            else:
                raise AssertionError("never comes to rest")
            check_accounting(self.store)
            if self.clock.now >= until:
                return
            self.clock.now = min(self.clock.now + 0.25, until)


class WrappedLogDir:
    """A folder on disk whose methods a test can make fail: set :attr:`refuse` or :attr:`wrap`."""

    def __init__(self, root: Path) -> None:
        self.inner = DiskLogDir(root)
        self.refuse: Callable[[str, str], OSError | None] = lambda _what, _path: None
        self.wrap: Callable[[OpenFile], OpenFile] = lambda file: file

    root = property(lambda self: self.inner.root)
    label = property(lambda self: self.inner.label)
    profile = property(lambda self: self.inner.profile)
    watch_path = property(lambda self: self.inner.watch_path)

    def scan(self, visited: dict[FolderId, str], below: str | None = None) -> Iterator[FolderEntry]:
        for entry in self.inner.scan(visited, below):
            error = self.refuse("scan", entry.path)
            yield entry if error is None else FolderEntry(entry.run, entry.path, error=error)

    def look(self, path: str) -> FolderEntry | None:
        return self.inner.look(path)

    def stat(self, path: str) -> FileStamp:
        self._raise("stat", path)
        return self.inner.stat(path)

    def open(self, path: str) -> OpenFile:
        self._raise("open", path)
        return self.wrap(self.inner.open(path))

    def _raise(self, what: str, path: str) -> None:
        error = self.refuse(what, path)
        if error is not None:
            raise error
