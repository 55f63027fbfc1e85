"""The panes of one workspace: made when first shown, fed while shown, replaced by their error if they fail."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QStackedWidget, QWidget

from ..viewers.pane import Pane, PaneContext, PaneSpec
from ..viewers.widgets import EmptyState

if TYPE_CHECKING:
    from ..reader.api import Delta

#: The settings of a pane are made this much later than the pane.
SETTINGS_MS = 60
Report = Callable[[BaseException, str], str]
T = TypeVar("T")


class PaneHost(QStackedWidget):
    """Shows one pane of ``specs``.

    ``report(error, where)`` logs a pane's exception and returns its traceback. ``switched(id)`` fires after another
    pane was shown, ``settings_ready(id, widget)`` when a pane has made its settings (None: it failed and has none),
    ``headline_changed(tag)`` when a pane leads with another tag.
    """

    switched = Signal(str)
    settings_ready = Signal(str, object)
    headline_changed = Signal(object)

    def __init__(
        self, specs: Sequence[PaneSpec], context: PaneContext, report: Report, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._specs = {spec.id: spec for spec in specs}
        self._context = context
        self._report = report
        self._pages: dict[str, QWidget] = {}
        self._missed: dict[str, Delta] = {}
        self._states: dict[str, Any] = {}
        self._active = ""

    @property
    def active(self) -> str:
        """Id of the pane that is shown, empty before the first."""
        return self._active

    def pane(self, pane_id: str) -> Pane | None:
        """The pane if it was made and works."""
        page = self._pages.get(pane_id)
        return page if isinstance(page, Pane) else None

    def show_pane(self, pane_id: str) -> None:
        """Show a pane, making it if need be, and give it all that it missed. KeyError for no such pane."""
        spec = self._specs[pane_id]
        if pane_id == self._active:
            return
        before = self.pane(self._active)
        if before is not None:
            self._guarded(self._active, "hiding it", partial(before.set_active, False))
        self._active = pane_id
        self._bring(spec)
        self.switched.emit(pane_id)

    def apply(self, delta: Delta) -> None:
        """Hand a change to the pane that is shown; the others get theirs when they are."""
        for pane_id in self._pages:
            if pane_id != self._active:
                self._note(pane_id, delta)
        pane = self.pane(self._active)
        if pane is not None:
            self._guarded(self._active, "taking in new data", partial(pane.apply, delta))

    def save_states(self) -> dict[str, Any]:
        """What the session remembers of every pane, also of those not made this time."""
        states = dict(self._states)
        for pane_id in list(self._pages):
            pane = self.pane(pane_id)
            if pane is not None:
                state, error = _attempt(pane.save_state)
                if error is None:
                    states[pane_id] = state
                else:
                    self._report(error, f"Saving the state of {pane_id}")
        return states

    def restore_states(self, states: Mapping[str, Any]) -> None:
        """Give panes that are made what they had last time; the others get it when they are made."""
        self._states = {str(key): value for key, value in states.items() if isinstance(value, Mapping)}
        for pane_id in list(self._pages):
            self._restore(pane_id)

    def close_panes(self) -> None:
        """Stop everything of every pane."""
        for pane_id in list(self._pages):
            pane = self.pane(pane_id)
            if pane is not None:
                self._close(pane_id, pane)

    def _bring(self, spec: PaneSpec) -> None:
        if spec.id not in self._pages:
            self._make(spec)
        self.setCurrentWidget(self._pages[spec.id])
        pane = self.pane(spec.id)
        if pane is not None:
            self._guarded(spec.id, "showing it", partial(pane.set_active, True))
        missed = self._missed.pop(spec.id, None)
        pane = self.pane(spec.id)
        if pane is not None and missed is not None:
            self._guarded(spec.id, "taking in new data", partial(pane.apply, missed))

    def _make(self, spec: PaneSpec) -> None:
        pane, error = _attempt(partial(spec.create, self._context))
        if error is not None or pane is None:
            self._fail(spec.id, "opening it", error or TypeError("it made nothing"))
            return
        self._put(spec.id, pane)
        pane.headline_changed.connect(lambda: self.headline_changed.emit(pane.headline()))
        # Making and painting the pane is enough for one turn of the event loop.
        QTimer.singleShot(SETTINGS_MS, pane, partial(self._make_settings, spec.id, pane))
        self._restore(spec.id)
        self._guarded(spec.id, "taking in the log", partial(pane.apply, everything(self._context)))

    def _make_settings(self, pane_id: str, pane: Pane) -> None:
        if self.pane(pane_id) is not pane:
            return
        settings, error = _attempt(pane.settings_widget)
        if error is not None or settings is None:
            self._fail(pane_id, "making its settings", error or TypeError("it made none"))
        else:
            # Showing them for the first time costs as much as making them. Until then they go where the host goes.
            settings.setParent(self)
            QTimer.singleShot(SETTINGS_MS, pane, lambda: self.settings_ready.emit(pane_id, settings))

    def _restore(self, pane_id: str) -> None:
        pane = self.pane(pane_id)
        state = self._states.get(pane_id)
        if pane is not None and state:
            # A remembered view that no longer fits must not cost the pane: it opens with its defaults.
            _none, error = _attempt(partial(pane.restore_state, state))
            if error is not None:
                detail = self._report(error, f"Restoring {pane_id}")
                self._context.notify("The remembered view could not be restored.", "warning", detail)

    def _guarded(self, pane_id: str, doing: str, work: Callable[[], None]) -> None:
        _none, error = _attempt(work)
        if error is not None:
            self._fail(pane_id, doing, error)

    def _close(self, pane_id: str, pane: Pane) -> None:
        _none, error = _attempt(pane.close_pane)
        if error is not None:
            self._report(error, f"Closing {pane_id}")

    def _fail(self, pane_id: str, doing: str, error: Exception) -> None:
        title = self._specs[pane_id].title
        detail = self._report(error, f"{title} failed while {doing}")
        failed = self.pane(pane_id)
        if failed is not None:
            self._close(pane_id, failed)
        page = EmptyState(
            "error",
            f"{title} stopped",
            f"It failed while {doing}: {type(error).__name__}: {error}\nThe other panes go on.",
            actions=[
                ("Try again", partial(self._retry, pane_id)),
                ("Copy details", partial(_copy, detail)),
            ],
        )
        page.setObjectName("paneError")
        self._put(pane_id, page)
        self.settings_ready.emit(pane_id, None)

    def _retry(self, pane_id: str) -> None:
        old = self._pages.pop(pane_id)
        self.removeWidget(old)
        old.deleteLater()
        if pane_id == self._active:
            self._bring(self._specs[pane_id])
            self.switched.emit(pane_id)

    def _put(self, pane_id: str, page: QWidget) -> None:
        old = self._pages.pop(pane_id, None)
        self._pages[pane_id] = page
        self.addWidget(page)
        if pane_id == self._active:
            self.setCurrentWidget(page)
        if old is not None:
            self.removeWidget(old)
            old.deleteLater()

    def _note(self, pane_id: str, delta: Delta) -> None:
        # Here and not above: the window is shown before the reader is imported.
        from ..reader.api import merge_delta

        merge_delta(self._missed.setdefault(pane_id, type(delta)()), delta)


def everything(context: PaneContext) -> Delta:
    """A change that names all runs and series there are: what a pane made late has to know."""
    from ..reader.api import Change, Delta

    keys = context.store.series()
    return Delta(
        generation=context.store.generation,
        new_runs={info.name for info in context.store.runs()},
        new_series=set(keys),
        changed_series=dict.fromkeys(keys, Change.APPENDED),
        changed_embeddings={series.key for series in context.store.embeddings()},
        health=True,
        progress=True,
    )


def _attempt(work: Callable[[], T]) -> tuple[T | None, Exception | None]:
    """The result of ``work``, or what it raised: a pane may fail in any way and must not take the window along."""
    try:
        return work(), None
    except Exception as error:  # noqa: BLE001
        return None, error


def _copy(text: str) -> None:
    QGuiApplication.clipboard().setText(text)
