"""Where a training was taken up again, both panes show the newest attempt, say so, and show all at a click."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from bins_fakes import Desk, bell, desk_over, put_histograms
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from runglass.reader.api import Change, Delta, RestartMode, RunStore, Session, load
from runglass.reader.wire import events_pb2 as pb
from runglass.reader.wire.frame import pack_record
from runglass.viewers.bins.points import shown_points
from runglass.viewers.distributions.spec import SPEC as DISTRIBUTIONS
from runglass.viewers.histograms.spec import SPEC as HISTOGRAMS


@pytest.fixture(params=[HISTOGRAMS, DISTRIBUTIONS], ids=lambda spec: spec.id)
def desk_of(request: pytest.FixtureRequest, qtbot: QtBot, kept: Callable[[Desk], Desk]) -> Callable[[RunStore], Desk]:
    return lambda store: kept(desk_over(store, request.param, qtbot))


def shown(desk: Desk) -> int:
    """How many histograms the first card shows."""
    card = desk.cards()[0]
    return len(card.plot.scene.places) if hasattr(card, "plot") else len(card.chart.scene.curves[0].raw.index)


def restarted() -> RunStore:
    store = RunStore()
    put_histograms(store, "r", "w", [bell(0.1 * step) for step in range(10)], range(10))
    put_histograms(store, "r", "w", [bell(-0.1 * step) for step in range(6, 12)], range(6, 12), file=1)
    return store


def test_the_newest_attempt_is_shown_and_the_others_are_one_click_away(
    desk_of: Callable[[RunStore], Desk], qtbot: QtBot
) -> None:
    desk = desk_of(restarted())
    card = desk.cards()[0]
    assert card.note == "4 superseded by the restart at step 6" and shown(desk) == 12
    qtbot.mouseClick(card, Qt.MouseButton.LeftButton, pos=card._link_rect().center())
    desk.rest()
    assert card.note == "" and shown(desk) == 16
    assert desk.pane.panel.restarts.value == "all"
    desk.pane.restore_state({"settings": {"restarts": "latest"}})
    desk.rest()
    assert shown(desk) == 12


def test_a_restart_that_comes_while_one_looks_hides_what_it_repeats(desk_of: Callable[[RunStore], Desk]) -> None:
    store = RunStore()
    key = put_histograms(store, "r", "w", [bell(0.0)] * 10, range(10))
    desk = desk_of(store)
    assert shown(desk) == 10
    put_histograms(store, "r", "w", [bell(1.0)], [3], file=1)
    desk.pane.apply(Delta(changed_series={key: Change.APPENDED}))
    desk.rest()
    assert shown(desk) == 4 and desk.cards()[0].note == "7 superseded by the restart at step 3"


def test_a_start_event_hides_before_anything_is_written_since(
    desk_of: Callable[[RunStore], Desk], tmp_path: Path
) -> None:
    proto = pb.HistogramProto(min=0, max=2, num=3, bucket_limit=[1, 2], bucket=[1, 2])

    def event(step: int, **fields: object) -> bytes:
        return pack_record(pb.Event(step=step, wall_time=1.7e9 + step, **fields).SerializeToString())

    logged = [event(step, summary=pb.Summary(value=[pb.Summary.Value(tag="w", histo=proto)])) for step in range(8)]
    written = [event(0, file_version="brain.Event:2"), *logged, event(5, session_log=pb.SessionLog(status=1))]
    (tmp_path / "events.out.tfevents.1").write_bytes(b"".join(written))
    session = load([str(tmp_path)])
    desk = desk_of(session.store)
    assert shown(desk) == 5 and desk.cards()[0].note == "3 superseded by the restart at step 5"


def test_a_note_that_is_too_long_leaves_room_for_what_can_be_clicked(
    desk_of: Callable[[RunStore], Desk], qtbot: QtBot
) -> None:
    store = restarted()
    put_histograms(store, "r", "w", [[(float("nan"), 1, 1)] * 3, bell(0.0)], [11, 11], file=1)
    desk = desk_of(store)
    desk.pane.settings.update(columns=3, **({"steps": 5} if hasattr(desk.pane.settings.now, "steps") else {}))
    desk.rest()
    card = desk.cards()[0]
    assert card.rect().contains(card._link_rect()) and "damaged" in card.note
    qtbot.mouseClick(card, Qt.MouseButton.LeftButton, pos=card._link_rect().center())
    desk.rest()
    assert desk.pane.settings.now.restarts is RestartMode.ALL


@given(
    st.lists(st.lists(st.integers(-3, 12), min_size=1, max_size=8), min_size=1, max_size=5),
    st.sampled_from(RestartMode),
)
def test_what_is_shown_and_what_is_left_out_are_all_points(parts: list[list[int]], mode: RestartMode) -> None:
    firsts = np.cumsum([0, *map(len, parts)])[:-1].tolist()
    step = np.array([number for part in parts for number in part], np.int64)
    sessions = tuple(Session(first, file) for file, first in enumerate(firsts))
    points = shown_points(step, sessions, mode)
    assert len(points.index) + points.repeated + points.hidden == len(step)
    assert len(set(points.index.tolist())) == len(points.index)
    chosen = step[points.index]
    assert (np.diff(chosen) >= 0).all()
    assert sum(count for _step, count in points.restarts) == (points.hidden if mode is RestartMode.LATEST_WINS else 0)
    if mode is RestartMode.LATEST_WINS:
        assert (np.diff(chosen) > 0).all()
        assert int(step[-1]) in chosen.tolist()
    if mode is RestartMode.ALL:
        assert len(points.index) == len(step)
