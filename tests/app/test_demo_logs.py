"""The demo writes material for every pane, the same at each start, and ends with who started it."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np
import pytest

from runglass.app.demo import main, write_demo
from runglass.reader.api import Kind, SeriesKey, load


def read(folder: Path) -> dict[SeriesKey, np.ndarray]:
    with load([folder]) as session:
        return {key: session.store.scalars(key).value.copy() for key in session.store.series(Kind.SCALAR)}


def test_four_runs_with_everything_to_look_at(tmp_path: Path) -> None:
    assert main([str(tmp_path)]) == 0
    with load([tmp_path]) as session:
        store = session.store
        trainings = [run for run in store.runs() if not run.name.startswith("tutorial/")]
        assert len(trainings) == 4
        for run in trainings:
            kinds = {key.kind for key in store.series_of(run.name)}
            assert {Kind.SCALAR, Kind.IMAGE, Kind.HISTOGRAM, Kind.TEXT} <= kinds
            assert (tmp_path / run.name / "projector_config.pbtxt").is_file()
        assert not store.health().problems
        values = [store.scalars(key).value for key in store.series(Kind.SCALAR)]
        assert any(np.isnan(value).any() for value in values)
    folders = [folder for folder in sorted(tmp_path.glob("*/*")) if folder.parent.name != "tutorial"]
    assert [len(list(folder.glob("*tfevents*"))) for folder in folders] == [1, 1, 2, 1]


def test_the_tutorial_has_an_example_of_every_call(tmp_path: Path) -> None:
    assert main([str(tmp_path)]) == 0
    with load([tmp_path]) as session:
        store = session.store
        function = {run: SeriesKey(f"tutorial/{run}", "tutorial/function", Kind.SCALAR) for run in CURVES}
        for run, curve in CURVES.items():
            view = store.scalars(function[run])
            np.testing.assert_allclose(view.value, curve(view.step / 100), rtol=1e-6)
        kinds = {key.kind for key in store.series() if key.run.startswith("tutorial/gallery")}
        assert kinds >= {
            Kind.SCALAR, Kind.IMAGE, Kind.HISTOGRAM, Kind.TEXT, Kind.AUDIO, Kind.PR_CURVE, Kind.MESH, Kind.HPARAMS,
            Kind.CUSTOM_SCALARS,
        }  # fmt: skip
        normal = store.histograms(SeriesKey("tutorial/gallery", "tutorial/normal", Kind.HISTOGRAM))
        assert normal.step.tolist() == [1, 50, 100]
        sequence = store.blobs(SeriesKey("tutorial/gallery", "tutorial/ball", Kind.IMAGE))
        assert sequence.step.tolist() == list(range(12))
    assert (tmp_path / "tutorial/gallery/waves.json").is_file()
    assert (tmp_path / "tutorial/gallery/00000/digits/sprite.png").is_file()


CURVES = {"quadratic": lambda x: x**2, "exponential": lambda x: 2**x - 1}


def test_the_demo_is_the_same_each_time(tmp_path: Path) -> None:
    never = threading.Event()
    for name in ("one", "two"):
        write_demo(tmp_path / name, live=False, stop=never)
    one, two = read(tmp_path / "one"), read(tmp_path / "two")
    assert one.keys() == two.keys()
    for key, values in one.items():
        np.testing.assert_array_equal(values, two[key])


def started(folder: Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-m", "runglass", "demo", str(folder), "--live"], stdin=subprocess.PIPE)


def size_of(folder: Path) -> int:
    return sum(file.stat().st_size for file in folder.rglob("*tfevents*"))


def wait_for_growth(process: subprocess.Popen[bytes], folder: Path) -> None:
    """Until the history is there and points come in one by one."""
    deadline = time.monotonic() + 60
    while len(list(folder.rglob("projector_config.pbtxt"))) != 5:
        assert process.poll() is None and time.monotonic() < deadline
        time.sleep(0.05)
    before = size_of(folder)
    while size_of(folder) == before:
        assert process.poll() is None and time.monotonic() < deadline
        time.sleep(0.05)


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGTERM on Windows")
def test_the_live_demo_grows_until_it_is_told_to_end(tmp_path: Path) -> None:
    with started(tmp_path) as process:
        wait_for_growth(process, tmp_path)
        process.terminate()
        assert process.wait(20) == 0
    with load([tmp_path]) as session:
        assert not session.store.health().problems


def test_the_live_demo_ends_with_who_started_it(tmp_path: Path) -> None:
    with started(tmp_path) as process:
        wait_for_growth(process, tmp_path)
        assert process.stdin is not None
        process.stdin.close()  # as the system does when the starter is killed
        assert process.wait(20) == 0


def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    assert main([str(tmp_path / "file")]) == 2
    assert "cannot be written" in capsys.readouterr().err
