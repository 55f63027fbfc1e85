"""The Windows installer, by NSIS, and the archive that needs no installation."""

from __future__ import annotations

import re
import shutil
import zipfile
from pathlib import Path

import freezing
import identity
from console import run, say
from packages import platform_name

SCRIPT = identity.ROOT / "packaging" / "windows" / f"{identity.NAME}.nsi"
#: Where its own installer puts it.
USUAL = Path("C:/Program Files (x86)/NSIS/makensis.exe")


def make_installer(out: Path) -> Path | None:
    """Compile the installer of the frozen program into ``out``; None where makensis is not here."""
    target = out / f"{identity.TITLE}-{identity.version()}-{platform_name()}-setup.exe"
    return target if compile_installer(freezing.FOLDER, freezing.MADE / "runglass.ico", target) else None


def compile_installer(payload: Path, icon: Path, target: Path) -> bool:
    """Compile the installer of the files below ``payload``; False where makensis is not here. Warnings are errors."""
    tool = shutil.which("makensis") or (str(USUAL) if USUAL.is_file() else None)
    if tool is None:
        say("installer: makensis is not here; it comes with NSIS")
        return False
    version = identity.version()
    numbers = ".".join([*re.findall(r"\d+", version), "0", "0", "0", "0"][:4])
    values = {"VERSION": version, "NUMBERS": numbers, "PAYLOAD": payload, "ICON": icon, "TARGET": target}
    words = [tool, "-V2", "-WX", *(f"-D{name}={value}" for name, value in values.items()), SCRIPT]
    run(words, "NSIS could not compile the installer.")
    return True


def make_zip(out: Path) -> Path:
    """Write the frozen program as it is into an archive in ``out``."""
    name = f"{identity.TITLE}-{identity.version()}-{platform_name()}"
    file = out / f"{name}-portable.zip"
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for path in sorted(freezing.FOLDER.rglob("*")):
            if path.is_file():
                archive.write(path, Path(name, path.relative_to(freezing.FOLDER)))
    return file
