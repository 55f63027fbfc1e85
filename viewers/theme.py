"""Colours of the window as named tokens, one set a theme. No literal colour stands anywhere else.

Values follow the product's look; those that carry text were raised until their contrast is at least 4.5:1 on every
surface they stand on, and lines to 3:1 where a line carries meaning. Series colours were chosen together so that any
two differ, to people with full and to people with red-green colour vision, by at least 6 of CIEDE2000 (about three
times what is just noticeable); a slot has the same hue in both themes. tests/viewers/test_theme_*.py computes all this.
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
    dim="#9aa4b3",
    faint="#858f9f",
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
    series=(
        "#4aa3ff",
        "#ff8f4a",
        "#3ccf91",
        "#e268c5",
        "#f2c14b",
        "#7d68f2",
        "#81eafa",
        "#f2716c",
        "#6ba26a",
        "#c55123",
        "#b1b7fd",
        "#54edda",
        "#02b827",
        "#d92d8e",
        "#b2db7c",
        "#9461b1",
        "#42b2ae",
        "#cb7e96",
        "#dba1d8",
        "#3999b9",
    ),
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
    dim="#566070",
    faint="#646d7b",
    accent="#1167c6",
    accent_hover="#0d56a6",
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
    series=(
        "#1f77d0",
        "#d9661a",
        "#12935f",
        "#b83a9b",
        "#7d6000",
        "#4f35c0",
        "#2c6d7d",
        "#971922",
        "#274e0f",
        "#bb6f60",
        "#7978fb",
        "#2a6b5c",
        "#4e7639",
        "#850344",
        "#6f9436",
        "#77108b",
        "#129390",
        "#ef45a0",
        "#714967",
        "#3193b3",
    ),
)
