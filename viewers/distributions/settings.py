"""The choices of the distributions pane."""

from __future__ import annotations

from dataclasses import dataclass

from ...reader.api import RestartMode
from ..board.layout import CardSize


@dataclass(frozen=True, slots=True)
class DistributionSettings:
    """All choices. ``columns`` is 0 for as many as fit."""

    median: bool = True
    link_zoom: bool = True
    restarts: RestartMode = RestartMode.LATEST_WINS
    size: CardSize = CardSize.MEDIUM
    columns: int = 0
    show_pinned: bool = True
