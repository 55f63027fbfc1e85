"""What an installation brings: one name, every module, the resources."""

from __future__ import annotations

import fnmatch
import re
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[1]
NOT_INSTALLED = {"tests", "packaging", "benchmarks", "docs", "build", "dist", "artefacts", "screenshots"}

if sys.version_info >= (3, 11):
    import tomllib
else:
    tomllib = pytest.importorskip("tomli")


@pytest.fixture(scope="module")
def project() -> dict[str, Any]:
    loaded: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    return loaded


def packages_on_disk() -> set[str]:
    found = {"runglass"}
    for folder in ROOT.iterdir():
        if folder.is_dir() and folder.name not in NOT_INSTALLED and not folder.name.startswith("."):
            for init in folder.rglob("__init__.py"):
                found.add(".".join(("runglass", *init.parent.relative_to(ROOT).parts)))
    return found


def test_every_package_is_listed(project: dict[str, Any]) -> None:
    listed = project["tool"]["setuptools"]["packages"]
    assert sorted(listed) == sorted(packages_on_disk())
    assert len(listed) == len(set(listed))


def test_no_folder_of_the_clone_shadows_a_library() -> None:
    # pytest imports the library `packaging`; a package of that name at the root would be found first.
    assert not list((ROOT / "packaging").rglob("__init__.py"))
    assert not list((ROOT / "tests").rglob("__init__.py"))


def test_names_of_test_files_are_unique() -> None:
    names = [file.name for file in (ROOT / "tests").rglob("*.py") if file.name != "conftest.py"]
    assert sorted(names) == sorted(set(names))


def test_a_wheel_holds_one_name_and_the_resources(tmp_path: Path, project: dict[str, Any]) -> None:
    """Built from a copy: setuptools leaves a build folder behind in the sources."""
    copy = tmp_path / "clone"
    for file in _sources():
        target = copy / file.relative_to(ROOT)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(file.read_bytes())
    script = (
        "import sys; from setuptools import build_meta as b; "
        "sys.stdout = sys.stderr; print(b.build_wheel(sys.argv[1]), file=sys.__stdout__)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path)], capture_output=True, text=True, cwd=copy, timeout=100
    )
    assert done.returncode == 0, done.stderr
    with zipfile.ZipFile(tmp_path / done.stdout.strip()) as wheel:
        names = wheel.namelist()
    version = project["project"]["version"]
    assert {name.split("/")[0] for name in names} == {"runglass", f"runglass-{version}.dist-info"}
    for pattern in (
        "runglass/py.typed",
        "runglass/resources/icons/*.svg",
        "runglass/resources/style.qss",
        "runglass/resources/fonts/OFL.txt",
        "runglass/reader/wire/events_pb2.pyi",
        "*/licenses/LICENSE",
    ):
        assert fnmatch.filter(names, pattern), pattern
    for layer in ("app", "viewers", "reader", "writer"):
        for file in (ROOT / layer).rglob("*.py"):
            assert f"runglass/{file.relative_to(ROOT).as_posix()}" in names
    top = {name for name in names if name.startswith("runglass/") and name.count("/") == 1}
    assert top == {"runglass/__init__.py", "runglass/__main__.py", "runglass/py.typed"}


def _sources() -> list[Path]:
    found = [ROOT / name for name in ("pyproject.toml", "README.md", "LICENSE", "py.typed")]
    found += ROOT.glob("*.py")
    for folder in ("app", "viewers", "reader", "writer", "resources"):
        found += [file for file in (ROOT / folder).rglob("*") if file.is_file() and "__pycache__" not in file.parts]
    return found


def test_every_dependency_is_pinned_without_an_index(project: dict[str, Any]) -> None:
    text = (ROOT / "packaging" / "constraints.txt").read_text(encoding="utf-8")
    lines = [line.split("#")[0].strip() for line in text.splitlines()]
    pinned = set()
    for line in filter(None, lines):
        match = re.fullmatch(r"([A-Za-z0-9._-]+)==[0-9][0-9A-Za-z.+!]*( ; .+)?", line)
        assert match, line
        pinned.add(_canonical(match[1]))
    groups = [project["project"]["dependencies"], *project["project"]["optional-dependencies"].values()]
    wanted = {_canonical(re.match(r"[A-Za-z0-9._-]+", item)[0]) for group in groups for item in group}  # type: ignore[index]
    assert wanted - {"runglass"} <= pinned


def test_no_file_names_an_index(project: dict[str, Any]) -> None:
    for file in (ROOT / "pyproject.toml", ROOT / "dev.py", ROOT / "packaging" / "constraints.txt"):
        text = file.read_text(encoding="utf-8")
        assert not re.search(r"index-url|find-links|--index|https?://[^\s\"']*(pypi|simple)", text), file


def _canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
