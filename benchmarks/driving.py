"""The whole program in this process, driven step by step. Called in fresh processes only."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from typing import Any

from runglass.app import guard

guard.prepare_interpreter()

from PySide6.QtCore import QEventLoop, QTimer  # noqa: E402

from runglass.app.appearance import Appearance  # noqa: E402
from runglass.app.controller import Controller  # noqa: E402
from runglass.app.faults import Faults  # noqa: E402
from runglass.app.garbage import GarbageCollector  # noqa: E402
from runglass.app.places import NOWHERE  # noqa: E402
from runglass.app.program import Application  # noqa: E402
from runglass.app.settings import Settings  # noqa: E402
from runglass.app.window import Window  # noqa: E402

PATIENCE = 300.0


class Program:
    """Window and controller as the program makes them; nothing of the user's is read or written."""

    def __init__(self, width: int = 1440, height: int = 900) -> None:
        self.app = Application(sys.argv[:1])
        self.faults = Faults(NOWHERE)
        settings = Settings(NOWHERE.settings_file)
        appearance = Appearance(self.app, settings, "dark")
        self.controller = Controller(settings, NOWHERE, appearance.holder, self.faults)
        self.window = Window(self.controller, appearance)
        self.garbage = GarbageCollector()
        self.controller.warm_ups.append(self.garbage.freeze)
        self.window.resize(width, height)
        self.painted = False
        self.shown = "scalars"
        self.window.painted.connect(self._note)
        self.window.show()
        self.until(lambda: self.painted)

    def open(self, logdir: str) -> None:
        """Open a folder, as from the command line, and wait until all is read and shown."""
        before = self.controller.workspace
        self.controller.open([logdir])
        self.until(lambda: self.controller.workspace not in (None, before))
        self.until(lambda: not self.store.progress().loading)
        self.until(lambda: bool(self.store.series()), 5.0)
        self.rest()

    @property
    def store(self) -> Any:
        """The store of the open folder."""
        assert self.controller.workspace is not None
        return self.controller.workspace.store

    @property
    def pane(self) -> Any:
        """The scalars pane."""
        return self.pane_of("scalars")

    def pane_of(self, id: str) -> Any:
        """A pane by its id; None before it was shown."""
        assert self.window.bench is not None
        return self.window.bench.panes.pane(id)

    def show(self, id: str) -> Any:
        """Click on the tab of a pane; returns the pane, which has shown nothing yet."""
        assert self.window.bench is not None
        self.shown = id
        self.window.bench.panes.show_pane(id)
        return self.pane_of(id)

    def step(self) -> None:
        """Sleep until something happens, and let it."""
        self.app.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents)

    def until(self, true: Callable[[], bool], patience: float = PATIENCE) -> bool:
        """Let the program run until ``true()``; False where that took longer than ``patience`` seconds."""
        # Its turns are what lets this look again where nothing else happens.
        clock = QTimer()
        clock.setInterval(20)
        clock.start()
        end = time.monotonic() + patience
        while not true():
            if time.monotonic() > end:
                if patience == PATIENCE:
                    raise RuntimeError("the program did not come to rest")
                return False
            self.step()
        return True

    def settled(self) -> bool:
        """True if every card in view of the pane that is shown shows what it is to show."""
        pane = self.pane_of(self.shown)
        return pane is None or (drawn(pane) and not self.controller.jobs.busy)

    def rest(self) -> None:
        """Let the program run until nothing is left to do, and a second more."""
        self.until(self.settled)
        self.until(lambda: False, 1.0)
        self.until(self.settled)

    def close(self) -> None:
        """Close the window and join all threads."""
        self.window.close()
        self.garbage.close()
        self.faults.close()

    def _note(self) -> None:
        self.painted = True


def drawn(pane: Any) -> bool:
    """True if a pane has no card left to place and nothing in view left to paint.

    Charts of cards that merely peep into the view with their heading are not painted.
    """
    frames, board = pane.frames, pane.board
    if not frames.idle or board.is_placing or pane._regroup_soon.isActive():
        return False
    loader = getattr(pane, "loader", None)
    if loader is not None and loader.busy:
        return False
    charts = (getattr(card, "chart", None) for card in board.cards())
    return all(
        not chart._stale and chart._painting is None
        for chart in charts
        if chart is not None and chart.isVisible() and not chart.visibleRegion().isEmpty()
    )
