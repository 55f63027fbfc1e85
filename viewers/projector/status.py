"""What a view says of its layout, and which buttons it offers. No Qt."""

from __future__ import annotations

from typing import TypedDict

from .projections import Layout, Projections, Slot
from .settings import METHOD_NAMES, Method


class Buttons(TypedDict):
    """The arguments of :meth:`.stage.Stage.offer`."""

    run: str
    pause: bool
    paused: bool
    stop: bool


def status_of(method: Method, slot: Slot, projections: Projections) -> tuple[str, float | None]:
    """The line below a view, and how far the work is (0 to 1; None where unknown)."""
    layout = projections.layout_of(slot)
    phase, fraction = projections.progress(slot)
    parts = [METHOD_NAMES[method]]
    if projections.running(slot) and phase:
        parts.append(phase)
    elif projections.running(slot) and layout is None:
        parts.append("starting")
    if layout is not None:
        parts += _measures(layout)
        if projections.paused(slot):
            parts.append("paused")
        parts += layout.notes
    return " · ".join(parts), fraction


def buttons_of(method: Method, slot: Slot, projections: Projections) -> Buttons:
    """What can be done with a layout now."""
    running = projections.running(slot)
    live = running and method in (Method.TSNE, Method.UMAP)
    known = projections.layout_of(slot) is not None
    return Buttons(run="" if running or known else "Run", pause=live, paused=projections.paused(slot), stop=running)


def _measures(layout: Layout) -> list[str]:
    found = []
    if layout.iteration:
        found.append(f"iteration {layout.iteration:,}")
    measures = layout.measures
    if measures.kl is not None:
        found.append(f"KL {measures.kl:.3f}")
    if measures.trust is not None:
        found.append(f"trust {measures.trust:.3f}{' (of a sample)' if measures.sampled else ''}")
    return found
