"""The mouse of a surface, handed on to the gestures of its view."""

from __future__ import annotations

from PySide6.QtGui import QMouseEvent, QWheelEvent

from .surface import Host


class Hand:
    """Mixed in before the Qt class of a surface, widget or window, which keeps its view in ``_host``."""

    _host: Host

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Qt's hook."""
        self._host.gestures.press(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Qt's hook."""
        self._host.gestures.move(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Qt's hook."""
        self._host.gestures.release(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Qt's hook."""
        self._host.gestures.double_click(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Qt's hook."""
        self._host.gestures.wheel(event)
