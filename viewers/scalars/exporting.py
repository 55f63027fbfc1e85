"""Asks where to, and exports points and pictures without holding the window up."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QWidget

from ...reader.api import SeriesKey
from ..asking import FileAsker
from ..charts.picture import PictureError, save_picture
from ..jobs import Job
from ..pane import PaneContext
from .card import Card
from .export import ExportCancelled, ExportSeries, write_csv, write_json
from .filling import CardFiller

_DATA_FILTERS = "CSV table (*.csv);;JSON (*.json)"
_PICTURE_FILTERS = "PNG picture (*.png);;SVG drawing (*.svg)"


class Exporter(QObject):
    """Runs exports; what is still running is cancelled by :meth:`close`."""

    def __init__(self, context: PaneContext, filler: CardFiller, window: QWidget) -> None:
        super().__init__(window)
        self._context, self._filler = context, filler
        self._jobs: set[Job] = set()
        self._closing = threading.Event()
        self._asker = FileAsker(window, "scalars")

    def ask_data(self, tags: Sequence[str], name: str) -> None:
        """Ask for a file and write all points of ``tags``, of all visible runs, to it."""
        path = self._asker.file("Export points", name, _DATA_FILTERS, ".csv")
        if path is not None:
            self.write_data(path, [key for tag in tags for key in self._filler.shown(tag)])

    def write_data(self, path: Path, keys: Sequence[SeriesKey]) -> None:
        """Write the points of ``keys`` as CSV, or as JSON if the name ends so."""
        series = []
        for key in keys:
            points = self._filler.cache.selection(key)
            if points is not None:
                series.append(ExportSeries(key.run, key.tag, points))
        write = write_json if path.suffix.lower() == ".json" else write_csv
        notify = self._context.notify

        def done(count: int) -> None:
            self._jobs.discard(job)
            notify(f"{count:,} points of {len(series)} series written to {path}", "info", str(path))

        def failed(error: BaseException) -> None:
            self._jobs.discard(job)
            if isinstance(error, ExportCancelled):
                return
            cause = getattr(error, "strerror", None) or str(error)
            notify(f"{path} could not be written: {cause}. Nothing was left there.", "error", str(error))

        job = self._context.jobs.submit(lambda: write(path, series, self._closing.is_set), done, failed)
        self._jobs.add(job)

    def ask_picture(self, card: Card) -> None:
        """Ask for a file and save the chart of ``card`` as it is seen."""
        path = self._asker.file("Save picture", card.tag, _PICTURE_FILTERS, ".png")
        if path is not None:
            self.write_picture(path, card)

    def write_picture(self, path: Path, card: Card) -> None:
        """Save the chart of ``card`` as PNG, or as SVG if the name ends so."""
        chart, runs = card.chart, self._context.runs
        chart.update_limits()
        labels = [(runs.label(curve.run), curve.color) for curve in chart.scene.curves]
        text = QColor(self._context.theme.theme.text)
        try:
            save_picture(path, chart.scene, chart.size(), card.tag, labels, text)
        except PictureError as error:
            self._context.notify(str(error), "error")
            return
        self._context.notify(f"Picture of {card.tag} saved to {path}", "info", str(path))

    def close(self) -> None:
        """Cancel what runs; its unfinished files are removed."""
        self._closing.set()
        for job in self._jobs:
            job.cancel()
        self._jobs.clear()
