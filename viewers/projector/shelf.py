"""Which embeddings there are, which of them is shown, and how far it is loaded."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from PySide6.QtCore import QObject, Signal

from ...reader.api import EmbeddingKey, EmbeddingSeries
from ..pane import PaneContext
from .dataset import Dataset, Wanted
from .loader import Loader


class Shelf(QObject):
    """``changed`` fires when the list, the choice or the state of loading is another, ``loaded`` carries a
    :class:`Dataset` that is to be shown. Nothing is loaded before the pane is shown for the first time.
    """

    changed = Signal()
    loaded = Signal(object)

    def __init__(self, context: PaneContext, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._loader = Loader(context, self)
        self._loader.loaded.connect(self._take)
        self._loader.failed.connect(self._fail)
        self._loader.progressed.connect(self._progress)
        self.series: tuple[EmbeddingSeries, ...] = ()
        self.failure = ""
        self.permission = ""
        self.fraction = 0.0
        #: True if the data set that was loaded last is another step or state of the one before.
        self.same_series = False
        self._wanted: Wanted | None = None
        self._shown: Wanted | None = None
        self._newest = True
        self._active = False
        self._remembered: tuple[EmbeddingKey, int | None] | None = None

    @property
    def loading(self) -> bool:
        """True while something is loaded."""
        return self._loader.busy

    @property
    def steps_on(self) -> bool:
        """True if another step or state of what is shown is wanted."""
        return _same_series(self._shown, self._wanted)

    @property
    def empty(self) -> bool:
        """True if there is nothing to choose and nothing is shown."""
        return not self.series and self._wanted is None

    @property
    def gone(self) -> bool:
        """True if what is shown came from the log and is not there any more."""
        shown = self._shown
        return (
            shown is not None
            and shown.source is not None
            and not self.loading
            and all(series.key != shown.source.key for series in self.series)
        )

    @property
    def wanted(self) -> Wanted | None:
        """What is shown or is being loaded."""
        return self._wanted

    @property
    def chosen(self) -> EmbeddingSeries | None:
        """The embedding that was chosen, with all its steps; None for a file of the user's."""
        key = self._wanted.source.key if self._wanted is not None and self._wanted.source is not None else None
        return next((series for series in self.series if series.key == key), None)

    @property
    def run(self) -> str:
        """The run that the shown points are of; empty for a file."""
        wanted = self._wanted
        return wanted.source.key.run if wanted is not None and wanted.source is not None else ""

    @property
    def title(self) -> str:
        """What is shown, for people."""
        wanted = self._wanted
        if wanted is None:
            return "No embedding"
        if wanted.source is None:
            return wanted.title
        return f"{self._context.runs.label(wanted.source.key.run)} · {wanted.source.key.tag}"

    @property
    def has_before(self) -> bool:
        """True if something else was shown before what is wanted."""
        return self._shown is not None and self._shown is not self._wanted

    @property
    def file_stem(self) -> str:
        """What files about it may be called."""
        wanted = self._wanted
        if wanted is None:
            return "embedding"
        return wanted.title if wanted.source is None else f"{wanted.source.key.tag}-{wanted.source.key.run}"

    @property
    def steps(self) -> list[int | None]:
        """The steps of what is shown."""
        chosen = self.chosen
        return [] if chosen is None else [source.step for source in chosen.sources]

    @property
    def rank(self) -> int:
        """Where among :attr:`steps` what is shown stands."""
        chosen, wanted = self.chosen, self._wanted
        if chosen is None or wanted is None or wanted.source is None:
            return 0
        return _rank(chosen, wanted.source.step)

    def refresh(self, changed: Collection[EmbeddingKey]) -> None:
        """Take in what changed in the log."""
        self.series = self._context.store.embeddings()
        self._forget_lost()
        self._choose_first()
        chosen, wanted = self.chosen, self._wanted
        if self._active and chosen is not None and wanted is not None and chosen.key in changed:
            source = chosen.newest if self._newest else chosen.sources[_rank(chosen, self._step())]
            self._load(Wanted(source))
        self.changed.emit()

    def set_active(self, active: bool) -> None:
        """The pane is shown or hidden."""
        self._active = active
        if active:
            self.series = self._context.store.embeddings()
            self._forget_lost()
            self._choose_first()
            chosen = self.chosen
            if self._newest and chosen is not None and self._step() != chosen.newest.step:
                self._load(Wanted(chosen.newest))
            self.changed.emit()

    def choose(self, key: EmbeddingKey) -> None:
        """Show another embedding, its newest step."""
        for series in self.series:
            if series.key == key:
                self._newest = True
                self._load(Wanted(series.newest))

    def choose_step(self, rank: int) -> None:
        """Show another step; the last one means the newest."""
        chosen = self.chosen
        if chosen is not None and 0 <= rank < len(chosen.sources):
            self._newest = rank == len(chosen.sources) - 1
            if chosen.sources[rank].step != self._step():
                self._load(Wanted(chosen.sources[rank]))

    def choose_file(self, path: str) -> None:
        """Show a file of the user's."""
        self._load(Wanted(path=path))

    def retry(self) -> None:
        """Load again what could not be loaded."""
        if self._wanted is not None:
            self._load(self._wanted)

    def back(self) -> None:
        """Show what was shown before something could not be."""
        if self._shown is not None:
            self._wanted = self._shown
            self.failure = self.permission = ""
            self.changed.emit()

    def allow(self, path: str) -> None:
        """The user lets a file outside of the log be read."""
        self._context.session.allow(path)
        self.retry()

    def cancel(self) -> None:
        """Give up loading; what was shown before stays."""
        self._loader.cancel()
        if self._shown is None:
            self.failure, self.permission = "Loading was cancelled.", ""
        else:
            self._wanted = self._shown
        self.changed.emit()

    def close(self) -> None:
        """Nothing is loaded or told any more."""
        self._loader.cancel()

    def to_json(self) -> Any:
        """For the session file."""
        wanted = self._wanted
        if wanted is None or wanted.source is None:
            return None
        key = wanted.source.key
        step = None if self._newest else wanted.source.step
        return {"run": key.run, "tag": key.tag, "logged": key.logged, "step": step}

    def take_json(self, state: object) -> None:
        """What :meth:`to_json` gave; anything else is ignored."""
        if not isinstance(state, Mapping):
            return
        run, tag, step = state.get("run"), state.get("tag"), state.get("step")
        if isinstance(run, str) and isinstance(tag, str):
            key = EmbeddingKey(run, tag, state.get("logged") is True)
            self._remembered = key, step if isinstance(step, int) else None

    def _step(self) -> int | None:
        return self._wanted.source.step if self._wanted is not None and self._wanted.source is not None else None

    def _forget_lost(self) -> None:
        """What went out of the log before it could be shown is not waited for."""
        wanted = self._wanted
        if wanted is not None and wanted.source is not None and wanted is not self._shown and self.chosen is None:
            self._loader.cancel()
            self._wanted = self._shown
            self.failure = self.permission = ""

    def _choose_first(self) -> None:
        if not self._active or self._wanted is not None or not self.series:
            return
        source = next((one for one in self.series if not one.newest.missing), self.series[0]).newest
        if self._remembered is not None:
            key, step = self._remembered
            for series in self.series:
                if series.key == key:
                    self._newest = step is None
                    source = series.newest if step is None else series.sources[_rank(series, step)]
        self._load(Wanted(source))

    def _load(self, wanted: Wanted) -> None:
        self._wanted = wanted
        self.failure = self.permission = ""
        self.fraction = 0.0
        self._loader.load(wanted)
        self.changed.emit()

    def _take(self, dataset: Dataset) -> None:
        self.same_series = _same_series(self._shown, dataset.wanted)
        self._shown = dataset.wanted
        self.loaded.emit(dataset)
        self.changed.emit()

    def _fail(self, text: str, permission: str) -> None:
        self.failure, self.permission = text, permission
        self.changed.emit()

    def _progress(self, fraction: float) -> None:
        self.fraction = fraction
        self.changed.emit()


def _same_series(one: Wanted | None, other: Wanted | None) -> bool:
    if one is None or other is None or one.source is None or other.source is None:
        return False
    return one.source.key == other.source.key


def _rank(series: EmbeddingSeries, step: int | None) -> int:
    """Where a step stands, or else the last one."""
    steps = [source.step for source in series.sources]
    return steps.index(step) if step in steps else len(steps) - 1
