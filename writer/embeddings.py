"""Embeddings as the files that projectors read: a table of vectors, labels, thumbnails, and an entry of a config."""

from __future__ import annotations

import errno
import os
import threading
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from .images import Note, sprite
from .paths import folder_name
from .values import to_array

CONFIG = "projector_config.pbtxt"

_config_lock = threading.Lock()


def write_embedding(
    log_dir: Path,
    matrix: Any,
    metadata: Iterable[Any] | None,
    thumbnails: Any,
    step: int,
    tag: str,
    metadata_header: Sequence[str] | None,
    note: Note,
) -> None:
    """Write ``<log_dir>/<step>/<tag>/tensors.tsv`` with what belongs to it, and name it in the config.

    ``matrix`` is (n, dimensions); ``metadata`` n labels, or n rows of cells if ``metadata_header`` names the columns;
    ``thumbnails`` (n, channels, height, width). ValueError where they do not fit, before any file is written. The
    config comes last: a projector that watches never meets an entry without its files.
    """
    vectors = to_array(matrix)
    if vectors.ndim != 2:
        raise ValueError(f"an embedding is a matrix of one row a point, not {vectors.ndim}-dimensional")
    folder = log_dir / f"{step:05d}" / folder_name(tag)
    relative = folder.relative_to(log_dir).as_posix()
    lines = ["\t".join(map(repr, row)) for row in vectors.astype(np.float64).tolist()]
    files = {"tensors.tsv": ("\n".join(lines) + "\n").encode()}
    entry = [f"tensor_name: {_quoted(f'{tag}:{step:05d}')}", f"tensor_path: {_quoted(relative + '/tensors.tsv')}"]
    if metadata is not None:
        metadata = list(metadata)
        if len(metadata) != len(vectors):
            raise ValueError(f"{len(metadata)} labels do not fit {len(vectors)} points")
        files["metadata.tsv"] = _table(metadata, metadata_header).encode("utf-8", "replace")
        entry.append(f"metadata_path: {_quoted(relative + '/metadata.tsv')}")
    if thumbnails is not None:
        pictures = to_array(thumbnails)
        if len(pictures) != len(vectors):
            raise ValueError(f"{len(pictures)} thumbnails do not fit {len(vectors)} points")
        files["sprite.png"], width, height = sprite(pictures, note)
        size = f"single_image_dim: {width} single_image_dim: {height}"
        entry.append(f"sprite {{ image_path: {_quoted(relative + '/sprite.png')} {size} }}")
    text = "embeddings {\n" + "".join(f"  {line}\n" for line in entry) + "}\n"
    folder.mkdir(parents=True, exist_ok=True)
    for name, data in files.items():
        _replace(folder / name, data)
    with _config_lock:
        _append(log_dir / CONFIG, text.encode())


def _table(metadata: Sequence[Any], header: Sequence[str] | None) -> str:
    """One line a point; a header stands only over several columns, as readers tell it by the tab in it."""
    if header is None:
        return "".join(_cell(label) + "\n" for label in metadata)
    rows = [list(row) if isinstance(row, (list, tuple, np.ndarray)) else [row] for row in metadata]
    sizes = {len(row) for row in rows} - {len(header)}
    if sizes:
        raise ValueError(f"a row of {min(sizes)} cells does not fit a header of {len(header)}")
    if len(header) == 1:
        return "".join(_cell(row[0]) + "\n" for row in rows)
    return "".join("\t".join(map(_cell, row)) + "\n" for row in [header, *rows])


def _cell(value: object) -> str:
    return str(value).translate({ord(letter): " " for letter in "\t\n\r"})


def _quoted(text: str) -> str:
    """A string of protobuf's text format."""
    out = "".join(
        chr(byte) if 0x20 <= byte < 0x7F and byte not in b'"\\' else f"\\{byte:03o}" for byte in text.encode()
    )
    return f'"{out}"'


def _append(config: Path, entry: bytes) -> None:
    """Add an entry unless it stands there already; entries of other writers and processes stay as they are.

    One write to a file that is open for appending: what two processes add at once follows one another. An entry that
    a full disk cuts short is taken back.
    """
    if config.exists() and entry in config.read_bytes():
        return
    flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)
    file = os.open(config, flags, 0o666)
    try:
        end = os.fstat(file).st_size
        if os.write(file, entry) != len(entry):
            os.ftruncate(file, end)
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(config))
    finally:
        os.close(file)


def _replace(path: Path, data: bytes) -> None:
    """Write a file so that a reader meets it whole or not at all."""
    part = path.with_name(f".{path.name}.{os.getpid()}.{threading.get_ident()}.tmp")
    part.write_bytes(data)
    os.replace(part, path)
