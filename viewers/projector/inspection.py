"""What the inspector is for: searching points, the neighbours of one, and what is known of it."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QObject

from ..pane import PaneContext
from .chosen import Chosen
from .dataset import Dataset
from .finding import Finder
from .inspector import MOST_LISTED, Inspector
from .looks import Looks
from .neighbourhood import Neighbourhood
from .search import Found, Query
from .settings import SettingsModel


class Inspection(QObject):
    """Works without the inspector, which is made later than the pane."""

    def __init__(
        self, context: PaneContext, settings: SettingsModel, looks: Looks, chosen: Chosen, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._settings, self._looks, self._chosen = settings, looks, chosen
        self._inspector: Inspector | None = None
        self._text = ""
        self._finder = Finder(context.jobs, self)
        self._finder.found.connect(self._show_found)
        self._finder.failed.connect(self._search_failed)
        self._neighbourhood = Neighbourhood(context.jobs, self)
        self._neighbourhood.found.connect(chosen.set_neighbours)
        chosen.changed.connect(self.follow)
        chosen.hovered.connect(lambda point: self._show_fields(point if point >= 0 else chosen.point))
        settings.changed.connect(self._settings_changed)

    def attach(self, inspector: Inspector) -> None:
        """The inspector is there."""
        self._inspector = inspector
        inspector.search_changed.connect(self.search)
        inspector.stepped.connect(inspector.results.step)
        inspector.picked.connect(self._chosen.select_one)
        inspector.pointed.connect(self._chosen.point_at)
        inspector.isolate_wanted.connect(self._chosen.isolate)
        inspector.show_all_wanted.connect(self._chosen.show_all)
        inspector.clear_wanted.connect(lambda: self._chosen.select_one(-1))
        self.follow()

    def set_dataset(self, dataset: Dataset, same: bool) -> None:
        """Other points; ``same``: another step or state of those before."""
        self._neighbourhood.set_matrix(dataset.matrix)
        if not same and self._text:
            self.search(self._text)
        self.follow()

    def search(self, text: str) -> None:
        """Find points by their labels, select them, and list the first of them; an empty text ends the search."""
        self._text = text
        if self._inspector is not None:
            self._inspector.search.set_error(None)
        if not text:
            self._finder.cancel()
            if self._inspector is not None:
                self._inspector.show_found("", np.zeros(0, np.int64))
            return
        column = self._looks.column(self._settings.now.search_by)
        columns = self._looks.columns if column is None else (column,)
        self._finder.ask(columns, {"search": Query(text, self._settings.now.search_regex)})

    def follow(self) -> None:
        """Bring the inspector to what is selected."""
        chosen, now = self._chosen, self._settings.now
        if chosen.point >= 0 and chosen.neighbours is None:
            self._neighbourhood.ask(chosen.point, now.neighbours, now.metric)
        inspector = self._inspector
        if inspector is None:
            return
        inspector.show_selection(chosen.size, chosen.isolated is not None)
        inspector.show_neighbours(chosen.point, self._looks.name_of(chosen.point) if chosen.point >= 0 else "")
        near = chosen.neighbours
        if near is None:
            inspector.neighbours.show_points(np.zeros(0, np.int64))
        else:
            inspector.neighbours.show_points(near.indices, near.distances)
        self._show_fields(chosen.point)

    def close(self) -> None:
        """End what runs."""
        self._finder.cancel()
        self._neighbourhood.cancel()

    def _show_fields(self, point: int) -> None:
        if self._inspector is None:
            return
        if not 0 <= point < self._chosen.count:
            self._inspector.show_fields([])
            return
        labels = [(column.name, column[point]) for column in self._looks.columns]
        self._inspector.show_fields([("Point", f"#{point:,}"), *labels])

    def _show_found(self, results: dict[str, Found]) -> None:
        found = results["search"]
        if len(found) and int(found.indices[-1]) >= self._chosen.count:
            return
        count = len(found)
        mask = np.zeros(self._chosen.count, np.bool_)
        mask[found.indices] = True
        self._chosen.select(mask)
        if self._inspector is not None:
            text = f"{count:,} point{'' if count == 1 else 's'}" if count else "No point"
            self._inspector.show_found(f"{text} found. {found.note}".strip(), found.indices[:MOST_LISTED])

    def _search_failed(self, _name: str, sentence: str) -> None:
        if self._inspector is not None:
            self._inspector.search.set_error(sentence)

    def _settings_changed(self, names: set[str]) -> None:
        if names & {"search_by", "search_regex"} and self._text:
            self.search(self._text)
        if names & {"metric", "neighbours"} and self._chosen.point >= 0:
            now = self._settings.now
            self._neighbourhood.ask(self._chosen.point, now.neighbours, now.metric)
        if "label_by" in names:
            self.follow()
