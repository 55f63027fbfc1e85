"""Embeddings as the files that projectors read: a table of vectors, labels, thumbnails, and an entry of a config."""

from __future__ import annotations

import os
import threading
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import quote

import numpy as np
import numpy.typing as npt

from .images import sprite

CONFIG = "projector_config.pbtxt"

_config_lock = threading.Lock()


def write_embedding(
    log_dir: Path,
    matrix: npt.ArrayLike,
    metadata: Sequence[object] | None,
    thumbnails: npt.ArrayLike | None,
    step: int,
    tag: str,
    metadata_header: Sequence[str] | None,
) -> None:
    """Write ``<log_dir>/<step>/<tag>/tensors.tsv`` with what belongs to it, and name it in the config.

    ``matrix`` is (n, dimensions); ``metadata`` n labels, or n rows of cells if ``metadata_header`` names the columns;
    ``thumbnails`` (n, channels, height, width). The config is written last: a projector that watches never meets an
    entry without its files.
    """
    vectors = np.asarray(matrix)
    if vectors.ndim != 2:
        raise ValueError(f"an embedding is a matrix of one row a point, not {vectors.ndim}-dimensional")
    folder = log_dir / f"{step:05d}" / _folder_name(tag)
    folder.mkdir(parents=True, exist_ok=True)
    lines = ["\t".join(map(repr, row)) for row in vectors.astype(np.float64).tolist()]
    _replace(folder / "tensors.tsv", ("\n".join(lines) + "\n").encode())
    relative = folder.relative_to(log_dir).as_posix()
    entry = [f"tensor_name: {_quoted(f'{tag}:{step:05d}')}", f"tensor_path: {_quoted(relative + '/tensors.tsv')}"]
    if metadata is not None:
        if len(metadata) != len(vectors):
            raise ValueError(f"{len(metadata)} labels do not fit {len(vectors)} points")
        _replace(folder / "metadata.tsv", _table(metadata, metadata_header).encode())
        entry.append(f"metadata_path: {_quoted(relative + '/metadata.tsv')}")
    if thumbnails is not None:
        if len(np.asarray(thumbnails)) != len(vectors):
            raise ValueError(f"{len(np.asarray(thumbnails))} thumbnails do not fit {len(vectors)} points")
        png, width, height = sprite(thumbnails)
        _replace(folder / "sprite.png", png)
        size = f"single_image_dim: {width} single_image_dim: {height}"
        entry.append(f"sprite {{ image_path: {_quoted(relative + '/sprite.png')} {size} }}")
    text = "embeddings {\n" + "".join(f"  {line}\n" for line in entry) + "}\n"
    with _config_lock:
        config = log_dir / CONFIG
        before = config.read_bytes() if config.exists() else b""
        _replace(config, before + text.encode())


def _table(metadata: Sequence[object], header: Sequence[str] | None) -> str:
    """One line a point; a header stands only over several columns, as readers tell it by the tab in it."""
    if header is None:
        return "".join(_cell(label) + "\n" for label in metadata)
    if len(header) == 1:
        return "".join(_cell(row[0] if isinstance(row, list | tuple) else row) + "\n" for row in metadata)
    rows = [header, *(row if isinstance(row, list | tuple) else [row] for row in metadata)]
    return "".join("\t".join(map(_cell, row)) + "\n" for row in rows)


def _cell(value: object) -> str:
    return str(value).translate({ord(letter): " " for letter in "\t\n\r"})


def _folder_name(tag: str) -> str:
    """A tag as the name of one folder: never a path, never a name with a meaning."""
    name = quote(tag, safe="").replace("%2F", "%2f")
    return name if name.strip(".") else name.replace(".", "%2e") or "%00"


def _quoted(text: str) -> str:
    """A string of protobuf's text format."""
    out = "".join(
        chr(byte) if 0x20 <= byte < 0x7F and byte not in b'"\\' else f"\\{byte:03o}" for byte in text.encode()
    )
    return f'"{out}"'


def _replace(path: Path, data: bytes) -> None:
    """Write a file so that a reader meets it whole or not at all."""
    part = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    part.write_bytes(data)
    os.replace(part, path)
