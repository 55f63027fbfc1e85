"""The files of the Linux packages as they lie when they are installed, below a folder in the place of /."""

from __future__ import annotations

import datetime as dt
import gzip
import os
import shutil
from pathlib import Path

import freezing
import identity

DATA = identity.ROOT / "packaging" / "linux"
#: Where the program goes: outside of what the system's package manager links programs against.
HOME = Path("opt") / identity.NAME
METAINFO = f"{identity.APP_ID}.metainfo.xml"


def epoch() -> int:
    """Seconds since 1970 that files carry."""
    return int(os.environ.get("SOURCE_DATE_EPOCH", identity.EPOCH))


def stage(root: Path) -> None:
    """Make ``root`` anew, with the program, its command, and what desktops want to know."""
    shutil.rmtree(root, ignore_errors=True)
    shutil.copytree(freezing.FOLDER, root / HOME, symlinks=True)
    (root / "usr" / "bin").mkdir(parents=True)
    (root / "usr" / "bin" / identity.NAME).symlink_to(Path("/") / HOME / identity.NAME)
    share = root / "usr" / "share"
    for source, target in (
        (f"{identity.NAME}.desktop", f"applications/{identity.NAME}.desktop"),
        (f"{identity.NAME}.kde.desktop", f"kio/servicemenus/{identity.NAME}.desktop"),
        (f"{identity.NAME}.nemo_action", f"nemo/actions/{identity.NAME}.nemo_action"),
        (f"{identity.NAME}.mime.xml", f"mime/packages/{identity.NAME}.xml"),
        (METAINFO, f"metainfo/{METAINFO}"),
    ):
        write(share / target, filled(source))
    write(share / "man" / "man1" / f"{identity.NAME}.1.gz", packed(filled(f"{identity.NAME}.1")))
    shutil.copytree(freezing.MADE / "hicolor", share / "icons" / "hicolor")
    for path in (root, *root.rglob("*")):
        if not path.is_symlink():
            program = path.parent == root / HOME and path.name == identity.NAME
            path.chmod(0o755 if path.is_dir() or program else 0o644)


def filled(name: str) -> bytes:
    """A file of packaging/linux with version and date in it."""
    date = dt.datetime.fromtimestamp(epoch(), dt.timezone.utc).strftime("%Y-%m-%d")
    text = (DATA / name).read_text(encoding="utf-8")
    return text.replace("@VERSION@", identity.version()).replace("@DATE@", date).encode()


def write(file: Path, content: bytes) -> None:
    """Write a file, with the folders that it lies in."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content)


def packed(content: bytes) -> bytes:
    """Content for a .gz, the same each time."""
    return gzip.compress(content, 9, mtime=0)
