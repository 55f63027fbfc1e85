"""Where a cloud is looked at from: orbit, pan and dolly in 3D, pan and zoom in 2D. No Qt.

A camera looks at the space of :class:`~.points.Scene`, in which a cloud lies between -1 and 1. It is immutable: each
movement gives another camera. In 3D it stands on a turntable (yaw and pitch about a target, the y axis up), as
TensorBoard's does, so that a bookmark goes both ways.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

#: Vertical angle of view.
FIELD = math.radians(48.0)
#: TensorBoard's angle of view and half of what its 2D camera sees (vz_projector/scatterPlot.ts).
_TENSORBOARD_FIELD = math.radians(70.0)
_TENSORBOARD_HALF = 1.2
_TENSORBOARD_HEIGHT = 4.0
#: Direction from which TensorBoard's camera looks at first.
_START = (0.45, 0.9, 1.6)
_STEEPEST = math.radians(89.9)
_NEAREST, _FARTHEST = 1e-4, 1e4
#: Share of the view that a fitted cloud fills in 2D; in 3D a ball about it may stick out a little.
_FILL_FLAT = 0.88
_NEARER = 0.97

Point = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Viewport:
    """Size of the picture in logical pixels, both at least 1."""

    width: float
    height: float

    @property
    def aspect(self) -> float:
        """Width by height."""
        return self.width / self.height


@dataclass(frozen=True, slots=True)
class Ball:
    """A ball about a cloud, but for a few points far outside, and the box about all of its first two axes: its middle
    and half its sides.
    """

    centre: tuple[float, float, float]
    radius: float
    box: tuple[float, float]
    halves: tuple[float, float]


@dataclass(frozen=True, slots=True)
class Camera:
    """``distance`` (3D) from eye to target, ``half_height`` (2D) from the middle of the view to its upper edge."""

    dimensions: int = 3
    target: Point = (0.0, 0.0, 0.0)
    distance: float = 4.0
    yaw: float = math.atan2(_START[0], _START[2])
    pitch: float = math.atan2(_START[1], math.hypot(_START[0], _START[2]))
    half_height: float = 1.2

    # Where it stands

    @property
    def position(self) -> Point:
        """The place of the eye; over the target in 2D."""
        if self.dimensions == 2:
            return self.target[0], self.target[1], _TENSORBOARD_HEIGHT
        back = -self.axes()[2] * self.distance
        x, y, z = (float(a + b) for a, b in zip(self.target, back))
        return x, y, z

    def axes(self) -> NDArray[np.float64]:
        """Unit vectors (3, 3) to the right, up, and into the picture."""
        if self.dimensions == 2:
            return np.array([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, -1.0]])
        sin_yaw, cos_yaw = math.sin(self.yaw), math.cos(self.yaw)
        sin_pitch, cos_pitch = math.sin(self.pitch), math.cos(self.pitch)
        return np.array(
            [
                [cos_yaw, 0.0, -sin_yaw],
                [-sin_yaw * sin_pitch, cos_pitch, -cos_yaw * sin_pitch],
                [-sin_yaw * cos_pitch, -sin_pitch, -cos_yaw * cos_pitch],
            ]
        )

    def rows(self) -> NDArray[np.float32]:
        """Matrix (3, 4): times (x, y, z, 1) it gives the way to the right, up, and the depth before the eye.

        In 2D the depth is 1 everywhere.
        """
        axes = self.axes()
        rows = np.zeros((3, 4))
        rows[:, :3] = axes
        rows[:, 3] = -axes @ np.array(self.target)
        if self.dimensions == 2:
            rows[2] = (0.0, 0.0, 0.0, 1.0)
        else:
            rows[2, 3] += self.distance
        return rows.astype(np.float32)

    def focal(self, height: float) -> float:
        """Pixels in a picture of ``height`` pixels that one unit takes at a depth of one."""
        if self.dimensions == 2:
            return height / 2 / self.half_height
        return height / 2 / math.tan(FIELD / 2)

    @property
    def depth(self) -> float:
        """Depth of the target."""
        return 1.0 if self.dimensions == 2 else self.distance

    # Movements

    def orbited(self, right: float, up: float) -> Camera:
        """Turned about the target by radians; the cloud seems to follow the hand."""
        pitch = min(max(self.pitch - up, -_STEEPEST), _STEEPEST)
        return replace(self, yaw=math.remainder(self.yaw - right, math.tau), pitch=pitch)

    def panned(self, right: float, down: float, view: Viewport) -> Camera:
        """Moved so that what lies at the target's depth follows the hand by so many pixels."""
        unit = self.depth / self.focal(view.height)
        axes = self.axes()
        return self._at(np.array(self.target) - axes[0] * (right * unit) + axes[1] * (down * unit))

    def dollied(self, factor: float, x: float, y: float, view: Viewport) -> Camera:
        """Nearer by ``factor`` (above 1) or farther, so that what lies under the pixel (x, y) stays there."""
        before = self.distance if self.dimensions == 3 else self.half_height
        after = min(max(before / factor, _NEAREST), _FARTHEST)
        unit = self.depth / self.focal(view.height) * (1 - after / before)
        axes = self.axes()
        moved = np.array(self.target)
        moved = moved + axes[0] * ((x - view.width / 2) * unit) - axes[1] * ((y - view.height / 2) * unit)
        nearer = self._at(moved)
        return replace(nearer, distance=after) if self.dimensions == 3 else replace(nearer, half_height=after)

    def _at(self, target: NDArray[np.float64]) -> Camera:
        x, y, z = (float(min(max(value, -_FARTHEST), _FARTHEST)) for value in target)
        return replace(self, target=(x, y, z))

    # To and from the session file and TensorBoard's bookmarks

    def to_json(self) -> dict[str, Any]:
        """Values for the session file."""
        return {
            "dimensions": self.dimensions,
            "target": list(self.target),
            "distance": self.distance,
            "yaw": self.yaw,
            "pitch": self.pitch,
            "half_height": self.half_height,
        }

    @staticmethod
    def from_json(state: object) -> Camera | None:
        """The camera of a session file; None where it is damaged."""
        if not isinstance(state, Mapping):
            return None
        target = _point(state.get("target"))
        numbers = [_number(state.get(name)) for name in ("distance", "yaw", "pitch", "half_height")]
        distance, yaw, pitch, half = numbers
        if target is None or distance is None or yaw is None or pitch is None or half is None:
            return None
        if state.get("dimensions") not in (2, 3) or min(distance, half) <= 0:
            return None
        return Camera(
            int(state["dimensions"]),
            target,
            min(max(distance, _NEAREST), _FARTHEST),
            math.remainder(yaw, math.tau),
            min(max(pitch, -_STEEPEST), _STEEPEST),
            min(max(half, _NEAREST), _FARTHEST),
        )

    def to_tensorboard(self) -> dict[str, Any]:
        """``cameraDef`` of TensorBoard's bookmarks. Its lens is wider, so its camera stands nearer by as much."""
        if self.dimensions == 2:
            return {
                "orthographic": True,
                "position": list(self.position),
                "target": [self.target[0], self.target[1], 0.0],
                "zoom": _TENSORBOARD_HALF / self.half_height,
            }
        near = replace(self, distance=self.distance * _lenses())
        return {"orthographic": False, "position": list(near.position), "target": list(self.target), "zoom": 1.0}

    @staticmethod
    def from_tensorboard(state: object) -> Camera | None:
        """The camera of a ``cameraDef``; None where it is damaged."""
        if not isinstance(state, Mapping):
            return None
        position, target = _point(state.get("position")), _point(state.get("target"))
        zoom = _number(state.get("zoom", 1.0))
        if position is None or target is None or zoom is None or zoom <= 0:
            return None
        if state.get("orthographic"):
            half = min(max(_TENSORBOARD_HALF / zoom, _NEAREST), _FARTHEST)
            return Camera(2, (target[0], target[1], 0.0), half_height=half)
        x, y, z = (a - b for a, b in zip(position, target))
        distance = math.sqrt(x * x + y * y + z * z)
        if distance == 0:
            return None
        return Camera(
            3,
            target,
            min(max(distance / zoom / _lenses(), _NEAREST), _FARTHEST),
            math.atan2(x, z),
            min(max(math.asin(y / distance), -_STEEPEST), _STEEPEST),
        )


def home(dimensions: int, ball: Ball, view: Viewport) -> Camera:
    """The camera that sees all of a cloud."""
    if dimensions == 2:
        half = max(ball.halves[1], ball.halves[0] / view.aspect, 1e-3) / _FILL_FLAT
        return Camera(2, (*ball.box, 0.0), half_height=half)
    half_field = math.atan(math.tan(FIELD / 2) * min(view.aspect, 1.0))
    return Camera(3, ball.centre, max(ball.radius, 1e-3) / math.sin(half_field) * _NEARER)


def _lenses() -> float:
    """Distance at which TensorBoard's lens shows a thing as large as ours from a distance of 1."""
    return math.tan(FIELD / 2) / math.tan(_TENSORBOARD_FIELD / 2)


def _number(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        number = float(value)
    except OverflowError:
        return None
    return number if math.isfinite(number) and abs(number) < 1e9 else None


def _point(value: object) -> Point | None:
    """Three numbers as a list, or as {"x": ..., "y": ..., "z": ...}."""
    if isinstance(value, Mapping):
        value = [value.get(name) for name in "xyz"]
    if not isinstance(value, list | tuple) or len(value) != 3:
        return None
    x, y, z = (_number(each) for each in value)
    return None if x is None or y is None or z is None else (x, y, z)
