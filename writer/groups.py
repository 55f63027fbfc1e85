"""The runs below a run: one for each key of ``add_scalars``, and what was written to them."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .run_writer import RunWriter

if TYPE_CHECKING:
    from .reading_back import NewPoints

Point = list[float]


class ScalarGroup:
    """The run of one key: its writer, and which of its points were exported.

    What it wrote is read back from its files when it is asked for, so that nothing of it is kept in memory.
    """

    def __init__(self, folder: Path, settings: dict[str, Any]) -> None:
        self.folder = folder
        self._earlier = set(_event_files(folder))
        self.writer = RunWriter(folder, **{**settings, "strict": True})
        self._files: dict[str, NewPoints] = {}

    def new_points(self) -> list[Point]:
        """[wall time, step, value] of each point since the last call, in the order they were written.

        OSError where the files cannot be written or read.
        """
        # Only here: the scanner takes longer to import than all of the writer.
        from .reading_back import NewPoints

        self.writer.flush()
        points: list[Point] = []
        for name in _event_files(self.folder):
            if name not in self._earlier:
                points += self._files.setdefault(name, NewPoints(self.folder / name)).read()
        return points


def write_json(path: str | os.PathLike[str], points: dict[str, list[Point]]) -> None:
    """Points by the folder of their run, as a JSON file that is there whole or not at all."""
    target = Path(path)
    part = target.with_name(f".{target.name}.{os.getpid()}.tmp")
    part.write_text(json.dumps(points), encoding="utf-8")
    os.replace(part, target)


def _event_files(folder: Path) -> list[str]:
    return sorted(name for name in os.listdir(folder) if "tfevents" in name) if folder.is_dir() else []
