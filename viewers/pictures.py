"""Writing a picture to a file, whole or not at all."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QBuffer, QByteArray
from PySide6.QtGui import QImage, QImageWriter

from .files import replacing


class SavingError(Exception):
    """A picture could not be written; the text is for the user."""


def write_png(path: Path, image: QImage) -> None:
    """Write ``image`` to ``path`` as PNG. SavingError or OSError where that fails."""
    with replacing(path) as part:
        encode(part, image, "png")


def encode(part: Path, image: QImage, kind: str) -> None:
    """Write ``image`` to an unfinished file, in Qt's format ``kind``. SavingError or OSError if that fails."""
    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QBuffer.OpenModeFlag.WriteOnly)
    writer = QImageWriter(buffer, QByteArray(kind.encode()))
    if not writer.write(image):
        raise SavingError(writer.errorString())
    # Written by Python, which says why where the disk is full; libpng only that it failed.
    part.write_bytes(data.data())
