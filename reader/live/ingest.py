"""The one thread that reads: hears, looks, walks, and reads the next slice, in turns of some milliseconds."""

from __future__ import annotations

import logging
import math
import os
import threading
import time
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass

from ..embeddings.places import Places
from ..model import Progress, WatchStatus
from ..store.store import RunStore
from .blobs import BlobIndex
from .census import Census
from .heap import give_back
from .hints import Hints
from .listening import Listening, MakeWatcher
from .logdir import FolderEntry, FolderId, LogDir
from .projector import ProjectorConfigs
from .schedule import Schedule
from .tail import FileTail

_LOG = logging.getLogger(__name__)

_SLICE = 4 << 20
_SLICE_SECONDS = 0.05
_WORK_SECONDS = 0.03
_WALK_SECONDS = 0.01
_FOLDER_SECONDS = 0.02
_FEW_FOLDERS = 64
_PROGRESS_SECONDS = 0.05
_VERIFY_SECONDS = 30.0
_HOT_SECONDS = 600.0
_WARM_FILES = 256
_LONGEST_SLEEP = 1.0
_LONGEST_WALK_PAUSE = 60.0
_WALK_SHARE = 100.0
"""A walk is repeated after so many times the time it took: 1 % of a core."""
_SPACING = 0.02
_LONGEST_COLD_PAUSE = 30.0
_LOOK_COST = 0.002
"""Seconds between two looks at one file for each file that is looked at: about 1 % of a core."""


@dataclass(slots=True)
class _Walk:
    entries: Iterator[tuple[int, FolderEntry]]
    cost: float = 0.0


class Ingest:
    """Follows all files of all roots into a store. Made in any thread, run in one.

    ``once``: read what is there, then rest until :meth:`reload`. ``give_way`` is called again and again while files
    are read, and may keep the thread waiting for a moment.
    """

    def __init__(
        self,
        logdirs: Sequence[LogDir],
        store: RunStore,
        blobs: BlobIndex,
        *,
        places: Places,
        make_watcher: MakeWatcher | None,
        once: bool = False,
        give_way: Callable[[], None] | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.hints = Hints()
        self.loaded = threading.Event()
        self._logdirs = tuple(logdirs)
        self._store = store
        self._clock = clock
        self._once = once
        self._give_way = give_way
        self._schedule = Schedule()
        self.configs = ProjectorConfigs(store, places, self.hints, clock, patient=not once)
        self._census = Census(logdirs, store, self._schedule, blobs, self.configs, patient=not once)
        self._listening = Listening(self._logdirs, self.hints, make_watcher)
        self._visited: dict[FolderId, str] = {}
        self._walk: _Walk | None = None
        self._walks = 0
        self._next_walk = float("-inf")
        self._walk_again = False
        self._folders: dict[str, None] = {}
        self._busy_files = 0.0
        self._visit_cost = 0.0003
        self._counted_at = float("-inf")
        self._progress_at = float("-inf")
        self._housekeeping_at = float("-inf")
        self._stopping = threading.Event()
        self._reload = threading.Event()
        self._preferred: frozenset[str] | None = None

    # From any thread.

    def stop(self) -> None:
        """End :meth:`run` soon."""
        self._stopping.set()
        self.hints.wake()

    def reload(self) -> None:
        """Walk everything anew, and look at every gap and everything that failed again."""
        self._reload.set()
        self.hints.wake()

    def prefer(self, runs: Collection[str]) -> None:
        """Read files of these runs before others."""
        self._preferred = frozenset(runs)
        self.hints.wake()

    # From one thread.

    def run(self) -> None:
        """Follow until stopped."""
        try:
            while not self._stopping.is_set():
                pause = self.turn()
                if pause > 0:
                    self.hints.wait(pause)
        except Exception:
            _LOG.exception("reading stopped")
            self._store.set_watch_status(WatchStatus("stopped", "Reading stopped by a fault. Open the folder again."))
            raise
        finally:
            self._listening.stop()

    def load(self) -> None:
        """Read everything once, in the calling thread."""
        while not self.loaded.is_set():
            self.turn()

    def turn(self) -> float:
        """Do a little of everything that is due; returns how many seconds there is nothing to do."""
        now = self._clock()
        self._obey(now)
        self._hear(now)
        self._look(now)
        self._scan_folders(now)
        self._advance_walk(now)
        self.configs.look_again()
        self._work()
        now = self._clock()
        self._finish(now)
        self._keep_house(now)
        if self._schedule.busy or self._walk is not None or self._folders:
            return 0.0
        if self._once:
            return _LONGEST_SLEEP
        due = min(self._next_walk, now + _LONGEST_SLEEP)
        if self._schedule.next_due is not None:
            due = min(due, self._schedule.next_due)
        if self.configs.due is not None:
            due = min(due, self.configs.due)
        return max(due - now, 0.0)

    def _obey(self, now: float) -> None:
        if self._preferred is not None:
            self._schedule.prefer(self._preferred)
            self._preferred = None
        if self._reload.is_set():
            self._reload.clear()
            for tail in self._census.tails.values():
                tail.recheck(now)
                self._schedule.ready(tail)
            self._walk_soon(now)

    def _walk_soon(self, now: float) -> None:
        """Walk over everything, once more where a walk is under way: it may have passed what changed."""
        self._walk_again = self._walk is not None
        self._next_walk = now

    def _hear(self, now: float) -> None:
        heard = self.hints.take()
        if not heard:
            return
        if heard.rescan:
            self._walk_soon(now)
        for path in heard.files:
            self._listening.heard(path)
            if self.configs.heard(path):
                continue
            tail = self._census.find(path)
            if tail is not None:
                self._touch(tail, now)
                continue
            root = self._census.owner(path)
            entry = self._logdirs[root].look(path) if root is not None else None
            if root is not None and entry is not None:
                self._census.take(root, entry, walk=False)
        self._folders.update(dict.fromkeys(heard.folders))

    def _touch(self, tail: FileTail, now: float) -> None:
        """Read a file that was heard of: now, or where it was read a moment ago, a moment later."""
        tail.hinted = True
        earliest = tail.visited_at + self._spacing(now)
        if now >= earliest:
            self._schedule.ready(tail)
        else:
            self._schedule.sooner(tail, earliest)

    def _spacing(self, now: float) -> float:
        """Seconds between two reads of one growing file, such that all of them leave two thirds of a core free."""
        self._fade(now)
        return max(_SPACING, self._busy_files * self._visit_cost * 3)

    def _fade(self, now: float) -> None:
        # Visits of about the last second.
        if now > self._counted_at:
            elapsed = now - self._counted_at
            self._busy_files = self._busy_files * max(1.0 - elapsed, 0.0)
            self._counted_at = now

    def _look(self, now: float) -> None:
        if self._once:
            return
        for tail in self._schedule.due(now):
            verify = tail.changed_at is not None and now - tail.verified_at >= _VERIFY_SECONDS
            if tail.hinted or verify or (tail.must_at is not None and tail.must_at <= now):
                self._schedule.ready(tail)
                continue
            try:
                same = tail.logdir.stat(tail.path) == tail.stamp
            except OSError:
                # The visit finds out what is wrong with it.
                same = False
            if same:
                self._plan(tail, now)
            else:
                self._found_changed(tail, now)
                self._schedule.ready(tail)

    def _found_changed(self, tail: FileTail, now: float) -> None:
        if not tail.quiet and tail.logdir.profile.notifies:
            self._listening.found(tail.path, now)

    def _scan_folders(self, now: float) -> None:
        """Subtrees that were heard of: new ones, and those that are gone."""
        if not self._folders:
            return
        until = self._clock() + _FOLDER_SECONDS
        waiting = self._folders
        while waiting and self._clock() < until:
            path = next(iter(waiting))
            del waiting[path]
            root = self._census.owner(path)
            if root is None:
                continue
            if path == self._logdirs[root].root:
                self._walk_soon(now)
                continue
            if len(waiting) < _FEW_FOLDERS:
                tails = self._census.below(path)
            else:
                # After "rm -r" on thousands of runs a walk tells sooner than a search for each.
                tails = self._census.inside(path)
                self._walk_soon(now)
            for tail in list(tails):
                self._schedule.ready(tail)
            if os.path.isdir(path):
                visited: dict[FolderId, str] = dict(self._visited)
                for entry in self._logdirs[root].scan(visited, path):
                    waiting.pop(entry.path, None)
                    self._census.take(root, entry, walk=False)

    def _entries(self) -> Iterator[tuple[int, FolderEntry]]:
        self._visited = {}
        for index, logdir in enumerate(self._logdirs):
            for entry in logdir.scan(self._visited):
                yield index, entry

    def _advance_walk(self, now: float) -> None:
        """A part of the walk over everything, which alone is sure to find what there is."""
        if self._walk is None:
            if now < self._next_walk:
                return
            self._walk = _Walk(self._entries())
            self._census.begin_pass()
        walk = self._walk
        begun = self._clock()
        until = begun + _WALK_SECONDS
        over = True
        for root, entry in walk.entries:
            for tail in self._census.take(root, entry):
                self._found_changed(tail, now)
            if self._clock() >= until:
                over = False
                break
        walk.cost += self._clock() - begun
        if over:
            self._walk = None
            self._walks += 1
            self._census.end_pass()
            self._after_walk(walk.cost)

    def _after_walk(self, cost: float) -> None:
        now = self._clock()
        if self._walks == 1:
            for tail in self._census.newest(_WARM_FILES):
                tail.warm = True
                self._plan(tail, now)
        self._listening.update(self._census.watched_folders)
        least = min(logdir.profile.walk for logdir in self._logdirs)
        if self._listening.trusted:
            least *= 2
        self._next_walk = now + min(max(cost * _WALK_SHARE, least), _LONGEST_WALK_PAUSE)
        if self._walk_again:
            self._walk_again = False
            self._next_walk = now
        elif self._once:
            self._next_walk = float("inf")

    def _work(self) -> None:
        """Read slices of the files that are queued."""
        until = self._clock() + _WORK_SECONDS
        while True:
            tail = self._schedule.take()
            if tail is None:
                return
            now = self._clock()
            tail.hinted = False
            visit = tail.visit(now, _SLICE, now + _SLICE_SECONDS, self._clock, self._give_way)
            if visit.published and self._give_way is not None:
                self._give_way()
            end = self._clock()
            self._census.settle(tail, now, grew=visit.read > 0 and self.loaded.is_set())
            self._fade(now)
            self._busy_files += 1.0
            self._visit_cost += 0.05 * (min(end - now, 0.01) - self._visit_cost)
            if visit.more:
                self._schedule.ready(tail)
            else:
                tail.must_at = tail.next_look(now)
                self._plan(tail, now)
            if not self.loaded.is_set() and end - self._progress_at >= _PROGRESS_SECONDS:
                self._show_progress(end)
            if end >= until:
                return

    def _plan(self, tail: FileTail, now: float) -> None:
        """Set the time of the next look."""
        due = tail.must_at
        pause = self._pause(tail, now)
        if pause is not None:
            # Looks of many files fall on the same moments: each waking costs more than a look.
            grid = 0.05 if pause < 1.0 else 0.25
            look = math.ceil((now + pause) / grid) * grid
            due = look if due is None else min(due, look)
        if due is None and tail.due is None:
            return
        self._schedule.at(tail, due)

    def _pause(self, tail: FileTail, now: float) -> float | None:
        """Seconds to the next look at a file that says nothing itself; None where walks are enough."""
        if tail.deleted:
            return None
        profile = tail.logdir.profile
        notified = self._listening.trusted and not tail.quiet and profile.notifies
        base = profile.hot_notified if notified else profile.hot
        age = now - tail.changed_at if tail.changed_at is not None else None
        if age is None or age >= _HOT_SECONDS:
            if notified:
                return None
            cold = max(profile.cold, self._schedule.waiting * _LOOK_COST)
            if tail.warm:
                return min(cold, base * 8)
            return cold if cold <= _LONGEST_COLD_PAUSE else None
        pause = base if age < 10.0 else base * 2 if age < 60.0 else base * 8
        return max(pause, self._busy_files * _LOOK_COST)

    def _finish(self, now: float) -> None:
        """The first pass is over as soon as everything that was found is read."""
        if self.loaded.is_set():
            if now - self._progress_at >= _PROGRESS_SECONDS * 5:
                self._show_progress(now)
        elif self._walks and self._walk is None and not self._schedule.busy:
            give_back()
            self.loaded.set()
            self._show_progress(now)

    def _show_progress(self, now: float) -> None:
        self._progress_at = now
        census = self._census
        self._store.set_progress(Progress(census.read, census.total, len(census.tails), not self.loaded.is_set()))

    def _keep_house(self, now: float) -> None:
        if now - self._housekeeping_at < 1.0:
            self._store.set_watch_status(self._listening.status)
            return
        self._housekeeping_at = now
        self._census.cool_down(now)
        self._listening.judge(now)
        self._store.set_watch_status(self._listening.status)
