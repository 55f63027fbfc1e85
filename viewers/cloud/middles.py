"""Where in groups of points their names stand. No Qt."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .points import Mask

#: Of very many points so many do for large groups; one with fewer than the second among them is looked at whole.
_TAKEN = 8_000
_SCARCE = 20
_ROUNDS = 5
#: Points within this share of a group's mean squared distance from its middle count about equally.
_SOFT = 0.05


def middles_of(
    space: NDArray[np.float32], groups: NDArray[np.integer], shown: Mask | None, count: int
) -> NDArray[np.float32]:
    """A place (3, count) amid each group in ``space`` (3, n), NaN for a group without a point that is ``shown``.

    ``groups`` (n) are numbers below ``count``, negative for none. A group in several parts has its place in or near one
    of them, where its mean would lie between them: far points count less (Cauchy's estimate of location, in a few steps
    from the mean).
    """
    taken = _sample(groups, shown, count)
    places, own = space[:, taken].astype(np.float64), groups[taken].astype(np.intp)
    known = np.isfinite(places).all(axis=0)
    places, own = places[:, known], own[known]
    number = np.bincount(own, minlength=count)
    with np.errstate(invalid="ignore", divide="ignore"):
        middles = _sums(places, own, count) / number
        soft = None
        for _ in range(_ROUNDS):
            away = np.square(places - middles[:, own]).sum(axis=0)
            if soft is None:
                soft = (_SOFT * np.bincount(own, away, count) / number)[own] + np.finfo(np.float32).tiny
            weight = 1.0 / (away + soft)
            middles = _sums(places * weight, own, count) / np.bincount(own, weight, count)
    found: NDArray[np.float32] = middles.astype(np.float32)
    return found


def _sample(groups: NDArray[np.integer], shown: Mask | None, count: int) -> NDArray[np.intp]:
    """Points that stand for all that are shown and in a group."""
    seen = np.arange(len(groups)) if shown is None else np.flatnonzero(shown)
    taken = seen[:: max(len(seen) // _TAKEN, 1)]
    taken = taken[_numbered(groups[taken], count)]
    if len(seen) <= _TAKEN:
        return taken
    scarce = np.bincount(groups[taken], minlength=count) < _SCARCE
    if scarce.any():
        # No group is the last number of the table.
        rest = seen[np.append(scarce, False).take(groups[seen], mode="wrap")]
        rest = rest[_numbered(groups[rest], count)]
        taken = np.concatenate([taken[~scarce[groups[taken]]], rest[:: max(len(rest) // _TAKEN, 1)]])
    return taken


def _numbered(groups: NDArray[np.integer], count: int) -> Mask:
    return (groups >= 0) & (groups < count)


def _sums(places: NDArray[np.float64], own: NDArray[np.intp], count: int) -> NDArray[np.float64]:
    return np.array([np.bincount(own, axis, count) for axis in places])
