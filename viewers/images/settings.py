"""The choices of the images pane, and their form in the session file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from PySide6.QtCore import QObject

from ..board.choices import ChoiceModel, from_json, to_json
from ..board.layout import CardSize
from .tone import MOST_BRIGHTNESS, MOST_CONTRAST

#: Steps a second at which playing may go.
RATES = (1, 2, 4, 8, 12, 24)
#: Narrowest width and the height of a card.
CARD_SIZES = {CardSize.SMALL: (160, 200), CardSize.MEDIUM: (204, 244), CardSize.LARGE: (330, 364)}


@dataclass(frozen=True, slots=True)
class ImageSettings:
    """All choices. ``brightness`` 0-2 and ``contrast`` 0-5, 1 for as logged; ``columns`` 0 for as many as fit."""

    brightness: float = 1.0
    contrast: float = 1.0
    actual_size: bool = False
    pixelated: bool = True
    link_zoom: bool = True
    one_step: bool = True
    rate: int = 12
    size: CardSize = CardSize.MEDIUM
    columns: int = 0
    show_pinned: bool = True

    def to_json(self) -> dict[str, Any]:
        """Values for the session file."""
        return to_json(self)

    @staticmethod
    def from_json(state: Mapping[str, Any]) -> ImageSettings:
        """The settings of a session file; what is missing or damaged has its usual value."""
        usual = ImageSettings()
        found = from_json(usual, state)
        return replace(
            found,
            brightness=found.brightness if 0.0 <= found.brightness <= MOST_BRIGHTNESS else usual.brightness,
            contrast=found.contrast if 0.0 <= found.contrast <= MOST_CONTRAST else usual.contrast,
            rate=found.rate if found.rate in RATES else usual.rate,
        )


class SettingsModel(ChoiceModel[ImageSettings]):
    """The settings in force. ``changed`` carries the names of the fields that differ."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(ImageSettings(), parent)
