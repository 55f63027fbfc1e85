"""What every test stands on: a home of its own, the corpus of real logs, and a look behind it for what it left.

After each test nothing may be left of it: no thread, no child process, no log record that nobody expected, and (of
tests that use Qt) no window and no running timer.
"""

from __future__ import annotations

import gc
import logging
import os
import re
import shutil
import sys
import tempfile
import threading
import time
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any

import hypothesis
import psutil
import pytest

ROOT = Path(__file__).resolve().parents[1]

#: A thread or process that is on its way out is given this long, in seconds.
PATIENCE = 3.0

#: Variables that lead a program to the user's files.
HOME_VARIABLES = (
    "HOME",
    "USERPROFILE",
    "APPDATA",
    "LOCALAPPDATA",
    "XDG_CONFIG_HOME",
    "XDG_DATA_HOME",
    "XDG_STATE_HOME",
)

HOME_KEY = pytest.StashKey[Path]()


# A busy machine must not fail a test: neither an example nor the making of examples is timed.
hypothesis.settings.register_profile("runglass", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow])
hypothesis.settings.load_profile("runglass")


def pytest_configure(config: pytest.Config) -> None:
    # Here and not in a fixture: Qt asks for these as soon as it is imported. XDG_CACHE_HOME stays the user's where it
    # is set, and moves with HOME else: fontconfig would build its cache anew for each session otherwise.
    os.environ.setdefault("XDG_CACHE_HOME", str(Path.home() / ".cache"))
    home = Path(tempfile.mkdtemp(prefix="runglass-home-"))
    config.stash[HOME_KEY] = home
    for name in HOME_VARIABLES:
        os.environ[name] = str(home)


def pytest_unconfigure(config: pytest.Config) -> None:
    home = config.stash.get(HOME_KEY, None)
    if home is not None:
        shutil.rmtree(home, ignore_errors=True)


@pytest.fixture(scope="session")
def corpus() -> Path:
    """The folder of real event logs with its ``expected.json``; RUNGLASS_CORPUS names it where it lies elsewhere."""
    folder = Path(os.environ.get("RUNGLASS_CORPUS") or ROOT.parent / "shared" / "corpus" / "given")
    if not (folder / "expected.json").is_file():
        pytest.skip(f"the corpus of real logs is not here: no {folder / 'expected.json'} (set RUNGLASS_CORPUS)")
    return folder


@pytest.fixture
def artefacts(request: pytest.FixtureRequest) -> Path:
    """A folder for pictures of what a test saw; it is kept: ``artefacts/<file of the test>/``."""
    folder = ROOT / "artefacts" / request.path.stem
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Generator[None, Any, Any]:
    """Keep a picture of each window that was open when a test failed."""
    report = yield
    if report.when == "call" and report.failed and "PySide6.QtWidgets" in sys.modules:
        _photograph(item)
    return report


def _photograph(item: pytest.Item) -> None:
    from PySide6.QtWidgets import QApplication

    if QApplication.instance() is None:
        return
    folder = ROOT / "artefacts" / "failed"
    folder.mkdir(parents=True, exist_ok=True)
    name = re.sub(r"[^\w.-]+", "_", f"{item.path.stem}-{item.name}")[:150]
    for number, window in enumerate(QApplication.topLevelWidgets()):
        if window.isVisible():
            window.grab().save(str(folder / f"{name}-{number}.png"))


@pytest.fixture
def home(pytestconfig: pytest.Config) -> Path:
    """The home directory that programs under test see; empty at the start of each test."""
    return pytestconfig.stash[HOME_KEY]


@pytest.fixture(autouse=True)
def _empty_home(home: Path) -> Iterator[None]:
    yield
    for entry in home.iterdir():
        if entry.is_dir() and not entry.is_symlink():
            shutil.rmtree(entry, ignore_errors=True)
        else:
            entry.unlink(missing_ok=True)


class _Records(logging.Handler):
    """Keeps what is logged as a warning or worse."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(f"{record.levelname} {record.name}: {record.getMessage()}")


@pytest.fixture(autouse=True)
def _no_unexpected_log_records(request: pytest.FixtureRequest) -> Iterator[None]:
    """A test that expects warnings asks for ``caplog`` and looks at them itself."""
    if "caplog" in request.fixturenames:
        yield
        return
    records = _Records()
    logging.getLogger().addHandler(records)
    try:
        yield
    finally:
        logging.getLogger().removeHandler(records)
    if records.lines:
        pytest.fail("logged without being expected:\n" + "\n".join(records.lines), pytrace=False)


@pytest.fixture(autouse=True)
def _no_thread_or_process_left() -> Iterator[None]:
    threads = set(threading.enumerate())
    processes = {child.pid for child in _children()}
    yield
    deadline = time.monotonic() + PATIENCE
    while True:
        left = [thread.name for thread in threading.enumerate() if thread not in threads and thread.is_alive()]
        left += [_words(child) for child in _children() if child.pid not in processes]
        if not left:
            return
        if time.monotonic() > deadline:
            pytest.fail("left running: " + ", ".join(left), pytrace=False)
        time.sleep(0.01)


def _children() -> list[psutil.Process]:
    return [child for child in psutil.Process().children(recursive=True) if not _is_pythons_own(child)]


def _is_pythons_own(child: psutil.Process) -> bool:
    """True for the tracker that multiprocessing starts once and keeps until the interpreter ends."""
    try:
        return child.status() == psutil.STATUS_ZOMBIE or any("resource_tracker" in word for word in child.cmdline())
    except psutil.Error:
        return True


def _words(child: psutil.Process) -> str:
    try:
        return f"process {child.pid} ({' '.join(child.cmdline())[:200]})"
    except psutil.Error:
        return f"process {child.pid}"


@pytest.fixture(autouse=True)
def _no_window_or_timer_left(request: pytest.FixtureRequest) -> Iterator[None]:
    """Of tests that use Qt. Set up first of all of a test's fixtures, so that it looks after all of them are gone."""
    if not {"qtbot", "qapp"} & set(request.fixturenames):
        yield
        return
    from PySide6.QtCore import QTimer
    from PySide6.QtWidgets import QApplication
    from shiboken6 import Shiboken

    application = request.getfixturevalue("qapp")
    _settle()
    windows = {id(window) for window in QApplication.topLevelWidgets()}
    timers = {id(timer) for timer in _running_timers(QTimer, Shiboken)}
    yield
    deadline = time.monotonic() + PATIENCE
    while True:
        _settle()
        left = [
            f"window {type(window).__name__} {window.objectName() or window.windowTitle()!r}"
            for window in QApplication.topLevelWidgets()
            if id(window) not in windows
        ]
        left += [
            f"timer of {type(timer.parent()).__name__}, every {timer.interval()} ms"
            for timer in _running_timers(QTimer, Shiboken)
            if id(timer) not in timers
        ]
        if not left:
            return
        if time.monotonic() > deadline:
            for window in QApplication.topLevelWidgets():
                if id(window) not in windows:
                    window.close()
                    window.deleteLater()
            application.processEvents()
            pytest.fail("left behind: " + ", ".join(left), pytrace=False)
        time.sleep(0.01)


def _settle() -> None:
    """Let what was told to go go: posted deletions, and Python objects in cycles."""
    from PySide6.QtCore import QCoreApplication, QEvent

    gc.collect()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    QCoreApplication.processEvents()


def _running_timers(timer_type: type, shiboken: object) -> list[object]:
    is_valid = shiboken.isValid  # type: ignore[attr-defined]
    return [
        found
        for found in gc.get_objects()
        if isinstance(found, timer_type) and is_valid(found) and found.isActive()  # type: ignore[attr-defined]
    ]
