"""Figures over all series, kept up to date by what changes: a log may have a hundred thousand series."""

from __future__ import annotations

from collections import Counter

from ..model import SeriesKey, Totals
from .series import Series


class Tally:
    """Points, bytes, tags and the newest wall time. Changed under the store's lock."""

    def __init__(self) -> None:
        self._counted: dict[SeriesKey, tuple[int, int]] = {}
        self._tags: Counter[str] = Counter()
        self._points = 0
        self._columns = 0
        self._newest: float | None = None

    def count(self, series: Series) -> None:
        """Take in a series as it is now."""
        points, columns = len(series), series.nbytes
        before = self._counted.get(series.key)
        if before is None:
            self._tags[series.key.tag] += 1
            before = (0, 0)
        self._counted[series.key] = (points, columns)
        self._points += points - before[0]
        self._columns += columns - before[1]
        wall = series.newest_wall
        if wall is not None and (self._newest is None or wall > self._newest):
            self._newest = wall

    def forget(self, series: Series) -> None:
        """Take a series out."""
        before = self._counted.pop(series.key, None)
        if before is None:
            return
        self._points -= before[0]
        self._columns -= before[1]
        self._tags[series.key.tag] -= 1
        if not self._tags[series.key.tag]:
            del self._tags[series.key.tag]

    def figures(self, runs: int) -> Totals:
        """The figures; the newest wall time is the newest ever seen."""
        return Totals(runs, len(self._tags), self._points, self._columns, self._newest)
