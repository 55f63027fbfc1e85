"""The wheel and the source archive for pip."""

from __future__ import annotations

import subprocess
from pathlib import Path

import freezing
import identity
from console import Problem
from sources import copy_sources

#: Builds in a process of its own each: setuptools keeps in memory what it was told before.
_BUILD = """\
import sys
from setuptools import build_meta
real, sys.stdout = sys.stdout, sys.stderr
print(getattr(build_meta, sys.argv[1])(sys.argv[2]), file=real)
"""


def make(out: Path) -> Path:
    """Build both into ``out``; returns the wheel."""
    environment = freezing.prepare_environment()
    source = identity.ROOT / "build" / "wheel"
    name = ""
    for kind in ("build_sdist", "build_wheel"):
        copy_sources(source)
        words = [str(environment.python), "-c", _BUILD, kind, str(out)]
        done = subprocess.run(words, cwd=source, capture_output=True, text=True, check=False)
        if done.returncode:
            raise Problem(f"{kind} failed:\n{done.stderr[-2000:]}")
        name = done.stdout.split()[-1]
    return out / name
