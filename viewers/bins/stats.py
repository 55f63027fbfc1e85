"""What a histogram's record says about its values beside the buckets. No Qt."""

from __future__ import annotations

import math
from dataclasses import dataclass

from ...reader.api import HistogramView


@dataclass(frozen=True, slots=True)
class Stats:
    """Number, mean, standard deviation, least and greatest value; NaN where the record does not say."""

    number: float
    mean: float
    deviation: float
    least: float
    greatest: float


def stats_of(view: HistogramView, point: int) -> Stats:
    """The statistics of one point: ``mean = sum / num``, ``deviation = sqrt(sum_squares / num - mean ** 2)``.

    Least and greatest value come from the outer edges where the record has none. A variance that rounding made
    negative counts as 0.
    """
    least, greatest, number, total, squares = (float(value) for value in view.stats[point])
    begin, end = int(view.start[point]), int(view.start[point + 1])
    if end > begin:
        least = float(view.left[begin]) if math.isnan(least) else least
        greatest = float(view.right[end - 1]) if math.isnan(greatest) else greatest
    mean = deviation = math.nan
    if number > 0:
        mean = total / number
        variance = squares / number - mean * mean
        deviation = math.sqrt(max(variance, 0.0)) if math.isfinite(variance) else variance
    return Stats(number, mean, deviation, least, greatest)
