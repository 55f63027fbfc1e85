"""Domains, scales, ticks and number formats."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from runglass.viewers.lod import domain, ticks
from runglass.viewers.lod.scale import Scale, ScaleKind


def test_outliers_are_left_out_as_tensorboard_does() -> None:
    values = np.random.default_rng(0).permutation(100).astype(float)
    assert domain.extent([values], ignore_outliers=True) == (5.0, 94.0)
    assert domain.extent([values[:50], values[50:]], ignore_outliers=True) == (5.0, 94.0)
    assert domain.extent([values], ignore_outliers=False) == (0.0, 99.0)
    assert domain.extent([np.array([1.0, 9.0])], ignore_outliers=True) == (1.0, 9.0)


def test_what_is_not_finite_never_takes_part() -> None:
    odd = np.array([np.nan, np.inf, -np.inf, 1.0, 2.0])
    assert domain.extent([odd], ignore_outliers=False) == (1.0, 2.0)
    assert domain.extent([np.array([np.nan])], ignore_outliers=True) is None
    assert domain.extent([np.array([-1.0, 0.0, 3.0])], ignore_outliers=False, positive=True) == (3.0, 3.0)


@pytest.mark.parametrize(("value", "wanted"), [(2.0, (0.0, 4.0)), (-2.0, (-4.0, 0.0)), (0.0, (-1.0, 1.0))])
def test_a_flat_line_gets_room(value: float, wanted: tuple[float, float]) -> None:
    assert domain.padded_linear(value, value) == wanted


@given(st.floats(-1e9, 1e9), st.floats(-1e9, 1e9))
def test_padding_holds_the_extent(one: float, other: float) -> None:
    low, high = min(one, other), max(one, other)
    start, end = domain.padded_linear(low, high)
    assert start <= low and end >= high


@given(st.sampled_from(list(ScaleKind)), st.floats(1e-6, 1e9), st.floats(1e-3, 10))
def test_scales_go_there_and_back(kind: ScaleKind, value: float, linear: float) -> None:
    scale = Scale(kind, linear)
    assert scale.value(scale.place(value)) == pytest.approx(value, rel=1e-9, abs=1e-12)
    assert scale.forward(np.array([value]))[0] == pytest.approx(scale.place(value), rel=1e-12, abs=1e-12)


def test_a_logarithm_puts_zero_and_less_below_all_and_keeps_nan() -> None:
    places = Scale(ScaleKind.LOG).forward(np.array([-1.0, 0.0, 1.0, np.nan]))
    assert places[0] == places[1] < -300 and places[2] == 0 and math.isnan(places[3])


def test_linear_labels_share_their_decimals() -> None:
    assert [text for _, text in ticks.linear_ticks(0, 2.4, 5)] == ["0.0", "0.5", "1.0", "1.5", "2.0"]
    assert [text for _, text in ticks.linear_ticks(0, 0.1, 4)] == ["0.000", "0.025", "0.050", "0.075", "0.100"]
    assert [text for _, text in ticks.linear_ticks(0, 100_000, 5, whole=True)][-1] == "100k"
    assert [text for _, text in ticks.linear_ticks(0, 3, 10, whole=True)] == ["0", "1", "2", "3"]


@given(st.floats(-1e12, 1e12), st.floats(1e-9, 1e12), st.integers(1, 12), st.booleans())
def test_linear_ticks_lie_inside_and_differ(low: float, length: float, count: int, whole: bool) -> None:
    found = ticks.linear_ticks(low, low + length, count, whole=whole)
    assert len({text for _, text in found}) == len(found)
    room = length * 1e-6 + abs(low) * 1e-12 + (1e-8 if whole else 0.0)
    assert all(low - room <= value <= low + length + room for value, _ in found)


def test_ticks_of_huge_steps_say_the_whole_number() -> None:
    origin = 2**62
    labels = [text for _, text in ticks.linear_ticks(0, 10, 5, whole=True, origin=origin)]
    assert labels and all(int(text.replace(",", "")) >= origin for text in labels)
    assert len(set(labels)) == len(labels)


def test_log_and_symlog_ticks_are_powers_of_ten() -> None:
    assert [text for _, text in ticks.log_ticks(1e-4, 10, 8)] == ["1e-4", "0.001", "0.01", "0.1", "1", "10"]
    assert [text for _, text in ticks.symlog_ticks(-100, 100, 1.0, 10)] == ["−100", "−10", "−1", "0", "1", "10", "100"]
    assert len(ticks.log_ticks(2.1, 2.9, 5)) >= 2


def test_time_axes_use_round_times() -> None:
    assert [text for _, text in ticks.duration_ticks(0, 3600, 4)] == ["0", "15 min", "30 min", "45 min", "1 h"]
    assert ticks.wall_ticks(1.7e9, 1.7e9 + 3600, 4)
    assert ticks.wall_ticks(1.7e9, 1.7e9 + 86400 * 40, 5)
    assert ticks.wall_ticks(-1e18, 1e18, 5) is not None


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0"),
        (0.51214, "0.5121"),
        (0.46, "0.4600"),
        (3.0, "3"),
        (12345.0, "1.23e4"),
        (1.5e-5, "1.50e-5"),
        (math.nan, "NaN"),
        (math.inf, "∞"),
        (-math.inf, "−∞"),
    ],
)
def test_numbers_are_written_as_in_the_read_out(value: float, text: str) -> None:
    assert ticks.number(value) == text


def test_durations_are_written_as_people_do() -> None:
    assert ticks.duration(0.25) == "0.25 s"
    assert ticks.duration(200) == "3:20 min"
    assert ticks.duration(7500) == "2:05 h"
    assert ticks.duration(90000) == "1 d 1 h"
    assert ticks.stopwatch(7510) == "2:05:10"
    assert ticks.step_label(62140) == "62,140"
