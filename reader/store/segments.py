"""Which part of a series came from which file, in which writing session."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from ..model import Session


@dataclass(slots=True)
class Segment:
    """The points of one file in a series: ``count`` of them. ``order`` sorts the files of a run.

    ``starts`` holds the START events of the file: (index of the next point within the segment, step announced).
    """

    order: tuple[str, int]
    file: int
    count: int = 0
    starts: list[tuple[int, int]] = field(default_factory=list)
    event_version: int = 0


class SegmentTable:
    """The segments of one series in file order."""

    __slots__ = ("_segments",)

    def __init__(self) -> None:
        self._segments: list[Segment] = []

    def __len__(self) -> int:
        return len(self._segments)

    def __iter__(self) -> Iterator[Segment]:
        return iter(self._segments)

    def find(self, file: int) -> Segment | None:
        """The segment of a file, or None."""
        for segment in reversed(self._segments):
            if segment.file == file:
                return segment
        return None

    def ensure(self, order: tuple[str, int], file: int, event_version: int) -> Segment:
        """The segment of a file, made at its place where there is none."""
        segment = self.find(file)
        if segment is None:
            segment = Segment(order, file)
            at = len(self._segments)
            while at and self._segments[at - 1].order > order:
                at -= 1
            self._segments.insert(at, segment)
        segment.event_version = event_version
        return segment

    def bounds(self, wanted: Segment) -> tuple[int, int]:
        """Index range of a segment's points in the series."""
        begin = 0
        for segment in self._segments:
            if segment is wanted:
                return begin, begin + segment.count
            begin += segment.count
        raise KeyError(wanted.file)

    def is_last(self, wanted: Segment) -> bool:
        """True if no points stand behind this segment's."""
        for segment in reversed(self._segments):
            if segment is wanted:
                return True
            if segment.count:
                return False
        return False

    def remove(self, wanted: Segment) -> None:
        """Forget a segment."""
        self._segments.remove(wanted)

    def sessions(self) -> tuple[Session, ...]:
        """Writing sessions, as a view gives them."""
        found: list[Session] = []
        begin = 0
        for segment in self._segments:
            if segment.starts[0][0] > 0 if segment.starts else segment.count:
                found.append(Session(begin, segment.file, None, segment.event_version))
            for index, step in segment.starts:
                found.append(Session(begin + index, segment.file, step, segment.event_version))
            begin += segment.count
        return tuple(found)
