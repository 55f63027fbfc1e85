"""What a pane is: its description in the tab bar, the widget, and all that it is given to work with.

There are no globals: a pane reaches the log, the runs, the cursor and the settings through its :class:`PaneContext`,
so a test builds any pane from a handful of small objects.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

if TYPE_CHECKING:
    from ..reader.api import Delta, Kind, LogSession, RunStore
    from .jobs import Jobs
    from .runs.model import RunModel
    from .selection import StepCursor
    from .theme import Theme


class ThemeHolder(QObject):
    """The theme in force; ``changed`` fires after :meth:`set`."""

    changed = Signal()

    def __init__(self, theme: Theme, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._theme = theme

    @property
    def theme(self) -> Theme:
        """The theme to draw with now."""
        return self._theme

    def set(self, theme: Theme) -> None:
        """Change the theme; everyone who draws listens to ``changed``."""
        if theme != self._theme:
            self._theme = theme
            self.changed.emit()


class Limits(QObject):
    """What the user lets panes use of the machine; ``changed`` fires after a change."""

    changed = Signal()

    def __init__(
        self, picture_bytes: int = 256 * 1024 * 1024, renderer: str = "auto", parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._picture_bytes = picture_bytes
        self._renderer = renderer

    @property
    def picture_bytes(self) -> int:
        """Memory for decoded pictures that are not on the screen."""
        return self._picture_bytes

    @property
    def renderer(self) -> str:
        """Who draws clouds of points: "auto", "opengl" or "raster"."""
        return self._renderer

    def set_renderer(self, renderer: str) -> None:
        """Change :attr:`renderer`."""
        if renderer != self._renderer:
            self._renderer = renderer
            self.changed.emit()

    def set_picture_bytes(self, count: int) -> None:
        """Change :attr:`picture_bytes`."""
        if count != self._picture_bytes:
            self._picture_bytes = count
            self.changed.emit()


class Notify(Protocol):
    """Shows a quiet message to the user: what, where, why, what to do. ``kind`` is "info", "warning" or "error"."""

    def __call__(self, text: str, kind: str = "info", detail: str = "") -> None:
        """Show ``text``; ``detail`` is what a copy button gives beside it."""


@dataclass(frozen=True, slots=True)
class ActionSpec:
    """One command of the program: it stands in menus, the palette and the shortcuts page alike.

    ``shortcut`` is in Qt's portable text ("Ctrl+K"), empty for none; a second one follows after "; ". ``checked``
    returns the state of a switch, or is None for a plain command; ``enabled`` says whether it can be used now.
    """

    id: str
    title: str
    group: str
    run: Callable[[], object]
    shortcut: str = ""
    icon: str = ""
    tooltip: str = ""
    checked: Callable[[], bool] | None = None
    enabled: Callable[[], bool] | None = None


@dataclass(frozen=True, slots=True)
class PaneContext:
    """All that a pane may use."""

    store: RunStore
    session: LogSession
    runs: RunModel
    cursor: StepCursor
    jobs: Jobs
    theme: ThemeHolder
    notify: Notify
    limits: Limits = field(default_factory=Limits)


class Pane(QWidget):
    """A tab of the window. Subclasses draw; the window calls these in the GUI thread.

    ``headline_changed`` fires when :meth:`headline` gives another tag.
    """

    headline_changed = Signal()

    def settings_widget(self) -> QWidget:
        """The pane's own settings and read-out, for the right side of the window. Made once, owned by the window.

        The widget gets the whole height and scrolls by itself where it needs more.
        """
        raise TypeError(f"{type(self).__name__} has to define settings_widget")

    def apply(self, delta: Delta) -> None:
        """Take in what changed in the log. Called at most every 33 ms while visible, and once when shown again."""
        raise TypeError(f"{type(self).__name__} has to define apply")

    def set_active(self, active: bool) -> None:
        """The tab was shown or hidden; a hidden pane does no work."""

    def show_file(self, path: str) -> None:
        """Show a file of the user's that is no part of the log. For panes that take some."""

    def working(self) -> bool:
        """True while what is to be seen is still being loaded or worked out: a picture of the window waits for it."""
        return False

    def keeps(self) -> bool:
        """True while it shows something that it goes on showing when that goes out of the log."""
        return False

    def hold_still(self) -> None:
        """Stop what moves by itself: a picture is to be taken."""

    def headline(self) -> str | None:
        """The scalar tag whose last values the list of runs shows; None leaves the choice to the window."""
        return None

    def commands(self) -> Sequence[ActionSpec]:
        """Commands of this pane for menus, palette and shortcuts."""
        return ()

    def palette_entries(self) -> Sequence[tuple[str, Callable[[], None]]]:
        """Places to go to in this pane (a tag, a card): text and what to do when chosen."""
        return ()

    def save_state(self) -> dict[str, Any]:
        """What the session remembers of this pane, as JSON values."""
        return {}

    def restore_state(self, state: Mapping[str, Any]) -> None:
        """Take back :meth:`save_state`'s values; unknown or damaged ones are ignored."""

    def close_pane(self) -> None:
        """Stop timers and jobs; nothing of the pane may run afterwards."""


@dataclass(frozen=True, slots=True)
class PaneSpec:
    """A pane as the tab bar and the palette know it. ``kinds`` are the series it shows, counted beside its title;
    ``embeddings``: it shows what the store calls so, and these are counted.

    ``load()`` imports the pane and returns its class.
    """

    id: str
    title: str
    icon: str
    kinds: frozenset[Kind]
    load: Callable[[], Callable[[PaneContext], Pane]]
    shortcut: str = ""
    embeddings: bool = False
    extra: Mapping[str, Any] = field(default_factory=dict)

    def create(self, context: PaneContext) -> Pane:
        """A new pane."""
        return self.load()(context)
