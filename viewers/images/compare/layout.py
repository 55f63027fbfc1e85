"""Where compared pictures stand: beside one another, on either side of a divider, and what they have in common. No Qt.

Lengths are logical pixels of the screen unless they are said to be pixels of a picture.
"""

from __future__ import annotations

from collections.abc import Sequence

from ..geometry import Place, Zoom

GAP = 12


def across(count: int, width: float, height: float, columns: int, rows: int) -> int:
    """How many of ``count`` tiles stand side by side so that a picture of ``columns`` x ``rows`` is largest in each.

    Of two that show it as large the one with more side by side is taken.
    """
    best, found = -1.0, count
    for each in range(count, 0, -1):
        down = -(-count // each)
        scale = min((width - GAP * (each - 1)) / each / columns, (height - GAP * (down - 1)) / down / rows)
        if scale > best * (1 + 1e-9):
            best, found = scale, each
    return found


def tiles(count: int, side_by_side: int, width: int, height: int) -> list[tuple[int, int, int, int]]:
    """Left, top, width and height of ``count`` tiles, row by row; they fill the area and are at least 1 x 1."""
    down = -(-count // side_by_side)
    made = []
    for index in range(count):
        row, column = divmod(index, side_by_side)
        left, right = _edges(column, side_by_side, width)
        top, bottom = _edges(row, down, height)
        made.append((left, top, max(right - left, 1), max(bottom - top, 1)))
    return made


def common(sizes: Sequence[tuple[int, int]]) -> tuple[int, int]:
    """Columns and rows of the area at the top left that all pictures of these ``sizes`` (columns, rows) have."""
    return min(columns for columns, _rows in sizes), min(rows for _columns, rows in sizes)


def divider(seen: Place, split: float) -> float:
    """Where the divider stands, on a whole pixel: ``split`` is the share of the seen picture at its left."""
    return round(seen.left + min(max(split, 0.0), 1.0) * seen.width)


def split_at(seen: Place, x: float) -> float:
    """The split whose divider stands at ``x``, bounded by the seen picture."""
    return min(max((x - seen.left) / seen.width, 0.0), 1.0)


def same_pixels(zoom: Zoom, size: tuple[int, int], other: tuple[int, int]) -> Zoom:
    """The zoom that shows of a picture of the ``other`` size the pixels that ``zoom`` shows of one of ``size``.

    For pictures at the same scale, which are then in step from the top left on.
    """
    return Zoom(zoom.factor, zoom.x * size[0] / other[0], zoom.y * size[1] / other[1])


def _edges(index: int, count: int, length: int) -> tuple[int, int]:
    room = length - GAP * (count - 1)
    return room * index // count + GAP * index, room * (index + 1) // count + GAP * index
