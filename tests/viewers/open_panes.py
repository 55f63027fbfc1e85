"""A pane over a real log on the disk, on the screen, as the window has it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Generic, TypeVar

from pytestqt.qtbot import QtBot

from runglass.reader.api import LogSession, RunInfo
from runglass.viewers.jobs import Jobs
from runglass.viewers.pane import Pane, PaneContext, ThemeHolder
from runglass.viewers.runs.model import RunModel
from runglass.viewers.selection import StepCursor
from runglass.viewers.theme import DARK, Theme

P = TypeVar("P", bound=Pane)


class Notes:
    """Collects what a pane tells the user."""

    def __init__(self) -> None:
        self.told: list[tuple[str, str]] = []

    def __call__(self, text: str, kind: str = "info", detail: str = "") -> None:
        self.told.append((text, kind))


def context_over(
    store: object, session: object, runs: Iterable[RunInfo], jobs: Jobs, theme: Theme = DARK
) -> PaneContext:
    """All that a pane needs; what it tells the user goes to :class:`Notes`."""
    model = RunModel()
    model.update(list(runs))
    return PaneContext(store, session, model, StepCursor(), jobs, ThemeHolder(theme), Notes())  # type: ignore[arg-type]


def told(context: PaneContext) -> list[tuple[str, str]]:
    """What the user was told, and of which kind each message was."""
    assert isinstance(context.notify, Notes)
    return context.notify.told


def show_pane(pane: Pane, qtbot: QtBot, width: int = 900, height: int = 760) -> None:
    """Put a pane on the screen as its tab does."""
    qtbot.addWidget(pane)
    qtbot.addWidget(pane.settings_widget())
    pane.resize(width, height)
    pane.show()
    pane.set_active(True)
    qtbot.waitExposed(pane)


class OpenPane(Generic[P]):
    """Reads a log and shows a pane over it. Changes of the log reach the pane when :meth:`take_in` is called."""

    def __init__(
        self,
        folder: Path,
        make: Callable[[PaneContext], P],
        qtbot: QtBot,
        width: int = 900,
        height: int = 760,
        watch: bool = True,
    ) -> None:
        self.qtbot = qtbot
        self.session = LogSession([str(folder)], watch=watch)
        self.changes = self.session.store.subscribe(lambda: None)
        self.session.start()
        assert self.session.wait_loaded(10.0)
        self.jobs = Jobs()
        store = self.session.store
        self.context = context_over(store, self.session, store.runs(), self.jobs)
        self.pane = make(self.context)
        show_pane(self.pane, qtbot, width, height)

    def take_in(self, wanted: Callable[[], bool] = lambda: True, seconds: float = 15.0) -> None:
        """Hand changes of the log to the runs and the pane until ``wanted()``."""

        def turn() -> bool:
            delta = self.changes.drain()
            if delta:
                self.context.runs.update(self.session.store.runs())
                self.pane.apply(delta)
            return wanted()

        self.until(turn, seconds)

    def until(self, true: Callable[[], bool], seconds: float = 20.0) -> None:
        """Wait for something."""
        self.qtbot.waitUntil(true, timeout=round(seconds * 1000))

    @property
    def notes(self) -> list[tuple[str, str]]:
        """What the user was told."""
        return told(self.context)

    def close(self) -> None:
        """As the window closes a log."""
        self.pane.close_pane()
        self.jobs.close()
        self.session.stop()
