"""Histograms, PR curves, meshes, tensors and layouts: the numbers in the log are those of tensorboardX and numpy."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tensorboardX.summary as theirs
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from reading_back import array_of, events_of, our_arrays, ours, points_of, values_of
from tensorboard.plugins.custom_scalar.layout_pb2 import Layout as TheirLayout
from tensorboard.plugins.mesh import metadata as mesh_metadata
from tensorboard.plugins.pr_curve import metadata as pr_metadata

from runglass import SummaryWriter
from runglass.reader.api import Kind
from runglass.writer.histograms import default_counts, default_edges, make_histogram

RANDOM = np.random.default_rng(6)
EDGES = default_edges()
RULES = ["auto", "fd", "doane", "scott", "stone", "rice", "sturges", "sqrt"]


# Histograms


@given(
    hnp.arrays(
        np.float64,
        st.integers(0, 60),
        elements=st.one_of(
            st.floats(EDGES[0], EDGES[-1]),
            st.floats(-1e-10, 1e-10),
            st.sampled_from(EDGES.tolist()),
            st.sampled_from(np.nextafter(EDGES[:-1], np.inf).tolist()),
            st.sampled_from(np.nextafter(EDGES[1:], -np.inf).tolist()),
            st.sampled_from([0.0, -0.0, 5e-324, -5e-324]),
        ),
    )
)
def test_buckets_hold_what_numpy_counts(values: Any) -> None:
    np.testing.assert_array_equal(default_counts(values), np.histogram(values, bins=EDGES)[0])


def test_every_edge_and_its_neighbours_fall_where_numpy_puts_them() -> None:
    for values in (EDGES, np.nextafter(EDGES, 0), np.nextafter(EDGES[1:-1], EDGES[1:-1] * 2)):
        np.testing.assert_array_equal(default_counts(values), np.histogram(values, bins=EDGES)[0])
    assert default_counts(np.array([-1e308, 1e308]))[[0, -1]].tolist() == [1, 1]


def their_edges(bins: Any) -> Any:
    return EDGES.tolist() if isinstance(bins, str) and bins == "tensorflow" else bins


def assert_same(one: Any, other: Any) -> None:
    assert list(one.bucket) == list(other.bucket)
    assert list(one.bucket_limit) == list(other.bucket_limit)
    for name in ("min", "max", "num", "sum", "sum_squares"):
        assert getattr(one, name) == pytest.approx(getattr(other, name), rel=1e-12)


@pytest.mark.parametrize("bins", ["tensorflow", *RULES, 1, 7, [-1.0, 0.0, 0.25, 3.0], np.linspace(-4, 4, 50)])
@pytest.mark.parametrize("max_bins", [None, 1, 5, 1000])
def test_histograms_are_those_of_tensorboardx(bins: Any, max_bins: int | None, tmp_path: Path) -> None:
    values = RANDOM.normal(size=(30, 20)).astype(np.float32)
    with SummaryWriter(tmp_path, strict=True) as writer:
        writer.add_histogram("h", values, 4, bins, max_bins=max_bins)
    ((step, value),) = points_of(tmp_path)
    assert step == 4
    assert_same(value.histo, theirs.make_histogram(values.astype(float), their_edges(bins), max_bins))


@given(
    hnp.arrays(np.float64, st.integers(1, 40), elements=st.floats(-100, 100)),
    st.integers(1, 50),
    st.integers(1, 60),
)
def test_joined_buckets_are_those_of_tensorboardx(values: Any, bins: int, max_bins: int) -> None:
    assert_same(make_histogram(values, bins, max_bins), theirs.make_histogram(values, bins, max_bins))


def test_histograms_that_cannot_be(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    outlier = np.concatenate([RANDOM.normal(size=1000), [1e15]])
    with SummaryWriter(tmp_path) as writer:
        writer.add_histogram("empty", [])
        writer.add_histogram("nan", [np.nan])
        writer.add_histogram("outside", [1.0, 2.0], bins=[5.0, 6.0])
        writer.add_histogram("rule", [1.0], bins="tensorboard")
        writer.add_histogram("many", outlier, bins="auto")
        writer.add_histogram("max", [1.0, 2.0], max_bins=0)
        writer.add_histogram("words", ["a"])
        writer.add_histogram("huge", np.full(9, 1e300))
    (value,) = values_of(tmp_path)
    assert (value.tag, value.histo.num, value.histo.sum_squares) == ("huge", 9, np.inf)
    assert len(caplog.messages) == 7
    assert "5 and 6" in caplog.messages[2]
    assert "at most 100000" in caplog.messages[4]


def test_a_histogram_counted_elsewhere(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    values = RANDOM.normal(size=500)
    counts, limits = np.histogram(values)
    numbers = (values.min(), values.max(), len(values), values.sum(), values @ values)
    with SummaryWriter(tmp_path) as writer:
        writer.add_histogram_raw("h", *numbers, limits[1:].tolist(), counts.tolist(), 3)
        writer.add_histogram_raw("length", *numbers, limits, counts)
        writer.add_histogram_raw("order", *numbers, limits[:0:-1], counts)
        writer.add_histogram_raw("counts", *numbers, limits[1:], -counts)
        writer.add_histogram_raw("none", *numbers, [], [])
    ((step, value),) = points_of(tmp_path)
    other = theirs.histogram_raw("h", *numbers, limits[1:].tolist(), counts.tolist()).value[0]
    assert (step, value.histo.SerializeToString()) == (3, other.histo.SerializeToString())
    assert len(caplog.messages) == 4
    assert "right edges" in caplog.messages[0]


# Curves


@pytest.mark.parametrize("thresholds", [2, 11, 127])
@pytest.mark.parametrize("weights", [None, 0.5, "each"])
def test_pr_curves_are_those_of_tensorboardx(thresholds: int, weights: Any, tmp_path: Path) -> None:
    labels, predictions = RANDOM.integers(0, 2, 400), RANDOM.random(400).astype(np.float32)
    predictions[:2] = 0, 1
    weights = RANDOM.random(400) if weights == "each" else weights
    with SummaryWriter(tmp_path, strict=True) as writer:
        writer.add_pr_curve("c", labels, predictions, 5, thresholds, weights)
    (value,) = values_of(tmp_path)
    other = theirs.pr_curve("c", labels, predictions, thresholds, weights).value[0]
    np.testing.assert_allclose(array_of(value), array_of(other), rtol=1e-6)
    assert value.metadata.plugin_data.plugin_name == "pr_curves"
    content = pr_metadata.parse_plugin_metadata(value.metadata.plugin_data.content)
    assert content.num_thresholds == thresholds


def test_raw_pr_curves_know_how_many_thresholds_they_have(tmp_path: Path) -> None:
    rows = RANDOM.random((6, 200))
    with SummaryWriter(tmp_path, strict=True) as writer:
        writer.add_pr_curve_raw("c", *rows, 1)
        with pytest.raises(ValueError, match="200, 200, 200, 200, 200, 199"):
            writer.add_pr_curve_raw("c", *rows[:5], rows[5, 1:])
    (value,) = values_of(tmp_path)
    np.testing.assert_array_equal(array_of(value), rows.astype(np.float32))
    assert pr_metadata.parse_plugin_metadata(value.metadata.plugin_data.content).num_thresholds == 200


def test_curves_that_cannot_be(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with SummaryWriter(tmp_path) as writer:
        writer.add_pr_curve("sizes", [1, 0], [0.5])
        writer.add_pr_curve("classes", [1, 2], [0.5, 0.5])
        writer.add_pr_curve("nan", [1, 0], [0.5, np.nan])
        writer.add_pr_curve("empty", [], [])
        writer.add_pr_curve("few", [1, 0], [0.5, 0.5], num_thresholds=1)
        writer.add_pr_curve("weights", [1, 0], [0.5, 0.5], weights=[1, 2, 3])
        assert [message.split("'")[1] for message in caplog.messages] == [
            "sizes", "classes", "nan", "empty", "few", "weights"
        ]  # fmt: skip
        caplog.clear()
        writer.add_pr_curve("logits", [True, False], [1.000001, -3.0])
    assert ["cut off" in message for message in caplog.messages] == [True]
    (value,) = values_of(tmp_path)
    assert array_of(value)[:4, 0].tolist() == [1, 1, 0, 0]


# Meshes and tensors


def test_a_mesh_is_found_by_tensorboards_plugin(tmp_path: Path) -> None:
    vertices, faces = RANDOM.random((2, 5, 3)), RANDOM.integers(0, 5, (2, 7, 3))
    colors = RANDOM.integers(0, 256, (2, 5, 3))
    with SummaryWriter(tmp_path, strict=True) as writer:
        writer.add_mesh("m", vertices, colors, faces, {"camera": {"fov": 75}}, 3)
        writer.add_mesh("cloud", vertices[0], global_step=4)
    mesh, cloud = [event for event in events_of(tmp_path) if event.summary.value]
    assert (mesh.step, cloud.step) == (3, 4)
    contents = {}
    for value in mesh.summary.value:
        content = mesh_metadata.parse_plugin_metadata(value.metadata.plugin_data.content)
        assert value.tag == mesh_metadata.get_instance_name("m", content.content_type)
        assert list(content.shape) == list(array_of(value).shape)
        assert (content.name, json.loads(content.json_config)) == ("m", {"camera": {"fov": 75}})
        assert content.components == 0b1110
        contents[value.tag] = array_of(value)
    np.testing.assert_array_equal(contents["m_VERTEX"], vertices.astype(np.float32))
    np.testing.assert_array_equal(contents["m_FACE"], faces)
    np.testing.assert_array_equal(contents["m_COLOR"], colors)
    assert [str(contents[name].dtype) for name in sorted(contents)] == ["uint8", "int32", "float32"]
    (points,) = cloud.summary.value
    assert array_of(points).shape == (1, 5, 3)


@pytest.mark.parametrize(
    "arguments, words",
    [
        ({"vertices": np.zeros((2, 5))}, "vertices"),
        ({"vertices": np.zeros((0, 3))}, "vertices"),
        ({"colors": np.zeros((4, 3))}, "colors"),
        ({"faces": [[0, 1, 5]]}, "beyond the 5"),
        ({"faces": np.zeros((2, 1, 3))}, "faces"),
        ({"config_dict": {"camera": object()}}, "JSON"),
    ],
)
def test_meshes_that_cannot_be(arguments: Any, words: str, tmp_path: Path) -> None:
    with SummaryWriter(tmp_path, strict=True) as writer, pytest.raises((TypeError, ValueError), match=words):
        writer.add_mesh("m", **{"vertices": np.zeros((5, 3)), **arguments})
    assert not values_of(tmp_path)


def test_colours_outside_are_cut_off(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with SummaryWriter(tmp_path) as writer:
        writer.add_mesh("m", np.zeros((1, 3)), [[-4, 7.9, 300]])
    assert array_of(values_of(tmp_path)[1]).tolist() == [[[0, 7, 255]]]
    assert caplog.messages == ["add_mesh('m'): colors outside 0 to 255 are cut off"]


@pytest.mark.parametrize(
    "kind", ["f2", "f4", "f8", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "?", ">f4", "longdouble"]
)
def test_tensors_keep_shape_type_and_values(kind: str, tmp_path: Path) -> None:
    array = (RANDOM.random((2, 0 if kind == "f2" else 3, 4)) * 9).astype(kind)
    with SummaryWriter(tmp_path, strict=True) as writer:
        writer.add_tensor("t", array, 6)
        writer.add_tensor("t", array.ravel()[:0])
        writer.add_tensor("t", array.dtype.type(3))
    first, _, last = values_of(tmp_path)
    assert first.metadata.plugin_data.plugin_name == "tensor"
    read = array_of(first)
    np.testing.assert_array_equal(read, array)
    assert read.dtype == (np.float64 if kind == "longdouble" else array.dtype.newbyteorder("="))
    assert array_of(last).shape == ()
    session = ours(tmp_path)
    (key,) = session.store.series(Kind.TENSOR)
    np.testing.assert_array_equal(our_arrays(session, key)[0], array)


# Layouts

LAYOUT = {
    "Taiwan": {"twse": ["Multiline", ["twse/0050", "twse/2330"]]},
    "USA": {"dow": ["Margin", ["dow/aaa", "dow/bbb", "dow/ccc"]], "nasdaq": ["Multiline", ["nasdaq/.*"]]},
}


def layouts_of(folder: Path) -> list[Any]:
    return [TheirLayout.FromString(array_of(value).item()) for value in values_of(folder)]


def test_a_layout_is_that_of_tensorboardx(tmp_path: Path) -> None:
    with SummaryWriter(tmp_path, strict=True) as writer:
        writer.add_custom_scalars(LAYOUT)
    (value,) = values_of(tmp_path)
    other = theirs.custom_scalars(LAYOUT).value[0]
    assert value.SerializeToString() == other.SerializeToString()
    session = ours(tmp_path)
    (key,) = session.store.series(Kind.CUSTOM_SCALARS)
    assert our_arrays(session, key)[0].item() == array_of(other).item()


def test_charts_add_up_where_tensorboard_reads_the_last_layout(tmp_path: Path) -> None:
    with SummaryWriter(tmp_path, strict=True) as writer:
        writer.add_custom_scalars_multilinechart(["a", "b"], "one", "first")
        writer.add_custom_scalars_marginchart(["v", "l", "u"], "one", "second")
        writer.add_custom_scalars_multilinechart(["c"])
        writer.add_custom_scalars_multilinechart(["d"], "one", "first")
    last = layouts_of(tmp_path)[-1]
    shown = {category.title: [chart.title for chart in category.chart] for category in last.category}
    assert shown == {"one": ["first", "second"], "default": ["untitled"]}
    assert list(last.category[0].chart[0].multiline.tag) == ["d"]
    margin = last.category[0].chart[1].margin.series[0]
    assert (margin.value, margin.lower, margin.upper) == ("v", "l", "u")


@pytest.mark.parametrize(
    "layout, words",
    [
        ([], "dict"),
        ({"a": ["Multiline", ["x"]]}, "dict"),
        ({"a": {"b": "Multiline"}}, "list of its kind"),
        ({"a": {"b": ["Pie", ["x"]]}}, "Pie"),
        ({"a": {"b": ["Margin", ["x", "y"]]}}, "2 tags"),
        ({"a": {"b": ["Multiline", []]}}, "list of tags"),
        ({"a": {"b": ["Multiline", [1]]}}, "list of tags"),
    ],
)
def test_layouts_that_cannot_be(layout: Any, words: str, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with SummaryWriter(tmp_path) as writer:
        writer.add_custom_scalars(layout)
    (message,) = caplog.messages
    assert "add_custom_scalars: not written" in message and words in message
    assert not values_of(tmp_path)
