"""The projector over embeddings that were written wrongly, or to fool it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from projector_logs import Viewer, blobs
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from runglass.viewers.projector.dressing import NUMBER
from runglass.viewers.projector.labels import breakable, short, told_apart
from runglass.viewers.projector.legend import CategoryLegend, RampLegend
from runglass.viewers.projector.settings import Method
from runglass.viewers.widgets import TextLabel

LONG = "W" * 10_000
MARKUP = "<b>bold</b> & <img src='/etc/passwd'>"
MIRRORED = "\u202eabc \u05d0\u05d1\u05d2"


@pytest.fixture
def viewer_of(qtbot: QtBot, kept: Callable[[Viewer], Viewer]) -> Callable[..., Viewer]:
    return lambda folder: kept(Viewer(folder, qtbot))


def write(folder: Path, matrix: np.ndarray, labels: str | None = None, more: str = "") -> Path:
    """An embedding in TensorBoard's layout."""
    folder.mkdir(parents=True, exist_ok=True)
    np.savetxt(folder / "points.tsv", matrix, delimiter="\t", fmt="%.6g")
    config = 'tensor_name: "points" tensor_path: "points.tsv" '
    if labels is not None:
        (folder / "labels.tsv").write_text(labels, encoding="utf-8")
        config += 'metadata_path: "labels.tsv" '
    (folder / "projector_config.pbtxt").write_text(f"embeddings {{ {config}{more} }}", encoding="utf-8")
    return folder


def test_names_and_labels_of_any_kind_are_plain_short_lines(viewer_of: Callable[..., Viewer], tmp_path: Path) -> None:
    names = ["same", "same", "", "#", NUMBER, MARKUP, LONG, MIRRORED]
    values = [MARKUP, "x", "", LONG, MIRRORED, "a\u2028b", "7", "nan"]
    rows = ["\t".join(names)] + ["\t".join(values[place:] + values[:place]) for place in np.arange(30) % len(values)]
    viewer = viewer_of(write(tmp_path / "log", blobs(30)[0], "\n".join(rows) + "\n"))
    viewer.until(viewer.shown)
    pane, panel = viewer.pane, viewer.panel
    found = [column.name for column in pane.looks.columns]
    assert len(set(found)) == len(names) and found[:3] == ["same", "same (2)", "column 3"]
    for choice in (panel.color_by, panel.label_by, panel.inspector.by, panel.tsne.by, panel.axes.by):
        menu = choice.menu()
        texts = [action.text() for action in menu.actions()]
        assert max(map(len, texts)) < 40 and not any("\n" in text for text in texts)
        menu.deleteLater()
    offered = [action.text() for action in panel.color_by.menu().actions()]
    assert sum(text.startswith("<b>bold</b> && <img") for text in offered) == 1
    panel.label_by.set_value(NUMBER)
    assert pane.looks.name_of(3) == "#3"
    for name in found:
        panel.color_by.set_value(name)
        panel.label_by.set_value(name)
        assert pane.settings.now.color_by == name and pane.settings.now.label_by == name
        for point in range(8):
            pane.chosen.point_at(point)
            assert not pane.grab().isNull() and not panel.grab().isNull()
    for point in range(8):
        pane.chosen.select_one(point)
        viewer.until(lambda: pane.chosen.neighbours is not None)
        pane.settings.update(labels=point % 2 == 0)
        assert not pane.grab().isNull()
    # Nothing of it makes the panel wider than its place.
    margins = panel.widget().layout().contentsMargins()
    usual = panel.inspector.action_row.minimumSizeHint().width() + margins.left() + margins.right()
    assert panel.widget().minimumSizeHint().width() <= usual
    assert "\u202e" not in panel.inspector.heading.text()
    for label in panel.findChildren(TextLabel):
        assert label.textFormat() is Qt.TextFormat.PlainText
    viewer.panel.source.open_list()


def test_ten_thousand_values_and_numbers_that_are_none_are_coloured(
    viewer_of: Callable[..., Viewer], tmp_path: Path
) -> None:
    count = 10_000
    rows = ["many\todd\tempty"] + [f"value {n}\t{('nan', '1.5', '-inf')[n % 3]}\t" for n in range(count)]
    matrix = np.random.default_rng(0).normal(size=(count, 3))
    viewer = viewer_of(write(tmp_path / "log", matrix, "\n".join(rows) + "\n"))
    viewer.until(viewer.shown)
    pane = viewer.pane
    pane.settings.update(color_by="many")
    legend = pane.looks.coloring.legend
    assert isinstance(legend, CategoryLegend) and len(legend.entries) == 50 and legend.values == count
    assert sum(entry.count for entry in legend.entries) == count
    pane.settings.update(color_by="odd", categorical=False)
    assert isinstance(pane.looks.coloring.legend, CategoryLegend | RampLegend)
    pane.settings.update(color_by="empty")
    assert [entry.count for entry in pane.looks.coloring.legend.entries] == [count]
    assert not viewer.panel.grab().isNull() and viewer.notes == []


def test_labels_and_thumbnails_that_do_not_fit_are_left_out_and_that_is_said(
    viewer_of: Callable[..., Viewer], tmp_path: Path
) -> None:
    Image.new("RGB", (16, 16)).save(tmp_path / "sheet.png")
    folder = write(
        tmp_path / "log",
        blobs(30)[0],
        "a\nb\n",
        'sprite { image_path: "sheet.png" single_image_dim: 8 single_image_dim: 8 }',
    )
    Image.new("RGB", (16, 16)).save(folder / "sheet.png")
    viewer = viewer_of(folder)
    viewer.until(viewer.shown)
    said = viewer.panel.notes.text().replace("\u200b", "")
    assert "The labels have 2 rows and the embedding 30 points" in said
    assert len(said.splitlines()) == 2 and not viewer.panel.notes.isHidden()
    assert viewer.pane.looks.columns == () and viewer.pane.tools.sprites.isHidden()
    assert viewer.pane.looks.name_of(3) == "#3"


@pytest.mark.parametrize("content", [b"", b"\n\n\n", b"\x00\x01", b"a\tb\n"], ids=["empty", "blank", "bytes", "words"])
def test_a_file_without_points_says_so(viewer_of: Callable[..., Viewer], tmp_path: Path, content: bytes) -> None:
    folder = write(tmp_path / "log", blobs(30)[0])
    (folder / "points.tsv").write_bytes(content)
    viewer = viewer_of(folder)
    viewer.until(lambda: viewer.pane.pages.kind == "failed")
    assert viewer.pane.shelf.failure.endswith(".") and viewer.pane.dataset is None
    for command in viewer.pane.commands():
        if command.id not in ("projector.export", "projector.label"):
            command.run()
    assert not viewer.pane.grab().isNull()


@pytest.mark.parametrize(
    "state",
    [
        {"selectedPoints": [-1, 5, 10**12, "x", None, 2.5]},
        {"filteredPoints": [0, 0, 99999, -3], "projections": [{"pca-0": 1e400}] * 4},
        {"cameraDef": {"orthographic": "yes", "position": [1, "x", None], "target": [], "zoom": float("nan")}},
        {"cameraDef": {"position": {"x": 0, "y": 0, "z": 0}, "target": {"x": 0, "y": 0, "z": 0}, "zoom": -1}},
        {"selectedProjection": "<b>", "pcaComponentDimensions": [99, -1, "2"]},
        {"selectedColorOptionName": LONG, "selectedLabelOption": {"a": 1}, "label": LONG},
        {"customSelectedSearchByMetadataOption": "no", "customXLeftText": "(" * 50, "customXLeftRegex": True},
        {"umapNeighbors": 10**9, "umapMinDist": -5, "tSNEPerplexity": "many", "tSNEIteration": -1},
        {"projections": [{"tsne-0": float("inf"), "tsne-1": None, "tsne-2": "x"}] * 30, "selectedProjection": "tsne"},
        {"projections": [{"linear-x": 1, "linear-y": 2}] * 30, "selectedProjection": "custom"},
    ],
)
def test_a_damaged_bookmark_is_refused_or_restored_and_never_breaks(
    viewer_of: Callable[..., Viewer], tmp_path: Path, state: dict[str, object]
) -> None:
    viewer = viewer_of(write(tmp_path / "log", blobs(30)[0], "\n".join(blobs(30)[1]) + "\n"))
    viewer.until(viewer.shown)
    pane = viewer.pane
    path = tmp_path / "states.json"
    path.write_text(json.dumps([{"label": "x", "dataSetDimensions": [30, 8], **state}]), "utf-8")
    pane.bookmarks.load(path)
    viewer.until(lambda: bool(pane.bookmarks.list) or bool(viewer.notes))
    if pane.bookmarks.list:
        pane.bookmarks.restore(0)
        viewer.until(lambda: not pane.projections.busy, 30)
    assert pane.chosen.count == 30 and not pane.grab().isNull() and not viewer.panel.grab().isNull()
    pane.stages.choose_method(Method.PCA)
    viewer.until(lambda: pane.stages.layout_of(pane.stages.current) is not None)


def test_names_are_cut_and_told_apart() -> None:
    assert short("a\nb\tc") == "a b c" and len(short(LONG)) == 28
    assert told_apart(["a", "a", "a (2)", " ", "\x00run"]) == ["a", "a (2)", "a (2) (2)", "column 4", "run"]
    cut = breakable(LONG)
    assert len(cut) < 700 and max(map(len, cut.split("\u200b"))) <= 25
