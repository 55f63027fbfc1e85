"""A log in memory with the store's interface, for tests of what draws it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

import numpy as np
from open_panes import context_over

from runglass.reader.model import Kind, Progress, RestartMode, RunInfo, ScalarSelection, SeriesKey
from runglass.viewers.jobs import Jobs
from runglass.viewers.pane import PaneContext
from runglass.viewers.theme import DARK, Theme


class FakeStore:
    """Scalar series by key; :meth:`put` replaces or appends, as a log that is read does."""

    def __init__(self) -> None:
        self._series: dict[SeriesKey, ScalarSelection] = {}
        self._all: dict[SeriesKey, ScalarSelection] = {}

    def progress(self) -> Progress:
        """All is read."""
        return Progress(1, 1, 1, loading=False)

    def put(self, run: str, tag: str, value: object, step: object = None, wall: object = None) -> SeriesKey:
        """Give a series these points from now on."""
        key = SeriesKey(run, tag, Kind.SCALAR)
        values = np.asarray(value)
        values = values if values.dtype.kind == "f" else values.astype(np.float64)
        steps = np.arange(len(values)) if step is None else np.asarray(step)
        walls = 1.7e9 + np.arange(len(values), dtype=np.float64) if wall is None else np.asarray(wall, np.float64)
        before = self._series.get(key)
        token = before.token if before is not None else (0,)
        self._series[key] = ScalarSelection(steps.astype(np.int64), walls, values, token)
        return key

    def rewrite(self, key: SeriesKey) -> None:
        """Say that earlier points are no longer as they were."""
        old = self._series[key]
        self._series[key] = replace(old, token=(old.token[0] + 1,))

    def hide(self, key: SeriesKey, count: int, step: int) -> None:
        """Say that a restart superseded ``count`` points; the view of all has them in front of the others."""
        shown = self._series[key]
        self._all[key] = shown
        self._series[key] = replace(shown, hidden=count, restarts=((step, count),))

    def remove(self, run: str) -> None:
        """Take a run out of the log."""
        self._series = {key: value for key, value in self._series.items() if key.run != run}

    def series(self, kind: Kind | None = None) -> tuple[SeriesKey, ...]:
        return tuple(key for key in self._series if kind in (None, key.kind))

    def selection(self, key: SeriesKey, mode: RestartMode) -> ScalarSelection:
        if mode is RestartMode.ALL and key in self._all:
            return self._all[key]
        return self._series[key]


def runs_of(names: Iterable[str]) -> list[RunInfo]:
    """Run records of these names."""
    return [RunInfo(name, f"/logs/{name}", "/logs", order, 1.7e9) for order, name in enumerate(names)]


def context_of(store: FakeStore, jobs: Jobs, theme: Theme = DARK, runs: Iterable[str] = ()) -> PaneContext:
    """All that a pane needs, over ``store``; runs are those of the store where none are named."""
    names = list(runs) or list(dict.fromkeys(key.run for key in store.series()))
    return context_over(store, None, runs_of(names), jobs, theme)


def finish(jobs: Jobs, spin: Callable[[], None]) -> None:
    """Let the pool and the event loop come to rest."""
    for _ in range(4):
        jobs._pool.submit(lambda: None).result()
        spin()
