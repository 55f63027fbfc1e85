"""Meshes and clouds of points."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from ..reader.wire.events_pb2 import MeshPluginData, Summary
from .tensors import tensor_message, tensor_value
from .values import Array, to_array

_PARTS = {
    "VERTEX": MeshPluginData.VERTEX,
    "FACE": MeshPluginData.FACE,
    "COLOR": MeshPluginData.COLOR,
}


def mesh_values(
    tag: str,
    vertices: Any,
    colors: Any,
    faces: Any,
    config: Mapping[str, Any] | None,
    note: Callable[[str], None],
) -> list[Summary.Value]:
    """One value each for vertices, faces and colours, under ``tag_VERTEX``, ``tag_FACE`` and ``tag_COLOR``.

    ``vertices`` (meshes, points, 3) are coordinates, ``faces`` (meshes, triangles, 3) numbers of points, ``colors``
    (meshes, points, 3 or 4) 0 to 255, or floats in that range; one mesh needs no first axis. Colours outside are cut
    off, which ``note`` is told. ``config`` goes to the viewer as JSON. ValueError where something does not fit.
    """
    points = _batch(vertices, "vertices", (3,)).astype(np.float32)
    parts: dict[str, Array] = {"VERTEX": points}
    if faces is not None:
        parts["FACE"] = _faces(faces, points.shape)
    if colors is not None:
        shades = _batch(colors, "colors", (3, 4))
        if shades.shape[:2] != points.shape[:2]:
            raise ValueError(f"colors {shades.shape} do not fit vertices {points.shape}")
        if not ((shades >= 0) & (shades <= 255)).all():
            note("colors outside 0 to 255 are cut off")
        parts["COLOR"] = np.nan_to_num(shades.astype(np.float64)).clip(0, 255).astype(np.uint8)
    settings = json.dumps(config, sort_keys=True)
    components = sum(1 << _PARTS[name] for name in parts)
    values = []
    for name, array in parts.items():
        content = MeshPluginData(
            name=tag, content_type=_PARTS[name], json_config=settings, shape=array.shape, components=components
        )
        values.append(tensor_value(f"{tag}_{name}", tensor_message(array), "mesh", content.SerializeToString()))
    return values


def _batch(values: Any, what: str, widths: tuple[int, ...]) -> Array:
    array = to_array(values)
    whole = array[np.newaxis] if array.ndim == 2 else array
    if whole.ndim != 3 or whole.shape[2] not in widths or not whole.size:
        raise ValueError(f"{what} have the shape (meshes, number, {widths[0]}), not {array.shape}")
    return whole


def _faces(values: Any, points: tuple[int, ...]) -> Array:
    faces = _batch(values, "faces", (3,))
    if faces.shape[0] != points[0]:
        raise ValueError(f"faces {faces.shape} do not fit vertices {points}")
    if not ((faces >= 0) & (faces < points[1])).all():
        raise ValueError(f"faces name points beyond the {points[1]} that there are")
    return faces.astype(np.int32)
