"""Functions that misbehave: by chance, by raising, by remembering, by reading elsewhere."""

import functools

import numpy as np
import pandas as pd
import pytest

from workbench.errors import Cancelled, InvalidInput, OutOfRange, TooLittleHistory, UnusableFrame
from workbench.validation.leaks import assert_causal, find_leaks

CALLS = 220
"""What a check of a clean function may ask, whatever the size of the bars."""


def function_check(report):
    [check] = [one for one in report.checks if one.name == "function"]
    return check


def test_chance_is_told_from_a_leak(prices):
    generator = np.random.default_rng(3)
    held = find_leaks(lambda frame: frame * generator.random(), prices)
    assert held.function == "clean"
    assert "started anew" in repr(held)


def test_chance_without_a_seed_cannot_be_told(prices):
    report = find_leaks(lambda frame: frame * np.random.default_rng().random(), prices)
    check = function_check(report)
    assert check.verdict == "cannot tell"
    assert "not deterministic" in check.why
    assert "seed" in check.needs
    assert report.findings == []
    with pytest.raises(AssertionError, match="not deterministic"):
        assert_causal(lambda frame: frame * np.random.default_rng().random(), prices)


def test_a_leak_beside_chance_is_still_found(prices):
    def function(frame):
        draws = np.random.default_rng(1).random(frame.shape)
        return frame.shift(-1).fillna(0.0) + draws

    assert find_leaks(function, prices).function == "leak"


def test_a_function_that_raises_is_refused(prices):
    def broken(frame):
        raise ZeroDivisionError("none")

    with pytest.raises(InvalidInput, match="raised ZeroDivisionError: none"):
        find_leaks(broken, prices)


def test_what_raises_on_fewer_bars_is_said(prices):
    def particular(frame):
        if len(frame) < 160:
            raise ValueError("give 160 bars")
        return frame.rolling(5).mean()

    report = find_leaks(particular, prices)
    assert report.function == "clean"
    assert "ValueError: give 160 bars" in repr(report)


def test_what_raises_on_all_other_bars_cannot_be_told(prices):
    whole = float(prices.to_numpy().sum())

    def particular(frame):
        if float(frame.to_numpy().sum()) != whole:
            raise ValueError("these are other bars")
        return frame

    check = function_check(find_leaks(particular, prices))
    assert check.verdict == "cannot tell"
    assert "these are other bars" in check.why


def test_an_answer_of_another_shape_on_fewer_bars_counts_as_raised(prices):
    """`numpy.convolve` of fewer bars than weights is longer than the bars."""
    weights = np.ones(9) / 9
    report = find_leaks(lambda frame: np.convolve(frame["A"], weights, "full")[:160], prices)
    assert report.function == "clean"


def test_what_reads_its_data_elsewhere_cannot_be_told(prices, tmp_path):
    path = tmp_path / "prices.csv"
    prices.to_csv(path)

    def loaded(_frame):
        return pd.read_csv(path, index_col=0, parse_dates=True).shift(-1)

    check = function_check(find_leaks(loaded, prices))
    assert check.verdict == "cannot tell"
    assert "reads its data elsewhere" in check.why

    def cut(frame):
        return loaded(frame).reindex(frame.index)

    assert "where no leak can be seen" in repr(find_leaks(cut, prices))


def test_answers_for_the_next_day_are_not_elsewhere(prices):
    def tomorrow(frame):
        made = frame.rolling(5).mean()
        return made.set_axis(made.index + pd.offsets.BDay(1))

    report = find_leaks(tomorrow, prices)
    assert report.function == "clean"
    assert "elsewhere" not in repr(report)


def test_what_remembers_between_calls_is_asked_afresh(prices):
    held = {}

    @functools.cache
    def level(length):
        return held["mean"]

    def remembering(frame):
        if "mean" not in held:
            held["mean"] = float(frame["A"].mean())
        return frame - level(0)

    assert find_leaks(remembering, prices).function == "leak"
    assert held == {}


def test_the_bars_are_not_touched(prices):
    before = prices.copy()

    def careless(frame):
        frame.iloc[:, 0] = 0.0
        return frame.rolling(2).sum()

    assert find_leaks(careless, prices).function == "clean"
    pd.testing.assert_frame_equal(prices, before)


def test_how_often_it_asks_does_not_grow_with_the_bars():
    for bars in (100, 900):
        days = pd.bdate_range("2020-01-01", periods=bars)
        frame = pd.DataFrame({"A": np.linspace(50, 60, bars)}, days)
        report = find_leaks(lambda frame: frame.rolling(5).mean(), frame)
        assert report.function == "clean"
        assert report.calls <= CALLS


def test_progress_ends_it(prices):
    def told(done, total):
        assert done <= total
        if done > 10:
            raise Cancelled("enough")

    with pytest.raises(Cancelled):
        find_leaks(lambda frame: frame.rolling(5).mean(), prices, told=told)


@pytest.mark.parametrize(
    ("frame", "error"),
    [
        (
            pd.DataFrame({"A": [1.0, 2.0]}, pd.bdate_range("2024-01-01", periods=2)),
            TooLittleHistory,
        ),
        (pd.DataFrame({"A": ["x", "y", "z", "w"]}), UnusableFrame),
        (pd.DataFrame(), UnusableFrame),
    ],
)
def test_unusable_bars_are_refused(frame, error):
    with pytest.raises(error):
        find_leaks(lambda frame: frame, frame)


def test_too_few_cuts_and_no_seed_are_refused(prices):
    with pytest.raises(OutOfRange, match="cuts"):
        find_leaks(lambda frame: frame, prices, cuts=19)
    with pytest.raises(OutOfRange, match="seed"):
        find_leaks(lambda frame: frame, prices, seed=-1)
    with pytest.raises(UnusableFrame, match="no values along time"):
        find_leaks(lambda _frame: 3.0, prices)
