"""A value that stayed on disk, once its bytes are read: its array and what it said of itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..model import SeriesMetadata, TensorValue
from ..wire.fields import LENGTH, write_varint
from ..wire.prescan import refusal
from ..wire.tolerant import parse_event
from .compat import metadata_of
from .tensors import BadTensor, to_array

_SUMMARY_OF_EVENT = 5
_VALUE_OF_SUMMARY = 1


@dataclass(frozen=True, slots=True)
class DecodedValue:
    """``array`` has the logged shape; strings are objects (bytes), bfloat16 is float32. None: the value has no tensor.

    ``metadata`` is the value's own, None where it carries none: that of the series is the first one's.
    """

    array: NDArray[Any] | None
    metadata: SeriesMetadata | None


def decode_value(value: TensorValue, data: bytes) -> DecodedValue:
    """What ``data``, the bytes that ``value.ref`` stands for, hold. Raises BadTensor with a reason for users."""
    if value.raw:
        array = np.empty(1, object)
        array[0] = data
        return DecodedValue(array, None)
    # As an event of this one value it goes through the same limits and the same tolerance as when it was found.
    payload = _field(_SUMMARY_OF_EVENT, _field(_VALUE_OF_SUMMARY, data))
    refused = refusal(payload)
    if refused is not None:
        raise BadTensor(refused.detail)
    event, _oddities = parse_event(payload)
    found = event.summary.value[0] if event.summary.value else None
    if found is None:
        raise BadTensor("the value cannot be decoded")
    return DecodedValue(to_array(found.tensor) if found.HasField("tensor") else None, metadata_of(found))


def _field(number: int, content: bytes) -> bytes:
    return b"".join((write_varint(number << 3 | LENGTH), write_varint(len(content)), content))
