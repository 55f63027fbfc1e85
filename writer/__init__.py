"""The SummaryWriter that training scripts call. Knows no Qt; of the reader it takes the wire format alone."""

from __future__ import annotations

from .summary_writer import SummaryWriter

__all__ = ["SummaryWriter"]
