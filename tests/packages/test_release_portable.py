"""What needs no installation: the archive, and the folder that an AppImage is made of."""

from __future__ import annotations

import shutil
import sys
import tarfile
from collections.abc import Iterator
from pathlib import Path

import identity
import pytest
from packages import platform_name
from trying import said_by

pytestmark = [
    pytest.mark.timeout(600),
    pytest.mark.skipif(not sys.platform.startswith("linux"), reason="of Linux"),
]
NAME = f"{identity.NAME}-{identity.version()}-{platform_name()}"


@pytest.fixture(scope="module")
def unpacked(made: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The archive, in a folder whose name is none of the easy ones."""
    archive = made / f"{NAME}.tar.gz"
    if not archive.is_file():
        pytest.skip("no archive was made")
    folder = tmp_path_factory.mktemp("portable") / "Zażółć 'mnie' \U0001f980"
    with tarfile.open(archive) as stream:
        stream.extractall(folder)  # our own file
    yield folder / NAME
    shutil.rmtree(folder)


def test_it_starts_where_it_was_unpacked(unpacked: Path, screen: dict[str, str]) -> None:
    assert said_by([unpacked / identity.NAME, "--version"], screen).split() == [identity.NAME, identity.version()]
    assert "passed" in said_by([unpacked / identity.NAME, "--selftest"], screen)


def test_its_entry_in_the_menus_starts_it(unpacked: Path, screen: dict[str, str], tmp_path: Path) -> None:
    """And nothing of it is left where it was taken out again."""
    environment = {**screen, "HOME": str(tmp_path)}
    environment.pop("XDG_DATA_HOME", None)
    said_by(["sh", unpacked / "install-user.sh"], environment)
    command = tmp_path / ".local" / "bin" / identity.NAME
    assert said_by([command, "--version"], environment).split() == [identity.NAME, identity.version()]
    said_by(["sh", unpacked / "install-user.sh", "--remove"], environment)
    left = [file for file in tmp_path.rglob("*") if file.is_file() or file.is_symlink()]
    assert [file for file in left if identity.NAME in file.name] == []


def test_what_an_appimage_starts(made: Path, screen: dict[str, str]) -> None:
    start = identity.ROOT / "build" / f"{identity.TITLE}.AppDir" / "AppRun"
    if not start.exists():
        pytest.skip("no folder of an AppImage was made")
    assert "passed" in said_by([start, "--selftest"], screen)
