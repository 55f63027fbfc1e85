"""Which points of a series are shown where a later session went back in steps. Pure functions over the columns."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..model import RestartMode, ScalarSelection, ScalarView, Session

_NEVER = np.iinfo(np.int64).max


def select(view: ScalarView, mode: RestartMode) -> ScalarSelection:
    """The points of ``view`` that ``mode`` shows; without a copy where that is all of them."""
    step = view.step
    restarts: tuple[tuple[int, int], ...] = ()
    keep: NDArray[np.bool_] | None = None
    if mode is RestartMode.LATEST_WINS:
        keep, restarts = latest_wins(step, view.sessions)
    elif mode is RestartMode.AS_TENSORBOARD:
        keep = as_tensorboard(step, view.sessions)
    elif mode is RestartMode.AS_TENSORBOARD_FAST:
        keep = as_tensorboard_fast(step)
    hidden = 0 if keep is None else int(len(keep) - np.count_nonzero(keep))
    if keep is None or not hidden:
        token = (view.rewrites, len(view.sessions), list(RestartMode).index(mode), 0)
        return ScalarSelection(step, view.wall, view.value, token)
    # Points hidden by a record that came later make the selection another one: its count tells.
    token = (view.rewrites, len(view.sessions), list(RestartMode).index(mode), hidden)
    return ScalarSelection(step[keep], view.wall[keep], view.value[keep], token, hidden, restarts)


def superseded(view: ScalarView) -> int:
    """Number of points that a later session superseded."""
    return select(view, RestartMode.LATEST_WINS).hidden


def latest_wins(
    step: NDArray[np.int64], sessions: tuple[Session, ...]
) -> tuple[NDArray[np.bool_] | None, tuple[tuple[int, int], ...]]:
    """A later file, or a START event, whose steps go back hides what stands before it at or behind its step.

    Points that go back within one session are as they were logged, and stay.
    """
    restarts: list[tuple[int, int]] = []
    for session in sessions[1:] if sessions else ():
        if session.start_step is not None:
            restarts.append((session.first, session.start_step))
        elif session.first < len(step):
            restarts.append((session.first, int(step[session.first])))
    keep: NDArray[np.bool_] | None = None
    counts: list[tuple[int, int]] = []
    for first, at in restarts:
        gone = step[:first] >= at
        if keep is not None:
            gone &= keep[:first]
        count = int(np.count_nonzero(gone))
        if count:
            if keep is None:
                keep = np.ones(len(step), np.bool_)
            keep[:first] &= ~gone
            counts.append((at, count))
    return keep, tuple(counts)


def as_tensorboard(step: NDArray[np.int64], sessions: tuple[Session, ...]) -> NDArray[np.bool_] | None:
    """What TensorBoard's Python loader keeps.

    From the second START event of a run on, points at or behind its step go. In files older than "brain.Event:2" a
    point whose step is smaller than the largest so far drops those at or behind it.
    """
    keep: NDArray[np.bool_] | None = None
    seen_start = False
    for session in sessions:
        if session.start_step is None:
            continue
        if seen_start:
            gone = step[: session.first] >= session.start_step
            if gone.any():
                if keep is None:
                    keep = np.ones(len(step), np.bool_)
                keep[: session.first] &= ~gone
        seen_start = True
    if any(session.event_version < 2 for session in sessions) and len(step) > 1 and (np.diff(step) < 0).any():
        old = np.zeros(len(step), np.bool_)
        for index, session in enumerate(sessions):
            end = sessions[index + 1].first if index + 1 < len(sessions) else len(step)
            old[session.first : end] = session.event_version < 2
        if keep is None:
            keep = np.ones(len(step), np.bool_)
        most = int(step[0])
        for index in range(1, len(step)):
            at = int(step[index])
            if at < most and old[index]:
                keep[:index] &= step[:index] < at
            else:
                most = max(most, at)
    return keep


def as_tensorboard_fast(step: NDArray[np.int64]) -> NDArray[np.bool_] | None:
    """What TensorBoard's Rust server keeps: each record drops the kept ones of its tag at or behind its step."""
    if len(step) < 2 or bool((step[1:] > step[:-1]).all()):
        return None
    least_behind = np.full(len(step), _NEVER, np.int64)
    least_behind[:-1] = np.minimum.accumulate(step[:0:-1])[::-1]
    keep = step < least_behind
    keep[-1] = True
    return keep
