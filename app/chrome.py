"""The style of the window's own parts, on top of the program's style sheet."""

from __future__ import annotations

from dataclasses import fields
from string import Template

from ..viewers.theme import Theme

_SHEET = Template(
    """
#window, #centre { background: $background; }
QMenuBar { background: $panel; border: none; }
#topBar { background: $panel; border-bottom: 1px solid $line; }
#statusBar { background: $panel; border-top: 1px solid $line; }
#statusBar QLabel { color: $dim; font-size: 12px; background: transparent; }
#healthButton { background: transparent; border: none; padding: 2px 6px; font-size: 12px; min-height: 0; color: $dim; }
#healthButton[level="ok"] { color: $ok; }
#healthButton[level="warning"] { color: $warning; }
#healthButton[level="error"] { color: $error; }
#healthButton:hover { text-decoration: underline; }
#healthButton:focus { border: 1px solid $accent; border-radius: 4px; }
#sidePanel, #runsSide { background: $panel; }
QSplitter::handle { background: $line; }
#healthPanel { background: $panel; border-top: 1px solid $line; }
#healthPanel QTableView { background: $panel; border: none; border-top: 1px solid $line; color: $text;
  selection-background-color: $selected; selection-color: $text; outline: none; font-size: 12px; }
#healthPanel QTableView::item { padding: 0 6px; border: none; }
#healthPanel QHeaderView { background: $panel; }
#healthPanel QHeaderView::section { background: $panel; color: $dim; border: none; border-bottom: 1px solid $line;
  padding: 5px 9px; font-size: 11px; font-weight: 500; }
#healthNothing { color: $dim; border-top: 1px solid $line; }
#crashNotice { background: $card; border-bottom: 1px solid $line; }
#longText { background: $field; border: 1px solid $line; border-radius: 6px; color: $text; padding: 6px; }
#palette { background: $card; border: 1px solid $line_strong; border-radius: 9px; }
#paletteField { background: transparent; border: none; border-bottom: 1px solid $line; border-radius: 0;
  padding: 0 16px; min-height: 46px; font-size: 15px; color: $text; selection-background-color: $accent;
  selection-color: $on_accent; }
#paletteList { background: transparent; border: none; outline: none; }
#paletteNothing { color: $dim; }
#sheetCard { background: $card; border: 1px solid $line_strong; border-radius: 9px; }
#sheetTitle { font-size: 16px; font-weight: 600; color: $text; }
#sheetScroll, #sheetScroll > QWidget > QWidget { background: transparent; border: none; }
QLabel[role="help"] { color: $dim; font-size: 12px; }
QLabel[role="title"] { font-size: 15px; font-weight: 600; }
QLabel[role="key"] { background: $field; border: 1px solid $line; border-radius: 4px; padding: 1px 6px;
  color: $dim; font-size: 11px; }
#moreTabs { background: transparent; border: none; color: $dim; font-size: 15px; border-radius: 6px; }
#moreTabs:hover { background: $hover; color: $text; }
#moreTabs::menu-indicator { image: none; }
#recentRow { background: transparent; border: none; border-radius: 6px; text-align: left; }
#welcomeTitle { font-size: 20px; font-weight: 600; color: $text; }
#welcomeText { color: $dim; }
#welcomeNote { background: $card; border: 1px solid $warning; border-radius: 9px; }
QPushButton[primary="true"] { background: $accent; border: 1px solid $accent; color: $on_accent; font-weight: 600; }
QPushButton[primary="true"]:hover { background: $accent; border-color: $text; }
"""
)


def sheet(theme: Theme) -> str:
    """The style sheet of the window in ``theme``."""
    return _SHEET.substitute({item.name: getattr(theme, item.name) for item in fields(theme)})
