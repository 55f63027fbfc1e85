"""Which runs and files there are: what walks and notifications bring, turned into tails and records of runs."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from ..model import Problem, RunInfo
from ..store.store import RunStore
from ..wire.memory import PatternMemory
from . import reports
from .blobs import BlobIndex
from .logdir import FileEntry, FolderEntry, FolderId, LogDir, Oddity, labels_of
from .projector import ProjectorConfigs, run_of
from .schedule import Schedule
from .tail import FileTail

#: A run counts as live so many seconds after it grew.
LIVE = 120.0


@dataclass(slots=True)
class KnownRun:
    """A run with its files. ``folder`` is its raw path, ``live_until`` a time of the ingest thread's clock.

    ``embedded``: a projector's config names embeddings of it.
    """

    name: str
    folder: str
    tails: list[FileTail] = field(default_factory=list)
    embedded: bool = False
    deleted: bool = False
    live_until: float | None = None


@dataclass(slots=True)
class _Folder:
    oddities: list[Oddity] = field(default_factory=list)
    reported: bool = False
    seen: int = 0


class Census:
    """All files that were ever found. Used by the ingest thread alone."""

    def __init__(
        self,
        logdirs: Sequence[LogDir],
        store: RunStore,
        schedule: Schedule,
        blobs: BlobIndex,
        configs: ProjectorConfigs,
        *,
        patient: bool = True,
    ) -> None:
        self.logdirs = tuple(logdirs)
        self.tails: dict[str, FileTail] = {}
        self.runs: dict[str, KnownRun] = {}
        self.total = 0
        self.read = 0
        self._store = store
        self._schedule = schedule
        self._blobs = blobs
        self._configs = configs
        self._memory = PatternMemory()
        self._patient = patient
        self._labels = labels_of(list(logdirs)) if len(logdirs) > 1 else [""]
        self._by_folder: dict[str, KnownRun] = {}
        self._by_identity: dict[FolderId, FileTail] = {}
        self._aliases: dict[str, FileTail] = {}
        self._folders: dict[str, _Folder] = {}
        self._pass = 0
        self._walking = 0
        self._walked = 0

    @property
    def watched_folders(self) -> int:
        """How many folders the last whole walk entered that a recursive watch covers."""
        return self._walked

    def find(self, path: str) -> FileTail | None:
        """The tail of a path, also under a second name."""
        return self.tails.get(path) or self._aliases.get(path)

    def owner(self, path: str) -> int | None:
        """The index of the root that a path lies under: the one whose walk would find it first."""
        for index, logdir in enumerate(self.logdirs):
            if path == logdir.root or path.startswith(logdir.root.rstrip(os.sep) + os.sep):
                return index
        return None

    def begin_pass(self) -> None:
        """A whole walk begins."""
        self._pass += 1
        self._walking = 0
        self._configs.begin_pass()

    def take(self, root: int, entry: FolderEntry, *, walk: bool = True) -> list[FileTail]:
        """Take in what is said of a folder; queues new and changed files, and returns the changed ones among them."""
        folder = self._folders.get(entry.path)
        if folder is None:
            folder = self._folders[entry.path] = _Folder()
        folder.seen = self._pass
        if entry.error is not None:
            # A folder below the root that vanished between two looks is no news.
            if entry.run == "." or entry.error.errno not in (errno.ENOENT, errno.ENOTDIR):
                folder.reported = True
                name = self._shown_run(root, entry.run)
                self._store.report(("folder", entry.path), [reports.error_problem(name, "", entry.error)])
            return []
        folder.oddities.extend(entry.oddities)
        if entry.config is not None:
            self._take_config(root, entry, entry.config)
        changed = []
        for file in entry.files:
            tail = self.tails.get(file.path)
            if tail is None:
                if not self._is_alias(file, folder):
                    self._add(root, entry, file)
                continue
            tail.seen = self._pass
            if (tail.deleted or file.stamp != tail.stamp) and not tail.failing:
                self._schedule.ready(tail)
                changed.append(tail)
        if entry.last:
            if walk and not entry.quiet:
                self._walking += 1
            self._report(root, entry, folder)
        return changed

    def end_pass(self) -> None:
        """A whole walk is over: files that it did not meet are looked at, for they may be deleted."""
        self._walked = self._walking
        for tail in self.tails.values():
            if tail.seen != self._pass and not tail.deleted and not tail.failing:
                self._schedule.ready(tail)
        for name in self._configs.end_pass():
            if name in self.runs:
                self.runs[name].embedded = False
                self._judge(self.runs[name])
        for path in [path for path, folder in self._folders.items() if folder.seen != self._pass]:
            if self._folders.pop(path).reported:
                self._store.report(("folder", path), ())

    def inside(self, folder: str) -> Iterable[FileTail]:
        """All tails in a folder itself."""
        run = self._by_folder.get(folder)
        return run.tails if run is not None else ()

    def below(self, folder: str) -> Iterable[FileTail]:
        """All tails in a folder and the folders in it."""
        inside = folder.rstrip(os.sep) + os.sep
        for run in self.runs.values():
            if run.folder == folder or run.folder.startswith(inside):
                yield from run.tails

    def settle(self, tail: FileTail, now: float, *, grew: bool) -> None:
        """After a visit: byte counts, and what it means for the run."""
        size, read = tail.size, tail.size - tail.unread
        self.total += size - tail.counted[0]
        self.read += read - tail.counted[1]
        tail.counted = (size, read)
        if tail.stamp.inode and not tail.deleted:
            self._by_identity[tail.stamp.identity] = tail
        run = self.runs[tail.run]
        self._judge(run)
        if grew and not run.deleted:
            if run.live_until is None:
                self._store.set_run_state(run.name, live=True)
            run.live_until = now + LIVE

    def cool_down(self, now: float) -> None:
        """Runs that did not grow for a while are no longer live."""
        for run in self.runs.values():
            if run.live_until is not None and run.live_until <= now:
                run.live_until = None
                self._store.set_run_state(run.name, live=False)

    def newest(self, number: int) -> list[FileTail]:
        """The files changed last by their own times: likely to grow, whatever our clock says."""
        return sorted(self.tails.values(), key=lambda tail: tail.stamp.mtime_ns, reverse=True)[:number]

    def _judge(self, run: KnownRun) -> None:
        """A run is deleted when nothing of it is on disk any more."""
        deleted = not run.embedded and all(tail.deleted for tail in run.tails)
        if deleted != run.deleted:
            run.deleted = deleted
            self._store.set_run_state(run.name, deleted=deleted, live=False if deleted else None)

    def _ensure_run(self, root: int, name: str, folder: str) -> KnownRun:
        run = self._by_folder.get(folder)
        if run is None:
            free = self._free_name(self._shown_run(root, name))
            run = self.runs[free] = self._by_folder[folder] = KnownRun(free, folder)
            info = RunInfo(free, shown(folder), shown(self.logdirs[root].root), len(self.runs) - 1, None)
            self._store.ensure_run(info)
        return run

    def _take_config(self, root: int, entry: FolderEntry, config: FileEntry) -> None:
        name, inside = run_of(entry.run)
        folder = entry.path
        if inside:
            folder = os.path.join(self.logdirs[root].root, *(() if name == "." else name.split("/")))

        def ensure() -> str:
            run = self._ensure_run(root, name, folder)
            run.embedded = True
            self._judge(run)
            return run.name

        known = self._by_folder.get(folder)
        self._configs.take(config, known.name if known is not None else self._shown_run(root, name), ensure)

    def _add(self, root: int, entry: FolderEntry, file: FileEntry) -> None:
        run = self._ensure_run(root, entry.run, entry.path)
        tail = FileTail(
            self.logdirs[root],
            run.name,
            file,
            (shown(file.name), shown(file.path)),
            self._store,
            self._blobs,
            self._memory,
            patient=self._patient,
        )
        tail.quiet = entry.quiet
        tail.seen = self._pass
        tail.counted = (file.stamp.size, 0)
        self.total += file.stamp.size
        self.tails[file.path] = tail
        self._aliases.pop(file.path, None)
        if file.stamp.inode:
            self._by_identity[file.stamp.identity] = tail
        run.tails.append(tail)
        self._schedule.ready(tail)

    def _is_alias(self, file: FileEntry, folder: _Folder) -> bool:
        """Whether the file is one that is followed under another name. Only links can be."""
        if not file.shared:
            return False
        tail = self._by_identity.get(file.stamp.identity)
        if tail is None or tail.deleted:
            return False
        try:
            if tail.logdir.stat(tail.path).identity != file.stamp.identity:
                return False
        except OSError:
            return False
        self._aliases[file.path] = tail
        folder.oddities.append(Oddity("file-alias", file.name, shown(tail.path)))
        return True

    def _report(self, root: int, entry: FolderEntry, folder: _Folder) -> None:
        if folder.oddities or folder.reported:
            rows: list[Problem] = []
            if folder.oddities:
                odd = tuple(Oddity(o.code, shown(o.name), shown(o.detail)) for o in folder.oddities)
                rows = reports.folder_problems(self._shown_run(root, entry.run), shown(entry.path), odd)
            self._store.report(("folder", entry.path), rows)
            folder.reported = bool(rows)
            folder.oddities = []

    def _shown_run(self, root: int, run: str) -> str:
        label = shown(self._labels[root]) if len(self.logdirs) > 1 else ""
        if not label:
            return shown(run)
        return label if run == "." else f"{label}/{shown(run)}"

    def _free_name(self, name: str) -> str:
        # Two folders whose names differ in bytes that are no text may look the same.
        free, number = name, 1
        while free in self.runs:
            number += 1
            free = f"{name} ({number})"
        return free


def shown(name: str) -> str:
    """A name from the disk as text that any widget and file takes: bytes that are no UTF-8 as ``\\xff``."""
    if name.isascii():
        return name
    return os.fsencode(name).decode("utf-8", "backslashreplace") if os.name != "nt" else name
