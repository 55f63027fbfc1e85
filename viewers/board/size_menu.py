"""The menu that says how large cards are and how many stand side by side."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtWidgets import QMenu, QWidget

from ..widgets.menus import add_choices, popup_below
from .layout import CardSize

_MOST_COLUMNS = 6


def open_size_menu(below: QWidget, size: CardSize, columns: int, choose: Callable[..., Any]) -> None:
    """Open it below a widget; what is picked goes to ``choose(columns=...)`` or ``choose(size=...)``."""
    menu = QMenu(below)
    counts = [(f"{count} column{'s' if count > 1 else ''}", count) for count in range(1, _MOST_COLUMNS + 1)]
    add_choices(menu, [("As many columns as fit", 0), *counts], columns, lambda count: choose(columns=count))
    menu.addSeparator()
    sizes = [(f"{each.value.capitalize()} cards", each) for each in CardSize]
    add_choices(menu, sizes, size, lambda each: choose(size=each))
    popup_below(menu, below)
