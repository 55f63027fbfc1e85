"""What a training script calls to log its numbers, pictures and texts."""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import SupportsFloat

import numpy.typing as npt

from ..reader.wire.events_pb2 import Summary
from . import encoding
from .embeddings import write_embedding
from .event_file import EventFile
from .histograms import make_histogram
from .images import image_value, to_rows


class SummaryWriter:
    """Writes one run of a training into event files that every TensorBoard viewer reads.

    ``log_dir`` is the run's folder, by default ``runs/<date>_<time>_<host><comment>``; a file of its own is opened in
    it, so several writers may share it. With ``purge_step``, what earlier sessions of the run wrote at that step or
    behind it is marked as superseded. Records reach the disk after ``flush_secs`` at the latest, at :meth:`flush`, at
    :meth:`close` and when the interpreter ends. Any thread may call any method.
    """

    def __init__(
        self,
        log_dir: str | os.PathLike[str] | None = None,
        comment: str = "",
        purge_step: int | None = None,
        flush_secs: float = 2.0,
        filename_suffix: str = "",
    ) -> None:
        if log_dir is None:
            started = datetime.now().strftime("%b%d_%H-%M-%S")
            log_dir = Path("runs") / f"{started}_{socket.gethostname()}{comment}"
        self._log_dir = Path(log_dir)
        self._prefixes: dict[str, bytes] = {}
        resumed = self._log_dir.is_dir() and any("tfevents" in name for name in os.listdir(self._log_dir))
        self._file = EventFile(self._log_dir, filename_suffix, flush_secs)
        now = time.time()
        self._file.append(encoding.version_event(now))
        # TensorBoard's Python loader passes over the first START of a run: without one in the first session it would
        # pass over the one that purges. A later session that purges nothing must not say START.
        if purge_step is not None or not resumed:
            self._file.append(encoding.start_event(now, purge_step or 0))

    @property
    def log_dir(self) -> str:
        """The run's folder."""
        return str(self._log_dir)

    def add_scalar(
        self,
        tag: str,
        scalar_value: SupportsFloat,
        global_step: int | None = None,
        walltime: float | None = None,
    ) -> None:
        """Log one number; NaN and infinities as they are, anything beyond float32 as an infinity."""
        prefix = self._prefixes.get(tag)
        if prefix is None:
            prefix = self._prefixes[tag] = encoding.scalar_prefix(tag)
        wall = time.time() if walltime is None else walltime
        self._file.append(encoding.scalar_event(prefix, float(scalar_value), global_step or 0, wall))

    def add_histogram(
        self,
        tag: str,
        values: npt.ArrayLike,
        global_step: int | None = None,
        bins: str | int | Sequence[float] = "tensorflow",
        walltime: float | None = None,
    ) -> None:
        """Log how ``values`` (any shape) are spread. ``bins`` is "tensorflow" or what numpy.histogram takes."""
        value = Summary.Value(tag=tag, histo=make_histogram(values, bins))
        self._add(value, global_step, walltime)

    def add_image(
        self,
        tag: str,
        img_tensor: npt.ArrayLike,
        global_step: int | None = None,
        walltime: float | None = None,
        dataformats: str = "CHW",
    ) -> None:
        """Log a picture: uint8, or floats from 0 to 1; ``dataformats`` names its axes."""
        self._add(image_value(tag, to_rows(img_tensor, dataformats)), global_step, walltime)

    def add_text(
        self, tag: str, text_string: str, global_step: int | None = None, walltime: float | None = None
    ) -> None:
        """Log a text in Markdown."""
        self._add(encoding.text_value(tag, text_string), global_step, walltime)

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
        write_embedding(self._log_dir, mat, metadata, label_img, global_step or 0, tag, metadata_header)

    def flush(self) -> None:
        """Bring everything logged so far to the operating system. OSError where that is not possible."""
        self._file.flush()

    def close(self) -> None:
        """Flush, and end the file; again is allowed."""
        self._file.close()

    def __enter__(self) -> SummaryWriter:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def _add(self, value: Summary.Value, step: int | None, walltime: float | None) -> None:
        wall = time.time() if walltime is None else walltime
        self._file.append(encoding.value_event(value, step or 0, wall))
