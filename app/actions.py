"""Commands as one list: menus, palette, shortcuts page and key bindings are all made from it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu, QMenuBar, QWidget

from ..viewers.pane import ActionSpec

MENUS = ("File", "View", "Runs", "Help")


class Actions:
    """The program's commands bound to a window. Specs of the same owner are replaced together.

    ``owner`` is "app", "runs" or a pane's id. Only the active pane's shortcuts are bound, so that two panes may use
    the same key for their own things.
    """

    def __init__(self, window: QWidget) -> None:
        self._window = window
        self._specs: dict[str, tuple[ActionSpec, ...]] = {}
        self._bound: dict[str, list[QAction]] = {}

    def put(self, owner: str, specs: Iterable[ActionSpec]) -> None:
        """Bind the commands of ``owner`` in place of those it had."""
        self.drop(owner)
        self._specs[owner] = tuple(specs)
        self._bound[owner] = [self._bind(spec) for spec in self._specs[owner]]

    def drop(self, owner: str) -> None:
        """Unbind the commands of ``owner``."""
        self._specs.pop(owner, None)
        for action in self._bound.pop(owner, []):
            self._window.removeAction(action)
            action.deleteLater()

    def specs(self) -> list[ActionSpec]:
        """All commands, the app's first."""
        return [spec for specs in self._specs.values() for spec in specs]

    def action(self, spec_id: str) -> QAction | None:
        """The bound action of a command, None if there is none of this id."""
        for owner, specs in self._specs.items():
            for spec, action in zip(specs, self._bound[owner], strict=True):
                if spec.id == spec_id:
                    return action
        return None

    def trigger(self, spec_id: str) -> None:
        """Do a command as if its key was pressed; one that is gone is ignored."""
        action = self.action(spec_id)
        if action is not None:
            action.trigger()

    def refresh(self) -> None:
        """Take the state of switches from the specs."""
        for owner, specs in self._specs.items():
            for spec, action in zip(specs, self._bound[owner], strict=True):
                _update(spec, action)

    def fill(self, bar: QMenuBar) -> None:
        """Make the menus. Their contents are put in when they open, so they are always true."""
        for title in MENUS:
            menu = bar.addMenu(f"&{title}")
            menu.setToolTipsVisible(True)
            menu.aboutToShow.connect(partial(self._fill_menu, menu, title))
            menu.aboutToHide.connect(self._release, Qt.ConnectionType.QueuedConnection)
            # macOS asks for the items before it opens a menu: an empty one would never open.
            self._fill_menu(menu, title)
        self._release()

    def _fill_menu(self, menu: QMenu, title: str) -> None:
        menu.clear()
        submenus: dict[str, QMenu] = {}
        for owner, specs in self._specs.items():
            part: str | None = None
            for spec, action in zip(specs, self._bound[owner], strict=True):
                if _menu_of(spec) != title:
                    continue
                _update(spec, action)
                action.setEnabled(spec.enabled is None or spec.enabled())
                own = spec.group.partition("/")[0]
                if own not in MENUS:
                    if own not in submenus:
                        menu.addSeparator()
                        submenus[own] = menu.addMenu(own.replace("&", "&&"))
                    submenus[own].addAction(action)
                    continue
                if spec.group != part and not menu.isEmpty():
                    menu.addSeparator()
                part = spec.group
                menu.addAction(action)

    def _release(self) -> None:
        """Greyed items get their keys back when the menu closes; whether they can be used is asked at the press."""
        for actions in self._bound.values():
            for action in actions:
                action.setEnabled(True)

    def _bind(self, spec: ActionSpec) -> QAction:
        action = QAction(spec.title.replace("&", "&&"), self._window)
        action.setObjectName(f"action:{spec.id}")
        action.setData(spec.group)
        if spec.shortcut:
            action.setShortcuts(_sequences(spec.shortcut))
            action.setShortcutContext(Qt.ShortcutContext.WindowShortcut)
        if spec.tooltip:
            action.setToolTip(spec.tooltip)
        action.setCheckable(spec.checked is not None)
        action.setMenuRole(_role(spec.id))
        _update(spec, action)
        action.triggered.connect(lambda _checked=False, spec=spec, action=action: _run(spec, action))
        self._window.addAction(action)
        return action


def native_shortcut(shortcut: str) -> str:
    """A shortcut as this system writes it, empty for none; of several the first, which is the one to learn."""
    sequences = _sequences(shortcut)
    return sequences[0].toString(QKeySequence.SequenceFormat.NativeText) if sequences else ""


def with_shortcut(text: str, shortcut: str) -> str:
    """A tooltip that names its key."""
    native = native_shortcut(shortcut)
    return f"{text} ({native})" if native else text


def duplicates(specs: Sequence[ActionSpec]) -> list[str]:
    """Shortcuts that two commands of one list claim."""
    counted = Counter(sequence.toString() for spec in specs for sequence in _sequences(spec.shortcut))
    return sorted(shortcut for shortcut, count in counted.items() if count > 1)


def _sequences(shortcut: str) -> list[QKeySequence]:
    """The shortcuts in a text like "F1; Ctrl+/"."""
    return QKeySequence.listFromString(shortcut, QKeySequence.SequenceFormat.PortableText) if shortcut else []


def _update(spec: ActionSpec, action: QAction) -> None:
    if spec.checked is not None:
        action.setChecked(spec.checked())


def _menu_of(spec: ActionSpec) -> str:
    """The menu of a command: "View", or "View/Panels" to part sections; a pane's own groups are submenus of View."""
    head = spec.group.partition("/")[0]
    return head if head in MENUS else "View"


def _run(spec: ActionSpec, action: QAction) -> None:
    if spec.enabled is None or spec.enabled():
        spec.run()
    _update(spec, action)


def _role(spec_id: str) -> QAction.MenuRole:
    return {
        "app.quit": QAction.MenuRole.QuitRole,
        "app.preferences": QAction.MenuRole.PreferencesRole,
        "app.about": QAction.MenuRole.AboutRole,
    }.get(spec_id, QAction.MenuRole.NoRole)
