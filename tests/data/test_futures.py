"""Continuous futures, against a roll that was worked out by hand."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
import xarray as xr
import yaml

from workbench.context import Context, Resources
from workbench.data import bars
from workbench.data.futures import continuous, continuous_future, contract_chain
from workbench.data.instruments import Instrument, store_instruments
from workbench.errors import InvalidInput, NoData, UnknownName
from workbench.store import MemoryLake

ANSWER = yaml.safe_load((Path(__file__).parents[1] / "answers" / "futures_roll.yaml").read_text())
F, G = ANSWER["closes"]
EXPIRES = ANSWER["expires"]


def chain_of(closes, sizes, days=None, **more):
    """Contracts as bars: closes, volumes and open interests."""
    index = pd.DatetimeIndex(days or ANSWER["days"])
    made = bars(pd.DataFrame(closes, index=index, dtype=float), timeframe="1d", calendar="24/5")
    numbers = {name: pd.DataFrame(of, index=index, dtype=float) for name, of in more.items()}
    for name, frame in {"volume": pd.DataFrame(sizes, index=index, dtype=float), **numbers}.items():
        made[name] = (("time", "symbol"), frame[list(closes)].to_numpy())
    return made


@pytest.fixture
def chain():
    sizes = ANSWER["sizes"]
    return chain_of(ANSWER["closes"], sizes, open_interest=sizes)


def only_roll(series):
    (row,) = series.rolls.to_dict("records")
    row["date"], row["decided"] = (str(row[name].date()) for name in ("date", "decided"))
    return row


@pytest.mark.parametrize("adjust", ["none", "ratio", "difference"])
@pytest.mark.parametrize("anchor", ["last", "first"])
def test_the_series_is_the_one_worked_out_by_hand(chain, adjust, anchor):
    series = continuous(chain, EXPIRES, adjust=adjust, anchor=anchor)
    expected = ANSWER["none" if adjust == "none" else f"{adjust}_{anchor}"]
    np.testing.assert_allclose(series.bars["close"].to_numpy()[:, 0], expected, rtol=1e-12)
    assert series.bars["contract"].to_numpy().tolist() == ANSWER["contract"]
    roll = only_roll(series)
    assert (roll["from"], roll["to"], roll["rule"]) == (F, G, "volume")
    assert {key: roll[key] for key in ("decided", "date", "gap")} == {
        key: ANSWER["by_volume"][key] for key in ("decided", "date", "gap")
    }
    assert roll["ratio"] == pytest.approx(ANSWER["by_volume"]["ratio"], abs=1e-12)
    volume = series.bars["volume"].to_numpy()[:, 0]
    assert volume.tolist() == [50, 40, 30, 20, 10, 60, 70, 80]  # never adjusted


def test_returns_by_ratio_are_those_of_holding_and_rolling(chain):
    for anchor in ("last", "first"):
        closes = continuous(chain, EXPIRES, anchor=anchor).bars["close"].to_numpy()[:, 0]
        np.testing.assert_allclose(1000 * closes / closes[0], ANSWER["equity"], rtol=1e-12)


@pytest.mark.parametrize(
    ("answer", "how", "rule"),
    [
        ("by_calendar", {"roll": "calendar", "sessions_before": 2}, "calendar"),
        ("by_first_notice", {"roll": "calendar", "sessions_before": 2}, "calendar"),
        ("by_open_interest", {"roll": "open_interest"}, "open_interest"),
    ],
)
def test_other_rules_roll_on_the_day_worked_out_by_hand(chain, answer, how, rule):
    days = pd.DataFrame({"expires": EXPIRES})
    days["first_notice"] = pd.Series({F: ANSWER[answer].get("notice")})
    roll = only_roll(continuous(chain, days, **how))
    expected = {key: ANSWER[answer][key] for key in ("decided", "date", "gap")}
    assert {key: roll[key] for key in expected} == expected
    assert roll["rule"] == rule


def test_a_contract_is_left_in_time_even_if_its_volume_stays():
    sizes = {F: ANSWER["sizes"][F], G: [1] * 8}
    roll = only_roll(continuous(chain_of(ANSWER["closes"], sizes), EXPIRES))
    assert (roll["decided"], roll["date"]) == (
        ANSWER["by_expiry"]["decided"],
        ANSWER["by_expiry"]["date"],
    )
    assert roll["rule"] == "expiry"


def test_months_that_nobody_trades_are_passed_over():
    closes = {**ANSWER["closes"], "XYH2024": [120.0] * 8}
    sizes = {F: ANSWER["sizes"][F], G: [1] * 8, "XYH2024": ANSWER["sizes"][G]}
    roll = only_roll(continuous(chain_of(closes, sizes), {**EXPIRES, "XYH2024": "2024-03-08"}))
    assert (roll["from"], roll["to"]) == (F, "XYH2024")


def test_a_roll_waits_until_both_contracts_have_a_price():
    closes = {F: ANSWER["closes"][F], G: [110, 112, 110, 113, np.nan, 116, 118, 120]}
    roll = only_roll(continuous(chain_of(closes, ANSWER["sizes"]), EXPIRES))
    assert (roll["decided"], roll["date"], roll["gap"]) == ("2024-01-04", "2024-01-08", 11)


def test_intraday_bars_roll_within_the_session():
    hours = pd.date_range("2024-03-04 08:00", periods=10 * 24, freq="h", tz="UTC")
    hours = hours[hours.dayofweek < 5]
    closes = {"ESH2024": np.full(len(hours), 5100.0), "ESM2024": np.full(len(hours), 5160.0)}
    made = bars(pd.DataFrame(closes, index=hours), timeframe="1h", calendar="24/5")
    roll = only_roll(
        continuous(made, {"ESH2024": "2024-03-15", "ESM2024": "2024-06-21"}, roll="calendar")
    )
    assert (roll["date"], roll["decided"]) == ("2024-03-08", "2024-03-08")  # five sessions before


def test_what_the_attributes_say(chain):
    series = continuous(chain, EXPIRES)
    assert series.bars["symbol"].item() == "XY=F"
    assert series.bars.attrs["anchored_at"] == (f"{G}: earlier levels change with each new roll")
    first = continuous(chain, EXPIRES, anchor="first", name="XY").bars
    assert first.attrs["anchored_at"] == f"{F}: the past is fixed"
    assert first["symbol"].item() == "XY"
    assert first["calendar"].to_numpy().tolist() == ["24/5"]
    assert (first["known_at"] > first["time"]).all()
    assert repr(series) == (
        "ContinuousSeries('XY=F', 8 bars 2024-01-01 to 2024-01-10, 1 rolls by volume, ratio,"
        " anchored at the last contract)"
    )


def test_open_high_and_low_move_with_the_close(chain):
    chain["high"] = chain["close"] + 1
    made = continuous(chain, EXPIRES, adjust="difference").bars
    np.testing.assert_allclose(made["high"] - made["close"], 1.0)
    made = continuous(chain, EXPIRES).bars
    np.testing.assert_allclose((made["high"] / made["close"])[0, 0], 101 / 100)


def test_a_ratio_needs_positive_prices():
    closes = {F: [20, 10, 5, 1, -37.63, -30, None, None], G: ANSWER["closes"][G]}
    negative = xr.zeros_like(chain_of({F: [1] * 8, G: [1] * 8}, ANSWER["sizes"]))
    negative["close"] = (("time", "symbol"), pd.DataFrame(closes, dtype=float).to_numpy())
    negative["volume"] = chain_of({F: [1] * 8, G: [1] * 8}, ANSWER["sizes"])["volume"]
    with pytest.raises(InvalidInput, match="difference"):
        continuous(negative, EXPIRES)
    made = continuous(negative, EXPIRES, adjust="difference").bars["close"].to_numpy()[:, 0]
    np.testing.assert_allclose(np.diff(made)[:4], [-10, -5, -4, -38.63])


def test_a_chain_that_breaks_off_is_refused():
    closes = {F: [100, 102, 101, None, None, None, None, None], G: [None] * 6 + [118, 120]}
    with pytest.raises(NoData, match=f"{F} ended before"):
        continuous(chain_of(closes, ANSWER["sizes"]), EXPIRES)
    with pytest.raises(NoData, match="No contract has a price"):
        continuous(
            chain_of(ANSWER["closes"], ANSWER["sizes"]), dict.fromkeys(EXPIRES, "2023-12-29")
        )


def test_a_chain_may_end(chain):
    made = continuous(chain.sel(symbol=[F]), EXPIRES).bars
    assert made.sizes["time"] == 7  # up to its last day, without a price on that day
    assert np.isnan(made["close"].to_numpy()[-1, 0])


def test_what_is_missing_is_told(chain):
    with pytest.raises(UnknownName, match=G):
        continuous(chain, {F: EXPIRES[F]})
    with pytest.raises(InvalidInput, match="no open interest"):
        continuous(chain.drop_vars("open_interest"), EXPIRES, roll="open_interest")
    mixed = chain.assign_coords(currency=("symbol", ["USD", "EUR"]))
    with pytest.raises(InvalidInput, match="one currency"):
        continuous(mixed, EXPIRES)


def test_chains_are_made_of_whatever_tells_the_last_days():
    expected = [F, G]
    days = {G: dt.date(2024, 2, 9), F: "2024-01-09"}
    instruments = [
        Instrument(s, s, underlying="XY", expires=dt.date.fromisoformat(EXPIRES[s])) for s in (G, F)
    ]
    other = Instrument("ESZ2026", "ESZ2026", underlying="ES", expires=dt.date(2026, 12, 18))
    table = pa.table({"symbol": [G, F], "expires": [days[G], dt.date(2024, 1, 9)]})
    frame = table.to_pandas().assign(first_notice=["2024-02-01", "2024-01-02"])
    for contracts in (days, pd.Series(days), table, frame, instruments):
        chain = contract_chain(contracts)
        assert chain.index.tolist() == expected
        assert chain["expires"].dt.strftime("%Y-%m-%d").tolist() == ["2024-01-09", "2024-02-09"]
    assert contract_chain([*instruments, other], underlying="XY").index.tolist() == expected
    assert contract_chain(frame)["first_notice"].iloc[0] == pd.Timestamp("2024-01-02")
    with pytest.raises(NoData, match="no contract"):
        contract_chain(instruments, underlying="CL")
    with pytest.raises(NoData, match="not known when"):
        contract_chain({F: None})
    with pytest.raises(InvalidInput, match="twice"):
        contract_chain(pd.concat([frame, frame]))
    with pytest.raises(InvalidInput, match="first notice"):
        contract_chain(frame.assign(first_notice="2025-01-01"))


@pytest.fixture
def context():
    return Context(resources=Resources(lake=MemoryLake()))


def test_the_operation_finds_the_last_days_in_the_lake(chain, context):
    rows = pa.table(
        {
            "instrument": [F, G],
            "symbol": [F, G],
            "asset_class": ["future", "future"],
            "expires": pd.to_datetime([EXPIRES[F], EXPIRES[G]]),
        }
    )
    with pytest.raises(UnknownName, match=F):
        continuous_future(chain, context=context)
    store_instruments(context.lake, "mine", rows, dt.datetime.fromisoformat("2026-11-22"))
    report = continuous_future(chain, roll="open_interest", limit=3, context=context)
    assert report.contracts == [F, G]
    assert (report.bars, report.left_out, len(report.records)) == (8, 5, 3)
    record = report.records[0]
    assert record.pop("close") == pytest.approx(116)  # 105 times 116/105
    assert record == {
        "time": "2024-01-08T00:00:00",
        "contract": F,
        "volume": 5.0,
        "open_interest": 5.0,
    }
    assert str(report.rolls[0].date.date()) == ANSWER["by_open_interest"]["date"]
    assert report.to_frame()["gap"].tolist() == [11]
    assert "earlier levels change" in repr(report)
    sent = json.loads(report.model_dump_json())
    assert sent["rolls"][0]["old"] == F
    assert "series" not in sent


def test_the_operation_by_hand_and_its_plot(chain, context):
    report = continuous_future(
        chain, "2024-01-02", "2024-01-09", expiries=EXPIRES, adjust="none", context=context
    )
    assert report.start == dt.datetime.fromisoformat("2024-01-02")
    assert report.raw.tolist() == ANSWER["none"][1:7]
    figure = report.plot()
    marks = [one for one in figure.renderers if "from" in one.data_source.column_names]
    assert marks[0].data_source.data["from"].tolist() == [F]
    assert marks[0].data_source.data["price"].tolist() == [104]
    short = continuous_future(chain, "2024-01-02", "2024-01-03", expiries=EXPIRES, context=context)
    assert short.rolls == []
    assert short.plot() is not None
