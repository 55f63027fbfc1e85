"""Dialogs for files and folders to write to, which begin where the last one ended."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QStandardPaths
from PySide6.QtWidgets import QFileDialog, QWidget

from .files import file_name


class FileAsker:
    """Asks on behalf of ``window``."""

    def __init__(self, window: QWidget, usual: str) -> None:
        """``usual``: the name for texts of which nothing can stand in a file name."""
        self._window, self._usual = window, usual
        self._folder = ""

    def file(self, title: str, name: str, filters: str, ending: str) -> Path | None:
        """A file whose name is offered as made of ``name`` and ``ending``; None if the user gave up."""
        start = str(Path(self._start()) / (file_name(name, self._usual) + ending))
        chosen, picked = QFileDialog.getSaveFileName(self._window, title, start, filters)
        if not chosen:
            return None
        path = Path(chosen)
        if not path.suffix:
            path = path.with_name(path.name + picked.partition("*")[2].rstrip(")"))
        self._folder = str(path.parent)
        return path

    def folder(self, title: str) -> Path | None:
        """A folder; None if the user gave up."""
        chosen = QFileDialog.getExistingDirectory(self._window, title, self._start())
        if not chosen:
            return None
        self._folder = chosen
        return Path(chosen)

    def _start(self) -> str:
        return self._folder or QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
