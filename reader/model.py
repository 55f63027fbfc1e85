"""The words of a log: runs, tags, series, and the immutable views that a pane draws from."""

from __future__ import annotations

import enum
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, overload

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


class Kind(enum.Enum):
    """What a series holds; the same tag used for two kinds makes two series."""

    SCALAR = "scalars"
    IMAGE = "images"
    AUDIO = "audio"
    HISTOGRAM = "histograms"
    TEXT = "text"
    TENSOR = "tensors"
    HPARAMS = "hparams"
    PR_CURVE = "pr_curves"
    MESH = "mesh"
    CUSTOM_SCALARS = "custom_scalars"
    GRAPH = "graphs"

    # Members are single objects, and stand in keys that are looked up for every value read: Enum's own hash is slow.
    __hash__ = object.__hash__


class RestartMode(enum.Enum):
    """Which points of a series are shown where a later session went back in steps (docs/file-format.md)."""

    LATEST_WINS = "latest"
    ALL = "all"
    AS_TENSORBOARD = "tensorboard"
    AS_TENSORBOARD_FAST = "tensorboard-fast"


@dataclass(frozen=True, slots=True)
class SeriesKey:
    """Names one series. ``run`` is the run's id as in :class:`RunInfo`, ``tag`` as logged."""

    run: str
    tag: str
    kind: Kind


@dataclass(frozen=True, slots=True)
class RunInfo:
    """One run: a directory that holds (or held) event files, or the config of a projector.

    ``name`` is the directory relative to its root (``.`` for the root itself); with several roots it is preceded by the
    root's label and a slash. It is unique in a store. ``path`` is the directory's full address, the key under which a
    user's colour and alias are remembered. ``first_wall`` is the wall time of the first event, in seconds since 1970.
    """

    name: str
    path: str
    root: str
    order: int
    first_wall: float | None
    deleted: bool = False
    live: bool = False


@dataclass(frozen=True, slots=True)
class EmbeddingKey:
    """Names the embeddings of one tag, of which there may be one a step. ``run`` is the run's id, ``tag`` as written.

    ``logged``: they are two-dimensional tensors of the event files; else files that a projector's config names.
    """

    run: str
    tag: str
    logged: bool = False


@dataclass(frozen=True, slots=True)
class SeriesMetadata:
    """What the first value of a tag said about it."""

    plugin: str = ""
    display_name: str = ""
    description: str = ""
    content: bytes = b""


@dataclass(frozen=True, slots=True)
class BlobRef:
    """Bytes that stay on disk: ``length`` bytes at ``offset`` of a file, inside the record at ``record_offset``.

    ``file`` is the reader's id of one generation of one file; :meth:`LogSession.read_blob` resolves it.
    """

    file: int
    record_offset: int
    record_length: int
    offset: int
    length: int


class BlobSamples(Sequence[tuple[BlobRef, ...]]):
    """The blobs of each point of a series, made when they are asked for: a log may hold millions.

    ``start`` int64 (n+1,): point i has blobs ``start[i]:start[i+1]``; ``fields`` int64 (m, 5): the fields of
    :class:`BlobRef`. Neither ever changes.
    """

    __slots__ = ("_fields", "_start")

    def __init__(self, start: NDArray[np.int64], fields: NDArray[np.int64]) -> None:
        self._start, self._fields = start, fields

    def __len__(self) -> int:
        return len(self._start) - 1

    @overload
    def __getitem__(self, index: int) -> tuple[BlobRef, ...]: ...

    @overload
    def __getitem__(self, index: slice) -> Sequence[tuple[BlobRef, ...]]: ...

    def __getitem__(self, index: int | slice) -> tuple[BlobRef, ...] | Sequence[tuple[BlobRef, ...]]:
        if isinstance(index, slice):
            return tuple(self[place] for place in range(*index.indices(len(self))))
        place = index + len(self) if index < 0 else index
        if not 0 <= place < len(self):
            raise IndexError(index)
        return tuple(BlobRef(*row) for row in self._fields[self._start[place] : self._start[place + 1]].tolist())

    @property
    def most(self) -> int:
        """The most blobs that a point has."""
        return int((self._start[1:] - self._start[:-1]).max(initial=0))


@dataclass(frozen=True, slots=True)
class ScalarView:
    """Points of a scalar series in file order, all of them.

    ``step`` int64 (n,), ``wall`` float64 (n,) seconds since 1970, ``value`` float32 or float64 (n,). The arrays are
    read-only and never change. ``rewrites`` grows whenever something other than appending happened: two views with
    equal ``rewrites`` are prefixes of one another. ``sessions`` has one entry a writing session that the series took
    part in: the index of its first point, and the step of its START event (None: a file that announced none).
    """

    key: SeriesKey
    step: NDArray[np.int64]
    wall: NDArray[np.float64]
    value: NDArray[np.floating]
    rewrites: int
    sessions: tuple[Session, ...] = ()


@dataclass(frozen=True, slots=True)
class Session:
    """A stretch of a series written by one file, or since one START event.

    ``first`` is the index of its first point in the series (which may equal the length: a START that purges what
    stands before, with nothing written since), ``start_step`` the step announced by a START event, else None.
    ``event_version`` is the N of "brain.Event:N" of the file, 0 where it has none.
    """

    first: int
    file: int
    start_step: int | None = None
    event_version: int = 2


@dataclass(frozen=True, slots=True)
class ScalarSelection:
    """The points of a :class:`ScalarView` that a :class:`RestartMode` shows.

    Arrays as in the view, without a copy where nothing is left out. ``hidden`` counts the points left out and
    ``restarts`` holds (step, points hidden by it). Equal ``token``: the shorter selection is a prefix of the longer.
    """

    step: NDArray[np.int64]
    wall: NDArray[np.float64]
    value: NDArray[np.floating]
    token: tuple[int, ...]
    hidden: int = 0
    restarts: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class BlobView:
    """Images or audio clips of a series, in file order: ``samples[i]`` are the blobs of point i; sizes as logged.

    ``width``, ``height`` int32 (n,), 0 where not logged (audio). ``labels[i]`` are the labels of the clips of point i;
    empty where no clip has one. ``content_type`` is a media type such as "audio/wav", empty where the log names none.
    """

    key: SeriesKey
    step: NDArray[np.int64]
    wall: NDArray[np.float64]
    samples: BlobSamples
    width: NDArray[np.int32]
    height: NDArray[np.int32]
    rewrites: int
    content_type: str = ""
    labels: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class HistogramView:
    """Histograms of a series, in file order. Point i owns buckets ``start[i]:start[i+1]``.

    ``left``, ``right``, ``count`` float64 (m,); ``start`` int64 (n+1,). ``stats`` float64 (n, 5): min, max, number,
    sum, sum of squares as logged, NaN where the encoding has none. ``sessions`` as in :class:`ScalarView`.
    """

    key: SeriesKey
    step: NDArray[np.int64]
    wall: NDArray[np.float64]
    start: NDArray[np.int64]
    left: NDArray[np.float64]
    right: NDArray[np.float64]
    count: NDArray[np.float64]
    stats: NDArray[np.float64]
    rewrites: int
    sessions: tuple[Session, ...] = ()


@dataclass(frozen=True, slots=True)
class TensorValue:
    """A tensor of the log: shape, numpy dtype name ("object" for strings), and where its Summary.Value lies on disk.

    ``raw``: what lies there is the content itself, as of graphs, which have events of their own. ``decode_value`` of
    the reader's api turns the bytes into an array either way.
    """

    shape: tuple[int, ...]
    dtype: str
    ref: BlobRef
    nbytes: int
    raw: bool = False


@dataclass(frozen=True, slots=True)
class TensorView:
    """Texts, tensors, PR curves, meshes, layouts, hparams, graphs: values by reference, in file order."""

    key: SeriesKey
    step: NDArray[np.int64]
    wall: NDArray[np.float64]
    values: tuple[TensorValue, ...]
    rewrites: int


class Change(enum.Flag):
    """How a series changed: APPENDED alone means that earlier points are as they were."""

    APPENDED = enum.auto()
    REWRITTEN = enum.auto()


@dataclass(slots=True)
class Delta:
    """All that changed since the last drain. Merges by union, so any number of commits cost one wake-up.

    ``removed_series`` are those whose last file was replaced by one without the tag; the series of a removed run are
    not named one by one. ``changed_embeddings`` are those that came, went, got a new step or other files.
    """

    generation: int = 0
    new_runs: set[str] = field(default_factory=set)
    changed_runs: set[str] = field(default_factory=set)
    removed_runs: set[str] = field(default_factory=set)
    new_series: set[SeriesKey] = field(default_factory=set)
    removed_series: set[SeriesKey] = field(default_factory=set)
    changed_series: dict[SeriesKey, Change] = field(default_factory=dict)
    changed_embeddings: set[EmbeddingKey] = field(default_factory=set)
    health: bool = False
    progress: bool = False

    def __bool__(self) -> bool:
        return bool(
            self.new_runs
            or self.changed_runs
            or self.removed_runs
            or self.new_series
            or self.removed_series
            or self.changed_series
            or self.changed_embeddings
            or self.health
            or self.progress
        )


class Severity(enum.Enum):
    """How much a user should care: INFO needs nothing, WARNING lost or marked something, ERROR hides a whole file."""

    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Problem:
    """One row of the log health: what, where, why, and what to do.

    ``offset`` and ``length`` are bytes of the file; both None where the whole file or folder is meant. ``count`` is
    how many like it there are. ``code`` is a short stable name for tests and filters, such as "bad-payload-crc".
    """

    code: str
    severity: Severity
    run: str
    file: str
    cause: str
    remedy: str
    offset: int | None = None
    length: int | None = None
    count: int = 1


@dataclass(frozen=True, slots=True)
class FileHealth:
    """Byte accounting of one file: ``accepted + pending + gap_bytes == size``, always."""

    run: str
    name: str
    path: str
    size: int
    accepted: int
    pending: int
    gap_bytes: int
    records: int
    gaps: int
    state: str = "ok"
    generation: int = 0


@dataclass(frozen=True, slots=True)
class LogHealth:
    """What the reader knows about how whole the log is."""

    files: tuple[FileHealth, ...] = ()
    problems: tuple[Problem, ...] = ()

    @property
    def clean(self) -> bool:
        """True where every byte of every file was read and nothing odd was met."""
        return not any(p.severity is not Severity.INFO for p in self.problems)


@dataclass(frozen=True, slots=True)
class Progress:
    """Bytes read of bytes known; ``loading`` until the first pass over all files is done."""

    read: int = 0
    total: int = 0
    files: int = 0
    loading: bool = True


@dataclass(frozen=True, slots=True)
class Totals:
    """Figures for the status bar.

    ``newest_wall`` in seconds since 1970, None before the first point; ``columns``: memory of the columns in bytes.
    """

    runs: int = 0
    tags: int = 0
    points: int = 0
    columns: int = 0
    newest_wall: float | None = None


@dataclass(frozen=True, slots=True)
class WatchStatus:
    """How changes are noticed: ``mode`` is "notified", "polling" or "stopped"; ``message`` says why and what to do."""

    mode: str
    message: str = ""
