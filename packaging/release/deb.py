"""The Debian package."""

from __future__ import annotations

import datetime as dt
import hashlib
import os
import platform
import shutil
from pathlib import Path

import glibc
import identity
import linux_tree
from console import Problem, run

#: What the bundle leaves to the system beside libc6: the libraries that its own ask for, as ldd says; a test compares.
DEPENDS = (
    "libdbus-1-3",
    "libegl1",
    "libfontconfig1",
    "libfreetype6",
    "libgcc-s1",
    "libgl1",
    "libglib2.0-0t64 | libglib2.0-0",
    "libgssapi-krb5-2",
    "libbrotli1",
    "libstdc++6 (>= 11)",
    "libx11-6",
    "libx11-xcb1",
    "libxcb1",
    "zlib1g",
)
#: OpenGL on the processor where there is no card; Wayland; opening a file manager.
RECOMMENDS = ("libgl1-mesa-dri", "libwayland-client0", "libwayland-cursor0", "libwayland-egl1", "xdg-utils")
#: How hard to squeeze, 0 to 9: for who tries packages out again and again.
LEVEL = "RUNGLASS_XZ_LEVEL"
ARCHITECTURES = {"x86_64": "amd64", "aarch64": "arm64"}
DESCRIPTION = """\
 Runglass opens a folder of TensorBoard event logs in a window of its own, shows
 every point that was ever written, and follows the training while it runs.
 There is no server, no browser and no sampling.
 .
 It shows scalars, images, histograms, distributions and embeddings, and says
 what is damaged or missing in a log.
"""


def make(out: Path) -> Path | None:
    """Build the package into ``out``; None where dpkg-deb is not here."""
    if shutil.which("dpkg-deb") is None:
        return None
    architecture = ARCHITECTURES.get(platform.machine())
    if architecture is None:
        raise Problem(f"there is no Debian package for {platform.machine()}")
    root = identity.ROOT / "build" / "deb"
    linux_tree.stage(root)
    share = root / "usr" / "share"
    linux_tree.write(share / "doc" / identity.NAME / "copyright", linux_tree.filled("copyright"))
    linux_tree.write(share / "doc" / identity.NAME / "changelog.gz", linux_tree.packed(changelog().encode()))
    linux_tree.write(share / "lintian" / "overrides" / identity.NAME, linux_tree.filled("lintian-overrides"))
    linux_tree.write(root / "DEBIAN" / "md5sums", _sums(root).encode())
    linux_tree.write(root / "DEBIAN" / "control", control(root, architecture).encode())
    for path in (root, *root.rglob("*")):
        if not path.is_symlink() and path.is_dir():
            path.chmod(0o755)
        os.utime(path, (linux_tree.epoch(),) * 2, follow_symlinks=False)
    file = out / f"{identity.NAME}_{identity.version()}_{architecture}.deb"
    run(
        # Level 3 takes half the time of level 6 and makes the file a twelfth larger.
        ["dpkg-deb", "--root-owner-group", "-Zxz", f"-z{os.environ.get(LEVEL, '6')}", "--build", root, file],
        "The Debian package could not be built.",
        environment={"SOURCE_DATE_EPOCH": str(linux_tree.epoch())},
    )
    shutil.rmtree(root)
    return file


def control(root: Path, architecture: str) -> str:
    """What the package says of itself."""
    files = [file for file in root.rglob("*") if file.is_file() and not file.is_symlink()]
    return (
        f"Package: {identity.NAME}\n"
        f"Version: {identity.version()}\n"
        f"Architecture: {architecture}\n"
        f"Maintainer: {identity.MAINTAINER}\n"
        f"Installed-Size: {sum(-(-file.stat().st_size // 1024) for file in files)}\n"
        f"Depends: {', '.join((f'libc6 (>= {glibc.written(glibc.needed(root))})', *DEPENDS))}\n"
        f"Recommends: {', '.join(RECOMMENDS)}\n"
        "Section: science\n"
        "Priority: optional\n"
        f"Homepage: {identity.HOMEPAGE}\n"
        f"Description: {identity.SUMMARY[0].lower()}{identity.SUMMARY[1:]}\n"
        f"{DESCRIPTION}"
    )


def changelog() -> str:
    """Debian's form of a changelog, of one entry."""
    date = dt.datetime.fromtimestamp(linux_tree.epoch(), dt.timezone.utc).strftime("%a, %d %b %Y %H:%M:%S +0000")
    return (
        f"{identity.NAME} ({identity.version()}) stable; urgency=low\n\n"
        f"  * Release {identity.version()}.\n\n"
        f" -- {identity.MAINTAINER}  {date}\n"
    )


def _sums(root: Path) -> str:
    lines = []
    for file in sorted(root.rglob("*")):
        if file.is_file() and not file.is_symlink():
            digest = hashlib.md5(file.read_bytes(), usedforsecurity=False).hexdigest()
            lines.append(f"{digest}  {file.relative_to(root)}\n")
    return "".join(lines)
