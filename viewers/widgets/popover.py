"""A small window that belongs to the control that opened it, and closes on a click beside it or Escape."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRectF, Qt
from PySide6.QtGui import QColor, QGuiApplication, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QVBoxLayout, QWidget

from .theming import CARD_RADIUS, current_theme


class Popover(QWidget):
    """Add the content to :meth:`body`, then :meth:`show_at` a global point or :meth:`show_below` a widget."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, Qt.WindowType.Popup | Qt.WindowType.FramelessWindowHint)
        # On X11 nothing may be there to blend windows, and transparent corners would be black.
        self._rounded = QGuiApplication.platformName() != "xcb"
        self.setAttribute(Qt.WidgetAttribute.WA_TranslucentBackground, self._rounded)
        self._body = QVBoxLayout(self)
        self._body.setContentsMargins(12, 12, 12, 12)
        self._body.setSpacing(8)

    def body(self) -> QVBoxLayout:
        """The layout of the content."""
        return self._body

    def show_below(self, widget: QWidget) -> None:
        """Show under ``widget``, or over it where the screen ends."""
        self.adjustSize()
        point = widget.mapToGlobal(QPoint(0, widget.height() + 4))
        screen = widget.screen().availableGeometry()
        if point.y() + self.height() > screen.bottom():
            point = widget.mapToGlobal(QPoint(0, -self.height() - 4))
        self.show_at(point)

    def show_at(self, point: QPoint) -> None:
        """Show with the left upper corner at a global point, moved onto the screen."""
        self.adjustSize()
        screen = self.screen().availableGeometry()
        x = max(screen.left(), min(point.x(), screen.right() - self.width()))
        y = max(screen.top(), min(point.y(), screen.bottom() - self.height()))
        self.move(x, y)
        self.show()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Qt's hook."""
        theme = current_theme()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(theme.line_strong), 1))
        painter.setBrush(QColor(theme.card))
        radius = CARD_RADIUS if self._rounded else 0
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), radius, radius)
