"""What a histogram's record says about its values beside the buckets. No Qt."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from ...reader.api import HistogramView
from .buckets import Buckets, Floats, buckets_of
from .rebin import totals_of

ESTIMATE_HELP = (
    "Estimated: this record holds buckets alone, without the sums that mean and deviation follow from. Each value is"
    " taken to lie in the middle of its bucket."
)


@dataclass(frozen=True, slots=True)
class Stats:
    """Number, mean, standard deviation, least and greatest value; NaN where the record does not say.

    ``estimated``: mean and deviation come from the buckets.
    """

    number: float
    mean: float
    deviation: float
    least: float
    greatest: float
    estimated: bool = False


def stats_of(view: HistogramView, point: int, estimated: tuple[float, float] | None = None) -> Stats:
    """The statistics of one point: ``mean = sum / num``, ``deviation = sqrt(sum_squares / num - mean ** 2)``.

    Least and greatest value come from the outer edges where the record has none. A variance that rounding made
    negative counts as 0. A record that has no sums (TensorFlow 2 writes tables of buckets) gets mean and deviation of
    :func:`estimates`, which are worked out here unless they are ``estimated`` already.
    """
    least, greatest, number, total, squares = (float(value) for value in view.stats[point])
    begin, end = int(view.start[point]), int(view.start[point + 1])
    if end > begin:
        least = float(view.left[begin]) if math.isnan(least) else least
        greatest = float(view.right[end - 1]) if math.isnan(greatest) else greatest
    if math.isnan(total) and math.isnan(squares):
        if estimated is None:
            means, deviations = estimates(buckets_of(view, begin=point, end=point + 1))
            estimated = float(means[0]), float(deviations[0])
        mean, deviation = estimated
        return Stats(number, mean, deviation, least, greatest, not math.isnan(mean))
    mean = deviation = math.nan
    if number > 0:
        mean = total / number
        variance = squares / number - mean * mean
        deviation = math.sqrt(max(variance, 0.0)) if math.isfinite(variance) else variance
    return Stats(number, mean, deviation, least, greatest)


def estimates(buckets: Buckets) -> tuple[Floats, Floats]:
    """Means and standard deviations, float64 (rows,), if all values lay in the middle of their buckets.

    NaN for rows without values. For values within the buckets a mean is off by half a bucket's width at most.
    """
    rows, row = buckets.rows, buckets.row
    number = totals_of(buckets)
    filled = number > 0
    share = buckets.count / np.where(filled, number, 1.0)[row]
    centers = buckets.left / 2 + buckets.right / 2
    mean = np.bincount(row, share * centers, rows)
    away = np.abs(centers - mean[row])
    # Relative to the largest distance: squares of large numbers would be no finite ones.
    scale = np.zeros(rows)
    np.maximum.at(scale, row, away)
    near = away / np.where(scale > 0, scale, 1.0)[row]
    deviation = scale * np.sqrt(np.bincount(row, share * near**2, rows))
    return np.where(filled, mean, np.nan), np.where(filled, deviation, np.nan)
