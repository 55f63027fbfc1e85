"""Histograms in a real store, for tests of what draws them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from open_panes import context_over, show_pane, told
from pytestqt.qtbot import QtBot

from runglass.reader.api import Change, Delta, Kind, LogSession, RunInfo, RunStore, SeriesKey, SeriesMetadata
from runglass.reader.decode.histograms import Histogram
from runglass.reader.store.changes import mark
from runglass.viewers.jobs import Jobs
from runglass.viewers.pane import PaneContext, PaneSpec

Rows = Sequence[tuple[float, float, float]]


def bell(center: float, count: int = 20, width: float = 1.0) -> list[tuple[float, float, float]]:
    """Buckets of a bell about ``center``."""
    edges = np.linspace(center - 3 * width, center + 3 * width, count + 1)
    heights = np.rint(1000 * np.exp(-(((edges[:-1] + edges[1:]) / 2 - center) ** 2) / (2 * width**2)))
    return list(zip(edges[:-1].tolist(), edges[1:].tolist(), heights.tolist(), strict=True))


def put_histograms(
    store: RunStore, run: str, tag: str, many: Sequence[Rows], steps: Sequence[int], file: int = 0
) -> SeriesKey:
    """Append histograms, of two seconds each, to a series that comes from no file, or from those numbered."""
    items = []
    for rows in many:
        table = np.array(rows, np.float64).reshape(-1, 3)
        with np.errstate(all="ignore"):
            number = float(table[:, 2].sum())
            middle = (table[:, 0] + table[:, 1]) / 2
            total, squares = float((middle * table[:, 2]).sum()), float((middle**2 * table[:, 2]).sum())
        low = float(table[0, 0]) if len(table) else np.nan
        high = float(table[-1, 1]) if len(table) else np.nan
        left, right, count = (np.ascontiguousarray(table[:, index]) for index in range(3))
        items.append(Histogram(left, right, count, (low, high, number, total, squares)))
    step = np.array(steps, np.int64)
    delta = Delta()
    with store.lock:
        store.ensure_run(RunInfo(run, f"/logs/{run}", "/logs", len(store.runs()), None))
        key = SeriesKey(run, tag, Kind.HISTOGRAM)
        series = store.ensure_series(key, SeriesMetadata("histograms"), delta)
        segment = series.segments.ensure((str(file), 0), -1 - file, 2)
        mark(delta, key, series.add(segment, step, 1.7e9 + 2.0 * step, items))
        store.publish(delta)
    return key


@dataclass
class Desk:
    """A pane over a store, on the screen."""

    store: RunStore
    jobs: Jobs
    context: PaneContext
    pane: Any
    spin: Callable[[], None]

    def rest(self) -> None:
        """Wait until all cards in view are there and drawn, and the pool has nothing to do."""
        quiet = 0
        for _ in range(300):
            self.spin()
            pane = self.pane
            busy = pane.board.is_placing or pane._regroup_soon.isActive() or pane.feed.waits
            # Twice: what the pool finished is delivered by the turn that follows.
            quiet = 0 if busy or not pane.frames.idle or self.jobs.busy or pane._grown._tags else quiet + 1
            if quiet == 2:
                return
        raise AssertionError("the pane did not come to rest")

    def cards(self) -> list[Any]:
        """The cards in view, as one reads."""
        return sorted(self.pane.cards(), key=lambda card: (card.y(), card.x()))

    def names(self) -> list[tuple[str, str]]:
        """Tag and run of the cards in view."""
        return [tuple(card.tag.split("\x00")) for card in self.cards()]  # type: ignore[misc]

    def grow(self, run: str, tag: str, many: Sequence[Rows], steps: Sequence[int]) -> None:
        """Write on, and tell the pane."""
        key = put_histograms(self.store, run, tag, many, steps)
        self.context.runs.update(self.store.runs())
        self.pane.apply(Delta(changed_series={key: Change.APPENDED}, new_series={key}))
        self.rest()

    @property
    def told(self) -> list[tuple[str, str]]:
        """What the user was told."""
        return told(self.context)

    def close(self) -> None:
        """As the window closes a log."""
        self.pane.close_pane()
        self.jobs.close()


def desk_over(store: RunStore, spec: PaneSpec, qtbot: QtBot) -> Desk:
    """A pane of ``spec`` over a store, shown."""
    jobs = Jobs()
    context = context_over(store, LogSession([]), store.runs(), jobs)
    pane = spec.create(context)
    show_pane(pane, qtbot, height=900)
    desk = Desk(store, jobs, context, pane, lambda: qtbot.wait(15))
    desk.rest()
    return desk


def sample() -> RunStore:
    """Two runs with three tags."""
    store = RunStore()
    for run in ("a", "b"):
        for tag in ("net/bias", "net/weight", "lone"):
            put_histograms(store, run, tag, [bell(0.1 * step) for step in range(8)], list(range(0, 80, 10)))
    return store
