"""The menus of the tool row."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QFileDialog, QInputDialog, QLineEdit, QMenu

from ..widgets.menus import popup
from .exporting import SCALES

if TYPE_CHECKING:
    from .pane import ProjectorPane


def open_export_menu(pane: ProjectorPane, at: QPoint) -> None:
    """What can be saved."""
    menu = QMenu(pane)
    stage, looks, chosen = pane.stages.current, pane.looks, pane.chosen
    there = stage.places is not None
    name = pane.shelf.file_stem
    for scale in SCALES:
        size = f", {scale} times the size" if scale > 1 else ""
        save = partial(pane.exporter.ask_picture, stage.view, name, scale)
        menu.addAction(f"Picture{size}…", save).setEnabled(there)
    menu.addSeparator()
    columns = looks.columns
    if stage.places is not None:
        axes = pane.axis_names(stage)
        export = partial(pane.exporter.ask_points, name, stage.places, axes, columns)
        menu.addAction(f"Places and labels of {len(stage.places):,} points…", partial(export, None))
        if chosen.size:
            text = f"Places and labels of {chosen.size:,} selected…"
            menu.addAction(text, partial(export, chosen.indices))
        menu.addSeparator()
    labels = menu.addAction("Labels, with your changes…", partial(pane.exporter.ask_labels, f"{name}-metadata", looks))
    labels.setEnabled(bool(columns))
    popup(menu, at)


def open_bookmark_menu(pane: ProjectorPane, at: QPoint) -> None:
    """States that were kept, and what can be done with them."""
    menu, bookmarks = QMenu(pane), pane.bookmarks
    menu.addAction("Keep this state\tCtrl+D", pane.keep_state).setEnabled(pane.dataset is not None)
    if bookmarks.list:
        menu.addSeparator()
    for index, bookmark in enumerate(bookmarks.list[:40]):
        action = menu.addAction(_plain(bookmark.label), partial(bookmarks.restore, index))
        action.setCheckable(True)
        action.setChecked(bookmark.current)
    if bookmarks.list:
        menu.addSeparator()
        rename, remove = menu.addMenu("Rename"), menu.addMenu("Remove")
        for index, bookmark in enumerate(bookmarks.list[:40]):
            rename.addAction(_plain(bookmark.label), partial(_rename, pane, index))
            remove.addAction(_plain(bookmark.label), partial(bookmarks.remove, index))
    menu.addSeparator()
    menu.addAction("Load from a file…", partial(_load, pane))
    save = menu.addAction("Save all to a file…", partial(bookmarks.ask_save, f"{pane.shelf.file_stem}-bookmarks"))
    save.setEnabled(bool(bookmarks.list))
    popup(menu, at)


def _load(pane: ProjectorPane) -> None:
    path, _kind = QFileDialog.getOpenFileName(
        pane, "Load bookmarks", "", "TensorBoard's bookmarks (*.json *.txt);;All files (*)"
    )
    if path:
        pane.bookmarks.load(Path(path))


def _rename(pane: ProjectorPane, index: int) -> None:
    old = pane.bookmarks.list[index].label
    name, agreed = QInputDialog.getText(pane, "Rename bookmark", "Name", QLineEdit.EchoMode.Normal, old)
    if agreed and name.strip():
        pane.bookmarks.rename(index, name.strip())


def _plain(label: str) -> str:
    """A name in a menu: one line, and no letter of it is a shortcut."""
    shown = " ".join(label.split()) or "(no name)"
    return (shown if len(shown) <= 60 else f"{shown[:57]}…").replace("&", "&&")
