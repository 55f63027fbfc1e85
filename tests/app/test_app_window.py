"""The window, driven as a person would."""

from __future__ import annotations

import threading
from typing import Any

import app_fakes
import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QGuiApplication
from PySide6.QtWidgets import QApplication, QLabel, QPushButton

from runglass.reader.api import FileHealth, Kind, LogHealth, Problem, Progress, Severity, WatchStatus

CTRL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier


def texts(widget: Any) -> str:
    return "\n".join(label.text() for label in widget.findChildren(QLabel) if label.isVisibleTo(widget))


def failed_page(program: Any) -> Any:
    """The page that stands where a pane failed, None so far."""
    page = program.bench.panes.currentWidget()
    return page if page is not None and page.objectName() == "paneError" else None


def drop(window: Any, paths: list[str], at: QPointF) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(path) for path in paths])
    button, none = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    enter = QDragEnterEvent(at.toPoint(), Qt.DropAction.CopyAction, data, button, none)
    QApplication.sendEvent(window, enter)
    assert enter.isAccepted()
    QApplication.sendEvent(window, QDropEvent(at, Qt.DropAction.CopyAction, data, button, none))


def test_welcome_offers_folder_demo_and_recent_ones(program: Any) -> None:
    welcome = program.window.welcome
    assert program.window.middle.currentWidget() is welcome
    assert {button.text() for button in welcome.findChildren(QPushButton)} >= {"Open folder…", "Open the demo"}
    assert "Recent" not in texts(welcome)


def test_opening_shows_what_is_read_and_then_the_pane(program: Any, qtbot: Any) -> None:
    store = program.open("/logs/sweep")
    store.set_progress(Progress(2_000_000, 8_000_000, 3, loading=True))
    qtbot.waitUntil(lambda: "2.0 MB of 8.0 MB" in texts(program.bench.state))
    qtbot.waitUntil(lambda: program.window.top.pill.text_shown == "Loading 25 %")
    assert not program.window.top.tabs.tab("scalars").isEnabled()
    store.add_point("a", "loss", 1, 0.5)
    qtbot.waitUntil(lambda: program.bench.panes.active == "scalars")
    assert program.window.top.tabs.tab("scalars").isEnabled()
    assert not program.window.top.tabs.tab("images").isEnabled()
    assert program.window.windowTitle() == "sweep – Runglass"


def test_live_growth_reaches_the_pane_and_the_status_bar(program: Any, qtbot: Any) -> None:
    store = program.loaded("/logs/sweep")
    pane = program.pane()
    before = len(pane.deltas)
    for step in range(50):
        store.add_point("a", "loss", step, 0.1)
    qtbot.waitUntil(lambda: program.window.status.figure("points") == "52 points")
    assert len(pane.deltas) > before
    assert len(pane.deltas) - before < 50, "changes are gathered and not handed on one by one"
    store.add_point("new", "loss", 1, 1.0)
    qtbot.waitUntil(lambda: "new" in program.controller.workspace.runs)
    qtbot.waitUntil(lambda: program.window.status.figure("runs") == "3 runs")


def test_hidden_pane_gets_what_it_missed(program: Any, qtbot: Any) -> None:
    store = program.loaded("/logs/sweep")
    store.add_point("a", "picture", 1, 0, Kind.IMAGE)
    qtbot.waitUntil(lambda: program.window.top.tabs.tab("images").isEnabled())
    qtbot.mouseClick(program.window.top.tabs.tab("images"), Qt.MouseButton.LeftButton)
    assert program.bench.panes.active == "images"
    assert program.pane("scalars").active[-1] is False
    seen = len(program.pane("scalars").deltas)
    store.add_point("a", "loss", 2, 0.4)
    store.add_point("a", "new", 2, 0.4)
    qtbot.waitUntil(lambda: program.window.top.tabs.tab("scalars").text_shown == "Scalars 3")
    assert len(program.pane("scalars").deltas) == seen
    program.window.show_pane("scalars")
    missed = program.pane("scalars").deltas[-1]
    assert {key.tag for key in missed.changed_series} == {"loss", "new"}


def test_folder_without_event_files_says_what_was_looked_for_and_goes_on(program: Any, qtbot: Any) -> None:
    store = program.open("/logs/nothing")
    store.set_progress(Progress(0, 0, 0, loading=False))
    qtbot.waitUntil(lambda: program.bench.state.shown == "empty")
    said = texts(program.bench.state)
    assert "tfevents" in said and "/logs/nothing" in said
    store.add_point("late", "loss", 1, 0.5)
    qtbot.waitUntil(lambda: program.bench.panes.active == "scalars")


def test_kinds_without_a_pane_are_named(program: Any, qtbot: Any) -> None:
    store = program.open("/logs/odd")
    store.add_point("a", "m", 1, 0, Kind.MESH)
    store.set_progress(Progress(1, 1, 1, loading=False))
    qtbot.waitUntil(lambda: program.bench.state.shown == "other")
    assert "mesh" in texts(program.bench.state)


def test_drop_replaces_or_adds_by_the_half_it_falls_on(program: Any, qtbot: Any) -> None:
    window = program.window
    drop(window, ["/logs/one"], QPointF(100, 300))
    qtbot.waitUntil(lambda: program.controller.roots == ("/logs/one",))
    drop(window, ["/logs/two"], QPointF(window.width() - 100, 300))
    qtbot.waitUntil(lambda: program.controller.roots == ("/logs/one", "/logs/two"))
    drop(window, ["/logs/three"], QPointF(100, 300))
    qtbot.waitUntil(lambda: program.controller.roots == ("/logs/three",))
    qtbot.waitUntil(lambda: [session.stopped for session in program.sessions] == [1, 1, 0])


def test_dropped_event_file_opens_its_folder_and_says_so(program: Any, qtbot: Any, tmp_path: Any) -> None:
    file = tmp_path / "events.out.tfevents.1.host"
    file.write_bytes(b"")
    drop(program.window, [str(file)], QPointF(100, 300))
    qtbot.waitUntil(lambda: program.controller.roots == (str(tmp_path),))
    assert any("is a file" in text for text in program.window.toasts.messages())


def test_palette_finds_a_tag_by_typing_and_goes_there(program: Any, qtbot: Any) -> None:
    program.loaded("/logs/sweep")
    program.key(program.window, Qt.Key.Key_K, CTRL)
    palette = program.window.overlays.palette
    assert palette.isVisible() and palette.field.hasFocus()
    qtbot.keyClicks(palette.field, "acc")
    assert palette.shown()[0].text == "acc"
    program.key(palette.field, Qt.Key.Key_Return)
    assert not palette.isVisible()
    assert program.pane().chosen == ["acc"]


def test_palette_runs_commands_and_escape_closes_it(program: Any, qtbot: Any) -> None:
    program.loaded("/logs/sweep")
    program.window.show_palette()
    palette = program.window.overlays.palette
    qtbot.keyClicks(palette.field, "hide all runs")
    program.key(palette.field, Qt.Key.Key_Return)
    assert program.controller.workspace.runs.visible() == []
    program.window.show_palette()
    qtbot.keyClicks(palette.field, "zzzz")
    assert palette.shown() == []
    program.key(palette.field, Qt.Key.Key_Return)
    program.key(palette.field, Qt.Key.Key_Escape)
    assert not palette.isVisible()


def test_palette_moves_by_arrows_and_shows_one_run(program: Any, qtbot: Any) -> None:
    program.loaded("/logs/sweep")
    program.window.show_palette()
    palette = program.window.overlays.palette
    qtbot.keyClicks(palette.field, "b/c")
    program.key(palette.field, Qt.Key.Key_Down)
    program.key(palette.field, Qt.Key.Key_Up)
    program.key(palette.field, Qt.Key.Key_Return)
    assert program.controller.workspace.runs.visible() == ["b/c"]


def test_shortcuts_fold_panels(program: Any) -> None:
    program.loaded("/logs/sweep")
    bench = program.bench
    assert bench.runs.isVisible() and bench.settings.isVisible()
    program.key(program.window, Qt.Key.Key_B, CTRL)
    assert not bench.runs.isVisible()
    program.key(program.window, Qt.Key.Key_Period, CTRL)
    assert not bench.settings.isVisible()
    program.key(program.window, Qt.Key.Key_B, CTRL)
    program.key(program.window, Qt.Key.Key_Period, CTRL)
    assert bench.runs.isVisible() and bench.settings.isVisible()


def test_commands_without_a_folder_do_nothing(program: Any) -> None:
    for spec in program.window.commands.specs():
        if spec.enabled is not None and not spec.enabled():
            program.window.commands.trigger(spec.id)
    program.key(program.window, Qt.Key.Key_B, CTRL)
    program.key(program.window, Qt.Key.Key_H, CTRL | SHIFT)
    assert program.window.bench is None


def test_theme_switches_live_and_is_remembered(start: Any) -> None:
    program = start()
    first = program.appearance.holder.theme
    program.key(program.window, Qt.Key.Key_L, CTRL | SHIFT)
    second = program.appearance.holder.theme
    assert first.name != second.name
    program.close()
    assert start().appearance.holder.theme.name == second.name


def test_pause_holds_the_picture_and_catches_up(program: Any, qtbot: Any) -> None:
    store = program.loaded("/logs/sweep")
    qtbot.mouseClick(program.window.top.pill, Qt.MouseButton.LeftButton)
    assert program.window.top.pill.text_shown == "Paused"
    seen = len(program.pane().deltas)
    store.add_point("a", "late", 2, 0.4)
    qtbot.wait(80)
    assert len(program.pane().deltas) == seen
    qtbot.mouseClick(program.window.top.pill, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "late" in {key.tag for key in program.pane().deltas[-1].new_series})


def test_ticked_runs_are_read_first(program: Any, qtbot: Any) -> None:
    store = program.open("/logs/sweep")
    store.add_run("a")
    store.add_run("b")
    qtbot.waitUntil(lambda: program.sessions[0].preferred == ["a", "b"])
    program.controller.workspace.runs.show_only(["b"])
    assert program.sessions[0].preferred == ["b"]


def test_polling_is_said(program: Any, qtbot: Any) -> None:
    store = program.loaded("/logs/sweep")
    store.watch_status = WatchStatus("polling", "The system's limit of watches is reached.")
    qtbot.waitUntil(lambda: program.window.top.pill.text_shown.startswith("Polling"))
    assert "limit of watches" in program.window.top.pill.toolTip()


@pytest.mark.parametrize("create", [app_fakes.refuse, app_fakes.FailingPane])
def test_failing_pane_shows_its_error_in_its_place(start: Any, qtbot: Any, create: Any) -> None:
    program = start(app_fakes.specs(create))
    store = program.open("/logs/sweep")
    store.add_point("a", "picture", 1, 0, Kind.IMAGE)
    store.add_point("a", "loss", 1, 0.5)
    qtbot.waitUntil(lambda: bool(program.bench.panes.active))
    program.window.show_pane("scalars")
    store.add_point("a", "loss", 2, 0.5)
    qtbot.waitUntil(lambda: failed_page(program) is not None)
    page = failed_page(program)
    assert "Scalars stopped" in texts(page)
    buttons = {button.text(): button for button in page.findChildren(QPushButton)}
    qtbot.mouseClick(buttons["Copy details"], Qt.MouseButton.LeftButton)
    assert "Traceback" in QGuiApplication.clipboard().text()
    program.window.show_pane("images")
    assert program.pane("images") is not None
    store.add_point("a", "picture", 2, 0, Kind.IMAGE)
    qtbot.waitUntil(lambda: len(program.pane("images").deltas) > 1)


def test_failed_pane_can_be_tried_again(start: Any, qtbot: Any) -> None:
    refusals = [True]

    def create(context: Any) -> Any:
        if refusals:
            refusals.pop()
            raise RuntimeError("not yet")
        return app_fakes.RecordingPane(context)

    program = start(app_fakes.specs(create))
    program.open("/logs/sweep").add_point("a", "loss", 1, 0.5)
    qtbot.waitUntil(lambda: failed_page(program) is not None)
    button = next(b for b in program.bench.panes.findChildren(QPushButton) if b.text() == "Try again")
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert program.pane() is not None
    assert program.pane().deltas[0].new_series


def test_log_text_is_never_markup(program: Any, qtbot: Any) -> None:
    evil = "<img src='file:///etc/passwd'><h1>big"
    store = program.open(f"/logs/{evil}")
    store.add_point(evil, evil, 1, 0.5)
    store.set_health(LogHealth((), (Problem("x", Severity.WARNING, evil, evil, evil, evil),)))
    qtbot.waitUntil(lambda: program.bench.panes.active == "scalars")
    program.window.toggle_health()
    program.window.show_palette()
    for label in program.window.findChildren(QLabel):
        if "img" in label.text():
            assert label.textFormat() == Qt.TextFormat.PlainText
    assert "<img" not in program.window.top.folder.toolTip()


def test_closing_a_folder_shows_the_welcome_page_with_it(program: Any, qtbot: Any) -> None:
    program.loaded("/logs/sweep")
    pane = program.pane()
    closed = []
    pane.close_pane = lambda: closed.append(True)
    program.key(program.window, Qt.Key.Key_W, CTRL)
    assert closed == [True]
    assert program.window.middle.currentWidget() is program.window.welcome
    qtbot.waitUntil(lambda: program.sessions[0].stopped == 1)
    assert program.controller.recent.sets == (("/logs/sweep",),)


def test_reload_asks_the_session(program: Any) -> None:
    program.loaded("/logs/sweep")
    program.key(program.window, Qt.Key.Key_F5)
    assert program.sessions[-1].reloads == 1


def test_another_folder_has_the_tab_marked_that_is_shown(program: Any) -> None:
    program.loaded("/logs/sweep")
    assert program.window.top.tabs.tab("scalars").isChecked()
    program.loaded("/logs/other")
    assert program.bench.panes.active == "scalars"
    assert program.window.top.tabs.tab("scalars").isChecked()


def test_tabs_that_do_not_fit_stand_in_a_menu(program: Any, qtbot: Any) -> None:
    store = program.loaded("/logs/sweep")
    store.add_point("a", "picture", 1, 0, Kind.IMAGE)
    store.add_point("a", "words", 1, 0, Kind.TEXT)
    qtbot.waitUntil(lambda: program.window.top.tabs.tab("text").isEnabled())
    program.window.resize(720, 500)
    tabs = program.window.top.tabs
    tabs.setFixedWidth(150)
    assert tabs.tab("scalars").isVisible()
    assert not tabs.tab("text").isVisible()
    entry = next(action for action in tabs._menu.actions() if action.text().startswith("Text"))
    entry.trigger()
    assert program.bench.panes.active == "text"
    assert tabs.tab("text").isVisible()


def test_status_bar_tells_health_and_opens_it(program: Any, qtbot: Any) -> None:
    store = program.loaded("/logs/sweep")
    store.set_health(LogHealth((FileHealth("a", "events.x", "/x", 100, 100, 0, 0, 3, 0),), ()))
    qtbot.waitUntil(lambda: program.window.status.health_text == "Log health: all bytes read")
    row = Problem("bad-payload-crc", Severity.WARNING, "a", "events.x", "A checksum does not hold.", "Compare.", 10, 20)
    store.set_health(LogHealth((FileHealth("a", "events.x", "/x", 100, 60, 10, 30, 3, 1),), (row,)))
    qtbot.waitUntil(lambda: program.window.status.health_text == "Log health: 1 problem")
    qtbot.mouseClick(program.window.status._health, Qt.MouseButton.LeftButton)
    panel = program.bench.health
    assert panel.isVisible()
    qtbot.waitUntil(lambda: panel.text().count("\n") == 2)
    assert "warning\ta/events.x\t10 – 30\tA checksum does not hold.\tCompare.\t1" in panel.text()
    panel.choice.set_value("files")
    assert "a/events.x\t100\t60\t10\t30\t3\tok, 1 gap" in panel.text()
    panel.choice.set_value("problems")
    panel.filter.set_text("nothing like it")
    assert panel.text().count("\n") == 1
    program.key(panel, Qt.Key.Key_Escape)
    assert not panel.isVisible()


def test_preferences_are_made_from_the_declaration_and_work(program: Any, qtbot: Any) -> None:
    from runglass.app.settings import DECLARED

    program.loaded("/logs/sweep")
    program.key(program.window, Qt.Key.Key_Comma, CTRL)
    sheet = program.window.overlays.sheet
    said = texts(sheet)
    for setting in DECLARED:
        assert setting.title in said
    page = sheet.findChild(type(sheet._content), "preferences")
    page.control("theme").set_value("dark")
    assert program.appearance.holder.theme.name == "dark"
    page.control("menu_bar").click()
    assert not program.window.menuBar().isVisible()
    page.control("show_new_runs").click()
    program.store.add_point("later", "loss", 1, 0.5)
    qtbot.waitUntil(lambda: "later" in program.controller.workspace.runs)
    assert not program.controller.workspace.runs.is_visible("later")
    program.key(sheet, Qt.Key.Key_Escape)
    assert program.window.overlays.sheet is None


def test_polling_only_reaches_the_next_session(program: Any) -> None:
    program.loaded("/logs/one")
    program.settings.set("watch", "polling")
    program.open("/logs/two")
    assert program.notifications == [True, False]


def test_shortcuts_page_lists_every_key(program: Any) -> None:
    program.loaded("/logs/sweep")
    program.key(program.window, Qt.Key.Key_F1)
    said = texts(program.window.overlays.sheet)
    for spec in program.window.commands.specs():
        if spec.shortcut:
            assert spec.title.rstrip("…") in said


def test_about_names_the_version(program: Any) -> None:
    from runglass.app.cli import version

    program.window.show_about()
    assert version() in texts(program.window.overlays.sheet)


def test_no_key_is_claimed_twice(program: Any) -> None:
    from runglass.app.actions import duplicates

    program.loaded("/logs/sweep")
    assert duplicates(program.window.commands.specs()) == []


def test_every_command_is_in_a_menu_and_in_the_palette(program: Any) -> None:
    program.loaded("/logs/sweep")
    found = set()
    for top in program.window.menuBar().actions():
        top.menu().aboutToShow.emit()
        items = list(top.menu().actions())
        items += [action for item in items if item.menu() for action in item.menu().actions()]
        found |= {action.objectName() for action in items}
    ids = {f"action:{spec.id}" for spec in program.window.commands.specs()}
    assert ids <= found
    entries = {entry.text for entry in program.window.overlays.entries()}
    for spec in program.window.commands.specs():
        assert spec.title in entries or not (spec.enabled is None or spec.enabled())


def test_closing_stops_everything(start: Any, qtbot: Any) -> None:
    program = start()
    program.loaded("/logs/sweep")
    pane = program.pane()
    calls = []
    pane.close_pane = lambda: calls.append("closed")
    program.window.close()
    assert calls == ["closed"]
    assert [session.stopped for session in program.sessions] == [1]
    assert program.sessions[0].store.subscriptions == []
    assert not program.window.isVisible()
    program.sessions[0].store.add_point("a", "loss", 9, 1.0)


def test_place_of_the_window_off_the_screen_is_ignored(program: Any) -> None:
    before = program.window.geometry()
    program.window.place({"rect": [90000, 90000, 800, 600]})
    program.window.place({"rect": ["x", 1, 2, 3], "maximized": "yes"})
    assert program.window.geometry() == before


def test_list_of_runs_shows_the_last_value_of_the_pinned_tag(program: Any, qtbot: Any) -> None:
    store = program.loaded("/logs/sweep")
    values = program.bench.runs.rows.last_value
    assert values("a") == 0.5
    assert values("b/c") is None
    store.add_point("a", "loss", 2, 0.125)
    qtbot.waitUntil(lambda: values("a") == 0.125)
    program.pane().headline_changed.emit()
    assert values("a") is None
    assert values("b/c") == 0.25
    store.add_point("a", "acc", 1, 0.75)
    qtbot.waitUntil(lambda: values("a") == 0.75)


def test_reader_that_hangs_does_not_keep_the_window(start: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr("runglass.app.controller.STOP_SECONDS", 0.2)
    program = start()
    program.loaded("/logs/sweep")
    answered = threading.Event()
    program.sessions[0].stop = answered.wait
    program.window.close()
    assert not program.window.ended_in_order
    answered.set()
