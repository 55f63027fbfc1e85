"""The Debian package: installed, used and removed on a fresh Debian, and looked at by Debian's own critics."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import identity
import pytest
from fresh_debian import USER, FreshDebian
from trying import try_window

pytestmark = pytest.mark.timeout(1800)
#: What Debian's own packages make when they are configured and leave when they go.
MADE_BY_DEBIAN = {"/etc/adduser.conf", "/etc/deluser.conf", "/etc/hosts", "/etc/networks"}


@pytest.fixture(scope="module")
def deb(made: Path) -> Path:
    found = sorted(made.glob(f"{identity.NAME}_{identity.version()}_*.deb"))
    if not found:
        pytest.skip("no Debian package was made: it takes dpkg-deb")
    return found[0]


@pytest.fixture(scope="module")
def unpacked(deb: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("deb")
    subprocess.run(["dpkg-deb", "-x", deb, folder], check=True)
    yield folder
    shutil.rmtree(folder)


def clean(words: list[str | Path]) -> None:
    """The critic finds nothing."""
    tool = str(words[0])
    if shutil.which(tool) is None:
        pytest.skip(f"{tool} is not here: apt-get install lintian desktop-file-utils appstream man-db")
    done = subprocess.run(words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=600)
    said = "".join(line for line in done.stdout.splitlines(True) if "running with root privileges" not in line)
    assert done.returncode == 0, said
    if tool == "lintian":
        assert said == ""


def test_lintian_finds_nothing(deb: Path) -> None:
    clean(["lintian", "--no-cfg", "--pedantic", "--display-info", "--fail-on", "error,warning,info,pedantic", deb])


def test_desktops_understand_the_entry(unpacked: Path) -> None:
    clean(["desktop-file-validate", unpacked / "usr/share/applications/runglass.desktop"])


def test_software_centres_understand_the_description(unpacked: Path) -> None:
    (file,) = (unpacked / "usr/share/metainfo").iterdir()
    clean(["appstreamcli", "validate", "--no-net", "--pedantic", file])


def test_the_manual_page_is_set_without_a_complaint(unpacked: Path) -> None:
    if shutil.which("man") is None:
        pytest.skip("man is not here: apt-get install man-db")
    page = unpacked / "usr/share/man/man1/runglass.1.gz"
    done = subprocess.run(["man", "--warnings", "-l", "-Tutf8", page], capture_output=True, text=True)
    assert done.returncode == 0 and done.stderr == ""


@pytest.mark.parametrize("release", ["bookworm", "trixie"])
def test_a_user_of_a_fresh_debian(
    deb: Path, release: str, screen: dict[str, str], tmp_path_factory: pytest.TempPathFactory
) -> None:
    """12 and 13: the build machine's libraries are older than those of the newer one, and its drivers."""
    root = tmp_path_factory.mktemp(release)
    try:
        machine = FreshDebian(root, release)
        install_use_and_remove(machine, deb, screen)
    finally:
        shutil.rmtree(root, ignore_errors=True)


def install_use_and_remove(machine: FreshDebian, deb: Path, screen: dict[str, str]) -> None:
    before = machine.files()
    shutil.copy(deb, machine.root / "tmp" / deb.name)
    machine.said("apt-get", "install", "--yes", f"/tmp/{deb.name}")
    assert "apt-get" not in machine.said("dpkg", "--verify", "runglass")

    # Where there is no display: one line, no traceback.
    refused = machine.said("runglass", "/tmp", user=True, code=2)
    assert refused.startswith("runglass: ") and refused.count("\n") == 1
    version = machine.said("runglass", "--version", user=True).strip()
    assert version == f"runglass {identity.version()}"
    log = f"/home/{USER}/Läufe 1"
    machine.said("runglass", "demo", log, user=True)
    assert "Läufe 1: 13 runs" in machine.said("runglass", "inspect", log, user=True)

    # Its window, as a user to whom nothing under /opt belongs.
    (machine.root / "home" / USER / "pictures").mkdir()
    shutil.chown(machine.root / "home" / USER / "pictures", 4321, 4321)
    environment = {
        "DISPLAY": screen["DISPLAY"],
        "PATH": "/usr/sbin:/usr/bin:/sbin:/bin",
        "HOME": f"/home/{USER}",
        "LC_ALL": "C.UTF-8",
    }
    pictures = Path("/home") / USER / "pictures"
    seen = machine.root / "home" / USER / "pictures"
    try_window([*machine.entered(user=True), "runglass"], environment, pictures, seen_from_here=seen)

    machine.said("apt-get", "purge", "--yes", "runglass")
    assert not [name for name in machine.files() - before if "runglass" in name and not name.startswith("/home/")]
    # What came with it goes too; not kept for what others would merely like to see.
    weak = [word for kind in ("Recommends", "Suggests") for word in ("-o", f"APT::AutoRemove::{kind}Important=false")]
    machine.said("apt-get", *weak, "autoremove", "--purge", "--yes")
    kept = set(machine.said("sh", "-c", "dpkg-query -L $(dpkg-query -W -f '${Package} ')").splitlines())
    left = {name for name in machine.files() - before - kept - MADE_BY_DEBIAN if not name.startswith(f"/home/{USER}/")}
    assert not left, sorted(left)[:20]
