"""The run model: which runs there are, which are shown, in which colour, under which name."""

from __future__ import annotations

import enum
from collections.abc import Iterable
from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal

from ...reader.model import RunInfo


class RunField(enum.Flag):
    """What of the runs changed."""

    MEMBERS = enum.auto()
    VISIBLE = enum.auto()
    COLOR = enum.auto()
    ALIAS = enum.auto()
    STATE = enum.auto()


@dataclass(frozen=True, slots=True)
class RunStyle:
    """How a run is drawn: ``slot`` counts first sights from 0; the theme's palette turns it into colour and dashes."""

    slot: int
    override: str | None = None


class RunModel(QObject):
    """All runs in display order (natural order of their names) with their marks.

    ``changed(fields)`` carries a :class:`RunField`; ``hover_changed`` fires when another run (or none) is pointed at.
    Colour slots are given by first sight and never by themselves change; they are kept by the run's path.
    """

    changed = Signal(object)
    hover_changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._runs: dict[str, RunInfo] = {}
        self._visible: dict[str, bool] = {}
        self._slots: dict[str, int] = {}
        self._colors: dict[str, str] = {}
        self._aliases: dict[str, str] = {}
        self._hovered: str | None = None

    def names(self) -> list[str]:
        """Run names, unsorted within the store's order of first sight."""
        return list(self._runs)

    def info(self, run: str) -> RunInfo:
        """The run's record; KeyError if there is none of this name."""
        return self._runs[run]

    def __contains__(self, run: object) -> bool:
        return run in self._runs

    def __len__(self) -> int:
        return len(self._runs)

    def is_visible(self, run: str) -> bool:
        """True if the run's box is ticked (whatever a filter of the list shows)."""
        return self._visible.get(run, False)

    def visible(self) -> list[str]:
        """Names of the runs to draw, in display order."""
        return [run for run in self._runs if self._visible.get(run, False)]

    def style(self, run: str) -> RunStyle:
        """Colour slot and override of a run."""
        path = self._runs[run].path
        return RunStyle(self._slots[path], self._colors.get(path))

    def label(self, run: str) -> str:
        """The run's alias, or its name."""
        info = self._runs.get(run)
        return self._aliases.get(info.path, run) if info else run

    @property
    def hovered(self) -> str | None:
        """The run that is pointed at in the list, a curve or the read-out."""
        return self._hovered

    def hover(self, run: str | None) -> None:
        """Lift ``run`` and dim the rest, everywhere; None ends it."""
        if run != self._hovered:
            self._hovered = run
            self.hover_changed.emit()

    def update(self, runs: Iterable[RunInfo], *, visible: bool = True) -> None:
        """Take in the store's runs. New ones start as ``visible``; those no longer listed go, their marks stay."""
        fresh = {info.name: info for info in runs}
        fields = RunField(0)
        if fresh.keys() != self._runs.keys():
            fields |= RunField.MEMBERS
        elif fresh != self._runs:
            fields |= RunField.STATE
        for name, info in fresh.items():
            if info.path not in self._slots:
                self._slots[info.path] = len(self._slots)
            if name not in self._visible:
                self._visible[name] = visible
        self._runs = fresh
        if fields:
            self.changed.emit(fields)

    def set_visible(self, runs: Iterable[str], visible: bool) -> None:
        """Tick or untick several runs at once."""
        touched = [run for run in runs if self._visible.get(run) != visible]
        for run in touched:
            self._visible[run] = visible
        if touched:
            self.changed.emit(RunField.VISIBLE)

    def show_only(self, runs: Iterable[str]) -> None:
        """Isolate: these runs and no others."""
        wanted = set(runs)
        state = {run: run in wanted for run in self._runs}
        if any(self._visible.get(run) != shown for run, shown in state.items()):
            self._visible.update(state)
            self.changed.emit(RunField.VISIBLE)

    def set_color(self, run: str, color: str | None) -> None:
        """Override a run's colour by "#rrggbb"; None gives it back its own."""
        path = self._runs[run].path
        if color is None:
            self._colors.pop(path, None)
        else:
            self._colors[path] = color
        self.changed.emit(RunField.COLOR)

    def set_alias(self, run: str, alias: str | None) -> None:
        """Show a run under another name; None or the empty string gives it back its own."""
        path = self._runs[run].path
        if alias:
            self._aliases[path] = alias
        else:
            self._aliases.pop(path, None)
        self.changed.emit(RunField.ALIAS)

    def marks(self) -> dict[str, object]:
        """Slots, overrides, aliases (by path) and ticks (by name), as JSON values for the session file."""
        return {
            "slots": dict(self._slots),
            "colors": dict(self._colors),
            "aliases": dict(self._aliases),
            "visible": dict(self._visible),
        }

    def restore_marks(self, marks: dict[str, object]) -> None:
        """Take back :meth:`marks`; entries of a wrong type are left out."""

        def table(name: str, kind: type) -> dict[str, object]:
            value = marks.get(name)
            if not isinstance(value, dict):
                return {}
            return {str(key): item for key, item in value.items() if type(item) is kind}

        slots = {path: int(str(slot)) for path, slot in table("slots", int).items()}
        if len(set(slots.values())) == len(slots):
            self._slots = {path: index for index, path in enumerate(sorted(slots, key=lambda path: slots[path]))}
        self._colors = {path: str(color) for path, color in table("colors", str).items()}
        self._aliases = {path: str(alias) for path, alias in table("aliases", str).items()}
        self._visible = {name: bool(shown) for name, shown in table("visible", bool).items()}
