"""When which picture is shown while pictures alternate. No Qt."""

from __future__ import annotations

import math

#: Pictures a second. Beyond three a flicker may harm people whose sight is sensitive to it, so it begins slower.
RATES = (0.5, 1.0, 2.0, 3.0, 4.0, 6.0, 8.0)
USUAL_RATE = 2.0


def turn_at(elapsed: float, rate: float, count: int, first: int = 0) -> int:
    """Which of ``count`` pictures is shown ``elapsed`` seconds after ``first`` began; each has 1 / ``rate`` seconds."""
    return (first + math.floor(elapsed * rate)) % count


def until_next(elapsed: float, rate: float) -> float:
    """Seconds from ``elapsed`` to the next change, more than 0."""
    turns = math.floor(elapsed * rate)
    return max((turns + 1) / rate - elapsed, 0.0) or 1 / rate
