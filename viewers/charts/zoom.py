"""The limits of all charts, and the x range that linked charts share."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .view import ChartView, Range

_MOST_SAVED = 500


class Views:
    """Each tag's view. While linked, all have the same x range."""

    def __init__(self) -> None:
        self._views: dict[str, ChartView] = {}
        self.linked = True
        self.shared_x: Range | None = None
        self._last: str | None = None

    def of(self, tag: str) -> ChartView:
        """The view of a tag's chart."""
        view = self._views.get(tag)
        if view is None:
            view = self._views[tag] = ChartView()
        if self.linked:
            view.x = self.shared_x
        return view

    def moved(self, tag: str) -> bool:
        """A chart's view was changed by hand; True if the x range of the others changes with it."""
        self._last = tag
        x = self._views[tag].x
        if not self.linked or x == self.shared_x:
            return False
        self.shared_x = x
        return True

    def link(self, on: bool, tag: str | None = None) -> None:
        """Share one x range, that of the chart zoomed last, or let every chart keep its own."""
        if on and not self.linked:
            last = self._views.get(tag or self._last or "")
            self.shared_x = last.x if last is not None else None
        self.linked = on

    def back(self, tag: str | None) -> str | None:
        """Step back in ``tag``'s view, or else in that zoomed last; the tag whose view changed, or None."""
        for candidate in (tag, self._last):
            if candidate is not None and candidate in self._views and self.of(candidate).back():
                return candidate
        return None

    def fit_all(self) -> None:
        """Show all data in every chart."""
        self.shared_x = None
        for view in self._views.values():
            if not view.fitted:
                view.remember()
                view.x = view.y = None

    def forget_x(self) -> None:
        """The x axis means something else now: no range of it holds any more."""
        self.shared_x = None
        for view in self._views.values():
            view.x = None
            view.history.clear()

    def to_json(self) -> dict[str, Any]:
        """Chosen limits for the session file."""
        chosen = {
            tag: {"x": None if self.linked else _listed(view.x), "y": _listed(view.y), "log": view.y_log}
            for tag, view in self._views.items()
            if view.y is not None or view.y_log is not None or (view.x is not None and not self.linked)
        }
        return {"shared_x": _listed(self.shared_x), "charts": dict(list(chosen.items())[-_MOST_SAVED:])}

    def take_json(self, state: Mapping[str, Any]) -> None:
        """Take back :meth:`to_json`'s values; damaged ones are left out."""
        self.shared_x = _range(state.get("shared_x"))
        charts = state.get("charts")
        for tag, saved in charts.items() if isinstance(charts, dict) else ():
            if isinstance(saved, dict):
                log = saved.get("log")
                self._views[str(tag)] = ChartView(
                    _range(saved.get("x")), _range(saved.get("y")), log if isinstance(log, bool) else None
                )


def _listed(limits: Range | None) -> list[float] | None:
    return None if limits is None else list(limits)


def _range(value: object) -> Range | None:
    if isinstance(value, (list, tuple)) and len(value) == 2 and all(type(part) in (int, float) for part in value):
        return float(value[0]), float(value[1])
    return None
