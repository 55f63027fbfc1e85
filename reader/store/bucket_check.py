"""Tells which histograms of a file hold buckets that make no sense."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from ..decode.histograms import Histogram, faults, usable
from ..model import Severity
from .staging import Problems

_REMEDY = (
    "They are left out of drawings and percentiles, the others are shown. Look for values that are NaN or infinite, or"
    " for buckets made by hand, where the training script logs this tag."
)


class _Met(NamedTuple):
    histogram: Histogram
    step: int
    offset: int
    length: int


class BucketCheck:
    """Histograms that were staged and not looked at yet.

    They are looked at many at a time: a call of numpy for the thirty buckets of each would take as long as decoding it.
    """

    def __init__(self) -> None:
        self._waiting: dict[str, list[_Met]] = {}

    def add(self, tag: str, histogram: Histogram, step: int, offset: int, length: int) -> None:
        """Take in a histogram, and which bytes of the file its record is."""
        self._waiting.setdefault(tag, []).append(_Met(histogram, step, offset, length))

    def settle(self, problems: Problems) -> None:
        """Note what is odd about all that were taken in: one row a tag, with the number of its buckets."""
        for tag, met in self._waiting.items():
            _look(tag, met, problems)
        self._waiting.clear()

    def forget(self) -> None:
        """Those taken in since the last :meth:`settle` are read again."""
        self._waiting.clear()


def _look(tag: str, met: list[_Met], problems: Problems) -> None:
    left, right, count = (
        np.concatenate([getattr(one.histogram, name) for one in met]) for name in ("left", "right", "count")
    )
    good = usable(left, right, count)
    lost = sum(one.histogram.lost for one in met)
    if good.all() and not lost:
        return
    ends = np.cumsum([len(one.histogram.count) for one in met])
    bad = np.flatnonzero(~good)
    owner = np.searchsorted(ends, bad, "right")
    damaged = {*owner.tolist(), *(index for index, one in enumerate(met) if one.histogram.lost)}
    first = met[min(damaged)]
    found = first.histogram
    told = faults(found.left, found.right, found.count)
    if found.lost:
        told.append((found.lost, "at the ends with a count that is negative or no number"))
    total = len(found.count) + found.lost
    what = ", ".join(f"{number:,} of {total:,} {reason}" for number, reason in told)
    problems.add(
        "bad-buckets",
        Severity.WARNING,
        f"Bad histogram buckets of tag {tag!r}, first at step {first.step:,}: {what}.",
        _REMEDY,
        first.offset,
        first.length,
        len(bad) + lost,
        about=tag,
    )
