"""The process that computes projections: what it sends, how it is steered, ended and killed, and what it leaves."""

from __future__ import annotations

import errno
import itertools
import os
import queue
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from multiprocessing.shared_memory import SharedMemory
from pathlib import Path
from typing import TypeVar

import numpy as np
import psutil
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.datasets import load_digits
from sklearn.decomposition import PCA

from runglass.viewers.projector.maths.trust import Trust
from runglass.viewers.projector.worker.client import ProjectionProcess
from runglass.viewers.projector.worker.jobs import most_points
from runglass.viewers.projector.worker.messages import (
    AxesJob,
    AxesResult,
    Began,
    Cancelled,
    Change,
    ClusterJob,
    ClusterResult,
    Died,
    Event,
    Failed,
    Finished,
    Frame,
    Job,
    LayoutResult,
    PcaJob,
    PcaResult,
    Progress,
    TsneJob,
    UmapJob,
)
from runglass.viewers.projector.worker.shared import Places, SharedMatrix

Kind = TypeVar("Kind")
ROOT = Path(__file__).resolve().parents[2]
DIGITS = load_digits().data.astype(np.float32)
ENDS = (Finished, Failed, Cancelled, Died)
FOREVER = TsneJob(iterations=None)
POSIX = pytest.mark.skipif(os.name != "posix", reason="signals and /dev/shm")


class Desk:
    """A projection process, and everything that it said."""

    def __init__(self) -> None:
        self.inbox: queue.Queue[Event] = queue.Queue()
        self.threads: set[str] = set()
        self.process = ProjectionProcess(self._take)

    def _take(self, event: Event) -> None:
        self.threads.add(threading.current_thread().name)
        self.inbox.put(event)

    def show(self, points: np.ndarray) -> None:
        self.process.set_data(SharedMatrix.of(np.asarray(points, np.float32)))

    def wait(self, kind: type[Kind], fits: Callable[[Kind], bool] = lambda _: True, seconds: float = 60) -> Kind:
        """The next event of this kind that fits; an end of another kind is an error."""
        until = time.monotonic() + seconds
        while True:
            event = self.inbox.get(timeout=max(0.001, until - time.monotonic()))
            if isinstance(event, kind) and fits(event):
                return event
            assert not isinstance(event, ENDS), event

    def do(self, job: Job) -> Finished:
        number = self.process.start(job)
        return self.wait(Finished, lambda event: event.job == number)

    def all_of(self, job: Job) -> list[Event]:
        """Every event of a job, to its end."""
        number = self.process.start(job)
        events: list[Event] = []
        while not events or not isinstance(events[-1], ENDS):
            events.append(self.inbox.get(timeout=60))
        assert {event.job for event in events} == {number}
        return events


@pytest.fixture
def desk() -> Iterator[Desk]:
    made = Desk()
    yield made
    began = time.monotonic()
    made.process.close()
    assert time.monotonic() - began < 1.0
    assert made.process.pid is None
    made.process.close()


# ---- what it computes


def test_components_arrive_whole_and_from_one_thread(desk: Desk) -> None:
    desk.show(DIGITS)
    events = desk.all_of(PcaJob())
    began = next(event for event in events if isinstance(event, Began))
    finished = events[-1]
    assert isinstance(finished, Finished) and isinstance(finished.result, PcaResult)
    assert began.rows is None and not began.notes and any(isinstance(event, Progress) for event in events)
    assert finished.coordinates is not None and finished.coordinates.shape == (1797, 10)
    np.testing.assert_allclose(finished.result.ratio, PCA(10).fit(DIGITS).explained_variance_ratio_, atol=1e-6)
    wanted = (DIGITS - DIGITS.mean(axis=0)) @ finished.result.axes.T
    np.testing.assert_allclose(finished.coordinates, wanted, atol=1e-3)
    assert desk.threads == {"projection-process"}


@pytest.mark.parametrize("dimensions", [2, 3])
@pytest.mark.parametrize("kind", [TsneJob, UmapJob])
def test_a_layout_is_shown_while_it_is_made(desk: Desk, kind: type, dimensions: int) -> None:
    desk.show(DIGITS[:600])
    events = desk.all_of(TsneJob(dimensions, iterations=400) if kind is TsneJob else UmapJob(dimensions))
    frames = [event for event in events if isinstance(event, Frame)]
    finished = events[-1]
    assert isinstance(finished, Finished) and isinstance(finished.result, LayoutResult), finished
    assert len(frames) >= 5
    assert [frame.sequence for frame in frames] == sorted({frame.sequence for frame in frames})
    assert [frame.iteration for frame in frames] == sorted(frame.iteration for frame in frames)
    assert all(frame.coordinates.shape == (600, dimensions) for frame in frames)
    assert all(np.isfinite(frame.coordinates).all() for frame in frames)
    if kind is TsneJob:
        # Every layout is centred: halves of two would not be.
        for frame in frames:
            assert np.abs(frame.coordinates.mean(axis=0)).max() <= 1e-3 * np.abs(frame.coordinates).max()
        assert finished.result.iteration == 400
        assert finished.result.measures.kl is not None and 0 < finished.result.measures.kl < 1.5
    trust = finished.result.measures.trust
    assert trust is not None and trust > 0.97
    assert finished.coordinates is not None
    assert trust == pytest.approx(Trust(DIGITS[:600]).of(finished.coordinates), abs=1e-6)


def test_clusters_and_axes_arrive(desk: Desk) -> None:
    desk.show(DIGITS[:500])
    for job in (ClusterJob(count=5), ClusterJob(smallest=8)):
        found = desk.do(job)
        assert isinstance(found.result, ClusterResult) and found.result.labels.shape == (500,)
        assert found.coordinates is None and found.result.labels.max() >= 1
    ends = ((np.arange(5), np.arange(20, 30)), (np.arange(3), np.arange(7, 9)), (np.arange(4), np.arange(8, 90)))
    axes = desk.do(AxesJob(ends))
    assert isinstance(axes.result, AxesResult) and axes.coordinates is not None
    np.testing.assert_allclose(axes.coordinates, DIGITS[:500] @ axes.result.directions.T, atol=1e-3)


def test_rows_that_are_no_points_are_named_and_indices_still_fit(desk: Desk) -> None:
    points = DIGITS[:200].copy()
    points[::10] = np.nan
    points[5, 3] = np.inf
    kept = np.flatnonzero(np.isfinite(points).all(axis=1))
    desk.show(points)
    labels = load_digits().target[:200].astype(np.int32)
    jobs = (
        PcaJob(spherize=True),
        TsneJob(
            iterations=20, labels=labels, supervise=50, initial=np.random.default_rng(0).random((200, 2), np.float32)
        ),
        UmapJob(epochs=10),
        ClusterJob(3),
        AxesJob(((np.array([0, 1]), np.array([10, 11, 12])),)),
    )
    for job in jobs:
        events = desk.all_of(job)
        began = next(event for event in events if isinstance(event, Began))
        assert began.rows is not None and began.rows.tolist() == kept.tolist()
        assert "21 rows were left out" in began.notes[0]
        assert isinstance(events[-1], Finished), events[-1]
    found = events[-1]
    assert isinstance(found, Finished) and isinstance(found.result, AxesResult)
    direction = points[[11, 12]].mean(axis=0) - points[1]
    np.testing.assert_allclose(found.result.directions[0], direction / np.linalg.norm(direction), atol=1e-5)


def degenerate() -> Iterator[tuple[str, np.ndarray]]:
    random = np.random.default_rng(0)
    for n, d in itertools.product((0, 1, 2, 3, 5), (1, 2, 7)):
        yield f"{n} x {d}", random.normal(size=(n, d))
    yield "no dimensions", np.zeros((5, 0))
    yield "50 equal", np.ones((50, 4))
    yield "50 zeros", np.zeros((50, 4))
    yield "half equal", np.concatenate([np.ones((30, 4)), random.normal(size=(30, 4))])
    yield "two places", np.repeat([[0.0, 1], [5, 5]], 25, axis=0)
    yield "one dimension", random.normal(size=(60, 1))
    yield "constant columns", np.column_stack([random.normal(size=60), np.full(60, 7.0), np.zeros(60)])
    yield "NaN", np.where(random.random((60, 3)) < 0.2, np.nan, random.normal(size=(60, 3)))
    yield "all NaN", np.full((20, 3), np.nan)
    yield "infinite", np.where(random.random((60, 3)) < 0.2, -np.inf, random.normal(size=(60, 3)))
    yield "1e38", random.normal(size=(60, 3)).clip(-3, 3) * 1e38
    yield "one far away", np.concatenate([random.normal(size=(60, 3)), [[1e30, 0, 0]]])
    yield "1e-40", random.normal(size=(60, 3)) * 1e-40


def test_degenerate_points_give_a_picture_or_a_sentence_and_never_an_error(desk: Desk) -> None:
    ends = ((np.array([0]), np.array([], np.intp)), (np.array([], np.intp), np.array([], np.intp)))
    jobs: tuple[Job, ...] = (
        PcaJob(),
        PcaJob(spherize=True),
        TsneJob(iterations=30),
        TsneJob(3, iterations=30, cosine=True, spherize=True),
        UmapJob(epochs=30),
        UmapJob(3, epochs=30, cosine=True),
        ClusterJob(4),
        ClusterJob(smallest=5),
    )
    for name, points in degenerate():
        desk.show(points)
        finite = int(np.isfinite(points.astype(np.float32)).all(axis=1).sum())
        for job in (*jobs, *([AxesJob(ends)] if len(points) else [])):
            events = desk.all_of(job)
            found = events[-1]
            assert isinstance(found, Finished), (name, job, found)
            if found.coordinates is not None:
                assert len(found.coordinates) == finite, (name, job)
                assert np.isfinite(found.coordinates).all(), (name, job)
            if isinstance(job, TsneJob | UmapJob):
                assert found.coordinates is not None and found.coordinates.shape[1] == job.dimensions, (name, job)
                notes = [*found.notes, *next(event for event in events if isinstance(event, Began)).notes]
                # Thirty neighbours are more than these points have.
                assert finite > 40 or notes, (name, job)


@pytest.mark.parametrize("n", [1, 2, 3, 4, 7, 20, 90, 100])
def test_a_perplexity_beyond_the_points_is_lowered_and_said(desk: Desk, n: int) -> None:
    desk.show(DIGITS[:n])
    found = desk.do(TsneJob(perplexity=100, iterations=20))
    assert found.coordinates is not None and np.isfinite(found.coordinates).all()
    assert found.notes and (n == 1 or "too high" in found.notes[0])


def test_a_layout_goes_on_from_coordinates(desk: Desk) -> None:
    desk.show(DIGITS[:300])
    first = desk.do(TsneJob(iterations=300)).coordinates
    assert first is not None
    again = desk.do(TsneJob(iterations=5, initial=first)).coordinates
    assert again is not None
    assert np.linalg.norm(again - first, axis=1).mean() < 0.1 * np.abs(first).max()


# ---- memory


@given(st.integers(1, 10**7), st.integers(1, 2000), st.integers(1, 10**11), st.floats(1e9, 1e16))
@settings(max_examples=200)
def test_too_many_points_are_sampled_and_the_reason_is_said(n: int, d: int, free: int, products: float) -> None:
    most, note = most_points(n, d, lambda m: 4 * m * d, products, free)
    assert 0 < most <= n and (most == n) == (not note)
    assert most <= 1000 or (4 * most * d <= 0.6 * free and most * most * d <= products * 1.0001)
    if note:
        assert f"{most:,} of {n:,} points" in note
        assert ("GB of memory" in note) != ("very long" in note)


def test_a_sample_is_shown_with_its_rows(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """In this process: the limits of the other one are not to be reached in a test."""
    from runglass.viewers.projector.worker import jobs, line, messages

    said: list[object] = []

    class Silent(line.Line):
        def __init__(self) -> None:
            super().__init__(None)  # type: ignore[arg-type]

        def send(self, report: messages.Report) -> None:
            said.append(report)
            if isinstance(report, messages.Placed):
                self._untaken.clear()

    monkeypatch.setattr(jobs, "MOST_PRODUCTS", 64 * 400.0**2)
    matrix, places = SharedMatrix.of(DIGITS), Places.create(len(DIGITS))
    with jobs.Workshop(1) as workshop:
        workshop.set_data(messages.SetData(matrix.handle, places.handle))
        quiet = Silent()
        workshop.run(UmapJob(epochs=5), line.JobControl(quiet, 1))
        began = next(event for event in said if isinstance(event, Began))
        assert began.rows is not None and len(began.rows) == 400 and "400 of 1,797" in began.notes[-1]
        assert said[-1].rows == 400  # type: ignore[attr-defined]
        said.clear()
        workshop.run(UmapJob(epochs=5, everything=True), line.JobControl(quiet, 2))
        assert said[-1].rows == 1797  # type: ignore[attr-defined]
        workshop.close_data()
    matrix.unlink()
    places.close()


# ---- steering


def test_a_layout_is_held_disturbed_and_goes_on(desk: Desk) -> None:
    desk.show(DIGITS[:400])
    desk.process.start(FOREVER)
    desk.wait(Frame, lambda frame: frame.iteration > 300)
    desk.process.pause()
    held = desk.wait(Frame, lambda frame: frame.paused)
    assert held.measures.trust is not None and held.measures.kl is not None
    with pytest.raises(queue.Empty):
        desk.inbox.get(timeout=0.2)
    desk.process.perturb(0.05)
    moved = desk.wait(Frame)
    assert moved.paused and moved.iteration == held.iteration
    distance = np.abs(moved.coordinates - held.coordinates).max()
    assert 0 < distance < 0.2 * np.abs(held.coordinates).max()
    desk.process.resume()
    assert desk.wait(Frame, lambda frame: not frame.paused and frame.iteration > held.iteration).iteration
    desk.process.restart()
    again = desk.wait(Frame, lambda frame: frame.iteration < held.iteration)
    assert again.iteration <= 1 or np.abs(again.coordinates).max() < np.abs(held.coordinates).max()
    desk.process.cancel()
    desk.wait(Cancelled)


def test_settings_change_while_it_runs(desk: Desk) -> None:
    labels = load_digits().target[:400].astype(np.int32)
    desk.show(DIGITS[:400])
    desk.process.start(TsneJob(iterations=None, perplexity=5, labels=labels))
    before = desk.wait(Frame, lambda frame: frame.iteration > 500)

    def spread(frame: Frame) -> float:
        """How far points are from the centre of their label, in units of the layout."""
        own = [frame.coordinates[labels == label] for label in range(10)]
        return float(np.mean([part.std(axis=0).mean() for part in own]) / frame.coordinates.std(axis=0).mean())

    desk.process.change(Change(perplexity=40.0, learning_rate=80.0))
    later = desk.wait(Frame, lambda frame: frame.iteration > before.iteration + 300)
    assert later.measures.kl is not None and before.measures.kl is not None
    assert abs(later.measures.kl - before.measures.kl) > 0.02
    desk.process.change(Change(supervise=100.0))
    drawn = desk.wait(Frame, lambda frame: frame.iteration > later.iteration + 500)
    assert spread(drawn) < spread(later)
    desk.process.change(Change(perplexity=1e6))
    desk.process.cancel()
    desk.wait(Cancelled)


def test_no_call_waits_for_the_process(desk: Desk) -> None:
    desk.show(DIGITS)
    longest = 0.0
    for call in (
        desk.process.warm, lambda: desk.process.start(FOREVER), desk.process.pause, desk.process.resume,
        desk.process.perturb, desk.process.restart, lambda: desk.process.start(ClusterJob(smallest=5)),
        desk.process.cancel, lambda: desk.process.start(FOREVER), desk.process.cancel,
    ):  # fmt: skip
        began = time.thread_time()
        call()
        longest = max(longest, time.thread_time() - began)
    assert longest < 0.005
    ends = [desk.wait(Cancelled).job for _ in range(3)]
    # What had not begun is given up at once, what runs when it has ended.
    assert sorted(ends) == [1, 2, 3]


def test_a_receiver_that_is_slow_misses_frames_but_not_the_last() -> None:
    seen: list[Event] = []
    done = threading.Event()

    def slow(event: Event) -> None:
        seen.append(event)
        if isinstance(event, Frame):
            time.sleep(0.03)
        if isinstance(event, ENDS):
            done.set()

    process = ProjectionProcess(slow)
    try:
        process.set_data(SharedMatrix.of(DIGITS[:200]))
        process.start(TsneJob(iterations=600))
        assert done.wait(60)
    finally:
        process.close()
    last = seen[-1]
    assert isinstance(last, Finished) and isinstance(last.result, LayoutResult) and last.result.iteration == 600
    assert last.coordinates is not None and last.coordinates.shape == (200, 2)
    sequence = [event.sequence for event in seen if isinstance(event, Frame)]
    assert sequence == sorted(set(sequence)) and len(sequence) < 600


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
