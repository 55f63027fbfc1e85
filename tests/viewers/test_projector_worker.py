"""The process that computes projections: what it sends, and how it is steered."""

from __future__ import annotations

import itertools
import queue
import threading
import time
from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.datasets import load_digits
from sklearn.decomposition import PCA
from worker_desk import DIGITS, ENDS, FOREVER, Desk, running

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
    Event,
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


@pytest.fixture
def desk() -> Iterator[Desk]:
    with running() as made:
        yield made


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
