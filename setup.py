"""Leaves dev.py, which stands beside the package's own modules, out of what is installed; see pyproject.toml."""

from __future__ import annotations

from setuptools import setup
from setuptools.command.build_py import build_py


class BuildPackage(build_py):
    """Copies the modules of the package."""

    def find_package_modules(self, package: str, package_dir: str) -> list[tuple[str, str, str]]:
        """Setuptools' list of (package, module, file) without the clone's own tools."""
        found: list[tuple[str, str, str]] = super().find_package_modules(package, package_dir)
        return [entry for entry in found if entry[1] not in ("dev", "setup")]


setup(cmdclass={"build_py": BuildPackage})
