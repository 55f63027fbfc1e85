"""One view of the points: the cloud in its card, and a line below it that says what it shows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QMouseEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QVBoxLayout, QWidget

from ..cloud.probe import Check
from ..cloud.view import CloudView, Renderer
from ..theme import Theme
from ..widgets import Button, ElidedLabel, IconButton, TextLabel, set_state, set_surface
from .maths.procrustes import Movement, movement
from .projections import Layout
from .settings import Method

#: So many points tell how all of them are turned.
_SAMPLE = 50_000
#: A narrower view has a shorter bar.
_NARROW = 560


@dataclass(frozen=True, slots=True)
class _Fixed:
    """Where ``rows`` of the points stood in the step before, by a method and with columns of its layout as axes."""

    method: Method
    axes: tuple[int, ...]
    places: NDArray[np.float32]
    rows: NDArray[np.intp]
    shape: tuple[int, ...]

    def fits(self, method: Method, axes: tuple[int, ...], places: NDArray[np.float32]) -> bool:
        """True if ``places`` are the same thing of another step."""
        return method is self.method and axes == self.axes and places.shape == self.shape


class Stage(QWidget):
    """``run_wanted``, ``pause_wanted``, ``stop_wanted`` and ``restart_wanted`` come from the buttons of the line below,
    ``touched`` when the user works in this view. ``method`` is what the view shows.
    """

    run_wanted = Signal()
    pause_wanted = Signal()
    stop_wanted = Signal()
    touched = Signal()

    def __init__(
        self,
        theme: Theme,
        method: Method,
        renderer: Renderer,
        check: Check | None = None,
        parent: QWidget | None = None,
    ) -> None:
        """``check``: what another view has found out about who can draw."""
        super().__init__(parent)
        self.setObjectName("stage")
        set_surface(self, "card")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.method = method
        self.layout_shown: Layout | None = None
        self.places: NDArray[np.float32] | None = None
        #: The last layout of the step of the embedding that was shown before this one.
        self.earlier: Layout | None = None
        self._fixed: _Fixed | None = None
        self._movement: Movement | None = None
        self._axes: tuple[int, ...] = ()
        self._bare = True
        self.view = CloudView(theme, renderer, check=check)
        self.view.setAccessibleName("Point cloud")
        self.line = ElidedLabel("", "secondary", at_end=True)
        self.bar = QProgressBar()
        self.bar.setObjectName("stageProgress")
        self.bar.setTextVisible(False)
        self.bar.setFixedSize(120, 4)
        self.bar.hide()
        self.run_button = Button("Run", compact=True)
        self.run_button.clicked.connect(self.run_wanted)
        self.pause_button = IconButton("pause", "Pause (Space)", size=24, icon_size=14)
        self.pause_button.clicked.connect(self.pause_wanted)
        self.stop_button = IconButton("close", "Stop", size=24, icon_size=14)
        self.stop_button.clicked.connect(self.stop_wanted)
        below = QHBoxLayout()
        below.setContentsMargins(12, 0, 8, 0)
        below.setSpacing(8)
        # Messages of the window appear at the right: what begins a layout again must not lie below one.
        below.addWidget(self.run_button)
        below.addWidget(self.line, 1)
        below.addWidget(self.bar)
        self.extent = TextLabel("", "dim", tabular=True)
        below.addWidget(self.extent)
        self.run_button.hide()
        for button in (self.pause_button, self.stop_button):
            button.hide()
            below.addWidget(button)
        strip = QWidget()
        strip.setFixedHeight(34)
        strip.setLayout(below)
        column = QVBoxLayout(self)
        # The card's border and round corners stay free of what the view paints.
        column.setContentsMargins(5, 5, 5, 1)
        column.setSpacing(0)
        column.addWidget(self.view, 1)
        column.addWidget(strip)
        self.view.clicked.connect(lambda _point: self.touched.emit())
        self.view.selection_made.connect(lambda _mask, _how: self.touched.emit())

    def shows(self, layout: Layout, axes: Sequence[int]) -> bool:
        """True if the points stand at these columns of ``layout``, which :meth:`place` was told before."""
        return layout is self.layout_shown and tuple(axes) == self._axes and not self._bare

    def place(self, layout: Layout, axes: Sequence[int], live: bool) -> bool:
        """Show the points at these columns of ``layout``; True where the view has to be dressed anew.

        Where the points stood in another step of the same embedding before, they are turned to lie close to that: all
        frames of a ``live`` layout by the same turn, so that it does not sway.
        """
        self.layout_shown, self._axes = layout, tuple(axes)
        places = np.zeros((len(layout.coordinates), len(axes)), np.float32, order="F")
        for column, axis in enumerate(axes):
            if axis < layout.coordinates.shape[1]:
                places[:, column] = layout.coordinates[:, axis]
        fixed = self._fixed
        if fixed is not None and fixed.fits(self.method, self._axes, places):
            if self._movement is None:
                self._movement = movement(places[fixed.rows], fixed.places, scale=False)
            places = self._movement.applied(places)
        fresh, self._bare = self._bare, False
        self.view.set_positions(places, animate=not live and not layout.iteration and self.places is not None)
        self.places = places
        return fresh

    def forget(self, keep_places: bool) -> None:
        """Other points are coming; ``keep_places``: they are another step of these."""
        self.earlier = self.layout_shown if keep_places else None
        self._fixed = self._movement = None
        if keep_places and self.places is not None:
            rows = np.arange(0, len(self.places), max(len(self.places) // _SAMPLE, 1))
            self._fixed = _Fixed(self.method, self._axes, self.places[rows], rows, self.places.shape)
        self.layout_shown = None
        self._bare = True
        if not keep_places:
            self.places = None

    def show_size(self, points: int, dimensions: int) -> None:
        """How many points of how many dimensions there are."""
        text = f"{points:,} point{'' if points == 1 else 's'} · {dimensions:,} dim{'' if dimensions == 1 else 's'}"
        self.extent.setText(text if points or dimensions else "")

    def say(self, text: str, fraction: float | None = None, *, busy: bool = False) -> None:
        """What stands below the view; ``busy`` shows a bar at ``fraction`` (0 to 1), or one that only moves."""
        self.line.setText(text)
        self.bar.setVisible(busy)
        if busy:
            self.bar.setRange(0, 0 if fraction is None else 1000)
            self.bar.setValue(0 if fraction is None else round(1000 * fraction))
        self._make_room()

    def offer(self, *, run: str, pause: bool, paused: bool, stop: bool) -> None:
        """Which buttons there are: ``run`` is the text of the button that begins, empty for none."""
        self.run_button.setText(run)
        self.run_button.setVisible(bool(run))
        self.pause_button.setVisible(pause)
        self.pause_button.set_icon_name("play" if paused else "pause")
        self.pause_button.set_tooltip("Go on (Space)" if paused else "Pause (Space)")
        self.stop_button.setVisible(stop)
        self._make_room()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.bar.setFixedWidth(120 if self.width() >= _NARROW else 60)
        self._make_room()

    def _make_room(self) -> None:
        """Leave the size of the data out where what is shown would have to be cut for it."""
        beside = (self.bar, self.run_button, self.pause_button, self.stop_button)
        used = 40 + sum(part.sizeHint().width() + 8 for part in beside if not part.isHidden())
        needed = self.line.sizeHint().width() + self.extent.sizeHint().width()
        self.extent.setVisible(used + needed <= self.width())

    def set_current(self, current: bool) -> None:
        """Whether the settings beside are those of this view, where there are two."""
        set_state(self, "current", current)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.touched.emit()
        super().mousePressEvent(event)
