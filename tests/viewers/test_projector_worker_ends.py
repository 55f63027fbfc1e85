"""The process that computes projections: how it is ended and killed, and what it leaves."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from multiprocessing.shared_memory import SharedMemory
from pathlib import Path

import numpy as np
import psutil
import pytest
from worker_desk import DIGITS, FOREVER, POSIX, ROOT, Desk, running

from runglass.viewers.projector.worker.client import ProjectionProcess
from runglass.viewers.projector.worker.messages import (
    Began,
    Cancelled,
    ClusterJob,
    Died,
    Event,
    Failed,
    Finished,
    Frame,
    Job,
    PcaJob,
    PcaResult,
    Progress,
    TsneJob,
    UmapJob,
)
from runglass.viewers.projector.worker.shared import Places, SharedMatrix


@pytest.fixture
def desk() -> Iterator[Desk]:
    with running() as made:
        yield made


# ---- being ended


def test_a_job_ends_soon_after_it_is_cancelled_at_any_time(desk: Desk) -> None:
    random = np.random.default_rng(0)
    desk.show(random.normal(size=(4000, 60)))
    desk.do(PcaJob())
    pid, longest = desk.process.pid, 0.0
    for turn in range(20):
        desk.process.start((PcaJob(), FOREVER, TsneJob(3, iterations=None), UmapJob(epochs=100_000))[turn % 4])
        time.sleep(float(random.uniform(0, 0.15)))
        began = time.monotonic()
        desk.process.cancel()
        while not isinstance(event := desk.inbox.get(timeout=10), Cancelled | Finished):
            assert not isinstance(event, Failed | Died), event
        longest = max(longest, time.monotonic() - began)
    # 0.2 s on a machine that has a core to spare.
    assert longest < 1.0
    assert pid is not None
    assert isinstance(desk.do(PcaJob()).result, PcaResult)


def test_what_does_not_listen_is_killed_and_the_next_job_works(desk: Desk) -> None:
    desk.show(np.random.default_rng(0).normal(size=(20_000, 30)))
    desk.do(PcaJob())
    pid = desk.process.pid
    desk.process.start(ClusterJob(smallest=20))
    desk.wait(Progress, lambda progress: progress.phase == "Clusters")
    time.sleep(0.3)
    began = time.monotonic()
    desk.process.cancel()
    desk.wait(Cancelled)
    assert time.monotonic() - began < 1.0
    assert pid is not None and not psutil.pid_exists(pid)
    assert desk.do(PcaJob()).coordinates is not None
    assert desk.process.pid != pid


def test_a_new_job_replaces_the_one_that_runs(desk: Desk) -> None:
    desk.show(DIGITS)
    first = desk.process.start(FOREVER)
    desk.wait(Frame)
    second = desk.process.start(PcaJob())
    assert desk.wait(Cancelled).job == first
    assert desk.wait(Finished).job == second


def test_what_is_cancelled_while_the_process_starts_ends_at_once_and_costs_no_process(desk: Desk) -> None:
    desk.show(DIGITS)
    desk.process.start(FOREVER)
    assert eventually(lambda: desk.process.pid is not None)
    pid = desk.process.pid
    began = time.monotonic()
    desk.process.cancel()
    assert desk.wait(Cancelled).job == 1
    assert time.monotonic() - began < 0.2
    desk.process.start(UmapJob())
    second = desk.process.start(PcaJob())
    assert desk.wait(Cancelled).job == second - 1
    assert desk.wait(Finished).job == second
    assert desk.process.pid == pid


def test_new_points_end_what_runs_and_the_next_job_shows_them(desk: Desk) -> None:
    for count in (300, 500, 20, 400):
        desk.show(DIGITS[:count])
        found = desk.do(PcaJob())
        assert found.coordinates is not None and len(found.coordinates) == count
    desk.process.start(FOREVER)
    desk.wait(Frame)
    desk.show(DIGITS[:50])
    desk.wait(Cancelled)
    assert len(desk.do(UmapJob(epochs=5)).coordinates) == 50  # type: ignore[arg-type]


def test_without_points_a_job_says_so(desk: Desk) -> None:
    desk.process.start(PcaJob())
    assert "no points" in desk.wait(Failed).sentence


@POSIX
@pytest.mark.parametrize(("number", "words"), [(signal.SIGKILL, "memory"), (signal.SIGSEGV, "crashed")])
def test_a_process_that_dies_is_reported_and_started_again(desk: Desk, number: signal.Signals, words: str) -> None:
    desk.show(DIGITS)
    job = desk.process.start(FOREVER)
    desk.wait(Frame)
    assert desk.process.pid is not None
    os.kill(desk.process.pid, number)
    died = desk.wait(Died)
    assert died.job == job and words in died.sentence
    assert desk.do(PcaJob()).coordinates is not None
    assert desk.process.pid is not None
    os.kill(desk.process.pid, number)
    assert desk.wait(Died).job is None


@pytest.mark.parametrize("job", [None, PcaJob(), FOREVER, ClusterJob(smallest=20)])
def test_closing_takes_less_than_a_second_whatever_runs(job: Job | None) -> None:
    desk = Desk()
    desk.show(np.random.default_rng(0).normal(size=(20_000, 20)))
    if job is not None:
        desk.process.start(job)
        desk.wait(Began)
    began = time.monotonic()
    desk.process.close()
    assert time.monotonic() - began < 1.0
    said = desk.inbox.qsize()
    desk.process.start(PcaJob())
    desk.process.cancel()
    time.sleep(0.05)
    assert desk.inbox.qsize() == said


def test_points_that_come_too_late_are_freed() -> None:
    desk = Desk()
    names = []
    for _ in range(2):
        matrix = SharedMatrix.of(DIGITS)
        names.append(matrix.handle.name)
        desk.process.set_data(matrix)
        desk.process.close()
    for name in names:
        with pytest.raises(FileNotFoundError):
            SharedMemory(name)


def test_an_event_that_cannot_be_taken_is_logged_and_the_rest_arrives(caplog: pytest.LogCaptureFixture) -> None:
    done = threading.Event()

    def fussy(event: Event) -> None:
        if isinstance(event, Finished):
            done.set()
        raise KeyError("no room")

    process = ProjectionProcess(fussy)
    process.set_data(SharedMatrix.of(DIGITS[:50]))
    process.start(PcaJob())
    assert done.wait(60)
    process.close()
    assert "could not be taken" in caplog.text


# ---- what it leaves


def test_shared_points_outlive_their_owner_and_leave_no_name() -> None:
    shared = SharedMatrix.of(DIGITS[:40])
    handle, array = shared.handle, shared.array
    other = SharedMatrix.attach(handle)
    other.array[3, 4] = 77
    other.close()
    shared.unlink()
    shared.unlink()
    assert array[3, 4] == 77 and np.array_equal(array[5:], DIGITS[5:40])
    with pytest.raises(FileNotFoundError):
        SharedMemory(handle.name)


@pytest.mark.skipif(not hasattr(os, "posix_fallocate"), reason="the system does not reserve")
def test_too_little_shared_memory_is_an_error_and_no_crash(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    before = set(os.listdir("/dev/shm")) if Path("/dev/shm").is_dir() else set()
    matrix = SharedMatrix.of(DIGITS)

    def refuse(descriptor: int, offset: int, size: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "posix_fallocate", refuse)
    with pytest.raises(OSError, match="No space"):
        SharedMatrix.create(100, 100)
    desk.process.set_data(matrix)
    desk.process.start(PcaJob())
    assert "not enough shared memory" in desk.wait(Failed).sentence
    monkeypatch.undo()
    assert not (set(os.listdir("/dev/shm")) - before if before else set())
    desk.show(DIGITS)
    assert desk.do(PcaJob()).coordinates is not None


def test_the_program_pays_neither_for_libraries_nor_for_a_window() -> None:
    script = (
        "import sys, runglass.viewers.projector.worker.client;"
        "print([name for name in ('PySide6', 'scipy', 'sklearn', 'umap', 'numba') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, cwd=ROOT.parent)
    assert done.stdout.strip() == "[]", done.stdout + done.stderr


def test_a_place_holds_the_frame_that_is_asked_for_or_none() -> None:
    places = Places.create(5)
    for number in range(1, 4):
        places.write(number, np.full((5, 3), number, np.float32))
    assert (places.read(3, 5, 3) == 3).all() and (places.read(2, 5, 3) == 2).all()
    with pytest.raises(LookupError):
        places.read(1, 5, 3)
    with pytest.raises(ValueError, match="do not fit"):
        places.write(4, np.zeros((6, 3), np.float32))
    places.close()


PROGRAM = """
import queue, sys, time
import numpy as np
from runglass.viewers.projector.worker.client import ProjectionProcess
from runglass.viewers.projector.worker.messages import Finished, Frame, PcaJob, TsneJob
from runglass.viewers.projector.worker.shared import SharedMatrix

def main():
    inbox = queue.Queue()
    process = ProjectionProcess(inbox.put)
    for count in (300, 200):
        matrix = SharedMatrix.of(np.random.default_rng(0).normal(size=(count, 8)).astype(np.float32))
        name = matrix.handle.name
        process.set_data(matrix)
        process.start(PcaJob())
        while not isinstance(inbox.get(timeout=60), Finished):
            pass
    process.start(TsneJob(iterations=None))
    while not isinstance(inbox.get(timeout=60), Frame):
        pass
    print(process.pid, name, flush=True)
    if "wait" in sys.argv:
        time.sleep(60)
    if "close" in sys.argv:
        process.close()

if __name__ == "__main__":
    main()
"""


def gone(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def eventually(holds: Callable[[], bool], seconds: float = 10) -> bool:
    until = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > until:
            return False
        time.sleep(0.01)
    return True


@pytest.mark.parametrize("ending", ["close", "just end"])
def test_a_program_ends_without_a_word_and_leaves_nothing(tmp_path: Path, ending: str) -> None:
    script = tmp_path / "program.py"
    script.write_text(PROGRAM)
    done = subprocess.run([sys.executable, script, ending], capture_output=True, text=True, timeout=60, cwd=ROOT.parent)
    assert done.returncode == 0
    if ending == "close":
        assert done.stderr == ""
    pid, name = done.stdout.split()
    assert eventually(lambda: gone(int(pid)))
    with pytest.raises(FileNotFoundError):
        SharedMemory(name)


@POSIX
def test_when_the_program_is_killed_the_process_ends_and_its_memory_is_freed(tmp_path: Path) -> None:
    script = tmp_path / "program.py"
    script.write_text(PROGRAM)
    program = subprocess.Popen(
        [sys.executable, script, "wait"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    assert program.stdout is not None
    pid, name = program.stdout.readline().split()
    program.kill()
    program.wait()
    program.stdout.close()
    assert eventually(lambda: gone(int(pid)))

    def is_freed() -> bool:
        return not (Path("/dev/shm") / name).exists()

    assert eventually(is_freed)
