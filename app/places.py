"""Where the program keeps its own files: settings and sessions (config), logs and guards (state)."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

APP_DIR = "runglass"


@dataclass(frozen=True, slots=True)
class Places:
    """Folders of the user's own files. None for both: nothing is read or written (pictures, tests)."""

    config: Path | None
    state: Path | None

    @property
    def settings_file(self) -> Path | None:
        """The settings, as JSON."""
        return self.config and self.config / "settings.json"

    @property
    def recent_file(self) -> Path | None:
        """Folders opened lately, and those open at the end, as JSON."""
        return self.config and self.config / "recent.json"

    @property
    def sessions(self) -> Path | None:
        """One file for each set of log folders."""
        return self.config and self.config / "sessions"

    @property
    def log_file(self) -> Path | None:
        """The program's own messages."""
        return self.state and self.state / "runglass.log"

    @property
    def crashes(self) -> Path | None:
        """Reports of programs that ended unexpectedly, and one file for each process that runs."""
        return self.state and self.state / "crashes"

    @property
    def guards(self) -> Path | None:
        """One file for each process that is loading; what stays behind tells of a crash."""
        return self.state and self.state / "loading"


NOWHERE = Places(None, None)


def user_places(platform: str = sys.platform, environ: Mapping[str, str] = os.environ) -> Places:
    """The folders that the platform gives to programs: XDG on Linux, Library on macOS, AppData on Windows."""
    home = Path(environ.get("HOME") or environ.get("USERPROFILE") or os.path.expanduser("~"))
    if platform == "win32":
        roaming = Path(environ.get("APPDATA") or home / "AppData" / "Roaming")
        local = Path(environ.get("LOCALAPPDATA") or home / "AppData" / "Local")
        return Places(roaming / APP_DIR, local / APP_DIR)
    if platform == "darwin":
        return Places(home / "Library" / "Application Support" / APP_DIR, home / "Library" / "Logs" / APP_DIR)
    config = Path(environ.get("XDG_CONFIG_HOME") or home / ".config")
    state = Path(environ.get("XDG_STATE_HOME") or home / ".local" / "state")
    return Places(config / APP_DIR, state / APP_DIR)
