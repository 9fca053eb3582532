"""What was not known yet is nowhere: laws of universes, facts and macroeconomic series."""

from __future__ import annotations

from datetime import datetime, timedelta

import numpy as np
import pandas as pd
import pyarrow as pa
import xarray as xr
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.data.fundamentals import facts_asof, load_facts, macro_asof, store_facts
from workbench.data.fundamentals.facts import SCHEMA as FACTS
from workbench.data.fundamentals.macro import SCHEMA as MACRO
from workbench.data.universes import Measure, Rebalance, Side, Statistic, UniverseRule, membership
from workbench.domain import ACTION_COLUMNS
from workbench.store import MemoryLake

some = settings(deadline=None, max_examples=20)

rules = st.builds(
    lambda top, more, **rest: UniverseRule(top=top, keep=more and top + more, **rest),
    top=st.integers(1, 4),
    more=st.one_of(st.none(), st.integers(1, 3)),
    measure=st.sampled_from(list(Measure)),
    window=st.integers(1, 9),
    statistic=st.sampled_from(list(Statistic)),
    min_price=st.floats(0, 1e6, allow_nan=False),
    min_history=st.one_of(st.none(), st.integers(1, 99)),
    rebalance=st.sampled_from(list(Rebalance)),
    on=st.sampled_from(list(Side)),
)

SESSIONS = 45


def by_volume(rule):
    """A rule that the small panels can satisfy, by what they hold."""
    traded = {Measure.MARKET_VALUE: Measure.VOLUME}
    return rule.model_copy(
        update={
            "measure": traded.get(rule.measure, rule.measure),
            "min_price": rule.min_price % 40,
            "min_history": rule.min_history and rule.min_history % 9 + 1,
            "rebalance": Rebalance.WEEKLY
            if rule.rebalance is Rebalance.QUARTERLY
            else rule.rebalance,
        }
    )


def panel(seed, symbols=6):
    """Random walks that begin, pause and end at random."""
    rng = np.random.default_rng(seed)
    shape = (SESSIONS, symbols)
    close = 30 * np.exp(np.cumsum(rng.normal(0, 0.2, shape), axis=0))
    volume = rng.integers(1, 60, shape).astype(float)
    begin, end = rng.integers(0, 20, symbols), rng.integers(25, 60, symbols)
    rows = np.arange(SESSIONS)[:, None]
    absent = (rows < begin) | (rows > end) | (rng.random(shape) < 0.1)
    times = pd.bdate_range("2023-01-02", periods=SESSIONS).to_numpy("datetime64[ns]")
    return xr.Dataset(
        {
            "close": (("time", "symbol"), np.where(absent, np.nan, close)),
            "volume": (("time", "symbol"), np.where(absent, np.nan, volume)),
        },
        {
            "time": times,
            "symbol": list("ABCDEFGHIJ"[:symbols]),
            "calendar": ("symbol", ["24/5"] * symbols),
            "currency": ("symbol", ["USD"] * symbols),
            "known_at": ("time", times + np.timedelta64(21, "h")),
        },
        {"timeframe": "1d", "adjust": "none", "dataset": "random"},
    )


def delistings(*pairs):
    rows = [
        {"symbol": symbol, "time": pd.Timestamp(time).to_pydatetime(), "kind": "delisting"}
        for symbol, time in pairs
    ]
    return pa.Table.from_pylist(rows, pa.schema(list(ACTION_COLUMNS.items())))


@given(rules)
def test_a_rule_is_read_back_from_its_own_sentence(rule):
    assert UniverseRule.parse(str(rule)) == rule
    assert UniverseRule.parse(str(rule).upper()) == rule


@some
@given(seed=st.integers(0, 2**32 - 1), cut=st.integers(1, SESSIONS - 2), rule=rules)
def test_another_future_leaves_the_members_of_the_past(seed, cut, rule):
    rule, bars = by_volume(rule), panel(seed)
    whole = membership(bars, rule).mask
    later = xr.DataArray(np.arange(SESSIONS) >= cut, dims="time", coords={"time": bars["time"]})
    other = bars.where(~later, panel(seed + 1)).assign_attrs(bars.attrs)
    ends = delistings(("A", bars["time"].to_numpy()[cut + 1]))
    upto = slice(0, cut + 1)  # bar `cut` itself is not known on its own session
    for changed in (
        membership(other, rule).mask,
        membership(bars.isel(time=upto), rule).mask,
        membership(bars, rule, delistings=ends).mask,
    ):
        xr.testing.assert_equal(changed.isel(time=upto), whole.isel(time=upto))


@some
@given(seed=st.integers(0, 2**32 - 1), rule=rules, order=st.permutations(list("ABCDEF")))
def test_the_order_of_the_symbols_says_nothing(seed, rule, order):
    rule, bars = by_volume(rule), panel(seed).round(0)  # with ties
    made = membership(bars.sel(symbol=order), rule)
    assert made.table.equals(membership(bars, rule).table)


@some
@given(seed=st.integers(0, 2**32 - 1), rule=rules, factor=st.sampled_from([2.0, 4.0, 0.5]))
def test_a_split_changes_no_rank_by_dollar_volume(seed, rule, factor):
    rule = by_volume(rule).model_copy(update={"measure": Measure.DOLLAR_VOLUME, "min_price": 0.0})
    bars = panel(seed)
    ratio = xr.ones_like(bars["close"])
    ratio[20:, 2] = factor
    split = bars.assign(close=bars["close"] / ratio, volume=bars["volume"] * ratio)
    xr.testing.assert_equal(membership(split, rule).mask, membership(bars, rule).mask)


@some
@given(seed=st.integers(0, 2**32 - 1), rule=rules)
def test_a_name_that_ranks_below_all_others_takes_no_place_from_them(seed, rule):
    """Without the advantage of members; with it, the place of one that is already in is its own."""
    rule = by_volume(rule).model_copy(update={"measure": Measure.VOLUME, "keep": None})
    bars = panel(seed)
    quiet = bars.isel(symbol=[0]).assign_coords(symbol=["Z"])
    quiet["volume"] = quiet["volume"] * 0 + 1e-6
    both = xr.concat([bars, quiet], dim="symbol").assign_coords(known_at=bars["known_at"])
    both = both.transpose("time", "symbol").assign_attrs(bars.attrs)
    with_quiet = membership(both, rule).mask
    xr.testing.assert_equal(with_quiet.sel(symbol=bars["symbol"]), membership(bars, rule).mask)


@some
@given(seed=st.integers(0, 2**32 - 1), rule=rules)
def test_never_more_members_than_the_rule_allows_and_spells_say_what_the_mask_says(seed, rule):
    rule, bars = by_volume(rule), panel(seed)
    made = membership(bars, rule)
    assert made.mask.sum("symbol").max() <= rule.top
    again = type(made).of_spells(made.table, bars["time"].to_numpy(), "")
    for symbol in made.symbols:
        np.testing.assert_array_equal(again.mask.sel(symbol=symbol), made.mask.sel(symbol=symbol))
    assert made.mask.sum() == again.mask.sum()


DAY = datetime.fromisoformat("2020-01-01")
QUARTERS = pd.date_range("2019-12-31", periods=9, freq="QE")


@st.composite
def statements(draw):
    """Quarters, half-years, years and balances; restated, filed late, and changed by a vendor."""
    rows = []
    for number in range(draw(st.integers(1, 25))):
        ends = draw(st.integers(1, 8))
        length = draw(st.sampled_from([0, 1, 2, 3, 4]))
        if length > ends:
            continue
        start = QUARTERS[ends - length] + pd.Timedelta(days=1)
        filed = QUARTERS[ends] + pd.Timedelta(days=draw(st.integers(1, 500)))
        filed += pd.Timedelta(hours=draw(st.sampled_from([0, 0, 13, 21])))
        change = draw(st.one_of(st.none(), st.integers(0, 900)))
        rows.append(
            {
                "symbol": draw(st.sampled_from(["A", "B"])),
                "item": "balance" if length == 0 else "flow",
                "unit": "USD",
                "time": QUARTERS[ends].to_pydatetime(),
                "period_start": None if length == 0 else start.to_pydatetime(),
                "value": float(2**number),  # every sum is another number
                "filed_at": filed.to_pydatetime(),
                "source_id": str(number),
                "known_at": None if change is None else DAY + timedelta(days=change),
            }
        )
    schema = pa.schema([*FACTS, pa.field("known_at", pa.timestamp("us"))])
    return pa.Table.from_pylist(rows, schema)


@st.composite
def moments(draw):
    """Bars at any moments, of symbols that may have no facts."""
    hours = draw(st.lists(st.integers(0, 26_000), min_size=1, max_size=12, unique=True))
    stamps = np.datetime64(DAY, "ns") + np.sort(np.array(hours)) * np.timedelta64(1, "h")
    return xr.Dataset(
        coords={
            "time": stamps.astype("datetime64[D]").astype("datetime64[ns]"),
            "symbol": ["A", "B", "C"],
            "known_at": ("time", stamps),
        }
    )


def first_known(row):
    """When a statement could be read, by the rules in words: worked out a second time."""
    filed = pd.Timestamp(row["filed_at"])
    if filed == filed.normalize():
        next_day = filed + pd.Timedelta(days=1)
        filed = next_day.tz_localize("America/New_York").tz_convert("UTC").tz_localize(None)
    return filed if row["known_at"] is None else max(filed, pd.Timestamp(row["known_at"]))


def joined(facts, bars, span):
    held = set(facts["item"].to_pylist())
    items = [item for item in ("balance", "flow") if item in held]
    return facts_asof(facts, items, bars, span=span, max_age_days=None)


@some
@given(facts=statements(), bars=moments(), span=st.sampled_from(["ttm", "quarter", "year"]))
def test_what_is_filed_later_changes_no_earlier_bar(facts, bars, span):
    whole = joined(facts, bars, span)
    rows = facts.to_pylist()
    for place, moment in enumerate(bars["known_at"].to_numpy()):
        is_known = [first_known(row) <= pd.Timestamp(moment) for row in rows]
        known = facts.filter(pa.array(is_known, pa.bool_()))
        alone = joined(known, bars.isel(time=[place]), span)
        for name, values in whole.data_vars.items():
            then = values.isel(time=[place])
            if name in alone:
                xr.testing.assert_equal(alone[name], then)
            else:
                assert np.isnan(then).all()


@some
@given(facts=statements(), bars=moments())
def test_a_balance_is_that_of_the_latest_period_as_last_filed(facts, bars):
    """The same by brute force: every statement known at the bar is looked at."""
    rows = [row for row in facts.to_pylist() if row["item"] == "balance"]
    if not rows:
        return
    made = joined(facts, bars, "ttm")["balance"]
    for place, moment in enumerate(bars["known_at"].to_numpy()):
        for symbol in "ABC":
            known = [
                (row["time"], row["filed_at"], first_known(row), row["value"])
                for row in rows
                if row["symbol"] == symbol and first_known(row) <= pd.Timestamp(moment)
            ]
            expected = max(known)[-1] if known else np.nan
            np.testing.assert_equal(made.isel(time=place).sel(symbol=symbol).item(), expected)


@some
@given(facts=statements(), bars=moments(), random=st.randoms(use_true_random=False))
def test_the_order_of_the_statements_says_nothing(facts, bars, random):
    order = list(range(facts.num_rows))
    random.shuffle(order)
    shuffled = facts.take(pa.array(order, pa.int64()))
    xr.testing.assert_equal(joined(shuffled, bars, "ttm"), joined(facts, bars, "ttm"))


@some
@given(facts=statements(), cut=st.integers(0, 25), bars=moments())
def test_facts_that_come_in_two_parts_are_the_same_facts(facts, cut, bars):
    lake, at = MemoryLake(), DAY + timedelta(days=5000)
    for part in (facts.slice(0, cut), facts.slice(cut), facts):
        store_facts(lake, "any", part, recorded_at=at)
    symbols = facts["symbol"].unique().to_pylist()
    if symbols:
        held = load_facts(lake, symbols)
        xr.testing.assert_equal(joined(held, bars, "quarter"), joined(facts, bars, "quarter"))


@st.composite
def published(draw):
    """Monthly figures, published late and revised."""
    rows = draw(
        st.lists(
            st.tuples(st.sampled_from("XY"), st.integers(0, 20), st.integers(1, 900)),
            min_size=1,
            max_size=30,
            unique=True,
        )
    )
    months = pd.date_range("2020-01-01", periods=21, freq="MS")
    made = [
        {
            "symbol": name,
            "time": months[month].to_pydatetime(),
            "value": float(number),
            "unit": None,
            "known_at": months[month].to_pydatetime() + timedelta(days=days),
        }
        for number, (name, month, days) in enumerate(rows)
    ]
    return pa.Table.from_pylist(made, MACRO)


@some
@given(series=published(), bars=moments())
def test_a_series_is_that_of_the_latest_month_as_last_published(series, bars):
    names = sorted(set(series["symbol"].to_pylist()))
    made = macro_asof(series, names, bars)
    for place, moment in enumerate(bars["known_at"].to_numpy()):
        for name in names:
            known = [
                (row["time"], row["known_at"], row["value"])
                for row in series.to_pylist()
                if row["symbol"] == name and pd.Timestamp(row["known_at"]) <= pd.Timestamp(moment)
            ]
            expected = max(known)[-1] if known else np.nan
            np.testing.assert_equal(made[name].isel(time=place).item(), expected)
