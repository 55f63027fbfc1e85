"""Points before they are laid out, and what is exact: components, neighbours, axes, alignment, clusters."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from sklearn.datasets import load_digits
from sklearn.decomposition import PCA
from sklearn.neighbors import NearestNeighbors

from runglass.viewers.projector.maths.axes import project_on
from runglass.viewers.projector.maths.clusters import hdbscan, k_means
from runglass.viewers.projector.maths.control import Control, Interrupted
from runglass.viewers.projector.maths.crew import Crew, blocks
from runglass.viewers.projector.maths.distances import neighbours
from runglass.viewers.projector.maths.nearest import NearestSearch
from runglass.viewers.projector.maths.pca import pca
from runglass.viewers.projector.maths.prepare import prepare, spherize
from runglass.viewers.projector.maths.procrustes import align

SHAPES = arrays.array_shapes(min_dims=2, max_dims=2, min_side=0, max_side=25)
ANY_FLOATS = st.floats(width=32, allow_nan=True, allow_infinity=True)
SOME_FLOATS = st.floats(-100, 100, width=32)


def points_of(n: int, d: int, seed: int = 0) -> np.ndarray:
    """Points in clumps of different sizes, off the origin."""
    random = np.random.default_rng(seed)
    centres = random.normal(scale=3.0, size=(7, d)) + 5
    which = random.integers(0, 7, n)
    return (centres[which] + random.normal(size=(n, d)) * (0.2 + which[:, None] / 5)).astype(np.float32)


class Recorder(Control):
    """Keeps what it is told, and ends the computation after so many checks."""

    def __init__(self, checks: float = np.inf) -> None:
        self.checks = checks
        self.told: list[tuple[str, float | None]] = []

    def check(self) -> None:
        self.checks -= 1
        if self.checks < 0:
            raise Interrupted

    def progress(self, phase: str, fraction: float | None = None) -> None:
        self.told.append((phase, fraction))


# ---- preparation


@given(arrays.arrays(np.float32, SHAPES, elements=ANY_FLOATS))
def test_rows_without_finite_values_are_left_out_and_counted(values: np.ndarray) -> None:
    prepared = prepare(values)
    good = np.isfinite(values).all(axis=1)
    assert prepared.kept.tolist() == np.flatnonzero(good).tolist()
    assert prepared.dropped == len(values) - good.sum()
    assert prepared.matrix.dtype == np.float32 and prepared.matrix.shape == (good.sum(), values.shape[1])
    assert np.isfinite(np.square(prepared.matrix)).all()
    np.testing.assert_allclose(prepared.matrix, values[good].astype(float) * prepared.scale, rtol=1e-6, atol=1e-30)
    assert bool(prepared.notes) == (prepared.dropped > 0 or prepared.scale != 1.0)


@pytest.mark.parametrize("size", [1e38, 3e38, 1e20, 1e-30])
def test_values_that_cannot_be_squared_are_rescaled_as_a_whole(size: float) -> None:
    shape = points_of(200, 4)
    prepared = prepare((shape / np.abs(shape).max()).astype(np.float64) * size)
    ratio = pca(prepared.matrix).ratio
    np.testing.assert_allclose(ratio, pca(shape).ratio, atol=1e-6)
    assert "multiplied" in prepared.notes[0]


def test_usual_points_are_not_copied() -> None:
    values = points_of(50, 3)
    assert prepare(values).matrix is values


@pytest.mark.parametrize("values", [np.zeros(3), np.zeros((2, 2, 2)), np.array([["a"]]), np.zeros((2, 2), complex)])
def test_what_is_no_table_of_numbers_is_refused(values: np.ndarray) -> None:
    with pytest.raises(ValueError, match=r"table|projected"):
        prepare(values)


@given(arrays.arrays(np.float32, SHAPES, elements=SOME_FLOATS))
def test_spherized_points_have_unit_length_or_lie_on_the_centre(values: np.ndarray) -> None:
    length = np.linalg.norm(spherize(values), axis=1)
    assert np.all((np.abs(length - 1) < 1e-4) | (length == 0))


def test_spherize_is_tensorboards() -> None:
    points = points_of(300, 6).astype(float)
    centred = points - points.mean(axis=0)
    wanted = centred / np.linalg.norm(centred, axis=1, keepdims=True)
    np.testing.assert_allclose(spherize(points.astype(np.float32)), wanted, atol=1e-5)


# ---- principal components


@pytest.mark.parametrize(("n", "d"), [(1797, 64), (5000, 300), (40, 64), (10, 1000), (300, 3), (11, 11)])
def test_variances_are_scikit_learns(n: int, d: int) -> None:
    points = load_digits().data.astype(np.float32) if (n, d) == (1797, 64) else points_of(n, d)
    with Crew(2) as crew:
        found = pca(points, crew=crew)
    oracle = PCA(min(10, n, d), svd_solver="full").fit(points.astype(np.float64))
    np.testing.assert_allclose(found.ratio, oracle.explained_variance_ratio_, atol=1e-6)
    np.testing.assert_allclose(found.variance, oracle.explained_variance_, rtol=1e-4, atol=1e-5 * found.total)
    wanted = oracle.transform(points.astype(np.float64))
    clear = oracle.explained_variance_ > 1e-4 * oracle.explained_variance_[0]
    for component in np.flatnonzero(clear)[:3]:
        ours, theirs = found.coordinates[:, component], wanted[:, component]
        assert min(np.abs(ours - theirs).max(), np.abs(ours + theirs).max()) < 2e-3 * np.abs(theirs).max()


def test_components_do_not_flip_when_points_change_their_order() -> None:
    points = points_of(400, 20)
    order = np.random.default_rng(1).permutation(400)
    first, again = pca(points), pca(points[order])
    np.testing.assert_allclose(first.coordinates[order][:, :3], again.coordinates[:, :3], atol=2e-3)


@pytest.mark.parametrize(("n", "d"), [(0, 3), (1, 3), (2, 3), (3, 1), (5, 0), (0, 0)])
def test_components_of_hardly_any_points(n: int, d: int) -> None:
    found = pca(points_of(n, d))
    assert found.coordinates.shape == (n, min(10, n, d))
    assert np.isfinite(found.coordinates).all() and np.isfinite(found.ratio).all()
    assert found.notes or n > 1


def test_equal_points_have_no_variance_and_that_is_said() -> None:
    found = pca(np.full((50, 6), 3.25, np.float32))
    assert found.total == 0 and not found.ratio.any() and not found.coordinates.any()
    assert "equal" in found.notes[0]


def test_components_tell_their_progress_and_can_be_ended() -> None:
    points = points_of(20_000, 30)
    heard = Recorder()
    pca(points, control=heard)
    fractions = [fraction for phase, fraction in heard.told if phase == "Covariance"]
    assert fractions == sorted(fractions) and fractions[-1] == 1.0
    with pytest.raises(Interrupted):
        pca(points, control=Recorder(checks=3))


# ---- neighbours


@pytest.mark.parametrize("metric", ["euclidean", "cosine"])
@pytest.mark.parametrize(("n", "d", "k"), [(300, 5, 10), (2500, 40, 30), (40, 3, 39), (3000, 2, 5), (2, 2, 1)])
def test_neighbours_are_those_of_brute_force(metric: str, n: int, d: int, k: int) -> None:
    points = points_of(n, d)
    with Crew(2) as crew:
        found = neighbours(points, k, metric == "cosine", crew=crew)
    oracle = NearestNeighbors(n_neighbors=k, metric=metric, algorithm="brute").fit(points.astype(np.float64))
    distances, rows = oracle.kneighbors()
    np.testing.assert_allclose(found.distances, distances, rtol=2e-3, atol=3e-6)
    assert (found.rows != np.arange(n)[:, None]).all()
    # Where the order differs, the distances hardly do.
    assert np.mean(found.rows == rows) > 0.97
    assert all(len(set(row)) == k for row in found.rows.tolist())


def test_neighbours_far_from_the_origin_are_told_apart() -> None:
    """Products of float32 lose what a difference keeps: tight groups far apart."""
    random = np.random.default_rng(3)
    points = np.concatenate([random.normal(size=(200, 8)) * 1e-3 + centre for centre in (1000.0, -1000.0)])
    points = points.astype(np.float32)
    found = neighbours(points, 5)
    rows = NearestNeighbors(n_neighbors=5, algorithm="brute").fit(points.astype(np.float64)).kneighbors()[1]
    assert np.mean([len(set(a) & set(b)) for a, b in zip(found.rows.tolist(), rows.tolist())]) > 4.9


@given(st.integers(0, 30), st.integers(1, 4), st.integers(0, 40), st.booleans())
@settings(max_examples=60)
def test_neighbours_of_any_number_of_points(n: int, d: int, k: int, cosine: bool) -> None:
    # Few values: many points coincide, some are zero.
    points = np.random.default_rng(n * 7 + d).integers(-1, 2, (n, d)).astype(np.float32)
    found = neighbours(points, k, cosine)
    assert found.rows.shape == found.distances.shape == (n, max(0, min(k, n - 1)))
    assert np.isfinite(found.distances).all() and (np.diff(found.distances, axis=1) >= 0).all()
    if cosine and found.k:
        zero = ~points.any(axis=1)
        np.testing.assert_allclose(found.distances[zero], 1, atol=1e-6)


def test_neighbours_can_be_ended_and_tell_their_progress() -> None:
    points = points_of(3000, 20)
    heard = Recorder()
    neighbours(points, 10, control=heard)
    assert heard.told[-1] == ("Neighbours", 1.0)
    for threads in (1, 2):
        with Crew(threads) as crew, pytest.raises(Interrupted):
            neighbours(points, 10, control=Recorder(checks=1), crew=crew)


@pytest.mark.parametrize("cosine", [False, True])
@given(st.integers(0, 2**32 - 1), st.integers(1, 60), st.sampled_from([1, 2, 17]), st.sampled_from([1.0, 1e-3, 1e4]))
@settings(max_examples=40)
def test_the_neighbours_of_one_point_equal_brute_force(cosine: bool, seed: int, k: int, d: int, shift: float) -> None:
    random = np.random.default_rng(seed)
    n = int(random.integers(1, 400))
    points = (random.integers(-3, 4, (n, d)) * random.choice([1.0, 0.37]) + shift).astype(np.float32)
    row = int(random.integers(n))
    found, distances = NearestSearch(points).nearest(row, k, cosine)
    wide = points.astype(np.float64)
    if cosine:
        lengths = np.sqrt(np.einsum("ij,ij->i", wide, wide) * np.einsum("j,j->", wide[row], wide[row]))
        with np.errstate(all="ignore"):
            brute = np.where(lengths > 0, 1.0 - np.einsum("ij,j->i", wide, wide[row]) / lengths, 1.0).clip(0, 2)
    else:
        brute = np.sqrt(np.einsum("ij,ij->i", wide - wide[row], wide - wide[row]))
    brute[row] = np.inf
    order = np.argsort(brute, kind="stable")[: min(k, n - 1)]
    assert found.tolist() == order.tolist()
    np.testing.assert_array_equal(distances, brute[order])


def test_there_is_no_neighbour_of_a_point_that_is_not_there() -> None:
    with pytest.raises(IndexError, match="no point 5"):
        NearestSearch(points_of(5, 2)).nearest(5, 1)


# ---- axes and alignment


def test_an_axis_runs_from_one_centroid_to_the_other() -> None:
    points = points_of(200, 9)
    start, stop = np.arange(10), np.arange(50, 90)
    found = project_on(points, [(start, stop), (stop, np.arange(3)), (start, np.arange(9, 12))])
    direction = points[stop].mean(axis=0, dtype=float) - points[start].mean(axis=0, dtype=float)
    np.testing.assert_allclose(found.directions[0], direction / np.linalg.norm(direction), atol=1e-6)
    np.testing.assert_allclose(found.coordinates, points @ found.directions.T, rtol=1e-4, atol=1e-4)
    assert found.coordinates.shape == (200, 3) and not found.notes


def test_an_end_that_matches_nothing_is_the_centre_and_that_is_said() -> None:
    points, nobody = points_of(60, 4), np.empty(0, np.intp)
    found = project_on(points, [(nobody, np.arange(5)), (nobody, nobody)])
    assert [note.split(":")[0] for note in found.notes] == ["Axis X", "Axis Y", "Axis Y", "Axis Y"]
    assert found.coordinates[:, 0].any() and not found.coordinates[:, 1].any()


@given(st.integers(0, 2**32 - 1), st.sampled_from([2, 3]), st.booleans(), st.floats(0.1, 10), st.floats(-50, 50))
def test_alignment_undoes_any_rotation_mirroring_shift_and_size(
    seed: int, dimensions: int, mirrored: bool, size: float, shift: float
) -> None:
    random = np.random.default_rng(seed)
    fixed = random.normal(size=(30, dimensions)).astype(np.float32)
    turn = np.linalg.qr(random.normal(size=(dimensions, dimensions)))[0]
    if (np.linalg.det(turn) < 0) != mirrored:
        turn[:, 0] *= -1
    moved = (fixed @ turn * size + shift).astype(np.float32)
    np.testing.assert_allclose(align(moved, fixed), fixed, atol=2e-3)


def test_alignment_never_makes_it_worse_and_needs_no_equal_counts() -> None:
    random = np.random.default_rng(0)
    for n, m in itertools.product((0, 1, 2, 5, 40), repeat=2):
        moving, fixed = random.normal(size=(n, 2)).astype(np.float32), random.normal(size=(m, 2)).astype(np.float32)
        aligned = align(moving, fixed)
        shared = min(n, m)
        assert aligned.shape == moving.shape and np.isfinite(aligned).all()
        after = np.square(aligned[:shared] - fixed[:shared]).sum()
        assert after <= np.square(moving[:shared] - fixed[:shared]).sum() * (1 + 1e-4) + 1e-5
    plain = align(fixed * 3 + 1, fixed, scale=False)
    np.testing.assert_allclose(np.ptp(plain, axis=0).max(), np.ptp(fixed * 3, axis=0).max(), rtol=0.5)
    assert np.isfinite(align(np.zeros((5, 2), np.float32), fixed[:5])).all()


# ---- clusters


def test_clusters_find_clear_groups_the_largest_first() -> None:
    random = np.random.default_rng(0)
    sizes = (20, 60, 40)
    points = np.concatenate([random.normal(size=(size, 3)) + 20 * number for number, size in enumerate(sizes)])
    wanted = np.repeat([2, 0, 1], sizes)
    for labels, notes in (k_means(points.astype(np.float32), 3), hdbscan(points.astype(np.float32), 8)):
        inside = labels >= 0
        assert inside.mean() > 0.9 and not notes
        assert labels[inside].tolist() == wanted[inside].tolist()


@pytest.mark.parametrize("n", [0, 1, 2, 3, 10])
@pytest.mark.parametrize("equal", [True, False])
def test_clusters_of_hardly_any_points(n: int, equal: bool) -> None:
    points = np.zeros((n, 2), np.float32) if equal else points_of(n, 2)
    for labels, _ in (k_means(points, 8), hdbscan(points, 5)):
        assert labels.dtype == np.int32 and len(labels) == n and (labels >= -1).all()
    if n > 1 and equal:
        assert "only 1 different" in k_means(points, 8)[1][0]


# ---- threads


@given(st.integers(0, 40), st.integers(1, 4))
def test_a_crew_keeps_the_order_of_what_it_does(count: int, threads: int) -> None:
    with Crew(threads) as crew:
        assert crew.map(lambda value: value * value, range(count)) == [value * value for value in range(count)]


def test_an_error_in_a_block_comes_out_and_leaves_no_thread() -> None:
    with Crew(2) as crew, pytest.raises(ZeroDivisionError):
        crew.map(lambda value: 1 // (value - 3), range(50))


@given(st.integers(0, 100), st.integers(1, 30))
def test_blocks_cover_everything_once(count: int, size: int) -> None:
    assert [row for block in blocks(count, size) for row in range(block.start, block.stop)] == list(range(count))
