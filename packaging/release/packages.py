"""`python3 dev.py package [FORMAT...]`: what users install, made from the frozen program, into dist/packages."""

from __future__ import annotations

import hashlib
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import freezing
import identity
from console import Problem, say
from environment import WINDOWS

#: What comes out.
OUT = freezing.DIST / "packages"
SUMS = "SHA256SUMS"


def makers() -> dict[str, Callable[[Path], Path | None]]:
    """The formats of this system: each writes a file into a folder and returns it, None where its tool is not here."""
    import wheels

    found: dict[str, Callable[[Path], Path | None]] = {"wheel": wheels.make}
    if WINDOWS:
        import windows

        found |= {"installer": windows.make_installer, "zip": windows.make_zip}
    elif freezing.MAC:
        import macos

        found["dmg"] = macos.make_image
    else:
        import appimage
        import deb
        import portable

        found |= {"deb": deb.make, "tar": portable.make, "appimage": appimage.make}
    return found


def make(chosen: list[str]) -> None:
    """Make the formats that are named, all without names, with the bill of materials and a file of checksums."""
    known = makers()
    unknown = [name for name in chosen if name not in known]
    if unknown:
        raise Problem(f"there is no format {', '.join(unknown)} on this system; there are {', '.join(known)}")
    if not freezing.PROGRAM.is_file():
        freezing.freeze()
    OUT.mkdir(parents=True, exist_ok=True)
    for name in chosen or known:
        file = known[name](OUT)
        if file is not None:
            say(f"{name}: {file}, {file.stat().st_size / 1e6:.1f} MB")
    shutil.copy(freezing.BILL, OUT / f"{identity.NAME}-{identity.version()}-{platform_name()}.cdx.json")
    write_sums(OUT)


def platform_name() -> str:
    """The system and processor in the names of files: linux-x86_64."""
    import platform

    system = "windows" if WINDOWS else "macos" if freezing.MAC else "linux"
    machine = {"amd64": "x86_64", "arm64": "aarch64"}.get(platform.machine().lower(), platform.machine().lower())
    return f"{system}-{machine}"


def write_sums(folder: Path) -> None:
    """Write the SHA-256 of each file in ``folder`` as `sha256sum -c` reads it."""
    lines = []
    for file in sorted(folder.iterdir()):
        if file.is_file() and file.name != SUMS:
            with file.open("rb") as stream:
                digest = hashlib.sha256()
                while block := stream.read(1 << 20):
                    digest.update(block)
            lines.append(f"{digest.hexdigest()}  {file.name}\n")
    (folder / SUMS).write_text("".join(lines), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    # In the release workflow: the checksums of all systems' files together.
    write_sums(Path(sys.argv[1]))
