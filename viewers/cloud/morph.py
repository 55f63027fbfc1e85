"""Points on their way from one projection to the next. No Qt."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

SECONDS = 0.45
#: More points go to their places at once: each frame on the way would take longer than it is seen.
MOST_POINTS = 200_000


class Morph:
    """From places (3, n) to others, beginning and ending slowly."""

    def __init__(self, before: NDArray[np.float32], after: NDArray[np.float32]) -> None:
        self._after = after
        # A point that had no place yet appears where it belongs.
        with np.errstate(invalid="ignore"):
            self._way = np.nan_to_num(after - before)
        self._start = np.where(np.isnan(before), after, before)
        self._passed = 0.0

    @property
    def done(self) -> bool:
        """True at the end of the way."""
        return self._passed >= SECONDS

    def at(self, seconds: float) -> NDArray[np.float32]:
        """Places after so many more seconds."""
        self._passed += seconds
        if self.done:
            return self._after
        share = self._passed / SECONDS
        eased = share * share * (3 - 2 * share)
        moved: NDArray[np.float32] = self._start + self._way * np.float32(eased)
        return moved
