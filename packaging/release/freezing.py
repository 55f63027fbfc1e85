"""`python3 dev.py freeze`: the program with its Python and its libraries in one folder, dist/runglass."""

from __future__ import annotations

import hashlib
import os
import platform
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import glibc
import identity
from console import Problem, run, say
from environment import WINDOWS, Environment
from sources import copy_sources

HERE = Path(__file__).resolve().parent
BUILD = identity.ROOT / "build" / "freeze"
#: Icons, texts and the bill of materials.
MADE = identity.ROOT / "build" / "made"
DIST = identity.ROOT / "dist"
MAC = sys.platform == "darwin"
#: The frozen program's folder, and its start program.
FOLDER = DIST / identity.NAME
PROGRAM = (
    DIST / f"{identity.TITLE}.app" / "Contents" / "MacOS" / identity.NAME
    if MAC
    else FOLDER / (f"{identity.NAME}.exe" if WINDOWS else identity.NAME)
)
#: Beside the program: what its About box reads.
LICENSES, BUILD_NOTE = "licenses.txt", "build.txt"
BILL = MADE / "sbom.cdx.json"


@dataclass(frozen=True)
class Size:
    """Bytes and number of the files below a folder; links count as nothing."""

    bytes: int
    files: int

    @classmethod
    def of(cls, folder: Path) -> Size:
        sizes = [file.stat().st_size for file in folder.rglob("*") if file.is_file() and not file.is_symlink()]
        return cls(sum(sizes), len(sizes))


class CleanEnvironment(Environment):
    """Holds the program as users install it, its pinned dependencies and PyInstaller, and nothing else."""

    def __init__(self) -> None:
        super().__init__(identity.ROOT, BUILD / "venv")
        self._tools = HERE / "freezing.txt"

    def _key(self) -> str:
        return hashlib.sha256((super()._key() + self._tools.read_text(encoding="utf-8")).encode()).hexdigest()

    def fill(self, extra: str) -> None:
        """Make it anew with all but the program itself."""
        shutil.rmtree(self.folder, ignore_errors=True)
        install = self.begin()
        copy_sources(BUILD / "source")
        failure = "The packages to freeze could not be installed."
        run([*install, "setuptools"], failure)
        run([*install, "--requirement", self._tools], failure)
        run([*install, "--no-build-isolation", f"{BUILD / 'source'}[{extra}]"], failure)
        self.finish(extra)

    def renew(self) -> None:
        """Install the program from the sources of now."""
        way = self.way_in()
        assert way is not None
        copy_sources(BUILD / "source")
        words = [*way, "--no-deps", "--no-build-isolation", "--force-reinstall", BUILD / "source"]
        run(words, "The program could not be installed from its sources.")


def prepare_environment() -> CleanEnvironment:
    """The environment to freeze from, with the program as it is now."""
    environment = CleanEnvironment()
    with environment.alone():
        if not environment.is_ready("viewer"):
            say(f"making a clean environment in {environment.folder}")
            environment.fill("viewer")
        environment.renew()
    return environment


def freeze() -> None:
    """Make the folder, and say how large it is. Raises :class:`Problem` where something is missing."""
    environment = prepare_environment()
    MADE.mkdir(parents=True, exist_ok=True)
    run([environment.python, HERE / "icons.py", MADE], "The icons could not be drawn.")
    if WINDOWS:
        (MADE / "version_info.txt").write_text(version_resource(), encoding="utf-8")
    say("freezing: one to three minutes")
    words = [environment.scripts / "pyinstaller", "--noconfirm", "--log-level", "WARN", "--distpath", DIST]
    run(
        [*words, "--workpath", BUILD / "work", HERE / "runglass.spec"],
        "PyInstaller could not freeze the program.",
        environment={
            "PYINSTALLER_CONFIG_DIR": str(BUILD / "cache"),
            "SOURCE_DATE_EPOCH": os.environ.get("SOURCE_DATE_EPOCH", str(identity.EPOCH)),
        },
    )
    _strip(FOLDER)
    run([environment.python, HERE / "notices.py", FOLDER, MADE / LICENSES, BILL], "The licences could not be gathered.")
    shutil.copy(MADE / LICENSES, FOLDER / LICENSES)
    (FOLDER / BUILD_NOTE).write_text(_build_note(), encoding="utf-8")
    if MAC:
        _into_app()
    size = Size.of(FOLDER)
    say(f"frozen: {PROGRAM}, {size.bytes / 1e6:.0f} MB in {size.files} files")
    if sys.platform.startswith("linux"):
        say(f"it needs glibc {glibc.written(glibc.needed(FOLDER))}")
    _say_parts()


def probe(folder: Path) -> Path:
    """A copy of the test program beside the modules of the bundle, made in ``folder``; its path."""
    name = f"{identity.NAME}-probe{'.exe' if WINDOWS else ''}"
    built = BUILD / "work" / identity.NAME / name
    if not built.is_file():
        raise Problem("there is no frozen program: python3 dev.py freeze")
    copy = folder / name
    shutil.copy(built, copy)
    inside = folder / "_internal"
    if WINDOWS:
        shutil.copytree(FOLDER / "_internal", inside)
    else:
        inside.symlink_to(FOLDER / "_internal", target_is_directory=True)
    return copy


def _build_note() -> str:
    """Which build this is, in a line: the sources' revision where it is known, and for what it was made."""
    asked = ["git", "-C", str(identity.ROOT), "describe", "--always", "--dirty", "--exclude=*"]
    try:
        revision = subprocess.run(asked, capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        revision = ""
    system = f"{platform.system()} {platform.machine()}, Python {platform.python_version()}"
    return f"{f'build {revision}' if revision else 'built'} for {system}\n"


def version_resource() -> str:
    """What Windows shows as the details of the program, in the words of PyInstaller."""
    version = identity.version()
    numbers = tuple(int(part) for part in [*re.findall(r"\d+", version), 0, 0, 0, 0][:4])
    texts = {
        "CompanyName": identity.AUTHORS,
        "FileDescription": identity.TITLE,
        "FileVersion": version,
        "InternalName": identity.NAME,
        "OriginalFilename": f"{identity.NAME}.exe",
        "ProductName": identity.TITLE,
        "ProductVersion": version,
    }
    table = ", ".join(f"StringStruct({key!r}, {value!r})" for key, value in texts.items())
    return (
        f"VSVersionInfo(ffi=FixedFileInfo(filevers={numbers}, prodvers={numbers}, mask=0x3f, flags=0x0, OS=0x40004, "
        "fileType=0x1, subtype=0x0, date=(0, 0)), kids=["
        f"StringFileInfo([StringTable('040904B0', [{table}])]), "
        "VarFileInfo([VarStruct('Translation', [1033, 1200])])])\n"
    )


def _strip(folder: Path) -> None:
    """Take debug symbols out of Python's own libraries. Those of wheels were put together by other tools and break."""
    tool = shutil.which("strip") if sys.platform.startswith("linux") else None
    files = [*folder.glob("_internal/libpython*"), *folder.glob("_internal/python3*/lib-dynload/*.so")]
    if tool and files:
        subprocess.run([tool, "--strip-unneeded", *map(str, files)], check=True)


def _into_app() -> None:
    """Put the licences into the application that PyInstaller made of the folder, and sign what has changed by that."""
    app = PROGRAM.parents[2]
    for name in (LICENSES, BUILD_NOTE):
        shutil.copy(FOLDER / name, app / "Contents" / "Resources" / name)
    identity_of_signer = os.environ.get("RUNGLASS_CODESIGN") or "-"
    hardened = [] if identity_of_signer == "-" else ["--options", "runtime", "--timestamp"]
    entitlements = identity.ROOT / "packaging" / "macos" / "entitlements.plist"
    words = ["codesign", "--force", *hardened, "--entitlements", entitlements, "--sign", identity_of_signer, app]
    run(words, "The application could not be signed.")


def _say_parts() -> None:
    """Name what takes most of the room."""
    inside = FOLDER / "_internal"
    sizes = {
        item.name: Size.of(item).bytes if item.is_dir() else item.stat().st_size
        for item in inside.iterdir()
        if not item.is_symlink()
    }
    for name, size in sorted(sizes.items(), key=lambda pair: -pair[1])[:10]:
        say(f"  {size / 1e6:6.1f} MB  {name}")
