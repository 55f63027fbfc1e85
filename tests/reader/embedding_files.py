"""For tests of embeddings: tables, configs and pictures as programs write them, and opening what they hold."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from runglass.reader.api import EmbeddingData, EmbeddingSource, LogSession
from runglass.reader.embeddings.places import OpenFile, Place
from runglass.reader.store.store import RunStore


def opened(path: Path) -> OpenFile:
    """A file as the loader gets it."""
    return OpenFile(Place(str(path)), 1 << 40)


def tsv(matrix: NDArray[np.float32]) -> bytes:
    """A table as tensorboardX writes it."""
    return "".join("\t".join(map(repr, row)) + "\n" for row in matrix.astype(float).tolist()).encode()


def points(rows: int = 6, columns: int = 3, seed: int = 0) -> NDArray[np.float32]:
    """Some vectors."""
    return np.random.default_rng(seed).normal(size=(rows, columns)).astype(np.float32)


def sheet(width: int, height: int, kind: str = "PNG", seed: int = 0) -> bytes:
    """A picture of noise."""
    noise = np.random.default_rng(seed).integers(0, 256, (height, width, 3), np.uint8)
    stream = io.BytesIO()
    Image.fromarray(noise).save(stream, kind)
    return stream.getvalue()


def write_config(folder: Path, *entries: str) -> Path:
    """A config with these ``embeddings`` blocks."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "projector_config.pbtxt"
    path.write_text("".join(f"embeddings {{\n{entry}\n}}\n" for entry in entries))
    return path


def sources(store: RunStore) -> list[EmbeddingSource]:
    """Every step of every tag."""
    return [source for series in store.embeddings() for source in series.sources]


def load_only(session: LogSession) -> EmbeddingData:
    """The embedding of a log that has one."""
    (source,) = sources(session.store)
    return session.load_embedding(source)


def codes(data: EmbeddingData) -> list[str]:
    """What the notes of an embedding are about."""
    return sorted(note.code for note in data.notes)


def column(data: EmbeddingData, name: str) -> Sequence[str]:
    """The texts of a column."""
    return next(column.texts() for column in data.columns if column.name == name)
