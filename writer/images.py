"""Arrays as pictures."""

from __future__ import annotations

import io
import math
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from ..reader.wire.events_pb2 import Summary
from .values import Array, to_array

if TYPE_CHECKING:
    from PIL.Image import Image

Pixels = npt.NDArray[np.uint8]
#: Is told that something was written otherwise than it was given.
Note = Callable[[str], None]

_CHANNELS = {1: "L", 2: "LA", 3: "RGB", 4: "RGBA"}
#: Pictures side by side where several become one.
COLUMNS = 8
#: The largest side of a sheet of thumbnails that the projector takes, in pixels.
LARGEST_SPRITE = 8192


def quietly(_message: str) -> None:
    """A note that nobody reads."""


def to_pixels(array: Any, note: Note = quietly) -> Pixels:
    """Floats from 0 to 1 become 0 to 255, integers are taken as they are; a copy of the same shape.

    What lies outside is cut off and NaN is black, which ``note`` is told.
    """
    values = to_array(array)
    kind = values.dtype.kind
    if values.dtype == np.uint8:
        return np.array(values)
    top = 255 if kind in "iu" else 1
    if not ((values >= 0) & (values <= top)).all():
        note(f"values outside 0 to {top} are cut off")
        values = np.nan_to_num(values, nan=0.0, posinf=top, neginf=0.0).clip(0, top)
    pixels: Pixels = (values if kind in "iu" else values * 255).astype(np.uint8)
    return pixels


def to_rows(array: Any, dataformats: str, note: Note = quietly) -> Pixels:
    """Pixels as (height, width, channels), a copy; several pictures are laid side by side, ``COLUMNS`` in a row.

    ``dataformats`` names the axes of ``array``: "HW", "CHW", "NCHW", in any order. ValueError where they do not fit,
    for other numbers of channels than 1 to 4, and for a picture without pixels.
    """
    values = to_array(array)
    axes = axes_of(values, dataformats, "HW", "CHW", "NCHW")
    pixels = to_pixels(values, note)
    if "C" not in axes:
        pixels, axes = pixels[..., np.newaxis], axes + "C"
    if "N" not in axes:
        pixels, axes = pixels[..., np.newaxis], axes + "N"
    pictures = pixels.transpose([axes.index(axis) for axis in "NHWC"])
    count, height, width, channels = pictures.shape
    if channels not in _CHANNELS:
        raise ValueError(f"an image has 1 to 4 channels, not {channels}")
    if not pictures.size:
        raise ValueError(f"an image of {width} x {height} pixels is empty")
    return tiled(pictures, min(count, COLUMNS))


def axes_of(values: Array, dataformats: Any, *known: str) -> str:
    """The letters of ``dataformats``, large; each of ``known`` may be permuted. ValueError if they do not fit."""
    if not isinstance(dataformats, str):
        raise TypeError(f"dataformats is a string like {known[-1]!r}, not {type(dataformats).__name__}")
    axes = dataformats.upper()
    if sorted(axes) not in [sorted(letters) for letters in known]:
        raise ValueError(f"dataformats {dataformats!r} is none of {', '.join(known)} and their like")
    if values.ndim != len(axes):
        raise ValueError(f"dataformats {dataformats!r} names {len(axes)} axes, the image has {values.ndim}")
    return axes


def stacked(pictures: Sequence[Any]) -> Array:
    """Pictures of one shape as one array with a new first axis. ValueError where there are none, or shapes differ."""
    arrays = [to_array(picture) for picture in pictures]
    shapes = sorted({array.shape for array in arrays})
    if len(shapes) != 1:
        raise ValueError(f"images of {len(shapes)} shapes {', '.join(map(str, shapes))}; one is needed")
    return np.stack(arrays)


def tiled(pictures: Pixels, across: int) -> Pixels:
    """(n, height, width, channels) side by side, ``across`` in a row, as one picture; what stays free is 0."""
    count, height, width, channels = pictures.shape
    down = math.ceil(count / across)
    sheet = np.zeros((down * across, height, width, channels), np.uint8)
    sheet[:count] = pictures
    grid = sheet.reshape(down, across, height, width, channels).swapaxes(1, 2)
    picture: Pixels = grid.reshape(down * height, across * width, channels)
    return picture


def to_picture(rows: Pixels) -> Image:
    """(height, width, channels) as a picture of Pillow."""
    from PIL import Image as pictures  # only here: it takes its time, and most trainings log numbers alone

    return pictures.fromarray(np.ascontiguousarray(rows[:, :, 0] if rows.shape[2] == 1 else rows))


def to_png(rows: Pixels) -> bytes:
    """(height, width, channels) as a PNG file."""
    out = io.BytesIO()
    to_picture(rows).save(out, format="PNG")
    return out.getvalue()


def image_value(tag: str, rows: Pixels, encoded: bytes | None = None) -> Summary.Value:
    """The summary value of one picture (height, width, channels), as a PNG file, or as the file ``encoded``."""
    height, width, channels = rows.shape
    data = to_png(rows) if encoded is None else encoded
    image = Summary.Image(height=height, width=width, colorspace=channels, encoded_image_string=data)
    return Summary.Value(tag=tag, image=image)


def sprite(thumbnails: Any, note: Note = quietly) -> tuple[bytes, int, int]:
    """One sheet of thumbnails (n, channels, height, width), row by row, as a PNG file; and their width and height."""
    pixels = to_pixels(thumbnails, note)
    if pixels.ndim != 4:
        raise ValueError(f"thumbnails are (n, channels, height, width), not {pixels.ndim}-dimensional")
    count, channels, height, width = pixels.shape
    if channels not in _CHANNELS or not pixels.size:
        raise ValueError(f"thumbnails of the shape {pixels.shape} are none: (n, channels, height, width) is expected")
    across = math.ceil(math.sqrt(count))
    if max(across * width, across * height) > LARGEST_SPRITE:
        raise ValueError(f"{count} thumbnails of {width} x {height} make a sheet above {LARGEST_SPRITE} pixels")
    sheet = np.zeros((across * across, height, width, channels), np.uint8)
    sheet[:count] = pixels.transpose(0, 2, 3, 1)
    return to_png(tiled(sheet, across)), width, height
