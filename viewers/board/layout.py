"""Where group headings and cards stand on the board, for any number of them. No Qt."""

from __future__ import annotations

import bisect
import enum
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from .groups import Group

MARGIN = 14
GAP = 12
HEADER = 32
BOTTOM = 20


class CardSize(enum.Enum):
    """Small, medium or large cards."""

    SMALL = "small"
    MEDIUM = "medium"
    LARGE = "large"


Sizes = Mapping[CardSize, tuple[int, int]]
#: Narrowest width and the height of a card that holds a chart.
SIZES: Sizes = {CardSize.SMALL: (270, 190), CardSize.MEDIUM: (380, 243), CardSize.LARGE: (560, 340)}


def taller(times: float) -> Sizes:
    """The usual sizes with ``times`` the height."""
    return {size: (width, round(height * times)) for size, (width, height) in SIZES.items()}


@dataclass(frozen=True, slots=True)
class Cell:
    """A card (``tag``) or a heading (``tag`` None) of the group at index ``group``."""

    group: int
    tag: str | None
    x: int
    y: int
    width: int
    height: int


class BoardLayout:
    """Rows of equal height inside each group: any place is found by arithmetic, nothing is stored for a card."""

    def __init__(
        self,
        groups: Sequence[Group],
        collapsed: set[str],
        width: int,
        size: CardSize,
        columns: int,
        sizes: Sizes = SIZES,
    ) -> None:
        """``width`` of the board in pixels; ``columns`` 0 for as many as fit."""
        self.groups = groups
        narrowest, self.card_height = sizes[size]
        inner = max(width - 2 * MARGIN, 120)
        self.columns = columns or max(1, (inner + GAP) // (narrowest + GAP))
        self._inner = inner
        self._collapsed = [group.name in collapsed for group in groups]
        self._tops: list[int] = []
        y = 0
        for group, closed in zip(groups, self._collapsed, strict=True):
            self._tops.append(y)
            rows = 0 if closed else -(-len(group.tags) // self.columns)
            y += HEADER + rows * (self.card_height + GAP)
        self.height = y + BOTTOM if groups else 0

    def visible(self, top: int, bottom: int) -> list[Cell]:
        """Headings and cards that reach into the strip top..bottom of the board."""
        cells: list[Cell] = []
        first = max(bisect.bisect_right(self._tops, top) - 1, 0)
        for index in range(first, len(self.groups)):
            y = self._tops[index]
            if y > bottom:
                break
            if y + HEADER > top:
                cells.append(Cell(index, None, MARGIN, y, self._inner, HEADER))
            if self._collapsed[index]:
                continue
            tags = self.groups[index].tags
            pitch, start = self.card_height + GAP, y + HEADER
            row = max((top - start) // pitch, 0)
            while start + row * pitch <= bottom and row * self.columns < len(tags):
                for column in range(self.columns):
                    at = row * self.columns + column
                    if at < len(tags):
                        cells.append(self._cell(index, tags[at], column, start + row * pitch))
                row += 1
        return [cell for cell in cells if cell.y + cell.height > top]

    def find(self, tag: str) -> Cell | None:
        """The first card of ``tag`` in an open group."""
        for index, group in enumerate(self.groups):
            if not self._collapsed[index] and tag in group.tags:
                at = group.tags.index(tag)
                y = self._tops[index] + HEADER + at // self.columns * (self.card_height + GAP)
                return self._cell(index, tag, at % self.columns, y)
        return None

    def _cell(self, group: int, tag: str, column: int, y: int) -> Cell:
        room = self._inner - GAP * (self.columns - 1)
        left = room * column // self.columns + GAP * column
        right = room * (column + 1) // self.columns + GAP * column
        return Cell(group, tag, MARGIN + left, y, right - left, self.card_height)
