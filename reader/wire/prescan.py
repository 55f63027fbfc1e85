"""Limits that a record must keep before protobuf may parse it.

A few bytes on the wire can become many in memory: an empty message in a repeated field takes two bytes there and about
ninety here, so that a record of 10 MB can take 440 MB. The size of a record is therefore no measure. This module counts
what protobuf would have to build, without building anything.
"""

from __future__ import annotations

from dataclasses import dataclass

from .fields import LENGTH, WireError, fields

#: Values in one event.
MAX_VALUES = 100_000
#: Elements of repeated fields in one event. Packed numbers count little: they grow eightfold at the most.
MAX_ELEMENTS = 1_000_000
#: Bytes of a tag.
MAX_TAG_BYTES = 64 << 10

# No record of this size can break a limit: a tag needs as many bytes as it has, a value two, an element one.
_HARMLESS = MAX_TAG_BYTES

_EVENT_SUMMARY = 5
_SUMMARY_VALUE = 1
_VALUE_TAG, _VALUE_HISTOGRAM, _VALUE_TENSOR, _VALUE_METADATA = 1, 5, 8, 9
_TENSOR_SHAPE = 2
_TENSOR_VARINTS = frozenset((7, 10, 11, 13, 16, 17))


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a record is not parsed: ``code`` is "too-many-values", "too-many-elements" or "tag-too-long"."""

    code: str
    detail: str


class _LimitError(Exception):
    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.refusal = Refusal(code, detail)


def refusal(payload: bytes) -> Refusal | None:
    """Why ``payload``, an Event, must not be parsed; None where it may. Costs nothing for records of usual size.

    A payload that is no protobuf message is not refused here, as the parser will say so at the same place: nothing is
    built from what stands behind it.
    """
    if len(payload) <= _HARMLESS:
        return None
    scan = _Scan(payload)
    try:
        scan.event()
    except _LimitError as limit:
        return limit.refusal
    except WireError:
        return None
    return None


class _Scan:
    def __init__(self, payload: bytes) -> None:
        self._data = payload
        self._values = 0
        self._elements = 0

    def event(self) -> None:
        for number, kind, _key, begin, end in fields(self._data, 0, len(self._data)):
            self._count(1)
            if number == _EVENT_SUMMARY and kind == LENGTH:
                self._summary(begin, end)

    def _count(self, elements: int) -> None:
        self._elements += elements
        if self._elements > MAX_ELEMENTS:
            raise _LimitError("too-many-elements", f"more than {MAX_ELEMENTS:,} elements in one event")

    def _summary(self, begin: int, end: int) -> None:
        for number, kind, _key, inner, stop in fields(self._data, begin, end):
            if number == _SUMMARY_VALUE and kind == LENGTH:
                self._values += 1
                if self._values > MAX_VALUES:
                    raise _LimitError("too-many-values", f"more than {MAX_VALUES:,} values in one event")
                self._value(inner, stop)
            else:
                self._count(1)

    def _value(self, begin: int, end: int) -> None:
        for number, kind, _key, inner, stop in fields(self._data, begin, end):
            if kind != LENGTH:
                self._count(1)
            elif number == _VALUE_TAG:
                if stop - inner > MAX_TAG_BYTES:
                    raise _LimitError("tag-too-long", f"a tag of {stop - inner:,} bytes")
            elif number == _VALUE_TENSOR:
                self._tensor(inner, stop)
            elif number in (_VALUE_HISTOGRAM, _VALUE_METADATA):
                self._flat(inner, stop)
            else:
                self._count(1)

    def _tensor(self, begin: int, end: int) -> None:
        for number, kind, _key, inner, stop in fields(self._data, begin, end):
            self._count(1)
            if kind == LENGTH:
                if number == _TENSOR_SHAPE:
                    self._flat(inner, stop)
                elif number in _TENSOR_VARINTS:
                    # Up to eight bytes in memory for each on the wire.
                    self._count((stop - inner) >> 3)

    def _flat(self, begin: int, end: int) -> None:
        for _field in fields(self._data, begin, end):
            self._count(1)
