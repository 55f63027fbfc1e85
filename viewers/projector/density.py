"""How crowded it is around each point: counts on a grid, blurred. No Qt; a million points in some ten milliseconds."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

#: Cells on a side of the grid, by dimensions: a quarter of a million either way.
_SIDES = {2: 512, 3: 64}
#: Cells to each side that a point counts in.
_REACH = {2: 5, 3: 1}
_SAMPLE = 1 << 15
_INSIDE = (0.5, 99.5)
#: The grid ends so many widths beyond what lies inside; what is farther out than that is alone.
_MARGIN = 0.25
#: Below, the size of a cell is no longer a number with all its digits.
_NO_WIDTH = 1e-290


def density(points: NDArray[np.floating]) -> NDArray[np.float32]:
    """Share of the density of the most crowded place, on a logarithmic scale: float32 (n,) from 0 to 1.

    ``points`` is (n, 2) or (n, 3); NaN where a coordinate is not finite. Deterministic.
    """
    count, dimensions = points.shape
    result = np.full(count, np.nan, np.float32)
    finite = np.isfinite(points).all(axis=1)
    whole = bool(finite.all())
    kept = points if whole else points[finite]
    if not len(kept):
        return result
    side = _SIDES[dimensions]
    cell = np.zeros(len(kept), np.int64)
    outside = np.zeros(len(kept), bool)
    for column in range(dimensions):
        place = _places(kept[:, column], side)
        outside |= (place < 0) | (place >= side)
        cell *= side
        cell += np.clip(place, 0, side - 1, out=place)
    counts = np.bincount(cell if not outside.any() else cell[~outside], minlength=side**dimensions)
    grid = counts.astype(np.float32).reshape((side,) * dimensions)
    for axis in range(dimensions):
        for _ in range(2):
            grid = _boxed(grid, _REACH[dimensions], axis)
    # A point by itself has the least: what blurring leaves of it.
    alone = _alone(_REACH[dimensions], dimensions)
    np.maximum(grid, alone, out=grid)
    grid = np.log(grid / alone)
    most = float(grid.max())
    if most > 0:
        grid /= most
    found: NDArray[np.float32] = grid.reshape(-1)[cell]
    found[outside] = 0
    if whole:
        return found
    result[finite] = found
    return result


def _places(values: NDArray[np.floating], side: int) -> NDArray[np.int64]:
    """The cell of each value; -1 and ``side`` for those beyond the grid."""
    rng = np.random.default_rng(0)
    sample = values if len(values) <= _SAMPLE else values[rng.integers(0, len(values), _SAMPLE)]
    # In quarters: widths of the largest numbers stay finite.
    low, high = (np.percentile(sample.astype(np.float64), _INSIDE) / 4).tolist()
    width = (high - low) * (1 + 2 * _MARGIN)
    if not width > _NO_WIDTH:
        low, high = float(sample.min()) / 4, float(sample.max()) / 4
        width = (high - low) * (1 + 2 * _MARGIN)
    if not width > _NO_WIDTH:
        return np.full(len(values), side // 2, np.int64)
    begin = low - (high - low) * _MARGIN
    wide: NDArray[np.floating] = values if _fits(values, width) else values.astype(np.float64)
    with np.errstate(over="ignore", under="ignore", invalid="ignore"):
        place = (wide * wide.dtype.type(0.25) - wide.dtype.type(begin)) * wide.dtype.type(side / width)
    np.clip(place, -1, side, out=place)
    cells: NDArray[np.int64] = np.floor(place, out=place).astype(np.int64)
    return cells


def _fits(values: NDArray[np.floating], width: float) -> bool:
    """Whether the precision of the values is enough to tell cells of the grid apart, and their scale is no overflow."""
    return values.dtype == np.float64 or (1e-30 < width < 1e30)


def _boxed(grid: NDArray[np.float32], reach: int, axis: int) -> NDArray[np.float32]:
    """Means over ``2 * reach + 1`` neighbours along an axis; beyond the edge there is nothing."""
    moved = np.moveaxis(grid, axis, 0)
    total = moved.copy()
    for step in range(1, reach + 1):
        total[step:] += moved[:-step]
        total[:-step] += moved[step:]
    total /= np.float32(2 * reach + 1)
    return np.moveaxis(total, 0, axis)


def _alone(reach: int, dimensions: int) -> float:
    """The middle of what blurring makes of one point."""
    share: float = (1 / (2 * reach + 1)) ** dimensions
    return share
