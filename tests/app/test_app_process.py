"""The program as a process of its own: starts, is told to stop, leaves nothing behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from event_files import append_scalars, start_file
from PIL import Image

from runglass import SummaryWriter
from runglass.app.demo_process import DemoProcess

MAIN = "import sys; from runglass.app.cli import main; sys.exit(main(sys.argv[1:]))"


def environment(home: Path) -> dict[str, str]:
    """The user's files in a temporary home."""
    places = {"HOME": str(home), "XDG_CONFIG_HOME": str(home / "config"), "XDG_STATE_HOME": str(home / "state")}
    return {**os.environ, **places}


def start(home: Path, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", MAIN, *arguments],
        env=environment(home),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signals")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_signals_close_the_window_in_order(tmp_path: Path, number: Any) -> None:
    process = start(tmp_path)
    log = tmp_path / "state" / "runglass" / "runglass.log"
    until = time.monotonic() + 20
    while not log.exists() and time.monotonic() < until:
        time.sleep(0.02)
    time.sleep(0.8)
    process.send_signal(number)
    output, errors = process.communicate(timeout=20)
    assert process.returncode == 0
    assert (output, errors) == ("", "")
    assert log.read_text(encoding="utf-8") == ""
    assert list((tmp_path / "state" / "runglass" / "crashes").iterdir()) == []


def test_version(tmp_path: Path) -> None:
    process = start(tmp_path, "--version")
    output, _errors = process.communicate(timeout=20)
    assert process.returncode == 0
    assert output.startswith("runglass ")
    assert list(tmp_path.iterdir()) == []


def test_screenshot_saves_every_pane_in_both_themes_and_nothing_else(tmp_path: Path) -> None:
    logs, out = tmp_path / "logs", tmp_path / "out"
    append_scalars(start_file(logs / "a"), "train/loss", 0, [1.0 / (step + 1) for step in range(50)])
    append_scalars(start_file(logs / "b"), "train/loss", 0, [0.5, 0.25])
    home = tmp_path / "home"
    home.mkdir()
    process = start(home, str(logs), "--screenshot", str(out), "--size", "1024x700")
    output, errors = process.communicate(timeout=60)
    assert (process.returncode, errors) == (0, "")
    assert output.startswith("2 runs, 1 tag, 52 points from 2 files")
    names = {path.name for path in out.iterdir()}
    for theme in ("dark", "light"):
        assert {f"scalars-{theme}.png", f"health-{theme}.png", f"palette-{theme}.png"} <= names
        with Image.open(out / f"scalars-{theme}.png") as picture:
            assert picture.size == (1024, 700)
            assert len(picture.convert("RGB").getcolors(1_000_000) or []) > 20
    assert list(home.rglob("*")) == []


def test_screenshot_waits_for_the_points_of_the_projector(tmp_path: Path) -> None:
    out, home = tmp_path / "out", tmp_path / "home"
    home.mkdir()
    matrix = np.random.default_rng(0).normal(size=(4000, 600)).astype(np.float32)
    with SummaryWriter(str(tmp_path / "logs" / "run")) as writer:
        writer.add_embedding(matrix, tag="words")
    process = start(home, str(tmp_path / "logs"), "--screenshot", str(out), "--size", "1024x700")
    _output, errors = process.communicate(timeout=60)
    assert (process.returncode, errors) == (0, "")
    pictures = []
    for theme in ("dark", "light"):
        with Image.open(out / f"projector-{theme}.png") as picture:
            middle = np.asarray(picture.convert("L").crop((350, 200, 700, 550)), int)
        ground = np.bincount(middle.ravel()).argmax() if theme == "light" else middle[0, 0]
        pictures.append(np.abs(middle - ground) > 40)
        assert pictures[-1].mean() > 0.05
    # The cloud does not turn by itself between them.
    dark, light = pictures
    assert (dark == light).mean() > 0.8


def test_screenshot_into_a_file_is_one_line(tmp_path: Path) -> None:
    append_scalars(start_file(tmp_path / "a"), "loss", 0, [1.0])
    taken = tmp_path / "taken"
    taken.write_text("", encoding="utf-8")
    process = start(tmp_path, str(tmp_path / "a"), "--screenshot", str(taken))
    _output, errors = process.communicate(timeout=60)
    assert process.returncode == 1
    assert errors.startswith("runglass: ") and errors.count("\n") == 1


def test_demo_runs_in_its_own_process_and_leaves_nothing(qtbot: Any) -> None:
    demo = DemoProcess()
    folder = Path(demo.start())
    try:
        qtbot.waitUntil(lambda: bool(list(folder.rglob("*tfevents*"))), timeout=20_000)
        assert not demo.failed
    finally:
        demo.close()
    assert not folder.parent.exists()
