"""The menu that says how large cards are and how many stand side by side."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtGui import QActionGroup
from PySide6.QtWidgets import QMenu, QWidget

from .layout import CardSize

_MOST_COLUMNS = 6


def open_size_menu(below: QWidget, size: CardSize, columns: int, choose: Callable[..., Any]) -> None:
    """Open it below a widget; what is picked goes to ``choose(columns=...)`` or ``choose(size=...)``."""
    menu = QMenu(below)
    group = QActionGroup(menu)
    for count in range(_MOST_COLUMNS + 1):
        title = "As many columns as fit" if count == 0 else f"{count} column{'s' if count > 1 else ''}"
        action = menu.addAction(title)
        action.setCheckable(True)
        action.setChecked(count == columns)
        action.triggered.connect(lambda _on=False, count=count: choose(columns=count))
        group.addAction(action)
    menu.addSeparator()
    sizes = QActionGroup(menu)
    for each in CardSize:
        action = menu.addAction(f"{each.value.capitalize()} cards")
        action.setCheckable(True)
        action.setChecked(each is size)
        action.triggered.connect(lambda _on=False, each=each: choose(size=each))
        sizes.addAction(action)
    menu.popup(below.mapToGlobal(below.rect().bottomLeft()))
    menu.aboutToHide.connect(menu.deleteLater)
