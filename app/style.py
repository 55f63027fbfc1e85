"""Dresses the application in a theme: palette, style sheet, fonts."""

from __future__ import annotations

import tempfile
from dataclasses import asdict
from pathlib import Path
from string import Template

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QColor, QFont, QFontDatabase, QPalette
from PySide6.QtWidgets import QApplication, QStyleFactory

from ..viewers.theme import DARK, LIGHT, Theme
from ..viewers.widgets.icons import icon_svg
from ..viewers.widgets.theming import TEXT_PX
from .faults import log

RESOURCES = Path(__file__).resolve().parents[1] / "resources"
FONT_FAMILY = "Inter"


class _StyleImages(QObject):
    """The few recoloured pictures that a style sheet can only take from files; removed with the application."""

    def __init__(self, app: QApplication) -> None:
        super().__init__(app)
        self.setObjectName("style-images")
        # Goes with the application, or with the interpreter where the application does not end in order. Where
        # nothing can be written, the pictures are taken as they are, in one colour for all themes.
        self._temporary: tempfile.TemporaryDirectory[str] | None = None
        try:
            self._temporary = tempfile.TemporaryDirectory(prefix="runglass-style-", ignore_cleanup_errors=True)
        except OSError as error:
            log.warning("icons of controls keep their own colour: %s", error)
        app.aboutToQuit.connect(self.remove)

    @staticmethod
    def of(app: QApplication) -> _StyleImages:
        found = app.findChild(QObject, "style-images")
        return found if isinstance(found, _StyleImages) else _StyleImages(app)

    def remove(self) -> None:
        if self._temporary is not None:
            self._temporary.cleanup()

    def write(self, theme: Theme) -> dict[str, str]:
        """Write the pictures of a theme (once) and return their addresses by the template's names."""
        wanted = {
            "icon_check": ("check", theme.on_accent),
            "icon_minus": ("minus", theme.on_accent),
            "icon_menu_check": ("check", theme.accent),
            "icon_chevron_down": ("chevron-down", theme.dim),
            "icon_chevron_right": ("chevron-right", theme.dim),
        }
        if self._temporary is None:
            return {field: (RESOURCES / "icons" / f"{name}.svg").as_posix() for field, (name, _color) in wanted.items()}
        folder = Path(self._temporary.name)
        folder.mkdir(exist_ok=True)
        addresses = {}
        for field, (name, color) in wanted.items():
            file = folder / f"{theme.name}-{field}.svg"
            if not file.exists():
                file.write_text(icon_svg(name, color), encoding="utf-8")
            addresses[field] = file.as_posix()
        return addresses


def load_fonts() -> str:
    """Register the bundled Inter and return the family to use; the system's own family if the files are missing."""
    families: set[str] = set()
    for file in sorted((RESOURCES / "fonts").glob("*.otf")):
        number = QFontDatabase.addApplicationFont(str(file))
        if number >= 0:
            families.update(QFontDatabase.applicationFontFamilies(number))
    return FONT_FAMILY if FONT_FAMILY in families else QApplication.font().family()


def application_font(family: str) -> QFont:
    """The font of all texts: 13 px, unhinted so that it looks the same at every scale."""
    font = QFont(family)
    font.setPixelSize(TEXT_PX)
    font.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    return font


def make_palette(theme: Theme) -> QPalette:
    """Qt's palette of a theme."""
    role = QPalette.ColorRole
    colors = {
        role.Window: theme.background,
        role.WindowText: theme.text,
        role.Base: theme.field,
        role.AlternateBase: theme.panel,
        role.Text: theme.text,
        role.Button: theme.card,
        role.ButtonText: theme.text,
        role.BrightText: theme.error,
        role.Highlight: theme.accent,
        role.HighlightedText: theme.on_accent,
        role.Accent: theme.accent,
        role.Link: theme.accent,
        role.LinkVisited: theme.accent,
        role.ToolTipBase: theme.card,
        role.ToolTipText: theme.text,
        role.PlaceholderText: theme.faint,
        role.Light: theme.line_strong,
        role.Midlight: theme.line,
        role.Mid: theme.line,
        role.Dark: theme.line,
        role.Shadow: theme.background,
    }
    palette = QPalette()
    for name, color in colors.items():
        palette.setColor(name, QColor(color))
    for name in (role.WindowText, role.Text, role.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, name, QColor(theme.faint))
    return palette


def style_sheet(theme: Theme, images: dict[str, str]) -> str:
    """The style sheet of a theme, made from the template in ``resources``."""
    template = Template((RESOURCES / "style.qss").read_text(encoding="utf-8"))
    tokens = {name: value for name, value in asdict(theme).items() if isinstance(value, str)}
    return template.substitute(tokens, **images)


def apply_theme(app: QApplication, theme: Theme, extra: str = "") -> None:
    """Dress the whole application in ``theme``; widgets on the screen change at once. Fonts are loaded the first time.

    ``extra`` is put behind the style sheet: one sheet for all, as every further one styles each widget once more.
    The palette comes before the style sheet: painted widgets find the theme through the palette.
    """
    images = _StyleImages.of(app)
    if not app.property("runglass-dressed"):
        app.setStyle(QStyleFactory.create("Fusion"))
        app.setFont(application_font(load_fonts()))
        app.setProperty("runglass-dressed", True)
    app.setPalette(make_palette(theme))
    app.setStyleSheet(style_sheet(theme, images.write(theme)) + extra)


def system_theme(app: QApplication) -> Theme:
    """The system's own setting; light where it does not say."""
    return DARK if app.styleHints().colorScheme() == Qt.ColorScheme.Dark else LIGHT


def resolve_theme(app: QApplication, choice: str) -> Theme:
    """The theme for a choice of "dark", "light" or "system"; anything else counts as "system"."""
    return {"dark": DARK, "light": LIGHT}.get(choice) or system_theme(app)
