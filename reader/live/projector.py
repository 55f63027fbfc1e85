"""The configs of projectors in the folders of a log: read when they are met and change; the last good one stays."""

from __future__ import annotations

import errno
import os
import re
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from ..embeddings.config import MOST_BYTES, BadConfig, EmbeddingEntry, ProjectorConfig, parse_config
from ..embeddings.model import EmbeddingNote, EmbeddingSource
from ..embeddings.places import NeedsPermission, OpenFile, PlaceError, Places, refusal
from ..model import EmbeddingKey, Problem, Severity
from ..store.store import RunStore
from .hints import Hints
from .logdir import FileEntry, FileStamp, stamp_of

#: TensorFlow 2 keeps the config of a run in one of these folders inside it.
_PLUGIN = re.compile(r"(?:^|/)plugins/(?:org_tensorflow_tensorboard_projector|projector)(?:/(.*))?$")
_STEP = re.compile(r"(.+):(\d{5,18})")
#: A config that became shorter or makes no sense is believed after so many seconds without another change.
_SETTLED = 0.4
#: Files of embeddings that were loaded are looked at in every walk, the newest so many of them.
_MOST_WATCHED = 256


@dataclass(slots=True)
class _Config:
    entry: FileEntry
    run: str
    ensure_run: Callable[[], str]
    read: FileStamp | None = None
    good: int = 0
    doubted: FileStamp | None = None
    due: float | None = None
    wants: str = ""
    seen: int = 0


class ProjectorConfigs:
    """All configs that were met. Used by the ingest thread, :meth:`watch` and :meth:`allowed` by any."""

    def __init__(
        self, store: RunStore, places: Places, hints: Hints, clock: Callable[[], float], *, patient: bool = True
    ) -> None:
        self._store = store
        self._places = places
        self._hints = hints
        self._clock = clock
        self._patient = patient
        self._due: float | None = None
        self._configs: dict[str, _Config] = {}
        self._pass = 0
        self._lock = threading.Lock()
        self._watched: dict[str, tuple[FileStamp | None, EmbeddingKey]] = {}
        self._allowed = False

    @property
    def due(self) -> float | None:
        """When :meth:`look_again` has something to do."""
        return self._due

    def begin_pass(self) -> None:
        """A whole walk begins."""
        self._pass += 1

    def take(self, entry: FileEntry, run: str, ensure_run: Callable[[], str]) -> None:
        """A config was met in a walk, or heard of.

        ``run`` is the name of its run; ``ensure_run`` puts the run into the store and returns the name it has there. A
        run is made by a config that names an embedding, not by one that names none.
        """
        config = self._configs.get(entry.path)
        if config is None:
            config = self._configs[entry.path] = _Config(entry, run, ensure_run)
        config.seen = self._pass
        config.entry = entry
        # What a link leads to changes without the link.
        if entry.shared or entry.stamp not in (config.read, config.doubted):
            self._read(config)

    def end_pass(self) -> set[str]:
        """A whole walk is over: configs that are gone give up what they named. Returns runs that have no config now."""
        gone = [path for path, config in self._configs.items() if config.seen != self._pass and _is_gone(path)]
        runs = {self._configs.pop(path).run for path in gone}
        for path in gone:
            self._store.put_embeddings(path, ())
            self._store.report(("projector", path), ())
        self.check_files()
        return runs - {config.run for config in self._configs.values()}

    def look_again(self) -> None:
        """Read configs that were in doubt a moment ago, and those that waited for the user's consent."""
        with self._lock:
            allowed, self._allowed = self._allowed, False
        if not allowed and self._due is None:
            return
        now = self._clock()
        for config in list(self._configs.values()):
            if (config.due is not None and config.due <= now) or (allowed and config.wants):
                config.due = None
                self._read(config)
        self._due = min((config.due for config in self._configs.values() if config.due is not None), default=None)

    def allowed(self) -> None:
        """The user allowed another file."""
        with self._lock:
            self._allowed = True
        self._hints.wake()

    def watch(self, key: EmbeddingKey, files: dict[str, FileStamp | None]) -> None:
        """Say when one of these files changes; the state of each is that in which it was read, None: not there."""
        with self._lock:
            for path, stamp in files.items():
                self._watched.pop(path, None)
                self._watched[path] = (stamp, key)
            while len(self._watched) > _MOST_WATCHED:
                del self._watched[next(iter(self._watched))]
            self._hints.also = frozenset(spelled for path in self._watched for spelled in self._spellings(path))

    def heard(self, path: str) -> bool:
        """A file was heard of; True where it belongs to an embedding."""
        if path not in self._hints.also:
            return False
        self.check_files()
        return True

    def check_files(self) -> None:
        """Look at the files of the embeddings that were loaded."""
        with self._lock:
            watched = list(self._watched.items())
        changed: dict[str, tuple[FileStamp | None, EmbeddingKey]] = {}
        for path, (stamp, key) in watched:
            now = _stamp(path)
            if now != stamp:
                changed[path] = (now, key)
        if not changed:
            return
        with self._lock:
            for path, state in changed.items():
                if path in self._watched:
                    self._watched[path] = state
        self._store.touch_embeddings({key for _stamp, key in changed.values()})

    def _spellings(self, path: str) -> Iterable[str]:
        """A path as it is, and as notifications call it where the way to a root leads through a link."""
        yield path
        for given, real in self._places.spellings():
            if given != real and path.startswith(real + os.sep):
                yield given + path[len(real) :]

    def _read(self, config: _Config) -> None:
        path = config.entry.path
        folder, name = os.path.split(path)
        config.wants = ""
        try:
            with OpenFile(self._places.find(name, folder), MOST_BYTES) as file:
                data = file.read_at(0, file.stamp.size)
                stamp = config.entry.stamp if config.entry.shared else file.stamp
                whole = file.unchanged()
            parsed = parse_config(data)
        except NeedsPermission as error:
            config.wants = error.path
            self._give_up(config, config.entry.stamp, "embedding-config-outside", str(error), _ALLOW)
            return
        except PlaceError as error:
            # One that is gone is being replaced, or the next walk misses it.
            if not error.missing or not self._doubts(config, config.entry.stamp):
                self._give_up(config, config.entry.stamp, "embedding-config-unreadable", str(error), _REPLACE)
            return
        except OSError as error:
            if not self._doubts(config, config.entry.stamp):
                cause = f"{name} cannot be read: {error.strerror or error}."
                self._give_up(config, config.entry.stamp, "embedding-config-unreadable", cause, _REPLACE)
            return
        except BadConfig as error:
            if not self._doubts(config, stamp):
                cause = f"{name} is no config of a projector: {error}."
                self._give_up(config, stamp, "embedding-config-unreadable", cause, _REPLACE)
            return
        if (not whole or len(parsed.embeddings) < config.good) and self._doubts(config, stamp):
            return
        config.doubted = None
        config.read = stamp
        config.good = len(parsed.embeddings)
        if parsed.embeddings:
            config.run = config.ensure_run()
        self._store.put_embeddings(path, [_source(config, entry, parsed) for entry in parsed.embeddings])
        self._store.report(("projector", path), _problems(config, parsed))

    def _doubts(self, config: _Config, stamp: FileStamp) -> bool:
        """Whether to wait for another look: writers replace configs piece by piece."""
        if not self._patient or config.doubted == stamp:
            return False
        config.doubted = stamp
        config.due = self._clock() + _SETTLED
        self._due = config.due if self._due is None else min(self._due, config.due)
        return True

    def _give_up(self, config: _Config, stamp: FileStamp, code: str, cause: str, remedy: str) -> None:
        config.read = stamp
        config.doubted = None
        name = os.path.basename(config.entry.path)
        row = Problem(code, Severity.WARNING, config.run, name, cause, remedy)
        self._store.report(("projector", config.entry.path), [row])


_ALLOW = "Allow it in the projector's data panel, or copy the file into the log folder."
_REPLACE = "What it said before stays. It is read again when it changes."
_CHECKPOINT = "Write its values as TSV or NPY and name the file as tensor_path in the config."


def run_of(run: str) -> tuple[str, bool]:
    """The run that a config in folder ``run`` belongs to, and whether it lies in a plug-in's folder inside of that."""
    match = _PLUGIN.search(run)
    if match is None:
        return run, False
    above = run[: match.start()]
    inner = match[1] or ""
    return "/".join(part for part in (above, inner) if part and part != ".") or ".", True


def note_problems(
    source: EmbeddingSource, notes: Iterable[EmbeddingNote], remedy: str = "Everything else of the embedding is shown."
) -> list[Problem]:
    """The rows of the log health for what was odd about an embedding that was loaded."""
    return [
        Problem(
            note.code,
            Severity.WARNING,
            source.key.run,
            source.name,
            note.text,
            _ALLOW if note.permission else remedy,
        )
        for note in notes
    ]


def _is_gone(path: str) -> bool:
    try:
        os.lstat(path)
    except OSError as error:
        return error.errno in (errno.ENOENT, errno.ENOTDIR)
    return False


def _stamp(path: str) -> FileStamp | None:
    try:
        return stamp_of(os.lstat(path))
    except OSError:
        return None


def _text(name: str) -> str:
    """A name of a config as text that any widget takes: bytes that are no UTF-8 as ``\\xff``."""
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


def _source(config: _Config, entry: EmbeddingEntry, parsed: ProjectorConfig) -> EmbeddingSource:
    match = _STEP.fullmatch(entry.tensor_name)
    tag = match[1] if match else entry.tensor_name or os.path.basename(entry.tensor_path) or "embedding"
    step = int(match[2]) if match else None
    missing = ""
    if not entry.tensor_path:
        where = f" of {parsed.checkpoint}" if parsed.checkpoint else ""
        missing = (
            f"{entry.tensor_name or 'This embedding'} is a variable of a checkpoint of TensorFlow{where}, which is "
            "not read. Write its values as TSV or NPY and name the file as tensor_path in the config."
        )
    else:
        missing = refusal(entry.tensor_path)
    shape = (entry.shape[0], entry.shape[1]) if len(entry.shape) == 2 else None
    return EmbeddingSource(
        EmbeddingKey(config.run, _text(tag)),
        step,
        _text(entry.tensor_name or tag),
        os.path.dirname(config.entry.path),
        entry,
        missing=missing,
        shape=shape,
    )


def _problems(config: _Config, parsed: ProjectorConfig) -> list[Problem]:
    name = os.path.basename(config.entry.path)
    rows = []

    def row(code: str, cause: str, remedy: str, count: int = 1, severity: Severity = Severity.WARNING) -> None:
        rows.append(Problem(code, severity, config.run, name, cause, remedy, count=count))

    variables = [entry for entry in parsed.embeddings if not entry.tensor_path]
    if variables:
        cause = f"{variables[0].tensor_name or 'An embedding'} is a variable of a TensorFlow checkpoint."
        row("embedding-checkpoint", _text(cause), _CHECKPOINT, len(variables), Severity.INFO)
    refused = [
        reason
        for entry in parsed.embeddings
        for field in (entry.tensor_path, entry.metadata_path, entry.image_path, entry.bookmarks_path)
        if field and (reason := refusal(field))
    ]
    if refused:
        row("embedding-path", _text(refused[0]), "The file is not opened.", len(refused))
    if parsed.left_out:
        cause = f"{name} names {parsed.left_out:,} embeddings more than are read."
        row("embedding-config-long", cause, "Only the first ones are listed.", parsed.left_out)
    if parsed.odd:
        cause = f"{name} has {parsed.odd:,} fields whose values are of another type."
        row("embedding-config-odd", cause, "They are left out.", parsed.odd, Severity.INFO)
    return rows
