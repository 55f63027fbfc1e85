"""The About box: which program this is, and the licences of all that it is made of."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLabel, QPushButton

from runglass.app import licenses, versions
from runglass.app.cli import version
from runglass.app.text_page import PIECE, TextPage


def frozen(folder: Path, monkeypatch: Any, **files: str) -> None:
    """As a frozen program finds itself: ``files`` stand beside it."""
    for name, text in files.items():
        (folder / f"{name}.txt").write_text(text, encoding="utf-8")
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    monkeypatch.setattr(sys, "executable", str(folder / "runglass"))


def test_every_package_comes_with_its_text() -> None:
    text = licenses.license_texts()
    titles = re.findall(r"={78}\n(.+)\nLicence: (.+)\n={78}", text)
    names = {title.split()[0].lower() for title, _license in titles}
    assert {"runglass", "inter", "python", "numpy", "pyside6_essentials", "shiboken6", "pillow", "protobuf"} <= names
    assert "pytest" not in names, "what only tests need is no part of the program"
    assert "brings no text" not in text
    assert all(name != "see below" for _title, name in titles)
    for words in ("Apache License", "GNU LESSER GENERAL PUBLIC LICENSE", "SIL OPEN FONT LICENSE", "PSF"):
        assert words in text


def test_frozen_program_shows_the_file_that_came_with_it(tmp_path: Path, monkeypatch: Any) -> None:
    frozen(tmp_path, monkeypatch, licenses="All of them.\n", build="2026-11-27  abc123\n")
    assert licenses.license_texts() == "All of them.\n"
    assert versions.program() == f"Runglass {version()} (2026-11-27 abc123)"


def test_frozen_program_finds_it_among_its_own_files(tmp_path: Path, monkeypatch: Any) -> None:
    inner = tmp_path / "_internal"
    inner.mkdir()
    frozen(tmp_path, monkeypatch)
    monkeypatch.setattr(sys, "_MEIPASS", str(inner), raising=False)
    assert versions.build() == "frozen"
    (inner / "build.txt").write_text("x" * 1000, encoding="utf-8")
    assert versions.build() == "x" * 100


def test_about_names_build_and_leads_to_the_licences(program: Any, qtbot: Any) -> None:
    program.window.show_about()
    sheet = program.window.overlays.sheet
    said = "\n".join(label.text() for label in sheet.findChildren(QLabel))
    assert versions.program() in said and "Qt 6" in said
    buttons = {button.text(): button for button in sheet.findChildren(QPushButton)}
    qtbot.mouseClick(buttons["Copy versions"], Qt.MouseButton.LeftButton)
    assert versions.program() in QGuiApplication.clipboard().text()
    qtbot.mouseClick(buttons["Licences…"], Qt.MouseButton.LeftButton)
    page = program.window.overlays.sheet._content
    qtbot.waitUntil(lambda: page.is_complete and "GNU LESSER" in page.view.toPlainText())
    assert page.view.isReadOnly()
    assert page.view.textCursor().position() == 0, "its beginning is shown"
    assert page.view.verticalScrollBar().maximum() > 1000


def test_licences_are_read_off_the_gui_thread_and_closing_is_safe(program: Any, qtbot: Any) -> None:
    program.window.overlays.open_licenses()
    program.window.overlays.close_all()
    qtbot.waitUntil(lambda: not program.controller.jobs.busy)
    qtbot.wait(50)
    assert program.window.overlays.sheet is None


def test_licences_that_cannot_be_read_are_said(program: Any, qtbot: Any, monkeypatch: Any) -> None:
    def fail() -> str:
        raise OSError("disk on fire")

    monkeypatch.setattr("runglass.app.licenses.license_texts", fail)
    program.window.overlays.open_licenses()
    page = program.window.overlays.sheet._content
    qtbot.waitUntil(lambda: "disk on fire" in page.view.toPlainText())


@given(st.text(max_size=200) | st.sampled_from(["line\n" * 20_000, "x" * 3 * PIECE, "<b>&amp;</b>\n" * 10]))
def test_text_is_shown_as_it_is(qapp: Any, text: str) -> None:
    page = TextPage(text)
    while not page.is_complete:
        page._put_piece()
    shown = page.view.toPlainText()
    page.deleteLater()
    if text.replace("\n", "").isprintable():
        assert shown.split("\n") == (text.splitlines() or [""])
    assert all(letter.isprintable() or letter == "\n" for letter in shown)
