"""A Debian as its installer leaves it, in a folder, with a user: made by debootstrap, entered by chroot."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

#: Where Debian is fetched from; none: debootstrap's own choice.
MIRROR = os.environ.get("RUNGLASS_DEBIAN_MIRROR", "")
USER, NUMBER = "visitor", 4321
SECONDS = 900
#: What apt, dpkg and the logs remember, and what caches hold: it changes with any package.
REMEMBERED = (
    "/etc/.pwd.lock",
    "/etc/ld.so.cache",
    "/run/",
    "/tmp/",
    "/var/cache/",
    "/var/lib/apt/",
    "/var/lib/dpkg/",
    "/var/lib/systemd/deb-systemd-helper-enabled",
    "/var/log/",
)
#: Mounts vanish with the process that made them, and what is left running ends.
_ENTER = """\
set -e
mount -t proc proc "$1/proc"
mount --rbind /dev "$1/dev"
mount -t tmpfs tmpfs "$1/run"
mkdir -p "$1/tmp/.X11-unix"
if [ -d /tmp/.X11-unix ]; then mount --bind /tmp/.X11-unix "$1/tmp/.X11-unix"; fi
root=$1; account=$2; shift 2
exec chroot --userspec="$account" "$root" "$@"
"""


class FreshDebian:
    """One release in ``root``."""

    def __init__(self, root: Path, release: str) -> None:
        """Make it; skips the test where that cannot be done here."""
        for tool in ("debootstrap", "unshare", "chroot"):
            if shutil.which(tool) is None:
                pytest.skip(f"{tool} is not here: apt-get install debootstrap")
        if os.geteuid() != 0:
            pytest.skip("a Debian in a folder can be made by root alone")
        if subprocess.run(["unshare", "--mount", "--pid", "--fork", "true"], capture_output=True).returncode:
            pytest.skip("this container lets nobody mount anything")
        self.root = root
        words = ["debootstrap", "--variant=minbase", release, root, *filter(None, [MIRROR])]
        done = subprocess.run(words, capture_output=True, text=True, timeout=SECONDS)
        if done.returncode:
            pytest.skip(f"debootstrap could not fetch {release}: {done.stdout[-300:]}{done.stderr[-300:]}")
        # A proxy that this system goes through is needed inside as well.
        for options in Path("/etc/apt/apt.conf.d").glob("*"):
            if not (root / "etc" / "apt" / "apt.conf.d" / options.name).exists():
                shutil.copy(options, root / "etc" / "apt" / "apt.conf.d")
        root.chmod(0o755)  # folders for tests are closed to others
        self.said("apt-get", "update")
        self.said("useradd", "--create-home", "--uid", str(NUMBER), USER)

    def said(self, *words: str, user: bool = False, environment: Mapping[str, str] | None = None, code: int = 0) -> str:
        """Output and errors of a command inside, which has to end with ``code``."""
        variables = {
            "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
            "HOME": f"/home/{USER}" if user else "/root",
            "LC_ALL": "C.UTF-8",
            "DEBIAN_FRONTEND": "noninteractive",
            **(environment or {}),
        }
        done = subprocess.run(
            [*self.entered(user), *words],
            env=variables,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=SECONDS,
        )
        assert done.returncode == code, f"{words} ended with {done.returncode}:\n{done.stdout[-4000:]}"
        return done.stdout

    def entered(self, user: bool) -> Sequence[str]:
        """The words before a command that is to run inside."""
        account = f"{NUMBER}:{NUMBER}" if user else "0:0"
        enter = ["unshare", "--mount", "--pid", "--fork", "--kill-child", "sh", "-c", _ENTER, "sh"]
        return [*enter, str(self.root), account]

    def files(self) -> set[str]:
        """Every file, folder and link, without what always changes."""
        found = set()
        for folder, folders, names in os.walk(self.root):
            inside = "/" + os.path.relpath(folder, self.root)
            if inside in ("/proc", "/dev", "/sys"):
                folders.clear()
                continue
            found |= {os.path.join(inside, name).replace("/./", "/") for name in (*folders, *names)}
        return {name for name in found if not (name + "/").startswith(REMEMBERED) and not name.startswith(REMEMBERED)}
