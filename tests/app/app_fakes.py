"""Stand-ins for what the window is given: a session whose log a test writes point by point, and panes that record."""

from __future__ import annotations

from typing import Any

import numpy as np
from PySide6.QtWidgets import QLabel, QWidget

from runglass.reader.api import (
    Change,
    Delta,
    EmbeddingSeries,
    Kind,
    LogHealth,
    Progress,
    RestartMode,
    RunInfo,
    ScalarSelection,
    ScalarView,
    SeriesKey,
    SeriesMetadata,
    Totals,
    WatchStatus,
)
from runglass.viewers.pane import ActionSpec, Pane, PaneContext, PaneSpec


class FakeSubscription:
    def __init__(self, store: FakeStore, wake: Any) -> None:
        self.store, self.wake, self.delta = store, wake, Delta()

    def drain(self) -> Delta:
        delta, self.delta = self.delta, Delta()
        return delta

    def close(self) -> None:
        self.store.subscriptions.remove(self)


class FakeStore:
    """Holds scalars; every change wakes the subscribers at once."""

    def __init__(self) -> None:
        self.infos: dict[str, RunInfo] = {}
        self.points: dict[SeriesKey, list[tuple[int, float, float]]] = {}
        self.subscriptions: list[FakeSubscription] = []
        self.generation = 0
        self.watch_status = WatchStatus("notified")
        self._progress = Progress(0, 0, 0, loading=True)
        self._health = LogHealth()

    def runs(self) -> tuple[RunInfo, ...]:
        return tuple(self.infos.values())

    def series(self, kind: Kind | None = None) -> tuple[SeriesKey, ...]:
        return tuple(key for key in self.points if kind is None or key.kind is kind)

    def embeddings(self) -> tuple[EmbeddingSeries, ...]:
        return ()

    def metadata(self, key: SeriesKey) -> SeriesMetadata:
        return SeriesMetadata()

    def scalars(self, key: SeriesKey) -> ScalarView:
        rows = self.points[key]
        return ScalarView(
            key,
            np.array([row[0] for row in rows], np.int64),
            np.array([row[1] for row in rows], np.float64),
            np.array([row[2] for row in rows], np.float32),
            0,
        )

    def selection(self, key: SeriesKey, mode: RestartMode) -> ScalarSelection:
        view = self.scalars(key)
        return ScalarSelection(view.step, view.wall, view.value, (0,))

    def health(self) -> LogHealth:
        return self._health

    def progress(self) -> Progress:
        return self._progress

    def totals(self) -> Totals:
        walls = [row[1] for rows in self.points.values() for row in rows]
        return Totals(
            len(self.infos),
            len({key.tag for key in self.points}),
            len(walls),
            20 * len(walls),
            max(walls, default=None),
        )

    def subscribe(self, wake: Any) -> FakeSubscription:
        subscription = FakeSubscription(self, wake)
        self.subscriptions.append(subscription)
        return subscription

    def add_run(self, name: str) -> None:
        self.infos[name] = RunInfo(name, f"/logs/{name}", "/logs", len(self.infos), 1.0)
        self.tell(new_runs={name})

    def add_point(
        self, run: str, tag: str, step: int, value: float, kind: Kind = Kind.SCALAR, wall: float = 2.0
    ) -> None:
        if run not in self.infos:
            self.add_run(run)
        key = SeriesKey(run, tag, kind)
        new = {key} - self.points.keys()
        self.points.setdefault(key, []).append((step, wall, value))
        self.tell(new_series=new, changed_series={key: Change.APPENDED})

    def set_progress(self, progress: Progress) -> None:
        self._progress = progress
        self.tell(progress=True)

    def set_health(self, health: LogHealth) -> None:
        self._health = health
        self.tell(health=True)

    def tell(self, **changes: Any) -> None:
        self.generation += 1
        for subscription in list(self.subscriptions):
            waiting = bool(subscription.delta)
            subscription.delta.generation = self.generation
            for name, value in changes.items():
                if isinstance(value, bool):
                    setattr(subscription.delta, name, True)
                else:
                    getattr(subscription.delta, name).update(value)
            if not waiting:
                subscription.wake()


class FakeSession:
    """Counts what is asked of it."""

    def __init__(self, roots: tuple[str, ...] = ()) -> None:
        self.roots = roots
        self.store = FakeStore()
        self.started = self.stopped = self.reloads = 0
        self.preferred: list[str] = []

    def start(self) -> None:
        self.started += 1

    def stop(self) -> None:
        self.stopped += 1

    def reload(self) -> None:
        self.reloads += 1

    def prefer(self, runs: Any) -> None:
        self.preferred = list(runs)


class RecordingPane(Pane):
    """Remembers all that was done to it; ``fail_on`` names a method that raises."""

    fail_on = ""

    def __init__(self, context: PaneContext) -> None:
        super().__init__()
        self.context = context
        self.deltas: list[Delta] = []
        self.active: list[bool] = []
        self.restored: dict[str, Any] = {}
        self.closed = 0
        self.chosen: list[str] = []

    def settings_widget(self) -> QWidget:
        return QLabel("settings of the pane")

    def apply(self, delta: Delta) -> None:
        self.deltas.append(delta)
        if self.fail_on == "apply" and len(self.deltas) > 1:
            raise ValueError("no <b>paint</b>")

    def set_active(self, active: bool) -> None:
        self.active.append(active)

    def commands(self) -> list[ActionSpec]:
        return [ActionSpec("fake.do", "Do the fake thing", "Scalars", lambda: self.chosen.append("done"), "Ctrl+Alt+D")]

    def palette_entries(self) -> list[tuple[str, Any]]:
        tags = sorted({key.tag for key in self.context.store.series()})
        return [(tag, lambda tag=tag: self.chosen.append(tag)) for tag in tags]

    def headline(self) -> str | None:
        return "acc"

    def save_state(self) -> dict[str, Any]:
        return {"zoom": 3}

    def restore_state(self, state: Any) -> None:
        self.restored = dict(state)

    def close_pane(self) -> None:
        self.closed += 1


class FailingPane(RecordingPane):
    fail_on = "apply"


def refuse(context: PaneContext) -> Pane:
    raise RuntimeError("cannot be made")


def specs(create: Any = RecordingPane, second: Any = RecordingPane) -> tuple[PaneSpec, ...]:
    return (
        PaneSpec("scalars", "Scalars", "scalars", frozenset({Kind.SCALAR}), lambda: create, "Ctrl+1"),
        PaneSpec("images", "Images", "images", frozenset({Kind.IMAGE}), lambda: second, "Ctrl+2"),
        PaneSpec("text", "Text", "text", frozenset({Kind.TEXT}), lambda: RecordingPane, "Ctrl+3"),
    )
