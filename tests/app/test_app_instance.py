"""A second start hands its folders to the program that runs; nobody else can, and nothing hangs because of it."""

from __future__ import annotations

import json
import os
import signal
import socket
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

from runglass.app.cli import parse
from runglass.app.door import Door, wanted_paths
from runglass.app.instance import Instance, instance_of, private_folder
from runglass.app.places import NOWHERE, Places

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="sockets are files here")


@pytest.fixture
def folder(tmp_path_factory: Any) -> Path:
    """Short, as the names of sockets may have some hundred letters only."""
    made = tmp_path_factory.mktemp("run", numbered=True)
    made.chmod(0o700)
    return made


@pytest.fixture
def first(folder: Path) -> Iterator[Instance]:
    instance = Instance(folder, "x")
    assert instance.claim()
    yield instance
    instance.release()


@pytest.fixture
def door(qapp: Any, first: Instance) -> Iterator[Door]:
    made = Door(first)
    made.open()
    yield made
    made.close()
    made.deleteLater()


SECOND = """
import json, sys, time
from pathlib import Path
from runglass.app.instance import Instance

folder, paths, patience, pipes = json.loads(sys.argv[1])
instance = Instance(Path(folder), "x", pipes=pipes)
claimed = instance.claim()
began = time.monotonic()
print("asks", flush=True)
answer = instance.hand_over(paths, patience)
print(json.dumps([claimed, answer, instance.is_claimed, time.monotonic() - began]))
"""


class Second:
    """Another start, in a process of its own."""

    def __init__(self, folder: Path, paths: list[str], patience: float = 5.0, pipes: bool = False) -> None:
        words = json.dumps([str(folder), paths, patience, pipes])
        self._process = subprocess.Popen(
            [sys.executable, "-c", SECOND, words], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        self.claimed_first = self.answer = self.claimed = False
        self.took = 0.0

    def wait_for_question(self) -> None:
        """Until it has seen that another program runs."""
        assert self._process.stdout is not None
        assert self._process.stdout.readline() == "asks\n"

    def end(self) -> Second:
        output, errors = self._process.communicate(timeout=30)
        assert errors == ""
        self.claimed_first, self.answer, self.claimed, self.took = json.loads(output.splitlines()[-1])
        return self


ODD = ["/logs/a", "/logs/neue\nzeile", "/logs/\u202eabc", "/logs/\udcff", "/logs/" + "x" * 200, "ssh://host/x"]


def test_folders_of_any_name_reach_the_first_program(qtbot: Any, folder: Path, door: Door) -> None:
    with qtbot.waitSignal(door.asked) as asked:
        second = Second(folder, ODD)
    second.end()
    assert not second.claimed_first
    assert second.answer
    assert asked.args == [tuple(ODD)]


def test_relative_folders_are_those_of_the_second_start(qtbot: Any, folder: Path, door: Door) -> None:
    with qtbot.waitSignal(door.asked) as asked:
        second = Second(folder, ["logs"])
    second.end()
    assert asked.args == [(os.path.abspath("logs"),)]


def test_second_start_waits_for_one_that_is_just_starting(qtbot: Any, folder: Path, first: Instance) -> None:
    second = Second(folder, ["/logs/a"])
    second.wait_for_question()
    qtbot.wait(300)
    made = Door(first)
    try:
        with qtbot.waitSignal(made.asked):
            made.open()
        assert second.end().answer
    finally:
        made.close()
        made.deleteLater()


def test_second_start_takes_the_place_of_one_that_ends_meanwhile(folder: Path, first: Instance) -> None:
    second = Second(folder, ["/logs/a"])
    second.wait_for_question()
    first.release()
    second.end()
    assert not second.answer
    assert second.claimed


def test_program_that_hangs_is_not_waited_for(folder: Path, first: Instance) -> None:
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(first.address)
        listening.listen()
        second = Second(folder, ["/logs/a"])
        assert not second.end().answer
        assert 1.5 < second.took < 4
        # It was not even told the folders: what it never heard it cannot open later.
        guest, _address = listening.accept()
        guest.settimeout(2)
        assert guest.recv(100) == b""
        guest.close()


def test_program_that_does_not_listen_is_not_waited_for(folder: Path, first: Instance) -> None:
    second = Second(folder, ["/logs/a"], 0.3)
    second.end()
    assert not second.answer and not second.claimed


def test_socket_of_a_dead_program_is_replaced(qtbot: Any, folder: Path, first: Instance) -> None:
    with socket.socket(socket.AF_UNIX) as dead:
        dead.bind(first.address)
    made = Door(first)
    made.open()
    try:
        with qtbot.waitSignal(made.asked):
            second = Second(folder, ["/logs/a"])
        second.end()
    finally:
        made.close()
        made.deleteLater()


def test_lock_is_given_back_by_a_process_that_is_killed(folder: Path) -> None:
    code = (
        "import sys, time; from pathlib import Path; from runglass.app.instance import Instance;"
        f"i = Instance(Path({str(folder)!r}), 'x'); print(i.claim(), flush=True); time.sleep(60)"
    )
    holder = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    assert holder.stdout is not None
    assert holder.stdout.readline() == "True\n"
    other = Instance(folder, "x")
    assert not other.claim()
    holder.kill()
    holder.wait()
    holder.stdout.close()
    assert other.claim()
    other.release()


@pytest.mark.parametrize(
    "said", [b"nonsense\n", b"{}\n", b'{"paths": [1]}\n', b'{"paths": "x"}\n', b"\xff" * 3000 + b"\n"]
)
def test_nonsense_opens_nothing_and_harms_nothing(
    qtbot: Any, folder: Path, door: Door, first: Instance, said: bytes
) -> None:
    asked = []
    door.asked.connect(asked.append)
    with socket.socket(socket.AF_UNIX) as guest:
        guest.connect(first.address)
        guest.sendall(said)
        guest.setblocking(False)

        def closed() -> bool:
            try:
                return guest.recv(100) == b""
            except BlockingIOError:
                return False
            except ConnectionResetError:
                return True

        qtbot.waitUntil(closed)
    with qtbot.waitSignal(door.asked):
        second = Second(folder, ["/logs/a"])
    second.end()
    assert asked == [("/logs/a",)]


def test_silent_guests_are_shown_out(qtbot: Any, folder: Path, first: Instance, monkeypatch: Any) -> None:
    monkeypatch.setattr("runglass.app.door.GUEST_MS", 100)
    made = Door(first)
    made.open()
    guests = [socket.socket(socket.AF_UNIX) for _number in range(40)]
    try:
        for guest in guests:
            guest.connect(first.address)
        qtbot.waitUntil(lambda: made._guests > 0)
        qtbot.waitUntil(lambda: made._guests == 0)
        with qtbot.waitSignal(made.asked):
            second = Second(folder, ["/logs/a"])
        second.end()
    finally:
        for guest in guests:
            guest.close()
        made.close()
        made.deleteLater()


# Where sockets are pipes, whose names anybody may take


@pytest.fixture
def pipes(tmp_path: Path, monkeypatch: Any) -> Path:
    """Addresses as on Windows; Qt makes them sockets in the folder for temporary files."""
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    return tmp_path


def test_second_start_finds_the_pipe(qtbot: Any, qapp: Any, folder: Path, pipes: Path) -> None:
    first = Instance(folder, "x", pipes=True)
    assert first.claim()
    made = Door(first)
    made.open()
    try:
        with qtbot.waitSignal(made.asked) as asked:
            second = Second(folder, ["/logs/a"], pipes=True)
        assert second.end().answer
        assert asked.args == [("/logs/a",)]
    finally:
        made.close()
        made.deleteLater()
        first.release()


def test_name_of_a_pipe_is_new_at_each_start(folder: Path) -> None:
    names = set()
    for _start in range(3):
        instance = Instance(folder, "x", pipes=True)
        assert Instance(folder, "x", pipes=True).address in {"", *names}
        assert instance.claim()
        names.add(instance.address)
        instance.release()
    assert len(names) == 3
    assert all(len(name) > 30 for name in names)


@pytest.mark.parametrize("written", [None, b"", b"\xff\xfe"])
def test_pipe_that_is_not_named_is_not_waited_for(folder: Path, written: bytes | None) -> None:
    first = Instance(folder, "x", pipes=True)
    assert first.claim()
    named = folder / "x.pipe"
    named.unlink()
    if written is not None:
        named.write_bytes(written)
    second = Second(folder, ["/logs/a"], 0.3, pipes=True)
    second.end()
    assert not second.answer and not second.claimed
    first.release()


def test_place_that_cannot_name_its_pipe_works_alone(qtbot: Any, qapp: Any, folder: Path, caplog: Any) -> None:
    (folder / "x.pipe").mkdir()
    first = Instance(folder, "x", pipes=True)
    assert first.claim()
    made = Door(first)
    made.open()
    assert "other starts cannot reach this one" in caplog.text
    made.close()
    made.deleteLater()
    first.release()


@given(st.binary(max_size=60) | st.text(max_size=60).map(lambda text: text.encode("utf-8", "surrogatepass")))
def test_any_request_is_taken_or_refused(line: bytes) -> None:
    found = wanted_paths(line)
    assert found is None or all(isinstance(path, str) for path in found)


@given(st.lists(st.text(st.characters()), max_size=5))
def test_requests_come_out_as_they_went_in(paths: list[str]) -> None:
    assert wanted_paths(json.dumps({"paths": paths}).encode("ascii")) == tuple(paths)


def test_place_is_closed_to_others(tmp_path: Path, monkeypatch: Any) -> None:
    base = tmp_path / "base"
    base.mkdir(mode=0o700)
    monkeypatch.setattr("tempfile.tempdir", str(base))
    runtime = tmp_path / "runtime"
    runtime.mkdir(mode=0o700)
    assert private_folder({"XDG_RUNTIME_DIR": str(runtime)}) == runtime / "runglass"
    assert (runtime / "runglass").stat().st_mode & 0o777 == 0o700
    # A folder that others may enter, or a link that they may have laid, is not used; the one in /tmp is.
    runtime.chmod(0o755)
    ours = base / f"runglass-{os.getuid()}"
    assert private_folder({"XDG_RUNTIME_DIR": str(runtime)}) == ours
    ours.rmdir()
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir(mode=0o700)
    ours.symlink_to(elsewhere)
    assert private_folder({}) is None
    ours.unlink()
    ours.mkdir(mode=0o777)
    ours.chmod(0o777)
    assert private_folder({}) is None
    ours.rmdir()
    ours.write_text("", encoding="utf-8")
    assert private_folder({}) is None


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() != 0, reason="only root can give a folder away")
def test_folder_of_another_user_is_not_trusted(tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    theirs = tmp_path / f"runglass-{os.getuid()}"
    theirs.mkdir(mode=0o700)
    os.chown(theirs, 65534, 65534)
    assert private_folder({}) is None


def test_each_screen_and_each_set_of_files_has_its_own_program(tmp_path: Path, folder: Path) -> None:
    places = Places(tmp_path / "c", tmp_path / "s")
    runtime = {"XDG_RUNTIME_DIR": str(folder)}

    def address(places: Places, **variables: str) -> str:
        instance = instance_of(places, {**runtime, **variables}, "linux")
        assert instance is not None
        instance.release()
        return instance.address

    here = address(places, DISPLAY=":1")
    assert here == address(places, DISPLAY=":1.0")
    others = [
        address(places, DISPLAY=":2"),
        address(places, DISPLAY=":1", WAYLAND_DISPLAY="wayland-0"),
        address(Places(tmp_path / "d", tmp_path / "s"), DISPLAY=":1"),
    ]
    assert len({here, *others}) == 4
    assert instance_of(NOWHERE, runtime, "linux") is None


def test_what_holds_for_one_start_gets_its_own_program() -> None:
    assert parse([]).joins and parse(["a", "b"]).joins
    for words in (["--new-instance"], ["--demo"], ["--theme", "dark"], ["--size", "800x600"], ["--renderer", "raster"]):
        assert not parse(words).joins
    for words in (["a", "--screenshot", "x"], ["--selftest-window"]):
        assert not parse(words).joins and not parse(words).keeps


# Whole programs

MAIN = "import sys; from runglass.app.cli import main; sys.exit(main(sys.argv[1:]))"


class Starts:
    """Programs of one user, in processes."""

    def __init__(self, home: Path, runtime: Path) -> None:
        self.home = home
        self.environment = {
            **os.environ,
            "HOME": str(home),
            "XDG_CONFIG_HOME": str(home / "config"),
            "XDG_STATE_HOME": str(home / "state"),
            "XDG_RUNTIME_DIR": str(runtime),
        }
        self.processes: list[subprocess.Popen[str]] = []

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-c", MAIN, *arguments],
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.processes.append(process)
        return process

    def recent(self) -> set[str]:
        """Folders that were opened."""
        try:
            found = json.loads((self.home / "config" / "runglass" / "recent.json").read_text(encoding="utf-8"))
        except OSError:
            return set()
        return {os.path.basename(root) for roots in found["sets"] for root in roots}

    def running(self) -> list[subprocess.Popen[str]]:
        return [process for process in self.processes if process.poll() is None]

    def until(self, true: Any, seconds: float = 30) -> None:
        end = time.monotonic() + seconds
        while not true():
            assert time.monotonic() < end, (self.recent(), len(self.running()))
            time.sleep(0.05)

    def end(self) -> list[tuple[int, str, str]]:
        """Close all that run; exit code, output and errors of each."""
        found = []
        for process in self.processes:
            if process.poll() is None:
                process.send_signal(signal.SIGCONT)
                process.terminate()
            output, errors = process.communicate(timeout=30)
            found.append((process.returncode, output, errors))
        self.processes.clear()
        return found


@pytest.fixture
def starts(tmp_path: Path, folder: Path) -> Iterator[Starts]:
    home = tmp_path / "home"
    home.mkdir()
    made = Starts(home, folder)
    yield made
    made.end()


@pytest.fixture
def logs(tmp_path: Path) -> dict[str, str]:
    for name in ("one", "two", "three"):
        append_scalars(start_file(tmp_path / "logs" / name), "loss", 0, [1.0, 0.5])
    return {name: str(tmp_path / "logs" / name) for name in ("one", "two", "three")}


QUIET = (0, "", "")


def test_second_start_opens_in_the_first_program(starts: Starts, logs: dict[str, str]) -> None:
    starts.start(logs["one"])
    starts.until(lambda: starts.recent() == {"one"})
    second = starts.start(logs["two"])
    starts.until(lambda: second.poll() is not None)
    starts.until(lambda: starts.recent() == {"one", "two"})
    assert len(starts.running()) == 1
    own = starts.start(logs["three"], "--new-instance")
    starts.until(lambda: "three" in starts.recent())
    assert own.poll() is None and len(starts.running()) == 2
    assert starts.end() == [QUIET] * 3


def test_two_starts_at_once_become_one_program(starts: Starts, logs: dict[str, str]) -> None:
    for path in logs.values():
        starts.start(path)
    starts.until(lambda: starts.recent() == set(logs) and len(starts.running()) == 1)
    assert starts.end() == [QUIET] * 3


def test_hung_program_does_not_keep_a_folder_from_being_opened(starts: Starts, logs: dict[str, str]) -> None:
    first = starts.start(logs["one"])
    starts.until(lambda: starts.recent() == {"one"})
    first.send_signal(signal.SIGSTOP)
    second = starts.start(logs["two"])
    starts.until(lambda: "two" in starts.recent())
    assert second.poll() is None
    assert starts.end() == [QUIET] * 2
