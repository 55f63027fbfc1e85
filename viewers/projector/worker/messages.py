"""What the program and the projection process say to each other."""

from __future__ import annotations

from dataclasses import dataclass

from ..maths.numbers import Doubles, Ints, Matrix, Rows
from .shared import Handle

# ---- jobs -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class PcaJob:
    """The first ``components`` principal components (at most 10) of all points."""

    components: int = 10
    spherize: bool = False


@dataclass(frozen=True, slots=True)
class TsneJob:
    """A t-SNE layout, live, in 2 or 3 ``dimensions``.

    ``learning_rate`` None is the automatic one. ``iterations`` None goes on until cancelled.
    ``labels`` int32 (rows of the matrix,), negative for none, draw equals together by ``supervise``, 0 to 100.
    ``initial`` float32 (rows of the matrix, dimensions) goes on from coordinates, without the early exaggeration.
    ``everything`` lays all points out even where the search for neighbours will take very long.
    """

    dimensions: int = 2
    perplexity: float = 30.0
    learning_rate: float | None = None
    iterations: int | None = 1000
    spherize: bool = False
    cosine: bool = False
    labels: Ints | None = None
    supervise: float = 0.0
    initial: Matrix | None = None
    everything: bool = False
    seed: int = 0


@dataclass(frozen=True, slots=True)
class UmapJob:
    """A UMAP layout, live, in 2 or 3 ``dimensions``. ``neighbours`` counts the point itself, as umap-learn does.

    ``epochs`` None is umap-learn's number: 500 up to 10,000 points, 200 beyond.
    """

    dimensions: int = 2
    neighbours: int = 15
    min_distance: float = 0.1
    epochs: int | None = None
    spherize: bool = False
    cosine: bool = False
    everything: bool = False
    seed: int = 0


@dataclass(frozen=True, slots=True)
class AxesJob:
    """Coordinates along axes between the centroids of two sets of rows of the matrix each: (from, to)."""

    ends: tuple[tuple[Rows, Rows], ...]
    spherize: bool = False


@dataclass(frozen=True, slots=True)
class ClusterJob:
    """Clusters by k-means (``count`` of them) or, with ``smallest``, by HDBSCAN (of so many points at least)."""

    count: int = 8
    smallest: int | None = None
    spherize: bool = False
    seed: int = 0


Job = PcaJob | TsneJob | UmapJob | AxesJob | ClusterJob

# ---- to the child ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class SetData:
    """The points of the jobs to come, and where their coordinates go."""

    matrix: Handle
    places: Handle


@dataclass(frozen=True, slots=True)
class Start:
    """Do ``job``; what is said about it carries ``number``."""

    number: int
    job: Job


@dataclass(frozen=True, slots=True)
class Cancel:
    """End the job of this number."""

    number: int


@dataclass(frozen=True, slots=True)
class Taken:
    """Frame ``number`` has been copied: its place is free."""

    number: int


@dataclass(frozen=True, slots=True)
class Quit:
    """End the process."""


@dataclass(frozen=True, slots=True)
class Pause:
    """Hold a live layout."""


@dataclass(frozen=True, slots=True)
class Resume:
    """Go on with it."""


@dataclass(frozen=True, slots=True)
class Restart:
    """Begin a live layout again from its first coordinates, with the settings of now."""


@dataclass(frozen=True, slots=True)
class Perturb:
    """Move each point of a live layout by chance, by up to ``strength`` of the layout's radius."""

    strength: float = 0.05


@dataclass(frozen=True, slots=True)
class Change:
    """New settings for a live t-SNE; None leaves one as it is. ``supervise`` from 0 to 100."""

    perplexity: float | None = None
    learning_rate: float | None = None
    supervise: float | None = None


Live = Pause | Resume | Restart | Perturb | Change
Command = SetData | Start | Cancel | Taken | Quit | Live

# ---- from the child -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Began:
    """A job has looked at its points. ``rows`` are those of the original matrix that it shows, None for all of them.

    Rows are left out where they hold no finite numbers, or in a sample where all would not fit into memory;
    ``notes`` are sentences that say so.
    """

    job: int
    rows: Rows | None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a job is: ``phase`` for people, ``fraction`` 0 to 1 or None where unknown."""

    job: int
    phase: str
    fraction: float | None


@dataclass(frozen=True, slots=True)
class Measures:
    """How good a layout is. None where it has not been measured.

    ``kl`` is t-SNE's Kullback-Leibler divergence in nats; ``trust`` the trustworthiness of the 12 nearest neighbours,
    estimated from a sample of the points where ``sampled``.
    """

    kl: float | None = None
    trust: float | None = None
    sampled: bool = False


@dataclass(frozen=True, slots=True)
class Frame:
    """A state of a layout: ``coordinates`` float32 (points, 2 or 3), the receiver's own copy.

    ``sequence`` rises with each frame of the process. A receiver that is slow misses frames, never the last one.
    """

    job: int
    sequence: int
    iteration: int
    coordinates: Matrix
    measures: Measures = Measures()
    paused: bool = False


@dataclass(frozen=True, slots=True)
class PcaResult:
    """``variance`` and ``ratio`` float64 (c,) of each component; ``axes`` float32 (c, d)."""

    variance: Doubles
    ratio: Doubles
    total: float
    axes: Matrix


@dataclass(frozen=True, slots=True)
class LayoutResult:
    """Of t-SNE and UMAP: how many iterations were done, and how good the layout is."""

    iteration: int
    measures: Measures


@dataclass(frozen=True, slots=True)
class AxesResult:
    """The unit ``directions`` float32 (axes, d)."""

    directions: Matrix


@dataclass(frozen=True, slots=True)
class ClusterResult:
    """``labels`` int32 (points,) from 0, the largest cluster, on; -1 for points in none."""

    labels: Ints


Result = PcaResult | LayoutResult | AxesResult | ClusterResult


@dataclass(frozen=True, slots=True)
class Finished:
    """The end of a job: ``coordinates`` float32 (points, c) where it has some, its ``result`` and ``notes``."""

    job: int
    coordinates: Matrix | None
    result: Result
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Cancelled:
    """The job has ended because it was cancelled."""

    job: int


@dataclass(frozen=True, slots=True)
class Failed:
    """The job could not be done; ``sentence`` says why."""

    job: int
    sentence: str


@dataclass(frozen=True, slots=True)
class Died:
    """The projection process has ended by itself; the next job starts another. ``job`` is the one that was running."""

    job: int | None
    sentence: str


Event = Began | Progress | Frame | Finished | Cancelled | Failed | Died


@dataclass(frozen=True, slots=True)
class Attached:
    """The child now looks at the matrix of this name, and at no earlier one."""

    name: str


@dataclass(frozen=True, slots=True)
class Placed:
    """``event`` with its coordinates, float32 (rows, columns), left in the place of frame ``number``."""

    event: Frame | Finished
    number: int
    rows: int
    columns: int


Report = Event | Attached | Placed
