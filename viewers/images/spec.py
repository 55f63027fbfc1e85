"""The pane as the tab bar knows it; the pane itself is imported when it is first shown, for a quick start."""

from __future__ import annotations

from collections.abc import Callable

from ...reader.api import Kind
from ..pane import Pane, PaneContext, PaneSpec


def _load() -> Callable[[PaneContext], Pane]:
    from .pane import ImagesPane

    return ImagesPane


SPEC = PaneSpec(
    id="images",
    title="Images",
    icon="images",
    kinds=frozenset({Kind.IMAGE}),
    load=_load,
    shortcut="Ctrl+2",
)
