"""What a training script calls to log its numbers, pictures and texts."""

from __future__ import annotations

from collections.abc import Sequence

import numpy.typing as npt

from ..reader.wire.events_pb2 import Summary
from . import encoding
from .embeddings import write_embedding
from .guard import guarded
from .histograms import make_histogram
from .images import image_value, to_rows
from .run_writer import RunWriter


class SummaryWriter(RunWriter):
    """Writes one run of a training into event files that every TensorBoard viewer reads.

    ``logdir`` (or ``log_dir``) is the run's folder, by default ``runs/<date>_<time>_<host><comment>``; a file of its
    own is opened in it, so several writers may share it. With ``purge_step``, what earlier sessions of the run wrote
    at that step or behind it is marked as superseded. Any thread may call any method. What cannot be written is one
    warning that names the tag; with ``strict`` it is an exception at the call.
    """

    @guarded
    def add_histogram(
        self,
        tag: str,
        values: npt.ArrayLike,
        global_step: int | None = None,
        bins: str | int | Sequence[float] = "tensorflow",
        walltime: float | None = None,
    ) -> None:
        """Log how ``values`` (any shape) are spread. ``bins`` is "tensorflow" or what numpy.histogram takes."""
        self._log(Summary.Value(tag=self._tag(tag), histo=make_histogram(values, bins)), global_step, walltime)

    @guarded
    def add_image(
        self,
        tag: str,
        img_tensor: npt.ArrayLike,
        global_step: int | None = None,
        walltime: float | None = None,
        dataformats: str = "CHW",
    ) -> None:
        """Log a picture: uint8, or floats from 0 to 1; ``dataformats`` names its axes."""
        self._log(image_value(self._tag(tag), to_rows(img_tensor, dataformats)), global_step, walltime)

    @guarded
    def add_text(
        self, tag: str, text_string: str, global_step: int | None = None, walltime: float | None = None
    ) -> None:
        """Log a text in Markdown."""
        self._log(encoding.text_value(self._tag(tag), text_string), global_step, walltime)

    @guarded
    def add_embedding(
        self,
        mat: npt.ArrayLike,
        metadata: Sequence[object] | None = None,
        label_img: npt.ArrayLike | None = None,
        global_step: int | None = None,
        tag: str = "default",
        metadata_header: Sequence[str] | None = None,
    ) -> None:
        """Log points (n, dimensions) for the projector, with labels and thumbnails (n, channels, height, width)."""
        write_embedding(self._folder, mat, metadata, label_img, self._step(tag, global_step), tag, metadata_header)
