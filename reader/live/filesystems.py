"""What kind of file system a folder lies on: how far its notifications and attributes can be trusted."""

from __future__ import annotations

import os
import re
import sys
from dataclasses import dataclass
from pathlib import Path

_MOUNTS = "/proc/self/mountinfo"

# Their servers change files without telling this kernel, and their attributes are cached for seconds.
_REMOTE = frozenset(
    {
        "9p",
        "afs",
        "afpfs",
        "beegfs",
        "ceph",
        "cifs",
        "coda",
        "davfs",
        "drvfs",
        "gfs2",
        "glusterfs",
        "gpfs",
        "lustre",
        "ncpfs",
        "nfs",
        "nfs3",
        "nfs4",
        "ocfs2",
        "orangefs",
        "prl_fs",
        "pvfs2",
        "smb",
        "smb2",
        "smb3",
        "smbfs",
        "vboxsf",
        "virtiofs",
        "vmhgfs",
        "wekafs",
        "webdav",
    }
)
# FUSE file systems that only re-arrange local folders still do not report changes made underneath them.
# "fuseblk" is none of them: NTFS and exFAT disks of this machine.
_REMOTE_PREFIXES = ("fuse", "osxfuse", "macfuse")


@dataclass(frozen=True, slots=True)
class FileSystemProfile:
    """How often files of a file system are looked at. Times in seconds.

    ``notifies``: changes may be expected to be notified. ``hot`` is the time between two looks at a file that grows,
    where nothing is notified, ``cold`` the same for one that does not, ``hot_notified`` for one that grows where
    notifications arrive and the look is only a safety net. ``walk`` is the time between two walks over a small tree.
    """

    kind: str
    notifies: bool
    hot: float
    cold: float
    hot_notified: float
    walk: float

    @property
    def remote(self) -> bool:
        """True for network drives and what behaves like one."""
        return not self.notifies


LOCAL = "local"


def local_profile(kind: str = LOCAL) -> FileSystemProfile:
    """Disks of this machine."""
    return FileSystemProfile(kind, notifies=True, hot=0.25, cold=1.0, hot_notified=1.0, walk=1.0)


def network_profile(kind: str) -> FileSystemProfile:
    """Network drives, FUSE, drives that a virtual machine shares with its host."""
    return FileSystemProfile(kind, notifies=False, hot=2.0, cold=15.0, hot_notified=2.0, walk=5.0)


def profile_of(path: str, mounts: str = _MOUNTS) -> FileSystemProfile:
    """The profile of the file system that ``path`` (which need not exist) lies on. Never raises."""
    if sys.platform == "win32":
        return network_profile("unc") if os.path.abspath(path).startswith("\\\\") else local_profile()
    kind = _mounted_kind(os.path.realpath(path), mounts)
    if kind is None:
        return local_profile()
    if kind in _REMOTE or kind.split(".", 1)[0] in _REMOTE_PREFIXES:
        return network_profile(kind)
    return local_profile(kind)


def _mounted_kind(path: str, mounts: str) -> str | None:
    """The type of the file system mounted at the deepest folder above ``path``; None where this cannot be known."""
    try:
        with Path(mounts).open(encoding="utf-8", errors="surrogateescape") as lines:
            entries = lines.readlines()
    except OSError:
        return None
    best, kind = -1, None
    for line in entries:
        before, dash, behind = line.partition(" - ")
        fields = before.split(" ")
        if not dash or len(fields) < 5 or not behind.split():
            continue
        point = _unescape(fields[4])
        if path == point or path.startswith(point.rstrip("/") + "/"):
            # Of two mounts on one folder the later one hides the earlier.
            if len(point) >= best:
                best, kind = len(point), behind.split()[0]
    return kind


def _unescape(text: str) -> str:
    return re.sub(r"\\([0-7]{3})", lambda match: chr(int(match.group(1), 8)), text)
