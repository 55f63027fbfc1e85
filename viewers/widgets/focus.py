"""The focus ring of painted widgets: shown when the keyboard brought the focus, not after a click."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, Qt, SignalInstance
from PySide6.QtGui import QColor, QFocusEvent, QKeyEvent, QPainter, QPen
from PySide6.QtWidgets import QWidget

if TYPE_CHECKING:
    _Base = QWidget
else:
    _Base = object

_POINTER_REASONS = frozenset({Qt.FocusReason.MouseFocusReason, Qt.FocusReason.ActiveWindowFocusReason})


class KeyboardFocus(_Base):
    """Mixed in before a QWidget class: ``ring_visible`` tells whether to draw the ring."""

    _ring = False

    @property
    def ring_visible(self) -> bool:
        """True while the widget has the focus and the keyboard is in use."""
        return self._ring and self.hasFocus()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Qt's hook."""
        if event.reason() not in _POINTER_REASONS:
            self._ring = True
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Qt's hook."""
        if event.reason() != Qt.FocusReason.ActiveWindowFocusReason:
            self._ring = False
        super().focusOutEvent(event)
        self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Qt's hook."""
        if not self._ring:
            self._ring = True
            self.update()
        super().keyPressEvent(event)


class TabFocus(_Base):
    """Mixed in before a QWidget class that has the signal ``focus_changed``, for its owner to draw the ring."""

    focus_changed: SignalInstance
    _by_keyboard = False

    @property
    def has_keyboard_focus(self) -> bool:
        """True while keys go here because the user came here by keyboard."""
        return self._by_keyboard and self.hasFocus()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Qt's hook."""
        self._by_keyboard = event.reason() in (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason)
        super().focusInEvent(event)
        self.focus_changed.emit()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Qt's hook."""
        super().focusOutEvent(event)
        self.focus_changed.emit()


def draw_ring(painter: QPainter, rect: QRectF, radius: float, color: str) -> None:
    """A 2 px ring just inside ``rect``."""
    painter.setPen(QPen(QColor(color), 2))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRoundedRect(rect.adjusted(1, 1, -1, -1), radius, radius)
