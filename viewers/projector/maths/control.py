"""How a long computation says how far it is, and is ended."""

from __future__ import annotations


class Interrupted(Exception):
    """Raised by :meth:`Control.check` inside a computation that nobody wants any more."""


class Control:
    """What a computation reports to. This one listens to nothing and never cancels; others override it."""

    def check(self) -> None:
        """Called every few ten milliseconds; raises :class:`Interrupted` to end the computation."""

    def progress(self, phase: str, fraction: float | None = None) -> None:
        """``phase`` is a sentence's beginning for people; ``fraction`` from 0 to 1, None where it is unknown."""


NOBODY = Control()
