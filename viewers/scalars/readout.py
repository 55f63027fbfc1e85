"""The docked table of what all runs say at the cursor."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from html import escape

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QHelpEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractScrollArea, QFrame, QSizePolicy, QToolTip, QWidget

from ..charts.style import axis_font
from ..lod import ticks
from ..theme import Theme
from .values import Reading

ROW = 42
_HEAD = 22
_DOT = 4.5


class ReadOut(QAbstractScrollArea):
    """One row a run: its values in columns, and below them step, time since the start, and clock.

    Any number of rows: they are painted, not built. ``hovered`` carries the run under the mouse or None.
    """

    hovered = Signal(object)

    def __init__(self, theme: Theme, color_of: Callable[[str], QColor], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme, self._color_of = theme, color_of
        self._rows: Sequence[Reading] = ()
        self._lifted: str | None = None
        self._smoothed = False
        self.setObjectName("readout")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.viewport().setMouseTracking(True)
        self.viewport().setAutoFillBackground(False)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAccessibleName("Values at the cursor")

    @property
    def rows(self) -> Sequence[Reading]:
        """The rows as they stand."""
        return self._rows

    def set_theme(self, theme: Theme) -> None:
        """Draw in another theme."""
        self._theme = theme
        self.viewport().update()

    def set_rows(self, rows: Sequence[Reading], smoothed: bool) -> None:
        """Show other values; ``smoothed`` adds the column of smoothed values."""
        self._rows, self._smoothed = rows, smoothed
        self._measure()
        self.viewport().update()

    def set_lifted(self, run: str | None) -> None:
        """Mark one run's row."""
        if run != self._lifted:
            self._lifted = run
            self.viewport().update()

    def sizeHint(self) -> QSize:
        return QSize(220, _HEAD + ROW * max(1, min(len(self._rows), 6)))

    def minimumSizeHint(self) -> QSize:
        return QSize(120, _HEAD + ROW * 2)

    def _measure(self) -> None:
        bar = self.verticalScrollBar()
        bar.setSingleStep(ROW)
        bar.setPageStep(self.viewport().height())
        bar.setRange(0, max(0, _HEAD + ROW * len(self._rows) - self.viewport().height()))

    def resizeEvent(self, event: QEvent) -> None:
        self._measure()

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        self.viewport().update()

    def _row_at(self, y: float) -> Reading | None:
        index = int((y + self.verticalScrollBar().value() - _HEAD) // ROW)
        return self._rows[index] if 0 <= index < len(self._rows) and y >= _HEAD else None

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        row = self._row_at(event.position().y())
        self.hovered.emit(row.run if row is not None else None)

    def viewportEvent(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Leave:
            self.hovered.emit(None)
        elif event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            row = self._row_at(event.pos().y())
            QToolTip.showText(event.globalPos(), "" if row is None else described(row), self)
            return True
        return super().viewportEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self.viewport())
        width, top = self.viewport().width(), self.verticalScrollBar().value()
        first = max((top - _HEAD) // ROW, 0)
        last = min((top + self.viewport().height() - _HEAD) // ROW + 1, len(self._rows))
        for index in range(first, last):
            self._paint_row(painter, self._rows[index], _HEAD + index * ROW - top, width)
        self._paint_head(painter, width)
        painter.end()

    def _columns(self, width: float) -> tuple[float, float]:
        """Right edges of the smoothed and the value column."""
        return width - 74.0, width - 4.0

    def _paint_head(self, painter: QPainter, width: int) -> None:
        if not self._rows:
            return
        painter.fillRect(QRectF(0, 0, width, _HEAD), QColor(self._theme.panel))
        painter.setFont(axis_font(self.font()))
        painter.setPen(QColor(self._theme.faint))
        middle, right = self._columns(width)
        flags = Qt.AlignmentFlag.AlignVCenter
        painter.drawText(QRectF(0, 0, 80, _HEAD - 4), flags | Qt.AlignmentFlag.AlignLeft, "Run")
        if self._smoothed:
            painter.drawText(QRectF(middle - 80, 0, 80, _HEAD - 4), flags | Qt.AlignmentFlag.AlignRight, "Smoothed")
        painter.drawText(QRectF(right - 70, 0, 70, _HEAD - 4), flags | Qt.AlignmentFlag.AlignRight, "Value")

    def _paint_row(self, painter: QPainter, row: Reading, y: int, width: int) -> None:
        theme = self._theme
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        if row.run == self._lifted:
            painter.setBrush(QColor(theme.hover))
            painter.drawRoundedRect(QRectF(-4, y, width + 4, ROW - 2).adjusted(4, 0, 0, 0), 6, 6)
        painter.setBrush(self._color_of(row.run))
        painter.drawEllipse(QPointF(_DOT + 4, y + 13), _DOT, _DOT)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        middle, right = self._columns(width)
        figures = axis_font(self.font(), 12, QFont.Weight.Medium)
        metrics = QFontMetricsF(figures)
        painter.setFont(figures)
        baseline = y + 13 + metrics.capHeight() / 2
        painter.setPen(QColor(theme.text))
        value = ticks.number(row.value)
        painter.drawText(QPointF(right - metrics.horizontalAdvance(value), baseline), value)
        end = right - metrics.horizontalAdvance(value)
        if self._smoothed and row.smoothed is not None:
            painter.setPen(QColor(theme.dim))
            text = ticks.number(row.smoothed)
            end = middle - metrics.horizontalAdvance(text)
            painter.drawText(QPointF(end, baseline), text)
        name_font = QFont(self.font())
        name_font.setPixelSize(12)
        names = QFontMetricsF(name_font)
        painter.setFont(name_font)
        painter.setPen(QColor(theme.text))
        label = names.elidedText(row.label, Qt.TextElideMode.ElideMiddle, max(end - 20 - 8, 24))
        painter.drawText(QPointF(20, baseline), label)
        small = axis_font(self.font())
        painter.setFont(small)
        painter.setPen(QColor(theme.faint))
        parts = (ticks.step_label(row.step), ticks.duration(row.relative), ticks.clock(row.wall)[11:])
        lines = QFontMetricsF(small)
        text = lines.elidedText("  ·  ".join(parts), Qt.TextElideMode.ElideRight, width - 24.0)
        painter.drawText(QPointF(20, y + 29 + lines.capHeight() / 2), text)


def described(row: Reading) -> str:
    """A row in full, as plain text: all figures, date and time."""
    lines = [row.label, f"Value {row.value!r}"]
    if row.smoothed is not None:
        lines.append(f"Smoothed {row.smoothed!r}")
    lines += [f"Step {row.step:,}", f"Since the start {ticks.duration(row.relative)}", ticks.clock(row.wall)]
    return "<p style='white-space:pre'>" + escape("\n".join(lines)) + "</p>"
