"""Histograms in a real store, for tests of what draws them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from runglass.reader.api import Delta, Kind, RunInfo, RunStore, SeriesKey, SeriesMetadata
from runglass.reader.decode.histograms import Histogram
from runglass.reader.store.changes import mark

Rows = Sequence[tuple[float, float, float]]


def bell(center: float, count: int = 20, width: float = 1.0) -> list[tuple[float, float, float]]:
    """Buckets of a bell about ``center``."""
    edges = np.linspace(center - 3 * width, center + 3 * width, count + 1)
    heights = np.rint(1000 * np.exp(-(((edges[:-1] + edges[1:]) / 2 - center) ** 2) / (2 * width**2)))
    return list(zip(edges[:-1].tolist(), edges[1:].tolist(), heights.tolist(), strict=True))


def put_histograms(store: RunStore, run: str, tag: str, many: Sequence[Rows], steps: Sequence[int]) -> SeriesKey:
    """Append histograms, of two seconds each, to a series that comes from no file."""
    items = []
    for rows in many:
        table = np.array(rows, np.float64).reshape(-1, 3)
        number = float(table[:, 2].sum()) if len(table) else 0.0
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
        segment = series.segments.ensure(("", 0), -1, 2)
        mark(delta, key, series.add(segment, step, 1.7e9 + 2.0 * step, items))
        store.publish(delta)
    return key
