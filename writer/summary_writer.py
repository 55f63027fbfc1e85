"""What a training script calls to log its numbers, pictures and texts."""

from __future__ import annotations

import contextlib
import functools
import logging
import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any

from ..reader.wire.events_pb2 import Event, Summary
from . import encoding, hparams, traces
from .data_writer import DataWriter
from .embeddings import write_embedding
from .file_writer import FileWriter
from .graphs import Node, graph_def
from .groups import ScalarGroup, write_json
from .guard import guarded
from .media_writer import MediaWriter
from .onnx_graphs import load, onnx_nodes
from .openvino_graphs import openvino_nodes
from .paths import folder_names
from .run_writer import RunWriter
from .values import to_number, to_step, to_wall_time

_log = logging.getLogger("runglass.writer")


class SummaryWriter(MediaWriter, DataWriter):
    """Writes one run of a training into event files that every TensorBoard viewer reads.

    ``logdir`` (or ``log_dir``) is the run's folder, by default ``runs/<date>_<time>_<host><comment>``; a file of its
    own is opened in it, so several writers may share it. With ``purge_step``, what earlier sessions of the run wrote
    at that step or behind it is marked as superseded. Any thread may call any method. What cannot be written is one
    warning that names the tag; with ``strict`` it is an exception at the call.
    """

    #: The runs that add_scalars writes, by their folder. Replaced and never changed, so that it is read without a lock.
    _children: Mapping[Path, ScalarGroup] = MappingProxyType({})

    @guarded
    def add_scalars(
        self,
        main_tag: str,
        tag_scalar_dict: Mapping[str, Any],
        global_step: int | None = None,
        walltime: float | None = None,
        summary_description: str = "",
    ) -> None:
        """Log numbers that belong on one chart: each key is a run of its own, ``<logdir>/<main_tag>/<key>``, and in all
        of them the tag is ``main_tag``.

        Each key has a file that stays open until the writer is closed. A number that cannot be written does not keep
        the others from being written.
        """
        name = self._tag(main_tag)
        if not isinstance(tag_scalar_dict, Mapping):
            raise TypeError(f"tag_scalar_dict is a dict, not {type(tag_scalar_dict).__name__}")
        step, wall = self._defaulted(global_step, walltime)
        step, wall = None if step is None else to_step(step), to_wall_time(wall)
        for key, value in tag_scalar_dict.items():
            try:
                number, group = to_number(value), self._group(main_tag, key)
                group.writer.add_scalar(name, number, step, wall, summary_description=summary_description)
            except Exception as error:  # noqa: BLE001 - the other keys have nothing to do with it
                self._refuse("add_scalars", f"{main_tag}/{key}", error)

    @guarded
    def export_scalars_to_json(self, path: str | os.PathLike[str]) -> None:
        """Write what add_scalars logged since the last export, as ``{folder: [[wall time, step, value], …], …}``.

        It is read back from the files, so values are float32.
        """
        points = {self._shown(folder): group.new_points() for folder, group in self._children.items()}
        write_json(path, {folder: found for folder, found in points.items() if found})

    @guarded
    def add_text(
        self, tag: str, text_string: str, global_step: int | None = None, walltime: float | None = None
    ) -> None:
        """Log a text in Markdown."""
        if not isinstance(text_string, str):
            raise TypeError(f"a text is a string, not {type(text_string).__name__}")
        self._log(encoding.text_value(self._tag(tag), text_string), global_step, walltime)

    @guarded
    def add_embedding(
        self,
        mat: Any,
        metadata: Sequence[Any] | None = None,
        label_img: Any = None,
        global_step: int | None = None,
        tag: str = "default",
        metadata_header: Sequence[str] | None = None,
    ) -> None:
        """Log points (n, dimensions) for the projector, with labels and thumbnails (n, channels, height, width).

        With ``metadata_header``, each label is a row of as many cells. Thumbnails are uint8, or floats from 0 to 1, and
        need not be square. Files lie in ``<logdir>/<step>/<tag>``.
        """
        if not isinstance(tag, str):
            raise TypeError(f"a tag is a string, not {type(tag).__name__}")
        step, _ = self._defaulted(global_step, None)
        number, note = self._step(tag, step), functools.partial(self._warn, "add_embedding", tag)
        if self._settings["write_to_disk"]:
            write_embedding(self._folder, mat, metadata, label_img, number, tag, metadata_header, note)

    @guarded
    def add_hparams(
        self,
        hparam_dict: Mapping[str, Any],
        metric_dict: Mapping[str, Any],
        hparam_domain_discrete: Any = None,
        run_name: Any = None,
        global_step: int | None = None,
        *,
        name: str | None = None,
    ) -> None:
        """Log the settings of a training and what came of it, for the table of hyperparameters.

        They go to a run below this one, called ``run_name`` (or ``name``), by default the time; "." or the path of this
        run's own folder puts them into this run. ``hparam_domain_discrete`` lists for a setting what it may be. In
        tensorboardX the name comes third and the step fourth: a text and a number in these places are taken as such.
        """
        if isinstance(hparam_domain_discrete, str):
            hparam_domain_discrete, name = None, hparam_domain_discrete
        if run_name is not None and not isinstance(run_name, (str, os.PathLike)):
            run_name, global_step = None, run_name
        settings, metrics = hparams.to_settings(hparam_dict), hparams.to_metrics(metric_dict)
        domains = hparams.to_domains(hparam_domain_discrete, settings)
        values = hparams.hparams_values(settings, metrics, domains)
        step, wall = self._defaulted(global_step, None)
        step, wall = 0 if step is None else to_step(step), to_wall_time(wall)
        label = os.fspath(run_name) if run_name else name or repr(time.time())
        if (self._folder / label).resolve() == self._folder.resolve():
            self._write_session(self, values, metrics, step, wall)
            return
        folder = self._folder.joinpath(*folder_names(label))
        with RunWriter(folder, **{**self._settings, "purge_step": None, "strict": True}) as run:
            self._write_session(run, values, metrics, step, wall)

    @guarded
    def add_graph(
        self, model: Any, input_to_model: Any = None, verbose: bool = False, use_strict_trace: bool = True
    ) -> None:
        """Log the graph of a PyTorch model, traced with ``input_to_model``; it is run once, in its mode for evaluation.

        ``use_strict_trace`` is ``strict`` of ``torch.jit.trace``. With ``verbose`` the trace is logged as information.
        """
        traced = traces.trace(model, input_to_model, use_strict_trace)
        if verbose:
            _log.info("%s", traced.inlined_graph)
        self._add_nodes(traces.trace_nodes(traced, str(getattr(traced, "original_name", "") or type(model).__name__)))

    @guarded
    def add_openvino_graph(self, xmlname: Any) -> None:
        """Log the graph of an OpenVINO model: the path of its XML file."""
        self._add_nodes(openvino_nodes(xmlname))

    @guarded
    def add_onnx_graph(self, prototxt: Any = None, *, onnx_model_file: Any = None) -> None:
        """Log the graph of an ONNX model: the path of its file, or the model as ``onnx.load`` returns it."""
        self._add_nodes(onnx_nodes(load(onnx_model_file if prototxt is None else prototxt)))

    @contextlib.contextmanager
    def use_metadata(self, *, global_step: int | None = None, walltime: float | None = None) -> Iterator[SummaryWriter]:
        """Inside, what is logged without a step or a wall time gets these, by any thread; of nested ones the inner."""
        before = self._defaults
        step, wall = before or (None, None)
        self._defaults = (step if global_step is None else global_step, wall if walltime is None else walltime)
        try:
            yield self
        finally:
            self._defaults = before

    @property
    def file_writer(self) -> FileWriter:
        """For scripts that build summaries themselves: takes the messages of TensorBoard, tensorboardX and torch."""
        return FileWriter(self)

    def _get_file_writer(self) -> FileWriter:
        """The name that torch's writer has for it, which other libraries call."""
        return FileWriter(self)

    @property
    def all_writers(self) -> dict[str, FileWriter]:
        """By their folder: this run's, and those of the runs that add_scalars writes."""
        return {
            self.log_dir: FileWriter(self),
            **{self._shown(folder): FileWriter(group.writer) for folder, group in self._children.items()},
        }

    def flush(self) -> None:
        """Bring everything logged so far to the operating system, also of the runs that add_scalars writes.

        Where that is not possible it is said, and tried again later; with ``strict`` it is an OSError.
        """
        self._each_child("flush", RunWriter.flush)
        super().flush()

    def close(self) -> None:
        """Flush, and end the files; again is allowed. What is logged afterwards goes to other files of the run."""
        self._each_child("close", RunWriter.close)
        super().close()

    def _each_child(self, method: str, work: Callable[[RunWriter], None]) -> None:
        for folder, group in self._children.items():
            try:
                work(group.writer)
            except OSError as error:
                self._refuse(method, self._shown(folder), error)

    def _shown(self, folder: Path) -> str:
        """A folder below this one, as the script would write it."""
        return os.path.join(self.log_dir, folder.relative_to(self._folder))

    def _group(self, main_tag: str, key: Any) -> ScalarGroup:
        """The run of a key, opened when it is first used."""
        if not isinstance(key, str):
            raise TypeError(f"a key of add_scalars is a string, not {type(key).__name__}")
        folder = self._folder.joinpath(*folder_names(main_tag), *folder_names(key))
        group = self._children.get(folder)
        if group is None:
            with self._opening:
                group = self._children.get(folder)
                if group is None:
                    group = ScalarGroup(folder, self._settings)
                    self._children = {**self._children, folder: group}
        return group

    @staticmethod
    def _write_session(
        run: RunWriter, values: Sequence[Summary.Value], metrics: Mapping[str, float], step: int, wall: float
    ) -> None:
        for value in values:
            run._log(value, 0, wall)
        for tag, number in metrics.items():
            run.add_scalar(tag, number, step, wall)

    def _add_nodes(self, nodes: Sequence[Node]) -> None:
        _, wall = self._defaulted(None, None)
        self._put(Event(wall_time=to_wall_time(wall), graph_def=graph_def(nodes)).SerializeToString())

    def _defaulted(self, step: Any, walltime: Any) -> tuple[Any, Any]:
        """Step and wall time, or what use_metadata says where they are None."""
        usual = self._defaults or (None, None)
        return usual[0] if step is None else step, usual[1] if walltime is None else walltime

    def _log(self, values: Summary.Value | Sequence[Summary.Value], step: Any, walltime: Any) -> None:
        super()._log(values, *self._defaulted(step, walltime))

    def _log_later(
        self,
        tag: str,
        size: int,
        make: Callable[[], Summary.Value | Sequence[Summary.Value]],
        step: Any,
        walltime: Any,
    ) -> None:
        super()._log_later(tag, size, make, *self._defaulted(step, walltime))
