"""What this process notes of itself, in case it dies.

A file of the process stands in the folder of crash reports as long as it runs. If the process dies, the interpreter
writes the stacks of all threads into it; errors that nobody handled before that stand there too. A program that ends in
order removes its file.
"""

from __future__ import annotations

import os
import threading
from pathlib import Path
from typing import IO

RUNNING = "running-"
QT_FATAL = "Qt gave up: "
#: Characters of errors that were noted before the end; later ones are left out.
MOST_NOTED = 60_000


class RunningReport:
    """The file of this process. ``stream`` is for the interpreter's fault handler. OSError if it cannot be made."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._path = folder / f"{RUNNING}{os.getpid()}.txt"
        self.stream: IO[str] = open(  # noqa: SIM115 (open as long as the process)
            self._path, "w", encoding="utf-8", errors="backslashreplace"
        )
        self._left = MOST_NOTED
        self._lock = threading.Lock()

    def note(self, text: str) -> None:
        """Add ``text``, from any thread; nothing is added beyond the limit."""
        with self._lock:
            if self.stream.closed or self._left <= 0:
                return
            self._left -= len(text)
            try:
                self.stream.write(f"{text.rstrip()}\n\n")
                self.stream.flush()
            except OSError:
                # The disk is full: what was to be noted is in the log, or nowhere.
                self._left = 0

    def close(self) -> None:
        """The program ends in order: there is nothing to report."""
        with self._lock:
            try:
                self.stream.close()
            except OSError:
                self._left = 0
        self._path.unlink(missing_ok=True)
