"""The choices of the scalars pane, and their form in the session file."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

from PySide6.QtCore import QObject, Signal

from ...reader.api import RestartMode
from ..board.layout import CardSize
from ..lod.scale import ScaleKind

LARGEST_WEIGHT = 0.999


class ReadOutOrder(enum.Enum):
    """How the read-out lists the runs."""

    NEAREST = "nearest"
    VALUE = "value"
    NAME = "name"


@dataclass(frozen=True, slots=True)
class ScalarSettings:
    """All choices. ``columns`` is 0 for as many as fit."""

    smoothing: float = 0.6
    y_scale: ScaleKind = ScaleKind.LINEAR
    x_log: bool = False
    ignore_outliers: bool = True
    show_raw: bool = True
    link_zoom: bool = True
    restarts: RestartMode = RestartMode.LATEST_WINS
    size: CardSize = CardSize.MEDIUM
    columns: int = 0
    order: ReadOutOrder = ReadOutOrder.NEAREST
    show_pinned: bool = True

    def to_json(self) -> dict[str, Any]:
        """Values for the session file."""
        return {
            field.name: value.value if isinstance(value := getattr(self, field.name), enum.Enum) else value
            for field in fields(self)
        }

    @staticmethod
    def from_json(state: Mapping[str, Any]) -> ScalarSettings:
        """The settings of a session file; what is missing or damaged has its usual value."""
        usual = ScalarSettings()
        taken: dict[str, Any] = {}
        for field in fields(usual):
            value, default = state.get(field.name), getattr(usual, field.name)
            if isinstance(default, enum.Enum):
                if value in [member.value for member in type(default)]:
                    taken[field.name] = type(default)(value)
            elif isinstance(default, bool):
                if isinstance(value, bool):
                    taken[field.name] = value
            elif isinstance(value, (int, float)) and not isinstance(value, bool):
                taken[field.name] = type(default)(value)
        found = replace(usual, **taken)
        weight = found.smoothing if 0.0 <= found.smoothing <= LARGEST_WEIGHT else usual.smoothing
        return replace(found, smoothing=weight, columns=min(max(found.columns, 0), 8))


class SettingsModel(QObject):
    """The settings in force. ``changed`` carries the names of the fields that differ."""

    changed = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._now = ScalarSettings()

    @property
    def now(self) -> ScalarSettings:
        """The settings in force."""
        return self._now

    def update(self, **values: Any) -> None:
        """Change some fields."""
        self.take(replace(self._now, **values))

    def take(self, settings: ScalarSettings) -> None:
        """Change all fields."""
        names = {
            field.name for field in fields(settings) if getattr(settings, field.name) != getattr(self._now, field.name)
        }
        if names:
            self._now = settings
            self.changed.emit(names)
