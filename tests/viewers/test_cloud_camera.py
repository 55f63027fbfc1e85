"""The camera of the cloud: what it looks at stays under the hand, and its state goes to files and back."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest
from cloud_fakes import clusters, scene_of
from hypothesis import given
from hypothesis import strategies as st

from runglass.viewers.cloud.camera import Camera, Viewport, home
from runglass.viewers.cloud.projecting import projection_of, screen_of

VIEW = Viewport(800, 600)
angles = st.floats(-3.1, 3.1)
cameras = st.builds(
    Camera,
    dimensions=st.sampled_from([2, 3]),
    target=st.tuples(*[st.floats(-2, 2)] * 3),
    distance=st.floats(0.5, 20),
    yaw=angles,
    pitch=st.floats(-1.5, 1.5),
    half_height=st.floats(0.1, 10),
)
junk = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=8,
)


def on_screen(camera: Camera, place: tuple[float, float, float], view: Viewport = VIEW) -> tuple[float, float]:
    scene = scene_of(clusters(50)[0])
    projection = projection_of(camera, int(view.width), int(view.height), 1.0, 50, scene.ball)
    screen = screen_of(np.array(place, np.float32)[:, None], projection)
    return float(screen.x[0]), float(screen.y[0])


@given(cameras)
def test_the_target_is_in_the_middle(camera: Camera) -> None:
    assert on_screen(camera, camera.target) == pytest.approx((400, 300), abs=0.05)


@given(cameras, angles, angles)
def test_turning_keeps_target_and_distance(camera: Camera, right: float, up: float) -> None:
    turned = camera.orbited(right, up)
    assert turned.target == camera.target
    if camera.dimensions == 3:
        assert math.dist(turned.position, turned.target) == pytest.approx(camera.distance)
        assert abs(turned.pitch) < math.pi / 2
    axes = turned.axes()
    assert axes @ axes.T == pytest.approx(np.eye(3), abs=1e-9)


@given(cameras, st.floats(-300, 300), st.floats(-300, 300))
def test_what_is_dragged_follows_the_hand(camera: Camera, right: float, down: float) -> None:
    moved = camera.panned(right, down, VIEW)
    assert on_screen(moved, camera.target) == pytest.approx((400 + right, 300 + down), abs=0.2)


@given(cameras, st.floats(0.5, 2), st.floats(0, 800), st.floats(0, 600))
def test_the_wheel_keeps_what_is_under_it(camera: Camera, factor: float, x: float, y: float) -> None:
    # The place in the plane of the target that lies under the mouse.
    unit = camera.depth / camera.focal(VIEW.height)
    axes = camera.axes()
    place = np.array(camera.target) + axes[0] * (x - 400) * unit - axes[1] * (y - 300) * unit
    nearer = camera.dollied(factor, x, y, VIEW)
    assert on_screen(nearer, tuple(place.tolist())) == pytest.approx((x, y), abs=0.3)
    before = camera.distance if camera.dimensions == 3 else camera.half_height
    after = nearer.distance if camera.dimensions == 3 else nearer.half_height
    assert after == pytest.approx(before / factor)


def test_dragging_to_the_right_turns_the_near_side_to_the_right() -> None:
    camera = Camera(yaw=0.0, pitch=0.0, distance=4.0)
    near = (0.0, 0.0, 1.0)
    assert on_screen(camera.orbited(0.2, 0.0), near)[0] > 420
    assert on_screen(camera.orbited(0.0, 0.2), near)[1] < 290


@given(cameras)
def test_the_session_gets_the_same_camera_back(camera: Camera) -> None:
    assert Camera.from_json(json.loads(json.dumps(camera.to_json()))) == camera


@given(cameras)
def test_a_bookmark_of_tensorboard_gets_the_same_view_back(camera: Camera) -> None:
    state = json.loads(json.dumps(camera.to_tensorboard()))
    assert set(state) == {"orthographic", "position", "target", "zoom"}
    found = Camera.from_tensorboard(state)
    assert found is not None and found.dimensions == camera.dimensions
    for place in ((0.1, 0.2, 0.3), (-0.5, 0.4, 0.0)):
        flat = (place[0], place[1], 0.0) if camera.dimensions == 2 else place
        depth = camera.rows()[2] @ np.array([*flat, 1.0])
        if depth > 0.1:
            assert on_screen(found, flat) == pytest.approx(on_screen(camera, flat), abs=0.5)


def test_a_bookmark_that_tensorboard_wrote_shows_as_much_of_the_cloud() -> None:
    state = {"orthographic": False, "position": [0.45, 0.9, 1.6], "target": [0, 0, 0], "zoom": 1}
    camera = Camera.from_tensorboard(state)
    assert camera is not None
    # TensorBoard sees 2 * distance * tan(35 degrees) of the plane through the target.
    seen = 2 * camera.distance * math.tan(math.radians(24))
    assert seen == pytest.approx(2 * math.sqrt(0.45**2 + 0.9**2 + 1.6**2) * math.tan(math.radians(35)))
    assert np.array(camera.position) / camera.distance == pytest.approx(np.array([0.45, 0.9, 1.6]) / 1.8902, abs=1e-4)


@given(junk)
def test_a_damaged_state_is_refused(state: object) -> None:
    for read in (Camera.from_json, Camera.from_tensorboard):
        found = read(state)
        assert found is None or found.distance > 0


@given(st.dictionaries(st.sampled_from(["position", "target", "zoom", "orthographic", "dimensions", "distance",
                                        "yaw", "pitch", "half_height"]), junk))  # fmt: skip
def test_a_half_damaged_state_is_refused_or_usable(state: dict[str, object]) -> None:
    for read in (Camera.from_json, Camera.from_tensorboard):
        found = read(state)
        if found is not None:
            assert np.isfinite(found.rows()).all()


@pytest.mark.parametrize("size", [(800, 600), (300, 900), (1200, 200)])
def test_home_sees_every_point_in_two_dimensions_and_nearly_all_in_three(size: tuple[int, int]) -> None:
    scene = scene_of(clusters(3000)[0] * [1, 5, 1] + 40)
    view = Viewport(*size)
    for dimensions, least in ((2, 1.0), (3, 0.99)):
        camera = home(dimensions, scene.ball, view)
        projection = projection_of(camera, *size, 1.0, scene.count, scene.ball)
        screen = screen_of(scene.space, projection)
        inside = (screen.x > 0) & (screen.x < size[0]) & (screen.y > 0) & (screen.y < size[1])
        assert inside.mean() >= least
