"""Shows what the colours mean: chips of values that can be clicked, or a ramp with two handles."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetricsF, QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from ..lod import ticks
from ..widgets import current_theme, font, plain_tooltip
from ..widgets.focus import KeyboardFocus, draw_ring
from .legend import CategoryLegend, Legend, LegendEntry, RampLegend

_ROW, _MOST_ROWS, _DOT = 22, 10, 4.0
_MOST_LETTERS = 400
_BAR, _HANDLE = 10, 6.0
_MISSING = 18


class LegendView(QWidget):
    """``toggled`` carries the group of a value that was clicked, ``ranged`` the two ends that were dragged."""

    toggled = Signal(int)
    ranged = Signal(float, float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        self._chips = _Chips()
        self._chips.toggled.connect(self.toggled)
        self._scroll = QScrollArea()
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setWidgetResizable(True)
        # The rows in it take the keys.
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setWidget(self._chips)
        self._chips.went.connect(lambda y: self._scroll.ensureVisible(0, y, 0, _ROW))
        self._scroll.viewport().setAutoFillBackground(False)
        self._chips.setAutoFillBackground(False)
        self._ramp = _Ramp()
        self._ramp.ranged.connect(self.ranged)
        column.addWidget(self._scroll)
        column.addWidget(self._ramp)
        self.show_legend(None)

    def show_legend(self, legend: Legend | None) -> None:
        """Show another legend; None for none."""
        chips = isinstance(legend, CategoryLegend)
        self._scroll.setVisible(chips)
        self._ramp.setVisible(isinstance(legend, RampLegend))
        self.setVisible(legend is not None)
        if isinstance(legend, CategoryLegend):
            self._chips.show_legend(legend)
            self._scroll.setFixedHeight(_ROW * min(len(legend.entries), _MOST_ROWS))
        elif isinstance(legend, RampLegend):
            self._ramp.show_legend(legend)


class _Chips(KeyboardFocus, QWidget):
    """Rows of dot, value and count; Up and Down go through them, Space shows the points of one alone."""

    toggled = Signal(int)
    #: Where the row stands that the keys went to.
    went = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self._legend: CategoryLegend | None = None
        self._hover = -1
        self._row = 0
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Legend")

    def show_legend(self, legend: CategoryLegend) -> None:
        """Show other values."""
        self._legend = legend
        self.setFixedHeight(_ROW * len(legend.entries))
        self._row = min(self._row, max(len(legend.entries) - 1, 0))
        self.update()

    def _entry(self, row: int) -> LegendEntry | None:
        entries = self._legend.entries if self._legend is not None else ()
        return entries[row] if 0 <= row < len(entries) else None

    def sizeHint(self) -> QSize:
        return QSize(120, _ROW * (len(self._legend.entries) if self._legend else 1))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        row = int(event.position().y()) // _ROW
        if row != self._hover:
            self._hover = row
            entry = self._entry(row)
            text = f"{entry.text[:_MOST_LETTERS]}\nA click shows these points alone" if entry else ""
            self.setToolTip(plain_tooltip(text))
            self.update()

    def leaveEvent(self, event: QEvent) -> None:
        self._hover = -1
        self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        entry = self._entry(int(event.position().y()) // _ROW)
        if entry is not None and event.button() == Qt.MouseButton.LeftButton:
            self.toggled.emit(entry.group)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}.get(Qt.Key(event.key()), 0)
        entry = self._entry(self._row)
        if step and self._legend is not None:
            self._row = min(max(self._row + step, 0), len(self._legend.entries) - 1)
            self.went.emit(round((self._row + 0.5) * _ROW))
            self.update()
        elif event.key() in (Qt.Key.Key_Space, Qt.Key.Key_Return) and entry is not None:
            self.toggled.emit(entry.group)
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        legend = self._legend
        if legend is None:
            return
        theme = current_theme()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        plain, figures = font(12), font(12, tabular=True)
        first, last = event.rect().top() // _ROW, event.rect().bottom() // _ROW
        for row in range(first, min(last + 1, len(legend.entries))):
            entry = legend.entries[row]
            rect = QRectF(0, row * _ROW, self.width(), _ROW)
            dim = bool(legend.isolated) and entry.group not in legend.isolated
            if row == self._hover:
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(QColor(theme.hover))
                painter.drawRoundedRect(rect.adjusted(0, 1, -4, -1), 5, 5)
            color = QColor(entry.color)
            color.setAlphaF(0.3 if dim else 1.0)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(color)
            painter.drawEllipse(QPointF(4 + _DOT, rect.center().y()), _DOT, _DOT)
            count = f"{entry.count:,}"
            painter.setFont(figures)
            painter.setPen(QColor(theme.dim))
            right = rect.adjusted(0, 0, -8, 0)
            painter.drawText(right, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, count)
            room = self.width() - 8 - QFontMetricsF(figures).horizontalAdvance(count) - 8 - 20
            painter.setFont(plain)
            painter.setPen(QColor(theme.dim if dim or entry.plain else theme.text))
            text = " ".join(entry.text[:_MOST_LETTERS].splitlines()) or "(empty)"
            shown = QFontMetricsF(plain).elidedText(text, Qt.TextElideMode.ElideRight, room)
            painter.drawText(
                QRectF(20, rect.top(), room, _ROW), Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, shown
            )
            if self.ring_visible and row == self._row:
                draw_ring(painter, rect.adjusted(0, 1, -4, -1), 5, theme.accent)
        painter.end()


class _Ramp(KeyboardFocus, QWidget):
    """A bar of colours over the range of the data, with handles where the colours begin and end."""

    ranged = Signal(float, float)

    def __init__(self) -> None:
        super().__init__()
        self._legend: RampLegend | None = None
        self._held = -1
        self.setFixedHeight(_BAR + 26)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.SizeHorCursor)
        self.setToolTip("Drag the ends to spread the colours over a part of the range; a double click: all of it")
        self.setAccessibleName("Range of the colours")

    def show_legend(self, legend: RampLegend) -> None:
        """Show another range."""
        self._legend = legend
        self.setFixedHeight(_BAR + 26 + (_MISSING if legend.missing else 0))
        said = f"{ticks.number(legend.low)} to {ticks.number(legend.high)}"
        self.setAccessibleDescription(f"{said}, {_without(legend)}" if legend.missing else said)
        self.update()

    def _track(self) -> QRectF:
        return QRectF(_HANDLE, 2, max(self.width() - 2 * _HANDLE, 1.0), _BAR)

    def _at(self, value: float) -> float:
        assert self._legend is not None
        track = self._track()
        return track.left() + track.width() * self._legend.share_of(value)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if self._legend is not None and event.button() == Qt.MouseButton.LeftButton:
            x = event.position().x()
            low, high = self._at(self._legend.low), self._at(self._legend.high)
            # Where both stand in one place the one is taken that can move to where the mouse is.
            self._held = 0 if abs(x - low) < abs(x - high) or (low == high and x < low) else 1
            self._drag(x)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._held >= 0:
            self._drag(event.position().x())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._held = -1

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if self._legend is not None:
            self.ranged.emit(self._legend.least, self._legend.most)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_Left: -0.02, Qt.Key.Key_Right: 0.02}.get(Qt.Key(event.key()))
        legend = self._legend
        if step is None or legend is None:
            super().keyPressEvent(event)
            return
        low, high = legend.low, legend.high
        if event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            low = legend.value_at(legend.share_of(low) + step)
        else:
            high = legend.value_at(legend.share_of(high) + step)
        if low <= high:
            self.ranged.emit(low, high)

    def _drag(self, x: float) -> None:
        legend, track = self._legend, self._track()
        if legend is None:
            return
        value = legend.value_at((x - track.left()) / track.width())
        low, high = (value, legend.high) if self._held == 0 else (legend.low, value)
        self.ranged.emit(min(low, high), max(low, high))

    def paintEvent(self, event: QPaintEvent) -> None:
        legend = self._legend
        if legend is None:
            return
        theme, track = current_theme(), self._track()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        low, high = self._at(legend.low), self._at(legend.high)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(*legend.stops[0].tolist()))
        painter.drawRoundedRect(
            QRectF(track.left() - _HANDLE / 2, track.top(), low - track.left() + _HANDLE, _BAR), 3, 3
        )
        painter.setBrush(QColor(*legend.stops[-1].tolist()))
        painter.drawRoundedRect(QRectF(high - _HANDLE / 2, track.top(), track.right() - high + _HANDLE, _BAR), 3, 3)
        stops = legend.stops
        image = QImage(stops.tobytes(), len(stops), 1, 3 * len(stops), QImage.Format.Format_RGB888)
        if high > low:
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.drawImage(QRectF(low, track.top(), high - low, _BAR), image)
        for x in (low, high):
            painter.setPen(QColor(theme.line_strong))
            painter.setBrush(QColor(theme.knob))
            painter.drawRoundedRect(QRectF(x - 3, track.top() - 2, 6, _BAR + 4), 3, 3)
        painter.setFont(font(11, tabular=True))
        painter.setPen(QColor(theme.dim))
        below = QRectF(0, track.bottom() + 5, self.width(), 16)
        left, right = legend.ends or (ticks.number(legend.low), ticks.number(legend.high))
        painter.drawText(below, Qt.AlignmentFlag.AlignLeft, left)
        painter.drawText(below, Qt.AlignmentFlag.AlignRight, right)
        if legend.missing:
            row = QRectF(0, below.bottom() + 2, self.width(), _MISSING - 2)
            painter.drawText(row.adjusted(14, 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, _without(legend))
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(legend.missing_color))
            painter.drawEllipse(QPointF(_DOT, row.center().y()), _DOT, _DOT)
        if self.ring_visible:
            draw_ring(painter, QRectF(0, -1, self.width(), _BAR + 9), 5, theme.accent)
        painter.end()


def _without(legend: RampLegend) -> str:
    """How many points have no place on the ramp."""
    return f"{legend.missing:,} without a number" if legend.ends is None else f"{legend.missing:,} without a place"
