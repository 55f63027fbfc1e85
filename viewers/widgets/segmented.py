"""A choice of one among a few, side by side."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFontMetricsF,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from .focus import KeyboardFocus, draw_ring
from .theming import CONTROL_HEIGHT, RADIUS, SECONDARY_PX, current_theme, font

_PADDING = 10


class SegmentedControl(KeyboardFocus, QWidget):
    """``options`` are (id, label) pairs; one is always chosen. Left and Right (Home, End) choose by keyboard."""

    changed = Signal(str)

    def __init__(
        self, options: Sequence[tuple[str, str]], value: str | None = None, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        if not options:
            raise ValueError("a segmented control needs at least one option")
        self._options = [(str(key), str(label)) for key, label in options]
        self._tips: dict[str, str] = {}
        self._index = 0
        self._hover = -1
        if value is not None:
            self._index = self._find(value)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self._announce()

    @property
    def value(self) -> str:
        """Id of the chosen option."""
        return self._options[self._index][0]

    def set_value(self, value: str) -> None:
        """Choose by id; KeyError for an unknown one. ``changed`` fires if it was another."""
        self._choose(self._find(value))

    def options(self) -> list[tuple[str, str]]:
        """The (id, label) pairs."""
        return list(self._options)

    def set_option_tooltip(self, value: str, text: str) -> None:
        """A tooltip for one option."""
        self._tips[self._options[self._find(value)][0]] = text

    def _find(self, value: str) -> int:
        for index, (key, _) in enumerate(self._options):
            if key == value:
                return index
        raise KeyError(value)

    def _choose(self, index: int) -> None:
        if index == self._index:
            return
        self._index = index
        self._announce()
        self.update()
        self.changed.emit(self.value)

    def _announce(self) -> None:
        label = self._options[self._index][1]
        self.setAccessibleDescription(f"{label}, {self._index + 1} of {len(self._options)}")

    def _edges(self) -> list[float]:
        """Left edges of the segments and the right edge: equal widths, or by label where equal ones would clip."""
        metrics = QFontMetricsF(font(SECONDARY_PX, 600))
        needs = [metrics.horizontalAdvance(label) + 8 for _, label in self._options]
        total = float(self.width())
        equal = total / len(needs)
        if max(needs) <= equal:
            widths = [equal] * len(needs)
        else:
            spare = (total - sum(needs)) / len(needs)
            widths = [need + spare for need in needs]
        edges = [0.0]
        for width in widths:
            edges.append(edges[-1] + width)
        return edges

    def _index_at(self, position: QPointF) -> int:
        edges = self._edges()
        for index in range(len(self._options)):
            if edges[index] <= position.x() < edges[index + 1]:
                return index
        return -1

    def sizeHint(self) -> QSize:
        """Room for all labels."""
        metrics = QFontMetricsF(font(SECONDARY_PX, 600))
        widest = max(metrics.horizontalAdvance(label) for _, label in self._options)
        return QSize(round((widest + 2 * _PADDING) * len(self._options)), CONTROL_HEIGHT)

    def minimumSizeHint(self) -> QSize:
        """Room for all labels, packed."""
        metrics = QFontMetricsF(font(SECONDARY_PX, 600))
        total = sum(metrics.horizontalAdvance(label) + 8 for _, label in self._options)
        return QSize(min(round(total), 120), CONTROL_HEIGHT)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Qt's hook."""
        theme = current_theme()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        frame = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        shape = QPainterPath()
        shape.addRoundedRect(frame, RADIUS, RADIUS)
        painter.fillPath(shape, QColor(theme.field))
        edges = self._edges()
        painter.save()
        painter.setClipPath(shape)
        for index in range(len(self._options)):
            cell = QRectF(edges[index], 0, edges[index + 1] - edges[index], self.height())
            if index == self._index and self.isEnabled():
                painter.fillRect(cell, QColor(theme.accent_surface))
            elif index == self._hover and self.isEnabled():
                painter.fillRect(cell, QColor(theme.hover))
        painter.restore()
        painter.setPen(QPen(QColor(theme.line), 1))
        for edge in edges[1:-1]:
            x = int(edge) + 0.5
            painter.drawLine(QPointF(x, 1), QPointF(x, self.height() - 1))
        painter.drawPath(shape)
        for index, (_key, label) in enumerate(self._options):
            chosen = index == self._index
            used = font(SECONDARY_PX, 600 if chosen else 400)
            painter.setFont(used)
            painter.setPen(QColor(theme.faint if not self.isEnabled() else theme.accent if chosen else theme.text))
            cell = QRectF(edges[index] + 3, 0, edges[index + 1] - edges[index] - 6, self.height())
            text = QFontMetricsF(used).elidedText(label, Qt.TextElideMode.ElideRight, cell.width())
            painter.drawText(cell, Qt.AlignmentFlag.AlignCenter, text)
        if self.ring_visible:
            draw_ring(painter, QRectF(self.rect()), RADIUS - 0.5, theme.accent)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Qt's hook."""
        if event.button() == Qt.MouseButton.LeftButton:
            index = self._index_at(event.position())
            if index >= 0:
                self._choose(index)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Qt's hook."""
        index = self._index_at(event.position())
        if index != self._hover:
            self._hover = index
            self.update()

    def leaveEvent(self, event: QEvent) -> None:
        """Qt's hook."""
        self._hover = -1
        self.update()
        super().leaveEvent(event)

    def event(self, event: QEvent) -> bool:
        """Shows the tooltip of the option that is pointed at."""
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip and self._tips:
            index = self._index_at(QPointF(event.pos()))
            tip = self._tips.get(self._options[index][0], "") if index >= 0 else ""
            QToolTip.showText(event.globalPos(), tip or self.toolTip(), self)
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Qt's hook."""
        last = len(self._options) - 1
        steps = {Qt.Key.Key_Left: -1, Qt.Key.Key_Up: -1, Qt.Key.Key_Right: 1, Qt.Key.Key_Down: 1}
        key = Qt.Key(event.key())
        if key in steps:
            target = self._index + steps[key]
            if 0 <= target <= last:
                self._choose(target)
            self._ring = True
            self.update()
        elif key in (Qt.Key.Key_Home, Qt.Key.Key_End):
            self._choose(0 if key == Qt.Key.Key_Home else last)
        else:
            super().keyPressEvent(event)
