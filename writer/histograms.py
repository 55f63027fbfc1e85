"""Arrays of numbers as histograms."""

from __future__ import annotations

import functools
import math
import struct
import sys
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from ..reader.wire.events_pb2 import HistogramProto, Summary
from .encoding import varint
from .values import Array, to_array, to_number

Floats = npt.NDArray[np.float64]
Bins = str | int | Sequence[float] | npt.ArrayLike

#: More buckets are refused: an outlier among many close values would make some estimators ask for billions.
MOST_BUCKETS = 100_000

_HEAD = struct.Struct("<BdBdBdBdBd")
#: Which of the four 16-bit parts of a float64 holds its sign, exponent and the first four bits of its mantissa.
_TOP = 3 if sys.byteorder == "little" else 0


@functools.cache
def default_edges() -> Floats:
    """The edges of ``bins="tensorflow"``: from -1e20 over 0 to 1e20, each 10 % wider than the one before."""
    positive = []
    edge = 1e-12
    while edge < 1e20:
        positive.append(edge)
        edge *= 1.1
    return np.array([*(-edge for edge in reversed(positive)), 0.0, *positive])


def to_values(values: Any) -> tuple[Floats, int]:
    """All finite numbers of an array of any shape, as a copy (n,), and how many others there were.

    ValueError where no finite one is among them.
    """
    left_out = 0
    with np.errstate(all="ignore"):
        array = np.array(to_array(values), np.float64).ravel()
        if not math.isfinite(array @ array):  # or the squares of what is finite are too large
            finite = array[np.isfinite(array)]
            left_out, array = array.size - finite.size, finite
    if not array.size:
        raise ValueError("a histogram needs at least one finite value")
    return array, left_out


def make_histogram(values: Any, bins: Bins = "tensorflow", max_bins: int | None = None) -> HistogramProto:
    """The histogram of all finite values, of any shape.

    ``bins`` is "tensorflow", or what :func:`numpy.histogram` takes; with "tensorflow", what lies beyond 1e20 counts
    into the outermost buckets. More than ``max_bins`` buckets are joined in groups of ``number // max_bins``. Buckets
    at both ends that hold nothing are left out, and one empty bucket goes first: its right edge is the left edge of
    what follows. ValueError if there is no finite value, or none between the edges.
    """
    return histogram_of(to_values(values)[0], bins, max_bins)


def histogram_of(values: Floats, bins: Bins = "tensorflow", max_bins: int | None = None) -> HistogramProto:
    """:func:`make_histogram` of finite values (n,)."""
    if isinstance(bins, str) and bins == "tensorflow":
        edges, counts = default_edges(), default_counts(values)
    else:
        counts, edges = np.histogram(values, bins=_checked(values, bins))
    if max_bins is not None:
        counts, edges = _joined(counts, edges, max_bins)
    filled = counts != 0
    first, last = int(filled.argmax()), len(filled) - 1 - int(filled[::-1].argmax())
    if not filled[first]:
        raise ValueError(f"none of the {values.size} values lies between {edges[0]:g} and {edges[-1]:g}")
    with np.errstate(over="ignore"):
        total, squares = float(values.sum()), float(values @ values)
    return _message(
        (float(values.min()), float(values.max()), float(values.size), total, squares),
        np.asarray(edges[first : last + 2], np.float64),
        np.concatenate([[0.0], counts[first : last + 1]]),
    )


def raw_histogram(numbers: Sequence[Any], limits: Any, counts: Any) -> HistogramProto:
    """A histogram that was counted elsewhere: ``numbers`` are min, max, num, sum and sum of squares; ``limits`` (n,)
    the right edges in rising order, ``counts`` (n,). ValueError where they do not fit each other.
    """
    edges, bucket = (np.asarray(to_array(part), np.float64) for part in (limits, counts))
    if edges.ndim != 1 or edges.shape != bucket.shape or not edges.size:
        raise ValueError(
            f"bucket_limits {edges.shape} and bucket_counts {bucket.shape} are not of one length; limits are the right "
            "edges, one a bucket, so the first of numpy's edges is left out"
        )
    if np.isnan(edges).any() or (np.diff(edges) < 0).any():
        raise ValueError("bucket_limits do not rise")
    if not np.isfinite(bucket).all() or (bucket < 0).any():
        raise ValueError("bucket_counts are no counts")
    return _message([to_number(number) for number in numbers], edges, bucket)


def default_counts(values: Floats) -> npt.NDArray[np.intp]:
    """How many of the finite ``values`` (n,) each bucket between :func:`default_edges` holds; exact.

    The upper 16 bits of a float64 name a cell in which numbers differ by a factor of at most 17/16. Edges lie 1.1
    apart, so a cell meets one edge at most: its bucket is the cell's, or the next one from that edge on.
    """
    buckets, borders = _cells()
    cells = np.ascontiguousarray(values).view(np.uint16)[_TOP::4].astype(np.intp)
    found = buckets.take(cells)
    found += (values >= borders.take(cells)).view(np.int8)
    return np.bincount(found, minlength=len(default_edges()) - 1)


@functools.cache
def _cells() -> tuple[npt.NDArray[np.int16], Floats]:
    """For each cell the bucket of its lowest number, and the edge that begins the next bucket, or infinity."""
    edges = default_edges()
    cells = np.arange(1 << 16, dtype=np.uint64) << np.uint64(48)
    ends = np.stack([cells, cells | np.uint64((1 << 48) - 1)]).view(np.float64)
    ends[:, (1 << 15) :] = ends[::-1, (1 << 15) :]  # of negative numbers, the one with more bits is lower
    ends = np.nan_to_num(ends, nan=0.0)  # cells without a finite number, which are never asked for
    lowest, highest = (np.searchsorted(edges, ends, side="right") - 1).clip(0, len(edges) - 2)
    return lowest.astype(np.int16), np.where(highest > lowest, edges[highest], np.inf)


def _checked(values: Floats, bins: Bins) -> Any:
    """``bins`` for numpy. ValueError where there would be too many."""
    if isinstance(bins, str):
        if bins in ("auto", "fd"):
            # Freedman and Diaconis (1981): the width is twice the interquartile range over the cube root of n.
            low, high = np.percentile(values, (25, 75))
            width = 2 * (high - low) / values.size ** (1 / 3)
            _refuse_many(np.ptp(values) / width if width > 0 else 1, bins)
        return bins
    if np.ndim(bins) == 0 and not hasattr(bins, "__len__"):
        count = int(to_number(bins))
        _refuse_many(count, bins)
        return count
    edges = to_array(bins)
    _refuse_many(edges.size, "edges")
    return edges


def _refuse_many(count: float, bins: object) -> None:
    if not count <= MOST_BUCKETS:
        raise ValueError(f"bins={bins!r} make {count:.0f} buckets; at most {MOST_BUCKETS} are possible")


def _joined(counts: Array, edges: Array, max_bins: int) -> tuple[Array, Array]:
    """Neighbouring buckets joined in groups of one size; the last group may be smaller."""
    if max_bins < 1:
        raise ValueError(f"max_bins is {max_bins}; at least 1 is needed")
    size = len(counts) // max_bins
    if len(counts) <= max_bins:
        return counts, edges
    return np.add.reduceat(counts, np.arange(0, len(counts), size)), np.append(edges[:-1:size], edges[-1])


def _message(numbers: Sequence[float], limits: Floats, counts: Floats) -> HistogramProto:
    """The message, by way of its bytes: protobuf would take the lists number by number."""
    minimum, maximum, num, total, squares = numbers
    parts = [_HEAD.pack(0x09, minimum, 0x11, maximum, 0x19, num, 0x21, total, 0x29, squares)]
    for key, packed in ((b"\x32", limits), (b"\x3a", counts)):
        parts += key, varint(8 * len(packed)), packed.astype("<f8", copy=False).tobytes()
    return HistogramProto.FromString(b"".join(parts))


def histogram_value(tag: str, histogram: HistogramProto, left_out: int = 0) -> Summary.Value:
    """The summary value; its description says how many values were not finite."""
    value = Summary.Value(tag=tag, histo=histogram)
    if left_out:
        value.metadata.summary_description = f"{left_out} more values were NaN or infinite; they are not counted."
    return value
