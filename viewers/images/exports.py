"""Exports what is known of pictures as a table, and a card with its caption as a picture to keep."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QColor, QFont, QImage, QPainter
from PySide6.QtWidgets import QWidget

from ...reader.api import BlobView
from ..board.exporting import FileExporter
from ..charts.picture import save_painted
from ..charts.style import ChartStyle
from ..lod import ticks
from ..pane import PaneContext
from .filling import CardFiller, Shown
from .keys import CardKey
from .tables import rows_of, write_csv, write_json

#: Device pixels that a saved card is wide at least: small pictures are enlarged, each pixel to a square.
_LEAST_WIDTH = 640


@dataclass(frozen=True, slots=True)
class Plate:
    """A picture with its title, and a line below it that begins with the run's colour."""

    image: QImage
    title: str
    line: str
    color: QColor
    text: QColor
    style: ChartStyle


class PictureExporter(FileExporter):
    """Works in the pool."""

    def __init__(self, context: PaneContext, filler: CardFiller, window: QWidget) -> None:
        super().__init__(context, window, "pictures")
        self._filler = filler
        self._font: Callable[[], QFont] = window.font

    def ask_data(self, cards: Sequence[str], name: str) -> None:
        """Ask for a file and list all pictures of ``cards`` in it."""
        path = self.ask_data_path("Export the list of pictures", name)
        if path is not None:
            self.write_data(path, cards)

    def write_data(self, path: Path, cards: Sequence[str]) -> None:
        """List all steps of ``cards`` as CSV, or as JSON if the name ends so."""
        views: list[tuple[BlobView, int]] = []
        for key in map(CardKey.parse, cards):
            view = None if key is None else self._filler.catalog.view(key.series)
            if key is not None and view is not None:
                views.append((view, key.sample))
        write = write_json if path.suffix.lower() == ".json" else write_csv
        read = self._context.session.read_blob
        self.write(
            path,
            lambda cancelled: write(path, rows_of(views, read, cancelled)),
            lambda count: f"{count:,} picture{'' if count == 1 else 's'} listed in {path}",
        )

    def ask_card(self, card: str, decoded: Callable[[], QImage]) -> None:
        """Ask for a file and save a card with its caption; ``decoded()`` gives the picture as shown, in the pool."""
        shown = self._filler.shown(card)
        if shown is not None:
            path = self.ask_picture_path(f"{shown.key.tag}-{shown.key.run}-{int(shown.view.step[shown.index])}")
            if path is not None:
                self.save_card(path, shown, decoded)

    def save_card(self, path: Path, shown: Shown, decoded: Callable[[], QImage]) -> None:
        """Save what a card shows as PNG, or as SVG if the name ends so, in full size, with tag, run, step and time."""
        context, key = self._context, shown.key
        theme = context.theme.theme
        style, color = ChartStyle.of(theme, self._font()), self._filler.color(key.run)
        parts = [context.runs.label(key.run), f"step {ticks.step_label(int(shown.view.step[shown.index]))}"]
        if self._filler.catalog.samples(key.series) > 1:
            parts.append(f"sample {key.sample + 1}")
        parts.append(ticks.clock(float(shown.view.wall[shown.index])))
        line, text = " · ".join(parts), QColor(theme.text)

        def work(_cancelled: Callable[[], bool]) -> int:
            save_plate(path, Plate(decoded(), key.tag, line, color, text, style))
            return 1

        self.write(path, work, lambda _count: f"Picture of {key.tag} saved to {path}")


def save_plate(path: Path, plate: Plate) -> None:
    """Write ``plate`` to ``path``, PNG or SVG by its suffix; no pixel is lost.

    SavingError or OSError where that fails.
    """
    image = plate.image
    scale = max(math.ceil(_LEAST_WIDTH / image.width()), 1)
    # The file has two pixels for each of these.
    at = QRectF(0, 0, image.width() * scale / 2, image.height() * scale / 2)
    size = QSize(max(math.ceil(at.width()), _LEAST_WIDTH // 2), math.ceil(at.height()) + 8)

    def body(painter: QPainter, _ratio: float) -> None:
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, False)
        painter.drawImage(at.translated((size.width() - at.width()) / 2, 0), image)

    save_painted(path, body, plate.style, size, plate.title, [(plate.line, plate.color)], plate.text)
