"""The docked read-out: names at the left, values at the right."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

from PySide6.QtCore import QEvent, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QHelpEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractScrollArea, QFrame, QSizePolicy, QToolTip, QWidget

from ..charts.style import axis_font
from ..theme import Theme

ROW = 23
_PIXELS = 12
_GAP = 10.0


class ValueTable(QAbstractScrollArea):
    """Rows of (name, value). A value that has no room is elided; the tooltip shows all of it."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._rows: Sequence[tuple[str, str]] = ()
        self._tips: Mapping[str, str] = {}
        self.setObjectName("readout")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.viewport().setAutoFillBackground(False)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAccessibleName("Values at the cursor")

    @property
    def rows(self) -> Sequence[tuple[str, str]]:
        """The rows as they stand."""
        return self._rows

    def set_theme(self, theme: Theme) -> None:
        """Draw in another theme."""
        self._theme = theme
        self.viewport().update()

    def set_rows(self, rows: Sequence[tuple[str, str]], tips: Mapping[str, str]) -> None:
        """Show other values; ``tips`` add words to the tooltips of some, by name."""
        self._tips = tips
        if rows != self._rows:
            self._rows = rows
            self.setAccessibleDescription(", ".join(f"{name} {value}" for name, value in rows))
            self._measure()
            self.viewport().update()

    def sizeHint(self) -> QSize:
        return QSize(220, ROW * max(len(self._rows), 1))

    def minimumSizeHint(self) -> QSize:
        return QSize(120, ROW * 3)

    def _measure(self) -> None:
        bar = self.verticalScrollBar()
        bar.setSingleStep(ROW)
        bar.setPageStep(self.viewport().height())
        bar.setRange(0, max(0, ROW * len(self._rows) - self.viewport().height()))

    def resizeEvent(self, event: QEvent) -> None:
        self._measure()

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        self.viewport().update()

    def viewportEvent(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            index = (event.pos().y() + self.verticalScrollBar().value()) // ROW
            QToolTip.showText(event.globalPos(), escape(self.tip(index)), self)
            return True
        return super().viewportEvent(event)

    def tip(self, index: int) -> str:
        """What the tooltip of a row says; empty where there is none."""
        if not 0 <= index < len(self._rows):
            return ""
        name, value = self._rows[index]
        told = self._tips.get(name, "")
        return f"{name}: {value}" + (f"\n{told}" if told else "")

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self.viewport())
        width, top = self.viewport().width() - 4.0, self.verticalScrollBar().value()
        plain, strong = axis_font(self.font(), _PIXELS), axis_font(self.font(), _PIXELS)
        names, values = QFontMetricsF(plain), QFontMetricsF(strong)
        middle = Qt.AlignmentFlag.AlignVCenter
        for index, (name, value) in enumerate(self._rows):
            box = QRectF(0, index * ROW - top, width, ROW)
            painter.setFont(plain)
            painter.setPen(QColor(self._theme.dim))
            painter.drawText(box, middle | Qt.AlignmentFlag.AlignLeft, name)
            room = width - names.horizontalAdvance(name) - _GAP
            painter.setFont(strong)
            painter.setPen(QColor(self._theme.text))
            shown = values.elidedText(value, Qt.TextElideMode.ElideMiddle, room)
            painter.drawText(box, middle | Qt.AlignmentFlag.AlignRight, shown)
        painter.end()
