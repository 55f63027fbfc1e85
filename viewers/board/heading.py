"""The heading of a group of cards."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QEnterEvent,
    QFont,
    QFontMetricsF,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPolygonF,
)
from PySide6.QtWidgets import QWidget

from ..theme import Theme


class Heading(QWidget):
    """A group's name and count; a click, Space, Enter or the arrow keys open and close the group."""

    toggled = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.name, self._title, self._count = "", "", ""
        self._closed = False
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)

    @property
    def closed(self) -> bool:
        """True while the group's cards are hidden."""
        return self._closed

    def bind(self, name: str, title: str, count: str, closed: bool) -> None:
        """Show another group."""
        if (name, title, count, closed) != (self.name, self._title, self._count, self._closed):
            self.name, self._title, self._count, self._closed = name, title, count, closed
            self.setAccessibleName(f"Group {title}, {count}, {'closed' if closed else 'open'}")
            self.update()

    def set_theme(self, theme: Theme) -> None:
        """Draw in another theme."""
        self._theme = theme
        self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self.rect().contains(event.position().toPoint()):
            self.toggled.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        wanted = {Qt.Key.Key_Left: True, Qt.Key.Key_Right: False}.get(Qt.Key(key), not self._closed)
        if key in (Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Left, Qt.Key.Key_Right):
            if wanted != self._closed:
                self.toggled.emit()
            return
        super().keyPressEvent(event)

    def enterEvent(self, event: QEnterEvent) -> None:
        self.update()
        super().enterEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        self.update()
        super().leaveEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        theme = self._theme
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        middle = self.height() / 2
        if self.hasFocus():
            painter.setPen(QPen(QColor(theme.accent), 1.5))
            painter.drawRoundedRect(QRectF(-3, 3, self.width() + 2, self.height() - 7).adjusted(4, 0, -1, 0), 6, 6)
        painter.setPen(QPen(QColor(theme.text if self.underMouse() else theme.dim), 1.5))
        chevron = [(3, -4), (7, 0), (3, 4)] if self._closed else [(1, -2), (5, 2), (9, -2)]
        painter.drawPolyline(QPolygonF([QPointF(x + 1.5, middle + y) for x, y in chevron]))
        font = QFont(self.font())
        font.setPixelSize(13)
        font.setWeight(QFont.Weight.DemiBold)
        metrics = QFontMetricsF(font)
        title = metrics.elidedText(self._title, Qt.TextElideMode.ElideMiddle, self.width() - 120)
        painter.setFont(font)
        painter.setPen(QColor(theme.text))
        baseline = middle + metrics.capHeight() / 2
        painter.drawText(QPointF(18, baseline), title)
        font.setWeight(QFont.Weight.Normal)
        font.setPixelSize(12)
        painter.setFont(font)
        painter.setPen(QColor(theme.faint))
        painter.drawText(QPointF(18 + metrics.horizontalAdvance(title) + 9, baseline), self._count)
        painter.end()
