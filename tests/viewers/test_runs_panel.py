"""The run list as a person uses it: mouse, keyboard, filter, menus, runs that come and go while one looks."""

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QGuiApplication, QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit

from runglass.app.style import apply_theme
from runglass.reader.model import RunInfo
from runglass.viewers.pane import ThemeHolder
from runglass.viewers.runs.grouping import ColorBy
from runglass.viewers.runs.model import RunModel
from runglass.viewers.runs.palette import run_color
from runglass.viewers.runs.row_paint import format_value
from runglass.viewers.runs.tree import RunPanel
from runglass.viewers.theme import DARK, LIGHT

NAMES = ("resnet/lr-0.01", "resnet/lr-0.03", "resnet/lr-0.1", "vit/lr-3e-4", "vit/lr-1e-3")


def info(name: str, **more: bool) -> RunInfo:
    return RunInfo(name, f"/logs/{name}", "/logs", 0, None, **more)


class Desk:
    """A panel on the screen, and hands."""

    def __init__(self, qtbot, names=NAMES):
        apply_theme(QApplication.instance(), DARK)
        self.runs = RunModel()
        self.runs.update([info(name) for name in names])
        self.theme = ThemeHolder(DARK)
        self.values: dict[str, float] = {}
        self.panel = RunPanel(self.runs, self.theme, self.values.get)
        qtbot.addWidget(self.panel)
        self.panel.resize(280, 500)
        self.panel.show()
        qtbot.waitExposed(self.panel)
        self.view = self.panel.view

    def labels(self) -> list[str]:
        self.panel.rows.flush()
        return [row.label for row in self.panel.rows.rows()]

    def at(self, label: str, part: str = "text") -> QPoint:
        row = self.labels().index(label)
        index = self.panel.rows.index(row)
        self.view.scrollTo(index)
        delegate = self.view.itemDelegate()
        shape = delegate.shape(self.panel.rows, self.panel.rows.row(row), self.view.visualRect(index))
        return getattr(shape, part).center().toPoint()

    def click(self, label: str, part: str = "text", keys=Qt.KeyboardModifier.NoModifier) -> None:
        QTest.mouseClick(self.view.viewport(), Qt.MouseButton.LeftButton, keys, self.at(label, part))

    def double_click(self, label: str) -> None:
        position = self.at(label)
        QTest.mouseClick(self.view.viewport(), Qt.MouseButton.LeftButton, pos=position)
        QTest.mouseDClick(self.view.viewport(), Qt.MouseButton.LeftButton, pos=position)

    def key(self, key, keys=Qt.KeyboardModifier.NoModifier) -> None:
        QTest.keyClick(self.view, key, keys)

    def filter(self, text: str) -> None:
        field = self.panel.filter.line_edit()
        field.selectAll()
        QTest.keyClicks(field, text) if text else field.clear()
        QTest.keyClick(field, Qt.Key.Key_Return)

    def selected(self) -> list[str]:
        return [row.label for row in self.view.selected_rows()]


@pytest.fixture
def desk(qtbot):
    return Desk(qtbot)


def test_the_title_counts_runs_and_a_filter_says_how_many_of_them(desk):
    assert desk.panel.title.text() == "Runs · 5"
    desk.filter("vit")
    assert desk.panel.title.text() == "Runs · 2 of 5"
    assert desk.labels() == ["vit/", "lr-3e-4", "lr-1e-3"]


def test_the_filter_takes_upper_and_lower_case_alike(desk):
    desk.filter("VIT.*E-4")
    assert desk.labels() == ["vit/", "lr-3e-4"]


def test_a_bad_expression_is_said_and_the_last_good_one_stays(desk):
    desk.filter("resnet")
    desk.filter("resnet(")
    assert "position" in desk.panel.filter.error
    assert desk.labels()[0] == "resnet/" and len(desk.labels()) == 4
    desk.filter("vit")
    assert desk.panel.filter.error is None
    assert len(desk.labels()) == 3


def test_a_filter_without_a_match_says_so_and_offers_to_clear_it(desk):
    desk.filter("nothing like it")
    assert desk.panel.nothing.isVisible()
    desk.panel.filter.clear()
    assert desk.view.isVisible() and len(desk.labels()) == 7


def test_the_filter_finds_a_run_by_its_alias_too(desk):
    desk.runs.set_alias("vit/lr-1e-3", "winner")
    desk.filter("winner")
    assert desk.labels() == ["vit/", "winner"]


def test_a_click_on_the_box_ticks_and_leaves_the_selection_alone(desk):
    desk.click("lr-3e-4")
    desk.click("lr-0.01", "box")
    assert not desk.runs.is_visible("resnet/lr-0.01")
    assert desk.selected() == ["lr-3e-4"]
    desk.click("lr-0.01", "box")
    assert desk.runs.is_visible("resnet/lr-0.01")


def test_a_folders_box_shows_all_some_or_none_and_ticks_all(desk):
    folder = desk.panel.rows.rows()[0]
    state = desk.panel.rows.check_state
    assert state(folder) is Qt.CheckState.Checked
    desk.click("lr-0.01", "box")
    assert state(folder) is Qt.CheckState.PartiallyChecked
    desk.click("resnet/", "box")
    assert state(folder) is Qt.CheckState.Checked
    desk.click("resnet/", "box")
    assert state(folder) is Qt.CheckState.Unchecked
    assert desk.runs.visible() == ["vit/lr-3e-4", "vit/lr-1e-3"]


def test_a_folders_box_under_a_filter_ticks_what_the_filter_leaves(desk):
    desk.filter("lr-0.0")
    desk.click("resnet/", "box")
    assert desk.runs.visible() == ["resnet/lr-0.1", "vit/lr-3e-4", "vit/lr-1e-3"]


def test_dragging_over_boxes_unticks_them_all(desk):
    viewport = desk.view.viewport()
    first, last = desk.at("lr-0.01", "box"), desk.at("lr-0.1", "box")
    QTest.mousePress(viewport, Qt.MouseButton.LeftButton, pos=first)
    step = desk.view.visualRect(desk.panel.rows.index(0)).height()
    for y in range(first.y() + step, last.y() + 1, step):
        position = QPoint(first.x(), y)
        event_position = viewport.mapToGlobal(position)
        left = Qt.MouseButton.LeftButton
        event = QMouseEvent(
            QEvent.Type.MouseMove,
            QPointF(position),
            QPointF(event_position),
            left,
            left,
            Qt.KeyboardModifier.NoModifier,
        )
        QApplication.sendEvent(viewport, event)
    QTest.mouseRelease(viewport, Qt.MouseButton.LeftButton, pos=last)
    assert desk.runs.visible() == ["vit/lr-3e-4", "vit/lr-1e-3"]


def test_a_double_click_isolates_and_another_one_brings_the_rest_back(desk):
    desk.double_click("lr-0.03")
    assert desk.runs.visible() == ["resnet/lr-0.03"]
    desk.double_click("lr-0.03")
    assert len(desk.runs.visible()) == 5


def test_shift_selects_a_range_and_space_toggles_all_of_it(desk):
    desk.click("lr-0.01")
    desk.click("lr-0.1", keys=Qt.KeyboardModifier.ShiftModifier)
    assert desk.selected() == ["lr-0.01", "lr-0.03", "lr-0.1"]
    desk.key(Qt.Key.Key_Space)
    assert desk.runs.visible() == ["vit/lr-3e-4", "vit/lr-1e-3"]
    desk.key(Qt.Key.Key_Space)
    assert len(desk.runs.visible()) == 5


def test_a_click_on_the_box_of_one_of_several_selected_runs_ticks_them_all(desk):
    desk.click("lr-0.01")
    desk.click("lr-3e-4", keys=Qt.KeyboardModifier.ControlModifier)
    desk.click("lr-3e-4", "box")
    assert desk.runs.visible() == ["resnet/lr-0.03", "resnet/lr-0.1", "vit/lr-1e-3"]


def test_arrows_enter_and_select_all_work_without_a_mouse(desk):
    desk.click("lr-0.01")
    desk.key(Qt.Key.Key_Down)
    desk.key(Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    assert desk.selected() == ["lr-0.03", "lr-0.1"]
    desk.key(Qt.Key.Key_Return)
    assert desk.runs.visible() == ["resnet/lr-0.03", "resnet/lr-0.1"]
    desk.key(Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    desk.key(Qt.Key.Key_Space)
    assert len(desk.runs.visible()) == 5


def test_typing_letters_goes_to_the_run_that_begins_so(desk):
    desk.click("resnet/")
    QTest.keyClicks(desk.view, "lr-3")
    assert desk.selected() == ["lr-3e-4"]


def test_left_and_right_fold_and_open_folders(desk):
    desk.click("lr-0.03")
    desk.key(Qt.Key.Key_Left)
    assert desk.selected() == ["resnet/"]
    desk.key(Qt.Key.Key_Left)
    assert desk.labels() == ["resnet/", "vit/", "lr-3e-4", "lr-1e-3"]
    desk.key(Qt.Key.Key_Right)
    assert len(desk.labels()) == 7
    desk.key(Qt.Key.Key_Right)
    assert desk.selected() == ["lr-0.01"]


def test_the_chevron_folds_without_selecting(desk):
    desk.click("resnet/", "chevron")
    assert desk.labels() == ["resnet/", "vit/", "lr-3e-4", "lr-1e-3"]
    assert not desk.view.selectionModel().hasSelection()


def test_f2_gives_a_run_another_name_and_its_own_name_back(desk):
    def rename(text: str) -> None:
        desk.key(Qt.Key.Key_F2)
        editor = desk.view.findChild(QLineEdit)
        assert editor is not None
        editor.selectAll()
        QTest.keyClicks(editor, text)
        QTest.keyClick(editor, Qt.Key.Key_Return)
        QApplication.processEvents()
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)

    desk.click("lr-0.03")
    rename("baseline")
    assert desk.runs.label("resnet/lr-0.03") == "baseline"
    assert "baseline" in desk.labels()
    rename("lr-0.03")
    assert desk.runs.alias("resnet/lr-0.03") is None


def test_a_name_full_of_markup_stays_plain_text(qtbot):
    desk = Desk(qtbot, ("<b>bold</b>&amp;", "b"))
    index = desk.panel.rows.index(0)
    desk.runs.set_alias("b", "<img src=x>")
    desk.panel.rows.flush()
    assert "&lt;" in str(index.data(Qt.ItemDataRole.ToolTipRole))
    assert "<img" not in str(desk.panel.rows.index(1).data(Qt.ItemDataRole.ToolTipRole))


def test_ctrl_c_copies_the_names_of_the_selected_runs(desk):
    desk.click("lr-0.01")
    desk.click("lr-0.03", keys=Qt.KeyboardModifier.ControlModifier)
    desk.key(Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text() == "resnet/lr-0.01\nresnet/lr-0.03"


def test_hovering_a_run_lifts_it_and_leaving_ends_that(desk, qtbot):
    QTest.mouseMove(desk.view.viewport(), desk.at("lr-0.03"))
    # The screen moves the mouse in its own time.
    qtbot.waitUntil(lambda: desk.runs.hovered == "resnet/lr-0.03")
    QTest.mouseMove(desk.panel.filter)
    QApplication.sendEvent(desk.view.viewport(), QEvent(QEvent.Type.Leave))
    assert desk.runs.hovered is None


def test_show_all_none_and_invert_act_on_what_the_filter_leaves(desk):
    desk.filter("vit")
    desk.panel.show_none()
    assert desk.runs.visible() == ["resnet/lr-0.01", "resnet/lr-0.03", "resnet/lr-0.1"]
    desk.click("lr-3e-4", "box")
    desk.panel.invert()
    assert desk.runs.visible() == ["resnet/lr-0.01", "resnet/lr-0.03", "resnet/lr-0.1", "vit/lr-1e-3"]
    desk.panel.show_all()
    assert len(desk.runs.visible()) == 5


def test_new_runs_appear_without_moving_what_is_selected_folded_or_in_sight(qtbot):
    names = [f"exp{number // 10}/run{number % 10}" for number in range(60)]
    desk = Desk(qtbot, names)
    desk.click("exp0/", "chevron")
    desk.view.verticalScrollBar().setValue(400)
    QApplication.processEvents()
    row = desk.view.indexAt(QPoint(60, 40)).row()
    desk.view.setCurrentIndex(desk.panel.rows.index(row))
    key = desk.panel.rows.row(row).key
    top = desk.view.visualRect(desk.panel.rows.index(row)).top()
    desk.runs.update([info(name) for name in [*names, "exp0/run77", "a-new-one", "exp1/run50"]])
    desk.panel.rows.flush()
    qtbot.wait(20)
    place = desk.panel.rows.row_of(key)
    assert place != row
    assert [chosen.key for chosen in desk.view.selected_rows()] == [key]
    assert abs(desk.view.visualRect(desk.panel.rows.index(place)).top() - top) <= 1
    assert "run77" not in desk.labels(), "its folder stays folded"


def test_runs_that_go_leave_the_list_at_once(desk):
    desk.click("lr-1e-3")
    desk.runs.update([info(name) for name in NAMES[:3]])
    assert [row.run for row in desk.panel.rows.rows()] == [None, *NAMES[:3]]
    assert desk.panel.title.text() == "Runs · 3"


def test_deleted_and_growing_runs_are_marked(desk, qtbot):
    desk.runs.update([info(NAMES[0], deleted=True), info(NAMES[1], live=True), *map(info, NAMES[2:])])
    desk.panel.rows.flush()
    tips = [str(desk.panel.rows.index(row).data(Qt.ItemDataRole.ToolTipRole)) for row in (1, 2)]
    assert "Deleted on disk" in tips[0] and "Growing" in tips[1]
    picture = desk.view.viewport().grab().toImage()
    ok = QColor(DARK.ok)
    line = desk.at("lr-0.03").y()
    colors = {picture.pixelColor(x, line).name() for x in range(picture.width())}
    assert ok.name() in colors, "the live dot"


def test_last_values_stand_at_the_right_and_follow(desk):
    desk.values["resnet/lr-0.03"] = 0.2874
    before = desk.view.viewport().grab().toImage()
    desk.values["resnet/lr-0.03"] = 0.9
    desk.panel.refresh_values()
    QApplication.processEvents()
    assert desk.view.viewport().grab().toImage() != before


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ""),
        (0.0, "0"),
        (0.4123, "0.412"),
        (0.0123456, "0.0123"),
        (12.3456, "12.35"),
        (999.96, "1,000"),
        (123456.7, "123,457"),
        (2.5e7, "2.50e7"),
        (-1.5e-7, "−1.50e−7"),
        (float("nan"), "nan"),
        (float("-inf"), "−∞"),
        ("ready", "ready"),
    ],
)
def test_values_are_short(value, text):
    assert format_value(value) == text


def test_the_colour_picker_offers_the_palette_and_any_colour(desk):
    desk.click("lr-0.03")
    picker = desk.panel.pick_color(QPoint(50, 50))
    assert len(picker.swatches) >= 20
    QTest.mouseClick(picker.swatches[4], Qt.MouseButton.LeftButton)
    assert run_color(desk.runs.style("resnet/lr-0.03"), DARK).name() == DARK.series[4]
    picker = desk.panel.pick_color(QPoint(50, 50))
    picker.hex.selectAll()
    QTest.keyClicks(picker.hex, "f0A")
    QTest.keyClick(picker.hex, Qt.Key.Key_Return)
    assert desk.runs.style("resnet/lr-0.03").override == "#ff00aa"


def test_the_colour_picker_colours_every_selected_run(desk):
    desk.click("vit/")
    picker = desk.panel.pick_color(QPoint(50, 50))
    QTest.mouseClick(picker.swatches[2], Qt.MouseButton.LeftButton)
    assert {desk.runs.style(run).override for run in NAMES} == {None, DARK.series[2]}


def test_colour_by_expression_asks_for_it_and_says_what_is_wrong_with_it(desk):
    assert not desk.panel.group_field.isVisible()
    desk.panel.color_choice.set_value("regex")
    assert desk.panel.group_field.isVisible()
    desk.panel.group_field.set_text("lr-(0")
    assert desk.panel.group_field.error
    assert desk.runs.color_pattern == ""
    desk.panel.group_field.set_text("^([^/]+)")
    assert desk.panel.group_field.error is None
    assert len({desk.runs.style(run).slot for run in NAMES}) == 2
    desk.panel.color_choice.set_value("run")
    assert desk.runs.color_by is ColorBy.RUN


def test_the_list_is_remembered_between_sessions(desk, qtbot):
    desk.click("vit/", "chevron")
    desk.filter("lr")
    state = desk.panel.save_state()
    again = Desk(qtbot)
    again.panel.restore_state(state)
    assert again.panel.filter.text() == "lr"
    again.panel.filter.clear()
    assert again.labels() == ["resnet/", "lr-0.01", "lr-0.03", "lr-0.1", "vit/"]
    long = Desk(qtbot, [f"run{number}" for number in range(3)])
    long.panel.restore_state({"scroll": 700})
    long.runs.update([info(f"run{number}") for number in range(100)])
    qtbot.waitUntil(lambda: long.view.verticalScrollBar().value() == 700)
    again.panel.restore_state({"filter": 3, "folded": "x", "scroll": None})


def test_the_menu_names_what_it_acts_on(desk):
    desk.click("resnet/")
    texts = [action.text().partition("\t")[0] for action in desk.panel.menu().actions()]
    assert "Show only 3 runs" in texts and "Hide 3 runs" in texts and "Rename…" not in texts
    desk.click("lr-0.03")
    texts = [action.text().partition("\t")[0] for action in desk.panel.menu().actions()]
    assert {"Show only this run", "Colour…", "Rename…", "Copy name", "Copy path"} <= set(texts)


def test_the_colours_follow_the_theme(desk):
    dark = desk.view.viewport().grab().toImage()
    apply_theme(QApplication.instance(), LIGHT)
    desk.theme.set(LIGHT)
    QApplication.processEvents()
    light = desk.view.viewport().grab().toImage()
    box = desk.at("lr-0.01", "box") + QPoint(-5, 0)
    for picture, theme in ((dark, DARK), (light, LIGHT)):
        seen, wanted = picture.pixelColor(box), QColor(theme.series[0])
        assert max(abs(a - b) for a, b in zip(seen.getRgb(), wanted.getRgb(), strict=True)) <= 4


def test_every_row_can_be_spoken(desk):
    desk.runs.set_visible(["resnet/lr-0.01"], False)
    spoken = [desk.panel.rows.index(row).data(Qt.ItemDataRole.AccessibleTextRole) for row in (0, 1, 2)]
    assert spoken == ["Folder resnet/, 3 runs, partly shown, open", "lr-0.01, hidden", "lr-0.03, shown"]
