"""The projector in the hand of somebody who drops files, chooses what cannot be, and looks at what is said of it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from projector_logs import Viewer, blobs, write_log
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from runglass import SummaryWriter
from runglass.app.style import apply_theme
from runglass.viewers.projector.dressing import CLUSTERS
from runglass.viewers.projector.legend import CategoryLegend
from runglass.viewers.projector.settings import Method
from runglass.viewers.projector.worker.messages import Frame, Measures, TsneJob
from runglass.viewers.theme import DARK
from runglass.viewers.widgets import Button, ListPopover


@pytest.fixture
def viewer_of(qtbot: QtBot, kept: Callable[[Viewer], Viewer]) -> Callable[..., Viewer]:
    return lambda folder, watch=False: kept(Viewer(folder, qtbot, watch))


@pytest.fixture
def viewer(viewer_of: Callable[..., Viewer], tmp_path: Path) -> Viewer:
    viewer = viewer_of(write_log(tmp_path / "log"))
    viewer.until(viewer.shown)
    return viewer


def drop(viewer: Viewer, path: Path) -> QDropEvent:
    """Drop a file on the pane, from somebody who would delete it after a move."""
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    both = Qt.DropAction.CopyAction | Qt.DropAction.MoveAction
    buttons, keys = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    event = QDropEvent(QPointF(50, 50), both, data, buttons, keys)
    event.setDropAction(Qt.DropAction.MoveAction)
    viewer.pane.dropEvent(event)
    return event


def buttons(viewer: Viewer) -> dict[str, Button]:
    """The buttons of the page that stands in place of the views."""
    page = viewer.pane.pages.currentWidget()
    return {button.text(): button for button in page.findChildren(Button)}


def test_what_is_dropped_is_copied_and_never_moved(viewer: Viewer, tmp_path: Path) -> None:
    np.save(tmp_path / "own.npy", blobs(30)[0])
    event = drop(viewer, tmp_path / "own.npy")
    assert event.isAccepted() and event.dropAction() is Qt.DropAction.CopyAction
    viewer.until(lambda: viewer.pane.shelf.title == "own.npy" and viewer.shown())


def test_after_a_bad_file_the_way_back_is_open(viewer: Viewer, tmp_path: Path) -> None:
    ragged = tmp_path / "ragged.tsv"
    ragged.write_text("1\t2\t3\n4\t5\n6\t7\t8\n")
    drop(viewer, ragged)
    pane, panel = viewer.pane, viewer.panel
    viewer.until(lambda: pane.stages.current.extent.text() == "3 points · 3 dims")
    said = panel.notes.text()
    assert "another length" in said
    np.save(tmp_path / "cube.npy", np.zeros((3, 3, 3), np.float32))
    drop(viewer, tmp_path / "cube.npy")
    viewer.until(lambda: pane.pages.kind == "failed")
    # Nothing is said of the points before, and nothing can be done with them.
    assert not panel.notes.isVisible() and not pane.tools.isEnabled()
    assert "3 dimensions" in pane.shelf.failure
    buttons(viewer)["Go back"].click()
    assert pane.pages.kind == "views" and pane.shelf.title == "ragged.tsv"
    assert panel.notes.text() == said and pane.tools.isEnabled()
    assert viewer.notes == []


def test_a_first_embedding_that_cannot_be_shown_has_no_way_back(
    viewer_of: Callable[..., Viewer], tmp_path: Path
) -> None:
    folder = write_log(tmp_path / "log")
    next(folder.rglob("tensors.tsv")).unlink()
    viewer = viewer_of(folder)
    viewer.until(lambda: viewer.pane.pages.kind == "failed")
    assert list(buttons(viewer)) == ["Try again"]


def test_what_was_measured_goes_with_the_layout_that_it_was_measured_of(viewer: Viewer) -> None:
    pane = viewer.pane
    viewer.choose(Method.TSNE)
    pane.projections.pause()
    stage, running = pane.stages.current, pane.projections._running
    slot = pane.stages.slot(stage)
    layout = pane.stages.layout_of(stage)

    def frame(iteration: int, measures: Measures) -> str:
        def shown() -> bool:
            # What the process sent before it was held may still be on its way.
            pane.projections._event.emit(Frame(running.number, 0, iteration, layout.coordinates, measures, True))
            return f"iteration {iteration} " in f"{stage.line.text()} "

        viewer.until(shown)
        return stage.line.text()

    assert pane.projections.paused(slot)
    assert "KL 1.250 · trust 0.987" in frame(900, Measures(1.25, 0.987))
    assert "KL 1.250 · trust 0.987" in frame(910, Measures())
    # Begun again.
    assert "KL" not in frame(3, Measures()) and "trust" not in stage.line.text()


def test_a_layout_that_was_left_for_another_says_so_and_goes_on(
    viewer: Viewer, monkeypatch: pytest.MonkeyPatch
) -> None:
    early, last = (f"runglass.viewers.projector.jobs.{name}" for name in ("EXAGGERATED_ITERATIONS", "ITERATIONS"))
    monkeypatch.setattr(early, 1_000_000)
    monkeypatch.setattr(last, 1_000_000)
    pane = viewer.pane
    viewer.choose(Method.TSNE)
    stage = pane.stages.current
    slot = pane.stages.slot(stage)
    pane.projections.cancel()
    # Its clusters are still drawn together: that is nothing to go on from.
    assert stage.line.text().endswith("stopped") and stage.run_button.text() == "Start again"
    stage.run_button.click()
    viewer.until(lambda: pane.stages.layout_of(stage).iteration > 260)
    monkeypatch.setattr(early, 250)
    pane.settings.update(split=True, second=Method.UMAP)
    viewer.until(lambda: not pane.projections.running(slot))
    assert stage.line.text().endswith("stopped") and stage.run_button.text() == "Go on"
    viewer.until(lambda: not pane.projections.busy)
    monkeypatch.setattr(last, 300)
    places = stage.places.copy()
    stage.run_button.click()
    running = pane.projections._running
    assert running is not None and isinstance(running.job, TsneJob)
    np.testing.assert_array_equal(running.job.initial, places)
    viewer.until(lambda: not pane.projections.busy)
    assert "stopped" not in stage.line.text() and stage.run_button.isHidden()


def test_while_clusters_are_looked_for_that_is_said(viewer: Viewer) -> None:
    pane, panel = viewer.pane, viewer.panel
    pane.settings.update(color_by=CLUSTERS, by_density=True, smallest=5)
    assert panel.clusters._said.isVisible()
    viewer.until(lambda: pane.looks.coloring.legend is not None)
    assert not panel.clusters._said.isVisible()
    legend = pane.looks.coloring.legend
    assert isinstance(legend, CategoryLegend)
    plain = [entry.text for entry in legend.entries if entry.plain]
    assert plain in ([], ["no cluster"])


def test_clusters_are_looked_for_again_after_their_process_died(viewer: Viewer) -> None:
    pane, controls = viewer.pane, viewer.panel.clusters
    pane.settings.update(color_by=CLUSTERS)
    clustering = pane.looks._clustering._process
    viewer.until(lambda: clustering is not None and clustering._process is not None)
    clustering._process.kill()
    viewer.until(lambda: bool(viewer.notes))
    assert "“Find again” begins it once more" in viewer.notes[0][0]
    assert not controls._said.isVisible() and controls.again.isVisible()
    controls.again.click()
    viewer.until(lambda: pane.looks.coloring.legend is not None)
    assert not controls.again.isVisible()


def test_a_process_that_dies_with_nothing_to_do_takes_nothing_with_it(viewer: Viewer) -> None:
    pane = viewer.pane
    viewer.until(lambda: not pane.projections.busy)
    process = pane.projections._process
    assert process is not None and process._process is not None
    process._process.kill()
    viewer.until(lambda: process._process is None)
    viewer.choose(Method.UMAP)
    assert viewer.notes == []


def test_a_large_file_is_loaded_in_view_of_the_user_who_may_stop_it(
    viewer: Viewer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("runglass.viewers.projector.pages._OTHER_MS", 1)
    large = tmp_path / "large.tsv"
    large.write_text("\t".join(["0.12345678"] * 65) + "\n")
    large.write_bytes(large.read_bytes() * 60_000)
    pane = viewer.pane
    drop(viewer, large)
    assert pane.pages.kind == "views"
    viewer.until(lambda: pane.pages.kind == "loading")
    assert list(buttons(viewer)) == ["Cancel"]
    buttons(viewer)["Cancel"].click()
    assert pane.pages.kind == "views" and pane.shelf.title == "run · animals"
    assert not pane.shelf.loading


def test_numbers_that_are_categories_anyway_offer_no_switch(viewer_of: Callable[..., Viewer], tmp_path: Path) -> None:
    matrix, _kinds = blobs()
    rows = [[str(index % 4), f"{index / 7:.3f}"] for index in range(len(matrix))]
    with SummaryWriter(str(tmp_path / "log" / "run")) as writer:
        writer.add_embedding(matrix, rows, metadata_header=["digit", "weight"])
    viewer = viewer_of(tmp_path / "log")
    viewer.until(viewer.shown)
    pane, switch = viewer.pane, viewer.panel.categorical
    pane.settings.update(color_by="weight")
    assert switch.isVisible()
    pane.settings.update(categorical=True)
    assert switch.isVisible() and isinstance(pane.looks.coloring.legend, CategoryLegend)
    pane.settings.update(color_by="digit")
    assert not switch.isVisible() and isinstance(pane.looks.coloring.legend, CategoryLegend)


def test_names_of_dimmed_groups_are_not_written(viewer: Viewer) -> None:
    pane = viewer.pane
    pane.settings.update(sprites=False)
    labelling = pane.stages.current.view._sight.labelling
    assert labelling._names == ("cat", "dog", "fox")
    viewer.panel.legend.toggled.emit(1)
    assert labelling._names == ("dog",)
    assert np.flatnonzero(labelling._groups == 0).tolist() == list(range(1, 90, 3))
    viewer.panel.legend.toggled.emit(1)
    assert labelling._names == ("cat", "dog", "fox")


def test_among_many_embeddings_one_is_found_by_words_of_its_name(
    viewer_of: Callable[..., Viewer], tmp_path: Path
) -> None:
    for run in range(3):
        folder = tmp_path / "log" / f"group{run}" / "run-with-a-rather-long-name-that-says-much"
        folder.mkdir(parents=True)
        (folder / "v.tsv").write_text("1\t2\n3\t4\n5\t7\n")
        names = (f'embeddings {{ tensor_name: "layer{place}/weights" tensor_path: "v.tsv" }}' for place in range(8))
        (folder / "projector_config.pbtxt").write_text("\n".join(names))
    viewer = viewer_of(tmp_path / "log")
    viewer.until(viewer.shown)
    viewer.panel.source.open_list()
    (popover,) = viewer.panel.source.findChildren(ListPopover)
    # What is shown is marked, and all of its name can be read.
    assert popover.list.currentRow() == 0
    assert popover.list.width() >= popover.list.fontMetrics().horizontalAdvance(popover.list.item(0).text())
    assert popover.search is not None
    field = popover.search.line_edit()
    QTest.keyClicks(field, "group2 layer5")
    QTest.keyClick(field, Qt.Key.Key_Return)
    viewer.until(lambda: viewer.pane.shelf.title.endswith("layer5/weights") and not viewer.pane.shelf.loading)
    assert viewer.pane.shelf.title.startswith("group2/")


def test_of_two_views_that_one_is_marked_whose_settings_stand_beside(viewer: Viewer) -> None:
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    apply_theme(app, DARK)
    pane = viewer.pane

    def marked() -> list[bool]:
        edges = [stage.grab().toImage().pixelColor(0, stage.height() // 2).name() for stage in pane.stages.all]
        return [edge == DARK.accent for edge in edges]

    assert marked() == [False]
    pane.settings.update(split=True, second=Method.UMAP)
    assert marked() == [False, True] and viewer.panel.current is Method.UMAP
    pane.stages.all[0].touched.emit()
    assert marked() == [True, False] and viewer.panel.current is Method.PCA
    pane.settings.update(split=False)
    assert marked() == [False]


def test_a_pattern_that_is_none_has_found_nothing(viewer: Viewer) -> None:
    pane, axes = viewer.pane, viewer.panel.axes
    pane.stages.choose_method(Method.AXES)
    pane.settings.update(axes_regex=True, left="c.t", right="dog")
    viewer.until(lambda: axes._counts["left"].text() == "30")
    pane.settings.update(left="c[")
    viewer.until(lambda: pane.stages.current.line.text().startswith("Left: The pattern"))
    assert axes._counts["left"].text() == ""


@pytest.mark.parametrize(
    "text", ["[" * 100_000, "{", "", "\xff", '[{"a": ' * 3000], ids=["deep", "cut", "none", "odd", "nested"]
)
def test_bookmarks_of_an_embedding_that_are_none_are_said_and_the_points_shown(
    viewer_of: Callable[..., Viewer], tmp_path: Path, text: str
) -> None:
    folder = write_log(tmp_path / "log")
    config = next(folder.rglob("projector_config.pbtxt"))
    config.write_text(config.read_text().rstrip().removesuffix("}") + '  bookmarks_path: "states.txt"\n}\n')
    (config.parent / "states.txt").write_text(text, encoding="latin-1")
    viewer = viewer_of(folder)
    viewer.until(viewer.shown)
    viewer.until(lambda: bool(viewer.notes))
    (told, kind), *more = viewer.notes
    assert told.startswith("The file of bookmarks of this embedding could not be read: ") and kind == "warning"
    assert more == [] and viewer.pane.bookmarks.list == []


def test_the_bookmarks_of_an_embedding_are_there(viewer_of: Callable[..., Viewer], tmp_path: Path) -> None:
    folder = write_log(tmp_path / "log")
    viewer = viewer_of(folder)
    viewer.until(viewer.shown)
    viewer.pane.bookmarks.keep("mine")
    viewer.pane.bookmarks.save(tmp_path / "states.txt")
    viewer.until(lambda: bool(viewer.notes))
    config = next(folder.rglob("projector_config.pbtxt"))
    config.write_text(config.read_text().rstrip().removesuffix("}") + '  bookmarks_path: "states.txt"\n}\n')
    shutil.copy(tmp_path / "states.txt", config.parent)
    other = viewer_of(folder)
    other.until(other.shown)
    other.until(lambda: bool(other.pane.bookmarks.list))
    assert other.pane.bookmarks.list[0].label == "mine" and other.pane.bookmarks.restore(0)


def test_a_bookmark_has_the_third_axis_and_the_perplexity_that_was_used(viewer: Viewer, tmp_path: Path) -> None:
    pane = viewer.pane
    pane.stages.choose_method(Method.AXES)
    pane.settings.update(left="cat", right="dog", back="dog", front="fox")
    viewer.until(lambda: pane.stages.current.places is not None and viewer.panel.axes._counts["front"].text() == "30")
    viewer.until(lambda: not pane.projections.busy)
    places = pane.stages.current.places.copy()
    pane.bookmarks.keep("deep")
    pane.bookmarks.save(tmp_path / "states.json")
    viewer.until(lambda: len(viewer.notes) == 1)
    pane.bookmarks.remove(0)
    pane.settings.update(back="", front="cat", left="fox", method=Method.PCA)
    pane.bookmarks.load(tmp_path / "states.json")
    viewer.until(lambda: bool(pane.bookmarks.list))
    # What TensorBoard would take for ninety points.
    assert pane.bookmarks.list[0].tsne_perplexity == 5.0
    assert pane.bookmarks.restore(0)
    assert (pane.settings.now.back, pane.settings.now.front, pane.settings.now.perplexity) == ("dog", "fox", 5.0)
    viewer.until(lambda: not pane.projections.busy)
    np.testing.assert_allclose(pane.stages.current.places, places, atol=1e-5)


def test_the_search_and_what_it_found_are_scrolled_into_view(viewer: Viewer) -> None:
    pane, panel = viewer.pane, viewer.panel
    panel.resize(260, 420)
    panel.activateWindow()
    viewer.until(panel.isActiveWindow)

    def seen(widget: QWidget) -> bool:
        top, bottom = (widget.mapTo(panel.viewport(), point).y() for point in (QPoint(), widget.rect().bottomLeft()))
        return top >= 0 and bottom <= panel.viewport().height()

    inspector = panel.inspector
    assert not seen(inspector.search)
    pane.focus_search()
    viewer.until(lambda: seen(inspector.search))
    QTest.keyClicks(inspector.search.line_edit(), "dog")
    viewer.until(lambda: inspector.results.isVisible() and seen(inspector.results))
    assert seen(inspector.search)
    QTest.keyClick(inspector.search.line_edit(), Qt.Key.Key_Down)
    assert inspector.results.hasFocus()


def test_a_full_disk_is_the_reason_that_is_given(viewer: Viewer, tmp_path: Path) -> None:
    resource = pytest.importorskip("resource")
    pane = viewer.pane
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    path = tmp_path / "shot.png"
    # As near to a full disk as a test comes: no file may be longer.
    resource.setrlimit(resource.RLIMIT_FSIZE, (2000, before[1]))
    try:
        pane.exporter.save_picture(path, pane.stages.current.view, 1)
        viewer.until(lambda: bool(viewer.notes))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    told, kind = viewer.notes[0]
    assert kind == "error" and "File too large. Nothing was left there." in told
    assert not path.exists() and not list(tmp_path.glob(".*.part"))


def test_a_picture_that_takes_long_is_announced(
    viewer: Viewer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("runglass.viewers.projector.exporting._LONG_MS", 0)
    viewer.pane.exporter.save_picture(tmp_path / "large.png", viewer.pane.stages.current.view, 4)
    viewer.until(lambda: len(viewer.notes) == 2)
    said = [text for text, _kind in viewer.notes]
    assert said == ["The picture for large.png is being painted…", f"Picture saved to {tmp_path / 'large.png'}"]


@pytest.mark.skipif(os.name != "posix", reason="of systems with permissions in nine bits")
def test_what_is_saved_can_be_read_by_those_who_may_read_other_files(viewer: Viewer, tmp_path: Path) -> None:
    plain, kept = tmp_path / "plain.tsv", tmp_path / "kept.tsv"
    (tmp_path / "other").touch()
    kept.touch()
    kept.chmod(0o640)
    stage = viewer.pane.stages.current
    for path in (plain, kept):
        viewer.pane.exporter.write_points(path, stage.places, "xyz", (), None)
    viewer.until(lambda: len(viewer.notes) == 2)
    assert plain.stat().st_mode == (tmp_path / "other").stat().st_mode
    assert kept.stat().st_mode & 0o777 == 0o640


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs a file that is none")
def test_a_device_is_not_replaced_by_a_file(viewer: Viewer, tmp_path: Path) -> None:
    path = tmp_path / "pipe.tsv"
    os.mkfifo(path)
    stage = viewer.pane.stages.current
    viewer.pane.exporter.write_points(path, stage.places, "xyz", (), None)
    viewer.until(lambda: bool(viewer.notes))
    assert "this is no file" in viewer.notes[0][0]
    assert not path.is_file()
