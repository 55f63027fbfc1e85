"""The small window in which points get a label."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QCompleter, QHBoxLayout, QLineEdit

from ..widgets import Button, Popover, SectionLabel, TextLabel
from .labels import short

if TYPE_CHECKING:
    from .pane import ProjectorPane

_USUAL_COLUMN = "label"


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
