"""Asks where to, and exports numbers and pictures without holding the window up."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from ..asking import FileAsker
from ..jobs import Job
from ..pane import PaneContext
from ..pictures import SavingError
from .tables import ExportCancelled

T = TypeVar("T")
_DATA_FILTERS = "CSV table (*.csv);;JSON (*.json)"
_PICTURE_FILTERS = "PNG picture (*.png);;SVG drawing (*.svg)"


class FileExporter(QObject):
    """Runs exports; what is still running is cancelled by :meth:`close`. ``usual`` is the name of a nameless file."""

    def __init__(self, context: PaneContext, window: QWidget, usual: str) -> None:
        super().__init__(window)
        self._context = context
        self._asker = FileAsker(window, usual)
        self._jobs: set[Job] = set()
        self._closing = threading.Event()

    def ask_data_path(self, title: str, name: str) -> Path | None:
        """Ask for a CSV or JSON file; None if the user thought better of it."""
        return self._asker.file(title, name, _DATA_FILTERS, ".csv")

    def ask_picture_path(self, name: str) -> Path | None:
        """Ask for a PNG or SVG file."""
        return self._asker.file("Save picture", name, _PICTURE_FILTERS, ".png")

    def write(self, path: Path, work: Callable[[Callable[[], bool]], T], told: Callable[[T], str]) -> None:
        """Run ``work(cancelled)`` in the pool; ``told(its result)`` is what the user is told."""
        notify = self._context.notify
        self.run(
            lambda: work(self._closing.is_set),
            lambda result: notify(told(result), "info", str(path)),
            lambda error: notify(failure(path, error), "error", str(error)),
        )

    def run(self, work: Callable[[], T], done: Callable[[T], None], failed: Callable[[BaseException], None]) -> None:
        """Run ``work()`` in the pool and deliver what came of it, unless that was given up."""

        def ended(result: T) -> None:
            self._jobs.discard(job)
            done(result)

        def broken(error: BaseException) -> None:
            self._jobs.discard(job)
            if not isinstance(error, ExportCancelled):
                failed(error)

        job = self._context.jobs.submit(work, ended, broken)
        self._jobs.add(job)

    def save(self, path: Path, name: str, paint: Callable[[], None]) -> None:
        """Save the picture of ``name`` by ``paint()``, and say how that went."""
        try:
            paint()
        except (OSError, SavingError) as error:
            self._context.notify(failure(path, error), "error", str(error))
            return
        self._context.notify(f"Picture of {name} saved to {path}", "info", str(path))

    def close(self) -> None:
        """Cancel what runs; its unfinished files are removed."""
        self._closing.set()
        for job in self._jobs:
            job.cancel()
        self._jobs.clear()


def failure(path: Path, error: BaseException, left: str = "Nothing was left there") -> str:
    """What is said of a file, or a folder of files, that could not be written; ``left`` is what is there now."""
    cause = getattr(error, "strerror", None) or str(error) or type(error).__name__
    return f"{path} could not be written: {cause.rstrip('.')}. {left}."
