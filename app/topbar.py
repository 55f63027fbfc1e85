"""The bar at the top: which folder, which panes, where to go, how live."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QSizePolicy, QWidget

from ..viewers.pane import ThemeHolder
from ..viewers.widgets import icons
from .actions import native_shortcut
from .tabs import TabStrip
from .words import split_roots

HEIGHT = 46


class TopBar(QWidget):
    """Breadcrumb, tabs, "Go to…" field, live pill."""

    folder_clicked = Signal()
    palette_wanted = Signal()
    pause_toggled = Signal()

    def __init__(self, theme: ThemeHolder, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("topBar")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFixedHeight(HEIGHT)
        self.folder = Breadcrumb(theme, self)
        self.tabs = TabStrip(theme, self)
        self.go_to = GoToField(theme, self)
        self.pill = LivePill(theme, self)
        row = QHBoxLayout(self)
        row.setContentsMargins(6, 0, 12, 0)
        row.setSpacing(10)
        row.addWidget(self.folder)
        row.addWidget(self.tabs, 1)
        row.addWidget(self.go_to)
        row.addWidget(self.pill)
        self.folder.clicked.connect(self.folder_clicked)
        self.go_to.clicked.connect(self.palette_wanted)
        self.pill.clicked.connect(self.pause_toggled)

    def set_left_width(self, width: int) -> None:
        """Let the tabs begin where the panes do: ``width`` pixels for the breadcrumb."""
        self.folder.setFixedWidth(max(160, width - 6))


class _Painted(QAbstractButton):
    """A button drawn by hand in the theme's colours, with a visible focus ring."""

    def __init__(self, theme: ThemeHolder, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        theme.changed.connect(self.update)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)

    def color(self, token: str) -> QColor:
        """A colour of the theme in force."""
        return QColor(getattr(self._theme.theme, token))

    def font_of(self, pixels: int, weight: QFont.Weight = QFont.Weight.Normal) -> QFont:
        """The program's font in another size or weight, with figures of one width."""
        font = QFont(self.font())
        font.setPixelSize(pixels)
        font.setWeight(weight)
        return font

    def paint_frame(self, painter: QPainter, radius: float, fill: QColor) -> None:
        """The rounded field behind a button."""
        edge = "accent" if self.hasFocus() else "line_strong" if self.underMouse() else "line"
        painter.setPen(QPen(self.color(edge), 1))
        painter.setBrush(fill)
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), radius, radius)


class Breadcrumb(_Painted):
    """The open folder: its parent faint, its name strong; several folders as their number."""

    def __init__(self, theme: ThemeHolder, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self._parent_text = ""
        self._name = "Runglass"
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding)
        self.setAccessibleName("Open folder")

    def set_roots(self, roots: Sequence[str], name: str = "") -> None:
        """Show these folders, under ``name`` where they are known by one; none shows the program's name."""
        self._parent_text, self._name = ("", name) if name else split_roots(roots)
        lines = "\n".join(roots) if roots else "No folder is open"
        # QToolTip takes text with tags for HTML; a folder may be called anything.
        from html import escape

        self.setToolTip(f"<p style='white-space:pre'>{escape(lines)}</p>")
        self.setAccessibleDescription(lines)
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(280, HEIGHT)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        area = self.rect().adjusted(0, 7, -8, -7)
        if self.underMouse() or self.hasFocus():
            painter.setPen(QPen(self.color("accent"), 1) if self.hasFocus() else Qt.PenStyle.NoPen)
            painter.setBrush(self.color("hover"))
            painter.drawRoundedRect(QRectF(area).adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)
        size = 16
        pixmap = icons.pixmap("folder", self._theme.theme.accent, size, self.devicePixelRatioF())
        painter.drawPixmap(area.left() + 6, area.center().y() - size // 2 + 1, pixmap)
        left, right = area.left() + 6 + size + 8, area.right() - 6
        thin, strong = self.font_of(13), self.font_of(13, QFont.Weight.DemiBold)
        parent = f"{self._parent_text} / " if self._parent_text else ""
        strong_metrics, thin_metrics = QFontMetrics(strong), QFontMetrics(thin)
        name = strong_metrics.elidedText(self._name, Qt.TextElideMode.ElideMiddle, right - left)
        room = right - left - strong_metrics.horizontalAdvance(name)
        if thin_metrics.horizontalAdvance(parent) > room:
            short = thin_metrics.elidedText(self._parent_text, Qt.TextElideMode.ElideLeft, room - 16)
            parent = f"{short} / " if room > 48 else ""
        middle = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
        painter.setFont(thin)
        painter.setPen(self.color("dim"))
        painter.drawText(area.adjusted(left - area.left(), 0, 0, 0), middle, parent)
        left += thin_metrics.horizontalAdvance(parent)
        painter.setFont(strong)
        painter.setPen(self.color("text"))
        painter.drawText(area.adjusted(left - area.left(), 0, 0, 0), middle, name)


class GoToField(_Painted):
    """Looks like a field, opens the command palette."""

    def __init__(self, theme: ThemeHolder, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self._key = native_shortcut("Ctrl+K")
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Go to")
        self.setToolTip(f"Find a command, a pane, a tag or a run ({self._key})")

    def sizeHint(self) -> QSize:
        return QSize(190, 28)

    def minimumSizeHint(self) -> QSize:
        return QSize(110, 28)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self.paint_frame(painter, 6, self.color("field"))
        inside = self.rect().adjusted(11, 0, -10, 0)
        painter.setPen(self.color("faint"))
        painter.setFont(self.font_of(12))
        painter.drawText(inside, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, "Go to…")
        painter.setFont(self.font_of(11))
        painter.drawText(inside, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, self._key)


class LivePill(_Painted):
    """How live the picture is: a dot in a telling colour and two words."""

    def __init__(self, theme: ThemeHolder, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self._text = "No folder"
        self._token = "faint"
        self._share: float | None = None
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Live state")

    def show_state(self, text: str, token: str, tooltip: str, share: float | None = None) -> None:
        """``token`` names the dot's colour in the theme; ``share`` (0 to 1) draws an arc in place of the dot."""
        if (text, token, share) == (self._text, self._token, self._share) and tooltip == self.toolTip():
            return
        self._text, self._token, self._share = text, token, share
        self.setToolTip(tooltip)
        self.setAccessibleDescription(text)
        if self.sizeHint() != self.size():
            self.updateGeometry()
        self.update()

    @property
    def text_shown(self) -> str:
        """The words in the pill."""
        return self._text

    def sizeHint(self) -> QSize:
        # Figures change many times a second: room for the widest, so that nothing beside moves.
        wide = "".join("0" if letter.isdigit() else letter for letter in self._text)
        return QSize(max(90, 30 + QFontMetrics(self.font_of(12)).horizontalAdvance(wide) + 12), 26)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self.paint_frame(painter, self.height() / 2, self.color("hover" if self.underMouse() else "panel"))
        center = QPointF(15.5, self.height() / 2)
        if self._share is None:
            glow = self.color(self._token)
            glow.setAlphaF(0.22)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(glow)
            painter.drawEllipse(center, 6, 6)
            painter.setBrush(self.color(self._token))
            painter.drawEllipse(center, 3.5, 3.5)
        else:
            box = QRectF(center.x() - 5, center.y() - 5, 10, 10)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(self.color("line_strong"), 2))
            painter.drawEllipse(box)
            painter.setPen(QPen(self.color("accent"), 2))
            painter.drawArc(box, 90 * 16, -round(360 * 16 * self._share))
        painter.setPen(self.color("text"))
        painter.setFont(self.font_of(12))
        inside = self.rect().adjusted(27, 0, -8, 0)
        painter.drawText(inside, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, self._text)
