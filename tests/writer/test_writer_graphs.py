"""Graphs of models: what PyTorch traces and ONNX stores becomes nodes that TensorBoard draws."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from reading_back import events_of, ours
from tensorboard.compat.proto.graph_pb2 import GraphDef

from runglass import SummaryWriter
from runglass.reader.api import Kind
from runglass.writer.graphs import Node, graph_def


class Value:
    """A value of a traced graph, with the methods that torch's have."""

    def __init__(self, name: str, sizes: Any = None, kind: str = "TensorType") -> None:
        self.name, self.sizes, self.kind_of_type = name, sizes, kind

    def debugName(self) -> str:
        return self.name

    def type(self) -> Any:
        def sizes() -> Any:
            if self.kind_of_type != "TensorType":
                raise RuntimeError("not a tensor")
            return self.sizes

        return SimpleNamespace(kind=lambda: self.kind_of_type, sizes=sizes)


class Operation:
    """A node of a traced graph."""

    def __init__(self, kind: str, inputs: list[Value], outputs: list[Value], scope: str = "", **attributes: Any):
        self._kind, self._inputs, self._outputs = kind, inputs, outputs
        self._scope, self._attributes = scope, attributes

    def kind(self) -> str:
        return self._kind

    def inputs(self) -> Iterator[Value]:
        return iter(self._inputs)

    def outputs(self) -> Iterator[Value]:
        return iter(self._outputs)

    def scopeName(self) -> str:
        return self._scope

    def attributeNames(self) -> list[str]:
        return list(self._attributes)

    def kindOf(self, name: str) -> str:
        return "i" if isinstance(self._attributes[name], int) else "s"

    def s(self, name: str) -> Any:
        return self._attributes[name]

    i = s


class Graph:
    """y, z = split(linear(x, self.layer[0].weight)) of a network whose first layer is a sequence."""

    def __init__(self) -> None:
        net, layer, first = (Value(name, kind="ClassType") for name in ("self", "layer", "first"))
        self.x, weight = Value("x", [8, 4]), Value("weight", [3, 4])
        dim, hidden = Value("dim", kind="IntType"), Value("12", [8, 3])
        self.y, self.z = Value("y", [8, None]), Value("z")
        self.net = net
        self.operations = [
            Operation("prim::GetAttr", [net], [layer], name="layer"),
            Operation("prim::GetAttr", [layer], [first], name="0"),
            Operation("prim::GetAttr", [first], [weight], name="weight"),
            Operation("aten::linear", [self.x, weight], [hidden], "__module.layer/__module.layer.0"),
            Operation("prim::Constant", [], [dim], "", value=1),
            Operation("aten::split", [hidden, dim], [self.y, self.z], "__module"),
            Operation("prim::Print", [hidden], []),
        ]

    def inputs(self) -> list[Value]:
        return [self.net, self.x]

    def nodes(self) -> list[Operation]:
        return self.operations

    def outputs(self) -> list[Value]:
        return [self.y, self.z]


def graph_of(folder: Path) -> Any:
    (graph,) = [event.graph_def for event in events_of(folder) if event.HasField("graph_def")]
    return GraphDef.FromString(graph)


def shapes(node: Any) -> list[list[int]]:
    return [[dim.size for dim in shape.dim] for shape in node.attr["_output_shapes"].list.shape]


def assert_traced(folder: Path) -> None:
    nodes = {node.name: node for node in graph_of(folder).node}
    assert {name: (node.op, list(node.input)) for name, node in nodes.items()} == {
        "input/x": ("input", []),
        "Net/layer/0/weight": ("prim::GetAttr", []),
        "Net/layer/0/linear_12": ("aten::linear", ["input/x", "Net/layer/0/weight"]),
        "Net/Constant_dim": ("prim::Constant", []),
        "Net/split_y": ("aten::split", ["Net/layer/0/linear_12", "Net/Constant_dim"]),
        "Net/Print__6": ("prim::Print", ["Net/layer/0/linear_12"]),
        "output/0": ("output", ["Net/split_y"]),
        "output/1": ("output", ["Net/split_y:1"]),
    }
    assert shapes(nodes["input/x"]) == [[8, 4]]
    assert shapes(nodes["Net/split_y"]) == [[8, -1], []]
    assert nodes["Net/Constant_dim"].attr["settings"].s == b"value=1"


def test_a_traced_model_is_drawn_by_its_modules(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO", "runglass.writer")
    with SummaryWriter(tmp_path, strict=True) as writer:
        writer.add_graph(SimpleNamespace(inlined_graph=Graph(), original_name="Net"), verbose=True)
    assert_traced(tmp_path)
    assert len(caplog.messages) == 1
    session = ours(tmp_path)
    assert [key.tag for key in session.store.series(Kind.GRAPH)] == ["__run_graph__"]


class Net:
    """A model of torch, of which one part is in training."""

    def __init__(self) -> None:
        self.training = True
        self.part = SimpleNamespace(training=False)

    def modules(self) -> list[Any]:
        return [self, self.part]

    def eval(self) -> None:
        self.training = self.part.training = False


def test_a_model_is_traced_by_torch_and_left_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Any] = []

    def trace(model: Any, inputs: Any, **options: Any) -> Any:
        asked.append((model.training, inputs, options["strict"]))
        return SimpleNamespace(inlined_graph=Graph())

    class NoGrad:
        def __enter__(self) -> None:
            pass

        def __exit__(self, *_: object) -> None:
            pass

    monkeypatch.setitem(sys.modules, "torch", SimpleNamespace(jit=SimpleNamespace(trace=trace), no_grad=NoGrad))
    model = Net()
    with SummaryWriter(tmp_path, strict=True) as writer:
        writer.add_graph(model, "input", use_strict_trace=False)
        with pytest.raises(ValueError, match="input_to_model"):
            writer.add_graph(model)
    assert asked == [(False, "input", False)]
    assert (model.training, model.part.training) == (True, False)
    assert_traced(tmp_path)


def test_what_is_missing_is_said_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setitem(sys.modules, "torch", None)
    monkeypatch.setitem(sys.modules, "onnx", None)
    with SummaryWriter(tmp_path) as writer:
        for _ in range(2):
            writer.add_graph(Net(), "input")
            writer.add_onnx_graph("model.onnx")
    graph, onnx = caplog.messages
    assert "add_graph" in graph and "PyTorch" in graph
    assert "add_onnx_graph" in onnx and "package onnx" in onnx


# ONNX


def tensor_info(name: str, *sides: int) -> Any:
    dims = [SimpleNamespace(dim_value=side) for side in sides]
    shape = SimpleNamespace(dim=dims)
    return SimpleNamespace(name=name, type=SimpleNamespace(tensor_type=SimpleNamespace(shape=shape)))


def onnx_node(
    op: str, inputs: list[str], outputs: list[str], name: str = "", **attributes: tuple[int, str, Any]
) -> Any:
    listed = [
        SimpleNamespace(name=label, type=kind, **{field: value}) for label, (kind, field, value) in attributes.items()
    ]
    return SimpleNamespace(op_type=op, input=inputs, output=outputs, name=name, attribute=listed)


def onnx_graph() -> Any:
    return SimpleNamespace(
        input=[tensor_info("x", 0, 4), tensor_info("w", 3, 4)],
        initializer=[SimpleNamespace(name="w", dims=[3, 4])],
        value_info=[tensor_info("h", 0, 3)],
        output=[tensor_info("y", 0, 3)],
        node=[
            onnx_node("Relu", ["h"], ["y"]),
            onnx_node(
                "Gemm",
                ["x", "w", ""],
                ["h"],
                "/layer/Gemm",
                alpha=(1, "f", 0.5),
                mode=(3, "s", b"fast"),
                axes=(7, "ints", [1, 2]),
                table=(4, "t", object()),
            ),
            onnx_node("Relu", ["h"], ["unused"], "/layer/Gemm"),
        ],
    )


def assert_onnx(folder: Path) -> None:
    nodes = {node.name: node for node in graph_of(folder).node}
    assert {name: (node.op, list(node.input)) for name, node in nodes.items()} == {
        "w": ("initializer", []),
        "input/x": ("input", []),
        "Relu_y": ("Relu", ["layer/Gemm"]),
        "layer/Gemm": ("Gemm", ["input/x", "w"]),
        "layer/Gemm_1": ("Relu", ["layer/Gemm"]),
        "output/y": ("output", ["Relu_y"]),
    }
    assert shapes(nodes["layer/Gemm"]) == [[-1, 3]]
    assert nodes["layer/Gemm"].attr["settings"].s.decode() == "alpha=0.5, mode=fast, axes=[1, 2], table=…"


def test_a_model_of_onnx(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[Any] = []

    def load(path: Any) -> Any:
        read.append(path)
        return SimpleNamespace(graph=onnx_graph())

    monkeypatch.setitem(sys.modules, "onnx", SimpleNamespace(load=load))
    for number, call in enumerate(
        (
            lambda writer: writer.add_onnx_graph(SimpleNamespace(graph=onnx_graph())),
            lambda writer: writer.add_onnx_graph("model.onnx"),
            lambda writer: writer.add_onnx_graph(onnx_model_file=Path("model.onnx")),
        )
    ):
        with SummaryWriter(tmp_path / str(number), strict=True) as writer:
            call(writer)
        assert_onnx(tmp_path / str(number))
    assert read == ["model.onnx"] * 2


@given(
    st.lists(
        st.builds(
            Node,
            st.text(max_size=9),
            st.text(max_size=300),
            st.lists(st.text(max_size=5), max_size=4),
            st.lists(st.lists(st.integers(-1, 2**40), max_size=4), max_size=3),
            st.text(max_size=9),
        ),
        max_size=5,
    )
)
def test_graphs_by_hand_are_what_protobuf_reads(nodes: list[Node]) -> None:
    def plain(text: str) -> str:
        return text.encode("utf-8", "replace").decode()

    read = GraphDef.FromString(graph_def(nodes))
    assert read.versions.producer == 22
    assert [(node.name, node.op, list(node.input)) for node in read.node] == [
        (plain(node.name), plain(node.op), [plain(name) for name in node.inputs]) for node in nodes
    ]
    assert [shapes(node) for node in read.node] == [list(map(list, node.shapes)) for node in nodes]
    assert [node.attr["settings"].s.decode() for node in read.node] == [plain(node.settings) for node in nodes]
