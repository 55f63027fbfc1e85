"""The small widgets: what a hand or a keyboard does to them, and that they follow the theme."""

import math

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor, QFontInfo, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QPushButton, QToolButton, QVBoxLayout, QWidget

from runglass.app.style import RESOURCES, apply_theme, resolve_theme
from runglass.viewers.theme import DARK, LIGHT
from runglass.viewers.widgets import (
    Button,
    Chip,
    ChoiceButton,
    ElidedLabel,
    EmptyState,
    FlowLayout,
    IconButton,
    ListPopover,
    NumberField,
    SearchField,
    SectionLabel,
    SegmentedControl,
    Switch,
    TextLabel,
    ToastArea,
    ValueSlider,
    current_theme,
    icon,
    icon_names,
    pixmap,
)


@pytest.fixture
def show(qtbot):
    apply_theme(QApplication.instance(), DARK)

    def place(widget: QWidget, width: int = 240, height: int | None = None) -> QWidget:
        qtbot.addWidget(widget)
        widget.resize(width, height if height is not None else widget.sizeHint().height())
        widget.show()
        qtbot.waitExposed(widget)
        return widget

    return place


def test_a_segment_is_chosen_by_click_and_by_arrows(show):
    control = show(SegmentedControl([("a", "Step"), ("b", "Relative"), ("c", "Wall")]))
    told: list[str] = []
    control.changed.connect(told.append)
    QTest.mouseClick(control, Qt.MouseButton.LeftButton, pos=QPoint(230, 10))
    QTest.keyClick(control, Qt.Key.Key_Left)
    QTest.keyClick(control, Qt.Key.Key_Home)
    QTest.keyClick(control, Qt.Key.Key_Left)
    assert told == ["c", "b", "a"]
    assert control.value == "a"


def test_an_unknown_segment_is_refused(show):
    control = show(SegmentedControl([("a", "A")]))
    with pytest.raises(KeyError):
        control.set_value("x")


def test_a_slider_moves_by_keyboard_and_stays_on_its_steps(show):
    slider = show(ValueSlider(0, 1, 0.05, 0.5, 2, text="Smoothing"))
    told: list[float] = []
    slider.changed.connect(told.append)
    slider.setFocus()
    track = slider.focusProxy()
    QTest.keyClick(track, Qt.Key.Key_Right)
    QTest.keyClick(track, Qt.Key.Key_PageUp)
    QTest.keyClick(track, Qt.Key.Key_Right)
    QTest.keyClick(track, Qt.Key.Key_Home)
    assert told == pytest.approx([0.55, 1.0, 0.0])


def test_a_sliders_value_can_be_typed_and_nonsense_is_not_taken(show):
    slider = show(ValueSlider(0, 100, 1, 40, 0, suffix=" %"))
    field = slider.findChild(QLineEdit)
    assert field.text() == "40 %"
    for typed, value in (("72", 72), ("nonsense", 72), ("1,000", 100), ("-3 %", 0)):
        field.setFocus()
        field.selectAll()
        QTest.keyClicks(field, typed)
        QTest.keyClick(field, Qt.Key.Key_Return)
        assert slider.value == value
        assert field.text() == f"{value} %"


def test_a_double_click_gives_a_slider_its_first_value_back(show):
    slider = show(ValueSlider(0, 1, 0.01, 0.6))
    track = slider.focusProxy()
    QTest.mouseClick(track, Qt.MouseButton.LeftButton, pos=QPoint(2, 10))
    assert slider.value == 0
    QTest.mouseDClick(track, Qt.MouseButton.LeftButton, pos=QPoint(2, 10))
    assert slider.value == pytest.approx(0.6)


def test_setting_a_slider_by_program_tells_nobody(show, qtbot):
    slider = show(ValueSlider(0, 1, 0.01, 0.6))
    with qtbot.assertNotEmitted(slider.changed):
        slider.set_value(7)
    assert slider.value == 1


def test_a_switch_toggles_by_click_anywhere_and_by_space(show):
    switch = show(Switch("Ignore outliers", True))
    told: list[bool] = []
    switch.toggled.connect(told.append)
    QTest.mouseClick(switch, Qt.MouseButton.LeftButton, pos=QPoint(5, 5))
    QTest.keyClick(switch, Qt.Key.Key_Space)
    assert told == [False, True]


def test_a_chip_shows_its_count_and_grows_with_it(show):
    chip = show(Chip("Pinned", checkable=True), 120)
    before = chip.sizeHint().width()
    chip.set_count(1234)
    assert chip.sizeHint().width() > before
    assert chip.accessibleName() == "Pinned, 1,234"
    QTest.mouseClick(chip, Qt.MouseButton.LeftButton)
    assert chip.isChecked()


def test_typing_in_the_search_field_settles_before_it_is_told(show, qtbot):
    field = show(SearchField("Filter"))
    told: list[str] = []
    field.changed.connect(told.append)
    QTest.keyClicks(field.line_edit(), "loss")
    assert told == []
    qtbot.waitUntil(lambda: told == ["loss"])
    QTest.keyClick(field.line_edit(), Qt.Key.Key_Escape)
    assert told == ["loss", ""], "clearing is told at once"


def test_an_error_of_the_search_field_is_readable_and_goes(show):
    field = show(SearchField("Filter"))
    height = field.sizeHint().height()
    field.set_error("Missing ) (at position 3)")
    assert field.sizeHint().height() > height
    field.set_error(None)
    assert field.sizeHint().height() == height


@pytest.mark.parametrize(
    ("typed", "value"), [("2.5", 2.5), ("1e-3", 0.001), ("", None), ("−4", -4.0), ("1,200", 1200.0)]
)
def test_a_number_field_reads_numbers(show, typed, value):
    field = show(NumberField(7))
    told: list[object] = []
    field.changed.connect(told.append)
    field.selectAll()
    QTest.keyClick(field, Qt.Key.Key_Delete)
    field.insert(typed)
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert told == [value] and field.value == value


@pytest.mark.parametrize("typed", ["abc", "nan", "inf", "1..2"])
def test_a_number_field_marks_what_is_no_number_and_escape_takes_it_back(show, typed):
    field = show(NumberField(7))
    field.selectAll()
    QTest.keyClicks(field, typed)
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert field.value == 7 and field.property("invalid")
    QTest.keyClick(field, Qt.Key.Key_Escape)
    assert field.text() == "7" and not field.property("invalid")


def test_a_choice_offers_all_and_shows_the_chosen_one(show):
    choice = show(ChoiceButton([("run", "run"), ("folder", "parent folder")]))
    width = choice.sizeHint().width()
    choice.menu().actions()[1].trigger()
    assert choice.value == "folder"
    assert choice.sizeHint().width() > width


def test_very_many_options_are_a_list_that_is_filtered(show):
    choice = show(ChoiceButton([(f"c{place}", f"column {place} of {place % 7}") for place in range(300)], "c150"))
    QTest.mouseClick(choice, Qt.MouseButton.LeftButton)
    (popover,) = choice.findChildren(ListPopover)
    assert popover.isVisible() and popover.height() < 500
    assert popover.list.currentItem().text() == "column 150 of 3"
    field = popover.search.line_edit()
    QTest.keyClicks(field, "of 5 27")
    QTest.keyClick(field, Qt.Key.Key_Return)
    # The first that is seen: "column 27 of 6" is not.
    assert choice.value == "c271"


def test_a_list_without_rows_opens_all_the_same(show):
    owner = show(QWidget(), 100, 30)
    popover = ListPopover([], None, "Filter", owner)
    popover.show_for(owner)
    assert popover.isVisible() and popover.search is None
    popover.close()


def test_nothing_is_chosen_where_nothing_is_found(show):
    choice = show(ChoiceButton([(f"c{place}", f"column {place}") for place in range(40)]))
    choice.open_menu()
    (popover,) = choice.findChildren(ListPopover)
    field = popover.search.line_edit()
    QTest.keyClicks(field, "row")
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert choice.value == "c0" and popover.isVisible()
    popover.close()


def test_a_long_text_is_elided_in_its_middle_and_whole_in_the_tooltip(show):
    text = "sweep/<b>resnet</b>/" + "x" * 80
    label = show(ElidedLabel(text), 100)
    assert "&lt;b&gt;" in label.toolTip()
    label.setText("short")
    assert label.toolTip() == ""


def test_a_line_whose_beginning_matters_is_elided_at_its_end(show):
    label = show(ElidedLabel("t-SNE · iteration 1,000 · KL 0.804 · trust 0.994", at_end=True), 150)
    assert label._elided().startswith("t-SNE · iteration") and label._elided().endswith("…")
    assert "trust" in label.toolTip()


def test_labels_never_take_text_for_markup(show):
    for label in (TextLabel("<b>x</b>"), SectionLabel("<i>x</i>")):
        assert label.textFormat() is Qt.TextFormat.PlainText


def test_an_empty_state_offers_what_to_do(show):
    done: list[str] = []
    state = show(EmptyState("folder", "No folder", "Drop one here", [("Open…", lambda: done.append("open"))]), 400, 300)
    QTest.mouseClick(state.findChild(QPushButton), Qt.MouseButton.LeftButton)
    assert done == ["open"]


def test_items_that_do_not_fit_flow_into_the_next_line(show):
    box = QWidget()
    flow = FlowLayout(box)
    for _ in range(6):
        flow.addWidget(Chip("Some text"))
    show(box, 250, 200)
    tops = {flow.itemAt(place).geometry().top() for place in range(6)}
    assert len(tops) > 1
    assert all(flow.itemAt(place).geometry().right() <= 250 for place in range(6))


def test_messages_stack_count_repeats_and_can_be_copied_and_closed(show):
    host = show(QWidget(), 600, 400)
    area = ToastArea(host)
    area.notify("First")
    area.notify("Broken <file>", "error", "at byte 12")
    area.notify("Broken <file>", "error", "at byte 12")
    assert area.messages() == ["First", "Broken <file>"]
    buttons = {button.accessibleName(): button for button in area.findChildren(QToolButton)}
    QTest.mouseClick(buttons["Copy the details"], Qt.MouseButton.LeftButton)
    assert QGuiApplication.clipboard().text() == "Broken <file>\nat byte 12"
    QTest.mouseClick(area.findChildren(QToolButton)[-1], Qt.MouseButton.LeftButton)
    assert area.messages() == ["First"]
    for number in range(9):
        area.notify(f"Message {number}")
    assert len(area.messages()) == 4
    assert host.rect().contains(area.geometry())


@pytest.mark.parametrize("ratio", [1.0, 1.25, 1.5, 2.0])
def test_every_icon_is_drawn_in_the_asked_colour_at_every_scale(show, ratio):
    for name in icon_names():
        picture = pixmap(name, "#ff0000", 16, ratio)
        assert picture.width() == round(16 * ratio)
        image = picture.toImage()
        alpha = [image.pixelColor(x, y) for x in range(image.width()) for y in range(image.height())]
        drawn = [color for color in alpha if color.alpha() > 150]
        assert drawn or name in ("live", "dot"), name
        assert all(color.red() > 240 and color.green() < 20 for color in drawn), name
        edge = [image.pixelColor(x, 0).alpha() for x in range(image.width())]
        assert max(edge) < 128, f"{name} is clipped at the top"


def test_an_unknown_icon_is_an_error(qapp):
    with pytest.raises(KeyError):
        icon("no-such-icon", "#000000")


def test_the_bundled_font_is_used_with_its_licence_beside_it(show):
    apply_theme(QApplication.instance(), DARK)
    assert QFontInfo(QApplication.font()).family() == "Inter"
    assert "SIL OPEN FONT LICENSE" in (RESOURCES / "fonts" / "OFL.txt").read_text(encoding="utf-8")


def test_widgets_change_with_the_theme_while_shown(show):
    box = QWidget()
    column = QVBoxLayout(box)
    parts = [
        SegmentedControl([("a", "A"), ("b", "B")]),
        ValueSlider(0, 1, 0.1, 0.5),
        Switch("On", True),
        Chip("Chip"),
        SearchField("Search"),
        NumberField(1),
        IconButton("more", "More"),
        Button("Do", icon_name="export"),
        ChoiceButton([("a", "A")]),
        TextLabel("Text"),
        SectionLabel("Section"),
        ElidedLabel("Elided"),
    ]
    for part in parts:
        column.addWidget(part)
    show(box, 260)
    dark = [part.grab().toImage() for part in parts]
    apply_theme(QApplication.instance(), LIGHT)
    QApplication.processEvents()
    assert current_theme() is LIGHT
    for part, before in zip(parts, dark, strict=True):
        assert part.grab().toImage() != before, type(part).__name__
    assert QApplication.palette().window().color() == QColor(LIGHT.background)


@pytest.mark.parametrize(
    "make",
    [
        lambda: SegmentedControl([("a", "A"), ("b", "B")]),
        lambda: Switch("Switch"),
        lambda: Chip("Chip"),
        lambda: ChoiceButton([("a", "A")]),
        lambda: Button("Button"),
        lambda: IconButton("more", "More"),
        lambda: ValueSlider(0, 1, 0.1, 0.5),
    ],
    ids=["segmented", "switch", "chip", "choice", "button", "icon", "slider"],
)
def test_the_keyboards_focus_is_visible(show, qtbot, make):
    box = QWidget()
    column = QVBoxLayout(box)
    first, part = QLineEdit(), make()
    column.addWidget(first)
    column.addWidget(part)
    show(box, 260)
    box.activateWindow()
    qtbot.waitUntil(box.isActiveWindow)
    first.setFocus()
    without = part.grab().toImage()
    QTest.keyClick(first, Qt.Key.Key_Tab)
    QApplication.processEvents()
    assert QApplication.focusWidget() is (part.focusProxy() or part)
    assert part.grab().toImage() != without


def test_the_theme_follows_the_choice(show):
    app = QApplication.instance()
    assert resolve_theme(app, "dark") is DARK
    assert resolve_theme(app, "light") is LIGHT
    assert resolve_theme(app, "system") in (DARK, LIGHT)


def test_the_value_of_a_slider_is_never_nan(show):
    slider = show(ValueSlider(0, 1, 0.1, 0.5))
    field = slider.findChild(QLineEdit)
    field.selectAll()
    QTest.keyClicks(field, "nan")
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert not math.isnan(slider.value) and field.text() == "0.50"
