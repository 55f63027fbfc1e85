"""What the points look like now: their labels, which the user may edit, their colours, clusters and thumbnails."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal

from ..jobs import Job
from ..pane import PaneContext
from ..runs.palette import run_color
from .clustering import Clustering
from .coloring import Coloring, NumberRange, is_categorical
from .dataset import Dataset
from .dressing import CLUSTERS, DENSITY, Ground, color_options, colored, name_of, usual_color
from .editing import LabelEdits
from .jobs import cluster_job
from .joining import Joining
from .labels import Labels
from .settings import SettingsModel
from .thumbnails import Thumbnails

#: Colours of more points are worked out in the pool.
_AT_ONCE = 50_000


class Looks(QObject):
    """``changed`` fires when colours, their legend or names are others, ``columns_changed`` when labels are."""

    changed = Signal()
    columns_changed = Signal()

    def __init__(self, context: PaneContext, settings: SettingsModel, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._context, self._settings = context, settings
        self.thumbnails = Thumbnails()
        self.coloring: Coloring | None = None
        self.edits = LabelEdits((), 0)
        self._dataset: Dataset | None = None
        self._run = ""
        self._places: NDArray[np.float32] | None = None
        self._span: NumberRange | None = None
        self._isolated: set[int] = set()
        self._clusters: NDArray[np.int32] | None = None
        self._painting: Job | None = None
        self._clustering = Clustering(context.jobs, self)
        self._clustering.found.connect(self._take_clusters)
        self.joining = Joining(context.jobs, self)
        self.joining.changed.connect(self.changed)
        self._clustering.failed.connect(self._clusters_failed)
        context.theme.changed.connect(self.paint)
        settings.changed.connect(self._settings_changed)

    @property
    def columns(self) -> tuple[Labels, ...]:
        """The labels, with what the user changed of them."""
        return self.edits.columns

    @property
    def forced(self) -> bool:
        """True if the numbers that points are coloured by can be a ramp or categories, as the user likes."""
        column = self.column(self._settings.now.color_by)
        return column is not None and not is_categorical(column) and column.codes is not None

    @property
    def finding(self) -> bool:
        """True while the clusters are looked for that points are to be coloured by."""
        return self._settings.now.color_by == CLUSTERS and self._clustering.busy

    @property
    def found(self) -> bool:
        """True if the clusters of the points are known."""
        return self._clusters is not None

    def column(self, name: str) -> Labels | None:
        """A column by its name."""
        return next((column for column in self.columns if column.name == name), None)

    def set_dataset(self, dataset: Dataset, run: str, same: bool) -> None:
        """Other points; ``same``: another step or state of those before, whose colours and edits go on."""
        labels_go_on = same and self.edits.unsaved
        self._dataset, self._run, self._places, self._clusters = dataset, run, None, None
        self._clustering.cancel()
        self.thumbnails.set_sprite(dataset.sprite, dataset.sprites)
        if not labels_go_on:
            self.edits = LabelEdits(dataset.columns, len(dataset.matrix))
        if not same:
            self._span, self._isolated = None, set()
            offered = {name for name, _text in color_options(self.columns)} - {""}
            if self._settings.now.color_by not in offered:
                self._settings.update(color_by=usual_color(self.columns))
        self.joining.follow(self.columns, len(dataset.matrix), True)
        self.columns_changed.emit()
        self.paint()

    def set_places(self, places: NDArray[np.float32]) -> None:
        """Where the points are in the first view; colours by density follow, but not each frame of a live layout."""
        self._places = places
        if self._settings.now.color_by == DENSITY:
            self.paint()

    def paint(self) -> None:
        """Work the colours out."""
        dataset, now = self._dataset, self._settings.now
        if dataset is None:
            return
        if now.color_by == CLUSTERS and self._clusters is None and not self._clustering.busy:
            self._clustering.ask(dataset, cluster_job(now))
        runs, theme = self._context.runs, self._context.theme.theme
        color = run_color(runs.style(self._run), theme) if self._run in runs else None
        rgb = (128, 128, 128) if color is None else (color.red(), color.green(), color.blue())
        ground = Ground(len(dataset.matrix), self.columns, self._places, self._clusters, self._run, rgb, theme)
        span, isolated = self._span, frozenset(self._isolated)
        if self._painting is not None:
            self._painting.cancel()
            self._painting = None
        if ground.count <= _AT_ONCE:
            self._painted(colored(ground, now, span, isolated))
        else:
            self._painting = self._context.jobs.submit(
                lambda: colored(ground, now, span, isolated), self._painted, self._painting_failed
            )

    def toggle_group(self, group: int) -> None:
        """Show the points of a value in full and dim the others, or show all alike again."""
        self._isolated ^= {group}
        self.paint()

    def set_range(self, low: float, high: float) -> None:
        """Spread the colours over another part of the numbers."""
        if self._span is not None:
            self._span = self._span.spanning(low, high)
            self.paint()

    def label(self, points: NDArray[np.bool_], text: str, column: str) -> int:
        """Give points a label in a column, which is made if need be; returns how many are others now."""
        changed = self.edits.tag_new(points, text, column)
        self._edited(changed > 0)
        return changed

    def undo(self) -> None:
        """Take the last edit back, and say which it was."""
        text = self.edits.undo_text
        self._context.notify(f"Taken back: {text}." if text else "There is no label to take back.")
        self._edited(self.edits.undo())

    def redo(self) -> None:
        """Make the edit again that was taken back last, and say which it was."""
        text = self.edits.redo_text
        self._context.notify(f"Done again: {text}." if text else "There is no label to give again.")
        self._edited(self.edits.redo())

    def name_of(self, point: int) -> str:
        """What a point is called."""
        return name_of(self.columns, self._settings.now, point)

    def close(self) -> None:
        """End what runs."""
        if self._painting is not None:
            self._painting.cancel()
        self.joining.cancel()
        self._clustering.close()

    def _painted(self, result: tuple[Coloring, NumberRange | None]) -> None:
        self._painting = None
        self.coloring, self._span = result
        self.changed.emit()

    def _painting_failed(self, error: BaseException) -> None:
        self._painting = None
        if not isinstance(error, MemoryError):
            raise error
        self._context.notify("There is too little memory for the colours of these points.", "warning")

    def _edited(self, changed: bool) -> None:
        if changed and self._dataset is not None:
            self.joining.follow(self.columns, len(self._dataset.matrix), False)
            self.columns_changed.emit()
            self.paint()

    def _take_clusters(self, labels: NDArray[np.int32]) -> None:
        self._clusters = labels
        self.paint()

    def _clusters_failed(self, sentence: str) -> None:
        self._context.notify(sentence, "warning")
        self.changed.emit()

    def _settings_changed(self, names: set[str]) -> None:
        if "color_by" in names:
            self._span, self._isolated = None, set()
        if names & {"clusters", "smallest", "by_density", "spherize"}:
            self._clusters = None
            self._clustering.cancel()
            if self._settings.now.color_by == CLUSTERS:
                self.paint()
        if names & {"color_by", "categorical"}:
            self.paint()
        elif "label_by" in names:
            self.changed.emit()
