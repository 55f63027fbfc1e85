"""The scrolling board of cards. Only what is in the viewport exists as widgets, bound to what comes into it."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QAbstractScrollArea, QFrame, QWidget

from ..charts.frames import FrameScheduler
from ..theme import Theme
from .card import CardFrame
from .groups import PINNED, UNGROUPED, Group
from .heading import Heading
from .layout import GAP, MARGIN, SIZES, BoardLayout, CardSize, Cell, Sizes

_LINE = 54
#: A wheel that began to scroll goes on scrolling for this long (seconds), even where a chart comes under it.
_SCROLLING = 0.45
_SPARE_CARDS = 12
#: Seconds for making and filling cards in one turn of the event loop.
PLACING = 0.010


class Board(QAbstractScrollArea):
    """Groups of cards, one for each tag (or what :attr:`unit` and :attr:`pinned_unit` say), of the ``sizes`` given.

    Those in view are given to ``bind_card(card, deadline)`` to be filled. What it could not finish (False) goes on when
    ``frames`` says so.

    ``columns_changed`` fires when another number of columns fits, ``collapsed_changed`` when a group opens or closes,
    ``cells_changed`` when cards were bound to other tags. Cards that come into view are made and filled as long as
    :data:`PLACING` lasts, the others in the next turns of the event loop, when ``frames`` says so: until then
    :attr:`is_placing` is True.
    """

    columns_changed = Signal(int)
    collapsed_changed = Signal()
    cells_changed = Signal()

    def __init__(
        self,
        frames: FrameScheduler,
        theme: Theme,
        make_card: Callable[[], CardFrame],
        bind_card: Callable[[Any, float], bool],
        parent: QWidget | None = None,
        sizes: Sizes = SIZES,
    ) -> None:
        super().__init__(parent)
        self._frames, self._theme = frames, theme
        self._make_card, self._bind_card = make_card, bind_card
        self._groups: tuple[Group, ...] = ()
        self.collapsed: set[str] = set()
        self._size, self._columns, self._sizes = CardSize.MEDIUM, 0, sizes
        self._expanded: str | None = None
        self._layout = BoardLayout((), set(), 600, CardSize.MEDIUM, 0, sizes)
        self._cards: dict[tuple[str, str], CardFrame] = {}
        self._spare: list[CardFrame] = []
        self._headings: dict[str, Heading] = {}
        self._spare_headings: list[Heading] = []
        self._scrolled = 0.0
        self.is_placing = False
        self.unit = "tag"
        self.pinned_unit = "chart"
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setObjectName("board")
        self.viewport().setObjectName("boardViewport")
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
        self.verticalScrollBar().setSingleStep(_LINE)
        self.verticalScrollBar().valueChanged.connect(self._place)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)

    def cards(self) -> list[CardFrame]:
        """The cards in view."""
        return list(self._cards.values())

    @property
    def columns(self) -> int:
        """How many cards stand beside one another."""
        return self._layout.columns

    @property
    def expanded(self) -> str | None:
        """The tag that is shown alone."""
        return self._expanded

    def set_groups(self, groups: Sequence[Group]) -> None:
        """Show other groups; the scroll position is kept."""
        self._groups = tuple(groups)
        self.relayout()

    def set_size(self, size: CardSize, columns: int) -> None:
        """Choose the size of cards and how many stand side by side (0: as many as fit)."""
        if (size, columns) != (self._size, self._columns):
            self._size, self._columns = size, columns
            self.relayout()

    def set_expanded(self, tag: str | None) -> None:
        """Show one tag alone over the whole board, or all again."""
        if tag != self._expanded:
            self._expanded = tag
            self.relayout()

    def set_theme(self, theme: Theme) -> None:
        """Draw in another theme."""
        self._theme = theme
        for card in (*self._cards.values(), *self._spare):
            card.set_theme(theme)
        for heading in (*self._headings.values(), *self._spare_headings):
            heading.set_theme(theme)

    def toggle(self, group: str) -> None:
        """Open or close a group."""
        self.collapsed ^= {group}
        self.relayout()
        self.collapsed_changed.emit()

    def show_tag(self, tag: str) -> None:
        """Scroll to the card of ``tag``, opening its group."""
        for group in self._groups:
            if group.name != PINNED and tag in group.tags and group.name in self.collapsed:
                self.toggle(group.name)
        cell = self._layout.find(tag)
        if cell is not None:
            self.verticalScrollBar().setValue(cell.y - GAP)

    def relayout(self) -> None:
        """Work out where everything stands, and bind the cards in view anew."""
        before = self._layout.columns
        width = self.viewport().width()
        self._layout = BoardLayout(self._groups, self.collapsed, width, self._size, self._columns, self._sizes)
        height = 0 if self._expanded is not None else self._layout.height
        bar = self.verticalScrollBar()
        bar.setPageStep(self.viewport().height())
        bar.setRange(0, max(0, height - self.viewport().height()))
        self._place()
        if before != self._layout.columns:
            self.columns_changed.emit(self._layout.columns)

    def advance(self, deadline: float) -> bool:
        """Make and fill more of the cards in view; the scheduler of frames calls this."""
        self._place_until(deadline)
        return not self.is_placing

    def rebind(self) -> None:
        """Fill all cards in view again."""
        for card in self._cards.values():
            self._bind_card(card, math.inf)

    def _cells(self) -> list[Cell]:
        view = self.viewport()
        if self._expanded is not None:
            room = view.height() - MARGIN - GAP // 2
            return [Cell(-1, self._expanded, MARGIN, GAP // 2, view.width() - 2 * MARGIN, max(room, 120))]
        top = self.verticalScrollBar().value()
        return self._layout.visible(top, top + view.height())

    def _place(self) -> None:
        self._place_until(time.perf_counter() + PLACING)
        if self.is_placing:
            self._frames.request(self, urgent=True)
        else:
            self._frames.forget(self)

    def _place_until(self, deadline: float) -> None:
        top = 0 if self._expanded is not None else self.verticalScrollBar().value()
        cells = self._cells()
        wanted = {(self._group_name(cell), cell.tag): cell for cell in cells if cell.tag is not None}
        headings = {self._group_name(cell): cell for cell in cells if cell.tag is None}
        for name in [name for name in self._headings if name not in headings]:
            self._put_by(self._headings.pop(name))
        for key in [key for key in self._cards if key not in wanted]:
            self._spare.append(self._cards.pop(key))
        for name, cell in headings.items():
            self._place_heading(name, cell, top)
        changed = False
        self.is_placing = False
        for (name, tag), cell in wanted.items():
            assert tag is not None
            card = self._cards.get((name, tag))
            fresh = card is None
            if fresh and changed and time.perf_counter() >= deadline:
                self.is_placing = True
                continue
            if card is None:
                card = self._cards[(name, tag)] = self._spare.pop() if self._spare else self._new_card()
            card.setGeometry(cell.x, cell.y - top, cell.width, cell.height)
            if fresh or card.group != cell.group:
                card.bind(tag, cell.group)
                if not self._bind_card(card, deadline):
                    self._frames.request(card)
                card.show()
                changed = True
        # Only now: hiding a card to show it again for another tag would cost more than binding it.
        for card in self._spare:
            if not card.isHidden():
                card.hide()
                card.forget_frames()
        while len(self._spare) > _SPARE_CARDS:
            self._spare.pop().deleteLater()
        if changed:
            self.cells_changed.emit()

    def _group_name(self, cell: Cell) -> str:
        return "" if cell.group < 0 else self._groups[cell.group].name

    def _new_card(self) -> CardFrame:
        card = self._make_card()
        card.setParent(self.viewport())
        return card

    def _place_heading(self, name: str, cell: Cell, top: int) -> None:
        heading = self._headings.get(name)
        if heading is None:
            if self._spare_headings:
                heading = self._spare_headings.pop()
            else:
                heading = Heading(self._theme, self.viewport())
                heading.toggled.connect(lambda heading=heading: self.toggle(heading.name))
            self._headings[name] = heading
        group = self._groups[cell.group]
        title = {PINNED: "Pinned", UNGROUPED: "Ungrouped"}.get(name, name)
        shown = len(group.tags)
        unit = self.pinned_unit if name == PINNED else self.unit
        count = f"{shown} {unit}{'' if shown == 1 else 's'}"
        if shown != group.total:
            count = f"{shown} of {group.total} {unit}s"
        heading.bind(name, title, count, name in self.collapsed)
        heading.setGeometry(cell.x, cell.y - top, cell.width, cell.height)
        heading.show()

    def _put_by(self, heading: Heading) -> None:
        heading.hide()
        self._spare_headings.append(heading)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.relayout()

    def viewportEvent(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.LayoutRequest:
            return True
        return super().viewportEvent(event)

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        """Cards are moved by :meth:`_place`; there is nothing else to scroll."""

    def is_scrolling(self) -> bool:
        """True while a turn of the wheel that began between the charts goes on."""
        return time.monotonic() - self._scrolled < _SCROLLING

    def wheelEvent(self, event: QWheelEvent) -> None:
        self.scroll_by(event)

    def scroll_by(self, event: QWheelEvent) -> None:
        """Scroll by a turn of the wheel."""
        pixels = event.pixelDelta().y()
        bar = self.verticalScrollBar()
        bar.setValue(bar.value() - (pixels or round(event.angleDelta().y() / 120 * _LINE * 2)))
        self._scrolled = time.monotonic()
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        bar = self.verticalScrollBar()
        page = bar.pageStep() - _LINE
        moves = {
            Qt.Key.Key_PageDown: bar.value() + page,
            Qt.Key.Key_PageUp: bar.value() - page,
            Qt.Key.Key_Home: 0,
            Qt.Key.Key_End: bar.maximum(),
            Qt.Key.Key_Down: bar.value() + _LINE,
            Qt.Key.Key_Up: bar.value() - _LINE,
        }
        target = moves.get(Qt.Key(event.key()))
        if target is None:
            super().keyPressEvent(event)
        else:
            bar.setValue(target)
