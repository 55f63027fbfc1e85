"""What a projector shows: the embeddings that there are, and one of them in memory."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ..model import EmbeddingKey, TensorValue

if TYPE_CHECKING:
    from .config import EmbeddingEntry


@dataclass(frozen=True, slots=True)
class EmbeddingSource:
    """One embedding that can be loaded: one step of a tag. Equal sources load the same files.

    ``step`` is None where the name has none; ``name`` is the ``tensor_name`` of the config, or the tag. ``folder`` and
    ``entry`` say what the config names and where it lies, ``tensor`` where a tensor of the log lies; one of both is
    None. ``missing`` is a sentence for users where there is nothing to load, such as a variable of a checkpoint; empty
    elsewhere. ``shape`` is (points, dimensions) where that is known before loading.
    """

    key: EmbeddingKey
    step: int | None
    name: str
    folder: str = ""
    entry: EmbeddingEntry | None = None
    tensor: TensorValue | None = None
    missing: str = ""
    shape: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class EmbeddingSeries:
    """All steps of one tag of one run: ``sources`` by rising step, at least one."""

    key: EmbeddingKey
    sources: tuple[EmbeddingSource, ...]

    @property
    def newest(self) -> EmbeddingSource:
        """The last step."""
        return self.sources[-1]


@dataclass(frozen=True, slots=True)
class EmbeddingNote:
    """Something to say about an embedding that was loaded. ``code`` is short and stable, ``text`` a sentence for users.

    ``permission`` is the path of a file outside the log that was left out: after ``session.allow(permission)`` the next
    load takes it.
    """

    code: str
    text: str
    permission: str = ""


class MetadataColumn:
    """A column of labels, one a point. Everything is made when it is loaded, and may be read from any thread.

    ``numbers`` is float64 (n,), NaN where a cell is empty, or None where a cell holds something else than a number.
    ``codes`` is int32 (n,) and ``values[code]`` the text of a cell; both in the order of first appearance, and None and
    empty where there are more than :data:`MOST_VALUES` different texts. ``column[i]`` is the text of point i.
    """

    MOST_VALUES = 1 << 16

    __slots__ = ("_data", "_ends", "codes", "name", "numbers", "values")

    def __init__(
        self,
        name: str,
        data: NDArray[np.uint8],
        ends: NDArray[np.int64],
        numbers: NDArray[np.float64] | None,
        codes: NDArray[np.int32] | None,
        values: tuple[str, ...],
    ) -> None:
        self.name = name
        self.numbers = numbers
        self.codes = codes
        self.values = values
        self._data = data
        self._ends = ends

    def __len__(self) -> int:
        return len(self._ends)

    def __getitem__(self, index: int) -> str:
        if not 0 <= index < len(self._ends):
            raise IndexError(index)
        begin = int(self._ends[index - 1]) if index else 0
        return self._data[begin : int(self._ends[index])].tobytes().decode("utf-8", "replace")

    def texts(self, indices: Sequence[int] | NDArray[np.integer[Any]] | None = None) -> list[str]:
        """The texts of some points, or of all."""
        if indices is None:
            indices = range(len(self))
        return [self[int(index)] for index in indices]

    @property
    def categorical(self) -> bool:
        """True where the column is text, or numbers of few different values: what a legend of chips can show."""
        return self.codes is not None and (self.numbers is None or len(self.values) <= 50)

    @property
    def nbytes(self) -> int:
        """Memory of the column, about."""
        arrays = (self._data, self._ends, self.numbers, self.codes)
        return sum(array.nbytes for array in arrays if array is not None)


@dataclass(frozen=True, slots=True)
class Sprite:
    """A sheet of thumbnails. ``pixels`` is uint8 (height, width, 4), RGBA, not premultiplied; ``cell`` (width, height).

    Thumbnails stand row by row from the top left corner, as many in a row as the sheet is wide.
    """

    pixels: NDArray[np.uint8]
    cell: tuple[int, int]

    @property
    def columns(self) -> int:
        """Thumbnails in a row."""
        return int(self.pixels.shape[1]) // self.cell[0]

    @property
    def count(self) -> int:
        """How many thumbnails the sheet has room for."""
        return self.columns * (int(self.pixels.shape[0]) // self.cell[1])

    def rectangle(self, point: int) -> tuple[int, int, int, int]:
        """x, y, width and height of a point's thumbnail in pixels. IndexError for a point beyond the sheet."""
        if not 0 <= point < self.count:
            raise IndexError(point)
        row, column = divmod(point, self.columns)
        return column * self.cell[0], row * self.cell[1], self.cell[0], self.cell[1]

    def corners(self, points: NDArray[np.integer[Any]]) -> NDArray[np.int32]:
        """x and y of the top left corners of many points: int32 (k, 2)."""
        row, column = np.divmod(np.asarray(points, np.int64), self.columns)
        return np.stack([column * self.cell[0], row * self.cell[1]], axis=1).astype(np.int32)


@dataclass(frozen=True, slots=True)
class EmbeddingData:
    """An embedding in memory. ``matrix`` is float32 (points, dimensions), in the caller's memory where it gave some.

    Missing cells and cells that are no numbers are NaN. ``columns`` are empty or as long as the matrix. ``sprite`` has
    a thumbnail for each point. ``bookmarks`` is the file of bookmarks as it is, None without one: JSON from a
    stranger, to be taken apart with bounds. ``notes`` say what was left out and why; they stand in the log health too.
    """

    matrix: NDArray[np.float32]
    columns: tuple[MetadataColumn, ...] = ()
    sprite: Sprite | None = None
    bookmarks: bytes | None = None
    notes: tuple[EmbeddingNote, ...] = ()
