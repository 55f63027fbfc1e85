"""The right side of the distributions pane: choices above, the read-out below."""

from __future__ import annotations

from ..board.panel import PanePanel


class DistributionsPanel(PanePanel):
    """The choices of the distributions pane."""

    def build(self) -> None:
        self.axis = self.axis_choice("Horizontal axis")
        self.median = self.switch("Median line", "median", "The middle of all values (Ctrl+Alt+M)")
        self.link = self.switch("Link zoom across cards", "link_zoom", "Zooming x in one zooms it in all (Ctrl+Alt+Z)")
        self.divide()
        self.restarts = self.restart_choice()

    def follow(self) -> None:
        now = self._settings.now
        self.axis.set_value(self._cursor.axis.value)
        self.median.setChecked(now.median)
        self.link.setChecked(now.link_zoom)
        self.restarts.set_value(now.restarts.value)
