"""The windows of the program: what they share, and which of them shows what is asked for from outside."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from itertools import count
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtGui import QGuiApplication, QWindow

from .appearance import Appearance
from .controller import Controller
from .faults import Faults, log
from .garbage import GarbageCollector
from .opening import absolute, is_table
from .places import Places
from .session_state import RecentFolders, same
from .settings import Settings
from .window import Window

if TYPE_CHECKING:
    from .crash_reports import Report
    from .door import Door
    from .instance import Instance

#: A window that comes later lies this much, in pixels, to the right of and below the one before.
CASCADE = 32
#: A system that opens several folders at once tells them one by one.
GATHER_MS = 50
#: Other starts are let in this much later than the window is painted, when the first charts stand.
DOOR_MS = 800
#: Other windows of the last time are opened this much later than the first is painted.
OTHERS_MS = 800
#: Windows that are closed within this time of the last one count as closed with it, by a quit or a logout: the next
#: start opens them again.
TOGETHER_MS = 1000
#: Reports of earlier starts are looked for this much later than the window is painted.
REPORTS_MS = 1500


class Windows(QObject):
    """All windows share settings, recent folders, theme and the report of errors; each has a controller of its own.

    ``make_window`` makes one over its controller.
    """

    def __init__(
        self,
        settings: Settings,
        places: Places,
        appearance: Appearance,
        faults: Faults,
        garbage: GarbageCollector,
        make_window: Callable[[Controller], Window],
        *,
        renderer: str | None = None,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._settings = settings
        self._places = places
        self._appearance = appearance
        self._faults = faults
        self._garbage = garbage
        self._make_window = make_window
        self._renderer = renderer
        self._recent = RecentFolders(places)
        self._numbers = count()
        self._all: list[Window] = []
        self._latest: Window | None = None
        self._retired: list[Controller] = []
        self._last: Window | None = None
        self._door: Door | None = None
        self._asked: list[str] = []
        self._begun = False
        self._closed: list[int] = []
        self._parting = QTimer(self)
        self._parting.setSingleShot(True)
        self._parting.setInterval(TOGETHER_MS)
        self._parting.timeout.connect(self._part)
        self._asked_soon = QTimer(self)
        self._asked_soon.setSingleShot(True)
        self._asked_soon.setInterval(GATHER_MS)
        self._asked_soon.timeout.connect(self._open_asked)
        app = QGuiApplication.instance()
        assert isinstance(app, QGuiApplication)
        app.focusWindowChanged.connect(self._focused)

    @property
    def all(self) -> tuple[Window, ...]:
        """The windows that are open, oldest first."""
        return tuple(self._all)

    @property
    def latest(self) -> Window:
        """The window that was used last. IndexError if none is open."""
        return self._latest if self._latest is not None else self._all[-1]

    def make(self) -> Window:
        """A new window, not shown yet."""
        controller = Controller(
            self._settings,
            self._places,
            self._appearance.holder,
            self._faults,
            renderer=self._renderer,
            recent=self._recent,
            number=next(self._numbers),
        )
        controller.warm_ups.append(self._garbage.freeze)
        controller.closed.connect(self._garbage.collect_soon)
        controller.recent_changed.connect(self._show_recent)
        window = self._make_window(controller)
        window.another = self.open_empty
        window.is_last = lambda: len(self._all) <= 1
        window.ended.connect(lambda: self._ended(window))
        self._all.append(window)
        return window

    def begin(self, logdirs: Sequence[str], demo: bool) -> None:
        """The first window is painted: open what the command line names, or what the system asked for meanwhile."""
        self._begun = True
        window = self.latest
        window.controller.begin((*logdirs, *self._take_asked()), demo)
        if self._recent.last and not demo:
            QTimer.singleShot(OTHERS_MS, self, partial(self._restore_others, window.controller.died_on))
        QTimer.singleShot(REPORTS_MS, window, lambda: self._look_for_reports(window))

    def _restore_others(self, died_on: Sequence[tuple[str, ...]]) -> None:
        """Open the other windows of the last time, behind the first."""
        if not self._all:
            return  # closed in the meantime: the next start opens them
        first = self.latest
        for roots in self._recent.last:
            if not any(_shows(window, roots) for window in self._all):
                window = self._make_beside(self._all[-1])
                window.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
                window.show()
                window.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating, False)
                window.controller.restore(roots, died_on)
        self._recent.forget_last()
        first.raise_()

    def _look_for_reports(self, window: Window) -> None:
        """Offer what earlier starts left behind, and prepare the report of this one. The disk is asked in the pool."""
        if window not in self._all:
            return

        def look() -> list[Report]:
            from .crash_reports import CrashReports
            from .versions import versions

            self._faults.describe(versions())
            return CrashReports(self._places).collect()

        def failed(error: BaseException) -> None:
            log.warning("no reports of crashes: %s", error)

        window.controller.jobs.submit(look, window.offer_reports, failed)

    def ask(self, path: str) -> None:
        """The system asks to open a file or folder: a drop on the dock, a double click."""
        self._asked.append(path)
        if self._begun:
            self._asked_soon.start()

    def open(self, paths: Sequence[str]) -> None:
        """Show ``paths`` in the window that has them, in one that has nothing yet, or in a new one; raise it."""
        if not self._all:
            return
        window = self._window_for(absolute(paths))
        if paths and not _shows(window, paths):
            window.controller.open(paths)
        bring_to_front(window)

    def open_empty(self) -> None:
        """A new window without a folder."""
        bring_to_front(self._make_beside(self.latest))

    def close_all(self) -> None:
        """Close all windows, and with them the program."""
        for window in self.all:
            window.close()

    def let_in(self, instance: Instance) -> None:
        """Open for other starts what they were to open, as soon as the first window has got through its start."""

        def open_door() -> None:
            from .door import Door

            self._door = Door(instance, self)
            self._door.asked.connect(self.open)
            self._door.open()

        QTimer.singleShot(DOOR_MS, self, open_door)

    def shut_down(self) -> bool:
        """All windows are closed: wait for what the earlier ones left running; False if something does not end."""
        if self._door is not None:
            self._door.close()
        ended = [controller.shut_down() for controller in self._retired]
        return all(ended) and (self._last is None or self._last.ended_in_order)

    def let_go(self) -> None:
        """Delete the last window, which was kept until here."""
        if self._last is not None:
            self._last.deleteLater()
            self._last = None

    def _window_for(self, paths: tuple[str, ...]) -> Window:
        latest = self.latest
        if not paths or all(is_table(path) for path in paths):
            return latest
        for window in self._all:
            if _shows(window, paths):
                return window
        return latest if latest.controller.is_idle else self._make_beside(latest)

    def _make_beside(self, other: Window) -> Window:
        window = self.make()
        window.resize(other.normalGeometry().size() if other.isMaximized() else other.size())
        window.move(other.pos().x() + CASCADE, other.pos().y() + CASCADE)
        window.place(window.placement())
        return window

    def _take_asked(self) -> tuple[str, ...]:
        asked, self._asked = tuple(self._asked), []
        return asked

    def _open_asked(self) -> None:
        self.open(self._take_asked())

    def _ended(self, window: Window) -> None:
        if window not in self._all:
            return
        self._all.remove(window)
        if self._latest is window:
            self._latest = None
        if self._all:
            # Readers of the closed window may wait for a drive: they are joined when the program ends.
            self._retired = [controller for controller in self._retired if not controller.is_at_rest]
            self._retired.append(window.controller)
            self._closed.append(window.controller.number)
            self._parting.start()
            window.deleteLater()
        else:
            self._parting.stop()
            self._last = window

    def _part(self) -> None:
        """Windows were closed and others go on: the next start does not open them again."""
        for number in self._closed:
            self._recent.closed(number)
        self._closed.clear()
        self._recent.used(self.latest.controller.number)
        try:
            self._recent.save()
        except OSError as error:
            log.warning("The list of recent folders was not saved: %s", error)

    def _focused(self, focus: QWindow | None) -> None:
        for window in self._all:
            if focus is not None and window.windowHandle() == focus:
                self._latest = window
                if not self._parting.isActive():  # a program that quits goes through its windows
                    self._recent.used(window.controller.number)

    def _show_recent(self) -> None:
        for window in self._all:
            window.welcome.set_recent(self._recent.sets)


def bring_to_front(window: Window) -> None:
    """Show a window before all others, as it was before it was made small."""
    window.setWindowState(window.windowState() & ~Qt.WindowState.WindowMinimized)
    window.show()
    window.raise_()
    window.activateWindow()


def _shows(window: Window, paths: Sequence[str]) -> bool:
    return bool(paths) and same(window.controller.roots, absolute(paths))
