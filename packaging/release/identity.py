"""The names under which the program is known to systems; what is written in several files has its source here."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

#: The name of files, commands, icons and the window's class.
NAME = "runglass"
TITLE = "Runglass"
SUMMARY = "Desktop viewer of TensorBoard event logs"
#: Identifies the program to macOS and to software centres; must never change once it was released.
APP_ID = "io.github.runglass.runglass"
MAINTAINER = "The Runglass developers <runglass@users.noreply.github.com>"
HOMEPAGE = "https://github.com/runglass/runglass"
AUTHORS = "The Runglass developers"
#: Qt's wheels decide.
MAC_OLDEST = "13.0"
#: Seconds since 1970 that files in archives carry where nothing else is asked for by SOURCE_DATE_EPOCH: packages made
#: twice from the same files are then the same.
EPOCH = 1767225600


def version() -> str:
    """The version that ``pyproject.toml`` states."""
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    found = re.search(r'^version = "([^"]+)"$', text, re.MULTILINE)
    assert found is not None, "pyproject.toml states no version"
    return found[1]


def mac_properties() -> dict[str, object]:
    """What an application tells macOS about itself: it may be given folders and event files, and follows dark mode."""

    def kind(name: str, content: str) -> dict[str, object]:
        # Alternate: offered under "Open With" and on the Dock, never made the default.
        return {
            "CFBundleTypeName": name,
            "CFBundleTypeRole": "Viewer",
            "LSHandlerRank": "Alternate",
            "LSItemContentTypes": [content],
        }

    return {
        "CFBundleName": TITLE,
        "CFBundleDisplayName": TITLE,
        "CFBundleShortVersionString": version(),
        "CFBundleVersion": version(),
        "CFBundleDocumentTypes": [kind("Log folder", "public.folder"), kind("TensorBoard event file", "public.data")],
        "LSApplicationCategoryType": "public.app-category.developer-tools",
        "LSMinimumSystemVersion": MAC_OLDEST,
        "NSHighResolutionCapable": True,
        "NSHumanReadableCopyright": AUTHORS,
        "NSRequiresAquaSystemAppearance": False,
        "NSSupportsAutomaticGraphicsSwitching": True,
    }
