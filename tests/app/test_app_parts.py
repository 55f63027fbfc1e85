"""Command line, guards, words, search and the choice of folders: no window."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runglass.app import fuzzy, guard, words
from runglass.app.cli import Options, main, parse
from runglass.app.opening import absolute, meant
from runglass.app.words import visible


def test_command_line_is_read() -> None:
    found = parse(["a", "b", "--theme", "dark", "--size", "1024x700", "--screenshot", "out"])
    assert found == Options(("a", "b"), "dark", "out", (1024, 700), False)
    assert parse(["--demo"]).demo


@pytest.mark.parametrize(
    "arguments",
    [["--theme", "pink"], ["--size", "12"], ["--size", "10x10"], ["--screenshot", "out"], ["--demo", "x"], ["--nope"]],
)
def test_wrong_use_is_one_line_and_2(arguments: list[str], capsys: Any) -> None:
    with pytest.raises(SystemExit) as ended:
        parse(arguments)
    assert ended.value.code == 2
    assert "error:" in capsys.readouterr().err


def test_bad_pair_of_qt_and_python_is_refused() -> None:
    with pytest.raises(guard.Refused, match=r"6\.12\.0"):
        guard.check_pair("6.12.0", (3, 11, 7))
    guard.check_pair("6.12.0", (3, 12, 1))
    guard.check_pair("6.11.3", (3, 10, 0))
    guard.check_pair(None, (3, 10, 0))


def test_no_display_is_one_line(monkeypatch: Any, capsys: Any) -> None:
    with pytest.raises(guard.Refused, match="No display"):
        guard.check_display("linux", {})
    guard.check_display("linux", {"QT_QPA_PLATFORM": "offscreen"})
    guard.check_display("darwin", {})
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    if sys.platform.startswith("linux"):
        assert main(["x"]) == 2
        assert capsys.readouterr().err.count("\n") == 1


def test_display_that_does_not_answer_is_named() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        number = taken.getsockname()[1] - 6000
    if number > 0:
        with pytest.raises(guard.Refused, match="nothing answers"):
            guard.check_display("linux", {"DISPLAY": f"127.0.0.1:{number}"})


def test_missing_qt_says_what_to_install() -> None:
    code = (
        "import sys, importlib.util as u; real = u.find_spec;"
        "u.find_spec = lambda n, *a: None if n.startswith('PySide6') else real(n, *a);"
        "from runglass.app.cli import main; sys.exit(main(['x']))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "pip install 'runglass[viewer]'" in done.stderr
    assert done.stderr.count("\n") == 1


def test_missing_system_library_is_one_line() -> None:
    text = str(guard.explain_import(ImportError("libEGL.so.1: cannot open shared object file")))
    assert "libEGL.so.1" in text and "dev.py run" in text


def test_inspect_needs_no_qt(tmp_path: Path) -> None:
    code = (
        "import sys; sys.modules['PySide6'] = None; sys.modules['pyqtgraph'] = None;"
        f"from runglass.app.cli import main; sys.exit(main(['inspect', {str(tmp_path)!r}, '--json']))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_window_is_imported_without_numpy() -> None:
    code = "import sys, runglass.app.program; sys.exit(int('numpy' in sys.modules or 'pyqtgraph' in sys.modules))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.parametrize(
    ("number", "text"), [(0, "0 B"), (999, "999 B"), (1000, "1.0 kB"), (58_000_000, "58 MB"), (1.24e9, "1.2 GB")]
)
def test_sizes(number: float, text: str) -> None:
    assert words.size(number) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(-5, "0.0 s"), (0.24, "0.2 s"), (14.2, "14 s"), (180, "3 min"), (3600 * 5, "5 h"), (86400 * 3, "3 d")],
)
def test_ages(seconds: float, text: str) -> None:
    assert words.age(seconds) == text


def test_breadcrumb() -> None:
    assert words.split_roots(["/home/a/experiments/sweep"]) == ("experiments", "sweep")
    assert words.split_roots(["/"]) == ("", "/")
    assert words.split_roots(["C:\\logs\\sweep"]) == ("logs", "sweep")
    assert words.split_roots(["/x/a", "/x/b"]) == ("x", "2 folders")
    assert words.split_roots([]) == ("", "Runglass")


def test_control_characters_are_written_out() -> None:
    assert visible("a\nb\u202ec\x1b[0m") == "a\\nb\\u202ec\\x1b[0m"
    assert visible("Überläufe/ok") == "Überläufe/ok"


def test_fuzzy_search_prefers_whole_words_and_starts() -> None:
    texts = ["train/loss", "validation/gloss", "train/accuracy", "Log scale", "loss"]
    order = [texts[index] for index, _places in fuzzy.rank("loss", texts)]
    assert order[:2] == ["loss", "train/loss"]
    assert [texts[index] for index, _places in fuzzy.rank("tr acc", texts)] == ["train/accuracy"]
    assert [texts[index] for index, _places in fuzzy.rank("tracc", texts)] == ["train/accuracy"]
    assert fuzzy.rank("xyz", texts) == []
    assert len(fuzzy.rank("", texts)) == 5


@given(st.text(max_size=12), st.lists(st.text(max_size=40), max_size=8))
def test_fuzzy_search_takes_anything(query: str, texts: list[str]) -> None:
    for index, places in fuzzy.rank(query, texts):
        assert all(0 <= place < len(texts[index]) for place in places)


def test_folders_that_are_meant(tmp_path: Path) -> None:
    outer, inner = tmp_path / "logs", tmp_path / "logs" / "run"
    inner.mkdir(parents=True)
    file = inner / "events.out.tfevents.1"
    file.write_bytes(b"")
    assert meant([str(file)]).roots == (str(inner),)
    both = meant([str(outer), str(inner), str(outer) + os.sep])
    assert both.roots == (str(outer),)
    assert "part of" in both.notes[0]
    missing = str(tmp_path / "later")
    assert meant([missing]).roots == (missing,)
    assert absolute(["ssh://host/x", ""]) == ("ssh://host/x",)
