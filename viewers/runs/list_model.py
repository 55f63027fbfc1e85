"""The rows of the run list as a Qt model: it changes by insertion and removal, so that selection and place stay."""

from __future__ import annotations

from collections.abc import Callable
from time import perf_counter
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt, QTimer

from ..widgets.labels import plain_tooltip
from .grouping import compile_pattern
from .model import RunField, RunModel
from .rows import Row, RunTree

LastValue = Callable[[str], "float | str | None"]
_Index = QModelIndex | QPersistentModelIndex

MOST_STEPS = 60


class RunListModel(QAbstractListModel):
    """Rows of a :class:`RunModel` under a filter. Beyond :data:`MOST_STEPS` insertions and removals it is reset.

    A view that is asked to keep its selection over a reset looks rows up by their key (:meth:`row_of`).
    """

    def __init__(self, runs: RunModel, last_value: LastValue, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.runs = runs
        self.last_value = last_value
        self._tree = RunTree(runs.names())
        self._folded: set[str] = set()
        self._folded_in_filter: set[str] = set()
        self._pattern = ""
        self._matching: set[str] | None = None
        self._rows: list[Row] = []
        self._places: dict[str, int] | None = None
        self._states: dict[str, Qt.CheckState] = {}
        self._pending = RunField(0)
        self._cost = 0.0
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.flush)
        runs.changed.connect(self._runs_changed)
        self._rebuild()

    def rows(self) -> list[Row]:
        """The rows shown now, from top to bottom."""
        return self._rows

    def row(self, index: _Index | int) -> Row:
        """The row of an index or number."""
        return self._rows[index if isinstance(index, int) else index.row()]

    def row_of(self, key: str) -> int:
        """Number of the row with this key, -1 if it is not shown."""
        if self._places is None:
            self._places = {row.key: place for place, row in enumerate(self._rows)}
        return self._places.get(key, -1)

    def shown_runs(self) -> list[str]:
        """The runs that the filter leaves, folded away or not."""
        names = self.runs.names()
        return names if self._matching is None else [name for name in names if name in self._matching]

    @property
    def pattern(self) -> str:
        """The filter's expression; "" for none."""
        return self._pattern

    def set_pattern(self, pattern: str) -> None:
        """Show only runs whose name or alias the expression finds; ValueError, with nothing changed, for a bad one."""
        if pattern:
            compile_pattern(pattern)
        if pattern != self._pattern:
            self._pattern = pattern
            self._folded_in_filter = set()
            self._match()
            self._rebuild()

    def folded(self) -> set[str]:
        """Keys of the folders that are folded away while there is no filter."""
        return set(self._folded)

    def set_folded(self, keys: set[str]) -> None:
        """Fold exactly these folders away."""
        self._folded = set(keys)
        self._rebuild()

    def fold(self, key: str, folded: bool) -> None:
        """Fold a folder away or open it; under a filter this lasts until another filter."""
        keys = self._folded if self._matching is None else self._folded_in_filter
        (keys.add if folded else keys.discard)(key)
        self._rebuild()

    def fold_all(self, folded: bool) -> None:
        """Fold all folders away or open them."""
        keys = set(self._tree.folder_keys()) if folded else set()
        if self._matching is None:
            self._folded = keys
        else:
            self._folded_in_filter = keys
        self._rebuild()

    def check_state(self, row: Row) -> Qt.CheckState:
        """Whether all, some or none of the row's runs are shown in the charts."""
        if row.run is not None:
            return Qt.CheckState.Checked if self.runs.is_visible(row.run) else Qt.CheckState.Unchecked
        state = self._states.get(row.key)
        if state is None:
            ticked = sum(map(self.runs.is_visible, row.runs))
            state = (
                Qt.CheckState.Unchecked
                if not ticked
                else Qt.CheckState.Checked
                if ticked == len(row.runs)
                else Qt.CheckState.PartiallyChecked
            )
            self._states[row.key] = state
        return state

    def flush(self) -> None:
        """Take in what changed in the run model since the last time; called by itself once events are handled."""
        self._timer.stop()
        fields, self._pending = self._pending, RunField(0)
        if not fields:
            return
        self._states = {}
        if RunField.MEMBERS in fields or RunField.ALIAS in fields:
            started = perf_counter()
            if RunField.MEMBERS in fields:
                self._tree = RunTree(self.runs.names())
            self._match()
            self._rebuild()
            self._cost = perf_counter() - started
        elif self._rows:
            self.dataChanged.emit(self.index(0), self.index(len(self._rows) - 1))

    def _runs_changed(self, fields: RunField) -> None:
        self._pending |= fields
        self._states = {}
        if RunField.MEMBERS in fields and any(row.run is not None and row.run not in self.runs for row in self._rows):
            self.flush()
        else:
            # While thousands of runs arrive the list takes at most a fifth of the time.
            self._timer.start(min(500, round(4000 * self._cost)))

    def _match(self) -> None:
        if not self._pattern:
            self._matching = None
            return
        search = compile_pattern(self._pattern).search
        found = {name for name in self.runs.names() if search(name)}
        for name, alias in self.runs.aliases().items():
            if search(alias):
                found.add(name)
        self._matching = found

    def _rebuild(self) -> None:
        folded = self._folded if self._matching is None else self._folded_in_filter
        aliases = self.runs.aliases()
        fresh = self._tree.rows(self._matching, folded, aliases.get if aliases else None)
        steps = _steps([row.key for row in self._rows], [row.key for row in fresh])
        if steps is None:
            self.beginResetModel()
            self._take(fresh)
            self.endResetModel()
            return
        removals, insertions = steps
        none = QModelIndex()
        for first, last in reversed(removals):
            self.beginRemoveRows(none, first, last)
            self._take(self._rows[:first] + self._rows[last + 1 :])
            self.endRemoveRows()
        for first, last in insertions:
            self.beginInsertRows(none, first, last)
            self._take(self._rows[:first] + fresh[first : last + 1] + self._rows[first:])
            self.endInsertRows()
        self._take(fresh)
        if fresh:
            self.dataChanged.emit(self.index(0), self.index(len(fresh) - 1))

    def _take(self, rows: list[Row]) -> None:
        self._rows = rows
        self._places = None
        self._states = {}

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008 (an invalid index is immutable)
        """Qt's hook."""
        return 0 if parent.isValid() else len(self._rows)

    def flags(self, index: _Index) -> Qt.ItemFlag:
        """Qt's hook."""
        flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        if index.isValid() and self._rows[index.row()].run is not None:
            flags |= Qt.ItemFlag.ItemIsEditable
        return flags

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Qt's hook."""
        if not index.isValid() or index.row() >= len(self._rows):
            return None
        row = self._rows[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return row.label
        if role == Qt.ItemDataRole.EditRole:
            return self.runs.alias(row.run) or "" if row.run is not None else None
        if role == Qt.ItemDataRole.ToolTipRole:
            return self._tooltip(row)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return self._spoken(row)
        return None

    def setData(self, index: _Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        """Qt's hook: gives a run another name."""
        row = self._rows[index.row()]
        if role != Qt.ItemDataRole.EditRole or row.run is None:
            return False
        self.runs.set_alias(row.run, str(value).strip() or None)
        return True

    def _tooltip(self, row: Row) -> str:
        if row.run is None:
            return plain_tooltip(f"{row.key}\n{_count(len(row.runs))}")
        info = self.runs.info(row.run)
        lines = [row.run]
        alias = self.runs.alias(row.run)
        if alias:
            lines.insert(0, alias)
        lines.append(info.path)
        if info.deleted:
            lines.append("Deleted on disk; what was read stays here")
        elif info.live:
            lines.append("Growing")
        return plain_tooltip("\n".join(lines))

    def _spoken(self, row: Row) -> str:
        state = {
            Qt.CheckState.Checked: "shown",
            Qt.CheckState.Unchecked: "hidden",
            Qt.CheckState.PartiallyChecked: "partly shown",
        }[self.check_state(row)]
        if row.run is None:
            return f"Folder {row.label}, {_count(len(row.runs))}, {state}, {'folded' if row.folded else 'open'}"
        info = self.runs.info(row.run)
        extra = ", deleted on disk" if info.deleted else ", growing" if info.live else ""
        return f"{row.label}, {state}{extra}"


def _count(number: int) -> str:
    return "1 run" if number == 1 else f"{number:,} runs"


def _steps(old: list[str], new: list[str]) -> tuple[list[tuple[int, int]], list[tuple[int, int]]] | None:
    """Row ranges to remove from ``old`` and then to insert (numbers in ``new``); None if they are too many.

    Both lists follow the same order, so what stays needs no moving; if it does not (two runs changed places), None.
    """
    if old == new:
        return [], []
    kept_old, kept_new = set(old), set(new)
    removals = _ranges([place for place, key in enumerate(old) if key not in kept_new])
    insertions = _ranges([place for place, key in enumerate(new) if key not in kept_old])
    if len(removals) + len(insertions) > MOST_STEPS:
        return None
    if [key for key in old if key in kept_new] != [key for key in new if key in kept_old]:
        return None
    return removals, insertions


def _ranges(places: list[int]) -> list[tuple[int, int]]:
    ranges: list[tuple[int, int]] = []
    for place in places:
        if ranges and ranges[-1][1] == place - 1:
            ranges[-1] = (ranges[-1][0], place)
        else:
            ranges.append((place, place))
    return ranges
