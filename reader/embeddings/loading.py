"""From a source to an embedding in memory: vectors, labels, thumbnails and bookmarks of one moment."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from ..decode.tensors import BadTensor
from ..decode.values import decode_value
from ..live.blobs import BlobError
from ..live.logdir import FileStamp
from ..model import BlobRef
from . import matrix as vectors
from . import metadata, sprites
from .matrix import Allocate, Vectors
from .model import EmbeddingData, EmbeddingNote, EmbeddingSource, MetadataColumn, Sprite
from .places import NeedsPermission, OpenFile, Place, PlaceError, Places
from .tables import CancelCall, LoadError, ProgressCall, Tracker

_MOST_BOOKMARKS = 64 << 20
_ATTEMPTS = 3

Found = TypeVar("Found")


class EmbeddingError(Exception):
    """An embedding cannot be loaded. The message is a sentence for users: what, why, what to do.

    ``permission`` is the path outside the log that the user would have to allow; empty where nothing of the kind helps.
    """

    def __init__(self, message: str, permission: str = "") -> None:
        super().__init__(message)
        self.permission = permission


def load_source(
    source: EmbeddingSource,
    places: Places,
    read_blob: Callable[[BlobRef], bytes],
    *,
    allocate: Allocate | None = None,
    progress: ProgressCall | None = None,
    cancelled: CancelCall | None = None,
    files: dict[str, FileStamp | None] | None = None,
) -> EmbeddingData:
    """Load one source, again where one of its files was replaced meanwhile. Raises EmbeddingError, LoadCancelled.

    ``files`` takes the paths that were read or looked for, also when the call fails. What else there is to know stands
    at :meth:`~..live.session.LogSession.load_embedding`.
    """
    files = {} if files is None else files
    tracker = Tracker(progress, cancelled)
    if source.missing:
        raise EmbeddingError(source.missing)
    if source.tensor is not None:
        return _logged(source, read_blob, allocate, tracker)
    for attempt in range(_ATTEMPTS):
        load = _Load(source, places, allocate, tracker, files)
        try:
            data = load.run()
        except EmbeddingError:
            if attempt + 1 == _ATTEMPTS or load.settled():
                raise
            continue
        if load.settled():
            return data
    note = EmbeddingNote("embedding-changing", "Its files changed again and again while they were read.")
    return EmbeddingData(data.matrix, data.columns, data.sprite, data.bookmarks, (*data.notes, note))


def load_file(
    path: str | os.PathLike[str],
    *,
    allocate: Allocate | None = None,
    progress: ProgressCall | None = None,
    cancelled: CancelCall | None = None,
) -> EmbeddingData:
    """Load a TSV, CSV, text or NPY file that the user chose. Columns that are no numbers become metadata.

    Call and errors as of :meth:`~..live.session.LogSession.load_embedding`.
    """
    tracker = Tracker(progress, cancelled)
    name = os.path.basename(path)
    try:
        with OpenFile(Place(os.path.realpath(path)), vectors.MOST_BYTES) as file:
            found = vectors.read_vectors(file, (), allocate, tracker)
    except LoadError as error:
        raise EmbeddingError(f"{name} cannot be shown. {error}") from error
    except PlaceError as error:
        raise EmbeddingError(str(error)) from error
    except OSError as error:
        raise EmbeddingError(f"{name} cannot be read: {error.strerror or error}.") from error
    return EmbeddingData(found.matrix, found.columns, notes=found.notes)


def _logged(
    source: EmbeddingSource, read_blob: Callable[[BlobRef], bytes], allocate: Allocate | None, tracker: Tracker
) -> EmbeddingData:
    tensor = source.tensor
    assert tensor is not None
    tracker.at(0, tensor.nbytes)
    try:
        array = decode_value(tensor, read_blob(tensor.ref)).array
        if array is None:
            raise LoadError("It has no values.")
        tracker.at(tensor.nbytes, tensor.nbytes)
        return EmbeddingData(vectors.matrix_of(array, allocate))
    except (LoadError, BadTensor) as error:
        raise EmbeddingError(f"{source.name} cannot be shown: {error}") from error
    except BlobError as error:
        raise EmbeddingError(str(error)) from error


class _Load:
    """One attempt: opens each file once and remembers its state."""

    def __init__(
        self,
        source: EmbeddingSource,
        places: Places,
        allocate: Allocate | None,
        tracker: Tracker,
        files: dict[str, FileStamp | None],
    ) -> None:
        assert source.entry is not None
        self._source = source
        self._entry = source.entry
        self._places = places
        self._allocate = allocate
        self._tracker = tracker
        self._files = files
        self._read: dict[str, FileStamp] = {}
        self._notes: list[EmbeddingNote] = []

    def settled(self) -> bool:
        """Whether every file that was read is still as it was then."""
        for path, stamp in self._read.items():
            try:
                info = os.lstat(path)
            except OSError:
                return False
            if (info.st_dev, info.st_ino, info.st_size, info.st_mtime_ns) != (
                stamp.device,
                stamp.inode,
                stamp.size,
                stamp.mtime_ns,
            ):
                return False
        return True

    def run(self) -> EmbeddingData:
        found = self._vectors()
        points = len(found.matrix)
        columns = self._columns(points) or found.columns
        sprite = self._sprite(points)
        bookmarks = self._bookmarks()
        return EmbeddingData(found.matrix, columns, sprite, bookmarks, tuple(self._notes))

    @contextmanager
    def _open(self, name: str, most: int) -> Iterator[OpenFile]:
        folder = self._source.folder
        above, plugins = os.path.split(os.path.dirname(folder))
        try:
            # A config in a plug-in's folder may name files of the run that it lies in.
            place = self._places.find(name, folder, beside=(above,) if plugins == "plugins" else ())
        except NeedsPermission:
            raise
        except PlaceError as error:
            if error.missing:
                self._files[os.path.normpath(os.path.join(folder, name))] = None
            raise
        if place.instead_of:
            allowed = self._places.allows(place.instead_of)
            where = "which is not there" if allowed else "outside the log folder"
            text = f"The config names {place.instead_of}, {where}: {place.path} is shown instead."
            self._notes.append(EmbeddingNote("embedding-file-beside", text, "" if allowed else place.instead_of))
        with OpenFile(place, most) as file:
            self._read[place.path] = self._files[place.path] = file.stamp
            yield file

    def _vectors(self) -> Vectors:
        name = self._entry.tensor_path
        try:
            with self._open(name, vectors.MOST_BYTES) as file:
                found = vectors.read_vectors(file, self._entry.shape, self._allocate, self._tracker)
        except NeedsPermission as error:
            raise EmbeddingError(str(error), error.path) from error
        except PlaceError as error:
            raise EmbeddingError(str(error)) from error
        except LoadError as error:
            raise EmbeddingError(f"{name} cannot be shown. {error}") from error
        except OSError as error:
            raise EmbeddingError(f"{name} cannot be read: {error.strerror or error}.") from error
        self._notes += found.notes
        return found

    def _columns(self, points: int) -> tuple[MetadataColumn, ...]:
        def read(file: OpenFile) -> tuple[MetadataColumn, ...]:
            columns, notes = metadata.read_metadata(file, points, Tracker(None, self._tracker.cancelled))
            self._notes += notes
            return columns

        return self._extra("embedding-metadata", self._entry.metadata_path, metadata.MOST_BYTES, read) or ()

    def _sprite(self, points: int) -> Sprite | None:
        def read(file: OpenFile) -> Sprite:
            sprite, notes = sprites.read_sprite(file, self._entry.cell, points)
            self._notes += notes
            return sprite

        return self._extra("embedding-sprite", self._entry.image_path, sprites.MOST_BYTES, read)

    def _bookmarks(self) -> bytes | None:
        def read(file: OpenFile) -> bytes:
            return file.read_at(0, file.stamp.size)

        return self._extra("embedding-bookmarks", self._entry.bookmarks_path, _MOST_BOOKMARKS, read)

    def _extra(self, code: str, name: str, most: int, read: Callable[[OpenFile], Found]) -> Found | None:
        """Something that an embedding may do without: what is wrong with it becomes a note."""
        if not name:
            return None
        try:
            with self._open(name, most) as file:
                return read(file)
        except NeedsPermission as error:
            self._notes.append(EmbeddingNote(f"{code}-outside", str(error), error.path))
        except PlaceError as error:
            self._notes.append(EmbeddingNote(f"{code}-not-read", str(error)))
        except (LoadError, sprites.BadSprite) as error:
            self._notes.append(EmbeddingNote(f"{code}-not-read", f"{name} is left out. {error}"))
        except OSError as error:
            text = f"{name} cannot be read: {error.strerror or error}."
            self._notes.append(EmbeddingNote(f"{code}-not-read", text))
        return None
