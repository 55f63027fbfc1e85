"""The moment in which Qt connects to the screen. Where it cannot, it aborts with a dozen lines; here it is one."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path
from types import TracebackType

from PySide6.QtCore import QLibraryInfo, QMessageLogContext, QtMsgType, qInstallMessageHandler

from .faults import log
from .guard import explain_library
from .telling import tell

STDERR = 2
MOST_HELD = 100_000


class QtStart:
    """Hears Qt's messages while the application object is made.

    If Qt gives up, says why in one line and ends the process with code 2: it would abort it next. What it said
    otherwise is passed on to the log by :meth:`pass_on`. What the libraries of X say to the terminal meanwhile is held
    back, and left out where our line says the same.
    """

    def __init__(self) -> None:
        self._heard: list[str] = []
        self._terminal: int | None = None
        self._held: int | None = None

    def __enter__(self) -> QtStart:
        if sys.platform == "linux" and sys.stderr is not None:
            sys.stderr.flush()
            self._held = os.memfd_create("runglass-start")
            self._terminal = os.dup(STDERR)
            os.dup2(self._held, STDERR)
        qInstallMessageHandler(self._hear)
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        qInstallMessageHandler(None)
        self._release()

    def pass_on(self) -> None:
        """Log what was heard."""
        for text in self._heard:
            log.warning("Qt: %s", text)
        self._heard.clear()

    def _release(self, passing_on: bool = True) -> None:
        """Let the terminal be written to again, with or without what was held back."""
        if self._terminal is None or self._held is None:
            return
        os.dup2(self._terminal, STDERR)
        os.close(self._terminal)
        if passing_on:
            os.lseek(self._held, 0, os.SEEK_SET)
            os.write(STDERR, os.read(self._held, MOST_HELD))
        os.close(self._held)
        self._terminal = self._held = None

    def _hear(self, kind: QtMsgType, _context: QMessageLogContext, text: str) -> None:
        if kind == QtMsgType.QtFatalMsg:
            self._release(passing_on=False)
            tell(f"runglass: {why_not([*self._heard, text])}")
            sys.stdout.flush()
            os._exit(2)
        if kind != QtMsgType.QtDebugMsg:
            self._heard.append(text)


def why_not(messages: list[str]) -> str:
    """Why Qt could not open the screen, from all that it said; one line."""
    text = "\n".join(messages)
    display = re.search(r"could not connect to display(.*)", text, re.IGNORECASE)
    if display is not None:
        name = display[1].strip() or os.environ.get("DISPLAY", "")
        return f"No display: {name} refuses, or nothing answers there."
    plugin = re.search(r'Could not (?:load|find) the Qt platform plugin "([^"]*)"', text)
    name = plugin[1] if plugin is not None else ""
    missing = missing_library(name) if name else ""
    if missing:
        return explain_library(missing)
    available = re.search(r"Available platform plugins are:\s*([^\n]+)", text)
    offered = f" There are: {available[1].rstrip(' .')}." if available is not None else ""
    if name:
        return f"Qt cannot open windows by {name!r} (QT_QPA_PLATFORM, or the screen that was found).{offered}"
    return f"Qt cannot open windows: {' '.join(messages[-1].split())}"


def missing_library(plugin: str) -> str:
    """The loader's words on what a platform plug-in lacks, empty where it can be loaded or is not there."""
    import ctypes

    folder = Path(QLibraryInfo.path(QLibraryInfo.LibraryPath.PluginsPath)) / "platforms"
    for file in sorted(folder.glob(f"*q{plugin}*")):
        try:
            ctypes.CDLL(str(file))
        except OSError as error:
            return str(error)
    return ""
