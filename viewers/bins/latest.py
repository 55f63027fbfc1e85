"""Results by name, one each: made in the GUI thread where that is a matter of moments, by the pool where not."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

from PySide6.QtCore import QObject, Signal

from ..jobs import Job, Jobs
from .work import INLINE_BUCKETS

R = TypeVar("R")


class LatestWork(QObject, Generic[R]):
    """Keeps for each name the result of its last wish. ``ready`` carries a name whose result the pool made."""

    ready = Signal(str)

    def __init__(self, jobs: Jobs, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._jobs = jobs
        self._results: dict[str, tuple[Hashable, R]] = {}
        self._running: dict[str, Job] = {}

    def result(self, name: str, wish: Hashable, cost: int, work: Callable[[], R]) -> R | None:
        """The result for ``wish`` where it is there or goes through few buckets (``cost``), else the last one.

        ``work`` runs in any thread and changes nothing that another could see.
        """
        known = self._results.get(name)
        if known is not None and known[0] == wish:
            return known[1]
        if name not in self._running:
            if cost <= INLINE_BUCKETS:
                found = work()
                self._results[name] = (wish, found)
                return found
            self._submit(name, wish, work)
        return None if known is None else known[1]

    def is_busy(self, name: str) -> bool:
        """True while the pool works for a name."""
        return name in self._running

    def trim(self, shown: set[str]) -> None:
        """Forget the results of names that are not ``shown``."""
        self._results = {name: kept for name, kept in self._results.items() if name in shown}

    def close(self) -> None:
        """Cancel what the pool still does."""
        for job in self._running.values():
            job.cancel()
        self._running.clear()
        self._results.clear()

    def _submit(self, name: str, wish: Hashable, work: Callable[[], R]) -> None:
        def done(found: R) -> None:
            del self._running[name]
            self._results[name] = (wish, found)
            self.ready.emit(name)

        def failed(error: BaseException) -> None:
            del self._running[name]
            raise error

        self._running[name] = self._jobs.submit(work, done, failed)
