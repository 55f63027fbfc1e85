"""The lower part of the panel: searching points, the neighbours of one, and what is known of the one pointed at."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from ..widgets import (
    Button,
    Chip,
    ChoiceButton,
    Divider,
    ElidedLabel,
    IconButton,
    SearchField,
    SectionLabel,
    SegmentedControl,
    TextLabel,
    ValueSlider,
)
from .labels import short
from .method_controls import labelled
from .point_list import PointList
from .settings import NEIGHBOURS, Metric, SettingsModel

#: As many points of a search are listed; all of them are selected and counted.
MOST_LISTED = 1000
_MOST_FIELDS = 40
#: Of a longer label the rest is left out: tables of labels are for files.
_MOST_LETTERS = 2000
#: Pixels that there are beside a scroll bar.
_NARROWEST = 216


class Inspector(QWidget):
    """``search_changed`` fires with the text, ``stepped`` to go to the next (1) or previous (-1) found point.

    ``picked`` carries a point that was chosen in a list, ``pointed`` the one under the mouse or -1.
    """

    search_changed = Signal(str)
    #: A search found something or nothing, and that is shown.
    found_shown = Signal()
    stepped = Signal(int)
    picked = Signal(int)
    pointed = Signal(int)
    isolate_wanted = Signal()
    show_all_wanted = Signal()
    clear_wanted = Signal()
    tag_wanted = Signal()

    def __init__(
        self, settings: SettingsModel, name: Callable[[int], str], picture: Callable[[int], QImage | None]
    ) -> None:
        super().__init__()
        self._settings = settings
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        self.search = SearchField("Search labels", regex=False)
        self.search.changed.connect(self.search_changed)
        self.search.down_pressed.connect(self._go_to_results)
        self.regex = Chip(".*", checkable=True)
        self.regex.setToolTip("The text is a regular expression")
        self.regex.setAccessibleName("Regular expression")
        self.regex.toggled.connect(lambda on: settings.update(search_regex=on))
        line = QHBoxLayout()
        line.setSpacing(6)
        line.addWidget(self.search, 1)
        line.addWidget(self.regex, 0, Qt.AlignmentFlag.AlignTop)
        column.addLayout(line)
        self.by = ChoiceButton([("", "all columns")])
        self.by.setAccessibleName("Search in")
        self.by.changed.connect(lambda value: settings.update(search_by=value))
        column.addLayout(labelled("Search in", self.by))
        self.found = TextLabel("", "caption", tabular=True)
        self.previous = IconButton("chevron-up", "Previous (Shift+F3)", size=22, icon_size=14)
        self.next = IconButton("chevron-down", "Next (F3)", size=22, icon_size=14)
        self.previous.clicked.connect(lambda: self.stepped.emit(-1))
        self.next.clicked.connect(lambda: self.stepped.emit(1))
        self._found_row = QWidget()
        row = QHBoxLayout(self._found_row)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(2)
        row.addWidget(self.found, 1)
        row.addWidget(self.previous)
        row.addWidget(self.next)
        self._found_row.hide()
        column.addWidget(self._found_row)
        self.results = PointList(name, picture)
        self.results.setAccessibleName("Found points")
        column.addWidget(self.results)
        column.addSpacing(4)
        column.addWidget(Divider())
        column.addSpacing(6)
        self.selection = SectionLabel("Selection")
        column.addWidget(self.selection)
        self.hint = TextLabel("Click a point to see its neighbours; drag with Box or Lasso to select many.", "dim")
        self.hint.setWordWrap(True)
        column.addWidget(self.hint)
        column.addWidget(self._actions())
        self._near = QWidget()
        near = QVBoxLayout(self._near)
        near.setContentsMargins(0, 4, 0, 0)
        near.setSpacing(6)
        self.heading = SectionLabel("Neighbours")
        near.addWidget(self.heading)
        self.distance = SegmentedControl([(Metric.COSINE.value, "Cosine"), (Metric.EUCLIDEAN.value, "Euclidean")])
        self.distance.setAccessibleName("Distance")
        self.distance.changed.connect(lambda value: settings.update(metric=Metric(value)))
        near.addWidget(self.distance)
        self.count = ValueSlider(*NEIGHBOURS, 1.0, 100.0, 0, text="Neighbours")
        self.count.changed.connect(lambda value: settings.update(neighbours=round(value)))
        near.addWidget(self.count)
        self.neighbours = PointList(name, picture)
        self.neighbours.setAccessibleName("Neighbours")
        near.addWidget(self.neighbours)
        column.addWidget(self._near)
        self._card = QWidget()
        self._fields = QGridLayout(self._card)
        self._fields.setContentsMargins(0, 4, 0, 0)
        self._fields.setHorizontalSpacing(10)
        self._fields.setVerticalSpacing(3)
        self._fields.setColumnStretch(1, 1)
        self._lines: list[tuple[ElidedLabel, ElidedLabel]] = []
        column.addWidget(self._card)
        self._beyond = TextLabel("", "caption")
        column.addWidget(self._beyond)
        for points in (self.results, self.neighbours):
            points.pointed.connect(self.pointed)
            points.picked.connect(self.picked)
        self.show_selection(0, False)
        self.show_neighbours(-1, "")
        self.show_fields([])

    def _actions(self) -> QWidget:
        self.action_row = QWidget()
        row = QHBoxLayout(self.action_row)
        row.setContentsMargins(0, 2, 0, 2)
        row.setSpacing(6)
        self.isolate = Button("Isolate", compact=True)
        self.isolate.setToolTip("Show the selected points and their neighbours alone (I)")
        self.all = Button("Show all", compact=True)
        self.all.setToolTip("Show all points again (I)")
        self.tag = Button("Label…", compact=True)
        self.tag.setToolTip("Write a label for the selected points into a column")
        self.clear = Button("Clear", compact=True)
        self.clear.setToolTip("Nothing is selected any more (Esc)")
        for button, signal in (
            (self.isolate, self.isolate_wanted),
            (self.all, self.show_all_wanted),
            (self.tag, self.tag_wanted),
            (self.clear, self.clear_wanted),
        ):
            button.clicked.connect(signal)
            row.addWidget(button)
        row.addStretch()
        return self.action_row

    def _go_to_results(self) -> None:
        if self.results.isVisible():
            self.results.setFocus(Qt.FocusReason.TabFocusReason)

    def show_columns(self, columns: Sequence[str]) -> None:
        """What can be searched."""
        self.by.set_options(
            [("", "all columns"), *((name, short(name)) for name in columns)], self._settings.now.search_by
        )
        self.search.setEnabled(bool(columns))

    def show_found(self, text: str, points: object) -> None:
        """How many points a search found, and the first of them; an empty text for no search."""
        self.found.setText(text)
        self._found_row.setVisible(bool(text))
        self.results.show_points(points)  # type: ignore[arg-type]
        if text:
            self.found_shown.emit()

    def show_selection(self, count: int, isolated: bool) -> None:
        """How many points are selected, and whether some are shown alone."""
        self.selection.setText(f"Selection · {count:,}" if count else "Selection")
        self.hint.setVisible(not count and not isolated)
        self.action_row.setVisible(bool(count) or isolated)
        self.isolate.setVisible(bool(count) and not isolated)
        self.all.setVisible(isolated)
        self.tag.setVisible(bool(count))
        self.clear.setVisible(bool(count))

    def show_neighbours(self, point: int, name: str) -> None:
        """Whose neighbours stand in the list; -1 for nobody's."""
        self._near.setVisible(point >= 0)
        text = f"Neighbours of #{point:,}" + (f" · “{short(name, 40)}”" if name else "")
        room = max(self.width(), _NARROWEST)
        self.heading.setText(self.heading.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, room))

    def show_fields(self, fields: Sequence[tuple[str, str]]) -> None:
        """What is known of the point that is pointed at or selected."""
        while len(self._lines) < min(len(fields), _MOST_FIELDS):
            line = ElidedLabel("", "dim"), ElidedLabel("", "secondary")
            line[0].setMaximumWidth(96)
            for place, label in enumerate(line):
                self._fields.addWidget(label, len(self._lines), place)
            self._lines.append(line)
        for row, (key, text) in enumerate(self._lines):
            there = row < len(fields)
            if there:
                key.setText(fields[row][0][:_MOST_LETTERS])
                text.setText(fields[row][1][:_MOST_LETTERS])
            key.setVisible(there)
            text.setVisible(there)
        beyond = len(fields) - _MOST_FIELDS
        self._beyond.setText(f"and {beyond:,} more" if beyond > 0 else "")
        self._beyond.setVisible(beyond > 0)
        self._card.setVisible(bool(fields))

    def follow(self) -> None:
        """Show the settings in force."""
        now = self._settings.now
        self.distance.set_value(now.metric.value)
        self.count.set_value(now.neighbours)
        self.regex.setChecked(now.search_regex)
        if now.search_by != self.by.value and now.search_by in self.by.options():
            self.by.set_value(now.search_by)
