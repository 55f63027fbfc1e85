"""A log that is open: its roots, its store, and the thread that keeps the store up to date."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Collection, Sequence
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, TypeAlias

from ..embeddings.loading import EmbeddingError, load_source
from ..embeddings.matrix import Allocate
from ..embeddings.model import EmbeddingData, EmbeddingNote, EmbeddingSource
from ..embeddings.places import Permissions, Places
from ..model import BlobRef, WatchStatus
from ..store.store import RunStore
from .blobs import BlobError, BlobIndex
from .ingest import Ingest
from .listening import MakeWatcher, watch_folders
from .logdir import DiskLogDir, FileStamp, LogDir
from .projector import note_problems

__all__ = ["BlobError", "LogSession", "load"]

if TYPE_CHECKING:
    Root: TypeAlias = str | Path | LogDir


class LogSession:
    """Reads the runs of one or more roots, and goes on reading them as they grow.

    A root is a folder, a single event file, or any :class:`~.logdir.LogDir`; it need not exist yet. With ``watch`` off
    everything is read once, and again at each :meth:`reload`. With ``notify`` off changes are looked for every second
    or so instead of being notified by the system. ``make_watcher`` replaces the source of notifications. The reading
    thread calls ``give_way`` every millisecond of work or so: a window lets it wait there while its own thread works,
    as both share one interpreter.

    :attr:`store` holds what was read. The methods may be called from any thread.
    """

    def __init__(
        self,
        roots: Sequence[Root],
        *,
        watch: bool = True,
        notify: bool = True,
        make_watcher: MakeWatcher = watch_folders,
        give_way: Callable[[], None] | None = None,
    ) -> None:
        self.store = RunStore()
        self.roots = _logdirs(roots)
        self._blobs = BlobIndex()
        self._permissions = Permissions()
        self._places = Places([logdir.root for logdir in self.roots], self._permissions)
        self._watch = watch
        self._ingest = Ingest(
            self.roots,
            self.store,
            self._blobs,
            places=self._places,
            make_watcher=make_watcher if watch and notify else None,
            once=not watch,
            give_way=give_way,
        )
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin reading in the background. A second call does nothing."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._ingest.run, name="runglass-ingest", daemon=True)
            self._thread.start()

    def stop(self) -> None:
        """End reading and join all threads; what was read stays. A stopped session cannot be started again."""
        self._ingest.stop()
        if self._thread is not None:
            self._thread.join()
        self.store.set_watch_status(WatchStatus("stopped"))

    def reload(self) -> None:
        """Look everywhere again: folders, gaps, and files that could not be read."""
        self._ingest.reload()

    def prefer(self, runs: Collection[str]) -> None:
        """Read these runs before others, because a user is waiting for them."""
        self._ingest.prefer(runs)

    def wait_loaded(self, timeout: float | None = None) -> bool:
        """Wait until all that was there at the start is read; False where that took longer than ``timeout`` seconds."""
        return self._ingest.loaded.wait(timeout)

    def read_blob(self, ref: BlobRef) -> bytes:
        """The bytes that ``ref`` stands for, read from disk and verified.

        Raises BlobError with a sentence for users where the file is gone, was replaced, or does not hold them any more.
        """
        return self._blobs.read(ref)

    def load_embedding(
        self,
        source: EmbeddingSource,
        *,
        allocate: Allocate | None = None,
        progress: Callable[[int, int], None] | None = None,
        cancelled: Callable[[], bool] | None = None,
    ) -> EmbeddingData:
        """Read an embedding of ``store.embeddings()`` from disk. For a thread of a pool: it takes what it takes.

        ``allocate(points, dimensions)`` gives the memory of the matrix: an array, or anything with a writable buffer of
        at least points × dimensions × 4 bytes, such as ``SharedMemory.buf``; it may be called again where a file was
        replaced meanwhile. ``progress(done, total)`` counts bytes; ``cancelled()`` is asked every some hundred
        kilobytes. Both are called from the thread of this call.

        Raises EmbeddingError with a sentence for users where there are no vectors, LoadCancelled. What is wrong with
        labels, thumbnails and bookmarks is said in the notes of the result and in the log health. From now on
        changes of the files that were read count as changes of the embedding.
        """
        files: dict[str, FileStamp | None] = {}
        origin = ("embedding", source.key, source.step)
        try:
            data = load_source(
                source,
                self._places,
                self._blobs.read,
                allocate=allocate,
                progress=progress,
                cancelled=cancelled,
                files=files,
            )
        except EmbeddingError as error:
            if not source.missing:
                note = EmbeddingNote("embedding-not-read", str(error), error.permission)
                self.store.report(origin, note_problems(source, [note], "It is offered again when its files change."))
            raise
        finally:
            self._ingest.configs.watch(source.key, files)
        self.store.report(origin, note_problems(source, data.notes))
        return data

    def allow(self, path: str) -> None:
        """The user agreed that this file outside of the log is read, as long as the session lasts.

        ``path`` is what a note or an error said. The next load takes the file.
        """
        self._permissions.allow(path)
        self._ingest.configs.allowed()

    def __enter__(self) -> LogSession:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _load(self) -> None:
        self._ingest.load()
        self.store.set_watch_status(WatchStatus("stopped"))


def load(roots: Sequence[Root]) -> LogSession:
    """Read everything that is there, in the calling thread, and watch nothing. The session needs no ``stop()``."""
    session = LogSession(roots, watch=False)
    session._load()
    return session


def _logdirs(roots: Sequence[Root]) -> tuple[LogDir, ...]:
    found: dict[str, LogDir] = {}
    for root in roots:
        if isinstance(root, (str, Path)):
            logdir: LogDir = DiskLogDir(root)
            found.setdefault(os.path.realpath(logdir.root), logdir)
        else:
            found.setdefault(root.root, root)
    return tuple(found.values())
