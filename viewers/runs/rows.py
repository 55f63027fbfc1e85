"""From run names to the rows of the list: folders, runs, what a filter leaves, what is folded away."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field


@dataclass(eq=False, slots=True)
class Row:
    """One row. ``key`` stays the same as long as the folder or run is there.

    ``run`` is the run's name, or None for a folder; ``runs`` are the runs that the row's box stands for, which is all
    that the filter leaves below a folder. A run that has runs below it is a folder whose first row is the run itself.
    """

    key: str
    label: str
    depth: int
    run: str | None
    runs: tuple[str, ...]
    folded: bool = False


@dataclass(eq=False, slots=True)
class _Folder:
    path: str
    label: str
    run: str | None = None
    children: dict[str, _Folder] = field(default_factory=dict)


class RunTree:
    """The folders that a set of runs makes. Names come in display order, and rows keep it."""

    def __init__(self, names: Iterable[str] = ()) -> None:
        self._root = _Folder("", "")
        for name in names:
            folder = self._root
            path = ""
            for part in name.split("/"):
                path = f"{path}/{part}" if path else part
                below = folder.children.get(part)
                if below is None:
                    below = folder.children[part] = _Folder(path, part)
                folder = below
            folder.run = name

    def folder_keys(self) -> list[str]:
        """Keys of all folders, as rows have them."""
        return [row.key for row in self.rows(None, ()) if row.run is None]

    def rows(
        self, shown: Collection[str] | None, folded: Collection[str], label: Callable[[str], str | None] | None = None
    ) -> list[Row]:
        """The rows to show, from top to bottom.

        ``shown`` are the runs that a filter leaves (None: all), ``folded`` the keys of folders folded away. ``label``
        gives a run's alias, or None to show its own last part.
        """
        result: list[Row] = []
        for child in self._root.children.values():
            self._walk(child, 0, "", shown, folded, label, result, True)
        return result

    def _walk(
        self,
        folder: _Folder,
        depth: int,
        prefix: str,
        shown: Collection[str] | None,
        folded: Collection[str],
        label: Callable[[str], str | None] | None,
        out: list[Row],
        visible: bool,
    ) -> list[str]:
        run = folder.run
        own = run is not None and (shown is None or run in shown)
        if not folder.children:
            if not own or run is None:
                return []
            if visible:
                alias = label(run) if label is not None else None
                out.append(Row(run, alias or prefix + folder.label, depth, run, (run,)))
            return [run]
        if run is None and len(folder.children) == 1:
            (only,) = folder.children.values()
            if only.children:
                return self._walk(only, depth, f"{prefix}{folder.label}/", shown, folded, label, out, visible)
        row = Row(f"{folder.path}/", f"{prefix}{folder.label}/", depth, None, ())
        row.folded = row.key in folded
        at = len(out)
        if visible:
            out.append(row)
        inside = visible and not row.folded
        runs: list[str] = []
        if own and run is not None:
            runs.append(run)
            if inside:
                alias = label(run) if label is not None else None
                out.append(Row(run, alias or ".", depth + 1, run, (run,)))
        for child in folder.children.values():
            runs += self._walk(child, depth + 1, "", shown, folded, label, out, inside)
        if not runs:
            del out[at:]
        row.runs = tuple(runs)
        return runs
