"""The tables of the log health: what was odd, and where every byte of every file went."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QColor

from ..viewers.pane import ThemeHolder
from ..viewers.widgets import icons, plain_tooltip
from . import words

if TYPE_CHECKING:
    from ..reader.api import FileHealth, Problem

Index = QModelIndex | QPersistentModelIndex
PROBLEM_COLUMNS = ("", "Where", "Bytes", "What happened", "What to do", "Count")
FILE_COLUMNS = ("File", "Size", "Read", "Waiting", "In gaps", "Records", "State")
_ORDER = {"error": 0, "warning": 1, "info": 2}
_TOKENS = {"error": "error", "warning": "warning", "info": "dim"}
_ICONS = {"error": "error", "warning": "warning", "info": "info"}
_RIGHT = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
_LEFT = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)


def place(problem: Problem) -> str:
    """Bytes of the file as "1,204 – 1,260 (56)", empty where the whole file is meant."""
    if problem.offset is None:
        return ""
    if not problem.length:
        return f"from {problem.offset:,}"
    return f"{problem.offset:,} – {problem.offset + problem.length:,}"


def where(run: str, file: str) -> str:
    """Run and file as a path."""
    return words.visible(file if run in (".", "") else f"{run}/{file}" if file else run)


class _Rows(QAbstractTableModel):
    """A table of texts over rows that are replaced as a whole."""

    columns: tuple[str, ...] = ()
    numbers: frozenset[int] = frozenset()
    path_column = 0

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._texts: list[tuple[str, ...]] = []

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._texts)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self.columns)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return self.columns[section]
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.TextAlignmentRole:
            return _RIGHT if section in self.numbers else _LEFT
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if role == Qt.ItemDataRole.DisplayRole:
            return self._texts[index.row()][index.column()]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _RIGHT if index.column() in self.numbers else _LEFT
        if role == Qt.ItemDataRole.ToolTipRole:
            return plain_tooltip(self._texts[index.row()][index.column()])
        return None

    def row_text(self, row: int) -> str:
        """A row as one line, columns parted by tabs."""
        return "\t".join(self._texts[row])

    def put(self, texts: Sequence[tuple[str, ...]]) -> bool:
        """Replace the rows; False if they are as before. Rows that stay are not redrawn from the top."""
        fresh = list(texts)
        if fresh == self._texts:
            return False
        if len(fresh) == len(self._texts):
            self._texts = fresh
            self.dataChanged.emit(self.index(0, 0), self.index(len(fresh) - 1, len(self.columns) - 1))
        else:
            self.beginResetModel()
            self._texts = fresh
            self.endResetModel()
        return True


class ProblemTable(_Rows):
    """One row a :class:`Problem`, the gravest first, filtered by text."""

    columns = PROBLEM_COLUMNS
    path_column = 1
    numbers = frozenset({5})

    def __init__(self, theme: ThemeHolder, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._levels: list[str] = []

    def show_problems(self, problems: Sequence[Problem], needle: str = "") -> None:
        """Show those that hold ``needle`` anywhere, upper and lower case alike."""
        ordered = sorted(problems, key=lambda p: (_ORDER[p.severity.value], p.run, p.file, p.offset or 0))
        rows, levels = [], []
        for problem in ordered:
            row = (
                "",
                where(problem.run, problem.file),
                place(problem),
                words.visible(problem.cause),
                words.visible(problem.remedy),
                words.count(problem.count),
            )
            if needle.lower() in "\t".join((problem.code, problem.severity.value, *row)).lower():
                rows.append(row)
                levels.append(problem.severity.value)
        self._levels = levels
        self.put(rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        level = self._levels[index.row()] if index.row() < len(self._levels) else "info"
        if index.column() == 0:
            if role == Qt.ItemDataRole.DecorationRole:
                return icons.icon(_ICONS[level], getattr(self._theme.theme, _TOKENS[level]), 16)
            if role == Qt.ItemDataRole.AccessibleTextRole:
                return level
        if role == Qt.ItemDataRole.ForegroundRole and index.column() in (2, 5):
            return QColor(self._theme.theme.dim)
        return super().data(index, role)

    def row_text(self, row: int) -> str:
        """The row with its severity in words."""
        return self._levels[row] + super().row_text(row)


class FileTable(_Rows):
    """One row a file: size = read + waiting + in gaps."""

    columns = FILE_COLUMNS
    numbers = frozenset({1, 2, 3, 4, 5})

    def show_files(self, files: Sequence[FileHealth], needle: str = "") -> None:
        """Show those whose path holds ``needle``."""
        rows = [
            (
                where(file.run, file.name),
                words.count(file.size),
                words.count(file.accepted),
                words.count(file.pending),
                words.count(file.gap_bytes),
                words.count(file.records),
                words.visible(file.state) + (f", {words.counted(file.gaps, 'gap')}" if file.gaps else ""),
            )
            for file in files
        ]
        self.put([row for row in rows if needle.lower() in row[0].lower() or needle.lower() in row[6].lower()])
