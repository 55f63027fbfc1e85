"""Columns of labels as they come from a file, for tests of the projector."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from runglass.reader.api import MetadataColumn
from runglass.reader.embeddings.cells import TextPart
from runglass.reader.embeddings.columns import column_of


def column(name: str, texts: Sequence[str]) -> MetadataColumn:
    """A column that holds ``texts``."""
    cells = [text.encode("utf-8", "replace") for text in texts]
    data = np.frombuffer(b"".join(cells), np.uint8)
    return column_of(name, [TextPart(data, np.array([len(cell) for cell in cells], np.int64))])
