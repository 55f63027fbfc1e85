"""Fills cards with what the log, the runs and the settings say."""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtGui import QColor

from ...reader.api import ScalarSelection, SeriesKey
from ..board.restarts import SHOW_ALL, hidden_note
from ..charts.curve import ChartCurve
from ..charts.view import ChartView
from ..lod.scale import Scale, ScaleKind
from ..pane import PaneContext
from ..runs.palette import run_color, run_dash
from ..selection import XAxis
from .card import Card
from .catalog import Catalog
from .fits import FitCache
from .series import SeriesCache, SeriesLines
from .settings import SettingsModel
from .values import Reading, read

#: Lines that are made in any case, so that each turn brings a card further.
LEAST_BUILT = 4


@dataclass(slots=True)
class CardFiller:
    """Knows how to show a tag."""

    context: PaneContext
    catalog: Catalog
    cache: SeriesCache
    fits: FitCache
    settings: SettingsModel

    def shown(self, tag: str) -> list[SeriesKey]:
        """The series of ``tag`` whose runs are visible, in the order of the runs."""
        keys = self.catalog.keys(tag)
        return [keys[run] for run in self.context.runs.visible() if run in keys]

    def color(self, run: str) -> QColor:
        """A run's colour in the present theme."""
        if run not in self.context.runs:
            return QColor(self.context.theme.theme.faint)
        return run_color(self.context.runs.style(run), self.context.theme.theme)

    def fill(self, card: Card, view: ChartView, deadline: float = math.inf) -> bool:
        """Show the tag of ``card`` as it is now.

        False where lines have to be made and ``time.perf_counter()`` reached ``deadline`` before all of them were: the
        card is as it was, and the next call goes on from there.
        """
        now, runs = self.settings.now, self.context.runs
        keys = self.shown(card.tag)
        least = self.cache.built + LEAST_BUILT
        curves: list[ChartCurve] = []
        drawn: list[SeriesLines] = []
        busy = False
        hidden: list[ScalarSelection] = []
        for key in keys:
            if self.cache.built >= least and time.perf_counter() >= deadline:
                return False
            lines = self.cache.lines(key)
            busy = busy or self.cache.is_busy(key)
            if lines is None:
                continue
            drawn.append(lines)
            if lines.selection.hidden:
                hidden.append(lines.selection)
            style = runs.style(key.run)
            curves.append(ChartCurve(key.run, lines.raw, lines.smooth, self.color(key.run), run_dash(style)))
        kind = now.y_scale
        if view.y_log is not None:
            kind = ScaleKind.LOG if view.y_log else ScaleKind.LINEAR
        axis = self.context.cursor.axis
        x_log = now.x_log and axis is not XAxis.WALL
        fit = self.fits.fit(card.tag, drawn, kind, x_log, now.ignore_outliers)
        chart = card.chart
        chart.set_axes(
            axis,
            self.cache.settings.origin if axis is XAxis.STEP else 0,
            Scale(ScaleKind.LOG if x_log else ScaleKind.LINEAR),
            fit.y_scale,
            now.show_raw,
        )
        chart.set_view(view)
        chart.scene.lifted = runs.hovered
        chart.set_data(curves, fit.x, fit.y, _empty_note(keys, busy))
        restarts = [restart for selection in hidden for restart in selection.restarts]
        note = hidden_note(sum(selection.hidden for selection in hidden), restarts, now.restarts)
        card.set_note(note, SHOW_ALL if note else "")
        return True

    def readings(self, tag: str, x: float | None, deadline: float = math.inf) -> tuple[list[Reading], bool]:
        """What the visible runs say at ``x`` (less the origin of the axis), or last; and whether that is all of them.

        It is not where lines have to be made for which there was no time until ``deadline``.
        """
        found: list[Reading] = []
        least = self.cache.built + LEAST_BUILT
        for key in self.shown(tag):
            if self.cache.built >= least and time.perf_counter() >= deadline:
                return found, False
            lines = self.cache.lines(key)
            reading = None if lines is None else read(key.run, self.context.runs.label(key.run), lines, x)
            if reading is not None:
                found.append(reading)
        return found, True


def _empty_note(keys: Sequence[SeriesKey], busy: bool) -> str:
    if busy:
        return "Preparing lines…"
    return "" if keys else "None of the visible runs has this tag"
