"""The picture of a cloud in OpenGL 3.3: one buffer, of which only what changed is sent, and two passes of points.

The first pass draws what discs cover wholly and writes the depth; the second lays their edges over it, where nothing
nearer stands. So no sorting is needed, and the picture is that of :mod:`.raster`. All methods need a current context.

PyOpenGL finds the functions of a context by the platform it thinks it is on: :func:`choose_platform` tells it which one
Qt uses, before it is imported.
"""

from __future__ import annotations

import ctypes
import os
import sys
from typing import Any

import numpy as np
from numpy.typing import NDArray

from . import look
from .points import Scene
from .projecting import Projection
from .raster_sprites import usual_side
from .sprites import Pages, Sprites

_HIDDEN = 255
#: Half of the greatest extent of a cloud along the line of sight, and a little.
_DEEPEST = 3.6
_PAGE_LIMIT = 8192

_VERTEX = """
#version 330 core
layout(location = 0) in float space_x;
layout(location = 1) in float space_y;
layout(location = 2) in float space_z;
layout(location = 3) in vec4 ink;
layout(location = 4) in float factor;
layout(location = 5) in uint layer;
uniform vec4 rows[3];
uniform vec2 size;
uniform float focal, unit, nearest, fade_from, fade_slope, fade_most, smallest, largest, ring;
uniform float depth_from, depth_span, count;
uniform bool flat_view, sprites;
uniform float sprite_scale, sprite_largest;
uniform vec2 sprite_shape;
uniform vec3 ground;
flat out vec3 color;
flat out vec2 centre;
flat out float inner, outer, fade;
flat out uint level;
flat out ivec4 box;
flat out int vertex;

void main() {
    vec4 place = vec4(space_x, space_y, space_z, 1.0);
    float right = dot(rows[0], place), up = dot(rows[1], place), depth = dot(rows[2], place);
    color = vec3(0.0); centre = vec2(0.0); inner = outer = fade = 0.0; box = ivec4(0);
    level = layer;
    vertex = gl_VertexID;
    gl_PointSize = 1.0;
    gl_Position = vec4(2.0, 2.0, 2.0, 1.0);
    if (layer > 3u || depth < nearest) return;
    centre = size * 0.5 + vec2(right, up) * (focal / depth);
    inner = clamp(factor * unit / depth, smallest, largest);
    outer = inner;
    fade = flat_view || layer == 3u ? 0.0 : clamp((depth - fade_from) * fade_slope, 0.0, fade_most);
    color = mix(ink.bgr, ground, fade);
    vec2 middle = centre;
    if (sprites) {
        float side = clamp(roundEven(inner * sprite_scale), 2.0, sprite_largest);
        vec2 extent = max(roundEven(side * sprite_shape), vec2(1.0));
        float top = ceil(size.y - centre.y - extent.y * 0.5 - 0.5);
        float left = ceil(centre.x - extent.x * 0.5 - 0.5);
        box = ivec4(int(left), int(top), int(extent.x), int(extent.y));
        middle = vec2(left + extent.x * 0.5, size.y - top - extent.y * 0.5);
        gl_PointSize = max(extent.x, extent.y) + 1.0;
    } else {
        if (layer == 3u) outer += ring;
        gl_PointSize = 2.0 * outer + 3.0;
    }
    float near = flat_view ? (float(gl_VertexID) + 1.0) / (count + 1.0)
                           : clamp(1.0 - (depth - depth_from) / depth_span, 0.0, 1.0);
    float z = 1.0 - 2.0 * (float(layer) + near * 0.999) / 4.0;
    gl_Position = vec4(middle / size * 2.0 - 1.0, z, 1.0);
}
"""

_FRAGMENT = """
#version 330 core
flat in vec3 color;
flat in vec2 centre;
flat in float inner, outer, fade;
flat in uint level;
flat in ivec4 box;
flat in int vertex;
uniform bool sprites, edges, framed;
uniform vec2 size;
uniform vec3 ground, ring_color;
uniform float dim;
uniform sampler2D page;
uniform ivec2 cell;
uniform int across, first;
out vec4 shown;

vec4 texel(ivec2 corner, ivec2 at) { return texelFetch(page, corner + clamp(at, ivec2(0), cell - 1), 0); }

void sprite() {
    ivec2 at = ivec2(int(floor(gl_FragCoord.x)), int(floor(size.y - gl_FragCoord.y))) - box.xy;
    if (any(lessThan(at, ivec2(0))) || any(greaterThanEqual(at, box.zw))) discard;
    int number = vertex - first;
    ivec2 corner = ivec2(number % across, number / across) * cell;
    vec2 share = (vec2(at) + 0.5) / vec2(box.zw);
    if (texel(corner, (2 * at + 1) * cell / (2 * box.zw)).a < 0.5) discard;
    vec2 spot = clamp(share * vec2(cell) - 0.5, vec2(0.0), vec2(cell - 1));
    ivec2 low = ivec2(spot);
    vec2 beyond = spot - vec2(low);
    vec3 above = mix(texel(corner, low).rgb, texel(corner, low + ivec2(1, 0)).rgb, beyond.x);
    vec3 below = mix(texel(corner, low + ivec2(0, 1)).rgb, texel(corner, low + ivec2(1, 1)).rgb, beyond.x);
    float kept = (1.0 - fade) * (level == 0u ? 1.0 - dim : 1.0);
    vec3 result = mix(ground, mix(above, below, beyond.y), kept);
    int rim = max((max(box.z, box.w) + 6) / 14, 1);
    if (level == 3u) rim += 1;
    ivec2 outward = min(at, box.zw - 1 - at);
    if ((framed || level == 3u) && min(outward.x, outward.y) < rim) result = level == 3u ? ring_color : color;
    shown = vec4(result, 1.0);
}

void main() {
    if (sprites) { sprite(); return; }
    float away = distance(gl_FragCoord.xy, centre);
    float covered = outer + 0.5 - away;
    if (edges ? covered >= 1.0 || covered <= 0.0 : covered < 1.0) discard;
    vec3 result = level == 3u ? mix(ring_color, color, clamp(inner + 0.5 - away, 0.0, 1.0)) : color;
    shown = vec4(result, edges ? covered : 1.0);
}
"""


class OpenGLFailed(Exception):
    """OpenGL cannot draw here; the text says why."""


def choose_platform(qt_platform: str) -> None:
    """Tell PyOpenGL which window system Qt uses (``QGuiApplication.platformName()``), unless it is imported already."""
    if "OpenGL.platform" in sys.modules:
        return
    if qt_platform == "xcb":
        egl = "egl" in os.environ.get("QT_XCB_GL_INTEGRATION", "")
        os.environ["PYOPENGL_PLATFORM"] = "egl" if egl else "glx"
    elif qt_platform.startswith(("wayland", "eglfs", "offscreen", "minimalegl")):
        os.environ["PYOPENGL_PLATFORM"] = "egl"
    else:
        os.environ.pop("PYOPENGL_PLATFORM", None)


class GlRenderer:
    """Draws a scene into the framebuffer that is bound."""

    def __init__(self) -> None:
        """Raises :class:`OpenGLFailed` where the shaders do not compile."""
        try:
            from OpenGL import GL
        except ImportError as error:
            raise OpenGLFailed(f"PyOpenGL cannot be used: {error}") from error
        self._gl: Any = GL
        self._program = self._linked()
        self._places: dict[str, int] = {}
        self._array = int(GL.glGenVertexArrays(1))
        self._buffer = int(GL.glGenBuffers(1))
        self._count = -1
        self._sent: dict[str, object] = {}
        self._textures: list[int] = []
        self._pages: Pages | None = None
        self._largest_point = float(np.max(GL.glGetFloatv(GL.GL_POINT_SIZE_RANGE)))
        self._texture_limit = min(int(GL.glGetIntegerv(GL.GL_MAX_TEXTURE_SIZE)), _PAGE_LIMIT)
        #: Bytes sent to the graphics card so far.
        self.sent_bytes = 0

    def draw(self, scene: Scene, projection: Projection, sprites: Sprites | None, framed: bool) -> None:
        """Draw over the whole viewport."""
        gl = self._gl
        ground = _channels(scene.inks.ground)
        gl.glViewport(0, 0, projection.width, projection.height)
        gl.glDisable(gl.GL_SCISSOR_TEST)
        gl.glDisable(gl.GL_STENCIL_TEST)
        gl.glDisable(gl.GL_CULL_FACE)
        gl.glColorMask(True, True, True, True)
        gl.glDepthMask(True)
        gl.glClearColor(*ground, 1.0)
        gl.glClearDepth(1.0)
        gl.glClear(gl.GL_COLOR_BUFFER_BIT | gl.GL_DEPTH_BUFFER_BIT)
        if not scene.count:
            return
        gl.glBindVertexArray(self._array)
        self._send(scene)
        gl.glUseProgram(self._program)
        self._set_uniforms(scene, projection, framed)
        gl.glEnable(gl.GL_PROGRAM_POINT_SIZE)
        gl.glEnable(gl.GL_DEPTH_TEST)
        gl.glDepthFunc(gl.GL_LEQUAL)
        gl.glDisable(gl.GL_BLEND)
        self._switch("sprites", sprites is not None)
        self._switch("edges", False)
        if sprites is None:
            gl.glDrawArrays(gl.GL_POINTS, 0, scene.count)
            self._switch("edges", True)
            gl.glDepthMask(False)
            gl.glEnable(gl.GL_BLEND)
            gl.glBlendFunc(gl.GL_SRC_ALPHA, gl.GL_ONE_MINUS_SRC_ALPHA)
            gl.glDrawArrays(gl.GL_POINTS, 0, scene.count)
        else:
            self._draw_sprites(scene, sprites, projection)
        gl.glDepthMask(True)
        gl.glDisable(gl.GL_DEPTH_TEST)
        gl.glDisable(gl.GL_BLEND)
        gl.glUseProgram(0)
        gl.glBindVertexArray(0)
        gl.glBindBuffer(gl.GL_ARRAY_BUFFER, 0)

    def release(self) -> None:
        """Give everything back to the graphics card."""
        gl = self._gl
        self._drop_pages()
        gl.glDeleteBuffers(1, [self._buffer])
        gl.glDeleteVertexArrays(1, [self._array])
        gl.glDeleteProgram(self._program)

    # The buffer: x, y, z, ink, factor, layer, each of all points

    def _send(self, scene: Scene) -> None:
        gl, n = self._gl, scene.count
        gl.glBindBuffer(gl.GL_ARRAY_BUFFER, self._buffer)
        if n != self._count:
            gl.glBufferData(gl.GL_ARRAY_BUFFER, 21 * n, None, gl.GL_DYNAMIC_DRAW)
            self._count = n
            self._sent.clear()
            for place, start in enumerate((0, 4 * n, 8 * n)):
                gl.glEnableVertexAttribArray(place)
                gl.glVertexAttribPointer(place, 1, gl.GL_FLOAT, False, 0, ctypes.c_void_p(start))
            gl.glEnableVertexAttribArray(3)
            gl.glVertexAttribPointer(3, 4, gl.GL_UNSIGNED_BYTE, True, 0, ctypes.c_void_p(12 * n))
            gl.glEnableVertexAttribArray(4)
            gl.glVertexAttribPointer(4, 1, gl.GL_FLOAT, False, 0, ctypes.c_void_p(16 * n))
            gl.glEnableVertexAttribArray(5)
            gl.glVertexAttribIPointer(5, 1, gl.GL_UNSIGNED_BYTE, 0, ctypes.c_void_p(20 * n))
        if self._sent.get("space") != scene.positions_version:
            self._sent["space"] = scene.positions_version
            space = scene.space if scene.whole else np.nan_to_num(scene.space)
            self._write(0, np.ascontiguousarray(space, np.float32))
        if self._sent.get("looks") != scene.looks_version:
            self._sent["looks"] = scene.looks_version
            looks = scene.looks
            self._write(12 * n, looks.ink.astype("<u4", copy=False))
            self._write(16 * n, looks.factor)
        key = scene.looks_version, None if scene.whole else scene.positions_version
        if self._sent.get("layer") != key:
            self._sent["layer"] = key
            layer = scene.looks.layer
            if not scene.whole or scene.isolated is not None:
                layer = np.where(scene.shown(), layer, np.uint8(_HIDDEN))
            self._write(20 * n, layer)

    def _write(self, start: int, data: NDArray[Any]) -> None:
        self._gl.glBufferSubData(self._gl.GL_ARRAY_BUFFER, start, data.nbytes, data)
        self.sent_bytes += data.nbytes

    # Sprites

    def _draw_sprites(self, scene: Scene, sprites: Sprites, projection: Projection) -> None:
        gl = self._gl
        level = sprites.level(usual_side(projection, scene.count))
        images = sprites.halved(level)
        pages = self._paged(scene, images, level)
        gl.glActiveTexture(gl.GL_TEXTURE0)
        gl.glUniform1i(self._place("page"), 0)
        gl.glUniform2i(self._place("cell"), images.shape[2], images.shape[1])
        gl.glUniform1i(self._place("across"), pages.across)
        tall, broad = sprites.shape
        gl.glUniform2f(self._place("sprite_shape"), broad, tall)
        gl.glUniform1f(self._place("sprite_scale"), look.SPRITE_SIDE / look.usual_radius(scene.count))
        most = min(round(look.LARGEST_SPRITE * projection.ratio), int(self._largest_point) - 1)
        gl.glUniform1f(self._place("sprite_largest"), float(most))
        for page, texture in enumerate(self._textures):
            first, last = pages.range(page)
            gl.glBindTexture(gl.GL_TEXTURE_2D, texture)
            gl.glUniform1i(self._place("first"), first)
            gl.glDrawArrays(gl.GL_POINTS, first, last - first)
        gl.glBindTexture(gl.GL_TEXTURE_2D, 0)

    def _paged(self, scene: Scene, images: NDArray[np.uint8], level: int) -> Pages:
        gl, key = self._gl, (scene.sprites_version, level)
        if self._pages is not None and self._sent.get("sprites") == key:
            return self._pages
        self._drop_pages()
        self._sent["sprites"] = key
        count, height, width = images.shape[:3]
        pages = self._pages = Pages(count, height, width, self._texture_limit)
        gl.glPixelStorei(gl.GL_UNPACK_ALIGNMENT, 4)
        for page in range(pages.pages):
            texture = int(gl.glGenTextures(1))
            self._textures.append(texture)
            gl.glBindTexture(gl.GL_TEXTURE_2D, texture)
            for name in (gl.GL_TEXTURE_MIN_FILTER, gl.GL_TEXTURE_MAG_FILTER):
                gl.glTexParameteri(gl.GL_TEXTURE_2D, name, gl.GL_NEAREST)
            gl.glTexParameteri(gl.GL_TEXTURE_2D, gl.GL_TEXTURE_MAX_LEVEL, 0)
            drawn = pages.draw(images, page)
            gl.glTexImage2D(
                gl.GL_TEXTURE_2D, 0, gl.GL_RGBA8, *pages.size, 0, gl.GL_RGBA, gl.GL_UNSIGNED_BYTE, drawn
            )  # fmt: skip
            self.sent_bytes += drawn.nbytes
        return pages

    def _drop_pages(self) -> None:
        if self._textures:
            self._gl.glDeleteTextures(len(self._textures), self._textures)
        self._textures, self._pages = [], None
        self._sent.pop("sprites", None)

    # The program

    def _set_uniforms(self, scene: Scene, projection: Projection, framed: bool) -> None:
        gl, place = self._gl, self._place
        gl.glUniform4fv(place("rows"), 3, np.ascontiguousarray(projection.rows, np.float32))
        gl.glUniform2f(place("size"), projection.width, projection.height)
        ring = look.RING * projection.ratio
        lowest = max(projection.middle - _DEEPEST, projection.clip)
        values = {
            "focal": projection.focal,
            "unit": projection.unit,
            "nearest": projection.clip,
            "fade_from": projection.near,
            "fade_slope": look.FADE / max(projection.far - projection.near, 1e-6),
            "fade_most": look.FADE,
            "smallest": look.SMALLEST_RADIUS,
            "largest": min(projection.largest, (self._largest_point - 3) / 2 - ring),
            "ring": ring,
            "depth_from": lowest,
            "depth_span": projection.middle + _DEEPEST - lowest,
            "count": float(scene.count),
            "dim": look.DIM,
        }
        for name, value in values.items():
            gl.glUniform1f(place(name), value)
        gl.glUniform3f(place("ground"), *_channels(scene.inks.ground))
        gl.glUniform3f(place("ring_color"), *_channels(scene.inks.ring))
        self._switch("flat_view", projection.flat)
        self._switch("framed", framed)

    def _switch(self, name: str, on: bool) -> None:
        self._gl.glUniform1i(self._place(name), int(on))

    def _place(self, name: str) -> int:
        found = self._places.get(name)
        if found is None:
            found = self._places[name] = int(self._gl.glGetUniformLocation(self._program, name))
        return found

    def _linked(self) -> int:
        gl = self._gl
        program = int(gl.glCreateProgram())
        for kind, source in ((gl.GL_VERTEX_SHADER, _VERTEX), (gl.GL_FRAGMENT_SHADER, _FRAGMENT)):
            shader = gl.glCreateShader(kind)
            gl.glShaderSource(shader, source.lstrip())
            gl.glCompileShader(shader)
            if not gl.glGetShaderiv(shader, gl.GL_COMPILE_STATUS):
                raise OpenGLFailed(f"a shader does not compile: {_log(gl.glGetShaderInfoLog(shader))}")
            gl.glAttachShader(program, shader)
            gl.glDeleteShader(shader)
        gl.glLinkProgram(program)
        if not gl.glGetProgramiv(program, gl.GL_LINK_STATUS):
            raise OpenGLFailed(f"the shaders do not link: {_log(gl.glGetProgramInfoLog(program))}")
        return program


def _channels(color: int) -> tuple[float, float, float]:
    return (color >> 16 & 255) / 255, (color >> 8 & 255) / 255, (color & 255) / 255


def _log(text: object) -> str:
    said = text.decode("utf-8", "replace") if isinstance(text, bytes) else str(text)
    return " ".join(said.split())[:300]
