"""The pixel under the mouse in every compared picture, and the difference of the two that are subtracted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from ...widgets import SectionLabel, TextLabel
from ..readout import Pixel, Swatch
from .slots import LETTERS


@dataclass(frozen=True, slots=True)
class Line:
    """A compared picture: ``pixel`` is None where it has none there, or ``waits`` for it."""

    letter: str
    pixel: Pixel | None
    waits: bool = False


class ComparedReadOut(QWidget):
    """Says what each picture has at one place; a hint while nothing is pointed at."""

    def __init__(self) -> None:
        super().__init__()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        self.title = SectionLabel("Pixel")
        column.addWidget(self.title)
        grid = QGridLayout()
        grid.setContentsMargins(0, 4, 0, 4)
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(6)
        self._letters = [TextLabel(letter, "dim") for letter in LETTERS]
        self._values = [TextLabel("", "text", tabular=True) for _letter in LETTERS]
        self._swatches = [Swatch() for _letter in LETTERS]
        for row, (letter, value, swatch) in enumerate(zip(self._letters, self._values, self._swatches, strict=True)):
            value.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            swatch.setFixedWidth(26)
            grid.addWidget(letter, row, 0)
            grid.addWidget(value, row, 1)
            grid.addWidget(swatch, row, 2)
        self._pair = [TextLabel("", "dim") for _line in range(2)]
        self._differences = [TextLabel("", "text", tabular=True) for _line in range(2)]
        for row, (name, value) in enumerate(zip(self._pair, self._differences, strict=True), len(LETTERS)):
            value.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            grid.addWidget(name, row, 0)
            grid.addWidget(value, row, 1, 1, 2)
        grid.setColumnStretch(1, 1)
        column.addLayout(grid)
        self._hint = TextLabel("Point at a picture to read the same pixel in all of them", "dim")
        self._hint.setWordWrap(True)
        column.addWidget(self._hint)
        column.addStretch()
        self.show_lines(None, ())

    @property
    def texts(self) -> list[str]:
        """What the rows say, for screen readers and tests."""
        return [label.text() for label in (*self._values, *self._differences) if not label.isHidden()]

    def show_lines(self, at: tuple[int, int] | None, lines: Sequence[Line], pair: tuple[int, int] = (0, 1)) -> None:
        """Show pixel ``at`` (column, row) of all pictures, and of the ``pair`` of lines the first less the second."""
        self.title.setText("Pixel" if at is None else f"Pixel {at[0]:,}, {at[1]:,}")
        self._hint.setVisible(at is None)
        for index, (letter, value, swatch) in enumerate(zip(self._letters, self._values, self._swatches, strict=True)):
            line = lines[index] if at is not None and index < len(lines) else None
            for part in (letter, value, swatch):
                part.setVisible(line is not None)
            if line is not None:
                pixel = line.pixel
                letter.setText(line.letter)
                value.setText(" ".join(map(str, pixel.values)) if pixel is not None else "…" if line.waits else "–")
                swatch.set_color(
                    None if pixel is None else QColor.fromRgbF(*(each / pixel.largest for each in pixel.values))
                )
        self._show_difference(lines, pair if at is not None else None)

    def _show_difference(self, lines: Sequence[Line], pair: tuple[int, int] | None) -> None:
        shown: tuple[Line, Line] | None = None
        if pair is not None and max(pair) < len(lines):
            shown = lines[pair[0]], lines[pair[1]]
        both = None if shown is None else subtracted(shown[0].pixel, shown[1].pixel)
        for part in (*self._pair, *self._differences):
            part.setVisible(both is not None)
        if shown is not None and both is not None:
            values, largest = both
            self._pair[0].setText(f"{shown[0].letter} − {shown[1].letter}")
            self._differences[0].setText(" ".join(signed(value) for value in values))
            self._pair[1].setText("0–1")
            self._differences[1].setText(" ".join(signed(round(value / largest, 3), ".3f") for value in values))


def signed(value: float, form: str = "d") -> str:
    """A number with its sign, a real minus; none for nothing."""
    text = format(abs(value), form)
    return text if value == 0 else f"{'+' if value > 0 else '−'}{text}"


def subtracted(first: Pixel | None, second: Pixel | None) -> tuple[list[int], int] | None:
    """``first`` less ``second``, channel by channel, and the largest value of a channel; None without one of them.

    As :func:`~.difference.differ` has it: eight bits beside sixteen are brought to 65,535, and a pixel without alpha
    is opaque.
    """
    if first is None or second is None:
        return None
    largest = max(first.largest, second.largest)
    channels = max(len(first.values), len(second.values))

    def whole(pixel: Pixel) -> list[int]:
        values = [value * (largest // pixel.largest) for value in pixel.values]
        return values + [largest] * (channels - len(values))

    return [one - other for one, other in zip(whole(first), whole(second), strict=True)], largest
