"""Folders dropped onto the window: they replace what is open or join it, by the half they are dropped on."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QMimeData, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QDropEvent, QFont, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from ..viewers.pane import ThemeHolder


def dropped_paths(data: QMimeData) -> list[str]:
    """Local paths in what is dragged; nothing is asked of the disk."""
    return [url.toLocalFile() for url in data.urls() if url.isLocalFile()] if data.hasUrls() else []


def take_copy(event: QDropEvent) -> None:
    """Take what is dragged, never to move it: whoever gave it might delete the files then."""
    event.setDropAction(Qt.DropAction.CopyAction)
    event.accept()


class DropOverlay(QWidget):
    """Lies over the window while something is dragged over it."""

    def __init__(self, theme: ThemeHolder, window: QWidget) -> None:
        super().__init__(window)
        self._theme = theme
        self._host = window
        self._choices: Sequence[str] = ()
        self._at = 0
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()

    def offer(self, can_add: bool) -> None:
        """Show where to drop; ``can_add`` if folders are open already."""
        self._choices = ("Open in place of what is open", "Add to what is open") if can_add else ("Open",)
        self._at = 0
        self.setGeometry(self._host.rect())
        self.show()
        self.raise_()

    def point(self, position: QPointF) -> bool:
        """Follow the pointer; True if the half that adds is under it."""
        at = int(len(self._choices) > 1 and position.x() > self.width() / 2)
        if at != self._at:
            self._at = at
            self.update()
        return at == 1

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme = self._theme.theme
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        veil = QColor(theme.background)
        veil.setAlphaF(0.86)
        painter.fillRect(self.rect(), veil)
        font = QFont(self.font())
        font.setPixelSize(16)
        font.setWeight(QFont.Weight.DemiBold)
        painter.setFont(font)
        part = (self.width() - 64) / max(1, len(self._choices))
        for number, text in enumerate(self._choices):
            box = QRectF(32 + number * part + 6, 80, part - 12, self.height() - 140)
            chosen = number == self._at
            pen = QPen(QColor(theme.accent if chosen else theme.line_strong), 2, Qt.PenStyle.CustomDashLine)
            pen.setDashPattern([4, 4])
            painter.setPen(pen)
            painter.setBrush(QColor(theme.accent_surface if chosen else theme.panel))
            painter.drawRoundedRect(box, 9, 9)
            painter.setPen(QColor(theme.text))
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)
