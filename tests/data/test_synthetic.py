"""Drawn series are what they say: against closed forms, other libraries and published numbers."""

from __future__ import annotations

import datetime as dt
from functools import cache

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.context import Context, Resources
from workbench.data import load_bars
from workbench.data.downloads import download_data
from workbench.data.sources import (
    PROCESSES,
    Garch,
    Gbm,
    Heston,
    Merton,
    Momentum,
    Pair,
    Regimes,
    SyntheticSource,
    TurnOfMonth,
    process_of,
    simulate,
    synthetic_bars,
)
from workbench.data.sources.edges import turns_of_months
from workbench.data.sources.process import STEP, YEAR
from workbench.domain import OHLCV, Timeframe
from workbench.errors import InvalidInput, OutOfRange, UnknownName
from workbench.ports import BarSource, adapter
from workbench.store import MemoryLake

at = dt.datetime.fromisoformat
LONGEST = 12_000
DAY = Timeframe.parse("1d")
EXAMPLES = ["GBM-1", "HESTON-2", "MERTON-1", "REGIMES-3", "GARCH-1", "EDGE-MOMENTUM-9"]
EXAMPLES += ["EDGE-PAIR-1A", "EDGE-PAIR-1B", "EDGE-CALENDAR-2"]
SERIES = st.sampled_from(EXAMPLES)
DATES = st.datetimes(at("1989-12-01"), at("2026-01-01"))


@cache
def many(name, count=40):
    """Many long series of a process with its usual numbers."""
    return simulate(name, count, LONGEST, start="1990-01-02")


def simple_returns(drawn):
    """From the opening of the path at 100, session by series."""
    close = drawn.bars["close"].to_pandas()
    before = close.shift().fillna(100.0)
    return (close / before - 1).to_numpy()


def log_returns(drawn):
    return np.log1p(simple_returns(drawn))


def of_truth(drawn, column):
    return drawn.truth[column].to_xarray().sel(symbol=list(drawn.symbols)).to_numpy()


def near(samples, expected, sigmas=4.5):
    """Whether the mean of independent samples is what it should be, by their own spread."""
    error = np.std(samples, ddof=1) / np.sqrt(len(samples))
    assert abs(np.mean(samples) - expected) < sigmas * error + 1e-15, (np.mean(samples), expected)


def rows(symbols, start, end, timeframe=DAY, seed=0):
    pages = list(SyntheticSource(seed).bars(symbols, timeframe, start, end))
    return pa.concat_tables(pages).to_pylist() if pages else []


# The law of the source


@settings(max_examples=25, deadline=None)
@given(SERIES, st.lists(DATES, min_size=3, max_size=3))
def test_a_bar_is_the_same_whatever_else_is_asked_for(symbol, dates):
    first, middle, last = sorted(dates)
    whole = rows([symbol], first, last)
    assert rows([symbol], first, middle) + rows([symbol], middle, last) == whole
    beside = rows(["GBM-5", symbol, "HESTON-1"], middle, last)
    alone = rows([symbol], middle, last)
    assert [row for row in beside if row["symbol"] == symbol] == alone


@settings(max_examples=10, deadline=None)
@given(
    SERIES, st.dates(dt.date(1990, 1, 2), dt.date(2025, 1, 1)), st.sampled_from(["1m", "5m", "1h"])
)
def test_a_day_of_minutes_adds_up_to_its_bar(symbol, day, text):
    start = dt.datetime.combine(day, dt.time())
    end = start + dt.timedelta(days=7)
    minutes = pd.DataFrame(rows([symbol], start, end, Timeframe.parse(text)))
    together = minutes.groupby(minutes["time"].dt.normalize()).agg(
        {"open": "first", "high": "max", "low": "min", "close": "last", "volume": "sum"}
    )
    days = pd.DataFrame(rows([symbol], start, end)).set_index("time")[list(OHLCV)]
    pd.testing.assert_frame_equal(together, days, check_names=False, check_exact=True)
    _assert_shaped(minutes)


def _assert_shaped(bars):
    assert (bars["high"] >= bars[["open", "close"]].max(axis=1)).all()
    assert (bars["low"] <= bars[["open", "close"]].min(axis=1)).all()
    assert (bars["low"] > 0).all()
    assert (bars["volume"] >= 0).all()


def test_minutes_lie_between_opening_and_close():
    """A half day, 29 November 2024: 9:30 to 13:00 in New York."""
    start = at("2024-11-29")
    found = [
        row["time"]
        for row in rows(["GBM-1"], start, start + dt.timedelta(1), Timeframe.parse("30m"))
    ]
    assert found == list(pd.date_range("2024-11-29 14:30", "2024-11-29 17:30", freq="30min"))


def test_another_seed_and_another_number_are_other_series():
    period = at("2020-01-01"), at("2020-02-01")
    closes = {
        tuple(row["close"] for row in rows([symbol], *period, seed=seed))
        for symbol in ("GBM-1", "GBM-2")
        for seed in (0, 1)
    }
    assert len(closes) == 4


@pytest.mark.parametrize(
    "symbol",
    ["GBM-0", "GBM", "gbm-1", "GBM-01", "NOSUCH-1", "EDGE-PAIR-1", "GBM-1A", "EDGE-PAIR-1C", ""],
)
def test_a_symbol_that_names_no_series(symbol):
    with pytest.raises(UnknownName, match="EDGE-PAIR-1A"):
        rows(
            [symbol],
            at("2020-01-01"),
            at("2020-02-01"),
        )


def test_the_source_is_found_by_its_name():
    source = adapter(BarSource, "synthetic")
    assert source.facts.name == "synthetic"
    with pytest.raises(InvalidInput, match="Choose one of: 1m"):
        next(source.bars(["GBM-1"], Timeframe.parse("2h"), at("2020-01-01"), at("2020-02-01")))


def test_the_bars_of_a_simulation_are_those_of_the_source():
    for name in PROCESSES:
        drawn = simulate(name, 1, 30, start="2020-01-02")
        for symbol in drawn.symbols:
            found = rows([symbol], at("2020-01-02"), at("2020-02-14"))
            for field in OHLCV:
                drawn_here = drawn.bars[field].sel(symbol=symbol).to_numpy().tolist()
                assert [row[field] for row in found] == drawn_here
        assert type(process_of(symbol)) is PROCESSES[name]


def test_a_download_brings_them_into_the_lake_once(own_home):
    context = Context(resources=Resources(lake=MemoryLake()))
    asked = {"start": "2020-01-02", "end": "2020-02-28", "context": context}
    report = download_data("synthetic", ["GBM-1", "EDGE-PAIR-1B"], **asked)
    assert (report.new, report.quarantined) == (80, 0)
    assert download_data("synthetic", ["GBM-1", "EDGE-PAIR-1B"], **asked).pieces == 0
    bars = load_bars("synthetic-1d:GBM-1", context=context)
    assert bars["close"].equals(simulate("gbm", 1, 40, start="2020-01-02").bars["close"])


# What holds for every process


@pytest.mark.parametrize("name", PROCESSES)
def test_bars_are_shaped_like_bars(name):
    drawn = many(name)
    _assert_shaped(drawn.bars.reset_coords(drop=True).to_dataframe())
    assert drawn.bars["volume"].min() >= 1
    assert np.isfinite(drawn.bars.to_array()).all()


@pytest.mark.parametrize("name", PROCESSES)
def test_returns_have_the_moments_that_were_foreseen(name):
    """Standardised by what was known before, they have mean 0 and variance 1 and no memory."""
    drawn = many(name)
    known = of_truth(drawn, "expected_return"), of_truth(drawn, "volatility") * np.sqrt(STEP)
    surprise = (simple_returns(drawn) - known[0]) / known[1]
    every = slice(None, None, 2) if name == "pair" else slice(None)  # the legs are no two samples
    near(surprise[:, every].mean(axis=0), 0)
    near((surprise**2)[:, every].mean(axis=0), 1)
    near((surprise[1:] * surprise[:-1])[:, every].mean(axis=0), 0)


@pytest.mark.parametrize("name", ["gbm", "heston", "regimes", "momentum", "calendar"])
def test_who_knows_the_process_attains_what_is_attainable(name):
    """The weight of Ferson and Siegel, traded without costs, has the stated Sharpe ratio."""
    drawn = many(name)
    mean, variance = of_truth(drawn, "expected_return"), of_truth(drawn, "volatility") ** 2 * STEP
    gains = mean / (mean**2 + variance) * simple_returns(drawn)
    sharpe = gains.mean(axis=0) / gains.std(axis=0) * np.sqrt(YEAR)
    near(sharpe - drawn.attainable["attainable_sharpe"].to_numpy(), 0)
    held = simple_returns(drawn).mean(axis=0) / simple_returns(drawn).std(axis=0) * np.sqrt(YEAR)
    near(held - drawn.attainable["holding_sharpe"].to_numpy(), 0)


# Each process against what is known of it


def test_brownian_motion_has_the_moments_of_its_formula():
    returns = log_returns(many("gbm"))
    near(returns.mean(axis=0), (0.08 - 0.2**2 / 2) / 252)
    near(returns.var(axis=0, ddof=1), 0.2**2 / 252)
    standard = (returns - returns.mean()) / returns.std()
    near((standard**3).mean(axis=0), 0)
    near((standard**4).mean(axis=0), 3)
    assert many("gbm").attainable["attainable_sharpe"].iloc[0] == pytest.approx(
        0.08 / 0.2, rel=1e-3
    )


def test_extremes_follow_the_reflection_principle():
    """E[max] of a Brownian motion of variance w is √(2w/π); a fifth of a day is overnight."""
    drawn = simulate(Gbm(drift=0.2**2 / 2, volatility=0.2), 40, LONGEST, start="1990-01-02")
    bars = {name: drawn.bars[name].to_numpy() for name in OHLCV}
    within = 0.8 * 0.2**2 / 252
    near(np.log(bars["high"] / bars["open"]).mean(axis=0), np.sqrt(2 * within / np.pi))
    near(np.log(bars["open"] / bars["low"]).mean(axis=0), np.sqrt(2 * within / np.pi))
    near((np.log(bars["high"] / bars["open"]) ** 2).mean(axis=0), within)
    near(np.log(bars["close"] / bars["open"]).var(axis=0), within)
    gap = np.log(bars["open"][1:] / bars["close"][:-1])
    near(gap.var(axis=0), 0.2 * 0.2**2 / 252)


def test_a_call_under_heston_costs_what_is_published():
    """6.8061, in M. Broadie and O. Kaya, Operations Research 54, 2006, table 1."""
    heston = Heston(
        drift=0.0319,
        reversion=6.21,
        level=0.019,
        wildness=0.61,
        correlation=-0.70,
        start_variance=0.010201,
    )
    year = np.arange(252).astype("datetime64[D]")
    draw = np.random.default_rng(7)
    ends = np.array([heston.path(draw.spawn(1)[0], year).log_return.sum() for _ in range(8_000)])
    payoff = np.exp(-0.0319) * np.maximum(100 * np.exp(ends) - 100, 0)
    near(payoff, 6.8061, sigmas=3)
    near(np.exp(ends - 0.0319), 1.0, sigmas=3)


def test_the_variance_of_heston_is_that_of_a_gamma():
    """Mean θ, variance θξ²/2κ, skewness ξ √(2 / κθ), autocorrelation exp(-κt)."""
    variance = of_truth(many("heston"), "state") ** 2
    near(variance.mean(axis=0), 0.04)
    spread = 0.04 * 0.5**2 / (2 * 5.0)
    near(((variance - 0.04) ** 2).mean(axis=0), spread)
    near(((variance - 0.04) ** 3).mean(axis=0), spread**1.5 * 0.5 * np.sqrt(2 / (5.0 * 0.04)))
    lag = 21
    moved = (variance[lag:] - 0.04) * (variance[:-lag] - 0.04)
    near(moved.mean(axis=0), spread * np.exp(-5.0 * lag / 252))


def test_heston_falls_when_it_gets_wild():
    drawn = many("heston")
    changes = np.diff(of_truth(drawn, "state") ** 2, axis=0)
    returns = log_returns(drawn)[:-1]
    found = [np.corrcoef(a, b)[0, 1] for a, b in zip(changes.T, returns.T, strict=True)]
    assert np.mean(found) == pytest.approx(-0.7, abs=0.02)


def test_jumps_have_mertons_cumulants():
    """Of the log return of a year: σ² + λ(μ² + δ²), λ(μ³ + 3μδ²), λ(μ⁴ + 6μ²δ² + 3δ⁴)."""
    returns = log_returns(many("merton", 80))
    rate, mean, spread, sigma = 6.0, -0.02, 0.04, 0.15
    drift = 0.08 - rate * np.expm1(mean + spread**2 / 2) - sigma**2 / 2 + rate * mean
    around = returns - drift / 252
    second = sigma**2 + rate * (mean**2 + spread**2)
    third = rate * (mean**3 + 3 * mean * spread**2)
    fourth = rate * (mean**4 + 6 * mean**2 * spread**2 + 3 * spread**4)
    near(around.mean(axis=0), 0)
    near((around**2).mean(axis=0), second / 252)
    near((around**3).mean(axis=0), third / 252)
    near((around**4).mean(axis=0), fourth / 252 + 3 * (second / 252) ** 2)
    near(of_truth(many("merton", 80), "state").mean(axis=0), rate / 252)


def test_regimes_stay_and_move_as_they_should():
    drawn = many("regimes")
    regime, returns = of_truth(drawn, "state"), log_returns(drawn)
    for state, stay in ((0, 0.99), (1, 0.96)):
        was = regime[:-1] == state
        near([(now == state)[b].mean() for now, b in zip(regime[1:].T, was.T, strict=True)], stay)
    near(regime.mean(axis=0), 0.01 / (0.01 + 0.04))
    for state, volatility in ((0, 0.11), (1, 0.32)):
        near(
            [r[s == state].var() for r, s in zip(returns.T, regime.T, strict=True)],
            volatility**2 / 252,
        )


def test_garch_is_what_another_library_says():
    """The package arch filters the same volatility and estimates the numbers that were drawn."""
    arch = pytest.importorskip("arch")
    drawn = simulate(Garch(alpha=0.08, beta=0.90, degrees=6.0), 1, LONGEST, start="1990-01-02")
    percent = 100 * simple_returns(drawn)[:, 0]
    model = arch.arch_model(percent, mean="Constant", vol="GARCH", p=1, q=1, dist="t")
    long_run = 100**2 * 0.2**2 / 252
    fixed = model.fix([100 * 0.08 / 252, long_run * 0.02, 0.08, 0.90, 6.0])
    volatility = of_truth(drawn, "volatility")[:, 0] * 100 / np.sqrt(252)
    np.testing.assert_allclose(fixed.conditional_volatility[500:], volatility[500:], rtol=1e-10)
    fitted = model.fit(disp="off")
    for name, value in {"alpha[1]": 0.08, "beta[1]": 0.90, "nu": 6.0}.items():
        assert abs(fitted.params[name] - value) < 3.5 * fitted.std_err[name], name


def test_momentum_lasts_one_session():
    drawn = many("momentum")
    returns = simple_returns(drawn)
    around = (returns - 0.05 / 252) / (0.2 / np.sqrt(252))
    near((around[1:] * around[:-1]).mean(axis=0), 0.10)
    near((around[2:] * around[:-2]).mean(axis=0), 0.10**2)
    near(returns.var(axis=0), 0.2**2 / 252)
    assert drawn.attainable["attainable_r2"].mean() == pytest.approx(0.01, rel=0.02)


def test_what_momentum_attains_is_an_integral():
    """E[m² / (m² + v)] over the normal distribution of the mean, by Gauss and Hermite."""
    variance, persistence = 0.2**2 / 252, 0.3
    nodes, weights = np.polynomial.hermite_e.hermegauss(60)
    mean = 0.05 / 252 + persistence * np.sqrt(variance) * nodes
    share = mean**2 / (mean**2 + variance * (1 - persistence**2))
    gain = (weights * share).sum() / weights.sum()
    drawn = simulate(Momentum(persistence=persistence), 40, LONGEST, start="1990-01-02")
    near(drawn.attainable["attainable_sharpe"].to_numpy(), np.sqrt(gain / (1 - gain) * 252))


def test_a_pair_is_cointegrated():
    drawn = many("pair")
    logs = np.log(drawn.bars["close"].to_numpy())
    ratio = logs[:, ::2] - logs[:, 1::2]
    assert np.allclose(ratio[:-1], of_truth(drawn, "state")[1:, ::2], atol=1e-9)
    near((ratio[200:] ** 2).mean(axis=0), 0.05**2)
    near((ratio[210:] * ratio[200:-10]).mean(axis=0), 0.05**2 / 2)  # half of it is gone in 10
    walk = np.diff((logs[:, ::2] + logs[:, 1::2]) / 2, axis=0)
    near(walk.var(axis=0), 0.2**2 / 252)


def test_both_legs_together_attain_what_is_attainable():
    """The weights of Ferson and Siegel for two: means over second moments, as matrices."""
    drawn = simulate(Pair(spread=0.04, half_life=5), 30, LONGEST, start="1990-01-02")
    mean, returns = of_truth(drawn, "expected_return"), simple_returns(drawn)
    variance = of_truth(drawn, "volatility") ** 2 * STEP
    keep = 0.5 ** (1 / 5)
    shared = 0.2**2 / 252 - 0.04**2 * (1 - keep**2) / 4
    found = []
    for a in range(0, 60, 2):
        both = mean[:, a : a + 2]
        second = both[:, :, None] * both[:, None, :]
        second[:, 0, 0] += variance[:, a]
        second[:, 1, 1] += variance[:, a + 1]
        second[:, 0, 1] += shared
        second[:, 1, 0] += shared
        weights = np.linalg.solve(second, both[:, :, None])[:, :, 0]
        gains = (weights * returns[:, a : a + 2]).sum(axis=1)
        stated = drawn.attainable["attainable_sharpe"].iloc[a]
        found.append(gains.mean() / gains.std() * np.sqrt(252) - stated)
    near(found, 0)


def test_the_turn_of_the_month_by_hand():
    """New York was closed on 15 January and 19 February 2024."""
    days = np.arange("2024-01-25", "2024-03-07", dtype="datetime64[D]")
    days = days[np.is_busday(days, holidays=["2024-02-19"])]
    turning = [str(day) for day in days[turns_of_months(days)]]
    assert turning == [
        *("2024-01-31", "2024-02-01", "2024-02-02", "2024-02-05"),
        *("2024-02-29", "2024-03-01", "2024-03-04", "2024-03-05"),
    ]


def test_the_turn_of_the_month_pays_its_premium():
    drawn = simulate(TurnOfMonth(premium=0.002), 40, LONGEST, start="1990-01-02")
    turning, returns = of_truth(drawn, "state")[:, 0] == 1, simple_returns(drawn)
    near(returns[turning].mean(axis=0) - returns[~turning].mean(axis=0), 0.002)
    assert turning.mean() == pytest.approx(4 * 12 / 252, rel=0.01)


# Numbers of one's own


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: Gbm(volatility=-0.1), "volatility is out of range"),
        (lambda: Gbm(drift=float("nan")), "drift is out of range"),
        (lambda: Garch(alpha=0.3, beta=0.8), r"alpha \+ beta"),
        (lambda: Heston(correlation=1.0), "correlation"),
        (lambda: Regimes(stay_calm=1.0), "stay_calm"),
        (lambda: Merton(jumps=-1), "jumps"),
        (lambda: simulate("gbm", 1, 20_000), "12"),
        (lambda: simulate("gbm", 1, 10, start="1980-01-01"), "from 1990-01-02"),
    ],
)
def test_numbers_out_of_bounds_are_refused(make, words):
    with pytest.raises(OutOfRange, match=words):
        make()


def test_series_of_other_numbers_have_the_same_shocks():
    calm, wild = (log_returns(simulate(Gbm(0.0, s), 1, 500))[1:, 0] for s in (0.1, 0.3))
    np.testing.assert_allclose((wild + 0.3**2 / 504) / 3, calm + 0.1**2 / 504, atol=1e-12)


def test_the_operation_draws_with_its_own_numbers():
    report = synthetic_bars("heston", 2, 300, seed=3, parameters={"level": 0.09}, limit=10)
    assert report.parameters["level"] == 0.09
    assert report.symbols == ["HESTON-1", "HESTON-2"]
    assert (report.bars, report.left_out, len(report.records)) == (600, 590, 10)
    assert list(report.to_frame()) == [*OHLCV, "expected_return", "volatility", "state"]
    assert report.dataset["close"].shape == (300, 2)
    assert "attainable" in repr(report)
    assert report.plot().children[0].title.text == "heston: closes"
    again = synthetic_bars("heston", 2, 300, seed=3, parameters={"level": 0.09}, limit=10)
    assert again.records == report.records


def test_the_operation_names_what_a_process_has():
    with pytest.raises(UnknownName, match="Did you mean 'volatility'"):
        synthetic_bars("gbm", parameters={"volatilities": 0.1})
    with pytest.raises(UnknownName, match="parameter of pair"):
        synthetic_bars("pair", parameters={"leg": 1})
