"""Asks where to, and exports numbers and pictures without holding the window up."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, QStandardPaths
from PySide6.QtWidgets import QFileDialog, QWidget

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
        self._context, self._window, self._usual = context, window, usual
        self._jobs: set[Job] = set()
        self._closing = threading.Event()
        self._folder = ""

    def ask_data_path(self, title: str, name: str) -> Path | None:
        """Ask for a CSV or JSON file; None if the user thought better of it."""
        return self._ask(title, name, _DATA_FILTERS, ".csv")

    def ask_picture_path(self, name: str) -> Path | None:
        """Ask for a PNG or SVG file."""
        return self._ask("Save picture", name, _PICTURE_FILTERS, ".png")

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

    def _ask(self, title: str, name: str, filters: str, usual: str) -> Path | None:
        folder = self._folder or QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
        start = str(Path(folder) / (self._file_name(name) + usual))
        chosen, picked = QFileDialog.getSaveFileName(self._window, title, start, filters)
        if not chosen:
            return None
        path = Path(chosen)
        if not path.suffix:
            path = path.with_name(path.name + picked.partition("*")[2].rstrip(")"))
        self._folder = str(path.parent)
        return path

    def _file_name(self, text: str) -> str:
        """A tag as a file name that every system takes."""
        kept = "".join(letter if letter.isalnum() or letter in "-_." else "-" for letter in text)
        return kept.strip("-. ")[:80] or self._usual
