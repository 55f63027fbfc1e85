"""The log health: everything odd, and where every byte of every file went. Opens from the status bar."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QStackedWidget,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from ..viewers.pane import ThemeHolder
from ..viewers.widgets import ElidedLabel, SearchField, SectionLabel, SegmentedControl
from . import words
from .health_models import FileTable, ProblemTable

if TYPE_CHECKING:
    from ..reader.api import LogHealth

HEIGHT = 280


class HealthPanel(QFrame):
    """``reload`` reads the gaps again; ``closed`` fires when the user closes the panel."""

    closed = Signal()

    def __init__(self, theme: ThemeHolder, reload: Callable[[], None], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("healthPanel")
        self._health: LogHealth | None = None
        self._problems = ProblemTable(theme, self)
        self._files = FileTable(self)
        self.choice = SegmentedControl([("problems", "Problems"), ("files", "Files")])
        self.choice.setFixedWidth(150)
        self.choice.changed.connect(self._switch)
        self.filter = SearchField("Filter", regex=False)
        self.filter.setMinimumWidth(110)
        self.filter.setMaximumWidth(220)
        self.filter.changed.connect(lambda _text: self._fill())
        self._summary = ElidedLabel("", "dim")
        row = QHBoxLayout()
        row.setContentsMargins(14, 8, 8, 8)
        row.setSpacing(10)
        row.addWidget(SectionLabel("Log health"))
        row.addSpacing(6)
        row.addWidget(self.choice)
        row.addWidget(self.filter, 1)
        row.addWidget(self._summary, 2)
        for text, tip, work in (
            ("Read gaps again", "Look at every gap again now", reload),
            ("Copy", "Copy what is shown as text (Ctrl+C)", self.copy),
            ("Close", "Close this panel (Esc)", self.closed.emit),
        ):
            button = QPushButton(text)
            button.setToolTip(tip)
            button.clicked.connect(lambda _checked=False, work=work: work())
            row.addWidget(button)
        self.problems_view = _table(self._problems, (34, 0.3, 140, 0.35, 0.35, 60))
        self.files_view = _table(self._files, (0.999, 100, 100, 90, 90, 90, 120))
        self.problems_view.installEventFilter(self)
        self.files_view.installEventFilter(self)
        self._nothing = QLabel("Every byte was read and nothing was odd.")
        self._nothing.setObjectName("healthNothing")
        self._nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._stack = QStackedWidget()
        for page in (self.problems_view, self.files_view, self._nothing):
            self._stack.addWidget(page)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(row)
        column.addWidget(self._stack, 1)
        theme.changed.connect(self._repaint)

    def show_health(self, health: LogHealth) -> None:
        """Show the state of the log."""
        self._health = health
        self._fill()

    def text(self) -> str:
        """What is shown, as lines of tab-separated columns under their titles."""
        files = self.choice.value == "files"
        model = self._files if files else self._problems
        titles = model.columns if files else ("Severity", *model.columns[1:])
        lines = ["\t".join(titles)]
        lines += [model.row_text(row) for row in range(model.rowCount())]
        return "\n".join(lines) + "\n"

    def copy(self) -> None:
        """Put what is shown on the clipboard."""
        QGuiApplication.clipboard().setText(self.text())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.closed.emit()
            return
        super().keyPressEvent(event)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.KeyPress:
            assert isinstance(event, QKeyEvent)
            if event.matches(QKeySequence.StandardKey.Copy):
                self.copy()
                return True
        return False

    def _switch(self, _value: str) -> None:
        self._fill()

    def _fill(self) -> None:
        if self._health is None:
            return
        needle = self.filter.text()
        self._problems.show_problems(self._health.problems, needle)
        self._files.show_files(self._health.files, needle)
        if self.choice.value == "files":
            self._stack.setCurrentWidget(self.files_view)
        elif self._problems.rowCount():
            self._stack.setCurrentWidget(self.problems_view)
        else:
            self._nothing.setText(
                "No row holds this text."
                if needle and self._health.problems
                else "Every byte was read and nothing was odd."
            )
            self._stack.setCurrentWidget(self._nothing)
        files = self._health.files
        gaps = sum(file.gap_bytes for file in files)
        pending = sum(file.pending for file in files)
        self._summary.setText(
            f"{words.counted(len(files), 'file')}, {words.size(sum(file.size for file in files))}: "
            f"{words.size(sum(file.accepted for file in files))} read, {words.size(pending)} waiting, "
            f"{words.size(gaps)} in gaps"
        )

    def _repaint(self) -> None:
        self.problems_view.viewport().update()
        self.files_view.viewport().update()


class _PathDelegate(QStyledItemDelegate):
    """Where room is short the file's name gives way first: its end tells the writer, the run tells the training."""

    def initStyleOption(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> None:
        super().initStyleOption(option, index)
        metrics, room = option.fontMetrics, option.rect.width() - 16
        if metrics.horizontalAdvance(option.text) > room:
            run, slash, name = option.text.rpartition("/")
            left = max(room // 4, room - metrics.horizontalAdvance(run + slash))
            name = metrics.elidedText(name, Qt.TextElideMode.ElideLeft, left)
            left = room - metrics.horizontalAdvance(slash + name)
            option.text = metrics.elidedText(run, Qt.TextElideMode.ElideMiddle, left) + slash + name


class _Table(QTableView):
    """Columns share the width: a weight below 1 is a share of what the others, given in pixels, leave."""

    def __init__(self, model: ProblemTable | FileTable, widths: tuple[float, ...]) -> None:
        super().__init__()
        self._widths = widths
        self.setModel(model)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        room = self.viewport().width() - sum(width for width in self._widths if width >= 1)
        for column, width in enumerate(self._widths):
            self.horizontalHeader().resizeSection(column, int(width if width >= 1 else width * room))


def _table(model: ProblemTable | FileTable, widths: tuple[float, ...]) -> QTableView:
    view = _Table(model, widths)
    view.setShowGrid(False)
    view.setAlternatingRowColors(False)
    view.setWordWrap(False)
    view.setFrameShape(QFrame.Shape.NoFrame)
    view.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    view.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
    view.setTextElideMode(Qt.TextElideMode.ElideRight)
    view.setItemDelegateForColumn(model.path_column, _PathDelegate(view))
    view.setTabKeyNavigation(False)
    view.verticalHeader().hide()
    view.verticalHeader().setDefaultSectionSize(28)
    header = view.horizontalHeader()
    header.setHighlightSections(False)
    header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
    header.setMinimumSectionSize(30)
    return view
