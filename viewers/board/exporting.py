"""Asks where to, and exports numbers and pictures without holding the window up."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from ..asking import FileAsker
from ..charts.picture import PictureError
from ..jobs import Job
from ..pane import PaneContext
from .tables import ExportCancelled

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

    def write(self, path: Path, work: Callable[[Callable[[], bool]], int], told: Callable[[int], str]) -> None:
        """Run ``work(cancelled)`` in the pool; ``told(its result)`` is what the user is told."""
        notify = self._context.notify

        def done(count: int) -> None:
            self._jobs.discard(job)
            notify(told(count), "info", str(path))

        def failed(error: BaseException) -> None:
            self._jobs.discard(job)
            if isinstance(error, ExportCancelled):
                return
            cause = getattr(error, "strerror", None) or str(error)
            notify(f"{path} could not be written: {cause}. Nothing was left there.", "error", str(error))

        job = self._context.jobs.submit(lambda: work(self._closing.is_set), done, failed)
        self._jobs.add(job)

    def save(self, path: Path, name: str, paint: Callable[[], None]) -> None:
        """Save the picture of ``name`` by ``paint()``, and say how that went."""
        try:
            paint()
        except PictureError as error:
            self._context.notify(str(error), "error")
            return
        self._context.notify(f"Picture of {name} saved to {path}", "info", str(path))

    def close(self) -> None:
        """Cancel what runs; its unfinished files are removed."""
        self._closing.set()
        for job in self._jobs:
            job.cancel()
        self._jobs.clear()
