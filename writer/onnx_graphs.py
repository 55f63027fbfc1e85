"""A model of ONNX as nodes of a graph. The library is imported only where a file is to be read."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from typing import Any

from .graphs import Node

#: Of AttributeProto.type, the field that holds the value; tensors and graphs are too long to be shown.
_FIELDS = {1: "f", 2: "i", 3: "s", 6: "floats", 7: "ints", 8: "strings"}


def load(model: Any) -> Any:
    """The graph of a model, or of the file at a path. RuntimeError where the package onnx is missing."""
    if hasattr(model, "graph"):
        return model.graph
    try:
        import onnx  # type: ignore[import-not-found, unused-ignore]
    except ImportError as error:
        raise RuntimeError(f"a file of ONNX needs the package onnx to be read ({error})") from error
    return onnx.load(os.fspath(model)).graph


def onnx_nodes(graph: Any) -> list[Node]:
    """The nodes of an ONNX graph: its inputs, weights, operations and outputs, with the shapes that it tells."""
    shapes = {info.name: _sides(info) for info in (*graph.input, *graph.value_info, *graph.output)}
    names: dict[str, str] = {}  # of a tensor, the node that makes it
    taken: set[str] = set()
    nodes = []
    for weight in graph.initializer:
        names[weight.name] = _free(weight.name, taken)
        nodes.append(Node(names[weight.name], "initializer", shapes=_known([list(weight.dims)])))
    for info in graph.input:
        if info.name not in names:
            names[info.name] = _free(f"input/{info.name}", taken)
            nodes.append(Node(names[info.name], "input", shapes=_known([shapes[info.name]])))
    full = []
    # Names first: an operation may stand in front of what it takes from.
    for number, node in enumerate(graph.node):
        label = node.name or f"{node.op_type}_{next(iter(node.output), number)}"
        full.append(_free(label, taken))
        for place, tensor in enumerate(node.output):
            names[tensor] = f"{full[-1]}:{place}" if place else full[-1]
    for name, node in zip(full, graph.node):
        inputs = [names[tensor] for tensor in node.input if tensor in names]
        sides = _known([shapes.get(tensor, []) for tensor in node.output])
        nodes.append(Node(name, node.op_type, inputs, sides, ", ".join(_settings(node.attribute))))
    for info in graph.output:
        made = [names[info.name]] if info.name in names else []
        nodes.append(Node(_free(f"output/{info.name}", taken), "output", made, _known([shapes[info.name]])))
    return nodes


def _free(name: str, taken: set[str]) -> str:
    """A name that no other node has. A leading ``/`` would be a scope without a name."""
    name = name.strip("/") or "node"
    free, number = name, 1
    while free in taken:
        free, number = f"{name}_{number}", number + 1
    taken.add(free)
    return free


def _sides(info: Any) -> list[int]:
    """The sides of a tensor; one that has a name instead of a size, as a batch has, is -1."""
    return [dim.dim_value or -1 for dim in info.type.tensor_type.shape.dim]


def _known(shapes: list[list[int]]) -> list[list[int]]:
    return shapes if any(shapes) else []


def _settings(attributes: Iterable[Any]) -> Iterator[str]:
    for attribute in attributes:
        field = _FIELDS.get(attribute.type)
        value = "…" if field is None else getattr(attribute, field)
        if isinstance(value, bytes):
            shown = value.decode(errors="replace")
        else:
            shown = str(value if isinstance(value, (int, float, str)) else list(value))
        yield f"{attribute.name}={shown[:100]}"
