"""A window over stand-ins for the reader, with the user's files in a temporary folder."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import app_fakes
import pytest

from runglass.app.appearance import Appearance
from runglass.app.controller import Controller, new_session
from runglass.app.faults import Faults
from runglass.app.places import Places
from runglass.app.settings import Settings
from runglass.app.window import Window


@pytest.fixture
def places(tmp_path: Path) -> Places:
    return Places(tmp_path / "config", tmp_path / "state")


class Program:
    """A running program: window, controller, and the sessions it opened."""

    def __init__(self, qtbot: Any, qapp: Any, places: Places, specs: Sequence[Any], real: bool) -> None:
        self.qtbot = qtbot
        self.sessions: list[app_fakes.FakeSession] = []
        self.notifications: list[bool] = []
        self.faults = Faults(places)
        self.settings = Settings(places.settings_file)
        self.appearance = Appearance(qapp, self.settings, None)
        self.controller = Controller(
            self.settings,
            places,
            self.appearance.holder,
            self.faults,
            make_session=new_session if real else self._session,
        )
        self.window = Window(self.controller, self.appearance)
        self.window.use_specs(specs)
        self.window.show()
        qtbot.waitExposed(self.window)
        self.window.activateWindow()
        qtbot.waitUntil(self.window.isActiveWindow)
        self.closed = False

    def _session(self, roots: Sequence[str], notify: bool) -> Any:
        session = app_fakes.FakeSession(tuple(roots))
        self.sessions.append(session)
        self.notifications.append(notify)
        return session

    @property
    def store(self) -> app_fakes.FakeStore:
        return self.sessions[-1].store

    @property
    def bench(self) -> Any:
        return self.window.bench

    def open(self, *paths: str, add: bool = False) -> app_fakes.FakeStore:
        before = len(self.sessions)
        self.controller.open(paths, add=add)
        self.qtbot.waitUntil(lambda: len(self.sessions) > before and self.window.bench is not None)
        return self.store

    def loaded(self, *paths: str) -> app_fakes.FakeStore:
        """Open, with two runs of a tag each."""
        store = self.open(*paths)
        store.add_point("a", "loss", 1, 0.5)
        store.add_point("b/c", "acc", 1, 0.25)
        store.set_progress(SimpleProgress(10, 10, 2, loading=False))
        self.qtbot.waitUntil(lambda: self.bench.panes.active == "scalars")
        return store

    def pane(self, pane_id: str = "scalars") -> Any:
        return self.bench.panes.pane(pane_id)

    def key(self, widget: Any, key: Any, modifier: Any = None) -> None:
        if modifier is None:
            self.qtbot.keyClick(widget, key)
        else:
            self.qtbot.keyClick(widget, key, modifier)

    def close(self) -> None:
        if not self.closed:
            self.closed = True
            self.window.close()
            self.window.deleteLater()
            self.faults.close()


def SimpleProgress(read: int, total: int, files: int, loading: bool) -> Any:
    from runglass.reader.api import Progress

    return Progress(read, total, files, loading)


@pytest.fixture
def start(qtbot: Any, qapp: Any, places: Places) -> Iterator[Callable[..., Program]]:
    """Starts a program; called again (after ``close``) it starts the next one over the same user's files."""
    started: list[Program] = []

    def make(specs: Sequence[Any] | None = None, real: bool = False) -> Program:
        program = Program(qtbot, qapp, places, app_fakes.specs() if specs is None else specs, real)
        started.append(program)
        return program

    yield make
    for program in started:
        program.close()


@pytest.fixture
def program(start: Callable[..., Program]) -> Program:
    return start()
