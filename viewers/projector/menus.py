"""The menus of the tool row, and the small window in which points get a label."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QCompleter, QFileDialog, QHBoxLayout, QInputDialog, QLineEdit, QMenu

from ..widgets import Button, Popover, SectionLabel, TextLabel
from ..widgets.menus import popup
from .exporting import SCALES
from .labels import short

if TYPE_CHECKING:
    from .pane import ProjectorPane

_USUAL_COLUMN = "label"


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


def open_label_window(pane: ProjectorPane, at: QPoint) -> Popover:
    """A small window that asks for the column and the label that the selected points are to have."""
    popover = Popover(pane)
    body, looks, chosen = popover.body(), pane.looks, pane.chosen
    count = chosen.size
    body.addWidget(SectionLabel(f"Label {count:,} point{'' if count == 1 else 's'}"))
    column, text = QLineEdit(), QLineEdit()
    now = pane.settings.now
    names = [one.name for one in looks.columns]
    column.setText(now.label_by if now.label_by in names else names[0] if names else _USUAL_COLUMN)
    column.setPlaceholderText("Column, new or known")
    column.setAccessibleName("Column")
    text.setPlaceholderText("Label")
    text.setAccessibleName("Label")
    known = looks.column(column.text())
    column.setCompleter(QCompleter(names, column))
    if known is not None:
        text.setCompleter(QCompleter(list(known.values[:1000]), text))
    for field in (column, text):
        field.setMinimumWidth(220)
        body.addWidget(field)
    said = TextLabel("Kept in memory; “Export…” saves the labels to a file.", "caption")
    body.addWidget(said)
    give = Button("Label", primary=True)

    def apply() -> None:
        if column.text().strip():
            changed = looks.label(chosen.mask, text.text(), column.text())
            popover.close()
            if changed:
                given = f"{changed:,} point{'' if changed == 1 else 's'} labelled in “{short(column.text())}”"
                pane.context.notify(f"{given}. Ctrl+Z takes it back.")

    give.clicked.connect(apply)
    text.returnPressed.connect(apply)
    row = QHBoxLayout()
    row.addStretch()
    row.addWidget(give)
    body.addLayout(row)
    popover.show_at(at)
    text.setFocus()
    return popover


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
