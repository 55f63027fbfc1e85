"""The pixel under the mouse: where it is, what was logged there, and the same from 0 to 1."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from ..widgets import ElidedLabel, SectionLabel, TextLabel, current_theme


@dataclass(frozen=True, slots=True)
class Pixel:
    """Channels of a pixel as logged: ``values`` of R, G, B and, where there is one, A, up to ``largest``."""

    column: int
    row: int
    values: tuple[int, ...]
    largest: int = 255


def pixel_of(image: QImage, column: int, row: int) -> Pixel:
    """The pixel of a picture in full size; formats of 16 bits a channel count to 65,535."""
    color = image.pixelColor(column, row)
    alpha = image.hasAlphaChannel()
    if image.depth() == 64:
        wide = image.pixelColor(column, row).rgba64()
        values = (wide.red(), wide.green(), wide.blue(), wide.alpha())
        return Pixel(column, row, values if alpha else values[:3], 65535)
    values = (color.red(), color.green(), color.blue(), color.alpha())
    return Pixel(column, row, values if alpha else values[:3])


class Swatch(QWidget):
    """The colour of the pixel."""

    def __init__(self) -> None:
        super().__init__()
        self.setFixedHeight(18)
        self._color: QColor | None = None

    def set_color(self, color: QColor | None) -> None:
        """Another colour; None for none."""
        self._color = color
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Qt's hook."""
        if self._color is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QColor(current_theme().line_strong))
        painter.setBrush(self._color)
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)
        painter.end()


class ReadOut(QWidget):
    """Says what is under the mouse; a hint while nothing is."""

    def __init__(self) -> None:
        super().__init__()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        self.title = SectionLabel("Pixel")
        column.addWidget(self.title)
        self._where = ElidedLabel("", "dim")
        column.addWidget(self._where)
        grid = QGridLayout()
        grid.setContentsMargins(0, 4, 0, 4)
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(6)
        self._names = [TextLabel("", "dim") for _ in range(2)]
        self._values = [TextLabel("", "text", tabular=True) for _ in range(2)]
        for row, (name, value) in enumerate(zip(self._names, self._values, strict=True)):
            value.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            grid.addWidget(name, row, 0)
            grid.addWidget(value, row, 1)
        grid.setColumnStretch(1, 1)
        column.addLayout(grid)
        self._swatch = Swatch()
        column.addWidget(self._swatch)
        self._hint = TextLabel("Point at a picture to read its pixels", "dim")
        self._hint.setWordWrap(True)
        column.addWidget(self._hint)
        column.addStretch()
        self.set_pixel(None)

    @property
    def texts(self) -> list[str]:
        """What the rows say, for screen readers and tests."""
        return [value.text() for value in self._values]

    def set_pixel(self, pixel: Pixel | None, where: str = "") -> None:
        """Show a pixel; ``where`` names the picture. Without a pixel but with ``where`` its values are on the way."""
        self._where.setText(where)
        self._hint.setVisible(not where)
        self._where.setVisible(bool(where))
        for part in (*self._names, *self._values, self._swatch):
            part.setVisible(pixel is not None)
        if pixel is None:
            self.title.setText("Pixel")
            self._swatch.set_color(None)
            return
        values = pixel.values
        self.title.setText(f"Pixel {pixel.column:,}, {pixel.row:,}")
        self._names[0].setText("RGBA" if len(values) == 4 else "RGB")
        self._values[0].setText(" ".join(map(str, values)))
        self._names[1].setText("0–1")
        self._values[1].setText(" ".join(f"{value / pixel.largest:.3f}" for value in values))
        self._swatch.set_color(QColor.fromRgbF(*(value / pixel.largest for value in values)))
