"""The panes, in the order of their tabs. Adding one touches its own folder and a line here."""

from __future__ import annotations

from .distributions.spec import SPEC as DISTRIBUTIONS
from .histograms.spec import SPEC as HISTOGRAMS
from .images.spec import SPEC as IMAGES
from .pane import PaneSpec
from .projector.spec import SPEC as PROJECTOR
from .scalars.spec import SPEC as SCALARS

PANES: tuple[PaneSpec, ...] = (SCALARS, IMAGES, DISTRIBUTIONS, HISTOGRAMS, PROJECTOR)
