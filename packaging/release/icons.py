"""Draws the program's icon in every size that a system asks for: ``python icons.py FOLDER``, where Qt is installed.

Writes the tree of icons of Linux desktops (``FOLDER/hicolor``), ``runglass.ico`` for Windows and ``runglass.icns`` for
macOS.
"""

from __future__ import annotations

import os
import struct
import sys
from collections.abc import Mapping
from pathlib import Path

import identity

#: Edges in pixels.
HICOLOR_SIZES = (16, 22, 24, 32, 48, 64, 96, 128, 192, 256, 512)
ICO_SIZES = (16, 20, 24, 32, 40, 48, 64, 128, 256)
#: Apple's four letters for each edge; the second row is for screens of double density.
ICNS_SIZES = {b"icp4": 16, b"icp5": 32, b"ic07": 128, b"ic08": 256, b"ic09": 512} | {
    b"ic11": 32,
    b"ic12": 64,
    b"ic13": 256,
    b"ic14": 512,
    b"ic10": 1024,
}
SOURCE = identity.ROOT / "resources" / f"{identity.NAME}.svg"


def draw(size: int) -> bytes:
    """The icon as PNG, ``size`` pixels wide and high. ValueError where the drawing cannot be read."""
    from PySide6.QtCore import QBuffer, QIODevice, QRectF, Qt
    from PySide6.QtGui import QImage, QPainter
    from PySide6.QtSvg import QSvgRenderer

    renderer = QSvgRenderer(str(SOURCE))
    if not renderer.isValid():
        raise ValueError(f"{SOURCE} is no SVG that Qt can draw")
    image = QImage(size, size, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    renderer.render(painter, QRectF(0, 0, size, size))
    painter.end()
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")
    return bytes(buffer.data().data())


def ico(images: Mapping[int, bytes]) -> bytes:
    """A Windows icon of PNGs by edge: a header, a row for each image, the images."""
    header = struct.pack("<HHH", 0, 1, len(images))
    at = len(header) + 16 * len(images)
    rows, bodies = b"", b""
    for size, data in images.items():
        edge = size % 256  # 256 is written as 0
        rows += struct.pack("<BBBBHHII", edge, edge, 0, 0, 1, 32, len(data), at + len(bodies))
        bodies += data
    return header + rows + bodies


def icns(images: Mapping[bytes, bytes]) -> bytes:
    """An Apple icon of PNGs by their four letters; lengths count their own eight bytes of header."""
    bodies = b"".join(kind + struct.pack(">I", len(data) + 8) + data for kind, data in images.items())
    return b"icns" + struct.pack(">I", len(bodies) + 8) + bodies


def write_all(folder: Path) -> None:
    """Draw everything into ``folder``."""
    from PySide6.QtGui import QGuiApplication

    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    app = QGuiApplication.instance() or QGuiApplication([])
    for size in HICOLOR_SIZES:
        file = folder / "hicolor" / f"{size}x{size}" / "apps" / f"{identity.NAME}.png"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(draw(size))
    scalable = folder / "hicolor" / "scalable" / "apps" / f"{identity.NAME}.svg"
    scalable.parent.mkdir(parents=True, exist_ok=True)
    scalable.write_bytes(SOURCE.read_bytes())
    (folder / f"{identity.NAME}.ico").write_bytes(ico({size: draw(size) for size in ICO_SIZES}))
    (folder / f"{identity.NAME}.icns").write_bytes(icns({kind: draw(size) for kind, size in ICNS_SIZES.items()}))
    del app


if __name__ == "__main__":
    write_all(Path(sys.argv[1]))
