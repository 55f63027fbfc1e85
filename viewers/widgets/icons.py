"""The icons: one family of 16 px line drawings, recoloured from the theme and sharp at every screen scale."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from PySide6.QtCore import QByteArray, QRectF, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPixmap, QPixmapCache
from PySide6.QtSvg import QSvgRenderer

ICON_FOLDER = Path(__file__).resolve().parents[2] / "resources" / "icons"
SCALES = (1.0, 1.25, 1.5, 2.0, 3.0)


@cache
def _source(name: str) -> str:
    try:
        return (ICON_FOLDER / f"{name}.svg").read_text(encoding="utf-8")
    except FileNotFoundError:
        raise KeyError(f"there is no icon named {name!r}") from None


def icon_names() -> tuple[str, ...]:
    """Names of all icons."""
    return tuple(sorted(path.stem for path in ICON_FOLDER.glob("*.svg")))


def icon_svg(name: str, color: str | QColor) -> str:
    """An icon's SVG text in ``color``; KeyError if there is none of this name."""
    return _source(name).replace("currentColor", QColor(color).name())


def pixmap(name: str, color: str | QColor, size: int = 16, ratio: float = 1.0) -> QPixmap:
    """An icon of ``size`` logical pixels drawn for a screen of ``ratio`` device pixels to the logical one."""
    tint = QColor(color)
    key = f"runglass-icon/{name}/{tint.name(QColor.NameFormat.HexArgb)}/{size}/{ratio}"
    found = QPixmap()
    if QPixmapCache.find(key, found):
        return found
    # Before the painter begins: a name that is not there must not leave one behind.
    renderer = QSvgRenderer(QByteArray(icon_svg(name, tint).encode()))
    edge = max(1, round(size * ratio))
    drawn = QPixmap(edge, edge)
    drawn.fill(Qt.GlobalColor.transparent)
    painter = QPainter(drawn)
    painter.setOpacity(tint.alphaF())
    renderer.render(painter, QRectF(0, 0, edge, edge))
    painter.end()
    drawn.setDevicePixelRatio(ratio)
    QPixmapCache.insert(key, drawn)
    return drawn


def icon(name: str, color: str | QColor, size: int = 16, *, disabled: str | QColor | None = None) -> QIcon:
    """An icon for buttons and menus, drawn for every usual screen scale; ``disabled`` colours the unusable state."""
    result = QIcon()
    for ratio in SCALES:
        result.addPixmap(pixmap(name, color, size, ratio))
        if disabled is not None:
            result.addPixmap(pixmap(name, disabled, size, ratio), QIcon.Mode.Disabled)
    return result
