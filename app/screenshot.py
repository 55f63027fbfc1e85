"""`--screenshot DIR`: reads the log, saves a picture of every pane in both themes, says what it read, and ends."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtWidgets import QWidget

from ..viewers.theme import DARK, LIGHT
from . import words

if TYPE_CHECKING:
    from .cli import Options
    from .window import Window

STEP_MS = 60
SETTLE_SECONDS = 0.6
DEMO_SECONDS = 8.0
DRAWN_SECONDS = 30.0
MOST_SECONDS = 600.0


class Photographer(QObject):
    """Drives the window without blocking it: each step is a turn of the event loop. ``code`` is the exit code."""

    def __init__(self, window: Window, options: Options) -> None:
        super().__init__(window)
        self.code = 1
        self._window = window
        self._options = options
        self._folder = Path(str(options.screenshot))
        self._saved: list[Path] = []
        self._steps = self._script()
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._step)
        self._ended = False
        # The pointer may rest over the window; nothing of the picture is to depend on it.
        for content in window.findChildren(QWidget, options=Qt.FindChildOption.FindDirectChildrenOnly):
            content.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        window.controller.closed.connect(self._end)

    def begin(self) -> None:
        """Open what the command line names and start."""
        self._window.controller.begin(self._options.logdirs, self._options.demo)
        self._timer.start(STEP_MS)

    def _step(self) -> None:
        if self._ended:
            return
        try:
            pause = next(self._steps)
        except StopIteration:
            self.code = 0
            self._window.close()
        except OSError as error:
            print(f"runglass: {error}", file=sys.stderr)
            self._window.close()
        else:
            self._timer.start(round(1000 * pause))

    def _end(self) -> None:
        self._ended = True
        self._timer.stop()

    def _script(self) -> Iterator[float]:
        """The steps; each yields how many seconds to wait before the next."""
        window, control = self._window, self._window.controller
        self._folder.mkdir(parents=True, exist_ok=True)
        started = time.monotonic()
        while control.workspace is None or control.workspace.store.progress().loading:
            if time.monotonic() - started > MOST_SECONDS:
                raise OSError("the log was not read within ten minutes")
            yield 0.05
        if self._options.demo:
            yield DEMO_SECONDS
        control.workspace.deliver()
        window.toasts.clear()
        bench = window.bench
        assert bench is not None
        usable = [spec.id for spec in bench.specs if bench.counts.get(spec.id)]
        for theme in (DARK, LIGHT):
            window.appearance.force(theme)
            for pane_id in usable:
                window.show_pane(pane_id)
                yield from self._settle()
                self._save(f"{pane_id}-{theme.name}")
            if not usable:
                yield SETTLE_SECONDS
                self._save(f"{bench.state.shown}-{theme.name}")
            yield from self._extras(theme.name)
        self._report()

    def _settle(self) -> Iterator[float]:
        """Wait until nothing is computed any more, and what was is painted."""
        started = time.monotonic()
        yield SETTLE_SECONDS
        while self._window.controller.jobs.busy and time.monotonic() - started < DRAWN_SECONDS:
            yield SETTLE_SECONDS / 2

    def _extras(self, theme: str) -> Iterator[float]:
        window = self._window
        window.toggle_health()
        yield SETTLE_SECONDS
        self._save(f"health-{theme}")
        window.toggle_health()
        for name, show in (
            ("palette", window.show_palette),
            ("preferences", window.show_preferences),
            ("shortcuts", window.show_shortcuts),
        ):
            show()
            yield SETTLE_SECONDS / 2
            self._save(f"{name}-{theme}")
            window.overlays.close_all()
            yield STEP_MS / 1000

    def _save(self, name: str) -> None:
        path = self._folder / f"{name}.png"
        picture = self._window.grab()
        if not picture.save(str(path), "PNG"):
            raise OSError(f"{path} cannot be written")
        self._saved.append(path)

    def _report(self) -> None:
        control = self._window.controller
        assert control.workspace is not None
        store = control.workspace.store
        totals, health = store.totals(), store.health()
        size = sum(file.size for file in health.files)
        print(
            f"{words.counted(totals.runs, 'run')}, {words.counted(totals.tags, 'tag')}, "
            f"{words.counted(totals.points, 'point')} from {words.counted(len(health.files), 'file')} "
            f"({words.size(size)}); {words.counted(len(health.problems), 'problem')}"
        )
        for problem in health.problems:
            place = "" if problem.offset is None else f" at byte {problem.offset}"
            text = f"  {problem.severity.value}: {problem.run}/{problem.file}{place}: {problem.cause}"
            print("".join(letter if letter.isprintable() else repr(letter)[1:-1] for letter in text))
        for path in self._saved:
            print(path)
