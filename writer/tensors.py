"""Arrays as tensor messages."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..reader.wire import events_pb2 as pb
from ..reader.wire.events_pb2 import Summary, TensorProto
from .values import Array, to_array

#: Bytes of a tensor; protobuf takes no message of 2 GiB.
LARGEST_TENSOR = (1 << 31) - (1 << 20)

_TYPES: dict[str, pb.DataType] = {
    "float16": pb.DT_HALF,
    "float32": pb.DT_FLOAT,
    "float64": pb.DT_DOUBLE,
    "int8": pb.DT_INT8,
    "int16": pb.DT_INT16,
    "int32": pb.DT_INT32,
    "int64": pb.DT_INT64,
    "uint8": pb.DT_UINT8,
    "uint16": pb.DT_UINT16,
    "uint32": pb.DT_UINT32,
    "uint64": pb.DT_UINT64,
    "bool": pb.DT_BOOL,
}


def tensor_message(array: Array) -> TensorProto:
    """An array of any shape as a tensor; what is wider than float64 becomes float64. ValueError from 2 GiB on."""
    if array.dtype.name not in _TYPES:
        array = array.astype(np.float64)
    if array.nbytes > LARGEST_TENSOR:
        raise ValueError(f"a tensor of {array.nbytes} bytes; less than 2 GiB are possible")
    message = TensorProto(
        dtype=_TYPES[array.dtype.name],
        tensor_content=array.astype(array.dtype.newbyteorder("<"), copy=False).tobytes(),
    )
    message.tensor_shape.SetInParent()
    for side in array.shape:
        message.tensor_shape.dim.add(size=side)
    return message


def tensor_value(tag: str, message: TensorProto, plugin: str, content: bytes = b"") -> Summary.Value:
    """The summary value of a tensor that belongs to a plug-in; ``content`` is what the plug-in keeps beside it."""
    value = Summary.Value(tag=tag, tensor=message)
    value.metadata.plugin_data.plugin_name = plugin
    value.metadata.plugin_data.content = content
    return value


def plain_tensor(tag: str, values: Any) -> Summary.Value:
    """An array for the plug-in "tensor", as torch's ``add_tensor`` writes it."""
    return tensor_value(tag, tensor_message(to_array(values)), "tensor")
