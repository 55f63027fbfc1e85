"""The row above compared pictures: the way back, the four ways and playing; and what each way has to choose."""

from __future__ import annotations

from itertools import permutations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QMenu, QWidget

from ...widgets import Chip, IconButton, SegmentedControl, TextLabel, ValueSlider
from ...widgets.menus import add_choices, popup_below
from ..tools import PlayControl
from .difference import MOST_GAIN
from .flicker import RATES
from .settings import PAIRED, TITLES, CompareModel, Way
from .slots import LETTERS

_GAIN_WIDTH = 150


class Header(QWidget):
    """Two-way bound to the settings. ``back`` asks to leave, ``pair_chosen`` carries two indices of slots.

    :attr:`options` are what the way in force has to choose, for the owner to place behind the slots.
    ``flicker_toggled`` carries whether pictures are to alternate, ``frame_chosen`` a frame of animations;
    ``save_wanted`` asks to save what is compared.
    """

    back = Signal()
    pair_chosen = Signal(int, int)
    flicker_toggled = Signal(bool)
    frame_chosen = Signal(int)
    save_wanted = Signal()

    def __init__(self, settings: CompareModel, play: PlayControl) -> None:
        super().__init__()
        self.setObjectName("compareHeader")
        self._settings = settings
        self._pair, self._count = (0, 1), 0
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 12, 14, 4)
        row.setSpacing(8)
        self.leave = Chip("Back", icon_name="chevron-left")
        self.leave.setToolTip("Back to all pictures (Esc)")
        self.leave.clicked.connect(self.back)
        self.ways = SegmentedControl([(way.value, TITLES[way]) for way in Way])
        self.ways.setAccessibleName("How pictures are compared")
        for number, (way, tip) in enumerate(
            (
                (Way.SIDE, "Beside one another, zoomed and moved together"),
                (Way.SWIPE, "Two over one another, with a divider to drag (Shift+Left, Shift+Right)"),
                (Way.DIFFERENCE, "What one has more or less than the other"),
                (Way.FLICKER, "One after the other in the same place"),
            ),
            1,
        ):
            self.ways.set_option_tooltip(way.value, f"{tip} ({number})")
        self.ways.changed.connect(lambda value: settings.update(way=Way(value)))
        self.save = IconButton("export", "Save comparison as picture (S)")
        self.save.clicked.connect(self.save_wanted)
        self.pair = Chip("")
        self.pair.clicked.connect(self._choose_pair)
        self.swap = IconButton("swap", "Swap the two pictures (W)", size=28)
        self.swap.clicked.connect(lambda: self.pair_chosen.emit(self._pair[1], self._pair[0]))
        self.signs = SegmentedControl([("signed", "Signed"), ("absolute", "Absolute")])
        self.signs.setAccessibleName("Signed or absolute difference")
        self.signs.set_option_tooltip(
            "signed", "One colour for more, one for less, by the channel that differs most (D)"
        )
        self.signs.set_option_tooltip("absolute", "How much each channel differs, black for nothing (D)")
        self.signs.changed.connect(lambda value: settings.update(signed=value == "signed"))
        self.gain = ValueSlider(1, MOST_GAIN, 1, 1, 0, suffix="×")
        self.gain.setAccessibleName("Gain")
        self.gain.setToolTip("How many times stronger differences are shown; the numbers stay as they are")
        self.gain.changed.connect(lambda value: settings.update(gain=value))
        self.gain.setFixedWidth(_GAIN_WIDTH)
        self._gain_part = _beside(TextLabel("Gain", "dim"), self.gain)
        self.flicker = Chip("", checkable=True, icon_name="play")
        self.flicker.setToolTip("Let pictures alternate (Space); Up and Down show the one before or behind")
        self.flicker.toggled.connect(self.flicker_toggled)
        self.rate = IconButton("chevron-down", "Pictures a second", size=28, icon_size=14)
        self.rate.clicked.connect(self._choose_rate)
        self._flicker_part = _beside(self.flicker, self.rate, 2)
        self.frame = ValueSlider(1, 2, 1, 1, 0)
        self.frame.setAccessibleName("Frame of the animations")
        self.frame.changed.connect(lambda value: self.frame_chosen.emit(round(value) - 1))
        self.frame.setFixedWidth(_GAIN_WIDTH)
        self._frame_part = _beside(TextLabel("Frame", "dim"), self.frame)
        self._frame_part.hide()
        self.options: tuple[QWidget, ...] = (
            self.pair,
            self.swap,
            self.signs,
            self._gain_part,
            self._flicker_part,
            self._frame_part,
        )
        self.ways.setMaximumWidth(self.ways.sizeHint().width())
        row.addWidget(self.leave)
        row.addWidget(self.ways, 1)
        row.addStretch()
        row.addWidget(play)
        row.addWidget(self.save)
        settings.changed.connect(lambda _names: self._follow())
        self._follow()

    def set_pair(self, pair: tuple[int, int], count: int) -> None:
        """Which two of ``count`` pictures are swiped over or subtracted."""
        self._pair, self._count = pair, count
        self._follow()

    def set_flickering(self, on: bool) -> None:
        """Show whether pictures alternate."""
        self.flicker.setChecked(on)

    def set_frames(self, count: int, frame: int) -> None:
        """Give the animations a slider of ``count`` frames that stands at ``frame``; none for a single one."""
        if count > 1:
            self.frame.set_range(1, count)
            self.frame.set_value(frame + 1)
        self._frame_part.setVisible(count > 1)

    def _follow(self) -> None:
        now = self._settings.now
        self.ways.set_value(now.way.value)
        self.signs.set_value("signed" if now.signed else "absolute")
        self.gain.set_value(now.gain)
        for part, shown in (
            (self.pair, now.way in PAIRED and self._count > 2),
            (self.swap, now.way in PAIRED),
            (self.signs, now.way is Way.DIFFERENCE),
            (self._gain_part, now.way is Way.DIFFERENCE),
            (self._flicker_part, now.way is Way.FLICKER),
        ):
            part.setVisible(shown)
        self.pair.set_text(self._words(*self._pair))
        self.pair.setToolTip("Which two pictures")
        self.flicker.set_text(f"{now.rate:g} a second")

    def _words(self, first: int, second: int) -> str:
        mark = "−" if self._settings.now.way is Way.DIFFERENCE else "|"
        return f"{LETTERS[first]} {mark} {LETTERS[second]}"

    def _choose_pair(self) -> None:
        menu = QMenu(self)
        pairs = [(self._words(*pair), pair) for pair in permutations(range(self._count), 2)]
        add_choices(menu, pairs, self._pair, lambda pair: self.pair_chosen.emit(*pair))
        popup_below(menu, self.pair)

    def _choose_rate(self) -> None:
        menu = QMenu(self)
        rates = [("1 picture a second" if rate == 1 else f"{rate:g} pictures a second", rate) for rate in RATES]
        add_choices(menu, rates, self._settings.now.rate, lambda rate: self._settings.update(rate=rate))
        popup_below(menu, self.rate)


def _beside(first: QWidget, second: QWidget, spacing: int = 8) -> QWidget:
    both = QWidget()
    row = QHBoxLayout(both)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(spacing)
    row.addWidget(first)
    row.addWidget(second)
    return both
