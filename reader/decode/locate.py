"""Where in a payload things lie, on the wire level: blobs stay on disk and are known by their place."""

from __future__ import annotations

from ..wire.fields import LENGTH, WireError, fields

_SUMMARY_OF_EVENT = 5
_VALUE_OF_SUMMARY = 1


def summary_values(payload: bytes) -> list[tuple[int, int]]:
    """Begin and end of each Summary.Value of the Event ``payload``, in order, as far as the bytes can be read."""
    places: list[tuple[int, int]] = []
    try:
        for number, kind, _key, begin, end in fields(payload, 0, len(payload)):
            if number == _SUMMARY_OF_EVENT and kind == LENGTH:
                for inner, sort, _inner_key, first, last in fields(payload, begin, end):
                    if inner == _VALUE_OF_SUMMARY and sort == LENGTH:
                        places.append((first, last))
    except WireError:
        return places
    return places
