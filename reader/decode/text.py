"""Texts of a log: bytes that should be UTF-8 and need not be."""

from __future__ import annotations


def text(raw: bytes | str) -> str:
    """``raw`` as text; bytes that are not UTF-8 are shown as ``\\xNN``, so that different bytes stay different."""
    if isinstance(raw, str):
        return raw
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return raw.decode("utf-8", "backslashreplace")
