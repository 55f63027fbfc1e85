"""The frozen program: what is in it, that all of it works, and that it has only to read its own folder."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import bundle
import deb
import freezing
import glibc
import notices
import psutil
import pytest
from PIL import Image
from trying import colored, said_by, try_window

pytestmark = pytest.mark.timeout(900)
LINUX = sys.platform.startswith("linux")
NOBODY = 65534
USERS_LIBRARIES = "/opt/users-own/lib"
#: What Qt reads without a plug-in.
BUILT_IN = {"bmp", "pbm", "pgm", "png", "ppm", "xbm", "xpm"}


@pytest.fixture(scope="module")
def inside(frozen: Path) -> Path:
    """The folder of modules and libraries."""
    return freezing.FOLDER / "_internal"


@pytest.fixture(scope="module")
def findings(frozen: Path, screen: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What the test program reports that was built from the same modules."""
    folder = tmp_path_factory.mktemp("probe")
    probe = freezing.probe(folder)
    said_by([probe, folder / "report.json"], {**screen, "LD_LIBRARY_PATH": USERS_LIBRARIES})
    found: dict[str, Any] = json.loads((folder / "report.json").read_text(encoding="utf-8"))
    assert found["frozen"] is True
    return found


def test_every_projection_is_computed(findings: dict[str, Any]) -> None:
    assert set(findings["projections"].values()) == {"Finished"}, findings["projections"]
    assert len(findings["projections"]) == 8


def test_only_pictures_of_the_allowed_formats_are_read(findings: dict[str, Any]) -> None:
    allowed = BUILT_IN | {"gif", "jfif", "jpeg", "jpg", "webp"}
    assert set(findings["formats"]) == allowed
    assert findings["decoded"] == {kind: [40, 30] for kind in ("PNG", "JPEG", "GIF", "WEBP", "BMP")}
    assert len(findings["sprites"]) == 5


def test_resources_are_there(findings: dict[str, Any]) -> None:
    assert findings["style"] and findings["svg"]


@pytest.mark.skipif(not LINUX, reason="elsewhere a machine may have no OpenGL")
def test_opengl_draws(findings: dict[str, Any]) -> None:
    assert findings["opengl"]["usable"] and findings["opengl"]["red"] == 64 * 64, findings["opengl"]


def test_it_says_its_version(frozen: Path, findings: dict[str, Any]) -> None:
    assert said_by([frozen, "--version"], os.environ).split() == ["runglass", findings["version"]]


def test_it_writes_and_inspects_without_a_display(frozen: Path, tmp_path: Path) -> None:
    environment = {name: value for name, value in os.environ.items() if name not in ("DISPLAY", "WAYLAND_DISPLAY")}
    said_by([frozen, "demo", tmp_path / "ein Log, żółw"], environment)
    found = json.loads(said_by([frozen, "inspect", tmp_path / "ein Log, żółw", "--json"], environment))
    assert found


def test_all_panes_show_the_demo(frozen: Path, screen: dict[str, str], artefacts: Path) -> None:
    try_window([frozen], screen, artefacts)


@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="folders are made unwritable by their mode")
def test_it_runs_where_it_may_not_write(frozen: Path, screen: dict[str, str]) -> None:
    """By another account where tests run as root, to whom no mode of a folder matters."""
    account = NOBODY if os.geteuid() == 0 else None
    with tempfile.TemporaryDirectory() as room:
        os.chmod(room, 0o755)
        folder, home = Path(room, "runglass"), Path(room, "home")
        runtime = home / "runtime"
        shutil.copytree(freezing.FOLDER, folder, symlinks=True)
        runtime.mkdir(parents=True)
        runtime.chmod(0o700)
        contents = [path for path in (folder, *folder.rglob("*")) if not path.is_symlink()]
        for path in contents:
            path.chmod(path.stat().st_mode & 0o555)
        if account is not None:
            for path in (home, runtime):
                os.chown(path, account, account)
        before = _state(folder)
        environment = {**screen, "HOME": str(home), "TMPDIR": str(home), "XDG_RUNTIME_DIR": str(runtime)}
        environment |= {f"XDG_{name}_HOME": str(home / name) for name in ("CONFIG", "STATE", "DATA", "CACHE")}
        try:
            try_window([folder / frozen.name], environment, home / "pictures", account)
            assert _state(folder) == before
        finally:
            for path in contents:
                path.chmod(path.stat().st_mode | 0o200)


def _state(folder: Path) -> dict[str, tuple[int, int]]:
    return {
        str(path.relative_to(folder)): (path.lstat().st_size, path.lstat().st_mtime_ns) for path in folder.rglob("*")
    }


def test_nothing_stays_behind(frozen: Path, screen: dict[str, str], tmp_path: Path) -> None:
    """A window closed by SIGTERM takes the demo's process, the projection's and their files with it."""
    temporary, home = tmp_path / "tmp", tmp_path / "home"
    temporary.mkdir()
    home.mkdir()
    environment = {**screen, "HOME": str(home), "TMPDIR": str(temporary)}
    program = subprocess.Popen([frozen, "--demo"], env=environment, cwd=tmp_path)
    try:
        process = psutil.Process(program.pid)
        deadline = time.monotonic() + 60
        while len(process.children(recursive=True)) < 1:
            assert time.monotonic() < deadline, "the demo's process was not started"
            time.sleep(0.05)
        children = process.children(recursive=True)
        program.terminate()
        assert program.wait(30) == 0
    finally:
        program.kill()
        program.wait()
    _gone, left = psutil.wait_procs(children, timeout=10)
    assert not left
    assert not list(temporary.iterdir())


@pytest.mark.skipif(not LINUX, reason="only Linux finds libraries by a variable")
def test_other_programs_find_the_systems_libraries(findings: dict[str, Any]) -> None:
    """The start program leads the loader into the bundle; what the window starts must not follow."""
    assert findings["library path"] == USERS_LIBRARIES


@pytest.mark.skipif(not LINUX, reason="of Linux' loader")
def test_its_own_processes_find_the_libraries_of_the_bundle(findings: dict[str, Any], inside: Path) -> None:
    """The self-test and projections: a fresh system may have none of them."""
    first = findings["loader path of a child"].split(":")[0]
    assert os.path.realpath(first) == os.path.realpath(inside)


# What is in it


def test_the_bundle_holds_no_more_than_it_should(inside: Path) -> None:
    names = [path.relative_to(inside).as_posix() for path in inside.rglob("*") if path.is_file()]
    assert not [name for name in names if not bundle.keeps(name)]
    plugins = {Path(name).name for name in names if "/imageformats/" in name}
    assert {re.sub(r"^lib|\.(so|dll|dylib)$", "", name) for name in plugins} == set(bundle.IMAGE_PLUGINS)
    assert not [name for name in names if "Qt6Quick" in name or "Qt6Qml" in name or "Qt6Pdf" in name]
    # A library of the build machine that is older than the user's OpenGL driver wants ends in an abort.
    foreign = ("libstdc++", "libgcc_s", "libGL", "libEGL", "libX11", "libglib", "libgtk", "libwayland-", "libdrm.")
    assert not [name for name in names if Path(name).name.startswith(foreign)]


def test_the_size_is_bounded(frozen: Path) -> None:
    size = freezing.Size.of(freezing.FOLDER)
    assert size.bytes < 300e6, f"{size.bytes / 1e6:.0f} MB: what has come in?"


@pytest.mark.skipif(not LINUX or shutil.which("dpkg-query") is None, reason="asks Debian whose libraries they are")
def test_the_debian_package_names_all_libraries_that_it_leaves_out(inside: Path) -> None:
    files = [str(path) for path in inside.rglob("*.so*") if path.is_file() and not path.is_symlink()]
    needed = set()
    for file in files:
        shown = subprocess.run(["readelf", "-d", file], capture_output=True, text=True, check=True).stdout
        needed |= set(re.findall(r"\(NEEDED\).*\[(.+)\]", shown))
    here = {path.name for path in inside.rglob("*.so*")}
    # What Qt's plug-ins for GTK and Wayland want, which are passed over where they cannot be loaded.
    optional = re.compile(r"lib(gtk|gdk|atk|pango|cairo|gdk_pixbuf|gobject|gio|wayland|harfbuzz)")
    promised = {"libc6"} | {name.split()[0] for entry in deb.DEPENDS for name in entry.split("|")}
    unnamed = {}
    for library in sorted(needed - here):
        if optional.match(library):
            continue
        asked = subprocess.run(["dpkg-query", "-S", f"*/{library}"], capture_output=True, text=True, check=False)
        owners = {line.split(":")[0] for line in asked.stdout.splitlines()}
        if not owners & promised:
            unnamed[library] = owners
    assert not unnamed


@pytest.mark.skipif(not LINUX, reason="of Linux")
def test_its_packages_ask_for_the_c_library_that_it_needs(inside: Path) -> None:
    files = [str(path) for path in inside.rglob("*.so*") if path.is_file() and not path.is_symlink()]
    shown = subprocess.run(["readelf", "--version-info", "--wide", *files], capture_output=True, text=True).stdout
    versions = {(int(major), int(minor)) for major, minor in re.findall(r"Name: GLIBC_(\d+)\.(\d+)", shown)}
    assert glibc.needed(inside) == max(versions) >= (2, 34)


def test_licences_of_all_parts_are_told(frozen: Path) -> None:
    text = (freezing.FOLDER / freezing.LICENSES).read_text(encoding="utf-8")
    for name in ("Python", "PySide6-Essentials", "numpy", "scipy", "scikit-learn", "pillow", "PyOpenGL"):
        assert re.search(rf"^=+\n{name}[ .].*\n=+$", text, re.MULTILINE), name
    for words in (
        "GNU LESSER GENERAL PUBLIC LICENSE",
        "GNU GENERAL PUBLIC LICENSE",
        "OpenBLAS",
        "PYTHON SOFTWARE FOUNDATION LICENSE",
        "Unicode, Inc.",
        "SIL OPEN FONT LICENSE",
    ):
        assert words in text, words
    assert "The text stands under" in text


def test_the_bill_names_what_the_licences_name(frozen: Path) -> None:
    document = json.loads(freezing.BILL.read_text(encoding="utf-8"))
    assert document["bomFormat"] == "CycloneDX"
    names = [part["name"] for part in document["components"]]
    assert len(names) == len(set(names)) > 20
    index = (freezing.FOLDER / freezing.LICENSES).read_text(encoding="utf-8").split("=" * notices.WIDTH)[0]
    for part in document["components"]:
        assert f"  {part['name']} {part['version']}: " in index


def test_colour_is_told_from_none(tmp_path: Path) -> None:
    """The judge of the pictures itself."""
    Image.new("RGB", (200, 100), (40, 44, 52)).save(tmp_path / "grey.png")
    Image.new("RGB", (200, 100), (240, 100, 52)).save(tmp_path / "orange.png")
    assert colored(tmp_path / "grey.png") == 0
    assert colored(tmp_path / "orange.png") == 1
