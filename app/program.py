"""The window program from its first line to its exit code."""

from __future__ import annotations

import os
import signal
import socket
import sys
from functools import partial
from types import FrameType
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QSocketNotifier, QTimer, Signal
from PySide6.QtGui import QFileOpenEvent, QGuiApplication
from PySide6.QtWidgets import QApplication

from .appearance import Appearance
from .cli import Options
from .emblem import claim_taskbar, show_emblem
from .faults import Faults
from .garbage import GarbageCollector
from .instance import instance_of
from .places import NOWHERE, user_places
from .qt_start import QtStart
from .settings import Settings
from .window import Window
from .windows import Windows

if TYPE_CHECKING:
    from .script import Script


#: The icon comes this much later than the window is painted, when the first charts stand.
EMBLEM_MS = 800


class Application(QApplication):
    """``file_opened(path)`` fires for a file or folder that the macOS Finder asks to open."""

    file_opened = Signal(str)

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.FileOpen:
            assert isinstance(event, QFileOpenEvent)
            self.file_opened.emit(event.file())
            return True
        return super().event(event)


class Interrupts(QObject):
    """Turns SIGINT and SIGTERM into ``asked``, fired in the GUI thread.

    Python runs signal handlers between byte codes, which an idle event loop does not reach: the interpreter writes to
    a socket instead, and that wakes the loop.
    """

    asked = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._read, self._write = socket.socketpair()
        self._read.setblocking(False)
        self._write.setblocking(False)
        self._notifier = QSocketNotifier(self._read.fileno(), QSocketNotifier.Type.Read, self)
        self._notifier.activated.connect(self._woken)
        self._old_fd = signal.set_wakeup_fd(self._write.fileno())
        self._old = {number: signal.signal(number, self._ignore) for number in (signal.SIGINT, signal.SIGTERM)}

    def close(self) -> None:
        """Give the signals back."""
        signal.set_wakeup_fd(self._old_fd)
        for number, handler in self._old.items():
            signal.signal(number, handler)
        self._notifier.setEnabled(False)
        self._read.close()
        self._write.close()

    def _woken(self) -> None:
        self._read.recv(64)
        self.asked.emit()

    def _ignore(self, _number: int, _frame: FrameType | None) -> None:
        """The work is done when the loop wakes."""


def run(options: Options) -> int:
    """Show the window and stay until the last one is closed; the exit code."""
    places = user_places() if options.keeps else NOWHERE
    instance = instance_of(places) if options.joins else None
    if instance is not None and not instance.claim() and instance.hand_over(options.logdirs):
        return 0
    QGuiApplication.setApplicationName("Runglass")
    QGuiApplication.setApplicationDisplayName("Runglass")
    # By this name Linux desktops find the entry and its icon.
    QGuiApplication.setDesktopFileName("runglass")
    claim_taskbar()
    with QtStart() as start:
        app = Application(sys.argv[:1])
    faults = Faults(places)
    start.pass_on()
    interrupts = Interrupts()
    garbage = GarbageCollector()
    try:
        settings = Settings(places.settings_file)
        appearance = Appearance(app, settings, options.theme)
        windows = Windows(
            settings,
            places,
            appearance,
            faults,
            garbage,
            lambda controller: Window(controller, appearance),
            # What OpenGL draws in a window of its own is not in a picture of ours.
            renderer="raster" if options.screenshot else options.renderer,
        )
        window = windows.make()
        if options.size is not None:
            window.resize(*options.size)
        else:
            window.place(window.controller.recent.window)
        interrupts.asked.connect(windows.close_all)
        app.file_opened.connect(windows.ask)
        script = _script(window, options)
        if script is not None:
            window.painted.connect(script.begin)
        else:
            window.painted.connect(lambda: windows.begin(options.logdirs, options.demo))
        if instance is not None and instance.is_claimed:
            window.painted.connect(partial(windows.let_in, instance))
        window.painted.connect(lambda: QTimer.singleShot(EMBLEM_MS, app, lambda: show_emblem(app)))
        window.show()
        del window
        code = app.exec()
        in_order = windows.shut_down()
        if script is not None:
            code = script.end(in_order)
        if not in_order:
            # A thread hangs in a read that does not return; the interpreter would wait for it for ever.
            faults.close()
            sys.stdout.flush()
            os._exit(code)
        # The window goes before the application: Qt objects that outlive it abort the process.
        windows.let_go()
        app.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
        return code
    finally:
        garbage.close()
        interrupts.close()
        faults.close()
        if instance is not None:
            instance.release()


def _script(window: Window, options: Options) -> Script | None:
    """Who drives the window in place of a person; None for a person."""
    if options.screenshot:
        from .screenshot import Photographer

        return Photographer(window, options)
    if options.selftest_window:
        from .selftest_window import SelfTest

        return SelfTest(window)
    return None
