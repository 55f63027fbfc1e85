"""The window program from its first line to its exit code."""

from __future__ import annotations

import os
import signal
import socket
import sys
from types import FrameType

from PySide6.QtCore import QEvent, QObject, QSocketNotifier, Signal
from PySide6.QtGui import QFileOpenEvent, QGuiApplication
from PySide6.QtWidgets import QApplication

from .appearance import Appearance
from .cli import Options
from .controller import Controller
from .faults import Faults
from .garbage import GarbageCollector
from .places import NOWHERE, user_places
from .settings import Settings
from .window import Window


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
    """Show the window and stay until it is closed; the exit code."""
    places = NOWHERE if options.screenshot else user_places()
    QGuiApplication.setApplicationName("Runglass")
    QGuiApplication.setApplicationDisplayName("Runglass")
    QGuiApplication.setDesktopFileName("runglass")
    app = Application(sys.argv[:1])
    faults = Faults(places)
    interrupts = Interrupts()
    garbage = GarbageCollector()
    try:
        settings = Settings(places.settings_file)
        appearance = Appearance(app, settings, options.theme)
        # What OpenGL draws in a window of its own is not in a picture of ours.
        renderer = "raster" if options.screenshot else options.renderer
        controller = Controller(settings, places, appearance.holder, faults, renderer=renderer)
        window = Window(controller, appearance)
        controller.warm_ups.append(garbage.freeze)
        controller.closed.connect(garbage.collect_soon)
        if options.size is not None:
            window.resize(*options.size)
        else:
            window.place(controller.recent.window)
        interrupts.asked.connect(window.close)
        app.file_opened.connect(lambda path: window.drop_paths([path], add=False))
        if options.screenshot:
            from .screenshot import Photographer

            photographer = Photographer(window, options)
            window.painted.connect(photographer.begin)
        else:
            photographer = None
            window.painted.connect(lambda: controller.begin(options.logdirs, options.demo))
        window.show()
        code = app.exec()
        if photographer is not None:
            code = photographer.code
        if not window.ended_in_order:
            # A thread hangs in a read that does not return; the interpreter would wait for it for ever.
            faults.close()
            sys.stdout.flush()
            os._exit(code)
        # The window goes before the application: Qt objects that outlive it abort the process.
        window.deleteLater()
        app.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
        return code
    finally:
        garbage.close()
        interrupts.close()
        faults.close()
