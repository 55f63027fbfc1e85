"""The user's settings: declared once, with type, default and words; everything else is made from the declaration."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Signal

from . import jsonfile

VERSION = 1


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting. ``choices`` are (value, title) pairs of a text setting; a bool has none."""

    name: str
    kind: type
    default: Any
    section: str
    title: str
    help: str
    choices: tuple[tuple[str, str], ...] = ()

    def accepts(self, value: object) -> bool:
        """True if ``value`` can stand in this setting."""
        if type(value) is not self.kind:
            return False
        return not self.choices or value in {choice for choice, _title in self.choices}


DECLARED: tuple[Setting, ...] = (
    Setting(
        "theme",
        str,
        "system",
        "Appearance",
        "Theme",
        "Follows the system's light or dark colours unless chosen here.",
        (("system", "System"), ("dark", "Dark"), ("light", "Light")),
    ),
    Setting(
        "menu_bar",
        bool,
        True,
        "Appearance",
        "Show the menu bar",
        "Without it every command stays in the palette. macOS always shows its own.",
    ),
    Setting(
        "grouping",
        str,
        ",",
        "Appearance",
        "Thousands in the status bar",
        "How long numbers are parted.",
        ((",", "1,204,118"), ("\u202f", "1 204 118"), ("", "1204118")),
    ),
    Setting(
        "restore",
        bool,
        True,
        "Start",
        "Open the last folders at start",
        "All windows of the last time, when started without a folder. Folders that Runglass crashed on are never "
        "opened by themselves.",
    ),
    Setting(
        "remember",
        bool,
        True,
        "Start",
        "Remember the view of each folder",
        "Ticked runs, colours, filters, pins, zoom, panels and the window's place, kept in your own settings folder.",
    ),
    Setting(
        "watch",
        str,
        "auto",
        "Reading",
        "Notice new data by",
        "The system's notifications are quicker; looking again and again works on any drive. "
        "Applies from the next folder that is opened.",
        (("auto", "Notifications"), ("polling", "Polling only")),
    ),
    Setting(
        "show_new_runs",
        bool,
        True,
        "Reading",
        "Tick runs that appear",
        "Runs found later are drawn at once.",
    ),
    Setting(
        "renderer",
        str,
        "auto",
        "Projector",
        "Draw points with",
        "Automatic takes OpenGL where a graphics card does it. Applies to views that are opened later.",
        (("auto", "Automatic"), ("opengl", "OpenGL"), ("raster", "Processor")),
    ),
    Setting(
        "picture_memory",
        str,
        "256",
        "Memory",
        "Keep decoded pictures",
        "So that steps seen before come back at once. What is on the screen stays beyond it.",
        (("64", "64 MB"), ("256", "256 MB"), ("1024", "1 GB"), ("4096", "4 GB")),
    ),
)
_BY_NAME = {setting.name: setting for setting in DECLARED}


class Settings(QObject):
    """Values of the declared settings. ``changed(name)`` fires after a change; a change is saved by the caller of
    :meth:`save`. A file that cannot be used leaves the defaults and :attr:`message` says so.
    """

    changed = Signal(str)

    def __init__(self, path: Path | None = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._path = path
        self._values: dict[str, Any] = {}
        self._unknown: dict[str, Any] = {}
        self.message = ""
        if path is not None:
            self._load(path)

    def __getitem__(self, name: str) -> Any:
        setting = _BY_NAME[name]
        return self._values.get(name, setting.default)

    def set(self, name: str, value: object) -> None:
        """Change a setting. ValueError for a value that the declaration does not allow, KeyError for no such name."""
        setting = _BY_NAME[name]
        if not setting.accepts(value):
            raise ValueError(f"{value!r} is no value for {name}")
        if value != self[name]:
            self._values[name] = value
            self.changed.emit(name)

    def reset(self) -> None:
        """Give all settings their defaults."""
        for setting in DECLARED:
            self.set(setting.name, setting.default)

    def save(self) -> None:
        """Write the file; OSError where the disk does not take it."""
        if self._path is not None:
            jsonfile.write(self._path, {"values": {**self._unknown, **self._values}}, VERSION)

    def _load(self, path: Path) -> None:
        try:
            found = jsonfile.read(path, VERSION)
        except jsonfile.Unreadable as error:
            self.message = f"The settings were left out: {error}. {jsonfile.set_aside(path)}".strip()
            return
        values = (found or {}).get("values")
        if isinstance(values, Mapping):
            for name, value in values.items():
                setting = _BY_NAME.get(name)
                if setting is None:
                    self._unknown[name] = value
                elif setting.accepts(value):
                    self._values[name] = value


def picture_bytes(settings: Settings) -> int:
    """The bytes that :attr:`Limits.picture_bytes` is to be."""
    return int(settings["picture_memory"]) * 1024 * 1024
