"""The command palette: every command, pane, tag and run behind a few letters."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import (
    QAbstractListModel,
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QPointF,
    QRect,
    QSize,
    Qt,
)
from PySide6.QtGui import QColor, QFont, QFontMetrics, QKeyEvent, QPainter, QTextLayout
from PySide6.QtWidgets import (
    QFrame,
    QLabel,
    QLineEdit,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from ..viewers.pane import ThemeHolder
from . import fuzzy
from .actions import native_shortcut

WIDTH = 620
ROW = 34
ROWS = 11
MAX_TEXT = 400

Index = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the palette: what it says, of which kind it is, its key if it has one, and what it does."""

    text: str
    kind: str
    run: Callable[[], None]
    shortcut: str = ""


class Palette(QFrame):
    """Lies over the window. Typing searches, Up and Down choose, Enter does it, Escape closes."""

    def __init__(self, theme: ThemeHolder, window: QWidget) -> None:
        super().__init__(window)
        self._host = window
        self.setObjectName("palette")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._model = _Model(self)
        self.field = QLineEdit()
        self.field.setObjectName("paletteField")
        self.field.setPlaceholderText("Find a command, a pane, a tag or a run")
        self.field.setMaxLength(MAX_TEXT)
        self.field.textChanged.connect(self._search)
        self.field.installEventFilter(self)
        self.list = QListView()
        self.list.setObjectName("paletteList")
        self.list.setModel(self._model)
        self.list.setItemDelegate(_Delegate(theme, self))
        self.list.setUniformItemSizes(True)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setMouseTracking(True)
        self.list.entered.connect(self.list.setCurrentIndex)
        self.list.clicked.connect(lambda _index: self._choose())
        self._nothing = QLabel("Nothing matches")
        self._nothing.setObjectName("paletteNothing")
        self._nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        column = QVBoxLayout(self)
        column.setContentsMargins(1, 1, 1, 7)
        column.setSpacing(6)
        column.addWidget(self.field)
        column.addWidget(self.list)
        column.addWidget(self._nothing)
        self._before: QWidget | None = None
        self.hide()

    def open(self, entries: Sequence[Entry]) -> None:
        """Show the palette over the window with these entries."""
        window = self._host
        self._before = window.focusWidget()
        self._model.set_entries(entries)
        self.field.clear()
        self._search("")
        self.show()
        self.raise_()
        self.field.setFocus(Qt.FocusReason.ShortcutFocusReason)
        window.installEventFilter(self)

    def close_palette(self) -> None:
        """Hide, and give the keyboard back to where it was."""
        if not self.isVisible():
            return
        self._host.removeEventFilter(self)
        self.hide()
        self._model.set_entries(())
        if self._before is not None:
            self._before.setFocus()
            self._before = None

    def shown(self) -> list[Entry]:
        """The entries that match, best first."""
        return self._model.shown()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        kind = event.type()
        if watched is self.field:
            if kind == QEvent.Type.KeyPress:
                assert isinstance(event, QKeyEvent)
                return self._key(event)
            focus = self.window().focusWidget()
            if kind == QEvent.Type.FocusOut and self.isVisible() and (focus is None or not self.isAncestorOf(focus)):
                self.close_palette()
        elif kind == QEvent.Type.Resize:
            self._place()
        return False

    def _key(self, event: QKeyEvent) -> bool:
        moves = {
            Qt.Key.Key_Down: 1,
            Qt.Key.Key_Up: -1,
            Qt.Key.Key_Tab: 1,
            Qt.Key.Key_Backtab: -1,
            Qt.Key.Key_PageDown: ROWS,
            Qt.Key.Key_PageUp: -ROWS,
        }
        key = Qt.Key(event.key())
        if key in moves:
            self._move(moves[key], wrap=abs(moves[key]) == 1)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._choose()
        elif key == Qt.Key.Key_Escape:
            self.close_palette()
        else:
            return False
        return True

    def _move(self, by: int, wrap: bool) -> None:
        rows = self._model.rowCount()
        if rows:
            at = self.list.currentIndex().row() + by
            self._select(at % rows if wrap else min(max(at, 0), rows - 1))

    def _select(self, row: int) -> None:
        index = self._model.index(row, 0)
        self.list.setCurrentIndex(index)
        self.list.scrollTo(index)

    def _choose(self) -> None:
        entry = self._model.entry(self.list.currentIndex().row())
        self.close_palette()
        if entry is not None:
            entry.run()

    def _search(self, query: str) -> None:
        self._model.search(query)
        found = self._model.rowCount() > 0
        self.list.setVisible(found)
        self._nothing.setVisible(not found)
        if found:
            self._select(0)
        self._place()

    def _place(self) -> None:
        window = self._host
        rows = min(ROWS, max(1, self._model.rowCount()))
        self.list.setFixedHeight(rows * ROW)
        self._nothing.setFixedHeight(ROW)
        width = min(WIDTH, window.width() - 40)
        self.setFixedWidth(width)
        self.adjustSize()
        self.move((window.width() - width) // 2, min(96, max(20, window.height() // 9)))


class _Model(QAbstractListModel):
    """The entries that match the query, with the letters that matched."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._entries: tuple[Entry, ...] = ()
        self._texts: list[str] = []
        self._found: list[tuple[int, tuple[int, ...]]] = []

    def set_entries(self, entries: Sequence[Entry]) -> None:
        self.beginResetModel()
        self._entries = tuple(entries)
        self._texts = [entry.text[:MAX_TEXT] for entry in self._entries]
        self._found = []
        self.endResetModel()

    def search(self, query: str) -> None:
        self.beginResetModel()
        self._found = fuzzy.rank(query, self._texts)
        self.endResetModel()

    def shown(self) -> list[Entry]:
        return [self._entries[index] for index, _places in self._found]

    def entry(self, row: int) -> Entry | None:
        return self._entries[self._found[row][0]] if 0 <= row < len(self._found) else None

    def places(self, row: int) -> tuple[int, ...]:
        return self._found[row][1]

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._found)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        entry = self.entry(index.row())
        if entry is not None and role == Qt.ItemDataRole.DisplayRole:
            return entry.text[:MAX_TEXT]
        return None


class _Delegate(QStyledItemDelegate):
    """Paints a line: the text with its matched letters marked, then key and kind at the right. Always plain text."""

    def __init__(self, theme: ThemeHolder, parent: QObject) -> None:
        super().__init__(parent)
        self._theme = theme

    def sizeHint(self, _option: QStyleOptionViewItem, _index: Index) -> QSize:
        return QSize(200, ROW)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        model = index.model()
        assert isinstance(model, _Model)
        entry = model.entry(index.row())
        if entry is None:
            return
        theme = self._theme.theme
        rect: QRect = option.rect.adjusted(6, 1, -6, -1)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if option.state & QStyle.StateFlag.State_Selected:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(theme.selected))
            painter.drawRoundedRect(rect, 6, 6)
        font = QFont(option.font)
        font.setPixelSize(13)
        small = QFont(option.font)
        small.setPixelSize(11)
        right = rect.right() - 10
        for text, token in ((entry.kind, "faint"), (native_shortcut(entry.shortcut), "dim")):
            if text:
                painter.setFont(small)
                painter.setPen(QColor(getattr(theme, token)))
                width = QFontMetrics(small).horizontalAdvance(text)
                painter.drawText(
                    QRect(right - width, rect.top(), width, rect.height()), Qt.AlignmentFlag.AlignVCenter, text
                )
                right -= width + 16
        room = right - rect.left() - 10
        text = QFontMetrics(font).elidedText(entry.text[:MAX_TEXT], Qt.TextElideMode.ElideRight, room)
        self._text(painter, font, text, model.places(index.row()), rect)
        painter.restore()

    def _text(self, painter: QPainter, font: QFont, text: str, places: tuple[int, ...], rect: QRect) -> None:
        theme = self._theme.theme
        layout = QTextLayout(text.replace("\n", " "), font)
        marks = []
        for place in places:
            if place < len(text):
                mark = QTextLayout.FormatRange()
                mark.start, mark.length = place, 1
                mark.format.setForeground(QColor(theme.accent))
                marks.append(mark)
        layout.setFormats(marks)
        layout.beginLayout()
        line = layout.createLine()
        layout.endLayout()
        painter.setPen(QColor(theme.text))
        top = rect.top() + (rect.height() - line.height()) / 2
        layout.draw(painter, QPointF(rect.left() + 10, top))
