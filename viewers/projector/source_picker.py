"""The field that says which embedding is shown, and opens a list of all of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from ...reader.api import EmbeddingKey, EmbeddingSeries
from ..widgets import ListPopover, current_theme, font, pixmap, plain_tooltip
from ..widgets.focus import KeyboardFocus, draw_ring

_HEIGHT = 30


class SourcePicker(KeyboardFocus, QAbstractButton):
    """``chosen`` carries the key of an embedding. ``label(run)`` is what the list of runs calls it."""

    chosen = Signal(object)

    def __init__(self, label: Callable[[str], str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._label = label
        self._series: tuple[EmbeddingSeries, ...] = ()
        self._text = "No embedding"
        self._shown: EmbeddingKey | None = None
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Embedding")
        self.clicked.connect(self.open_list)

    def set_series(self, series: Sequence[EmbeddingSeries]) -> None:
        """What there is to choose among."""
        self._series = tuple(series)

    def show_text(self, text: str, shown: EmbeddingKey | None = None) -> None:
        """What is shown now, and the key of it where it stands in the list."""
        self._text, self._shown = text, shown
        self.setToolTip(plain_tooltip(text))
        self.setAccessibleDescription(text)
        self.update()

    def name(self, series: EmbeddingSeries) -> str:
        """An embedding as people read it: its run and tag."""
        return f"{self._label(series.key.run)} · {series.key.tag}"

    def open_list(self) -> None:
        """Open the list of all embeddings, with a field to filter it."""
        rows = [(series.key, _described(self.name(series), series)) for series in self._series]
        popover = ListPopover(rows, self._shown, "Filter embeddings", self)
        popover.chosen.connect(self.chosen)
        popover.show_for(self)

    def sizeHint(self) -> QSize:
        return QSize(160, _HEIGHT)

    def minimumSizeHint(self) -> QSize:
        return QSize(80, _HEIGHT)

    def paintEvent(self, event: QPaintEvent) -> None:
        theme = current_theme()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(theme.line_strong if self.underMouse() else theme.line), 1))
        painter.setBrush(QColor(theme.field))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)
        used = font(12)
        painter.setFont(used)
        painter.setPen(QColor(theme.text))
        room = QRectF(10, 0, self.width() - 34, self.height())
        shown = QFontMetricsF(used).elidedText(
            " ".join(self._text.splitlines()), Qt.TextElideMode.ElideMiddle, room.width()
        )
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, shown)
        arrow = pixmap("chevron-down", theme.dim, 12, self.devicePixelRatioF())
        painter.drawPixmap(QPointF(self.width() - 20, (self.height() - 12) / 2), arrow)
        if self.ring_visible:
            draw_ring(painter, QRectF(self.rect()), 5.5, theme.accent)
        painter.end()


def _described(name: str, series: EmbeddingSeries) -> str:
    newest = series.newest
    parts = [" ".join(name.splitlines())]
    if newest.shape is not None:
        parts.append(f"{newest.shape[0]:,} × {newest.shape[1]:,}")
    if len(series.sources) > 1:
        parts.append(f"{len(series.sources):,} steps")
    if newest.missing:
        parts.append("not there")
    return "   ".join(parts)
