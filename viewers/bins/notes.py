"""What a card says of what it leaves out. No Qt."""

from __future__ import annotations

from collections.abc import Sequence

from ...reader.api import RestartMode
from ..board.restarts import SHOW_ALL, hidden_note
from .points import Points


def left_out(first: Sequence[str], shown: Sequence[Points], dropped: int, mode: RestartMode) -> tuple[str, str]:
    """The note of a card of series that show these points, and the words behind it that show the others.

    ``first`` is said before what is damaged, ``dropped`` counts the unusable buckets.
    """
    told = []
    repeated = sum(points.repeated for points in shown)
    if repeated:
        told.append(f"{repeated:,} superseded by a later one of the same step")
    restarts = [restart for points in shown for restart in points.restarts]
    hidden = hidden_note(sum(points.hidden for points in shown), restarts, mode)
    if hidden:
        # First, as the end gives way where a card is narrow.
        told.insert(0, hidden)
    told += first
    if dropped:
        told.append(f"{dropped:,} damaged bucket{'' if dropped == 1 else 's'} left out")
    text = ", ".join(told)
    return text[:1].upper() + text[1:], SHOW_ALL if repeated or hidden else ""
