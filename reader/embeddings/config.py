"""``projector_config.pbtxt``: protobuf's text format, read without believing it. docs/file-format.md has the fields.

What is not known is stepped over, values of another type than expected are left out and counted, and what a file that
is being written lacks at its end is missing only there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TypeAlias

#: A longer file is no config.
MOST_BYTES = 1 << 20
MOST_EMBEDDINGS = 1000
_MOST_NAME = 1 << 16
_MOST_DEPTH = 32

_TOKEN = re.compile(
    rb"""[\s,;]+ | \#[^\n]* | (?P<open>[{<]) | (?P<close>[}>]) | (?P<colon>:) | (?P<list>\[) | (?P<end>\])
    | (?P<text>"(?:[^"\\\n]|\\.)*" | '(?:[^'\\\n]|\\.)*')
    | (?P<word>[A-Za-z0-9_.+\-/]+) | (?P<other>.)""",
    re.VERBOSE | re.DOTALL,
)
_ESCAPE = re.compile(rb"\\(?:([0-7]{1,3})|[xX]([0-9A-Fa-f]{1,2})|u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|(.))", re.DOTALL)
_LETTERS = {b"a": b"\a", b"b": b"\b", b"f": b"\f", b"n": b"\n", b"r": b"\r", b"t": b"\t", b"v": b"\v"}


class BadConfig(Exception):
    """The text is no projector config; the message says where it stops making sense, for users."""


@dataclass(frozen=True, slots=True)
class EmbeddingEntry:
    """One ``embeddings`` block. Paths are as written, empty where they are not given; ``shape`` and ``cell`` likewise.

    ``shape`` is the ``tensor_shape`` (rows, columns) of raw numbers, ``cell`` ``single_image_dim`` (width, height).
    """

    tensor_name: str = ""
    tensor_path: str = ""
    metadata_path: str = ""
    bookmarks_path: str = ""
    image_path: str = ""
    shape: tuple[int, ...] = ()
    cell: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class ProjectorConfig:
    """A config. ``left_out`` counts embeddings beyond the limit, ``odd`` fields whose values are none of their type."""

    embeddings: tuple[EmbeddingEntry, ...] = ()
    checkpoint: str = ""
    left_out: int = 0
    odd: int = 0


_Value: TypeAlias = "bytes | _Text | _Message"


@dataclass(slots=True)
class _Text:
    value: bytes


@dataclass(slots=True)
class _Message:
    fields: list[tuple[bytes, _Value]] = field(default_factory=list)


@dataclass(slots=True)
class _Tokens:
    tokens: Iterator[tuple[str, bytes, int]]
    pushed: tuple[str, bytes, int] | None = None

    def take(self) -> tuple[str, bytes, int]:
        if self.pushed is not None:
            token, self.pushed = self.pushed, None
            return token
        return next(self.tokens, ("", b"", -1))


def parse_config(data: bytes) -> ProjectorConfig:
    """Read a config. Raises BadConfig where it is too large, is no text format, or ends in the middle of a block."""
    if len(data) > MOST_BYTES:
        raise BadConfig(f"it has {len(data):,} bytes; no more than {MOST_BYTES:,} are read")
    tokens = _Tokens(_tokens(data.removeprefix(b"\xef\xbb\xbf")))
    reader = _Reader(data)
    message = reader.message(tokens, 0, b"")
    return _config(message, reader.left_out)


def _tokens(data: bytes) -> Iterator[tuple[str, bytes, int]]:
    for match in _TOKEN.finditer(data):
        if match.lastgroup is not None:
            yield match.lastgroup, match.group(), match.start()


class _Reader:
    def __init__(self, data: bytes) -> None:
        self.data = data
        self.left_out = 0
        self._embeddings = 0

    def message(self, tokens: _Tokens, depth: int, close: bytes) -> _Message:
        if depth > _MOST_DEPTH:
            raise BadConfig(f"blocks are nested more than {_MOST_DEPTH} deep")
        message = _Message()
        while True:
            kind, name, at = tokens.take()
            if kind == "" and not close:
                return message
            if kind == "close" and name == close:
                return message
            if kind == "list":
                # The name of an extension or of an Any.
                while kind not in ("end", ""):
                    kind, _text, at = tokens.take()
                name = b""
            elif kind != "word":
                raise self._fault(kind, at)
            self._field(tokens, name, depth, message)

    def _field(self, tokens: _Tokens, name: bytes, depth: int, into: _Message) -> None:
        kind, text, at = tokens.take()
        colon = kind == "colon"
        if colon:
            kind, text, at = tokens.take()
        if kind == "list" and colon:
            while True:
                kind, text, at = tokens.take()
                if kind == "end":
                    return
                self._value(tokens, kind, text, at, name, depth, into)
        if not colon and kind != "open":
            raise self._fault(kind, at)
        self._value(tokens, kind, text, at, name, depth, into)

    def _value(self, tokens: _Tokens, kind: str, text: bytes, at: int, name: bytes, depth: int, into: _Message) -> None:
        value: _Value
        if kind == "open":
            value = self.message(tokens, depth + 1, b"}" if text == b"{" else b">")
            if depth == 0 and name == b"embeddings":
                self._embeddings += 1
                if self._embeddings > MOST_EMBEDDINGS:
                    self.left_out += 1
                    return
        elif kind == "text":
            pieces = [_unescaped(text[1:-1])]
            # Strings that follow one another are one.
            while True:
                token = tokens.take()
                if token[0] != "text":
                    tokens.pushed = token
                    break
                pieces.append(_unescaped(token[1][1:-1]))
            value = _Text(b"".join(pieces))
        elif kind == "word":
            value = text
        else:
            raise self._fault(kind, at)
        into.fields.append((name, value))

    def _fault(self, kind: str, at: int) -> BadConfig:
        if kind == "":
            return BadConfig("it ends in the middle of a block")
        return BadConfig(f"line {self.data.count(10, 0, at) + 1} is no text of a protobuf message")


def _unescaped(text: bytes) -> bytes:
    def letter(match: re.Match[bytes]) -> bytes:
        octal, hexadecimal, short, long, plain = match.groups()
        if octal is not None:
            return bytes([int(octal, 8) & 0xFF])
        if hexadecimal is not None:
            return bytes([int(hexadecimal, 16)])
        if plain is not None:
            return _LETTERS.get(plain, plain)
        code = int(short or long, 16)
        return chr(code).encode("utf-8", "replace") if code <= 0x10FFFF else b"?"

    return _ESCAPE.sub(letter, text) if b"\\" in text else text


def _config(message: _Message, left_out: int) -> ProjectorConfig:
    counter = _Counter()
    checkpoint = ""
    entries: list[EmbeddingEntry] = []
    for name, value in message.fields:
        if name == b"embeddings" and isinstance(value, _Message):
            entries.append(_entry(value, counter))
        elif name in (b"model_checkpoint_path", b"model_checkpoint_dir"):
            checkpoint = counter.text(value) or checkpoint
    return ProjectorConfig(tuple(entries), checkpoint, left_out, counter.odd)


def _entry(message: _Message, counter: _Counter) -> EmbeddingEntry:
    texts: dict[bytes, str] = {}
    shape: list[int] = []
    cell: list[int] = []
    for name, value in message.fields:
        if name in (b"tensor_name", b"tensor_path", b"metadata_path", b"bookmarks_path"):
            texts[name] = counter.text(value)
        elif name == b"tensor_shape":
            counter.number(value, shape)
        elif name == b"sprite" and isinstance(value, _Message):
            cell.clear()
            for inner, what in value.fields:
                if inner == b"image_path":
                    texts[inner] = counter.text(what)
                elif inner == b"single_image_dim":
                    counter.number(what, cell)
    return EmbeddingEntry(
        texts.get(b"tensor_name", "")[:_MOST_NAME],
        texts.get(b"tensor_path", ""),
        texts.get(b"metadata_path", ""),
        texts.get(b"bookmarks_path", ""),
        texts.get(b"image_path", ""),
        tuple(shape),
        tuple(cell),
    )


class _Counter:
    """Values of the type that a field has; what is none is counted and left out."""

    def __init__(self) -> None:
        self.odd = 0

    def text(self, value: _Value) -> str:
        if not isinstance(value, _Text):
            self.odd += 1
            return ""
        # Names of files may hold any bytes: what is no UTF-8 comes back as it was when the file is opened.
        return value.value.decode("utf-8", "surrogateescape")[:_MOST_NAME]

    def number(self, value: _Value, into: list[int]) -> None:
        try:
            number = int(value, 0) if isinstance(value, bytes) and len(value) < 16 else -1
        except ValueError:
            number = -1
        if not 0 <= number < 1 << 32 or len(into) >= 8:
            self.odd += 1
            return
        into.append(number)
