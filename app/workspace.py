"""One open set of log folders: the session that reads it, the runs, the cursor, and the beat that hands on changes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from ..viewers.pane import Limits, Notify, PaneContext, ThemeHolder
from ..viewers.runs.model import RunField, RunModel
from ..viewers.selection import StepCursor

if TYPE_CHECKING:
    from ..reader.api import Delta, LogSession
    from ..viewers.jobs import Jobs

BEAT_MS = 33


class Workspace(QObject):
    """Owns the session. ``arrived(delta)`` fires in the GUI thread at most every 33 ms, never while paused."""

    arrived = Signal(object)
    paused_changed = Signal()
    _woken = Signal()

    def __init__(
        self,
        session: LogSession,
        roots: Sequence[str],
        *,
        theme: ThemeHolder,
        jobs: Jobs,
        notify: Notify,
        limits: Limits,
        show_new_runs: bool = True,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.roots = tuple(roots)
        self.session = session
        self.store = session.store
        self.runs = RunModel(self)
        self.cursor = StepCursor(self)
        self.show_new_runs = show_new_runs
        self.context = PaneContext(self.store, session, self.runs, self.cursor, jobs, theme, notify, limits)
        self._paused = False
        self._beat = QTimer(self)
        self._beat.setSingleShot(True)
        self._beat.setInterval(BEAT_MS)
        self._beat.setTimerType(Qt.TimerType.PreciseTimer)
        self._beat.timeout.connect(self.deliver)
        self._woken.connect(self._schedule, Qt.ConnectionType.QueuedConnection)
        # The ingest thread calls this: a signal without payload is all that crosses.
        self._subscription = self.store.subscribe(self._woken.emit)
        self._closed = False
        self.runs.changed.connect(self._prefer)

    @property
    def paused(self) -> bool:
        """True while changes are collected and not shown. Reading goes on."""
        return self._paused

    def start(self) -> None:
        """Start reading, and show what is there already."""
        self.session.start()
        self._schedule()

    def set_paused(self, paused: bool) -> None:
        """Hold the picture still, or catch up with all that came meanwhile."""
        if paused != self._paused:
            self._paused = paused
            self.paused_changed.emit()
            self._schedule()

    def deliver(self) -> None:
        """Take what changed since the last time and hand it on."""
        if self._paused or self._closed:
            return
        delta: Delta = self._subscription.drain()
        if not delta:
            return
        if delta.new_runs or delta.changed_runs or delta.removed_runs:
            self.runs.update(self.store.runs(), visible=self.show_new_runs)
        self.arrived.emit(delta)

    def detach(self) -> None:
        """Nothing is handed on any more; the session runs on until it is stopped."""
        if not self._closed:
            self._closed = True
            self._beat.stop()
            self._subscription.close()

    def _prefer(self, fields: RunField) -> None:
        """What the user ticked is read first."""
        if fields & (RunField.VISIBLE | RunField.MEMBERS) and self.store.progress().loading:
            self.session.prefer(self.runs.visible())

    def _schedule(self) -> None:
        if not self._closed and not self._paused and not self._beat.isActive():
            self._beat.start()
