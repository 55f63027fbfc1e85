"""The main window. It composes: bars, the middle, what lies over it, and the controller that does the work."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QRect, Qt, QTimer, Signal
from PySide6.QtGui import (
    QCloseEvent,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDragMoveEvent,
    QDropEvent,
    QGradient,
    QGuiApplication,
    QPaintEvent,
)
from PySide6.QtWidgets import QApplication, QFileDialog, QListView, QMainWindow, QStackedWidget, QVBoxLayout, QWidget

from ..viewers.pane import PaneSpec
from ..viewers.widgets import ToastArea
from . import words
from .actions import Actions
from .appearance import Appearance
from .commands import app_commands, pane_commands, run_commands
from .controller import Controller
from .drop import DropOverlay, dropped_paths, take_copy
from .live_state import LiveState
from .overlays import Overlays
from .statusbar import StatusBar
from .topbar import TopBar
from .welcome import WelcomePage

if TYPE_CHECKING:
    from ..viewers.runs.tree import RunPanel
    from .crash_reports import Report
    from .last_values import LastValues
    from .workbench import Workbench
    from .workspace import Workspace

DEMO_NAME = "Live demo"
DEFAULT_SIZE = (1440, 900)
SMALLEST = (720, 420)
#: A pane's keys are bound this much later than it is shown, when its settings and first charts are there.
BIND_MS = 200


class Window(QMainWindow):
    """``painted`` fires once, after the first paint: what is slow to import comes in then; ``ended`` when the window
    was closed. :attr:`another` opens one more window, where the program has several; :attr:`is_last` tells whether
    closing this one ends the program.
    """

    painted = Signal()
    ended = Signal()

    def __init__(self, controller: Controller, appearance: Appearance) -> None:
        super().__init__()
        self.setObjectName("window")
        self.setAcceptDrops(True)
        self.setMinimumSize(*SMALLEST)
        self.controller = controller
        self.appearance = appearance
        self.bench: Workbench | None = None
        self.another: Callable[[], None] | None = None
        self.is_last: Callable[[], bool] = lambda: True
        self._specs: Sequence[PaneSpec] | None = None
        self._was_painted = False
        self._remembered: dict[str, Any] | None = None
        self._coming: RunPanel | None = None
        self.ended_in_order = True
        theme = appearance.holder
        self.top = TopBar(theme)
        self.welcome = WelcomePage(theme)
        self.status = StatusBar()
        self.middle = QStackedWidget()
        self.middle.addWidget(self.welcome)
        page = QWidget()
        self._column = column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        for widget, stretch in ((self.top, 0), (self.middle, 1), (self.status, 0)):
            column.addWidget(widget, stretch)
        self.setCentralWidget(page)
        self.toasts = ToastArea(page, self.status.height() + 16)
        self.drop = DropOverlay(theme, page)
        self.commands = Actions(self)
        self.overlays = Overlays(self, page)
        self.live = LiveState(self.top.pill, self.status, controller.settings, self)
        self.commands.put("app", app_commands(self))
        self.commands.fill(self.menuBar())
        self._connect()
        self._show_menu_bar()
        self.resize(*DEFAULT_SIZE)
        self._retitle()

    def use_specs(self, specs: Sequence[PaneSpec]) -> None:
        """The panes of the tab bar; without it the registry's come in with the first folder."""
        self._specs = specs

    # Opening

    def ask_open(self) -> None:
        """Let the user choose a folder in place of what is open."""
        self._ask("Open folder", add=False)

    def ask_add(self) -> None:
        """Let the user choose a folder beside those that are open."""
        self._ask("Add folder", add=True)

    def drop_paths(self, paths: Sequence[str], add: bool) -> None:
        """Open what was dropped."""
        if paths:
            self.controller.open(paths, add=add and bool(self.controller.roots))
            self.activateWindow()

    # What the commands do

    def toggle_runs(self) -> None:
        """Fold the list of runs away, or back."""
        if self.bench is not None:
            self.bench.toggle_runs()

    def toggle_settings(self) -> None:
        """Fold the pane's settings away, or back."""
        if self.bench is not None:
            self.bench.toggle_settings()

    def toggle_health(self) -> None:
        """Open or close the log health."""
        if self.bench is not None:
            self.bench.toggle_health()

    def toggle_pause(self) -> None:
        """Hold the picture, or let it go on."""
        workspace = self.controller.workspace
        if workspace is not None:
            workspace.set_paused(not workspace.paused)

    def reload(self) -> None:
        """Look at every file and every gap now."""
        if self.controller.workspace is not None:
            self.controller.workspace.session.reload()
            self.controller.notify("Looking at every file again.")

    def step_pane(self, by: int) -> None:
        """The next or the previous pane with data."""
        self.top.tabs.step(by)

    def focus_run_filter(self) -> None:
        """Bring the keyboard to the filter of the list of runs."""
        if self.bench is not None:
            if self.bench.runs.isHidden():
                self.bench.toggle_runs()
            self.bench.runs.focus_filter()

    def switch_theme(self) -> None:
        """Dark from light and the other way round."""
        self.appearance.choose("light" if self.appearance.holder.theme.dark else "dark")

    def toggle_menu_bar(self) -> None:
        """Show or hide the menu bar."""
        self.controller.settings.set("menu_bar", not self.controller.settings["menu_bar"])

    def toggle_full_screen(self) -> None:
        """Fill the screen, or go back."""
        self.setWindowState(self.windowState() ^ Qt.WindowState.WindowFullScreen)

    def show_palette(self) -> None:
        """Open the command palette."""
        self.overlays.open_palette()

    def show_recent(self) -> None:
        """Open the palette over the recent folders."""
        self.overlays.open_recent()

    def show_preferences(self) -> None:
        """Open the preferences."""
        self.overlays.open_preferences()

    def show_shortcuts(self) -> None:
        """List all keys."""
        self.overlays.open_shortcuts()

    def show_about(self) -> None:
        """Say which program and which version this is."""
        self.overlays.open_about()

    def offer_reports(self, reports: Sequence[Report]) -> None:
        """Offer what earlier starts that ended unexpectedly left behind; nothing for none."""
        if not reports:
            return
        from .crash_reports import CrashReports
        from .notice import CrashNotice

        notice = CrashNotice(reports)
        jobs = self.controller.jobs

        def copy() -> None:
            QGuiApplication.clipboard().setText(notice.text)
            self.controller.notify("The report is on the clipboard.")

        def delete() -> None:
            self.overlays.close_sheet()
            notice.hide()
            work = CrashReports(self.controller.places).delete
            jobs.submit(work, lambda _none: None, lambda error: self.toasts.notify(f"Not deleted: {error}", "warning"))

        buttons = (("Copy", copy), ("Delete", delete))
        notice.show_wanted.connect(lambda: self.overlays.open_text("Report of a crash", notice.text, buttons))
        notice.copy_wanted.connect(copy)
        notice.delete_wanted.connect(delete)
        self._column.insertWidget(1, notice)

    def copy_log_path(self) -> None:
        """Put the place of the program's log file on the clipboard."""
        QGuiApplication.clipboard().setText(str(self.controller.faults.file or ""))
        self.controller.notify("The path of the log file is on the clipboard.")

    def open_another(self) -> None:
        """One more window, with nothing in it yet."""
        if self.another is not None:
            self.another()

    def quit(self) -> None:
        """Close all windows, and with them the program."""
        QApplication.closeAllWindows()

    # State

    def place(self, state: Mapping[str, Any]) -> None:
        """Take back :meth:`placement`'s values where they fit a screen that is there."""
        numbers = state.get("rect")
        if isinstance(numbers, list) and len(numbers) == 4 and all(type(number) is int for number in numbers):
            rect = QRect(*numbers)
            screen = next((s for s in QGuiApplication.screens() if s.availableGeometry().intersects(rect)), None)
            if screen is not None and rect.isValid():
                room = screen.availableGeometry()
                self.setGeometry(rect.intersected(room) if not room.contains(rect) else rect)
        if state.get("maximized") is True:
            self.setWindowState(self.windowState() | Qt.WindowState.WindowMaximized)

    def placement(self) -> dict[str, Any]:
        """Place and size of the window, as JSON values."""
        rect = self.normalGeometry() if self.isMaximized() or self.isFullScreen() else self.geometry()
        return {"rect": [rect.x(), rect.y(), rect.width(), rect.height()], "maximized": self.isMaximized()}

    def gather(self) -> dict[str, Any]:
        """All that the session remembers, as JSON values."""
        bench = self.bench
        if self._remembered is not None:
            return self._remembered
        if bench is None:
            return {}
        return {
            "runs": bench.workspace.runs.marks(),
            "run_list": bench.runs.save_state(),
            "panes": bench.panes.save_states(),
            "active": bench.panes.active,
            "layout": bench.save_layout(),
            "window": self.placement(),
        }

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self._was_painted:
            self._was_painted = True
            QTimer.singleShot(0, self.painted.emit)
            QTimer.singleShot(0, _bind_slow_classes)

    def closeEvent(self, event: QCloseEvent) -> None:
        self.controller.recent.window = self.placement()
        self.overlays.close_all()
        if self.is_last():
            self.ended_in_order = self.controller.shut_down()
        else:
            # Whoever has the other windows waits for what may take its time.
            self.controller.retire()
        event.accept()
        self.ended.emit()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if dropped_paths(event.mimeData()):
            take_copy(event)
            self.drop.offer(bool(self.controller.roots))

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        self.drop.point(event.position())
        take_copy(event)

    def dragLeaveEvent(self, _event: QDragLeaveEvent) -> None:
        self.drop.hide()

    def dropEvent(self, event: QDropEvent) -> None:
        add = self.drop.point(event.position())
        self.drop.hide()
        take_copy(event)
        self.drop_paths(dropped_paths(event.mimeData()), add)

    # Inside

    def _connect(self) -> None:
        control = self.controller
        control.gather = self.gather
        control.warm_ups.append(_import_panes)
        control.opened.connect(self._opened)
        control.closing.connect(self._closing)
        control.closed.connect(self._closed)
        control.message.connect(self.toasts.notify)
        control.blocked.connect(self._blocked)
        control.recent_changed.connect(self._show_recent)
        control.table_wanted.connect(self._show_table)
        # Both outlive the window: methods of its own are disconnected with it, other functions would not be.
        control.faults.reported.connect(self._show_fault)
        control.settings.changed.connect(self._setting_changed)
        self.top.folder_clicked.connect(self.show_recent)
        self.top.palette_wanted.connect(self.show_palette)
        self.top.pause_toggled.connect(self.toggle_pause)
        self.top.tabs.chosen.connect(self.show_pane)
        self.status.health_clicked.connect(self.toggle_health)
        self.welcome.open_wanted.connect(self.ask_open)
        self.welcome.demo_wanted.connect(control.open_demo)
        self.welcome.roots_wanted.connect(control.open)
        self._show_recent()

    def show_pane(self, pane_id: str) -> None:
        """Show a pane; one without data is ignored."""
        if self.bench is not None:
            self.bench.show_pane(pane_id)

    def _opened(self, workspace: Workspace, state: Mapping[str, Any]) -> None:
        self.welcome.clear_warning()
        if self._specs is None:
            from ..viewers.registry import PANES

            self._specs = PANES
        from .workbench import run_panel

        self._remembered = dict(state)
        self._coming, values = run_panel(workspace)
        # Each part takes its time. Without a delay it would not be a timer, and all of them would run in one turn.
        QTimer.singleShot(1, workspace, lambda: self._build(workspace, values, state))

    def _build(self, workspace: Workspace, values: LastValues, state: Mapping[str, Any]) -> None:
        """Make the bench around the list of runs."""
        if workspace is not self.controller.workspace or self._coming is None or self._specs is None:
            return
        from .workbench import Workbench

        runs, self._coming = self._coming, None
        bench = Workbench(workspace, self._specs, self.controller.faults.report, runs, values)
        self.bench = bench
        self.top.folder.set_roots(workspace.roots, DEMO_NAME if self.controller.demo_running else "")
        self.top.tabs.set_specs(self._specs)
        bench.left_changed.connect(self.top.set_left_width)
        bench.counts_changed.connect(self.top.tabs.set_counts)
        bench.pane_switched.connect(self._pane_switched)
        bench.open_wanted.connect(self.ask_open)
        QTimer.singleShot(1, bench, lambda: self._furnish(bench, state))

    def _furnish(self, bench: Workbench, state: Mapping[str, Any]) -> None:
        """Show the bench as it was left the last time."""
        if bench is not self.bench or self._specs is None:
            return
        self._remembered = None
        workspace = bench.workspace
        window, layout, panes, run_list = (_table(state, name) for name in ("window", "layout", "panes", "run_list"))
        if window and self.isVisible():
            self.place(window)
        self.middle.addWidget(bench)
        self.middle.setCurrentWidget(bench)
        bench.restore_layout(layout)
        bench.panes.restore_states(panes)
        bench.runs.restore_state(run_list)
        self.commands.put("runs", run_commands(self))
        self.commands.put("panes", pane_commands(self, self._specs))
        self.live.follow(workspace)
        self._retitle()
        active = state.get("active")
        bench.begin(active if isinstance(active, str) else "")
        self._show_table()

    def _show_table(self) -> None:
        """Show the file of vectors that was asked for, as soon as there is a pane for it."""
        if self.bench is not None and self._remembered is None:
            path = self.controller.take_table()
            if path:
                self.bench.show_file(path)

    def _closing(self) -> None:
        bench = self.bench
        self._remembered = None
        if self._coming is not None:
            self._coming.deleteLater()
            self._coming = None
        if bench is None:
            return
        self.overlays.close_all()
        self.live.follow(None)
        for owner in ("runs", "panes", "pane"):
            self.commands.drop(owner)
        bench.close_bench()
        self.bench = None
        self.middle.setCurrentWidget(self.welcome)
        self.middle.removeWidget(bench)
        bench.deleteLater()

    def _closed(self) -> None:
        self.top.folder.set_roots(())
        self.top.tabs.set_specs(())
        self._show_recent()
        self._retitle()

    def _blocked(self, roots: tuple[str, ...]) -> None:
        text = (
            f"Runglass ended unexpectedly while it read {words.visible(words.title_of(roots))}, "
            "so it was not opened again by itself. The rest works as ever."
        )
        self.welcome.warn(text, roots)

    def _pane_switched(self, pane_id: str) -> None:
        self.top.tabs.set_current(pane_id)
        bench = self.bench
        assert bench is not None
        QTimer.singleShot(BIND_MS, bench, lambda: self._bind(bench, pane_id))

    def _bind(self, bench: Workbench, pane_id: str) -> None:
        """Give the commands of the pane that is shown their keys."""
        if bench is self.bench and bench.panes.active == pane_id:
            pane = bench.panes.pane(pane_id)
            self.commands.put("pane", pane.commands() if pane is not None else ())

    def _ask(self, title: str, add: bool) -> None:
        start = self.controller.roots[0] if self.controller.roots else ""
        dialog = QFileDialog(self, title, start)
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly, True)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.filesSelected.connect(lambda paths: self.controller.open(paths, add=add))
        dialog.open()

    def _show_recent(self) -> None:
        self.welcome.set_recent(self.controller.recent.sets)

    def _show_fault(self, text: str, detail: str) -> None:
        self.toasts.notify(text, "error", detail)

    def _setting_changed(self, name: str) -> None:
        if name == "menu_bar":
            self._show_menu_bar()

    def _show_menu_bar(self) -> None:
        bar = self.menuBar()
        if not bar.isNativeMenuBar():
            bar.setVisible(bool(self.controller.settings["menu_bar"]))

    def _retitle(self) -> None:
        roots = self.controller.roots
        name = DEMO_NAME if self.controller.demo_running else words.visible(words.title_of(roots))
        self.setWindowTitle(f"{name} – Runglass" if roots else "Runglass")


def _bind_slow_classes() -> None:
    """Python binds some of Qt's classes at their first use for 5 to 14 ms each: not while a folder is opened."""
    QListView().viewport()
    QGradient.Preset  # noqa: B018 (fillRect looks at it)


def _import_panes() -> None:
    """Bring in what is only needed with a folder, while the window already answers."""
    panes = importlib.import_module("..viewers.registry", __package__).PANES
    panes[0].load()
    importlib.import_module(".workbench", __package__)


def _table(state: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    value = state.get(name)
    return value if isinstance(value, Mapping) else {}
