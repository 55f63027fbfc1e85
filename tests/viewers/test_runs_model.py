"""Runs as the user marks them: order, ticks, colours that stay, names, groups, and all of it remembered."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runglass.reader.model import RunInfo
from runglass.viewers.runs.grouping import ColorBy, compile_pattern
from runglass.viewers.runs.model import UNGROUPED, RunField, RunModel
from runglass.viewers.runs.natural import natural_key


def info(name: str, **more: bool) -> RunInfo:
    return RunInfo(name, f"/logs/{name}", "/logs", 0, None, **more)


def model_of(*names: str) -> RunModel:
    model = RunModel()
    model.update([info(name) for name in names])
    return model


def test_numbers_stand_in_order_of_their_value():
    names = ["run10", "run9", "lr-0.1", "lr-3e-4", "lr-0.03", "Run1", "a/2", "a/10", "a", "b"]
    ordered = ["a", "a/2", "a/10", "b", "lr-3e-4", "lr-0.03", "lr-0.1", "Run1", "run9", "run10"]
    assert sorted(names, key=natural_key) == ordered


@given(st.lists(st.text(alphabet="ab1.0/-eE²٣", max_size=8), max_size=8))
def test_natural_order_does_not_depend_on_the_order_before(names):
    backwards = names[::-1]
    assert sorted(names, key=natural_key) == sorted(backwards, key=natural_key)


def test_runs_are_listed_and_drawn_in_natural_order_whenever_they_came():
    model = model_of("run10", "run2")
    model.update([info("run10"), info("run2"), info("run1")])
    assert model.names() == model.visible() == ["run1", "run2", "run10"]


def test_colours_go_by_first_sight_and_stay_when_runs_come_and_go():
    model = model_of("b", "c")
    assert (model.style("b").slot, model.style("c").slot) == (0, 1)
    model.update([info("a"), info("c")])
    assert (model.style("a").slot, model.style("c").slot) == (2, 1)
    model.update([info("a"), info("b"), info("c")])
    assert model.style("b").slot == 0


def test_a_run_that_goes_and_returns_keeps_its_tick_colour_and_name():
    model = model_of("a", "b")
    model.set_visible(["a"], False)
    model.set_color("a", "#123456")
    model.set_alias("a", "first")
    model.update([info("b")])
    assert "a" not in model
    model.update([info("a"), info("b")])
    assert not model.is_visible("a")
    assert model.style("a").override == "#123456"
    assert model.label("a") == "first"


def test_isolating_again_brings_back_what_was_shown():
    model = model_of("a", "b", "c")
    model.set_visible(["c"], False)
    model.isolate(["b"])
    assert model.visible() == ["b"]
    model.isolate(["b"])
    assert model.visible() == ["a", "b"]


def test_isolating_from_one_run_to_the_next_returns_to_the_last():
    model = model_of("a", "b")
    model.isolate(["a"])
    model.isolate(["b"])
    assert model.visible() == ["b"]
    model.isolate(["b"])
    assert model.visible() == ["a"]


def test_changes_are_told_once_and_only_if_something_changed(qtbot):
    model = model_of("a", "b")
    told: list[RunField] = []
    model.changed.connect(told.append)
    model.set_visible(["a", "b"], True)
    model.update([info("a"), info("b")])
    assert told == []
    model.set_visible(["a", "b"], False)
    model.update([info("a", live=True), info("b")])
    assert told == [RunField.VISIBLE, RunField.STATE]


def test_a_hovered_run_that_goes_is_no_longer_hovered():
    model = model_of("a", "b")
    model.hover("a")
    model.update([info("b")])
    assert model.hovered is None


def test_colouring_by_folder_gives_siblings_one_colour_and_the_own_ones_come_back():
    model = model_of("x/1", "x/2", "y/1")
    before = [model.style(run) for run in model.names()]
    model.set_color_by(ColorBy.FOLDER)
    slots = [model.style(run).slot for run in model.names()]
    assert slots == [0, 0, 1]
    model.set_color_by(ColorBy.RUN)
    assert [model.style(run) for run in model.names()] == before


def test_colouring_by_expression_uses_the_captures_and_leaves_others_grey():
    model = model_of("lr1-seed1", "lr1-seed2", "LR2-seed1", "other")
    model.set_color_by(ColorBy.REGEX, r"lr(\d)")
    slots = {run: model.style(run).slot for run in model.names()}
    assert slots["lr1-seed1"] == slots["lr1-seed2"] != slots["LR2-seed1"] != UNGROUPED
    assert slots["other"] == UNGROUPED


def test_an_expression_without_captures_makes_one_group():
    model = model_of("a1", "a2", "b")
    model.set_color_by(ColorBy.REGEX, "a")
    assert [model.style(run).slot for run in ("a1", "a2", "b")] == [0, 0, UNGROUPED]


def test_a_colour_of_ones_own_stays_under_grouping():
    model = model_of("x/1", "x/2")
    model.set_color("x/1", "#abcdef")
    model.set_color_by(ColorBy.FOLDER)
    assert model.style("x/1").override == "#abcdef"
    assert model.style("x/2").override is None


def test_a_group_keeps_its_colour_when_runs_of_other_groups_come():
    model = model_of("m/1", "z/1")
    model.set_color_by(ColorBy.FOLDER)
    before = {run: model.style(run) for run in ("m/1", "z/1")}
    model.update([info(name) for name in ("a/1", "m/1", "z/1")])
    assert {run: model.style(run) for run in before} == before


def test_marks_come_back_in_another_session_whatever_order_runs_appear_in():
    model = model_of("a", "b", "c")
    model.set_visible(["b"], False)
    model.set_color("c", "#ff0000")
    model.set_alias("a", "base")
    model.set_color_by(ColorBy.REGEX, "(.)")
    again = RunModel()
    again.restore_marks(model.marks())
    again.update([info(name) for name in ("d", "c", "b", "a")])
    for run in ("a", "b", "c"):
        assert again.style(run) == model.style(run)
        assert again.is_visible(run) == model.is_visible(run)
        assert again.label(run) == model.label(run)
    again.set_color_by(ColorBy.RUN)
    assert [again.style(run).slot for run in ("a", "b", "c", "d")] == [0, 1, 2, 3]


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=6,
)
mark_names = st.sampled_from(["slots", "colors", "aliases", "visible", "color_by", "pattern", "groups"])


@given(st.dictionaries(mark_names, json_values))
def test_damaged_marks_are_left_out(marks):
    model = model_of("a", "b")
    model.restore_marks(marks)
    slots = {model.style(run).slot for run in ("a", "b")}
    assert len(slots) == 2 or model.color_by is not ColorBy.RUN
    assert model.marks()


@pytest.mark.parametrize(
    ("pattern", "said"), [("lr-(", "at position"), ("*", "Nothing to repeat"), ("[b-a]", "position")]
)
def test_a_bad_expression_is_explained(pattern, said):
    with pytest.raises(ValueError, match=said):
        compile_pattern(pattern)
