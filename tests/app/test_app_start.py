"""Started where something is missing, broken or odd: one clear line or a message in the window, never a traceback."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from event_files import append_scalars, start_file
from hypothesis import given
from hypothesis import strategies as st

from runglass.app import guard
from runglass.app.qt_start import why_not

MAIN = "import sys; from runglass.app.cli import main; sys.exit(main(sys.argv[1:]))"
ON_X = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="of X and Linux")


def environment(home: Path, **variables: str) -> dict[str, str]:
    places = {"HOME": str(home), "XDG_CONFIG_HOME": str(home / "config"), "XDG_STATE_HOME": str(home / "state")}
    return {**os.environ, **places, **variables}


def refusal(home: Path, *arguments: str, leave_out: tuple[str, ...] = (), **variables: str) -> str:
    """The one line that the program refuses to start with."""
    given = {name: value for name, value in environment(home, **variables).items() if name not in leave_out}
    done = subprocess.run(
        [sys.executable, "-c", MAIN, *arguments], env=given, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 2, done.stderr
    assert done.stdout == ""
    assert done.stderr.startswith("runglass: ") and done.stderr.count("\n") == 1, done.stderr
    return done.stderr


@ON_X
def test_without_a_display(tmp_path: Path) -> None:
    screens = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    assert "DISPLAY and WAYLAND_DISPLAY are not set" in refusal(tmp_path, leave_out=screens)
    assert "wayland-77" in refusal(
        tmp_path, leave_out=("DISPLAY",), WAYLAND_DISPLAY="wayland-77", XDG_RUNTIME_DIR=str(tmp_path)
    )
    assert "nothing answers at DISPLAY=:7777" in refusal(tmp_path, DISPLAY=":7777")


@ON_X
def test_display_far_away_that_does_not_answer(tmp_path: Path) -> None:
    """As with X over a network that is gone; the name is reserved for things that do not exist."""
    assert "nothing answers at DISPLAY=far.invalid:0" in refusal(tmp_path, DISPLAY="far.invalid:0")


@ON_X
def test_display_that_refuses(tmp_path: Path) -> None:
    """An X server of another user's, as after `su`: it wants a cookie that we do not have."""
    ours, theirs = os.pipe()
    cookies = tmp_path / "cookies"
    cookies.write_bytes(
        # One entry of an Xauthority file: any host, any display, a key of 16 bytes.
        b"\xff\xff\x00\x00\x00\x00\x00\x12MIT-MAGIC-COOKIE-1\x00\x10" + b"k" * 16
    )
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(theirs), "-auth", str(cookies), "-nolisten", "tcp"],
        pass_fds=[theirs],
        stderr=subprocess.DEVNULL,
    )
    os.close(theirs)
    try:
        with os.fdopen(ours) as answer:
            number = answer.readline().strip()
        assert f":{number} refuses" in refusal(tmp_path, DISPLAY=f":{number}", XAUTHORITY=str(tmp_path / "none"))
    finally:
        server.terminate()
        server.wait()


def test_platform_that_there_is_not(tmp_path: Path) -> None:
    said = refusal(tmp_path, QT_QPA_PLATFORM="nonsense")
    assert "'nonsense'" in said and "QT_QPA_PLATFORM" in said and "offscreen" in said


def shadow_qt(folder: Path, words: str) -> None:
    """A PySide6 whose parts fail to load as the system's loader would have it."""
    package = folder / "PySide6"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text('__version__ = "6.11.3"\n', encoding="utf-8")
    (package / "QtCore.py").write_text(f"raise ImportError({words!r})\n", encoding="utf-8")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("libEGL.so.1: cannot open shared object file: No such file or directory", "libEGL.so.1 is missing"),
        (
            "/lib/x86_64-linux-gnu/libc.so.6: version `GLIBC_2.34' not found (required by /x/libQt6Core.so.6)",
            "too old for Qt: it needs glibc 2.34",
        ),
        ("DLL load failed while importing QtCore: The specified module could not be found.", "DLL load failed"),
    ],
)
def test_qt_that_does_not_load(tmp_path: Path, words: str, said: str) -> None:
    shadow_qt(tmp_path / "qt", words)
    assert said in refusal(tmp_path, PYTHONPATH=str(tmp_path / "qt"))


def test_qt_that_speaks_for_itself(tmp_path: Path) -> None:
    """PySide6 prints where its own library does not load, and raises the same then."""
    words = "libstdc++.so.6: cannot open shared object file: No such file or directory"
    package = tmp_path / "qt" / "PySide6"
    package.mkdir(parents=True)
    said_and_raised = f"import sys\nprint({words!r}, file=sys.stderr)\nraise ImportError({words!r})\n"
    (package / "__init__.py").write_text(said_and_raised, encoding="utf-8")
    assert "libstdc++.so.6 is missing" in refusal(tmp_path, PYTHONPATH=str(tmp_path / "qt"))


def can_mount() -> bool:
    """True if this account may cover files for one process: root on Linux, outside of most containers."""
    unshare = shutil.which("unshare")
    return unshare is not None and subprocess.run([unshare, "-m", "true"], capture_output=True).returncode == 0


@pytest.mark.skipif(not can_mount(), reason="needs the right to mount")
@pytest.mark.parametrize(
    ("library", "said"),
    [
        ("libEGL.so.1", "Qt cannot be loaded: "),
        # Of the plug-in for X alone, which Qt loads by itself.
        ("libxcb-cursor.so.0", "Qt cannot be loaded: "),
        ("libxcb-icccm.so.4", "Qt cannot be loaded: "),
    ],
)
def test_library_that_is_really_away(tmp_path: Path, library: str, said: str) -> None:
    """It is covered by an empty file, for this one process."""
    listed = subprocess.run(["ldconfig", "-p"], capture_output=True, text=True, check=True).stdout
    path = next(line.split(" => ")[1] for line in listed.splitlines() if f"{library} " in line)
    empty = tmp_path / "empty"
    empty.touch()
    script = f'mount --bind "{empty}" "$(readlink -f "{path}")" && exec "$@"'
    done = subprocess.run(
        ["unshare", "-m", "sh", "-c", script, "sh", sys.executable, "-c", MAIN],
        env=environment(tmp_path),
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1), done.stderr
    assert said in done.stderr and library in done.stderr


@pytest.mark.parametrize(
    ("needed", "said"),
    [
        ("2.34", "RHEL 9, Ubuntu 22.04, Debian 12 and newer ones"),
        ("2.39", "Ubuntu 24.04, Debian 13 and newer ones"),
        ("2.99", "it needs glibc 2.99 and finds"),
    ],
)
def test_systems_that_are_new_enough_are_named(needed: str, said: str) -> None:
    words = f"/lib/x86_64-linux-gnu/libm.so.6: version `GLIBC_{needed}' not found (required by /x/libQt6Core.so.6)"
    assert said in guard.explain_library(words)


@given(st.lists(st.text(max_size=80), min_size=1, max_size=5))
def test_whatever_qt_says_becomes_one_line(messages: list[str]) -> None:
    assert len(why_not(messages).splitlines()) == 1


@pytest.mark.parametrize(
    ("library", "package"),
    [
        ("libEGL.so.1", "libegl1"),
        ("libxkbcommon-x11.so.0", "libxkbcommon-x11-0"),
        ("libdbus-1.so.3", "libdbus-1-3"),
        ("libxcb-icccm.so.4", "libxcb-icccm4"),
        ("libX11-xcb.so.1", "libx11-xcb1"),
        ("libglib-2.0.so.0", "libglib2.0-0"),
    ],
)
def test_names_of_packages(library: str, package: str) -> None:
    assert guard.debian_package(library) == package


# Windows that open all the same


class Started:
    """A program in a process, told to end once ``opened`` stands in its recent folders, or after its first paint."""

    def __init__(self, home: Path, *arguments: str, cwd: Path | None = None, **variables: str) -> None:
        self.home = home
        self.process = subprocess.Popen(
            [sys.executable, "-c", MAIN, *arguments],
            env=environment(home, **variables),
            cwd=cwd,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )

    def end(self, seconds: float = 2.5) -> tuple[int, str, str]:
        """Exit code, output and errors, after it had time to open what it was given."""
        time.sleep(seconds)
        assert self.process.poll() is None, self.process.communicate()
        self.process.send_signal(signal.SIGTERM)
        output, errors = self.process.communicate(timeout=30)
        return (
            self.process.returncode,
            output.decode("utf-8", "backslashreplace"),
            errors.decode("utf-8", "backslashreplace"),
        )


@pytest.fixture
def log(tmp_path: Path) -> Iterator[Path]:
    append_scalars(start_file(tmp_path / "log"), "loss", 0, [1.0, 0.5])
    return tmp_path / "log"


def messages_of(home: Path) -> str:
    return (home / "state" / "runglass" / "runglass.log").read_text(encoding="utf-8")


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signals")
def test_places_that_cannot_be_written(tmp_path: Path, log: Path) -> None:
    """A home on a file: nothing can be made below it, whoever asks."""
    home = tmp_path / "home"
    home.write_text("", encoding="utf-8")
    code, output, errors = Started(home, str(log), cwd=Path("/proc/self")).end()
    assert (code, output) == (0, "")
    # Without a log file its lines come to the terminal; none of them is a traceback.
    assert "Traceback" not in errors
    assert all("not saved" in line or "guard" in line for line in errors.splitlines()), errors


def test_no_folder_for_temporary_files(qapp: Any, monkeypatch: Any, tmp_path: Path, caplog: Any) -> None:
    from runglass.app.style import _StyleImages, style_sheet
    from runglass.viewers.theme import DARK

    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "missing"))
    images = _StyleImages(qapp)
    addresses = images.write(DARK)
    images.deleteLater()
    assert all(Path(address).is_file() for address in addresses.values())
    assert "$" not in style_sheet(DARK, addresses)
    assert "icons of controls" in caplog.text


ODD_NAMES = [
    "neue\nzeile\tund mehr",
    "\u202eabc\u2066 rtl \u0627\u0644\u0639\u0631",
    os.fsdecode(b"latin-\xe9\xff"),
    "x" * 255,
    "<h1>big</h1> & <img src=x> %s {0}",
    "\U0001f600 e\u0301 \ufeff\u200b",
    "-theme",
    " ",
    "&amp;&File",
]


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="their file systems refuse some of the names")
def test_folders_of_any_name(tmp_path: Path) -> None:
    folders = []
    for name in ODD_NAMES:
        folder = tmp_path / "logs" / name
        append_scalars(start_file(folder / name), "loss", 0, [1.0, 0.5])
        folders.append(str(folder))
    home = tmp_path / "home"
    home.mkdir()
    assert Started(home, *folders).end(3.5) == (0, "", "")
    assert messages_of(home) == ""
    assert Started(home).end(3.5) == (0, "", ""), "opened again from the list of recent folders"
    assert messages_of(home) == ""


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="their file systems refuse some of the names")
def test_folders_of_any_name_in_the_folder_one_stands_in(tmp_path: Path) -> None:
    names = [*ODD_NAMES, "trailing  ", "--", "...", "a\\b"]
    for name in names:
        append_scalars(start_file(tmp_path / "logs" / name), "loss", 0, [1.0, 0.5])
    home = tmp_path / "home"
    home.mkdir()
    assert Started(home, "--", *names, cwd=tmp_path / "logs").end(3.5) == (0, "", "")
    remembered = json.loads((home / "config" / "runglass" / "recent.json").read_text(encoding="utf-8"))
    assert remembered["shown"] == [[str(tmp_path / "logs" / name) for name in names]]


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="their file systems refuse the name")
def test_pictures_of_and_into_folders_of_any_name(tmp_path: Path) -> None:
    log = tmp_path / os.fsdecode(b"log\xff\n\xe2\x80\xae<b>")
    append_scalars(start_file(log / log.name), "loss", 0, [1.0, 0.5])
    out = tmp_path / os.fsdecode(b"out\xff\n")
    done = subprocess.run(
        [sys.executable, "-c", MAIN, str(log), "--screenshot", str(out), "--size", "720x420"],
        env=environment(tmp_path),
        capture_output=True,
        timeout=60,
    )
    assert (done.returncode, done.stderr) == (0, b"")
    assert b"out\\udcff\\n" in done.stdout


def test_deep_path(tmp_path: Path, start: Any, qtbot: Any) -> None:
    deep = "/" + "/".join(["folder" * 20] * 30)
    program = start()
    program.loaded(deep)
    assert program.window.windowTitle().endswith("Runglass")
    assert program.window.width() <= 1440


def test_title_shows_no_control_characters(program: Any) -> None:
    program.loaded("/logs/a\nb\u202ec\udcff")
    assert program.window.windowTitle() == "a\\nb\\u202ec\\udcff – Runglass"


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signals")
def test_damaged_files_of_the_user(tmp_path: Path, log: Path) -> None:
    home = tmp_path / "home"
    config = home / "config" / "runglass"
    config.mkdir(parents=True)
    damaged = b'{"version": 1, "values": {"theme": "da'
    for name in ("settings.json", "recent.json"):
        (config / name).write_bytes(damaged)
    assert Started(home, str(log)).end() == (0, "", "")
    for name in ("settings.json", "recent.json"):
        assert (config / f"{name}.unused").read_bytes() == damaged
    assert messages_of(home) == ""


def test_error_of_our_own_is_one_line(tmp_path: Path) -> None:
    """Whatever goes wrong before there is a window."""
    code = (
        "import sys; from runglass.app import program;"
        "program.Settings = lambda path: 1 / 0;"
        "from runglass.app.cli import main; sys.exit(main([]))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment(tmp_path), capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert "ZeroDivisionError: division by zero" in done.stderr
    assert "report-" in done.stderr
