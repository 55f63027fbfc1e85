"""The program's icon where systems show it beside the window: taskbars, window switchers, the dock."""

from __future__ import annotations

import sys

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QGuiApplication, QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from .style import RESOURCES

FILE = RESOURCES / "runglass.svg"
#: Edges in pixels that systems ask for.
SIZES = (16, 20, 24, 32, 40, 48, 64, 128, 256)


def claim_taskbar(platform: str = sys.platform) -> None:
    """Windows puts a program that Python runs under Python's own icon, unless it has a name of its own. To be called
    before there is a window. The frozen program goes by its file, as its entries in the menus do.
    """
    if platform == "win32" and not _is_frozen():
        import ctypes

        ctypes.windll.shell32.SetCurrentProcessExplicitAppUserModelID("Runglass.Runglass")  # type: ignore[attr-defined]


def show_emblem(app: QGuiApplication, platform: str = sys.platform) -> None:
    """Give all windows the icon. The frozen program on macOS has it from its bundle, in the form of the system."""
    if platform == "darwin" and _is_frozen():
        return
    drawing = QSvgRenderer(str(FILE))
    icon = QIcon()
    for size in SIZES:
        picture = QPixmap(size, size)
        picture.fill(Qt.GlobalColor.transparent)
        painter = QPainter(picture)
        drawing.render(painter, QRectF(picture.rect()))
        painter.end()
        icon.addPixmap(picture)
    app.setWindowIcon(icon)


def _is_frozen() -> bool:
    return bool(getattr(sys, "frozen", False))
