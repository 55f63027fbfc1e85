"""The panes, in the order of their tabs. Adding one touches its own folder and a line here."""

from __future__ import annotations

from .distributions.pane import SPEC as DISTRIBUTIONS
from .histograms.pane import SPEC as HISTOGRAMS
from .images.pane import SPEC as IMAGES
from .pane import PaneSpec
from .scalars.pane import SPEC as SCALARS

PANES: tuple[PaneSpec, ...] = (SCALARS, IMAGES, DISTRIBUTIONS, HISTOGRAMS)
