"""The pane's commands: for menus, palette and shortcuts, and the menus of cards."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QMenu

from ..board.commands import Commands, add_card_actions, add_copy_tag
from ..pane import ActionSpec
from ..widgets.menus import popup
from .compare.settings import TITLES, Way
from .geometry import USUAL

if TYPE_CHECKING:
    from .card import ImageCard
    from .pane import ImagesPane


def actions_of(pane: ImagesPane) -> list[ActionSpec]:
    """Every command of the pane."""
    settings = pane.settings
    commands = Commands("images", "Images", settings)
    command, switch = commands.plain, commands.switch

    def compared(way: Way, number: int) -> ActionSpec:
        def compare() -> None:
            pane.compare.settings.update(way=way)
            if not pane.compare.is_open:
                pane.toggle_comparing()

        return command(
            f"compare-{way.value}",
            f"Compare: {TITLES[way].lower()}",
            compare,
            f"Ctrl+Alt+{number}",
            checked=lambda: pane.compare.is_open and pane.compare.settings.now.way is way,
        )

    return [
        commands.filter(pane),
        command(
            "compare",
            "Compare pictures",
            pane.toggle_comparing,
            "Ctrl+Alt+C",
            "compare",
            checked=lambda: pane.compare.is_open,
        ),
        command("compare-steps", "Compare steps of a picture", pane.compare_steps, "Ctrl+Alt+T"),
        *(compared(each, number) for number, each in enumerate(Way, 1)),
        command(
            "save-comparison",
            "Save comparison as picture…",
            pane.compare.ask_picture,
            enabled=lambda: pane.compare.is_open,
        ),
        command(
            "unmark",
            "Take the marks off all pictures",
            pane.clear_marks,
            "Ctrl+Alt+U",
            enabled=lambda: bool(pane.marks),
        ),
        command("fit", "Fit all pictures", pane.fit_all, "Ctrl+0", "zoom-fit"),
        command("previous", "Previous step", lambda: pane.step(-1), "Alt+Left", "chevron-left"),
        command("next", "Next step", lambda: pane.step(1), "Alt+Right", "chevron-right"),
        command("first", "First step", lambda: pane.stepper.to_end(False), "Alt+Home"),
        command("newest", "Newest step", lambda: pane.stepper.to_end(True), "Alt+End"),
        command(
            "play",
            "Play from step to step",
            pane.toggle_playing,
            "Ctrl+Space",
            "play",
            checked=lambda: pane.player.playing,
        ),
        switch("actual", "Actual size", "actual_size", "Ctrl+Alt+A"),
        switch("pixelated", "Pixelated", "pixelated", "Ctrl+Alt+X"),
        switch("link", "Link zoom across pictures", "link_zoom", "Ctrl+Alt+Z"),
        switch("one-step", "One step for all cards", "one_step", "Ctrl+Alt+S"),
        switch("pinned", "Show pinned pictures on top", "show_pinned", "Ctrl+Alt+P"),
        command(
            "tone",
            "Brightness and contrast as logged",
            lambda: settings.update(brightness=1.0, contrast=1.0),
            "Ctrl+Alt+B",
        ),
        command(
            "export",
            "Export the list of all pictures…",
            lambda: pane.exporter.ask_data(pane.shown_cards(), "pictures"),
            "Ctrl+E",
            "export",
        ),
        *commands.groups(pane),
    ]


def open_card_menu(pane: ImagesPane, card: ImageCard, at: QPoint) -> None:
    """The menu of a card."""
    text, view = card.tag, card.view
    menu = QMenu(pane)
    menu.addAction("Fit\tDouble click", view.fit).setEnabled(view.zoom != USUAL)
    if not card.frame_track.isHidden():
        title = "Stop the animation" if card.playing else "Play the animation"
        menu.addAction(f"{title}\tSpace", lambda: pane.toggle_animation(card))
    menu.addSeparator()
    add_card_actions(pane, menu, text, "picture")
    menu.addSeparator()
    key = card.key
    if key is not None:
        steps = pane.compare.offer.of_steps(key, pane.compare.resolver.shown)
        runs = pane.compare.offer.of_runs(key)
        menu.addAction("Compare runs", lambda: pane.compare.open(runs)).setEnabled(len(runs) > 1)
        menu.addAction("Compare steps", lambda: pane.compare.open(steps)).setEnabled(len(steps) > 1)
        marked = text in pane.marks
        menu.addAction("Take the mark off\tM" if marked else "Mark for comparing\tM", lambda: pane.toggle_mark(text))
        chosen = menu.addAction(f"Compare the {len(pane.marks)} marked pictures", pane.compare_marked)
        chosen.setVisible(len(pane.marks) > 1)
    if card.turn_text:
        menu.addSeparator()
        menu.addAction("The one written before it at this step\t[", lambda: pane.stepper.by_turn(card, -1)).setEnabled(
            card.earlier.isEnabled()
        )
        menu.addAction("The one written after it at this step\t]", lambda: pane.stepper.by_turn(card, 1)).setEnabled(
            card.later.isEnabled()
        )
    menu.addSeparator()
    add_copy_tag(menu, card.title)
    menu.addSeparator()
    saver, frame = pane.saver, view.frame
    there = view.picture is not None
    menu.addAction("Copy picture\tC", lambda: saver.copy(text, frame)).setEnabled(there)
    menu.addAction("Save as shown…\tS", lambda: saver.ask_shown(text, frame)).setEnabled(there)
    menu.addAction("Save with its caption…", lambda: save_card(pane, text, frame)).setEnabled(there)
    menu.addAction("Save as logged…", lambda: saver.ask_original(text)).setEnabled(there)
    menu.addAction("Save all steps as PNG files…", lambda: saver.ask_sequence(text))
    menu.addAction("Save steps as animated GIF…", lambda: pane.gifs.ask(text, at))
    popup(menu, at)


def save_card(pane: ImagesPane, text: str, frame: int) -> None:
    """Ask for a file and save what a card shows, with its caption."""
    shown = pane.filler.shown(text)
    if shown is not None and shown.ref is not None:
        pane.exporter.ask_card(text, pane.saver.decoded(shown.ref, frame))


def open_export_menu(pane: ImagesPane, at: QPoint) -> None:
    """The menu of the tool row's export button."""
    menu = QMenu(pane)
    cards = pane.shown_cards()
    unit = "card" if len(cards) == 1 else "cards"
    entry = menu.addAction(
        f"List of all steps of {len(cards):,} {unit}…", lambda: pane.exporter.ask_data(cards, "pictures")
    )
    entry.setEnabled(bool(cards))
    pinned = [text for text in pane.pins if text in pane.catalog]
    if pinned:
        menu.addAction("List of all steps of the pinned cards…", lambda: pane.exporter.ask_data(pinned, "pinned"))
    popup(menu, at)


def press(pane: ImagesPane, key: Qt.Key, card: ImageCard | None) -> bool:
    """What a key does over ``card`` or, without one, in the pane; False for a key without meaning here."""
    if pane.compare.is_open and pane.compare.press(key):
        return True
    if key == Qt.Key.Key_Escape and pane.board.expanded is not None:
        pane.toggle_expanded(pane.board.expanded)
    elif key == Qt.Key.Key_Escape and pane.marks:
        pane.clear_marks()
    elif key in (Qt.Key.Key_Left, Qt.Key.Key_Right):
        pane.step(1 if key == Qt.Key.Key_Right else -1, card=card)
    elif key in (Qt.Key.Key_Home, Qt.Key.Key_End):
        pane.stepper.to_end(key == Qt.Key.Key_End, card)
    elif key == Qt.Key.Key_Space and card is not None and not card.frame_track.isHidden():
        pane.toggle_animation(card)
    elif key == Qt.Key.Key_Space:
        pane.toggle_playing()
    elif key == Qt.Key.Key_A:
        pane.settings.update(actual_size=not pane.settings.now.actual_size)
    elif key == Qt.Key.Key_X:
        pane.settings.update(pixelated=not pane.settings.now.pixelated)
    elif key == Qt.Key.Key_F and card is not None:
        pane.toggle_expanded(card.tag)
    elif key == Qt.Key.Key_P and card is not None:
        pane.toggle_pin(card.tag)
    elif key == Qt.Key.Key_V and card is not None and card.key is not None:
        pane.compare_card(card.key)
    elif key == Qt.Key.Key_M and card is not None:
        pane.toggle_mark(card.tag)
    elif key in (Qt.Key.Key_BracketLeft, Qt.Key.Key_BracketRight) and card is not None:
        pane.stepper.by_turn(card, 1 if key == Qt.Key.Key_BracketRight else -1)
    elif key == Qt.Key.Key_C and card is not None:
        pane.saver.copy(card.tag, card.view.frame)
    elif key == Qt.Key.Key_S and card is not None:
        pane.saver.ask_shown(card.tag, card.view.frame)
    else:
        return False
    return True
