"""How thoroughly to paint while the view moves: predicted from the work, corrected by what it took. No Qt."""

from __future__ import annotations

import math
from dataclasses import dataclass

from .raster import FINE, Detail

#: Seconds that a frame may take while the view moves: with smooth edges, with hard ones, and in coarse pixels.
SMOOTH, HARD, BEARABLE = 0.004, 0.013, 0.025
_LEARNING, _HEARSAY = 0.3, 0.004
_FEWEST = 64
#: What a frame may tell: one that was held up by other work says little.
_LEAST, _MOST = 0.3, 4.0


@dataclass(frozen=True, slots=True)
class Work:
    """Pixels of the picture, points, and the radius in pixels of a usual one, or the side of a sprite."""

    pixels: int
    points: int
    radius: float
    sprites: bool = False

    def seconds(self, detail: Detail) -> float:
        """What painting takes on a machine of the year 2024, roughly."""
        points = self.points / detail.every
        pixels = self.pixels / detail.coarse**2
        extent = max(self.radius / detail.coarse, 0.5)
        # Projection goes over all points in any case; putting many in order leaves the cache.
        nanoseconds = 5.0 * self.points + (20.0 if points < 300_000 else 27.0) * points
        if self.sprites:
            covered = min(points * extent**2, pixels)
            nanoseconds += points * (60.0 + 0.25 * extent**2) + covered * (140.0 if detail.fine else 45.0)
        elif detail.fine:
            nanoseconds += 2.5 * pixels + points * 6.2 * math.pi * (extent + 0.5) ** 2
        elif extent < 0.9:
            nanoseconds += 0.4 * pixels + points * 6.0
        else:
            nanoseconds += 0.4 * pixels + points * (10.0 + 3.0 * math.pi * extent**2)
        return nanoseconds / 1e9


class Pace:
    """Chooses the detail of the next frame."""

    def __init__(self) -> None:
        self._slowness: dict[Detail, float] = {}

    def choose(self, work: Work) -> Detail:
        """The finest detail that is quick enough."""
        for detail, limit in ((FINE, SMOOTH), (Detail(False), HARD)):
            if self.expected(work, detail) <= limit:
                return detail
        every = 1
        while every < _FEWEST and self.expected(work, Detail(False, 2, every)) > BEARABLE:
            every *= 2
        return Detail(False, 2, every)

    def expected(self, work: Work, detail: Detail) -> float:
        """Seconds that painting will take here."""
        return work.seconds(detail) * self._slowness.get(detail, 1.0)

    def learn(self, work: Work, detail: Detail, seconds: float) -> None:
        """Take in what a frame took of the processor. What others tell of a detail that is not in use counts little:
        it may be tried again after some seconds, and not with every other frame.
        """
        ratio = min(max(seconds / work.seconds(detail), _LEAST), _MOST)
        self._slowness.setdefault(detail, 1.0)
        for each, before in self._slowness.items():
            self._slowness[each] = before + (ratio - before) * (_LEARNING if each == detail else _HEARSAY)
