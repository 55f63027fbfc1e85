"""The methods of the SummaryWriter for what is looked at and listened to."""

from __future__ import annotations

import functools
from typing import Any

from . import audio, boxes, figures, video
from .guard import guarded
from .images import Note, image_value, stacked, to_rows
from .run_writer import RunWriter


class MediaWriter(RunWriter):
    """Pictures, figures, videos and sounds. What is encoded is copied first: the caller may go on with its arrays."""

    @guarded
    def add_image(
        self,
        tag: str,
        img_tensor: Any,
        global_step: int | None = None,
        walltime: float | None = None,
        dataformats: str = "CHW",
    ) -> None:
        """Log a picture with 1 to 4 channels (grey, grey and alpha, RGB, RGBA) as a PNG file.

        ``img_tensor`` is uint8, or floats from 0 to 1; what lies outside is cut off. ``dataformats`` names its axes:
        CHW, HWC, HW, or NCHW for several that are laid side by side, in any order.
        """
        self._add_image("add_image", tag, img_tensor, global_step, walltime, dataformats)

    @guarded
    def add_images(
        self,
        tag: str,
        img_tensor: Any,
        global_step: int | None = None,
        walltime: float | None = None,
        dataformats: str = "NCHW",
    ) -> None:
        """Log pictures of one size as one picture, eight in a row; what stays free in the last row is black.

        ``img_tensor`` is an array with the axes ``dataformats``, or a list of arrays with the axes CHW or HWC; values
        as in :meth:`add_image`.
        """
        if isinstance(img_tensor, (list, tuple)):
            img_tensor = stacked(img_tensor)
            if isinstance(dataformats, str) and len(dataformats) == img_tensor.ndim - 1:
                dataformats = "N" + dataformats
        self._add_image("add_images", tag, img_tensor, global_step, walltime, dataformats)

    @guarded
    def add_image_with_boxes(
        self,
        tag: str,
        img_tensor: Any,
        box_tensor: Any,
        global_step: int | None = None,
        walltime: float | None = None,
        dataformats: Any = "CHW",
        labels: Any = None,
        rescale: Any = 1,
    ) -> None:
        """Log a picture with boxes ``box_tensor`` (n, 4) of left, top, right and bottom, in pixels.

        ``labels`` are n texts. The picture is scaled by ``rescale`` afterwards. torch has ``rescale`` in the place of
        ``dataformats``, and the two behind it; a number there is taken as such.
        """
        if not isinstance(dataformats, str):
            rescale, dataformats, labels = dataformats, labels or "CHW", None if rescale == 1 else rescale
        name, note = self._tag(tag), self._note("add_image_with_boxes", tag)
        rows, edges = to_rows(img_tensor, dataformats, note), boxes.to_boxes(box_tensor)
        try:
            texts = boxes.to_labels(labels, len(edges))
        except ValueError as error:
            if self._strict:
                raise
            note(f"{error}; drawn without labels")
            texts = None
        drawn = boxes.with_boxes(rows, edges, texts, rescale)
        self._log_later(name, drawn.nbytes, lambda: image_value(name, drawn), global_step, walltime)

    @guarded
    def add_figure(
        self,
        tag: str,
        figure: Any,
        global_step: int | None = None,
        close: bool = True,
        walltime: float | None = None,
    ) -> None:
        """Log a figure of matplotlib as a picture; a list of figures of one size side by side.

        With ``close`` pyplot lets go of the figures, also where they cannot be drawn.
        """
        several = figure if isinstance(figure, (list, tuple)) else [figure]
        try:
            pixels = stacked([figures.draw(one) for one in several])
        finally:
            if close:
                for one in several:
                    figures.close(one)
        self._add_image("add_figure", tag, pixels, global_step, walltime, "NHWC")

    @guarded
    def add_video(
        self,
        tag: str,
        vid_tensor: Any,
        global_step: int | None = None,
        fps: float = 4,
        walltime: float | None = None,
        dataformats: str = "NTCHW",
    ) -> None:
        """Log a video as an animated GIF; ``vid_tensor`` is uint8, or floats from 0 to 1, with 1 or 3 channels.

        ``dataformats`` names its axes: N videos side by side, T frames of each, C, H, W. A GIF shows at most 50 frames
        a second and 256 colours a frame.
        """
        name, note = self._tag(tag), self._note("add_video", tag)
        speed = video.to_fps(fps)
        if speed > 100 / video.SHORTEST:
            note("more frames a second than a GIF can show; it plays slower")
        frames = video.to_frames(vid_tensor, dataformats, note)

        def make() -> Any:
            return image_value(name, frames[0], video.to_gif(frames, speed))

        self._log_later(name, frames.nbytes, make, global_step, walltime)

    @guarded
    def add_audio(
        self,
        tag: str,
        snd_tensor: Any,
        global_step: int | None = None,
        sample_rate: int = 44100,
        walltime: float | None = None,
    ) -> None:
        """Log a sound as a WAV file of 16 bits; ``sample_rate`` in Hz.

        ``snd_tensor`` is (frames,), (frames, channels) or (channels, frames) with 1 or 2 channels, floats from -1 to 1
        (what lies outside is cut off) or int16.
        """
        name = self._tag(tag)
        samples = audio.to_samples(snd_tensor, self._note("add_audio", tag))
        rate = audio.to_rate(sample_rate)
        self._log_later(name, samples.nbytes, lambda: audio.audio_value(name, samples, rate), global_step, walltime)

    def _add_image(self, method: str, tag: Any, pixels: Any, step: Any, walltime: Any, dataformats: Any) -> None:
        name = self._tag(tag)
        rows = to_rows(pixels, dataformats, self._note(method, tag))
        self._log_later(name, rows.nbytes, lambda: image_value(name, rows), step, walltime)

    def _note(self, method: str, tag: object) -> Note:
        return functools.partial(self._warn, method, tag)
