"""What the program does, without its window: opening and closing folders, remembering, saving, the demo."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QTimer, Signal

from ..viewers.jobs import Job, Jobs
from ..viewers.pane import Limits
from . import words
from .courtesy import give_way
from .crash_guard import CrashGuard
from .demo_process import DemoProcess
from .faults import Faults, log
from .memory import return_large_buffers
from .opening import Meant, absolute, meant
from .places import Places
from .session_state import RecentFolders, SessionStore, same
from .settings import Settings, picture_bytes
from .workspace import Workspace

if TYPE_CHECKING:
    from ..reader.api import Delta, LogSession
    from ..viewers.pane import ThemeHolder

SAVE_MS = 20_000
SETTLE_MS = 1500
#: The reader starts when the window has furnished itself, a turn of the event loop after a folder was opened: building
#: widgets beside a reader takes twice as long.
START_MS = 3
STOP_SECONDS = 5.0


def new_session(roots: Sequence[str], notifications: bool) -> LogSession:
    """A session over ``roots``; numpy comes in here and not before."""
    from ..reader.api import LogSession

    return LogSession(roots, watch=True, notify=notifications, give_way=give_way)


@dataclass(frozen=True, slots=True)
class Answer:
    """What is known of folders that are to be opened. ``trouble``: why the remembered ``state`` is not used;
    ``session`` is None where only a file was named.
    """

    meant: Meant
    session: LogSession | None
    state: dict[str, Any]
    trouble: str


class Controller(QObject):
    """Owns the workspace and everything that outlives it.

    ``opened(workspace, state)`` fires when folders were opened, with what is remembered of them; ``closing()`` before
    they are closed, when the state can still be gathered (:attr:`gather`); ``closed()`` when nothing is open;
    ``message(text, kind, detail)`` is for the user. :attr:`warm_ups` run in a pool thread before a folder is opened,
    for slow imports. ``blocked(roots)``: not opened, as the program died on them.
    ``table_wanted()``: the file that :meth:`take_table` gives is to be shown in the workspace that is open.

    Several controllers share ``recent``, and ``number`` tells them apart.
    """

    opened = Signal(object, object)
    closing = Signal()
    closed = Signal()
    message = Signal(str, str, str)
    blocked = Signal(object)
    recent_changed = Signal()
    table_wanted = Signal()

    def __init__(
        self,
        settings: Settings,
        places: Places,
        theme: ThemeHolder,
        faults: Faults,
        *,
        make_session: Callable[[Sequence[str], bool], LogSession] = new_session,
        renderer: str | None = None,
        recent: RecentFolders | None = None,
        number: int = 0,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.settings = settings
        self.places = places
        self.theme = theme
        self.faults = faults
        self.jobs = Jobs(parent=self)
        # What the command line says holds for this start.
        self._renderer = renderer
        self.limits = Limits(picture_bytes(settings), renderer or settings["renderer"], self)
        self.recent = recent or RecentFolders(places)
        self.workspace: Workspace | None = None
        self.gather: Callable[[], dict[str, Any]] = dict
        self.warm_ups: list[Callable[[], None]] = [return_large_buffers]
        self._make_session = make_session
        self.make_demo: Callable[[], DemoProcess] = DemoProcess
        self._number = number
        self._guard = CrashGuard(places, number)
        self._died_on: list[tuple[str, ...]] = []
        self._demo: DemoProcess | None = None
        self._resolving: Job | None = None
        self._sessions: SessionStore | None = None
        self._saved: Mapping[str, Any] = {}
        self._stopping: list[threading.Thread] = []
        self._table = ""
        self._retired = False
        self._save_timer = QTimer(self)
        self._save_timer.setInterval(SAVE_MS)
        self._save_timer.timeout.connect(self._save_later)
        self._settle_timer = QTimer(self)
        self._settle_timer.setSingleShot(True)
        self._settle_timer.setInterval(SETTLE_MS)
        self._settle_timer.timeout.connect(self._settled)
        settings.changed.connect(self._setting_changed)

    @property
    def roots(self) -> tuple[str, ...]:
        """The open folders."""
        return self.workspace.roots if self.workspace else ()

    @property
    def number(self) -> int:
        """What tells this one from the controllers of other windows."""
        return self._number

    @property
    def died_on(self) -> tuple[tuple[str, ...], ...]:
        """Sets of folders that earlier programs died on, as found by :meth:`begin`."""
        return tuple(self._died_on)

    @property
    def demo_running(self) -> bool:
        """True while the open folder is the demo's."""
        return self._demo is not None

    @property
    def is_idle(self) -> bool:
        """True if nothing is open and nothing is about to be."""
        return self.workspace is None and self._resolving is None

    @property
    def is_at_rest(self) -> bool:
        """True if nothing of it runs any more, after :meth:`retire`."""
        return not self.jobs.busy and not any(thread.is_alive() for thread in self._stopping)

    def take_table(self) -> str:
        """The file of vectors that is to be shown, empty for none; it is given once."""
        table, self._table = self._table, ""
        return table

    def begin(self, logdirs: Sequence[str], demo: bool = False) -> None:
        """Open what the command line names, or else what the window used last showed the last time, unless the program
        died on it. Other windows of the last time are left in ``recent.last``.
        """
        self._died_on = self._guard.crashed()
        for text in (self.settings.message, self.recent.message, self.faults.message):
            if text:
                self.message.emit(text, "warning", "")
        if demo:
            self.open_demo()
        elif logdirs or not self.settings["restore"]:
            self.recent.forget_last()
            self.open(logdirs)
        elif self.recent.last:
            self.restore(self.recent.last[0], self._died_on)

    def restore(self, roots: tuple[str, ...], died_on: Sequence[tuple[str, ...]]) -> None:
        """Open what a window of the last time showed, unless it is among what the program ``died_on``."""
        self._died_on = list(died_on)
        self.recent.opening(roots, self._number)
        if self._died(roots):
            self.recent.closed(self._number)
            self.blocked.emit(roots)
        else:
            self.open(roots)

    def open(self, paths: Sequence[str], *, add: bool = False) -> None:
        """Open folders in place of those that are open, or beside them. The disk is asked in a pool thread."""
        wanted = (*self.roots, *paths) if add else tuple(paths)
        if not wanted:
            return
        if self._resolving is not None:
            self._resolving.cancel()
        notify, remember = self.settings["watch"] == "auto", self.settings["remember"]
        self._resolving = self.jobs.submit(
            lambda: self._resolve(wanted, notify, remember), self._open_meant, self._failed_to_open
        )

    def open_demo(self) -> None:
        """Start the simulated training and open its folder."""
        demo = self.make_demo()
        try:
            roots = absolute([demo.start()])
        except OSError as error:
            self.message.emit(f"The demo cannot start: {error}", "error", "")
            return
        self.close_folders()
        self._demo = demo
        self._open(roots, self._make_session(roots, self.settings["watch"] == "auto"), {}, remember=False)

    def close_folders(self) -> None:
        """Close what is open, remembering its state. The reader's threads are joined in the background."""
        workspace = self.workspace
        if workspace is None:
            return
        self._save_now()
        self.closing.emit()
        self.workspace = None
        self._save_timer.stop()
        self._settle_timer.stop()
        self._guard.end()
        workspace.detach()
        # Joining a reader may take as long as its drive takes to answer: never in the GUI thread, nor in the pool.
        stopping = threading.Thread(
            target=_stop, args=(workspace.session, self._demo), name="runglass-stop", daemon=True
        )
        self._demo = None
        stopping.start()
        self._stopping = [thread for thread in self._stopping if thread.is_alive()] + [stopping]
        workspace.deleteLater()
        self.closed.emit()

    def forget_open(self) -> None:
        """The user closed the folders: the next start shows the welcome page."""
        self.close_folders()
        self.recent.closed(self._number)
        self._save_recent()

    def clear_recent(self) -> None:
        """Forget the recent folders."""
        self.recent.clear()
        self._save_recent()
        self.recent_changed.emit()

    def retire(self) -> None:
        """Save and stop everything, without waiting until it has stopped."""
        if self._retired:
            return
        self._retired = True
        if self._resolving is not None:
            self._resolving.cancel()
        self.close_folders()
        self._save_recent()
        self.jobs.close(0.0)

    def shut_down(self) -> bool:
        """Save, stop and join everything; nothing runs afterwards.

        Returns False if a thread did not end in time, as it waits for a drive that does not answer.
        """
        self.retire()
        until = time.monotonic() + STOP_SECONDS
        for thread in self._stopping:
            thread.join(max(0.0, until - time.monotonic()))
        ended = self.jobs.close(max(0.1, until - time.monotonic()))
        return ended and not any(thread.is_alive() for thread in self._stopping)

    def _resolve(self, wanted: tuple[str, ...], notify: bool, remember: bool) -> Answer:
        """All that asks the disk, and the imports of the reader and the panes with numpy. Runs in a pool thread."""
        for warm_up in self.warm_ups:
            warm_up()
        found = meant(wanted)
        if not found.roots:
            return Answer(found, None, {}, "")
        store = SessionStore(self.places, found.roots)
        state = store.load() if remember else {}
        return Answer(found, self._make_session(found.roots, notify), state, store.message)

    def _open_meant(self, answer: Answer) -> None:
        self._resolving = None
        found, state, trouble = answer.meant, answer.state, answer.trouble
        self._table = found.table or self._table
        if answer.session is None or (found.table and same(found.roots, self.roots)):
            # A file of vectors alone, beside what is open.
            for note in found.notes:
                self.message.emit(note, "info", "")
            self._show_table()
            return
        if self._died(found.roots):
            self._died_on = [roots for roots in self._died_on if not same(roots, found.roots)]
            if state:
                state = {}
                trouble = "Runglass ended while it read this folder the last time: its remembered view is left out."
        self.close_folders()
        for note in found.notes:
            self.message.emit(note, "info", "")
        if trouble:
            self.message.emit(trouble, "warning", "")
        self._open(found.roots, answer.session, state, remember=True)

    def _open(self, roots: tuple[str, ...], session: LogSession, state: Mapping[str, Any], *, remember: bool) -> None:
        if remember:
            try:
                self._guard.begin(roots)
            except OSError as error:
                log.warning("no guard file: %s", error)
            self.recent.opened(roots, self._number)
            self._save_recent()
            self.recent_changed.emit()
        self._sessions = SessionStore(self.places, roots) if remember and self.settings["remember"] else None
        self._saved = state
        workspace = Workspace(
            session,
            roots,
            theme=self.theme,
            jobs=self.jobs,
            notify=self.notify,
            limits=self.limits,
            show_new_runs=self.settings["show_new_runs"],
            parent=self,
        )
        marks = state.get("runs")
        if isinstance(marks, dict):
            workspace.runs.restore_marks(marks)
        self.workspace = workspace
        workspace.arrived.connect(self._arrived)
        self.opened.emit(workspace, state)
        QTimer.singleShot(START_MS, workspace, workspace.start)
        self._save_timer.start()
        self._settle_timer.start()

    def _show_table(self) -> None:
        if self.workspace is not None:
            self.table_wanted.emit()
        elif self._table:
            name = words.visible(words.name_of(self._table))
            self.message.emit(f"{name} is shown in the projector as soon as a folder of logs is open.", "info", "")

    def notify(self, text: str, kind: str = "info", detail: str = "") -> None:
        """Show a message to the user; panes call this."""
        self.message.emit(text, kind, detail)

    def _arrived(self, delta: Delta) -> None:
        # Only a log that was read, and drawn for a while after, is known not to bring the program down.
        if delta.progress or self._settle_timer.isActive():
            self._settle_timer.start()

    def _settled(self) -> None:
        if self.workspace is not None and self.workspace.store.progress().loading:
            self._settle_timer.start()
        else:
            self._guard.end()

    def _died(self, roots: Sequence[str]) -> bool:
        return any(same(roots, died) for died in self._died_on)

    def _failed_to_open(self, error: BaseException) -> None:
        self._resolving = None
        detail = self.faults.report(error, "Opening folders")
        self.message.emit(f"The folder cannot be opened: {error}", "error", detail)

    def _setting_changed(self, name: str) -> None:
        if name == "show_new_runs" and self.workspace is not None:
            self.workspace.show_new_runs = self.settings[name]
        elif name == "picture_memory":
            self.limits.set_picture_bytes(picture_bytes(self.settings))
        elif name == "renderer":
            self.limits.set_renderer(self._renderer or self.settings["renderer"])
        self._try(self.settings.save, "The settings were not saved")

    def _save_recent(self) -> None:
        self._try(self.recent.save, "The list of recent folders was not saved")

    def _save_now(self) -> None:
        if self._sessions is not None and self.workspace is not None:
            state = self.gather()
            sessions = self._sessions
            self._try(lambda: sessions.save(state), "The view was not saved")

    def _save_later(self) -> None:
        """Save what changed, in a pool thread, so that a crash costs little."""
        if self._sessions is None or self.workspace is None:
            return
        state = self.gather()
        if state != self._saved:
            self._saved = state
            sessions = self._sessions
            self.jobs.submit(lambda: sessions.save(state), lambda _none: None, self._not_saved)

    def _not_saved(self, error: BaseException) -> None:
        log.warning("the view was not saved: %s", error)

    def _try(self, work: Callable[[], None], text: str) -> None:
        try:
            work()
        except OSError as error:
            log.warning("%s: %s", text, error)
            self.message.emit(f"{text}: {error.strerror or error}", "warning", "")


def _stop(session: LogSession, demo: DemoProcess | None) -> None:
    """Join the reader's threads; then the demo's folder can go."""
    session.stop()
    if demo is not None:
        demo.close()
