"""Bookmarks go to TensorBoard's JSON and back, and no file of a stranger does harm."""

from __future__ import annotations

import dataclasses
import json
import random
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst

from runglass.viewers.board.tables import ExportCancelled
from runglass.viewers.projector.bookmarks import (
    MOST_BOOKMARKS,
    Bookmark,
    BookmarkError,
    Camera,
    CustomAxes,
    mismatch,
    read_bookmarks,
    write_bookmarks,
)
from runglass.viewers.projector.search import Query

#: A state with all fields that TensorBoard 2.21 writes; the third point was not in the sample of t-SNE.
STATE: dict[str, Any] = {
    "label": "State 0",
    "isSelected": True,
    "tSNEIteration": 512,
    "tSNEPerplexity": 8,
    "tSNELearningRate": 0.1,
    "tSNEis3d": False,
    "umapIs3d": True,
    "umapNeighbors": 20,
    "umapMinDist": 0.25,
    "pcaComponentDimensions": [0, 2, 1],
    "projections": [
        {"pca-0": 0.5, "pca-1": -1.25, "pca-2": 0, "tsne-0": 1e-7, "tsne-1": 3.5},
        {"pca-0": 1.5, "pca-1": 2.25, "pca-2": 1, "tsne-0": None, "tsne-1": 4.5},
        {"pca-0": 2.5, "pca-1": 3.25, "pca-2": 2},
    ],
    "selectedPoints": [2, 0],
    "shuffledDataIndices": [1, 2, 0],
    "selectedProjection": "tsne",
    "dataSetDimensions": [3, 64],
    "filteredPoints": None,
    "cameraDef": {"orthographic": True, "position": [0, 0, 4], "target": [0, 0.5, 0], "zoom": 1.5},
    "selectedColorOptionName": "digit",
    "forceCategoricalColoring": True,
    "selectedLabelOption": "label",
    "customSelectedSearchByMetadataOption": "label",
    "customXLeftText": "a",
    "customXLeftRegex": False,
    "customXRightText": "b.*",
    "customXRightRegex": True,
    "customYUpText": "",
    "customYUpRegex": False,
    "customYDownText": "d",
    "customYDownRegex": False,
}
NAMES = ["pca-0", "pca-1", "pca-2", "pca-9", "tsne-0", "tsne-1", "umap-0", "linear-x", "linear-y", "linear-z", "own"]


def same(one: Bookmark, other: Bookmark) -> None:
    for part in dataclasses.fields(Bookmark):
        a, b = getattr(one, part.name), getattr(other, part.name)
        if part.name == "coordinates":
            assert a.keys() == b.keys()
            # Numbers of single precision have the digits that single precision needs.
            assert all(np.array_equal(a[name], b[name].astype(a[name].dtype), equal_nan=True) for name in a)
        elif isinstance(a, np.ndarray) or isinstance(b, np.ndarray):
            assert np.array_equal(a, b), part.name
        else:
            assert a == b, part.name


def test_a_state_of_tensorboard_is_read_whole() -> None:
    (found,), notes = read_bookmarks(json.dumps([STATE]).encode())
    assert notes == []
    assert (found.label, found.current, found.projection) == ("State 0", True, "tsne")
    assert (found.points, found.dimensions, found.pca_components) == (3, 64, (0, 2, 1))
    assert (found.tsne_iteration, found.tsne_perplexity, found.tsne_learning_rate) == (512, 8, 0.1)
    assert (found.tsne_3d, found.umap_3d, found.umap_neighbors, found.umap_min_distance) == (False, True, 20, 0.25)
    assert found.custom == CustomAxes("label", Query("a"), Query("b.*", True), Query(""), Query("d"))
    assert found.selected.tolist() == [2, 0] and found.filtered is None
    assert found.shuffle is not None and found.shuffle.tolist() == [1, 2, 0]
    assert found.camera == Camera(True, (0, 0, 4), (0, 0.5, 0), 1.5)
    assert (found.color_by, found.force_categories, found.label_by) == ("digit", True, "label")
    assert found.extra == {}
    assert found.axes == ("tsne-0", "tsne-1")
    positions = found.positions()
    assert positions is not None and positions.dtype == np.float32
    expected = np.array([[1e-7, 3.5], [np.nan, 4.5], [np.nan, np.nan]], np.float32)
    assert np.array_equal(positions, expected, equal_nan=True)
    by_pca = dataclasses.replace(found, projection="pca").positions()
    assert by_pca is not None and by_pca[1].tolist() == [1.5, 1.0, 2.25]
    assert dataclasses.replace(found, projection="umap").positions() is None


def test_a_state_comes_back_as_tensorboard_wrote_it(tmp_path: Path) -> None:
    path = tmp_path / "state.txt"
    state = {**STATE, "somethingNew": {"deep": [1, None, "x"]}}
    found, _notes = read_bookmarks([state])
    assert found[0].extra == {"somethingNew": {"deep": [1, None, "x"]}}
    assert write_bookmarks(path, found) == 1
    (written,) = json.loads(path.read_text())
    del state["projections"][1]["tsne-0"]  # null: this point has no such coordinate
    assert written == state


def test_isolated_points_are_places_in_the_whole_data(tmp_path: Path) -> None:
    state = {**STATE, "filteredPoints": [30, 10, 20], "selectedPoints": [0, 2]}
    (found,), notes = read_bookmarks([state])
    assert notes == [] and found.filtered is not None
    assert found.filtered.tolist() == [30, 10, 20] and found.selected.tolist() == [30, 20]
    path = tmp_path / "b.json"
    write_bookmarks(path, [dataclasses.replace(found, selected=np.array([30, 20, 5]))])
    (written,) = json.loads(path.read_text())
    assert (written["filteredPoints"], written["selectedPoints"]) == ([30, 10, 20], [0, 2])
    assert mismatch(found, 31, 64) == ""
    assert "up to number 30; this embedding has 30 × 64." in mismatch(found, 30, 64)


def test_what_does_not_match_is_said() -> None:
    (found,), _notes = read_bookmarks([STATE])
    assert mismatch(found, 3, 64) == ""
    expected = "The bookmark “State 0” was made of 3 points × 64 dimensions; this embedding has 4 × 64."
    assert mismatch(found, 4, 64) == expected
    assert mismatch(found, 3, 63).endswith("has 3 × 63.")
    assert mismatch(Bookmark(), 7, 7) == ""
    assert mismatch(Bookmark(selected=np.array([7])), 7, 7) == (
        "The bookmark was made of points up to number 7; this embedding has 7 × 7."
    )


TEXT = st.text(alphabet=st.characters(codec="utf-8"), max_size=6)
REAL = st.floats(-1e6, 1e6)


@st.composite
def bookmarks(draw: st.DrawFn) -> Bookmark:
    count = draw(st.integers(0, 5))
    whole = draw(st.integers(count, 9))
    kind = draw(st.sampled_from([np.float32, np.float64]))
    values = st.floats(width=32, allow_infinity=False)
    names = draw(st.lists(st.sampled_from(NAMES), unique=True, max_size=5)) if count else []
    coordinates = {name: draw(npst.arrays(kind, count, elements=values)) for name in names}
    coordinates = {name: array for name, array in coordinates.items() if not np.isnan(array).all()}
    filtered = draw(st.none() | st.permutations(range(whole)).map(lambda order: np.array(order[:count], np.int64)))
    among = np.arange(count) if filtered is None else filtered
    place = st.tuples(REAL, REAL, REAL)
    return Bookmark(
        label=draw(TEXT),
        current=draw(st.booleans()),
        projection=draw(st.sampled_from([None, "pca", "tsne", "umap", "custom"])),
        points=count,
        dimensions=draw(st.integers(0, 99)),
        pca_components=tuple(draw(st.permutations(range(10)))[: draw(st.integers(2, 3))]),
        tsne_3d=draw(st.booleans()),
        tsne_iteration=draw(st.integers(0, 1 << 40)),
        tsne_perplexity=draw(st.floats(0, 1e6)),
        tsne_learning_rate=draw(st.floats(0, 1e9)),
        umap_3d=draw(st.booleans()),
        umap_neighbors=draw(st.integers(0, 1000)),
        umap_min_distance=draw(st.floats(0, 1)),
        custom=CustomAxes(draw(TEXT), *(Query(draw(TEXT), draw(st.booleans())) for _ in range(4))),
        coordinates=coordinates,
        filtered=filtered,
        selected=np.array(draw(st.permutations(among.tolist())), np.int64)[: draw(st.integers(0, 5))],
        shuffle=np.array(draw(st.permutations(range(count))), np.int64) if count else None,
        camera=draw(st.none() | st.builds(Camera, st.booleans(), place, place, st.floats(0.001, 1e6))),
        color_by=draw(st.none() | TEXT.filter(lambda text: text != "No color map")),
        force_categories=draw(st.booleans()),
        label_by=draw(st.none() | TEXT),
        extra=draw(
            st.dictionaries(
                TEXT.map(lambda text: f"x{text}"),
                st.recursive(
                    st.none()
                    | st.booleans()
                    | st.integers(-(1 << 62), 1 << 62)
                    | st.floats(allow_nan=False, allow_infinity=False)
                    | TEXT,
                    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(TEXT, inner, max_size=2),
                    max_leaves=4,
                ),
                max_size=2,
            )
        ),
    )


@given(st.lists(bookmarks(), max_size=3))
def test_there_and_back(tmp_path_factory: pytest.TempPathFactory, given_marks: list[Bookmark]) -> None:
    path = tmp_path_factory.mktemp("marks") / "state.txt"
    assert write_bookmarks(path, given_marks) == len(given_marks)
    data = path.read_bytes()
    for source in (data, data.decode(), json.loads(data), bytearray(b"\xef\xbb\xbf" + data)):
        found, notes = read_bookmarks(source)
        assert notes == [] and len(found) == len(given_marks)
        for one, other in zip(given_marks, found):
            same(one, other)
            positions = other.positions()
            assert positions is None or positions.shape in ((other.points, 2), (other.points, 3))


JSON = st.recursive(
    st.one_of(
        st.none(), st.booleans(), st.integers(-5, 5), st.floats(), st.sampled_from([10**400, -1, 1 << 31, 1e308]), TEXT
    ),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from([*STATE, *NAMES, "zoom"]), inner, max_size=4)
    ),
    max_leaves=12,
)


@given(st.one_of(JSON, st.lists(st.dictionaries(st.sampled_from(list(STATE)), JSON, max_size=8), max_size=3)))
@example([{**STATE, "projections": STATE["projections"][:2]}])
@example([{**STATE, "filteredPoints": [1, 1, 2]}])
@example([{**STATE, "dataSetDimensions": [1 << 30, 2], "projections": []}])
def test_any_json_is_read_or_refused(tmp_path_factory: pytest.TempPathFactory, data: Any) -> None:
    try:
        found, notes = read_bookmarks(data)
    except BookmarkError as error:
        refusal = str(error)
    else:
        refusal = ""
        assert all(note.endswith(".") for note in notes)
        for mark in found:
            mark.positions()
            mismatch(mark, 3, 64)
            assert len(np.unique(mark.selected)) == len(mark.selected)
            assert all(array.shape == (mark.points,) for array in mark.coordinates.values())
        path = tmp_path_factory.mktemp("marks") / "state.txt"
        write_bookmarks(path, found)
        again, _notes = read_bookmarks(path.read_bytes())
        for one, other in zip(found, again):
            same(dataclasses.replace(one, shuffle=other.shuffle), other)
    assert not refusal or refusal.endswith(".")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("label", 7),
        ("isSelected", "yes"),
        ("selectedProjection", "PCA"),
        ("dataSetDimensions", [3]),
        ("dataSetDimensions", [3, -1]),
        ("tSNEIteration", 1.5),
        ("tSNEPerplexity", float("nan")),
        ("tSNELearningRate", -1),
        ("umapNeighbors", True),
        ("pcaComponentDimensions", [0, 10]),
        ("pcaComponentDimensions", [0]),
        ("projections", STATE["projections"][:2]),
        ("projections", [1, 2, 3]),
        ("projections", [dict.fromkeys(map(str, range(100)), 1.0)] * 3),
        ("selectedPoints", [3]),
        ("selectedPoints", [0, 0]),
        ("selectedPoints", [1 << 80]),
        ("filteredPoints", [5, 6]),
        ("shuffledDataIndices", [0, 1]),
        ("cameraDef", []),
        ("cameraDef", {"position": [0, 0, 1e9], "target": [0, 0, 0], "zoom": 1}),
        ("cameraDef", {"position": [0, 0, 1], "target": [0, 0, 0], "zoom": 0}),
        ("customXLeftRegex", 1),
    ],
)
def test_a_wrong_field_is_named_and_left_out(name: str, value: object) -> None:
    (found,), notes = read_bookmarks([{**STATE, name: value}])
    assert len(notes) == 1 and name in notes[0] and notes[0].startswith("Bookmark 1")
    (usual,), _notes = read_bookmarks([{key: kept for key, kept in STATE.items() if key != name}])
    same(found, usual)


def test_floods_and_ruins_are_refused() -> None:
    deep = b"[" * 200_000 + b"]" * 200_000
    for data, words in [
        (deep, "nested too deeply"),
        (b"[" * 6_000_000, "more values than would fit"),
        (b"", "does not begin with a list"),
        (b"\xff[", "no text in UTF-8"),
        (b'[{"label": ', "end or are damaged at character"),
        (b"[1 2]", "damaged at character 4"),
        (7, "holds no list"),
    ]:
        with pytest.raises(BookmarkError, match=words):
            read_bookmarks(data)


def test_what_stands_before_the_damage_is_kept() -> None:
    whole = json.dumps([STATE, STATE]).encode()
    found, notes = read_bookmarks(whole[: len(whole) // 2 + 40])
    assert len(found) == 1 and "The 1 before that are kept." in notes[0]
    found, notes = read_bookmarks(b'[{"label": "a"}, 5, {"label": "b"}]')
    assert [mark.label for mark in found] == ["a", "b"]
    assert notes == ["1 of the list are no bookmarks and are left out."]
    found, notes = read_bookmarks([{}] * (MOST_BOOKMARKS + 9))
    assert len(found) == MOST_BOOKMARKS and "beyond the first 1,000" in notes[0]
    deep: Any = 1
    for _ in range(60):
        deep = [deep]
    (mark,), notes = read_bookmarks([{"deep": deep, "fine": [[1]]}])
    assert mark.extra == {"fine": [[1]]} and "deep cannot be used and is left out" in notes[0]


def test_damaged_text_does_no_harm() -> None:
    rng = random.Random(5)
    data = json.dumps([STATE]).encode()
    for _ in range(400):
        broken = bytearray(data)
        for _ in range(rng.randint(1, 4)):
            broken[rng.randrange(len(broken))] = rng.randrange(256)
        try:
            read_bookmarks(bytes(broken))
        except BookmarkError as error:
            told = str(error)
            assert told.endswith("."), told


def test_numbers_without_end_and_halves_of_characters() -> None:
    text = (
        '[{"label": "\\ud800x", "tSNEPerplexity": ' + "9" * 100_000 + ', "tSNEIteration": 1e999, "umapMinDist": NaN}]'
    )
    (found,), notes = read_bookmarks(text)
    assert found.label == "?x" and found.tsne_perplexity == 30
    assert "tSNEPerplexity" in notes[0] or "tSNEIteration" in notes[0]


def test_a_file_that_is_given_up_or_cannot_be_leaves_nothing(tmp_path: Path) -> None:
    path = tmp_path / "state.txt"
    mark = Bookmark(coordinates={"pca-0": np.zeros(50_000), "pca-1": np.zeros(50_000)}, points=50_000)
    calls: list[bool] = []

    def cancelled() -> bool:
        calls.append(True)
        return len(calls) > 1

    with pytest.raises(ExportCancelled):
        write_bookmarks(path, [mark], cancelled)
    with pytest.raises(ValueError, match="one length"):
        write_bookmarks(path, [Bookmark(coordinates={"pca-0": np.zeros(2), "pca-1": np.zeros(3)})])
    assert list(tmp_path.iterdir()) == []
    write_bookmarks(path, [mark])
    (state,) = json.loads(path.read_text())
    assert len(state["projections"]) == 50_000 and state["shuffledDataIndices"] == list(range(50_000))
