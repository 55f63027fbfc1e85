"""The numbers behind comparing pictures: differences, flicker, divider and tiles, slots."""

from __future__ import annotations

import itertools
import json
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst

from runglass.viewers.images.compare import difference
from runglass.viewers.images.compare.difference import (
    Cancelled,
    Pixels,
    absolute_table,
    differ,
    signed_table,
)
from runglass.viewers.images.compare.flicker import RATES, turn_at, until_next
from runglass.viewers.images.compare.layout import across, common, divider, same_pixels, split_at, tiles
from runglass.viewers.images.compare.readout import signed, subtracted
from runglass.viewers.images.compare.settings import CompareSettings, Way
from runglass.viewers.images.compare.slots import MOST, Selection, Slot
from runglass.viewers.images.geometry import Place, Room, Zoom, pixel_at, place
from runglass.viewers.images.keys import CardKey
from runglass.viewers.images.readout import Pixel

BELOW, NEUTRAL, ABOVE = (0.2, 0.4, 0.9), (0.1, 0.1, 0.12), (1.0, 0.5, 0.2)


def plain(largest: int) -> np.ndarray:
    return signed_table(largest, 1.0, BELOW, NEUTRAL, ABOVE)


def pixels_of(values: np.ndarray) -> Pixels:
    return Pixels(tuple(values[..., channel] for channel in range(values.shape[2])))


@st.composite
def pictures(draw: st.DrawFn) -> np.ndarray:
    kind = draw(st.sampled_from([np.uint8, np.uint16]))
    shape = (draw(st.integers(1, 7)), draw(st.integers(1, 7)), draw(st.sampled_from([3, 4])))
    values: np.ndarray = draw(npst.arrays(kind, shape))
    return values


def naive(first: np.ndarray, second: np.ndarray) -> tuple[np.ndarray, int]:
    """First less second over the common area, int64 (rows, columns, channels), and the largest value."""
    largest = max(np.iinfo(first.dtype).max, np.iinfo(second.dtype).max)
    rows, columns = min(first.shape[0], second.shape[0]), min(first.shape[1], second.shape[1])
    channels = max(first.shape[2], second.shape[2])
    whole = []
    for values in (first, second):
        scale = largest // np.iinfo(values.dtype).max
        full = np.full((rows, columns, channels), largest, np.int64)
        full[..., : values.shape[2]] = values[:rows, :columns].astype(np.int64) * scale
        whole.append(full)
    return whole[0] - whole[1], int(largest)


@given(pictures(), pictures(), st.integers(1, 3))
def test_the_numbers_are_those_of_plain_subtraction(first: np.ndarray, second: np.ndarray, strip: int) -> None:
    wanted, largest = naive(first, second)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(difference, "_STRIP", strip * wanted.shape[1])
        _values, found = differ(pixels_of(first), pixels_of(second), plain, True)
    sizes = np.abs(wanted)
    assert found.largest == largest and found.most == sizes.max()
    assert found.mean == pytest.approx(sizes.mean(), rel=1e-12, abs=1e-12)
    assert found.differing == np.count_nonzero(sizes.max(axis=2)) and found.pixels == sizes[..., 0].size
    if found.most:
        at = int(sizes.max(axis=2).argmax())
        assert (found.row, found.column) == divmod(at, sizes.shape[1])


@given(pictures(), pictures())
def test_a_signed_pixel_has_the_colour_of_the_channel_that_differs_most(first: np.ndarray, second: np.ndarray) -> None:
    wanted, largest = naive(first, second)
    values, _found = differ(pixels_of(first), pixels_of(second), plain, True)
    table = plain(largest)
    for row, column in np.ndindex(values.shape):
        each = wanted[row, column]
        most = np.abs(each).max()
        # Of two that differ as much in both directions that of more is shown.
        shown = most if most in each else -most
        assert values[row, column] == table[shown + largest]


@given(pictures(), pictures(), st.floats(1, 64))
def test_an_absolute_pixel_has_the_size_of_each_channel(first: np.ndarray, second: np.ndarray, gain: float) -> None:
    wanted, largest = naive(first, second)
    values, _found = differ(pixels_of(first), pixels_of(second), lambda most: absolute_table(most, gain), False)
    sizes = np.abs(wanted)
    if sizes.shape[2] == 4:
        sizes = np.maximum(sizes[..., :3], sizes[..., 3:])
    bright = np.rint(np.minimum(sizes * (gain / largest), 1.0) * 255).astype(np.uint32)
    assert (values == (0xFF000000 | bright[..., 0] << 16 | bright[..., 1] << 8 | bright[..., 2])).all()


@given(pictures(), pictures(), st.integers(1, 3), st.booleans(), st.integers(1, 40))
def test_a_halved_difference_loses_none(
    first: np.ndarray, second: np.ndarray, level: int, signs: bool, strip: int
) -> None:
    wanted, largest = naive(first, second)

    def paint(most: int) -> np.ndarray:
        return plain(most) if signs else absolute_table(most, 1.0)

    whole, numbers = differ(pixels_of(first), pixels_of(second), paint, signs)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(difference, "_STRIP", strip)
        seen, again = differ(pixels_of(first), pixels_of(second), paint, signs, level=level)
    assert again.most == numbers.most and again.mean == pytest.approx(numbers.mean)
    side = 1 << level
    assert seen.shape == tuple(-(-length // side) for length in whole.shape)
    for row, column in np.ndindex(seen.shape):
        part = wanted[row * side : (row + 1) * side, column * side : (column + 1) * side]
        if signs:
            most = np.abs(part).max()
            assert seen[row, column] == plain(largest)[(most if most in part else -most) + largest]
        else:
            block = whole[row * side : (row + 1) * side, column * side : (column + 1) * side]
            for shift in (16, 8, 0):
                assert int(seen[row, column]) >> shift & 255 == (block >> shift & 255).max()


@given(pictures(), pictures())
def test_to_swap_two_pictures_turns_the_signs_round(first: np.ndarray, second: np.ndarray) -> None:
    one, numbers = differ(pixels_of(first), pixels_of(second), plain, True)
    other, again = differ(pixels_of(second), pixels_of(first), lambda most: plain(most)[::-1], True)
    assert numbers == again
    # Where two channels differ as much in opposite directions, more is shown in either order.
    wanted, _largest = naive(first, second)
    tied = wanted.max(axis=2) == -wanted.min(axis=2)
    assert (one == other)[~tied].all()


@given(pictures())
def test_a_picture_does_not_differ_from_itself(values: np.ndarray) -> None:
    seen, found = differ(pixels_of(values), pixels_of(values), plain, True)
    assert (found.most, found.mean, found.differing) == (0, 0.0, 0)
    assert set(np.unique(seen).tolist()) == {int(plain(found.largest)[found.largest])}


@given(st.sampled_from([255, 65535]), st.floats(1, 64))
def test_colours_go_from_one_side_over_neutral_to_the_other(largest: int, gain: float) -> None:
    table = signed_table(largest, gain, BELOW, NEUTRAL, ABOVE)
    assert len(table) == 2 * largest + 1

    def parts(color: int) -> tuple[float, ...]:
        return tuple((color >> shift & 255) / 255 for shift in (16, 8, 0))

    for index, wanted in ((0, BELOW), (largest, NEUTRAL), (2 * largest, ABOVE)):
        assert parts(int(table[index])) == pytest.approx(wanted, abs=1.5 / 255)
    full = int(np.ceil(largest / gain))
    assert table[largest + full] == table[-1] and table[largest - full] == table[0]
    blue = (table & 255).astype(np.int64)
    assert (np.diff(blue[: largest + 1]) <= 0).all()
    red = (table >> 16 & 255).astype(np.int64)
    assert (np.diff(red[largest:]) >= 0).all()


def test_a_difference_that_nobody_waits_for_is_given_up() -> None:
    values = np.zeros((9, 9, 3), np.uint8)
    asked = itertools.count()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(difference, "_STRIP", 9)
        with pytest.raises(Cancelled):
            differ(pixels_of(values), pixels_of(values), plain, True, lambda: next(asked) >= 3)
    assert next(asked) == 4


@given(st.floats(0, 1e5), st.sampled_from(RATES), st.integers(1, 4), st.integers(0, 3))
def test_each_picture_has_its_time_and_they_go_round(elapsed: float, rate: float, count: int, first: int) -> None:
    here, wait = turn_at(elapsed, rate, count, first), until_next(elapsed, rate)
    assert 0 <= here < count and 0 < wait <= 1 / rate * (1 + 1e-9)
    assert turn_at(elapsed + wait + 0.25 / rate, rate, count, first) == (here + 1) % count
    if wait > 1e-6:
        assert turn_at(elapsed + wait * 0.99, rate, count, first) == here


@given(st.floats(0, 500), st.floats(1, 2000), st.floats(-1, 2))
def test_the_divider_stays_over_the_picture_and_goes_where_it_is_dragged(
    left: float, wide: float, split: float
) -> None:
    seen = Place(left, 0, wide, 10)
    x = divider(seen, split)
    assert left - 0.5 <= x <= left + wide + 0.5
    assert 0 <= split_at(seen, x) <= 1
    assert abs(divider(seen, split_at(seen, x)) - x) <= 1


@given(st.integers(1, 4), st.integers(1, 3000), st.integers(1, 3000), st.integers(1, 5000), st.integers(1, 5000))
def test_tiles_fill_the_area_and_do_not_overlap(count: int, width: int, height: int, columns: int, rows: int) -> None:
    side = across(count, width, height, columns, rows)
    assert 1 <= side <= count
    made = tiles(count, side, width, height)
    assert len(made) == count
    assume(width > 60 and height > 60)
    covered = {(left, top) for left, top, _wide, _high in made}
    assert len(covered) == count
    for (left, top, wide, high), (x, y, w, h) in itertools.combinations(made, 2):
        assert left + wide <= x or x + w <= left or top + high <= y or y + h <= top
    assert max(left + wide for left, _top, wide, _high in made) == width
    assert max(top + high for _left, top, _wide, high in made) == height


@given(st.integers(2, 4), st.integers(100, 2000), st.integers(100, 2000))
def test_no_other_arrangement_shows_pictures_larger(count: int, width: int, height: int) -> None:
    def scale(side: int) -> float:
        down = -(-count // side)
        return min((width - 12 * (side - 1)) / side / 4, (height - 12 * (down - 1)) / down / 3)

    chosen = across(count, width, height, 4, 3)
    assert scale(chosen) >= max(map(scale, range(1, count + 1))) * (1 - 1e-6)


@given(st.floats(0.3, 1.0), st.floats(0.3, 1.0), st.integers(40, 200), st.integers(40, 200))
def test_linked_in_actual_size_the_same_pixel_stands_at_the_same_place(
    x: float, y: float, columns: int, rows: int
) -> None:
    first, second = Room(20, 20, columns, rows, True), Room(20, 20, columns + 100, rows + 60, True)
    zoom = Zoom(1.0, min(x, 1 - 10 / columns), min(y, 1 - 10 / rows))
    assume(zoom.x * columns >= 10 and zoom.y * rows >= 10)
    other = same_pixels(zoom, (columns, rows), (columns + 100, rows + 60))
    here, there = place(first, zoom), place(second, other)
    assert (here.left, here.top) == pytest.approx((there.left, there.top), abs=1e-6)
    assert pixel_at(first, zoom, 10.25, 10.25) is not None


def test_the_common_area_is_the_least_of_each_side() -> None:
    assert common([(64, 48), (32, 100), (50, 50)]) == (32, 48)


RUNS = st.text(st.characters(exclude_characters="\x00"), max_size=4)
CARDS = st.builds(CardKey, st.text(max_size=4), RUNS, st.integers(0, 3))
SLOTS = st.builds(Slot, CARDS, st.none() | st.integers(-(2**63) + 1, 2**63 - 1))


@given(st.lists(SLOTS, max_size=6), st.tuples(st.integers(-1, 5), st.integers(-1, 5)), st.integers(0, 5))
def test_a_selection_stays_whole_whatever_is_added_and_taken(
    slots: list[Slot], pair: tuple[int, int], gone: int
) -> None:
    chosen = Selection()
    for slot in slots:
        chosen = chosen.added(slot)
    assert chosen.slots == tuple(slots[:MOST])
    chosen = chosen.with_pair(*pair)
    kept = [chosen.slots[at] for at in chosen.pair if at != gone and at < len(chosen.slots)]
    less = chosen.removed(gone)
    assert len(less.slots) == len(chosen.slots) - (gone < len(chosen.slots))
    for each in (chosen, less):
        if each.usable:
            assert each.pair[0] != each.pair[1] and min(each.pair) >= 0 and max(each.pair) < len(each.slots)
        assert Selection.from_json(json.loads(json.dumps(each.to_json()))) == each
    if less.usable:
        # Pictures of the pair that are still there are still in it, in their order.
        shown = [less.slots[at] for at in less.pair]
        assert all(slot in shown for slot in kept)


def test_the_pair_keeps_its_pictures_when_another_goes() -> None:
    slots = [Slot(CardKey("t", run, 0)) for run in "abcd"]
    chosen = Selection(tuple(slots), (3, 1))
    assert [chosen.removed(0).slots[at].card.run for at in chosen.removed(0).pair] == ["d", "b"]
    assert [chosen.removed(3).slots[at].card.run for at in chosen.removed(3).pair] == ["a", "b"]
    assert [chosen.removed(1).slots[at].card.run for at in chosen.removed(1).pair] == ["d", "a"]


JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["slots", "pair", "card", "step", "turn", "way", "gain", "rate", "split", "signed"]), inner
        )
    ),
    max_leaves=12,
)


@given(JUNK)
def test_a_damaged_session_makes_a_usable_state(state: Any) -> None:
    chosen = Selection.from_json(state)
    assert len(chosen.slots) <= MOST
    if isinstance(state, dict):
        now = CompareSettings.from_json(state)
        assert 1 <= now.gain <= 64 and now.rate in RATES and 0 <= now.split <= 1 and now.way in Way


@given(
    st.lists(st.integers(0, 255), min_size=3, max_size=4),
    st.lists(st.integers(0, 65535), min_size=3, max_size=4),
)
def test_the_read_out_subtracts_as_the_picture_does(first: list[int], second: list[int]) -> None:
    one, other = np.array([[first]], np.uint8), np.array([[second]], np.uint16)
    wanted, largest = naive(one, other)
    found = subtracted(Pixel(0, 0, tuple(first)), Pixel(0, 0, tuple(second), 65535))
    assert found == (wanted[0, 0].tolist(), largest)
    assert subtracted(None, Pixel(0, 0, (1, 2, 3))) is None


def test_numbers_carry_their_sign() -> None:
    assert [signed(3), signed(-3), signed(0), signed(-0.25, ".3f")] == ["+3", "−3", "0", "−0.250"]
