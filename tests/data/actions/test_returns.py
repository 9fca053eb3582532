"""Delistings and mergers: what is known is applied, what is not is named."""

from __future__ import annotations

import numpy as np
import pytest

from workbench.data.actions import aliases_of_renames, delisting_returns, total_returns
from workbench.errors import InvalidInput

END = {"symbol": "A", "time": "2024-01-04", "kind": "delisting"}
GONE = {"A": [10.0, 8.0, np.nan, np.nan], "B": [5.0, 5.0, 5.0, 5.0]}


def returns_of_a(given, happened):
    made = total_returns(given, happened)
    return made.sel(symbol="A").to_numpy(), made.attrs["unknown_delistings"]


def test_a_known_amount_is_the_last_return(panel, actions):
    found, unknown = returns_of_a(panel(GONE), actions({**END, "amount": 2.0}))
    np.testing.assert_allclose(found, [np.nan, -0.2, -0.75, np.nan])
    assert unknown == []


def test_nothing_received_is_a_loss_of_everything(panel, actions):
    found, _ = returns_of_a(panel(GONE), actions({**END, "amount": 0.0}))
    assert found[2] == -1.0


def test_an_unknown_amount_is_never_zero(panel, actions):
    found, unknown = returns_of_a(panel(GONE), actions(END))
    assert np.isnan(found[2])
    assert "unknown" in unknown[0]
    assert delisting_returns(panel(GONE), actions(END))["delisting_return"].isna().all()


def test_a_delisting_named_on_the_last_day_pays_on_the_next(panel, actions):
    last_day = {**END, "time": "2024-01-03", "amount": 4.0}
    found, _ = returns_of_a(panel(GONE), actions(last_day))
    np.testing.assert_allclose(found, [np.nan, -0.2, -0.5, np.nan])


def test_an_end_after_the_bars_is_named(panel, actions):
    given = panel({"A": [10.0, 8.0]})
    found, unknown = returns_of_a(given, actions({**END, "amount": 2.0}))
    np.testing.assert_allclose(found, [np.nan, -0.2])
    assert "outside of the bars" in unknown[0]


@pytest.mark.parametrize(
    ("merger", "expected"),
    [
        ({"amount": 9.0}, 9 / 8 - 1),
        ({"ratio": 2.0, "into": "B"}, 10 / 8 - 1),
        ({"ratio": 1.0, "into": "B", "amount": 7.0}, 12 / 8 - 1),
        ({"ratio": 1.0, "into": "Z", "amount": 7.0}, np.nan),
    ],
)
def test_a_merger_pays_cash_and_shares(panel, actions, merger, expected):
    found, _ = returns_of_a(panel(GONE), actions({**END, "kind": "merger", **merger}))
    np.testing.assert_allclose(found[2], expected)


def test_returns_run_over_days_without_a_bar(panel, actions):
    given = panel({"A": [10.0, np.nan, 9.0]})
    dividend = {"symbol": "A", "time": "2024-01-03", "kind": "dividend", "amount": 2.0}
    found, _ = returns_of_a(given, actions(dividend))
    np.testing.assert_allclose(found, [np.nan, np.nan, 0.1])


def test_adjusted_prices_are_refused(panel, actions):
    with pytest.raises(InvalidInput, match="as traded"):
        total_returns(panel(GONE).assign_attrs(adjust="all"), actions(END))


def test_renames_become_the_names_of_one_instrument(actions):
    renames = actions(
        {"symbol": "FB", "time": "2022-06-09", "kind": "rename", "into": "META"},
        {"symbol": "GOOG0", "time": "2014-04-03", "kind": "rename", "into": "GOOGX"},
        {"symbol": "GOOGX", "time": "2014-04-10", "kind": "rename", "into": "GOOGL"},
        {"symbol": "GOOGL", "time": "2022-07-18", "kind": "split", "ratio": 20.0},
    )
    rows = aliases_of_renames(renames, {"META": "BBG000MM2P62"}).to_pylist()
    named = {(one["instrument"], one["alias"]): one for one in rows}
    assert {one["vendor"] for one in rows} == {"symbol"}
    assert named["BBG000MM2P62", "FB"]["valid_from"] is None
    assert str(named["BBG000MM2P62", "FB"]["valid_until"])[:10] == "2022-06-09"
    assert named["BBG000MM2P62", "META"]["valid_until"] is None
    middle = named["GOOGL", "GOOGX"]
    assert [str(middle[name])[:10] for name in ("valid_from", "valid_until")] == [
        "2014-04-03", "2014-04-10",
    ]  # fmt: skip


def test_the_names_are_taken_by_the_instruments(actions, lake):
    from datetime import datetime

    from workbench.data.instruments import store_aliases

    rename = actions({"symbol": "FB", "time": "2022-06-09", "kind": "rename", "into": "META"})
    wrote = store_aliases(
        lake, "x", aliases_of_renames(rename), datetime.fromisoformat("2024-01-01")
    )
    assert wrote.new == 2
