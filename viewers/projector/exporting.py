"""Saves what the projector shows: pictures, places with labels, and labels alone."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QTimer
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QWidget

from ..board.exporting import FileExporter
from ..cloud.view import CloudView
from ..pane import PaneContext
from ..pictures import write_png
from .labels import Labels
from .looks import Looks
from .tables import write_metadata, write_points

#: How many times larger than on the screen a picture can be saved.
SCALES = (1, 2, 4)
#: A picture that takes longer than that is announced.
_LONG_MS = 800
_POINT_FILTERS = "TSV table (*.tsv);;CSV table (*.csv);;NumPy array, places alone (*.npy)"


class PointExporter(FileExporter):
    """Works in the pool, but for the painting of pictures, which goes on in small pieces."""

    def __init__(self, context: PaneContext, window: QWidget) -> None:
        super().__init__(context, window, "points")

    def ask_picture(self, view: CloudView, name: str, scale: int) -> None:
        """Ask for a file and save what a view shows, ``scale`` times as large."""
        path = self._asker.file("Save picture", name, "PNG picture (*.png)", ".png")
        if path is not None:
            self.save_picture(path, view, scale)

    def save_picture(self, path: Path, view: CloudView, scale: int) -> None:
        """Save what a view shows as PNG, ``scale`` times as large as on the screen."""

        done: list[bool] = []

        def painted(image: QImage) -> None:
            done.append(True)
            self.write(path, lambda _cancelled: _save(path, image), lambda _count: f"Picture saved to {path}")

        def tell() -> None:
            if not done:
                self._context.notify(f"The picture for {path.name} is being painted…")

        view.export(scale, painted)
        QTimer.singleShot(_LONG_MS, view, tell)

    def ask_points(
        self,
        name: str,
        places: NDArray[np.float32],
        axes: Sequence[str],
        columns: Sequence[Labels],
        points: NDArray[np.int64] | None,
    ) -> None:
        """Ask for a file and write places and labels to it: of ``points``, or of all."""
        path = self._asker.file("Export points", name, _POINT_FILTERS, ".tsv")
        if path is not None:
            self.write_points(path, places, axes, columns, points)

    def write_points(
        self,
        path: Path,
        places: NDArray[np.float32],
        axes: Sequence[str],
        columns: Sequence[Labels],
        points: NDArray[np.int64] | None,
    ) -> None:
        """Write places (n, 2 or 3) and labels as TSV, CSV or NPY by the ending of ``path``."""
        self.write(
            path,
            lambda cancelled: write_points(path, places, columns, points, axes, cancelled),
            lambda count: f"{count:,} point{'' if count == 1 else 's'} written to {path}",
        )

    def ask_labels(self, name: str, looks: Looks) -> None:
        """Ask for a file and write the labels of all points, with what the user changed, as TensorBoard's metadata."""
        path = self._asker.file("Save labels", name, "TSV of labels (*.tsv)", ".tsv")
        if path is not None:
            self.write_labels(path, looks)

    def write_labels(self, path: Path, looks: Looks) -> None:
        """Write the labels of all points to ``path``; they then count as saved."""
        columns, edits = looks.columns, looks.edits

        def told(count: int) -> str:
            edits.mark_saved(columns)
            return f"Labels of {count:,} points saved to {path}"

        self.write(path, lambda cancelled: write_metadata(path, columns, None, cancelled), told)


def _save(path: Path, image: QImage) -> int:
    write_png(path, image)
    return 1
