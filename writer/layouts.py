"""Which scalars belong on one chart of the custom scalars."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ..reader.wire.events_pb2 import DT_STRING, Chart, Layout, Summary

TAG = "custom_scalars__config__"


def to_layout(categories: Mapping[str, Mapping[str, Sequence[Any]]]) -> Layout:
    """``{category: {chart: [kind, tags]}}`` as a message.

    ``kind`` is "Multiline", whose tags are regular expressions, or "Margin", with three tags: the line, and the lower
    and upper end of its margin. TypeError or ValueError for anything else.
    """
    layout = Layout()
    for title, charts in _items(categories, "a layout"):
        category = layout.category.add(title=title)
        for name, parts in _items(charts, f"the category {title!r}"):
            if not isinstance(parts, (list, tuple)) or len(parts) != 2:
                raise ValueError(f"the chart {name!r} is a list of its kind and its tags, as ['Multiline', ['a', 'b']]")
            category.chart.append(_chart(name, parts[0], parts[1]))
    return layout


def merged(before: Layout | None, more: Layout) -> Layout:
    """Both layouts in one: a category goes on where it stands, a chart of a known name is replaced."""
    whole = Layout()
    if before is not None:
        whole.CopyFrom(before)
    for category in more.category:
        place = next((one for one in whole.category if one.title == category.title), None)
        if place is None:
            place = whole.category.add(title=category.title)
        for chart in category.chart:
            known = next((one for one in place.chart if one.title == chart.title), None)
            (known or place.chart.add()).CopyFrom(chart)
    return whole


def layout_value(layout: Layout) -> Summary.Value:
    """The summary value that the plug-in "custom_scalars" looks for."""
    value = Summary.Value(tag=TAG)
    value.metadata.plugin_data.plugin_name = "custom_scalars"
    value.tensor.dtype = DT_STRING
    value.tensor.tensor_shape.SetInParent()
    value.tensor.string_val.append(layout.SerializeToString())
    return value


def _chart(name: str, kind: Any, tags: Any) -> Chart:
    names = [tags] if isinstance(tags, str) else list(tags)
    if not names or not all(isinstance(tag, str) for tag in names):
        raise TypeError(f"the chart {name!r} needs a list of tags")
    chart = Chart(title=name)
    match str(kind).lower():
        case "multiline":
            chart.multiline.tag.extend(names)
        case "margin":
            if len(names) != 3:
                raise ValueError(f"the margin chart {name!r} has {len(names)} tags; value, lower and upper are needed")
            value, lower, upper = names
            chart.margin.series.add(value=value, lower=lower, upper=upper)
        case _:
            raise ValueError(f"the chart {name!r} is of the kind {kind!r}; Multiline and Margin are possible")
    return chart


def _items(mapping: Any, what: str) -> list[tuple[str, Any]]:
    if not isinstance(mapping, Mapping):
        raise TypeError(f"{what} is a dict, not {type(mapping).__name__}")
    return [(str(key), value) for key, value in mapping.items()]
