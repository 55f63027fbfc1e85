"""The numbers behind the images pane: tone, nearest step, keys, and where a picture stands in its view."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst

from runglass.viewers.images import tone
from runglass.viewers.images.geometry import USUAL, Room, Zoom, halved, level_for, moved, pixel_at, place, zoomed
from runglass.viewers.images.keys import CardKey
from runglass.viewers.images.steps import nearest, rising, union, written_at

STEPS = npst.arrays(np.int64, st.integers(1, 40), elements=st.integers(-(2**63), 2**63 - 1))


@given(st.integers(0, 255), st.floats(0, 2), st.floats(0, 5))
def test_the_tone_is_that_of_the_formula(value: int, brightness: float, contrast: float) -> None:
    first = min(max((value / 255 - 0.5) * contrast + 0.5, 0.0), 1.0)
    second = min(max(first * brightness, 0.0), 1.0)
    assert abs(int(tone.table(brightness, contrast)[value]) - second * 255) <= 0.5 + 1e-9


def test_the_usual_tone_changes_nothing_and_the_ends_are_those_of_tensorboard() -> None:
    assert tone.table(1, 1).tolist() == list(range(256))
    assert set(tone.table(1, 0).tolist()) == {128}
    assert set(tone.table(0, 1).tolist()) == {0}
    assert tone.table(2, 1)[[0, 64, 128, 255]].tolist() == [0, 128, 255, 255]


def test_alpha_stays_as_it_is() -> None:
    pixels = np.array([[[10, 20, 30, 40], [250, 128, 0, 255]]], np.uint8)
    entries = tone.table(0.5, 2.0)
    wanted = entries[pixels[..., :3]]
    tone.apply(pixels, entries)
    assert (pixels[..., :3] == wanted).all()
    assert pixels[..., 3].tolist() == [[40, 255]]


@given(STEPS, st.integers(-(2**52), 2**52))
def test_no_step_is_nearer_than_the_nearest(steps: np.ndarray, target: int) -> None:
    found = nearest(steps, target)
    distance = [abs(step - target) for step in steps.tolist()]
    best = min(distance)
    # 2^63 less a step is worked out in float64 by the search, as the target may be one.
    assert distance[found] <= best * (1 + 1e-15)
    assert found == max(index for index, step in enumerate(steps.tolist()) if step == steps[found])


def test_of_equal_steps_the_last_written_is_taken_and_of_two_as_near_the_lower() -> None:
    assert nearest(np.array([0, 10, 20, 10, 20]), 10) == 3
    assert nearest(np.array([0, 10, 20]), 15) == 1
    assert nearest(np.array([0, 10, 20]), 1e30) == 2
    assert nearest(np.array([1.5, 2.5]), -4.0) == 0


@given(STEPS)
def test_the_order_of_steps_keeps_equal_ones_as_they_were_written(steps: np.ndarray) -> None:
    order = rising(steps)
    assert order.tolist() == sorted(range(len(steps)), key=lambda index: (steps[index], index))


@given(npst.arrays(np.int64, st.integers(1, 20), elements=st.integers(0, 3)), st.data())
def test_pictures_of_one_step_are_found_in_the_order_they_were_written(steps: np.ndarray, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, len(steps) - 1))
    same = written_at(steps, index).tolist()
    assert index in same and same == [at for at, step in enumerate(steps.tolist()) if step == steps[index]]
    assert same[-1] == nearest(steps, int(steps[index]))


def test_the_steps_of_several_series_are_each_there_once() -> None:
    assert union([np.array([3, 1, 3]), np.array([2, 3])]).tolist() == [1, 2, 3]
    assert union([]).tolist() == []


@given(st.text(), st.text(st.characters(exclude_characters="\x00")), st.integers(0, 10**6))
def test_a_key_survives_its_text(tag: str, run: str, sample: int) -> None:
    key = CardKey(tag, run, sample)
    assert CardKey.parse(key.text) == key


@pytest.mark.parametrize("text", ["", "tag", "tag\x00run", "tag\x00run\x00x", "tag\x00run\x00-1", "5", "\x005"])
def test_other_texts_are_no_keys(text: str) -> None:
    assert CardKey.parse(text) is None


ROOMS = st.builds(
    Room, st.floats(20, 2000), st.floats(20, 2000), st.integers(1, 20000), st.integers(1, 20000), st.booleans()
)
SHARES = st.floats(0, 1)


@given(ROOMS)
def test_a_fitted_picture_lies_in_the_view_and_touches_two_edges(room: Room) -> None:
    found = place(Room(room.width, room.height, room.columns, room.rows), USUAL)
    assert found.left >= -1e-6 and found.top >= -1e-6
    assert found.width <= room.width + 1e-6 and found.height <= room.height + 1e-6
    assert found.width == pytest.approx(room.width) or found.height == pytest.approx(room.height)


def test_actual_size_is_one_to_one_and_extreme_shapes_stay_visible() -> None:
    assert place(Room(300, 200, 64, 32, True), USUAL) == place(Room(300, 200, 64, 32, True), Zoom(1, 0.9, 0.9))
    found = place(Room(300, 200, 64, 32, True), USUAL)
    assert (found.left, found.top, found.width, found.height) == (118, 84, 64, 32)
    assert place(Room(200, 200, 20000, 5), USUAL).height == 1
    assert place(Room(200, 100, 1, 1), USUAL).width == 100


@given(ROOMS, SHARES, SHARES, st.floats(0.3, 4))
def test_zooming_keeps_the_picture_over_its_view(room: Room, x: float, y: float, ratio: float) -> None:
    zoom = USUAL
    for _ in range(5):
        zoom = zoomed(room, zoom, x * room.width, y * room.height, ratio)
        found = place(room, zoom)
        for start, size, view in ((found.left, found.width, room.width), (found.top, found.height, room.height)):
            if size > view:
                assert start <= 1e-6 and start + size >= view - 1e-6
            else:
                assert start == pytest.approx((view - size) / 2)


@given(st.integers(2, 3000), st.integers(2, 3000), st.floats(0.05, 0.95), st.floats(0.05, 0.95))
def test_what_is_under_the_mouse_stays_there(columns: int, rows: int, x: float, y: float) -> None:
    room = Room(400, 300, columns, rows)
    zoom = zoomed(room, USUAL, 200, 150, 1000.0)
    before = place(room, zoom)
    after_zoom = zoomed(room, zoom, x * 400, y * 300, 0.999)
    after = place(room, after_zoom)
    if min(after.width - 400, after.height - 300, before.width - 400, before.height - 300) < 1:
        return
    share = ((x * 400 - before.left) / before.width, (y * 300 - before.top) / before.height)
    again = ((x * 400 - after.left) / after.width, (y * 300 - after.top) / after.height)
    inner = 400 / after.width, 300 / after.height
    for was, now, edge in zip(share, again, inner, strict=True):
        if edge < was < 1 - edge:
            assert now == pytest.approx(was, abs=1e-6)


def test_dragging_moves_the_picture_by_as_much_and_stops_at_its_edges() -> None:
    room = Room(100, 100, 10, 10)
    zoom = zoomed(room, USUAL, 50, 50, 4.0)
    before = place(room, zoom)
    after = place(room, moved(room, zoom, 7, -3))
    assert after.left == pytest.approx(before.left + 7) and after.top == pytest.approx(before.top - 3)
    assert place(room, moved(room, zoom, 1e6, 0)).left == pytest.approx(0)


def test_the_pixel_under_the_mouse() -> None:
    room = Room(100, 200, 10, 10)
    assert pixel_at(room, USUAL, 0.5, 50.5) == (0, 0)
    assert pixel_at(room, USUAL, 99.5, 149.5) == (9, 9)
    assert pixel_at(room, USUAL, 50, 49) is None


@given(st.integers(1, 100_000), st.floats(1e-4, 10))
def test_a_halved_picture_has_enough_pixels_for_its_scale(length: int, scale: float) -> None:
    level = level_for(scale)
    assert halved(length, level) >= length * min(scale, 1.0) - 1e-6
    assert level == 0 or halved(length, level) <= length * scale * 2 + 1
