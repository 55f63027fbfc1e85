"""The self-test: passes where all is well, and names whatever is not."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtGui import QColor, QPixmap

from runglass.app import selftest
from runglass.app.selftest import DONE, FAILED, OURS, judge, try_program
from runglass.app.selftest_window import is_drawn

PANES = ("Scalars", "Images", "Distributions", "Histograms", "Projector")

#: Runs in the program under test before anything else; ``meddle(panes)`` gets the panes of the registry.
MEDDLE = """
import importlib.abc, importlib.util, sys

{meddle}

class Finder(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path, target=None):
        if name != "runglass.viewers.registry":
            return None
        sys.meta_path.remove(self)
        spec = importlib.util.find_spec(name)
        run = spec.loader.exec_module

        def exec_module(module):
            run(module)
            module.PANES = meddle(module.PANES)

        spec.loader.exec_module = exec_module
        return spec

if "--selftest-window" in sys.orig_argv:
    sys.meta_path.insert(0, Finder())
"""

BROKEN = """
import dataclasses

def refuse(context):
    raise ValueError("no picture today")

def blank():
    from PySide6.QtWidgets import QWidget
    from runglass.app import selftest_window
    from runglass.viewers.pane import Pane

    selftest_window.DRAWN_SECONDS = 3.0

    class Blank(Pane):
        def __init__(self, context):
            super().__init__()

        def settings_widget(self):
            return QWidget()

        def apply(self, delta):
            pass

    return Blank

def meddle(panes):
    import warnings

    warnings.warn("something is old")
    load = {"images": lambda: refuse, "distributions": blank}
    return tuple(dataclasses.replace(spec, load=load.get(spec.id, spec.load)) for spec in panes)
"""

ABORTING = """
import dataclasses, os

def meddle(panes):
    return (dataclasses.replace(panes[0], load=os.abort), *panes[1:])
"""

HANGING = """
import dataclasses, time

def meddle(panes):
    return (dataclasses.replace(panes[0], load=lambda: time.sleep(1000)), *panes[1:])
"""


UNSEEN = """
def meddle(panes):
    from PySide6.QtGui import QPixmap, QScreen

    QScreen.grabWindow = lambda *_arguments: QPixmap()
    return panes
"""


@pytest.fixture
def meddle(tmp_path: Path, monkeypatch: Any) -> Any:
    def write(text: str) -> None:
        folder = tmp_path / "meddle"
        folder.mkdir()
        (folder / "sitecustomize.py").write_text(MEDDLE.replace("{meddle}", text), encoding="utf-8")
        monkeypatch.setenv("PYTHONPATH", str(folder))

    return write


def run(tmp_path: Path, *arguments: str, before: tuple[str, ...] = (), **variables: str) -> Any:
    """The command as a user gives it, with a home and a folder for temporary files of its own."""
    home, temporary = tmp_path / "home", tmp_path / "tmp"
    home.mkdir()
    temporary.mkdir()
    places = {"HOME": str(home), "XDG_CONFIG_HOME": "", "XDG_STATE_HOME": "", "TMPDIR": str(temporary)}
    done = subprocess.run(
        [*before, sys.executable, "-m", "runglass", "--selftest", *arguments],
        env={**os.environ, **places, **variables},
        capture_output=True,
        text=True,
        timeout=110,
    )
    assert list(home.rglob("*")) == []
    assert list(temporary.rglob("*")) == []
    return done


def test_whole_program_passes_and_leaves_nothing(tmp_path: Path) -> None:
    report = tmp_path / "report.txt"
    done = run(tmp_path, "--report", str(report))
    assert (done.returncode, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    assert [line.split()[1] for line in lines[:-1]] == list(PANES)
    assert lines[-1].startswith("runglass: self-test passed: 5 checks")
    assert report.read_text(encoding="utf-8") == done.stdout


def test_opengl_draws_or_is_named(tmp_path: Path) -> None:
    """OpenGL is there under Xvfb with Mesa: its points are looked for on the screen."""
    done = run(tmp_path, "--renderer", "opengl")
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the switch is of Qt's X plug-in")
def test_without_opengl_everything_is_drawn_by_the_processor(tmp_path: Path) -> None:
    done = run(tmp_path, "--renderer", "auto", QT_XCB_GL_INTEGRATION="none")
    assert [line.split()[1] for line in done.stdout.splitlines()] == list(PANES)
    (said,) = done.stderr.splitlines()
    assert "OpenGL" in said


def can_hide_folders() -> bool:
    """True if this account may make a folder read-only for one process (root on Linux, outside of most containers)."""
    unshare = shutil.which("unshare")
    return unshare is not None and subprocess.run([unshare, "-m", "true"], capture_output=True).returncode == 0


@pytest.mark.skipif(not can_hide_folders(), reason="needs the right to mount")
def test_passes_where_its_own_folder_and_home_are_read_only(tmp_path: Path) -> None:
    root = Path(__file__).resolve().parents[2]
    environment = Path(sys.prefix)
    mounts = "; ".join(
        f'mount --bind "{folder}" "{folder}" && mount -o remount,bind,ro "{folder}"'
        for folder in (root, environment, tmp_path / "home")
    )
    check = f'if touch "{root}/x" 2>/dev/null; then echo writable; fi'
    done = run(tmp_path, before=("unshare", "-m", "sh", "-c", f'{mounts}; {check}; exec "$@"', "sh"))
    assert (done.returncode, done.stderr) == (0, "")
    assert "writable" not in done.stdout


def test_failing_and_blank_panes_and_warnings_are_named(tmp_path: Path, meddle: Any) -> None:
    meddle(BROKEN)
    done = run(tmp_path)
    assert done.returncode == 1
    failures = [line.removeprefix("runglass: self-test failed: ") for line in done.stderr.splitlines()]
    assert any(line.startswith("unexpected output:") and "something is old" in line for line in failures)
    assert "Images: the pane stopped with an error" in failures
    assert any("ValueError: no picture today" in line for line in failures)
    assert any(line.startswith("Distributions: the pane is blank, also after 3") for line in failures)
    drawn = [line.split()[1] for line in done.stdout.splitlines()]
    assert drawn == ["Scalars", "Histograms", "Projector"]


def test_screen_that_shows_itself_to_nobody_is_named(tmp_path: Path, meddle: Any) -> None:
    """Wayland's: what OpenGL draws there cannot be looked at."""
    meddle(UNSEEN)
    done = run(tmp_path, "--renderer", "opengl")
    assert done.returncode == 1
    (said,) = done.stderr.splitlines()
    assert "no picture of this screen can be taken" in said and "--renderer raster" in said


def test_crash_is_named(tmp_path: Path, meddle: Any) -> None:
    meddle(ABORTING)
    done = run(tmp_path)
    assert done.returncode == 1
    assert "SIGABRT" in done.stderr


def test_window_that_hangs_is_ended(tmp_path: Path, meddle: Any) -> None:
    meddle(HANGING)
    folder = tmp_path / "folder"
    folder.mkdir()
    verdict = try_program(folder, "raster", 12.0)
    assert verdict.failures[0] == "the window did not come to an end within 12 s"


def test_nowhere_to_write_is_one_line(tmp_path: Path, monkeypatch: Any, capsys: Any) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "missing"))
    assert selftest.main() == 1
    said = capsys.readouterr()
    assert said.out == "" and said.err.count("\n") == 1


@given(st.lists(st.text(max_size=30), max_size=6), st.integers(-20, 20))
def test_no_output_but_ours_passes(lines: list[str], code: int) -> None:
    output = "\n".join(lines).encode("utf-8", "surrogatepass")
    verdict = judge(output, code)
    assert verdict.failures, "nothing was tried"
    whole = judge(f"{OURS}Scalars drawn\n{DONE}\n".encode() + output, code)
    spoken = any(line.strip() for line in output.decode("utf-8", "backslashreplace").splitlines())
    assert bool(whole.failures) == bool(spoken or code)


def test_own_failures_are_taken_as_they_are() -> None:
    verdict = judge(f"{OURS}a\n{FAILED}b\n".encode(), 1)
    assert (verdict.passed, verdict.failures) == (["a"], ["b"])


def test_one_colour_is_not_a_drawing(qapp: Any) -> None:
    for color in ("#101010", "#ff0000"):
        picture = QPixmap(300, 200)
        picture.fill(QColor(color))
        assert not is_drawn(picture)
