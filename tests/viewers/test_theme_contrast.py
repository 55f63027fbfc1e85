"""Both themes are readable: text and meaningful lines against every ground they stand on (WCAG 2 contrast)."""

import pytest

from runglass.viewers.theme import DARK, LIGHT

THEMES = pytest.mark.parametrize("theme", [DARK, LIGHT], ids=["dark", "light"])
GROUNDS = ("background", "panel", "card", "field", "hover")


def luminance(color: str) -> float:
    channels = [int(color[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, two: str) -> float:
    low, high = sorted((luminance(one), luminance(two)))
    return (high + 0.05) / (low + 0.05)


@THEMES
@pytest.mark.parametrize("ink", ["text", "dim", "faint", "accent", "ok", "warning", "error"])
def test_text_is_readable_on_every_ground(theme, ink):
    for ground in GROUNDS:
        assert contrast(getattr(theme, ink), getattr(theme, ground)) >= 4.5, ground


@THEMES
def test_text_is_readable_on_coloured_grounds(theme):
    assert contrast(theme.text, theme.selected) >= 4.5
    assert contrast(theme.dim, theme.selected) >= 4.5
    assert contrast(theme.text, theme.selection) >= 4.5
    assert contrast(theme.text, theme.tip) >= 4.5
    assert contrast(theme.accent, theme.accent_surface) >= 4.5
    assert contrast(theme.on_accent, theme.accent) >= 4.5
    assert contrast(theme.on_accent, theme.accent_hover) >= 4.5


@THEMES
def test_lines_that_carry_meaning_stand_out(theme):
    for ground in GROUNDS:
        assert contrast(theme.cursor, getattr(theme, ground)) >= 3
        assert contrast(theme.accent, getattr(theme, ground)) >= 3, "the focus ring"
        for color in theme.series:
            assert contrast(color, getattr(theme, ground)) >= 3, (color, ground)


@THEMES
def test_every_token_is_a_colour(theme):
    for name in theme.__slots__:
        if name not in ("name", "series"):
            value = getattr(theme, name)
            assert len(value) == 7 and value.startswith("#") and int(value[1:], 16) >= 0, name
