"""Leaks that are small, rare, or hidden in a step that looks innocent."""

import numpy as np
import pandas as pd
import pytest

from workbench.validation.leaks import LeakKind, find_leaks


def only_in_falls(prices):
    fell = prices / prices.shift(10) < 0.94
    return prices.rolling(5).mean().where(~fell, prices.shift(-1))


def only_after_a_crash(prices):
    """On the bars of the largest falls: three in a hundred."""
    returns = prices.pct_change()
    return prices.shift(1).where(returns > -0.03, prices.shift(-1))


def only_at_the_end(prices):
    made = prices.rolling(5).mean()
    late = int(len(prices) * 0.95)
    made.iloc[late:] = prices.shift(-1).iloc[late:]
    return made


def one_in_a_million(prices):
    return prices.rolling(5).mean() * (1 + 1e-6 * np.sign(prices.shift(-1) - prices).fillna(0))


def one_symbol(prices):
    made = prices.rolling(5).mean()
    made["C"] = made["C"].shift(-1)
    return made


def only_on_mondays(prices):
    made = prices.copy()
    made[prices.index.dayofweek == 0] = prices.shift(-1)
    return made


def encoded_by_target(prices):
    ahead = prices["A"].pct_change().shift(-1)
    return ahead.groupby(prices.index.dayofweek).transform("mean")


def whole_month(prices):
    return prices.groupby(prices.index.to_period("M")).transform("mean")


def partial_week(prices):
    return prices.resample("W-FRI").last().reindex(prices.index, method="bfill")


def next_row(prices):
    rows = pd.DataFrame({"time": prices.index[::5], "value": prices["A"].to_numpy()[::5]})
    left = pd.DataFrame({"time": prices.index})
    return pd.merge_asof(left, rows, on="time", direction="forward").set_index("time")["value"]


def low_pass(prices):
    def filtered(column):
        waves = np.fft.rfft(column.to_numpy())
        waves[12:] = 0
        return pd.Series(np.fft.irfft(waves, len(column)), column.index)

    return prices.apply(filtered)


def smoothed(prices):
    signal = pytest.importorskip("scipy.signal")
    return prices.apply(lambda column: signal.savgol_filter(column, 11, 2))


def filtered_both_ways(prices):
    signal = pytest.importorskip("scipy.signal")
    return prices.apply(lambda column: signal.filtfilt(*signal.butter(2, 0.1), column))


def scaled_in_a_pipeline(prices):
    pytest.importorskip("sklearn")
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    return pd.DataFrame(make_pipeline(StandardScaler()).fit_transform(prices), prices.index)


def best_symbol(prices):
    made = prices * 0
    made[(prices.iloc[-1] / prices.iloc[0]).idxmax()] = 1.0
    return made


def best_window(prices):
    def earned(window):
        held = (prices["A"] > prices["A"].rolling(window).mean()).shift(1, fill_value=False)
        return (held * prices["A"].pct_change()).sum()

    return (prices["A"] > prices["A"].rolling(max((3, 8, 21), key=earned)).mean()).astype(float)


def turning_points(prices):
    close = prices["A"]
    return (close == close.rolling(11, center=True).max()).astype(float)


def first_barrier(prices):
    close, made = prices["A"].to_numpy(), np.zeros(len(prices))
    for at in range(len(close)):
        moves = close[at : at + 10] / close[at] - 1
        hit = np.flatnonzero(np.abs(moves) > 0.02)
        made[at] = np.sign(moves[hit[0]]) if len(hit) else 0.0
    return pd.Series(made, prices.index)


SUBTLE = {
    "only in falls": only_in_falls,
    "only after a crash": only_after_a_crash,
    "only at the end": only_at_the_end,
    "one part in a million": one_in_a_million,
    "one symbol": one_symbol,
    "only on Mondays": only_on_mondays,
    "target encoding": encoded_by_target,
    "the whole month": whole_month,
    "a week that is not over": partial_week,
    "the next row": next_row,
    "Fourier": low_pass,
    "Savitzky-Golay": smoothed,
    "filtfilt": filtered_both_ways,
    "a scaler in a pipeline": scaled_in_a_pipeline,
    "the best symbol": best_symbol,
    "the best window": best_window,
    "turning points": turning_points,
    "first barrier": first_barrier,
    "backwards": lambda prices: prices.pct_change(-1),
    "ranks over time": lambda prices: prices.rank(pct=True),
    "sorted": lambda prices: pd.DataFrame(np.sort(prices, axis=0), prices.index),
    "gradient": lambda prices: prices.apply(lambda column: np.gradient(column.to_numpy())),
    "quantile buckets": lambda p: pd.Series(pd.qcut(p["A"].rank(), 5, labels=False), p.index),
    "clipped at its quantiles": lambda p: p.clip(upper=p.quantile(0.99), axis=1),
    "over its last price": lambda prices: prices / prices.iloc[-1],
    "filled with the mean": lambda p: p.where(p.pct_change() < 0.02).fillna(p.mean()),
    "correlation of the sample": lambda p: p["A"].pct_change() * p["A"].corr(p["B"]),
    "above the median volatility": lambda p: (
        (risk := p["A"].pct_change().rolling(10).std()) > risk.median()
    ),
    "a boolean of tomorrow": lambda prices: prices.shift(-1) > prices * 1.02,
    "as an array": lambda prices: np.roll(prices.to_numpy(), -1, axis=0),
}


@pytest.mark.parametrize("name", SUBTLE)
def test_a_subtle_leak_is_found(prices, name):
    report = find_leaks(SUBTLE[name], prices)
    assert report.function == "leak", report
    [finding] = report.function_findings
    assert finding.bar is not None
    assert finding.evidence


FILLS = {
    "back-fill": lambda prices: prices.bfill(),
    "interpolation": lambda prices: prices.interpolate(),
}


@pytest.mark.parametrize("name", FILLS)
@pytest.mark.parametrize("hole", [31, 90, 149])
def test_the_filling_of_one_hole_is_found(prices, name, hole):
    holed = prices.copy()
    holed.iloc[hole, 1] = np.nan
    [finding] = find_leaks(FILLS[name], holed).function_findings
    assert finding.kind is LeakKind.FORWARD_JOIN
    assert (finding.bar, finding.output) == (hole, "B")
    assert find_leaks(lambda prices: prices.ffill(), holed).function == "clean"


def test_a_whole_day_among_hours_is_found():
    hours = pd.date_range("2024-01-01", periods=240, freq="h", name="time")
    moves = np.random.default_rng(2).normal(0, 0.01, len(hours))
    close = pd.DataFrame({"A": 100 * np.exp(np.cumsum(moves))}, hours)
    day = find_leaks(lambda frame: frame.groupby(frame.index.date).transform("max"), close)
    assert day.kinds == [LeakKind.RESAMPLE_LABEL]
    so_far = find_leaks(lambda frame: frame.groupby(frame.index.date).cummax(), close)
    assert so_far.function == "clean"
