"""What is left of a log when the training is killed, forked or out of disk, and what the training notices of it.

``RUNGLASS_STRESS=10000`` runs the random ones so many times, and fills the disk at every byte.
"""

from __future__ import annotations

import errno
import os
import pickle
import random
import shutil
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from runglass import SummaryWriter
from runglass.reader.wire.events_pb2 import Event
from runglass.reader.wire.items import RawRecord
from runglass.reader.wire.records import RecordScanner
from runglass.reader.wire.source import BytesSource
from runglass.writer import outbox
from runglass.writer.event_file import EventFile

STRESS = int(os.environ.get("RUNGLASS_STRESS", "0"))
posix = pytest.mark.skipif(sys.platform == "win32", reason="needs fork, kill and limits on the size of files")


def read(path: Path) -> tuple[list[tuple[str, int]], int]:
    """The points of a file, and how many bytes at its end are no whole record; nothing else may be odd about it."""
    data = path.read_bytes()
    scanner = RecordScanner(columns=False)
    found = []
    for item in scanner.scan(BytesSource(data), 0.0, budget=len(data) + 1):
        assert isinstance(item, RawRecord) and not item.oddity
        event = Event.FromString(item.payload)
        found += [(value.tag, event.step) for value in event.summary.value]
    assert scanner.gap_bytes == 0
    return found, scanner.pending


def read_all(folder: Path) -> list[tuple[str, int]]:
    return sorted(point for path in folder.glob("*tfevents*") for point in read(path)[0])


def script(folder: Path, body: str, **options: Any) -> subprocess.CompletedProcess[str]:
    head = "import os, signal, sys\nfrom runglass import SummaryWriter\nwriter = SummaryWriter(sys.argv[1])\n"
    words = [sys.executable, "-c", head + body, str(folder)]
    return subprocess.run(words, capture_output=True, text=True, timeout=60, check=False, **options)


# Ends


@pytest.mark.parametrize(
    "end, code",
    [
        ("", 0),
        ("sys.exit(3)", 3),
        ("raise RuntimeError('out of memory')", 1),
        pytest.param("os.kill(os.getpid(), signal.SIGTERM); import time; time.sleep(30)", -15, marks=posix),
    ],
)
def test_whatever_way_a_script_ends_all_is_written(tmp_path: Path, end: str, code: int) -> None:
    done = script(tmp_path, f"for step in range(500):\n    writer.add_scalar('x', step, step)\n{end}\n")
    assert done.returncode == code
    assert read_all(tmp_path) == [("x", step) for step in range(500)]


@posix
def test_a_handler_of_the_script_for_sigterm_stays_in_force(tmp_path: Path) -> None:
    body = """
def stop(*_):
    print("stopped in order")
    sys.exit(0)
signal.signal(signal.SIGTERM, stop)
writer.add_scalar("x", 1, 1)
os.kill(os.getpid(), signal.SIGTERM)
import time
time.sleep(30)
"""
    done = script(tmp_path, body)
    assert (done.returncode, done.stdout) == (0, "stopped in order\n")
    assert read_all(tmp_path) == [("x", 1)]


def _log_until_killed(folder: str, told: int) -> None:
    """Log and flush at random, and tell the parent through a pipe what flush() has returned for."""
    dice = random.Random()
    writer = SummaryWriter(folder)
    step = 0
    while True:
        for _ in range(dice.choice([1, 3, 40, 400])):
            writer.add_scalar(f"tag{step % 3}", 0.5, step)
            step += 1
        if dice.random() < 0.1:
            writer.add_text("note", "x" * dice.choice([10, 5000]), step)
        if dice.random() < 0.5:
            writer.flush()
            os.write(told, step.to_bytes(8, "little"))


@posix
def test_a_killed_training_has_all_that_was_flushed(tmp_path: Path) -> None:
    dice = random.Random(4)
    for number in range(STRESS or 25):
        folder = tmp_path / str(number)
        listen, tell = os.pipe()
        child = os.fork()
        if child == 0:
            try:
                os.close(listen)
                _log_until_killed(str(folder), tell)
            finally:
                os._exit(1)
        os.close(tell)
        time.sleep(dice.uniform(0.001, 0.03))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        told = b""
        while part := os.read(listen, 1 << 16):
            told += part
        os.close(listen)
        acknowledged = int.from_bytes(told[-8:], "little") if len(told) >= 8 else 0
        files = list(folder.glob("*tfevents*"))
        assert len(files) <= 1
        points = [point for point in read(files[0])[0] if point[0] != "note/text_summary"] if files else []
        assert points == [(f"tag{step % 3}", step) for step in range(len(points))]
        assert len(points) >= acknowledged
        shutil.rmtree(folder, ignore_errors=True)


# Disks


@posix
def test_a_disk_that_is_full_at_any_byte_keeps_whole_records_and_loses_none(tmp_path: Path) -> None:
    """In a process of its own, whose files may grow to a limit and no further, and then on."""
    body = """
import logging, resource, shutil
from pathlib import Path
sys.path.insert(0, sys.argv[2])
from test_writer_survival import read
logging.disable(logging.CRITICAL)
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
hard = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
folder = Path(sys.argv[1])
for number, limit in enumerate(range(0, 64 << 10, int(sys.argv[3]))):
    place = folder / str(number)
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, hard))
    writer = SummaryWriter(place)
    points = [("x", step) for step in range(1, 1800)]
    for tag, step in points:
        writer.add_scalar(tag, 0.5, step)
    flushed = writer._outbox.flush()
    for path in place.glob("*tfevents*"):
        found, torn = read(path)
        assert not torn and path.stat().st_size <= limit, (limit, torn)
        # A record takes 42 bytes at most: those that fit are there.
        assert found == points[: len(found)] and (path.stat().st_size > limit - 42), limit
    assert not flushed
    resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))
    writer.add_scalar("x", 0.5, 1800)
    writer.close()
    (path,) = place.glob("*tfevents*")
    assert read(path) == ([*points, ("x", 1800)], 0), limit
    shutil.rmtree(place)
print("fine", number + 1)
"""
    head = "import os, signal, sys\nfrom runglass import SummaryWriter\n"
    every = 1 if STRESS else 3001
    words = [sys.executable, "-c", head + body, str(tmp_path), str(Path(__file__).parent), str(every)]
    done = subprocess.run(words, capture_output=True, text=True, timeout=7200 if STRESS else 120, check=False)
    assert done.stdout == f"fine {len(range(0, 64 << 10, every))}\n", done.stderr[-2000:]


def test_a_folder_that_is_deleted_comes_back_with_what_is_logged_next(tmp_path: Path) -> None:
    folder = tmp_path / "run"
    writer = SummaryWriter(folder)
    writer.add_scalar("x", 1.0, 1)
    writer.flush()
    shutil.rmtree(folder)
    writer.add_scalar("x", 2.0, 2)
    writer.close()
    assert read_all(folder) == [("x", 2)]


def test_a_folder_that_cannot_be_made_is_one_warning_until_it_can(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outbox, "RETRY_SECONDS", 0.05)
    (tmp_path / "in-the-way").write_text("a file")
    writer = SummaryWriter(tmp_path / "in-the-way" / "run")
    for step in range(100):
        writer.add_scalar("x", 1.0, step)
    writer.flush()
    assert caplog.messages and all("in-the-way" in message for message in caplog.messages)
    said = len(caplog.messages)
    (tmp_path / "in-the-way").unlink()
    writer.close()
    assert read_all(tmp_path / "in-the-way" / "run") == [("x", step) for step in range(100)]
    assert len(caplog.messages) == said <= 3
    (tmp_path / "file").write_text("")
    with pytest.raises(OSError):
        SummaryWriter(tmp_path / "file" / "run", strict=True)


class BrokenDisk:
    """Writing fails ``times`` times with ``code``, behind some bytes that got through."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, code: int, times: int) -> None:
        self.left, self.code = times, code
        self.write = os.write
        monkeypatch.setattr("runglass.writer.event_file.os.write", self)

    def __call__(self, file: int, data: memoryview) -> int:
        if self.left:
            self.left -= 1
            if self.left % 2:
                return self.write(file, data[: max(len(data) // 3, 1)])
            raise OSError(self.code, os.strerror(self.code))
        return self.write(file, data)


@pytest.mark.parametrize("code", [errno.EIO, errno.ENOSPC, errno.ESTALE if hasattr(errno, "ESTALE") else errno.EIO])
def test_nothing_is_lost_or_doubled_when_writing_fails_for_a_while(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    monkeypatch.setattr(outbox, "RETRY_SECONDS", 0.02)
    writer = SummaryWriter(tmp_path)
    writer.add_scalar("x", 1.0, 0)
    writer.flush()
    BrokenDisk(monkeypatch, code, 6)
    for step in range(1, 200):
        writer.add_scalar("x", 1.0, step)
    writer.close()
    assert any("trying again" in message or "written" in message for message in caplog.messages)
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline and len(read_all(tmp_path)) < 200:
        writer.flush()
    writer.close()
    assert read_all(tmp_path) == [("x", step) for step in range(200)]
    for path in tmp_path.glob("*tfevents*"):
        assert read(path)[1] == 0


def test_a_disk_that_hangs_does_not_hold_the_training_up(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outbox, "MOST_ITEMS", 5000)
    monkeypatch.setattr("runglass.writer.run_writer.BUSY_ITEMS", 2000)
    gate, really = threading.Event(), EventFile.write

    def stalled(file: EventFile, data: bytes) -> None:
        gate.wait(30)
        really(file, data)

    writer = SummaryWriter(tmp_path)
    monkeypatch.setattr(EventFile, "write", stalled)
    slowest = 0.0
    for step in range(20_000):
        began = time.perf_counter()
        writer.add_scalar("x", 0.5, step)
        slowest = max(slowest, time.perf_counter() - began)
    assert slowest < 5
    assert not writer._outbox.flush(0.05)
    waiting = 20_000 - writer.dropped
    assert 5000 <= waiting < 20_000
    assert sum("dropped" in message for message in caplog.messages) == 1
    gate.set()
    writer.close()
    points = read_all(tmp_path)
    assert points == [("x", step) for step in range(waiting)] or len(points) == waiting


# Other processes, threads and writers


@pytest.mark.parametrize("method", [pytest.param("fork", marks=posix), "spawn"])
def test_workers_of_multiprocessing_write_files_of_their_own(tmp_path: Path, method: str) -> None:
    body = """
import multiprocessing, sys
from runglass import SummaryWriter
def work(writer, name):
    for step in range(50):
        writer.add_scalar(name, 0.5, step)
if __name__ == "__main__":
    context = multiprocessing.get_context(sys.argv[2])
    with SummaryWriter(sys.argv[1]) as writer:
        writer.add_scalar("main", 0.5, 0)
        workers = [context.Process(target=work, args=(writer, f"w{n}")) for n in range(2)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
            assert worker.exitcode == 0
        writer.add_scalar("main", 0.5, 1)
"""
    (tmp_path / "train.py").write_text(body)
    runs = tmp_path / "run"
    words = [sys.executable, "-W", "ignore", str(tmp_path / "train.py"), str(runs), method]
    done = subprocess.run(words, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert len(list(runs.iterdir())) == 3
    expected = [("main", 0), ("main", 1), *((f"w{n}", step) for n in range(2) for step in range(50))]
    assert read_all(runs) == expected


@posix
def test_a_fork_in_the_middle_of_writing_leaves_the_child_usable(tmp_path: Path) -> None:
    body = """
import threading
stop = threading.Event()
def work():
    step = 0
    while not stop.is_set():
        writer.add_scalar("parent", 0.5, step)
        step += 1
        if step % 100 == 0:
            writer.flush()
thread = threading.Thread(target=work)
thread.start()
for number in range(20):
    child = os.fork()
    if child == 0:
        writer.add_scalar("child", 0.5, number)
        writer.close()
        os._exit(0)
    assert os.waitpid(child, 0)[1] == 0
stop.set()
thread.join()
"""
    done = script(tmp_path, body)
    assert done.returncode == 0, done.stderr
    points = read_all(tmp_path)
    assert [point for point in points if point[0] == "child"] == [("child", number) for number in range(20)]
    parents = [step for tag, step in points if tag == "parent"]
    assert parents == list(range(len(parents)))


def test_a_pickled_writer_goes_on_in_the_same_run(tmp_path: Path) -> None:
    with SummaryWriter(tmp_path, filename_suffix=".a") as writer, pickle.loads(pickle.dumps(writer)) as copy:
        writer.add_scalar("x", 1.0, 1)
        copy.add_scalar("x", 1.0, 2)
    assert read_all(tmp_path) == [("x", 1), ("x", 2)]
    assert len(list(tmp_path.glob("*.a"))) == 2


def test_a_writer_that_does_not_write_leaves_no_trace(tmp_path: Path) -> None:
    with SummaryWriter(tmp_path / "run", write_to_disk=False) as writer:
        writer.add_scalar("x", 1.0, 1)
        writer.add_text("t", "text")
        writer.flush()
    assert not (tmp_path / "run").exists()


def test_values_that_only_the_thread_finds_bad_cost_no_others(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with SummaryWriter(tmp_path) as writer:
        for step in [*range(40), 2**70, *range(40, 80)]:
            writer.add_scalar("x", 0.5, step)
        for step in range(2**63 - 40, 2**63):
            writer.add_scalar("y", 0.5, step)
    assert [message for message in caplog.messages if "64 bits" in message and "'x'" in message] == caplog.messages
    last = range(2**63 - 40, 2**63)
    assert read_all(tmp_path) == [("x", step) for step in range(80)] + [("y", step) for step in last]


@pytest.mark.parametrize("count", [3, 200])
def test_many_writers_begin_in_one_folder_at_once(tmp_path: Path, count: int) -> None:
    barrier = threading.Barrier(count)

    def work(number: int) -> None:
        barrier.wait()
        with SummaryWriter(tmp_path) as writer:
            writer.add_scalar("x", 0.5, number)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert read_all(tmp_path) == [("x", number) for number in range(count)]
    assert len(list(tmp_path.iterdir())) == count
