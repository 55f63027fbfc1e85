"""The pane as the tab bar knows it; the pane itself is imported when it is first shown, for a quick start."""

from __future__ import annotations

from collections.abc import Callable

from ..pane import Pane, PaneContext, PaneSpec


def _load() -> Callable[[PaneContext], Pane]:
    from .pane import ProjectorPane

    return ProjectorPane


SPEC = PaneSpec(
    id="projector",
    title="Projector",
    icon="projector",
    kinds=frozenset(),
    load=_load,
    shortcut="Ctrl+5",
    embeddings=True,
)
