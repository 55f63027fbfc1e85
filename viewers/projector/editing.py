"""Labels that the user gives to points: columns over those that were loaded, with undo, until they are saved. No Qt."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .labels import Indices, Labels, short
from .tables import Cancelled, never, one_line, write_metadata

#: Changes that can be taken back, fewer where columns are long: together they take so many bytes.
MOST_CHANGES, FEWEST_CHANGES = 100, 8
_MOST_BYTES = 1 << 28
#: What one change keeps of a point: the label, its code, its number.
_BYTES = 16
_FEW_VALUES = 50
#: Where all labels are different, so many are compared one by one with the one that is given.
_MOST_COMPARED = 5000


class EditedColumn:
    """A column with some labels of the user's; immutable, and read from any thread as a loaded one.

    ``base`` is what was loaded, None for a new column; ``over`` int32 (n,): -1 where the label is as it was, else
    which of ``given``.
    """

    def __init__(self, name: str, base: Labels | None, over: NDArray[np.int32], given: tuple[str, ...]) -> None:
        self.name = name
        self.base = base
        self.over = over
        self.given = given

    def __len__(self) -> int:
        return len(self.over)

    def __getitem__(self, index: int) -> str:
        if not 0 <= index < len(self.over):
            raise IndexError(index)
        which = int(self.over[index])
        if which >= 0:
            return self.given[which]
        return "" if self.base is None else self.base[index]

    def texts(self, indices: Indices | None = None) -> list[str]:
        """The texts of some points, or of all."""
        return [self[int(index)] for index in (range(len(self)) if indices is None else indices)]

    @cached_property
    def _coded(self) -> tuple[NDArray[np.int32] | None, tuple[str, ...]]:
        if self.base is None:
            values: tuple[str, ...] = ("",)
            codes = np.zeros(len(self), np.int32)
        elif self.base.codes is None:
            return None, ()
        else:
            values, codes = self.base.values, self.base.codes
        known = {text: code for code, text in enumerate(values)}
        for text in self.given:
            known.setdefault(text, len(known))
        # One more for the place of -1, which is not asked for.
        code_of = np.array([*(known[text] for text in self.given), 0], np.int32)
        return np.where(self.over >= 0, code_of[self.over], codes), tuple(known)

    @property
    def codes(self) -> NDArray[np.int32] | None:
        """As ``MetadataColumn.codes``."""
        return self._coded[0]

    @property
    def values(self) -> tuple[str, ...]:
        """As ``MetadataColumn.values``; some may be no point's any more."""
        return self._coded[1]

    @cached_property
    def _occurring(self) -> NDArray[np.int64]:
        assert self.codes is not None
        return np.flatnonzero(np.bincount(self.codes, minlength=len(self.values)))

    @cached_property
    def numbers(self) -> NDArray[np.float64] | None:
        """As ``MetadataColumn.numbers``, for the labels as they are now."""
        if self.codes is None:
            assert self.base is not None
            given = [number for number in map(_number, self.given) if number is not None]
            if self.base.numbers is None or len(given) < len(self.given):
                return None
            return np.where(self.over >= 0, np.array([*given, 0.0])[self.over], self.base.numbers)
        found = np.full(len(self.values), np.nan)
        for code in self._occurring.tolist():
            number = _number(self.values[code])
            if number is None:
                return None
            found[code] = number
        filled = any(self.values[code] for code in self._occurring.tolist())
        return found[self.codes] if filled else None

    @property
    def categorical(self) -> bool:
        """As ``MetadataColumn.categorical``."""
        return self.codes is not None and (self.numbers is None or len(self._occurring) <= _FEW_VALUES)


@dataclass(frozen=True, slots=True)
class _Change:
    """Column ``place`` before and after; ``before`` None where it was not there. ``text`` says what was done."""

    place: int
    before: Labels | None
    after: EditedColumn
    text: str


class LabelEdits:
    """The columns of an embedding with what the user changed of them. Not for several threads at once.

    ``columns`` are those that were loaded, each as long as ``count``.
    """

    def __init__(self, columns: Sequence[Labels], count: int) -> None:
        self._columns: list[Labels] = list(columns)
        self._count = count
        kept = min(max(_MOST_BYTES // (_BYTES * max(count, 1)), FEWEST_CHANGES), MOST_CHANGES)
        self._done: deque[_Change] = deque(maxlen=kept)
        self._undone: list[_Change] = []
        self._saved = self.columns

    @property
    def columns(self) -> tuple[Labels, ...]:
        """All columns as they are now; their objects are others where labels are others."""
        return tuple(self._columns)

    @property
    def unsaved(self) -> bool:
        """True where labels differ from the file that was loaded or saved last."""
        now = self.columns
        return len(now) != len(self._saved) or any(one is not other for one, other in zip(now, self._saved))

    @property
    def undo_text(self) -> str:
        """What :meth:`undo` would take back, for the user; empty where there is nothing."""
        return self._done[-1].text if self._done else ""

    @property
    def redo_text(self) -> str:
        """What :meth:`redo` would do again; empty where there is nothing."""
        return self._undone[-1].text if self._undone else ""

    def tag(self, points: NDArray[Any], text: str, place: int) -> int:
        """Give points (indices, or a mask of all) a label in column ``place``; returns how many labels are others now.

        Tabs and line breaks of the text become blanks. IndexError for a column or point that there is not.
        """
        if not 0 <= place < len(self._columns):
            raise IndexError(place)
        column = self._columns[place]
        changed, after = self._tagged(column.name, column, points, text)
        if changed:
            self._do(_Change(place, column, after, _labels_in(changed, column.name)))
        return changed

    def tag_new(self, points: NDArray[Any], text: str, name: str) -> int:
        """The same in a new column called ``name``, or in the one of that name. ValueError for a name without text."""
        name = one_line(name).strip()
        if not name:
            raise ValueError("A column of labels needs a name.")
        for place, column in enumerate(self._columns):
            if column.name == name:
                return self.tag(points, text, place)
        changed, after = self._tagged(name, None, points, text)
        if changed:
            self._do(_Change(len(self._columns), None, after, _labels_in(changed, name)))
        return changed

    def undo(self) -> bool:
        """Take the last change back; False where there is none."""
        if not self._done:
            return False
        change = self._done.pop()
        self._undone.append(change)
        if change.before is None:
            del self._columns[change.place]
        else:
            self._columns[change.place] = change.before
        return True

    def redo(self) -> bool:
        """Make the change again that was taken back last; False where there is none."""
        if not self._undone:
            return False
        change = self._undone.pop()
        self._put(change)
        return True

    def save(self, path: Path, cancelled: Cancelled = never) -> int:
        """Write all columns as :func:`.tables.write_metadata` does and count them as saved; returns the rows."""
        written = self.columns
        rows = write_metadata(path, written, None, cancelled)
        self.mark_saved(written)
        return rows

    def mark_saved(self, columns: tuple[Labels, ...]) -> None:
        """``columns``, as they were given before, are what a file has: for a caller that writes in another thread."""
        self._saved = columns

    def _tagged(self, name: str, column: Labels | None, points: NDArray[Any], text: str) -> tuple[int, EditedColumn]:
        """How many labels change, and the column with them."""
        text = one_line(text).strip()
        chosen = self._indices(points)
        base: Labels | None
        if isinstance(column, EditedColumn):
            base, over, given = column.base, column.over.copy(), column.given
        else:
            base, over, given = column, np.full(self._count, -1, np.int32), ()
        changed = chosen[~_has(column, chosen, text)]
        if text not in given:
            given = (*given, text)
        over[changed] = given.index(text)
        return len(changed), EditedColumn(name, base, over, given)

    def _indices(self, points: NDArray[Any]) -> NDArray[np.int64]:
        if points.dtype == np.bool_:
            if points.shape != (self._count,):
                raise IndexError(f"a mask of {points.shape} for {self._count:,} points")
            return np.flatnonzero(points)
        if len(points) and not 0 <= points.min() <= points.max() < self._count:
            raise IndexError(f"points beyond the {self._count:,} that there are")
        return np.unique(points).astype(np.int64)

    def _do(self, change: _Change) -> None:
        self._undone.clear()
        self._put(change)

    def _put(self, change: _Change) -> None:
        self._done.append(change)
        if change.before is None:
            self._columns.insert(change.place, change.after)
        else:
            self._columns[change.place] = change.after


def _has(column: Labels | None, points: NDArray[np.int64], text: str) -> NDArray[np.bool_]:
    """Which points have a text already."""
    if column is None:
        return np.full(len(points), not text)
    if column.codes is None:
        if len(points) > _MOST_COMPARED:
            # Of so many different texts hardly one is the new one, and going through them takes its time.
            return np.zeros(len(points), bool)
        return np.array([known == text for known in column.texts(points)], bool)
    same = np.array([known == text for known in column.values], bool)
    return same[column.codes[points]]


def _number(text: str) -> float | None:
    """A label as a number, NaN for an empty one, None for what is none."""
    if not text:
        return math.nan
    try:
        return None if "_" in text else float(text)
    except ValueError:
        return None


def _labels_in(count: int, column: str) -> str:
    return f"{count:,} label{'' if count == 1 else 's'} in “{short(column)}”"
