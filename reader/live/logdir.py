"""Where runs are found: a folder of event files, on this disk or elsewhere."""

from __future__ import annotations

import errno
import os
import stat as stat_module
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from ..wire.source import ByteSource, FileSource
from .filesystems import FileSystemProfile, profile_of

#: The file that names the embeddings of a projector.
PROJECTOR_CONFIG = "projector_config.pbtxt"
#: A folder deeper than this below its root is not entered.
MAX_DEPTH = 64
_CHUNK = 512

FolderId = tuple[int, int]


@dataclass(frozen=True, slots=True)
class FileStamp:
    """What tells one state of a file from another: device, inode, size in bytes, time of change in ns."""

    device: int
    inode: int
    size: int
    mtime_ns: int

    @property
    def identity(self) -> FolderId:
        """Device and inode; the inode is 0 where the file system has none."""
        return self.device, self.inode


@dataclass(frozen=True, slots=True)
class FileEntry:
    """One event file. ``path`` is what :meth:`LogDir.open` takes; ``shared``: other names may lead to the same file."""

    name: str
    path: str
    stamp: FileStamp
    shared: bool = False


@dataclass(frozen=True, slots=True)
class Oddity:
    """Something in a folder that is not read, with the reason: ``code`` is short and stable, ``name`` may be empty."""

    code: str
    name: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class FolderEntry:
    """A folder, or a part of a large one: ``last`` marks the part that completes it.

    ``run`` is the path relative to the root with "/" between names, "." for the root. ``error`` says why the folder
    could not be read; what was known of it then stays as it is. ``quiet``: no notifications come from here, because
    the way to it leads through a link. ``config`` is the projector's config in it; its stamp is that of the link where
    it is one (``shared``).
    """

    run: str
    path: str
    files: tuple[FileEntry, ...] = ()
    oddities: tuple[Oddity, ...] = ()
    error: OSError | None = None
    quiet: bool = False
    last: bool = True
    config: FileEntry | None = None


class OpenFile(ByteSource, Protocol):
    """A file opened for one poll."""

    def stamp(self) -> FileStamp:
        """The state of the file that is open, which may have another name by now."""
        ...

    def close(self) -> None:
        """Give the handle back."""
        ...


class LogDir(Protocol):
    """A place with runs. All methods are called from the ingest thread, :meth:`open` and :meth:`stat` from any."""

    @property
    def root(self) -> str:
        """The address that the user gave."""
        ...

    @property
    def label(self) -> str:
        """A short name, put before run names where there are several roots."""
        ...

    @property
    def profile(self) -> FileSystemProfile:
        """How often to look."""
        ...

    def scan(self, visited: dict[FolderId, str], below: str | None = None) -> Iterator[FolderEntry]:
        """Every folder, parents first; of the subtree ``below`` (a folder's ``path``) alone where given.

        ``visited`` holds the path of each folder met in this pass, over all roots, so that each is entered once.
        Raises nothing: what cannot be read is an entry with its error.
        """
        ...

    def look(self, path: str) -> FolderEntry | None:
        """What a walk would say of one file that was heard of: a part of its folder (``last`` is False), or None."""
        ...

    def stat(self, path: str) -> FileStamp:
        """The state of a file or folder. Raises OSError."""
        ...

    def open(self, path: str) -> OpenFile:
        """Open a file for one poll. Raises OSError."""
        ...

    @property
    def watch_path(self) -> str | None:
        """The local folder whose changes the system can notify; None where it cannot."""
        ...


class DiskFile(FileSource):
    """A file on disk that knows its own stamp."""

    def stamp(self) -> FileStamp:
        """The state of the open file."""
        return stamp_of(os.fstat(self.descriptor()))


def stamp_of(result: os.stat_result) -> FileStamp:
    """The stamp in a stat result."""
    return FileStamp(result.st_dev, result.st_ino, result.st_size, result.st_mtime_ns)


class DiskLogDir:
    """A folder of runs, or one event file, on a disk that this machine has mounted. It need not exist yet."""

    def __init__(self, root: str | os.PathLike[str]) -> None:
        self._root = os.path.abspath(os.path.expanduser(os.fspath(root)))
        self._profile: FileSystemProfile | None = None

    @property
    def root(self) -> str:
        """The absolute path of the folder."""
        return self._root

    @property
    def label(self) -> str:
        """The last name of the path."""
        return os.path.basename(self._root) or self._root

    @property
    def profile(self) -> FileSystemProfile:
        """Found out at the first use: a question to the system, so not for the GUI thread."""
        if self._profile is None:
            self._profile = profile_of(self._root)
        return self._profile

    @property
    def watch_path(self) -> str | None:
        """The folder itself, on disks that report changes."""
        return self._root if self.profile.notifies and os.path.isdir(self._root) else None

    def stat(self, path: str) -> FileStamp:
        """The state of a file, links followed."""
        return stamp_of(os.stat(path))

    def open(self, path: str) -> OpenFile:
        """A file opened for reading; nothing keeps others from renaming, deleting or writing it."""
        source = DiskFile(path)
        source.descriptor()
        return source

    def look(self, path: str) -> FolderEntry | None:
        """See :meth:`LogDir.look`."""
        folder, name = os.path.split(path)
        if name == PROJECTOR_CONFIG:
            try:
                config = _config_entry(path)
            except OSError:
                return None
            return FolderEntry(self._relative(folder), folder, last=False, config=config)
        if "tfevents" not in name or reason_to_skip(name) is not None:
            return None
        try:
            info = os.stat(path)
            shared = info.st_nlink > 1 or os.path.islink(path)
        except OSError:
            return None
        if not stat_module.S_ISREG(info.st_mode):
            return None
        entry = FileEntry(name, path, stamp_of(info), shared)
        return FolderEntry(self._relative(folder), folder, (entry,), last=False)

    def _relative(self, folder: str) -> str:
        return "." if folder == self._root else os.path.relpath(folder, self._root).replace(os.sep, "/")

    def scan(self, visited: dict[FolderId, str], below: str | None = None) -> Iterator[FolderEntry]:
        """See :meth:`LogDir.scan`."""
        start = self._root if below is None else below
        if below is None:
            try:
                result = os.stat(start)
            except OSError as error:
                yield FolderEntry(".", start, error=error)
                return
            if not stat_module.S_ISDIR(result.st_mode):
                yield self._single_file(result)
                return
        relative = self._relative(start)
        depth = 0 if relative == "." else relative.count("/") + 1
        pending = [_Visit(start, relative, depth, quiet=False)]
        # Links wait until all real folders were met: a run keeps the name of the folder that holds it.
        links: list[_Visit] = []
        while pending or links:
            visit = pending.pop() if pending else links.pop(0)
            yield from self._folder(visit, visited, pending, links)

    def _single_file(self, result: os.stat_result) -> FolderEntry:
        name = os.path.basename(self._root)
        folder = os.path.dirname(self._root)
        if not stat_module.S_ISREG(result.st_mode):
            return FolderEntry(".", folder, oddities=(Oddity("not-a-file", name, "is neither a folder nor a file"),))
        return FolderEntry(".", folder, files=(FileEntry(name, self._root, stamp_of(result)),), quiet=True)

    def _folder(
        self, visit: _Visit, visited: dict[FolderId, str], pending: list[_Visit], links: list[_Visit]
    ) -> Iterator[FolderEntry]:
        path, run = visit.path, visit.run
        try:
            result = os.stat(path)
            key = (result.st_dev, result.st_ino)
            known = visited.get(key) if result.st_ino else None
            if known is not None and known != path and _leads_to(known, key):
                inside = path.startswith(known.rstrip(os.sep) + os.sep)
                yield FolderEntry(
                    run, path, oddities=(Oddity("folder-loop" if inside else "folder-alias", "", known),), quiet=True
                )
                return
            if visit.depth > MAX_DEPTH:
                yield FolderEntry(run, path, oddities=(Oddity("too-deep", "", str(MAX_DEPTH)),), quiet=True)
                return
            visited[key] = path
            with os.scandir(path) as listing:
                entries = sorted(listing, key=lambda entry: entry.name)
        except OSError as error:
            yield FolderEntry(run, path, error=error, quiet=visit.quiet)
            return
        folders: list[_Visit] = []
        files: list[FileEntry] = []
        oddities: list[Oddity] = []
        config: FileEntry | None = None
        for entry in entries:
            try:
                if entry.is_dir():
                    child = entry.name if run == "." else f"{run}/{entry.name}"
                    linked = entry.is_symlink()
                    where = links if linked else folders
                    where.append(_Visit(entry.path, child, visit.depth + 1, visit.quiet or linked))
                    continue
                if entry.name == PROJECTOR_CONFIG:
                    config = _config_entry(entry.path)
                    continue
                if "tfevents" not in entry.name:
                    continue
                reason = reason_to_skip(entry.name)
                if reason is not None:
                    oddities.append(Oddity(reason, entry.name))
                    continue
                # Windows keeps stale sizes of open files in its folders: the entry's own stat would show those.
                info = os.stat(entry.path)
                if not stat_module.S_ISREG(info.st_mode):
                    oddities.append(Oddity("not-a-file", entry.name, "is no regular file"))
                    continue
                shared = info.st_nlink > 1 or entry.is_symlink()
                files.append(FileEntry(entry.name, entry.path, stamp_of(info), shared))
            except FileNotFoundError:
                if entry.is_symlink():
                    oddities.append(Oddity("broken-link", entry.name))
            except OSError as error:
                oddities.append(Oddity("unreadable-file", entry.name, _reason(error)))
            if len(files) >= _CHUNK:
                yield FolderEntry(run, path, tuple(files), tuple(oddities), quiet=visit.quiet, last=False)
                files, oddities = [], []
        yield FolderEntry(run, path, tuple(files), tuple(oddities), quiet=visit.quiet, config=config)
        pending.extend(reversed(folders))


@dataclass(frozen=True, slots=True)
class _Visit:
    path: str
    run: str
    depth: int
    quiet: bool


_PARTIAL_SUFFIXES = (
    ".crdownload",
    ".download",
    ".filepart",
    ".gstmp",
    ".opdownload",
    ".part",
    ".partial",
    ".swp",
    ".temp",
    ".tmp",
    ".unconfirmed",
    "~",
)


def reason_to_skip(name: str) -> str | None:
    """Why a file whose name contains "tfevents" is not read: "profile-empty", "partial-copy", or None."""
    if name.endswith(".profile-empty"):
        return "profile-empty"
    if name.startswith((".", "~")) or name.lower().endswith(_PARTIAL_SUFFIXES):
        return "partial-copy"
    return None


def _config_entry(path: str) -> FileEntry:
    """A projector's config, links not followed: where it may be read is decided when it is read. OSError."""
    info = os.lstat(path)
    return FileEntry(os.path.basename(path), path, stamp_of(info), stat_module.S_ISLNK(info.st_mode))


def _leads_to(path: str, key: FolderId) -> bool:
    try:
        result = os.stat(path)
    except OSError:
        return False
    return (result.st_dev, result.st_ino) == key


def _reason(error: OSError) -> str:
    return error.strerror or errno.errorcode.get(error.errno or 0, "error")


def labels_of(logdirs: list[LogDir]) -> list[str]:
    """One distinct label a root: the last name of its address, and as much before it as tells it from the others."""
    parts = [logdir.root.replace("\\", "/").rstrip("/").split("/") or [logdir.root] for logdir in logdirs]
    labels = [logdir.label for logdir in logdirs]
    take = 1
    while len(set(labels)) < len(labels) and take < max(map(len, parts)):
        take += 1
        twice = {label for label in labels if labels.count(label) > 1}
        labels = ["/".join(p[-take:]) if label in twice else label for p, label in zip(parts, labels, strict=True)]
    seen: dict[str, int] = {}
    result = []
    for label in labels:
        seen[label] = seen.get(label, 0) + 1
        result.append(label if seen[label] == 1 else f"{label} ({seen[label]})")
    return result
