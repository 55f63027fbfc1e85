"""The run model: which runs there are, which are shown, in which colour, under which name."""

from __future__ import annotations

import enum
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from .grouping import ColorBy, group_of
from .natural import NaturalKey, natural_key

if TYPE_CHECKING:
    # Types only: the window stands before the reader and numpy are imported.
    from ...reader.api import RunInfo

UNGROUPED = -1


class RunField(enum.Flag):
    """What of the runs changed."""

    MEMBERS = enum.auto()
    VISIBLE = enum.auto()
    COLOR = enum.auto()
    ALIAS = enum.auto()
    STATE = enum.auto()


@dataclass(frozen=True, slots=True)
class RunStyle:
    """How a run is drawn: ``slot`` counts first sights (of runs, or of groups) from 0.

    The theme's palette turns the slot into colour and dashes; :data:`UNGROUPED` is a run in no group, drawn grey.
    ``override`` is the user's own colour as "#rrggbb".
    """

    slot: int
    override: str | None = None


class RunModel(QObject):
    """All runs in display order (natural order of their names) with their marks.

    ``changed(fields)`` carries a :class:`RunField`; ``hover_changed`` fires when another run (or none) is pointed at.
    Colour slots are given by first sight and never by themselves change; they are kept by the run's path. Colouring by
    groups uses slots of its own, so the runs' own come back unchanged.
    """

    changed = Signal(object)
    hover_changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._runs: dict[str, RunInfo] = {}
        self._keys: dict[str, NaturalKey] = {}
        self._visible: dict[str, bool] = {}
        self._slots: dict[str, int] = {}
        self._colors: dict[str, str] = {}
        self._aliases: dict[str, str] = {}
        self._hovered: str | None = None
        self._color_by = ColorBy.RUN
        self._pattern = ""
        self._groups: dict[str, int] = {}
        self._group_of = group_of(ColorBy.RUN, "")
        self._before_isolation: dict[str, bool] | None = None

    def names(self) -> list[str]:
        """Run names in display order."""
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
        """Colour slot (the run's own, or its group's) and override of a run."""
        path = self._runs[run].path
        if self._color_by is ColorBy.RUN:
            slot = self._slots[path]
        else:
            group = self._group_of(run)
            slot = UNGROUPED if group is None else self._groups.setdefault(group, len(self._groups))
        return RunStyle(slot, self._colors.get(path))

    def label(self, run: str) -> str:
        """The run's alias, or its name."""
        info = self._runs.get(run)
        return self._aliases.get(info.path, run) if info else run

    def alias(self, run: str) -> str | None:
        """The name that the user gave to the run, if any."""
        return self._aliases.get(self._runs[run].path)

    def aliases(self) -> dict[str, str]:
        """The aliases of the runs that there are, by run name."""
        if not self._aliases:
            return {}
        paths = self._aliases
        return {name: paths[info.path] for name, info in self._runs.items() if info.path in paths}

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
        self._give_slots(fresh)
        for name in fresh:
            if name not in self._visible:
                self._visible[name] = visible
        if RunField.MEMBERS in fields:
            # Those that were there stand in order already, and sorting what is nearly sorted is fast.
            names = [name for name in self._runs if name in fresh]
            for name in fresh:
                if name not in self._runs:
                    names.append(name)
                    if name not in self._keys:
                        self._keys[name] = natural_key(name)
            names.sort(key=self._keys.__getitem__)
            self._runs = {name: fresh[name] for name in names}
            self._give_groups()
        else:
            for name in self._runs:
                self._runs[name] = fresh[name]
        gone = self._hovered is not None and self._hovered not in fresh
        if fields:
            self.changed.emit(fields)
        if gone:
            self.hover(None)

    def set_visible(self, runs: Iterable[str], visible: bool) -> None:
        """Tick or untick several runs at once."""
        self._set_states(dict.fromkeys(runs, visible))

    def show_only(self, runs: Iterable[str]) -> None:
        """Isolate: these runs and no others."""
        wanted = set(runs)
        self._set_states({run: run in wanted for run in self._runs})

    def isolate(self, runs: Iterable[str]) -> None:
        """Show these runs alone; if they are alone already, show again what was shown before that."""
        wanted = set(runs)
        before = self._before_isolation
        if wanted == set(self.visible()):
            self._set_states(before if before is not None else dict.fromkeys(self._runs, True))
            return
        saved = dict(self._visible)
        self.show_only(wanted)
        self._before_isolation = saved

    def _set_states(self, states: Mapping[str, bool]) -> None:
        touched = {run: shown for run, shown in states.items() if self._visible.get(run) != shown}
        if touched:
            self._before_isolation = None
            self._visible.update(touched)
            self.changed.emit(RunField.VISIBLE)

    def set_color(self, run: str, color: str | None) -> None:
        """Override a run's colour by "#rrggbb"; None gives it back its own."""
        self.set_colors([run], color)

    def set_colors(self, runs: Iterable[str], color: str | None) -> None:
        """Override the colour of several runs at once."""
        for run in runs:
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

    @property
    def color_by(self) -> ColorBy:
        """What decides the colours now."""
        return self._color_by

    @property
    def color_pattern(self) -> str:
        """The expression of colouring by groups."""
        return self._pattern

    def set_color_by(self, by: ColorBy, pattern: str | None = None) -> None:
        """Colour by run, by parent folder or by what ``pattern`` finds; the pattern stays as it was if None."""
        pattern = self._pattern if pattern is None else pattern
        if (by, pattern) == (self._color_by, self._pattern):
            return
        same = by is self._color_by and by is not ColorBy.REGEX
        self._color_by, self._pattern = by, pattern
        if same:
            return
        self._groups = {}
        self._group_of = group_of(by, pattern)
        self._give_groups()
        self.changed.emit(RunField.COLOR)

    def _give_slots(self, runs: Mapping[str, RunInfo]) -> None:
        for info in runs.values():
            if info.path not in self._slots:
                self._slots[info.path] = len(self._slots)

    def _give_groups(self) -> None:
        """Groups get their slots in display order, whichever pane asks first."""
        if self._color_by is not ColorBy.RUN:
            for name in self._runs:
                group = self._group_of(name)
                if group is not None:
                    self._groups.setdefault(group, len(self._groups))

    def marks(self) -> dict[str, object]:
        """Slots, overrides, aliases (by path), ticks (by name) and grouping, as JSON values for the session file."""
        return {
            "slots": dict(self._slots),
            "colors": dict(self._colors),
            "aliases": dict(self._aliases),
            "visible": dict(self._visible),
            "color_by": self._color_by.value,
            "pattern": self._pattern,
            "groups": dict(self._groups),
        }

    def restore_marks(self, marks: Mapping[str, object]) -> None:
        """Take back :meth:`marks`; entries of a wrong type are left out."""

        def table(name: str, kind: type) -> dict[str, object]:
            value = marks.get(name)
            if not isinstance(value, dict):
                return {}
            return {str(key): item for key, item in value.items() if type(item) is kind}

        def numbered(name: str) -> dict[str, int]:
            numbers = {key: int(str(slot)) for key, slot in table(name, int).items()}
            if len(set(numbers.values())) != len(numbers):
                return {}
            return {key: index for index, key in enumerate(sorted(numbers, key=lambda key: numbers[key]))}

        self._slots = numbered("slots")
        self._colors = {path: str(color) for path, color in table("colors", str).items()}
        self._aliases = {path: str(alias) for path, alias in table("aliases", str).items()}
        self._visible = {name: bool(shown) for name, shown in table("visible", bool).items()}
        try:
            self._color_by = ColorBy(marks.get("color_by", ColorBy.RUN.value))
        except ValueError:
            self._color_by = ColorBy.RUN
        pattern = marks.get("pattern")
        self._pattern = pattern if isinstance(pattern, str) else ""
        self._group_of = group_of(self._color_by, self._pattern)
        self._groups = numbered("groups")
        self._give_slots(self._runs)
        self._give_groups()
        for name in self._runs:
            self._visible.setdefault(name, True)
        if self._runs:
            self.changed.emit(RunField.VISIBLE | RunField.COLOR | RunField.ALIAS)
