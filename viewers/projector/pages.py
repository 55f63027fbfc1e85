"""The views, or what stands in their place: nothing to show, loading, or why it cannot be shown."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QProgressBar, QStackedWidget, QVBoxLayout, QWidget

from ..widgets import Button, ElidedLabel, EmptyState
from .shelf import Shelf


class _Loading(QWidget):
    """What is being loaded, how far it is, and a way to give up."""

    def __init__(self, shelf: Shelf) -> None:
        super().__init__()
        self.title = ElidedLabel("", "text")
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setFixedSize(260, 4)
        self.bar.setRange(0, 1000)
        stop = Button("Cancel")
        stop.clicked.connect(shelf.cancel)
        column = QVBoxLayout(self)
        column.setSpacing(12)
        column.addStretch()
        for part in (self.title, self.bar, stop):
            column.addWidget(part, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch()


#: What is shown stays in view for so many milliseconds while something else is loaded, and another step of it.
_OTHER_MS, _STEP_MS = 400, 1500


class Pages(QStackedWidget):
    """Follows the shelf. While another embedding is loaded the one before stays in view for a moment."""

    def __init__(self, views: QWidget, shelf: Shelf) -> None:
        super().__init__()
        self._views, self._shelf = views, shelf
        self._loading = _Loading(shelf)
        self._message: QWidget | None = None
        self._said = ("", "", False)
        self._loaded = False
        self._slow = False
        self._late = QTimer(self)
        self._late.setSingleShot(True)
        self._late.timeout.connect(self._be_slow)
        self.addWidget(views)
        self.addWidget(self._loading)
        shelf.loaded.connect(self._note)

    @property
    def kind(self) -> str:
        """What is shown: "views", "loading", "failed" or "empty"."""
        if self.currentWidget() is self._views:
            return "views"
        return "loading" if self.currentWidget() is self._loading else self._said[0]

    def follow(self) -> None:
        """Bring it up to date."""
        shelf = self._shelf
        if not shelf.loading:
            self._late.stop()
            self._slow = False
        elif not self._slow and not self._late.isActive():
            self._late.start(_STEP_MS if shelf.steps_on else _OTHER_MS)
        if shelf.failure:
            self._say("failed", shelf.failure)
        elif shelf.loading and (self._slow or not self._loaded):
            self._loading.title.setText(f"Loading {shelf.title}")
            self._loading.bar.setValue(round(1000 * shelf.fraction))
            self.setCurrentWidget(self._loading)
        elif self._loaded:
            self.setCurrentWidget(self._views)
        elif shelf.empty:
            self._say("empty", "")

    def close_pages(self) -> None:
        """Nothing changes by itself any more."""
        self._late.stop()

    def _note(self) -> None:
        self._loaded = True

    def _be_slow(self) -> None:
        self._slow = True
        self.follow()

    def _say(self, kind: str, text: str) -> None:
        said = (kind, text, self._shelf.has_before)
        if said != self._said or self._message is None:
            self._said = said
            if self._message is not None:
                self.removeWidget(self._message)
                self._message.deleteLater()
            self._message = self._made(kind, text)
            self.addWidget(self._message)
        self.setCurrentWidget(self._message)

    def _made(self, kind: str, text: str) -> QWidget:
        shelf = self._shelf
        if kind == "failed":
            actions = [("Try again", shelf.retry)]
            if shelf.permission:
                actions.insert(0, ("Read the file outside", lambda: shelf.allow(shelf.permission)))
            if shelf.has_before:
                actions.append(("Go back", shelf.back))
            return EmptyState("warning", "This embedding cannot be shown", text, actions)
        hint = (
            "Embeddings appear here as soon as one of the runs writes one with add_embedding, or logs a tensor of two "
            "dimensions. A TSV, CSV or NPY file can be dropped here."
        )
        return EmptyState("projector", "No embeddings yet", hint)
