"""Menus that are made when they are opened and go when they close."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar

from PySide6.QtCore import QPoint
from PySide6.QtGui import QActionGroup
from PySide6.QtWidgets import QMenu, QWidget

T = TypeVar("T")


def popup(menu: QMenu, at: QPoint) -> None:
    """Open a menu at a point of the screen."""
    menu.aboutToHide.connect(menu.deleteLater)
    menu.popup(at)


def popup_below(menu: QMenu, widget: QWidget) -> None:
    """Open a menu below what was clicked."""
    popup(menu, widget.mapToGlobal(widget.rect().bottomLeft()))


def add_choices(menu: QMenu, choices: Iterable[tuple[str, T]], now: T, choose: Callable[[T], object]) -> None:
    """An entry for each of ``choices`` (title, value), of which that of ``now`` is checked."""
    group = QActionGroup(menu)
    for title, value in choices:
        action = menu.addAction(title)
        action.setCheckable(True)
        action.setChecked(value == now)
        action.triggered.connect(lambda _on=False, value=value: choose(value))
        group.addAction(action)
