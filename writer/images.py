"""Arrays as pictures."""

from __future__ import annotations

import io
import math

import numpy as np
import numpy.typing as npt
from PIL import Image

from ..reader.wire.events_pb2 import Summary

Pixels = npt.NDArray[np.uint8]

_CHANNELS = {1: "L", 2: "LA", 3: "RGB", 4: "RGBA"}
#: The largest side of a sheet of thumbnails that the projector takes, in pixels.
LARGEST_SPRITE = 8192


def to_pixels(array: npt.ArrayLike) -> Pixels:
    """Floats from 0 to 1 become 0 to 255, and what lies outside is cut off; integers are taken as they are."""
    values = np.asarray(array)
    if values.dtype.kind == "f":
        values = (np.nan_to_num(values, nan=0.0).clip(0, 1) * 255).round()
    elif values.dtype.kind == "b":
        values = values * 255
    pixels: Pixels = values.clip(0, 255).astype(np.uint8)
    return pixels


def to_rows(array: npt.ArrayLike, dataformats: str) -> Pixels:
    """Pixels as (height, width, channels); ``dataformats`` names the axes of ``array``, as "CHW", "HWC" or "HW"."""
    pixels = to_pixels(array)
    axes = dataformats.upper()
    if sorted(axes) not in (["H", "W"], ["C", "H", "W"]):
        raise ValueError(f"dataformats {dataformats!r} is none of CHW, HWC, HW and their like")
    if pixels.ndim != len(axes):
        raise ValueError(f"dataformats {dataformats!r} names {len(axes)} axes, the image has {pixels.ndim}")
    if "C" not in axes:
        pixels, axes = pixels[:, :, np.newaxis], axes + "C"
    rows: Pixels = pixels.transpose([axes.index(axis) for axis in "HWC"])
    if rows.shape[2] not in _CHANNELS:
        raise ValueError(f"an image has 1 to 4 channels, not {rows.shape[2]}")
    return rows


def to_png(rows: Pixels) -> bytes:
    """(height, width, channels) as a PNG file."""
    if not rows.size:
        raise ValueError(f"an image of {rows.shape[1]} x {rows.shape[0]} pixels is empty")
    picture = Image.fromarray(np.ascontiguousarray(rows[:, :, 0] if rows.shape[2] == 1 else rows))
    out = io.BytesIO()
    picture.save(out, format="PNG")
    return out.getvalue()


def image_value(tag: str, rows: Pixels) -> Summary.Value:
    """The summary value of one picture."""
    height, width, channels = rows.shape
    image = Summary.Image(height=height, width=width, colorspace=channels, encoded_image_string=to_png(rows))
    return Summary.Value(tag=tag, image=image)


def sprite(thumbnails: npt.ArrayLike) -> tuple[bytes, int, int]:
    """One sheet of thumbnails (n, channels, height, width), row by row, as a PNG file; and their width and height."""
    pixels = to_pixels(thumbnails)
    if pixels.ndim != 4:
        raise ValueError(f"thumbnails are (n, channels, height, width), not {pixels.ndim}-dimensional")
    count, channels, height, width = pixels.shape
    across = math.ceil(math.sqrt(count))
    if max(across * width, across * height) > LARGEST_SPRITE:
        raise ValueError(f"{count} thumbnails of {width} x {height} make a sheet above {LARGEST_SPRITE} pixels")
    sheet = np.zeros((across * height, across * width, channels), np.uint8)
    for index, thumbnail in enumerate(pixels):
        row, column = divmod(index, across)
        sheet[row * height : (row + 1) * height, column * width : (column + 1) * width] = thumbnail.transpose(1, 2, 0)
    return to_png(sheet), width, height
