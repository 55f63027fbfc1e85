"""Colours of the window as named tokens, one set a theme. No literal colour stands anywhere else.

Values follow the product's look; those that carry text were raised until their contrast is at least 4.5:1 on every
surface they stand on, and lines to 3:1 where a line carries meaning (tests/viewers/test_theme.py computes it).
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Theme:
    """One theme. Every field but ``name`` and ``series`` is a colour as "#rrggbb"."""

    name: str
    background: str
    panel: str
    card: str
    field: str
    line: str
    line_strong: str
    text: str
    dim: str
    faint: str
    accent: str
    accent_hover: str
    accent_surface: str
    selection: str
    scroll: str
    tip: str
    on_accent: str
    knob: str
    hover: str
    selected: str
    ok: str
    warning: str
    error: str
    cursor: str
    series: tuple[str, ...]

    @property
    def dark(self) -> bool:
        """True for a theme of light text on dark ground."""
        return self.name == "dark"


DARK = Theme(
    name="dark",
    background="#0e1116",
    panel="#13171d",
    card="#181d25",
    field="#0e1116",
    line="#252c37",
    line_strong="#37404e",
    text="#e7ebf1",
    dim="#98a2b1",
    faint="#7f8a9a",
    accent="#4aa3ff",
    accent_hover="#6bb4ff",
    accent_surface="#15293f",
    selection="#24507f",
    scroll="#37404e",
    tip="#1d232c",
    on_accent="#0b0e13",
    knob="#f4f7fb",
    hover="#1d2430",
    selected="#1a2b3f",
    ok="#36c690",
    warning="#f2b33d",
    error="#ff6b6b",
    cursor="#aab3c0",
    series=("#4aa3ff", "#ff8f4a", "#3ccf91", "#e268c5", "#f2c14b", "#9b8cff"),
)

LIGHT = Theme(
    name="light",
    background="#f4f5f7",
    panel="#fbfbfc",
    card="#ffffff",
    field="#ffffff",
    line="#e3e6eb",
    line_strong="#c3c9d2",
    text="#1b2027",
    dim="#5c6675",
    faint="#687180",
    accent="#1470d6",
    accent_hover="#0f5cb3",
    accent_surface="#e0edfb",
    selection="#bcd9f8",
    scroll="#c3c9d2",
    tip="#ffffff",
    on_accent="#ffffff",
    knob="#ffffff",
    hover="#eef1f5",
    selected="#e2ecf8",
    ok="#0f7a4f",
    warning="#8a5b00",
    error="#c62f2f",
    cursor="#4b5563",
    series=("#1f77d0", "#d9661a", "#12935f", "#b83a9b", "#a97c00", "#6a55d8"),
)
