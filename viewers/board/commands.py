"""What the commands of panes have in common, and the entries that the menus of all cards have."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMenu

from ..pane import ActionSpec
from ..selection import StepCursor, XAxis
from .choices import ChoiceModel

if TYPE_CHECKING:
    from .board_pane import BoardPane

Run = Callable[[], object]


class Commands:
    """Makes the commands of a pane. ``prefix`` begins their ids, ``group`` is the heading that they stand under."""

    def __init__(self, prefix: str, group: str, settings: ChoiceModel[Any]) -> None:
        self._prefix, self._group, self._settings = prefix, group, settings

    def plain(
        self,
        id: str,
        title: str,
        run: Run,
        shortcut: str = "",
        icon: str = "",
        *,
        checked: Callable[[], bool] | None = None,
        enabled: Callable[[], bool] | None = None,
    ) -> ActionSpec:
        """A command that does ``run``."""
        return ActionSpec(
            f"{self._prefix}.{id}",
            title,
            self._group,
            run,
            shortcut,
            icon,
            checked=checked,
            enabled=enabled,
        )

    def switch(self, id: str, title: str, field: str, shortcut: str) -> ActionSpec:
        """A command that turns a setting on and off."""
        settings = self._settings
        return self.plain(
            id,
            title,
            lambda: settings.update(**{field: not getattr(settings.now, field)}),
            shortcut,
            checked=lambda: bool(getattr(settings.now, field)),
        )

    def choice(self, id: str, title: str, field: str, value: object, shortcut: str) -> ActionSpec:
        """A command that gives a setting one of its values."""
        settings = self._settings
        return self.plain(
            id,
            title,
            lambda: settings.update(**{field: value}),
            shortcut,
            checked=lambda: bool(getattr(settings.now, field) == value),
        )

    def axes(self, cursor: StepCursor, title: str) -> list[ActionSpec]:
        """A command for each x axis that there is; ``title`` is what it is called."""

        def axis(which: XAxis, name: str, shortcut: str) -> ActionSpec:
            return self.plain(
                f"x-{which.value}",
                f"{title}: {name}",
                lambda: cursor.set_axis(which),
                shortcut,
                checked=lambda: cursor.axis is which,
            )

        return [
            axis(XAxis.STEP, "step", "Ctrl+Alt+S"),
            axis(XAxis.RELATIVE, "relative time", "Ctrl+Alt+R"),
            axis(XAxis.WALL, "wall time", "Ctrl+Alt+W"),
        ]

    def filter(self, pane: BoardPane) -> ActionSpec:
        """The command that goes to the filter of the tool row."""
        focus = partial(pane.tools.search.setFocus, Qt.FocusReason.ShortcutFocusReason)
        return self.plain("filter", "Filter tags", focus, "Ctrl+F", "search")

    def groups(self, pane: BoardPane) -> list[ActionSpec]:
        """The commands that close and open all groups."""
        return [
            self.plain("collapse", "Close all groups", lambda: pane.set_all_collapsed(True), "Ctrl+Alt+Up"),
            self.plain("expand", "Open all groups", lambda: pane.set_all_collapsed(False), "Ctrl+Alt+Down"),
        ]


def add_card_actions(pane: BoardPane, menu: QMenu, card: str, noun: str) -> None:
    """Pin a card, and show it alone; ``noun`` is what cards show."""
    menu.addAction("Take the pin off\tP" if card in pane.pins else "Pin to the top\tP", lambda: pane.toggle_pin(card))
    alone = f"Back to all {noun}s\tEsc" if pane.board.expanded == card else "Show alone\tF"
    menu.addAction(alone, lambda: pane.toggle_expanded(card))


def add_copy_tag(menu: QMenu, tag: str) -> None:
    """Put the name of the tag into the clipboard."""
    menu.addAction("Copy tag", lambda: QGuiApplication.clipboard().setText(tag))
