"""Videos as animated GIF files."""

from __future__ import annotations

import io
import math
from typing import Any

import numpy as np

from .images import Note, Pixels, axes_of, quietly, tiled, to_picture, to_pixels
from .values import to_array, to_number

#: Hundredths of a second that viewers show a frame at least; shorter ones they take for 10.
SHORTEST = 2
LONGEST = 0xFFFF


def to_frames(video: Any, dataformats: str, note: Note = quietly) -> Pixels:
    """Frames (t, height, width, channels); several videos play side by side.

    ``dataformats`` names the five axes: N videos, T frames, and C, H, W of each. Their number is filled up with black
    ones to the next power of two, ``2 ** k``, which are laid out in ``2 ** (k // 2)`` rows or one power less, as
    tensorboardX does it. One channel is grey, three are RGB; a fourth is left out. ValueError where axes do not fit.
    """
    values = to_array(video)
    axes = axes_of(values, dataformats, "NTCHW")
    clips = to_pixels(values, note).transpose([axes.index(axis) for axis in "NTHWC"])
    count, length, height, width, channels = clips.shape
    if channels not in (1, 3, 4) or not clips.size:
        raise ValueError(f"a video of {length} frames with {channels} channels and {width} x {height} pixels")
    kept = min(channels, 3)
    total = 1 << (count - 1).bit_length()
    down = 1 << ((count.bit_length() - 1) // 2)
    filled = np.zeros((total, length, height, width, kept), np.uint8)
    filled[:count] = clips[..., :kept]
    return np.stack([tiled(filled[:, frame], total // down) for frame in range(length)])


def to_fps(fps: Any) -> float:
    """Frames a second. ValueError where it is no speed."""
    speed = to_number(fps)
    if not 0 < speed < math.inf:
        raise ValueError(f"{fps} frames a second are no speed")
    return speed


def to_gif(frames: Pixels, fps: float) -> bytes:
    """Frames (t, height, width, 1 or 3) as an animated GIF file that plays again and again.

    A GIF counts in hundredths of a second: times are rounded so that they add up to the whole.
    """
    ends = [round(100 * number / fps) for number in range(len(frames) + 1)] if fps <= 100 / SHORTEST else []
    times = [min(max(end - begin, SHORTEST), LONGEST) for begin, end in zip(ends, ends[1:])]
    pictures = [to_picture(frame) for frame in frames]
    out = io.BytesIO()
    pictures[0].save(
        out,
        format="GIF",
        save_all=True,
        append_images=pictures[1:],
        duration=[10 * time for time in times or [SHORTEST] * len(frames)],
        loop=0,
    )
    return out.getvalue()
