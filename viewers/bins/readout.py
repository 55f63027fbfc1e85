"""The docked read-out: what one series says at the cursor, or what all runs say."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QSizePolicy, QStackedWidget

from ..board.run_table import RunRow, RunTable
from ..theme import Theme
from .table import ValueTable


@dataclass(frozen=True, slots=True)
class Values:
    """What one series says: a title, what it is ``of``, (name, value) rows, and by name what a value is to be told of
    in its tooltip."""

    title: str
    of: str
    rows: Sequence[tuple[str, str]]
    tips: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RunValues:
    """What all runs say. ``describe`` makes a row of each of ``rows``, with ``lines`` smaller lines, when it comes into
    view; ``head`` stands above the values."""

    title: str
    of: str
    rows: Sequence[Any]
    describe: Callable[[Any], RunRow]
    head: str
    lines: int


Reading = Values | RunValues


class ReadOut(QStackedWidget):
    """Shows a reading of either sort. ``hovered`` carries the run under the mouse or None."""

    hovered = Signal(object)

    def __init__(self, theme: Theme, color_of: Callable[[str], QColor]) -> None:
        super().__init__()
        self.values = ValueTable(theme)
        self.runs = RunTable(theme, color_of)
        self.runs.hovered.connect(self.hovered)
        self.addWidget(self.values)
        self.addWidget(self.runs)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    @property
    def rows(self) -> Sequence[Any]:
        """The rows as they stand."""
        return self.values.rows if self.currentWidget() is self.values else self.runs.rows

    def set_theme(self, theme: Theme) -> None:
        """Draw in another theme."""
        self.values.set_theme(theme)
        self.runs.set_theme(theme)

    def set_lifted(self, run: str | None) -> None:
        """Mark one run's row."""
        self.runs.set_lifted(run)

    def show_reading(self, reading: Reading) -> None:
        """Show other values."""
        if isinstance(reading, Values):
            self.values.set_rows(reading.rows, reading.tips)
            self.setCurrentWidget(self.values)
        else:
            self.runs.show_rows(reading.rows, reading.describe, reading.head, reading.lines)
            self.setCurrentWidget(self.runs)
