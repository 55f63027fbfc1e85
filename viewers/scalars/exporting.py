"""Exports the points and pictures of scalar charts."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtGui import QColor
from PySide6.QtWidgets import QWidget

from ...reader.api import SeriesKey
from ..board.exporting import FileExporter
from ..charts.picture import save_picture
from ..pane import PaneContext
from .card import Card
from .export import ExportSeries, write_csv, write_json
from .filling import CardFiller


class Exporter(FileExporter):
    """Knows what the points of a tag are."""

    def __init__(self, context: PaneContext, filler: CardFiller, window: QWidget) -> None:
        super().__init__(context, window, "scalars")
        self._filler = filler

    def ask_data(self, tags: Sequence[str], name: str) -> None:
        """Ask for a file and write all points of ``tags``, of all visible runs, to it."""
        path = self.ask_data_path("Export points", name)
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
        self.write(
            path,
            lambda cancelled: write(path, series, cancelled),
            lambda count: f"{count:,} points of {len(series)} series written to {path}",
        )

    def ask_picture(self, card: Card) -> None:
        """Ask for a file and save the chart of ``card`` as it is seen."""
        path = self.ask_picture_path(card.tag)
        if path is not None:
            self.write_picture(path, card)

    def write_picture(self, path: Path, card: Card) -> None:
        """Save the chart of ``card`` as PNG, or as SVG if the name ends so."""
        chart, runs = card.chart, self._context.runs
        chart.update_limits()
        labels = [(runs.label(curve.run), curve.color) for curve in chart.scene.curves]
        text = QColor(self._context.theme.theme.text)
        self.save(path, card.tag, lambda: save_picture(path, chart.scene, chart.size(), card.tag, labels, text))
