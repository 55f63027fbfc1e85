"""What panes share whose cards are charts: their limits, linked or not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..charts.zoom import Views

if TYPE_CHECKING:
    from .board_pane import BoardPane

    class _Base(BoardPane):
        def focused_card(self) -> str | None: ...
else:
    _Base = object


class ZoomedCharts(_Base):
    """Mixed in before a :class:`~.board_pane.BoardPane` whose cards have a ``chart``.

    The pane makes ``views`` and says by ``focused_card()`` which card keys are meant for.
    """

    views: Views

    def follow_zoom(self, card: Any) -> None:
        """From now on the hand on the chart of a card moves those that are linked with it."""
        card.chart.view_changed.connect(lambda: self._view_changed(card))
        card.chart.back_wanted.connect(lambda: self.step_back(card.tag))

    def fit_all(self) -> None:
        """Show all data in every card."""
        self.views.fit_all()
        self._redraw()

    def step_back(self, card: str | None = None) -> None:
        """Undo the last zoom of ``card``, or the last of all."""
        changed = self.views.back(card or self.focused_card())
        if changed is not None:
            self.views.moved(changed)
            self._redraw()

    def _view_changed(self, card: Any) -> None:
        if self.views.moved(card.tag):
            for other in self.board.cards():
                if other is not card:
                    self._show_view(other)

    def _redraw(self) -> None:
        for card in self.board.cards():
            self._show_view(card)

    def _show_view(self, card: Any) -> None:
        card.chart.set_view(self.views.of(card.tag))
