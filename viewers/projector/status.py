"""What a view says of its layout, and which buttons it offers. No Qt."""

from __future__ import annotations

from typing import TypedDict

import numpy as np

from .jobs import begun_from
from .maths.umap import default_epochs
from .projections import Layout, Projections, Slot
from .settings import METHOD_NAMES, Method
from .worker.messages import TsneJob, UmapJob


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
        if fraction is None and not phase:
            fraction = _share(layout)
    if projections.broken(slot) or _is_unfinished(slot, projections):
        parts.append("stopped")
    return " · ".join(parts), fraction


def buttons_of(method: Method, slot: Slot, projections: Projections) -> Buttons:
    """What can be done with a layout now."""
    running = projections.running(slot)
    live = running and method in (Method.TSNE, Method.UMAP)
    layout = projections.layout_of(slot)
    begin = "Run" if layout is None else ""
    if projections.broken(slot) or _is_unfinished(slot, projections):
        begin = "Start again" if begun_from(method, layout) is None else "Go on"
    return Buttons(run="" if running else begin, pause=live, paused=projections.paused(slot), stop=running)


def _is_unfinished(slot: Slot, projections: Projections) -> bool:
    """True for a live layout that was left before its end, as one is when another is begun."""
    layout = projections.layout_of(slot)
    if layout is None or layout.done or projections.running(slot):
        return False
    return isinstance(layout.job, TsneJob | UmapJob)


def _share(layout: Layout) -> float | None:
    """How far a layout with a known end is."""
    job = layout.job
    if isinstance(job, TsneJob):
        return min(layout.iteration / job.iterations, 1.0) if job.iterations else None
    if isinstance(job, UmapJob):
        placed = np.count_nonzero(np.isfinite(layout.coordinates[:, 0]))
        epochs = job.epochs or default_epochs(int(placed))
        return min(layout.iteration / epochs, 1.0)
    return None


def _measures(layout: Layout) -> list[str]:
    found = []
    if layout.iteration:
        found.append(f"iteration {layout.iteration:,}")
    measures = layout.measures
    if measures.kl is not None:
        # It is never below zero, but for rounding.
        found.append(f"KL {max(measures.kl, 0.0):.3f}")
    if measures.trust is not None:
        # Of many points a sample tells.
        found.append(f"trust {'≈ ' if measures.sampled else ''}{measures.trust:.3f}")
    return found
