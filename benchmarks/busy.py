"""How free the window stays while the projector loads, projects, colours, searches and selects."""

from __future__ import annotations

import math
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from harness import Benchmark, Row, Settings, fresh, percentile, seconds

METHOD = """\
The whole program; a timer of 5 ms runs in the thread of its window while an embedding with three columns of labels is
opened, its components are found and turned, points are coloured by each column, by density and by run, one and many of
them selected, isolated and labelled, searched, hovered, turned and chosen in a lasso with the mouse, two projections
shown side by side, t-SNE laid out live, the theme changed, a state kept and restored and a table exported. A gap is the
time between two calls of the timer; p99.9 is that of all gaps, and the share of the processor that the gap's own thread
had in the longest tells how much of it was the window's own work and how much waiting for a processor. numpy draws."""
_COLUMNS = "kind\tname\tweight\n"


def write_points(folder: Path, points: int, dimensions: int) -> None:
    """Twenty clouds with labels in TensorBoard's layout: raw numbers and a config in the folder itself."""
    import numpy as np

    random = np.random.default_rng(5)
    kinds = random.integers(0, 20, points)
    matrix = random.normal(size=(20, dimensions))[kinds] * 2.2 + random.normal(size=(points, dimensions))
    matrix.astype("<f4").tofile(folder / "points.bytes")
    rows = (f"kind {kind}\tname {number}\t{number / 7:.3f}\n" for number, kind in enumerate(kinds.tolist()))
    (folder / "labels.tsv").write_text(_COLUMNS + "".join(rows), encoding="utf-8")
    (folder / "projector_config.pbtxt").write_text(
        f'embeddings {{ tensor_name: "points" tensor_path: "points.bytes" metadata_path: "labels.tsv" '
        f"tensor_shape: {points} tensor_shape: {dimensions} }}\n",
        encoding="utf-8",
    )


class _Gaps:
    """The time between two turns of the event loop, and what of it the thread itself computed."""

    def __init__(self) -> None:
        from PySide6.QtCore import Qt, QTimer

        self.gaps: list[tuple[float, float]] = []
        self._at = time.perf_counter(), time.thread_time()
        self._timer = QTimer()
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._tick)
        self._timer.start(5)

    def _tick(self) -> None:
        now = time.perf_counter(), time.thread_time()
        self.gaps.append((now[0] - self._at[0], now[1] - self._at[1]))
        self._at = now

    def stop(self) -> dict[str, float]:
        self._timer.stop()
        longest, own = max(self.gaps)
        return {
            "p999": percentile([gap for gap, _own in self.gaps], 0.999),
            "own": percentile([own for _gap, own in self.gaps], 0.999),
            "longest": longest,
            "longest_own": own,
        }


def window_gaps(points: int, dimensions: int, live: float) -> dict[str, Any]:
    """Gaps of the event loop in seconds, by what is done. ``live`` seconds of t-SNE. Called in a fresh process."""
    from driving import Program

    with tempfile.TemporaryDirectory(prefix="runglass-busy-") as folder:
        (Path(folder) / "log").mkdir()
        write_points(Path(folder) / "log", points, dimensions)
        program = Program()
        program.until(lambda: False, 1.0)
        program.controller.open([str(Path(folder) / "log")])
        program.until(lambda: program.controller.workspace is not None and bool(program.store.embeddings()))
        # The first pane that is shown has its modules imported: the benchmarks of starting measure that.
        program.until(lambda: False, 1.0)
        program.show("projector")
        program.until(lambda: program.pane_of("projector") is not None)
        pane = program.pane_of("projector")
        gaps = _Gaps()
        found: dict[str, Any] = {}
        everything: list[tuple[float, float]] = []
        for name, act in _acts(program, pane, Path(folder), live):
            begun = len(gaps.gaps)
            act()
            part = [gap for gap, _own in gaps.gaps[begun:]]
            found[name] = max(part, default=0.0)
        everything = gaps.gaps
        found |= gaps.stop()
        found["turns"] = len(everything)
        program.close()
    return found


def _acts(program: Any, pane: Any, folder: Path, live: float) -> list[tuple[str, Callable[[], Any]]]:
    """What a user does, each until all of it is shown."""
    import numpy as np
    from PySide6.QtCore import QPoint, Qt
    from PySide6.QtTest import QTest

    from runglass.viewers.cloud.gestures import Mode
    from runglass.viewers.projector.dressing import DENSITY, RUN
    from runglass.viewers.projector.settings import Method
    from runglass.viewers.theme import DARK, LIGHT

    stages, settings, chosen = pane.stages, pane.settings, pane.chosen

    def rest(patience: float = 1.0) -> None:
        program.until(lambda: False, patience)
        program.until(lambda: not program.controller.jobs.busy)

    def known() -> None:
        # The neighbours of very many points take minutes, in which the window is as busy as afterwards.
        program.until(lambda: stages.layout_of(stages.current) is not None, 60.0)

    def load() -> None:
        program.until(lambda: pane.dataset is not None)
        known()
        rest(3.0)

    def color() -> None:
        for column in ("name", "weight", DENSITY, RUN, "", "kind"):
            settings.update(color_by=column)
            rest(0.5)

    def select() -> None:
        chosen.select_one(7)
        program.until(lambda: chosen.neighbours is not None)
        rest(0.5)
        chosen.isolate()
        rest(0.5)
        chosen.show_all()
        chosen.select(np.arange(chosen.count) % 3 == 0)
        rest(0.5)
        pane.looks.label(chosen.mask, "third", "name")
        rest(0.5)
        pane.looks.undo()
        chosen.select_one(-1)
        rest(0.5)

    def search() -> None:
        pane.inspection.search("name 7")
        program.until(lambda: chosen.size > 0)
        rest(0.5)
        pane.inspection.search("")
        chosen.select_one(-1)

    def drag(mode: Mode, path: Callable[[float], tuple[float, float]]) -> None:
        pane.set_mode(mode)
        surface = stages.current.view.surface.widget
        middle = surface.rect().center()
        spots = [middle + QPoint(*map(round, path(step / 60))) for step in range(61)]
        QTest.mousePress(surface, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, spots[0])
        for spot in spots:
            QTest.mouseMove(surface, spot)
            program.until(lambda: False, 0.016)
        QTest.mouseRelease(surface, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, spots[-1])
        rest(0.5)

    def hover() -> None:
        surface = stages.current.view.surface.widget
        for step in range(60):
            QTest.mouseMove(surface, surface.rect().center() + QPoint(4 * step - 120, 3 * (step % 7)))
            program.until(lambda: False, 0.016)

    def lasso() -> None:
        drag(Mode.LASSO, lambda share: (150 * math.cos(6 * share), 120 * math.sin(6 * share)))
        chosen.select_one(-1)
        pane.set_mode(Mode.NAVIGATE)

    def switch() -> None:
        for changed in ({"pca_x": 3}, {"three": False}, {"three": True}, {"labels": True}, {"labels": False}):
            settings.update(**changed)
            rest(0.7)

    def side_by_side() -> None:
        settings.update(split=True, second=Method.PCA)
        rest(1.5)
        settings.update(split=False)
        rest(0.5)

    def tsne() -> None:
        stages.choose_method(Method.TSNE)
        known()
        rest(live)
        stages.run_or_pause()
        rest(0.5)

    def keep() -> None:
        pane.keep_state()
        rest(0.3)
        pane.bookmarks.restore(0)
        rest(0.5)
        pane.exporter.write_points(
            folder / "points.tsv", stages.current.places, pane.axis_names(stages.current), pane.looks.columns, None
        )
        rest(0.3)

    def theme() -> None:
        for each in (LIGHT, DARK):
            pane.context.theme.set(each)
            rest(0.7)

    return [
        ("load", load),
        ("turn", lambda: drag(Mode.NAVIGATE, lambda share: (180 * share, 60 * share))),
        ("switch", switch),
        ("color", color),
        ("select", select),
        ("search", search),
        ("hover", hover),
        ("lasso", lasso),
        ("split", side_by_side),
        ("tsne", tsne),
        ("theme", theme),
        ("keep", keep),
    ]


def _rows(settings: Settings) -> list[Row]:
    rows = []
    for points, dimensions in ((settings.size(100_000, 2000), 64), (settings.size(1_000_000, 5000), 16)):
        arguments = {"points": points, "dimensions": dimensions, "live": settings.size(8, 1)}
        taker = {"Runglass": lambda arguments=arguments: fresh("busy:window_gaps", **arguments)}
        found = settings.interleave(taker, settings.rounds_of(20))["Runglass"]
        gap = found.median("p999")
        own = found.median("longest_own")
        print(f"  longest gap {found.spread('longest')} s, of which computed by the window {1000 * own:.0f} ms")
        what = f"gap of the event loop while {points:,} points are worked with, p99.9"
        rows.append(Row(what, seconds(gap), "", "", "≤ 50 ms", gap <= 0.05))
    return rows


BENCHMARKS = (Benchmark("projector_window", "gaps of the event loop with the projector at work", "", _rows, METHOD),)
