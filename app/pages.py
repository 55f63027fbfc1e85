"""What the Help menu shows: the keys of all commands, and what program this is."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from ..viewers.pane import ActionSpec
from ..viewers.widgets import SectionLabel
from .actions import native_shortcut
from .versions import program, versions

CHART_KEYS: tuple[tuple[str, str], ...] = (
    ("Zoom at the cursor", "Wheel"),
    ("Pan", "Drag"),
    ("Zoom into a box", "Right drag, or Shift and drag"),
    ("Fit", "Double click"),
    ("One zoom back", "Backspace"),
)
LIST_KEYS: tuple[tuple[str, str], ...] = (
    ("Tick or untick", "Space"),
    ("Show this run alone", "Enter"),
    ("Several runs", "Shift and arrows, Ctrl A"),
)


class ShortcutsPage(QWidget):
    """All commands that have a key, by their menu, and what the mouse does in charts."""

    def __init__(self, specs: Sequence[ActionSpec], columns: int = 2, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("shortcuts")
        groups: dict[str, list[tuple[str, str]]] = {}
        for spec in specs:
            if spec.shortcut:
                name = spec.group.partition("/")[0]
                groups.setdefault(name, []).append((spec.title.rstrip("…"), native_shortcut(spec.shortcut)))
        groups["In a chart"] = list(CHART_KEYS)
        groups["In the list of runs"] = list(LIST_KEYS)
        blocks = [_block(title, rows) for title, rows in groups.items()]
        grid = QGridLayout(self)
        grid.setContentsMargins(24, 4, 24, 12)
        grid.setHorizontalSpacing(40)
        heights = [0] * columns
        stacks = [QVBoxLayout() for _number in range(columns)]
        for rows, block in sorted(zip(groups.values(), blocks, strict=True), key=lambda pair: -len(pair[0])):
            shortest = heights.index(min(heights))
            stacks[shortest].addWidget(block)
            heights[shortest] += len(rows) + 2
        for number, column in enumerate(stacks):
            column.addStretch(1)
            grid.addLayout(column, 0, number)
            grid.setColumnStretch(number, 1)


def _block(title: str, rows: Sequence[tuple[str, str]]) -> QWidget:
    block = QWidget()
    grid = QGridLayout(block)
    grid.setContentsMargins(0, 6, 0, 10)
    grid.setVerticalSpacing(6)
    grid.setColumnStretch(0, 1)
    grid.addWidget(SectionLabel(title), 0, 0, 1, 2)
    for number, (text, key) in enumerate(rows, 1):
        name, cap = QLabel(text), QLabel(key)
        cap.setProperty("role", "key")
        for label in (name, cap):
            label.setTextFormat(Qt.TextFormat.PlainText)
        grid.addWidget(name, number, 0)
        grid.addWidget(cap, number, 1, Qt.AlignmentFlag.AlignRight)
    return block


class AboutPage(QWidget):
    """Name, version and build, licence, and the versions that a report of an error needs.

    ``licenses_wanted``: the texts of all licences are asked for.
    """

    licenses_wanted = Signal()

    def __init__(self, log_file: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("about")
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 4, 24, 16)
        column.setSpacing(10)
        name = QLabel(program())
        name.setTextFormat(Qt.TextFormat.PlainText)
        name.setProperty("role", "title")
        column.addWidget(name)
        for text, role in (
            ("TensorBoard event logs on the desktop: every byte that a writer completed is shown or named.", ""),
            ("Apache License 2.0. The typeface is Inter, under the SIL Open Font License.", "help"),
            (versions().partition("\n")[2], "help"),
            (f"Messages of the program: {log_file}" if log_file else "", "help"),
        ):
            if text:
                label = QLabel(text)
                label.setTextFormat(Qt.TextFormat.PlainText)
                label.setWordWrap(True)
                label.setProperty("role", role)
                label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
                column.addWidget(label)
        row = QHBoxLayout()
        row.setContentsMargins(0, 8, 0, 0)
        row.setSpacing(10)
        for text, work in (
            ("Licences…", self.licenses_wanted.emit),
            ("Copy versions", lambda: QGuiApplication.clipboard().setText(versions())),
        ):
            button = QPushButton(text)
            button.clicked.connect(lambda _checked=False, work=work: work())
            row.addWidget(button)
        row.addStretch(1)
        column.addLayout(row)
