"""Where compared pictures are seen: tiles side by side, two over one another, one at a time, or their difference."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget

from ...charts.frames import FrameScheduler
from ...theme import Theme
from ..decoding import FULL, Need, Picture
from ..geometry import USUAL, Zoom
from ..settings import ImageSettings
from ..view import PictureView
from .captions import HEIGHT, Caption, DifferenceCaption, Mark
from .layout import across, common, same_pixels, tiles
from .making import Made
from .overlay import Layer, OverlayView
from .resolving import Entry
from .settings import PAIRED, Way
from .slots import MOST, Selection

#: For pictures that are not seen now, in device pixels: just so that they are known to be fine.
_HIDDEN = Need(64, 64)


class Stage(QWidget):
    """``pointed`` carries (column, row) of the pixel under the mouse, or None; ``split_changed`` the divider's share.

    ``need_changed`` fires when pictures are shown larger or smaller than before; ``menu_requested`` where a menu may
    open. ``keys(key)`` does what a key is for and is False for a key that means nothing.
    """

    pointed = Signal(object)
    split_changed = Signal(float)
    need_changed = Signal()
    menu_requested = Signal(QPoint)

    def __init__(self, frames: FrameScheduler, theme: Theme, keys: Callable[[Qt.Key], bool]) -> None:
        super().__init__()
        self._frames = frames
        self.way = Way.SIDE
        self.frame = 0
        self._pair = (0, 1)
        self._entries: list[Entry] = []
        self._count = 0
        self._zoom: Zoom = USUAL
        self.tiles = [PictureView(frames, theme, self) for _each in range(MOST)]
        self.captions = [Caption(self) for _each in range(MOST)]
        self.overlay = OverlayView(frames, theme, self)
        self.overlay_caption = Caption(self)
        self.difference = PictureView(frames, theme, self)
        self.difference_caption = DifferenceCaption(self)
        self._views: tuple[PictureView, ...] = (*self.tiles, self.overlay, self.difference)
        for view in self._views:
            view.keys = keys
            view.zoom_changed.connect(lambda view=view: self._zoomed(view))
            view.need_changed.connect(self.need_changed)
            view.pointed.connect(self.pointed)
            view.menu_requested.connect(self.menu_requested)
        self.overlay.split_changed.connect(self.split_changed)
        for part in (*self._views, *self.captions, self.overlay_caption, self.difference_caption):
            part.hide()

    @property
    def entries(self) -> list[Entry]:
        """What is shown."""
        return self._entries

    @property
    def seen(self) -> list[int]:
        """The slots whose pictures are seen in this way, by index."""
        if self.way in PAIRED:
            return [at for at in self._pair if at < len(self._entries)]
        if self.way is Way.FLICKER:
            return [self.overlay.top] if self._entries else []
        return list(range(len(self._entries)))

    # What is shown

    def set_way(self, way: Way, selection: Selection, split: float) -> None:
        """Compare in another way, or others of the slots."""
        self._pair = selection.pair
        if way is not self.way:
            focused = any(view.hasFocus() for view in self._views)
            self.way = way
            self._arrange()
            if focused:
                self.focus_view()
        self.overlay.set_split(split if way is Way.SWIPE else None)

    def expect(self, count: int) -> None:
        """Give the pictures of ``count`` slots their places, before they are asked for."""
        if count != self._count:
            self._count = count
            self._arrange()

    def show_entries(self, entries: Sequence[Entry]) -> None:
        """Show what there is of these slots."""
        rearrange = len(entries) != self._count or _sizes(entries) != _sizes(self._entries)
        self._entries, self._count = list(entries), len(entries)
        if rearrange:
            self._arrange()
        if self.way is Way.SIDE:
            for view, caption, entry in zip(self.tiles, self.captions, entries):
                view.set_picture(entry.picture, entry.message)
                view.setAccessibleName(entry.title)
                caption.set_marks(Mark.of(entry))
        elif self.way is not Way.DIFFERENCE:
            shown = [entries[at] for at in self._pair] if self.way is Way.SWIPE else entries
            self.overlay.set_layers([Layer(each.picture, each.message) for each in shown])
            self._caption_overlay()
        self.set_frame(self.frame)

    def show_difference(
        self, title: str, made: Made | None, message: str, signed: bool, gain: float, current: bool = True
    ) -> None:
        """Show a difference; None while it is worked out or, with a ``message``, where there is none.

        One that is not ``current`` is that of the pictures before: it stays to be seen, but not its numbers.
        """
        if made is not None or message:
            self.difference.set_picture(None if made is None else made.picture, message)
        found = None if made is None else made.statistics
        self.difference_caption.show_numbers(title, found, signed, gain, current)
        self.difference.setAccessibleName(self.difference_caption.numbers.full)

    def set_top(self, index: int) -> None:
        """Show another picture where they alternate."""
        self.overlay.set_top(index)
        self._caption_overlay()

    def set_frame(self, frame: int) -> None:
        """Show another frame of animations."""
        self.frame = frame
        for view in (*self.tiles, self.overlay):
            view.set_frame(frame)

    def set_look(self, now: ImageSettings) -> None:
        """Actual size or fitted, squares or blended, brightness and contrast."""
        for view in self._views:
            view.set_look(now.actual_size, now.pixelated, now.brightness, now.contrast)

    def set_theme(self, theme: Theme) -> None:
        """Draw in another theme."""
        for view in self._views:
            view.set_theme(theme)

    def need(self, index: int) -> Need:
        """How large the picture of a slot is shown."""
        if self.way is Way.SIDE:
            return self.tiles[index].need
        if self.way in PAIRED and index not in self._pair:
            return _HIDDEN
        if self.way is Way.DIFFERENCE:
            return FULL
        need, room = self.overlay.need, self.overlay.room
        picture = self._entries[index].picture if index < len(self._entries) else None
        if room is None or picture is None or room.actual:
            return need
        # Of a picture that is larger than the common area a part fills the view: finer than if all of it did.
        alone = replace(room, columns=picture.columns, rows=picture.rows)
        return replace(need, zoom=need.zoom * room.fitted / alone.fitted)

    def difference_level(self, first: Picture, second: Picture) -> int:
        """How often the difference of two pictures may be halved for its view."""
        return self.difference.need.level(*common([(each.columns, each.rows) for each in (first, second)]))

    def fit(self) -> None:
        """Show all of the pictures, or their middle in actual size."""
        self._set_zoom(USUAL, None)

    def focus_view(self) -> None:
        """Have keys go to the pictures."""
        view = {Way.SIDE: self.tiles[0], Way.DIFFERENCE: self.difference}.get(self.way, self.overlay)
        view.setFocus(Qt.FocusReason.OtherFocusReason)

    def forget_pictures(self) -> None:
        """Let go of everything that is shown."""
        self._entries, self._count = [], 0
        for view in (*self.tiles, self.difference):
            view.set_picture(None)
        self.overlay.set_layers(())
        for each in self._views:
            self._frames.forget(each)

    # Within

    def _caption_overlay(self) -> None:
        if self.way is Way.SWIPE and max(self._pair) < len(self._entries):
            first, second = (Mark.of(self._entries[at]) for at in self._pair)
            self.overlay_caption.set_marks(first, second)
        elif self.overlay.top < len(self._entries):
            self.overlay_caption.set_marks(Mark.of(self._entries[self.overlay.top]))

    def _zoomed(self, source: PictureView) -> None:
        self._set_zoom(source.zoom, source)

    def _set_zoom(self, zoom: Zoom, source: PictureView | None) -> None:
        self._zoom = zoom
        for view in self._views:
            if view is not source:
                view.set_zoom(self._linked(zoom, source, view))
        self.need_changed.emit()

    def _linked(self, zoom: Zoom, source: PictureView | None, view: PictureView) -> Zoom:
        """In actual size pictures of other sizes go along pixel by pixel; fitted ones show the same part."""
        if source not in self.tiles or view not in self.tiles or not view.actual or source is None:
            return zoom
        first, second = source.picture, view.picture
        if first is None or second is None:
            return zoom
        return same_pixels(zoom, (first.columns, first.rows), (second.columns, second.rows))

    def _arrange(self) -> None:
        count = self._count
        width, height = self.width(), self.height()
        side = self.way is Way.SIDE
        room = max(height - HEIGHT, 1)
        if side and count:
            sizes = _sizes(self._entries) or [(1, 1)]
            largest = max(columns for columns, _rows in sizes), max(rows for _columns, rows in sizes)
            number = across(count, width, room, *largest)
            for place, view, caption in zip(tiles(count, number, width, height), self.tiles, self.captions):
                left, top, wide, high = place
                caption.setGeometry(left, top, wide, HEIGHT)
                view.setGeometry(left, top + HEIGHT, wide, max(high - HEIGHT, 1))
        for index, (view, caption) in enumerate(zip(self.tiles, self.captions)):
            _show(view, side and index < count)
            caption.setVisible(side and index < count)
        over, apart = self.way in (Way.SWIPE, Way.FLICKER), self.way is Way.DIFFERENCE
        for main, above, on in (
            (self.overlay, self.overlay_caption, over),
            (self.difference, self.difference_caption, apart),
        ):
            above.setGeometry(0, 0, width, HEIGHT)
            main.setGeometry(0, HEIGHT, width, room)
            above.setVisible(on)
            _show(main, on)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()


def _show(view: PictureView, shown: bool) -> None:
    if view.isHidden() == shown:
        view.setVisible(shown)
        if shown:
            # What was set while it was hidden was not drawn.
            view.invalidate()


def _sizes(entries: Sequence[Entry]) -> list[tuple[int, int]]:
    return [(each.picture.columns, each.picture.rows) for each in entries if each.picture is not None]


def size_note(entries: Sequence[Entry], way: Way) -> str:
    """What is to be said of pictures of different sizes; nothing where they are the same."""
    sizes = _sizes(entries)
    if len(set(sizes)) < 2:
        return ""
    listed = ", ".join(
        f"{each.letter} {each.picture.columns:,}×{each.picture.rows:,}" for each in entries if each.picture is not None
    )
    if way is Way.SIDE:
        return f"Sizes differ: {listed}"
    columns, rows = common(sizes)
    return f"Sizes differ: {listed}. Compared over the {columns:,}×{rows:,} at the top left"


def frames_of(pictures: Sequence[Picture | None]) -> int:
    """The most frames that one of the pictures has."""
    return max((len(picture.frames) for picture in pictures if picture is not None), default=0)
