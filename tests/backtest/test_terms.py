"""What else of a market can be asked for by name: lots, margin, actions, currencies."""

import json

import pandas as pd
import pytest

from workbench import registry
from workbench.backtest import run_backtest
from workbench.data import add_corporate_actions, add_dataset
from workbench.errors import InvalidInput, NoData, UnknownName
from workbench.market import Margin

pytest.importorskip("deltalake", reason="the extra 'lab' is not installed")

DAYS = pd.date_range("2024-01-01", periods=80, freq="D")
PRICES = [100.0] * 40 + [50.0] * 40
"""A split, two for one, on 10 February."""


def written(folder, name, closes, **facts):
    path = folder / f"{name}.csv"
    table = {"date": DAYS.astype(str), "symbol": facts.pop("symbol", name.upper())}
    # beside an adjusted close the close is as traded
    pd.DataFrame(table | {"close": closes, "adj close": closes}).to_csv(path, index=False)
    columns = {"time": "date", "symbol": "symbol", "close": "close"}
    return add_dataset(name, str(path), columns=columns, calendar="24/7", **facts)


@pytest.fixture
def mine(tmp_path, own_home):
    written(tmp_path, "mine", PRICES, currency="USD")
    actions = tmp_path / "actions.csv"
    actions.write_text("symbol,ex_date,kind,ratio\nMINE,2024-02-10,split,2:1\n")
    add_corporate_actions(str(actions), "mine")
    return "mine"


def mixed():
    """Bars in euros and in pounds."""
    from workbench.data import bars

    made = bars(pd.DataFrame({"A": PRICES, "B": PRICES}, DAYS), calendar="24/7", currency="EUR")
    return made.assign_coords(currency=("symbol", ["EUR", "GBP"]))


def asked(**arguments):
    """Through the registry, as a wire calls it."""
    given = {"strategy": "buy_and_hold", "symbol": "mine", "benchmark": None, **arguments}
    given |= {"include_costs": False, "use_gpu": False}
    return registry.call("run_backtest", given)


def test_corporate_actions_of_a_dataset_happen_to_what_is_held(mine):
    assert asked().results.total_return == pytest.approx(-0.5)  # nobody said it was a split
    report = asked(actions="mine")
    assert report.results.total_return == pytest.approx(0.0)
    assert report.orders["price"].tolist() == [100.0]
    assert report.market["actions"].startswith("1 actions ")
    assert json.loads(report.model_dump_json())["market"] == report.market


def test_a_dataset_without_actions_is_said(tmp_path, own_home):
    written(tmp_path, "mine", PRICES, currency="USD")
    with pytest.raises(NoData, match="no corporate actions of mine"):
        asked(actions="mine")
    with pytest.raises(UnknownName):
        asked(actions="theirs")


def test_lots_margin_and_delistings_travel(mine):
    report = asked(lot=7, margin={"leverage": 1.5}, delisting_returns={"MINE": -1.0})
    assert (report.orders["size"] % 7).tolist() == [0]
    assert report.market == {
        "lot": 7,
        "margin": {"leverage": 1.5, "maintenance": 0.25},
        "delisting_returns": {"MINE": -1.0},
    }
    assert any("margin account" in note for note in report.notes)


def test_other_terms_are_another_trial(mine):
    terms = ({}, {"lot": 10.0}, {"margin": {}}, {"margin": {"leverage": 2.0}}, {"lot": 10.0})
    assert [asked(**one).trial for one in terms] == [1, 2, 3, 3, 3]


def test_an_account_in_another_currency(tmp_path, own_home):
    written(tmp_path, "mine", [100.0] * 80, currency="EUR")
    with pytest.raises(UnknownName, match="exchange rate"):
        asked(currency="USD")
    with pytest.raises(InvalidInput, match="run_backtest and simulate take currency"):
        run_backtest("buy_and_hold", mixed(), benchmark=None, use_gpu=False)
    frame = pd.DataFrame({"A": PRICES}, DAYS)  # nobody knows its currency
    made = run_backtest("buy_and_hold", frame, benchmark=None, use_gpu=False, currency="USD")
    assert made.market == {}
    written(tmp_path, "fx", [1.0] * 40 + [1.1] * 40, currency="USD", symbol="EUR/USD")
    by_name = asked(currency="USD", rates="fx")
    assert by_name.results.total_return == pytest.approx(0.1)
    assert by_name.market == {"currency": "USD"}
    assert asked(currency="USD").results.total_return == pytest.approx(0.1)  # what the lake has
    assert asked().results.total_return == pytest.approx(0.0)


def test_an_engine_that_cannot_says_which_can(mine):
    with pytest.raises(InvalidInput, match=r"margin.*engine='kernel'"):
        asked(margin={}, engine="replay")
    with pytest.raises(InvalidInput, match="splits"):
        asked(actions="mine", engine="vectorbt")
    assert Margin().leverage == 2
