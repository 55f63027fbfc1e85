"""Precision and recall at many thresholds."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from ..reader.wire.events_pb2 import PrCurvePluginData, Summary
from .tensors import tensor_message, tensor_value
from .values import to_array, to_number

Floats = npt.NDArray[np.float64]

#: Thresholds that can be asked for.
MOST_THRESHOLDS = 10_000
_SMALLEST_COUNT = 1e-7


def pr_curve(labels: Any, predictions: Any, thresholds: Any, weights: Any, note: Callable[[str], None]) -> Floats:
    """The table (6, ``thresholds``) of true positives, false positives, true negatives, false negatives, precision and
    recall, as TensorBoard's plug-in "pr_curves" defines it.

    ``labels`` are 0, 1, or between; ``predictions`` probabilities, of as many elements; ``weights`` None, one number,
    or one for each. Threshold ``i`` is ``i / (thresholds - 1)``, and a prediction counts as positive from the threshold
    on that is at most as large. Predictions outside 0 to 1 are cut off, which ``note`` is told. ValueError where
    something does not fit.
    """
    count = to_number(thresholds)
    if not 2 <= count <= MOST_THRESHOLDS:
        raise ValueError(f"num_thresholds is {thresholds}; 2 to {MOST_THRESHOLDS} are possible")
    count = int(count)
    truth, guess = to_array(labels).ravel().astype(np.float64), to_array(predictions).ravel()
    if truth.size != guess.size or not truth.size:
        raise ValueError(f"{truth.size} labels do not fit {guess.size} predictions")
    if not ((truth >= 0) & (truth <= 1)).all():
        raise ValueError("labels are 0 or 1; for several classes, one curve a class shows each against the rest")
    if np.isnan(guess).any():
        raise ValueError("predictions hold NaN")
    if guess.min() < 0 or guess.max() > 1:
        note("predictions outside 0 to 1 are cut off; probabilities are expected")
        guess = guess.clip(0, 1)
    weight = np.ones(1) if weights is None else to_array(weights).ravel().astype(np.float64)
    if weight.size not in (1, truth.size) or not np.isfinite(weight).all():
        raise ValueError(f"{weight.size} weights do not fit {truth.size} predictions")
    place = np.floor(guess * (count - 1)).astype(np.intp)
    # From each threshold on: how many are positive with reason, and without.
    true = np.bincount(place, truth * weight, count)[::-1].cumsum()[::-1]
    false = np.bincount(place, (1 - truth) * weight, count)[::-1].cumsum()[::-1]
    missed = true[0] - true
    precision = true / np.maximum(_SMALLEST_COUNT, true + false)
    recall = true / np.maximum(_SMALLEST_COUNT, true + missed)
    return np.stack([true, false, false[0] - false, missed, precision, recall])


def raw_curve(columns: Sequence[Any]) -> Floats:
    """The same table from its six rows, each (thresholds,). ValueError where they are not of one length."""
    rows = [to_array(column).ravel().astype(np.float64) for column in columns]
    sizes = [row.size for row in rows]
    if len(set(sizes)) > 1 or not sizes[0]:
        raise ValueError(f"the six rows of a curve have {', '.join(map(str, sizes))} values; one a threshold is needed")
    return np.stack(rows)


def pr_curve_value(tag: str, table: Floats) -> Summary.Value:
    """The summary value of a table (6, thresholds), kept as float32."""
    content = PrCurvePluginData(num_thresholds=table.shape[1]).SerializeToString()
    return tensor_value(tag, tensor_message(table.astype(np.float32)), "pr_curves", content)
