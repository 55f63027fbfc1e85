"""The wheel as pip installs it: alone, on a training machine without Qt, and with the window."""

from __future__ import annotations

import os
import subprocess
import venv
import zipfile
from collections.abc import Callable
from pathlib import Path

import identity
import pytest
from trying import said_by, try_window

pytestmark = pytest.mark.timeout(900)
CONSTRAINTS = identity.ROOT / "packaging" / "constraints.txt"
WINDOWS = os.name == "nt"


@pytest.fixture(scope="module")
def wheel(made: Path) -> Path:
    (found,) = made.glob(f"{identity.NAME}-{identity.version()}-*.whl")
    return found


@pytest.fixture(scope="module")
def install(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """Installs into an environment of its own and returns the folder of commands; skips without a network."""

    def into(wanted: str) -> Path:
        folder = tmp_path_factory.mktemp("environment")
        venv.create(folder, with_pip=True)
        scripts = folder / ("Scripts" if WINDOWS else "bin")
        words = [scripts / "python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        done = subprocess.run(
            [*words, "--only-binary", ":all:", "--constraint", CONSTRAINTS, wanted], capture_output=True, text=True
        )
        if done.returncode:
            pytest.skip(f"pip could not fetch {wanted}: {done.stderr[-300:]}")
        return scripts

    return into


def test_it_holds_one_name_and_can_be_uploaded(wheel: Path, made: Path, install: Callable[[str], Path]) -> None:
    with zipfile.ZipFile(wheel) as archive:
        tops = {name.split("/")[0] for name in archive.namelist()}
    assert tops == {identity.NAME, f"{identity.NAME}-{identity.version()}.dist-info"}
    source = made / f"{identity.NAME}-{identity.version()}.tar.gz"
    scripts = install("twine")
    words = [scripts / "python", "-m", "twine", "--no-color", "check", "--strict", wheel, source]
    assert said_by(words, os.environ).count("PASSED") == 2


def test_a_training_machine_writes_and_inspects(wheel: Path, tmp_path: Path, install: Callable[[str], Path]) -> None:
    scripts = install(str(wheel))
    command = scripts / "runglass"
    assert said_by([command, "--version"], os.environ).split() == ["runglass", identity.version()]
    training = (
        "import sys\n"
        "from runglass import SummaryWriter\n"
        "with SummaryWriter(sys.argv[1]) as writer:\n"
        "    for step in range(100):\n"
        "        writer.add_scalar('loss', 1 / (step + 1), step)\n"
    )
    log = tmp_path / "log"
    said_by([scripts / "python", "-c", training, log], os.environ)
    assert "loss" in said_by([command, "inspect", log], os.environ)
    # There is no Qt here: one line that says what to do.
    done = subprocess.run([command, log], capture_output=True, text=True, timeout=60)
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1 and "pip install 'runglass[viewer]'" in done.stderr
    assert subprocess.run([scripts / "python", "-c", "import PySide6"], capture_output=True).returncode != 0


def test_with_the_viewer_the_window_opens(
    wheel: Path, tmp_path: Path, screen: dict[str, str], install: Callable[[str], Path]
) -> None:
    scripts = install(f"{wheel}[viewer]")
    try_window([scripts / "runglass"], screen, tmp_path)
