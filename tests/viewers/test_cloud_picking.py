"""Points under the mouse, in boxes and lassos, and labels, compared with looking at each point by itself."""

from __future__ import annotations

import numpy as np
from cloud_fakes import clusters, scene_of, shot_of
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from runglass.viewers.cloud import picking
from runglass.viewers.cloud.labels import Room, Wish, placed, spread
from runglass.viewers.cloud.projecting import Screen, radii

coordinates = st.floats(-20, 120, width=32)
polygons = hnp.arrays(np.float64, st.tuples(st.integers(3, 40), st.just(2)), elements=st.floats(-10, 110))


def screen_at(places: np.ndarray) -> Screen:
    x, y = np.ascontiguousarray(places.T.astype(np.float32))
    return Screen(x, y, np.ones(len(places), np.float32))


def inside_by_hand(x: float, y: float, corners: np.ndarray) -> bool:
    odd = False
    for (x0, y0), (x1, y1) in zip(np.roll(corners, 1, axis=0).tolist(), corners.tolist()):
        if (y < y0) != (y < y1) and x < x0 + (y - y0) / (y1 - y0) * (x1 - x0):
            odd = not odd
    return odd


@given(hnp.arrays(np.float32, st.tuples(st.integers(0, 60), st.just(2)), elements=coordinates), polygons)
@settings(max_examples=150)
def test_a_lasso_takes_what_lies_in_it(places: np.ndarray, corners: np.ndarray) -> None:
    found = picking.in_lasso(screen_at(places), None, corners)
    low, high = corners.min(axis=0), corners.max(axis=0)
    for (x, y), taken in zip(places.astype(np.float64).tolist(), found.tolist()):
        wanted = inside_by_hand(x, y, corners) and low[0] <= x <= high[0] and low[1] <= y <= high[1]
        assert taken == wanted


def test_a_lasso_leaves_out_hidden_points_and_those_without_a_place() -> None:
    screen = Screen(*(np.array([5, 5, np.nan], np.float32) for _ in range(3)))
    corners = np.array([[0, 0], [10, 0], [10, 10], [0, 10]])
    assert picking.in_lasso(screen, None, corners).tolist() == [True, True, False]
    assert picking.in_lasso(screen, np.array([False, True, True]), corners).tolist() == [False, True, False]
    assert not picking.in_lasso(screen, None, corners[:2]).any()
    assert picking.in_box(screen, np.array([True, False, True]), 0, 0, 10, 10).tolist() == [True, False, False]


@given(st.integers(0, 10_000), st.floats(0, 200), st.floats(0, 160), st.sampled_from([2, 3]))
@settings(max_examples=60)
def test_the_mouse_finds_the_disc_on_top_or_the_nearest(seed: int, x: float, y: float, dims: int) -> None:
    scene = scene_of(clusters(80, seed)[0])
    selected = np.zeros(80, bool)
    selected[:5] = True
    scene.set_selected(selected)
    shot = shot_of(scene, dims=dims)
    screen, projection, looks = shot.screen, shot.projection, shot.looks
    found = picking.nearest(screen, projection, looks.factor, looks.layer, None, x, y)
    radius = radii(projection, screen.depth, looks.factor)
    away = np.hypot(screen.x - np.float32(x), screen.y - np.float32(y))
    under = np.flatnonzero(away <= np.maximum(radius, 2))
    if len(under):
        top = under[looks.layer[under] == looks.layer[under].max()]
        wanted = top.max() if dims == 2 else top[np.argmin(screen.depth[top])]
        assert found == wanted
    elif (away - radius).min() <= picking.REACH:
        assert found == int(np.argmin(away - radius))
    else:
        assert found == -1


def test_nothing_is_found_among_no_or_hidden_points() -> None:
    empty = shot_of(scene_of(np.zeros((0, 3))))
    assert picking.nearest(empty.screen, empty.projection, empty.looks.factor, empty.looks.layer, None, 5, 5) == -1
    one = shot_of(scene_of(np.zeros((1, 3))))
    looks, where = one.looks, (float(one.screen.x[0]), float(one.screen.y[0]))
    assert picking.nearest(one.screen, one.projection, looks.factor, looks.layer, None, *where) == 0
    hidden = np.zeros(1, bool)
    assert picking.nearest(one.screen, one.projection, looks.factor, looks.layer, hidden, *where) == -1


wishes = st.lists(
    st.builds(
        Wish,
        key=st.integers(0, 999),
        x=st.floats(0, 300),
        y=st.floats(0, 200),
        radius=st.floats(1, 6),
        width=st.floats(5, 90),
        height=st.just(13.0),
        over=st.booleans(),
    ),
    max_size=40,
)


@given(wishes)
@settings(max_examples=80)
def test_no_label_covers_another_or_leaves_the_view(wanted: list[Wish]) -> None:
    wanted = [Wish(number, w.x, w.y, w.radius, w.width, w.height, w.over) for number, w in enumerate(wanted)]
    places = placed(wanted, Room(300, 200))
    boxes = [(p.left, p.top, p.left + wanted[p.key].width, p.top + wanted[p.key].height) for p in places]
    for number, (left, top, right, bottom) in enumerate(boxes):
        assert left >= 0 and top >= 0 and right <= 300 and bottom <= 200
        for other in boxes[:number]:
            assert right <= other[0] or other[2] <= left or bottom <= other[1] or other[3] <= top
    for place in places:
        for wish in wanted:
            if not wish.over and not wanted[place.key].over:
                left, top = place.left, place.top
                right, bottom = left + wanted[place.key].width, top + wanted[place.key].height
                assert not (left < wish.x < right and top < wish.y < bottom)


def test_a_label_that_is_needed_may_cover_discs_but_no_label() -> None:
    crowd = [Wish(number, 100 + 12 * (number % 5), 40 + 6 * (number // 5), 3, 40, 13) for number in range(60)]
    middle = 27
    assert middle not in [place.key for place in placed(crowd, Room(300, 200))]
    crowd[middle] = Wish(middle, crowd[middle].x, crowd[middle].y, 3, 40, 13, needed=True)
    first = [crowd[middle], *crowd[:middle], *crowd[middle + 1 :]]
    assert placed(first, Room(300, 200))[0].key == middle


def test_the_first_wishes_come_first() -> None:
    crowd = [Wish(number, 100, 50, 3, 60, 13, True) for number in range(5)]
    assert [place.key for place in placed(crowd, Room(300, 200))] == [0]


def test_a_label_everywhere_goes_to_the_nearest_point_and_stays_there() -> None:
    scene = scene_of(clusters(3000)[0])
    shot = shot_of(scene, 400, 300)
    order = np.argsort(-shot.screen.depth)
    chosen = spread(shot.screen, order, 400, 300, 1.0, np.zeros(0, np.intp))
    assert 5 < len(chosen) < 120 and len(set(chosen.tolist())) == len(chosen)
    assert order[-1] in chosen
    again = spread(shot.screen, order, 400, 300, 1.0, chosen[:3])
    assert again[:3].tolist() == chosen[:3].tolist()
