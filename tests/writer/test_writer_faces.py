"""A script that was written for tensorboardX or torch finds what it calls, by the same names, in the same order."""

from __future__ import annotations

import inspect
from pathlib import Path
from typing import Any

import pytest
from tensorboard.backend.event_processing.event_file_loader import LegacyEventFileLoader
from tensorboard.compat.proto.event_pb2 import Event as TheirEvent
from tensorboard.compat.proto.graph_pb2 import GraphDef
from tensorboard.compat.proto.summary_pb2 import Summary as TheirSummary
from tensorboardX import SummaryWriter as TensorboardX

from runglass import SummaryWriter

#: In these tensorboardX and torch differ, and both are understood; see docs/summary-writer.md.
BOTH = {"add_hparams", "add_image_with_boxes", "add_onnx_graph"}


def public(kind: type) -> dict[str, Any]:
    return {
        name: member
        for name, member in inspect.getmembers(kind)
        if not name.startswith("_") and (inspect.isfunction(member) or isinstance(member, property))
    }


def parameters(method: Any) -> list[tuple[str, Any]]:
    return [
        (name, None if one.default is inspect.Parameter.empty else one.default)
        for name, one in inspect.signature(method).parameters.items()
        if one.kind in (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.POSITIONAL_ONLY)
    ]


def test_every_method_of_tensorboardx_is_there() -> None:
    assert set(public(TensorboardX)) - {"default_bins"} <= set(public(SummaryWriter))


@pytest.mark.parametrize("name", sorted(set(public(TensorboardX)) - BOTH))
def test_parameters_have_the_names_order_and_defaults_of_tensorboardx(name: str) -> None:
    theirs, ours = public(TensorboardX)[name], public(SummaryWriter)[name]
    if isinstance(theirs, property):
        assert isinstance(ours, property)
        return
    wanted, found = parameters(theirs), parameters(ours)
    assert [one for one, _ in found[: len(wanted)]] == [one for one, _ in wanted]
    for (parameter, default), (_, other) in zip(wanted, found, strict=False):
        assert other == default or (other in (None, "") and default in (None, "")), parameter


def test_the_constructor_takes_what_tensorboardx_takes() -> None:
    theirs = parameters(TensorboardX.__init__)
    ours = parameters(SummaryWriter.__init__)
    assert [name for name, _ in ours] == [name for name, _ in theirs]


def test_messages_that_were_built_elsewhere_are_written(tmp_path: Path) -> None:
    with SummaryWriter(tmp_path) as writer:
        summary = TheirSummary(value=[TheirSummary.Value(tag="loss", simple_value=0.5)])
        writer._get_file_writer().add_summary(summary, 7)
        event = TheirEvent(step=1, summary=TheirSummary(value=[TheirSummary.Value(tag="acc", simple_value=0.25)]))
        writer.file_writer.add_event(event, 8, walltime=12.5)
        graph = GraphDef()
        graph.node.add(name="x", op="Input")
        writer.file_writer.add_graph((graph, None))
        assert writer.file_writer.get_logdir() == str(tmp_path)
        writer.add_scalars("group", {"a": 1.0}, 1)
        assert set(writer.all_writers) == {str(tmp_path), str(tmp_path / "group" / "a")}
    (file,) = tmp_path.glob("*tfevents*")
    events = list(LegacyEventFileLoader(str(file)).Load())
    assert [(value.tag, event.step) for event in events for value in event.summary.value] == [("loss", 7), ("acc", 8)]
    assert [event.wall_time for event in events if event.step == 8] == [12.5]
    assert [GraphDef.FromString(event.graph_def).node[0].name for event in events if event.graph_def] == ["x"]


def test_a_message_that_is_none_is_said(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with SummaryWriter(tmp_path) as writer:
        writer.file_writer.add_summary("not a message", 1)
    assert len(caplog.messages) == 1 and "add_summary" in caplog.messages[0]


def test_a_model_of_openvino(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    model = tmp_path / "model.xml"
    model.write_text(
        """<net name="m"><layers>
        <layer id="0" name="in" type="Parameter"><data shape="1,3"/><output><port id="0"><dim>1</dim><dim>3</dim></port>
        </output></layer><layer id="1" name="net/relu" type="ReLU"/></layers>
        <edges><edge from-layer="0" from-port="0" to-layer="1" to-port="0"/></edges></net>"""
    )
    with SummaryWriter(tmp_path / "run") as writer:
        writer.add_openvino_graph(str(model))
        writer.add_openvino_graph(str(tmp_path / "missing.xml"))
        (tmp_path / "broken.xml").write_text("<net>")
        writer.add_openvino_graph(tmp_path / "broken.xml")
    (file,) = (tmp_path / "run").glob("*tfevents*")
    (graph,) = [event.graph_def for event in LegacyEventFileLoader(str(file)).Load() if event.graph_def]
    nodes = {node.name: node for node in GraphDef.FromString(graph).node}
    assert list(nodes["net/relu"].input) == ["in"] and nodes["in"].op == "Parameter"
    assert [side.size for side in nodes["in"].attr["_output_shapes"].list.shape[0].dim] == [1, 3]
    assert ["missing.xml" in caplog.messages[0], "no XML" in caplog.messages[1]] == [True, True]
