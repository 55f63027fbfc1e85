"""The picture that numpy paints, compared with discs laid over each other one by one."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from cloud_fakes import channels, clusters, painted, palette, reference, scene_of, shot_of
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from runglass.viewers.cloud import look
from runglass.viewers.cloud.pace import BEARABLE, Pace, Work
from runglass.viewers.cloud.points import Scene, unit_space
from runglass.viewers.cloud.raster import FINE, Canvas, Detail, Painting
from runglass.viewers.cloud.sprites import Pages, Sprites, cut
from runglass.viewers.theme import DARK, LIGHT

GROUND = np.array(look.rgb(DARK.card))


def cloud(count: int = 120, dims: int = 3) -> Scene:
    positions, cluster = clusters(count)
    scene = scene_of(positions if dims == 3 else positions[:, :2])
    scene.set_colors(palette(cluster))
    return scene


@pytest.mark.parametrize("dims", [2, 3])
@pytest.mark.parametrize("ratio", [1.0, 1.25, 2.0])
def test_discs_are_smooth_and_the_nearest_lies_on_top(dims: int, ratio: float) -> None:
    shot = shot_of(cloud(120, dims), ratio=ratio, dims=dims)
    difference = np.abs(painted(shot) - reference(shot)).max(axis=2)
    assert difference.mean() < 1.0
    # Where several edges meet the renderer keeps the topmost alone.
    assert (difference > 40).mean() < 0.012


def test_a_single_disc_is_as_exact_as_its_eighths() -> None:
    scene = scene_of(np.zeros((1, 3)))
    shot = shot_of(scene, 64, 64)
    # What is covered but for an eighth of a pixel may count as covered.
    assert np.abs(painted(shot) - reference(shot)).max() <= 16


@pytest.mark.parametrize("size", [3.0, 8.0])
def test_discs_beyond_the_tables_are_the_same(size: float) -> None:
    scene = cloud(30)
    scene.set_sizes(np.full(30, size))
    shot = shot_of(scene)
    difference = np.abs(painted(shot) - reference(shot)).max(axis=2)
    assert difference.mean() < 1.0


def test_selected_points_have_a_ring_and_lie_on_top() -> None:
    scene = cloud(150)
    selected = np.zeros(150, bool)
    selected[::10] = True
    scene.set_selected(selected)
    scene.set_neighbours(np.array([1, 2, 3]))
    shot = shot_of(scene)
    picture = painted(shot)
    difference = np.abs(picture - reference(shot)).max(axis=2)
    assert difference.mean() < 1.0
    for point in np.flatnonzero(selected):
        row, column = int(shot.screen.y[point]), int(shot.screen.x[point])
        covering = np.hypot(shot.screen.x[selected] - column, shot.screen.y[selected] - row) < 12
        if covering.sum() == 1:
            assert np.abs(picture[row, column] - look_of(scene, point)).max() <= 2
    # The others step back: no pixel of the picture keeps their colour.
    unselected = channels(shot.looks.ink[shot.looks.layer == look.DIMMED])
    assert np.abs(unselected - GROUND).max() < 90


def look_of(scene: Scene, point: int) -> np.ndarray:
    return channels(scene.looks.ink[point : point + 1])[0]


def test_far_points_fade_to_the_ground_and_shrink() -> None:
    scene = scene_of(np.array([[0, 0, 1.0], [0.4, 0, -1.0]]))
    camera = replace(shot_camera(), yaw=0.0, pitch=0.0)
    shot = shot_of(scene, camera=camera)
    picture = painted(shot)
    near, far = (picture[int(shot.screen.y[i]), int(shot.screen.x[i])] for i in (0, 1))
    assert np.abs(near - look_of(scene, 0)).max() <= 3
    share = (look_of(scene, 1) - far) / (look_of(scene, 1) - GROUND)
    assert share == pytest.approx(np.full(3, look.FADE), abs=0.05)
    drawn = np.abs(picture - GROUND).max(axis=2) > 20
    between = int(shot.screen.x.mean())
    assert drawn[:, :between].sum() > 1.5 * drawn[:, between:].sum() > 0


def shot_camera():  # type: ignore[no-untyped-def]
    from runglass.viewers.cloud.camera import Camera

    return Camera(distance=4.0)


@pytest.mark.parametrize("detail", [Detail(False), Detail(False, 2), Detail(False, 2, 3)])
def test_quick_pictures_show_the_same_cloud(detail: Detail) -> None:
    shot = shot_of(cloud(400))
    fine = painted(shot)
    quick = painted(shot, detail).repeat(detail.coarse, axis=0).repeat(detail.coarse, axis=1)
    drawn_fine, drawn_quick = (np.abs(each - GROUND).max(axis=2) > 30 for each in (fine, quick))
    assert quick.shape == fine.shape
    expected = drawn_fine.sum() / (1 if detail.every == 1 else detail.every**0.5)
    assert 0.4 * expected < drawn_quick.sum() < 1.4 * drawn_fine.sum()
    # What is drawn stands where the full picture has something, but for a pixel or two.
    wide = drawn_fine.copy()
    for axis in (0, 1):
        for by in (-2, -1, 1, 2):
            wide |= np.roll(drawn_fine, by, axis)
    assert (drawn_quick & ~wide).sum() < 0.03 * drawn_quick.sum()


def test_hard_discs_keep_the_order_of_depth() -> None:
    # Many discs over each other: the nearest one is seen whole.
    positions = np.zeros((50, 3))
    positions[:, 2] = np.linspace(-1, 1, 50)
    scene = scene_of(positions)
    colors = np.full((50, 3), 40, np.uint8)
    colors[-1] = (250, 10, 10)
    scene.set_colors(colors)
    camera = replace(shot_camera(), yaw=0.0, pitch=0.0)
    for detail in (FINE, Detail(False)):
        picture = painted(shot_of(scene, 120, 120, camera), detail)
        red = (picture[..., 0] > 200) & (picture[..., 1] < 60)
        drawn = np.abs(picture - GROUND).max(axis=2) > 60
        assert red.sum() >= 0.75 * drawn.sum() > 10


def test_pieces_make_the_same_picture_as_one_go_and_leave_the_canvas_clean() -> None:
    shot = shot_of(cloud(3000))
    canvas = Canvas()
    for _ in range(3):
        painting = Painting(shot, canvas)
        turns = 1
        while not painting.advance(0.0):
            turns += 1
        assert turns > 5
        assert (channels(painting.picture) == painted(shot)).all()
    # A painting that was dropped half-way leaves no trace in the next.
    dropped = Painting(shot_of(cloud(5000), 220, 180), canvas)
    for _ in range(8):
        dropped.advance(0.0)
    again = Painting(shot, canvas)
    again.finish()
    assert (channels(again.picture) == painted(shot)).all()


@pytest.mark.parametrize("theme", [DARK, LIGHT])
@pytest.mark.parametrize(
    "positions",
    [
        np.zeros((0, 3)),
        np.ones((1, 3)),
        np.ones((40, 3)) * 7,
        np.full((5, 3), np.nan),
        np.array([[0, 0, 0], [np.nan, 0, 0], [np.inf, 1, 1], [1, 2, 3]]),
        np.array([[1e38, -1e38, 0], [-3e38, 3e38, 1], [0, 0, 0]]),
        np.array([[1e-40, 0, 0], [0, 1e-40, 0]]),
        np.array([[1e9, 0, 0], [1e9 + 1, 1, 1]]),
    ],
)
def test_odd_clouds_are_drawn_too(theme, positions: np.ndarray) -> None:  # type: ignore[no-untyped-def]
    scene = scene_of(positions, theme)
    for dims in (2, 3):
        shot = shot_of(scene, dims=dims)
        for detail in (FINE, Detail(False), Detail(False, 2, 2)):
            picture = painted(shot, detail)
            drawn = np.abs(picture - look.rgb(theme.card)).max(axis=2) > 20
            assert drawn.any() == bool(scene.shown().any())


@given(hnp.arrays(np.float32, st.tuples(st.integers(0, 30), st.just(3)), elements=st.floats(width=32)))
@settings(max_examples=80)
def test_any_cloud_fills_its_space(positions: np.ndarray) -> None:
    space = unit_space(positions)
    finite = np.isfinite(positions).all(axis=1)
    assert space.shape == (3, len(positions))
    assert np.isfinite(space[:, finite]).all() and np.isnan(space[:, ~finite]).all()
    if finite.any():
        extent = positions[finite].astype(np.float64)
        half = (extent.max(axis=0) - extent.min(axis=0)).max() / 2
        assert np.abs(space[:, finite]).max() == pytest.approx(1.0 if half > 0 else 0.0, abs=1e-3)
    painted(shot_of(scene_of(positions), 40, 30))


def test_hidden_points_are_not_drawn() -> None:
    scene = cloud(200)
    scene.set_isolated(np.zeros(200, bool))
    assert (painted(shot_of(scene)) == GROUND).all()
    one = np.zeros(200, bool)
    one[7] = True
    scene.set_isolated(one)
    shot = shot_of(scene)
    assert np.abs(painted(shot) - reference(shot)).max() <= 16


def test_alpha_lets_the_ground_through() -> None:
    scene = scene_of(np.zeros((1, 3)))
    scene.set_colors(np.array([[255, 0, 0, 64]], np.uint8))
    picture = painted(shot_of(scene, 60, 60, dims=2))
    expected = GROUND + (np.array([255, 0, 0]) - GROUND) * 64 / 255
    assert picture[30, 30] == pytest.approx(expected, abs=2)


def test_wrong_lengths_are_refused() -> None:
    scene = cloud(10)
    for call, value in (
        (scene.set_colors, np.zeros((9, 3), np.uint8)),
        (scene.set_sizes, np.ones(11)),
        (scene.set_selected, np.ones(9, bool)),
        (scene.set_isolated, np.ones(9, bool)),
        (scene.set_neighbours, np.array([10])),
        (scene.set_positions, np.zeros(10)),
        (scene.set_positions, np.zeros((10, 4))),
        (scene.set_sprites, Sprites(np.zeros((9, 4, 4, 3), np.uint8))),
    ):
        with pytest.raises(ValueError):
            call(value)  # type: ignore[operator]


# Sprites


def sprite_sheet(count: int, height: int, width: int) -> np.ndarray:
    random = np.random.default_rng(5)
    return random.integers(0, 255, (count, height, width, 4), dtype=np.uint8) | np.array([0, 0, 0, 255], np.uint8)


def slow_sprites(shot) -> np.ndarray:  # type: ignore[no-untyped-def]
    """Sprites one by one with the nearest texel, without frames."""
    from runglass.viewers.cloud.projecting import fading, radii
    from runglass.viewers.cloud.raster_sprites import sides, usual_side

    projection, screen = shot.projection, shot.screen
    count = len(screen.x)
    images = shot.sprites.halved(shot.sprites.level(usual_side(projection, count)))
    picture = np.tile(GROUND, (projection.height, projection.width, 1)).astype(float)
    side = sides(radii(projection, screen.depth, shot.looks.factor), count, projection.ratio)
    fade = fading(projection, screen.depth)
    tall, broad = shot.sprites.shape
    for point in np.argsort(-screen.depth, kind="stable"):
        height, width = max(round(side[point] * tall), 1), max(round(side[point] * broad), 1)
        left, top = np.ceil(screen.x[point] - width / 2 - 0.5), np.ceil(screen.y[point] - height / 2 - 0.5)
        for row in range(height):
            for column in range(width):
                y, x = int(top + row), int(left + column)
                texel = images[point, int((row + 0.5) / height * images.shape[1]),
                               int((column + 0.5) / width * images.shape[2])]  # fmt: skip
                if 0 <= y < projection.height and 0 <= x < projection.width and texel[3] >= 128:
                    picture[y, x] = texel[:3] + (GROUND - texel[:3]) * fade[point]
    return picture


@pytest.mark.parametrize("shape", [(28, 28), (10, 17), (60, 31), (1, 1)])
def test_sprites_stand_where_their_points_are(shape: tuple[int, int]) -> None:
    scene = scene_of(clusters(60)[0])
    scene.set_sprites(Sprites(sprite_sheet(60, *shape)))
    shot = shot_of(scene)
    assert np.abs(painted(shot, Detail(False)) - slow_sprites(shot)).max() <= 2


def test_transparent_parts_of_sprites_show_what_lies_behind() -> None:
    images = sprite_sheet(80, 20, 20)
    images[:, :10, :, 3] = 10
    scene = scene_of(clusters(80)[0])
    scene.set_sprites(Sprites(images))
    assert not scene.sprites.opaque  # type: ignore[union-attr]
    shot = shot_of(scene)
    assert np.abs(painted(shot, Detail(False)) - slow_sprites(shot)).max() <= 2


def test_a_sheet_is_cut_row_by_row_whatever_its_shape() -> None:
    pictures = sprite_sheet(7, 3, 5)
    sheet = np.zeros((3 * 3, 3 * 5, 4), np.uint8)
    for number, picture in enumerate(pictures):
        row, column = divmod(number, 3)
        sheet[row * 3 : row * 3 + 3, column * 5 : column * 5 + 5] = picture
    assert (cut(sheet, 5, 3, 7) == pictures).all()
    with pytest.raises(ValueError, match="room for 9"):
        cut(sheet, 5, 3, 10)


@given(st.integers(1, 200), st.integers(1, 40), st.integers(1, 40), st.integers(40, 200))
@settings(max_examples=60)
def test_pages_hold_every_picture_once_within_the_limit(count: int, height: int, width: int, limit: int) -> None:
    pages = Pages(count, height, width, limit)
    images = np.arange(count, dtype=np.uint16).reshape(-1, 1, 1, 1).view(np.uint8).reshape(count, 1, 1, 2)
    whole = np.zeros((count, height, width, 4), np.uint8)
    whole[..., :2] = images
    seen = []
    for page in range(pages.pages):
        first, last = pages.range(page)
        drawn = pages.draw(whole, page)
        assert max(drawn.shape[:2]) <= limit and drawn.shape[:2] == pages.size[::-1]
        for number in range(last - first):
            row, column = divmod(number, pages.across)
            cell = drawn[row * height : (row + 1) * height, column * width : (column + 1) * width]
            assert (cell == whole[first + number]).all()
            seen.append(first + number)
    assert seen == list(range(count))


# The pace


def test_detail_follows_the_size_of_the_work() -> None:
    pace = Pace()
    picture = 1000 * 800
    assert pace.choose(Work(picture, 1_000, 4.0)) == FINE
    assert pace.choose(Work(picture, 100_000, 2.0)) == Detail(False)
    assert pace.choose(Work(picture, 1_000_000, 1.4)).coarse == 2
    huge = Work(picture, 20_000_000, 1.2)
    assert pace.choose(huge).every > 1


def test_a_slow_machine_paints_less() -> None:
    pace, work = Pace(), Work(1000 * 800, 100_000, 2.0)
    for _ in range(20):
        detail = pace.choose(work)
        pace.learn(work, detail, 5 * work.seconds(detail))
    assert pace.choose(work) != Detail(False)
    assert pace.expected(work, pace.choose(work)) <= BEARABLE


def test_a_cloud_without_outliers_is_seen_whole_and_a_far_point_does_not_shrink_it() -> None:
    positions = clusters(400)[0]
    ball = scene_of(positions).ball
    scene = scene_of(positions)
    away = np.linalg.norm(scene.space - np.array(ball.centre, np.float32)[:, None], axis=0)
    assert away.max() <= ball.radius * 1.0001
    with_one_far = scene_of(np.concatenate([positions, [[30.0, 0.0, 0.0]]]).astype(np.float32))
    far = np.linalg.norm(with_one_far.space - np.array(with_one_far.ball.centre, np.float32)[:, None], axis=0)
    assert with_one_far.ball.radius < 0.8 * far.max()
