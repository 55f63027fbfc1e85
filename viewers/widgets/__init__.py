"""Small widgets of one look, made for this program: choices, sliders, switches, fields, chips, messages."""

from .buttons import Button, ChoiceButton, IconButton
from .chip import Chip
from .empty_state import EmptyState
from .flow_layout import FlowLayout
from .icons import icon, icon_names, icon_svg, pixmap
from .labels import Divider, ElidedLabel, SectionLabel, TextLabel, plain_tooltip
from .list_popover import ListPopover
from .number_field import NumberField
from .popover import Popover
from .search_field import SearchField
from .segmented import SegmentedControl
from .slider import ValueSlider
from .state import set_state, set_surface
from .switch import Switch
from .theming import current_theme, font, is_theme_change, set_tabular
from .toast import ToastArea

__all__ = [
    "Button",
    "Chip",
    "ChoiceButton",
    "Divider",
    "ElidedLabel",
    "EmptyState",
    "FlowLayout",
    "IconButton",
    "ListPopover",
    "NumberField",
    "Popover",
    "SearchField",
    "SectionLabel",
    "SegmentedControl",
    "Switch",
    "TextLabel",
    "ToastArea",
    "ValueSlider",
    "current_theme",
    "font",
    "icon",
    "icon_names",
    "icon_svg",
    "is_theme_change",
    "pixmap",
    "plain_tooltip",
    "set_state",
    "set_surface",
    "set_tabular",
]
