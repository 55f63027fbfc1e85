"""What lies over the window for a moment: palette, preferences, shortcuts, about."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from . import words
from .palette import Entry, Palette
from .sheet import Sheet
from .words import visible

if TYPE_CHECKING:
    from .window import Window


class Overlays:
    """Made when first asked for; at most one sheet is open."""

    def __init__(self, window: Window, page: QWidget) -> None:
        self._window = window
        self._page = page
        self._palette: Palette | None = None
        self._sheet: Sheet | None = None

    @property
    def palette(self) -> Palette:
        """The command palette."""
        if self._palette is None:
            self._palette = Palette(self._window.appearance.holder, self._page)
        return self._palette

    @property
    def sheet(self) -> Sheet | None:
        """The sheet that is open."""
        return self._sheet

    def open_palette(self) -> None:
        """Search over everything; a second time closes it."""
        if self.palette.isVisible():
            self.palette.close_palette()
            return
        self.close_sheet()
        self.palette.open(self.entries())

    def open_recent(self) -> None:
        """Search over the recent folders."""
        control = self._window.controller
        self.close_sheet()
        entries = [
            Entry(visible("   ".join(roots)), "Folder", partial(control.open, roots)) for roots in control.recent.sets
        ]
        entries.append(Entry("Open folder…", "File", self._window.ask_open, "Ctrl+O"))
        if control.roots:
            entries.append(Entry("Add folder…", "File", self._window.ask_add, "Ctrl+Shift+O"))
        entries.append(Entry("Open the demo", "File", control.open_demo))
        if control.recent.sets:
            entries.append(Entry("Forget the recent folders", "File", control.clear_recent))
        self.palette.open(entries)

    def entries(self) -> list[Entry]:
        """Commands that can be used now, panes, the places of the pane that is shown, runs, recent folders."""
        window = self._window
        found = [
            Entry(spec.title, spec.group.partition("/")[0], partial(window.commands.trigger, spec.id), spec.shortcut)
            for spec in window.commands.specs()
            if spec.enabled is None or spec.enabled()
        ]
        bench = window.bench
        if bench is not None:
            pane = bench.panes.pane(bench.panes.active)
            if pane is not None:
                kind = next(spec.title for spec in bench.specs if spec.id == bench.panes.active)
                found += [Entry(visible(text), kind, run) for text, run in pane.palette_entries()]
            runs = bench.workspace.runs
            found += [
                Entry(visible(runs.label(name)), "Show this run alone", partial(runs.show_only, [name]))
                for name in runs.names()
            ]
        roots = window.controller.roots
        found += [
            Entry(f"Open {visible(words.title_of(recent))}", "Recent folder", partial(window.controller.open, recent))
            for recent in window.controller.recent.sets
            if recent != roots
        ]
        return found

    def open_preferences(self) -> None:
        """The settings."""
        from .preferences import PreferencesPage

        self._open("Preferences", PreferencesPage(self._window.controller.settings), 620)

    def open_shortcuts(self) -> None:
        """All keys."""
        from .pages import ShortcutsPage

        columns = 3 if self._window.width() >= 1200 else 2
        self._open("Keyboard shortcuts", ShortcutsPage(self._window.commands.specs(), columns), 380 * columns)

    def open_about(self) -> None:
        """Which program this is."""
        from .pages import AboutPage

        page = AboutPage(str(self._window.controller.faults.file or ""))
        page.licenses_wanted.connect(self.open_licenses)
        self._open("About", page, 520)

    def open_licenses(self) -> None:
        """The licences of all that the program is made of; they are read in a pool thread."""
        from .licenses import license_texts
        from .text_page import TextPage

        page = TextPage("Reading…")
        self._open("Licences", page, 760)
        job = self._window.controller.jobs.submit(
            license_texts, page.show_text, lambda error: page.show_text(f"The licences cannot be read: {error}")
        )
        page.destroyed.connect(job.cancel)

    def open_text(self, title: str, text: str, buttons: Sequence[tuple[str, Callable[[], object]]]) -> None:
        """A long text with buttons."""
        from .text_page import TextPage

        self._open(title, TextPage(text, buttons), 760)

    def close_sheet(self) -> None:
        """Close the sheet, if one is open."""
        if self._sheet is not None:
            self._sheet.finish()

    def close_all(self) -> None:
        """Close whatever lies over the window."""
        self.close_sheet()
        if self._palette is not None:
            self._palette.close_palette()

    def _open(self, title: str, content: QWidget, width: int) -> None:
        self.close_all()
        self._sheet = Sheet(self._page, title, content, width)
        self._sheet.closed.connect(self._sheet_closed)

    def _sheet_closed(self) -> None:
        self._sheet = None
