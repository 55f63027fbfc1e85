"""Which points of a series are shown where a later session went back in steps. Pure functions over the columns.

Every rule here has one form: an event at index ``first`` of the series hides the points before it whose step is ``at``
or more. What is left is therefore what lies below the smallest ``at`` of all events behind it.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..model import HistogramView, RestartMode, ScalarSelection, ScalarView, Session

_MOST = np.iinfo(np.int64).max
_FEW = 64
"""Up to so many events the stretches between them are compared one by one, which needs no column of limits."""


def select(view: ScalarView, mode: RestartMode) -> ScalarSelection:
    """The points of ``view`` that ``mode`` shows; without a copy where that is all of them."""
    keep, restarts = kept(view.step, view.sessions, mode)
    hidden = 0 if keep is None else int(len(keep) - np.count_nonzero(keep))
    token = token_of(view, mode, hidden)
    if keep is None or not hidden:
        return ScalarSelection(view.step, view.wall, view.value, token)
    step, wall, value = view.step[keep], view.wall[keep], view.value[keep]
    for column in (step, wall, value):
        column.flags.writeable = False
    return ScalarSelection(step, wall, value, token, hidden, restarts)


def token_of(view: ScalarView, mode: RestartMode, hidden: int) -> tuple[int, ...]:
    """Names the selection: points only ever become hidden, so equal numbers of them are the same ones."""
    return (view.rewrites, len(view.sessions), list(RestartMode).index(mode), hidden)


def kept(
    step: NDArray[np.int64], sessions: tuple[Session, ...], mode: RestartMode
) -> tuple[NDArray[np.bool_] | None, tuple[tuple[int, int], ...]]:
    """A mask of the points of a view that ``mode`` shows, None for all; and the restarts as a selection has them."""
    if mode is RestartMode.LATEST_WINS:
        return latest_wins(step, sessions)
    if mode is RestartMode.AS_TENSORBOARD:
        return as_tensorboard(step, sessions), ()
    if mode is RestartMode.AS_TENSORBOARD_FAST:
        return as_tensorboard_fast(step), ()
    return None, ()


def superseded(view: ScalarView | HistogramView) -> int:
    """Number of points that a later session superseded."""
    keep, _restarts = kept(view.step, view.sessions, RestartMode.LATEST_WINS)
    return 0 if keep is None else int(len(keep) - np.count_nonzero(keep))


def latest_wins(
    step: NDArray[np.int64], sessions: tuple[Session, ...]
) -> tuple[NDArray[np.bool_] | None, tuple[tuple[int, int], ...]]:
    """A later file, or a START event, whose steps go back hides what stands before it at or behind its step.

    Points that go back within one session are as they were logged, and stay.
    """
    events: list[tuple[int, int]] = []
    for index, session in enumerate(sessions[1:], 2):
        end = sessions[index].first if index < len(sessions) else len(step)
        if session.start_step is not None:
            events.append((session.first, session.start_step))
        elif session.first < end:
            events.append((session.first, int(step[session.first])))
    keep = _below_all_later(step, events)
    return keep, () if keep is None else _hidden_by_each(step, keep, events)


def as_tensorboard(step: NDArray[np.int64], sessions: tuple[Session, ...]) -> NDArray[np.bool_] | None:
    """What TensorBoard's Python loader keeps.

    From the second START event of a run on, points at or behind its step go. In files older than "brain.Event:2", or
    without a version where no file before had one, a point whose step is smaller than that of the point before drops
    those at or behind it. (TensorBoard compares with whatever tag was written before; a series knows its own points.)
    """
    events: list[tuple[int, int]] = []
    seen_start, version = False, 0
    for index, session in enumerate(sessions):
        version = session.event_version or version
        if version >= 2:
            if session.start_step is not None:
                if seen_start:
                    events.append((session.first, session.start_step))
                seen_start = True
            continue
        begin = max(session.first, 1)
        end = sessions[index + 1].first if index + 1 < len(sessions) else len(step)
        back = begin + np.flatnonzero(step[begin:end] < step[begin - 1 : max(end - 1, 0)])
        events += zip(back.tolist(), step[back].tolist())
    return _below_all_later(step, events)


def as_tensorboard_fast(step: NDArray[np.int64]) -> NDArray[np.bool_] | None:
    """What TensorBoard's Rust server keeps: each record drops the kept ones of its tag at or behind its step."""
    if len(step) < 2 or bool((step[1:] > step[:-1]).all()):
        return None
    keep = np.ones(len(step), np.bool_)
    np.less(step[:-1], np.minimum.accumulate(step[:0:-1])[::-1], out=keep[:-1])
    return keep


def _below_all_later(step: NDArray[np.int64], events: list[tuple[int, int]]) -> NDArray[np.bool_] | None:
    """True where a point lies below every event behind it; None where all do. ``events`` are ordered by index."""
    events = [event for event in events if event[0] > 0]
    if not events:
        return None
    last = events[-1][0]
    keep = np.ones(len(step), np.bool_)
    if len(events) <= _FEW:
        limit = _MOST
        for index in range(len(events) - 1, -1, -1):
            first, at = events[index]
            limit = min(limit, at)
            begin = events[index - 1][0] if index else 0
            np.less(step[begin:first], limit, out=keep[begin:first])
    else:
        limits = np.full(last, _MOST, np.int64)
        firsts, ats = (np.array(column, np.int64) for column in zip(*events))
        np.minimum.at(limits, firsts - 1, ats)
        limits = np.minimum.accumulate(limits[::-1])[::-1]
        np.less(step[:last], limits, out=keep[:last])
    return None if keep.all() else keep


def _hidden_by_each(
    step: NDArray[np.int64], keep: NDArray[np.bool_], events: list[tuple[int, int]]
) -> tuple[tuple[int, int], ...]:
    """(step, points) of each event: the points that it was the first to hide."""
    places = np.flatnonzero(~keep)
    counts: list[tuple[int, int]] = []
    waiting = np.empty(0, np.int64)
    taken = 0
    for first, at in events:
        upto = int(np.searchsorted(places, first))
        waiting = np.concatenate([waiting, step[places[taken:upto]]])
        taken = upto
        stay = waiting < at
        count = int(len(stay) - np.count_nonzero(stay))
        if count:
            counts.append((at, count))
            waiting = waiting[stay]
    return tuple(counts)
