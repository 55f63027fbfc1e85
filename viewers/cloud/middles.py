"""Where the middles of groups of points are: names stand there. No Qt."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .points import Mask

#: Of very many points so many do for the middles of large groups; a group of fewer among them is looked at whole.
_AVERAGED = 100_000
_SCARCE = 20


def middles_of(
    space: NDArray[np.float32], groups: NDArray[np.integer], shown: Mask | None, count: int
) -> NDArray[np.float32]:
    """The middle (3, count) of each group in ``space`` (3, n), NaN for a group without a point that is ``shown``.

    ``groups`` (n) are numbers below ``count``, negative for none.
    """
    seen = np.arange(len(groups)) if shown is None else np.flatnonzero(shown)
    step = max(len(seen) // _AVERAGED, 1)
    found = _sums(space, groups, seen[::step], count)
    scarce = found[3] < _SCARCE
    if step > 1 and scarce.any():
        # No group is the last number of the table.
        rest = seen[np.append(scarce, False).take(groups.take(seen), mode="wrap")]
        found[:, scarce] = _sums(space, groups, rest[:: max(len(rest) // _AVERAGED, 1)], count)[:, scarce]
    with np.errstate(invalid="ignore", divide="ignore"):
        middles: NDArray[np.float32] = (found[:3] / found[3]).astype(np.float32)
    return middles


def _sums(
    space: NDArray[np.float32], groups: NDArray[np.integer], taken: NDArray[np.intp], count: int
) -> NDArray[np.float64]:
    """For each group the sums of the coordinates of the ``taken`` points, and their number: (4, count)."""
    places, own = space[:, taken], groups[taken]
    known = np.isfinite(places).all(axis=0) & (own >= 0) & (own < count)
    own = own[known].astype(np.intp)
    sums = [np.bincount(own, axis[known], count) for axis in places]
    return np.array([*sums, np.bincount(own, minlength=count)], np.float64)
