"""Series colours stay apart, also as people with colour-blindness see them, and keep their hue in both themes."""

import itertools

import numpy as np
import pytest

from runglass.viewers.runs.model import RunStyle
from runglass.viewers.runs.palette import run_color, run_dash
from runglass.viewers.theme import DARK, LIGHT

THEMES = pytest.mark.parametrize("theme", [DARK, LIGHT], ids=["dark", "light"])

# Machado, Oliveira and Fernandes (2009), severity 1, on linear RGB.
VISION = {
    "full": np.eye(3),
    "protan": np.array(
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
    ),
    "deutan": np.array(
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
    ),
}
TO_XYZ = np.array(
    [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]]
)


def lab(color: str, vision: str) -> np.ndarray:
    rgb = np.array([int(color[at : at + 2], 16) for at in (1, 3, 5)]) / 255
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    seen = np.clip(VISION[vision] @ linear, 0, 1)
    xyz = TO_XYZ @ seen / np.array([0.95047, 1.0, 1.08883])
    f = np.where(xyz > 216 / 24389, np.cbrt(xyz), (24389 / 27 * xyz + 16) / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def ciede2000(one: np.ndarray, two: np.ndarray) -> float:
    c1, c2 = np.hypot(*one[1:]), np.hypot(*two[1:])
    mean7 = ((c1 + c2) / 2) ** 7
    grow = 1.5 - 0.5 * np.sqrt(mean7 / (mean7 + 25.0**7))
    a1, a2 = one[1] * grow, two[1] * grow
    c1, c2 = np.hypot(a1, one[2]), np.hypot(a2, two[2])
    h1, h2 = np.degrees(np.arctan2(one[2], a1)) % 360, np.degrees(np.arctan2(two[2], a2)) % 360
    turn = (h2 - h1 + 180) % 360 - 180
    d_l, d_c, d_h = two[0] - one[0], c2 - c1, 2 * np.sqrt(c1 * c2) * np.sin(np.radians(turn / 2))
    mean_l, mean_c, mean_h = (one[0] + two[0]) / 2, (c1 + c2) / 2, (h1 + turn / 2) % 360
    weight = (
        1
        - 0.17 * np.cos(np.radians(mean_h - 30))
        + 0.24 * np.cos(np.radians(2 * mean_h))
        + 0.32 * np.cos(np.radians(3 * mean_h + 6))
        - 0.20 * np.cos(np.radians(4 * mean_h - 63))
    )
    s_l = 1 + 0.015 * (mean_l - 50) ** 2 / np.sqrt(20 + (mean_l - 50) ** 2)
    s_c, s_h = 1 + 0.045 * mean_c, 1 + 0.015 * mean_c * weight
    spin = (
        -2 * np.sqrt(mean_c**7 / (mean_c**7 + 25.0**7)) * np.sin(np.radians(60 * np.exp(-(((mean_h - 275) / 25) ** 2))))
    )
    parts = np.array([d_l / s_l, d_c / s_c, d_h / s_h])
    return float(np.sqrt(max(0.0, (parts**2).sum() + spin * parts[1] * parts[2])))


def test_the_difference_is_measured_right():
    assert ciede2000(np.array([50.0, 2.6772, -79.7751]), np.array([50.0, 0.0, -82.7485])) == pytest.approx(
        2.0425, abs=1e-4
    )
    assert ciede2000(np.array([22.7233, 20.0904, -46.6940]), np.array([23.0331, 14.9730, -42.5619])) == pytest.approx(
        2.0373, abs=1e-4
    )


@THEMES
@pytest.mark.parametrize("vision", list(VISION))
def test_any_two_series_can_be_told_apart(theme, vision):
    seen = [lab(color, vision) for color in theme.series]
    assert len(seen) >= 20
    floor = 12 if vision == "full" else 6
    for i, j in itertools.combinations(range(len(seen)), 2):
        assert ciede2000(seen[i], seen[j]) >= floor, (theme.series[i], theme.series[j])


def test_a_slot_keeps_its_hue_in_the_other_theme():
    assert len(DARK.series) == len(LIGHT.series)
    for dark, light in zip(DARK.series, LIGHT.series, strict=True):
        hues = [np.degrees(np.arctan2(*lab(color, "full")[:0:-1])) for color in (dark, light)]
        assert abs((hues[0] - hues[1] + 180) % 360 - 180) <= 25, (dark, light, hues)


@THEMES
def test_runs_beyond_the_palette_are_told_apart_by_dashes(theme):
    count = len(theme.series)
    drawn = {(run_color(RunStyle(slot), theme).name(), run_dash(RunStyle(slot))) for slot in range(4 * count)}
    assert len(drawn) == 4 * count
    assert all(run_dash(RunStyle(slot)) is None for slot in range(count))


def test_a_colour_of_ones_own_wins_in_both_themes_and_nonsense_does_not():
    assert (
        run_color(RunStyle(3, "#123456"), DARK).name() == run_color(RunStyle(3, "#123456"), LIGHT).name() == "#123456"
    )
    assert run_color(RunStyle(3, "no colour"), DARK).name() == DARK.series[3]
