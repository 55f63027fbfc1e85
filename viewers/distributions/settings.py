"""The choices of the distributions pane."""

from __future__ import annotations

from dataclasses import dataclass

from ...reader.api import RestartMode
from ..board.layout import CardSize


@dataclass(frozen=True, slots=True)
class DistributionSettings:
    """All choices. ``columns`` is 0 for as many as fit.

    With ``overlay`` a card shows all runs of a tag, each by its median and by outlines: at the ends (min and max), at
    7 and 93 %, at 16 and 84 %.
    """

    median: bool = True
    overlay: bool = False
    ends: bool = True
    outer: bool = False
    inner: bool = True
    link_zoom: bool = True
    restarts: RestartMode = RestartMode.LATEST_WINS
    size: CardSize = CardSize.MEDIUM
    columns: int = 0
    show_pinned: bool = True
