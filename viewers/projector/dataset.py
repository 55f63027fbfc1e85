"""An embedding in memory as the pane works with it: its points in memory that the projection process sees as well."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ...reader.api import (
    EmbeddingData,
    EmbeddingSource,
    LogSession,
    MetadataColumn,
    Sprite,
    load_embedding_file,
)
from ..cloud.sprites import Sprites
from .labels import told_apart
from .thumbnails import cut_out
from .worker.shared import SharedMatrix

Progress = Callable[[int, int], None]
Cancelled = Callable[[], bool]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be loaded: a source of the log, or else a file that the user gave."""

    source: EmbeddingSource | None = None
    path: str = ""

    @property
    def title(self) -> str:
        """Its name for people."""
        return self.source.name if self.source is not None else os.path.basename(self.path)


@dataclass(frozen=True, slots=True)
class Dataset:
    """``shared`` holds ``data.matrix`` and belongs to whoever projects it; ``sprites`` are the thumbnails, cut out."""

    wanted: Wanted
    data: EmbeddingData
    shared: SharedMatrix
    sprites: Sprites | None = None

    @property
    def matrix(self) -> NDArray[np.float32]:
        """The points, float32 (n, d)."""
        return self.data.matrix

    @property
    def columns(self) -> tuple[MetadataColumn, ...]:
        """The labels of the points."""
        return self.data.columns

    @property
    def sprite(self) -> Sprite | None:
        """The thumbnails of the points."""
        return self.data.sprite

    def column(self, name: str) -> MetadataColumn | None:
        """A column by its name."""
        return next((column for column in self.columns if column.name == name), None)


def load(wanted: Wanted, session: LogSession, progress: Progress, cancelled: Cancelled) -> Dataset:
    """Read what is wanted. Raises EmbeddingError with a sentence for users, LoadCancelled, OSError or MemoryError.

    For a thread of the pool; the other arguments are those of ``session.load_embedding``.
    """
    made: list[SharedMatrix] = []

    def allocate(points: int, dimensions: int) -> NDArray[np.float32]:
        while made:
            made.pop().unlink()
        made.append(SharedMatrix.create(points, dimensions))
        return made[0].array

    try:
        if wanted.source is not None:
            data = session.load_embedding(wanted.source, allocate=allocate, progress=progress, cancelled=cancelled)
        else:
            data = load_embedding_file(wanted.path, allocate=allocate, progress=progress, cancelled=cancelled)
        for column, name in zip(data.columns, told_apart(column.name for column in data.columns), strict=True):
            column.name = name
        sprites = None if data.sprite is None else cut_out(data.sprite, len(data.matrix))
        return Dataset(wanted, data, made[0], sprites)
    except BaseException:
        while made:
            made.pop().unlink()
        raise
