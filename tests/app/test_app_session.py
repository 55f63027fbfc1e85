"""What is remembered of each folder, and what happens when the memory is damaged or the program died."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PySide6.QtWidgets import QPushButton

from runglass.app import jsonfile
from runglass.app.crash_guard import CrashGuard, process_runs
from runglass.app.places import NOWHERE, Places, user_places
from runglass.app.session_state import RecentFolders, SessionStore, session_file
from runglass.app.settings import DECLARED, Settings


def test_view_of_a_folder_comes_back(start: Any, qtbot: Any) -> None:
    program = start()
    program.loaded("/logs/sweep")
    runs = program.controller.workspace.runs
    runs.set_visible(["a"], False)
    runs.set_color("a", "#123456")
    runs.set_alias("b/c", "best")
    program.window.toggle_settings()
    program.window.resize(1000, 640)
    program.close()
    program = start()
    program.loaded("/logs/sweep")
    runs = program.controller.workspace.runs
    assert runs.visible() == ["b/c"]
    assert runs.style("a").override == "#123456"
    assert runs.label("b/c") == "best"
    assert program.pane().restored == {"zoom": 3}
    assert not program.bench.settings.isVisible()
    assert (program.window.width(), program.window.height()) == (1000, 640)


def test_last_folders_open_by_themselves_unless_switched_off(start: Any, qtbot: Any) -> None:
    program = start()
    program.loaded("/logs/sweep")
    program.close()
    program = start()
    program.controller.begin(())
    qtbot.waitUntil(lambda: program.controller.roots == ("/logs/sweep",))
    program.settings.set("restore", False)
    program.close()
    program = start()
    program.controller.begin(())
    qtbot.wait(60)
    assert program.controller.roots == ()


def test_damaged_view_is_said_and_left_out(start: Any, places: Places) -> None:
    program = start()
    program.loaded("/logs/sweep")
    program.close()
    path = session_file(places, ["/logs/sweep"])
    assert path is not None
    path.write_text("{ broken", encoding="utf-8")
    program = start()
    program.loaded("/logs/sweep")
    assert any("remembered view was left out" in text for text in program.window.toasts.messages())
    assert program.pane().restored == {}
    assert path.with_name(path.name + ".unused").read_text(encoding="utf-8") == "{ broken"


def test_damaged_settings_are_said_and_kept_aside(start: Any, places: Places) -> None:
    assert places.settings_file is not None
    places.settings_file.parent.mkdir(parents=True)
    places.settings_file.write_bytes(b"\xff\xfe\x00")
    program = start()
    program.controller.begin(())
    assert any("settings were left out" in text for text in program.window.toasts.messages())
    program.settings.set("theme", "dark")
    assert Settings(places.settings_file)["theme"] == "dark"
    assert places.settings_file.with_name("settings.json.unused").read_bytes() == b"\xff\xfe\x00"


def test_files_of_a_newer_program_are_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    path.write_text(json.dumps({"version": 99, "values": {"theme": "dark"}}), encoding="utf-8")
    found = Settings(path)
    assert "newer" in found.message
    assert found["theme"] == "system"


def test_settings_of_other_versions_survive(tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    jsonfile.write(path, {"values": {"theme": "dark", "from_later": [1], "restore": "yes"}}, 1)
    found = Settings(path)
    assert found["theme"] == "dark"
    assert found["restore"] is True
    found.save()
    assert json.loads(path.read_text(encoding="utf-8"))["values"]["from_later"] == [1]


def test_every_setting_is_declared_whole() -> None:
    assert len({setting.name for setting in DECLARED}) == len(DECLARED)
    for setting in DECLARED:
        assert setting.accepts(setting.default)
        assert setting.title and setting.help and setting.section


@settings(max_examples=60, deadline=None)
@given(flip=st.integers(0, 10_000), raw=st.binary(max_size=40))
def test_no_damage_of_a_view_raises(tmp_path_factory: Any, flip: int, raw: bytes) -> None:
    places = Places(tmp_path_factory.mktemp("config"), None)
    store = SessionStore(places, ["/x"])
    store.save(
        {"runs": {"slots": {"/x/a": 0}}, "panes": {"scalars": {"pins": ["a"]}}, "window": {"rect": [1, 2, 3, 4]}}
    )
    path = session_file(places, ["/x"])
    assert path is not None
    data = bytearray(path.read_bytes())
    data[flip // 8 % len(data)] ^= 1 << flip % 8
    path.write_bytes(bytes(data) + raw)
    assert isinstance(SessionStore(places, ["/x"]).load(), dict)


def test_order_of_folders_does_not_matter(places: Places) -> None:
    assert session_file(places, ["/a", "/b"]) == session_file(places, ["/b", "/a"])
    assert session_file(places, ["/a"]) != session_file(places, ["/b"])


def test_folder_that_the_program_died_on_waits_for_a_yes(start: Any, qtbot: Any, places: Places) -> None:
    program = start()
    program.open("/logs/poison")
    assert places.guards is not None
    (guard,) = places.guards.glob("*.json")
    kept = guard.read_bytes()
    program.close()
    # What a process that was killed while loading leaves behind.
    dead = 2**22 + 12345
    assert not process_runs(dead)
    (places.guards / f"{dead}.json").write_bytes(kept)
    program = start()
    program.controller.begin(())
    qtbot.wait(60)
    assert program.controller.roots == ()
    note = program.window.welcome._note
    assert note.isVisible()
    button = next(b for b in note.findChildren(QPushButton))
    button.click()
    qtbot.waitUntil(lambda: program.controller.roots == ("/logs/poison",))
    program.close()
    program = start()
    program.controller.begin(())
    qtbot.waitUntil(lambda: program.controller.roots == ("/logs/poison",))


def test_guard_of_a_running_process_is_no_crash(places: Places) -> None:
    guard = CrashGuard(places)
    guard.begin(["/x"])
    assert CrashGuard(places).crashed() == []
    assert places.guards is not None and len(list(places.guards.iterdir())) == 1
    guard.end()
    assert list(places.guards.iterdir()) == []


def test_guard_goes_when_the_log_was_read_and_drawn(program: Any, qtbot: Any, places: Places) -> None:
    program.loaded("/logs/sweep")
    assert places.guards is not None
    qtbot.waitUntil(lambda: not list(places.guards.iterdir()), timeout=5000)


def test_recent_folders_keep_their_order_and_number(places: Places) -> None:
    recent = RecentFolders(places)
    for number in range(20):
        recent.opened([f"/logs/{number}"])
    recent.opened(["/logs/15"])
    recent.save()
    again = RecentFolders(places)
    assert again.sets[:3] == (("/logs/15",), ("/logs/19",), ("/logs/18",))
    assert len(again.sets) == 12
    assert again.last == (("/logs/15",),)


def test_unwritable_settings_folder_is_said_once_and_costs_nothing(start: Any, places: Places, qtbot: Any) -> None:
    assert places.config is not None
    places.config.write_text("a file where a folder should be", encoding="utf-8")
    program = start()
    program.loaded("/logs/sweep")
    assert any("not saved" in text for text in program.window.toasts.messages())


def test_nothing_is_written_without_places(tmp_path: Path) -> None:
    Settings(NOWHERE.settings_file).save()
    recent = RecentFolders(NOWHERE)
    recent.opened(["/x"])
    recent.save()
    SessionStore(NOWHERE, ["/x"]).save({"a": 1})
    CrashGuard(NOWHERE).begin(["/x"])
    assert list(tmp_path.iterdir()) == []


def test_places_follow_the_platform() -> None:
    linux = user_places("linux", {"HOME": "/home/anna", "XDG_STATE_HOME": "/state"})
    assert linux == Places(Path("/home/anna/.config/runglass"), Path("/state/runglass"))
    mac = user_places("darwin", {"HOME": "/Users/anna"})
    assert mac.config == Path("/Users/anna/Library/Application Support/runglass")


def test_half_written_file_never_replaces_the_old_one(tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    jsonfile.write(path, {"a": 1}, 1)
    with pytest.raises(TypeError):
        jsonfile.write(path, {"a": object()}, 1)
    assert jsonfile.read(path, 1) == {"version": 1, "a": 1}
    assert [item.name for item in tmp_path.iterdir()] == ["x.json"]
