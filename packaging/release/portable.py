"""The archive that is unpacked anywhere and started from there; a script in it adds the program to a user's menus."""

from __future__ import annotations

import gzip
import shutil
import tarfile
from pathlib import Path

import identity
import linux_tree
from packages import platform_name

SCRIPT = "install-user.sh"


def make(out: Path) -> Path:
    """Write the archive into ``out``."""
    name = f"{identity.NAME}-{identity.version()}-{platform_name()}"
    root = identity.ROOT / "build" / "portable"
    linux_tree.stage(root)
    file = out / f"{name}.tar.gz"

    def plain(entry: tarfile.TarInfo) -> tarfile.TarInfo:
        entry.uid = entry.gid = 0
        entry.uname = entry.gname = "root"
        entry.mtime = linux_tree.epoch()
        if entry.name == f"{name}/{SCRIPT}":
            entry.mode = 0o755
        return entry

    # tarfile's own compression writes the time into the file.
    with (
        file.open("wb") as stream,
        gzip.GzipFile(filename="", mode="wb", compresslevel=6, fileobj=stream, mtime=linux_tree.epoch()) as squeezed,
        tarfile.open(fileobj=squeezed, mode="w") as archive,
    ):
        archive.add(root / linux_tree.HOME, name, filter=plain)
        archive.add(root / "usr" / "share", f"{name}/share", filter=plain)
        archive.add(linux_tree.DATA / SCRIPT, f"{name}/{SCRIPT}", filter=plain)
    shutil.rmtree(root)
    return file
