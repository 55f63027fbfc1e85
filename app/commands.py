"""The commands of the program itself. Each stands in a menu, in the palette and on the shortcuts page."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtGui import QGuiApplication

from ..viewers.pane import ActionSpec, PaneSpec

if TYPE_CHECKING:
    from .window import Window


def app_commands(window: Window) -> list[ActionSpec]:
    """Commands of the window, in the order of the menus."""
    control = window.controller

    def is_open() -> bool:
        return control.workspace is not None

    def bench_shows(part: str) -> bool:
        bench = window.bench
        return bench is not None and not getattr(bench, part).isHidden()

    def theme_is(choice: str) -> bool:
        return window.appearance.choice == choice

    return [
        ActionSpec(
            "app.window",
            "New window",
            "File",
            window.open_another,
            "Ctrl+N",
            "",
            enabled=lambda: window.another is not None,
        ),
        ActionSpec("app.open", "Open folder…", "File", window.ask_open, "Ctrl+O", "folder-open"),
        ActionSpec(
            "app.add",
            "Add folder…",
            "File",
            window.ask_add,
            "Ctrl+Shift+O",
            "folder-plus",
            "Beside those that are open",
            enabled=is_open,
        ),
        ActionSpec("app.demo", "Open the demo", "File", control.open_demo, "", "play", "A small simulated training"),
        ActionSpec("app.recent", "Recent folders…", "File", window.show_recent, "Ctrl+Shift+R", "clock"),
        ActionSpec("app.close", "Close folder", "File", control.forget_open, "Ctrl+W", "close", enabled=is_open),
        ActionSpec(
            "app.preferences", "Preferences…", "File/Settings", window.show_preferences, "Ctrl+,", "preferences"
        ),
        ActionSpec("app.quit", "Quit", "File/Quit", window.quit, "Ctrl+Q", ""),
        ActionSpec("app.palette", "Go to…", "View", window.show_palette, "Ctrl+K", "command"),
        ActionSpec(
            "app.next", "Next pane", "View/Panes", partial(window.step_pane, 1), "Ctrl+PgDown", "", enabled=is_open
        ),
        ActionSpec(
            "app.previous",
            "Previous pane",
            "View/Panes",
            partial(window.step_pane, -1),
            "Ctrl+PgUp",
            "",
            enabled=is_open,
        ),
        ActionSpec(
            "app.runs",
            "List of runs",
            "View/Panels",
            window.toggle_runs,
            "Ctrl+B",
            "sidebar-left",
            checked=partial(bench_shows, "runs"),
            enabled=is_open,
        ),
        ActionSpec(
            "app.settings",
            "Settings of the pane",
            "View/Panels",
            window.toggle_settings,
            "Ctrl+.",
            "sidebar-right",
            checked=partial(bench_shows, "settings"),
            enabled=is_open,
        ),
        ActionSpec(
            "app.health",
            "Log health",
            "View/Panels",
            window.toggle_health,
            "Ctrl+Shift+H",
            "health",
            checked=lambda: window.bench is not None and window.bench.health_shown,
            enabled=is_open,
        ),
        ActionSpec(
            "app.pause",
            "Pause the picture",
            "View/Live",
            window.toggle_pause,
            "Ctrl+Shift+P",
            "pause",
            "Reading goes on; what came meanwhile is shown at once afterwards",
            checked=lambda: control.workspace is not None and control.workspace.paused,
            enabled=is_open,
        ),
        ActionSpec(
            "app.reload",
            "Read everything again",
            "View/Live",
            window.reload,
            "F5",
            "reload",
            "Looks at every file and every gap now",
            enabled=is_open,
        ),
        *(
            ActionSpec(
                f"app.theme.{choice}",
                f"{title} theme",
                "View/Theme",
                partial(window.appearance.choose, choice),
                "",
                icon,
                checked=partial(theme_is, choice),
            )
            for choice, title, icon in (
                ("system", "System", "system"),
                ("dark", "Dark", "moon"),
                ("light", "Light", "sun"),
            )
        ),
        ActionSpec(
            "app.theme.other",
            "Switch between dark and light",
            "View/Theme",
            window.switch_theme,
            "Ctrl+Shift+L",
            "moon",
        ),
        ActionSpec(
            "app.menu",
            "Menu bar",
            "View/Bars",
            window.toggle_menu_bar,
            "Ctrl+M",
            "",
            checked=lambda: bool(control.settings["menu_bar"]),
        ),
        ActionSpec(
            "app.full",
            "Full screen",
            "View/Bars",
            window.toggle_full_screen,
            "F11",
            "expand",
            checked=window.isFullScreen,
        ),
        ActionSpec("app.shortcuts", "Keyboard shortcuts", "Help", window.show_shortcuts, "F1; Ctrl+/", "keyboard"),
        ActionSpec(
            "app.log",
            "Copy the path of the program's log file",
            "Help",
            window.copy_log_path,
            "",
            "copy",
            enabled=lambda: control.faults.file is not None,
        ),
        ActionSpec("app.about", "About Runglass", "Help/About", window.show_about, "", "info"),
    ]


def run_commands(window: Window) -> list[ActionSpec]:
    """Commands over the runs of the open folders; those on all runs keep to the list's filter."""
    bench = window.bench
    assert bench is not None
    panel, runs = bench.runs, bench.workspace.runs

    def copy_names() -> None:
        QGuiApplication.clipboard().setText("\n".join(runs.visible()))

    def spec(name: str, title: str, run: Callable[[], None], key: str = "", icon: str = "") -> ActionSpec:
        return ActionSpec(f"runs.{name}", title, "Runs/All", run, key, icon)

    return [
        ActionSpec("runs.filter", "Filter runs", "Runs", window.focus_run_filter, "Ctrl+Shift+F", "filter"),
        spec("all", "Show all runs", panel.show_all, "Ctrl+Shift+A", "eye"),
        spec("none", "Hide all runs", panel.show_none, "Ctrl+Shift+N", "eye-off"),
        spec("invert", "Invert which runs are shown", panel.invert, "Ctrl+Shift+I"),
        spec("copy", "Copy the names of the runs shown", copy_names, "", "copy"),
        *panel.commands(),
    ]


def pane_commands(window: Window, specs: Sequence[PaneSpec]) -> list[ActionSpec]:
    """One command to each pane."""

    def has_data(pane_id: str) -> bool:
        return window.bench is not None and bool(window.bench.counts.get(pane_id))

    return [
        ActionSpec(
            f"pane.{spec.id}",
            f"Show {spec.title}",
            "View/Go",
            partial(window.show_pane, spec.id),
            spec.shortcut,
            spec.icon,
            enabled=partial(has_data, spec.id),
        )
        for spec in specs
    ]
