"""Several windows of one program: which of them shows what is asked for, and what they share."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import app_fakes
import numpy as np
import pytest
from event_files import append_scalars, start_file
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QFileOpenEvent
from PySide6.QtWidgets import QApplication

from runglass.app import jsonfile
from runglass.app.appearance import Appearance
from runglass.app.faults import Faults
from runglass.app.garbage import GarbageCollector
from runglass.app.places import Places
from runglass.app.session_state import RecentFolders
from runglass.app.settings import Settings
from runglass.app.window import Window
from runglass.app.windows import CASCADE, OTHERS_MS, Windows


@pytest.fixture
def logs(tmp_path: Path) -> dict[str, str]:
    for name in ("one", "two", "three"):
        append_scalars(start_file(tmp_path / "logs" / name), "loss", 0, [1.0, 0.5])
    return {name: str(tmp_path / "logs" / name) for name in ("one", "two", "three")}


@pytest.fixture
def windows(starting: Any) -> Windows:
    return starting()


@pytest.fixture
def starting(qtbot: Any, qapp: Any, places: Places) -> Iterator[Callable[[], Windows]]:
    """Starts the program over the same user's files; the one before ends first, as by a quit."""
    with ExitStack() as running:

        def start() -> Windows:
            running.close()
            return running.enter_context(program_of_windows(qtbot, qapp, places))

        yield start


@contextmanager
def program_of_windows(qtbot: Any, qapp: Any, places: Places) -> Iterator[Windows]:
    faults, garbage = Faults(places), GarbageCollector()
    settings = Settings(places.settings_file)
    appearance = Appearance(qapp, settings, None)

    def make(controller: Any) -> Window:
        window = Window(controller, appearance)
        window.use_specs(app_fakes.specs())
        return window

    made = Windows(settings, places, appearance, faults, garbage, make)
    first = made.make()
    first.show()
    qtbot.waitExposed(first)
    yield made
    made.close_all()
    assert made.shut_down()
    made.let_go()
    garbage.close()
    faults.close()


def begin(windows: Windows, qtbot: Any, *paths: str) -> Window:
    """The program as it is after its start with ``paths``."""
    windows.begin(paths, False)
    (window,) = windows.all
    if paths:
        qtbot.waitUntil(lambda: window.controller.roots == tuple(paths) and window.bench is not None)
    return window


def opened(windows: Windows, qtbot: Any) -> list[tuple[str, ...]]:
    """The folders of all windows, once none is about to open something."""
    qtbot.waitUntil(lambda: all(window.controller._resolving is None for window in windows.all))
    return [window.controller.roots for window in windows.all]


def test_folders_get_a_window_of_their_own(windows: Windows, qtbot: Any, logs: dict[str, str]) -> None:
    first = begin(windows, qtbot, logs["one"])
    windows.open([logs["two"], logs["three"]])
    assert opened(windows, qtbot) == [(logs["one"],), (logs["two"], logs["three"])]
    second = windows.all[1]
    qtbot.waitUntil(second.isActiveWindow)
    assert windows.latest is second
    assert second.size() == first.size()
    assert second.pos().x() - first.pos().x() == CASCADE


def test_window_without_a_folder_takes_them(windows: Windows, qtbot: Any, logs: dict[str, str]) -> None:
    begin(windows, qtbot)
    windows.open([logs["two"]])
    assert opened(windows, qtbot) == [(logs["two"],)]


def test_folders_that_are_open_come_to_the_front(windows: Windows, qtbot: Any, logs: dict[str, str]) -> None:
    first = begin(windows, qtbot, logs["one"])
    windows.open([logs["two"]])
    qtbot.waitUntil(windows.all[1].isActiveWindow)
    workspace = first.controller.workspace
    first.showMinimized()
    windows.open([logs["one"]])
    assert opened(windows, qtbot) == [(logs["one"],), (logs["two"],)]
    assert not first.isMinimized()
    qtbot.waitUntil(first.isActiveWindow)
    assert first.controller.workspace is workspace, "it is not read anew"


def test_start_without_a_folder_brings_the_window_to_the_front(
    windows: Windows, qtbot: Any, logs: dict[str, str]
) -> None:
    first = begin(windows, qtbot, logs["one"])
    first.showMinimized()
    windows.open([])
    assert opened(windows, qtbot) == [(logs["one"],)]
    assert not first.isMinimized()


def test_new_window_by_its_key(windows: Windows, qtbot: Any, logs: dict[str, str]) -> None:
    first = begin(windows, qtbot, logs["one"])
    first.activateWindow()
    qtbot.waitUntil(first.isActiveWindow)
    qtbot.keyClick(first, Qt.Key.Key_N, Qt.KeyboardModifier.ControlModifier)
    assert opened(windows, qtbot) == [(logs["one"],), ()]
    assert windows.all[1].middle.currentWidget() is windows.all[1].welcome


def test_closing_one_window_leaves_the_others_at_work(windows: Windows, qtbot: Any, logs: dict[str, str]) -> None:
    begin(windows, qtbot, logs["one"])
    windows.open([logs["two"]])
    opened(windows, qtbot)
    first, second = windows.all
    qtbot.waitUntil(lambda: second.bench is not None)
    first.close()
    assert windows.all == (second,)
    append_scalars(Path(logs["two"]) / "events.out.tfevents.1700000000.host.1.0", "loss", 2, [0.25])
    qtbot.waitUntil(lambda: second.status.figure("points") == "3 points", timeout=20_000)
    windows.open([logs["three"]])
    assert opened(windows, qtbot) == [(logs["two"],), (logs["three"],)]
    for name in ("menu_bar", "show_new_runs"):
        second.controller.settings.set(name, False)
    assert not second.menuBar().isVisible()


def test_all_windows_share_recent_folders(windows: Windows, qtbot: Any, logs: dict[str, str], places: Places) -> None:
    begin(windows, qtbot, logs["one"])
    windows.open([logs["two"]])
    opened(windows, qtbot)
    first, second = windows.all
    qtbot.waitUntil(lambda: first.controller.recent.sets == ((logs["two"],), (logs["one"],)))
    second.close()
    first.close()
    assert RecentFolders(places).sets == ((logs["two"],), (logs["one"],))


def two_windows(windows: Windows, qtbot: Any, logs: dict[str, str]) -> tuple[Window, Window]:
    """The second is in front."""
    begin(windows, qtbot, logs["one"])
    windows.open([logs["two"]])
    opened(windows, qtbot)
    first, second = windows.all
    qtbot.waitUntil(second.isActiveWindow)
    qtbot.waitUntil(lambda: all(window.middle.currentWidget() is window.bench for window in windows.all))
    return first, second


@pytest.mark.parametrize("by", ["quit", "each", "interrupt"])
def test_all_windows_that_were_open_at_a_quit_come_back(
    starting: Any, qtbot: Any, logs: dict[str, str], by: str
) -> None:
    windows = starting()
    first, second = two_windows(windows, qtbot, logs)
    second.resize(900, 600)
    first.activateWindow()
    qtbot.waitUntil(first.isActiveWindow)
    if by == "quit":
        first.quit()
    elif by == "each":  # as a taskbar's "close all windows" does
        first.close()
        qtbot.wait(50)
        second.close()
    else:
        windows.close_all()
    windows = starting()
    windows.begin((), False)
    (front,) = windows.all
    front.activateWindow()
    qtbot.waitUntil(front.isActiveWindow)
    qtbot.waitUntil(lambda: opened(windows, qtbot) == [(logs["one"],), (logs["two"],)])
    _front, other = windows.all
    qtbot.waitUntil(lambda: other.bench is not None and (other.width(), other.height()) == (900, 600), timeout=20_000)
    assert front.isActiveWindow(), "who types is not interrupted"


def test_window_that_was_used_last_comes_back_first(starting: Any, qtbot: Any, logs: dict[str, str]) -> None:
    two_windows(starting(), qtbot, logs)
    windows = starting()
    windows.begin((), False)
    assert opened(windows, qtbot) == [(logs["two"],)], "the others have to wait until it stands"
    qtbot.waitUntil(lambda: opened(windows, qtbot) == [(logs["two"],), (logs["one"],)])


def test_window_that_was_closed_before_does_not_come_back(
    starting: Any, qtbot: Any, logs: dict[str, str], places: Places, monkeypatch: Any
) -> None:
    monkeypatch.setattr("runglass.app.windows.TOGETHER_MS", 50)
    first, second = two_windows(starting(), qtbot, logs)
    second.close()
    qtbot.waitUntil(lambda: RecentFolders(places).last == ((logs["one"],),))
    first.close()
    assert RecentFolders(places).last == ((logs["one"],),)


def test_folders_that_were_closed_do_not_come_back(
    starting: Any, qtbot: Any, logs: dict[str, str], places: Places
) -> None:
    first, _second = two_windows(starting(), qtbot, logs)
    first.controller.forget_open()
    first.quit()
    assert RecentFolders(places).last == ((logs["two"],),)


def test_windows_come_back_only_where_nothing_else_is_asked_for(
    starting: Any, qtbot: Any, logs: dict[str, str], places: Places
) -> None:
    two_windows(starting(), qtbot, logs)
    begin(starting(), qtbot, logs["three"])
    starting()
    assert RecentFolders(places).last == ((logs["three"],),)


def test_windows_do_not_come_back_where_the_user_does_not_want_it(
    starting: Any, qtbot: Any, logs: dict[str, str], places: Places
) -> None:
    first, _second = two_windows(starting(), qtbot, logs)
    first.controller.settings.set("restore", False)
    windows = starting()
    windows.begin((), False)
    qtbot.wait(OTHERS_MS + 100)
    assert opened(windows, qtbot) == [()]


def test_program_that_is_closed_before_all_windows_are_back_forgets_none(
    starting: Any, qtbot: Any, logs: dict[str, str], places: Places
) -> None:
    two_windows(starting(), qtbot, logs)
    windows = starting()
    windows.begin((), False)
    windows.close_all()
    assert RecentFolders(places).last == ((logs["two"],), (logs["one"],))


def test_nothing_begins_when_the_last_window_is_closed(
    starting: Any, qtbot: Any, logs: dict[str, str], monkeypatch: Any
) -> None:
    """What a start does later falls due while the program ends."""
    monkeypatch.setattr("runglass.app.windows.OTHERS_MS", 1)
    monkeypatch.setattr("runglass.app.windows.REPORTS_MS", 1)
    two_windows(starting(), qtbot, logs)
    windows = starting()
    windows.begin((), False)
    windows.close_all()
    qtbot.wait(50)
    assert windows.all == ()


def test_folders_that_the_program_died_on_are_offered_in_their_own_window(
    starting: Any, qtbot: Any, logs: dict[str, str], places: Places
) -> None:
    two_windows(starting(), qtbot, logs)
    windows = starting()
    assert places.guards is not None
    dead = 2**22 + 12345
    jsonfile.write(places.guards / f"{dead}-1.json", {"roots": [logs["one"]]}, 1)
    windows.begin((), False)
    qtbot.waitUntil(lambda: len(windows.all) == 2)
    assert opened(windows, qtbot) == [(logs["two"],), ()]
    assert windows.all[1].welcome._note.isVisible()
    starting()
    assert RecentFolders(places).last == ((logs["two"],),)


def test_quit_closes_all(windows: Windows, qtbot: Any, logs: dict[str, str]) -> None:
    begin(windows, qtbot, logs["one"])
    windows.open_empty()
    windows.latest.quit()
    assert windows.all == ()


def test_each_window_that_loads_has_its_guard(
    windows: Windows, qtbot: Any, logs: dict[str, str], places: Places
) -> None:
    begin(windows, qtbot, logs["one"])
    windows.open([logs["two"]])
    opened(windows, qtbot)
    assert places.guards is not None
    assert len(list(places.guards.glob("*.json"))) == 2
    windows.close_all()
    assert list(places.guards.glob("*.json")) == []


def test_folders_that_the_system_asks_for_at_the_start_come_first(
    windows: Windows, qtbot: Any, logs: dict[str, str], places: Places
) -> None:
    recent = RecentFolders(places)
    recent.opened([logs["three"]])
    recent.save()
    windows.latest.controller.recent.opened([logs["three"]])
    windows.ask(logs["one"])
    windows.begin((), False)
    assert opened(windows, qtbot) == [(logs["one"],)]


def test_folders_that_the_system_asks_for_together_open_together(
    windows: Windows, qtbot: Any, logs: dict[str, str]
) -> None:
    begin(windows, qtbot)
    for name in ("one", "two"):
        windows.ask(logs[name])
    qtbot.waitUntil(lambda: opened(windows, qtbot) == [(logs["one"], logs["two"])])


def test_file_open_event_of_the_system_is_told(qapp: Any) -> None:
    from runglass.app.program import Application

    told = []

    class Asked:
        """Stands in for the one application object that a process may have."""

        file_opened = type("Signal", (), {"emit": staticmethod(told.append)})

    event = QFileOpenEvent("/logs/a b")
    assert Application.event(Asked(), event) is True  # type: ignore[arg-type]
    assert told == ["/logs/a b"]


# Files of vectors


@pytest.fixture
def table(tmp_path: Path) -> str:
    path = tmp_path / "points é.tsv"
    np.savetxt(path, np.arange(60.0).reshape(20, 3), delimiter="\t")
    return str(path)


def drop(window: Any, path: str) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(path)])
    button, none = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    at = QPointF(100, 300)
    QApplication.sendEvent(window, QDragEnterEvent(at.toPoint(), Qt.DropAction.CopyAction, data, button, none))
    QApplication.sendEvent(window, QDropEvent(at, Qt.DropAction.CopyAction, data, button, none))


def projector(program: Any) -> Any:
    return program.bench.panes.pane("projector") if program.bench is not None else None


def shows(program: Any, table: str) -> bool:
    pane = projector(program)
    return pane is not None and pane.dataset is not None and pane.shelf.wanted.path == table


def test_dropped_table_is_shown_in_the_projector_beside_the_log(
    start: Any, qtbot: Any, logs: dict[str, str], table: str
) -> None:
    from runglass.viewers.registry import PANES

    program = start(PANES, real=True)
    program.controller.open([logs["one"]])
    qtbot.waitUntil(lambda: program.bench is not None and program.bench.panes.active == "scalars")
    assert not program.window.top.tabs.tab("projector").isEnabled()
    drop(program.window, table)
    qtbot.waitUntil(lambda: shows(program, table), timeout=20_000)
    assert program.bench.panes.active == "projector"
    assert program.controller.roots == (logs["one"],)
    assert program.window.top.tabs.tab("projector").isEnabled()
    # It stays when the log grows.
    append_scalars(Path(logs["one"]) / "events.out.tfevents.1700000000.host.1.0", "loss", 2, [0.25])
    qtbot.waitUntil(lambda: program.window.status.figure("points") == "3 points", timeout=20_000)
    assert program.bench.panes.active == "projector"


def test_table_without_a_folder_waits_for_one(start: Any, qtbot: Any, logs: dict[str, str], table: str) -> None:
    from runglass.viewers.registry import PANES

    program = start(PANES, real=True)
    drop(program.window, table)
    qtbot.waitUntil(lambda: bool(program.window.toasts.messages()))
    assert program.window.toasts.messages() == [
        "points é.tsv is shown in the projector as soon as a folder of logs is open."
    ]
    assert program.controller.roots == ()
    program.controller.open([logs["one"]])
    qtbot.waitUntil(lambda: shows(program, table), timeout=20_000)


def test_table_beside_a_folder_of_the_command_line(start: Any, qtbot: Any, logs: dict[str, str], table: str) -> None:
    from runglass.viewers.registry import PANES

    program = start(PANES, real=True)
    program.controller.begin([table, logs["one"]])
    qtbot.waitUntil(lambda: shows(program, table), timeout=20_000)
    assert program.controller.roots == (logs["one"],)


def test_help_by_its_second_key(program: Any) -> None:
    program.key(program.window, Qt.Key.Key_Slash, Qt.KeyboardModifier.ControlModifier)
    assert program.window.overlays.sheet is not None
