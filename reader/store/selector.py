"""One restart mode over one series, kept up to date: a new point costs what it is, not what was there before."""

from __future__ import annotations

import threading

import numpy as np

from ..model import RestartMode, ScalarSelection, ScalarView, Session
from .columns import Column
from .restarts import select, token_of


class Selector:
    """Gives the selection of a view, from that of an earlier view of the same series where it is a prefix.

    May be used from any thread. Only a selection that hides points keeps columns of its own.
    """

    def __init__(self, mode: RestartMode) -> None:
        self._mode = mode
        self._lock = threading.Lock()
        self._current: tuple[ScalarView, ScalarSelection] | None = None
        self._count = -1
        self._rewrites = -1
        self._sessions: tuple[Session, ...] = ()
        self._hidden = 0
        self._restarts: tuple[tuple[int, int], ...] = ()
        self._own: tuple[Column, Column, Column] | None = None

    def release(self) -> None:
        """The series changed: hold no view of it, whose arrays may have been replaced by larger ones."""
        self._current = None

    def select(self, view: ScalarView) -> ScalarSelection:
        """The selection of ``view``; the same object for the same view."""
        with self._lock:
            current = self._current
            if current is not None and current[0] is view:
                return current[1]
            selection = self._extended(view) if self._extends(view) else self._anew(view)
            self._count = len(view.step)
            self._current = (view, selection)
            return selection

    def _extends(self, view: ScalarView) -> bool:
        """True where the points behind those that were seen hide nothing and are not hidden."""
        count = self._count
        if count < 0 or view.rewrites != self._rewrites or len(view.step) < count or view.sessions != self._sessions:
            return False
        if self._mode is RestartMode.ALL or len(view.step) == count:
            return True
        fresh = view.step[max(count - 1, 0) :]
        if self._mode is RestartMode.AS_TENSORBOARD_FAST:
            return bool((fresh[1:] > fresh[:-1]).all())
        if self._mode is RestartMode.AS_TENSORBOARD and any(session.event_version < 2 for session in self._sessions):
            return bool((fresh[1:] >= fresh[:-1]).all())
        # A session that announced no step restarts at its first point, which may be among the new ones.
        return all(session.first < count or session.start_step is not None for session in self._sessions[1:])

    def _extended(self, view: ScalarView) -> ScalarSelection:
        token = token_of(view, self._mode, self._hidden)
        if self._own is None:
            return ScalarSelection(view.step, view.wall, view.value, token)
        step, wall, value = self._own
        step.append(view.step[self._count :])
        wall.append(view.wall[self._count :])
        value.append(view.value[self._count :])
        return ScalarSelection(step.view(), wall.view(), value.view(), token, self._hidden, self._restarts)

    def _anew(self, view: ScalarView) -> ScalarSelection:
        selection = select(view, self._mode)
        self._rewrites, self._sessions = view.rewrites, view.sessions
        self._hidden, self._restarts = selection.hidden, selection.restarts
        self._own = None
        if selection.hidden:
            columns = (Column(np.int64), Column(np.float64), Column(view.value.dtype))
            for column, array in zip(columns, (selection.step, selection.wall, selection.value)):
                column.replace(array)
            self._own = columns
        return selection
