"""Searches among the labels of points, in the pool: for the inspector, and for the ends of custom axes."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence

from PySide6.QtCore import QObject, Signal

from ..jobs import Job, Jobs
from .labels import Labels
from .search import BadPattern, Found, Query, SearchCancelled, find


class Finder(QObject):
    """``found`` carries a dict of :class:`Found` by the names of the queries, ``failed`` the name of one and what is
    wrong with it. Only the searches that were asked for last are told.
    """

    found = Signal(object)
    failed = Signal(str, str)

    def __init__(self, jobs: Jobs, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._jobs = jobs
        self._job: Job | None = None
        self._stop = threading.Event()

    def ask(self, columns: Sequence[Labels], queries: Mapping[str, Query]) -> None:
        """Search ``columns`` for each of ``queries``, in place of what is being searched for."""
        self.cancel()
        stop = self._stop = threading.Event()

        def work() -> dict[str, Found]:
            results = {}
            for name, query in queries.items():
                try:
                    results[name] = find(columns, query, stop.is_set)
                except BadPattern as error:
                    raise _Named(name, str(error)) from error
            return results

        self._job = self._jobs.submit(work, self._done, self._fail)

    def cancel(self) -> None:
        """Nothing is told of what was asked."""
        self._stop.set()
        if self._job is not None:
            self._job.cancel()
            self._job = None

    def _done(self, results: dict[str, Found]) -> None:
        self._job = None
        self.found.emit(results)

    def _fail(self, error: BaseException) -> None:
        self._job = None
        if isinstance(error, _Named):
            self.failed.emit(error.name, error.sentence)
        elif not isinstance(error, SearchCancelled):
            self.failed.emit("", f"The search failed: {error}")


class _Named(Exception):
    """A query with a bad pattern."""

    def __init__(self, name: str, sentence: str) -> None:
        super().__init__(sentence)
        self.name, self.sentence = name, sentence
