"""What is written down when the program ends unexpectedly, and how the next start offers it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QPushButton

from runglass.app import crash_notes, crash_reports
from runglass.app.crash_notes import RunningReport
from runglass.app.crash_reports import CrashReports, Report, report_of, without_paths
from runglass.app.places import NOWHERE, Places

DEAD = 2**22 + 4711
STACK = """Runglass 0.1.0 (frozen)
Python 3.11.7

Not handled in MainThread:
Traceback (most recent call last):
  File "/home/anna/venv/lib/python3.11/site-packages/numpy/core/x.py", line 3, in f
  File "{package}/reader/api.py", line 12, in g
    open(path)
FileNotFoundError: [Errno 2] No such file or directory: '/data/secret project/run 1/events.out.tfevents.1.host'

Fatal Python error: Segmentation fault

Current thread 0x00007f12 (most recent call first):
  File "{package}/viewers/charts/chart.py", line 40 in paintEvent
  File "/usr/lib/python3.11/threading.py", line 9 in run
  File "C:\\Users\\anna\\x.py", line 1 in <module>
  File "<string>", line 1 in <module>

Extension modules: numpy.core (total: 1)
"""


def stack() -> str:
    return STACK.replace("{package}", str(Path(crash_reports.__file__).parents[1]))


def left_by(places: Places, text: str, pid: int = DEAD) -> Path:
    """The file of a process that is gone."""
    assert places.crashes is not None
    places.crashes.mkdir(parents=True, exist_ok=True)
    path = places.crashes / f"running-{pid}.txt"
    path.write_text(text, encoding="utf-8")
    return path


def test_crash_of_an_earlier_start_becomes_a_report(places: Places) -> None:
    left = left_by(places, stack())
    (report,) = CrashReports(places).collect()
    assert not left.exists()
    assert report.text.startswith("Runglass ended unexpectedly at 20")
    for kept in (
        'File "runglass/viewers/charts/chart.py", line 40 in paintEvent',
        'File "numpy/core/x.py", line 3',
        'File "threading.py", line 9',
        'File "…/x.py", line 1',
        'File "<string>"',
        "Segmentation fault",
        "No such file or directory: <path>",
    ):
        assert kept in report.text
    for secret in ("anna", "secret", "tfevents", "/home", "/data", "/usr"):
        assert secret not in report.text
    assert CrashReports(places).collect() == [report]
    CrashReports(places).delete()
    assert CrashReports(places).collect() == []


def test_end_without_a_stack_is_no_report(places: Places) -> None:
    """Killed, or the power failed: nothing is known, so nothing is offered."""
    left = left_by(places, "Runglass 0.1.0\n")
    assert CrashReports(places).collect() == []
    assert not left.exists()


def test_program_that_runs_is_left_alone(places: Places) -> None:
    left = left_by(places, stack(), os.getpid())
    assert CrashReports(places).collect() == []
    assert left.exists()


def test_number_and_size_are_bounded(places: Places) -> None:
    for number in range(9):
        left_by(places, f"crash {number}\n{stack()}" + "x" * 1_000_000, DEAD + number)
        CrashReports(places).collect()
    assert places.crashes is not None
    files = list(places.crashes.iterdir())
    assert len(files) == crash_reports.MOST_REPORTS
    assert all(file.stat().st_size < 2 * crash_reports.MOST_CHARACTERS for file in files)
    assert "crash 8" in CrashReports(places).collect()[0].text


def test_what_is_noted_is_bounded_and_goes_with_an_orderly_end(places: Places) -> None:
    assert places.crashes is not None
    report = RunningReport(places.crashes)
    for _number in range(1000):
        report.note("y" * 1000)
    (file,) = places.crashes.iterdir()
    assert file.stat().st_size < crash_notes.MOST_NOTED + 2000
    report.close()
    report.note("too late")
    assert list(places.crashes.iterdir()) == []


@given(st.lists(st.text(st.characters(codec="utf-8"), max_size=60), max_size=6))
def test_any_text_is_taken(lines: list[str]) -> None:
    assert without_paths("\n".join(lines)).endswith("\n")


NAME = st.text(st.characters(categories=("L", "N"), include_characters="-_. "), min_size=1, max_size=12).map(
    lambda name: name.strip(". ") or "x"
)


@given(st.lists(NAME, min_size=2, max_size=5), st.sampled_from(["'/{}'", '"/{}"', "'C:\\{}'"]))
def test_paths_in_messages_are_left_out(parts: list[str], form: str) -> None:
    parts = [f"SECRET{part}" for part in parts]
    joined = ("\\" if "\\" in form else "/").join(parts)
    assert "SECRET" not in without_paths(f"OSError: cannot read {form.format(joined)}: gone")


@given(st.lists(st.from_regex(r"\A[\w.-]{1,10}\Z"), min_size=2, max_size=5))
def test_paths_without_quotes_are_left_out(parts: list[str]) -> None:
    path = "/" + "/".join(f"SECRET{part}" for part in parts)
    assert "SECRET" not in without_paths(f"cannot read {path}: gone")


def test_error_that_ends_the_program_is_one_line_and_a_report(tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    try:
        raise ValueError("<b>odd</b>\nin two lines")
    except ValueError as error:
        line = report_of(error, True)
        bare = report_of(error, False)
    assert "\n" not in line and "<b>odd</b>\\nin two lines" in line
    (file,) = (tmp_path / "runglass" / "crashes").iterdir()
    assert str(file) in line
    text = file.read_text(encoding="utf-8")
    assert "ValueError: <b>odd</b>" in text and "Python 3" in text
    assert "at runglass/tests/app/test_app_crashes.py:" in bare and str(file) not in bare


def test_nothing_is_kept_where_nothing_may_be() -> None:
    assert CrashReports(NOWHERE).collect() == []
    assert CrashReports(NOWHERE).add("x") is None


# In the window


def button(widget: Any, text: str) -> QPushButton:
    found: QPushButton = next(child for child in widget.findChildren(QPushButton) if child.text() == text)
    return found


def offer(program: Any, places: Places, qtbot: Any) -> Any:
    left_by(places, stack())
    program.window.offer_reports(CrashReports(places).collect())
    notice = program.window.findChild(object, "crashNotice")
    qtbot.waitUntil(notice.isVisible)
    return notice


def test_report_is_shown_copied_and_deleted(program: Any, places: Places, qtbot: Any) -> None:
    notice = offer(program, places, qtbot)
    qtbot.mouseClick(button(notice, "Show"), Qt.MouseButton.LeftButton)
    sheet = program.window.overlays.sheet
    assert "Segmentation fault" in sheet._content.view.toPlainText()
    qtbot.mouseClick(button(sheet, "Copy"), Qt.MouseButton.LeftButton)
    copied = QGuiApplication.clipboard().text()
    assert "Segmentation fault" in copied and "anna" not in copied
    program.key(sheet, Qt.Key.Key_Escape)
    QGuiApplication.clipboard().clear()
    qtbot.mouseClick(button(notice, "Copy"), Qt.MouseButton.LeftButton)
    assert QGuiApplication.clipboard().text() == copied
    qtbot.mouseClick(button(notice, "Delete"), Qt.MouseButton.LeftButton)
    assert not notice.isVisible()
    qtbot.waitUntil(lambda: CrashReports(places).collect() == [])


def test_several_reports_are_counted_and_nothing_is_said_without_one(program: Any) -> None:
    program.window.offer_reports([])
    assert program.window.findChild(object, "crashNotice") is None
    program.window.offer_reports([Report(Path("a"), "one"), Report(Path("b"), "two")])
    notice = program.window.findChild(object, "crashNotice")
    assert "2 reports" in notice._text.toolTip() + notice._text.text()
    assert notice.text == "one\n\ntwo"


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signals")
@pytest.mark.parametrize("number", [signal.SIGSEGV, signal.SIGABRT])
def test_whole_program_that_crashes_is_reported_at_the_next_start(tmp_path: Path, number: Any) -> None:
    home = tmp_path / "home"
    home.mkdir()
    environment = {
        **os.environ,
        "HOME": str(home),
        "XDG_CONFIG_HOME": str(home / "config"),
        "XDG_STATE_HOME": str(home / "state"),
    }
    crashes = home / "state" / "runglass" / "crashes"

    def start() -> subprocess.Popen[str]:
        words = [sys.executable, "-c", "import sys; from runglass.app.cli import main; sys.exit(main([]))"]
        return subprocess.Popen(words, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def until(true: Any) -> None:
        end = time.monotonic() + 30
        while not true():
            assert time.monotonic() < end
            time.sleep(0.05)

    first = start()
    running = crashes / f"running-{first.pid}.txt"
    until(lambda: running.exists() and "Python 3" in running.read_text(encoding="utf-8"))
    first.send_signal(number)
    first.communicate(timeout=30)
    assert running.exists()
    second = start()
    until(lambda: list(crashes.glob("report-*.txt")) and not running.exists())
    second.terminate()
    assert second.communicate(timeout=30) == ("", "")
    (report,) = crashes.iterdir()
    text = report.read_text(encoding="utf-8")
    assert "Runglass " in text and "Python 3" in text and "Fatal Python error" in text
    assert 'File "runglass/app/program.py"' in text
    assert str(tmp_path) not in text and os.path.expanduser("~root") + "/" not in text
