"""t-SNE and UMAP against their oracles: the exact sums, scikit-learn, umap-learn where it is installed."""

from __future__ import annotations

import functools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.datasets import load_digits
from sklearn.manifold import TSNE, trustworthiness

from runglass.viewers.projector.maths import memory
from runglass.viewers.projector.maths.affinities import (
    Affinities,
    affinities,
    conditional,
    feasible_perplexity,
    neighbours_for,
    supervised,
)
from runglass.viewers.projector.maths.attraction import Attraction
from runglass.viewers.projector.maths.crew import Crew
from runglass.viewers.projector.maths.distances import neighbours
from runglass.viewers.projector.maths.fuzzy import fuzzy_graph, initial_layout
from runglass.viewers.projector.maths.pca import pca
from runglass.viewers.projector.maths.repulsion import ExactRepulsion, MeshRepulsion, repulsion_for
from runglass.viewers.projector.maths.trust import Trust
from runglass.viewers.projector.maths.tsne import Tsne
from runglass.viewers.projector.maths.umap import Umap, curve, default_epochs

ALONE = Crew(1)


@functools.cache
def digits(count: int = 1797) -> np.ndarray:
    return load_digits().data[:count].astype(np.float32)


def weights_of(points: np.ndarray, perplexity: float) -> Affinities:
    return affinities(neighbours(points, neighbours_for(perplexity, len(points))), perplexity)


def small_start(points: np.ndarray, dimensions: int) -> np.ndarray:
    first = pca(points, dimensions).coordinates
    return (first / first[:, 0].std() * 1e-4).astype(np.float32)


def dense(weights: Affinities) -> np.ndarray:
    table = np.zeros((weights.n, weights.n))
    heads = np.repeat(np.arange(weights.n), np.diff(weights.starts))
    table[heads, weights.tails] = weights.weights
    return table


# ---- affinities


@given(st.integers(2, 12), st.integers(2, 40), st.floats(1, 60), st.integers(0, 2**32 - 1))
def test_each_point_has_the_perplexity_asked_for(m: int, k: int, perplexity: float, seed: int) -> None:
    distances = np.sort(np.random.default_rng(seed).gamma(2.0, size=(m, k)), axis=1).astype(np.float32)
    shares = conditional(distances, perplexity).astype(np.float64)
    np.testing.assert_allclose(shares.sum(axis=1), 1.0, rtol=1e-5)
    entropy = -np.where(shares > 0, shares * np.log(np.where(shares > 0, shares, 1)), 0).sum(axis=1)
    wanted = min(perplexity, k)
    # Close to 1 and to k the entropy changes too little with the width for float32.
    if 1.2 < wanted < k * 0.95:
        np.testing.assert_allclose(np.exp(entropy), wanted, rtol=2e-3)


def test_affinities_are_symmetric_and_sum_to_one() -> None:
    table = dense(weights_of(digits(300), 20))
    np.testing.assert_allclose(table, table.T)
    assert table.sum() == pytest.approx(1.0, abs=1e-5) and not table.diagonal().any()
    assert weights_of(digits(300), 20).entropy == pytest.approx(
        (table[table > 0] * np.log(table[table > 0])).sum(), 1e-4
    )


def test_supervision_draws_labels_together_as_tensorboard_does() -> None:
    points = digits(120)
    plain = weights_of(points, 10)
    labels = load_digits().target[:120].astype(np.int32)
    labels[::9] = -1
    given_table, table = dense(plain), dense(supervised(plain, labels, 60))
    n, share = 120, 0.6
    known = labels >= 0
    wanted = np.zeros_like(given_table)
    for i in range(n):
        for j in np.flatnonzero(given_table[i]):
            ways = []
            for one in (i, j):
                same = (labels == labels[one]).sum()
                other = known.sum() - same
                if not (known[i] and known[j]):
                    ways.append(1 / n)
                elif labels[i] != labels[j]:
                    ways.append(max(1 / n - share / other, 1e-7))
                else:
                    ways.append(min(1 / n + share / same, 1 - 1e-7))
            wanted[i, j] = given_table[i, j] * np.mean(ways)
    np.testing.assert_allclose(table, wanted / wanted.sum(), rtol=1e-3, atol=1e-9)
    assert supervised(plain, labels, 0) is plain
    assert supervised(plain, np.full(120, -1, np.int32), 50) is plain


@given(st.integers(1, 100), st.floats(0.1, 1000))
def test_a_perplexity_is_lowered_to_what_the_points_allow(n: int, asked: float) -> None:
    perplexity = feasible_perplexity(asked, n)
    assert 1 <= perplexity <= max(1, asked) and 3 * perplexity <= max(3, n - 1)


@given(st.integers(2, 60), st.floats(0, 1), st.integers(0, 2**32 - 1))
def test_the_strongest_pairs_can_be_told_apart(n: int, share: float, seed: int) -> None:
    random = np.random.default_rng(seed)
    near = neighbours(random.normal(size=(n, 3)).astype(np.float32).round(1), min(n - 1, 12))
    whole = affinities(near, 4)
    strong, weak = whole.parted(share)
    np.testing.assert_array_equal(dense(strong) + dense(weak), dense(whole))
    np.testing.assert_array_equal(dense(strong), dense(strong).T)
    assert not (dense(strong)[dense(weak) > 0]).any()
    assert dense(strong).sum() >= share * dense(whole).sum() - 1e-6
    if len(weak.weights):
        assert share < 1 and weak.weights.max() < strong.weights.min()
    assert strong.entropy + weak.entropy == pytest.approx(whole.entropy, rel=1e-5)


# ---- forces


def literal_forces(layout: np.ndarray) -> tuple[np.ndarray, float]:
    wide = layout.astype(np.float64)
    apart = wide[:, :, None] - wide[:, None, :]
    kernel = 1.0 / (1.0 + np.square(apart).sum(axis=0))
    return (apart * kernel**2).sum(axis=2), kernel.sum() - layout.shape[1]


def layout_of(n: int, dimensions: int, spread: float, seed: int = 0) -> np.ndarray:
    random = np.random.default_rng(seed)
    centres = random.normal(size=(dimensions, 1 + n // 20)) * spread
    layout = centres[:, random.integers(0, centres.shape[1], n)] + random.normal(size=(dimensions, n)) * spread / 8
    layout = layout.astype(np.float32)
    return layout - layout.mean(axis=1, keepdims=True)


@pytest.mark.parametrize("dimensions", [2, 3])
@pytest.mark.parametrize("n", [1, 2, 3, 200, 1100])
def test_exact_repulsion_is_the_sum_over_all_pairs(dimensions: int, n: int) -> None:
    layout = layout_of(n, dimensions, 10)
    forces, total = ExactRepulsion().forces(layout, ALONE)
    wanted, z = literal_forces(layout)
    np.testing.assert_allclose(forces, wanted, atol=2e-4 * max(1, np.abs(wanted).max()))
    with Crew(2) as crew:
        np.testing.assert_allclose(ExactRepulsion().forces(layout, crew)[0], forces, rtol=1e-5, atol=1e-5)
    assert total == pytest.approx(z, rel=1e-4, abs=1e-4)


@pytest.mark.parametrize(("dimensions", "spread", "error"), [
    (2, 1e-5, 0.01), (2, 0.1, 0.01), (2, 1, 0.01), (2, 10, 0.03), (2, 40, 0.08),
    (3, 1e-5, 0.01), (3, 0.3, 0.02), (3, 2, 0.03), (3, 8, 0.3),
])  # fmt: skip
def test_the_mesh_comes_close_to_all_pairs(dimensions: int, spread: float, error: float) -> None:
    layout = layout_of(700, dimensions, spread)
    wanted, z = literal_forces(layout)
    with Crew(2) as crew:
        forces, total = MeshRepulsion(dimensions).forces(layout, crew)
    assert np.linalg.norm(forces / total - wanted / z) <= error * np.linalg.norm(wanted / z)
    assert total == pytest.approx(z, rel=0.02)


@pytest.mark.parametrize("dimensions", [2, 3])
def test_through_the_mesh_a_point_does_not_push_itself(dimensions: int) -> None:
    far = np.full((dimensions, 3), 0.0, np.float32)
    far[:, 1], far[:, 2] = 12.0, -12.0
    for place in np.linspace(0, 2, 9, dtype=np.float32):
        far[:, 0] = place
        forces, total = MeshRepulsion(dimensions, 0.5, 64).forces(far, ALONE)
        wanted, z = literal_forces(far)
        np.testing.assert_allclose(forces, wanted, atol=2e-4)
        assert total == pytest.approx(z, abs=1e-3)


def test_attraction_is_the_sum_over_all_edges() -> None:
    points = digits(400)
    weights = weights_of(points, 15)
    layout = layout_of(400, 2, 10)
    forces, logs = Attraction(weights).forces(layout, with_kl=True)
    apart = (layout[:, :, None] - layout[:, None, :]).astype(np.float64)
    squared = 1.0 + np.square(apart).sum(axis=0)
    np.testing.assert_allclose(forces, (dense(weights) / squared * apart).sum(axis=2), atol=1e-6)
    assert logs == pytest.approx((dense(weights) * np.log(squared)).sum(), rel=1e-4)


def test_attraction_passes_over_points_without_edges() -> None:
    weights = Affinities(
        np.array([0, 0, 1, 1, 2, 2]), np.array([3, 1]), np.array([0.5, 0.5], np.float32), float(np.log(0.5))
    )
    forces, _ = Attraction(weights).forces(np.arange(10, dtype=np.float32).reshape(2, 5))
    np.testing.assert_allclose(forces[0], [0, -0.5 * 2 / 9, 0, 0.5 * 2 / 9, 0], atol=1e-6)


# ---- t-SNE


def divergence(weights: Affinities, layout: np.ndarray) -> float:
    """Sum of p log(p / q), literally."""
    squared = np.square(layout[:, None, :].astype(np.float64) - layout[None]).sum(axis=2)
    p, q = dense(weights), 1.0 / (1.0 + squared)
    np.fill_diagonal(q, 0.0)
    known = p > 0
    return float((p[known] * np.log(p[known] * q.sum() / q[known])).sum())


@pytest.mark.parametrize("dimensions", [2, 3])
def test_tsne_is_as_good_as_scikit_learns(dimensions: int) -> None:
    points = digits(400)
    weights = weights_of(points, 20)
    with Crew(2) as crew:
        ours = Tsne(weights, small_start(points, dimensions), crew)
        for _ in range(350):
            ours.step()
    theirs = TSNE(dimensions, perplexity=20, max_iter=350, init="pca", random_state=0).fit_transform(points)
    assert divergence(weights, ours.coordinates) <= 1.03 * divergence(weights, theirs)
    mine = trustworthiness(points, ours.coordinates, n_neighbors=12)
    assert mine >= trustworthiness(points, theirs, n_neighbors=12) - 0.003


def test_through_the_mesh_the_layout_is_as_good(monkeypatch: pytest.MonkeyPatch) -> None:
    points = digits(1150)
    assert isinstance(repulsion_for(1150, 2), MeshRepulsion)
    weights, start = weights_of(points, 20), small_start(points, 2)
    found = {}
    for name, limit in (("mesh", 0), ("exact", 10_000)):
        monkeypatch.setattr("runglass.viewers.projector.maths.repulsion.EXACT_UP_TO", {2: limit, 3: limit})
        with Crew(2) as crew:
            layout = Tsne(weights, start, crew)
            for _ in range(350):
                layout.step()
        found[name] = (divergence(weights, layout.coordinates), Trust(points).of(layout.coordinates))
    assert found["mesh"][0] <= found["exact"][0] * 1.08
    assert found["mesh"][1] >= found["exact"][1] - 0.003


def test_forces_that_are_kept_for_an_iteration_cost_little(monkeypatch: pytest.MonkeyPatch) -> None:
    random = np.random.default_rng(5)
    centres = random.normal(size=(12, 20)) * 3
    points = (centres[random.integers(0, 12, 5000)] + random.normal(size=(5000, 20))).astype(np.float32)
    weights, start = weights_of(points, 20), small_start(points, 2)
    found = {}
    for kept_for in (1, 2):
        if kept_for == 1:
            monkeypatch.setattr("runglass.viewers.projector.maths.tsne._MANY", len(points))
        else:
            monkeypatch.undo()
        layout = Tsne(weights, start, ALONE)
        for _ in range(400):
            layout.step()
        layout.step(with_kl=True)
        found[kept_for] = (layout.kl or 0.0, Trust(points).of(layout.coordinates) or 0.0)
    assert found[2][0] <= found[1][0] * 1.02
    assert found[2][1] >= found[1][1] - 0.001


def test_a_layout_can_be_disturbed_steered_and_begun_again() -> None:
    points = digits(200)
    layout = Tsne(weights_of(points, 10), small_start(points, 2), ALONE)
    for _ in range(30):
        layout.step()
    settled = layout.coordinates
    layout.perturb(0.05, np.random.default_rng(0))
    disturbed = layout.coordinates
    moved = np.abs(disturbed - settled).max() / np.linalg.norm(settled, axis=1).max()
    assert 0.01 < moved < 0.12
    layout.take_affinities(weights_of(points, 30))
    before = layout.kl
    layout.step(with_kl=True)
    assert layout.kl == pytest.approx(divergence(weights_of(points, 30), disturbed), rel=1e-3) and before is None
    layout.learning_rate = 1e9
    for _ in range(50):
        layout.step(with_kl=True)
    assert np.isfinite(layout.coordinates).all() and np.isfinite(layout.kl)
    layout.be_exact(True)
    layout.step()
    layout.be_exact(False)
    layout.restart()
    assert layout.iteration == 0 and layout.kl is None
    np.testing.assert_allclose(layout.coordinates, small_start(points, 2), atol=1e-9)


# ---- UMAP


def umap_of(points: np.ndarray, dimensions: int, epochs: int | None = None, count: int = 15) -> np.ndarray:
    graph = fuzzy_graph(neighbours(points, count - 1))
    start = initial_layout(graph, pca(points, dimensions).coordinates)
    layout = Umap(graph, start, 0.1, epochs or default_epochs(len(points)))
    while not layout.done:
        layout.step()
    return layout.coordinates


@pytest.mark.parametrize("dimensions", [2, 3])
def test_umap_keeps_neighbourhoods(dimensions: int) -> None:
    points = digits()
    found = umap_of(points, dimensions)
    trust = Trust(points, sample=5000).of(found)
    # umap-learn 0.5: 0.988 in the plane.
    assert trust is not None and trust > 0.985
    assert np.ptp(found, axis=0).min() > 5 and np.ptp(found, axis=0).max() < 60


@pytest.mark.filterwarnings("ignore")
def test_the_fuzzy_graph_and_curve_are_umap_learns() -> None:
    theirs = pytest.importorskip("umap.umap_", reason="umap-learn comes with the extra bench")
    points = digits(500)
    near = neighbours(points, 14)
    rows = np.concatenate([np.arange(500)[:, None], near.rows], axis=1).astype(np.int32)
    distances = np.concatenate([np.zeros((500, 1), np.float32), near.distances], axis=1)
    wanted = theirs.fuzzy_simplicial_set(points, 15, 0, "euclidean", knn_indices=rows, knn_dists=distances)[0].toarray()
    graph = fuzzy_graph(near)
    table = np.zeros((500, 500))
    table[graph.heads, graph.tails] = graph.strengths
    np.testing.assert_allclose(table, wanted, atol=2e-3)
    for distance in (0.0, 0.1, 0.5, 0.99):
        np.testing.assert_allclose(curve(distance), theirs.find_ab_params(1.0, distance), rtol=1e-3)


def test_umaps_ties_are_symmetric_and_the_nearest_is_certain() -> None:
    graph = fuzzy_graph(neighbours(digits(300), 9))
    table = np.zeros((300, 300))
    table[graph.heads, graph.tails] = graph.strengths
    np.testing.assert_allclose(table, table.T, atol=1e-6)
    np.testing.assert_allclose(table.max(axis=1), 1.0, atol=1e-6)
    assert (np.diff(graph.heads) >= 0).all()


def test_umap_can_be_disturbed_and_begun_again() -> None:
    points = digits(150)
    graph = fuzzy_graph(neighbours(points, 9))
    layout = Umap(graph, initial_layout(graph, pca(points, 2).coordinates), 0.1, 40)
    first = layout.coordinates
    ends = []
    for _ in range(2):
        while not layout.done:
            layout.step()
        ends.append(layout.coordinates)
        layout.perturb(0.1, np.random.default_rng(0))
        assert np.abs(layout.coordinates - ends[-1]).max() > 0.01
        layout.restart()
        np.testing.assert_array_equal(layout.coordinates, first)
    np.testing.assert_array_equal(ends[0], ends[1])


def test_a_graph_in_pieces_begins_at_the_components() -> None:
    points = np.concatenate([digits(60), digits(60) + 500])
    graph = fuzzy_graph(neighbours(points, 5))
    principal = pca(points, 2).coordinates
    start = initial_layout(graph, principal)
    assert abs(np.corrcoef(start[:, 0], principal[:, 0])[0, 1]) > 0.999


@pytest.mark.parametrize("dimensions", [2, 3])
@pytest.mark.parametrize("n", [2, 3, 4])
def test_very_few_points_find_a_place(n: int, dimensions: int) -> None:
    points = np.random.default_rng(0).normal(size=(n, 10)).astype(np.float32)
    first = np.random.default_rng(1).normal(scale=1e-4, size=(n, dimensions)).astype(np.float32)
    layout = Tsne(weights_of(points, feasible_perplexity(5, n)), first, ALONE)
    for _ in range(1000):
        layout.step(with_kl=True)
        assert layout.kl is not None and np.isfinite(layout.kl)
    assert np.isfinite(layout.coordinates).all()


def test_points_far_apart_push_each_other_as_far_as_they_are() -> None:
    layout = np.array([[-5000.0, 5000.0], [0.0, 0.0]], np.float32)
    forces, total = ExactRepulsion().forces(layout, ALONE)
    assert total == pytest.approx(2 / (1 + 1e8), rel=1e-4)
    np.testing.assert_allclose(forces[0], np.array([-1e4, 1e4]) / (1 + 1e8) ** 2, rtol=1e-3)


# ---- trust and memory


@pytest.mark.parametrize("k", [5, 12])
def test_trust_is_scikit_learns(k: int) -> None:
    # Without the ties of whole numbers, whose ranks are a matter of taste.
    points = digits(500) + np.random.default_rng(1).normal(scale=0.01, size=(500, 64)).astype(np.float32)
    for layout in (pca(points, 2).coordinates, np.random.default_rng(0).normal(size=(500, 2)).astype(np.float32)):
        assert Trust(points, k).of(layout) == pytest.approx(trustworthiness(points, layout, n_neighbors=k), abs=1e-6)


def test_trust_of_many_points_is_estimated_and_says_so() -> None:
    points = digits()
    layout = pca(points, 2).coordinates
    estimate = Trust(points, sample=600)
    assert estimate.sampled and not Trust(points, sample=2000).sampled
    assert estimate.of(layout) == pytest.approx(Trust(points, sample=2000).of(layout), abs=0.01)


@given(st.integers(0, 40))
@settings(max_examples=30)
def test_trust_of_few_points(n: int) -> None:
    points = np.random.default_rng(n).normal(size=(n, 3)).astype(np.float32)
    figure = Trust(points).of(points[:, :2])
    assert figure is None if n < 4 else figure is not None and figure <= 1.0


def test_there_is_memory_and_samples_are_rising_rows() -> None:
    assert memory.available_bytes() >= 1 << 28
    rows = memory.sample_rows(1000, 100)
    assert len(rows) == 100 and (np.diff(rows) > 0).all()
    assert memory.tsne_bytes(10**6, 1000, 91, 2) > memory.tsne_bytes(10**4, 1000, 91, 2) > 0
