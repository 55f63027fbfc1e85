"""The methods of the SummaryWriter for what is counted, drawn as curves, or kept as an array."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from typing import Any

from ..reader.wire.events_pb2 import Layout, Summary
from . import layouts, pr_curves
from .guard import guarded
from .histograms import Bins, histogram_of, histogram_value, raw_histogram, to_values
from .meshes import mesh_values
from .run_writer import RunWriter
from .tensors import plain_tensor


class DataWriter(RunWriter):
    """Histograms, PR curves, meshes, tensors, and the layout of custom scalars."""

    _layout: Layout | None = None

    @guarded
    def add_histogram(
        self,
        tag: str,
        values: Any,
        global_step: int | None = None,
        bins: Bins = "tensorflow",
        walltime: float | None = None,
        max_bins: int | None = None,
    ) -> None:
        """Log how ``values`` (any shape) are spread.

        ``bins`` is "tensorflow" (buckets that widen by 10 %), or what numpy.histogram takes: a rule's name, a number of
        buckets, or edges. ``max_bins`` joins neighbours where there are more. NaN and infinities are not counted, which
        is said in the tag's description.
        """
        name = self._tag(tag)
        numbers, left_out = to_values(values)
        if left_out:
            self._warn("add_histogram", tag, "values that are NaN or infinite are not counted")

        def make() -> Summary.Value:
            return histogram_value(name, histogram_of(numbers, bins, max_bins), left_out)

        if isinstance(bins, str) and bins == "tensorflow" and max_bins is None:
            self._log_later(name, numbers.nbytes, make, global_step, walltime)
        else:  # what numpy makes of the bins may still be refused
            self._log(make(), global_step, walltime)

    @guarded
    def add_histogram_raw(
        self,
        tag: str,
        min: float,
        max: float,
        num: float,
        sum: float,
        sum_squares: float,
        bucket_limits: Any,
        bucket_counts: Any,
        global_step: int | None = None,
        walltime: float | None = None,
    ) -> None:
        """Log a histogram that was counted elsewhere; ``bucket_limits`` are the right edges, one a bucket."""
        histogram = raw_histogram((min, max, num, sum, sum_squares), bucket_limits, bucket_counts)
        self._log(histogram_value(self._tag(tag), histogram), global_step, walltime)

    @guarded
    def add_pr_curve(
        self,
        tag: str,
        labels: Any,
        predictions: Any,
        global_step: int | None = None,
        num_thresholds: int = 127,
        weights: Any = None,
        walltime: float | None = None,
    ) -> None:
        """Log precision and recall over thresholds from 0 to 1.

        ``labels`` are 0 or 1, ``predictions`` the probabilities of 1, ``weights`` what each counts; all of one size.
        """
        name, note = self._tag(tag), functools.partial(self._warn, "add_pr_curve", tag)
        table = pr_curves.pr_curve(labels, predictions, num_thresholds, weights, note)
        self._log(pr_curves.pr_curve_value(name, table), global_step, walltime)

    @guarded
    def add_pr_curve_raw(
        self,
        tag: str,
        true_positive_counts: Any,
        false_positive_counts: Any,
        true_negative_counts: Any,
        false_negative_counts: Any,
        precision: Any,
        recall: Any,
        global_step: int | None = None,
        num_thresholds: int = 127,
        weights: Any = None,
        walltime: float | None = None,
    ) -> None:
        """Log a PR curve that was computed elsewhere: six rows with one value for each threshold.

        There are as many thresholds as values, evenly from 0 to 1; ``num_thresholds`` and ``weights`` are not needed.
        """
        table = pr_curves.raw_curve(
            (
                true_positive_counts,
                false_positive_counts,
                true_negative_counts,
                false_negative_counts,
                precision,
                recall,
            )
        )
        self._log(pr_curves.pr_curve_value(self._tag(tag), table), global_step, walltime)

    @guarded
    def add_mesh(
        self,
        tag: str,
        vertices: Any,
        colors: Any = None,
        faces: Any = None,
        config_dict: Mapping[str, Any] | None = None,
        global_step: int | None = None,
        walltime: float | None = None,
    ) -> None:
        """Log meshes, or clouds of points where there are no ``faces``.

        ``vertices`` (meshes, points, 3), ``colors`` (meshes, points, 3) from 0 to 255, ``faces`` (meshes, triangles, 3)
        numbers of points; one mesh needs no first axis. ``config_dict`` are settings of three.js, as TensorBoard's
        plug-in takes them.
        """
        name, note = self._tag(tag), functools.partial(self._warn, "add_mesh", tag)
        self._log(mesh_values(name, vertices, colors, faces, config_dict, note), global_step, walltime)

    @guarded
    def add_tensor(self, tag: str, tensor: Any, global_step: int | None = None, walltime: float | None = None) -> None:
        """Log an array of any shape and type of numbers as it is."""
        self._log(plain_tensor(self._tag(tag), tensor), global_step, walltime)

    @guarded
    def add_custom_scalars(self, layout: Mapping[str, Mapping[str, Sequence[Any]]]) -> None:
        """Put scalars together on charts: ``{category: {chart: [kind, tags]}}``.

        ``kind`` is "Multiline", whose tags are regular expressions, or "Margin" with three tags: value, lower, upper. A
        later call adds to what earlier ones said; a chart of the same name is replaced.
        """
        self._add_layout(layout)

    @guarded
    def add_custom_scalars_multilinechart(
        self, tags: Sequence[str], category: str = "default", title: str = "untitled"
    ) -> None:
        """Put the scalars ``tags`` together on one chart; see :meth:`add_custom_scalars`."""
        self._add_layout({category: {title: ["Multiline", tags]}})

    @guarded
    def add_custom_scalars_marginchart(
        self, tags: Sequence[str], category: str = "default", title: str = "untitled"
    ) -> None:
        """Draw a line with a margin: ``tags`` are value, lower and upper; see :meth:`add_custom_scalars`."""
        self._add_layout({category: {title: ["Margin", tags]}})

    def _add_layout(self, layout: Mapping[str, Mapping[str, Sequence[Any]]]) -> None:
        self._layout = layouts.merged(self._layout, layouts.to_layout(layout))
        self._log(layouts.layout_value(self._layout), 0, None)
