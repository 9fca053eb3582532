"""Against a sheet worked by hand, scikit-learn and skfolio; and the laws that all splits keep."""

from math import comb
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from workbench.errors import InvalidInput, OutOfRange, TooLittleHistory, UnusableFrame
from workbench.validation.splits import (
    combinatorial_purged,
    label_ends,
    multiple_randomised,
    purged_k_fold,
    walk_forward_splits,
)

ANSWERS = yaml.safe_load(
    (Path(__file__).parents[2] / "answers" / "purging_twenty_bars.yaml").read_text()
)
BY_HAND = {"labels": ANSWERS["labels"], "embargo": ANSWERS["embargo"]}
PARTS = ("train", "test", "purged", "embargoed")


def parts_of(split):
    return {name: getattr(split, name).tolist() for name in PARTS}


def assert_is(split, answer):
    assert parts_of(split) == {"embargoed": []} | {name: answer.get(name, []) for name in PARTS}


def test_purged_k_fold_is_the_sheet_worked_by_hand():
    splits = purged_k_fold(ANSWERS["bars"], 4, **BY_HAND)
    assert len(splits) == len(ANSWERS["k_fold"])
    for split, answer in zip(splits, ANSWERS["k_fold"], strict=True):
        assert_is(split, answer)


def test_combinatorial_splits_are_the_sheet_worked_by_hand():
    splits = combinatorial_purged(ANSWERS["bars"], 4, 2, **BY_HAND)
    for answer in ANSWERS["combinatorial"]:
        split = splits[splits.tested.index(tuple(answer["groups"]))]
        assert_is(split, {name: answer[name] for name in PARTS})


def test_labels_of_uneven_length_are_the_sheet_worked_by_hand():
    ends = np.arange(ANSWERS["bars"])
    for bar, end in ANSWERS["uneven"]["ends"].items():
        ends[bar] = end
    splits = purged_k_fold(ANSWERS["bars"], 4, labels=ends)
    for split, answer in zip(splits, ANSWERS["uneven"]["folds"], strict=True):
        assert_is(split, answer)


@pytest.mark.parametrize("gap", [0, 3])
def test_anchored_walk_forward_is_that_of_scikit_learn(gap):
    selection = pytest.importorskip("sklearn.model_selection")
    ours = walk_forward_splits(103, 4, test=17, labels=gap)
    theirs = selection.TimeSeriesSplit(4, test_size=17, gap=gap).split(np.zeros(103))
    for split, (train, test) in zip(ours, theirs, strict=True):
        np.testing.assert_array_equal(split.train, train)
        np.testing.assert_array_equal(split.test, test)


def test_rolling_walk_forward_and_k_fold_are_those_of_scikit_learn():
    selection = pytest.importorskip("sklearn.model_selection")
    rolling = selection.TimeSeriesSplit(5, max_train_size=30).split(np.zeros(100))
    for ours, (train, test) in zip(
        walk_forward_splits(100, 5, train=20, anchored=False), rolling, strict=True
    ):
        np.testing.assert_array_equal(ours.test, test)
        np.testing.assert_array_equal(ours.train, train[-20:])
    plain = selection.KFold(7).split(np.zeros(100))
    for ours, (train, test) in zip(purged_k_fold(100, 7), plain, strict=True):
        np.testing.assert_array_equal(ours.test, test)
        np.testing.assert_array_equal(ours.train, train)


def test_splits_are_a_cv_of_scikit_learn():
    selection = pytest.importorskip("sklearn.model_selection")
    linear = pytest.importorskip("sklearn.linear_model")
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(100, 2)), rng.normal(size=100)
    scores = selection.cross_val_score(
        linear.LinearRegression(), x, y, cv=list(purged_k_fold(100, 5, labels=3, embargo=2))
    )
    assert scores.shape == (5,)


def test_combinatorial_splits_and_paths_are_those_of_skfolio():
    selection = pytest.importorskip("skfolio.model_selection")
    theirs = selection.CombinatorialPurgedCV(6, 2, purged_size=3, embargo_size=4)
    ours = combinatorial_purged(120, 6, 2, labels=3, embargo=4)
    for split, (train, tests) in zip(ours, theirs.split(np.zeros((120, 2))), strict=True):
        np.testing.assert_array_equal(split.train, train)
        np.testing.assert_array_equal(split.test, np.concatenate(tests))
    assert len(ours.paths()) == theirs.n_test_paths
    np.testing.assert_array_equal(ours.paths(), theirs.recombined_paths.T)


@st.composite
def labelled(draw):
    bars = draw(st.integers(30, 80))
    reach = draw(st.lists(st.integers(0, 6), min_size=bars, max_size=bars))
    return bars, np.minimum(np.arange(bars) + np.array(reach), bars - 1)


@given(labelled(), st.integers(2, 5), st.integers(0, 3))
def test_no_test_label_shares_a_bar_with_a_training_label(data, folds, embargo):
    bars, ends = data
    made = [
        *purged_k_fold(bars, folds, labels=ends, embargo=embargo),
        *walk_forward_splits(bars, folds, test=4, labels=ends),
    ]
    for split in made:
        seen = np.zeros(bars, bool)
        for bar in split.test:
            seen[bar : ends[bar] + 1] = True
        for bar in split.train:
            assert not seen[bar : ends[bar] + 1].any()
        together = np.concatenate([getattr(split, name) for name in PARTS])
        assert len(set(together.tolist())) == together.size


@given(st.integers(20, 90), st.integers(2, 8), st.integers(0, 2), st.integers(0, 2))
def test_every_bar_tests_once_and_is_accounted_for(bars, folds, labels, embargo):
    splits = purged_k_fold(bars, folds, labels=labels, embargo=embargo)
    tested = np.concatenate([split.test for split in splits])
    np.testing.assert_array_equal(np.sort(tested), np.arange(bars))
    for split in splits:
        assert sum(getattr(split, name).size for name in PARTS) == bars


@given(st.integers(3, 8), st.data())
def test_paths_are_as_many_as_the_formula_says_and_use_each_test_once(folds, data):
    tested = data.draw(st.integers(1, folds - 1))
    splits = combinatorial_purged(10 * folds, folds, tested)
    paths = splits.paths()
    assert len(splits) == comb(folds, tested)
    assert paths.shape == (comb(folds, tested) * tested // folds, folds)
    used = [(split, group) for path in paths for group, split in enumerate(path)]
    assert len(set(used)) == len(used) == comb(folds, tested) * tested
    assert all(group in splits.tested[split] for split, group in used)


def test_joined_paths_hold_for_each_bar_what_its_split_said():
    splits = combinatorial_purged(12, 4, 2)
    said = np.arange(len(splits))[:, None] * 100 + np.arange(12)
    joined = splits.joined(said)
    assert joined.shape == (3, 12)
    np.testing.assert_array_equal(joined[0] % 100, np.arange(12))
    np.testing.assert_array_equal(joined[:, 0] // 100, [0, 1, 2])  # group 0: splits 01, 02, 03
    with pytest.raises(InvalidInput, match=r"\(6, 12\)"):
        splits.joined(said.T)


def test_random_windows_walk_forward_within_themselves():
    names = list("ABCDEFGH")
    splits = multiple_randomised(
        500, names, np.random.default_rng(1), draws=6, window=120, size=3, folds=3, labels=2
    )
    assert len(splits) == 18
    for draw in range(6):
        folds = splits[3 * draw : 3 * draw + 3]
        assert len({split.symbols for split in folds}) == 1
        assert len(set(folds[0].symbols)) == 3
        reach = np.concatenate([np.r_[split.train, split.test] for split in folds])
        assert reach.min() >= 0
        assert reach.max() - reach.min() == 119
        assert all(split.train.max() < split.test.min() - 2 for split in folds)
    again = multiple_randomised(
        500, names, np.random.default_rng(1), draws=6, window=120, size=3, folds=3, labels=2
    )
    assert [parts_of(one) for one in again] == [parts_of(one) for one in splits]


def test_a_label_that_ends_at_a_time_sees_the_bar_that_it_falls_into():
    times = pd.date_range("2024-01-01 10:00", periods=6, freq="5min").to_numpy()
    until = times + np.timedelta64(7, "m")
    np.testing.assert_array_equal(label_ends(times, until), [1, 2, 3, 4, 5, 5])


def test_what_cannot_be_split_is_refused():
    days = pd.date_range("2024-01-01", periods=10).to_numpy()
    with pytest.raises(UnusableFrame, match="2024-01-03"):
        purged_k_fold(days[[0, 1, 2, 2, 3]], 2)
    with pytest.raises(InvalidInput, match="ends before the bar"):
        label_ends(days, days - np.timedelta64(1, "D"))
    with pytest.raises(InvalidInput, match="one label end for each bar"):
        label_ends(days, days[:3])
    with pytest.raises(OutOfRange, match="labels"):
        label_ends(10, -1)
    with pytest.raises(OutOfRange, match="folds"):
        purged_k_fold(10, 1)
    with pytest.raises(OutOfRange, match="embargo"):
        purged_k_fold(10, 2, embargo=-1)
    with pytest.raises(OutOfRange, match="tested"):
        combinatorial_purged(10, 4, 4)
    with pytest.raises(OutOfRange, match="20,000"):
        combinatorial_purged(1_000, 40, 20)
    with pytest.raises(OutOfRange, match="window"):
        multiple_randomised(10, ["A"], np.random.default_rng(0), window=11, size=1)
    with pytest.raises(OutOfRange, match="train"):
        walk_forward_splits(10, 2, train=0)


@pytest.mark.parametrize(
    "made",
    [
        lambda: purged_k_fold(3, 5),
        lambda: purged_k_fold(20, 2, labels=9, embargo=9),
        lambda: walk_forward_splits(1, 5),
        lambda: walk_forward_splits(10, 5, labels=5),
        lambda: walk_forward_splits(10, 2, test=4, train=3),
    ],
)
def test_too_few_bars_are_said_so(made):
    with pytest.raises(TooLittleHistory, match="needs at least"):
        made()


def test_splits_are_read_at_a_glance():
    days = pd.date_range("2024-01-01", periods=20).to_numpy()
    splits = purged_k_fold(days, 4, labels=2, embargo=2)
    assert "purged k-fold: 4 splits of 20 bars, 2024-01-01 to 2024-01-20" in repr(splits)
    assert "train 0–2, 14–19; test 5–9; purged 3–4, 10–11; embargoed 12–13" in repr(splits[1])
    table = splits.to_frame()
    assert table.loc[1, ["train", "test", "purged", "embargoed"]].tolist() == [9, 5, 4, 2]
    assert table.loc[1, "test_start"] == pd.Timestamp("2024-01-06")


@pytest.mark.parametrize("times", [20, pd.date_range("2024-01-01", periods=20).to_numpy()])
def test_strips_cover_every_bar_of_every_split(times):
    figure = purged_k_fold(times, 4, labels=2, embargo=2).plot()
    drawn = {line.label.value: line.renderers[0].data_source for line in figure.above[0].items}
    assert set(drawn) == {"train", "test", "purged", "embargoed"}
    assert list(drawn["test"].data["split"]) == ["0", "1", "2", "3"]
    assert figure.y_range.factors == ["3", "2", "1", "0"]  # the first on top
