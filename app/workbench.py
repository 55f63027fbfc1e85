"""The window's middle while folders are open: runs at the left, the pane, its settings, the log health below."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QSplitter, QStackedWidget, QVBoxLayout, QWidget

from ..viewers.pane import PaneSpec
from ..viewers.runs.tree import RunPanel
from ..viewers.widgets import set_surface
from .health_panel import HEIGHT, HealthPanel
from .last_values import LastValues
from .panes import PaneHost, Report
from .settings_side import SettingsSide
from .states import StatePage

if TYPE_CHECKING:
    from ..reader.api import Delta, SeriesKey
    from .workspace import Workspace

RUNS_WIDTH = 280
SETTINGS_WIDTH = 252
HEALTH_MS = 300
#: Panes that were not shown yet are imported so much later than the log is read.
WARM_MS = 400
#: The figures in the list of runs follow a log at this pace: nobody reads them faster.
VALUES_MS = 100


def run_panel(workspace: Workspace) -> tuple[RunPanel, LastValues]:
    """The list of runs, and the values in it: a third of the work of making a workbench."""
    values = LastValues(workspace.store)
    return RunPanel(workspace.runs, workspace.context.theme, values), values


class Workbench(QWidget):
    """Built for one workspace around its list of ``runs`` (:func:`run_panel`), and thrown away with it.

    ``counts_changed(counts)`` tells the tags of each pane, ``left_changed(width)`` where the panes begin,
    ``health_closed`` that the user closed the health panel, ``open_wanted`` that another folder is asked for.
    """

    counts_changed = Signal(object)
    left_changed = Signal(int)
    pane_switched = Signal(str)
    open_wanted = Signal()

    def __init__(
        self,
        workspace: Workspace,
        specs: Sequence[PaneSpec],
        report: Report,
        runs: RunPanel,
        last_values: LastValues,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("centre")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.workspace = workspace
        self.specs = tuple(specs)
        self._counts: dict[str, int] = {}
        #: Files of the user's that a pane shows beside the log.
        self._files: dict[str, int] = {}
        self._tags: dict[str, set[str]] = {spec.id: set() for spec in specs}
        self._wanted = ""
        self._settings_wanted = True
        self._last_values = last_values
        self.runs = runs
        # The splitter's handle is the line between them.
        set_surface(self.runs, "panel")
        self.panes = PaneHost(specs, workspace.context, report)
        self.state = StatePage(workspace.roots)
        self.state.open_wanted.connect(self.open_wanted)
        self.centre = QStackedWidget()
        self.centre.setMinimumWidth(320)
        self.centre.addWidget(self.state)
        self.centre.addWidget(self.panes)
        self.settings = SettingsSide()
        self.across = QSplitter(Qt.Orientation.Horizontal)
        for widget in (self.runs, self.centre, self.settings):
            self.across.addWidget(widget)
        self.across.setHandleWidth(1)
        for index, stretch in enumerate((0, 1, 0)):
            self.across.setStretchFactor(index, stretch)
            self.across.setCollapsible(index, False)
        self.across.setSizes([RUNS_WIDTH, 4000, SETTINGS_WIDTH])
        self.down = QSplitter(Qt.Orientation.Vertical)
        self.down.setHandleWidth(1)
        self.down.addWidget(self.across)
        self.health: HealthPanel | None = None
        self._health_soon = QTimer(self)
        self._health_soon.setSingleShot(True)
        self._health_soon.setInterval(HEALTH_MS)
        self._health_soon.timeout.connect(self._show_health)
        self._values_soon = QTimer(self)
        self._values_soon.setSingleShot(True)
        self._values_soon.setInterval(VALUES_MS)
        self._values_soon.timeout.connect(runs.refresh_values)
        # The first pane comes in a turn of its own, after the one that brought the runs.
        self._choose_soon = QTimer(self)
        self._choose_soon.setSingleShot(True)
        self._choose_soon.timeout.connect(self._choose_page)
        self._warm_soon = QTimer(self)
        self._warm_soon.setSingleShot(True)
        self._warm_soon.setInterval(WARM_MS)
        self._warm_soon.timeout.connect(self._warm)
        self._warmed = False
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.down)
        self.across.splitterMoved.connect(lambda *_moved: self._tell_left())
        self.panes.settings_ready.connect(self._settings_ready)
        self.panes.headline_changed.connect(self._pin)
        self.panes.switched.connect(self.settings.show_of)
        self.panes.switched.connect(self.pane_switched)
        workspace.arrived.connect(self._arrived)
        last_values.catch_up()

    @property
    def counts(self) -> Mapping[str, int]:
        """Number of tags of each pane."""
        return self._counts

    def begin(self, wanted: str = "") -> None:
        """Show what is there; ``wanted`` is the pane to show once it has data."""
        self._wanted = wanted
        self.workspace.deliver()
        self._count_all()
        if any(self._counts.values()):
            self._choose_soon.start(1)
        else:
            self._choose_page()
        self._tell_left()

    def show_pane(self, pane_id: str) -> None:
        """Show a pane that has data; another id is ignored."""
        if self._counts.get(pane_id):
            self._wanted = ""
            self.panes.show_pane(pane_id)
            self.centre.setCurrentWidget(self.panes)
            self._place_settings()

    def show_file(self, path: str) -> None:
        """Show a file of vectors in the first pane that takes one, also where the log has nothing for that pane."""
        spec = next((spec for spec in self.specs if spec.embeddings), None)
        if spec is None:
            return
        self._files[spec.id] = 1
        self._count((), embeddings=True)
        self.show_pane(spec.id)
        pane = self.panes.pane(spec.id)
        if pane is not None:
            pane.show_file(path)

    def toggle_runs(self) -> None:
        """Show or hide the list of runs."""
        self.runs.setVisible(self.runs.isHidden())
        self._tell_left()

    def toggle_settings(self) -> None:
        """Show or hide the pane's settings."""
        self._settings_wanted = not self._settings_wanted
        self._place_settings()

    def toggle_health(self) -> None:
        """Show or hide the log health."""
        if self.health is None:
            session = self.workspace.session
            self.health = HealthPanel(self.workspace.context.theme, session.reload)
            self.health.closed.connect(self.toggle_health)
            self.down.addWidget(self.health)
            self.down.setCollapsible(1, False)
            self.down.setStretchFactor(0, 1)
            self.down.setStretchFactor(1, 0)
            self.down.setSizes([max(200, self.height() - HEIGHT), HEIGHT])
            self.health.setMinimumHeight(140)
            visible = True
        else:
            visible = self.health.isHidden()
            self.health.setVisible(visible)
        if visible:
            self._show_health()
            self.health.problems_view.setFocus()

    @property
    def health_shown(self) -> bool:
        """True while the log health is open."""
        return self.health is not None and not self.health.isHidden()

    def save_layout(self) -> dict[str, Any]:
        """Widths and what is folded away, as JSON values."""
        return {
            "across": self.across.sizes(),
            "runs": not self.runs.isHidden(),
            "settings": self._settings_wanted,
        }

    def restore_layout(self, layout: Mapping[str, Any]) -> None:
        """Take back :meth:`save_layout`'s values; damaged ones are ignored."""
        sizes = layout.get("across")
        if (
            isinstance(sizes, list)
            and len(sizes) == 3
            and all(type(size) is int and 0 <= size < 20000 for size in sizes)
        ):
            self.across.setSizes(sizes)
        self.runs.setVisible(layout.get("runs") is not False)
        self._settings_wanted = layout.get("settings") is not False
        self._place_settings()
        self._tell_left()

    def close_bench(self) -> None:
        """Stop all panes."""
        for timer in (self._health_soon, self._values_soon, self._choose_soon, self._warm_soon):
            timer.stop()
        self.workspace.arrived.disconnect(self._arrived)
        self.panes.close_panes()

    def resizeEvent(self, event: Any) -> None:
        super().resizeEvent(event)
        self._tell_left()

    def _arrived(self, delta: Delta) -> None:
        gone = delta.removed_runs or delta.removed_series
        if gone:
            self._count_all()
        elif delta.new_series or delta.changed_embeddings:
            self._count(delta.new_series, embeddings=bool(delta.changed_embeddings))
        if delta.changed_series or delta.new_series or gone:
            self._last_values.changed(delta)
            if not self._values_soon.isActive():
                self._values_soon.start()
        self.panes.apply(delta)
        self._choose_soon.start(0)
        if not self._warmed and not self.workspace.store.progress().loading:
            self._warmed = True
            self._warm_soon.start()
        if delta.health and self.health_shown and not self._health_soon.isActive():
            self._health_soon.start()

    def _count_all(self) -> None:
        for tags in self._tags.values():
            tags.clear()
        self._count(self.workspace.store.series())

    def _count(self, new: Iterable[SeriesKey], embeddings: bool = True) -> None:
        """Count the tags of new series, and the embeddings if need be.

        Only these: a log may bring thousands of them while it is read.
        """
        for key in new:
            for spec in self.specs:
                if key.kind in spec.kinds:
                    self._tags[spec.id].add(key.tag)
        counts = {pane_id: len(tags) for pane_id, tags in self._tags.items()}
        for spec in self.specs:
            if spec.embeddings:
                known = self._counts.get(spec.id, 0)
                files = self._files.get(spec.id, 0)
                pane = self.panes.pane(spec.id)
                kept = int(pane is not None and pane.keeps())
                there = len(self.workspace.store.embeddings()) + files if embeddings else known
                counts[spec.id] = max(there, kept)
        if counts != self._counts:
            self._counts = counts
            self.counts_changed.emit(counts)

    def _warm(self) -> None:
        """Import the panes that were not shown yet: the first click on their tabs would pay for it."""
        later = [spec for spec in self.specs if self._counts.get(spec.id) and self.panes.pane(spec.id) is None]

        def load() -> None:
            for spec in later:
                spec.load()

        # A pane that cannot be imported says so in its own place when it is shown.
        self.workspace.context.jobs.submit(load, lambda _done: None, lambda _error: None)

    def _usable(self, early: bool) -> list[str]:
        """The panes that have something to show, in the order of their tabs.

        Configs of projectors are found before any event was read: what they name does not decide what is shown first,
        ``early``.
        """
        return [spec.id for spec in self.specs if self._counts.get(spec.id) and not (early and spec.embeddings)]

    def _choose_page(self) -> None:
        first = not self.panes.active and not self._wanted
        early = first and self.workspace.store.progress().loading
        if first and not early:
            # All was read before all of it was handed on.
            self.workspace.deliver()
        usable = self._usable(early)
        if not usable:
            self.state.show_store(self.workspace.store)
            self.centre.setCurrentWidget(self.state)
            self._place_settings()
            return
        active = self.panes.active
        if self._wanted in usable:
            active, self._wanted = self._wanted, ""
        elif active not in usable:
            active = usable[0]
        self.panes.show_pane(active)
        self.centre.setCurrentWidget(self.panes)
        self._place_settings()

    def _show_health(self) -> None:
        if self.health is not None:
            self.health.show_health(self.workspace.store.health())

    def _pin(self, tag: str | None) -> None:
        self._last_values.pin(tag)
        self.runs.refresh_values()

    def _settings_ready(self, pane_id: str, widget: QWidget | None) -> None:
        self.settings.put(pane_id, widget)
        if pane_id == self.panes.active:
            self.settings.show_of(pane_id)
            self._place_settings()

    def _place_settings(self) -> None:
        """The settings are there for a pane that works; beside an empty middle they would be an empty strip."""
        there = self.centre.currentWidget() is self.panes and self.panes.pane(self.panes.active) is not None
        self.settings.setVisible(self._settings_wanted and there)

    def _tell_left(self) -> None:
        self.left_changed.emit(0 if self.runs.isHidden() else self.across.sizes()[0])
