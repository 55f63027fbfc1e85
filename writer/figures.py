"""Figures of matplotlib as pictures. The library is not imported: a figure brings its canvas along."""

from __future__ import annotations

import sys
from typing import Any

import numpy as np

from .images import Pixels


def draw(figure: Any) -> Pixels:
    """The figure as RGB pixels (height, width, 3), of the size it has on its canvas.

    A canvas that keeps no pixels (those of PDF and SVG, and of figures made without pyplot) is replaced by matplotlib's
    Agg for the while. TypeError for what is no figure, RuntimeError where Agg is missing.
    """
    canvas = getattr(figure, "canvas", None)
    if canvas is None:
        raise TypeError(f"a figure of matplotlib is needed, not {type(figure).__name__}")
    if hasattr(canvas, "buffer_rgba"):
        return _pixels(canvas)
    try:
        from matplotlib.backends.backend_agg import (  # type: ignore[import-not-found, unused-ignore]
            FigureCanvasAgg,
        )
    except ImportError as error:
        raise RuntimeError(f"drawing a figure needs matplotlib with its Agg backend ({error})") from error
    try:
        return _pixels(FigureCanvasAgg(figure))
    finally:
        figure.set_canvas(canvas)


def close(figure: Any) -> None:
    """Take the figure from pyplot, which would keep it; one that pyplot does not know stays as it is."""
    pyplot = sys.modules.get("matplotlib.pyplot")
    if pyplot is not None and figure is not None:
        pyplot.close(figure)


def _pixels(canvas: Any) -> Pixels:
    canvas.draw()
    pixels: Pixels = np.array(canvas.buffer_rgba(), np.uint8)[..., :3]
    return pixels
