"""What a file gives to the store: whole, in order, once; and what is odd about it, in words."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
from filled_store import Feed, contents, store_of
from hypothesis import given, settings
from hypothesis import strategies as st
from log_writing import metadata, scalar, start, value, version, write

from runglass.reader.api import Change, Kind, RestartMode, RunStore, SeriesKey, load
from runglass.reader.wire import events_pb2 as pb
from runglass.reader.wire.frame import pack_record

X = SeriesKey(".", "x", Kind.SCALAR)
HISTOGRAM = pb.HistogramProto(min=0, max=2, num=3, bucket_limit=[1, 2], bucket=[1, 2])


def number(dtype: int, shape: tuple[int, ...] = (), **fields: object) -> pb.TensorProto:
    dims = [pb.TensorShapeProto.Dim(size=size) for size in shape]
    return pb.TensorProto(dtype=dtype, tensor_shape=pb.TensorShapeProto(dim=dims), **fields)


def rows(store: RunStore) -> list[tuple[str, int]]:
    return [(problem.code, problem.count) for problem in store.health().problems]


@pytest.mark.parametrize("plugin", ["scalars", "images", "audio", "histograms"])
def test_a_value_without_content_is_named_and_stops_nothing(plugin: str) -> None:
    store = store_of()
    Feed(store).read(value(0, tag="x", metadata=metadata(plugin)) + value(1, tag="x") + scalar("ok", 2, 1.0))
    assert store.scalars(SeriesKey(".", "ok", Kind.SCALAR)).step.tolist() == [2]
    assert ("unreadable-value", 2) in rows(store)


def test_values_of_a_plugin_that_keeps_all_in_its_metadata_are_points() -> None:
    store = store_of()
    Feed(store).read(value(0, tag="_hparams_/session_start_info", metadata=metadata("hparams")))
    (key,) = store.series()
    assert key.kind is Kind.HPARAMS
    assert store.tensors(key).step.tolist() == [0]


def test_numbers_that_nobody_called_scalars_are_tensors_that_can_be_read(tmp_path: Path) -> None:
    # Steps of one to three bytes, so that the records' sizes differ; enough of them for the columnar path.
    steps = [*range(300), *range(20_000, 20_300)]
    logged = [value(step, tag="x", tensor=number(1, float_val=[float(step)])) for step in steps]
    write(tmp_path / "events.out.tfevents.1", version(), *logged)
    session = load([str(tmp_path)])
    view = session.store.tensors(SeriesKey(".", "x", Kind.TENSOR))
    assert view.step.tolist() == steps
    for step, found in zip(steps, view.values):
        again = pb.Summary.Value.FromString(session.read_blob(found.ref))
        assert (again.tag, sum(again.tensor.float_val)) == ("x", float(step))


def test_what_a_tag_was_goes_for_its_later_values_without_metadata() -> None:
    plain = b"".join(value(step, tag="x", tensor=number(1, float_val=[1.0])) for step in range(100, 200))
    data = version() + b"".join(scalar("x", step, 1.0) for step in range(100)) + plain
    for columns in (True, False):
        store = store_of()
        Feed(store, columns=columns).read(data)
        assert store.series() == (X,)
        assert store.scalars(X).step.tolist() == list(range(200))


def test_files_of_a_run_may_use_a_tag_for_different_kinds() -> None:
    store = store_of()
    table = number(1, (1, 3), float_val=[0.0, 1.0, 2.0])
    Feed(store, "a").read(version() + value(0, tag="x", tensor=table, metadata=metadata("histograms")))
    point = number(1, float_val=[1.0])
    second = value(0, tag="x", tensor=point, metadata=metadata("scalars")) + value(1, tag="x", tensor=point)
    Feed(store, "b").read(version() + second)
    assert store.scalars(X).step.tolist() == [0, 1]
    assert len(store.histograms(SeriesKey(".", "x", Kind.HISTOGRAM)).step) == 1
    assert ("two-kinds", 1) in rows(store)


def test_wall_times_that_are_no_numbers_are_counted_on_both_paths() -> None:
    walls = [math.nan if step % 50 == 49 else float(step) for step in range(200)]
    data = version() + b"".join(scalar("x", step, 1.0, wall) for step, wall in enumerate(walls))
    for columns in (True, False):
        store = store_of()
        Feed(store, columns=columns).read(data)
        assert rows(store) == [("bad-wall-time", 4)]
        assert len(store.scalars(X).step) == 200
        assert store.totals().newest_wall is None or math.isfinite(store.totals().newest_wall or 0.0)


def test_a_double_after_floats_widens_the_series_once() -> None:
    store = store_of()
    data = version() + scalar("x", 0, 0.1)
    feed = Feed(store).read(data)
    before = store.scalars(X)
    data += value(1, tag="x", tensor=number(2, double_val=[0.1]), metadata=metadata("scalars"))
    feed.read(data)
    widened = store.scalars(X)
    assert widened.value.dtype == np.float64
    assert widened.value[1] == 0.1
    assert widened.rewrites == before.rewrites + 1
    for step in range(2, 5):
        data += scalar("x", step, 0.1)
        feed.read(data)
    assert store.scalars(X).rewrites == widened.rewrites
    assert before.value.tolist() == [np.float32(0.1)]


def test_a_healed_gap_brings_its_points_to_their_place_and_nothing_twice() -> None:
    walls = [math.nan if step == 7 else float(step) for step in range(10)]
    frames = [version(), *(scalar("x", step, float(step), wall) for step, wall in enumerate(walls))]
    frames += [start(3), value(1, tag="h", histo=HISTOGRAM), value(2, tag="h", histo=HISTOGRAM)]
    whole = b"".join(frames)
    fresh = store_of()
    Feed(fresh).read(whole)
    for index in range(1, len(frames) - 1):
        holed = [bytes(len(frame)) if place == index else frame for place, frame in enumerate(frames)]
        store = store_of()
        feed = Feed(store).read(b"".join(holed))
        assert store.health().files[0].gap_bytes == len(frames[index])
        feed.read(whole)
        assert str(contents(store)) == str(contents(fresh)), index
        assert rows(store) == rows(fresh)
        sessions = [(session.first, session.start_step) for session in store.scalars(X).sessions]
        assert sessions == [(session.first, session.start_step) for session in fresh.scalars(X).sessions]


def test_many_gaps_heal_one_after_the_other_in_any_order() -> None:
    frames = [version(), *(scalar("xyz"[step % 3], step, float(step)) for step in range(60))]
    fresh = store_of()
    Feed(fresh).read(b"".join(frames))
    random = np.random.default_rng(3)
    for _ in range(20):
        holes = random.choice(np.arange(1, 60), 8, replace=False).tolist()
        store = store_of()
        feed = Feed(store)
        while True:
            shown = [bytes(len(frame)) if place in holes else frame for place, frame in enumerate(frames)]
            feed.read(b"".join(shown))
            if not holes:
                break
            holes.pop(int(random.integers(len(holes))))
        assert contents(store) == contents(fresh)


def test_an_earlier_file_that_grows_puts_its_points_before_the_later_ones() -> None:
    store = store_of()
    one = version() + scalar("x", 0, 0.0) + value(0, tag="h", histo=HISTOGRAM)
    two = version() + scalar("x", 10, 10.0) + value(10, tag="h", histo=HISTOGRAM)
    first, second = Feed(store, "a").read(one), Feed(store, "b").read(two)
    before = store.scalars(X)
    high = pb.HistogramProto(min=5, max=6, num=9, bucket_limit=[6], bucket=[9])
    first.read(one + scalar("x", 1, 1.0) + value(1, tag="h", histo=high))
    after = store.scalars(X)
    assert after.step.tolist() == [0, 1, 10]
    assert after.rewrites > before.rewrites
    assert before.step.tolist() == [0, 10]
    histograms = store.histograms(SeriesKey(".", "h", Kind.HISTOGRAM))
    assert histograms.start.tolist() == [0, 2, 3, 5]
    assert histograms.count.tolist() == [1, 2, 9, 1, 2]
    second.read(two + scalar("x", 11, 11.0))
    assert store.scalars(X).rewrites == after.rewrites
    assert [session.first for session in store.scalars(X).sessions] == [0, 2]


def test_two_start_events_in_one_place_are_two() -> None:
    store = store_of()
    Feed(store).read(version() + b"".join(scalar("x", step, 1.0) for step in range(10)) + start(5) + start(5))
    assert len(store.selection(X, RestartMode.AS_TENSORBOARD).step) == 5


def test_a_start_event_counts_for_tags_of_other_files_before_and_after_it() -> None:
    store = store_of()
    one = version() + start(0) + b"".join(scalar("x", step, 1.0) for step in range(10))
    Feed(store, "a").read(one)
    Feed(store, "b").read(version() + start(4) + scalar("y", 4, 1.0))
    assert store.selection(X, RestartMode.LATEST_WINS).step.tolist() == [0, 1, 2, 3]
    # An older file, found late, with a tag that nobody knew: its points stand before the START too.
    Feed(store, "0").read(version() + b"".join(scalar("late", step, 1.0) for step in range(10)))
    late = SeriesKey(".", "late", Kind.SCALAR)
    assert store.selection(late, RestartMode.LATEST_WINS).hidden == 10


def test_a_replaced_file_takes_its_tags_along() -> None:
    store = store_of()
    subscription = store.subscribe(lambda: None)
    old = Feed(store, "a").read(version() + scalar("x", 0, 1.0) + scalar("gone", 0, 1.0))
    gone = SeriesKey(".", "gone", Kind.SCALAR)
    token = store.selection(X, RestartMode.LATEST_WINS).token
    subscription.drain()
    old.sink.drop()
    Feed(store, "a").read(version() + scalar("x", 5, 2.0))
    delta = subscription.drain()
    assert store.series() == (X,)
    assert delta.removed_series == {gone}
    assert Change.REWRITTEN in delta.changed_series[X]
    assert store.selection(X, RestartMode.LATEST_WINS).token != token
    with pytest.raises(KeyError):
        store.scalars(gone)
    assert store.totals().points == 1


def test_a_run_that_comes_back_is_not_taken_for_the_old_one() -> None:
    store = store_of("r")
    key = store.put_scalars("r", "x", [0, 1], [0.0, 1.0], [5.0, 6.0])
    token = store.selection(key, RestartMode.ALL).token
    store.remove_run("r")
    store.put_scalars("r", "x", [7, 8, 9], [0.0, 1.0, 2.0], [1.0, 2.0, 3.0])
    assert store.selection(key, RestartMode.ALL).token != token


def test_more_odd_things_than_rows_are_counted() -> None:
    store = store_of()
    shape = (1, 1)
    many = [value(0, tag=f"t{index}", tensor=number(99, shape), metadata=metadata("scalars")) for index in range(1200)]
    Feed(store).read(version() + b"".join(many))
    problems = store.health().problems
    assert len(problems) < 1100
    assert "200 further" in problems[-1].cause


def test_one_wakeup_for_any_number_of_commits() -> None:
    store = store_of()
    wakes: list[int] = []
    subscription = store.subscribe(lambda: wakes.append(1))
    data = version()
    feed = Feed(store)
    for step in range(20):
        data += scalar("x", step, 1.0)
        feed.read(data)
    assert len(wakes) == 1
    delta = subscription.drain()
    assert delta.changed_series == {X: Change.APPENDED}
    assert delta.new_series == {X}
    assert not subscription.drain()
    feed.read(data + scalar("x", 99, 1.0))
    assert len(wakes) == 2
    subscription.close()
    feed.read(data + scalar("x", 99, 1.0) + scalar("x", 100, 1.0))
    assert len(wakes) == 2


@given(st.lists(st.integers(1, 40), min_size=1, max_size=12))
@settings(deadline=None, max_examples=30)
def test_a_view_never_changes(parts: list[int]) -> None:
    store = store_of()
    seen = []
    count = 0
    for part in parts:
        steps = np.arange(count, count + part)
        count += part
        key = store.put_scalars(".", "x", steps, steps * 2.0, steps * 3.0)
        view = store.scalars(key)
        assert store.scalars(key) is view
        seen.append((view, view.step.copy(), view.wall.copy(), view.value.copy()))
        with pytest.raises(ValueError, match="read-only"):
            view.step[0] = 1
    for view, *columns in seen:
        for array, copy in zip((view.step, view.wall, view.value), columns):
            assert np.array_equal(array, copy)
    assert store.totals().columns <= 32 * max(count, 128)


# Damage inside a record whose checksums are right: nothing of it may reach the caller as an exception.

_PIECES = [
    scalar("x", 1, 2.0)[12:-4],
    value(1, tag="x", histo=HISTOGRAM)[12:-4],
    value(2, tag="t", tensor=number(1, (2, 3), tensor_content=bytes(24)), metadata=metadata("histograms"))[12:-4],
    value(3, tag="i", tensor=number(7, (3,), string_val=[b"1", b"2", b"png"]), metadata=metadata("images"))[12:-4],
    value(3, tag="i", image=pb.Summary.Image(width=1, height=2, encoded_image_string=b"png"))[12:-4],
    value(4, tag="a", audio=pb.Summary.Audio(encoded_audio_string=b"wav"))[12:-4],
    value(4, tag="a", tensor=number(7, (1, 2), string_val=[b"wav", b"label"]), metadata=metadata("audio"))[12:-4],
    value(5, tag="p", tensor=number(1, (6, 2), float_val=range(12)), metadata=metadata("pr_curves"))[12:-4],
    value(6, tag="s", tensor=number(19, half_val=[15360]), metadata=metadata("scalars"))[12:-4],
    value(6, tag="s", tensor=number(8, scomplex_val=[1.0, 2.0]), metadata=metadata("scalars"))[12:-4],
    pb.Event(graph_def=b"graph", step=3).SerializeToString(),
    pb.Event(tagged_run_metadata=pb.TaggedRunMetadata(tag="m", run_metadata=b"meta")).SerializeToString(),
    start(3)[12:-4],
]


@st.composite
def payloads(draw: st.DrawFn) -> bytes:
    """A record's payload, some bytes of which are others, missing, or more."""
    data = bytearray(draw(st.sampled_from(_PIECES)))
    for _ in range(draw(st.integers(0, 4))):
        at = draw(st.integers(0, max(len(data) - 1, 0)))
        change = draw(st.integers(0, 2))
        if change == 0 and data:
            data[at] = draw(st.integers(0, 255))
        elif change == 1:
            del data[at : at + draw(st.integers(1, 8))]
        else:
            data[at:at] = draw(st.binary(max_size=8))
    return bytes(data)


@given(st.lists(payloads(), min_size=1, max_size=12), st.booleans())
@settings(deadline=None, max_examples=300)
def test_odd_records_harm_no_other(odd: list[bytes], columns: bool) -> None:
    store = store_of()
    frames = [scalar("ok", 0, 1.0), *(pack_record(payload) for payload in odd), scalar("ok", 1, 2.0)]
    Feed(store, columns=columns).read(version() + b"".join(frames))
    assert store.scalars(SeriesKey(".", "ok", Kind.SCALAR)).value.tolist()[:1] == [1.0]
    assert store.scalars(SeriesKey(".", "ok", Kind.SCALAR)).value.tolist()[-1:] == [2.0]
    contents(store)
    for key in store.series(Kind.SCALAR):
        for mode in RestartMode:
            store.selection(key, mode)
    (file,) = store.health().files
    assert file.accepted == file.size
    assert all(problem.cause and problem.remedy for problem in store.health().problems)
