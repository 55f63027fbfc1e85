"""The projector while things change: the log, the process, the tab, the number of views."""

from __future__ import annotations

import gc
import json
import os
import shutil
import signal
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from projector_logs import POINTS, Viewer, blobs, write_log
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from runglass.viewers.cloud.view import CloudView, Renderer
from runglass.viewers.jobs import Jobs
from runglass.viewers.projector.dataset import Wanted
from runglass.viewers.projector.dressing import DENSITY
from runglass.viewers.projector.loader import Loader
from runglass.viewers.projector.settings import Method
from runglass.viewers.projector.worker.shared import Segment, SharedMatrix
from runglass.viewers.theme import DARK
from runglass.viewers.widgets import ElidedLabel


@pytest.fixture
def viewer_of(qtbot: QtBot, kept: Callable[[Viewer], Viewer]) -> Callable[..., Viewer]:
    return lambda folder, watch=False: kept(Viewer(folder, qtbot, watch))


@pytest.fixture
def segments(monkeypatch: pytest.MonkeyPatch) -> Callable[[], set[str]]:
    """Which shared memory that this process made since is still there; other programs make some as well."""
    made: set[str] = set()
    reserve = Segment.reserve

    def noted(size: int) -> Segment:
        segment = reserve(size)
        made.add(segment.name)
        return segment

    monkeypatch.setattr(Segment, "reserve", noted)
    return lambda: {name for name in made if Path("/dev/shm", name).exists()}


@pytest.fixture
def viewer(viewer_of: Callable[..., Viewer], tmp_path: Path) -> Viewer:
    viewer = viewer_of(write_log(tmp_path / "log"))
    viewer.until(viewer.shown)
    return viewer


def test_what_was_held_by_hiding_goes_on_and_what_the_user_held_does_not(viewer: Viewer) -> None:
    pane = viewer.pane
    viewer.choose(Method.TSNE)
    slot = pane.stages.slot(pane.stages.current)
    pane.set_active(False)
    assert pane.projections.paused(slot)
    pane.set_active(True)
    assert pane.projections.running(slot) and not pane.projections.paused(slot)
    pane.stages.run_or_pause()
    pane.set_active(False)
    pane.set_active(True)
    assert pane.projections.paused(slot)
    assert pane.stages.current.view.auto_rotates


def test_a_button_begins_again_after_the_process_died(viewer: Viewer) -> None:
    pane = viewer.pane
    viewer.choose(Method.TSNE)
    stage = pane.stages.current
    process = pane.projections._process
    assert process is not None and process.pid is not None and stage.run_button.isHidden()
    os.kill(process.pid, signal.SIGKILL)
    viewer.until(lambda: bool(viewer.notes))
    assert not stage.run_button.isHidden() and stage.run_button.text() in ("Start again", "Go on")
    assert stage.line.text().endswith("stopped") and viewer.notes[0][1] == "warning"
    QTest.mouseClick(stage.run_button, Qt.MouseButton.LeftButton)
    assert pane.projections.running(pane.stages.slot(stage)) and stage.run_button.isHidden()
    viewer.until(lambda: not pane.projections.busy, 60)
    assert stage.run_button.isHidden() and "stopped" not in stage.line.text()


def test_a_live_layout_goes_on_from_the_step_before(viewer_of: Callable[..., Viewer], tmp_path: Path) -> None:
    viewer = viewer_of(write_log(tmp_path / "log"), watch=True)
    viewer.until(viewer.shown)
    pane, stage = viewer.pane, viewer.pane.stages.current
    viewer.choose(Method.TSNE)
    viewer.until(lambda: not pane.projections.busy, 60)
    before = stage.places.copy()
    write_log(tmp_path / "log", step=5)
    viewer.take_in(lambda: pane.shelf.steps == [0, 5])
    viewer.until(lambda: pane.shelf.rank == 1 and not pane.shelf.loading)
    viewer.until(lambda: pane.stages.layout_of(stage) is not None)
    # The first frame is where the points were: they then move, and do not fly together and apart.
    size = float(np.abs(before).max())
    for kind in range(3):
        moved = np.linalg.norm(stage.places[kind::3].mean(axis=0) - before[kind::3].mean(axis=0))
        assert moved < 0.25 * size
    viewer.until(lambda: not pane.projections.busy, 60)


def test_other_components_of_a_later_step_are_not_turned_to_those_before(
    viewer_of: Callable[..., Viewer], tmp_path: Path
) -> None:
    write_log(tmp_path / "log")
    viewer = viewer_of(write_log(tmp_path / "log", step=3))
    viewer.until(viewer.shown)
    pane = viewer.pane
    pane.shelf.choose_step(0)
    viewer.until(lambda: pane.shelf.rank == 0 and not pane.shelf.loading)
    viewer.until(lambda: pane.stages.layout_of(pane.stages.current) is not None)
    pane.settings.update(pca_x=4)
    layout = pane.stages.layout_of(pane.stages.current)
    np.testing.assert_array_equal(pane.stages.current.places[:, 0], layout.coordinates[:, 4])


def test_a_run_that_is_deleted_stays_in_view_and_that_is_said(viewer_of: Callable[..., Viewer], tmp_path: Path) -> None:
    viewer = viewer_of(write_log(tmp_path / "log"), watch=True)
    viewer.until(viewer.shown)
    pane, panel = viewer.pane, viewer.panel
    assert panel.notes.isHidden()
    shutil.rmtree(tmp_path / "log" / "run")
    viewer.take_in(lambda: pane.shelf.gone)
    assert "no longer in the log" in panel.notes.text() and not panel.notes.isHidden()
    assert pane.pages.kind == "views" and pane.chosen.count == POINTS
    write_log(tmp_path / "log")
    viewer.take_in(lambda: not pane.shelf.gone)
    assert panel.notes.isHidden()


def test_many_embeddings_chosen_one_after_another_leave_the_last_and_no_memory(
    viewer_of: Callable[..., Viewer], tmp_path: Path, segments: Callable[[], set[str]]
) -> None:
    for number in range(12):
        write_log(tmp_path / "log" / f"{number:02d}")
    viewer = viewer_of(tmp_path / "log")
    viewer.until(viewer.shown)
    pane = viewer.pane
    for series in pane.shelf.series:
        pane.shelf.choose(series.key)
        QTest.qWait(3)
    viewer.until(lambda: not pane.shelf.loading and pane.stages.layout_of(pane.stages.current) is not None)
    assert pane.shelf.title.startswith("11") and viewer.notes == []
    # The points, and the two places for frames.
    viewer.until(lambda: len(segments()) == 2)
    pane.projections.close()
    assert segments() == set()


def test_memory_of_a_result_that_nobody_takes_is_given_back(
    viewer: Viewer, tmp_path: Path, segments: Callable[[], set[str]]
) -> None:
    path = tmp_path / "points.npy"
    np.save(path, blobs()[0])
    jobs = Jobs()
    context = viewer.context
    before = segments()
    loader = Loader(replace(context, jobs=jobs))
    loader.load(Wanted(path=str(path)))
    assert jobs.close(20.0)
    del loader, jobs

    def given_back() -> bool:
        # The thread of the pool lets go of its result a moment after it is known to be there.
        gc.collect()
        return segments() == before

    viewer.until(given_back)


def test_shared_memory_goes_with_its_last_reference(segments: Callable[[], set[str]]) -> None:
    matrix = SharedMatrix.of(np.ones((5, 3), np.float32))
    other = SharedMatrix.attach(matrix.handle)
    del other
    gc.collect()
    assert len(segments()) == 1
    del matrix
    gc.collect()
    assert segments() == set()


def test_points_are_joined_as_their_labels_say(viewer_of: Callable[..., Viewer], tmp_path: Path) -> None:
    matrix, _kinds = blobs(6)
    folder = tmp_path / "log"
    folder.mkdir()
    np.savetxt(folder / "points.tsv", matrix, delimiter="\t")
    following = ["1", "2", "", "5", "99", "x"]
    (folder / "labels.tsv").write_text(
        "name\t__next__\n" + "".join(f"n{k}\t{text}\n" for k, text in enumerate(following)), "utf-8"
    )
    (folder / "projector_config.pbtxt").write_text(
        'embeddings { tensor_name: "line" tensor_path: "points.tsv" metadata_path: "labels.tsv" }'
    )
    viewer = viewer_of(folder)
    viewer.until(viewer.shown)
    pane, scene = viewer.pane, viewer.pane.stages.current.view.scene
    viewer.until(lambda: scene.lines is not None)
    assert sorted(map(tuple, scene.lines.tolist())) == [(0, 1), (1, 2), (3, 5)]
    assert "1 is beyond the last point" in viewer.panel.notes.text().replace("\u200b", "")
    view = pane.stages.current.view
    assert len(view.content(1.0).lines) == 3
    pane.chosen.select(np.arange(6) < 2)
    pane.chosen.isolate()
    assert len(view.content(1.0).lines) == 1


@pytest.mark.parametrize("renderer", [Renderer.RASTER, Renderer.OPENGL])
def test_lines_are_seen_with_either_renderer(qtbot: QtBot, renderer: Renderer) -> None:
    view = CloudView(DARK, renderer)
    qtbot.addWidget(view)
    view.resize(300, 200)
    view.set_dimensions(2)
    view.show()
    qtbot.waitExposed(view)
    view.set_positions(np.array([[-1.0, 0.0], [1.0, 0.0]]))
    before = view.picture()
    view.set_lines(np.array([[0, 1]]))
    after = view.picture()
    assert view.renderer == renderer.value
    middle = before.width() // 2, before.height() // 2
    rows = range(middle[1] - 3, middle[1] + 4)
    assert all(before.pixelColor(middle[0], y).lightness() < 40 for y in rows)
    assert any(after.pixelColor(middle[0], y).lightness() > 60 for y in rows)
    with pytest.raises(ValueError, match="join points"):
        view.set_lines(np.array([[0, 2]]))
    view.set_positions(np.zeros((3, 2)))
    assert view.scene.lines is None


def test_the_preference_for_a_renderer_holds_at_once(viewer: Viewer) -> None:
    view = viewer.pane.stages.current.view
    assert view.renderer == "raster"
    viewer.context.limits.set_renderer("opengl")
    assert view.renderer == "opengl"
    viewer.context.limits.set_renderer("raster")
    assert view.renderer == "raster"


def test_keys_go_through_what_was_found(viewer: Viewer) -> None:
    pane = viewer.pane
    commands = {command.id: command for command in pane.commands()}
    assert commands["projector.next"].shortcut == "F3"
    pane.inspection.search("fox")
    viewer.until(lambda: pane.chosen.size == POINTS // 3)
    found = []
    for way in ("next", "next", "previous"):
        commands[f"projector.{way}"].run()
        found.append(pane.chosen.point)
    assert found == [2, 5, 2]


def test_neighbours_of_a_clicked_point_are_scrolled_into_view(viewer: Viewer) -> None:
    pane, panel = viewer.pane, viewer.panel
    panel.resize(260, 420)
    assert panel.verticalScrollBar().value() == 0
    pane.stages.current.view.clicked.emit(4)
    viewer.until(lambda: panel.verticalScrollBar().value() > 0)
    points = panel.inspector.neighbours
    top = points.mapTo(panel.viewport(), QPoint()).y()
    assert 0 <= top < panel.viewport().height() and points.points.size > 0


def test_the_panel_is_gone_through_with_the_keys(viewer: Viewer) -> None:
    pane, panel = viewer.pane, viewer.panel
    pane.chosen.select_one(4)
    viewer.until(lambda: pane.chosen.neighbours is not None)
    panel.activateWindow()
    panel.source.setFocus(Qt.FocusReason.TabFocusReason)
    names: list[str] = []
    while "Embedding" not in names and len(names) < 40:
        QTest.keyClick(panel.focusWidget(), Qt.Key.Key_Tab)
        names.append(panel.focusWidget().accessibleName() or panel.focusWidget().text())
    expected = ["Projection", "Colour by", "Legend", "Label by", "Search labels", "Regular expression", "Search in"]
    assert [name for name in names if name in expected] == expected
    assert all(names) and names[-4:-1] == ["Distance", "Neighbours", "Neighbours"]
    legend = next(child for child in panel.findChildren(QWidget) if child.accessibleName() == "Legend")
    legend.setFocus(Qt.FocusReason.TabFocusReason)
    QTest.keyClick(legend, Qt.Key.Key_Down)
    QTest.keyClick(legend, Qt.Key.Key_Space)
    assert len(pane.looks.coloring.legend.isolated) == 1
    points = panel.inspector.neighbours
    points.setFocus(Qt.FocusReason.TabFocusReason)
    for _ in range(2):
        QTest.keyClick(points, Qt.Key.Key_Down)
    row = points.currentIndex().row()
    following = int(points.points[row])
    assert row > 0 and pane.chosen.hover == following
    QTest.keyClick(points, Qt.Key.Key_Return)
    assert pane.chosen.point == following


def test_what_is_known_of_a_point_is_shown_without_a_trace_of_the_one_before(viewer: Viewer) -> None:
    pane, panel = viewer.pane, viewer.panel
    pane.chosen.point_at(3)
    first = len(panel.inspector.findChildren(ElidedLabel))
    for point in range(40):
        pane.chosen.point_at(point)
    shown = [label.text() for label in panel.inspector.findChildren(ElidedLabel) if not label.isHidden()]
    assert len(panel.inspector.findChildren(ElidedLabel)) == first
    assert shown == ["Point", "#39", "kind", "cat", "weight", "3.9"]


def test_a_million_colours_are_worked_out_beside_the_window(viewer: Viewer, tmp_path: Path) -> None:
    pane = viewer.pane
    path = tmp_path / "many.npy"
    np.save(path, np.random.default_rng(0).normal(size=(120_000, 3)).astype(np.float32))
    pane.shelf.choose_file(str(path))
    viewer.until(lambda: pane.chosen.count == 120_000)
    scene = pane.stages.current.view.scene
    viewer.until(lambda: scene.colors is not None and not pane.projections.busy)
    before = scene.colors
    pane.settings.update(color_by=DENSITY)
    assert scene.colors is before
    viewer.until(lambda: scene.colors is not before)
    assert len(np.unique(scene.colors[:1000], axis=0)) > 20


def test_the_session_brings_both_views_back(viewer: Viewer, viewer_of: Callable[..., Viewer], tmp_path: Path) -> None:
    pane = viewer.pane
    pane.settings.update(method=Method.UMAP, split=True, second=Method.PCA, three=False)
    viewer.until(lambda: all(stage.places is not None for stage in pane.stages.all))
    pane.stages.all[1].view.take_camera(pane.stages.all[1].view.camera.panned(30, 10, pane.stages.all[1].view.viewport))
    state = json.loads(json.dumps(pane.save_state()))
    other = viewer_of(tmp_path / "empty")
    other.pane.restore_state(state)
    stages = other.pane.stages
    assert [stage.method for stage in stages.all] == [Method.UMAP, Method.PCA]
    assert stages.all[1].view.camera_state() == pane.stages.all[1].view.camera_state()
    assert not other.pane.tools.split.isHidden() and other.pane.tools.split.isChecked()


def test_a_thousand_steps_are_gone_through(viewer_of: Callable[..., Viewer], tmp_path: Path) -> None:
    folder = tmp_path / "log"
    folder.mkdir()
    np.save(folder / "points.npy", blobs(9)[0])
    entries = "".join(
        f'embeddings {{ tensor_name: "e:{step:05d}" tensor_path: "points.npy" }}\n' for step in range(1000)
    )
    (folder / "projector_config.pbtxt").write_text(entries)
    viewer = viewer_of(folder)
    viewer.until(viewer.shown)
    pane, steps = viewer.pane, viewer.panel.steps
    if len(pane.shelf.steps) == 1:
        pytest.fail(f"{len(pane.shelf.series)} embeddings of one step each")
    assert len(pane.shelf.steps) == 1000 and steps.value.text() == "999"
    for share in np.linspace(0, 1, 60):
        steps.track.moved.emit(float(share))
    steps.track.stepped.emit(-1)
    viewer.until(lambda: not pane.shelf.loading)
    assert pane.shelf.rank == 998 and steps.value.text() == "998"
