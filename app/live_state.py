"""Keeps the live pill and the status bar true: state, ages, figures, health."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer

from . import words
from .memory import resident

if TYPE_CHECKING:
    from ..reader.api import Delta, Progress, Totals, WatchStatus
    from .settings import Settings
    from .statusbar import StatusBar
    from .topbar import LivePill
    from .workspace import Workspace

TICK_MS = 500
SOON_MS = 80
FRESH_SECONDS = 60


class LiveState(QObject):
    """Follows one workspace at a time. Ages are brought up to date twice a second, the rest soon after a change."""

    def __init__(self, pill: LivePill, status: StatusBar, settings: Settings, parent: QObject) -> None:
        super().__init__(parent)
        self._pill = pill
        self._status = status
        self._settings = settings
        self._workspace: Workspace | None = None
        self._tick = QTimer(self)
        self._tick.setInterval(TICK_MS)
        self._tick.timeout.connect(self.refresh)
        # While a log is read, changes come 30 times a second; figures that nobody can read so fast need not follow.
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(SOON_MS)
        self._soon.timeout.connect(self._catch_up)
        self._health_changed = False
        self._totals: Totals | None = None
        self._counted = -1
        settings.changed.connect(self.refresh)
        self.follow(None)

    def follow(self, workspace: Workspace | None) -> None:
        """Show the state of ``workspace``; None: nothing is open."""
        if self._workspace is not None:
            self._workspace.arrived.disconnect(self._arrived)
            self._workspace.paused_changed.disconnect(self.refresh)
        self._workspace = workspace
        self._totals = None
        if workspace is None:
            self._tick.stop()
            self._soon.stop()
            self._pill.hide()
            self._status.clear()
            return
        workspace.arrived.connect(self._arrived)
        workspace.paused_changed.connect(self.refresh)
        self._pill.show()
        self._tick.start()
        self.refresh()
        self._show_health()

    def refresh(self) -> None:
        """Bring everything up to date."""
        if self._workspace is None:
            return
        store = self._workspace.store
        if self._totals is None or self._counted != store.generation:
            started = time.perf_counter()
            self._counted = store.generation
            self._totals = store.totals()
            # Counting thousands of series takes its time: it is given at most a twentieth of the GUI's.
            self._soon.setInterval(max(SOON_MS, round(20_000 * (time.perf_counter() - started))))
        totals, progress = self._totals, store.progress()
        self._status.show_totals(totals, resident(), self._settings["grouping"])
        self._status.show_progress(progress)
        seconds = None if totals.newest_wall is None else time.time() - totals.newest_wall
        self._status.show_age(seconds)
        self._pill.show_state(*pill_words(progress, store.watch_status, seconds, self._workspace.paused))

    def _arrived(self, delta: Delta) -> None:
        self._health_changed |= delta.health or delta.progress
        if not self._soon.isActive():
            self._soon.start()

    def _catch_up(self) -> None:
        self.refresh()
        if self._health_changed:
            self._show_health()

    def _show_health(self) -> None:
        self._health_changed = False
        if self._workspace is None:
            return
        store = self._workspace.store
        self._status.show_health(store.health(), store.progress().loading)


def pill_words(
    progress: Progress, watch: WatchStatus, seconds: float | None, paused: bool
) -> tuple[str, str, str, float | None]:
    """Text, colour token, tooltip and share read (None unless loading) of the live pill.

    ``seconds`` is the age of the newest point, None before the first.
    """
    if paused:
        return "Paused", "warning", "The picture is held still; reading goes on. Click to go on (Ctrl+Shift+P)", None
    if progress.loading:
        share = progress.read / progress.total if progress.total else 0.0
        tip = f"{words.size(progress.read)} of {words.size(progress.total)} read"
        return f"Loading {100 * share:.0f} %", "accent", tip, share
    if watch.mode == "stopped":
        return "Stopped", "faint", watch.message or "Files are not looked at any more.", None
    hint = "Click to hold the picture still (Ctrl+Shift+P)"
    tip = f"{watch.message}\n{hint}" if watch.message else hint
    token = "warning" if watch.mode == "polling" and watch.message else "ok"
    name = "Polling" if watch.mode == "polling" else "Live"
    if seconds is not None and seconds < FRESH_SECONDS:
        return f"{name} · {words.age(seconds)}", token, tip, None
    return name if name == "Polling" else "Watching", token, tip, None
