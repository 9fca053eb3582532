"""The verbs: what a person or an agent asks, and what the ledger keeps of it."""

import json

import numpy as np
import pandas as pd
import pytest

from workbench.backtest import (
    keep_holdout,
    optimize_parameters,
    optimize_strategy,
    run_backtest,
    sweep,
)
from workbench.backtest.sweeps import sweep_strategy
from workbench.errors import Cancelled, InvalidInput, OutOfRange, UnknownName, UnusableFrame
from workbench.market import Costs
from workbench.registry import lookup
from workbench.strategies import Strategy

WINDOWS = {"fast": [2, 4, 8], "slow": [4, 10]}
CROSS = "moving_average_cross"


def test_every_combination_is_a_trial(prices, context, ledger):
    result = sweep(CROSS, prices, WINDOWS, context=context)
    assert (result.combinations, result.skipped, result.trial) == (4, 2, 4)
    record = ledger.question(result.question)
    assert (record.count, record.verbs) == (4, {"sweep": 4})
    assert record.moments.mean == pytest.approx(result.to_frame()["sharpe_per_bar"].mean())


def test_asked_again_it_counts_once(prices, context):
    first = sweep(CROSS, prices, WINDOWS, context=context)
    again = sweep(CROSS, prices, {"fast": [2, 4], "slow": [10, 20]}, context=context)
    assert (first.trial, again.trial) == (4, 6)
    one = run_backtest(
        CROSS, prices, use_gpu=False, parameters={"fast": 2, "slow": 10}, context=context
    )
    assert one.trial == 6
    assert sweep(CROSS, prices, WINDOWS, costs=Costs.none(), context=context).trial == 10


def test_the_best_is_judged_among_all_trials(prices, context):
    result = sweep(CROSS, prices, WINDOWS, context=context)
    best = result.optimum
    alone = run_backtest(CROSS, prices, use_gpu=False, parameters=best.parameters, context=context)
    assert result.verdict.trials == 4
    assert result.verdict.sharpe_per_bar == pytest.approx(alone.results.sharpe_per_bar)
    assert best.p_value == pytest.approx(alone.verdict.p_value)
    assert f"p = {result.p_value:.2g}" in result.claim
    assert result.trial == 4


def test_the_ledger_keeps_the_series_of_the_best(prices, context, ledger):
    result = sweep(CROSS, prices, WINDOWS, context=context)
    kept = ledger.series(result.question)
    best = result.best("sharpe_per_bar").iloc[0]
    assert kept.trials[0].parameters == {"fast": best["fast"], "slow": best["slow"]}
    alone = run_backtest(
        CROSS, prices, use_gpu=False, parameters=kept.trials[0].parameters, context=context
    )
    np.testing.assert_allclose(kept.returns[0], alone.returns, rtol=1e-5, atol=1e-9)


def test_by_symbol_each_account_is_a_trial(prices, context):
    result = sweep(CROSS, prices, WINDOWS, by="symbol", context=context)
    assert result.trial == 4 * prices.shape[1]
    assert result.optimum.symbol in prices.columns
    own = prices[[result.optimum.symbol]]
    alone = run_backtest(
        CROSS, own, use_gpu=False, parameters=result.optimum.parameters, context=context
    )
    assert result.optimum.measures["sharpe_ratio"] == pytest.approx(alone.results.sharpe_ratio)


def test_a_parameter_is_not_taken_for_the_symbol(prices, context):
    def own(bars, *, symbol: int = 0):
        return bars["close"] * 0 + symbol

    with pytest.raises(InvalidInput, match="another name"):
        sweep(Strategy("own", own), prices, {"symbol": [0, 1]}, by="symbol", context=context)


def test_too_few_bars_count_for_nothing(prices, context):
    result = sweep(CROSS, prices.iloc[:50], WINDOWS, context=context)
    assert result.trial is None
    assert result.verdict is None
    assert "not counted (fewer than 60 bars)" in result.claim


def test_a_sweep_over_kept_bars_is_told_of_them(prices, context):
    keep_holdout(prices, context=context)
    whole = sweep(CROSS, prices, WINDOWS, context=context)
    assert any("no longer blind" in note for note in whole.notes)
    before = sweep(CROSS, prices.iloc[:200], WINDOWS, context=context)
    assert not any("no longer blind" in note for note in before.notes)


def test_a_period_begins_with_what_is_held(prices, context):
    start = prices.index[80].date()
    result = sweep(CROSS, prices, WINDOWS, start, context=context)
    alone = run_backtest(
        CROSS, prices, start, use_gpu=False, parameters={"fast": 4, "slow": 10}, context=context
    )
    row = result.to_frame().query("fast == 4 and slow == 10").iloc[0]
    assert row["total_return"] == pytest.approx(alone.results.total_return)
    assert result.question == alone.question


@pytest.mark.parametrize("search", ["random", "bayesian"])
def test_a_search_tries_so_many_different_ones(prices, context, search):
    if search == "bayesian":
        pytest.importorskip("optuna", reason="the extra 'forecast' is not installed")
    grid = {"fast": {"min": 2, "max": 20}, "slow": {"min": 5, "max": 60}}
    found = [
        sweep(CROSS, prices, grid, search=search, trials=20, context=context) for _ in range(2)
    ]
    frame = found[0].to_frame()
    assert len(frame) == found[0].combinations == found[0].trial
    assert len(frame.drop_duplicates(["fast", "slow"])) == len(frame)
    assert (frame["fast"] < frame["slow"]).all()
    pd.testing.assert_frame_equal(frame, found[1].to_frame())
    assert found[1].trial == found[0].trial
    assert len(frame) == 20 if search == "random" else len(frame) > 5


def test_a_guided_search_looks_where_it_is_good(context):
    pytest.importorskip("optuna", reason="the extra 'forecast' is not installed")
    rng = np.random.default_rng(0)
    prices = pd.DataFrame(
        {"A": 100 * np.cumprod(1 + rng.normal(0.002, 0.01, 250))},
        pd.bdate_range("2020-01-01", periods=250),
    )

    def share(bars, *, weight: float = 0.5):
        return bars["close"] * 0 + weight

    grid = {"weight": {"min": 0.0, "max": 1.0}}
    options = {"search": "bayesian", "metric": "total_return", "trials": 60}
    frame = sweep(Strategy("share", share), prices, grid, context=context, **options).to_frame()
    assert frame["weight"].iloc[-20:].mean() > 0.8 > frame["weight"].iloc[:10].mean()


def test_a_random_search_ends_where_there_are_no_more(prices, context):
    grid = {"fast": {"min": 2, "max": 4}, "slow": {"min": 3, "max": 5}}
    assert sweep(CROSS, prices, grid, search="random", trials=50, context=context).combinations == 6


def test_the_metric_is_the_callers(prices, context):
    result = sweep(CROSS, prices, WINDOWS, metric="max_drawdown", context=context)
    frame = result.to_frame()
    assert result.optimum.measures["max_drawdown"] == frame["max_drawdown"].max()
    few = sweep(CROSS, prices, WINDOWS, metric="total_trades", context=context)
    assert few.optimum.measures["total_trades"] == frame["total_trades"].min()


def test_it_stops_where_it_is_good_enough(prices, context, ledger):
    grid = {"fast": list(range(2, 40)), "slow": list(range(3, 60))}
    result = sweep(CROSS, prices, grid, stop_at=-50.0, workers=1, context=context)
    assert not result.complete
    assert ledger.question(result.question).count == result.combinations == result.trial


def test_a_caller_can_stop_it(prices, context):
    context.stop.set()
    with pytest.raises(Cancelled):
        sweep(CROSS, prices, WINDOWS, context=context)


@pytest.mark.parametrize(
    ("grid", "error", "words"),
    [
        ({}, InvalidInput, "needs a parameter that varies"),
        ({"fats": [2]}, UnknownName, "fast"),
        ({"fast": []}, InvalidInput, "no values"),
        ({"fast": "23"}, InvalidInput, "no values"),
        ({"fast": [0]}, OutOfRange, "2"),
        ({"fast": {"min": 9, "max": 3}}, OutOfRange, "min"),
        ({"fast": {"low": 9}}, InvalidInput, "min"),
        ({"fast": {"min": 2, "max": 9, "step": 0}}, OutOfRange, "step"),
        ({"fast": [30], "slow": [20]}, InvalidInput, "No combination makes sense"),
        ({"fast": [2], "slow": [900]}, InvalidInput, "No combination makes sense"),
    ],
)
def test_grids_that_cannot_be_used(prices, context, grid, error, words):
    with pytest.raises(error, match=words):
        sweep(CROSS, prices, grid, context=context)


@pytest.mark.parametrize("search", ["random", "bayesian"])
def test_searches_that_find_nothing(prices, context, search):
    if search == "bayesian":
        pytest.importorskip("optuna", reason="the extra 'forecast' is not installed")
    grid = {"fast": {"min": 30, "max": 40}, "slow": {"min": 5, "max": 9}}
    with pytest.raises(InvalidInput, match="No combination makes sense"):
        sweep(CROSS, prices, grid, search=search, trials=5, context=context)


def test_other_requests_that_cannot_be_used(prices, context):
    with pytest.raises(UnknownName, match="sharpe_ratio"):
        sweep(CROSS, prices, WINDOWS, metric="sharp", context=context)
    with pytest.raises(OutOfRange, match="start_date"):
        sweep(CROSS, prices, WINDOWS, "1990-01-02", context=context)


def test_too_many_combinations(prices, context, monkeypatch):
    fine = {"entry_z": {"min": 1.0, "max": 2.0, "step": 1e-9}}
    with pytest.raises(OutOfRange, match=r"which is 1,000,000,00[01] values"):
        sweep("mean_reversion", prices, fine, context=context)
    monkeypatch.setattr("workbench.backtest.sweeps.space.MOST_POINTS", 5)
    with pytest.raises(OutOfRange, match="6 combinations"):
        sweep(CROSS, prices, WINDOWS, context=context)


def test_a_wrong_shape_is_told_and_not_passed_over(prices, context):
    def wrong(bars, *, window: int = 3):
        return bars["close"].to_numpy()[:window]

    with pytest.raises(UnusableFrame):
        sweep(Strategy("wrong", wrong), prices, {"window": [2, 3]}, context=context)


def test_two_bars_constant_prices_and_nothing_traded(context):
    flat = pd.DataFrame({"A": np.full(120, 7.0)}, pd.bdate_range("2020-01-01", periods=120))
    result = sweep(CROSS, flat, WINDOWS, context=context)
    assert result.optimum is None
    assert np.isnan(result.p_value)
    assert (result.to_frame()["total_trades"] == 0).all()
    json.loads(result.model_dump_json())
    assert "nothing is claimed" in result.claim
    result.plot()


def test_a_plateau_is_told_from_a_needle():
    time = pd.bdate_range("2020-01-01", periods=300)
    prices = pd.DataFrame({"A": 100 * 1.001 ** np.arange(300)}, time)

    def needle(bars, *, x: int = 0, y: int = 0):
        return bars["close"] * 0 + (1.0 if (x, y) == (2, 2) else 0.1 * (x == 2))

    result = sweep_strategy(
        Strategy("needle", needle), prices, {"x": [0, 1, 2, 3], "y": [0, 1, 2, 3]},
        metric="total_return", costs=Costs.none(),
    )  # fmt: skip
    near = result.stability_of_best
    table = result.stability().set_index(["x", "y"])
    assert near.count == 8
    assert near.worst_neighbour == 0.0
    returns = result.to_frame().set_index(["x", "y"])["total_return"]
    around = [returns[x, y] for x in (1, 2, 3) for y in (1, 2, 3) if (x, y) != (2, 2)]
    assert near.neighbours == pytest.approx(np.mean(around))
    assert near.retained < 0.1
    assert table.loc[(0, 0), "count"] == 3
    assert table.loc[(0, 0), "neighbours"] == pytest.approx(
        np.mean([returns[0, 1], returns[1, 0], returns[1, 1]])
    )


def test_figures(prices):
    grid = {"fast": [2, 3, 4], "slow": [5, 8]}
    result = sweep_strategy(lookup("strategy", CROSS), prices, grid)
    spread, heat = result.plot().children
    assert spread.title.text == "sharpe ratio of all combinations"
    image = heat.renderers[0].data_source.data["image"][0]
    table = result.to_frame().pivot_table("sharpe_ratio", "fast", "slow")
    np.testing.assert_allclose(image, table.to_numpy())
    other = result.heatmap("fast", "slow", "total_return")
    assert other.renderers[0].data_source.data["image"][0].shape == (2, 3)
    lines = result.parallel_coordinates().renderers[0].data_source.data
    assert len(lines["xs"]) == 6
    assert lines["score"][-1] == result.optimum.measures["sharpe_ratio"]
    with pytest.raises(UnknownName, match="fast"):
        result.heatmap("fats", "slow")


def test_optimizing_says_what_the_gain_is_worth(prices, context, ledger):
    made = optimize_strategy(
        CROSS, prices, {"fast": {"min": 2, "max": 9}, "slow": {"min": 10, "max": 14}},
        use_gpu=False, context=context,
    )  # fmt: skip
    asked, found = made.optimization, made.results
    assert (asked.iterations_completed, asked.iterations_requested) == (40, 1000)
    assert asked.original_parameters == {"fast": 20, "slow": 50}
    before = run_backtest(CROSS, prices, use_gpu=False, context=context)
    after = run_backtest(
        CROSS, prices, use_gpu=False, parameters=asked.optimized_parameters, context=context
    )
    assert found.original_performance == pytest.approx(before.results.sharpe_ratio)
    assert found.optimized_performance == pytest.approx(after.results.sharpe_ratio)
    assert made.trial == after.trial == 41
    gain = found.optimized_performance - found.original_performance
    assert found.improvement_percentage == pytest.approx(
        100 * gain / abs(found.original_performance)
    )
    low, high = found.confidence_interval
    assert low < found.optimized_performance < high
    assert found.verdict.startswith("trial 41 on this question; family-wise p =")
    assert len(made.to_frame()) == 40


def test_optimizing_never_makes_it_worse(context):
    rising = pd.DataFrame(
        {"A": 100 * 1.001 ** np.arange(120)}, pd.bdate_range("2020-01-01", periods=120)
    )

    def share(bars, *, weight: float = 1.0):
        return bars["close"] * 0 + weight

    made = optimize_strategy(
        Strategy("share", share), rising, {"weight": [0.1, 0.5]}, use_gpu=False,
        optimization_metric="total_return", context=context,
    )  # fmt: skip
    assert made.optimization.optimized_parameters == {"weight": 1.0}
    assert made.results.optimized_performance == made.results.original_performance
    assert made.results.improvement_percentage == 0
    assert made.results.verdict.startswith("trial 3 on this question")
    assert any("None of 2 combinations did better" in note for note in made.notes)


def test_optimizing_draws_where_there_are_too_many(prices, context):
    ranges = {"fast": {"min": 2, "max": 40}, "slow": {"min": 5, "max": 90}}
    made = optimize_strategy(CROSS, prices, ranges, 12, context=context)
    assert made.optimization.iterations_completed == 12
    assert any("run on the CPU" in note for note in made.notes)


def test_optimizing_from_where_the_caller_is(prices, context):
    made = optimize_strategy(
        "mean_reversion", prices, {"window": [5, 10]}, use_gpu=False,
        parameters={"window": 7, "entry_z": 1.1}, context=context,
        optimization_metric="win_rate",
    )  # fmt: skip
    start = made.optimization.original_parameters
    assert (start["window"], start["entry_z"]) == (7, 1.1)
    assert made.optimization.optimized_parameters["entry_z"] == 1.1
    assert all(np.isnan(made.results.confidence_interval))


def test_the_short_form(prices, context):
    made = optimize_parameters(CROSS, prices, {"fast": [2, 4]}, context=context)
    assert made.optimization.iterations_completed == 2
    assert "moving_average_cross" in repr(made)
