"""A thin slider with its value at the right, which can be typed."""

from __future__ import annotations

import math

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetricsF, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QWheelEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QSizePolicy, QVBoxLayout, QWidget

from .focus import KeyboardFocus
from .labels import TextLabel
from .state import set_state
from .theming import SECONDARY_PX, current_theme, font

_TRACK = 4.0
_KNOB = 7.0
_PAGE = 10


class SliderTrack(KeyboardFocus, QWidget):
    """The groove and its handle; positions are shares from 0 to 1.

    Arrows move by one step, Page Up and Down by ten, Home and End to the ends; a double click asks for the default.
    """

    moved = Signal(float)
    stepped = Signal(int)
    reset = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._share = 0.0
        self._dragging = False
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def set_share(self, share: float) -> None:
        """Put the handle at ``share``."""
        if share != self._share:
            self._share = share
            self.update()

    def sizeHint(self) -> QSize:
        """As wide as there is room."""
        return QSize(120, 20)

    def minimumSizeHint(self) -> QSize:
        """Short, yet usable."""
        return QSize(48, 20)

    def _span(self) -> tuple[float, float]:
        return _KNOB + 1, max(_KNOB + 2, self.width() - _KNOB - 1)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Qt's hook."""
        theme = current_theme()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        low, high = self._span()
        middle = self.height() / 2
        x = low + (high - low) * self._share
        accent = QColor(theme.accent if self.isEnabled() else theme.faint)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(theme.line_strong))
        painter.drawRoundedRect(QRectF(0, middle - _TRACK / 2, self.width(), _TRACK), _TRACK / 2, _TRACK / 2)
        painter.setBrush(accent)
        painter.drawRoundedRect(QRectF(0, middle - _TRACK / 2, x, _TRACK), _TRACK / 2, _TRACK / 2)
        if self.ring_visible:
            painter.setPen(QPen(accent, 2))
            painter.setBrush(QColor(theme.panel))
            painter.drawEllipse(QPointF(x, middle), _KNOB + 2, _KNOB + 2)
            painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(accent)
        painter.drawEllipse(QPointF(x, middle), _KNOB, _KNOB)
        painter.setBrush(QColor(theme.knob))
        painter.drawEllipse(QPointF(x, middle), _KNOB - 3, _KNOB - 3)

    def _move_to(self, x: float) -> None:
        low, high = self._span()
        self.moved.emit(min(1.0, max(0.0, (x - low) / (high - low))))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Qt's hook."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._dragging = True
            self._move_to(event.position().x())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Qt's hook."""
        if self._dragging:
            self._move_to(event.position().x())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Qt's hook."""
        self._dragging = False

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Qt's hook."""
        self.reset.emit()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Only with the focus, so that scrolling a panel over a slider changes nothing."""
        if not self.hasFocus():
            event.ignore()
            return
        delta = event.angleDelta().y() or event.angleDelta().x()
        if delta:
            self.stepped.emit(1 if delta > 0 else -1)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Qt's hook."""
        steps = {
            Qt.Key.Key_Left: -1,
            Qt.Key.Key_Down: -1,
            Qt.Key.Key_Right: 1,
            Qt.Key.Key_Up: 1,
            Qt.Key.Key_PageDown: -_PAGE,
            Qt.Key.Key_PageUp: _PAGE,
        }
        key = Qt.Key(event.key())
        super().keyPressEvent(event)
        if key in steps:
            self.stepped.emit(steps[key])
        elif key == Qt.Key.Key_Home:
            self.moved.emit(0.0)
        elif key == Qt.Key.Key_End:
            self.moved.emit(1.0)
        else:
            return
        event.accept()


class ValueField(QLineEdit):
    """The typed value: looks like a label until it is pointed at or has the focus."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape takes back what was typed."""
        if event.key() == Qt.Key.Key_Escape and self.isModified():
            self.undo()
            self.setModified(False)
            self.clearFocus()
            return
        super().keyPressEvent(event)


class ValueSlider(QWidget):
    """A number between ``minimum`` and ``maximum`` in steps of ``step``, shown with ``decimals`` and ``suffix``.

    With ``text`` the name stands above the track and the value at its right, else the value stands beside the track.
    ``changed(float)`` fires for every new value. A double click on the track goes back to the value given at first (or
    by :meth:`set_default`).
    """

    changed = Signal(float)

    def __init__(
        self,
        minimum: float,
        maximum: float,
        step: float,
        value: float,
        decimals: int = 2,
        *,
        text: str = "",
        suffix: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        if not (minimum < maximum and step > 0):
            raise ValueError("a slider needs minimum < maximum and a positive step")
        self._minimum, self._maximum, self._step = float(minimum), float(maximum), float(step)
        self._decimals, self._suffix = decimals, suffix
        self._value = self._default = self._fit(value)
        self._track = SliderTrack()
        self._field = ValueField()
        self._field.setProperty("role", "value")
        # The line edit's own inset would keep the figures off the right edge that everything else is flush with.
        self._field.setTextMargins(0, 0, -4, 0)
        self._field.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        used = font(SECONDARY_PX, 600, tabular=True)
        self._field.setFont(used)
        widest = max(QFontMetricsF(used).horizontalAdvance(self._text(end)) for end in (minimum, maximum))
        self._field.setFixedWidth(math.ceil(widest) + 14)
        if text:
            self.setAccessibleName(text)
            top = QHBoxLayout()
            top.setSpacing(8)
            top.addWidget(TextLabel(text, "dim"), 1)
            top.addWidget(self._field)
            column = QVBoxLayout(self)
            column.setContentsMargins(0, 0, 0, 0)
            column.setSpacing(0)
            column.addLayout(top)
            column.addWidget(self._track)
        else:
            row = QHBoxLayout(self)
            row.setContentsMargins(0, 0, 0, 0)
            row.setSpacing(8)
            row.addWidget(self._track, 1)
            row.addWidget(self._field)
        self._track.moved.connect(lambda share: self._set(self._minimum + share * (self._maximum - self._minimum)))
        self._track.stepped.connect(lambda count: self._set(self._value + count * self._step))
        self._track.reset.connect(lambda: self._set(self._default))
        self._field.editingFinished.connect(self._typed)
        self._field.textEdited.connect(lambda: set_state(self._field, "invalid", False))
        self.setFocusProxy(self._track)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._show()

    @property
    def value(self) -> float:
        """The number."""
        return self._value

    def set_value(self, value: float) -> None:
        """Show another number, brought into range and onto a step; no signal."""
        self._value = self._fit(value)
        self._show()

    def set_default(self, value: float) -> None:
        """The number that a double click goes back to."""
        self._default = self._fit(value)

    def set_range(self, minimum: float, maximum: float) -> None:
        """Other ends; the value is brought in between without a signal."""
        if not minimum < maximum:
            raise ValueError("a slider needs minimum < maximum")
        self._minimum, self._maximum = float(minimum), float(maximum)
        widest = max(self._field.fontMetrics().horizontalAdvance(self._text(end)) for end in (minimum, maximum))
        self._field.setFixedWidth(widest + 14)
        self.set_value(self._value)

    def setAccessibleName(self, name: str) -> None:
        """The name goes to the parts that have the focus."""
        super().setAccessibleName(name)
        self._track.setAccessibleName(name)
        self._field.setAccessibleName(f"{name}, value")

    def _fit(self, value: float) -> float:
        bounded = min(self._maximum, max(self._minimum, float(value)))
        stepped = self._minimum + round((bounded - self._minimum) / self._step) * self._step
        return round(min(self._maximum, stepped), 12)

    def _text(self, value: float) -> str:
        return f"{value:,.{self._decimals}f}{self._suffix}"

    def _show(self) -> None:
        self._track.set_share((self._value - self._minimum) / (self._maximum - self._minimum))
        self._track.setAccessibleDescription(self._text(self._value))
        self._field.setText(self._text(self._value))
        self._field.setModified(False)

    def _set(self, value: float) -> None:
        fitted = self._fit(value)
        if fitted != self._value:
            self._value = fitted
            self._show()
            self.changed.emit(fitted)

    def _typed(self) -> None:
        if not self._field.isModified():
            return
        text = self._field.text().removesuffix(self._suffix).strip().rstrip("%").replace(",", "")
        try:
            value = float(text)
        except ValueError:
            value = math.nan
        if math.isnan(value):
            set_state(self._field, "invalid", False)
        else:
            self._set(value)
        self._show()
