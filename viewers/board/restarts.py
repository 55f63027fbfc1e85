"""What panes say and offer where a training went back to an earlier step and wrote on. No Qt."""

from __future__ import annotations

from collections.abc import Sequence

from ...reader.api import RestartMode

OPTIONS = [("latest", "Latest"), ("all", "All"), ("tensorboard", "TensorBoard")]
HELP = (
    "What is shown where a training went back to an earlier step and wrote on.\n"
    "Latest: the newest attempt. All: every point, as written. TensorBoard: what TensorBoard would keep."
)
SHOW_ALL = "Show all"


def hidden_note(hidden: int, restarts: Sequence[tuple[int, int]], mode: RestartMode) -> str:
    """What is left out of a card and why, empty where nothing is; ``restarts`` are (step, points hidden by it)."""
    if not hidden:
        return ""
    points = f"{hidden:,} point{'' if hidden == 1 else 's'}"
    if mode in (RestartMode.AS_TENSORBOARD, RestartMode.AS_TENSORBOARD_FAST):
        return f"{points} left out, as TensorBoard does"
    if len(restarts) == 1:
        return f"{hidden:,} superseded by the restart at step {restarts[0][0]:,}"
    if not restarts:
        return f"{points} superseded"
    return f"{hidden:,} superseded by {len(restarts)} restarts"
