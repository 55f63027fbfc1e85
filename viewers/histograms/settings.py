"""The choices of the histograms pane."""

from __future__ import annotations

import enum
from dataclasses import dataclass

from ...reader.api import RestartMode
from ..board.layout import CardSize

FEWEST_BINS, MOST_BINS = 5, 200
FEWEST_STEPS, MOST_STEPS = 5, 200


class Mode(enum.Enum):
    """Of each series: ridges behind one another, all on one base line, or a picture of steps and values. Or of each run
    the histogram at one step, on one base line."""

    OFFSET = "offset"
    OVERLAY = "overlay"
    HEAT = "heat"
    RUNS = "runs"


@dataclass(frozen=True, slots=True)
class HistogramSettings:
    """All choices. ``low`` and ``high`` bound the values that bins cover; None: all values of a card.

    ``steps`` is how many histograms a card draws at most; a heat map has room for more. ``columns`` is 0 for as many as
    fit.
    """

    mode: Mode = Mode.OFFSET
    bins: int = 30
    low: float | None = None
    high: float | None = None
    log_counts: bool = False
    density: bool = False
    steps: int = 51
    restarts: RestartMode = RestartMode.LATEST_WINS
    size: CardSize = CardSize.MEDIUM
    columns: int = 0
    show_pinned: bool = True
