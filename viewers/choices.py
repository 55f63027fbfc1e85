"""The choices of a pane as one value that cannot change: told when another takes its place, and kept in the session."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import fields, replace
from typing import Any, Generic, TypeVar

from PySide6.QtCore import QObject, Signal

#: A frozen dataclass of enumerations, switches, numbers and texts, all with defaults.
T = TypeVar("T")


def to_json(choices: Any) -> dict[str, Any]:
    """Values for the session file."""
    return {
        field.name: value.value if isinstance(value := getattr(choices, field.name), enum.Enum) else value
        for field in fields(choices)
    }


def from_json(usual: T, state: Mapping[str, Any]) -> T:
    """The choices of a session file; what is missing or of a wrong type is as in ``usual``."""
    taken: dict[str, Any] = {}
    for field in fields(usual):  # type: ignore[arg-type]
        value, default = state.get(field.name), getattr(usual, field.name)
        if isinstance(default, enum.Enum):
            if value in [member.value for member in type(default)]:
                taken[field.name] = type(default)(value)
        elif isinstance(default, bool):
            if isinstance(value, bool):
                taken[field.name] = value
        elif isinstance(value, (int, float)) and not isinstance(value, bool):
            taken[field.name] = type(default)(value)
    return replace(usual, **taken)  # type: ignore[type-var]


class ChoicesModel(QObject, Generic[T]):
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
