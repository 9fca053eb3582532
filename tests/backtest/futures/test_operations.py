"""A future by name: what is not given comes from the lake, and the try is counted."""

import json

import numpy as np
import pandas as pd
import pytest

from workbench import registry
from workbench.backtest import backtest_future
from workbench.data import add_dataset, add_instruments
from workbench.errors import InvalidInput, UnknownName

pytest.importorskip("deltalake", reason="the extra 'lab' is not installed")

ENDS = {"ESH2024": "2024-03-15", "ESM2024": "2024-06-21"}


@pytest.fixture
def contracts(tmp_path, own_home):
    days = pd.bdate_range("2024-01-02", "2024-06-14")
    days = days[
        ~days.isin(pd.to_datetime(["2024-01-15", "2024-02-19", "2024-03-29", "2024-05-27"]))
    ]
    walk = 4800 + np.cumsum(np.random.default_rng(1).normal(1, 20, len(days))).round(2)
    front = np.where(days <= pd.Timestamp("2024-03-15"), walk, np.nan)
    path = tmp_path / "contracts.csv"
    table = {"date": days.strftime("%Y-%m-%d"), "ESH2024": front, "ESM2024": walk + 50}
    pd.DataFrame(table).to_csv(path, index=False)
    add_dataset("contracts", str(path))
    return "contracts"


def asked(**arguments):
    given = {"strategy": "moving_average_cross", "dataset": "contracts", "roll": "calendar"}
    return registry.call("backtest_future", given | arguments)


def test_from_a_wire(contracts):
    made = asked(multiplier=50, expiries=ENDS, parameters={"fast": 3, "slow": 10})
    sent = json.loads(made.model_dump_json())
    assert sent["trial"] == 1
    assert sent["underlying"] == "ES=F"
    assert [one["contract"] for one in sent["contract_records"]] == made.contracts.index.tolist()
    earned = sum(one["pnl"] for one in sent["contract_records"])
    assert earned == pytest.approx(made.total_return * made.initial_cash)
    assert len(sent["roll_records"]) == made.rolled
    assert made.backtest.trial == 1


def test_other_terms_are_another_trial(contracts):
    terms = [{}, {"multiplier": 5}, {"sessions_before": 3}, {"sessions_before": 0}]
    terms += [{"margin": {"leverage": 2}}, {}]
    base = {"multiplier": 50, "expiries": ENDS, "parameters": {"fast": 3, "slow": 10}}
    assert [asked(**base | one).trial for one in terms] == [1, 2, 3, 4, 5, 5]


def test_the_lake_knows_the_contracts(contracts, tmp_path):
    with pytest.raises(UnknownName):
        asked(multiplier=50)
    with pytest.raises(InvalidInput, match="multiplier"):
        asked(expiries=ENDS)
    path = tmp_path / "instruments.csv"
    path.write_text(
        "symbol,asset_class,multiplier,expires\n"
        "ESH2024,future,50,2024-03-15\nESM2024,future,50,2024-06-21\n"
    )
    add_instruments(str(path))
    assert asked().multiplier == 50


def test_a_failure_does_not_count(contracts):
    def broken(bars):
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        backtest_future(broken, contracts, multiplier=50, expiries=ENDS, roll="calendar")
    assert asked(multiplier=50, expiries=ENDS).trial == 1


def test_without_costs_a_roll_is_free(contracts):
    base = {"strategy": "buy_and_hold", "multiplier": 50, "expiries": ENDS}
    free, costly = (asked(**base, include_costs=charged) for charged in (False, True))
    assert (free.rolled, free.roll_cost) == (1, 0)
    assert costly.roll_cost > 0
