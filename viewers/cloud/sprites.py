"""Pictures that stand in for points: cut from a sheet, in halved sizes, and on pages for a texture. No Qt."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Images = NDArray[np.uint8]


def cut(sheet: Images, width: int, height: int, count: int) -> Images:
    """The first ``count`` pictures of ``width`` x ``height`` of a sheet, from left to right and top to bottom.

    ``sheet`` is (rows, columns, 3 or 4). Raises ValueError where it holds fewer.
    """
    if sheet.ndim != 3 or sheet.shape[2] not in (3, 4) or min(width, height) < 1:
        raise ValueError("a sheet of pictures is an array of (rows, columns, 3 or 4)")
    down, across = sheet.shape[0] // height, sheet.shape[1] // width
    if down * across < count:
        raise ValueError(f"the sheet has room for {down * across} pictures of {width} x {height}, not for {count}")
    cells = sheet[: down * height, : across * width].reshape(down, height, across, width, sheet.shape[2])
    return np.ascontiguousarray(cells.swapaxes(1, 2).reshape(down * across, height, width, -1)[:count])


class Sprites:
    """One picture a point: ``images`` is (n, height, width, 4) uint8, red, green, blue, alpha.

    A pixel of a picture is shown or not (alpha of at least 128), as in TensorBoard.
    """

    def __init__(self, images: Images) -> None:
        given = np.asarray(images, np.uint8)
        if given.ndim == 3:
            given = np.repeat(given[..., None], 3, axis=3)
        if given.ndim != 4 or given.shape[3] not in (3, 4) or min(given.shape[1:3]) < 1:
            raise ValueError(f"pictures are an array of (n, height, width, 3 or 4), not {given.shape}")
        if given.shape[3] == 3:
            whole = np.full((*given.shape[:3], 4), 255, np.uint8)
            whole[..., :3] = given
            given = whole
        self.images = np.ascontiguousarray(given)
        self.opaque = bool(not len(given) or self.images[..., 3].min() >= 128)
        self._halved = [self.images]

    @property
    def shape(self) -> tuple[float, float]:
        """Height and width as shares of the longer side."""
        height, width = self.images.shape[1:3]
        longest = max(height, width)
        return height / longest, width / longest

    def level(self, side: float) -> int:
        """How often the pictures may be halved and still have at least ``side`` pixels along the longer side."""
        longest, level = max(self.images.shape[1:3]), 0
        while longest >= 2 * side and longest >= 2 and min(self.halved(level).shape[1:3]) >= 2:
            longest //= 2
            level += 1
        return level

    def halved(self, level: int) -> Images:
        """The pictures halved ``level`` times, each pixel the mean of four."""
        while len(self._halved) <= level:
            big = self._halved[-1]
            height, width = big.shape[1] // 2 * 2, big.shape[2] // 2 * 2
            small = np.empty((len(big), height // 2, width // 2, 4), np.uint8)
            for at in range(0, len(big), 1024):
                part = big[at : at + 1024, :height, :width].astype(np.uint16)
                sums = part[:, 0::2, 0::2] + part[:, 1::2, 0::2] + part[:, 0::2, 1::2] + part[:, 1::2, 1::2]
                small[at : at + 1024] = (sums + 2) >> 2
            self._halved.append(small)
        return self._halved[level]


class Pages:
    """How pictures are laid out on square textures: row by row, page after page."""

    def __init__(self, count: int, height: int, width: int, limit: int) -> None:
        """``limit`` is the greatest side of a texture in pixels. Raises ValueError where one picture is larger."""
        if max(height, width) > limit:
            raise ValueError(f"a picture of {width} x {height} does not fit into a texture of {limit}")
        most_across, most_down = limit // width, limit // height
        self.capacity = most_across * most_down
        self.pages = -(-count // self.capacity) if count else 0
        first = min(count, self.capacity)
        self.across = max(min(most_across, int(np.ceil(np.sqrt(max(first, 1) * height / width)))), 1)
        self.across = max(self.across, -(-first // most_down))
        self.down = max(-(-first // self.across), 1)
        self.size = self.across * width, self.down * height
        self._cell = height, width
        self._count = count

    def range(self, page: int) -> tuple[int, int]:
        """First picture of a page, and the one after its last."""
        return page * self.capacity, min((page + 1) * self.capacity, self._count)

    def draw(self, images: Images, page: int) -> Images:
        """A page as (rows, columns, 4); what no picture fills is transparent."""
        first, last = self.range(page)
        height, width = self._cell
        cells = np.zeros((self.down * self.across, height, width, 4), np.uint8)
        cells[: last - first] = images[first:last]
        rows = cells.reshape(self.down, self.across, height, width, 4).swapaxes(1, 2)
        return np.ascontiguousarray(rows.reshape(self.down * height, self.across * width, 4))
