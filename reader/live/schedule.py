"""Which file is looked at next: small and new ones first, a huge one in slices between them."""

from __future__ import annotations

import heapq
import itertools
from collections import deque
from collections.abc import Collection
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .tail import FileTail

#: Files with fewer unread bytes are read before those with more.
BULK = 4 << 20


class Schedule:
    """Files that have something to read now, and the times at which the others are looked at again.

    Used by the ingest thread alone. Times are those of a clock that only rises, in seconds.
    """

    def __init__(self) -> None:
        self._first: deque[FileTail] = deque()
        self._quick: deque[FileTail] = deque()
        self._bulk: deque[FileTail] = deque()
        self._queued: set[FileTail] = set()
        self._heap: list[tuple[float, int, FileTail]] = []
        self._counter = itertools.count()
        self._preferred: frozenset[str] = frozenset()
        self._quick_since_bulk = 0

    @property
    def busy(self) -> bool:
        """True while a file has something to read."""
        return bool(self._queued)

    @property
    def waiting(self) -> int:
        """How many looks are planned, some of them perhaps no longer."""
        return len(self._heap)

    def prefer(self, runs: Collection[str]) -> None:
        """Read files of these runs before others."""
        self._preferred = frozenset(runs)
        waiting = [*self._first, *self._quick]
        self._first = deque(tail for tail in waiting if tail.run in self._preferred)
        self._quick = deque(tail for tail in waiting if tail.run not in self._preferred)

    def ready(self, tail: FileTail) -> None:
        """The file has something to read; a no-op where it waits already."""
        if tail in self._queued:
            return
        self._queued.add(tail)
        tail.due = None
        if tail.unread > BULK:
            self._bulk.append(tail)
        elif tail.run in self._preferred:
            self._first.append(tail)
        else:
            self._quick.append(tail)

    def take(self) -> FileTail | None:
        """The file to read a slice of. After some small files a huge one has its turn, so that none of both starves."""
        quick = self._first or self._quick
        if self._bulk and (not quick or self._quick_since_bulk >= 64):
            self._quick_since_bulk = 0
            tail = self._bulk.popleft()
        elif quick:
            self._quick_since_bulk += 1
            tail = quick.popleft()
        else:
            return None
        self._queued.discard(tail)
        return tail

    def at(self, tail: FileTail, due: float | None) -> None:
        """Look at the file again at ``due`` (None: only when something is heard or found). Replaces an earlier time."""
        if tail in self._queued:
            return
        tail.due = due
        if due is not None:
            heapq.heappush(self._heap, (due, next(self._counter), tail))

    def sooner(self, tail: FileTail, due: float) -> None:
        """Look at the file no later than ``due``."""
        if tail.due is None or due < tail.due:
            self.at(tail, due)

    def due(self, now: float) -> list[FileTail]:
        """The files whose time has come, each once."""
        result = []
        while self._heap and self._heap[0][0] <= now:
            due, _order, tail = heapq.heappop(self._heap)
            if tail.due == due:
                tail.due = None
                result.append(tail)
        return result

    @property
    def next_due(self) -> float | None:
        """When :meth:`due` has something to give."""
        while self._heap and self._heap[0][2].due != self._heap[0][0]:
            heapq.heappop(self._heap)
        return self._heap[0][0] if self._heap else None
