"""Which points of a series are shown and in what order, and which of them where there are too many. No Qt."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ...reader.api import HistogramView, RestartMode, Session, kept_points
from ..selection import XAxis
from .buckets import Floats, Ints


@dataclass(frozen=True, slots=True)
class Points:
    """``index`` int64 (k,): the points of a view that are shown, by rising step; those of one step as written.

    ``hidden`` counts what restarts superseded and ``restarts`` are (step, points hidden by it); ``repeated`` counts
    what was written again later at the same step.
    """

    index: Ints
    repeated: int
    hidden: int = 0
    restarts: tuple[tuple[int, int], ...] = ()


def shown_points(step: Ints, sessions: tuple[Session, ...], mode: RestartMode) -> Points:
    """The points of a view with ``step`` int64 (n,) that a mode shows.

    The latest attempt has one point a step, the one written last; the other modes have all that they keep.
    """
    keep, restarts = kept_points(step, sessions, mode)
    index = np.arange(len(step)) if keep is None else np.flatnonzero(keep)
    hidden = len(step) - len(index)
    if mode is RestartMode.LATEST_WINS:
        latest = latest_by_step(step[index])
        return Points(index[latest.index], latest.repeated, hidden, restarts)
    chosen = step[index]
    if bool((chosen[1:] < chosen[:-1]).any()):
        index = index[np.argsort(chosen, kind="stable")]
    return Points(index, 0, hidden, restarts)


def latest_by_step(step: Ints) -> Points:
    """The points that are shown of those written at ``step`` int64 (n,), in file order."""
    if len(step) < 2 or bool((step[1:] > step[:-1]).all()):
        return Points(np.arange(len(step)), 0)
    order = np.argsort(step, kind="stable")
    arranged = step[order]
    last = np.append(arranged[1:] != arranged[:-1], True)
    return Points(order[last].astype(np.int64), int(len(step) - np.count_nonzero(last)))


def evenly(count: int, most: int) -> Ints:
    """``most`` of ``count`` positions evenly spaced, always with the first and the newest; all where they are few."""
    if count <= most:
        return np.arange(count)
    if most <= 1:
        return np.array([count - 1])
    return np.rint(np.linspace(0, count - 1, most)).astype(np.int64)


def places_of(view: HistogramView, index: Ints, axis: XAxis) -> Floats:
    """Where points stand on an axis, float64: steps, seconds since the series began, or seconds since 1970."""
    if axis is XAxis.STEP:
        return view.step[index].astype(np.float64)
    wall = view.wall[index]
    return wall - start_of(view.wall) if axis is XAxis.RELATIVE else wall


def start_of(wall: Floats) -> float:
    """The wall time of the first point that has one, where relative time is 0."""
    finite = np.flatnonzero(np.isfinite(wall[:1024]))
    return float(wall[finite[0]]) if len(finite) else 0.0


def nearest(places: Floats, x: float) -> int | None:
    """The position of the place nearest to ``x``; None where there is none."""
    if not len(places) or not np.isfinite(x):
        return None
    gaps = np.abs(places - x)
    gaps[np.isnan(gaps)] = np.inf
    return int(np.argmin(gaps))
