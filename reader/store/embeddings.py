"""The embeddings that configs name, by the config that names them; and those among the tensors of the log."""

from __future__ import annotations

from collections.abc import Iterable

from ..embeddings.model import EmbeddingSeries, EmbeddingSource
from ..model import EmbeddingKey, SeriesKey, TensorValue, TensorView

_NUMBERS = frozenset(
    f"{kind}{bits}" for kind, widths in (("int", (8, 16, 32, 64)), ("float", (16, 32, 64))) for bits in widths
) | {"uint8", "uint16", "uint32", "uint64", "bfloat16", "bool"}


class EmbeddingTable:
    """Sources by origin, which is the path of a config. Changed under the store's lock only."""

    def __init__(self) -> None:
        self._origins: dict[str, tuple[EmbeddingSource, ...]] = {}
        self._series: tuple[EmbeddingSeries, ...] | None = None
        self._logged: dict[SeriesKey, tuple[TensorView, EmbeddingSeries | None]] = {}

    def put(self, origin: str, sources: Iterable[EmbeddingSource]) -> set[EmbeddingKey]:
        """Replace what a config names; returns the keys whose sources are other ones now."""
        fresh = tuple(sources)
        before = self._origins.pop(origin, ())
        if fresh:
            self._origins[origin] = fresh
        if fresh == before:
            return set()
        self._series = None
        changed = set(fresh) ^ set(before)
        return {source.key for source in changed}

    def series(self) -> tuple[EmbeddingSeries, ...]:
        """All tags, by run and name. Of two sources of one step the one that stands last in its config counts."""
        if self._series is None:
            found: dict[EmbeddingKey, dict[tuple[bool, int], EmbeddingSource]] = {}
            for origin in sorted(self._origins):
                for source in self._origins[origin]:
                    found.setdefault(source.key, {})[source.step is not None, source.step or 0] = source
            self._series = tuple(
                EmbeddingSeries(key, tuple(steps[place] for place in sorted(steps)))
                for key, steps in sorted(found.items(), key=lambda item: (item[0].run, item[0].tag))
            )
        return self._series

    def forget_run(self, run: str) -> set[EmbeddingKey]:
        """A run is gone; returns the keys that went with it."""
        gone: set[EmbeddingKey] = set()
        for origin, sources in list(self._origins.items()):
            if any(source.key.run == run for source in sources):
                gone |= self.put(origin, [source for source in sources if source.key.run != run])
        return gone

    def logged(self, views: Iterable[TensorView]) -> tuple[EmbeddingSeries, ...]:
        """Those among all tensors of the log that are matrices of numbers. A view is the same object until it grows."""
        known, self._logged = self._logged, {}
        for view in views:
            entry = known.get(view.key)
            if entry is None or entry[0] is not view:
                entry = view, _logged(view)
            self._logged[view.key] = entry
        return tuple(series for _view, series in self._logged.values() if series is not None)


def _logged(view: TensorView) -> EmbeddingSeries | None:
    """The matrices of one tag; of a step that was logged twice the later one."""
    key = EmbeddingKey(view.key.run, view.key.tag, logged=True)
    steps = {
        step: _source(key, step, value)
        for step, value in zip(view.step.tolist(), view.values, strict=True)
        if is_matrix(value)
    }
    return EmbeddingSeries(key, tuple(steps[step] for step in sorted(steps))) if steps else None


def is_matrix(value: TensorValue) -> bool:
    """Whether a tensor can be shown as points."""
    return len(value.shape) == 2 and min(value.shape) > 0 and value.dtype in _NUMBERS and not value.raw


def _source(key: EmbeddingKey, step: int, value: TensorValue) -> EmbeddingSource:
    rows, columns = value.shape
    return EmbeddingSource(key, step, key.tag, tensor=value, shape=(rows, columns))
