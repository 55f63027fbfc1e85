"""Rows that are staged together become the same series as points that come one by one."""

from __future__ import annotations

import numpy as np
from filled_store import Feed, contents, store_of
from hypothesis import given, settings
from hypothesis import strategies as st
from log_writing import metadata, scalar, start, value, version
from random_logs import similar_logs

from runglass.reader.api import Kind, RestartMode, RunStore, SeriesKey
from runglass.reader.wire import events_pb2 as pb
from runglass.reader.wire.memory import PatternMemory

TAGS = [f"tag{number}" for number in range(8)]


def rows(first: int, count: int, tags: list[str] = TAGS) -> bytes:
    return b"".join(scalar(tag, step, step / 3) for step in range(first, first + count) for tag in tags)


def tensor(tag: str, step: int, plugin: str = "") -> bytes:
    number = pb.TensorProto(dtype=pb.DT_FLOAT, tensor_shape=pb.TensorShapeProto(), float_val=[step / 4])
    return value(step, tag=tag, tensor=number, **({"metadata": metadata(plugin)} if plugin else {}))


def both(*files: bytes, cuts: tuple[float, ...] = ()) -> tuple[RunStore, RunStore]:
    """A store filled through columns, piece by piece, by files that know of each other; one filled record by record."""
    fast, slow = store_of(), store_of()
    memory = PatternMemory()
    for number, data in enumerate(files):
        feed = Feed(fast, f"file{number}", memory=memory)
        for place, cut in enumerate(sorted(cuts)):
            feed.read(data[: int(cut * len(data))], commit=place % 2 == 0)
        feed.read(data)
        Feed(slow, f"file{number}", columns=False).read(data)
    return fast, slow


def same(*files: bytes, cuts: tuple[float, ...] = ()) -> RunStore:
    """The store, after it was compared with the one that was filled record by record."""
    fast, slow = both(*files, cuts=cuts)
    assert str(contents(fast)) == str(contents(slow))
    for key in contents(fast):
        assert fast.metadata(key) == slow.metadata(key)
        if key.kind is Kind.SCALAR:
            assert fast.scalars(key).value.dtype == slow.scalars(key).value.dtype
            for mode in RestartMode:
                mine, theirs = fast.selection(key, mode), slow.selection(key, mode)
                assert np.array_equal(mine.step, theirs.step) and mine.restarts == theirs.restarts
    return fast


@settings(max_examples=60, deadline=None)
@given(similar_logs(), st.lists(st.floats(0, 1), max_size=3).map(tuple))
def test_files_of_random_logs_become_the_same_series(files: list[bytes], cuts: tuple[float, ...]) -> None:
    same(*files, cuts=cuts)


def test_single_records_between_rows_keep_their_places() -> None:
    odd = value(500, tag="tag3", simple_value=1.0, metadata=metadata("scalars", display_name="shown"))
    store = same(version(), version() + rows(0, 50) + odd + rows(50, 50) + odd + odd + rows(100, 200))
    steps = store.scalars(SeriesKey(".", "tag3", Kind.SCALAR)).step.tolist()
    assert steps == [*range(50), 500, *range(50, 100), 500, 500, *range(100, 300)]


def test_patterns_that_share_tags_keep_the_order_of_the_file() -> None:
    more = [*TAGS, "extra"]
    store = same(rows(0, 30, more) + rows(30, 30) + rows(60, 30, more) + rows(90, 30) + rows(120, 30, TAGS[::-1]))
    for tag in TAGS:
        assert store.scalars(SeriesKey(".", tag, Kind.SCALAR)).step.tolist() == list(range(150))


def test_a_tag_twice_in_a_row_keeps_the_order_of_the_file() -> None:
    twice = ["a", "b", "c", "a", "d", "e", "f", "a"]
    store = same(rows(0, 300, twice))
    steps = store.scalars(SeriesKey(".", "a", Kind.SCALAR)).step.tolist()
    assert steps == [step for step in range(300) for _time in range(3)]


def test_restarts_between_rows_stand_at_their_points() -> None:
    store = same(version() + rows(0, 100) + start(40) + rows(40, 100) + start(90) + rows(90, 30))
    view = store.scalars(SeriesKey(".", "tag1", Kind.SCALAR))
    assert [(session.first, session.start_step) for session in view.sessions] == [(0, None), (100, 40), (200, 90)]


def test_what_tensors_are_may_change_between_rows() -> None:
    unnamed = b"".join(tensor("x", step) for step in range(100))
    more = b"".join(tensor("x", step) for step in range(200, 300))
    same(tensor("x", 0, "scalars") + unnamed, tensor("x", 0) + unnamed + tensor("x", 150, "other") + more)
    same(unnamed + tensor("x", 150, "scalars") + more)


def test_rows_behind_a_gap_that_heals_come_once() -> None:
    data = version() + rows(0, 200)
    for place in (len(data) // 3, len(data) // 2):
        bad = bytearray(data)
        bad[place] ^= 1
        store = store_of()
        feed = Feed(store).read(bytes(bad))
        feed.read(data)
        for tag in TAGS:
            assert store.scalars(SeriesKey(".", tag, Kind.SCALAR)).step.tolist() == list(range(200))


def test_views_of_rows_stay_as_they_are_while_the_file_grows() -> None:
    store, data = store_of(), rows(0, 40)
    feed = Feed(store)
    seen = []
    for last in range(41, 60):
        feed.read(data)
        for tag in TAGS:
            view = store.scalars(SeriesKey(".", tag, Kind.SCALAR))
            seen.append((view, view.step.copy(), view.wall.copy(), view.value.copy()))
        data += rows(last, 1)
    for view, step, wall, values in seen:
        assert np.array_equal(view.step, step) and np.array_equal(view.wall, wall)
        assert np.array_equal(view.value, values) and view.rewrites == 0
