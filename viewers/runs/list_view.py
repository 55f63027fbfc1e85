"""The list of runs: mouse and keyboard of a desktop list over the run model."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import (
    QEvent,
    QItemSelection,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QPointF,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import QContextMenuEvent, QFocusEvent, QGuiApplication, QKeyEvent, QKeySequence, QMouseEvent
from PySide6.QtWidgets import QAbstractItemView, QListView, QWidget

from ..widgets.theming import is_theme_change
from .list_model import RunListModel
from .row_paint import ROW_HEIGHT, RunRowDelegate
from .rows import Row

_PAINT_AGAIN_MS = 8
_Index = QModelIndex | QPersistentModelIndex


class RunListView(QListView):
    """Arrows move, Shift and Ctrl+A select, Space ticks, Enter isolates, F2 renames, Left and Right fold.

    ``menu_wanted(global position)`` asks for the context menu of the selected rows.
    """

    menu_wanted = Signal(QPoint)

    def __init__(self, rows: RunListModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows_model = rows
        self._delegate = RunRowDelegate(self)
        self._paint_to: bool | None = None
        self._kept: tuple[set[str], str | None] | None = None
        self._anchor: tuple[str, int] | None = None
        self.setModel(rows)
        self.setItemDelegate(self._delegate)
        self.setUniformItemSizes(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTextElideMode(Qt.TextElideMode.ElideNone)
        self.setMouseTracking(True)
        self.setAccessibleName("Runs")
        self.verticalScrollBar().setSingleStep(ROW_HEIGHT)
        self._paint_again = QTimer(self)
        self._paint_again.setSingleShot(True)
        self._paint_again.setInterval(_PAINT_AGAIN_MS)
        self._paint_again.timeout.connect(self.viewport().update)
        self._delegate.late.connect(self._paint_again.start)
        rows.modelAboutToBeReset.connect(self._keep)
        rows.modelReset.connect(self._give_back)
        rows.rowsAboutToBeInserted.connect(self._remember_top)
        rows.rowsAboutToBeRemoved.connect(self._remember_top)
        rows.rowsInserted.connect(self._restore_top)
        rows.rowsRemoved.connect(self._restore_top)
        rows.runs.hover_changed.connect(self.viewport().update)

    # What the user has marked

    def selected_rows(self) -> list[Row]:
        """The selected rows from top to bottom; the current one if none is selected."""
        numbers = sorted({index.row() for index in self.selectionModel().selectedRows()})
        if not numbers and self.currentIndex().isValid():
            numbers = [self.currentIndex().row()]
        return [self._rows_model.row(number) for number in numbers]

    def selected_runs(self) -> list[str]:
        """The runs that the selected rows stand for, in display order, each once."""
        return list(dict.fromkeys(run for row in self.selected_rows() for run in row.runs))

    def toggle_selected(self) -> None:
        """Show the selected runs, or hide them if all of them are shown."""
        runs = self.selected_runs()
        model = self._rows_model.runs
        model.set_visible(runs, not all(map(model.is_visible, runs)))

    def isolate_selected(self) -> None:
        """Show the selected runs alone; once more brings back what was shown before."""
        runs = self.selected_runs()
        if runs:
            self._rows_model.runs.isolate(runs)

    def rename_selected(self) -> None:
        """Edit the name of the current run in its place."""
        index = self.currentIndex()
        if index.isValid() and self._rows_model.row(index).run is not None:
            self.edit(index)

    def copy_selected(self, text: Callable[[str], str] = str) -> None:
        """Put ``text(run)`` of the selected runs on the clipboard, one a line."""
        runs = self.selected_runs()
        if runs:
            QGuiApplication.clipboard().setText("\n".join(map(text, runs)))

    # The keyboard

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Qt's hook."""
        self._show_ring(True)
        key = event.key()
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy_selected()
        elif key == Qt.Key.Key_Space:
            self.toggle_selected()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.isolate_selected()
        elif key == Qt.Key.Key_F2:
            self.rename_selected()
        elif key in (Qt.Key.Key_Left, Qt.Key.Key_Right) and not event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self._fold_by_key(key == Qt.Key.Key_Left)
        elif key == Qt.Key.Key_Escape and self.selectionModel().hasSelection():
            self.clearSelection()
        else:
            super().keyPressEvent(event)

    def _fold_by_key(self, left: bool) -> None:
        index = self.currentIndex()
        if not index.isValid():
            return
        row = self._rows_model.row(index)
        if row.run is None and row.folded != left:
            self._rows_model.fold(row.key, left)
            return
        number = index.row()
        if left:
            while number > 0 and self._rows_model.row(number).depth >= row.depth:
                number -= 1
            if self._rows_model.row(number).depth < row.depth:
                self.setCurrentIndex(self._rows_model.index(number))
        elif row.run is None and number + 1 < len(self._rows_model.rows()):
            self.setCurrentIndex(self._rows_model.index(number + 1))

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Qt's hook: the first row becomes the current one, so that arrows work at once."""
        super().focusInEvent(event)
        if event.reason() not in (Qt.FocusReason.MouseFocusReason, Qt.FocusReason.ActiveWindowFocusReason):
            self._show_ring(True)
            if not self.currentIndex().isValid() and self._rows_model.rows():
                flags = QItemSelectionModel.SelectionFlag.NoUpdate
                self.selectionModel().setCurrentIndex(self._rows_model.index(0), flags)

    def _show_ring(self, shown: bool) -> None:
        if self._delegate.keyboard_ring != shown:
            self._delegate.keyboard_ring = shown
            self.viewport().update()

    # The mouse

    def _part_at(self, position: QPointF) -> tuple[QModelIndex, str]:
        """The row under the mouse, and which of its parts: "box", "chevron", "text" or ""."""
        index = self.indexAt(position.toPoint())
        if not index.isValid():
            return index, ""
        row = self._rows_model.row(index)
        shape = self._delegate.shape(self._rows_model, row, self.visualRect(index))
        if shape.box.adjusted(-4, -6, 4, 6).contains(position):
            return index, "box"
        if row.run is None and shape.chevron.adjusted(-4, 0, 0, 0).contains(position):
            return index, "chevron"
        return index, "text"

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Qt's hook: the box ticks, the chevron folds, the rest selects."""
        self._show_ring(False)
        if event.button() == Qt.MouseButton.LeftButton:
            index, part = self._part_at(event.position())
            if part == "chevron":
                row = self._rows_model.row(index)
                self._rows_model.fold(row.key, not row.folded)
                return
            if part == "box":
                self._press_box(index)
                return
            if not part:
                self.clearSelection()
        super().mousePressEvent(event)

    def _press_box(self, index: QModelIndex) -> None:
        """Tick or untick the row, or all selected rows if it is one of several."""
        row = self._rows_model.row(index)
        shown = self._rows_model.check_state(row) is not Qt.CheckState.Checked
        chosen = self.selectionModel().selectedRows()
        many = len(chosen) > 1 and self.selectionModel().isSelected(index)
        self._rows_model.runs.set_visible(self.selected_runs() if many else row.runs, shown)
        self._paint_to = None if many else shown
        self.setFocus(Qt.FocusReason.MouseFocusReason)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Qt's hook: dragging over boxes gives them all the state of the first."""
        index, part = self._part_at(event.position())
        if self._paint_to is not None and event.buttons() & Qt.MouseButton.LeftButton:
            if index.isValid():
                self._rows_model.runs.set_visible(self._rows_model.row(index).runs, self._paint_to)
            return
        self._hover(index)
        self.viewport().setCursor(
            Qt.CursorShape.PointingHandCursor if part in ("box", "chevron") else Qt.CursorShape.ArrowCursor
        )
        super().mouseMoveEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Qt's hook."""
        if self._paint_to is not None:
            self._paint_to = None
            return
        super().mouseReleaseEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Qt's hook: isolates the run; folds or opens a folder."""
        index, part = self._part_at(event.position())
        if event.button() != Qt.MouseButton.LeftButton or not index.isValid():
            return
        row = self._rows_model.row(index)
        if part == "box":
            self._press_box(index)
            self._paint_to = None
        elif row.run is None:
            self._rows_model.fold(row.key, not row.folded)
        else:
            self._rows_model.runs.isolate(row.runs)

    def _hover(self, index: _Index) -> None:
        number = index.row() if index.isValid() else -1
        if number != self._delegate.hovered_row:
            self._delegate.hovered_row = number
            self.viewport().update()
        run = self._rows_model.row(number).run if number >= 0 else None
        self._rows_model.runs.hover(run)

    def viewportEvent(self, event: QEvent) -> bool:
        """Qt's hook: leaving the list lifts nothing any more; a paint event may need another behind it."""
        if event.type() == QEvent.Type.Leave:
            self._hover(QModelIndex())
        elif event.type() == QEvent.Type.Paint:
            self._delegate.begin()
        return super().viewportEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Qt's hook."""
        if event.reason() == QContextMenuEvent.Reason.Keyboard:
            rect = self.visualRect(self.currentIndex())
            position = self.viewport().mapToGlobal(QPoint(rect.left() + 48, rect.bottom()))
        else:
            index = self.indexAt(event.pos())
            if not index.isValid():
                self.clearSelection()
            position = event.globalPos()
        self.menu_wanted.emit(position)

    def changeEvent(self, event: QEvent) -> None:
        """Takes the colours of another theme."""
        if is_theme_change(event):
            self._delegate.forget_looks()
            self.viewport().update()
        super().changeEvent(event)

    # Keeping selection and place while rows come and go

    def _keep(self) -> None:
        rows = self._rows_model.rows()
        chosen = {rows[index.row()].key for index in self.selectionModel().selectedRows()}
        current = self.currentIndex()
        self._kept = (chosen, rows[current.row()].key if current.isValid() else None)
        self._remember_top()

    def _give_back(self) -> None:
        if self._kept is None:
            return
        (chosen, current), self._kept = self._kept, None
        self._delegate.hovered_row = -1
        model = self._rows_model
        selection = QItemSelection()
        start = -1
        rows = model.rows()
        for number in range(len(rows) + 1):
            picked = number < len(rows) and rows[number].key in chosen
            if picked and start < 0:
                start = number
            elif not picked and start >= 0:
                selection.select(model.index(start), model.index(number - 1))
                start = -1
        place = model.row_of(current) if current is not None else -1
        if place >= 0:
            self.selectionModel().setCurrentIndex(model.index(place), QItemSelectionModel.SelectionFlag.NoUpdate)
        self.selectionModel().select(selection, QItemSelectionModel.SelectionFlag.ClearAndSelect)
        self._restore_top()

    def _remember_top(self) -> None:
        """Note the first row in sight, once until it was restored."""
        if self._anchor is not None:
            return
        index = self.indexAt(QPoint(2, 2))
        if index.isValid() and self.verticalScrollBar().value() > 0:
            self._anchor = (self._rows_model.row(index).key, self.visualRect(index).top())

    def _restore_top(self) -> None:
        self._delegate.hovered_row = -1
        if self._anchor is not None:
            # Only after the view has laid out its rows is the scroll bar's range right.
            QTimer.singleShot(0, self, self._scroll_to_anchor)

    def _scroll_to_anchor(self) -> None:
        if self._anchor is None:
            return
        (key, top), self._anchor = self._anchor, None
        place = self._rows_model.row_of(key)
        if place >= 0:
            self.doItemsLayout()
            self.verticalScrollBar().setValue(place * ROW_HEIGHT - top)
