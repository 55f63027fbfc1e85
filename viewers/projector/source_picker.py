"""The field that says which embedding is shown, and opens a list of all of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QListWidget, QListWidgetItem, QSizePolicy, QWidget

from ...reader.api import EmbeddingKey, EmbeddingSeries
from ..widgets import Popover, SearchField, current_theme, font, pixmap, plain_tooltip
from ..widgets.focus import KeyboardFocus, draw_ring

_HEIGHT, _ROW, _MOST_ROWS = 30, 26, 12
_KEY = Qt.ItemDataRole.UserRole


class SourcePicker(KeyboardFocus, QAbstractButton):
    """``chosen`` carries the key of an embedding. ``label(run)`` is what the list of runs calls it."""

    chosen = Signal(object)

    def __init__(self, label: Callable[[str], str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._label = label
        self._series: tuple[EmbeddingSeries, ...] = ()
        self._text = "No embedding"
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Embedding")
        self.clicked.connect(self.open_list)

    def set_series(self, series: Sequence[EmbeddingSeries]) -> None:
        """What there is to choose among."""
        self._series = tuple(series)

    def show_text(self, text: str) -> None:
        """What is shown now."""
        self._text = text
        self.setToolTip(plain_tooltip(text))
        self.setAccessibleDescription(text)
        self.update()

    def name(self, series: EmbeddingSeries) -> str:
        """An embedding as people read it: its run and tag."""
        return f"{self._label(series.key.run)} · {series.key.tag}"

    def open_list(self) -> None:
        """Open the list of all embeddings, with a field to filter it."""
        popover = Popover(self)
        popover.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        rows = QListWidget()
        rows.setObjectName("sourceList")
        rows.setFixedWidth(max(self.width() - 26, 300))
        rows.setUniformItemSizes(True)
        for series in self._series:
            item = QListWidgetItem(_described(self.name(series), series))
            item.setData(_KEY, series.key)
            item.setSizeHint(QSize(0, _ROW))
            rows.addItem(item)
        rows.setFixedHeight(_ROW * min(max(len(self._series), 1), _MOST_ROWS) + 4)

        def pick(item: QListWidgetItem) -> None:
            key: EmbeddingKey = item.data(_KEY)
            popover.close()
            self.chosen.emit(key)

        rows.itemClicked.connect(pick)
        rows.itemActivated.connect(pick)
        if len(self._series) > _MOST_ROWS:
            search = SearchField("Filter embeddings", regex=False)
            search.changed.connect(lambda text: _filter(rows, text))
            search.down_pressed.connect(rows.setFocus)
            popover.body().addWidget(search)
        popover.body().addWidget(rows)
        popover.show_below(self)
        rows.setFocus()
        rows.setCurrentRow(0)

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


def _filter(rows: QListWidget, text: str) -> None:
    wanted = text.casefold()
    for index in range(rows.count()):
        item = rows.item(index)
        item.setHidden(wanted not in item.text().casefold())
