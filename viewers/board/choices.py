"""The choices of a pane: their form in the session file, and a model that tells what changed."""

from __future__ import annotations

import enum
import math
from collections.abc import Mapping
from dataclasses import fields, replace
from typing import Any, Generic, TypeVar

from PySide6.QtCore import QObject, Signal

T = TypeVar("T")
MOST_COLUMNS = 8


def to_json(choices: Any) -> dict[str, Any]:
    """The fields of a dataclass of choices as values for the session file."""
    return {
        field.name: value.value if isinstance(value := getattr(choices, field.name), enum.Enum) else value
        for field in fields(choices)
    }


def from_json(usual: T, state: Mapping[str, Any]) -> T:
    """The choices of a session file; what is missing or damaged is as in ``usual``.

    A number of columns (``columns``) is kept within what a board can have. A field that is None in ``usual`` takes a
    number or None.
    """
    taken: dict[str, Any] = {}
    for field in fields(usual):  # type: ignore[arg-type]
        value, default = state.get(field.name), getattr(usual, field.name)
        number = isinstance(value, (int, float)) and not isinstance(value, bool)
        if isinstance(default, enum.Enum):
            if value in [member.value for member in type(default)]:
                taken[field.name] = type(default)(value)
        elif isinstance(default, (bool, str)):
            if type(value) is type(default):
                taken[field.name] = value
        elif default is None:
            if number:
                taken[field.name] = float(value)  # type: ignore[arg-type]
        elif number and (isinstance(default, float) or math.isfinite(value)):  # type: ignore[arg-type]
            taken[field.name] = type(default)(value)
    if "columns" in taken:
        taken["columns"] = min(max(taken["columns"], 0), MOST_COLUMNS)
    found: T = replace(usual, **taken)  # type: ignore[type-var]
    return found


def strings(value: object) -> list[str]:
    """The texts of a list in a session file; none where it holds something else."""
    return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []


class ChoiceModel(QObject, Generic[T]):
    """The choices in force. ``changed`` carries the names of the fields that differ."""

    changed = Signal(object)

    def __init__(self, usual: T, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._now = usual

    @property
    def now(self) -> T:
        """The choices in force."""
        return self._now

    def update(self, **values: Any) -> None:
        """Change some fields."""
        self.take(replace(self._now, **values))  # type: ignore[type-var]

    def take(self, choices: T) -> None:
        """Change all fields."""
        names = {
            field.name
            for field in fields(choices)  # type: ignore[arg-type]
            if getattr(choices, field.name) != getattr(self._now, field.name)
        }
        if names:
            self._now = choices
            self.changed.emit(names)
