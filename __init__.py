"""Runglass: TensorBoard event logs on the desktop, and the SummaryWriter that writes them.

Importing this package imports neither Qt nor numpy, so that a training script pays nothing for it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .writer import SummaryWriter

__all__ = ["SummaryWriter"]


def __getattr__(name: str) -> object:
    if name == "SummaryWriter":
        from .writer import SummaryWriter

        return SummaryWriter
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
