"""Errors that nobody handled: written to a file of the user's, shown as a quiet message, and the program goes on."""

from __future__ import annotations

import faulthandler
import logging
import logging.handlers
import sys
import threading
import traceback
from pathlib import Path
from types import TracebackType

from PySide6.QtCore import QMessageLogContext, QObject, Qt, QtMsgType, Signal, qInstallMessageHandler

from ..viewers.images.complaints import overhear
from .crash_notes import QT_FATAL, RunningReport
from .places import Places

log = logging.getLogger("runglass")
_LEVELS = {
    QtMsgType.QtDebugMsg: logging.DEBUG,
    QtMsgType.QtInfoMsg: logging.INFO,
    QtMsgType.QtWarningMsg: logging.WARNING,
    QtMsgType.QtCriticalMsg: logging.ERROR,
    QtMsgType.QtFatalMsg: logging.CRITICAL,
}


class Faults(QObject):
    """Takes the interpreter's and Qt's hooks for its life. ``reported(text, detail)`` comes in the GUI thread."""

    reported = Signal(str, str)
    _raised = Signal(str, str)

    def __init__(self, places: Places, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._report: RunningReport | None = None
        self._handler: logging.Handler | None = None
        self._file = places.log_file
        self._last = ""
        #: What the user should know of the files, empty for nothing.
        self.message = ""
        self._open(places)
        self._old = (sys.excepthook, threading.excepthook, sys.unraisablehook)
        self._raised.connect(self.reported, Qt.ConnectionType.QueuedConnection)
        sys.excepthook = self._excepthook
        threading.excepthook = self._thread_hook
        sys.unraisablehook = self._unraisable_hook
        qInstallMessageHandler(self._qt_message)

    @property
    def file(self) -> Path | None:
        """The log file, None where nothing is kept."""
        return self._file

    def close(self) -> None:
        """Give the hooks back and close the files."""
        sys.excepthook, threading.excepthook, sys.unraisablehook = self._old
        qInstallMessageHandler(None)
        if self._handler is not None:
            log.removeHandler(self._handler)
            self._handler.close()
            self._handler = None
        if self._report is not None:
            faulthandler.disable()
            self._report.close()
            self._report = None

    def describe(self, versions: str) -> None:
        """Put into the report of a crash what program this is. Touches the disk."""
        if self._report is not None:
            self._report.note(versions)

    def report(self, error: BaseException, where: str) -> str:
        """Log an error that was caught; returns its traceback as text for a copy button."""
        detail = "".join(traceback.format_exception(type(error), error, error.__traceback__))
        log.error("%s\n%s", where, detail)
        return detail

    def _open(self, places: Places) -> None:
        log.setLevel(logging.INFO)
        log.propagate = False
        try:
            if places.log_file is not None:
                places.log_file.parent.mkdir(parents=True, exist_ok=True)
                self._handler = logging.handlers.RotatingFileHandler(
                    places.log_file, maxBytes=1_000_000, backupCount=2, encoding="utf-8", errors="backslashreplace"
                )
            if places.crashes is not None:
                self._report = RunningReport(places.crashes)
                faulthandler.enable(self._report.stream)
        except OSError as error:
            self.message = f"No log of the program is kept: {error.strerror or error}."
        if self._handler is None:
            self._file = None
            self._handler = logging.StreamHandler(sys.stderr)
        self._handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(threadName)s %(message)s"))
        log.addHandler(self._handler)

    def _excepthook(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        self._tell(error, "".join(traceback.format_exception(kind, error, trace)))

    def _thread_hook(self, given: threading.ExceptHookArgs) -> None:
        error = given.exc_value or given.exc_type()
        self._tell(error, "".join(traceback.format_exception(given.exc_type, error, given.exc_traceback)))

    def _unraisable_hook(self, given: sys.UnraisableHookArgs) -> None:
        error = given.exc_value or given.exc_type()
        log.error("%s\n%s", given.err_msg or "Ignored", "".join(traceback.format_exception(error)))

    def _tell(self, error: BaseException, detail: str) -> None:
        log.error("%s", detail)
        if self._report is not None and detail != self._last:
            self._report.note(f"Not handled in {threading.current_thread().name}:\n{detail}")
        # An error that comes back with every frame is logged each time and shown once.
        if detail != self._last:
            self._last = detail
            self._raised.emit(f"Something went wrong: {type(error).__name__}: {error}", detail)

    def _qt_message(self, kind: QtMsgType, context: QMessageLogContext, text: str) -> None:
        if overhear(context.category or "", text):
            return
        if kind == QtMsgType.QtFatalMsg and self._report is not None:
            self._report.note(QT_FATAL + text)
        log.log(_LEVELS.get(kind, logging.WARNING), "Qt: %s", text)
