"""What looks only back raises nothing: plain, across symbols, drawn by chance, or learned."""

import numpy as np
import pandas as pd
import pytest

from workbench.validation.leaks import assert_causal, find_leaks

SEED = 5


def bar_by_bar(prices):
    draws = np.random.default_rng(SEED)
    return pd.DataFrame(draws.random(prices.shape), prices.index, prices.columns)


def bootstrapped(prices):
    draws = np.random.default_rng(SEED)
    returns = prices["A"].pct_change().fillna(0.0).to_numpy()
    made = [draws.choice(returns[max(0, at - 19) : at + 1], 20).mean() for at in range(len(prices))]
    return pd.Series(made, prices.index)


def global_numbers(prices):
    return pd.Series(np.random.random(len(prices)), prices.index)  # noqa: NPY002  as users do


def randomly_entered(prices):
    draws = np.random.default_rng(SEED)
    held, made = 0, np.zeros(len(prices))
    for at in range(len(prices)):
        held = 5 if held == 0 and draws.random() < 0.1 else max(held - 1, 0)
        made[at] = held > 0
    return pd.Series(made, prices.index)


def noise_of_the_price(prices):
    made = [np.random.default_rng(int(value * 1e6)).random() for value in prices["A"]]
    return pd.Series(made, prices.index)


def refitted(prices):
    x, y = prices.pct_change().fillna(0.0).to_numpy(), prices["A"].pct_change().to_numpy()
    made = np.full(len(prices), np.nan)
    for start in range(40, len(prices), 20):
        fitted = np.linalg.lstsq(x[: start - 1], y[1:start], rcond=None)[0]
        made[start : start + 20] = x[start : start + 20] @ fitted
    return pd.Series(made, prices.index)


def online(prices):
    x, weight, made = prices.pct_change().fillna(0.0).to_numpy(), np.zeros(3), []
    for at in range(len(x)):
        made.append(weight @ x[at])
        if at:
            weight = weight + 0.1 * (x[at, 0] - weight @ x[at - 1]) * x[at - 1]
    return pd.Series(made, prices.index)


def stopped(prices):
    close, made, entry = prices["A"].to_numpy(), np.zeros(len(prices)), 0.0
    for at in range(10, len(close)):
        if not entry and close[at] > close[at - 10 : at].max():
            entry = close[at]
        elif entry and close[at] < 0.97 * entry:
            entry = 0.0
        made[at] = entry > 0
    return pd.Series(made, prices.index)


def chaotic(prices):
    """A small change of the past is everything a few bars later; still it is the past."""
    state, made = 0.3, []
    for value in prices["A"]:
        state = (3.9 * state * (1 - state) + value * 1e-9) % 1
        made.append(state)
    return pd.Series(made, prices.index)


def last_week(prices):
    return prices.resample("W-FRI").last().shift(1).reindex(prices.index, method="ffill")


def needs_history(prices):
    if len(prices) < 60:
        raise ValueError("needs 60 bars")
    return prices.rolling(60).mean()


def across(prices):
    moves = prices.pct_change(10)
    return moves.sub(moves.mean(axis=1), axis=0).div(moves.std(axis=1), axis=0)


CHANCE = {
    "drawn bar by bar": bar_by_bar,
    "bootstrapped": bootstrapped,
    "global numbers": global_numbers,
    "random entries": randomly_entered,
    "noise of the price": noise_of_the_price,
}
CROSS_SECTIONAL = {
    "ranks": lambda prices: prices.pct_change(10).rank(axis=1),
    "scores": across,
    "the best of three": lambda p: (p.pct_change(20).rank(axis=1, ascending=False) <= 1).astype(
        int
    ),
    "neutral weights": lambda prices: prices.rank(axis=1).sub(2).div(3),
}
CLEAN = {
    **CHANCE,
    **CROSS_SECTIONAL,
    "past return": lambda prices: prices / prices.shift(5) - 1,
    "moving average": lambda prices: prices.rolling(20).mean(),
    "exponential": lambda prices: prices.ewm(span=10).mean(),
    "exponential, unadjusted": lambda prices: prices.ewm(span=10, adjust=False).mean(),
    "expanding": lambda prices: prices.expanding(5).mean(),
    "expanding z": lambda p: (p - p.expanding(9).mean()) / p.expanding(9).std(),
    "expanding rank": lambda prices: prices.expanding().rank(pct=True),
    "drawdown": lambda prices: prices / prices.cummax() - 1,
    "volatility": lambda prices: prices.pct_change().rolling(15).std(),
    "skewness": lambda prices: prices.pct_change().rolling(30).skew(),
    "kurtosis": lambda prices: prices.pct_change().rolling(30).kurt(),
    "correlation": lambda p: p["A"].pct_change().rolling(20).corr(p["B"].pct_change()),
    "forward-filled": lambda prices: prices.where(prices > prices.shift(1)).ffill(),
    "month so far": lambda prices: prices.groupby(prices.index.to_period("M")).cummax(),
    "last week": last_week,
    "quantile": lambda prices: prices.rolling(30).quantile(0.9),
    "two parts": lambda p: (p["A"] > p["A"].rolling(5).mean(), p["B"].rolling(20).mean()),
    "named parts": lambda prices: {"fast": prices.rolling(3).mean(), "close": prices["A"]},
    "words": lambda p: pd.Series(np.where(p["A"] > p["A"].shift(1), "up", "down"), p.index),
    "only where it signals": lambda p: p["A"][p["A"] > p["A"].rolling(20).max().shift(1)],
    "an array": lambda prices: prices.rolling(5).mean().to_numpy(),
    "a shorter array": lambda p: np.lib.stride_tricks.sliding_window_view(p["A"], 10).mean(axis=1),
    "refitted": refitted,
    "online": online,
    "stopped": stopped,
    "chaotic": chaotic,
    "needs history": needs_history,
    "nothing": lambda prices: prices * 0,
}


@pytest.mark.parametrize("name", CLEAN)
def test_a_clean_function_raises_nothing(prices, name):
    report = find_leaks(CLEAN[name], prices)
    assert report.function == "clean", report
    assert report.function_findings == []


@pytest.mark.parametrize("seed", range(1, 4))
@pytest.mark.parametrize("name", [*CHANCE, "ranks", "kurtosis", "chaotic", "needs history"])
def test_nor_with_other_futures(prices, name, seed):
    assert_causal(CLEAN[name], prices, cuts=20, seed=seed)


def test_steep_prices_and_higher_moments_are_no_leak():
    """Pandas takes the mean of the sample from a window before it cubes: rounding, no leak."""
    days = pd.bdate_range("2015-01-01", periods=900)
    moves = np.random.default_rng(4).normal(0.008, 0.02, (900, 2))
    steep = pd.DataFrame(np.exp(np.cumsum(moves, axis=0)), days)
    for name in ("skewness", "kurtosis", "exponential"):
        assert_causal(CLEAN[name], steep)


def test_one_value_for_all_bars_is_said_to_be_that(prices):
    assert "no leak could have been seen" in repr(find_leaks(CLEAN["nothing"], prices))
    assert "no leak could have been seen" not in repr(find_leaks(CLEAN["ranks"], prices))
