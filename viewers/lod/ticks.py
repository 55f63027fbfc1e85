"""Where ticks stand and what they say. Values only; the chart places and measures the text."""

from __future__ import annotations

import math
from datetime import datetime, timedelta

Tick = tuple[float, str]

_SECOND, _MINUTE, _HOUR, _DAY = 1.0, 60.0, 3600.0, 86400.0
_TIME_STEPS = (
    *(0.001 * factor for factor in (1, 2, 5, 10, 20, 50, 100, 200, 500)),
    *(_SECOND * factor for factor in (1, 2, 5, 10, 15, 30)),
    *(_MINUTE * factor for factor in (1, 2, 5, 10, 15, 30)),
    *(_HOUR * factor for factor in (1, 2, 3, 6, 12)),
    *(_DAY * factor for factor in (1, 2, 7, 14, 30, 90, 365)),
)
_SUFFIXES = ((1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k"))
_MAX_TICKS = 200


def tick_step(rough: float, factors: tuple[float, ...] = (1.0, 2.0, 5.0)) -> float:
    """The smallest of 1, 2, 5 (``factors``) times a power of ten that is at least ``rough``; 0 where there is none."""
    if not rough > 0 or not math.isfinite(rough):
        return 0.0
    power = float(10.0 ** math.floor(math.log10(rough)))
    for factor in factors:
        if factor * power >= rough * (1 - 1e-12):
            return factor * power
    return 10.0 * power


def linear_ticks(low: float, high: float, count: int, *, whole: bool = False, origin: int = 0) -> list[Tick]:
    """About ``count`` round values in low..high, all written with the same number of decimals.

    ``whole`` keeps to whole numbers (steps). Ticks are round in ``value + origin``, and say that.
    """
    step = tick_step((high - low) / max(count, 1), (1.0, 2.0, 2.5, 5.0))
    if whole and step != round(step):
        step = max(tick_step(step), 1.0)
    if step <= 0 or not (math.isfinite(low) and math.isfinite(high)):
        return []
    if origin:
        return _integer_ticks(low, high, int(max(step, 1)), origin)
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    if last - first > _MAX_TICKS or abs(low) > 1e15 * step:
        return []
    values = [index * step + 0.0 for index in range(first, last + 1)]
    return list(zip(values, _labels(values, step), strict=True))


def _integer_ticks(low: float, high: float, step: int, origin: int) -> list[Tick]:
    first = -(-(math.ceil(low) + origin) // step)
    last = (math.floor(high) + origin) // step
    return [(float(k * step - origin), f"{k * step:,}") for k in range(first, min(last, first + _MAX_TICKS) + 1)]


def _labels(values: list[float], step: float) -> list[str]:
    """One notation for a whole axis, so that labels line up and differ from one another."""
    largest = max((abs(value) for value in values), default=0.0)
    if largest >= 1e15 or (0 < largest < 1e-4):
        exponent = math.floor(math.log10(largest))
        digits = max(0, exponent - math.floor(math.log10(step) + 1e-9))
        return [scientific(value, digits) for value in values]
    for scale, suffix in _SUFFIXES:
        if largest >= scale and (scale > 1e3 or largest >= 1e4):
            decimals = _decimals(step / scale)
            return ["0" if value == 0 else f"{value / scale:.{decimals}f}{suffix}" for value in values]
    decimals = _decimals(step)
    return [f"{value:,.{decimals}f}" for value in values]


def _decimals(step: float) -> int:
    """How many decimals write every multiple of ``step`` in full."""
    fewest = max(0, -math.floor(math.log10(step) + 1e-9))
    more = abs(step * 10**fewest - round(step * 10**fewest)) > 1e-6
    return int(fewest + more)


def log_ticks(low: float, high: float, count: int) -> list[Tick]:
    """Powers of ten in low..high (both > 0), thinned to about ``count``; 2 and 5 times between them where few fit."""
    if not (0 < low < high) or not math.isfinite(high):
        return []
    first, last = math.ceil(math.log10(low) - 1e-9), math.floor(math.log10(high) + 1e-9)
    decades = last - first + 1
    if decades >= 2:
        every = max(1, math.ceil(decades / max(count, 1)))
        exponents = [e for e in range(first, last + 1) if e % every == 0]
        values = [10.0**e for e in exponents]
        if every == 1 and decades * 3 <= count:
            values = [m * 10.0**e for e in range(first - 1, last + 1) for m in (1, 2, 5) if low <= m * 10.0**e <= high]
    else:
        values = [m * 10.0**e for e in range(first - 1, last + 1) for m in (1, 2, 5) if low <= m * 10.0**e <= high]
        if len(values) < 2:
            return linear_ticks(low, high, count)
    return [(value, power_label(value)) for value in values]


def symlog_ticks(low: float, high: float, linear: float, count: int) -> list[Tick]:
    """0 and the powers of ten on both sides of it that lie in low..high."""
    if not low < high:
        return []
    if low >= -linear and high <= linear:
        return linear_ticks(low, high, count)
    positive = log_ticks(max(linear, low), high, max(count // 2, 2)) if high > linear else []
    mirrored = log_ticks(max(linear, -high), -low, max(count // 2, 2)) if low < -linear else []
    negative = [(-value, f"−{text}") for value, text in mirrored]
    middle = [(0.0, "0")] if low <= 0 <= high else []
    return sorted([*negative, *middle, *positive])


def power_label(value: float) -> str:
    """A value of a logarithmic axis: plain from 0.001 to 100k, else with an exponent."""
    if 1e-3 <= value < 1e6:
        return compact(value)
    exponent = math.floor(math.log10(value) + 1e-9)
    factor = round(value / 10.0**exponent)
    return f"{factor}e{exponent}"


def duration_ticks(low: float, high: float, count: int) -> list[Tick]:
    """Ticks of an axis in seconds since the start, at whole minutes, hours or days."""
    if not low < high:
        return []
    step = _time_step((high - low) / max(count, 1))
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    if last - first > _MAX_TICKS:
        return []
    return [(index * step, duration(index * step, step)) for index in range(first, last + 1)]


def wall_ticks(low: float, high: float, count: int) -> list[Tick]:
    """Ticks of an axis in seconds since 1970, at round local times; the date stands where the day changes."""
    if not low < high:
        return []
    step = _time_step((high - low) / max(count, 1))
    try:
        start = datetime.fromtimestamp(low)
        midnight = start.replace(hour=0, minute=0, second=0, microsecond=0)
        ticks: list[Tick] = []
        day = None
        if step >= _DAY:
            days = max(1, round(step / _DAY))
            moment = midnight
            while moment.timestamp() <= high and len(ticks) < _MAX_TICKS:
                if moment.timestamp() >= low and moment.toordinal() % days == 0:
                    ticks.append((moment.timestamp(), f"{moment:%b} {moment.day}"))
                moment += timedelta(days=1)
            return ticks
        index = math.ceil((start - midnight).total_seconds() / step - 1e-9)
        while len(ticks) < _MAX_TICKS:
            moment = midnight + timedelta(seconds=index * step)
            place = moment.timestamp()
            if place > high:
                return ticks
            if place >= low:
                clock = f"{moment:%H:%M}" if step >= _MINUTE else f"{moment:%H:%M:%S}"
                if step < _SECOND:
                    clock += f".{moment.microsecond // 1000:03d}"
                new_day = moment.date() != day and (day is not None or moment == midnight)
                ticks.append((place, f"{moment:%b} {moment.day}" if new_day and moment.hour == 0 else clock))
                day = moment.date()
            index += 1
        return ticks
    except (OverflowError, OSError, ValueError):
        return linear_ticks(low, high, count)


def _time_step(rough: float) -> float:
    for step in _TIME_STEPS:
        if step >= rough * (1 - 1e-9):
            return step
    years = tick_step(rough / (365 * _DAY))
    return years * 365 * _DAY


def duration(seconds: float, step: float | None = None) -> str:
    """Seconds as a person writes them: 0.25 s, 12 s, 3:20 min, 2 h 05 min, 4 d 3 h. ``step`` sets the precision."""
    if not math.isfinite(seconds):
        return str(seconds)
    sign = "−" if seconds < 0 else ""
    value = abs(seconds)
    fine = value if step is None else step
    if value == 0:
        return "0"
    if value < _MINUTE:
        decimals = _decimals(fine) if fine < 1 else (0 if step is not None or value >= 10 else 1)
        return f"{sign}{value:.{min(decimals, 3)}f} s"
    whole = round(value)
    if value < _HOUR:
        minutes, rest = divmod(whole, 60)
        return f"{sign}{minutes} min" if rest == 0 else f"{sign}{minutes}:{rest:02d} min"
    if value < _DAY:
        hours, rest = divmod(whole, 3600)
        return f"{sign}{hours} h" if rest < 60 else f"{sign}{hours}:{rest // 60:02d} h"
    days, rest = divmod(whole, 86400)
    return f"{sign}{days} d" if rest < 3600 else f"{sign}{days} d {rest // 3600} h"


def stopwatch(seconds: float) -> str:
    """Seconds in few figures: 0.25 s, 12.5 s, 3:20, 2:05:10, 4 d 3 h."""
    if not math.isfinite(seconds) or abs(seconds) < _MINUTE or abs(seconds) >= _DAY:
        return duration(seconds)
    sign = "−" if seconds < 0 else ""
    minutes, rest = divmod(round(abs(seconds)), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{sign}{hours}:{minutes:02d}:{rest:02d}" if hours else f"{sign}{minutes}:{rest:02d}"


def clock(wall: float) -> str:
    """Local date and time of ``wall`` seconds since 1970."""
    try:
        return f"{datetime.fromtimestamp(wall):%Y-%m-%d %H:%M:%S}"
    except (OverflowError, OSError, ValueError):
        return repr(wall)


def compact(value: float) -> str:
    """A value in few characters, with a suffix from 10,000 on."""
    if value == 0:
        return "0"
    for scale, suffix in _SUFFIXES:
        if abs(value) >= scale and (scale > 1e3 or abs(value) >= 1e4):
            return f"{value / scale:.3g}{suffix}"
    return f"{value:.6g}"


def scientific(value: float, digits: int) -> str:
    """1.25e-7 rather than 1.25e-07."""
    if value == 0:
        return "0"
    mantissa, exponent = f"{value:.{digits}e}".split("e")
    return f"{mantissa}e{int(exponent)}"


def number(value: float) -> str:
    """A value of the read-out: four significant digits, an exponent from 10,000 up and below 0.001 (as TensorBoard)."""
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "∞" if value > 0 else "−∞"
    if value == 0:
        return "0"
    if abs(value) >= 1e4 or abs(value) < 1e-3:
        return scientific(value, 2)
    return f"{value:.0f}" if value == round(value) else f"{value:#.4g}"


def step_label(step: int) -> str:
    """A step with thousands separators."""
    return f"{step:,}"
