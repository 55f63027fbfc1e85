"""What systems are told about the program, in their own forms: menus, icons, installers."""

from __future__ import annotations

import configparser
import os
import plistlib
import re
import shutil
import struct
import subprocess
import sys
import xml.etree.ElementTree as ET
from io import BytesIO
from pathlib import Path

import bundle
import freezing
import icons
import identity
import linux_tree
import packages
import pytest
import windows
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from runglass.app.cli import version

ROOT = Path(__file__).resolve().parents[1]


def test_the_version_is_the_installed_one() -> None:
    assert identity.version() == version()


# Linux


def entry() -> configparser.SectionProxy:
    parser = configparser.ConfigParser(interpolation=None, delimiters="=")
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read_string((linux_tree.DATA / "runglass.desktop").read_text(encoding="utf-8"))
    return parser["Desktop Entry"]


def test_the_menu_entry_belongs_to_the_window_and_takes_folders() -> None:
    found = entry()
    program = (ROOT / "app" / "program.py").read_text(encoding="utf-8")
    # What desktops match windows by: the class on X11, the name of the entry on Wayland.
    assert f'setApplicationName("{found["StartupWMClass"]}")' in program
    assert 'setDesktopFileName("runglass")' in program
    assert found["Icon"] == identity.NAME
    assert found["Exec"].endswith("%F")
    assert "inode/directory" in found["MimeType"].split(";")


def test_the_software_centre_is_told_the_same() -> None:
    root = ET.fromstring(linux_tree.filled(linux_tree.METAINFO))
    assert root.findtext("id") == identity.APP_ID
    assert root.findtext("name") == identity.TITLE
    assert root.findtext("launchable") == f"{identity.NAME}.desktop"
    release = root.find("releases/release")
    assert release is not None and release.get("version") == identity.version()
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", release.get("date", ""))
    kinds = {element.text for element in root.findall("provides/mediatype")}
    assert kinds <= set(entry()["MimeType"].split(";"))


def test_the_manual_page_names_every_option() -> None:
    page = (linux_tree.DATA / "runglass.1").read_text(encoding="utf-8").replace("\\-", "-")
    words = [sys.executable, "-m", "runglass", "--help"]
    asked = subprocess.run(words, capture_output=True, text=True, check=True, timeout=60)
    for option in set(re.findall(r"--[a-z][a-z-]+", asked.stdout)):
        assert option in page, option


@pytest.mark.skipif(os.name != "posix", reason="a shell script")
@pytest.mark.parametrize("place", ["plain", "Käse & Brot 100%", 'a "quoted" $HOME `x` \\ back'])
def test_the_portable_archive_adds_itself_to_the_menus_and_goes_again(tmp_path: Path, place: str) -> None:
    folder, home = tmp_path / place, tmp_path / "home"
    home.mkdir()
    shutil.copytree(linux_tree.DATA, tmp_path / "data")
    (folder / "share" / "applications").mkdir(parents=True)
    (folder / "share" / "mime" / "packages").mkdir(parents=True)
    icon = folder / "share" / "icons" / "hicolor" / "16x16" / "apps" / "runglass.png"
    icon.parent.mkdir(parents=True)
    icon.write_bytes(icons.draw(16))
    (folder / "runglass").write_text("#!/bin/sh\n")
    (folder / "share" / "applications" / "runglass.desktop").write_bytes(linux_tree.filled("runglass.desktop"))
    (folder / "share" / "mime" / "packages" / "runglass.xml").write_bytes(linux_tree.filled("runglass.mime.xml"))
    script = folder / "install-user.sh"
    script.write_bytes(linux_tree.filled("install-user.sh"))
    environment = {"HOME": str(home), "PATH": "/usr/bin:/bin"}

    subprocess.run(["sh", script], env=environment, check=True, capture_output=True)
    text = (home / ".local/share/applications/runglass.desktop").read_text(encoding="utf-8")
    (line,) = [line for line in text.splitlines() if line.startswith("Exec=") and line.endswith("%F")]
    quoted = line.removeprefix("Exec=").removesuffix(" %F")
    # A backslash escapes twice: in any value, and in a quoted word.
    read = re.sub(r"\\(.)", r"\1", re.sub(r"\\(.)", r"\1", quoted[1:-1]))
    assert read.replace("%%", "%") == str(folder / "runglass")
    assert os.readlink(home / ".local/bin/runglass") == str(folder / "runglass")
    assert list((home / ".local/share/icons").rglob("runglass.png"))
    if shutil.which("desktop-file-validate") and "\\" not in place:
        validated = ["desktop-file-validate", home / ".local/share/applications/runglass.desktop"]
        subprocess.run(validated, check=True, capture_output=True)

    subprocess.run(["sh", script, "--remove"], env=environment, check=True, capture_output=True)
    left = [path for path in home.rglob("*") if path.is_file() or path.is_symlink()]
    assert not [path for path in left if "runglass" in path.name]
    assert not [path for path in left if "tensorboard" in path.name], "the type of the files is still known"


# Icons


def test_the_icon_is_drawn_in_colour_with_a_clear_rim() -> None:
    for size in (16, 256):
        with Image.open(BytesIO(icons.draw(size))) as picture:
            assert picture.size == (size, size)
            pixels = picture.convert("RGBA")
        assert pixels.getpixel((0, 0)) == (0, 0, 0, 0)
        colors = [pixel for pixel in pixels.get_flattened_data() if pixel[3] == 255]
        assert any(red > blue + 80 for red, _green, blue, _alpha in colors), "no orange"
        assert any(blue > red + 80 for red, _green, blue, _alpha in colors), "no blue"


def test_windows_and_macos_find_every_size() -> None:
    with Image.open(BytesIO(icons.ico({size: icons.draw(size) for size in icons.ICO_SIZES}))) as picture:
        assert picture.info["sizes"] == {(size, size) for size in icons.ICO_SIZES}
    data = icons.icns({kind: icons.draw(size) for kind, size in icons.ICNS_SIZES.items()})
    assert data[:4] == b"icns" and struct.unpack(">I", data[4:8])[0] == len(data)
    at, found = 8, {}
    while at < len(data):
        kind, length = data[at : at + 4], struct.unpack(">I", data[at + 4 : at + 8])[0]
        with Image.open(BytesIO(data[at + 8 : at + length])) as picture:
            found[kind] = picture.width
        at += length
    assert found == icons.ICNS_SIZES


# macOS and Windows


def test_macos_is_told_that_folders_can_be_opened() -> None:
    properties = plistlib.loads(plistlib.dumps(identity.mac_properties()))
    kinds = [kind for document in properties["CFBundleDocumentTypes"] for kind in document["LSItemContentTypes"]]
    assert "public.folder" in kinds
    # Never the default for all folders of a Mac.
    assert {document["LSHandlerRank"] for document in properties["CFBundleDocumentTypes"]} == {"Alternate"}
    assert properties["NSRequiresAquaSystemAppearance"] is False
    entitlements = plistlib.loads((ROOT / "packaging" / "macos" / "entitlements.plist").read_bytes())
    assert all(value is True for value in entitlements.values())


def test_the_windows_installer_removes_what_stands_beside_the_program() -> None:
    script = windows.SCRIPT.read_text(encoding="utf-8")
    for name in (freezing.LICENSES, freezing.BUILD_NOTE):
        assert f'Delete "$INSTDIR\\{name}"' in script
    assert "RequestExecutionLevel user" in script and "HKLM" not in script


def test_the_windows_installer_compiles(tmp_path: Path) -> None:
    if shutil.which("makensis") is None:
        pytest.skip("makensis is not here: apt-get install nsis")
    payload = tmp_path / "payload"
    (payload / "_internal" / "PySide6").mkdir(parents=True)
    for name in ("runglass.exe", "licenses.txt", "build.txt", "_internal/PySide6/Qt6Core.dll"):
        (payload / name).write_bytes(b"x" * 1000)
    icon = tmp_path / "runglass.ico"
    icon.write_bytes(icons.ico({size: icons.draw(size) for size in icons.ICO_SIZES}))
    target = tmp_path / "Runglass-installer.exe"
    assert windows.compile_installer(payload, icon, target)
    assert target.read_bytes()[:2] == b"MZ"


def test_the_version_resource_is_what_pyinstaller_reads() -> None:
    names = (
        "VSVersionInfo",
        "FixedFileInfo",
        "StringFileInfo",
        "StringTable",
        "StringStruct",
        "VarFileInfo",
        "VarStruct",
    )
    seen: list[tuple[str, tuple[object, ...], dict[str, object]]] = []

    def recorder(name: str) -> object:
        return lambda *values, **named: seen.append((name, values, named))

    eval(freezing.version_resource(), {"__builtins__": {}} | {name: recorder(name) for name in names})
    (fixed,) = [named for name, _values, named in seen if name == "FixedFileInfo"]
    assert fixed["filevers"] == fixed["prodvers"] and len(fixed["filevers"]) == 4  # type: ignore[arg-type]


# What goes into the bundle


@pytest.mark.parametrize(
    "folder, ends",
    [
        ("PySide6/Qt/plugins/imageformats/lib", ".so"),
        ("PySide6/plugins/imageformats/", ".dll"),
        ("PySide6/Qt/plugins/imageformats/lib", ".dylib"),
    ],
)
def test_only_plugins_of_the_allowed_formats_go_in(folder: str, ends: str) -> None:
    for name in ("qjpeg", "qgif", "qwebp"):
        assert bundle.keeps(f"{folder}{name}{ends}")
    for name in ("qsvg", "qicns", "qico", "qtga", "qtiff", "qwbmp", "qpdf", "qjp2", "qheif"):
        assert not bundle.keeps(f"{folder}{name}{ends}")


@given(st.text("abcdefgh_-", min_size=1, max_size=12))
def test_no_unknown_image_plugin_goes_in(name: str) -> None:
    assert not bundle.keeps(f"PySide6/Qt/plugins/imageformats/lib{name}.so")


def test_what_windows_need_stays() -> None:
    for place in (
        "PySide6/Qt/plugins/platforms/libqxcb.so",
        "PySide6/Qt/plugins/platforms/libqwayland.so",
        "PySide6/Qt/plugins/wayland-shell-integration/libxdg-shell.so",
        "PySide6/Qt/plugins/wayland-graphics-integration-client/libqt-plugin-wayland-egl.so",
        "PySide6/Qt/plugins/xcbglintegrations/libqxcb-glx-integration.so",
        "PySide6/Qt/plugins/iconengines/libqsvgicon.so",
        "PySide6/plugins/platforms/qwindows.dll",
        "PySide6/plugins/styles/qmodernwindowsstyle.dll",
        "PySide6/Qt/plugins/platforms/libqcocoa.dylib",
        "runglass/resources/icons/folder.svg",
        "runglass/resources/runglass.svg",
    ):
        assert bundle.keeps(place), place


def test_checksums_can_be_checked(tmp_path: Path) -> None:
    (tmp_path / "one.deb").write_bytes(b"one")
    (tmp_path / "two.exe").write_bytes(b"two" * 700_000)
    packages.write_sums(tmp_path)
    packages.write_sums(tmp_path)
    lines = (tmp_path / packages.SUMS).read_text(encoding="utf-8").splitlines()
    assert [line.split("  ")[1] for line in lines] == ["one.deb", "two.exe"]
    if shutil.which("sha256sum"):
        subprocess.run(["sha256sum", "--check", "--quiet", packages.SUMS], cwd=tmp_path, check=True)


def test_actions_of_the_workflow_cannot_change_under_our_hands() -> None:
    text = (identity.ROOT / ".github" / "workflows" / "release.yml").read_text(encoding="utf-8")
    used = re.findall(r"^ *-? *uses: (.*)$", text, re.MULTILINE)
    assert used
    for action in used:
        assert re.fullmatch(r"[\w./-]+@[0-9a-f]{40}  # v\d+\.\d+\.\d+", action), action
