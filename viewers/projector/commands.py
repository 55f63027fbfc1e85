"""The pane's commands: for menus, palette and shortcuts."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt

from ..board.commands import Commands
from ..cloud.gestures import Mode
from ..pane import ActionSpec
from .settings import METHOD_NAMES

if TYPE_CHECKING:
    from .pane import ProjectorPane


def actions_of(pane: ProjectorPane) -> list[ActionSpec]:
    """Every command of the pane."""
    commands = Commands("projector", "Projector", pane.settings)
    command, switch = commands.plain, commands.switch
    methods = [
        command(method.value, f"Projection: {name}", partial(pane.stages.choose_method, method), f"Ctrl+Alt+{number}")
        for number, (method, name) in enumerate(METHOD_NAMES.items(), 1)
    ]
    return [
        *methods,
        switch("three", "Three dimensions", "three", "Ctrl+Alt+D"),
        command("home", "Look at all points", pane.stages.home, "Ctrl+0", "home"),
        command("run", "Run, pause or go on", pane.stages.run_or_pause, "Ctrl+Space", "play"),
        command("perturb", "Perturb the layout", pane.projections.perturb, "Ctrl+Alt+J"),
        command("move", "Drag moves the view", partial(pane.set_mode, Mode.NAVIGATE), "Ctrl+Alt+M"),
        command("box", "Drag selects in a box", partial(pane.set_mode, Mode.BOX), "Ctrl+Alt+B"),
        command("lasso", "Drag selects with a lasso", partial(pane.set_mode, Mode.LASSO), "Ctrl+Alt+L"),
        switch("labels", "Names in place of points", "labels", "Ctrl+Alt+N"),
        switch("sprites", "Thumbnails in place of points", "sprites", "Ctrl+Alt+T"),
        switch("split", "Two projections side by side", "split", "Ctrl+Alt+V"),
        command("keep", "Keep this state as a bookmark", pane.keep_state, "Ctrl+D"),
        command("export", "Export places and labels…", pane.export_points, "Ctrl+E", "export"),
        command("label", "Label the selected points…", pane.ask_label, "Ctrl+Alt+E"),
        command("undo", "Take the last label back", pane.looks.undo, "Ctrl+Z", "undo"),
        command("redo", "Give the label again", pane.looks.redo, "Ctrl+Shift+Z", "redo"),
        command("search", "Search labels", pane.focus_search, "Ctrl+F", "search"),
        command("next", "Next found point", partial(pane.step_found, 1), "F3"),
        command("previous", "Previous found point", partial(pane.step_found, -1), "Shift+F3"),
        command("isolate", "Show the selection alone", pane.chosen.isolate, "Ctrl+Alt+I"),
        command("all", "Show all points", pane.chosen.show_all, "Ctrl+Alt+U"),
    ]


def press(pane: ProjectorPane, key: Qt.Key, modifiers: Qt.KeyboardModifier) -> bool:
    """What a key does in the pane; False for a key without meaning here."""
    if modifiers & ~Qt.KeyboardModifier.KeypadModifier & ~Qt.KeyboardModifier.ShiftModifier:
        return False
    settings = pane.settings
    if key == Qt.Key.Key_Escape:
        if pane.chosen.isolated is not None:
            pane.chosen.show_all()
        elif pane.chosen.size:
            pane.chosen.select_one(-1)
        else:
            return False
    elif key == Qt.Key.Key_Space:
        pane.stages.run_or_pause()
    elif key == Qt.Key.Key_L:
        settings.update(labels=not settings.now.labels)
    elif key == Qt.Key.Key_T:
        settings.update(sprites=not settings.now.sprites)
    elif key == Qt.Key.Key_I:
        (pane.chosen.show_all if pane.chosen.isolated is not None else pane.chosen.isolate)()
    elif key == Qt.Key.Key_2:
        settings.update(split=not settings.now.split)
    elif key == Qt.Key.Key_Home:
        pane.stages.home()
    else:
        return False
    return True
