"""A model, traded: the numbers by hand, the samples apart, the ledger, the words."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from bokeh.models import BoxAnnotation

from workbench.backtest import forecast_strategy, neural_backtest, run_backtest
from workbench.backtest.forecasting.telling import statement
from workbench.data import load_bars
from workbench.errors import (
    InvalidInput,
    NoData,
    OutOfRange,
    TooLittleHistory,
    UnknownName,
)
from workbench.market import Costs

FREE = Costs.none()
DAYS = pd.bdate_range("2024-01-01", periods=10, name="time")
OPENS = [100.0, 100, 102, 103, 100, 100, 102, 104, 101, 100]
CLOSES = [100.0, 101, 103, 101, 99, 102, 105, 103, 100, 101]


@pytest.fixture
def ten():
    """Ten bars. The follower is long after a bar that rose: bars 1, 2, 5, 6 and 9."""
    fields = {"open": OPENS, "close": CLOSES}
    return xr.Dataset(
        {name: (("time", "symbol"), np.array(of)[:, None]) for name, of in fields.items()},
        {"time": DAYS, "symbol": ["ACME"]},
        {"timeframe": "1d"},
    )


def test_out_of_sample_is_the_account_that_was_worked_by_hand(ten, follower, model_of, context):
    """Learned until bar 2. Bought at the open of bar 3 (what bar 2 wanted), 103; sold at that of
    bar 4, 100; bought at that of bar 6, 102; sold at that of bar 8, 101."""
    model = model_of(follower, ten, DAYS[2])
    free = neural_backtest(model, symbol=ten, costs=FREE, context=context)
    earned = free.performance.neural_model
    assert earned.total_return == pytest.approx(100 / 103 * 101 / 102 - 1)
    assert earned.win_rate == 0.0
    assert earned.max_drawdown == pytest.approx(100 / 103 * 101 / 102 - 1)
    assert free.performance.buy_and_hold.total_return == pytest.approx(101 / 103 - 1)
    assert free.performance.repeat_last.total_return == 0.0
    assert free.in_sample is None
    assert free.beats_buy_and_hold is False
    period, traded = free.backtest_period, free.trading_statistics
    assert (period.start, period.bars, period.in_sample_bars) == (DAYS[3], 7, 0)
    assert (traded.total_trades, traded.forecasts, traded.long, traded.flat) == (2, 7, 3, 4)
    assert traded.time_in_market == pytest.approx(3 / 7)
    assert free.forecasts["weight"].to_list() == [1, 0, 0, 1, 1, 0, 0]
    assert free.forecasts.index[0] == DAYS[2]
    assert earned.volatility == pytest.approx(returns_by_hand().std(ddof=1) * np.sqrt(252))


def returns_by_hand():
    worth = np.array([101, 100, 100, 100, 105 * 100 / 102, 103 * 100 / 102, 101 * 100 / 102]) / 103
    return worth / np.r_[1.0, worth[:-1]] - 1


def test_costs_are_taken_at_each_order(ten, follower, model_of, context):
    model = model_of(follower, ten, DAYS[2])
    paid = neural_backtest(
        model, symbol=ten, costs=Costs(fee_bps=1.0, slippage_bps=2.0), context=context
    )
    trip = (1 - 1e-4) * (1 - 2e-4) / ((1 + 1e-4) * (1 + 2e-4))
    expected = 100 / 103 * 101 / 102 * trip**2 - 1
    assert paid.performance.neural_model.total_return == pytest.approx(expected, rel=1e-9)
    hold = 101 / 103 / ((1 + 1e-4) * (1 + 2e-4)) - 1
    assert paid.performance.buy_and_hold.total_return == pytest.approx(hold, rel=1e-9)
    assert paid.rule.threshold_bps == 6.0


def test_what_was_learned_from_stands_apart_and_first(ten, follower, model_of, context):
    model = model_of(follower, ten, DAYS[2])
    made = neural_backtest(model, DAYS[0].date(), symbol=ten, costs=FREE, context=context)
    alone = neural_backtest(model, symbol=ten, costs=FREE, context=context)
    assert made.performance.model_dump_json() == alone.performance.model_dump_json()
    assert made.risk_metrics == alone.risk_metrics
    old = made.in_sample
    assert (old.start, old.end, old.bars) == (DAYS[0], DAYS[2], 3)
    assert old.performance.neural_model.total_return == pytest.approx(103 / 102 - 1)
    assert made.backtest_period.out_of_sample_from == DAYS[3]
    assert made.statement.startswith("The 3 bars from 2024-01-01 to 2024-01-03 are in sample")
    assert "proves nothing" in made.statement
    assert list(made.to_frame().index.levels[0].sort_values()) == ["in sample", "out of sample"]
    assert made.equity.loc[DAYS[2]].to_list() == [1.0, 1.0, 1.0]
    assert made.equity["model"].iloc[-1] == pytest.approx(100 / 103 * 101 / 102)


def test_a_period_that_was_learned_from_has_no_performance(ten, follower, model_of, context):
    model = model_of(follower, ten, DAYS[6])
    made = neural_backtest(
        model, DAYS[1].date(), DAYS[5].date(), symbol=ten, costs=FREE, context=context
    )
    assert made.performance is made.trading_statistics is made.risk_metrics is None
    assert made.in_sample.bars == 5
    assert "No bar of this period is out of sample" in made.statement
    assert made.beats_buy_and_hold is None
    assert not made.has_skill
    assert made.trial is None
    assert "in sample" in made.to_frame().index


def test_the_ledger_counts_the_model_and_its_rule_once(walk, follower, model_of, context, ledger):
    model = model_of(follower, walk, walk.index[200])
    early = walk.index[20].date()
    first = neural_backtest(model, early, symbol=walk, context=context)
    again = neural_backtest(model, early, symbol=walk, context=context)
    other = neural_backtest(model, early, symbol=walk, threshold_bps=40.0, context=context)
    assert (first.trial, again.trial, other.trial) == (1, 1, 2)
    old, new = ledger.trials[:2]
    assert old.reason.startswith("in-sample")
    assert not old.counts
    assert new.counts
    assert new.subject.startswith("follower@")
    assert new.parameters == {
        "horizon": 1, "threshold_bps": 6.0, "allow_short": False, "rebalance_frequency": "daily",
    }  # fmt: skip
    assert {trial.verb for trial in ledger.trials} == {"backtest"}


def test_another_model_is_another_trial(walk, follower, model_of, context):
    until = walk.index[200]
    one, two = (
        model_of(follower, walk, until),
        model_of(replace(follower, promise=0.5), walk, until),
    )
    assert neural_backtest(one, symbol=walk, context=context).trial == 1
    assert neural_backtest(two, symbol=walk, context=context).trial == 2


def test_every_number_is_the_engines(walk, follower, model_of, context):
    model = model_of(follower, walk, walk.index[200])
    made = neural_backtest(
        model, symbol=walk, rebalance_frequency="weekly", allow_short=True, context=context
    )
    rule = forecast_strategy(follower, "other", allow_short=True, rebalance_frequency="weekly")
    report = run_backtest(rule, walk, walk.index[201].date(), context=context)
    pd.testing.assert_series_equal(made.backtest.returns, report.returns)
    own = made.performance.neural_model
    assert own.sharpe_ratio == report.results.sharpe_ratio
    assert own.volatility == report.risk_metrics.volatility
    assert made.risk_metrics.var_95 == report.risk_metrics.var_95
    assert made.risk_metrics.calmar_ratio == report.results.calmar_ratio
    assert made.trading_statistics.short > 0


def test_alpha_beta_and_shortfall_by_another_way(walk, follower, model_of, context):
    model = model_of(follower, walk, walk.index[199])
    made = neural_backtest(model, symbol=walk, costs=FREE, context=context)
    own = made.backtest.returns.to_numpy()
    close = walk["ACME"].to_numpy()[200:]
    market = close / np.r_[close[0], close[:-1]] - 1  # a benchmark begins at its first close
    slope, intercept = np.polyfit(market, own, 1)
    assert made.performance.beta == pytest.approx(slope)
    assert made.performance.alpha == pytest.approx(intercept * 252)
    ahead = own - market
    expected = ahead.mean() / ahead.std(ddof=1) * np.sqrt(252)
    assert made.performance.information_ratio == pytest.approx(expected)
    assert len(own) == 400
    worst = np.sort(own)[:20]
    assert made.risk_metrics.expected_shortfall == pytest.approx(-worst.mean())
    assert made.performance.benchmark.total_return == pytest.approx(close[-1] / close[0] - 1)


def test_a_network_that_foresees_a_wave_has_skill(wave_training, wave):
    trained, context = wave_training
    made = neural_backtest(trained.model_id, symbol=wave, context=context)
    assert made.backtest_period.trained_until == trained.training.trained_until
    assert not any("learned from" in note for note in made.notes)
    assert made.beats_buy_and_hold
    assert made.has_skill
    assert made.performance.neural_model.total_return > 0.5
    assert made.p_value < 0.01
    assert made.all_trials.trials > made.trial, "the training is a trial on these data too"
    assert "Luck explains neither" in made.statement
    same = neural_backtest(trained.model, symbol=wave, context=context)
    assert same.trial == made.trial, "loaded or in the hand, it is the same model"
    assert made.performance.repeat_last.total_return == 0.0


def test_a_network_of_a_random_walk_has_none(learned, walk):
    trained, context = learned(walk, 2)
    made = neural_backtest(trained.model, symbol=walk, threshold_bps=0.0, context=context)
    assert made.trading_statistics.total_trades > 0
    assert not made.has_skill
    assert "no skill is claimed" in made.statement


def test_luck_is_hardly_ever_called_skill(follower, model_of, context):
    rng = np.random.default_rng(11)
    index = pd.bdate_range("2020-01-01", periods=152, name="time")
    claimed = 0
    for _ in range(30):
        prices = 100 * np.exp(np.cumsum(rng.normal(0, 0.01, 152)))
        frame = pd.DataFrame({"ACME": prices}, index)
        model = model_of(follower, frame, index[1])
        made = neural_backtest(model, symbol=frame, costs=FREE, context=context)
        claimed += made.has_skill
    assert claimed <= 2, "5% of 30 is 1.5, and the claim asks for two things at once"


def test_a_market_that_rises_is_no_skill(model_of, follower, context):
    rng = np.random.default_rng(5)
    index = pd.bdate_range("2020-01-01", periods=400, name="time")
    frame = pd.DataFrame({"ACME": 50 * np.exp(np.cumsum(rng.normal(0.004, 0.01, 400)))}, index)
    always = replace(follower, promise=0.0)

    class Bull(type(always)):
        def predict(self, history, quantiles):
            return super().predict(history, quantiles) * 1.01

    made = neural_backtest(model_of(Bull(0.0), frame, index[50]), symbol=frame, context=context)
    assert made.p_value < 0.05
    assert not made.has_skill
    assert "which holding a market that rises is too" in made.statement


def test_a_model_that_never_trades_says_so(walk, follower, model_of, context):
    model = model_of(follower, walk, walk.index[300])
    made = neural_backtest(model, symbol=walk, threshold_bps=500.0, context=context)
    assert made.trading_statistics.total_trades == 0
    assert "It never traded" in made.statement


def test_closes_that_do_not_move_are_not_held_and_said(walk, follower, model_of, context):
    still = walk.copy()
    still.iloc[400:440] = still.iloc[400, 0]
    model = model_of(follower, still, still.index[300])
    made = neural_backtest(model, symbol=still, context=context)
    assert any(note.startswith("39 decisions had no forecast") for note in made.notes)
    assert (made.backtest.weights.iloc[102:138] == 0).all(axis=None)


def test_the_words_follow_the_numbers(walk, follower, model_of, context):
    made = neural_backtest(
        model_of(follower, walk, walk.index[300]), symbol=walk, use_gpu=False, context=context
    )
    assert not any("use_gpu" in note for note in made.notes)

    def words(sharpe, **changes):
        own = made.performance.neural_model.model_copy(update={"sharpe_ratio": sharpe})
        part = made.performance.model_copy(update={"neural_model": own})
        return statement(made.model_copy(update={"performance": part, **changes}))

    ahead, behind = 9.0, -9.0
    lucky = words(ahead, p_value=0.2)
    assert "Luck alone may have earned that (p = 0.2 for this one trial)" in lucky
    untested = words(ahead, p_value=0.01, p_over_holding=float("nan"))
    assert "a lead over holding cannot be tested: no skill" in untested
    leading = words(ahead, p_value=0.01, p_over_holding=0.3)
    assert "its lead over holding may be luck (p = 0.3, equal Sharpe ratios)" in leading
    assert "holding had the higher Sharpe ratio" in words(behind, p_value=0.0, p_over_holding=0.01)
    assert "p < 0.002" in words(ahead, p_value=0.0, p_over_holding=0.01, has_skill=True)


def test_few_bars_cannot_tell_luck(walk, follower, model_of, context):
    model = model_of(follower, walk, walk.index[560])
    made = neural_backtest(model, symbol=walk, context=context)
    assert "Whether that is luck cannot be told" in made.statement
    assert not made.has_skill


def test_another_series_is_warned_about(walk, wave, follower, model_of, context):
    model = model_of(follower, walk, walk.index[300])
    other = neural_backtest(model, symbol=wave, context=context)
    assert "trained on another series (frame:ACME)" in other.notes[0]
    assert other.symbol == "WAVE"
    assert other.backtest_period.out_of_sample_from > pd.Timestamp(model.trained_until)
    revised = neural_backtest(model, symbol=walk * 1.5, context=context)
    assert "not those that the model has learned from" in revised.notes[0]
    own = neural_backtest(model, symbol=walk, context=context)
    assert not any("learned from" in note for note in own.notes)


def test_the_benchmark_is_the_index_where_it_has_prices(follower, model_of, context):
    model = replace(
        model_of(follower, make_walk("2010-01-04"), "2015-01-02"), series="sp500-20:AAPL"
    )
    made = neural_backtest(model, end_date="2016-12-30", context=context)
    assert made.performance.benchmark_name == "SP500"
    assert made.symbol == "AAPL"
    itself = neural_backtest(model, end_date="2016-12-30", benchmark=None, context=context)
    assert itself.performance.benchmark_name == "AAPL"
    assert itself.performance.neural_model == made.performance.neural_model
    with pytest.raises(UnknownName, match="nothing-such"):
        neural_backtest(model, benchmark="nothing-such", context=context)


def make_walk(start):
    index = pd.bdate_range(start, periods=1_500, name="time")
    steps = np.random.default_rng(2).normal(0, 0.01, 1_500)
    return pd.DataFrame({"AAPL": 100 * np.exp(np.cumsum(steps))}, index)


def test_your_own_table_is_compared_with_itself(walk, follower, model_of, context):
    model = model_of(follower, walk, walk.index[300])
    made = neural_backtest(model, symbol=walk, context=context)
    assert made.performance.benchmark_name == "ACME"
    assert any("not with the S&P 500" in note for note in made.notes)
    given = neural_backtest(model, symbol=walk, benchmark=walk * 2, context=context)
    assert given.performance.benchmark == made.performance.benchmark


@pytest.mark.parametrize(
    ("start", "said"),
    [
        ("2016-01-01", "over the whole period"),
        ("2010-01-01", "over the whole period"),
        ("", "over the whole period"),
        (None, "no prices of sp500"),
    ],
    ids=["begins later", "ends before", "is empty", "is not there"],
)
def test_where_the_index_has_no_prices_it_is_compared_with_itself(
    start, said, follower, model_of, context, monkeypatch
):
    def loaded(data, **options):
        if data != "sp500":
            return load_bars(data, **options)
        if start is None:
            raise UnknownName("dataset", data)
        index = pd.bdate_range(start or "2014-01-01", periods=700, name="time")
        prices = load_bars(pd.DataFrame({"SP500": np.linspace(1, 2, 700)}, index))
        return prices if start else prices * np.nan

    monkeypatch.setattr("workbench.backtest.forecasting.running.load_bars", loaded)
    model = replace(
        model_of(follower, make_walk("2010-01-04"), "2015-01-02"), series="sp500-20:AAPL"
    )
    made = neural_backtest(model, end_date="2016-12-30", context=context)
    assert made.performance.benchmark_name == "AAPL"
    assert any(said in note and "is AAPL itself" in note for note in made.notes)


def test_a_file_can_be_traded(walk, follower, model_of, context, tmp_path):
    path = tmp_path / "walk.parquet"
    walk.reset_index().to_parquet(path)
    model = model_of(follower, walk, walk.index[300])
    from_file = neural_backtest(model, symbol=str(path), context=context)
    own = neural_backtest(model, symbol=walk, context=context)
    pd.testing.assert_frame_equal(from_file.to_frame(), own.to_frame())


def test_the_picture_shades_what_was_learned_from(ten, follower, model_of, context):
    model = model_of(follower, ten, DAYS[2])
    both = neural_backtest(model, DAYS[0].date(), symbol=ten, context=context).plot()
    for one in both.children:
        (shade,) = one.select({"type": BoxAnnotation, "name": "learned from"})
        assert pd.Timestamp(shade.right) == DAYS[2]
    alone = neural_backtest(model, symbol=ten, context=context).plot()
    assert not any(list(one.select({"name": "learned from"})) for one in alone.children)
    old = neural_backtest(model, DAYS[0].date(), DAYS[2].date(), symbol=ten, context=context)
    assert "proves nothing" in old.plot().children[0].title.text


def test_the_repr_says_the_words_the_rule_and_the_table(ten, follower, model_of, context):
    made = neural_backtest(model_of(follower, ten, DAYS[2]), symbol=ten, context=context)
    for said in (made.statement, "Decided each day: long where", "repeat-last, same rule", "  ! "):
        assert said in repr(made)


def test_wrong_requests_name_the_value_and_the_cure(ten, walk, follower, model_of, context):
    model = model_of(follower, ten, DAYS[2])
    with pytest.raises(InvalidInput, match="never trades") as caught:
        neural_backtest("naive", context=context)
    assert "neural_model_status" in str(caught.value)
    with pytest.raises(UnknownName, match="follower"):
        neural_backtest("follower", context=context)
    with pytest.raises(InvalidInput, match="symbol="):
        neural_backtest(model, context=context)
    with pytest.raises(OutOfRange, match="horizon"):
        neural_backtest(model, symbol=ten, horizon=2, context=context)
    with pytest.raises(UnknownName, match="hourly"):
        neural_backtest(model, symbol=ten, rebalance_frequency="hourly", context=context)
    with pytest.raises(NoData, match="has learned from all until") as caught:
        neural_backtest(replace(model, trained_until=DAYS[9].date()), symbol=ten, context=context)
    assert "start_date" in str(caught.value)
    with pytest.raises(TooLittleHistory, match="at least 2"):
        neural_backtest(model, DAYS[9].date(), symbol=ten, context=context)
    with pytest.raises(InvalidInput, match="before the start date"):
        neural_backtest(model, "2024-02-01", "2024-01-01", symbol=ten, context=context)
    with pytest.raises(OutOfRange, match="start_date"):
        neural_backtest(model, "2020-01-01", symbol=ten, context=context)
    with pytest.raises(InvalidInput, match="one symbol"):
        neural_backtest(model, symbol=walk.assign(B=1.0 + walk["ACME"]), context=context)
    long = model_of(replace(follower, input_size=20), ten, DAYS[2])
    with pytest.raises(TooLittleHistory):
        neural_backtest(long, symbol=ten, context=context)


def test_one_session_of_a_sample_is_left_out(ten, follower, model_of, context):
    model = model_of(follower, ten, DAYS[2])
    made = neural_backtest(model, DAYS[2].date(), symbol=ten, context=context)
    assert made.in_sample is None
    assert any("One session in sample" in note for note in made.notes)


def test_a_sample_in_which_nothing_can_be_forecast_is_left_out(
    walk, wave, follower, model_of, context
):
    model = model_of(replace(follower, input_size=20), walk, walk.index[15])
    made = neural_backtest(model, wave.index[0].date(), symbol=wave, context=context)
    assert made.in_sample is None
    assert any("needs 20 closes" in note for note in made.notes)
    assert made.performance is not None
