"""What trainings hand over, as numbers and arrays: Python, numpy, and tensors of torch, JAX and TensorFlow.

Tensors are known by their methods; no library is imported for them.
"""

from __future__ import annotations

import math
import operator
import time
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]

_STEPS = range(-(2**63), 2**63)
#: Bytes of a tag from which on readers, ours among them, refuse it; what writers add to it ("/text_summary") fits.
LONGEST_TAG = 32 << 10
_CONTROLS = dict.fromkeys((*range(32), 127), "_")


def to_array(value: Any) -> Array:
    """Any array, tensor or nested sequence of numbers as a numpy array of bool, integers or floats.

    What numpy has no type for (bfloat16 and the eight-bit floats) becomes float32. The array may share its memory
    with ``value``. TypeError for what holds no real numbers.
    """
    array = np.asarray(_on_the_host(value))
    if array.dtype.kind not in "biuf":
        array = _widened(array)
    return array


def to_number(value: Any) -> float:
    """One number, or an array or tensor of one element, as a float; beyond float64 it is an infinity.

    TypeError for what is no real number, ValueError for more or fewer than one.
    """
    if isinstance(value, (int, float)):  # bool is an int, numpy.float64 a float
        return _float(value)
    if isinstance(value, (str, bytes)) or value is None:
        raise TypeError(f"{_named(value)} is no number")
    if hasattr(value, "shape") or isinstance(value, (list, tuple)):
        array = to_array(value)
        if array.size != 1:
            raise ValueError(f"one number is needed, and {_named(value)} has {array.size} (shape {array.shape})")
        return _float(array.reshape(())[()])
    return _float(value)


def to_step(value: Any) -> int:
    """A step as a 64-bit integer; fractions are cut off. TypeError or ValueError for what is none."""
    if type(value) is not int:
        try:
            value = operator.index(value)
        except TypeError:
            number = to_number(value)
            if not math.isfinite(number):
                raise ValueError(f"the step is {number}") from None
            value = int(number)
    if value not in _STEPS:
        raise ValueError(f"the step {value} does not fit into 64 bits")
    return int(value)


def to_wall_time(value: Any) -> float:
    """Seconds since 1970; None is now. TypeError or ValueError for what is no time."""
    if value is None:
        return time.time()
    wall_time = to_number(value)
    if not math.isfinite(wall_time):
        raise ValueError(f"the wall time is {wall_time}")
    return wall_time


def to_tag(tag: Any) -> str:
    """A tag that every reader can show: control characters and lone surrogates are replaced.

    TypeError for what is no string, ValueError for an empty one and one of more than LONGEST_TAG bytes.
    """
    if not isinstance(tag, str):
        raise TypeError(f"a tag is a string, not {_named(tag)}")
    if not tag:
        raise ValueError("the tag is empty")
    data = tag.translate(_CONTROLS).encode("utf-8", "replace")
    if len(data) > LONGEST_TAG:
        raise ValueError(f"the tag has {len(data)} bytes; at most {LONGEST_TAG} are possible")
    return data.decode()


def _float(value: Any) -> float:
    if isinstance(value, (complex, np.complexfloating)):
        raise TypeError(f"the complex number {value} is no real number")
    try:
        return float(value)
    except OverflowError:  # an integer (or a fraction) that float64 does not reach
        return math.inf if value > 0 else -math.inf


def _on_the_host(value: Any) -> Any:
    """A tensor as what numpy can take; sequences element by element where they hold tensors."""
    if isinstance(value, (np.ndarray, np.generic, int, float)):
        return value
    if hasattr(value, "detach"):
        return _of_torch(value.detach())
    if isinstance(value, (list, tuple)):
        return [_on_the_host(item) for item in value]
    for name in ("numpy", "asnumpy", "get"):  # TensorFlow; MXNet; CuPy
        take = getattr(value, name, None)
        if callable(take) and hasattr(value, "shape"):
            return take()
    return value


def _of_torch(tensor: Any) -> Any:
    """A detached torch tensor, of any device, layout and type, as a numpy array."""
    if getattr(tensor, "is_quantized", False):
        tensor = tensor.dequantize()
    if "strided" not in str(getattr(tensor, "layout", "strided")):
        tensor = tensor.to_dense()
    for name in ("cpu", "resolve_conj", "resolve_neg"):
        tensor = getattr(tensor, name, lambda same=tensor: same)()
    try:
        return tensor.numpy()
    except TypeError:  # bfloat16 and the eight-bit floats
        return tensor.float().numpy()


def _widened(array: Array) -> Array:
    """The types of ml_dtypes, which numpy calls void, and objects that are numbers; TypeError for the rest."""
    kind = array.dtype.kind
    if kind == "V" and array.dtype.names is None and "float" in array.dtype.name:
        return array.astype(np.float32)
    if kind == "V" and array.dtype.names is None and "int" in array.dtype.name:
        return array.astype(np.int32)
    if kind == "O" and array.size and not any(isinstance(item, (str, bytes)) or item is None for item in array.flat):
        return np.array([_float(item) for item in array.flat]).reshape(array.shape)
    raise TypeError(f"an array of real numbers is needed, not one of type {array.dtype}")


def _named(value: object) -> str:
    """What a value is, short enough for a message."""
    if value is None:
        return "None"
    shown = repr(value) if isinstance(value, (str, bytes, bytearray)) else ""
    return f"{type(value).__name__} {shown[:60]}".strip()
