"""The docked table of what all runs say: a row each, painted when it comes into view."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QHelpEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractScrollArea, QFrame, QSizePolicy, QToolTip, QWidget

from ..charts.style import AXIS_PIXELS, axis_font
from ..theme import Theme

#: Height of a row without smaller lines, and of each of those.
TOP, LINE = 26, 16
_HEAD = 22
_DOT = 4.5
_LEFT, _RIGHT = 20.0, 4.0


@dataclass(frozen=True, slots=True)
class RunRow:
    """What a run says. ``value`` stands beside its name; below are ``lines``: parts at the left, of which the last give
    way where there is little room, and a text at the right. ``tip`` is all of it as plain text."""

    run: str
    label: str
    value: str
    lines: tuple[tuple[tuple[str, ...], str], ...]
    tip: str


class RunTable(QAbstractScrollArea):
    """One row a run, its colour and name at the left.

    Any number of rows: they are painted, not built. ``hovered`` carries the run under the mouse or None.
    """

    hovered = Signal(object)

    def __init__(self, theme: Theme, color_of: Callable[[str], QColor], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme, self._color_of = theme, color_of
        self._rows: Sequence[Any] = ()
        self._describe: Callable[[Any], RunRow] = lambda row: row
        self._head, self._row = "", TOP + LINE
        self._lifted: str | None = None
        self._fonts: _Fonts | None = None
        self.setObjectName("readout")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.viewport().setMouseTracking(True)
        self.viewport().setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAccessibleName("Values at the cursor")

    @property
    def rows(self) -> Sequence[Any]:
        """The rows as they stand."""
        return self._rows

    def set_theme(self, theme: Theme) -> None:
        """Draw in another theme."""
        self._theme = theme
        self.viewport().update()

    def show_rows(self, rows: Sequence[Any], describe: Callable[[Any], RunRow], head: str, lines: int = 1) -> None:
        """Show other rows; ``describe`` is asked for those in view. ``head`` stands above the values, and each row has
        ``lines`` smaller ones."""
        self._rows, self._describe = rows, describe
        self._head, self._row = head, TOP + LINE * lines
        self._measure()
        self.viewport().update()

    def set_lifted(self, run: str | None) -> None:
        """Mark one run's row."""
        if run != self._lifted:
            self._lifted = run
            self.viewport().update()

    def sizeHint(self) -> QSize:
        return QSize(220, _HEAD + self._row * max(1, min(len(self._rows), 6)))

    def minimumSizeHint(self) -> QSize:
        return QSize(120, _HEAD + (TOP + LINE) * 2)

    def _measure(self) -> None:
        bar = self.verticalScrollBar()
        bar.setSingleStep(TOP + LINE)
        bar.setPageStep(self.viewport().height())
        bar.setRange(0, max(0, _HEAD + self._row * len(self._rows) - self.viewport().height()))

    def resizeEvent(self, event: QEvent) -> None:
        self._measure()

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        self.viewport().update()

    def _row_at(self, y: float) -> RunRow | None:
        index = int((y + self.verticalScrollBar().value() - _HEAD) // self._row)
        return self._describe(self._rows[index]) if 0 <= index < len(self._rows) and y >= _HEAD else None

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        row = self._row_at(event.position().y())
        self.hovered.emit(row.run if row is not None else None)

    def viewportEvent(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Leave:
            self.hovered.emit(None)
        elif event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            row = self._row_at(event.pos().y())
            QToolTip.showText(event.globalPos(), "" if row is None else _shown_plainly(row.tip), self)
            return True
        return super().viewportEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self.viewport())
        painter.fillRect(event.rect(), QColor(self._theme.panel))
        width, top = self.viewport().width(), self.verticalScrollBar().value()
        first = max((top - _HEAD) // self._row, 0)
        last = min((top + self.viewport().height() - _HEAD) // self._row + 1, len(self._rows))
        for index in range(first, last):
            self._paint_row(painter, self._describe(self._rows[index]), _HEAD + index * self._row - top, width)
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
        # Rows pass below it.
        painter.fillRect(QRectF(0, 0, width, _HEAD), QColor(self._theme.panel))
        painter.setFont(self._used_fonts().small.font)
        painter.setPen(QColor(self._theme.faint))
        box = QRectF(0, 0, width - _RIGHT, _HEAD - 4)
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.drawText(box, middle | Qt.AlignmentFlag.AlignLeft, "Run")
        painter.drawText(box, middle | Qt.AlignmentFlag.AlignRight, self._head)

    def _paint_row(self, painter: QPainter, row: RunRow, y: int, width: int) -> None:
        theme, fonts = self._theme, self._used_fonts()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        if row.run == self._lifted:
            painter.setBrush(QColor(theme.hover))
            painter.drawRoundedRect(QRectF(0, y, width, self._row - 2), 6, 6)
        painter.setBrush(self._color_of(row.run))
        painter.drawEllipse(QPointF(_DOT + 4, y + 13), _DOT, _DOT)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        right, small = width - _RIGHT, fonts.small
        end = self._right_text(painter, fonts.strong, theme.text, row.value, right, y + 13)
        self._left_text(painter, fonts.plain, theme.text, row.label, end, y + 13, middle=True)
        for number, (parts, text) in enumerate(row.lines):
            at = y + TOP + LINE * number + 3
            end = self._right_text(painter, small, theme.dim, text, right, at) if text else right
            kept = list(parts)
            while len(kept) > 1 and small.metrics.horizontalAdvance("  ·  ".join(kept)) > end - _LEFT - 8:
                kept.pop()
            self._left_text(painter, small, theme.faint, "  ·  ".join(kept), end, at, middle=False)

    def _right_text(self, painter: QPainter, face: _Face, color: str, text: str, right: float, middle: float) -> float:
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


def _shown_plainly(text: str) -> str:
    """Plain text as a tooltip takes it, line by line; empty for none."""
    return text and "<p style='white-space:pre'>" + escape(text) + "</p>"
