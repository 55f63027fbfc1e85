"""A card with a picture: the run's dot and the tag above it, run, sample, step and time below."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRect, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from ..board.card import CardFrame
from ..charts.frames import FrameScheduler
from ..lod import ticks
from ..theme import Theme
from ..widgets import IconButton, current_theme, font
from ..widgets.slider import SliderTrack
from .keys import CardKey
from .view import PictureView

_TOP, _SIDE, _LINE, _FOOT = 34, 12, 18, 46
_STRIP = 24
#: Where the sliders begin, behind a button or a word.
_LEAD = 32
_DOT = 4.5
_INDENT = 15.0


@dataclass(frozen=True, slots=True)
class Caption:
    """What stands below a picture. ``sizes`` from the longest form to the shortest; ``wall`` seconds since 1970."""

    run: str
    step: int
    wall: float
    sample: str = ""
    size: str = ""


class _Badge(QWidget):
    """The letter of a picture that is chosen for a comparison, over its corner."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.letter = ""
        self.setFixedSize(22, 22)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()

    def set_letter(self, letter: str) -> None:
        """Another letter; none for an empty text."""
        if letter != self.letter:
            self.letter = letter
            self.setVisible(bool(letter))
            self.raise_()
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Qt's hook."""
        theme = current_theme()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(theme.on_accent), 1.5))
        painter.setBrush(QColor(theme.accent))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 6, 6)
        painter.setFont(font(12, 600))
        painter.setPen(QColor(theme.on_accent))
        painter.drawText(QRectF(self.rect()), Qt.AlignmentFlag.AlignCenter, self.letter)
        painter.end()


class ImageCard(CardFrame):
    """``step_chosen`` carries the rank of the step picked with the card's own slider, ``frame_chosen`` a frame.

    ``play_clicked`` asks to start or stop the animation, ``compare_clicked`` to compare the picture, and
    ``mark_clicked`` to mark it for that. ``turned`` carries by how many pictures of the same step to go on. ``left``
    tells that the card left the board.
    """

    noun = "picture"

    step_chosen = Signal(int)
    frame_chosen = Signal(int)
    play_clicked = Signal()
    compare_clicked = Signal()
    mark_clicked = Signal()
    turned = Signal(int)
    left = Signal()

    def __init__(self, frames: FrameScheduler, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(frames, theme, parent)
        self.key: CardKey | None = None
        self.color = QColor(theme.faint)
        self.caption: Caption | None = None
        self.lifted: bool | None = None
        self.playing = True
        self._count = self._rank = self._frame_count = 0
        self._turns, self._turn = 0, 0
        self._text = ""
        self.view = PictureView(frames, theme, self)
        self.hold(self.view)
        self.view.menu_requested.connect(self.menu_clicked)
        self.view.focus_changed.connect(self.update)
        self.view.marked.connect(self.mark_clicked)
        self.badge = _Badge(self)
        self.compare_button = IconButton("compare", "Compare this picture (V)")
        self.compare_button.clicked.connect(self.compare_clicked)
        self.add_button(self.compare_button)
        self.step_track = SliderTrack(self)
        self.step_track.setAccessibleName("Step of this picture")
        self.step_track.setToolTip("Step of this picture (Left, Right)")
        self.step_track.moved.connect(lambda share: self._choose(round(share * (self._count - 1))))
        self.step_track.stepped.connect(lambda by: self._choose(self._rank + by))
        self.step_track.reset.connect(lambda: self._choose(self._count - 1))
        self.frame_track = SliderTrack(self)
        self.frame_track.setAccessibleName("Frame of this animation")
        self.frame_track.setToolTip("Frame of this animation")
        self.frame_track.moved.connect(lambda share: self._choose_frame(round(share * (self._frame_count - 1))))
        self.frame_track.stepped.connect(lambda by: self._choose_frame(self.view.frame + by))
        self.play_button = IconButton("pause", "Stop this animation", size=22, icon_size=14, parent=self)
        self.play_button.clicked.connect(self.play_clicked)
        self.earlier = IconButton("chevron-left", "The one written before it at this step ([)", size=22, icon_size=14)
        self.later = IconButton("chevron-right", "The one written after it at this step (])", size=22, icon_size=14)
        for button, by in ((self.earlier, -1), (self.later, 1)):
            button.setParent(self)
            button.clicked.connect(lambda _on=False, by=by: self.turned.emit(by))
        for part in (self.step_track, self.frame_track, self.play_button, self.earlier, self.later):
            part.hide()

    @property
    def title(self) -> str:
        return self.key.tag if self.key is not None else self.tag

    @property
    def indent(self) -> float:
        return _INDENT

    @property
    def ringed(self) -> bool:
        return self.view.ring_visible

    def bind(self, tag: str, group: int) -> None:
        if tag != self.tag:
            self.key = CardKey.parse(tag)
            self.caption = None
            self.playing = True
            self.view.set_picture(None)
            self.set_frames(0)
        super().bind(tag, group)

    def set_theme(self, theme: Theme) -> None:
        super().set_theme(theme)
        self.view.set_theme(theme)

    def forget_frames(self) -> None:
        super().forget_frames()
        self._frames.forget(self.view)
        self.left.emit()

    def set_run(self, color: QColor, lifted: bool | None) -> None:
        """The run's colour, and whether it (True) or another one (False) is pointed at; None: none is."""
        if (color, lifted) != (self.color, self.lifted):
            self.color, self.lifted = color, lifted
            self.update()

    def set_caption(self, caption: Caption | None) -> None:
        """What stands below the picture."""
        if caption != self.caption:
            self.caption = caption
            if caption is not None:
                spoken = f"{caption.run}, step {caption.step:,}, {caption.sample}".rstrip(", ")
                self.view.setAccessibleName(f"{self.title}, {spoken}")
            self.update(0, self.height() - _FOOT, self.width(), _FOOT)

    def set_steps(self, count: int, rank: int) -> None:
        """Give the card a slider over ``count`` steps that stands at ``rank``; 0 for none."""
        shown = count > 1
        self._count, self._rank = count, rank
        if shown:
            self.step_track.set_share(rank / (count - 1))
        if self.step_track.isHidden() == shown:
            self.step_track.setVisible(shown)
            self._arrange()

    def set_frames(self, count: int) -> None:
        """Give the card the controls of an animation of ``count`` frames; none for a single one."""
        shown = count > 1
        self._frame_count = count
        if self.frame_track.isHidden() == shown:
            self.frame_track.setVisible(shown)
            self.play_button.setVisible(shown)
            self._arrange()
        if shown:
            self.show_frame()

    def show_frame(self) -> None:
        """Bring the controls of the animation to the frame that is shown."""
        self.frame_track.set_share(self.view.frame / max(self._frame_count - 1, 1))
        self.frame_track.setAccessibleDescription(f"{self.view.frame + 1} of {self._frame_count}")
        self.play_button.set_icon_name("pause" if self.playing else "play")
        self.play_button.set_tooltip(f"{'Stop' if self.playing else 'Play'} this animation (Space)")

    def set_turns(self, count: int, turn: int) -> None:
        """Say that ``count`` pictures were written at the step that is shown, of which this is the one at ``turn``."""
        if (count, turn) == (self._turns, self._turn):
            return
        self._turns, self._turn = count, turn
        shown = count > 1
        self.earlier.setEnabled(turn > 0)
        self.later.setEnabled(turn < count - 1)
        if self.earlier.isHidden() == shown:
            self.earlier.setVisible(shown)
            self.later.setVisible(shown)
            self._arrange()
        self.update()

    @property
    def turn_text(self) -> str:
        """Which of several pictures of one step is shown; empty for a single one."""
        return f"{self._turn + 1:,} of {self._turns:,} at this step" if self._turns > 1 else ""

    def set_mark_letter(self, letter: str) -> None:
        """The letter that the picture, chosen for a comparison, has in it; empty for one that is not chosen."""
        self.badge.set_letter(letter)

    def _choose(self, rank: int) -> None:
        self.step_chosen.emit(min(max(rank, 0), self._count - 1))

    def _choose_frame(self, frame: int) -> None:
        self.frame_chosen.emit(min(max(frame, 0), self._frame_count - 1))

    def content_rect(self) -> QRect:
        parts = (self.step_track, self.frame_track, self.earlier)
        strips = sum(_STRIP for strip in parts if not strip.isHidden())
        return QRect(_SIDE, _TOP, max(self.width() - 2 * _SIDE, 1), max(self.height() - _TOP - _FOOT - strips, 1))

    def _arrange(self) -> None:
        super()._arrange()
        width, y = self.view.width(), self.view.geometry().bottom() + 3
        self.badge.move(_SIDE + 6, _TOP + 6)
        if not self.frame_track.isHidden():
            self.play_button.move(_SIDE - 4, y)
            self.frame_track.setGeometry(_SIDE + _LEAD, y + 1, width - _LEAD, 20)
            y += _STRIP
        if not self.step_track.isHidden():
            self.step_track.setGeometry(_SIDE + _LEAD, y + 1, width - _LEAD, 20)
            y += _STRIP
        if not self.earlier.isHidden():
            self.earlier.move(_SIDE - 4, y)
            self.later.move(_SIDE + width - self.later.width() + 4, y)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if event.rect().top() < _TOP:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self.color)
            radius = _DOT + (1.5 if self.lifted else 0.0)
            painter.drawEllipse(QPointF(_SIDE + 1 + _DOT, 19.0), radius, radius)
        if not self.step_track.isHidden():
            painter.setFont(font(11))
            painter.setPen(QColor(self._theme.dim))
            lead = QRectF(_SIDE, self.step_track.y(), _LEAD, self.step_track.height())
            painter.drawText(lead, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, "Step")
        if not self.earlier.isHidden():
            painter.setFont(font(11, tabular=True))
            painter.setPen(QColor(self._theme.dim))
            left, right = self.earlier.geometry().right() + 1, self.later.x()
            between = QRectF(left, self.earlier.y(), right - left, self.earlier.height())
            text = QFontMetricsF(painter.font()).elidedText(
                self.turn_text, Qt.TextElideMode.ElideRight, between.width()
            )
            painter.drawText(between, Qt.AlignmentFlag.AlignCenter, text)
        if self.caption is not None and event.rect().bottom() >= self.height() - _FOOT:
            self._paint_caption(painter, self.caption)
        painter.end()

    def _paint_caption(self, painter: QPainter, caption: Caption) -> None:
        theme = self._theme
        strong, plain = font(12, tabular=True), font(11, tabular=True)
        first = QRect(_SIDE, self.height() - _FOOT + 5, self.width() - 2 * _SIDE, _LINE)
        second = first.translated(0, _LINE - 1)
        ink = QColor(theme.text if self.lifted else theme.dim)
        step = f"step {ticks.step_label(caption.step)}"
        metrics = QFontMetricsF(strong)
        room = first.width() - metrics.horizontalAdvance(step) - 10
        painter.setFont(strong)
        painter.setPen(ink)
        left = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
        right = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight
        alias = metrics.elidedText(" ".join(caption.run.splitlines()), Qt.TextElideMode.ElideMiddle, room)
        painter.drawText(QRectF(first), left, alias)
        painter.drawText(QRectF(first), right, step)
        small = QFontMetricsF(plain)
        painter.setFont(plain)
        painter.setPen(QColor(theme.faint))
        for start, end in _second_lines(caption):
            if small.horizontalAdvance(start) + small.horizontalAdvance(end) + 10 <= second.width():
                break
        painter.drawText(QRectF(second), left, start)
        painter.drawText(QRectF(second), right, end)


def _second_lines(caption: Caption) -> list[tuple[str, str]]:
    """Left and right half of the second line, from the longest form to the shortest."""
    wall = ticks.clock(caption.wall)
    day, _, time = wall.partition(" ")
    both = " · ".join(part for part in (caption.sample, caption.size) if part)
    short = caption.sample or caption.size
    return [(both, wall), (short, wall), (both, time or day), (short, time or day), ("", time or day)]
