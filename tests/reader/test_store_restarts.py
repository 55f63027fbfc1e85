"""The views of a series with restarts: nothing is dropped, and what is hidden follows a rule that one can say."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from runglass.reader.api import Kind, RestartMode, ScalarView, SeriesKey, Session, select

KEY = SeriesKey("run", "loss", Kind.SCALAR)


def view(steps: list[int], sessions: tuple[Session, ...]) -> ScalarView:
    step = np.array(steps, np.int64)
    return ScalarView(KEY, step, step.astype(np.float64), step.astype(np.float32), 0, sessions)


def shown(steps: list[int], sessions: tuple[Session, ...], mode: RestartMode) -> list[int]:
    return list(select(view(steps, sessions), mode).step)


def test_a_later_file_whose_steps_go_back_hides_what_it_repeats() -> None:
    sessions = (Session(0, 1), Session(6, 2))
    selection = select(view([0, 1, 2, 3, 4, 5, 3, 4], sessions), RestartMode.LATEST_WINS)
    assert list(selection.step) == [0, 1, 2, 3, 4]
    assert selection.hidden == 3
    assert selection.restarts == ((3, 3),)


def test_a_start_event_hides_also_where_nothing_was_written_since() -> None:
    assert shown([0, 1, 2, 3], (Session(0, 1), Session(4, 2, start_step=2)), RestartMode.LATEST_WINS) == [0, 1]


def test_steps_that_go_back_within_one_session_stay() -> None:
    assert shown([0, 5, 3, 9, 1], (Session(0, 1),), RestartMode.LATEST_WINS) == [0, 5, 3, 9, 1]


def test_all_shows_all_without_a_copy() -> None:
    whole = view([0, 1, 0, 1], (Session(0, 1), Session(2, 2)))
    assert select(whole, RestartMode.ALL).step is whole.step


def test_tensorboards_python_loader_ignores_the_first_start() -> None:
    first = (Session(0, 1), Session(10, 2, start_step=5))
    steps = [*range(10), *range(5, 12)]
    assert len(shown(steps, first, RestartMode.AS_TENSORBOARD)) == 17
    both = (Session(0, 1, start_step=0), Session(10, 2, start_step=5))
    assert shown(steps, both, RestartMode.AS_TENSORBOARD) == list(range(12))


def test_tensorboards_fast_loader_keeps_one_of_ten_points_at_step_zero() -> None:
    assert shown([0] * 10, (Session(0, 1),), RestartMode.AS_TENSORBOARD_FAST) == [0]
    assert shown([0, 1, 2, 3, 9, 4, 5, 6], (Session(0, 1),), RestartMode.AS_TENSORBOARD_FAST) == [0, 1, 2, 3, 4, 5, 6]


@given(st.lists(st.integers(-5, 30), max_size=60))
def test_the_fast_loaders_rule_equals_dropping_one_by_one(steps: list[int]) -> None:
    kept: list[int] = []
    for step in steps:
        kept = [other for other in kept if other < step] + [step]
    assert shown(steps, (Session(0, 1),), RestartMode.AS_TENSORBOARD_FAST) == kept


@given(st.lists(st.lists(st.integers(0, 20), min_size=1, max_size=12), min_size=1, max_size=4))
def test_latest_wins_equals_dropping_session_by_session(parts: list[list[int]]) -> None:
    sessions, steps, kept = [], [], []
    for number, part in enumerate(parts):
        sessions.append(Session(len(steps), number))
        if number:
            kept = [step for step in kept if step < part[0]]
        steps += part
        kept += part
    assert shown(steps, tuple(sessions), RestartMode.LATEST_WINS) == kept


@given(st.lists(st.integers(0, 20), max_size=30), st.lists(st.integers(0, 20), max_size=10))
def test_equal_tokens_mean_a_prefix(steps: list[int], more: list[int]) -> None:
    for mode in RestartMode:
        before = select(view(steps, (Session(0, 1),)), mode)
        after = select(view(steps + more, (Session(0, 1),)), mode)
        if before.token == after.token:
            assert list(after.step[: len(before.step)]) == list(before.step), mode
