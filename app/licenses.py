"""The licences of everything that the program is made of, as one plain text. No Qt; reads many small files."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator
from importlib.metadata import Distribution, PackageNotFoundError, distribution, files, requires
from pathlib import Path

from .versions import LICENSES_FILE, beside_program

_ROOT = Path(__file__).resolve().parents[1]
_NAMES = re.compile(r"(licen[cs]e|copying|notice|authors)", re.IGNORECASE)
#: Texts of other things than licences have such names too: sources, pictures.
_ENDS = ("", ".txt", ".md", ".rst", ".apache", ".bsd", ".psf", ".mit", ".lgpl", ".gpl", ".third_party")
_RULE = "=" * 78
#: The extra of the window, and where names of packages end in a requirement.
_EXTRA = re.compile(r"""extra\s*==\s*['"]([^'"]*)['"]""")
_NAME = re.compile(r"[A-Za-z0-9._-]+")
MOST_CHARACTERS = 4_000_000
#: Some packages give the whole text where the name should be.
MOST_NAME = 100


def license_texts() -> str:
    """What came with a frozen program; else the texts of the installed packages. OSError where they are unreadable."""
    frozen = beside_program(LICENSES_FILE) if getattr(sys, "frozen", False) else None
    if frozen is not None:
        with open(frozen, encoding="utf-8", errors="replace") as stream:
            return stream.read(MOST_CHARACTERS)
    return "\n\n".join(_sections())


def _sections() -> Iterator[str]:
    texts = [file for file in (_ROOT / "LICENSE", *_installed_license()) if file.is_file()][:1]
    yield _section("Runglass", "Apache License 2.0", texts)
    yield _section("Inter (the typeface)", "SIL Open Font License 1.1", [_ROOT / "resources" / "fonts" / "OFL.txt"])
    yield _section("Python", "Python Software Foundation License", [Path(os.__file__).with_name("LICENSE.txt")])
    for package in sorted(packages(), key=lambda found: found.name.lower()):
        texts = [
            Path(str(package.locate_file(file)))
            for file in package.files or ()
            if _NAMES.search(file.name) and file.suffix.lower() in _ENDS and ".." not in file.parts
        ]
        license_name = _license_name(package)
        if not texts and "LGPL-3.0" in license_name:
            # Qt's packages bring no text; the lesser licence is written as an addition to the greater one.
            texts = [_ROOT / "resources" / "licenses" / f"{name}.txt" for name in ("LGPL-3.0", "GPL-3.0")]
        yield _section(f"{package.name} {package.version}", license_name, texts)


def packages() -> list[Distribution]:
    """The installed packages that the program with its window needs, directly or not; what is absent is left out."""
    found: dict[str, Distribution] = {}
    waiting = _needed("runglass", "viewer")
    while waiting:
        wanted = waiting.pop()
        if wanted in found:
            continue
        try:
            found[wanted] = distribution(wanted)
        except PackageNotFoundError:
            continue
        waiting += _needed(wanted)
    return list(found.values())


def _needed(name: str, extra: str = "") -> list[str]:
    try:
        lines = requires(name) or []
    except PackageNotFoundError:
        return []
    needed = []
    for line in lines:
        only_for = _EXTRA.search(line)
        match = _NAME.match(line)
        if match is not None and (only_for is None or only_for[1] == extra):
            needed.append(re.sub(r"[-_.]+", "-", match[0]).lower())
    return needed


def _installed_license() -> list[Path]:
    try:
        found = files("runglass") or []
    except PackageNotFoundError:
        return []
    return [Path(str(file.locate())) for file in found if file.name == "LICENSE"]


def _license_name(package: Distribution) -> str:
    for key in ("License-Expression", "License"):
        for name in package.metadata.get_all(key) or []:
            if len(name) < MOST_NAME:
                return " ".join(name.split())
    lines = package.metadata.get_all("Classifier") or []
    classified = [line.rpartition("::")[2].strip() for line in lines if line.startswith("License ::")]
    return ", ".join(classified) or "see below"


def _section(title: str, license_name: str, files: list[Path]) -> str:
    parts = [f"{_RULE}\n{title}\nLicence: {license_name}\n{_RULE}"]
    for file in files:
        try:
            text = file.read_text(encoding="utf-8", errors="replace")
        except OSError:
            continue
        if text.strip() and text.strip() not in parts:
            parts.append(text.strip())
    if len(parts) == 1:
        parts.append("(The package brings no text of its licence.)")
    return "\n\n".join(parts)
