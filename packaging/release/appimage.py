"""The AppImage: one file that holds the program and mounts itself. appimagetool has to be on the PATH."""

from __future__ import annotations

import platform
import shutil
from pathlib import Path

import identity
import linux_tree
from console import run, say
from packages import platform_name

TOOL = "appimagetool"


def make(out: Path) -> Path | None:
    """Write the AppImage into ``out``; without appimagetool its folder is made all the same, and None is returned."""
    folder = identity.ROOT / "build" / f"{identity.TITLE}.AppDir"
    make_folder(folder)
    if shutil.which(TOOL) is None:
        say(f"appimage: {TOOL} is not here, which its project gives out on the web; what it packs lies in {folder}")
        return None
    file = out / f"{identity.TITLE}-{identity.version()}-{platform_name()}.AppImage"
    run(
        # The description was validated already, by a newer program than the one in the tool.
        [TOOL, "--no-appstream", folder, file],
        "The AppImage could not be made.",
        environment={"ARCH": platform.machine(), "SOURCE_DATE_EPOCH": str(linux_tree.epoch())},
    )
    return file


def make_folder(folder: Path) -> None:
    """What is packed: the installed tree with the program in /usr/lib, and the three files that the form asks for."""
    linux_tree.stage(folder)
    (folder / "usr" / "lib").mkdir()
    (folder / linux_tree.HOME).rename(folder / "usr" / "lib" / identity.NAME)
    (folder / "opt").rmdir()
    command = folder / "usr" / "bin" / identity.NAME
    command.unlink()
    command.symlink_to(f"../lib/{identity.NAME}/{identity.NAME}")
    (folder / "AppRun").symlink_to(f"usr/lib/{identity.NAME}/{identity.NAME}")
    shutil.copy(folder / "usr" / "share" / "applications" / f"{identity.NAME}.desktop", folder)
    picture = f"{identity.NAME}.png"
    shutil.copy(folder / "usr" / "share" / "icons" / "hicolor" / "256x256" / "apps" / picture, folder)
    (folder / ".DirIcon").symlink_to(picture)
