"""Results by series: brought up to date in the GUI thread where that is a matter of moments, by the pool where not."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Generic, TypeVar

from PySide6.QtCore import QObject, Signal

from ...reader.api import HistogramView, RunStore, SeriesKey, Session
from ..jobs import Job, Jobs

R = TypeVar("R")
#: What a view was: its rewrites, how many points it had, and the sessions, as a restart may hide points without one.
_Stamp = tuple[int, int, tuple[Session, ...]]

#: Work on more buckets than this is the pool's; on fewer it takes some milliseconds.
INLINE_BUCKETS = 20_000
#: Results of series that are out of sight are kept up to this many, for when they come back.
KEPT_RESULTS = 256


@dataclass(slots=True)
class _Entry(Generic[R]):
    wish: Hashable
    stamp: _Stamp
    result: R


class WorkCache(QObject, Generic[R]):
    """``work(view, wish, before)`` makes a result of a series; ``before`` is its last one (None: there is none).

    It runs in any thread and changes nothing that another could see. ``cost(view, wish, done)`` is about how many
    buckets it goes through where ``done`` points are known already. ``ready`` carries the key of a series whose result
    was made by the pool. ``made`` counts those made in the GUI thread: what a caller looks at who has little time.
    """

    ready = Signal(object)

    def __init__(
        self,
        store: RunStore,
        jobs: Jobs,
        work: Callable[[HistogramView, Hashable, R | None], R],
        cost: Callable[[HistogramView, Hashable, int], int],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._store, self._jobs, self._work, self._cost = store, jobs, work, cost
        self._entries: OrderedDict[SeriesKey, _Entry[R]] = OrderedDict()
        self._running: dict[SeriesKey, Job] = {}
        self.made = 0

    def view(self, key: SeriesKey) -> HistogramView | None:
        """The histograms of a series as they are now; None if it is gone."""
        try:
            found: HistogramView = self._store.histograms(key)
        except KeyError:
            return None
        return found

    def result(self, key: SeriesKey, wish: Hashable) -> R | None:
        """The result for ``wish``, as new as can be had at once (None: none yet); ``ready`` tells of the rest."""
        view = self.view(key)
        if view is None:
            self._entries.pop(key, None)
            return None
        stamp = (view.rewrites, len(view.step), view.sessions)
        known = self._entries.get(key)
        if known is not None:
            self._entries.move_to_end(key)
            if (known.wish, known.stamp) == (wish, stamp):
                return known.result
        before = None if known is None else known.result
        if key in self._running:
            return before
        if self._cost(view, wish, _done(view, known)) <= INLINE_BUCKETS:
            self.made += 1
            return self._keep(key, wish, stamp, self._work(view, wish, before))

        def done(result: R) -> None:
            del self._running[key]
            self._keep(key, wish, stamp, result)
            self.ready.emit(key)

        def failed(error: BaseException) -> None:
            del self._running[key]
            raise error

        self._running[key] = self._jobs.submit(lambda: self._work(view, wish, before), done, failed)
        return before

    def is_busy(self, key: SeriesKey) -> bool:
        """True while the pool works on a series."""
        return key in self._running

    def trim(self, shown: set[SeriesKey]) -> None:
        """Forget results of series that are not ``shown``, the longest unused first, when there are many."""
        for key in list(self._entries):
            if len(self._entries) <= KEPT_RESULTS:
                return
            if key not in shown:
                del self._entries[key]

    def close(self) -> None:
        """Cancel what the pool still does for this cache."""
        for job in self._running.values():
            job.cancel()
        self._running.clear()
        self._entries.clear()

    def _keep(self, key: SeriesKey, wish: Hashable, stamp: _Stamp, result: R) -> R:
        self._entries[key] = _Entry(wish, stamp, result)
        self._entries.move_to_end(key)
        return result


def _done(view: HistogramView, known: _Entry[R] | None) -> int:
    """How many points of a view a result has already taken in."""
    if known is None or known.stamp[0] != view.rewrites:
        return 0
    return min(known.stamp[1], len(view.step))
