"""Properties that the style sheet selects by: surfaces of the window, and states of a field."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget


def set_state(widget: QWidget, name: str, value: object) -> None:
    """Set a property that the style sheet reads and restyle the widget if it changed."""
    if widget.property(name) == value:
        return
    widget.setProperty(name, value)
    style = widget.style()
    style.unpolish(widget)
    style.polish(widget)
    widget.update()


def set_surface(widget: QWidget, surface: str, edge: str = "") -> None:
    """Give a widget the ground of a "background", "panel", "card", "field" or "popover".

    ``edge`` names the side ("left", "right", "top", "bottom") that has the dividing line; "" for none.
    """
    widget.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
    set_state(widget, "surface", surface)
    set_state(widget, "edge", edge)
