"""TensorProto to numpy, without believing what it says of itself."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

_DTYPES: dict[int, str] = {
    1: "float32",
    2: "float64",
    3: "int32",
    4: "uint8",
    5: "int16",
    6: "int8",
    8: "complex64",
    9: "int64",
    10: "bool",
    14: "bfloat16",
    17: "uint16",
    18: "complex128",
    19: "float16",
    22: "uint32",
    23: "uint64",
}
_FIELDS = {
    "float32": "float_val",
    "float64": "double_val",
    "int32": "int_val",
    "int16": "int_val",
    "int8": "int_val",
    "uint8": "int_val",
    "uint16": "int_val",
    "int64": "int64_val",
    "bool": "bool_val",
    "uint32": "uint32_val",
    "uint64": "uint64_val",
}
STRING = 7
MAX_ELEMENTS = 1 << 28
#: So many elements may stand for one that is written: memory is not reserved on the word of a shape.
MAX_FILLED = 1 << 20


class BadTensor(ValueError):
    """The tensor's type, shape and bytes do not fit together; the text says how."""


def dtype_name(tensor: Any) -> str:
    """numpy's name of the element type, "object" for strings, "type N" for one that is not known here."""
    if tensor.dtype == STRING:
        return "object"
    return _DTYPES.get(tensor.dtype, f"type {tensor.dtype}")


def shape(tensor: Any) -> tuple[int, ...]:
    """The claimed shape; BadTensor where a side is negative or the product is out of all proportion."""
    sides = tuple(int(dim.size) for dim in tensor.tensor_shape.dim)
    if tensor.tensor_shape.unknown_rank or any(side < 0 for side in sides):
        raise BadTensor(f"shape {list(sides)} is not a shape")
    if elements(sides) > MAX_ELEMENTS:
        raise BadTensor(f"shape {list(sides)} claims {elements(sides)} elements")
    return sides


def elements(sides: tuple[int, ...]) -> int:
    """Number of elements of a shape, in Python's own integers, which do not overflow."""
    product = 1
    for side in sides:
        product *= side
    return product


def to_array(tensor: Any) -> NDArray[Any]:
    """The tensor's values; strings as objects (bytes), bfloat16 as float32. Raises BadTensor."""
    sides = shape(tensor)
    count = elements(sides)
    if tensor.dtype == STRING:
        strings = list(tensor.string_val)
        if len(strings) == 1 and 1 < count <= MAX_FILLED:
            strings *= count
        if len(strings) != count:
            raise BadTensor(f"shape {list(sides)} wants {count} strings, there are {len(strings)}")
        array = np.empty(count, object)
        array[:] = strings
        return array.reshape(sides)
    name = _DTYPES.get(tensor.dtype)
    if name is None:
        raise BadTensor(f"element type {tensor.dtype} is not known")
    return _numbers(tensor, name, count).reshape(sides)


def _numbers(tensor: Any, name: str, count: int) -> NDArray[Any]:
    raw = tensor.tensor_content
    if raw:
        stored = np.dtype("uint16" if name == "bfloat16" else name).newbyteorder("<")
        if len(raw) != count * stored.itemsize:
            raise BadTensor(f"{count} elements of {name} need {count * stored.itemsize} bytes, there are {len(raw)}")
        values = np.frombuffer(raw, stored)
        return _bfloat16(values) if name == "bfloat16" else values
    if name in ("float16", "bfloat16"):
        halves = np.array(tensor.half_val, np.int64).astype(np.uint16)
        values = _bfloat16(halves) if name == "bfloat16" else halves.view(np.float16)
    elif name in ("complex64", "complex128"):
        pairs = np.array(tensor.scomplex_val if name == "complex64" else tensor.dcomplex_val, np.float64)
        if len(pairs) % 2:
            raise BadTensor("an odd number of parts for complex values")
        values = (pairs[::2] + 1j * pairs[1::2]).astype(name)
    else:
        with np.errstate(over="ignore"):
            values = np.array(getattr(tensor, _FIELDS[name])).astype(name)
    if len(values) == count:
        return values
    if count > MAX_FILLED:
        raise BadTensor(f"{len(values)} values for {count} elements")
    if not len(values):
        # An empty value field means zeros: protobuf leaves out what equals the default.
        return np.zeros(count, values.dtype if values.dtype != np.float64 or name == "float64" else name)
    if len(values) < count:
        return np.concatenate([values, np.full(count - len(values), values[-1])])
    raise BadTensor(f"{len(values)} values for {count} elements")


def _bfloat16(halves: NDArray[Any]) -> NDArray[np.float32]:
    widened: NDArray[np.uint32] = halves.astype(np.uint32) << np.uint32(16)
    return widened.view(np.float32)
