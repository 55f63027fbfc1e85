"""The rows of the run list: folders, what a filter leaves, what is folded away."""

from hypothesis import given
from hypothesis import strategies as st

from runglass.viewers.runs.natural import natural_key
from runglass.viewers.runs.rows import RunTree


def texts(tree: RunTree, shown=None, folded=()) -> list[str]:
    return ["  " * row.depth + row.label for row in tree.rows(shown, folded)]


NAMES = sorted(["resnet/lr-0.1", "resnet/lr-0.03", "vit/small/a", "vit/small/b", "baseline"], key=natural_key)


def test_runs_stand_in_their_folders_and_a_chain_of_folders_is_one_row():
    assert texts(RunTree(NAMES)) == ["baseline", "resnet/", "  lr-0.03", "  lr-0.1", "vit/small/", "  a", "  b"]


def test_a_run_with_runs_below_it_is_the_first_row_of_its_folder():
    tree = RunTree(["exp", "exp/eval", "exp/train"])
    assert texts(tree) == ["exp/", "  .", "  eval", "  train"]
    rows = tree.rows(None, ())
    assert rows[0].run is None and rows[0].runs == ("exp", "exp/eval", "exp/train")
    assert rows[1].run == "exp" and rows[1].runs == ("exp",)


def test_the_root_itself_is_a_run_named_dot():
    assert texts(RunTree([".", "a"])) == [".", "a"]


def test_a_filter_leaves_folders_of_what_matches_only():
    rows = RunTree(NAMES).rows({"vit/small/b"}, ())
    assert [(row.label, row.runs) for row in rows] == [("vit/small/", ("vit/small/b",)), ("b", ("vit/small/b",))]


def test_a_folded_folder_stands_for_its_runs():
    rows = RunTree(NAMES).rows(None, {"resnet/"})
    assert [row.label for row in rows] == ["baseline", "resnet/", "vit/small/", "a", "b"]
    assert rows[1].folded and rows[1].runs == ("resnet/lr-0.03", "resnet/lr-0.1")


def test_an_alias_is_shown_in_place_of_the_last_part():
    rows = RunTree(NAMES).rows(None, (), {"resnet/lr-0.1": "winner"}.get)
    assert "winner" in [row.label for row in rows]


parts = st.sampled_from(["a", "b", "c1", "c10", "."])
runs = st.lists(st.lists(parts, min_size=1, max_size=4).map("/".join), unique=True, max_size=14)


@given(runs, st.data())
def test_every_run_has_one_row_and_every_folder_counts_what_is_below_it(names, data):
    tree = RunTree(sorted(names, key=natural_key))
    shown = data.draw(st.none() | st.sets(st.sampled_from(names))) if names else None
    rows = tree.rows(shown, ())
    expected = set(names) if shown is None else shown
    assert sorted(row.run for row in rows if row.run is not None) == sorted(expected)
    assert len({row.key for row in rows}) == len(rows)
    for place, row in enumerate(rows):
        if row.run is None:
            below = []
            for other in rows[place + 1 :]:
                if other.depth <= row.depth:
                    break
                if other.run is not None:
                    below.append(other.run)
            assert row.runs == tuple(below) != ()


@given(runs, st.data())
def test_folding_only_takes_rows_away(names, data):
    tree = RunTree(sorted(names, key=natural_key))
    everything = [row.key for row in tree.rows(None, ())]
    folded = data.draw(st.sets(st.sampled_from(tree.folder_keys()))) if tree.folder_keys() else set()
    kept = [row.key for row in tree.rows(None, folded)]
    assert kept == [key for key in everything if key in set(kept)]
