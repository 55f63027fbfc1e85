"""JSON from strangers, taken apart with bounds: a field is of the kind it should be, or named and left out. No Qt."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

#: A longer file is not read: 256 MiB.
MOST_BYTES = 1 << 28
# Lists, objects and commas bound what the parser makes of a text: together about a gigabyte, most of it for a moment.
_MOST_NESTS, _MOST_COMMAS = 5_000_000, 20_000_000
_MOST_TEXT = 10_000
_MOST_AXES = 64
_MOST_CELLS = 50_000_000
_DEEPEST = 40
_LARGEST = 1 << 31
_LONGEST_NUMBER = 300
_BLANKS = re.compile(r"[ \t\n\r]*")


class BookmarkError(Exception):
    """``str(error)`` is a sentence for users."""


def items_of(data: object) -> Iterator[object]:
    """The items of a JSON list, one after the other: of a list that was parsed already, or of bytes or text.

    Raises BookmarkError before or among the items. NaN and infinities, which JSON has not, become None.
    """
    if isinstance(data, Mapping):
        yield data  # one alone, without the list around it
    elif isinstance(data, list):
        yield from data
    elif isinstance(data, bytes | bytearray | memoryview):
        yield from _parsed(_text_of(bytes(data)))
    elif isinstance(data, str):
        yield from _parsed(_text_of(data.encode("utf-8", "replace")))
    else:
        raise BookmarkError("These are no bookmarks: the file holds no list.")


def _text_of(data: bytes) -> str:
    if len(data) > MOST_BYTES:
        raise BookmarkError(f"The bookmarks have {len(data):,} bytes; no more than {MOST_BYTES:,} are read.")
    if data.count(b"[") + data.count(b"{") > _MOST_NESTS or data.count(b",") > _MOST_COMMAS:
        raise BookmarkError("The bookmarks hold more values than would fit into memory, and are not read.")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BookmarkError(f"These are no bookmarks: byte {error.start:,} is no text in UTF-8.") from error


def _parsed(text: str) -> Iterator[object]:
    """Items one by one, so that only one of them is in memory."""
    decoder = json.JSONDecoder(parse_int=_whole, parse_float=_real_of, parse_constant=_no_number)
    place = _blank(text, 0)
    if text.startswith("{", place):
        yield _item(decoder, text, place)[0]
        return
    if not text.startswith("[", place):
        raise BookmarkError("These are no bookmarks: the file does not begin with a list.")
    place = _blank(text, place + 1)
    if text.startswith("]", place):
        return
    while True:
        item, place = _item(decoder, text, place)
        yield item
        place = _blank(text, place)
        if text.startswith("]", place):
            return
        if not text.startswith(",", place):
            raise BookmarkError(f"The bookmarks end or are damaged at character {place + 1:,}.")
        place = _blank(text, place + 1)


def _item(decoder: json.JSONDecoder, text: str, place: int) -> tuple[object, int]:
    try:
        return decoder.raw_decode(text, place)
    except json.JSONDecodeError as error:
        raise BookmarkError(f"The bookmarks end or are damaged at character {error.pos + 1:,}.") from error
    except RecursionError as error:
        raise BookmarkError("The bookmarks are nested too deeply, and are not read.") from error


def _blank(text: str, place: int) -> int:
    found = _BLANKS.match(text, place)
    return found.end() if found else place


def _whole(text: str) -> float | int:
    # Python takes its time with integers of many thousand digits, or refuses them.
    return int(text) if len(text.lstrip("-")) < 20 else _real_of(text)


def _real_of(text: str) -> float:
    return float(text) if len(text) <= _LONGEST_NUMBER else math.nan


def _no_number(_text: str) -> None:
    return None


class Fields:
    """The fields of one object. What is asked for and is not as it should be counts as missing and is in ``bad``."""

    def __init__(self, raw: Mapping[str, object]) -> None:
        self._raw = raw
        self._asked: set[str] = set()
        self.bad: list[str] = []

    def text(self, name: str) -> str | None:
        """A text, cut to ten thousand characters."""
        value = self._value(name)
        if isinstance(value, str):
            # Halves of characters can be written in JSON, and shown nowhere.
            return value[:_MOST_TEXT].encode("utf-8", "replace").decode()
        self._refuse(name, value)
        return None

    def flag(self, name: str, usual: bool) -> bool:
        """True or false."""
        value = self._value(name)
        if isinstance(value, bool):
            return value
        self._refuse(name, value)
        return usual

    def number(self, name: str, usual: float, most: float) -> float:
        """A number from 0 to ``most``."""
        value = real(self._value(name))
        if 0 <= value <= most:
            return value
        self._refuse(name, self._value(name))
        return usual

    def whole(self, name: str, usual: int, most: int) -> int:
        """A whole number from 0 to ``most``."""
        value = real(self._value(name))
        if 0 <= value <= most and value.is_integer():
            return int(value)
        self._refuse(name, self._value(name))
        return usual

    def indices(self, name: str, below: int = _LARGEST) -> NDArray[np.int64] | None:
        """Different whole numbers from 0 to ``below``: int64 (k,)."""
        value = self._value(name)
        if isinstance(value, list) and all(type(item) is int and 0 <= item < below for item in value):
            found = np.array(value, np.int64)
            if len(np.unique(found)) == len(found):
                return found
        self._refuse(name, value)
        return None

    def pair(self, name: str) -> tuple[int, int] | None:
        """Two whole numbers of which the first may be 0, such as points and dimensions."""
        value = self._value(name)
        if isinstance(value, list) and len(value) == 2 and all(type(v) is int and 0 <= v < _LARGEST for v in value):
            return value[0], value[1]
        self._refuse(name, value)
        return None

    def record(self, name: str) -> Fields | None:
        """An object."""
        value = self._value(name)
        if isinstance(value, Mapping):
            return Fields(value)
        self._refuse(name, value)
        return None

    def place(self, name: str) -> tuple[float, float, float] | None:
        """Three numbers of usual size."""
        value = self._value(name)
        if isinstance(value, list) and len(value) == 3:
            x, y, z = (real(item) for item in value)
            if max(abs(x), abs(y), abs(z)) <= 1e6 and x == x and y == y and z == z:
                return x, y, z
        self._refuse(name, value)
        return None

    def coordinates(self, name: str, count: int | None) -> dict[str, NDArray[np.float64]]:
        """A list of an object a point to arrays by the names in it: float64 (n,), NaN where there is no finite number.

        None of them where the list is not of ``count`` points. Nothing but at most 64 names is taken.
        """
        value = self._value(name)
        if not isinstance(value, list) or not all(isinstance(point, Mapping) for point in value):
            self._refuse(name, value)
            return {}
        if not value:
            return {}
        names: dict[str, None] = {}
        for point in value:
            names.update(dict.fromkeys(point))
            if len(names) > _MOST_AXES:
                break
        if (
            len(names) > _MOST_AXES
            or len(names) * len(value) > _MOST_CELLS
            or (count is not None and len(value) != count)
        ):
            self._refuse(name, value)
            return {}
        found: dict[str, NDArray[np.float64]] = {}
        for axis in names:
            array = np.fromiter((real(point.get(axis)) for point in value), np.float64, len(value))
            array[~np.isfinite(array)] = np.nan
            if not np.isnan(array).all():
                found[str(axis)] = array
        return found

    def refuse(self, name: str) -> None:
        """Name a field that the caller found to be wrong."""
        if name not in self.bad:
            self.bad.append(name)

    def rest(self) -> dict[str, Any]:
        """All fields that nobody asked for, as JSON can hold them; what is nested very deeply is bad."""
        kept: dict[str, Any] = {}
        for name, value in self._raw.items():
            if name not in self._asked:
                try:
                    kept[str(name)] = _plain(value, _DEEPEST)
                except ValueError:
                    self.refuse(str(name)[:100])
        return kept

    def _value(self, name: str) -> object:
        self._asked.add(name)
        return self._raw.get(name)

    def _refuse(self, name: str, value: object) -> None:
        if value is not None:
            self.refuse(name)


def real(value: object) -> float:
    """A number as it is, NaN for all else; infinities for what is too large."""
    if type(value) is float:
        return value
    if type(value) is int:
        return float(value) if abs(value) < 1 << 1000 else math.inf
    return math.nan


def _plain(value: object, depth: int) -> Any:
    if depth < 0:
        raise ValueError
    if isinstance(value, Mapping):
        return {str(name): _plain(item, depth - 1) for name, item in value.items()}
    if isinstance(value, list):
        return [_plain(item, depth - 1) for item in value]
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, int):
        return value if abs(value) < 1 << 63 else float(value) if abs(value) < 1 << 1000 else None
    return value if isinstance(value, str) else None
