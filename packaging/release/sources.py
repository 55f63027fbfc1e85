"""A copy of what is installed: building in the clone itself would leave files there, and take in old ones."""

from __future__ import annotations

import shutil
from pathlib import Path

from identity import ROOT

LAYERS = ("app", "viewers", "reader", "writer", "resources")
FILES = ("pyproject.toml", "setup.py", "README.md", "LICENSE", "py.typed", "__init__.py", "__main__.py")


def copy_sources(folder: Path) -> None:
    """Make ``folder`` anew, with the sources in it."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for name in FILES:
        shutil.copy2(ROOT / name, folder / name)
    for name in LAYERS:
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
