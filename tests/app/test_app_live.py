"""From real files on disk to the window, as they grow, come and go."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from event_files import append_scalars, start_file

from runglass import SummaryWriter
from runglass.viewers.registry import PANES

WAIT = 15_000


@pytest.fixture
def real(start: Any) -> Any:
    """A program over the real reader and the real panes."""
    return start(PANES, real=True)


def show(program: Any, qtbot: Any, folder: Path) -> None:
    program.controller.open([str(folder)])
    qtbot.waitUntil(lambda: program.bench is not None and program.bench.panes.active == "scalars", timeout=WAIT)


def status(program: Any, name: str) -> str:
    return program.window.status.figure(name)


def test_log_is_shown_and_followed(real: Any, qtbot: Any, tmp_path: Path) -> None:
    logs = tmp_path / "logs"
    first = start_file(logs / "a")
    append_scalars(first, "train/loss", 0, [1.0, 0.5, 0.25])
    append_scalars(start_file(logs / "sub" / "b"), "train/loss", 0, [2.0])
    show(real, qtbot, logs)
    qtbot.waitUntil(lambda: status(real, "points") == "4 points", timeout=WAIT)
    assert status(real, "runs") == "2 runs"
    qtbot.waitUntil(lambda: real.window.status.health_text == "Log health: all bytes read", timeout=WAIT)
    append_scalars(first, "train/loss", 3, [0.125, 0.0625])
    qtbot.waitUntil(lambda: status(real, "points") == "6 points", timeout=WAIT)
    assert real.bench.runs.rows.last_value("a") == 0.0625
    append_scalars(start_file(logs / "late"), "train/acc", 0, [0.5])
    qtbot.waitUntil(lambda: status(real, "runs") == "3 runs", timeout=WAIT)
    assert real.window.top.tabs.tab("scalars").text_shown == "Scalars 2"


def test_folder_that_appears_later_is_waited_for(real: Any, qtbot: Any, tmp_path: Path) -> None:
    logs = tmp_path / "later"
    real.controller.open([str(logs)])
    qtbot.waitUntil(lambda: real.bench is not None and real.bench.state.shown == "missing", timeout=WAIT)
    append_scalars(start_file(logs / "a"), "loss", 0, [1.0])
    qtbot.waitUntil(lambda: real.bench.panes.active == "scalars", timeout=WAIT)


def test_empty_folder_is_watched(real: Any, qtbot: Any, tmp_path: Path) -> None:
    real.controller.open([str(tmp_path)])
    qtbot.waitUntil(lambda: real.bench is not None and real.bench.state.shown == "empty", timeout=WAIT)
    append_scalars(start_file(tmp_path / "a"), "loss", 0, [1.0])
    qtbot.waitUntil(lambda: real.bench.panes.active == "scalars", timeout=WAIT)


def test_damage_is_named_in_the_health_panel(real: Any, qtbot: Any, tmp_path: Path) -> None:
    path = start_file(tmp_path / "a")
    append_scalars(path, "loss", 0, [float(step) for step in range(20)])
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 0x40
    path.write_bytes(bytes(data))
    show(real, qtbot, tmp_path)
    qtbot.waitUntil(lambda: "problem" in real.window.status.health_text, timeout=WAIT)
    real.window.toggle_health()
    assert path.name in real.bench.health.text()


def test_two_folders_side_by_side(real: Any, qtbot: Any, tmp_path: Path) -> None:
    for name in ("one", "two"):
        append_scalars(start_file(tmp_path / name / "run"), "loss", 0, [1.0])
    show(real, qtbot, tmp_path / "one")
    real.controller.open([str(tmp_path / "two")], add=True)
    qtbot.waitUntil(lambda: status(real, "runs") == "2 runs", timeout=WAIT)
    assert len(real.controller.roots) == 2


def test_folder_that_is_deleted_while_open_keeps_the_window(real: Any, qtbot: Any, tmp_path: Path) -> None:
    logs = tmp_path / "logs"
    append_scalars(start_file(logs / "a"), "loss", 0, [1.0, 2.0])
    show(real, qtbot, logs)
    shutil.rmtree(logs)
    qtbot.wait(400)
    assert real.window.isVisible()
    real.window.reload()
    qtbot.wait(100)


def test_corpus_opens(real: Any, qtbot: Any, corpus: Path) -> None:
    show(real, qtbot, corpus)
    qtbot.waitUntil(lambda: not real.controller.workspace.store.progress().loading, timeout=60_000)
    assert real.controller.workspace.store.totals().points > 1000
    assert real.window.toasts.messages() == []


@pytest.mark.parametrize("with_scalars", [True, False], ids=["scalars-too", "alone"])
def test_embeddings_are_shown_first_only_where_there_is_nothing_else(
    real: Any, qtbot: Any, tmp_path: Path, with_scalars: bool
) -> None:
    with SummaryWriter(str(tmp_path / "run")) as writer:
        writer.add_embedding(np.eye(12, 4), [f"p{index}" for index in range(12)], tag="layer")
        if with_scalars:
            for step in range(20):
                writer.add_scalar("loss", 1.0 / (step + 1), step)
    real.controller.open([str(tmp_path)])
    wanted = "scalars" if with_scalars else "projector"
    qtbot.waitUntil(lambda: real.bench is not None and real.bench.panes.active != "", timeout=WAIT)
    qtbot.waitUntil(lambda: not real.controller.workspace.store.progress().loading, timeout=WAIT)
    assert real.bench.panes.active == wanted
    qtbot.waitUntil(lambda: real.window.top.tabs.tab("projector").text_shown == "Projector 1", timeout=WAIT)


def test_an_embedding_whose_files_are_deleted_stays_in_view(real: Any, qtbot: Any, tmp_path: Path) -> None:
    with SummaryWriter(str(tmp_path / "a")) as writer:
        writer.add_embedding(np.eye(12, 4), [f"p{index}" for index in range(12)], tag="layer")
        writer.add_scalar("loss", 1.0, 0)
    real.controller.open([str(tmp_path)])
    qtbot.waitUntil(lambda: real.bench is not None and real.bench.counts.get("projector") == 1, timeout=WAIT)
    real.window.show_pane("projector")
    pane = real.bench.panes.pane("projector")
    qtbot.waitUntil(lambda: pane.keeps() and pane.stages.current.places is not None, timeout=WAIT)
    (tmp_path / "a" / "projector_config.pbtxt").unlink()
    qtbot.waitUntil(lambda: pane.shelf.gone, timeout=WAIT)
    # The window neither goes to another pane nor takes the tab away.
    assert real.bench.panes.active == "projector"
    assert real.window.top.tabs.tab("projector").isEnabled()
    real.window.show_pane("scalars")
    real.window.show_pane("projector")
    assert real.bench.panes.active == "projector" and pane.pages.kind == "views"
