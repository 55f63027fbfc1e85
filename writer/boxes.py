"""Boxes and their labels, drawn into a picture."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from .images import Pixels, to_picture
from .values import Array, to_array, to_number

if TYPE_CHECKING:
    from PIL import ImageDraw

_COLOR, _LABEL_COLOR, _LINE = "red", "black", 2
#: The largest side of a picture that is scaled up, in pixels.
LARGEST_SIDE = 1 << 15


def to_boxes(boxes: Any) -> Array:
    """Boxes (n, 4) of left, top, right, bottom in pixels. ValueError for other shapes, or what is not finite."""
    array = np.asarray(to_array(boxes) if np.size(boxes) else np.zeros((0, 4)), np.float64)
    if array.ndim == 1:
        array = array[np.newaxis]
    if array.ndim != 2 or array.shape[1] != 4:
        raise ValueError(f"boxes have the shape (n, 4), not {array.shape}")
    if not np.isfinite(array).all():
        raise ValueError("boxes hold NaN or infinities")
    return array


def to_labels(labels: Any, count: int) -> list[str] | None:
    """One text a box; a single text is for a single box. ValueError where their number does not fit."""
    if labels is None:
        return None
    texts = [labels] if isinstance(labels, str) else [str(label) for label in labels]
    if len(texts) != count:
        raise ValueError(f"{len(texts)} labels do not fit {count} boxes")
    return texts


def with_boxes(rows: Pixels, boxes: Array, labels: Sequence[str] | None, rescale: Any = 1) -> Pixels:
    """A picture (height, width, channels) with its boxes, scaled afterwards; red needs 3 channels, so grey becomes RGB.

    ``boxes`` and ``labels`` by :func:`to_boxes` and :func:`to_labels`. ValueError where nothing would be left of it.
    """
    scale = to_number(rescale)
    height, width, channels = rows.shape
    # Nothing that lies farther out can be seen, and Pillow counts pixels in 32 bits.
    edges = boxes.clip(-_LINE * 4, max(height, width) + _LINE * 4)
    size = [int(side * scale) if 0 < scale <= LARGEST_SIDE else 0 for side in (width, height)]
    if not all(0 < side <= LARGEST_SIDE for side in size):
        raise ValueError(f"a picture of {width} x {height} pixels cannot be scaled by {rescale}")
    picture = to_picture(rows).convert("RGB" if channels in (1, 3) else "RGBA")
    from PIL import Image, ImageDraw  # only here: it takes its time, and most trainings log numbers alone

    pen = ImageDraw.Draw(picture)
    for number, (left, top, right, bottom) in enumerate(edges.tolist()):
        corners = [(left, top), (left, bottom), (right, bottom), (right, top), (left, top)]
        pen.line(corners, fill=_COLOR, width=_LINE)
        if labels is not None:
            _write(pen, labels[number], left, bottom)
    if size != [width, height]:
        picture = picture.resize((size[0], size[1]), Image.Resampling.LANCZOS)
    return np.asarray(picture)


def _write(pen: ImageDraw.ImageDraw, label: str, left: float, bottom: float) -> None:
    """A label on its own ground, in the lower left corner of a box."""
    x0, y0, x1, y1 = pen.textbbox((0, 0), label)
    place = (left + 1 - x0, bottom - 1 - y1)
    pen.rectangle([left, place[1] + y0 - 1, place[0] + x1 + 1, bottom], fill=_COLOR)
    pen.text(place, label, fill=_LABEL_COLOR)
