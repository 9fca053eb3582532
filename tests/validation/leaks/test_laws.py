"""Laws: what is made of causal parts is causal; one dependence on the future, and it is not."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from workbench.validation.leaks import find_leaks

FEW = settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
WINDOWS = st.integers(2, 12)

STEPS = {
    "mean": lambda frame, n: frame.rolling(n).mean(),
    "highest": lambda frame, n: frame.rolling(n).max(),
    "median": lambda frame, n: frame.rolling(n).median(),
    "deviation": lambda frame, n: frame.rolling(n).std(),
    "fading": lambda frame, n: frame.ewm(span=n).mean(),
    "lag": lambda frame, n: frame.shift(n),
    "change": lambda frame, n: frame.diff(n),
    "so far": lambda frame, n: frame.expanding(n).mean(),
    "rank": lambda frame, _n: frame.rank(axis=1),
    "sign": lambda frame, _n: np.sign(frame),
    "carried": lambda frame, _n: frame.where(frame > 0).ffill(),
}
PARTS = st.lists(st.tuples(st.sampled_from(sorted(STEPS)), WINDOWS), min_size=1, max_size=3)
AHEAD = {
    "shift": lambda prices, n: prices.shift(-n),
    "window": lambda prices, n: prices[::-1].rolling(n + 1).mean()[::-1],
    "centred": lambda prices, n: prices.rolling(2 * n + 1, center=True).mean(),
    "sample": lambda prices, _n: prices - prices.mean(),
    "highest": lambda prices, _n: prices / prices.max(),
    "rank": lambda prices, _n: prices.rank(),
    "last": lambda prices, _n: prices / prices.iloc[-1],
}


def composed(parts):
    def function(prices):
        made = prices.pct_change()
        for name, window in parts:
            made = STEPS[name](made, window)
        return made

    return function


@FEW
@given(PARTS, PARTS)
def test_what_is_made_of_causal_parts_is_clean(prices, first, second):
    one, other = composed(first), composed(second)
    report = find_leaks(lambda prices: one(prices) - other(prices), prices, cuts=20)
    assert report.function == "clean", report


@FEW
@given(PARTS, st.sampled_from(sorted(AHEAD)), st.integers(1, 5), st.floats(1e-6, 1.0))
def test_any_dependence_on_the_future_is_found(prices, parts, ahead, steps, size):
    one = composed(parts)

    def function(prices):
        return one(prices).fillna(0.0) + size * AHEAD[ahead](prices, steps).fillna(0.0)

    assert find_leaks(function, prices, cuts=20).function == "leak"


@FEW
@given(st.integers(1, 150), st.integers(1, 5))
def test_the_first_bar_is_where_it_begins(prices, first, ahead):
    def function(prices):
        made = prices.rolling(3).mean()
        made.iloc[first:, 2] = prices["A"].shift(-ahead).iloc[first:]
        return made

    [finding] = find_leaks(function, prices, cuts=20).function_findings
    assert (finding.bar, finding.output, finding.column) == (first, "C", "A")
    assert finding.offset == ahead


@settings(FEW, max_examples=8)
@given(st.integers(20, 140), st.integers(1, 3))
def test_a_single_bar_that_looks_ahead_is_found(prices, bar, ahead):
    """Cuts would miss it; that the function forgets soon makes all bars at once tell."""

    def function(prices):
        made = prices.rolling(4).mean()
        made.iloc[bar : bar + 1] = prices.shift(-ahead).iloc[bar : bar + 1]
        return made

    [finding] = find_leaks(function, prices).function_findings
    assert finding.bar == bar


@pytest.mark.parametrize("seed", range(3))
def test_the_same_seed_gives_the_same_report(prices, seed):
    def function(prices):
        return prices.where(prices.pct_change() > -0.01, prices.shift(-1))

    one, again = (find_leaks(function, prices, seed=seed) for _ in range(2))
    assert repr(one) == repr(again)
    assert one.function == "leak"


@pytest.mark.parametrize("kind", ["series", "array", "dataset", "long table"])
def test_the_answer_does_not_hang_on_the_kind_of_frame(prices, kind):
    rows = prices.melt(var_name="symbol", value_name="close", ignore_index=False).reset_index()
    dataset = rows.set_index(["time", "symbol"]).to_xarray()
    tables = {
        "series": (prices["A"], lambda close: close.rolling(3).mean()),
        "array": (prices.to_numpy(), lambda close: np.cumsum(close, axis=0)),
        "dataset": (dataset, lambda bars: bars["close"].diff("time")),
        "long table": (
            rows,
            lambda rows: rows.assign(
                made=rows.groupby("symbol")["close"].transform(lambda one: one.rolling(3).mean())
            )[["time", "symbol", "made"]],
        ),
    }
    frame, clean = tables[kind]
    assert find_leaks(clean, frame, cuts=20).function == "clean"

    def leaky(frame):
        last = frame["close"].iloc[-1] if isinstance(frame, pd.DataFrame) else None
        last = frame["close"].isel(time=-1).sum().item() if kind == "dataset" else last
        last = np.asarray(frame).flat[-1] if last is None else last
        made = clean(frame)
        return made.assign(made=made["made"] + last) if kind == "long table" else made + last

    assert find_leaks(leaky, frame, cuts=20).function == "leak"
