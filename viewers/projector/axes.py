"""Custom axes: searches for their ends, then the job that places points along them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QObject, Signal

from ..jobs import Jobs
from .finding import Finder
from .labels import Labels
from .search import Found, Query
from .settings import ProjectorSettings
from .worker.messages import AxesJob

_ENDS = (("left", "right"), ("down", "up"), ("back", "front"))


class AxesSearch(QObject):
    """``ready`` carries an :class:`AxesJob`, ``counted`` what each end found in a few words (by the name of its field),
    ``failed`` a sentence.
    """

    ready = Signal(object)
    counted = Signal(object)
    failed = Signal(str)

    def __init__(self, jobs: Jobs, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._finder = Finder(jobs, self)
        self._finder.found.connect(self._take)
        self._finder.failed.connect(self._fail)
        self._pairs: tuple[tuple[str, str], ...] = ()
        self._spherize = False

    def ask(self, columns: Sequence[Labels], settings: ProjectorSettings) -> None:
        """Search the ends by the settings. Without any text nothing can be told apart, and that is said."""
        self._pairs = _ENDS[: 3 if settings.three else 2]
        self._spherize = settings.spherize
        usual = next(iter(columns), None)
        column = next((column for column in columns if column.name == settings.axes_by), usual)
        names = [name for pair in self._pairs for name in pair]
        texts = {name: getattr(settings, name) for name in names}
        if column is None:
            self.failed.emit("These points have no labels to search for the ends of axes.")
        elif not any(texts.values()):
            self.counted.emit({})
            self.failed.emit("Type which labels the ends of an axis have, such as left “cat” and right “dog”.")
        else:
            queries = {name: Query(text, settings.axes_regex) for name, text in texts.items()}
            self._finder.ask([column], queries)

    def cancel(self) -> None:
        """Nothing is told of what was asked."""
        self._finder.cancel()

    def _fail(self, name: str, text: str) -> None:
        # The numbers beside the fields are of patterns that stood there before.
        self.counted.emit({})
        self.failed.emit(f"{name.capitalize()}: {text}" if name else text)

    def _take(self, results: dict[str, Found]) -> None:
        self.counted.emit({name: f"{len(found):,}" for name, found in results.items()})
        rows = {name: found.indices.astype(np.intp) for name, found in results.items()}
        self.ready.emit(AxesJob(tuple((rows[low], rows[high]) for low, high in self._pairs), self._spherize))
