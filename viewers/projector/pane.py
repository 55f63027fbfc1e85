"""The projector: loads an embedding, has its points placed by a method, and shows them in one view or two."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from ...reader.api import Delta
from ..cloud.gestures import How, Mode
from ..cloud.view import Renderer
from ..pane import ActionSpec, Pane, PaneContext
from ..runs.model import RunField
from ..runs.palette import run_color
from .axes import AxesSearch
from .chosen import Chosen, Neighbours
from .clustering import Clustering
from .coloring import Coloring, NumberRange
from .commands import actions_of, press
from .dataset import Dataset
from .dressing import CLUSTERS, Ground, color_options, colored, name_of, usual_color
from .finding import Finder
from .inspector import MOST_LISTED
from .jobs import change_of, cluster_job, job_of, slot_of, usual_perplexity, usual_rate
from .legend import RampLegend
from .method_controls import AxesControls
from .neighbourhood import Neighbourhood
from .pages import Pages
from .panel import ProjectorPanel
from .projections import Layout, Projections, Slot
from .search import Found, Query
from .settings import Method, ProjectorSettings, SettingsModel
from .shelf import Shelf
from .stage import Stage
from .status import buttons_of, status_of
from .thumbnails import Thumbnails
from .tools import ToolRow
from .worker.messages import AxesJob

_AGAIN_MS = 300


class ProjectorPane(Pane):
    """One embedding at a time."""

    def __init__(self, context: PaneContext) -> None:
        super().__init__()
        self.setObjectName("projectorPane")
        self.context = context
        self.settings = SettingsModel(self)
        self.chosen = Chosen(self)
        self.projections = Projections(self)
        self.shelf = Shelf(context, self)
        self.neighbourhood = Neighbourhood(context.jobs, self)
        self.finder = Finder(context.jobs, self)
        self.clustering = Clustering(context.jobs, self)
        self._clusters: NDArray[np.int32] | None = None
        self.axes = AxesSearch(context.jobs, self)
        self.thumbnails = Thumbnails()
        self.dataset: Dataset | None = None
        self.panel: ProjectorPanel | None = None
        self._span: NumberRange | None = None
        self._isolated: set[int] = set()
        self._coloring: Coloring | None = None
        self._search = ""
        #: What has to be done before axes can be drawn.
        self._hint = ""
        self._active = False
        # A slider on its way would begin a layout at every place.
        self._again = QTimer(self)
        self._again.setSingleShot(True)
        self._again.setInterval(_AGAIN_MS)
        self._again.timeout.connect(self._run_again)
        self.tools = ToolRow(self.settings)
        self.stages = [self._make_stage(self.settings.now.method)]
        self.current = 0
        stages = QWidget()
        self._row = QHBoxLayout(stages)
        self._row.setContentsMargins(14, 0, 14, 14)
        self._row.setSpacing(8)
        self._row.addWidget(self.stages[0], 1)
        self.pages = Pages(stages, self.shelf)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.tools)
        column.addWidget(self.pages, 1)
        self.setAcceptDrops(True)
        self._connect()
        self._show_nothing()

    def _connect(self) -> None:
        context = self.context
        context.theme.changed.connect(self._theme_changed)
        context.runs.changed.connect(self._runs_changed)
        self.settings.changed.connect(self._settings_changed)
        self.shelf.changed.connect(self._shelf_changed)
        self.shelf.loaded.connect(self._take)
        self.projections.changed.connect(self._slot_changed)
        self.projections.failed.connect(lambda text: context.notify(text, "warning"))
        self.chosen.changed.connect(self._chosen_changed)
        self.chosen.hovered.connect(self._hovered)
        self.neighbourhood.found.connect(self.chosen.set_neighbours)
        self.finder.found.connect(self._show_found)
        self.finder.failed.connect(self._search_failed)
        self.clustering.found.connect(self._take_clusters)
        self.clustering.failed.connect(lambda text: context.notify(text, "warning"))
        self.axes.ready.connect(self._run_axes)
        self.axes.counted.connect(self._count_ends)
        self.axes.failed.connect(self._axes_failed)
        self.tools.mode_chosen.connect(self.set_mode)
        self.tools.home_wanted.connect(self.home)

    # The window's side

    def settings_widget(self) -> QWidget:
        if self.panel is None:
            self.panel = panel = ProjectorPanel(
                self.settings, self.context.runs.label, self.name_of, self.thumbnails.of
            )
            panel.source.chosen.connect(self.shelf.choose)
            panel.steps.chosen.connect(self.shelf.choose_step)
            panel.method_chosen.connect(self.choose_method)
            panel.allow_wanted.connect(self.shelf.allow)
            panel.legend.toggled.connect(self.toggle_group)
            panel.legend.ranged.connect(self.set_range)
            for controls in (panel.tsne, panel.umap):
                controls.buttons.run_wanted.connect(self.run_or_pause)
                controls.buttons.perturb_wanted.connect(self.projections.perturb)
                controls.buttons.restart_wanted.connect(self.projections.restart)
            inspector = panel.inspector
            inspector.search_changed.connect(self.search)
            inspector.stepped.connect(inspector.results.step)
            inspector.picked.connect(self.pick)
            inspector.pointed.connect(self.chosen.point_at)
            inspector.isolate_wanted.connect(self.chosen.isolate)
            inspector.show_all_wanted.connect(self.chosen.show_all)
            inspector.clear_wanted.connect(lambda: self.chosen.select_one(-1))
            self._fill_panel()
        return self.panel

    def apply(self, delta: Delta) -> None:
        if delta.changed_embeddings or delta.removed_runs:
            self.shelf.refresh(delta.changed_embeddings)

    def set_active(self, active: bool) -> None:
        self._active = active
        self.shelf.set_active(active)
        if not active:
            self.projections.pause()
        for stage in self.stages:
            if not active:
                stage.view.set_auto_rotate(False)

    def commands(self) -> Sequence[ActionSpec]:
        return actions_of(self)

    def save_state(self) -> dict[str, Any]:
        return {
            "settings": self.settings.now.to_json(),
            "shown": self.shelf.to_json(),
            "cameras": [stage.view.camera_state() for stage in self.stages],
        }

    def restore_state(self, state: Mapping[str, Any]) -> None:
        settings = state.get("settings")
        if isinstance(settings, dict):
            self.settings.take(ProjectorSettings.from_json(settings))
        self.shelf.take_json(state.get("shown"))
        cameras = state.get("cameras")
        for stage, camera in zip(self.stages, cameras if isinstance(cameras, list) else (), strict=False):
            stage.view.restore_camera(camera)

    def close_pane(self) -> None:
        self._again.stop()
        self.shelf.close()
        self.neighbourhood.cancel()
        self.finder.cancel()
        self.axes.cancel()
        self.clustering.close()
        self.projections.close()

    # What the user does

    def choose_method(self, method: Method) -> None:
        """Show the places of another method in the current view."""
        self.settings.update(**{"second" if self.current else "method": method})

    def set_mode(self, mode: Mode) -> None:
        """What a drag with the left button does."""
        self.tools.set_mode(mode)
        for stage in self.stages:
            stage.view.set_mode(mode)

    def home(self) -> None:
        """Look at all points from the front."""
        for stage in self.stages:
            stage.view.home()

    def run_or_pause(self) -> None:
        """Begin what the current view shows, hold it, or let it go on."""
        stage = self.stages[self.current]
        slot = self._slot(stage)
        if self.projections.paused(slot):
            self.projections.resume()
        elif self.projections.running(slot):
            self.projections.pause()
        else:
            layout = self.projections.layout_of(slot)
            self._start(stage, layout if stage.method is Method.TSNE else None)

    def pick(self, point: int) -> None:
        """Select one point."""
        self.chosen.select_one(point)

    def search(self, text: str) -> None:
        """Find points by their labels, select them, and list the first of them; an empty text ends the search."""
        dataset, now = self.dataset, self.settings.now
        self._search = text
        if dataset is None or self.panel is None:
            return
        self.panel.inspector.search.set_error(None)
        if not text:
            self.finder.cancel()
            self.panel.inspector.show_found("", np.zeros(0, np.int64))
            return
        column = dataset.column(now.search_by)
        columns = dataset.columns if column is None else (column,)
        self.finder.ask(columns, {"search": Query(text, now.search_regex)})

    def toggle_group(self, group: int) -> None:
        """Show the points of a value in full and dim the others, or show all alike again."""
        self._isolated ^= {group}
        self._paint()

    def set_range(self, low: float, high: float) -> None:
        """Spread the colours over another part of the numbers."""
        if self._span is not None:
            self._span = self._span.spanning(low, high)
            self._paint()

    def name_of(self, point: int) -> str:
        """What a point is called."""
        return name_of(self.dataset.columns if self.dataset else (), self.settings.now, point)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not press(self, Qt.Key(event.key()), event.modifiers()):
            super().keyPressEvent(event)

    # Views

    def _make_stage(self, method: Method) -> Stage:
        stage = Stage(self.context.theme.theme, method, Renderer(self.context.limits.renderer))
        view = stage.view
        view.set_dimensions(3 if self.settings.now.three else 2)
        view.set_auto_rotate(True)
        view.hovered.connect(self.chosen.point_at)
        view.clicked.connect(self.pick)
        view.selection_made.connect(self._select)
        view.notice.connect(lambda text: self.context.notify(text, "warning"))
        stage.touched.connect(lambda: self._make_current(stage))
        stage.run_wanted.connect(lambda: self._run(stage))
        stage.pause_wanted.connect(self.run_or_pause)
        stage.stop_wanted.connect(self.projections.cancel)
        return stage

    def _make_current(self, stage: Stage) -> None:
        self.current = self.stages.index(stage)
        for other in self.stages:
            other.set_current(other is stage and len(self.stages) > 1)
        if self.panel is not None:
            self.panel.show_method(stage.method)
        self._follow(stage)

    def _slot(self, stage: Stage) -> Slot:
        return slot_of(stage.method, self.settings.now)

    def _select(self, mask: np.ndarray, how: How) -> None:
        if how is How.ADD:
            self.chosen.add(mask)
        elif how is How.REMOVE:
            self.chosen.remove(mask)
        else:
            self.chosen.select(mask)

    # Data

    def _shelf_changed(self) -> None:
        self.pages.follow()
        if self.panel is not None:
            self.panel.source.set_series(self.shelf.series)
            self.panel.source.show_text(self.shelf.title)
            self.panel.steps.show_step(self.shelf.steps, self.shelf.rank)
        self.tools.setEnabled(self.dataset is not None)

    def _show_nothing(self) -> None:
        self.tools.offer_sprites(False)
        self._shelf_changed()

    def _take(self, dataset: Dataset) -> None:
        before, self.dataset = self.dataset, dataset
        points, dimensions = dataset.matrix.shape
        self.projections.set_data(dataset.shared)
        self.neighbourhood.set_matrix(dataset.matrix)
        self.thumbnails.set_sprite(dataset.sprite, points)
        same = before is not None and len(before.matrix) == points and self.shelf.same_series
        for stage in self.stages:
            stage.forget(keep_places=same)
        if not same:
            self._span, self._isolated, self._clusters = None, set(), None
            self.clustering.cancel()
            self.chosen.reset(points)
            offered = {name for name, _text in color_options(dataset.columns)} - {""}
            if self.settings.now.color_by not in offered:
                self.settings.update(color_by=usual_color(dataset.columns))
        for stage in self.stages:
            stage.show_size(points, dimensions)
        self.tools.offer_sprites(dataset.sprite is not None)
        self._shelf_changed()
        self._fill_panel()
        self._paint()
        for stage in self.stages:
            self._show(stage)

    def _fill_panel(self) -> None:
        panel, dataset = self.panel, self.dataset
        if panel is None:
            return
        self._shelf_changed()
        columns = dataset.columns if dataset is not None else ()
        if dataset is not None:
            points = len(dataset.matrix)
            panel.tsne.show_usual(usual_perplexity(points), usual_rate(points), max((points - 1) / 3, 3.0))
        panel.show_notes(dataset.data.notes if dataset is not None else ())
        panel.show_columns([column.name for column in columns], color_options(columns))
        panel.show_method(self.stages[self.current].method)
        self._show_legend()
        self._chosen_changed()
        self._follow(self.stages[self.current])

    # Places

    def _show(self, stage: Stage) -> None:
        """Show the places of a view's method; have them worked out where they are not known."""
        if self.dataset is None:
            return
        slot = self._slot(stage)
        layout = self.projections.layout_of(slot)
        if layout is not None:
            self._place(stage, layout)
        elif not self.projections.running(slot):
            self._run(stage)
        self._follow(stage)

    def _run(self, stage: Stage) -> None:
        if self.dataset is not None:
            self._start(stage, None)

    def _start(self, stage: Stage, before: Layout | None) -> None:
        dataset, now = self.dataset, self.settings.now
        if dataset is None:
            return
        if stage.method is Method.AXES:
            self.axes.ask(dataset, now)
        else:
            job = job_of(stage.method, now, len(dataset.matrix), dataset.columns, before)
            self.projections.run(self._slot(stage), job)

    def _slot_changed(self, slot: Slot) -> None:
        layout = self.projections.layout_of(slot)
        for stage in self.stages:
            if self._slot(stage) == slot:
                if layout is not None and layout is not stage.layout_shown:
                    self._place(stage, layout)
                self._follow(stage)
        # The one that had to wait for the process.
        if layout is not None and not self.projections.running(slot):
            for stage in self.stages:
                if self.projections.layout_of(self._slot(stage)) is None and not self.projections.busy:
                    self._run(stage)

    def _place(self, stage: Stage, layout: Layout) -> None:
        now = self.settings.now
        axes = (now.pca_x, now.pca_y, now.pca_z) if stage.method is Method.PCA else (0, 1, 2)
        if stage.place(layout, axes[: 3 if now.three else 2]):
            self._dress(stage)

    def _follow(self, stage: Stage) -> None:
        """Bring what stands around a view up to date."""
        slot = self._slot(stage)
        text, fraction = status_of(stage.method, slot, self.projections)
        if stage.method is Method.AXES and self._hint:
            text = self._hint
        stage.say(text, fraction, busy=self.projections.running(slot) and not self.projections.paused(slot))
        stage.offer(**buttons_of(stage.method, slot, self.projections))
        panel = self.panel
        if panel is None or stage is not self.stages[self.current]:
            return
        layout = self.projections.layout_of(slot)
        if stage.method is Method.PCA:
            panel.pca.show_shares(None if layout is None else layout.variance)
        running, paused = self.projections.running(slot), self.projections.paused(slot)
        for controls in (panel.tsne, panel.umap):
            controls.buttons.show_state(running=running, paused=paused, known=layout is not None)

    # Looks

    def _ground(self) -> Ground | None:
        dataset = self.dataset
        if dataset is None:
            return None
        run = self.shelf.run
        runs, theme = self.context.runs, self.context.theme.theme
        color = run_color(runs.style(run), theme) if run in runs else None
        rgb = (color.red(), color.green(), color.blue()) if color is not None else (128, 128, 128)
        places = self.stages[0].places
        return Ground(len(dataset.matrix), dataset.columns, places, self._clusters, run, rgb, theme)

    def _paint(self) -> None:
        """Work the colours out and give them to the views."""
        ground = self._ground()
        if ground is None:
            return
        if self.settings.now.color_by == CLUSTERS and self._clusters is None and not self.clustering.busy:
            self._find_clusters()
        self._coloring, self._span = colored(ground, self.settings.now, self._span, self._isolated)
        for stage in self.stages:
            if stage.places is not None:
                stage.view.set_colors(self._coloring.colors)
        self._show_legend()

    def _find_clusters(self) -> None:
        dataset, now = self.dataset, self.settings.now
        if dataset is not None:
            self._clusters = None
            self.clustering.ask(dataset, cluster_job(now))

    def _take_clusters(self, labels: NDArray[np.int32]) -> None:
        self._clusters = labels
        self._paint()

    def _show_legend(self) -> None:
        if self.panel is not None:
            legend = self._coloring.legend if self._coloring is not None else None
            self.panel.legend.show_legend(legend)
            dataset = self.dataset
            column = dataset.column(self.settings.now.color_by) if dataset is not None else None
            numeric = column is not None and column.numbers is not None and column.codes is not None
            self.panel.categorical.setVisible(
                numeric and (isinstance(legend, RampLegend) or self.settings.now.categorical)
            )

    def _dress(self, stage: Stage) -> None:
        """A view has other points: give them colours, names, pictures and what is selected."""
        view, now = stage.view, self.settings.now
        if self._coloring is not None:
            view.set_colors(self._coloring.colors)
        view.set_labels(self.name_of)
        view.set_label_mode(now.labels)
        view.set_sprites(self.thumbnails.sprites if now.sprites else None)
        self._show_chosen(stage)

    def _show_chosen(self, stage: Stage) -> None:
        view, chosen = stage.view, self.chosen
        if stage.places is None or len(stage.places) != chosen.count:
            return
        near = chosen.neighbours
        view.set_selected(chosen.mask if chosen.size else None)
        view.set_neighbours(None if near is None else near.indices)
        view.set_isolated(chosen.isolated)

    # What others do

    def _chosen_changed(self) -> None:
        chosen, now = self.chosen, self.settings.now
        for stage in self.stages:
            self._show_chosen(stage)
        if chosen.point >= 0 and chosen.neighbours is None:
            self.neighbourhood.ask(chosen.point, now.neighbours, now.metric)
        if self.panel is None:
            return
        inspector = self.panel.inspector
        inspector.show_selection(chosen.size, chosen.isolated is not None)
        inspector.show_neighbours(chosen.point, self.name_of(chosen.point) if chosen.point >= 0 else "")
        self._list_neighbours(chosen.neighbours)
        self._show_fields(chosen.point)

    def _list_neighbours(self, near: Neighbours | None) -> None:
        assert self.panel is not None
        points = self.panel.inspector.neighbours
        if near is None:
            points.show_points(np.zeros(0, np.int64))
        else:
            points.show_points(near.indices, near.distances)

    def _hovered(self, point: int) -> None:
        for stage in self.stages:
            stage.view.set_hovered(point)
        self._show_fields(point if point >= 0 else self.chosen.point)

    def _show_fields(self, point: int) -> None:
        dataset = self.dataset
        if self.panel is None:
            return
        if dataset is None or not 0 <= point < len(dataset.matrix):
            self.panel.inspector.show_fields([])
            return
        fields = [("Point", f"#{point:,}"), *((column.name, column[point]) for column in dataset.columns)]
        self.panel.inspector.show_fields(fields)

    def _show_found(self, results: dict[str, Found]) -> None:
        found = results["search"]
        count = len(found)
        mask = np.zeros(self.chosen.count, np.bool_)
        mask[found.indices] = True
        self.chosen.select(mask)
        if self.panel is not None:
            text = f"{count:,} point{'' if count == 1 else 's'}" if count else "No point"
            self.panel.inspector.show_found(f"{text} found. {found.note}".strip(), found.indices[:MOST_LISTED])

    def _search_failed(self, _name: str, sentence: str) -> None:
        if self.panel is not None:
            self.panel.inspector.search.set_error(sentence)

    def _run_axes(self, job: AxesJob) -> None:
        for stage in self.stages:
            if stage.method is Method.AXES:
                self._hint = ""
                self.projections.run(self._slot(stage), job)
                return

    def _count_ends(self, counts: dict[str, str]) -> None:
        if self.panel is not None:
            self.panel.axes.show_counts(counts)

    def _axes_failed(self, sentence: str) -> None:
        self._hint = sentence
        for stage in self.stages:
            if stage.method is Method.AXES:
                self._follow(stage)

    def _settings_changed(self, names: set[str]) -> None:
        now = self.settings.now
        if "three" in names:
            for stage in self.stages:
                stage.view.set_dimensions(3 if now.three else 2)
        if "split" in names:
            self._split(now.split)
        for stage, name in zip(self.stages, ("method", "second"), strict=False):
            if name in names:
                stage.method = now.second if name == "second" else now.method
        if "spherize" in names and self.dataset is not None:
            self.projections.forget()
        if names & {"three", "method", "second", "spherize", "pca_x", "pca_y", "pca_z", "split"}:
            if self.panel is not None:
                self.panel.show_method(self.stages[self.current].method)
            for stage in self.stages:
                self._show(stage)
        if names & {*AxesControls.FIELDS, "axes_by", "axes_regex"}:
            for stage in self.stages:
                if stage.method is Method.AXES:
                    self._run(stage)
        if names & {"perplexity", "rate", "supervise", "supervise_by", "near", "least_distance"}:
            self._tell_live(names)
        if names & {"search_by", "search_regex"} and self._search:
            self.search(self._search)
        if "color_by" in names:
            self._span, self._isolated = None, set()
        if names & {"clusters", "smallest", "by_density", "spherize"} and now.color_by == CLUSTERS:
            self._find_clusters()
        if names & {"color_by", "categorical"}:
            self._paint()
        if names & {"label_by", "labels", "sprites"}:
            for stage in self.stages:
                if stage.places is not None:
                    self._dress(stage)
        if names & {"metric", "neighbours"} and self.chosen.point >= 0:
            self.neighbourhood.ask(self.chosen.point, now.neighbours, now.metric)

    def _tell_live(self, names: set[str]) -> None:
        """A live t-SNE takes other settings as it goes; UMAP, and other labels, begin anew."""
        dataset, now = self.dataset, self.settings.now
        for stage in self.stages:
            slot = self._slot(stage)
            if dataset is None or not self.projections.running(slot):
                continue
            if stage.method is Method.TSNE and "supervise_by" not in names:
                self.projections.change(change_of(now, len(dataset.matrix)))
            elif stage.method is Method.TSNE or names & {"near", "least_distance"}:
                self._again.start()

    def _run_again(self) -> None:
        for stage in self.stages:
            if self.projections.running(self._slot(stage)):
                self._run(stage)

    def _split(self, split: bool) -> None:
        if split and len(self.stages) == 1:
            self.stages.append(self._make_stage(self.settings.now.second))
            if self.dataset is not None:
                self.stages[1].show_size(*self.dataset.matrix.shape)
            self._row.addWidget(self.stages[1], 1)
            self._make_current(self.stages[1])
        elif not split and len(self.stages) == 2:
            gone = self.stages.pop()
            gone.hide()
            gone.deleteLater()
            self._make_current(self.stages[0])

    def _runs_changed(self, fields: RunField) -> None:
        if fields & (RunField.COLOR | RunField.ALIAS):
            self._paint()
            self._shelf_changed()

    def _theme_changed(self) -> None:
        theme = self.context.theme.theme
        for stage in self.stages:
            stage.view.set_theme(theme)
        self._paint()
