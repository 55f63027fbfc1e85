"""The macOS disk image: the application beside a link to the folder that it is dragged into."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import freezing
import identity
from console import run
from packages import platform_name


def make_image(out: Path) -> Path:
    """Write the image into ``out``, signed where RUNGLASS_CODESIGN names an identity."""
    folder = identity.ROOT / "build" / "dmg"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    app = freezing.PROGRAM.parents[2]
    # ditto keeps what a signature covers: links, attributes, modes.
    run(["ditto", app, folder / app.name], "The application could not be copied.")
    (folder / "Applications").symlink_to("/Applications")
    file = out / f"{identity.TITLE}-{identity.version()}-{platform_name()}.dmg"
    words = ["hdiutil", "create", "-volname", identity.TITLE, "-srcfolder", folder, "-ov", "-format", "ULFO", file]
    run(words, "The disk image could not be made.")
    signer = os.environ.get("RUNGLASS_CODESIGN")
    if signer:
        run(["codesign", "--timestamp", "--sign", signer, file], "The disk image could not be signed.")
    return file
