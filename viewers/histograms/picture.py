"""A histogram card as a picture to keep: PNG at twice the size, or SVG, with its title."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QSize
from PySide6.QtGui import QColor, QPainter

from ..charts.picture import save_painted
from .scene import Scene, layout_of, paint


def save_scene(
    path: Path, scene: Scene, size: QSize, title: str, labels: Sequence[tuple[str, QColor]], text: QColor
) -> None:
    """Write ``scene`` to ``path``, PNG or SVG by its suffix. SavingError or OSError where that fails.

    ``size`` is that of the plot on the screen in logical pixels; ``labels`` are the names and colours of the runs.
    """

    def body(painter: QPainter, _ratio: float) -> None:
        layout = layout_of(scene, math.floor(size.width()), size.height())
        for _ in paint(painter, scene, layout):
            pass

    save_painted(path, body, scene.style, size, title, labels, text)
