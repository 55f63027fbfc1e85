"""States of the projector that the user keeps and goes back to, in TensorBoard's form."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from PySide6.QtCore import QObject, Signal

from ..asking import FileAsker
from ..board.exporting import FileExporter
from ..jobs import Job
from ..pane import PaneContext
from .bookmark_json import MOST_BYTES
from .bookmarks import Bookmark, BookmarkError, Camera, CustomAxes, mismatch, read_bookmarks, write_bookmarks
from .chosen import Chosen
from .dataset import Dataset
from .jobs import COMPONENTS, usual_perplexity
from .projections import Layout, Projections, Slot
from .search import Query
from .settings import PERPLEXITY, Method, SettingsModel
from .stages import Stages
from .worker.messages import PcaJob

#: TensorBoard has two custom axes and steps over what is said of a third.
_DEEP = ("customZBackText", "customZFrontText")
#: TensorBoard's names of the coordinates of a slot.
_PREFIX = {Method.TSNE: "tsne", Method.UMAP: "umap"}


class Bookmarks(QObject):
    """``changed`` fires when the list is another."""

    changed = Signal()

    def __init__(
        self,
        context: PaneContext,
        settings: SettingsModel,
        projections: Projections,
        stages: Stages,
        chosen: Chosen,
        exporter: FileExporter,
        asker: FileAsker,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._context, self._settings, self._projections = context, settings, projections
        self._stages, self._chosen, self._exporter, self._asker = stages, chosen, exporter, asker
        self._dataset: Dataset | None = None
        self._job: Job | None = None
        self.list: list[Bookmark] = []

    def set_dataset(self, dataset: Dataset, same: bool) -> None:
        """Other points: their own bookmarks take the place of those before, which did not fit them."""
        self._dataset = dataset
        if same:
            return
        self.list = []
        self.changed.emit()
        if dataset.data.bookmarks is not None:
            found = dataset.data.bookmarks
            self._read(lambda: found, "The file of bookmarks of this embedding")

    def keep(self, label: str) -> Bookmark | None:
        """Keep what is shown now under a name."""
        if self._dataset is None:
            return None
        bookmark = self._captured(self._dataset, label)
        self.list = [*(replace(other, current=False) for other in self.list), bookmark]
        self.changed.emit()
        return bookmark

    def rename(self, index: int, label: str) -> None:
        """Call a bookmark otherwise."""
        self.list[index] = replace(self.list[index], label=label)
        self.changed.emit()

    def remove(self, index: int) -> None:
        """Forget a bookmark."""
        del self.list[index]
        self.changed.emit()

    def usual_label(self) -> str:
        """A name that none of the list has."""
        taken = {bookmark.label for bookmark in self.list}
        return next(name for name in (f"State {n}" for n in range(len(self.list) + 1)) if name not in taken)

    def ask_save(self, name: str) -> None:
        """Ask for a file and write all bookmarks to it."""
        path = self._asker.file("Save bookmarks", name, "TensorBoard's bookmarks (*.json *.txt)", ".json")
        if path is not None:
            self.save(path)

    def save(self, path: Path) -> None:
        """Write all bookmarks to ``path``."""
        kept = list(self.list)
        self._exporter.write(
            path,
            lambda cancelled: write_bookmarks(path, kept, cancelled),
            lambda count: f"{count:,} bookmark{'' if count == 1 else 's'} saved to {path}",
        )

    def load(self, path: Path) -> None:
        """Add the bookmarks of a file."""

        def read() -> bytes:
            size = path.stat().st_size
            if size > MOST_BYTES:
                raise BookmarkError(f"It has {size:,} bytes; no more than {MOST_BYTES:,} are read.")
            return path.read_bytes()

        self._read(read, path.name)

    def close(self) -> None:
        """Nothing is read or told any more."""
        if self._job is not None:
            self._job.cancel()

    def restore(self, index: int) -> bool:
        """Go back to a state. False, and a word to the user, where it does not fit the points."""
        bookmark, dataset = self.list[index], self._dataset
        if dataset is None:
            return False
        wrong = mismatch(bookmark, *dataset.matrix.shape)
        if wrong:
            self._context.notify(f"{wrong} It stays in the list.", "warning")
            return False
        self._restore_layouts(bookmark, len(dataset.matrix))
        self._settings.update(**_settings_of(bookmark))
        self._stages.show_all()
        mask = np.zeros(len(dataset.matrix), np.bool_)
        mask[bookmark.selected] = True
        isolated = None
        if bookmark.filtered is not None:
            isolated = np.zeros(len(dataset.matrix), np.bool_)
            isolated[bookmark.filtered] = True
        self._chosen.put(mask, isolated)
        if bookmark.camera is not None:
            self._stages.current.view.restore_tensorboard_camera(_camera_json(bookmark.camera))
        self.list = [replace(other, current=other is bookmark) for other in self.list]
        self.changed.emit()
        return True

    def _read(self, read: Callable[[], object], name: str) -> None:
        def done(found: tuple[list[Bookmark], list[str]]) -> None:
            self._job = None
            bookmarks, notes = found
            self.list = [*self.list, *bookmarks]
            for note in notes[:3]:
                self._context.notify(f"{name}: {note}", "warning", "\n".join(notes))
            self.changed.emit()

        def failed(error: BaseException) -> None:
            self._job = None
            cause = getattr(error, "strerror", None) or str(error)
            self._context.notify(f"{name} could not be read: {cause}", "warning", str(error))

        self.close()
        self._job = self._context.jobs.submit(lambda: read_bookmarks(read()), done, failed)

    def _captured(self, dataset: Dataset, label: str) -> Bookmark:
        now, stage = self._settings.now, self._stages.current
        coordinates: dict[str, Any] = {}
        iteration = 0
        pca = self._projections.layout_of(Slot(Method.PCA, 0))
        if pca is not None:
            names = (f"pca-{component}" for component in range(pca.coordinates.shape[1]))
            coordinates |= dict(zip(names, pca.coordinates.T, strict=False))
        for method, prefix in _PREFIX.items():
            layout = self._projections.layout_of(Slot(method, 3 if now.three else 2))
            if layout is not None:
                names = (f"{prefix}-{axis}" for axis in range(layout.coordinates.shape[1]))
                coordinates |= dict(zip(names, layout.coordinates.T, strict=False))
                iteration = layout.iteration if method is Method.TSNE else iteration
        axes = self._projections.layout_of(Slot(Method.AXES, 3 if now.three else 2))
        if axes is not None:
            names = (f"linear-{axis}" for axis in "xyz")
            coordinates |= dict(zip(names, axes.coordinates.T, strict=False))
        points, dimensions = dataset.matrix.shape
        filtered = None if self._chosen.isolated is None else np.flatnonzero(self._chosen.isolated)
        if filtered is not None:
            coordinates = {name: values[filtered] for name, values in coordinates.items()}
        components = (now.pca_x, now.pca_y, now.pca_z)[: 3 if now.three else 2]
        return Bookmark(
            label=label,
            current=True,
            projection=stage.method.value,
            points=points if filtered is None else len(filtered),
            dimensions=dimensions,
            pca_components=components,
            tsne_3d=now.three,
            tsne_iteration=iteration,
            tsne_perplexity=now.perplexity or usual_perplexity(points),
            tsne_learning_rate=now.rate or 10.0,
            umap_3d=now.three,
            umap_neighbors=now.near,
            umap_min_distance=now.least_distance,
            custom=CustomAxes(
                now.axes_by,
                Query(now.left, now.axes_regex),
                Query(now.right, now.axes_regex),
                Query(now.up, now.axes_regex),
                Query(now.down, now.axes_regex),
            ),
            coordinates=coordinates,
            filtered=filtered,
            selected=self._chosen.indices,
            camera=_camera_of(stage.view.tensorboard_camera()),
            color_by=now.color_by if "\x00" not in now.color_by else None,
            force_categories=now.categorical,
            label_by=now.label_by or None,
            extra={name: text for name, text in zip(_DEEP, (now.back, now.front), strict=True) if text},
        )

    def _restore_layouts(self, bookmark: Bookmark, points: int) -> None:
        """Take the places that the bookmark has: nothing is worked out anew."""
        found = bookmark.coordinates
        pca = [found[f"pca-{component}"] for component in range(COMPONENTS) if f"pca-{component}" in found]
        known = self._projections.layout_of(Slot(Method.PCA, 0))
        if pca and known is None:
            self._projections.put(Slot(Method.PCA, 0), Layout(_whole(pca, bookmark, points), PcaJob()))
        for method, prefix in (*_PREFIX.items(), (Method.AXES, "linear")):
            names = [f"{prefix}-{axis}" for axis in ("xyz" if prefix == "linear" else range(3))]
            places = [found[name] for name in names if name in found]
            if len(places) >= 2:
                layout = Layout(_whole(places, bookmark, points), PcaJob(), bookmark.tsne_iteration)
                self._projections.put(Slot(method, len(places)), layout)


def _whole(columns: list[Any], bookmark: Bookmark, points: int) -> Any:
    """Columns of coordinates as float32 (points, k), NaN for those that the bookmark does not have."""
    with np.errstate(over="ignore"):
        places = np.stack(columns, axis=1).astype(np.float32)
    if bookmark.filtered is None and len(places) == points:
        return places
    found = np.full((points, places.shape[1]), np.nan, np.float32)
    rows = np.arange(min(len(places), points)) if bookmark.filtered is None else bookmark.filtered
    found[rows] = places[: len(rows)]
    return found


def _settings_of(bookmark: Bookmark) -> dict[str, Any]:
    """The settings that a bookmark stands for."""
    method = Method(bookmark.projection) if bookmark.projection is not None else Method.PCA
    three = {
        Method.PCA: len(bookmark.pca_components) == 3,
        Method.TSNE: bookmark.tsne_3d,
        Method.UMAP: bookmark.umap_3d,
        Method.AXES: "linear-z" in bookmark.coordinates,
    }[method]
    axes = dict(zip(("pca_x", "pca_y", "pca_z"), bookmark.pca_components, strict=False))
    custom = bookmark.custom
    values: dict[str, Any] = {
        "method": method,
        "three": three,
        **axes,
        "near": min(max(bookmark.umap_neighbors, 5), 50),
        "least_distance": min(max(bookmark.umap_min_distance, 0.0), 0.99),
        "left": custom.left.text,
        "right": custom.right.text,
        "up": custom.up.text,
        "down": custom.down.text,
        "axes_regex": any(query.regex for query in (custom.left, custom.right, custom.up, custom.down)),
        "categorical": bookmark.force_categories,
        **dict(zip(("back", "front"), (_text(bookmark.extra.get(name)) for name in _DEEP), strict=True)),
    }
    if bookmark.tsne_perplexity:
        values["perplexity"] = min(max(bookmark.tsne_perplexity, PERPLEXITY[0]), PERPLEXITY[1])
    if custom.column:
        values["axes_by"] = custom.column
    if bookmark.color_by is not None:
        values["color_by"] = bookmark.color_by
    if bookmark.label_by is not None:
        values["label_by"] = bookmark.label_by
    return values


def _text(value: object) -> str:
    return value[:1000] if isinstance(value, str) else ""


def _camera_of(state: dict[str, Any]) -> Camera | None:
    position, target = state.get("position"), state.get("target")
    if not isinstance(position, (list, tuple)) or not isinstance(target, (list, tuple)):
        return None
    x, y, z = (float(value) for value in position)
    u, v, w = (float(value) for value in target)
    return Camera(bool(state.get("orthographic")), (x, y, z), (u, v, w), float(state.get("zoom", 1.0)))


def _camera_json(camera: Camera) -> dict[str, Any]:
    return {
        "orthographic": camera.orthographic,
        "position": list(camera.position),
        "target": list(camera.target),
        "zoom": camera.zoom,
    }
