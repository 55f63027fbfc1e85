"""The chip of a compared picture: its letter, the run's dot and name, the step, and a cross to take it out."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetricsF, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from ...widgets import font, pixmap, plain_tooltip
from ...widgets.focus import KeyboardFocus, draw_ring
from ...widgets.theming import CONTROL_HEIGHT, RADIUS, current_theme
from .resolving import Entry

_PADDING = 9
_GAP = 6
_CROSS = 12
_MOST_NAME = 150.0


class SlotChip(KeyboardFocus, QAbstractButton):
    """``clicked`` asks for another picture in the slot, ``removed`` to take it out (also by Delete)."""

    removed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._letter, self._named, self._place = "", "", ""
        self._color = QColor()
        self._strong = self._removable = False
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)

    def show_entry(self, entry: Entry, *, strong: bool, removable: bool, placed: bool) -> None:
        """Show a slot; a ``strong`` one is among those that are seen now. ``placed``: with its step."""
        now = (entry.letter, entry.named, entry.place if placed else "", entry.color, strong, removable)
        text = f"{entry.letter} {entry.title}"
        if text == self.text() and now == (
            self._letter,
            self._named,
            self._place,
            self._color,
            self._strong,
            self._removable,
        ):
            return
        self._letter, self._named, self._place, self._color, self._strong, self._removable = now
        self.setText(text)
        self.setAccessibleName(f"Picture {entry.letter}: {entry.title}")
        self.setToolTip(plain_tooltip(f"{entry.slot.card.tag}\n{entry.title}\nClick for another run or step"))
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """All parts; a long name is cut."""
        return QSize(round(self._ends()[-1]), CONTROL_HEIGHT)

    def minimumSizeHint(self) -> QSize:
        """The same."""
        return self.sizeHint()

    def _ends(self) -> list[float]:
        """Right ends of letter, dot, name, step and the whole."""
        strong, plain = QFontMetricsF(font(12, 600)), QFontMetricsF(font(12, tabular=True))
        letter = _PADDING + strong.horizontalAdvance(self._letter)
        dot = letter + _GAP + 9
        name = dot + _GAP + min(plain.horizontalAdvance(self._named) + 1, _MOST_NAME)
        place = name + (_GAP + plain.horizontalAdvance(self._place) + 1 if self._place else 0)
        return [letter, dot, name, place, place + (_GAP + _CROSS if self._removable else 0) + _PADDING]

    def _over_cross(self, at: QPointF) -> bool:
        return self._removable and at.x() >= self.width() - _PADDING - _CROSS - _GAP / 2

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Qt's hook."""
        if self._over_cross(event.position()) and self.isDown():
            self.setDown(False)
            self.removed.emit()
            return
        super().mouseReleaseEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Qt's hook."""
        if event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace) and self._removable:
            self.removed.emit()
            return
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.clicked.emit()
            return
        super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Qt's hook."""
        theme = current_theme()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ground = theme.selected if self.isDown() else theme.hover if self.underMouse() else theme.card
        painter.setPen(QPen(QColor(theme.line_strong if self._strong else theme.line), 1))
        painter.setBrush(QColor(ground))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), RADIUS, RADIUS)
        letter, dot, name, place, _all = self._ends()
        height = self.height()
        middle = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
        painter.setFont(font(12, 600))
        painter.setPen(QColor(theme.accent if self._strong else theme.dim))
        painter.drawText(QRectF(_PADDING, 0, letter, height), middle, self._letter)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._color)
        painter.drawEllipse(QPointF(dot - 4.5, height / 2), 4.5, 4.5)
        plain = font(12, tabular=True)
        painter.setFont(plain)
        painter.setPen(QColor(theme.text if self._strong else theme.dim))
        room = name - dot - _GAP
        text = QFontMetricsF(plain).elidedText(self._named, Qt.TextElideMode.ElideMiddle, room)
        painter.drawText(QRectF(dot + _GAP, 0, room + 1, height), middle, text)
        painter.setPen(QColor(theme.dim))
        if self._place:
            painter.drawText(QRectF(name + _GAP, 0, place - name, height), middle, self._place)
        if self._removable:
            cross = pixmap("close", theme.dim, _CROSS, self.devicePixelRatioF())
            painter.drawPixmap(QPointF(self.width() - _PADDING - _CROSS, (height - _CROSS) / 2), cross)
        if self.ring_visible:
            draw_ring(painter, QRectF(self.rect()), RADIUS - 0.5, theme.accent)
