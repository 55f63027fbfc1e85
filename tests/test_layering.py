"""Who may import whom, read from the sources; docs/architecture.md says it in words."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
LAYERS = ("app", "viewers", "reader", "writer")
GUI = ("PySide6", "shiboken6", "pyqtgraph", "OpenGL")
#: What the extra `viewer` brings and a training machine need not have.
EXTRAS = (*GUI, "sklearn", "scipy", "watchdog")


@dataclass(frozen=True)
class Import:
    """One imported module, in dots below the package: ``reader.api``; libraries carry a leading ``!``."""

    file: Path
    line: int
    target: str
    at_start: bool

    def __str__(self) -> str:
        return f"{self.file.relative_to(ROOT).as_posix()}:{self.line} imports {self.target.lstrip('!')}"


def module_of(file: Path) -> tuple[str, ...]:
    parts = file.relative_to(ROOT).with_suffix("").parts
    return parts[:-1] if parts[-1] == "__init__" else parts


def sources(*layers: str) -> list[Path]:
    return sorted(file for layer in layers for file in (ROOT / layer).rglob("*.py"))


def imports(file: Path) -> Iterator[Import]:
    """Every import of a file; ``at_start`` is false inside functions and under ``if TYPE_CHECKING``."""
    package = module_of(file) if file.name == "__init__.py" else module_of(file)[:-1]

    def walk(node: ast.AST, at_start: bool) -> Iterator[Import]:
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield Import(file, node.lineno, "!" + alias.name, at_start)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            yield Import(file, node.lineno, "!" + (node.module or ""), at_start)
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1]
            named = (*base, *(node.module.split(".") if node.module else ()))
            for alias in node.names:
                # `from ..reader import api` names a module, `from ..reader.api import Run` something inside one.
                whole = (*named, alias.name)
                path = ROOT.joinpath(*whole)
                found = whole if path.with_suffix(".py").is_file() or (path / "__init__.py").is_file() else named
                yield Import(file, node.lineno, ".".join(found), at_start)
        else:
            inside = isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
            inside = inside or (isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test))
            for child in ast.iter_child_nodes(node):
                yield from walk(child, at_start and not inside)

    yield from walk(ast.parse(file.read_text(encoding="utf-8"), str(file)), True)


def all_imports(*layers: str) -> list[Import]:
    return [found for file in sources(*layers) for found in imports(file)]


def inside(target: str, *modules: str) -> bool:
    return any(target == module or target.startswith(module + ".") for module in modules)


def offenders(found: list[Import]) -> str:
    return "\n" + "\n".join(sorted(map(str, dict.fromkeys(found))))


def test_the_package_imports_itself_by_relative_imports() -> None:
    names = ("!runglass", *(f"!{layer}" for layer in LAYERS))
    wrong = [found for found in all_imports(*LAYERS) if inside(found.target, *names)]
    assert not wrong, offenders(wrong)


def test_the_reader_needs_nobody() -> None:
    wrong = [found for found in all_imports("reader") if not found.target.startswith(("!", "reader"))]
    assert not wrong, offenders(wrong)


def test_the_writer_takes_only_the_wire_of_the_reader() -> None:
    wrong = [
        found
        for found in all_imports("writer")
        if not found.target.startswith("!") and not inside(found.target, "writer", "reader.wire")
    ]
    assert not wrong, offenders(wrong)


def test_viewers_know_the_reader_by_its_api_and_nothing_of_the_app() -> None:
    wrong = [
        found
        for found in all_imports("viewers")
        if not found.target.startswith("!") and not inside(found.target, "viewers", "reader.api")
    ]
    assert not wrong, offenders(wrong)


def test_the_app_knows_the_reader_by_its_api() -> None:
    # The demo is a training script: it may use the writer as every training does.
    wrong = [
        found
        for found in all_imports("app")
        if not found.target.startswith("!")
        and not inside(found.target, "app", "viewers", "reader.api")
        and not (found.file.name in ("demo.py", "demo_tutorial.py") and found.target == "writer")
    ]
    assert not wrong, offenders(wrong)


def test_no_pane_is_imported_by_another_or_by_a_shared_part() -> None:
    panes = {file.parent.name for file in (ROOT / "viewers").glob("*/pane.py")}
    assert panes
    wrong = []
    for found in all_imports("viewers"):
        parts = found.target.split(".")
        if parts[0] == "viewers" and len(parts) > 1 and parts[1] in panes:
            own = found.file.relative_to(ROOT / "viewers").parts[0]
            if own not in (parts[1], "registry.py"):
                wrong.append(found)
    assert not wrong, offenders(wrong)


def test_reader_and_writer_know_no_window() -> None:
    names = tuple("!" + name for name in (*GUI, "sklearn"))
    wrong = [found for found in all_imports("reader", "writer") if inside(found.target, *names)]
    assert not wrong, offenders(wrong)


def test_the_numbers_behind_the_charts_know_no_window() -> None:
    names = tuple("!" + name for name in GUI)
    folders = ("viewers/lod", "viewers/projector/maths", "viewers/projector/worker")
    wrong = [found for found in all_imports(*folders) if inside(found.target, *names)]
    assert not wrong, offenders(wrong)


def test_no_module_imports_itself_by_a_detour() -> None:
    """Imports at start form no cycle."""
    graph: dict[str, dict[str, Import]] = {}
    for found in all_imports(*LAYERS):
        if found.at_start and not found.target.startswith("!"):
            graph.setdefault(".".join(module_of(found.file)), {}).setdefault(found.target, found)
    done: set[str] = set()
    cycles: list[str] = []

    def visit(module: str, path: list[str]) -> None:
        if module in path:
            circle = [*path[path.index(module) :], module]
            cycles.append("\n".join(str(graph[a][b]) for a, b in pairwise(circle)))
            return
        if module in done:
            return
        for target in graph.get(module, {}):
            if target != module:
                visit(target, [*path, module])
        done.add(module)

    for module in list(graph):
        visit(module, [])
    assert not cycles, "\n\n".join(["", *cycles])


BLOCKED = """
import importlib, sys

class Block:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in {blocked!r}:
            raise ImportError(f"{{name}} is blocked: a training machine does not have it")

sys.meta_path.insert(0, Block())
for module in {modules!r}:
    importlib.import_module(module)
assert not set(sys.modules) & set({blocked!r})
"""


@pytest.mark.parametrize("layer", ["reader", "writer"])
def test_a_training_machine_needs_nothing_of_the_window(layer: str) -> None:
    modules = [".".join(("runglass", *module_of(file))) for file in sources(layer)]
    script = BLOCKED.format(blocked=EXTRAS, modules=modules)
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, cwd=ROOT.parent)
    assert done.returncode == 0, done.stderr


def test_importing_the_package_costs_a_training_nothing() -> None:
    heavy = ("numpy", "PIL", "google.protobuf", "PySide6")
    script = f"import sys, runglass; print([name for name in {heavy!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, cwd=ROOT.parent)
    assert done.stdout.strip() == "[]", done.stdout + done.stderr
