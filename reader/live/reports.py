"""The words for what is odd about files and folders: what, where, why, and what to do about it."""

from __future__ import annotations

import errno

from ..model import Problem, Severity
from ..wire.items import Gap, Pending, PendingKind
from .logdir import MAX_DEPTH, Oddity

#: A tail that is not whole is nothing to talk about before it has waited so many seconds.
PATIENCE = 10.0
_MOST_GAP_ROWS = 200

_GAP_CAUSES = {
    "bad-length-crc": "The checksum of a record's length does not hold",
    "bad-payload-crc": "The checksum of a record does not hold: its bytes changed after they were written",
    "zero-hole": "A hole of zeros stands where records should be",
    "torn-record": "A record was begun and never finished; the next one was written over it",
}
_GAP_REMEDIES = {
    "zero-hole": "Network drives fill such holes late: looked at again and again. Reload looks at once.",
    "torn-record": "Nothing to do: the writer was stopped here. Everything before and behind it is shown.",
}
_GAP_REMEDY = "Everything before and behind it is shown. Copy the file again if the original is whole."

_IMPOSTORS = {
    "git-lfs-pointer": ("This is a git-LFS pointer: the log itself was not downloaded", "Run: git lfs pull"),
    "html": ("This is a web page, such as the error page of a failed download", "Download the log again"),
    "text": ("This is a text file, not an event file", "Rename it, or move it out of the log folder"),
    "gzip": ("The file is compressed (gzip)", "Unpack it: gunzip, then Reload"),
    "zlib": ("The file is compressed (zlib)", "Unpack it, then Reload"),
    "zstd": ("The file is compressed (zstd)", "Unpack it: unzstd, then Reload"),
    "bzip2": ("The file is compressed (bzip2)", "Unpack it: bunzip2, then Reload"),
    "xz": ("The file is compressed (xz)", "Unpack it: unxz, then Reload"),
    "zip": ("The file is an archive (zip)", "Unpack it, then Reload"),
}


def count_bytes(number: int) -> str:
    """A number of bytes, for people."""
    return "1 byte" if number == 1 else f"{number:,} bytes"


def gap_problems(run: str, name: str, gaps: tuple[Gap, ...]) -> list[Problem]:
    """One row a gap; what goes beyond some hundred becomes one row with a count."""
    rows = [
        Problem(
            gap.cause,
            Severity.WARNING,
            run,
            name,
            f"{_GAP_CAUSES.get(gap.cause, 'Bytes that are no record')} ({count_bytes(gap.size)} at {gap.start:,}).",
            _GAP_REMEDIES.get(gap.cause, _GAP_REMEDY),
            offset=gap.start,
            length=gap.size,
        )
        for gap in gaps[:_MOST_GAP_ROWS]
    ]
    if len(gaps) > _MOST_GAP_ROWS:
        rest = gaps[_MOST_GAP_ROWS:]
        lost = sum(gap.size for gap in rest)
        rows.append(
            Problem(
                "more-gaps",
                Severity.WARNING,
                run,
                name,
                f"{len(rest):,} more gaps like these ({count_bytes(lost)} altogether).",
                _GAP_REMEDY,
                offset=rest[0].start,
                length=rest[-1].end - rest[0].start,
                count=len(rest),
            )
        )
    return rows


def pending_problem(run: str, name: str, pending: Pending, length: int, waited: float) -> Problem | None:
    """The row for a tail of ``length`` bytes that waited for some seconds; None while it is no news."""
    if pending.kind is PendingKind.SUSPECT:
        cause = _GAP_CAUSES.get(pending.cause, "Bytes that are no record")
        return Problem(
            f"waiting-{pending.cause or 'suspect'}",
            Severity.WARNING,
            run,
            name,
            f"{cause}, and no whole record stands behind it ({count_bytes(length)} at the end of the file).",
            "Looked at again and again. Everything before it is shown.",
            offset=pending.offset,
            length=length,
        )
    if waited < PATIENCE:
        return None
    if pending.kind is PendingKind.ZEROS:
        return Problem(
            "waiting-zeros",
            Severity.INFO,
            run,
            name,
            f"{count_bytes(length).capitalize()} of zeros at the end: space that was reserved and not written yet.",
            "Nothing to do: reading goes on as soon as they are filled.",
            offset=pending.offset,
            length=length,
        )
    missing = f", {count_bytes(pending.missing)} missing" if pending.missing else ""
    return Problem(
        "waiting-torn-record",
        Severity.INFO,
        run,
        name,
        f"Waiting for the rest of the last record{missing}.",
        "Nothing to do while the training runs. If it was stopped, this record was never finished.",
        offset=pending.offset,
        length=length,
    )


def impostor_problem(run: str, name: str, kind: str) -> Problem:
    """The row for a file that is something else than its name says."""
    cause, remedy = _IMPOSTORS.get(kind, (f"This is no event file ({kind})", "Move it out of the log folder"))
    return Problem(f"not-an-event-file-{kind}", Severity.ERROR, run, name, f"{cause}.", f"{remedy}.")


def empty_problem(run: str, name: str) -> Problem:
    """The row for a file without a byte."""
    return Problem(
        "no-events-yet",
        Severity.INFO,
        run,
        name,
        "The file is empty: no events yet.",
        "Nothing to do: they are shown when they come.",
    )


def deleted_problem(run: str, name: str) -> Problem:
    """The row for a file that was there and is not any more."""
    return Problem(
        "deleted",
        Severity.INFO,
        run,
        name,
        "The file was deleted on disk. What was read of it stays.",
        "Its images and texts cannot be loaded any more.",
    )


def replaced_problem(run: str, name: str) -> Problem:
    """The row for a file with new contents that hold no record yet."""
    return Problem(
        "replaced",
        Severity.INFO,
        run,
        name,
        "The file was replaced, and its new contents hold no whole record yet. What was read before stays.",
        "Nothing to do: the new contents take over with their first record.",
    )


def error_problem(run: str, name: str, error: OSError) -> Problem:
    """The row for a file or folder that cannot be read now."""
    what = "The file" if name else "The folder"
    reason = error.strerror or str(error) or type(error).__name__
    code, remedy = "unreadable", "Tried again and again."
    if error.errno in (errno.EACCES, errno.EPERM):
        code, remedy = "no-permission", "Give this user the right to read it; it is then read at once."
    elif error.errno in (errno.EMFILE, errno.ENFILE):
        code, remedy = "too-many-open-files", "Tried again and again. Raise the limit with: ulimit -n 4096"
    elif error.errno in (errno.ENOENT, errno.ENOTDIR):
        code, remedy = "missing", "Shown as soon as it appears."
        return Problem(code, Severity.WARNING, run, name, f"{what} does not exist.", remedy)
    elif error.errno == getattr(errno, "ESTALE", -1):
        code, remedy = "stale", "The network drive lost it for the moment. Tried again and again."
    return Problem(code, Severity.ERROR, run, name, f"{what} cannot be read: {reason}.", remedy)


def failure_problem(run: str, name: str, error: Exception) -> Problem:
    """The row for a fault of the reader itself."""
    return Problem(
        "reader-fault",
        Severity.ERROR,
        run,
        name,
        f"Reading this file failed ({type(error).__name__}: {error}).",
        "A fault of Runglass: please report it. The other files are not touched by it, and this one is tried again.",
    )


def folder_problems(run: str, path: str, oddities: tuple[Oddity, ...]) -> list[Problem]:
    """Rows for what is left aside in a folder; files of one sort share a row."""
    rows = []
    by_code: dict[str, list[Oddity]] = {}
    for oddity in oddities:
        by_code.setdefault(oddity.code, []).append(oddity)
    for code, found in by_code.items():
        first = found[0]
        names = first.name if len(found) == 1 else f"{first.name} and {len(found) - 1:,} more"
        severity = Severity.INFO
        if code == "profile-empty":
            cause, remedy = f"{names}: marks a profile and holds no summaries.", "Nothing to do."
        elif code == "partial-copy":
            cause = f"{names}: a copy that is not finished, by its name."
            remedy = "Nothing to do: it is read when it has its final name."
        elif code == "folder-alias":
            cause, remedy = f"{path} is another way to {first.detail}.", "Nothing to do: its runs are shown once."
        elif code == "folder-loop":
            cause, remedy = f"{path} leads back to {first.detail}.", "Nothing to do: the loop is not followed."
        elif code == "file-alias":
            cause, remedy = f"{names}: another name of {first.detail}.", "Nothing to do: the file is shown once."
        elif code == "too-deep":
            severity = Severity.WARNING
            cause = f"{path} is more than {MAX_DEPTH} folders deep and is not entered."
            remedy = "Open this folder itself to see what it holds."
        elif code == "broken-link":
            severity = Severity.WARNING
            cause, remedy = f"{names}: a link that leads nowhere.", "Restore what it points to, or remove it."
        elif code == "unreadable-file":
            severity = Severity.ERROR
            cause, remedy = f"{names}: cannot be read ({first.detail}).", "Tried again at each look."
        else:
            severity = Severity.WARNING
            cause, remedy = f"{names} {first.detail}.", "Move it out of the log folder."
        rows.append(Problem(code, severity, run, first.name, cause, remedy, count=len(found)))
    return rows
