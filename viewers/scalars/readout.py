"""The docked table of what all runs say at the cursor."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QHelpEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractScrollArea, QFrame, QSizePolicy, QToolTip, QWidget

from ..charts.style import AXIS_PIXELS, axis_font
from ..lod import ticks
from ..theme import Theme
from .values import Reading

ROW = 42
_HEAD = 22
_DOT = 4.5
_LEFT, _RIGHT = 20.0, 4.0


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
        self._fonts: _Fonts | None = None
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

    def changeEvent(self, event: QEvent) -> None:
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.ApplicationFontChange):
            self._fonts = None
        super().changeEvent(event)

    def _used_fonts(self) -> _Fonts:
        if self._fonts is None:
            self._fonts = _Fonts.of(self.font())
        return self._fonts

    def _paint_head(self, painter: QPainter, width: int) -> None:
        if not self._rows:
            return
        painter.fillRect(QRectF(0, 0, width, _HEAD), QColor(self._theme.panel))
        painter.setFont(self._used_fonts().small.font)
        painter.setPen(QColor(self._theme.faint))
        box = QRectF(0, 0, width - _RIGHT, _HEAD - 4)
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.drawText(box, middle | Qt.AlignmentFlag.AlignLeft, "Run")
        title = "Smoothed / value" if self._smoothed else "Value"
        painter.drawText(box, middle | Qt.AlignmentFlag.AlignRight, title)

    def _paint_row(self, painter: QPainter, row: Reading, y: int, width: int) -> None:
        """Above: run and the value on the line. Below: step, time since the start, clock, and the value as logged."""
        theme, fonts = self._theme, self._used_fonts()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        if row.run == self._lifted:
            painter.setBrush(QColor(theme.hover))
            painter.drawRoundedRect(QRectF(0, y, width, ROW - 2), 6, 6)
        painter.setBrush(self._color_of(row.run))
        painter.drawEllipse(QPointF(_DOT + 4, y + 13), _DOT, _DOT)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        right = width - _RIGHT
        end = self._right_text(painter, fonts.strong, theme.text, ticks.number(row.line), right, y + 13)
        self._left_text(painter, fonts.plain, theme.text, row.label, end, y + 13, middle=True)
        small = fonts.small
        end = right
        if row.smoothed is not None:
            end = self._right_text(painter, small, theme.dim, ticks.number(row.value), right, y + 29)
        parts = [ticks.step_label(row.step), ticks.stopwatch(row.relative), ticks.clock(row.wall)[11:]]
        while len(parts) > 1 and small.metrics.horizontalAdvance("  ·  ".join(parts)) > end - _LEFT - 8:
            parts.pop()
        self._left_text(painter, small, theme.faint, "  ·  ".join(parts), end, y + 29, middle=False)

    def _right_text(
        self, painter: QPainter, face: _Face, color: str, text: str, right: float, middle: float
    ) -> float:
        painter.setFont(face.font)
        painter.setPen(QColor(color))
        x = right - face.metrics.horizontalAdvance(text)
        painter.drawText(QPointF(x, middle + face.cap_height / 2), text)
        return x

    def _left_text(
        self, painter: QPainter, face: _Face, color: str, text: str, end: float, at: float, *, middle: bool
    ) -> None:
        painter.setFont(face.font)
        painter.setPen(QColor(color))
        mode = Qt.TextElideMode.ElideMiddle if middle else Qt.TextElideMode.ElideRight
        shown = face.metrics.elidedText(text, mode, max(end - _LEFT - 8, 20))
        painter.drawText(QPointF(_LEFT, at + face.cap_height / 2), shown)


@dataclass(frozen=True, slots=True)
class _Face:
    """A font and its measures."""

    font: QFont
    metrics: QFontMetricsF
    cap_height: float

    @staticmethod
    def of(base: QFont, pixels: int, weight: QFont.Weight = QFont.Weight.Normal) -> _Face:
        font = axis_font(base, pixels, weight)
        metrics = QFontMetricsF(font)
        return _Face(font, metrics, metrics.capHeight())


@dataclass(frozen=True, slots=True)
class _Fonts:
    """What the rows are written in."""

    plain: _Face
    strong: _Face
    small: _Face

    @staticmethod
    def of(base: QFont) -> _Fonts:
        return _Fonts(_Face.of(base, 12), _Face.of(base, 12, QFont.Weight.DemiBold), _Face.of(base, AXIS_PIXELS))


def described(row: Reading) -> str:
    """A row in full, as plain text: all figures, date and time."""
    lines = [row.label, f"Value {row.value!r}"]
    if row.smoothed is not None:
        lines.append(f"Smoothed {row.smoothed!r}")
    lines += [f"Step {row.step:,}", f"Since the start {ticks.duration(row.relative)}", ticks.clock(row.wall)]
    return "<p style='white-space:pre'>" + escape("\n".join(lines)) + "</p>"
