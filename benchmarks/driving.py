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
        assert self.window.bench is not None
        return self.window.bench.panes.pane("scalars")

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
        """True if every chart in view shows what it is to show."""
        return self.pane is None or (drawn(self.pane) and not self.controller.jobs.busy)

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
    """True if the scalars pane has no card left to place and no chart in view left to paint.

    Charts of cards that merely peep into the view with their heading are not painted.
    """
    frames, board = pane._frames, pane.board
    if frames._waiting or frames._urgent or board.is_placing:
        return False
    return all(
        not chart._stale and chart._painting is None
        for chart in (card.chart for card in board.cards())
        if chart.isVisible() and not chart.visibleRegion().isEmpty()
    )
