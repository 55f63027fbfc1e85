"""The projector over real embeddings on the disk: what a user sees and does."""

from __future__ import annotations

import csv
import json
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from projector_logs import DIMENSIONS, POINTS, Viewer, blobs, write_log
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from runglass import SummaryWriter
from runglass.viewers.cloud.gestures import How, Mode
from runglass.viewers.projector.dressing import NUMBER
from runglass.viewers.projector.legend import CategoryLegend, RampLegend
from runglass.viewers.projector.settings import Method, Metric
from runglass.viewers.theme import LIGHT


@pytest.fixture
def viewer_of(qtbot: QtBot, kept: Callable[[Viewer], Viewer]) -> Callable[..., Viewer]:
    return lambda folder, watch=False: kept(Viewer(folder, qtbot, watch))


@pytest.fixture
def viewer(viewer_of: Callable[..., Viewer], tmp_path: Path) -> Viewer:
    viewer = viewer_of(write_log(tmp_path / "log"))
    viewer.until(viewer.shown)
    return viewer


def nearest(matrix: np.ndarray, point: int, count: int, metric: Metric) -> np.ndarray:
    """The neighbours of a point by going through all."""
    full = matrix.astype(np.float64)
    if metric is Metric.COSINE:
        lengths = np.linalg.norm(full, axis=1)
        distances = 1 - full @ full[point] / (lengths * lengths[point])
    else:
        distances = np.linalg.norm(full - full[point], axis=1)
    order = np.argsort(distances, kind="stable")
    return order[order != point][:count]


def test_principal_components_are_shown_with_what_they_describe(viewer: Viewer) -> None:
    from sklearn.decomposition import PCA

    pane, panel = viewer.pane, viewer.panel
    layout = pane.stages.layout_of(pane.stages.current)
    viewer.until(lambda: layout is not None and pane.stages.layout_of(pane.stages.current).variance is not None)
    layout = pane.stages.layout_of(pane.stages.current)
    matrix, _kinds = blobs()
    oracle = PCA().fit(matrix.astype(np.float64))
    assert layout is not None and layout.variance is not None
    np.testing.assert_allclose(layout.variance, oracle.explained_variance_ratio_, atol=1e-6)
    assert panel.pca.total.text() == f"Total variance described: {100 * layout.variance[:3].sum():.1f} %"
    assert panel.source._text == "run · animals"
    assert pane.stages.current.extent.text() == f"{POINTS} points · {DIMENSIONS} dims"
    pane.settings.update(pca_x=3)
    np.testing.assert_array_equal(pane.stages.current.places[:, 0], layout.coordinates[:, 3])
    assert viewer.notes == []


def test_thumbnails_and_labels_come_with_the_points(viewer: Viewer) -> None:
    pane = viewer.pane
    scene = pane.stages.current.view.scene
    assert scene.sprites is not None and scene.sprites.images.shape[:3] == (POINTS, 6, 6)
    assert not viewer.pane.tools.sprites.isHidden()
    pane.settings.update(sprites=False)
    assert scene.sprites is None
    assert pane.looks.name_of(4) == "dog"
    pane.settings.update(label_by=NUMBER)
    assert pane.looks.name_of(4) == "#4"


def test_a_click_on_a_point_lists_its_neighbours_in_the_space_of_the_data(viewer: Viewer) -> None:
    pane, inspector = viewer.pane, viewer.panel.inspector
    matrix, _kinds = blobs()
    pane.settings.update(neighbours=7)
    for metric in (Metric.COSINE, Metric.EUCLIDEAN):
        pane.settings.update(metric=metric)
        pane.chosen.select_one(11)
        viewer.until(lambda: pane.chosen.neighbours is not None)
        assert inspector.neighbours.points.tolist() == nearest(matrix, 11, 7, metric).tolist()
    assert inspector.heading.text() == "Neighbours of #11 · “fox”"
    scene = pane.stages.current.view.scene
    assert scene.selected is not None and np.flatnonzero(scene.selected).tolist() == [11]
    assert scene.neighbours is not None and len(scene.neighbours) == 7
    pane.chosen.isolate()
    assert scene.isolated is not None and int(scene.isolated.sum()) == 8
    QTest.keyClick(pane, Qt.Key.Key_Escape)
    assert scene.isolated is None
    QTest.keyClick(pane, Qt.Key.Key_Escape)
    assert pane.chosen.size == 0


def test_the_mouse_finds_the_point_under_it(viewer: Viewer) -> None:
    pane = viewer.pane
    pane.settings.update(three=False, sprites=False)
    view = pane.stages.current.view
    viewer.until(lambda: not view.moves)
    screen = view._sight.screen(view._sight.projection(view.viewport, 1.0))
    at = QPoint(round(float(screen.x[5])), round(float(screen.y[5])))
    surface = view._surface.widget
    QTest.mouseMove(surface, at)
    QTest.mouseClick(surface, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, at)
    viewer.until(lambda: pane.chosen.size == 1)
    point = pane.chosen.point
    # Another point may lie in the same place.
    assert abs(screen.x[point] - screen.x[5]) < 6 and abs(screen.y[point] - screen.y[5]) < 6


def test_searching_selects_all_that_are_found_and_lists_them(viewer: Viewer) -> None:
    pane, inspector = viewer.pane, viewer.panel.inspector
    pane.inspection.search("DO")
    viewer.until(lambda: pane.chosen.size > 0)
    assert pane.chosen.indices.tolist() == list(range(1, POINTS, 3))
    assert inspector.found.text() == f"{POINTS // 3} points found."
    inspector.stepped.emit(1)
    assert pane.chosen.indices.tolist() == [1]
    pane.inspection.search("^(cat|fox)$")
    viewer.until(lambda: inspector.found.text() == "No point found.")
    pane.settings.update(search_regex=True, search_by="kind")
    viewer.until(lambda: pane.chosen.size == 2 * POINTS // 3)
    pane.inspection.search("(")
    viewer.until(lambda: inspector.search.error is not None)
    pane.inspection.search("")
    assert inspector.search.error is None and inspector.found.text() == ""


def test_colours_follow_a_column_and_their_legend_takes_clicks(viewer: Viewer) -> None:
    pane = viewer.pane
    assert pane.settings.now.color_by == "kind"
    legend = pane.looks.coloring.legend
    assert isinstance(legend, CategoryLegend)
    assert [(entry.text, entry.count) for entry in legend.entries] == [("cat", 30), ("dog", 30), ("fox", 30)]
    scene = pane.stages.current.view.scene
    assert len(np.unique(scene.colors, axis=0)) == 3
    viewer.panel.legend.toggled.emit(legend.entries[1].group)
    assert (scene.colors[1::3, 3] == 255).all() and (scene.colors[::3, 3] < 255).all()
    pane.settings.update(color_by="weight")
    legend = pane.looks.coloring.legend
    assert isinstance(legend, RampLegend) and (legend.least, legend.most) == (0.0, 8.9)
    before = scene.colors.copy()
    viewer.panel.legend.ranged.emit(2.0, 4.0)
    assert pane.looks.coloring.legend.low == 2.0
    assert (scene.colors != before).any() and (scene.colors[:20] == scene.colors[0]).all()
    dark = scene.colors.copy()
    viewer.context.theme.set(LIGHT)
    assert (scene.colors != dark).any()


def test_clusters_are_found_and_coloured(viewer: Viewer) -> None:
    pane = viewer.pane
    pane.settings.update(clusters=3, color_by="\x00clusters")
    viewer.until(lambda: isinstance(pane.looks.coloring.legend, CategoryLegend))
    legend = pane.looks.coloring.legend
    assert [entry.count for entry in legend.entries] == [30, 30, 30]
    assert not viewer.panel.clusters.isHidden()


@pytest.mark.parametrize("method", [Method.TSNE, Method.UMAP])
def test_a_live_layout_is_paused_perturbed_resumed_and_comes_to_rest(viewer: Viewer, method: Method) -> None:
    pane = viewer.pane
    viewer.choose(method)
    stage = pane.stages.current
    slot = pane.stages.slot(stage)
    pane.stages.run_or_pause()
    viewer.until(lambda: pane.projections.paused(slot))
    QTest.qWait(150)
    held = pane.stages.layout_of(stage)
    QTest.qWait(250)
    assert pane.stages.layout_of(stage) is held or not np.any(held.coordinates != stage.layout_shown.coordinates)
    assert "paused" in stage.line.text()
    if pane.projections.running(slot):
        pane.projections.perturb()
        viewer.until(lambda: pane.stages.layout_of(stage) is not held)
        pane.stages.run_or_pause()
    viewer.until(lambda: not pane.projections.running(slot), 60)
    layout = pane.stages.layout_of(stage)
    assert layout.iteration >= 500 and layout.measures.trust > 0.8
    assert f"iteration {layout.iteration:,}" in stage.line.text() and "trust 0." in stage.line.text()
    # The three kinds lie apart: the nearest neighbour of nearly all is of their own kind.
    places = layout.coordinates.astype(np.float64)
    distances = np.linalg.norm(places[:, None] - places[None], axis=2) + np.eye(POINTS) * 1e9
    own = distances.argmin(axis=1) % 3 == np.arange(POINTS) % 3
    assert own.mean() > 0.95


def test_axes_go_from_what_one_search_finds_to_what_the_other_does(viewer: Viewer) -> None:
    pane = viewer.pane
    pane.stages.choose_method(Method.AXES)
    viewer.until(lambda: "labels" in pane.stages.current.line.text())
    pane.settings.update(three=False, left="cat", right="dog", down="cat", up="fox")
    viewer.until(lambda: pane.stages.layout_of(pane.stages.current) is not None)
    places = pane.stages.layout_of(pane.stages.current).coordinates
    assert places[1::3, 0].mean() > places[::3, 0].mean() + 5
    assert places[2::3, 1].mean() > places[::3, 1].mean() + 5
    assert viewer.panel.axes._counts["left"].text() == "30"


def test_two_views_share_what_is_selected(viewer: Viewer) -> None:
    pane = viewer.pane
    pane.settings.update(split=True, second=Method.UMAP)
    assert len(pane.stages.all) == 2
    viewer.until(lambda: all(stage.places is not None for stage in pane.stages.all))
    mask = np.arange(POINTS) < 10
    pane.stages.all[1].view.selection_made.emit(mask, How.REPLACE)
    for stage in pane.stages.all:
        np.testing.assert_array_equal(stage.view.scene.selected, mask)
    pane.stages.all[0].view.selection_made.emit(mask, How.REMOVE)
    assert pane.chosen.size == 0
    pane.set_mode(Mode.LASSO)
    pane.settings.update(split=False)
    assert len(pane.stages.all) == 1


def test_a_label_that_was_given_is_coloured_undone_and_saved_as_tensorboard_reads_it(
    viewer: Viewer, tmp_path: Path
) -> None:
    pane = viewer.pane
    pane.chosen.select(np.arange(POINTS) < 4)
    assert pane.looks.label(pane.chosen.mask, "odd", "mark") == 4
    assert "mark" in viewer.panel.color_by.options()
    pane.settings.update(color_by="mark")
    legend = pane.looks.coloring.legend
    assert [(entry.text, entry.count) for entry in legend.entries] == [("odd", 4), ("no value", POINTS - 4)]
    path = tmp_path / "labels.tsv"
    pane.exporter.write_labels(path, pane.looks)
    viewer.until(lambda: bool(viewer.notes))
    lines = path.read_text("utf-8").splitlines()
    assert lines[0].split("\t")[:3] == ["kind", "weight", "mark"] and lines[2].split("\t")[:3] == ["dog", "0.1", "odd"]
    assert len(lines) == POINTS + 1 and not pane.looks.edits.unsaved
    pane.looks.undo()
    assert "mark" not in viewer.panel.color_by.options() and viewer.notes[-1][0] == "Taken back: 4 labels in “mark”."
    pane.looks.undo()
    assert viewer.notes[-1][0] == "There is no label to take back."
    pane.looks.redo()
    assert "mark" in viewer.panel.color_by.options() and viewer.notes[-1][0] == "Done again: 4 labels in “mark”."


def test_places_and_labels_are_exported_exactly(viewer: Viewer, tmp_path: Path) -> None:
    pane = viewer.pane
    stage = pane.stages.current
    path = tmp_path / "points.csv"
    columns = pane.looks.columns
    pane.exporter.write_points(path, stage.places, pane.axis_names(stage), columns, np.array([3, 5]))
    viewer.until(lambda: bool(viewer.notes))
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["point"] for row in rows] == ["3", "5"] and [row["kind"] for row in rows] == ["cat", "fox"]
    found = np.array([[float(row[f"pca-{axis}"]) for axis in range(3)] for row in rows], np.float32)
    np.testing.assert_array_equal(found, stage.places[[3, 5]])
    picture = tmp_path / "view.png"
    pane.exporter.save_picture(picture, stage.view, 2)
    viewer.until(lambda: len(viewer.notes) == 2)
    assert viewer.notes[1] == (f"Picture saved to {picture}", "info")
    from PIL import Image

    with Image.open(picture) as saved:
        assert saved.width == 2 * stage.view.width()


def test_a_state_is_kept_in_tensorboards_form_and_restored(viewer: Viewer, tmp_path: Path) -> None:
    pane = viewer.pane
    pane.chosen.select(np.arange(POINTS) % 3 == 1)
    pane.settings.update(pca_x=2, pca_y=0, pca_z=1, color_by="weight")
    assert pane.bookmarks.keep("mine") is not None
    places = pane.stages.current.places.copy()
    camera = pane.stages.current.view.tensorboard_camera()
    path = tmp_path / "states.json"
    pane.bookmarks.save(path)
    viewer.until(lambda: bool(viewer.notes))
    state = json.loads(path.read_text("utf-8"))[0]
    assert state["label"] == "mine" and state["selectedProjection"] == "pca"
    assert state["dataSetDimensions"] == [POINTS, DIMENSIONS] and len(state["projections"]) == POINTS
    assert state["pcaComponentDimensions"] == [2, 0, 1] and state["selectedColorOptionName"] == "weight"
    pane.chosen.select_one(-1)
    pane.settings.update(pca_x=0, pca_y=1, color_by="kind", three=False)
    pane.stages.home()
    pane.bookmarks.remove(0)
    pane.bookmarks.load(path)
    viewer.until(lambda: bool(pane.bookmarks.list))
    assert pane.bookmarks.restore(0)
    now = pane.settings.now
    assert (now.pca_x, now.pca_y, now.three, now.color_by) == (2, 0, True, "weight")
    assert pane.chosen.indices.tolist() == list(range(1, POINTS, 3))
    np.testing.assert_array_equal(pane.stages.current.places, places)
    found = pane.stages.current.view.tensorboard_camera()
    np.testing.assert_allclose(found["position"], camera["position"], atol=1e-5)
    assert viewer.notes[1:] == []


def test_a_bookmark_of_other_points_is_refused_in_words(viewer: Viewer, tmp_path: Path) -> None:
    path = tmp_path / "other.json"
    path.write_text(json.dumps([{"label": "x", "dataSetDimensions": [5, 3], "projections": [], "selectedPoints": [1]}]))
    viewer.pane.bookmarks.load(path)
    viewer.until(lambda: bool(viewer.pane.bookmarks.list))
    assert not viewer.pane.bookmarks.restore(0)
    assert "5 points × 3 dimensions" in viewer.notes[-1][0]
    path.write_text("[[[")
    viewer.pane.bookmarks.load(path)
    viewer.until(lambda: len(viewer.notes) == 2)
    assert viewer.notes[1][0].startswith("other.json could not be read")


def test_a_new_step_appears_and_moves_the_points(viewer_of: Callable[..., Viewer], tmp_path: Path) -> None:
    viewer = viewer_of(write_log(tmp_path / "log"), watch=True)
    viewer.until(viewer.shown)
    pane, panel = viewer.pane, viewer.panel
    assert panel.steps.isHidden()
    pane.chosen.select_one(7)
    first = pane.stages.current.places.copy()
    write_log(tmp_path / "log", step=5)
    viewer.take_in(lambda: pane.shelf.steps == [0, 5])
    viewer.until(lambda: pane.shelf.rank == 1 and not pane.shelf.loading)
    viewer.until(lambda: pane.stages.layout_of(pane.stages.current) is not None)
    assert panel.steps.value.text() == "5" and not panel.steps.isHidden()
    assert pane.chosen.point == 7
    moved = pane.stages.current.places
    # Turned to lie close to what was there: another sample of the same three clouds.
    assert not np.array_equal(moved, first)
    for kind in range(3):
        middle, before = moved[kind::3].mean(axis=0), first[kind::3].mean(axis=0)
        assert np.linalg.norm(middle - before) < 2.0
    panel.steps.chosen.emit(0)
    viewer.until(lambda: pane.shelf.rank == 0 and not pane.shelf.loading)


def test_what_cannot_be_loaded_says_why_and_is_tried_again(viewer_of: Callable[..., Viewer], tmp_path: Path) -> None:
    folder = write_log(tmp_path / "log")
    tensors = next(folder.rglob("tensors.tsv"))
    away = tmp_path / "away.tsv"
    shutil.move(tensors, away)
    viewer = viewer_of(folder)
    viewer.until(lambda: viewer.pane.pages.kind == "failed")
    assert "tensors.tsv" in viewer.pane.shelf.failure
    shutil.move(away, tensors)
    viewer.pane.shelf.retry()
    viewer.until(viewer.shown)


def test_a_folder_without_embeddings_says_how_one_comes(viewer_of: Callable[..., Viewer], tmp_path: Path) -> None:
    with SummaryWriter(str(tmp_path / "log")) as writer:
        writer.add_scalar("loss", 1.0, 0)
    viewer = viewer_of(tmp_path / "log")
    assert viewer.pane.pages.kind == "empty"
    matrix = tmp_path / "mine.npy"
    np.save(matrix, blobs()[0])
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(matrix))])
    drop = QDropEvent(
        QPointF(50, 50),
        Qt.DropAction.CopyAction,
        data,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    viewer.pane.dropEvent(drop)
    assert drop.isAccepted()
    viewer.until(viewer.shown)
    assert viewer.panel.source._text == "mine.npy" and viewer.pane.looks.name_of(3) == "#3"


@pytest.mark.parametrize(
    "matrix",
    [
        np.ones((1, 3)),
        np.ones((2, 3)),
        np.ones((40, 5)),
        np.arange(12.0).reshape(12, 1),
        np.where(np.eye(20) > 0, np.nan, 1.0),
        np.array([[1e38, 0.0, 1.0]] * 10 + [[-1e38, 1.0, np.inf]] * 3),
    ],
    ids=["one", "two", "equal", "line", "all-nan", "huge"],
)
@pytest.mark.parametrize("method", [Method.PCA, Method.TSNE, Method.UMAP])
def test_odd_points_end_in_a_picture_or_a_sentence(
    viewer_of: Callable[..., Viewer], tmp_path: Path, matrix: np.ndarray, method: Method
) -> None:
    (tmp_path / "log").mkdir()
    viewer = viewer_of(tmp_path / "log")
    path = tmp_path / "odd.npy"
    np.save(path, matrix.astype(np.float32))
    pane = viewer.pane
    pane.settings.update(method=method)
    pane.shelf.choose_file(str(path))
    stage, slot = pane.stages.current, pane.stages.slot(pane.stages.current)
    viewer.until(lambda: pane.dataset is not None)
    viewer.until(lambda: not pane.projections.running(slot) and (bool(viewer.notes) or stage.places is not None), 40)
    assert not pane.grab().isNull()


def test_the_session_remembers_what_was_shown(viewer_of: Callable[..., Viewer], tmp_path: Path) -> None:
    folder = write_log(tmp_path / "log")
    write_log(folder, step=3)
    viewer = viewer_of(folder)
    viewer.until(viewer.shown)
    pane = viewer.pane
    assert pane.shelf.steps == [0, 3] and pane.shelf.rank == 1
    pane.shelf.choose_step(0)
    viewer.until(lambda: not pane.shelf.loading)
    pane.settings.update(three=False, color_by="weight")
    state = json.loads(json.dumps(pane.save_state()))
    other = viewer_of(folder)
    other.pane.restore_state(state)
    other.pane.shelf.take_json(state["shown"])
    assert (other.pane.settings.now.three, other.pane.settings.now.color_by) == (False, "weight")
    assert state["shown"] == {"run": "run", "tag": "animals", "logged": False, "step": 0}


def test_a_process_that_dies_is_said_and_begun_again(viewer: Viewer) -> None:
    import os
    import signal

    pane = viewer.pane
    viewer.choose(Method.TSNE)
    process = pane.projections._process
    assert process is not None and process.pid is not None
    os.kill(process.pid, signal.SIGKILL)
    viewer.until(lambda: bool(viewer.notes))
    assert "killed" in viewer.notes[0][0]
    stage = pane.stages.current
    assert not pane.projections.running(pane.stages.slot(stage)) and stage.places is not None
    before = pane.stages.layout_of(stage)
    pane.stages.run_or_pause()
    viewer.until(lambda: pane.stages.layout_of(stage) is not before)
