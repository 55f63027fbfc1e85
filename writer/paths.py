"""Tags as names of folders: never a path that leads out, never a name with a meaning, on any system."""

from __future__ import annotations

import hashlib
import re

#: Bytes of a name; file systems take 255, and something may be added in front or behind.
LONGEST_NAME = 200

# What Windows refuses in names, what a shell or a terminal would act on, and a percent sign that would look like an
# escape: so that two different tags never share a folder.
_UNSAFE = re.compile(r'[\x00-\x1f\x7f-\x9f<>:"|?*\\/\ud800-\udfff]|%(?=[0-9A-Fa-f]{2})')
_DEVICES = re.compile(r"(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(?:\.|$)", re.IGNORECASE)


def folder_name(tag: str) -> str:
    """A tag as the name of one folder; what is not harmless in it stands as ``%`` and two hexadecimal digits."""
    name = _UNSAFE.sub(_escaped, tag)
    if _DEVICES.match(name):
        name = f"%{ord(name[0]):02x}{name[1:]}"
    if name.endswith((".", " ")):  # Windows drops them, and "." and ".." are places
        name = f"{name[:-1]}%{ord(name[-1]):02x}"
    data = name.encode()
    if len(data) > LONGEST_NAME:
        digest = hashlib.sha256(data).hexdigest()[:16]
        name = f"{data[: LONGEST_NAME - 17].decode(errors='ignore')}~{digest}"
    return name or "%00"


def folder_names(tag: str) -> tuple[str, ...]:
    """A tag as names of nested folders, split at each ``/``; empty parts are left out."""
    return tuple(folder_name(part) for part in tag.split("/") if part) or (folder_name(tag),)


def _escaped(found: re.Match[str]) -> str:
    return "".join(f"%{byte:02x}" for byte in found[0].encode("utf-8", "surrogatepass"))
