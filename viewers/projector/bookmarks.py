"""Saved states of the projector, read and written as TensorBoard's bookmarks. No Qt.

A file is a list of ``State`` objects of TensorBoard's projector plugin, version 2.21. Coordinates stand in
``projections``, an object a point with "pca-0" to "pca-9", "tsne-0" to "tsne-2", "umap-0" to "umap-2", "linear-x",
"linear-y"; points that a projection left out have none. Where points were isolated, ``filteredPoints`` are their
indices in the data, and all else in the state, dimensions and selection as well, is about these points alone.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TextIO

import numpy as np
from numpy.typing import NDArray

from ..board.tables import ExportCancelled, replacing_text, texts
from .bookmark_json import BookmarkError, Fields, items_of
from .search import Query
from .tables import Cancelled, never

__all__ = ["Bookmark", "BookmarkError", "Camera", "CustomAxes", "mismatch", "read_bookmarks", "write_bookmarks"]

#: More bookmarks of one file are left out.
MOST_BOOKMARKS = 1000
PROJECTIONS = ("pca", "tsne", "umap", "custom")
_NO_COLOR = "No color map"
_SIDES = ("XLeft", "XRight", "YUp", "YDown")
_CHUNK = 20_000
_MOST_SHUFFLED = 10_000_000
_NOTHING = Query("")


@dataclass(frozen=True, slots=True)
class Camera:
    """Where the view is seen from, in TensorBoard's space, whose cube of points is 2 wide. ``zoom`` 1 is usual."""

    orthographic: bool
    position: tuple[float, float, float]
    target: tuple[float, float, float]
    zoom: float = 1.0


@dataclass(frozen=True, slots=True)
class CustomAxes:
    """The searches of the custom projection; an axis goes from the centre of one to that of the other.

    ``column`` is the name of the labels searched, empty for TensorBoard's choice.
    """

    column: str = ""
    left: Query = _NOTHING
    right: Query = _NOTHING
    up: Query = _NOTHING
    down: Query = _NOTHING


@dataclass(frozen=True, slots=True, eq=False)
class Bookmark:
    """A saved state. Empty and None stand for what the state does not say.

    ``projection`` is "pca", "tsne", "umap", "custom" or None. ``points`` and ``dimensions`` are the size of the data
    that it was made of, of the isolated points where there are some; 0 where it is not said. ``coordinates`` are arrays
    (n,) by TensorBoard's names, in the order of ``filtered`` where that is not None, NaN for a point without.
    ``filtered``, the isolated points, and ``selected`` are indices in the whole data. ``shuffle`` is the order in which
    TensorBoard took samples. ``color_by`` and ``label_by`` are names of columns. ``extra`` holds all other fields.
    """

    label: str = ""
    current: bool = False
    projection: str | None = None
    points: int = 0
    dimensions: int = 0
    pca_components: tuple[int, ...] = (0, 1, 2)
    tsne_3d: bool = True
    tsne_iteration: int = 0
    tsne_perplexity: float = 30.0
    tsne_learning_rate: float = 10.0
    umap_3d: bool = True
    umap_neighbors: int = 15
    umap_min_distance: float = 0.1
    custom: CustomAxes = CustomAxes()
    coordinates: Mapping[str, NDArray[np.floating[Any]]] = field(default_factory=dict)
    filtered: NDArray[np.int64] | None = None
    selected: NDArray[np.int64] = field(default_factory=lambda: np.empty(0, np.int64))
    shuffle: NDArray[np.int64] | None = None
    camera: Camera | None = None
    color_by: str | None = None
    force_categories: bool = False
    label_by: str | None = None
    extra: Mapping[str, Any] = field(default_factory=dict)

    @property
    def axes(self) -> tuple[str, ...]:
        """TensorBoard's names of the coordinates that are shown."""
        if self.projection == "pca":
            return tuple(f"pca-{component}" for component in self.pca_components)
        if self.projection == "custom":
            return tuple(name for name in ("linear-x", "linear-y", "linear-z") if name in self.coordinates)
        if self.projection is None:
            return ()
        deep = self.tsne_3d if self.projection == "tsne" else self.umap_3d
        return tuple(f"{self.projection}-{axis}" for axis in range(3 if deep else 2))

    def positions(self) -> NDArray[np.float32] | None:
        """Coordinates that are shown: float32 (n, 2) or (n, 3); None where the state has not all of them."""
        axes = self.axes
        if len(axes) < 2 or any(name not in self.coordinates for name in axes):
            return None
        with np.errstate(over="ignore"):
            return np.stack([self.coordinates[name] for name in axes], axis=1).astype(np.float32)


def mismatch(bookmark: Bookmark, points: int, dimensions: int) -> str:
    """Why a bookmark cannot be restored for an embedding of that size, as a sentence; empty where it can."""
    made = f"The bookmark “{_short(bookmark.label)}” was made of" if bookmark.label else "The bookmark was made of"
    here = f"this embedding has {points:,} × {dimensions:,}"
    if bookmark.dimensions and bookmark.dimensions != dimensions:
        return f"{made} {bookmark.points:,} points × {bookmark.dimensions:,} dimensions; {here}."
    if bookmark.filtered is not None:
        if len(bookmark.filtered) and int(bookmark.filtered.max()) >= points:
            return f"{made} points up to number {int(bookmark.filtered.max()):,}; {here}."
        return ""
    if bookmark.points and bookmark.points != points:
        return f"{made} {bookmark.points:,} points × {bookmark.dimensions:,} dimensions; {here}."
    if len(bookmark.selected) and int(bookmark.selected.max()) >= points:
        return f"{made} points up to number {int(bookmark.selected.max()):,}; {here}."
    return ""


def read_bookmarks(data: object) -> tuple[list[Bookmark], list[str]]:
    """Bookmarks of what a file holds, bytes, text or already parsed, and sentences on what was left out and why.

    Raises BookmarkError where there is nothing to be had.
    """
    found: list[Bookmark] = []
    notes: list[str] = []
    strangers = 0
    items = items_of(data)
    for number in range(1, MOST_BOOKMARKS + 2):
        try:
            item = next(items)
        except StopIteration:
            break
        except BookmarkError as error:
            if not found:
                raise
            notes.append(f"{error} The {len(found):,} before that are kept.")
            break
        if number > MOST_BOOKMARKS:
            notes.append(f"Bookmarks beyond the first {MOST_BOOKMARKS:,} are left out.")
        elif not isinstance(item, Mapping):
            strangers += 1
        else:
            bookmark, bad = _bookmark_of(Fields(item))
            found.append(bookmark)
            if bad:
                names = ", ".join(bad[:10]) + (f" and {len(bad) - 10:,} more" if len(bad) > 10 else "")
                title = f"Bookmark {number}" + (f" “{_short(bookmark.label)}”" if bookmark.label else "")
                notes.append(f"{title}: {names} cannot be used and {'are' if len(bad) > 1 else 'is'} left out.")
    if strangers:
        notes.append(f"{strangers:,} of the list are no bookmarks and are left out.")
    return found, notes


def write_bookmarks(path: Path, bookmarks: Sequence[Bookmark], cancelled: Cancelled = never) -> int:
    """Write a file that TensorBoard loads; returns the number of bookmarks.

    Numbers are exact; points without coordinates have none in the file. The file appears whole or not at all; raises
    ExportCancelled, OSError, and ValueError for coordinates of unequal length.
    """

    def body(out: TextIO) -> int:
        out.write("[")
        for number, bookmark in enumerate(bookmarks):
            out.write(",\n" if number else "\n")
            head = json.dumps(_state_of(bookmark), allow_nan=False)
            out.write(f'{head[:-1]}, "projections": [')
            first = True
            for rows in _points_of(bookmark.coordinates):
                if cancelled():
                    raise ExportCancelled
                out.write(("" if first else ", ") + ", ".join(rows))
                first = False
            out.write("]}")
        out.write("\n]\n")
        return len(bookmarks)

    return replacing_text(path, body)


def _bookmark_of(fields: Fields) -> tuple[Bookmark, list[str]]:
    """A bookmark, and the names of the fields that could not be used."""
    projection = fields.text("selectedProjection")
    if projection is not None and projection not in PROJECTIONS:
        fields.refuse("selectedProjection")
        projection = None
    size = fields.pair("dataSetDimensions")
    filtered = fields.indices("filteredPoints")
    if filtered is not None and size is not None and len(filtered) != size[0]:
        fields.refuse("filteredPoints")
        filtered = None
    count = size[0] if size is not None else None if filtered is None else len(filtered)
    coordinates = fields.coordinates("projections", count)
    if count is None and coordinates:
        count = len(next(iter(coordinates.values())))
    below = {} if count is None else {"below": count}
    selected = fields.indices("selectedPoints", **below)
    shuffle = fields.indices("shuffledDataIndices", **below)
    if shuffle is not None and count is not None and len(shuffle) not in (0, count):
        fields.refuse("shuffledDataIndices")
        shuffle = None
    color = fields.text("selectedColorOptionName")
    whole = selected if filtered is None or selected is None else filtered[selected[selected < len(filtered)]]
    bookmark = Bookmark(
        label=fields.text("label") or "",
        current=fields.flag("isSelected", False),
        projection=projection,
        points=count or 0,
        dimensions=size[1] if size is not None else 0,
        pca_components=_components(fields),
        tsne_3d=fields.flag("tSNEis3d", True),
        tsne_iteration=fields.whole("tSNEIteration", 0, 1 << 40),
        tsne_perplexity=fields.number("tSNEPerplexity", 30.0, 1e6),
        tsne_learning_rate=fields.number("tSNELearningRate", 10.0, 1e9),
        umap_3d=fields.flag("umapIs3d", True),
        umap_neighbors=fields.whole("umapNeighbors", 15, 1 << 31),
        umap_min_distance=fields.number("umapMinDist", 0.1, 1e6),
        custom=_custom(fields),
        coordinates=coordinates,
        filtered=filtered,
        selected=np.empty(0, np.int64) if whole is None else whole,
        shuffle=shuffle if shuffle is not None and len(shuffle) else None,
        camera=_camera(fields),
        color_by=None if color == _NO_COLOR else color,
        force_categories=fields.flag("forceCategoricalColoring", False),
        label_by=fields.text("selectedLabelOption"),
        extra=fields.rest(),
    )
    return bookmark, fields.bad


def _components(fields: Fields) -> tuple[int, ...]:
    found = fields.indices("pcaComponentDimensions", below=10)
    if found is None or len(found) not in (2, 3):
        if found is not None and len(found):
            fields.refuse("pcaComponentDimensions")
        return (0, 1, 2)
    return tuple(found.tolist())


def _custom(fields: Fields) -> CustomAxes:
    sides = [Query(fields.text(f"custom{side}Text") or "", fields.flag(f"custom{side}Regex", False)) for side in _SIDES]
    return CustomAxes(fields.text("customSelectedSearchByMetadataOption") or "", *sides)


def _camera(fields: Fields) -> Camera | None:
    inner = fields.record("cameraDef")
    if inner is None:
        return None
    position, target = inner.place("position"), inner.place("target")
    zoom = inner.number("zoom", 1.0, 1e6)
    orthographic = inner.flag("orthographic", False)
    if position is None or target is None or zoom <= 0 or inner.bad:
        fields.refuse("cameraDef")
        return None
    return Camera(orthographic, position, target, zoom)


def _state_of(bookmark: Bookmark) -> dict[str, Any]:
    """All of a state but its projections."""
    # TensorBoard takes these for given in every state; those further down only where there is something to say.
    state = dict(bookmark.extra)
    state |= {
        "label": bookmark.label,
        "isSelected": bookmark.current,
        "tSNEIteration": bookmark.tsne_iteration,
        "tSNEPerplexity": bookmark.tsne_perplexity,
        "tSNELearningRate": bookmark.tsne_learning_rate,
        "tSNEis3d": bookmark.tsne_3d,
        "umapIs3d": bookmark.umap_3d,
        "umapNeighbors": bookmark.umap_neighbors,
        "umapMinDist": bookmark.umap_min_distance,
        "pcaComponentDimensions": list(bookmark.pca_components),
        "selectedPoints": _selected_of(bookmark),
        "filteredPoints": None if bookmark.filtered is None else bookmark.filtered.tolist(),
        "shuffledDataIndices": _shuffled(bookmark),
        "selectedColorOptionName": _NO_COLOR if bookmark.color_by is None else bookmark.color_by,
        "forceCategoricalColoring": bookmark.force_categories,
    }
    custom = bookmark.custom
    for side, query in zip(_SIDES, (custom.left, custom.right, custom.up, custom.down)):
        state |= {f"custom{side}Text": query.text, f"custom{side}Regex": query.regex}
    if bookmark.projection is not None:
        state["selectedProjection"] = bookmark.projection
    if bookmark.points or bookmark.dimensions:
        state["dataSetDimensions"] = [bookmark.points, bookmark.dimensions]
    if custom.column:
        state["customSelectedSearchByMetadataOption"] = custom.column
    if bookmark.label_by is not None:
        state["selectedLabelOption"] = bookmark.label_by
    if bookmark.camera is not None:
        camera = bookmark.camera
        state["cameraDef"] = {
            "orthographic": camera.orthographic,
            "position": list(camera.position),
            "target": list(camera.target),
            "zoom": camera.zoom,
        }
    return state


def _selected_of(bookmark: Bookmark) -> list[int]:
    """Selected points as places among the isolated ones; those that are not among them are left out."""
    filtered = bookmark.filtered
    if filtered is None or not len(filtered):
        return [] if filtered is not None else bookmark.selected.tolist()
    order = np.argsort(filtered, kind="stable")
    place = np.minimum(np.searchsorted(filtered, bookmark.selected, sorter=order), len(filtered) - 1)
    found = order[place]
    places: list[int] = found[filtered[found] == bookmark.selected].tolist()
    return places


def _shuffled(bookmark: Bookmark) -> list[int]:
    """TensorBoard takes its samples from these alone, so none would mean no points."""
    if bookmark.shuffle is not None:
        shuffled: list[int] = bookmark.shuffle.tolist()
        return shuffled
    return list(range(bookmark.points)) if bookmark.points <= _MOST_SHUFFLED else []


def _points_of(coordinates: Mapping[str, NDArray[np.floating[Any]]]) -> Iterator[list[str]]:
    """Objects as JSON, some thousand at once."""
    names = [json.dumps(name) for name in coordinates]
    arrays = list(coordinates.values())
    count = len(arrays[0]) if arrays else 0
    if any(array.shape != (count,) for array in arrays):
        raise ValueError("coordinates of one bookmark are arrays of one length")
    for begin in range(0, count, _CHUNK):
        part = [array[begin : begin + _CHUNK] for array in arrays]
        cells = [
            [f"{name}: {text}" if finite else "" for text, finite in zip(texts(some), np.isfinite(some).tolist())]
            for name, some in zip(names, part)
        ]
        yield ["{" + ", ".join(filter(None, row)) + "}" for row in zip(*cells)]


def _short(label: str) -> str:
    return label if len(label) <= 60 else label[:59] + "…"
