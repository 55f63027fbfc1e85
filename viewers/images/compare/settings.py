"""The choices of the comparison, and their form in the session file."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from PySide6.QtCore import QObject

from ...board.choices import ChoiceModel, from_json, to_json
from .difference import MOST_GAIN
from .flicker import RATES, USUAL_RATE


class Way(enum.Enum):
    """How pictures are compared."""

    SIDE = "side"
    SWIPE = "swipe"
    DIFFERENCE = "difference"
    FLICKER = "flicker"


#: What each way is called.
TITLES = {
    Way.SIDE: "Side by side",
    Way.SWIPE: "Swipe",
    Way.DIFFERENCE: "Difference",
    Way.FLICKER: "Flicker",
}
#: Ways of two pictures.
PAIRED = frozenset({Way.SWIPE, Way.DIFFERENCE})


@dataclass(frozen=True, slots=True)
class CompareSettings:
    """``gain`` 1-64; ``rate`` in pictures a second; ``split`` is the share of the picture left of the divider."""

    way: Way = Way.SIDE
    signed: bool = True
    gain: float = 1.0
    rate: float = USUAL_RATE
    split: float = 0.5

    def to_json(self) -> dict[str, Any]:
        """Values for the session file."""
        return to_json(self)

    @staticmethod
    def from_json(state: Mapping[str, Any]) -> CompareSettings:
        """The settings of a session file; what is missing or damaged has its usual value."""
        usual = CompareSettings()
        found = from_json(usual, state)
        return replace(
            found,
            gain=found.gain if 1.0 <= found.gain <= MOST_GAIN else usual.gain,
            rate=found.rate if found.rate in RATES else usual.rate,
            split=found.split if 0.0 <= found.split <= 1.0 else usual.split,
        )


class CompareModel(ChoiceModel[CompareSettings]):
    """The settings in force. ``changed`` carries the names of the fields that differ."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(CompareSettings(), parent)
