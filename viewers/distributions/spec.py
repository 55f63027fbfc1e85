"""The pane as the tab bar knows it; the pane itself is imported when it is first shown, for a quick start."""

from __future__ import annotations

from collections.abc import Callable

from ...reader.api import Kind
from ..pane import Pane, PaneContext, PaneSpec


def _load() -> Callable[[PaneContext], Pane]:
    from .pane import DistributionsPane

    return DistributionsPane


SPEC = PaneSpec(
    id="distributions",
    title="Distributions",
    icon="distributions",
    kinds=frozenset({Kind.HISTOGRAM}),
    load=_load,
    shortcut="Ctrl+3",
)
