"""Exports the numbers of series of histograms."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtWidgets import QWidget

from ...reader.api import HistogramView, SeriesKey
from ..board.exporting import FileExporter
from ..pane import PaneContext
from .files import Layout, write_csv, write_json


class SeriesExporter(FileExporter):
    """``view(key)`` and the layout of a file are the pane's; the numbers are worked out in the pool."""

    def __init__(self, context: PaneContext, window: QWidget, noun: str) -> None:
        super().__init__(context, window, f"{noun}s")
        self._noun = noun

    def ask_data(self, keys: Sequence[SeriesKey], name: str, layout: Layout) -> None:
        """Ask for a file and write all points of ``keys`` to it."""
        path = self.ask_data_path(f"Export {self._noun}s", name)
        if path is not None:
            self.write_data(path, keys, layout)

    def write_data(self, path: Path, keys: Sequence[SeriesKey], layout: Layout) -> None:
        """Write all points of ``keys`` as CSV, or as JSON if the name ends so."""
        views = [view for view in map(self._view, keys) if view is not None]
        write = write_json if path.suffix.lower() == ".json" else write_csv
        self.write(
            path,
            lambda cancelled: write(path, views, layout, cancelled),
            lambda count: f"{count:,} {self._noun}s of {len(views)} series written to {path}",
        )

    def ask_picture(self, name: str, paint: Callable[[Path], None]) -> None:
        """Ask for a file and have the picture of a card painted into it."""
        path = self.ask_picture_path(name)
        if path is not None:
            self.save(path, name, lambda: paint(path))

    def _view(self, key: SeriesKey) -> HistogramView | None:
        try:
            found: HistogramView = self._context.store.histograms(key)
        except KeyError:
            return None
        return found


def card_name(keys: Sequence[SeriesKey]) -> str:
    """The name of a file with what a card shows: of one series its tag and run, of several their tag."""
    return f"{keys[0].tag}-{keys[0].run}" if len(keys) == 1 else keys[0].tag
