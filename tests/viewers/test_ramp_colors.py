"""Ramps begin near the ground, end in the run's colour, and rise evenly between."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtGui import QColor

from runglass.viewers.ramp import Rgb, heat, ramp
from runglass.viewers.theme import DARK, LIGHT, Theme


def rgb(color: str) -> Rgb:
    found = QColor(color)
    return found.redF(), found.greenF(), found.blueF()


@pytest.mark.parametrize("theme", [DARK, LIGHT], ids=lambda theme: theme.name)
def test_every_run_has_an_even_ramp_to_its_own_colour(theme: Theme) -> None:
    ground = rgb(theme.card)
    for color in theme.series:
        found = ramp(ground, rgb(color), 20)
        assert found.shape == (20, 3) and (found >= 0).all() and (found <= 1).all()
        assert np.allclose(found[-1], rgb(color), atol=1e-4)
        away = np.linalg.norm(found - np.array(ground), axis=1)
        assert away[0] > 0.05
        assert (np.diff(away) > 0).all()
    assert np.allclose(ramp(ground, rgb(color), 1), [rgb(color)], atol=1e-4)


@pytest.mark.parametrize("theme", [DARK, LIGHT], ids=lambda theme: theme.name)
def test_nothing_is_the_ground_on_a_heat_map(theme: Theme) -> None:
    table = heat(rgb(theme.card), rgb(theme.series[0]), rgb(theme.text))
    assert table.shape == (256,) and table.dtype == np.uint32
    assert QColor.fromRgba(int(table[0])).name() == theme.card
    assert len(set(table.tolist())) > 200
    light = [QColor.fromRgba(int(shade)).lightnessF() for shade in table[::32]]
    assert abs(light[-1] - light[0]) > 0.3
