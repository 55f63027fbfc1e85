"""Writes an animated GIF frame by frame, in the memory of two frames. No Qt.

The file is put together here, as Pillow's own writer keeps all frames until the last; Pillow chooses colours and packs
the pixels (LZW). Layout: "GIF89a Specification", CompuServe 1990; the loop is Netscape's application extension.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray
from PIL import GifImagePlugin, Image

#: The most a GIF can be wide and high.
MOST_SIDE = 65535
_COLORS = 256
#: Colours are chosen from about so many pixels, and given to pixels in stretches of so many: Pillow leaves the
#: interpreter to nobody while it does either.
_CHOSEN_FROM = 1 << 16
_STRETCH = 1 << 15
#: Less alpha than this is transparent: a GIF knows nothing in between.
_OPAQUE = 128
_KEEP, _CLEAR = 1, 2


def delay_of(index: int, rate: float) -> int:
    """Hundredths of a second for frame ``index`` (from 0) at ``rate`` frames a second, at least 2.

    Rounded so that frames do not drift: any number of them together takes as long as it should, to a hundredth. Below
    2 programs that play take a tenth of a second instead.
    """
    return max(round((index + 1) * 100 / rate) - round(index * 100 / rate), 2)


@dataclass(frozen=True, slots=True)
class _Frame:
    image: Image.Image
    is_covering: bool
    delay: int


class GifWriter:
    """Give :meth:`add` every frame, then call :meth:`finish`. The animation runs for ever.

    It is ``columns`` x ``rows``. ``clear``: there may be frames that are smaller, which stand at the top left with
    nothing beside them, or have transparent pixels; else these are black. ValueError for a size that a GIF cannot have.
    """

    def __init__(self, out: BinaryIO, rate: float, columns: int, rows: int, clear: bool) -> None:
        if not 0 < min(columns, rows) <= max(columns, rows) <= MOST_SIDE:
            raise ValueError(f"a GIF is at most {MOST_SIDE:,} pixels wide and high, and this is {columns:,}×{rows:,}")
        self._out, self._rate, self._columns, self._rows = out, rate, columns, rows
        self._clear, self._count = clear, 0
        self._waiting: _Frame | None = None
        out.write(b"GIF89a" + struct.pack("<HHBBB", columns, rows, 0x70, 0, 0))
        out.write(b"\x21\xff\x0bNETSCAPE2.0\x03\x01\x00\x00\x00")

    @property
    def count(self) -> int:
        """Frames so far."""
        return self._count

    def add(self, pixels: NDArray[np.uint8]) -> None:
        """A frame: red, green, blue and, if it is to be looked at, alpha; uint8 (rows, columns, 3 or 4)."""
        # Every frame covers all, and each or none has a colour for nothing: programs differ in what they show where the
        # first one does not say.
        image, is_covering = indexed(self._padded(pixels), self._clear)
        frame = _Frame(image, is_covering, delay_of(self._count, self._rate))
        self._write_waiting(frame)
        self._waiting = frame
        self._count += 1

    def finish(self) -> None:
        """Write what is left."""
        self._write_waiting(None)
        self._out.write(b";")

    def _padded(self, pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
        rows, columns, channels = pixels.shape
        if (rows, columns) == (self._rows, self._columns):
            return pixels
        whole = np.zeros((self._rows, self._columns, 4), np.uint8)
        whole[:rows, :columns, :channels] = pixels
        if channels == 3:
            whole[:rows, :columns, 3] = 255
        return whole

    def _write_waiting(self, following: _Frame | None) -> None:
        frame = self._waiting
        if frame is None:
            return
        # What would be seen through the next frame has to go first; the first one comes round again.
        covered = following is not None and following.is_covering
        params: dict[str, Any] = {
            "include_color_table": True,
            "duration": frame.delay * 10,
            "disposal": _KEEP if covered else _CLEAR,
        }
        if self._clear:
            params["transparency"] = _COLORS - 1
        for part in GifImagePlugin.getdata(frame.image, **params):
            self._out.write(part)


def indexed(pixels: NDArray[np.uint8], clear: bool) -> tuple[Image.Image, bool]:
    """A picture of at most 256 colours, and True if it has no transparent pixel.

    With ``clear`` the last colour, 255, stands for nothing. As many colours as there is room for are kept as they are;
    of more the best are chosen by median cut, and the rest is mixed of them by error diffusion (Floyd and Steinberg).
    """
    nothing = pixels[..., 3] < _OPAQUE if pixels.shape[2] == 4 else np.zeros(pixels.shape[:2], np.bool_)
    most = _COLORS - 1 if clear else _COLORS
    colors = pixels[..., :3].copy()
    colors[nothing] = 0
    image = Image.fromarray(colors)
    listed = image.getcolors(most)
    found = _chosen(image, colors, most) if listed is None else _exact(colors, [color for _count, color in listed])
    if not clear:
        return found, True
    values = np.array(found)
    values[nothing] = _COLORS - 1
    marked = Image.fromarray(values)
    palette = (found.getpalette() or [])[: 3 * most]
    marked.putpalette(palette + [0] * (3 * _COLORS - len(palette)))
    return marked, not nothing.any()


def _exact(colors: NDArray[np.uint8], listed: list[Any]) -> Image.Image:
    known = np.array(sorted((red << 16) | (green << 8) | blue for red, green, blue in listed), np.uint32)
    wide = colors.astype(np.uint32)
    packed = (wide[..., 0] << 16) | (wide[..., 1] << 8) | wide[..., 2]
    image = Image.fromarray(np.searchsorted(known, packed).astype(np.uint8))
    table = np.stack([known >> 16, known >> 8 & 255, known & 255], axis=1).astype(np.uint8)
    image.putpalette(table.tobytes())
    return image


def _chosen(image: Image.Image, colors: NDArray[np.uint8], most: int) -> Image.Image:
    rows, columns = colors.shape[:2]
    apart = max(round((rows * columns / _CHOSEN_FROM) ** 0.5), 1)
    some = Image.fromarray(np.ascontiguousarray(colors[::apart, ::apart]))
    palette = some.quantize(most, Image.Quantize.MEDIANCUT)
    result = Image.new("P", (columns, rows))
    height = max(_STRETCH // columns, 1)
    for top in range(0, rows, height):
        part = image.crop((0, top, columns, min(top + height, rows)))
        result.paste(part.quantize(palette=palette, dither=Image.Dither.FLOYDSTEINBERG), (0, top))
    result.putpalette(palette.getpalette() or [])
    return result
