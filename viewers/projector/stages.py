"""The views, one or two side by side: what each shows of the layouts, and what it has worked out."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from ..cloud.gestures import How, Mode
from ..cloud.view import Renderer
from ..pane import PaneContext
from .axes import AxesSearch
from .chosen import Chosen
from .dataset import Dataset
from .dressing import named_groups
from .jobs import begun_from, change_of, job_of, slot_of
from .looks import Looks
from .method_controls import AxesControls
from .projections import Layout, Projections, Slot
from .settings import Method, SettingsModel
from .stage import Stage
from .status import buttons_of, status_of
from .worker.messages import AxesJob

#: A slider on its way would begin a layout at every place: it waits so many milliseconds.
_AGAIN_MS = 300
_PLACES = {"three", "method", "second", "spherize", "pca_x", "pca_y", "pca_z", "split"}


class Stages(QWidget):
    """``followed(stage)`` fires when what stands around a view may be another, ``current_changed`` when the settings
    beside are to be those of another view.
    """

    followed = Signal(object)
    current_changed = Signal()
    #: Carries the point of a view that was clicked, or -1.
    clicked = Signal(int)

    def __init__(
        self, context: PaneContext, settings: SettingsModel, projections: Projections, looks: Looks, chosen: Chosen
    ) -> None:
        super().__init__()
        self._context, self._settings = context, settings
        self._projections, self._looks, self._chosen = projections, looks, chosen
        self._dataset: Dataset | None = None
        self._mode = Mode.NAVIGATE
        self.axes = AxesSearch(context.jobs, self)
        #: What has to be done before axes can be drawn.
        self._hint = ""
        #: True if what ran is held only because the pane is hidden.
        self._rests = False
        self._again = QTimer(self)
        self._again.setSingleShot(True)
        self._again.setInterval(_AGAIN_MS)
        self._again.timeout.connect(self._run_again)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(14, 0, 14, 14)
        self._row.setSpacing(8)
        self.all: list[Stage] = []
        self._add(settings.now.method)
        self._current = 0
        settings.changed.connect(self._settings_changed)
        projections.changed.connect(self._slot_changed)
        looks.changed.connect(self._dress_all)
        chosen.changed.connect(self._show_chosen)
        chosen.hovered.connect(self._hover)
        context.theme.changed.connect(self._theme_changed)
        context.limits.changed.connect(self._limits_changed)
        self.axes.ready.connect(self._run_axes)
        self.axes.failed.connect(self._axes_failed)

    @property
    def current(self) -> Stage:
        """The view that settings and keys are for."""
        return self.all[self._current]

    def layout_of(self, stage: Stage) -> Layout | None:
        """What a view shows."""
        return self._projections.layout_of(self.slot(stage))

    def slot(self, stage: Stage) -> Slot:
        """Where the layout of a view is kept."""
        return slot_of(stage.method, self._settings.now)

    def set_dataset(self, dataset: Dataset, same: bool) -> None:
        """Show other points; ``same``: another step or state of those before."""
        self._dataset = dataset
        for stage in self.all:
            stage.forget(keep_places=same)
            stage.show_size(*dataset.matrix.shape)
        self.show_all()

    def show_all(self) -> None:
        """Bring all views to what the settings say."""
        for stage in self.all:
            self._show(stage)

    def choose_method(self, method: Method) -> None:
        """Show the places of another method in the current view."""
        self._settings.update(**{"second" if self._current else "method": method})

    def set_mode(self, mode: Mode) -> None:
        """What a drag with the left button does."""
        self._mode = mode
        for stage in self.all:
            stage.view.set_mode(mode)

    def home(self) -> None:
        """Look at all points from the front."""
        for stage in self.all:
            stage.view.home()

    def run_or_pause(self) -> None:
        """Begin what the current view shows, hold it, or let it go on."""
        stage = self.current
        slot = self.slot(stage)
        if self._projections.paused(slot):
            self._projections.resume()
        elif self._projections.running(slot):
            self._projections.pause()
        else:
            self._run_on(stage)

    def rest(self) -> None:
        """The pane is hidden: nothing moves."""
        slots = [self.slot(stage) for stage in self.all]
        if any(self._projections.running(slot) and not self._projections.paused(slot) for slot in slots):
            self._rests = True
            self._projections.pause()

    def wake(self) -> None:
        """The pane is shown again: what :meth:`rest` held goes on."""
        if self._rests:
            self._rests = False
            self._projections.resume()

    def close_stages(self) -> None:
        """Stop what runs."""
        self._again.stop()
        self.axes.cancel()

    def _add(self, method: Method) -> None:
        now = self._settings.now
        # The first view has found out who can draw.
        check = self.all[0].view.check if self.all else None
        stage = Stage(self._context.theme.theme, method, Renderer(self._context.limits.renderer), check)
        view = stage.view
        view.set_dimensions(3 if now.three else 2)
        view.set_auto_rotate(True)
        view.set_mode(self._mode)
        view.hovered.connect(self._chosen.point_at)
        view.clicked.connect(self._chosen.select_one)
        view.clicked.connect(self.clicked)
        view.selection_made.connect(self._select)
        view.notice.connect(lambda text: self._context.notify(text, "warning"))
        stage.touched.connect(lambda: self._make_current(stage))
        stage.run_wanted.connect(lambda: self._run_on(stage))
        stage.pause_wanted.connect(lambda: self._pause(stage))
        stage.stop_wanted.connect(self._projections.cancel)
        self.all.append(stage)
        self._row.addWidget(stage, 1)
        if self._dataset is not None:
            stage.show_size(*self._dataset.matrix.shape)

    def _pause(self, stage: Stage) -> None:
        self._make_current(stage)
        self.run_or_pause()

    def _make_current(self, stage: Stage) -> None:
        self._current = self.all.index(stage)
        for other in self.all:
            other.set_current(other is stage and len(self.all) > 1)
        self.current_changed.emit()
        self._follow(stage)

    def _select(self, mask: np.ndarray, how: How) -> None:
        if how is How.ADD:
            self._chosen.add(mask)
        elif how is How.REMOVE:
            self._chosen.remove(mask)
        else:
            self._chosen.select(mask)

    # Places

    def _show(self, stage: Stage) -> None:
        """Show the places of a view's method; have them worked out where they are not known."""
        if self._dataset is None:
            return
        layout = self.layout_of(stage)
        if layout is not None:
            self._place(stage, layout)
        elif not self._projections.running(self.slot(stage)):
            self._run(stage, stage.earlier if stage.method is Method.TSNE else None)
        self._follow(stage)

    def _run_on(self, stage: Stage) -> None:
        """Begin what a view shows, from where it was left if that can be."""
        self._run(stage, begun_from(stage.method, self.layout_of(stage)))

    def _run(self, stage: Stage, before: Layout | None = None) -> None:
        dataset, now = self._dataset, self._settings.now
        if dataset is None:
            return
        if stage.method is Method.AXES:
            self.axes.ask(self._looks.columns, now)
        else:
            job = job_of(stage.method, now, len(dataset.matrix), self._looks.columns, before)
            self._projections.run(self.slot(stage), job)

    def _slot_changed(self, slot: Slot) -> None:
        layout = self._projections.layout_of(slot)
        for stage in self.all:
            if self.slot(stage) == slot:
                if layout is not None and layout is not stage.layout_shown:
                    self._place(stage, layout)
                self._follow(stage)
        if layout is not None and not self._projections.busy:
            # The other view had to wait for the process.
            for stage in self.all:
                if self.layout_of(stage) is None and stage.method is not Method.AXES:
                    self._run(stage)
                    break

    def _place(self, stage: Stage, layout: Layout) -> None:
        now = self._settings.now
        axes = ((now.pca_x, now.pca_y, now.pca_z) if stage.method is Method.PCA else (0, 1, 2))[: 3 if now.three else 2]
        if stage.shows(layout, axes):
            return
        fresh = stage.place(layout, axes, live=self._projections.running(self.slot(stage)))
        if stage is self.all[0] and stage.places is not None and not self._projections.running(self.slot(stage)):
            self._looks.set_places(stage.places)
        if fresh:
            self._dress(stage)

    def _follow(self, stage: Stage) -> None:
        """Bring the line below a view up to date."""
        slot = self.slot(stage)
        text, fraction = status_of(stage.method, slot, self._projections)
        hint = self._hint if stage.method is Method.AXES else ""
        busy = self._projections.running(slot) and not self._projections.paused(slot)
        stage.say(hint or text, fraction, busy=busy)
        stage.offer(**buttons_of(stage.method, slot, self._projections))
        self.followed.emit(stage)

    def _run_axes(self, job: AxesJob) -> None:
        self._hint = ""
        for stage in self.all:
            if stage.method is Method.AXES:
                self._projections.run(self.slot(stage), job)
                return

    def _axes_failed(self, sentence: str) -> None:
        self._hint = sentence
        for stage in self.all:
            if stage.method is Method.AXES:
                self._follow(stage)

    # Looks

    def _dress_all(self) -> None:
        for stage in self.all:
            if stage.places is not None:
                self._dress(stage)

    def _dress(self, stage: Stage) -> None:
        """Give the points of a view colours, names, pictures and what is selected."""
        view, now, coloring = stage.view, self._settings.now, self._looks.coloring
        if stage.places is None or coloring is None or len(coloring.colors) != len(stage.places):
            return
        view.set_colors(coloring.colors)
        view.set_lines(self._looks.joining.pairs)
        view.set_labels(self._looks.name_of)
        view.set_label_mode(now.labels)
        sprites = self._looks.thumbnails.sprites if now.sprites else None
        view.set_sprites(sprites)
        # Pictures say by themselves what they are.
        view.set_groups(*(named_groups(coloring) if sprites is None else (None, ())))
        self._show_chosen_in(stage)

    def _show_chosen(self) -> None:
        for stage in self.all:
            self._show_chosen_in(stage)

    def _show_chosen_in(self, stage: Stage) -> None:
        view, chosen = stage.view, self._chosen
        if stage.places is None or len(stage.places) != chosen.count:
            return
        near = chosen.neighbours
        view.set_selected(chosen.mask if chosen.size else None)
        view.set_neighbours(None if near is None else near.indices)
        view.set_isolated(chosen.isolated)

    def _hover(self, point: int) -> None:
        for stage in self.all:
            stage.view.set_hovered(point)

    def _limits_changed(self) -> None:
        for stage in self.all:
            stage.view.set_renderer(Renderer(self._context.limits.renderer))

    def _theme_changed(self) -> None:
        for stage in self.all:
            stage.view.set_theme(self._context.theme.theme)

    # Settings

    def _settings_changed(self, names: set[str]) -> None:
        now = self._settings.now
        if "three" in names:
            for stage in self.all:
                stage.view.set_dimensions(3 if now.three else 2)
        if "split" in names:
            self._split(now.split)
        for stage, name in zip(self.all, ("method", "second"), strict=False):
            stage.method = now.second if name == "second" else now.method
        if "spherize" in names and self._dataset is not None:
            self._projections.forget()
        if names & _PLACES:
            self.current_changed.emit()
            self.show_all()
        if names & {*AxesControls.FIELDS, "axes_by", "axes_regex"}:
            for stage in self.all:
                if stage.method is Method.AXES:
                    self._run(stage)
        if names & {"perplexity", "rate", "supervise", "supervise_by", "near", "least_distance"}:
            self._tell_live(names)
        if names & {"labels", "sprites"}:
            self._dress_all()

    def _tell_live(self, names: set[str]) -> None:
        """A live t-SNE takes other settings as it goes; UMAP, and other labels, begin anew."""
        dataset, now = self._dataset, self._settings.now
        for stage in self.all:
            if dataset is None or not self._projections.running(self.slot(stage)):
                continue
            if stage.method is Method.TSNE and "supervise_by" not in names:
                self._projections.change(change_of(now, len(dataset.matrix)))
            elif stage.method is Method.TSNE or names & {"near", "least_distance"}:
                self._again.start()

    def _run_again(self) -> None:
        for stage in self.all:
            if self._projections.running(self.slot(stage)):
                self._run(stage)

    def _split(self, split: bool) -> None:
        if split and len(self.all) == 1:
            self._add(self._settings.now.second)
            self._make_current(self.all[1])
        elif not split and len(self.all) == 2:
            gone = self.all.pop()
            self._row.removeWidget(gone)
            gone.hide()
            gone.deleteLater()
            self._make_current(self.all[0])
