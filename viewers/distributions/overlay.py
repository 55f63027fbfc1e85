"""All runs of a tag in a card: their medians and outlines, and what they say at the cursor."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from PySide6.QtGui import QColor

from ...reader.api import SeriesKey
from ..bins.percentiles import MEDIAN, NAMES
from ..bins.points import start_of
from ..board.run_table import RunRow
from ..charts.curve import ChartCurve
from ..charts.style import mixed
from ..lod import ticks
from .lines import PercentileLines
from .settings import DistributionSettings

#: Outlines are thinner than medians and have this much of their colour.
_WEIGHT, _SHARE = 0.7, 0.6
_LAST = len(NAMES) - 1
#: Pairs of percentiles that stand in a row of the read-out, from the ends to the middle.
_RINGS = tuple(range(MEDIAN))
#: Smaller lines of a row: the pairs, and where the point stands.
ROW_LINES = len(_RINGS) + 1


def drawn_lines(settings: DistributionSettings) -> list[int]:
    """Which of the nine percentiles are drawn."""
    rings = [ring for ring, on in enumerate((settings.ends, settings.outer, settings.inner)) if on]
    found = [line for ring in rings for line in (ring, _LAST - ring)]
    return [*found, MEDIAN] if settings.median else found


def curves_of(
    many: Iterable[tuple[SeriesKey, PercentileLines]],
    drawn: Sequence[int],
    color: Callable[[str], QColor],
    dash: Callable[[str], tuple[float, ...] | None],
    ground: QColor,
) -> list[ChartCurve]:
    """The curves of all runs: outlines behind, medians before them."""
    outlines, medians = [], []
    for key, lines in many:
        own, pattern = color(key.run), dash(key.run)
        faint = mixed(own, ground, _SHARE)
        for line in drawn:
            if line == MEDIAN:
                medians.append(ChartCurve(key.run, lines.lines[line], None, own, pattern))
            else:
                dotted = MEDIAN not in drawn
                curve = ChartCurve(key.run, lines.lines[line], None, faint, pattern, weight=_WEIGHT, dotted=dotted)
                outlines.append(curve)
    return outlines + medians


@dataclass(frozen=True, slots=True)
class RunPercentiles:
    """A point of a run's percentiles."""

    run: str
    label: str
    lines: PercentileLines
    point: int


def row_of(reading: RunPercentiles) -> RunRow:
    """All nine percentiles of a run at a point, as a row of the read-out."""
    source, point = reading.lines.source, reading.point
    values = [ticks.number(value) for value in source.values[point].tolist()]
    step, wall = int(source.step[point]), float(source.wall[point])
    since = wall - start_of(source.wall)
    below: list[tuple[tuple[str, ...], str]] = [
        ((_pair(NAMES[ring], NAMES[_LAST - ring]),), f"{values[ring]} … {values[_LAST - ring]}") for ring in _RINGS
    ]
    below.append(((ticks.step_label(step), ticks.stopwatch(since), ticks.clock(wall)[11:]), ""))
    told = [reading.label, *(f"{name}: {value}" for name, value in zip(NAMES[::-1], values[::-1], strict=True))]
    told += [f"Step {step:,}", f"Since the start {ticks.duration(since)}", ticks.clock(wall)]
    return RunRow(reading.run, reading.label, values[MEDIAN], tuple(below), "\n".join(told))


def _pair(low: str, high: str) -> str:
    """Two names of percentiles: "min … max", "7 … 93 %"."""
    return f"{low.removesuffix(' %')} … {high}"
