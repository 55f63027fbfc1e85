"""Scalars that carry more than a tag and a float32."""

from __future__ import annotations

import math

import numpy as np

from ..reader.wire.events_pb2 import DT_DOUBLE, DT_FLOAT, Summary

_LARGEST = float(np.finfo(np.float32).max)


def scalar_value(
    tag: str, number: float, display_name: str | bool, description: str | bool, as_tensor: bool, double: bool
) -> Summary.Value:
    """The summary value of one number: ``simple_value``, or a tensor of rank 0 for the plug-in "scalars".

    ``double`` keeps float64, which only a tensor can hold; in float32 what is too large is an infinity. ``description``
    is Markdown; it and ``display_name`` are left out where they are empty. Where these two are bool they are the two
    behind them: callers of torch give them in that place.
    """
    if isinstance(display_name, bool):
        as_tensor, display_name = display_name or as_tensor, ""
    if isinstance(description, bool):
        double, description = description or double, ""
    value = Summary.Value(tag=tag)
    if abs(number) > _LARGEST and not double:
        number = math.copysign(math.inf, number)
    if as_tensor or double:
        value.metadata.plugin_data.plugin_name = "scalars"
        value.tensor.dtype = DT_DOUBLE if double else DT_FLOAT
        value.tensor.tensor_shape.SetInParent()
        (value.tensor.double_val if double else value.tensor.float_val).append(number)
    else:
        value.simple_value = number
    if display_name:
        value.metadata.display_name = display_name
    if description:
        value.metadata.summary_description = description
    return value
