"""The panes, in the order of their tabs. Adding one touches its own folder and a line here."""

from __future__ import annotations

from .images.pane import SPEC as IMAGES
from .pane import PaneSpec
from .scalars.pane import SPEC as SCALARS

PANES: tuple[PaneSpec, ...] = (SCALARS, IMAGES)
