"""`--screenshot DIR`: reads the log, saves a picture of every pane in both themes, says what it read, and ends."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QBuffer, QByteArray, Qt
from PySide6.QtWidgets import QWidget

from ..viewers.theme import DARK, LIGHT
from . import words
from .script import Script

if TYPE_CHECKING:
    from .cli import Options
    from .window import Window

STEP_MS = 60
SETTLE_SECONDS = 0.6
DEMO_SECONDS = 8.0
DRAWN_SECONDS = 30.0
MOST_SECONDS = 600.0


class Photographer(Script):
    """Takes the pictures; ``code`` is the exit code."""

    def __init__(self, window: Window, options: Options) -> None:
        super().__init__(window)
        self._options = options
        self._folder = Path(str(options.screenshot))
        self._saved: list[Path] = []
        # The pointer may rest over the window; nothing of the picture is to depend on it.
        for content in window.findChildren(QWidget, options=Qt.FindChildOption.FindDirectChildrenOnly):
            content.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)

    def begin(self) -> None:
        """Open what the command line names and start."""
        self.window.controller.begin(self._options.logdirs, self._options.demo)
        self.start()

    def trouble(self, error: OSError) -> None:
        print(words.visible(f"runglass: {error}"), file=sys.stderr)

    def steps(self) -> Iterator[float]:
        window, control = self.window, self.window.controller
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
                yield from self._settle(pane_id)
                self._save(f"{pane_id}-{theme.name}")
            if not usable:
                yield SETTLE_SECONDS
                self._save(f"{bench.state.shown}-{theme.name}")
            yield from self._extras(theme.name)
        self._report()

    def _settle(self, pane_id: str) -> Iterator[float]:
        """Wait until nothing is computed any more, and what was is painted."""
        started = time.monotonic()
        yield SETTLE_SECONDS
        bench, jobs = self.window.bench, self.window.controller.jobs
        pane = bench.panes.pane(pane_id) if bench is not None else None
        if pane is not None:
            pane.hold_still()
        while jobs.busy or (pane is not None and pane.working()):
            if time.monotonic() - started > DRAWN_SECONDS:
                break
            yield SETTLE_SECONDS / 2

    def _extras(self, theme: str) -> Iterator[float]:
        window = self.window
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
        # Written by Python: Qt takes no names that are no Unicode.
        data = QByteArray()
        buffer = QBuffer(data)
        buffer.open(QBuffer.OpenModeFlag.WriteOnly)
        if not self.window.grab().save(buffer, "PNG"):
            raise OSError(f"there is no room for the picture {path}")
        path.write_bytes(data.data())
        self._saved.append(path)

    def _report(self) -> None:
        control = self.window.controller
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
            print(words.visible(f"  {problem.severity.value}: {problem.run}/{problem.file}{place}: {problem.cause}"))
        for path in self._saved:
            print(words.visible(str(path)))
