"""The choices of the scalars pane, and their form in the session file."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from PySide6.QtCore import QObject

from ...reader.api import RestartMode
from ..board.layout import CardSize
from ..choices import ChoicesModel, from_json, to_json
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
        return to_json(self)

    @staticmethod
    def from_json(state: Mapping[str, Any]) -> ScalarSettings:
        """The settings of a session file; what is missing or damaged has its usual value."""
        usual = ScalarSettings()
        found = from_json(usual, state)
        weight = found.smoothing if 0.0 <= found.smoothing <= LARGEST_WEIGHT else usual.smoothing
        return replace(found, smoothing=weight, columns=min(max(found.columns, 0), 8))


class SettingsModel(ChoicesModel[ScalarSettings]):
    """The settings in force. ``changed`` carries the names of the fields that differ."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(ScalarSettings(), parent)
