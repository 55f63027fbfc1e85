"""The projector: an embedding, its points placed by a method, shown in one view or two beside an inspector."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import PurePath
from typing import Any

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QKeyEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from ...reader.api import Delta, EmbeddingNote
from ..asking import FileAsker
from ..cloud.gestures import Mode
from ..pane import ActionSpec, Pane, PaneContext
from ..runs.model import RunField
from .bookmarking import Bookmarks
from .chosen import Chosen
from .commands import actions_of, press
from .dataset import Dataset
from .dressing import color_options
from .exporting import PointExporter
from .inspection import Inspection
from .jobs import usual_perplexity, usual_rate
from .label_window import open_label_window
from .looks import Looks
from .menus import open_bookmark_menu, open_export_menu
from .pages import Pages
from .panel import ProjectorPanel
from .projections import Projections
from .settings import Method, ProjectorSettings, SettingsModel
from .shelf import Shelf
from .stage import Stage
from .stages import Stages
from .tools import ToolRow

#: Files of vectors that may be dropped here.
ENDINGS = frozenset({".tsv", ".csv", ".txt", ".npy"})
#: Neighbours are known in a few hundredths of a second; a panel that scrolls under a double click would be in the way.
_REVEAL_MS = 250


class ProjectorPane(Pane):
    """Puts the parts together and keeps them at one data set."""

    def __init__(self, context: PaneContext) -> None:
        super().__init__()
        self.setObjectName("projectorPane")
        self.context = context
        self.settings = SettingsModel(self)
        self.chosen = Chosen(self)
        self.projections = Projections(self)
        self.shelf = Shelf(context, self)
        self.looks = Looks(context, self.settings, self)
        self.stages = Stages(context, self.settings, self.projections, self.looks, self.chosen)
        self.inspection = Inspection(context, self.settings, self.looks, self.chosen, self)
        self.exporter = PointExporter(context, self)
        self.bookmarks = Bookmarks(
            context,
            self.settings,
            self.projections,
            self.stages,
            self.chosen,
            self.exporter,
            FileAsker(self, "bookmarks"),
            self,
        )
        self.dataset: Dataset | None = None
        self.panel: ProjectorPanel | None = None
        self._revealing = QTimer(self)
        self._revealing.setSingleShot(True)
        self._revealing.setInterval(_REVEAL_MS)
        self._revealing.timeout.connect(self._reveal_now)
        self.tools = ToolRow(self.settings)
        self.pages = Pages(self.stages, self.shelf)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.tools)
        column.addWidget(self.pages, 1)
        self.setAcceptDrops(True)
        self._connect()
        self.tools.offer_sprites(False)
        self._shelf_changed()

    def _connect(self) -> None:
        context = self.context
        context.runs.changed.connect(self._runs_changed)
        self.shelf.changed.connect(self._shelf_changed)
        self.shelf.loaded.connect(self._take)
        self.projections.failed.connect(lambda text: context.notify(text, "warning"))
        self.looks.changed.connect(self._show_legend)
        self.looks.joining.changed.connect(self._shelf_changed)
        self.looks.columns_changed.connect(self._show_columns)
        self.stages.followed.connect(self._follow)
        self.stages.current_changed.connect(self._show_method)
        self.stages.clicked.connect(self._reveal)
        self.stages.axes.counted.connect(self._count_ends)
        self.bookmarks.changed.connect(lambda: self.tools.show_bookmarks(len(self.bookmarks.list)))
        self.tools.mode_chosen.connect(self.set_mode)
        self.tools.home_wanted.connect(self.stages.home)
        self.tools.bookmarks_wanted.connect(lambda at: open_bookmark_menu(self, at))
        self.tools.export_wanted.connect(lambda at: open_export_menu(self, at))

    # The window's side

    def settings_widget(self) -> QWidget:
        if self.panel is None:
            looks, runs = self.looks, self.context.runs
            self.panel = panel = ProjectorPanel(self.settings, runs.label, looks.name_of, looks.thumbnails.of)
            panel.source.chosen.connect(self.shelf.choose)
            panel.steps.chosen.connect(self.shelf.choose_step)
            panel.method_chosen.connect(self.stages.choose_method)
            panel.allow_wanted.connect(self.shelf.allow)
            panel.legend.toggled.connect(looks.toggle_group)
            panel.legend.ranged.connect(looks.set_range)
            panel.clusters.again_wanted.connect(looks.paint)
            for controls in (panel.tsne, panel.umap):
                controls.buttons.run_wanted.connect(self.stages.run_or_pause)
                controls.buttons.perturb_wanted.connect(self.projections.perturb)
                controls.buttons.restart_wanted.connect(self.projections.restart)
            panel.inspector.tag_wanted.connect(self.ask_label)
            self.inspection.attach(panel.inspector)
            self._shelf_changed()
            self._show_columns()
            self._show_method()
            self._show_legend()
            self._follow(self.stages.current)
        return self.panel

    def apply(self, delta: Delta) -> None:
        if delta.changed_embeddings or delta.removed_runs:
            self.shelf.refresh(delta.changed_embeddings)

    def set_active(self, active: bool) -> None:
        self.shelf.set_active(active)
        if active:
            self.stages.wake()
        else:
            self.stages.rest()

    def show_file(self, path: str) -> None:
        self.shelf.choose_file(path)

    def working(self) -> bool:
        views = [stage.view for stage in self.stages.all if stage.places is not None]
        bare = len(views) < len(self.stages.all)
        painted = all(view.surface.resting for view in views)
        return self.shelf.loading or (bare and self.projections.busy) or not painted

    def keeps(self) -> bool:
        return self.dataset is not None

    def hold_still(self) -> None:
        for stage in self.stages.all:
            stage.view.set_auto_rotate(False)

    def commands(self) -> Sequence[ActionSpec]:
        return actions_of(self)

    def palette_entries(self) -> Sequence[tuple[str, Callable[[], None]]]:
        runs, choose = self.context.runs, self.shelf.choose
        return [
            (f"{runs.label(series.key.run)} · {series.key.tag}", partial(choose, series.key))
            for series in self.shelf.series
        ]

    def save_state(self) -> dict[str, Any]:
        return {
            "settings": self.settings.now.to_json(),
            "shown": self.shelf.to_json(),
            "cameras": [stage.view.camera_state() for stage in self.stages.all],
        }

    def restore_state(self, state: Mapping[str, Any]) -> None:
        settings = state.get("settings")
        if isinstance(settings, dict):
            self.settings.take(ProjectorSettings.from_json(settings))
        self.shelf.take_json(state.get("shown"))
        cameras = state.get("cameras")
        for stage, camera in zip(self.stages.all, cameras if isinstance(cameras, list) else (), strict=False):
            stage.view.restore_camera(camera)

    def close_pane(self) -> None:
        self._revealing.stop()
        self.shelf.close()
        self.pages.close_pages()
        self.stages.close_stages()
        self.inspection.close()
        self.bookmarks.close()
        self.exporter.close()
        self.looks.close()
        self.projections.close()

    # What the user does

    def set_mode(self, mode: Mode) -> None:
        """What a drag with the left button does."""
        self.tools.set_mode(mode)
        self.stages.set_mode(mode)

    def keep_state(self) -> None:
        """Keep what is shown as a bookmark."""
        bookmark = self.bookmarks.keep(self.bookmarks.usual_label())
        if bookmark is not None:
            self.context.notify(f"Kept as “{bookmark.label}”. Bookmarks are lost at the end unless they are saved.")

    def ask_label(self) -> None:
        """Ask for the label that the selected points are to have."""
        if self.panel is not None and self.chosen.size:
            button = self.panel.inspector.tag
            open_label_window(self, button.mapToGlobal(button.rect().bottomLeft()))

    def export_points(self) -> None:
        """Ask for a file and write the places in the current view, with all labels, to it."""
        stage = self.stages.current
        if stage.places is not None:
            stem = self.shelf.file_stem
            self.exporter.ask_points(stem, stage.places, self.axis_names(stage), self.looks.columns, None)

    def focus_search(self) -> None:
        """Go to the field that searches labels."""
        if self.panel is not None:
            self.panel.inspector.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
            self.panel.reveal_search()

    def step_found(self, by: int) -> None:
        """Go to the next (1) or previous (-1) of the points that a search found."""
        if self.panel is not None:
            self.panel.inspector.stepped.emit(by)

    def axis_names(self, stage: Stage) -> list[str]:
        """What the coordinates of a view are."""
        now = self.settings.now
        count = 3 if now.three else 2
        if stage.method is Method.PCA:
            return [f"pca-{component}" for component in (now.pca_x, now.pca_y, now.pca_z)[:count]]
        if stage.method is Method.AXES:
            return [f"linear-{axis}" for axis in "xyz"[:count]]
        return [f"{stage.method.value}-{axis}" for axis in range(count)]

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not press(self, Qt.Key(event.key()), event.modifiers()):
            super().keyPressEvent(event)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if _dropped(event):
            _take_copy(event)
        else:
            event.ignore()

    def dropEvent(self, event: QDropEvent) -> None:
        path = _dropped(event)
        if path:
            _take_copy(event)
            self.shelf.choose_file(path)
        else:
            event.ignore()

    # Data

    def _take(self, dataset: Dataset) -> None:
        before, self.dataset = self.dataset, dataset
        points = len(dataset.matrix)
        same = before is not None and len(before.matrix) == points and self.shelf.same_series
        self.projections.set_data(dataset.shared)
        if not same:
            self.chosen.reset(points)
        self.looks.set_dataset(dataset, self.shelf.run, same)
        self.inspection.set_dataset(dataset, same)
        self.bookmarks.set_dataset(dataset, same)
        self.tools.offer_sprites(dataset.sprite is not None)
        if self.panel is not None:
            self.panel.show_notes(self._notes())
        self.stages.set_dataset(dataset, same)

    def _shelf_changed(self) -> None:
        self.pages.follow()
        self.tools.setEnabled(self.dataset is not None and not self.shelf.failure)
        panel, shelf = self.panel, self.shelf
        if panel is not None:
            panel.source.set_series(shelf.series)
            panel.source.show_text(shelf.title, None if shelf.chosen is None else shelf.chosen.key)
            panel.steps.show_step(shelf.steps, shelf.rank)
            panel.show_notes(self._notes())

    def _notes(self) -> list[EmbeddingNote]:
        """What is to be said of the points that are shown."""
        if self.shelf.failure:
            return []
        notes = [] if self.dataset is None else list(self.dataset.data.notes)
        if self.looks.joining.note:
            notes.append(EmbeddingNote("embedding-lines", self.looks.joining.note))
        if self.shelf.gone:
            notes.append(EmbeddingNote("embedding-gone", "This embedding is no longer in the log: it is kept in view."))
        return notes

    def _show_columns(self) -> None:
        panel, columns = self.panel, self.looks.columns
        if panel is None:
            return
        if self.dataset is not None:
            points = len(self.dataset.matrix)
            panel.tsne.show_usual(usual_perplexity(points), usual_rate(points), max((points - 1) / 3, 3.0))
        panel.show_columns([column.name for column in columns], color_options(columns))
        self.inspection.follow()

    def _show_method(self) -> None:
        if self.panel is not None:
            self.panel.show_method(self.stages.current.method)

    def _show_legend(self) -> None:
        panel, coloring = self.panel, self.looks.coloring
        if panel is None:
            return
        legend = coloring.legend if coloring is not None else None
        panel.legend.show_legend(legend)
        panel.clusters.show_state(finding=self.looks.finding, found=self.looks.found)
        panel.categorical.setVisible(self.looks.forced)

    def _reveal(self, point: int) -> None:
        """The neighbours of a point that was clicked are to be seen once they are known, and laid out."""
        if self.panel is not None and point >= 0:
            self._revealing.start()

    def _reveal_now(self) -> None:
        if self.panel is not None and self.chosen.neighbours is not None:
            self.panel.reveal_neighbours()

    def _count_ends(self, counts: dict[str, str]) -> None:
        if self.panel is not None:
            self.panel.axes.show_counts(counts)

    def _follow(self, stage: Stage) -> None:
        """Bring the controls beside to the state of the current view."""
        panel = self.panel
        if panel is None or stage is not self.stages.current:
            return
        layout, slot = self.stages.layout_of(stage), self.stages.slot(stage)
        if stage.method is Method.PCA:
            panel.pca.show_shares(None if layout is None else layout.variance)
        running, paused = self.projections.running(slot), self.projections.paused(slot)
        for controls in (panel.tsne, panel.umap):
            controls.buttons.show_state(running=running, paused=paused, known=layout is not None)

    def _runs_changed(self, fields: RunField) -> None:
        if fields & (RunField.COLOR | RunField.ALIAS):
            self.looks.paint()
            self._shelf_changed()


def _take_copy(event: QDropEvent) -> None:
    """Take what is dragged, never to move it: whoever gave it might delete the file then."""
    event.setDropAction(Qt.DropAction.CopyAction)
    event.accept()


def _dropped(event: QDropEvent) -> str:
    """The file of vectors that is dragged; empty where something else is."""
    urls = event.mimeData().urls()
    if len(urls) != 1 or not urls[0].isLocalFile():
        return ""
    path = urls[0].toLocalFile()
    return path if PurePath(path).suffix.lower() in ENDINGS else ""
