"""The slot in which changes merge until someone asks: any number of commits, one wake-up."""

from __future__ import annotations

import threading
from collections.abc import Callable

from ..model import Change, Delta, SeriesKey


class Subscription:
    """One listener's slot. ``wake`` is called without payload, from the committing thread, when the slot fills."""

    def __init__(self, wake: Callable[[], None], close: Callable[[Subscription], None]) -> None:
        self._wake = wake
        self._close = close
        self._lock = threading.Lock()
        self._delta = Delta()

    def drain(self) -> Delta:
        """All that changed since the last call; empty (false) where nothing did."""
        with self._lock:
            delta, self._delta = self._delta, Delta()
        return delta

    def close(self) -> None:
        """Listen no more."""
        self._close(self)

    def merge(self, news: Delta) -> None:
        """Take in what a commit changed. Called by the store."""
        with self._lock:
            was_empty = not self._delta
            merge(self._delta, news)
            full = bool(self._delta)
        if was_empty and full:
            self._wake()


def merge(into: Delta, news: Delta) -> None:
    """Add what changed later to what changed before, in place."""
    into.generation = max(into.generation, news.generation)
    if news.removed_runs:
        _leave_out(into, news.removed_runs)
    into.removed_runs = (into.removed_runs - news.new_runs) | news.removed_runs
    into.new_runs |= news.new_runs
    into.changed_runs |= news.changed_runs
    for key in news.removed_series:
        into.changed_series.pop(key, None)
    for key in into.removed_series & news.new_series:
        # Gone and there again: nothing of what a listener knows of it holds.
        into.changed_series[key] = Change.REWRITTEN
    into.removed_series = (into.removed_series - news.new_series) | news.removed_series
    into.new_series = (into.new_series - news.removed_series) | news.new_series
    for key, change in news.changed_series.items():
        into.changed_series[key] = into.changed_series.get(key, Change(0)) | change
    into.changed_embeddings |= news.changed_embeddings
    into.health |= news.health
    into.progress |= news.progress


def _leave_out(delta: Delta, runs: set[str]) -> None:
    delta.new_runs -= runs
    delta.changed_runs -= runs
    delta.new_series = {key for key in delta.new_series if key.run not in runs}
    delta.removed_series = {key for key in delta.removed_series if key.run not in runs}
    delta.changed_series = {key: change for key, change in delta.changed_series.items() if key.run not in runs}


def mark(delta: Delta, key: SeriesKey, appended: bool) -> None:
    """Note that a series changed."""
    change = Change.APPENDED if appended else Change.REWRITTEN
    delta.changed_series[key] = delta.changed_series.get(key, Change(0)) | change
