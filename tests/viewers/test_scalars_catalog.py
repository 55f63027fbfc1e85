"""Order, groups and filters of tags; where cards stand; what is remembered."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from runglass.reader.model import Kind, SeriesKey
from runglass.viewers.board.groups import PINNED, UNGROUPED, Group, compile_filter, natural_key
from runglass.viewers.board.layout import BoardLayout
from runglass.viewers.charts.zoom import Views
from runglass.viewers.lod.scale import ScaleKind
from runglass.viewers.scalars.catalog import Catalog
from runglass.viewers.scalars.settings import CardSize, ReadOutOrder, ScalarSettings
from runglass.viewers.scalars.values import Reading, arranged


def keys(*pairs: tuple[str, str]) -> list[SeriesKey]:
    return [SeriesKey(run, tag, Kind.SCALAR) for run, tag in pairs]


def test_tags_are_in_natural_order() -> None:
    tags = ["a/10", "a/9", "a", "a/b", "ab", "A/2", "a/9" + "9" * 5000]
    assert sorted(tags, key=natural_key)[:4] == ["a", "A/2", "a/9", "a/10"]


@given(st.text(), st.text())
def test_any_two_tags_can_be_ordered(one: str, other: str) -> None:
    assert (natural_key(one) < natural_key(other)) in (True, False)


def test_groups_hold_what_visible_runs_have_and_the_filter_finds() -> None:
    catalog = Catalog()
    catalog.replace(keys(("a", "train/loss"), ("b", "train/acc"), ("a", "lr"), ("a", "train/Loss2")))
    pattern, error = compile_filter("LOSS")
    assert error is None
    groups = catalog.groups({"a"}, pattern, ["lr", "train/loss", "gone"])
    assert groups == [Group(PINNED, ("train/loss",), 2), Group("train", ("train/loss", "train/Loss2"), 2)]
    assert catalog.groups({"a", "b"}, None, [])[0] == Group(UNGROUPED, ("lr",), 1)
    assert catalog.groups(set(), None, ["lr"]) == []


def test_a_broken_filter_is_said() -> None:
    pattern, error = compile_filter("lo(ss")
    assert pattern is None and error is not None and "regular expression" in error
    assert compile_filter("  ") == (None, None)


@given(
    st.lists(st.integers(1, 60), min_size=1, max_size=12),
    st.integers(200, 3000),
    st.integers(0, 5),
    st.integers(0, 20_000),
    st.sets(st.integers(0, 11)),
)
def test_cells_in_view_are_those_that_reach_into_it(
    sizes: list[int], width: int, columns: int, top: int, closed: set[int]
) -> None:
    groups = [Group(str(i), tuple(f"{i}/{j}" for j in range(size)), size) for i, size in enumerate(sizes)]
    layout = BoardLayout(groups, {str(i) for i in closed}, width, CardSize.SMALL, columns)
    everything = layout.visible(0, layout.height)
    opened = sum(size for i, size in enumerate(sizes) if i not in closed)
    assert sum(cell.tag is not None for cell in everything) == opened
    assert sum(cell.tag is None for cell in everything) == len(groups)
    wanted = [cell for cell in everything if cell.y <= top + 500 and cell.y + cell.height > top]
    assert layout.visible(top, top + 500) == wanted
    rows: dict[int, list[tuple[int, int]]] = {}
    for cell in everything:
        if cell.tag is not None:
            assert layout.find(cell.tag) == cell
            rows.setdefault(cell.y, []).append((cell.x, cell.x + cell.width))
    for row in rows.values():
        assert all(right < left for (_, right), (left, _) in zip(sorted(row), sorted(row)[1:], strict=False))


def test_settings_survive_the_session_file_and_damage_does_not() -> None:
    chosen = ScalarSettings(0.9, ScaleKind.LOG, True, False, columns=3, order=ReadOutOrder.VALUE)
    assert ScalarSettings.from_json(chosen.to_json()) == chosen
    damaged = {"smoothing": "x", "y_scale": "cubic", "x_log": 1, "columns": 1e9, "size": None, "more": 1}
    assert ScalarSettings.from_json(damaged) == ScalarSettings(columns=8)
    assert ScalarSettings.from_json({"smoothing": float("nan")}).smoothing == ScalarSettings().smoothing


def test_linked_charts_share_x_and_come_back_together() -> None:
    views = Views()
    one, other = views.of("a"), views.of("b")
    one.remember()
    one.x = (1.0, 2.0)
    assert views.moved("a") and views.of("b").x == (1.0, 2.0)
    assert views.back("b") == "a"
    assert views.moved("a") and views.of("b").x is None
    views.link(False)
    one.x = (3.0, 4.0)
    assert not views.moved("a") and views.of("b").x is None
    views.link(True)
    assert views.of("b").x == (3.0, 4.0) and other is views.of("b")


def test_views_survive_the_session_file() -> None:
    views = Views()
    views.link(False)
    views.of("a").x, views.of("a").y_log = (1.0, 2.0), True
    again = Views()
    again.link(False)
    again.take_json(views.to_json())
    assert again.of("a").x == (1.0, 2.0) and again.of("a").y_log is True
    again.take_json({"shared_x": [1], "charts": {"b": 3, "c": {"x": ["a", 2], "log": 7}}})
    assert again.of("c").x is None and again.of("c").y_log is None


@pytest.mark.parametrize(
    ("order", "names"),
    [(ReadOutOrder.NEAREST, "bacn"), (ReadOutOrder.VALUE, "cban"), (ReadOutOrder.NAME, "abcn")],
)
def test_the_read_out_is_in_the_chosen_order(order: ReadOutOrder, names: str) -> None:
    values = {"a": 1.0, "b": 2.0, "c": 3.9, "n": np.nan}
    rows = [Reading(name, name, value, None, 0, 0.0, 0.0) for name, value in values.items()]
    assert "".join(row.run for row in arranged(rows, order, 1.9)) == names
