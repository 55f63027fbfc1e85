"""What points look like by the settings: their colours and what these mean, their names. No Qt."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..theme import Theme
from .coloring import (
    Coloring,
    NumberRange,
    Order,
    by_category,
    by_codes,
    by_density,
    by_number,
    is_categorical,
    one_color,
    range_of,
)
from .labels import Labels, short
from .legend import CategoryLegend
from .settings import ProjectorSettings

#: Ids of colourings that are no column; a column that is called so is still reached, as the field behind is its name.
RUN, DENSITY, CLUSTERS = "\x00run", "\x00density", "\x00clusters"
#: What points are called by that have no label, or are to be called so.
NUMBER = "\x00number"
#: Longer names are cut: lists and the view show some dozen letters.
_MOST_LETTERS = 400
#: More groups than that would hide the points behind their names.
MOST_NAMED = 24
_WORDS = {"": "One colour", RUN: "Run", DENSITY: "Density", CLUSTERS: "Clusters"}


@dataclass(frozen=True, slots=True)
class Ground:
    """What colours are made of: the labels of ``count`` points, their places, clusters, and the run's colour."""

    count: int
    columns: Sequence[Labels]
    places: NDArray[np.float32] | None
    clusters: NDArray[np.int32] | None
    run_name: str
    run_color: tuple[int, int, int]
    theme: Theme

    def column(self, name: str) -> Labels | None:
        """A column by its name."""
        return next((column for column in self.columns if column.name == name), None)


def color_options(columns: Sequence[Labels]) -> list[tuple[str, str]]:
    """What points can be coloured by: id and name."""
    return [
        ("", _WORDS[""]),
        *((column.name, short(column.name)) for column in columns),
        *((word, _WORDS[word]) for word in (CLUSTERS, DENSITY, RUN)),
    ]


def usual_color(columns: Sequence[Labels]) -> str:
    """The column that tells most: the first of few values."""
    telling = (column for column in columns if is_categorical(column) and 1 < len(column.values) <= 50)
    column = next(telling, None)
    return "" if column is None else column.name


def colored(
    ground: Ground, settings: ProjectorSettings, span: NumberRange | None, isolated: Collection[int]
) -> tuple[Coloring, NumberRange | None]:
    """The colours by the settings, and the range of the numbers where it is numbers.

    ``span``: the range that the user chose for them, None for the usual one; ``isolated``: groups of the legend.
    """
    by = settings.color_by
    column = ground.column(by)
    if column is not None:
        if is_categorical(column, settings.categorical):
            return by_category(column, ground.theme, Order.NATURAL, isolated), None
        assert column.numbers is not None
        chosen = range_of(column.numbers) if span is None else span
        return by_number(column.name, column.numbers, ground.theme, chosen), chosen
    if by == DENSITY and ground.places is not None:
        return by_density(ground.places, ground.theme), None
    if by == CLUSTERS and ground.clusters is not None:
        names = tuple(f"cluster {number + 1}" for number in range(int(ground.clusters.max(initial=-1)) + 1))
        order, without = Order.NATURAL, "no cluster"
        return by_codes("Clusters", ground.clusters, names, ground.theme, order, isolated, without), None
    if by == RUN:
        colors = np.empty((ground.count, 4), np.uint8)
        colors[:] = (*ground.run_color, 255)
        return Coloring(colors), None
    return one_color(ground.count, ground.theme), None


def named_groups(coloring: Coloring) -> tuple[NDArray[np.int8] | None, tuple[str, ...]]:
    """For names in the middle of groups: the group of each point, -1 for none, and the names; None where too many.

    Where some groups are shown in full and the others dimmed, those alone have names.
    """
    legend, groups = coloring.legend, coloring.groups
    if groups is None or not isinstance(legend, CategoryLegend):
        return None, ()
    entries = [entry for entry in legend.entries if not entry.plain]
    if not 1 < len(entries) <= MOST_NAMED:
        return None, ()
    if legend.isolated:
        entries = [entry for entry in entries if entry.group in legend.isolated]
    place = np.full(256, -1, np.int8)
    place[[entry.group for entry in entries]] = np.arange(len(entries))
    return place[groups], tuple(entry.text for entry in entries)


def name_of(columns: Sequence[Labels], settings: ProjectorSettings, point: int) -> str:
    """What a point is called: its label, or its number."""
    column = next((column for column in columns if column.name == settings.label_by), None)
    if column is None and columns and settings.label_by != NUMBER:
        column = columns[0]
    text = column[point] if column is not None and point < len(column) else ""
    return text[:_MOST_LETTERS] or f"#{point:,}"
