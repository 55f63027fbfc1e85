"""Tests of what users install. They take minutes and packages that were made before, so they run where asked for."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import freezing
import packages
import pytest
from display import LINUX, screen_in_memory

ASKED = "RUNGLASS_TEST_PACKAGES"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything here is slow."""
    if os.environ.get(ASKED):
        return
    skip = pytest.mark.skip(reason="takes minutes; run by: python3 dev.py package --test")
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(skip)


@pytest.fixture(scope="session")
def frozen() -> Path:
    """The frozen program."""
    assert freezing.PROGRAM.is_file(), "make it first: python3 dev.py freeze"
    return freezing.PROGRAM


@pytest.fixture(scope="session")
def made() -> Path:
    """The folder of the packages."""
    assert (packages.OUT / packages.SUMS).is_file(), "make them first: python3 dev.py package"
    return packages.OUT


@pytest.fixture(scope="session")
def screen() -> Iterator[dict[str, str]]:
    """The environment of programs with a window, on a screen of their own where that is possible."""
    if not LINUX:
        yield dict(os.environ)
        return
    with screen_in_memory() as variables:
        yield variables
