"""What a file's sink holds between two commits, and how it goes back when a gap in the file heals."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from ..model import Problem, Severity
from .staged_rows import Place, StagedRows

Points: TypeAlias = "tuple[NDArray[np.int64], NDArray[np.float64], Any]"
_MOST_PROBLEMS = 1000


@dataclass(slots=True)
class Staged:
    """Points of one series that are not published yet, in file order.

    ``arrays`` of a scalar series: (step int64, wall float64, value float32 or float64), or a column of rows that are
    staged together; then single points in ``step``, ``wall``, ``value``. ``items`` of any other kind go with ``step``
    and ``wall``. ``starts``: (index within the file's points, step) of START events since the last commit. ``rows``:
    what stands last, as long as rows may be added to it.
    """

    step: list[int] = field(default_factory=list)
    wall: list[float] = field(default_factory=list)
    value: list[float] = field(default_factory=list)
    items: list[Any] = field(default_factory=list)
    arrays: list[Points | tuple[StagedRows, int]] = field(default_factory=list)
    starts: list[tuple[int, int]] = field(default_factory=list)
    double: bool = False
    rows: StagedRows | None = None

    def flush(self) -> None:
        """Turn single points into arrays, so that arrays and points keep their order."""
        if not self.step:
            return
        contents: Any = self.items
        if not self.items:
            with np.errstate(over="ignore"):
                contents = np.array(self.value, np.float64 if self.double else np.float32)
        self.arrays.append((np.array(self.step, np.int64), np.array(self.wall, np.float64), contents))
        self.step, self.wall, self.value, self.items = [], [], [], []

    def joined(self) -> Points | None:
        """All points as one array of steps, one of wall times, and their contents; None where there are none."""
        self.flush()
        if not self.arrays:
            return None
        parts = [part if len(part) == 3 else part[0].points(part[1]) for part in self.arrays]
        if len(parts) > 1:
            step, wall, contents = zip(*parts)
            scalars = isinstance(contents[0], np.ndarray)
            together = np.concatenate(contents) if scalars else [item for items in contents for item in items]
            parts = [(np.concatenate(step), np.concatenate(wall), together)]
        self.arrays = [parts[0]]
        return parts[0]


@dataclass(slots=True)
class _Mark:
    offset: int
    starts: int
    notes: int
    before: dict[Place, int] = field(default_factory=dict)


class Progress:
    """How many points of each series the file has given, with marks to go back to.

    A mark keeps the counts of what changed since it was set, and no others: a file may have thousands of gaps, and a
    run thousands of series.
    """

    def __init__(self) -> None:
        self.counts: dict[Place, int] = {}
        self.starts: list[int] = []
        self._marks: list[_Mark] = []

    def add(self, place: Place, points: int) -> None:
        """Count points of a series."""
        before = self.counts.get(place, 0)
        if self._marks:
            self._marks[-1].before.setdefault(place, before)
        self.counts[place] = before + points

    def mark(self, offset: int, notes: int) -> None:
        """Remember the present state under the file offset at which a gap begins. ``notes``: see :class:`Problems`."""
        self._marks.append(_Mark(offset, len(self.starts), notes))

    def rewind(self, offset: int) -> int:
        """Go back to the mark at ``offset``, or to the beginning where there is none. Gives that mark's ``notes``."""
        while self._marks:
            mark = self._marks.pop()
            for place, count in mark.before.items():
                self.counts[place] = count
            del self.starts[mark.starts :]
            if mark.offset <= offset:
                return mark.notes
        self.counts = {}
        self.starts = []
        return 0


class Problems:
    """The odd things met in one file: one row for each cause, with its first place and a count.

    What was met behind a gap is met again when the gap heals, so the rows can go back too.
    """

    def __init__(self, run: str, file: str) -> None:
        self._run = run
        self._file = file
        self._rows: dict[tuple[str, str], Problem] = {}
        self._log: list[tuple[tuple[str, str], int]] = []
        self._marked = False
        self._passed_over = 0

    @property
    def notes(self) -> int:
        """The present state, for :meth:`rewind`. From the first call on every row is logged."""
        self._marked = True
        return len(self._log)

    def add(
        self,
        code: str,
        severity: Severity,
        cause: str,
        remedy: str,
        offset: int | None = None,
        length: int | None = None,
        count: int = 1,
        about: str | None = None,
    ) -> None:
        """Note ``count`` occurrences; ``offset`` and ``length`` are bytes of the file.

        Occurrences of one code ``about`` the same thing share a row, which has the words of the first; without it those
        of the same ``cause`` do.
        """
        key = (code, cause if about is None else about)
        known = self._rows.get(key)
        if known is not None:
            self._rows[key] = replace(known, count=known.count + count)
        elif len(self._rows) < _MOST_PROBLEMS:
            self._rows[key] = Problem(code, severity, self._run, self._file, cause, remedy, offset, length, count)
        else:
            self._passed_over += count
            return
        if self._marked:
            self._log.append((key, count))

    def rewind(self, notes: int) -> None:
        """Take back what was added since ``notes``."""
        for key, count in self._log[notes:]:
            row = self._rows[key]
            if row.count > count:
                self._rows[key] = replace(row, count=row.count - count)
            else:
                del self._rows[key]
        del self._log[notes:]

    def rows(self) -> tuple[Problem, ...]:
        """All rows; the last one says how many more there would be."""
        if not self._passed_over:
            return tuple(self._rows.values())
        more = Problem(
            "more-problems",
            Severity.WARNING,
            self._run,
            self._file,
            f"{self._passed_over:,} further odd things in this file are not listed one by one.",
            "Look at those listed first: they often have one cause.",
        )
        return (*self._rows.values(), more)
