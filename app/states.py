"""What the middle of the window says while there is nothing to draw: reading, nothing found, folder not there."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QProgressBar, QStackedWidget, QVBoxLayout, QWidget

from ..viewers.widgets import EmptyState
from . import words
from .words import visible

if TYPE_CHECKING:
    from ..reader.api import RunStore


class StatePage(QStackedWidget):
    """Chosen from the store: a reading page with a bar, or a page that says what was looked for and where."""

    open_wanted = Signal()

    def __init__(self, roots: Sequence[str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._roots = tuple(roots)
        self._shown = ""
        self._text = ""
        self._reading = _Reading(roots)
        self.addWidget(self._reading)

    @property
    def shown(self) -> str:
        """Which page is shown: "reading", "empty", "missing" or "other"."""
        return self._shown

    def show_store(self, store: RunStore) -> None:
        """Bring the page up to date."""
        progress = store.progress()
        if progress.loading:
            self._reading.show_progress(progress.read, progress.total, progress.files)
            self._bring("reading", self._reading)
            return
        if store.series():
            kinds = sorted({key.kind.value.replace("_", " ") for key in store.series()})
            text = f"This log holds {', '.join(kinds)}, for which there is no pane yet."
            self._page("other", "layers", "Nothing to draw", text)
            return
        missing = [problem for problem in store.health().problems if problem.code in MISSING_CODES]
        folders = "\n".join(visible(root) for root in self._roots)
        if missing and not store.runs():
            one = len(self._roots) == 1
            text = f"{folders}\n\n" + ("It is shown as soon as it is there." if one else "They are waited for.")
            self._page("missing", "folder", "The folder is not there" if one else "The folders are not there", text)
            return
        if progress.files:
            text = f"{words.counted(progress.files, 'event file')} found, but no values in them so far.\n{folders}"
            self._page("empty", "clock", "No values yet", text)
            return
        text = (
            f"Looked for files with “tfevents” in their names in\n{folders}\nand in all folders below. "
            "This goes on: a run appears as soon as its first file is written."
        )
        self._page("empty", "search", "No event files", text)

    def _page(self, name: str, icon: str, title: str, text: str) -> None:
        if (self._shown, self._text) == (name, text):
            return
        page = EmptyState(icon, title, text, actions=[("Open another folder…", self.open_wanted.emit)])
        self._text = text
        self._bring(name, page)

    def _bring(self, name: str, page: QWidget) -> None:
        self._shown = name
        old = self.currentWidget()
        if old is page:
            return
        self.addWidget(page)
        self.setCurrentWidget(page)
        if old is not None and old is not self._reading:
            self.removeWidget(old)
            old.deleteLater()


MISSING_CODES = frozenset({"missing"})


class _Reading(QWidget):
    """A thin bar with the bytes read so far."""

    def __init__(self, roots: Sequence[str]) -> None:
        super().__init__()
        self._heading = f"Reading {visible(words.title_of(roots))}"
        self._title = EmptyState("folder-open", self._heading, "Looking for event files…")
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._bar.setFixedSize(320, 4)
        self._bar.setRange(0, 1000)
        column = QVBoxLayout(self)
        column.addStretch(2)
        column.addWidget(self._title)
        column.addWidget(self._bar, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(3)

    def show_progress(self, read: int, total: int, files: int) -> None:
        """Bytes read of bytes known in so many files."""
        self._bar.setValue(round(1000 * read / total) if total else 0)
        if total:
            text = f"{words.size(read)} of {words.size(total)} in {words.counted(files, 'file')}"
            self._title.set_content("folder-open", self._heading, text)
