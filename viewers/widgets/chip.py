"""A small rounded button with a text and, if there is one, a count."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from .focus import KeyboardFocus, draw_ring
from .icons import pixmap
from .theming import CONTROL_HEIGHT, RADIUS, SECONDARY_PX, current_theme, font

_PADDING = 11
_GAP = 6
_ICON = 14


class Chip(KeyboardFocus, QAbstractButton):
    """``clicked`` or, for a checkable one, ``toggled(bool)``."""

    def __init__(
        self,
        text: str,
        checkable: bool = False,
        *,
        icon_name: str = "",
        count: int | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._count = count
        self._icon_name = icon_name
        self.setText(text)
        self.setCheckable(checkable)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self._name()

    def set_count(self, count: int | None) -> None:
        """The number behind the text; None for none."""
        if count != self._count:
            self._count = count
            self._name()
            self.updateGeometry()
            self.update()

    def set_text(self, text: str) -> None:
        """Another text."""
        self.setText(text)
        self._name()
        self.updateGeometry()

    def _name(self) -> None:
        self.setAccessibleName(self.text() if self._count is None else f"{self.text()}, {self._count:,}")

    def _count_text(self) -> str:
        return "" if self._count is None else f"{self._count:,}"

    def sizeHint(self) -> QSize:
        """Icon, text and count."""
        width = 2 * _PADDING + QFontMetricsF(font(SECONDARY_PX)).horizontalAdvance(self.text())
        if self._count is not None:
            count = QFontMetricsF(font(SECONDARY_PX, tabular=True)).horizontalAdvance(self._count_text())
            width += count + _GAP
        if self._icon_name:
            width += _ICON + (_GAP if self.text() else 0)
        return QSize(round(width) + 1, CONTROL_HEIGHT)

    def minimumSizeHint(self) -> QSize:
        """The same: a chip is never clipped."""
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Qt's hook."""
        theme = current_theme()
        on = self.isChecked()
        usable = self.isEnabled()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ground = theme.accent_surface if on else theme.hover if self.underMouse() and usable else theme.card
        if self.isDown():
            ground = theme.selected
        ink = theme.faint if not usable else theme.accent if on else theme.text
        painter.setPen(QPen(QColor(theme.accent if on and usable else theme.line), 1))
        painter.setBrush(QColor(ground))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), RADIUS, RADIUS)
        x = float(_PADDING)
        if self._icon_name:
            shown = pixmap(self._icon_name, ink, _ICON, self.devicePixelRatioF())
            painter.drawPixmap(QPointF(x, (self.height() - _ICON) / 2), shown)
            x += _ICON + _GAP
        used = font(SECONDARY_PX)
        painter.setFont(used)
        painter.setPen(QColor(ink))
        middle = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
        painter.drawText(QRectF(x, 0, self.width() - x, self.height()), middle, self.text())
        x += QFontMetricsF(used).horizontalAdvance(self.text()) + _GAP
        if self._count is not None:
            painter.setFont(font(SECONDARY_PX, tabular=True))
            painter.setPen(QColor(ink if on or not usable else theme.dim))
            painter.drawText(QRectF(x, 0, self.width() - x, self.height()), middle, self._count_text())
        if self.ring_visible:
            draw_ring(painter, QRectF(self.rect()), RADIUS - 0.5, theme.accent)
