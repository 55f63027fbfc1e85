"""A list to choose from in a small window, with a field to filter it where it is long."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPoint, QSize, Qt, Signal
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QWidget

from .popover import Popover
from .search_field import SearchField

_ROW, _MOST_ROWS, _WIDEST = 26, 12, 460
#: Beside the text of a row, and of the list.
_BESIDE, _AROUND = 34, 26
_KEY = Qt.ItemDataRole.UserRole


class ListPopover(Popover):
    """``chosen`` carries the key of the row that was chosen; the window closes then and is gone."""

    chosen = Signal(object)

    def __init__(
        self, rows: Sequence[tuple[object, str]], current: object, filter_text: str, parent: QWidget | None = None
    ) -> None:
        """``rows`` are (key, text) pairs, of which the one of the key ``current`` is marked; ``filter_text`` stands in
        the empty field.
        """
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.list = QListWidget()
        self.list.setUniformItemSizes(True)
        # Names of one kind differ at their ends.
        self.list.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        for key, text in rows:
            item = QListWidgetItem(text)
            item.setData(_KEY, key)
            item.setSizeHint(QSize(0, _ROW))
            self.list.addItem(item)
            if key == current:
                self.list.setCurrentItem(item)
        self.list.setFixedHeight(_ROW * min(max(len(rows), 1), _MOST_ROWS) + 4)
        self.list.itemClicked.connect(self._pick)
        self.list.itemActivated.connect(self._pick)
        self.search: SearchField | None = None
        if len(rows) > _MOST_ROWS:
            self.search = SearchField(filter_text, regex=False)
            self.search.changed.connect(self._filter)
            self.search.down_pressed.connect(self.list.setFocus)
            self.search.line_edit().returnPressed.connect(self._pick_current)
            self.body().addWidget(self.search)
        self.body().addWidget(self.list)

    def show_for(self, button: QWidget) -> None:
        """Show below a control, or above it where the screen ends, as wide as the rows need and their ends in line."""
        metrics = self.list.fontMetrics()
        widest = max(
            (metrics.horizontalAdvance(self.list.item(row).text()[:200]) for row in range(self.list.count())), default=0
        )
        self.list.setFixedWidth(min(max(widest + _BESIDE, button.width() - _AROUND, 180), _WIDEST))
        self.adjustSize()
        room = button.screen().availableGeometry()
        left = min(0, button.width() - self.width())
        at = button.mapToGlobal(QPoint(left, button.height() + 4))
        if at.y() + self.height() > room.bottom():
            at = button.mapToGlobal(QPoint(left, -self.height() - 4))
        self.show_at(at)
        if self.list.currentRow() < 0:
            self.list.setCurrentRow(0)
        if self.list.count():
            self.list.scrollToItem(self.list.currentItem(), QListWidget.ScrollHint.PositionAtCenter)
        (self.list if self.search is None else self.search).setFocus()

    def _filter(self, text: str) -> None:
        words = text.casefold().split()
        first = -1
        for row in range(self.list.count()):
            item = self.list.item(row)
            shown = item.text().casefold()
            item.setHidden(not all(word in shown for word in words))
            if first < 0 and not item.isHidden():
                first = row
        current = self.list.currentItem()
        if current is None or current.isHidden():
            # Enter must choose nothing that is not seen.
            self.list.setCurrentRow(first)

    def _pick_current(self) -> None:
        item = self.list.currentItem()
        if item is not None and not item.isHidden():
            self._pick(item)

    def _pick(self, item: QListWidgetItem) -> None:
        key = item.data(_KEY)
        self.close()
        self.chosen.emit(key)
