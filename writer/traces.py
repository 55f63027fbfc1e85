"""What PyTorch traced of a model, as nodes of a graph. The library is imported only where a model is to be traced."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from .graphs import Node

_GET_ATTRIBUTE = "prim::GetAttr"
_CLASS = "ClassType"


def trace(model: Any, inputs: Any, strict: bool) -> Any:
    """The model as ``torch.jit.trace`` sees it, run once with ``inputs`` in its mode for evaluation.

    What is traced or scripted already is taken as it is. RuntimeError where PyTorch is missing.
    """
    if hasattr(model, "inlined_graph"):
        return model
    try:
        import torch  # type: ignore[import-not-found, unused-ignore]
    except ImportError as error:
        raise RuntimeError(f"the graph of a model needs PyTorch, which traces it ({error})") from error
    if inputs is None:
        raise ValueError("a model is traced with an input; input_to_model is None")
    modes = [(module, module.training) for module in model.modules()]
    try:
        model.eval()
        with torch.no_grad():
            return torch.jit.trace(model, inputs, strict=strict, check_trace=False)
    finally:
        for module, training in modes:
            module.training = training


def trace_nodes(traced: Any, name: str) -> list[Node]:
    """The nodes of a traced model: its inputs, parameters, operations and outputs.

    Scopes are the modules by their names in the model, below ``name``; a node is called after its operation and the
    value it makes.
    """
    graph = traced.inlined_graph
    names: dict[str, str] = {}  # of the value, the node that makes it
    modules: dict[str, str] = {}  # of a value that is a module, where it stands in the model
    nodes = []
    for value in graph.inputs():
        label = value.debugName()
        if value.type().kind() == _CLASS:
            modules[label] = name
        else:
            names[label] = f"input/{label}"
            nodes.append(Node(names[label], "input", shapes=_shapes([value])))
    for number, node in enumerate(graph.nodes()):
        outputs = list(node.outputs())
        label = outputs[0].debugName() if outputs else f"_{number}"
        if node.kind() == _GET_ATTRIBUTE:
            owner = modules.get(next(iter(node.inputs())).debugName(), name)
            if outputs[0].type().kind() == _CLASS:
                modules[label] = f"{owner}/{node.s('name')}"
                continue
            full = f"{owner}/{label}"
        else:
            operation = node.kind().rsplit("::", 1)[-1]
            full = f"{_scope(name, node.scopeName())}/{operation}_{label}"
        for place, value in enumerate(outputs):
            names[value.debugName()] = f"{full}:{place}" if place else full
        inputs = [names[value.debugName()] for value in node.inputs() if value.debugName() in names]
        nodes.append(Node(full, node.kind(), inputs, _shapes(outputs), ", ".join(_settings(node))))
    for number, value in enumerate(graph.outputs()):
        made = [names[value.debugName()]] if value.debugName() in names else []
        nodes.append(Node(f"output/{number}", "output", made, _shapes([value])))
    return nodes


def _scope(name: str, scope: str) -> str:
    """Where the module stands: the last part of ``__module.layer/__module.layer.0`` is its path in the model."""
    path = scope.rsplit("/", 1)[-1].removeprefix("__module").strip(".").replace(".", "/")
    return f"{name}/{path}" if path else name


def _shapes(values: list[Any]) -> list[list[int]]:
    """The shapes of tensors; a value that is none, or whose size the trace does not know, has no sides."""
    shapes = []
    for value in values:
        try:
            sides = value.type().sizes()
        except (AttributeError, RuntimeError):
            sides = None
        shapes.append([-1 if side is None else int(side) for side in sides or ()])
    return shapes if any(shapes) else []


def _settings(node: Any) -> Iterator[str]:
    for name in node.attributeNames():
        yield f"{name}={str(getattr(node, node.kindOf(name))(name))[:100]}"
