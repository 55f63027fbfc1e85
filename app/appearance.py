"""Which theme is in force: the user's choice, or the system's."""

from __future__ import annotations

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication

from ..viewers.pane import ThemeHolder
from ..viewers.theme import Theme
from . import chrome
from .settings import Settings
from .style import apply_theme, resolve_theme


class Appearance(QObject):
    """Keeps :attr:`holder` and the application's colours in step with the setting and the system.

    ``override`` (from the command line) holds until the user chooses a theme.
    """

    def __init__(
        self, app: QApplication, settings: Settings, override: str | None = None, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._app = app
        self._settings = settings
        self._override = override
        self.holder = ThemeHolder(self._wanted(), self)
        apply_theme(app, self.holder.theme, chrome.sheet(self.holder.theme))
        settings.changed.connect(self._setting_changed)
        app.styleHints().colorSchemeChanged.connect(self.refresh)

    @property
    def choice(self) -> str:
        """ "system", "dark" or "light", as it holds now."""
        return self._override or str(self._settings["theme"])

    def choose(self, choice: str) -> None:
        """The user's choice; it is a setting and remembered."""
        self._override = None
        self._settings.set("theme", choice)
        self.refresh()

    def force(self, theme: Theme) -> None:
        """Show ``theme`` whatever is set; for pictures."""
        self._override = theme.name
        self.refresh()

    def refresh(self) -> None:
        """Take on what is wanted now."""
        theme = self._wanted()
        if theme is not self.holder.theme:
            apply_theme(self._app, theme, chrome.sheet(theme))
            self.holder.set(theme)

    def _setting_changed(self, name: str) -> None:
        if name == "theme":
            self._override = None
            self.refresh()

    def _wanted(self) -> Theme:
        return resolve_theme(self._app, self.choice)
