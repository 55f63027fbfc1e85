"""What the frozen program is made of: the licence texts of all of it, and the bill of materials.

Runs in the environment that the program was frozen from: ``python notices.py BUNDLE LICENSES SBOM``. The texts come
from the metadata of the installed packages, from the system's packages for libraries of the build machine, and from
``packaging/licenses`` and ``resources/licenses`` where a package brings none.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import uuid
from dataclasses import dataclass
from importlib.metadata import Distribution, distribution
from pathlib import Path

import bundle
import identity

TEXTS = identity.ROOT / "packaging" / "licenses"
GNU = identity.ROOT / "resources" / "licenses"
#: Texts for packages whose wheels bring none.
ADDED_TEXTS = {
    "pyside6-essentials": (GNU / "LGPL-3.0.txt", GNU / "GPL-3.0.txt", TEXTS / "Qt-third-party.txt"),
    "pyopengl": (TEXTS / "PyOpenGL.txt",),
}
#: Read together with another's text.
SEE = {"shiboken6": "The text stands under PySide6-Essentials."}
WIDTH = 100
_LICENCE_NAMES = re.compile(r"(licen[sc]e|copying|notice|authors|ofl)", re.IGNORECASE)


@dataclass(frozen=True)
class Part:
    """Something in the bundle. ``licence`` is what its makers call it; ``texts`` are in full."""

    name: str
    version: str
    licence: str
    texts: tuple[str, ...]
    purl: str


def parts(folder: Path) -> list[Part]:
    """Everything in the bundle in ``folder``, the program first."""
    python = Part(
        "Python",
        ".".join(map(str, sys.version_info[:3])),
        "Python-2.0",
        (_python_licence(),),
        f"pkg:generic/python@{sys.version.split()[0]}",
    )
    packages = [_part(item) for item in _closure("runglass", "viewer")]
    starter = _part(distribution("pyinstaller"))
    return [packages[0], python, *sorted(packages[1:], key=lambda part: part.name.lower()), starter, *_system(folder)]


def licences(found: list[Part]) -> str:
    """One text for people: an index, then every licence."""
    line = "=" * WIDTH
    lines = [
        f"{identity.TITLE} {found[0].version} and everything that is bundled with it",
        "",
        *(f"  {part.name} {part.version}: {part.licence}" for part in found),
        "",
        "Qt and its Python bindings are used under the GNU Lesser General Public License, version 3. Their libraries",
        "lie unchanged, as files of their own, in the folder of the program, and other builds of the same interface",
        "may be put in their place. Sources: https://download.qt.io/official_releases/QtForPython/",
    ]
    for part in found:
        lines += ["", line, f"{part.name} {part.version}: {part.licence}", line, ""]
        lines += ["\n\n".join(text.strip() for text in part.texts) or SEE.get(part.name.lower(), "")]
    return "\n".join(lines) + "\n"


def bill(found: list[Part]) -> str:
    """The bill of materials, CycloneDX 1.5 as JSON; the same for the same parts."""
    components = [
        {
            "type": "application" if number == 0 else "library",
            "bom-ref": part.purl,
            "name": part.name,
            "version": part.version,
            "licenses": [{"license": {"name": part.licence}}],
            "purl": part.purl,
        }
        for number, part in enumerate(found)
    ]
    names = json.dumps([part.purl for part in found])
    moment = dt.datetime.fromtimestamp(int(os.environ.get("SOURCE_DATE_EPOCH", identity.EPOCH)), dt.timezone.utc)
    document = {
        "$schema": "http://cyclonedx.org/schema/bom-1.5.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "serialNumber": uuid.UUID(bytes=hashlib.sha256(names.encode()).digest()[:16], version=4).urn,
        "version": 1,
        "metadata": {"timestamp": moment.strftime("%Y-%m-%dT%H:%M:%SZ"), "component": components[0]},
        "components": components[1:],
        "dependencies": [
            {"ref": found[0].purl, "dependsOn": [part.purl for part in found[1:]]},
            *({"ref": part.purl, "dependsOn": []} for part in found[1:]),
        ],
    }
    return json.dumps(document, indent=1) + "\n"


def _closure(name: str, extra: str) -> list[Distribution]:
    """The package and all that it requires, each once."""
    from packaging.requirements import Requirement

    found: dict[str, Distribution] = {}
    waiting = [(name, (extra, ""))]
    while waiting:
        wanted, extras = waiting.pop()
        item = distribution(wanted)
        key = _key(wanted)
        if key in found:
            continue
        found[key] = item
        for text in item.requires or ():
            needed = Requirement(text)
            if needed.marker is None or any(needed.marker.evaluate({"extra": one}) for one in extras):
                waiting.append((needed.name, (*needed.extras, "")))
    return list(found.values())


def _key(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _part(item: Distribution) -> Part:
    meta = item.metadata
    name = str(meta["Name"]).replace("_", "-")
    texts = [
        text
        for file in item.files or ()
        if ".dist-info" in file.parts[0] and _LICENCE_NAMES.search("/".join(file.parts[1:]))
        for text in [Path(str(item.locate_file(file))).read_text(encoding="utf-8", errors="replace")]
    ]
    texts += [file.read_text(encoding="utf-8") for file in ADDED_TEXTS.get(_key(name), ())]
    if not texts and _key(name) not in SEE:
        raise SystemExit(f"{name} brings no licence text: add one to packaging/licenses and name it in notices.py")
    return Part(
        name,
        str(meta["Version"]),
        _licence(item),
        tuple(dict.fromkeys(texts)),
        f"pkg:pypi/{_key(name)}@{meta['Version']}",
    )


def _licence(item: Distribution) -> str:
    """The name of the licence: by the newest field that is filled."""
    meta = item.metadata
    for field in ("License-Expression", "License"):
        text = str(meta.get(field) or "").strip()
        if text and text != "UNKNOWN" and "\n" not in text:
            return text
    classified = [str(line).split(" :: ")[-1] for line in meta.get_all("Classifier") or () if "License ::" in str(line)]
    return ", ".join(classified) or "see the text"


def _python_licence() -> str:
    for folder in (sysconfig.get_path("stdlib"), sys.base_prefix, os.path.join(sys.base_prefix, "Resources")):
        for name in ("LICENSE.txt", "LICENSE"):
            file = Path(folder) / name
            if file.is_file():
                return file.read_text(encoding="utf-8", errors="replace")
    for file in Path("/usr/share/doc").glob(f"python3.{sys.version_info[1]}*/copyright"):
        return file.read_text(encoding="utf-8", errors="replace")
    raise SystemExit("Python's own licence text was not found")


def _system(folder: Path) -> list[Part]:
    """Libraries of the build machine that went along, by the package that brought them (Debian and Ubuntu)."""
    inside = folder / "_internal"
    files = [file for file in sorted(inside.glob("*.so*")) if bundle.from_system(file.name) and not file.is_symlink()]
    if not files or shutil.which("dpkg-query") is None:
        if files:
            raise SystemExit(
                "libraries of this system went along, and only Debian's and Ubuntu's can say whose they are"
            )
        return []
    owners: dict[str, None] = {}
    for file in files:
        asked = subprocess.run(["dpkg-query", "-S", f"*/{file.name}"], capture_output=True, text=True, check=False)
        names = [line.split(":")[0] for line in asked.stdout.splitlines() if "/lib/" in line]
        if not names:
            raise SystemExit(f"no package of this system owns {file.name}")
        owners[names[0]] = None
    found = []
    for name in sorted(owners):
        version = subprocess.run(
            ["dpkg-query", "-W", "-f", "${Version}\n", name], capture_output=True, text=True, check=True
        ).stdout.split()[0]
        text = Path(f"/usr/share/doc/{name}/copyright").read_text(encoding="utf-8", errors="replace")
        found.append(Part(name, version, "see the text", (text,), f"pkg:deb/debian/{name}@{version}"))
    return found


def main(arguments: list[str]) -> None:
    """Write both files for the bundle."""
    folder, texts, materials = map(Path, arguments)
    found = parts(folder)
    texts.write_text(licences(found), encoding="utf-8")
    materials.write_text(bill(found), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
