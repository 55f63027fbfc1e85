"""The whole left side of the window: the runs, a filter, what colours them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QHBoxLayout, QMenu, QStackedLayout, QVBoxLayout, QWidget

from ..pane import ActionSpec, ThemeHolder
from ..widgets import (
    ChoiceButton,
    Divider,
    EmptyState,
    IconButton,
    SearchField,
    SectionLabel,
    TextLabel,
    icon,
    set_surface,
)
from .color_picker import ColorPicker
from .grouping import ColorBy, compile_pattern
from .list_model import LastValue, RunListModel
from .list_view import RunListView
from .palette import run_color

if TYPE_CHECKING:
    from .model import RunField, RunModel

MINIMUM_WIDTH = 200
_MARGIN = 12


class RunPanel(QWidget):
    """Built from the run model, the theme and a function that gives a run's last value (a number, a text, or None).

    :meth:`refresh_values` draws the values anew; everything else follows the model by itself. The window remembers
    :meth:`save_state` for each set of folders.
    """

    def __init__(
        self, runs: RunModel, theme: ThemeHolder, last_value: LastValue, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.runs = runs
        self._theme = theme
        self._wanted_scroll: int | None = None
        set_surface(self, "panel")
        self.setMinimumWidth(MINIMUM_WIDTH)
        self.rows = RunListModel(runs, last_value, self)
        self.title = SectionLabel("Runs")
        self.more = IconButton("more", "Commands for runs", size=24)
        self.more.clicked.connect(self._open_more)
        self.filter = SearchField("Filter runs (regex)")
        self.filter.changed.connect(self._filter)
        self.view = RunListView(self.rows)
        self.view.menu_wanted.connect(self._open_menu)
        self.filter.down_pressed.connect(lambda: self.view.setFocus(Qt.FocusReason.TabFocusReason))
        self.nothing = EmptyState("search", "No run matches", "", [("Clear the filter", self.filter.clear)])
        self.none_yet = EmptyState("runs", "No runs yet")
        self._pages = QStackedLayout()
        for page in (self.view, self.nothing, self.none_yet):
            self._pages.addWidget(page)
        self.color_choice = ChoiceButton(
            [("run", "run"), ("folder", "parent folder"), ("regex", "regex group")], runs.color_by.value
        )
        self.color_choice.setAccessibleName("Colour by")
        self.color_choice.changed.connect(self._color_by)
        self.group_field = SearchField("Group by, e.g. lr-([^/_]+)")
        self.group_field.changed.connect(self._group_pattern)
        self._arrange()
        runs.changed.connect(self._runs_changed)
        self.view.verticalScrollBar().rangeChanged.connect(self._scroll_when_possible)
        self.rows.modelReset.connect(self._count)
        self.rows.rowsInserted.connect(self._count)
        self.rows.rowsRemoved.connect(self._count)
        theme.changed.connect(self.view.viewport().update)
        self._show_color_by()
        self._count()

    def _arrange(self) -> None:
        top = QHBoxLayout()
        top.setContentsMargins(_MARGIN, 0, 8, 0)
        top.addWidget(self.title, 1)
        top.addWidget(self.more)
        search = QVBoxLayout()
        search.setContentsMargins(_MARGIN, 0, _MARGIN, 0)
        search.addWidget(self.filter)
        bottom = QVBoxLayout()
        bottom.setContentsMargins(_MARGIN, 6, 8, 8)
        bottom.setSpacing(6)
        row = QHBoxLayout()
        row.addWidget(TextLabel("Colour by", "dim"))
        row.addStretch()
        row.addWidget(self.color_choice)
        field = QHBoxLayout()
        field.setContentsMargins(0, 0, 4, 0)
        field.addWidget(self.group_field)
        bottom.addLayout(row)
        bottom.addLayout(field)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 8, 0, 0)
        column.setSpacing(4)
        column.addLayout(top)
        column.addLayout(search)
        column.addSpacing(4)
        column.addLayout(self._pages, 1)
        column.addWidget(Divider())
        column.addLayout(bottom)

    # For the window

    def focus_filter(self) -> None:
        """Bring the keyboard to the filter, its text selected."""
        self.filter.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.filter.select_all()

    def refresh_values(self) -> None:
        """Draw the last values anew."""
        self.view.viewport().update()

    def save_state(self) -> dict[str, Any]:
        """Filter, folded folders and scroll place, as JSON values."""
        return {
            "filter": self.filter.text(),
            "folded": sorted(self.rows.folded()),
            "scroll": self.view.verticalScrollBar().value(),
        }

    def restore_state(self, state: Mapping[str, Any]) -> None:
        """Take back :meth:`save_state`'s values; damaged ones are ignored."""
        folded = state.get("folded")
        if isinstance(folded, list):
            self.rows.set_folded({key for key in folded if isinstance(key, str)})
        pattern = state.get("filter")
        if isinstance(pattern, str):
            self.filter.set_text(pattern)
        scroll = state.get("scroll")
        if type(scroll) is int and scroll > 0:
            self._wanted_scroll = scroll
            self._scroll_when_possible()
        self.color_choice.set_value(self.runs.color_by.value)
        self._show_color_by()

    def _scroll_when_possible(self) -> None:
        """Runs arrive after the session was taken back: the place is found once the list is long enough."""
        bar = self.view.verticalScrollBar()
        if self._wanted_scroll is not None and bar.maximum() >= self._wanted_scroll:
            bar.setValue(self._wanted_scroll)
            self._wanted_scroll = None

    def commands(self) -> Sequence[ActionSpec]:
        """Commands on the runs that are selected in the list."""
        view = self.view
        return (
            ActionSpec("runs.isolate", "Show only the selected runs", "Runs", view.isolate_selected, "", "isolate"),
            ActionSpec("runs.toggle", "Show or hide the selected runs", "Runs", view.toggle_selected, "", "eye"),
            ActionSpec("runs.rename", "Rename the run", "Runs", view.rename_selected, "", "edit"),
            ActionSpec("runs.unfold", "Open all folders of runs", "Runs", lambda: self.rows.fold_all(False), "", ""),
            ActionSpec("runs.fold", "Fold all folders of runs", "Runs", lambda: self.rows.fold_all(True), "", ""),
        )

    # What the user does

    def show_all(self) -> None:
        """Tick every run that the filter leaves."""
        self.runs.set_visible(self.rows.shown_runs(), True)

    def show_none(self) -> None:
        """Untick every run that the filter leaves."""
        self.runs.set_visible(self.rows.shown_runs(), False)

    def invert(self) -> None:
        """Tick what is not ticked and the other way round, of the runs that the filter leaves."""
        shown = self.rows.shown_runs()
        ticked = set(filter(self.runs.is_visible, shown))
        states = {run: run in ticked for run in self.runs.names() if self.runs.is_visible(run)}
        wanted = [run for run in states if run not in ticked] + [run for run in shown if run not in ticked]
        self.runs.show_only(wanted)

    def pick_color(self, position: QPoint) -> ColorPicker | None:
        """Open the colour picker for the selected runs; None if there are none."""
        chosen = self.view.selected_runs()
        if not chosen:
            return None
        current = run_color(self.runs.style(chosen[0]), self._theme.theme).name()
        picker = ColorPicker(self._theme.theme, current, self)
        picker.picked.connect(lambda color: self.runs.set_colors(filter(self.runs.__contains__, chosen), color or None))
        picker.show_at(position)
        return picker

    def _filter(self, pattern: str) -> None:
        try:
            self.rows.set_pattern(pattern)
        except ValueError as error:
            self.filter.set_error(str(error))
        else:
            self.filter.set_error(None)
            self._count()

    def _color_by(self, value: str) -> None:
        self.runs.set_color_by(ColorBy(value))
        self._show_color_by()
        if ColorBy(value) is ColorBy.REGEX and not self.group_field.text():
            self.group_field.setFocus(Qt.FocusReason.OtherFocusReason)

    def _group_pattern(self, pattern: str) -> None:
        try:
            compile_pattern(pattern)
        except ValueError as error:
            self.group_field.set_error(str(error))
        else:
            self.group_field.set_error(None)
            self.runs.set_color_by(ColorBy.REGEX, pattern)

    def _show_color_by(self) -> None:
        self.group_field.setVisible(self.runs.color_by is ColorBy.REGEX)
        if self.group_field.text() != self.runs.color_pattern and not self.group_field.error:
            self.group_field.set_text(self.runs.color_pattern, silent=True)

    def _runs_changed(self, fields: RunField) -> None:
        if self.color_choice.value != self.runs.color_by.value:
            self.color_choice.set_value(self.runs.color_by.value)
        self._count()

    def _count(self, *_rows: object) -> None:
        total = len(self.runs)
        shown = len(self.rows.shown_runs()) if self.rows.pattern else total
        self.title.setText(f"Runs · {total:,}" if shown == total else f"Runs · {shown:,} of {total:,}")
        if not total:
            self._pages.setCurrentWidget(self.none_yet)
        elif not shown:
            self._pages.setCurrentWidget(self.nothing)
        else:
            self._pages.setCurrentWidget(self.view)

    # Menus

    def menu(self) -> QMenu:
        """A fresh menu for the selected rows."""
        menu = self._empty_menu()
        chosen = self.view.selected_runs()
        rows = self.view.selected_rows()
        color = self._theme.theme.dim
        if chosen:
            shown = all(map(self.runs.is_visible, chosen))
            several = f" {len(chosen):,} runs" if len(chosen) > 1 else ""
            _add(menu, f"Show only{several or ' this run'}", self.view.isolate_selected, "isolate", color, "Return")
            text = f"{'Hide' if shown else 'Show'}{several}"
            _add(menu, text, self.view.toggle_selected, "eye-off" if shown else "eye", color, "Space")
            menu.addSeparator()
            position = menu.pos
            _add(menu, "Colour…", lambda: self.pick_color(position()), "palette", color)
            if len(chosen) == 1 and rows and rows[0].run is not None:
                _add(menu, "Rename…", self.view.rename_selected, "edit", color, "F2")
                if self.runs.alias(chosen[0]):
                    _add(menu, "Use the run's own name", lambda: self.runs.set_alias(chosen[0], None), "undo", color)
            menu.addSeparator()
            plural = "s" if len(chosen) > 1 else ""
            _add(menu, f"Copy name{plural}", self.view.copy_selected, "copy", color, "Ctrl+C")
            _add(
                menu,
                f"Copy path{plural}",
                lambda: self.view.copy_selected(lambda run: self.runs.info(run).path),
                "",
                color,
            )
            menu.addSeparator()
        self._add_general(menu)
        return menu

    def _add_general(self, menu: QMenu) -> None:
        color = self._theme.theme.dim
        filtered = " matching" if self.rows.pattern else ""
        _add(menu, f"Show all{filtered}", self.show_all, "", color)
        _add(menu, f"Hide all{filtered}", self.show_none, "", color)
        _add(menu, f"Invert{filtered}", self.invert, "", color)
        if any(row.run is None for row in self.rows.rows()):
            menu.addSeparator()
            _add(menu, "Open all folders", lambda: self.rows.fold_all(False), "", color)
            _add(menu, "Fold all folders", lambda: self.rows.fold_all(True), "", color)

    def _empty_menu(self) -> QMenu:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        return menu

    def _open_menu(self, position: QPoint) -> None:
        self.menu().popup(position)

    def _open_more(self) -> None:
        menu = self._empty_menu()
        self._add_general(menu)
        menu.popup(self.more.mapToGlobal(QPoint(0, self.more.height() + 2)))


def _add(menu: QMenu, text: str, call: Any, icon_name: str, color: str, shortcut: str = "") -> None:
    """One entry; the shortcut is only shown, for the list itself handles the key."""
    action = menu.addAction(f"{text}\t{QKeySequence(shortcut).toString(QKeySequence.SequenceFormat.NativeText)}")
    if icon_name:
        action.setIcon(icon(icon_name, color))
    action.triggered.connect(lambda _checked=False: call())
