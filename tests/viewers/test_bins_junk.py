"""Whatever a log holds, both panes draw what is valid of it and say nothing on the side."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from bins_fakes import Desk, bell, desk_over, put_histograms
from hypothesis import example, given
from hypothesis import strategies as st
from pytestqt.qtbot import QtBot

from runglass.reader.api import RunStore
from runglass.viewers.bins.buckets import buckets_of
from runglass.viewers.bins.percentiles import compress
from runglass.viewers.bins.rebin import drawn_range, edges_of, extent_of, rebin
from runglass.viewers.distributions.spec import SPEC as DISTRIBUTIONS
from runglass.viewers.histograms.ridges import heights_of
from runglass.viewers.histograms.settings import Mode
from runglass.viewers.histograms.spec import SPEC as HISTOGRAMS
from runglass.viewers.pane import PaneSpec
from runglass.viewers.selection import XAxis

NAN, INF = float("nan"), float("inf")
ODD = [0.0, -0.0, 1.0, -20.0, 5e-324, 1e-300, 1e300, -1.7e308, 1.7e308, NAN, INF, -INF]
EDGES = st.one_of(st.sampled_from(ODD), st.floats())
BUCKETS = st.lists(st.tuples(EDGES, EDGES, EDGES), max_size=6)


@given(st.lists(BUCKETS, min_size=1, max_size=5))
@example([[(-8e307, 0.0, 1.0)]])  # a hundredth of a percent of it is finite, ten thousand of them are not
@example([[(-8e303, 8e303, 1.0)]])
def test_any_numbers_give_finite_heights(many: list[list[tuple[float, float, float]]]) -> None:
    store = RunStore()
    key = put_histograms(store, "r", "t", many, range(len(many)))
    buckets = buckets_of(store.histograms(key))
    low, high = drawn_range(*(extent_of(buckets) or (0.0, 0.0)))
    assert low < high
    counts = rebin(buckets, edges_of(low, high, 30))
    for log in (False, True):
        heights = heights_of(counts, log, 1.0)
        assert np.isfinite(heights).all() and (heights >= 0).all() and (heights <= 1).all()
    values = compress(buckets)
    assert np.isfinite(values[~buckets.damaged]).all()


@pytest.fixture(params=[HISTOGRAMS, DISTRIBUTIONS], ids=lambda spec: spec.id)
def desk(request: pytest.FixtureRequest, qtbot: QtBot, kept: Callable[[Desk], Desk]) -> Desk:
    spec: PaneSpec = request.param
    store = RunStore()
    put_histograms(store, "r", "edges", [[(one, other, 3.0)] for one in ODD for other in ODD], range(len(ODD) ** 2))
    put_histograms(store, "r", "counts", [[(0.0, 1.0, count), (1.0, 2.0, 1.0)] for count in ODD], range(len(ODD)))
    put_histograms(store, "r", "steps", [bell(0.0)] * 4, [-(1 << 62), 0, 1 << 62, 5])
    put_histograms(store, "r", "<b>bold</b>\n\t", [[(-500.0, -500.0, 9.0)]], [7])
    return kept(desk_over(store, spec, qtbot))


def test_odd_series_are_drawn_in_every_way(desk: Desk) -> None:
    for mode in Mode:
        if hasattr(desk.pane.settings.now, "mode"):
            dense = mode in (Mode.HEAT, Mode.RUNS)
            desk.pane.settings.update(mode=mode, density=dense, log_counts=mode in (Mode.OVERLAY, Mode.RUNS))
        else:
            desk.pane.settings.update(overlay=mode is Mode.RUNS, outer=True)
        for axis in XAxis:
            desk.context.cursor.set_axis(axis)
            desk.context.cursor.move(3.0)
            desk.rest()
            assert len(desk.cards()) == 4
            for card in desk.cards():
                assert not card.grab().isNull()
    assert desk.told == []
