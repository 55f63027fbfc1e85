"""Lets the reading thread step aside while the GUI thread computes.

Both share one interpreter. Beside a thread that computes, each of Qt's calls that lets go of the interpreter has to
wait for it afterwards, so that building or painting widgets would take two or three times as long.
"""

from __future__ import annotations

from time import perf_counter, sleep

#: A rest so short that it costs a reader nothing, after which it has to ask for the interpreter.
_PROBE = 0.0001
#: Whoever waits longer than this for the interpreter (seconds) took it from a thread that was computing.
_CONTENDED = 0.0008
#: How long to leave it to that thread.
_REST = 0.002
#: A GUI that never rests must not keep the reader from its work: seconds of waiting for a millisecond of reading.
_LONGEST = 0.012


def give_way() -> None:
    """Return when no other thread is computing, or after :data:`_LONGEST` seconds. For threads in the background."""
    began = perf_counter()
    while True:
        asked = perf_counter()
        sleep(_PROBE)
        now = perf_counter()
        if now - asked < _PROBE + _CONTENDED or now - began > _LONGEST:
            return
        sleep(_REST)
