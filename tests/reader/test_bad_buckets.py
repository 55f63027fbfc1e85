"""Buckets that make no sense are drawn for what is valid and named in the log health: one row a series, with counts."""

from __future__ import annotations

import math

import numpy as np
import pytest
from filled_store import Feed, store_of
from hypothesis import example, given
from hypothesis import strategies as st
from log_writing import metadata, value, version

from runglass.reader.api import Kind, Problem, RunStore, SeriesKey, usable_buckets
from runglass.reader.decode.histograms import faults
from runglass.reader.wire import events_pb2 as pb

NAN, INF = math.nan, math.inf
ODD = st.one_of(st.sampled_from([0.0, 1.0, 2.0, -1.0, NAN, INF, -INF, 1e300, 1.7e308]), st.floats())


def proto(limits: list[float], counts: list[float], least: float = 0.0, greatest: float = 9.0) -> pb.HistogramProto:
    return pb.HistogramProto(min=least, max=greatest, num=1, bucket_limit=limits, bucket=counts)


def table(*rows: tuple[float, float, float]) -> pb.TensorProto:
    dims = [pb.TensorShapeProto.Dim(size=len(rows)), pb.TensorShapeProto.Dim(size=3)]
    flat = [number for row in rows for number in row]
    return pb.TensorProto(dtype=2, tensor_shape=pb.TensorShapeProto(dim=dims), double_val=flat)


def problems(store: RunStore, code: str = "bad-buckets") -> list[Problem]:
    return [problem for problem in store.health().problems if problem.code == code]


def test_one_row_a_series_says_which_how_many_since_when_and_what_to_do() -> None:
    store = store_of("train")
    good, bad = proto([1, 2, 3], [1, 1, 1]), proto([1, NAN, 3], [1, 1, 1])
    records = [value(step, tag="w", histo=bad if step >= 20 else good) for step in range(120)]
    other = value(7, tag="b", tensor=table((2, 1, 5), (1, 2, -3), (2, 3, 4)), metadata=metadata("histograms"))
    Feed(store, "events.1", "train").read(b"".join([version(), *records, other]))
    first, second = problems(store)
    assert (first.run, first.file, first.count) == ("train", "events.1", 200)
    assert "'w'" in first.cause and "first at step 20" in first.cause
    assert "2 of 3 with an edge that is no finite number" in first.cause
    assert first.offset == len(b"".join([version(), *records[:20]])) and first.length == len(records[20])
    assert "training script" in first.remedy
    assert second.count == 2 and "first at step 7" in second.cause
    assert "1 of 3 with its left edge beyond the right one" in second.cause
    assert "1 of 3 with a count that is negative or no number" in second.cause
    assert not store.health().clean


def test_lists_of_other_lengths_share_a_row() -> None:
    store = store_of()
    logged = [proto([1.0] * (step % 5), [1.0] * 5) for step in range(50)]
    Feed(store).read(b"".join([version(), *(value(step, tag="w", histo=one) for step, one in enumerate(logged))]))
    (row,) = problems(store, "odd-value")
    assert row.count == 50 and "first at step 0: 0 limits for 5 buckets" in row.cause


@pytest.mark.parametrize("counts", [[NAN, 1.0, 1.0], [-1.0, 1.0, NAN], [NAN, -1.0, -INF]])
def test_bad_counts_at_the_ends_are_told_though_they_are_left_out(counts: list[float]) -> None:
    store = store_of()
    Feed(store).read(version() + value(3, tag="w", histo=proto([1, 2, 3], counts)))
    (row,) = problems(store)
    assert row.count == sum(not one >= 0 for one in counts)
    assert "at the ends" in row.cause


def test_sound_histograms_are_no_news() -> None:
    store = store_of()
    rows = [proto([1, 2, 1.7e308], [0, 4, 1], 1.5, 7.0), proto([], []), proto([5.0], [3.0], 5.0, 5.0), proto([1], [0])]
    Feed(store).read(b"".join([version(), *(value(step, tag="w", histo=one) for step, one in enumerate(rows))]))
    assert store.health().clean and not store.health().problems


MANY = st.lists(st.lists(st.tuples(ODD, ODD, ODD), max_size=5), min_size=1, max_size=8)


@given(MANY)
@example([[(0.0, 1e304, 1.0)]])
def test_every_unusable_bucket_is_counted_once_under_one_reason(many: list[list[tuple[float, float, float]]]) -> None:
    store = store_of()
    written = [
        value(step, tag="w", tensor=table(*rows), metadata=metadata("histograms")) for step, rows in enumerate(many)
    ]
    Feed(store).read(b"".join([version(), *written]))
    view = store.histograms(SeriesKey(".", "w", Kind.HISTOGRAM))
    bad = int(np.count_nonzero(~usable_buckets(view.left, view.right, view.count)))
    assert sum(row.count for row in problems(store)) == bad
    assert len(problems(store)) == (bad > 0)
    assert sum(number for number, _reason in faults(view.left, view.right, view.count)) == bad


@given(st.data())
def test_a_gap_that_heals_counts_nothing_twice(data: st.DataObject) -> None:
    bad, good = proto([1, 0.5, 3], [1, 1, 1]), proto([1, 2, 3], [1, 1, 1])
    kinds = data.draw(st.lists(st.booleans(), min_size=3, max_size=12))
    frames = [version(), *(value(step, tag="w", histo=bad if odd else good) for step, odd in enumerate(kinds))]
    hole = data.draw(st.integers(1, len(frames) - 1))
    fresh, store = store_of(), store_of()
    Feed(fresh).read(b"".join(frames))
    feed = Feed(store)
    upto = data.draw(st.integers(1, len(frames)))
    feed.read(b"".join(frames[: min(upto, hole)]), commit=data.draw(st.booleans()))
    feed.read(b"".join(bytes(len(frame)) if place == hole else frame for place, frame in enumerate(frames)))
    feed.read(b"".join(frames))
    assert [(row.count, row.cause) for row in problems(store)] == [(row.count, row.cause) for row in problems(fresh)]
