"""Says why the program does not start where its user looks: in the terminal, or in a box of the system. Without Qt."""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Callable

STDERR = 2
#: Where some desktops on X let their programs write.
SESSION_LOG = ".xsession-errors"
APPLESCRIPT = 'on run texts\ndisplay alert "Runglass" message (item 1 of texts) as critical\nend run'
#: Programs that show a text in a box, the desktop's own first, and the words that follow their names.
BOXES: dict[str, Callable[[str], list[str]]] = {
    "zenity": lambda text: ["--error", "--title=Runglass", "--no-markup", f"--text={text}"],
    "kdialog": lambda text: ["--title", "Runglass", "--error", text],
    "xmessage": lambda text: ["-center", "-title", "Runglass", text],
    "osascript": lambda text: ["-e", APPLESCRIPT, "--", text],
}


def tell(text: str) -> None:
    """Write a line to the standard error, and show it in a box where that goes nowhere that a user would look."""
    if sys.stderr is not None:
        sys.stderr.write(f"{text}\n")
        sys.stderr.flush()
    if sys.platform == "win32":
        if sys.stderr is None:
            import ctypes

            error = 0x10
            ctypes.windll.user32.MessageBoxW(None, text, "Runglass", error)
    elif started_by_desktop():
        _show_box(text)


def started_by_desktop() -> bool:
    """True if the standard error is the session's journal or nothing at all: no terminal, and nobody's file or pipe."""
    try:
        found = os.fstat(STDERR)
    except OSError:
        return True
    is_nothing = stat.S_ISCHR(found.st_mode) and found.st_rdev == os.stat(os.devnull).st_rdev
    return is_nothing or stat.S_ISSOCK(found.st_mode) or _is_session_log()


def _is_session_log() -> bool:
    try:
        return os.path.basename(os.readlink(f"/proc/self/fd/{STDERR}")) == SESSION_LOG
    except OSError:
        return False


def _show_box(text: str) -> None:
    # Only here: a start that goes well does without.
    import shutil
    import subprocess

    for name, words in BOXES.items():
        program = shutil.which(name)
        if program is not None:
            # It stays when this program has ended.
            subprocess.Popen(
                [program, *words(text)],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            )
            return
