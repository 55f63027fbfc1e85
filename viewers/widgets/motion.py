"""How long a fade takes: 120 ms, or nothing where the system asks for reduced motion."""

from __future__ import annotations

from PySide6.QtWidgets import QApplication, QStyle

from .theming import FADE_MS


def fade_ms() -> int:
    """Length of a fade in milliseconds; 0 while the system's style has animations switched off."""
    style = QApplication.style()
    if style is None:
        return 0
    return FADE_MS if style.styleHint(QStyle.StyleHint.SH_Widget_Animation_Duration) > 0 else 0
