"""Which recorded picture of a series stands for a step, and the steps of many series together. No Qt."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray


def rising(values: NDArray[np.integer] | NDArray[np.floating]) -> NDArray[np.intp]:
    """Indices (n,) of ``values`` in rising order; equal ones stay in the order in which they were written."""
    if len(values) < 2 or bool((values[1:] >= values[:-1]).all()):
        return np.arange(len(values))
    return np.argsort(values, kind="stable")


def typed(text: str, steps: NDArray[np.int64]) -> int | None:
    """Index of the one of ``steps`` nearest to a number that a user typed; None for no number, or without steps."""
    try:
        step = float(text.replace(",", "").strip())
    except ValueError:
        return None
    return nearest(steps, step) if step == step and len(steps) else None


def nearest(values: NDArray[np.integer] | NDArray[np.floating], target: float) -> int:
    """Index of the value nearest to ``target`` in ``values`` (n,), n at least 1.

    Of two that are as near the lower is taken, of equal ones the one written last: a restart writes a step again.
    """
    order = rising(values)
    ordered = values[order]
    above = int(np.searchsorted(ordered, target, side="right"))
    if above == 0:
        above_value = ordered[0]
    elif above == len(ordered):
        return int(order[-1])
    else:
        above_value = ordered[above]
        # Python's numbers: a difference of int64 may leave int64.
        if target - ordered[above - 1].item() <= above_value.item() - target:
            return int(order[above - 1])
    return int(order[int(np.searchsorted(ordered, above_value, side="right")) - 1])


def union(series: Iterable[NDArray[np.int64]]) -> NDArray[np.int64]:
    """All steps of several series, each once, rising: int64 (n,)."""
    parts = list(series)
    if not parts:
        return np.empty(0, np.int64)
    # numpy.unique imports a module of its own for masked arrays, which takes 20 ms of the pane's first picture.
    joined = np.sort(np.concatenate(parts))
    fresh = np.ones(len(joined), np.bool_)
    np.not_equal(joined[1:], joined[:-1], out=fresh[1:])
    return joined[fresh]


def written_at(values: NDArray[np.integer], index: int) -> NDArray[np.intp]:
    """Indices (m,) of all points with the step of point ``index``, in the order in which they were written."""
    return np.flatnonzero(values == values[index])
