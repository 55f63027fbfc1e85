"""The views of restarts against a reader that drops points one by one, as the programs they imitate do."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from filled_store import Feed, store_of
from hypothesis import given, settings
from hypothesis import strategies as st
from log_writing import scalar, start, version

from runglass.reader.api import Kind, RestartMode, ScalarView, SeriesKey, Session, select
from runglass.reader.store.selector import Selector

KEY = SeriesKey(".", "x", Kind.SCALAR)


@dataclass
class Written:
    """One file's worth of a series: a version, and steps or START events ("start", step) in order."""

    version: int
    items: list[int | tuple[str, int]] = field(default_factory=list)


@st.composite
def files(draw: st.DrawFn) -> list[Written]:
    step = st.integers(0, 12)
    item = st.one_of(step, step, step, st.tuples(st.just("start"), step))
    return draw(st.lists(st.builds(Written, st.sampled_from([0, 1, 2, 2]), st.lists(item, max_size=12)), max_size=4))


def view_of(written: list[Written], rewrites: int = 0) -> ScalarView:
    """The view that a store gives of such files."""
    steps: list[int] = []
    sessions: list[Session] = []
    for number, file in enumerate(written):
        if not file.items or isinstance(file.items[0], int):
            sessions.append(Session(len(steps), number, None, file.version))
        for item in file.items:
            if isinstance(item, int):
                steps.append(item)
            else:
                sessions.append(Session(len(steps), number, item[1], file.version))
    step = np.array(steps, np.int64)
    return ScalarView(KEY, step, step * 1.0, np.arange(len(steps), dtype=np.float32), rewrites, tuple(sessions))


def latest_wins(written: list[Written]) -> list[int]:
    kept: list[tuple[int, int]] = []
    index = 0
    for number, file in enumerate(written):
        announced = False
        first = True
        for item in file.items:
            if isinstance(item, tuple):
                kept = [point for point in kept if point[0] < item[1]]
                announced = first = False
                announced = True
                continue
            if first and not announced and number:
                kept = [point for point in kept if point[0] < item]
            first = False
            kept.append((item, index))
            index += 1
    return [index for _step, index in kept]


def as_python_loader(written: list[Written]) -> list[int]:
    """EventAccumulator's purge, for a run that has this one tag."""
    kept: list[tuple[int, int]] = []
    index = version_seen = 0
    seen_start = False
    last = -1
    for file in written:
        version_seen = file.version or version_seen
        for item in file.items:
            if isinstance(item, tuple):
                if version_seen >= 2:
                    if seen_start:
                        kept = [point for point in kept if point[0] < item[1]]
                    seen_start = True
                continue
            if version_seen < 2 and item < last:
                kept = [point for point in kept if point[0] < item]
            last = item
            kept.append((item, index))
            index += 1
    return [index for _step, index in kept]


def as_rust_server(written: list[Written]) -> list[int]:
    kept: list[tuple[int, int]] = []
    steps = [item for file in written for item in file.items if isinstance(item, int)]
    for index, step in enumerate(steps):
        kept = [point for point in kept if point[0] < step] + [(step, index)]
    return [index for _step, index in kept]


ORACLES = {
    RestartMode.LATEST_WINS: latest_wins,
    RestartMode.AS_TENSORBOARD: as_python_loader,
    RestartMode.AS_TENSORBOARD_FAST: as_rust_server,
}


@given(files())
@settings(max_examples=300)
def test_every_mode_keeps_what_dropping_one_by_one_keeps(written: list[Written]) -> None:
    view = view_of(written)
    for mode, oracle in ORACLES.items():
        selection = select(view, mode)
        assert selection.value.astype(int).tolist() == oracle(written), mode
        assert selection.hidden == len(view.step) - len(selection.step)
        if mode is RestartMode.LATEST_WINS:
            assert sum(count for _at, count in selection.restarts) == selection.hidden


@given(st.lists(st.integers(0, 5), min_size=70, max_size=200))
@settings(max_examples=30)
def test_hundreds_of_restarts_are_no_other_rule(firsts: list[int]) -> None:
    written = [Written(2, [("start", first), first, first + 1]) for first in firsts]
    for mode, oracle in ORACLES.items():
        assert select(view_of(written), mode).value.astype(int).tolist() == oracle(written), mode


@given(files(), st.lists(st.integers(1, 5), max_size=8))
@settings(max_examples=200)
def test_a_selection_kept_up_to_date_is_the_one_made_anew(written: list[Written], cuts: list[int]) -> None:
    """As the files grow item by item; equal tokens mean that the shorter selection begins the longer."""
    for mode in RestartMode:
        selector = Selector(mode)
        before = None
        for view in _growing(written, cuts):
            mine, anew = selector.select(view), select(view, mode)
            for name in ("step", "wall", "value", "token", "hidden", "restarts"):
                assert np.array_equal(getattr(mine, name), getattr(anew, name)), (mode, name)
            assert selector.select(view) is mine
            if before is not None and before.token == mine.token:
                assert mine.value.tolist()[: len(before.value)] == before.value.tolist()
            before = mine


def _growing(written: list[Written], cuts: list[int]) -> list[ScalarView]:
    shown: list[Written] = []
    views = [view_of(shown)]
    turn = 0
    for file in written:
        shown.append(Written(file.version))
        taken = 0
        while taken < len(file.items):
            some = cuts[turn % len(cuts)] if cuts else 1
            turn += 1
            shown[-1].items += file.items[taken : taken + some]
            taken += some
            views.append(view_of(shown))
    return views


def test_steps_at_the_ends_of_64_bits_are_compared_as_integers() -> None:
    least, most = -(2**63), 2**63 - 1
    view = view_of([Written(2, [least, most - 1, most]), Written(2, [most, most])])
    assert select(view, RestartMode.LATEST_WINS).step.tolist() == [least, most - 1, most, most]
    assert select(view, RestartMode.AS_TENSORBOARD_FAST).step.tolist() == [least, most - 1, most]


def test_the_sessions_of_a_store_are_those_of_the_files() -> None:
    store = store_of()
    Feed(store, "a").read(version() + b"".join(scalar("x", step, step) for step in range(10)))
    data = version() + start(5)
    feed = Feed(store, "b").read(data)
    assert store.selection(KEY, RestartMode.LATEST_WINS).step.tolist() == [0, 1, 2, 3, 4]
    for step in range(5, 8):
        data += scalar("x", step, step)
        feed.read(data)
        selection = store.selection(KEY, RestartMode.LATEST_WINS)
        assert selection.step.tolist() == list(range(step + 1))
        assert (selection.hidden, selection.restarts) == (5, ((5, 5),))
        assert selection is store.selection(KEY, RestartMode.LATEST_WINS)
        assert len(store.selection(KEY, RestartMode.ALL).step) == 10 + step - 4
