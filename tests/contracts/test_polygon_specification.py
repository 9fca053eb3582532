"""Polygon's server speaks as the official specification says, and the adapter reads what was
recorded from the real one."""

from __future__ import annotations

import json
from datetime import datetime

import jsonschema
import pytest
import urllib3
from vendors import polygon, rows_of

from workbench.adapters.polygon import actions, aggregates, fundamentals, listings, market, ticks
from workbench.domain import ACTION_COLUMNS, BAR_COLUMNS, INSTRUMENT_COLUMNS, TRADE_COLUMNS

at = datetime.fromisoformat
RANGE = "/range/1/day/2024-03-04/2024-03-16"
MINUTE = "timestamp.gte=1710163800000000000&timestamp.lt=1710163860000000000"
EXAMPLES = {
    "/v2/aggs/ticker/{stocksTicker}/range/{multiplier}/{timespan}/{from}/{to}": [
        f"/v2/aggs/ticker/AAPL{RANGE}",
        "/v2/aggs/ticker/NVDA/range/5/minute/1710158400000/1710244800000?adjusted=false",
        f"/v2/aggs/ticker/LATER{RANGE}",
    ],
    "/v2/aggs/ticker/{optionsTicker}/range/{multiplier}/{timespan}/{from}/{to}": [
        f"/v2/aggs/ticker/O:AAPL240621C00190000{RANGE}"
    ],
    "/v2/aggs/ticker/{indicesTicker}/range/{multiplier}/{timespan}/{from}/{to}": [
        f"/v2/aggs/ticker/I:SPX{RANGE}"
    ],
    "/v2/aggs/ticker/{forexTicker}/range/{multiplier}/{timespan}/{from}/{to}": [
        f"/v2/aggs/ticker/C:EURUSD{RANGE}"
    ],
    "/v2/aggs/ticker/{cryptoTicker}/range/{multiplier}/{timespan}/{from}/{to}": [
        f"/v2/aggs/ticker/X:BTCUSD{RANGE}"
    ],
    "/v3/trades/{stockTicker}": [f"/v3/trades/AAPL?{MINUTE}&order=asc"],
    "/v3/trades/{optionsTicker}": [f"/v3/trades/O:AAPL240621C00190000?{MINUTE}"],
    "/v3/trades/{cryptoTicker}": [f"/v3/trades/X:BTC-USD?{MINUTE}"],
    "/v3/quotes/{stockTicker}": [f"/v3/quotes/AAPL?{MINUTE}"],
    "/v3/quotes/{optionsTicker}": [f"/v3/quotes/O:AAPL240621C00190000?{MINUTE}"],
    "/v3/quotes/{fxTicker}": [f"/v3/quotes/C:EUR-USD?{MINUTE}"],
    "/v3/reference/tickers": [
        "/v3/reference/tickers",
        "/v3/reference/tickers?limit=2&market=stocks",
        "/v3/reference/tickers?active=false",
    ],
    "/v3/reference/tickers/{ticker}": [
        "/v3/reference/tickers/AAPL",
        "/v3/reference/tickers/TWTR?date=2022-10-28",
    ],
    "/vX/reference/tickers/{id}/events": ["/vX/reference/tickers/META/events"],
    "/v3/reference/splits": ["/v3/reference/splits?ticker=NVDA", "/v3/reference/splits?limit=1"],
    "/v3/reference/dividends": ["/v3/reference/dividends?ticker=AAPL"],
    "/vX/reference/financials": ["/vX/reference/financials?ticker=AAPL"],
    "/v3/reference/options/contracts": ["/v3/reference/options/contracts?limit=1"],
    "/v3/reference/options/contracts/{options_ticker}": [
        "/v3/reference/options/contracts/O:AAPL240621C00190000?as_of=2024-06-21"
    ],
    "/v1/marketstatus/now": ["/v1/marketstatus/now"],
    "/v3/snapshot": ["/v3/snapshot?ticker.any_of=AAPL,NVDA,I:SPX,NOSUCH"],
}
"""Path of the specification → requests that the server must answer as it says."""

UNLISTED = {
    "base_currency_name", "base_currency_symbol", "currency_symbol",  # tickers are sorted by them
    "type",  # of an event, in the specification's example only
    "last_updated",  # of the snapshot of an index
    "request_id",  # of ticks, as recorded
}  # fmt: skip


@pytest.fixture(scope="module")
def specification(shared):
    return json.loads((shared / "fixtures/polygon/rest-openapi.json").read_text())


@pytest.fixture(scope="module")
def server():
    with polygon.Server() as opened:
        yield opened


@pytest.fixture
def recorded(shared):
    """Reads a recorded body by its file's name without ``.json``."""
    folder = shared / "fixtures/polygon/rest"
    return lambda name: json.loads((folder / f"{name}.json").read_text())


def get(server, path, status=200):
    answer = urllib3.request(
        "GET", server.url + path, headers={"Authorization": f"Bearer {polygon.KEY}"}
    )
    assert answer.status == status
    return answer.json()


def operation(specification, path):
    return specification["paths"][path]["get"]


def schema(specification, path):
    content = operation(specification, path)["responses"]["200"]["content"]
    return content["application/json"]["schema"]


def names_in(value, key):
    """The names of all properties: of a schema below ``properties``, of a body everywhere."""
    found = set()
    if isinstance(value, dict):
        found |= set(value.get(key, ())) if key else set(value)
        for one in value.values():
            found |= names_in(one, key)
    if isinstance(value, list):
        for one in value:
            found |= names_in(one, key)
    return found


@pytest.mark.parametrize(
    ("path", "request_path"), [(path, one) for path, some in EXAMPLES.items() for one in some]
)
def test_an_answer_has_the_types_and_keys_of_the_specification(
    specification, server, path, request_path
):
    body = get(server, request_path)
    agreed = schema(specification, path)
    jsonschema.Draft4Validator(agreed).validate(body)
    if "financials" in path:  # its items are named by the filings
        body = {name: value for name, value in body.items() if name != "results"}
    assert names_in(body, "") <= names_in(agreed, "properties") | UNLISTED


def test_every_path_and_parameter_is_one_of_the_specification(specification):
    assert set(polygon.TEMPLATES) <= set(specification["paths"])
    for path, (parameters, _) in polygon.TEMPLATES.items():
        listed = operation(specification, path).get("parameters", [])
        names = {one["name"] for one in listed if one["in"] == "query"}
        assert parameters == names, path


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/v3/reference/nothing", 404),
        ("/v3/reference/tickers/NOSUCH", 404),
        ("/v3/reference/splits?tickers=AAPL", 400),
        ("/v3/reference/splits?limit=1001", 400),
        ("/v2/aggs/ticker/AAPL/range/1/fortnight/2024-03-04/2024-03-16", 400),
    ],
)
def test_the_server_refuses_what_polygon_does_not_know(server, path, status):
    assert get(server, path, status)["status"] in {"ERROR", "NOT_FOUND"}


def test_the_server_pages_as_polygon_does(server):
    first = get(server, "/v3/reference/splits?limit=2")
    assert [row["execution_date"] for row in first["results"]] == ["2024-06-10", "2021-07-20"]
    assert first["next_url"].startswith("https://api.massive.com/v3/reference/splits?cursor=")
    second = get(server, first["next_url"].removeprefix("https://api.massive.com"))
    assert second["results"][0]["execution_date"] == "2020-08-31"


@pytest.mark.parametrize("first", ["01", "02"])
def test_recorded_bars_are_read(recorded, first):
    """The same two days were recorded twice; between them New York's clocks went forward."""
    body = recorded(f"v2_aggs_ticker_AAPL_range_1_day_2005-04-{first}_2005-04-04")
    rows = rows_of([aggregates.bar_table("AAPL", body["results"])], BAR_COLUMNS)
    assert rows.to_pylist() == [
        {"symbol": "AAPL", "time": at("2005-04-01T05:00"), "open": 1.5032, "high": 1.5064,
         "low": 1.4489, "close": 1.4604, "volume": 642646396.0},
        {"symbol": "AAPL", "time": at("2005-04-04T04:00"), "open": 1.4639, "high": 1.4754,
         "low": 1.4343, "close": 1.4675, "volume": 578172308.0},
    ]  # fmt: skip


def test_recorded_trades_are_read_to_the_nanosecond(recorded):
    rows = rows_of(
        [ticks.trade_table("AAPL", recorded("v3_trades_AAPL__limit-2")["results"])], TRADE_COLUMNS
    )
    first = {
        "symbol": "AAPL", "time": at("2022-04-28T21:37:02.461979"), "nanosecond": 400,
        "price": 156.43, "size": 10.0, "venue": "11", "conditions": "12,37", "trade_id": "183276",
        "sequence": 7179341,
    }  # fmt: skip
    assert rows.to_pylist() == [first, {**first, "price": 157.43, "venue": "12"}]


def test_recorded_splits_are_read(recorded):
    body = recorded("v3_reference_splits")
    rows = rows_of([actions.action_table(actions.split, body["results"])], ACTION_COLUMNS)
    ratios = dict(zip(rows["symbol"].to_pylist(), rows["ratio"].to_pylist(), strict=True))
    assert rows.num_rows == 10
    assert ratios["GOOGL"] == 20.0
    assert ratios["BRW"] == 0.5
    assert ratios["CIG.C"] == pytest.approx(4 / 3)
    assert set(rows["kind"].to_pylist()) == {"split"}
    assert rows["time"][0].as_py() == at("2022-07-18")


def test_recorded_dividends_are_read(recorded):
    body = recorded("v3_reference_dividends")
    rows = rows_of([actions.action_table(actions.dividend, body["results"])], ACTION_COLUMNS)
    assert rows.num_rows == 10
    assert rows.to_pylist()[7] == {
        "symbol": "AIRTP", "time": at("2023-11-13"), "kind": "dividend", "ratio": None,
        "amount": 0.5, "currency": None, "into": None, "declared_at": at("2022-02-10"),
        "record_at": at("2023-11-14"), "paid_at": at("2023-11-15"), "source_id": None,
    }  # fmt: skip


@pytest.mark.parametrize("name", ["AAPL", "AAPL__date-2020-10-01"])
def test_recorded_details_of_a_ticker_are_read(recorded, name):
    body = recorded(f"v3_reference_tickers_{name}")
    rows = rows_of([listings.instrument_table([body["results"]])], INSTRUMENT_COLUMNS)
    known = {key: value for key, value in rows.to_pylist()[0].items() if value is not None}
    assert known == {
        "instrument": "BBG000B9XRY4", "symbol": "AAPL", "name": "Apple Inc.",
        "asset_class": "equity", "venue": "XNAS", "currency": "USD", "listed": at("1980-12-12"),
        "figi": "BBG000B9XRY4", "cik": "0000320193",
    }  # fmt: skip


def test_the_recorded_status_is_read(recorded):
    status = market.read_status(recorded("v1_marketstatus_now"))
    assert status.status == "after_hours"
    assert status.at == at("2022-04-28T20:48:08")
    assert status.venues["otc"] == "extended-hours"
    assert status.venues["crypto"] == "open"


def test_the_examples_of_the_specification_are_read(specification):
    def example(path):
        content = operation(specification, path)["responses"]["200"]["content"]
        return content["application/json"]["example"]

    contracts = listings.instrument_table(example("/v3/reference/options/contracts")["results"])
    assert contracts["expires"].to_pylist() == [at("2021-11-19")] * 2
    assert contracts["multiplier"].to_pylist() == [100.0, 100.0]
    quotes = ticks.quote_table("AAPL", example("/v3/quotes/{stockTicker}")["results"])
    assert quotes["ask"].null_count == quotes["ask_size"].null_count == 2
    assert quotes["bid_size"].to_pylist() == [6000.0, 200.0]
    facts = fundamentals.fact_table("SITE", example("/vX/reference/financials")["results"])
    assets = next(row for row in facts.to_pylist() if row["item"] == "assets")
    assert assets["value"] == 2_407_400_000
    assert assets["period_start"] is None
    assert assets["time"] == at("2022-04-03")
    assert assets["filed_at"] == at("2022-05-04")
    snapshots = market.snapshot_table(example("/v3/snapshot")["results"][:2])
    assert snapshots["symbol"].to_pylist() == ["O:NCLH221014C00005000", "AAPL"]
    assert snapshots["last"].to_pylist() == [0.05, 0.05]
    assert snapshots["previous_close"].to_pylist() == [6.71, 22.45]
