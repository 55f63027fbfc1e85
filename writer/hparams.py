"""The settings of a training and what came of it, as TensorBoard's plug-in "hparams" reads them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
from google.protobuf.struct_pb2 import Value

from ..reader.wire import events_pb2 as pb
from ..reader.wire.events_pb2 import Experiment, HParamsPluginData, SessionEndInfo, SessionStartInfo, Summary
from .values import to_number, to_tag

EXPERIMENT = "_hparams_/experiment"
SESSION_START = "_hparams_/session_start_info"
SESSION_END = "_hparams_/session_end_info"

Setting = str | bool | float


def to_settings(hparams: Any) -> dict[str, Setting]:
    """Settings as text, truth or number; those that are None are left out.

    Numbers, arrays and tensors of one element are numbers; functions and classes stand for their names; anything else
    is the text that ``str`` makes of it.
    """
    return {to_tag(name): _setting(value) for name, value in _items(hparams, "hparam_dict") if value is not None}


def to_metrics(metrics: Any) -> dict[str, float]:
    """Metrics as numbers. TypeError or ValueError, which name the metric, for what is none."""
    found = {}
    for name, value in _items(metrics, "metric_dict"):
        try:
            found[to_tag(name)] = to_number(value)
        except (TypeError, ValueError) as error:
            raise type(error)(f"the metric {name!r}: {error}") from error
    return found


def to_domains(domains: Any, settings: Mapping[str, Setting]) -> dict[str, list[Setting]]:
    """The values that a setting may have, by its name; None for no such list. ValueError for a name without setting."""
    found = {}
    for name, values in _items(domains or {}, "hparam_domain_discrete"):
        if name not in settings:
            raise ValueError(f"hparam_domain_discrete names {name!r}, which is not in hparam_dict")
        if isinstance(values, str) or not isinstance(values, Iterable):
            raise TypeError(f"hparam_domain_discrete[{name!r}] is a list, not {type(values).__name__}")
        found[name] = [_setting(value) for value in values]
    return found


def hparams_values(
    settings: Mapping[str, Setting], metrics: Iterable[str], domains: Mapping[str, list[Setting]]
) -> list[Summary.Value]:
    """The three values of a session: what there is to compare, its settings, and that it ended well."""
    experiment, start = Experiment(), SessionStartInfo()
    for name, setting in settings.items():
        info = experiment.hparam_infos.add(name=name, type=_type(setting))
        if name in domains:
            info.domain_discrete.values.extend(map(_value, domains[name]))
        start.hparams[name].CopyFrom(_value(setting))
    for metric in metrics:
        experiment.metric_infos.add().name.tag = metric
    end = SessionEndInfo(status=pb.STATUS_SUCCESS)
    return [
        _plugin_value(EXPERIMENT, HParamsPluginData(experiment=experiment)),
        _plugin_value(SESSION_START, HParamsPluginData(session_start_info=start)),
        _plugin_value(SESSION_END, HParamsPluginData(session_end_info=end)),
    ]


def _plugin_value(tag: str, data: HParamsPluginData) -> Summary.Value:
    """Metadata without any value: what it says stands in the content for the plug-in."""
    value = Summary.Value(tag=tag)
    value.metadata.plugin_data.plugin_name = "hparams"
    value.metadata.plugin_data.content = data.SerializeToString()
    return value


def _items(mapping: Any, what: str) -> Iterable[tuple[Any, Any]]:
    if not isinstance(mapping, Mapping):
        raise TypeError(f"{what} is a dict, not {type(mapping).__name__}")
    return mapping.items()


def _setting(value: Any) -> Setting:
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode()
    if isinstance(value, (bool, np.bool_)):
        return bool(value)
    if callable(value) and not hasattr(value, "shape"):
        return str(getattr(value, "__name__", value))
    if not isinstance(value, (list, tuple)):
        try:
            return to_number(value)
        except (TypeError, ValueError):
            pass
    return str(value)


def _type(setting: Setting) -> pb.HParamType:
    if isinstance(setting, str):
        return pb.DATA_TYPE_STRING
    return pb.DATA_TYPE_BOOL if isinstance(setting, bool) else pb.DATA_TYPE_FLOAT64


def _value(setting: Setting) -> Value:
    if isinstance(setting, str):
        return Value(string_value=setting)
    return Value(bool_value=setting) if isinstance(setting, bool) else Value(number_value=setting)
