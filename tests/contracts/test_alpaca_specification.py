"""Alpaca's server answers as its OpenAPI says, and its adapter asks so and reads the examples."""

from __future__ import annotations

import json
import re
from datetime import datetime, timedelta

import jsonschema
import pytest
from vendors import alpaca as vendor
from vendors import rows_of, served
from vendors.serving import Answer

from workbench.adapters.alpaca import Alpaca
from workbench.domain import ACTION_COLUMNS, BAR_COLUMNS, TRADE_COLUMNS, Timeframe
from workbench.ports import BarSource

at = datetime.fromisoformat
DAY = Timeframe.parse("1d")
WEEK = at("2024-03-04"), at("2024-03-11")
MINUTE = at("2024-03-11T13:30"), at("2024-03-11T13:31")


@pytest.fixture
def stand(monkeypatch):
    with served(vendor, BarSource, monkeypatch) as opened:
        yield opened


def answering(stand, body):
    """Let the server answer everything alike."""
    stand.server.answer = lambda _: Answer(body)


def bars(symbols, timeframe=DAY, start=WEEK[0], end=WEEK[1]):
    return rows_of(Alpaca().bars(symbols, timeframe, start, end), BAR_COLUMNS)


@pytest.fixture(scope="module")
def specification(shared):
    """Path → operation, of both hosts; references inside are absolute."""
    operations, schemas = {}, {}
    for name in ("market-data", "trading"):
        text = (shared / f"fixtures/alpaca/{name}-openapi.json").read_text()
        document = json.loads(text.replace("#/components/", f"#/{name}/"))
        schemas[name] = document["components"]
        operations |= {path: methods.get("get") for path, methods in document["paths"].items()}
    return operations, nullable(schemas)


def nullable(part):
    """OpenAPI 3.0's ``nullable`` in the words of JSON Schema."""
    if isinstance(part, list):
        return [nullable(one) for one in part]
    if not isinstance(part, dict):
        return part
    made = {key: nullable(value) for key, value in part.items() if key != "nullable"}
    if part.get("nullable") and isinstance(part.get("type"), str):
        made["type"] = [part["type"], "null"]
    return made


def operation_of(specification, path):
    path = path.replace("/crypto/us/", "/crypto/{loc}/")
    return specification[0][re.sub(r"^/v2/assets/[^/]+$", "/v2/assets/{symbol_or_asset_id}", path)]


def everything():
    """Ask in each role, for shares and for crypto."""
    source = Alpaca()
    for symbol in ("AAPL", "BTC/USD"):
        list(source.bars([symbol], DAY, *WEEK))
        list(source.trades(symbol, *MINUTE))
        list(source.quotes(symbol, *MINUTE))
        source.snapshots([symbol])
        list(source.instruments([symbol]))
    list(source.bars(["NEWCO"], DAY, *WEEK))
    list(source.instruments())
    list(source.actions(["AAPL", "MSFT", "NEWCO"], at("2019-01-01"), at("2026-01-01")))
    source.status()


def test_all_that_is_asked_is_in_the_specification(stand, specification):
    everything()
    assert len({asked.path for asked in stand.server.asked}) == 13
    for asked in stand.server.asked:
        operation = operation_of(specification, asked.path)
        parameters = [resolved(specification[1], one) for one in operation.get("parameters", [])]
        assert set(asked.query) <= {one["name"] for one in parameters}
        needed = {one["name"] for one in parameters if one.get("required") and one["in"] == "query"}
        assert needed <= set(asked.query)
        has_key = "apca-api-key-id" in asked.headers
        assert has_key or operation.get("security") == []


def test_all_that_the_server_answers_is_in_the_specification(stand, specification):
    everything()
    for asked in stand.server.asked:
        answer = stand.server.answer(asked)
        operation = operation_of(specification, asked.path)
        content = operation["responses"]["200"]["content"]["application/json"]
        jsonschema.validate(answer.body, {**nullable(content["schema"]), **specification[1]})


def resolved(components, part):
    while "$ref" in part:
        _, section, kind, name = part["$ref"].split("/")
        part = components[section][kind][name]
    return part


def documented(specification, path):
    """The example of an answer, its pages come to an end."""
    content = specification[0][path]["responses"]["200"]["content"]["application/json"]
    body = next(iter(content["examples"].values()))["value"]
    return {**body, "next_page_token": None} if "next_page_token" in body else body


def test_the_documented_bars_are_read(stand, specification):
    answering(stand, documented(specification, "/v2/stocks/bars"))
    (row,) = bars(["AAPL"]).to_pylist()
    assert row == {
        "symbol": "AAPL",
        "time": at("2022-01-03T09:00"),
        "open": 178.26,
        "high": 178.26,
        "low": 178.21,
        "close": 178.21,
        "volume": 1118.0,
    }


def test_the_documented_trades_are_read(stand, specification):
    answering(stand, documented(specification, "/v2/stocks/trades"))
    first, second = rows_of(Alpaca().trades("AAPL", *MINUTE), TRADE_COLUMNS).to_pylist()
    assert first == {
        "symbol": "AAPL",
        "time": at("2022-01-03T09:00:00.086175"),
        "nanosecond": 744,
        "price": 178.26,
        "size": 246.0,
        "venue": "P",
        "conditions": "@,T",
        "trade_id": "1",
        "sequence": None,
    }
    assert (second["time"], second["nanosecond"]) == (at("2022-01-03T09:00:00.244839"), 680)


def test_the_documented_trades_of_crypto_are_read(stand, specification):
    answering(stand, documented(specification, "/v1beta3/crypto/{loc}/trades"))
    rows = rows_of(Alpaca().trades("BTC/USD", *MINUTE), TRADE_COLUMNS).to_pylist()
    assert [(row["symbol"], row["price"], row["conditions"]) for row in rows] == [
        ("BTC/USD", 29791, "S"),
        ("ETH/USD", 2027.6, "S"),
        ("ETH/USD", 2027.6, "S"),
    ]


def test_the_documented_snapshots_are_read(stand, specification):
    answering(stand, documented(specification, "/v2/stocks/snapshots"))
    (row,) = Alpaca().snapshots(["TSLA"]).to_pylist()
    assert row == {
        "symbol": "TSLA",
        "time": at("2022-08-17T10:13:12.952851"),
        "last": 911.99,
        "bid": 911.31,
        "ask": 911.75,
        "bid_size": 100.0,
        "ask_size": 400.0,
        "open": 935.0,
        "high": 944.0,
        "low": 908.65,
        "volume": 29378774.0,
        "previous_close": 927.96,
    }


def test_days_of_shares_are_stamped_as_in_the_documented_snapshots(stand, specification):
    example = documented(specification, "/v2/stocks/snapshots")["AAPL"]["dailyBar"]["t"]
    assert example.endswith("T04:00:00Z"), "midnight of New York in summer"
    times = bars(["AAPL"], DAY, at("2024-03-08"), at("2024-03-12"))["time"].to_pylist()
    assert times == [at("2024-03-08T05:00"), at("2024-03-11T04:00")]
    assert times[1] - times[0] == timedelta(days=3, hours=-1)


SHARE = {"ratio": None, "amount": None, "currency": None, "into": None}


@pytest.mark.parametrize(
    ("kind", "day", "expected"),
    [
        ("forward_split", "2023-08-22", {"symbol": "SRE", "kind": "split", "ratio": 2.0}),
        ("reverse_split", "2023-08-24", {"symbol": "MNTS", "kind": "split", "ratio": 0.02}),
        ("stock_dividend", "2023-05-19", {"symbol": "MSBC", "kind": "split", "ratio": 1.05}),
        (
            "cash_dividend",
            "2023-05-04",
            {"symbol": "FCF", "kind": "dividend", "amount": 0.125, "currency": "USD"},
        ),
        (
            "spin_off",
            "2023-08-15",
            {"symbol": "JUPW", "kind": "spin_off", "ratio": 0.0516795865633075, "into": "SRM"},
        ),
        (
            "cash_merger",
            "2023-07-17",
            {"symbol": "GLOP", "kind": "merger", "amount": 5.37, "currency": "USD"},
        ),
        (
            "stock_merger",
            "2023-07-20",
            {"symbol": "LSI", "kind": "merger", "ratio": 0.895, "into": "EXR"},
        ),
        (
            "stock_and_cash_merger",
            "2023-07-18",
            {"symbol": "MLVF", "kind": "merger", "ratio": 0.7733, "amount": 7.8,
             "currency": "USD", "into": "FRBA"},
        ),
        ("name_change", "2023-08-15", {"symbol": "BSAQ", "kind": "rename", "into": "VFS"}),
        (
            "worthless_removal",
            "2024-12-19",
            {"symbol": "BLPH", "kind": "delisting", "amount": 0.0, "currency": "USD"},
        ),
    ],
)  # fmt: skip
def test_the_documented_actions_are_read(stand, specification, kind, day, expected):
    example = specification[1]["market-data"]["schemas"][kind]["example"]
    answering(stand, {"corporate_actions": {f"{kind}s": [example]}, "next_page_token": None})
    period = at(day), at(day) + timedelta(days=1)
    pages = Alpaca().actions([expected["symbol"]], *period)
    (row,) = rows_of(pages, ACTION_COLUMNS).to_pylist()
    assert row["time"] == at(day)
    assert row["source_id"] == example["id"]
    assert {name: row[name] for name in ("symbol", "kind", *SHARE)} == pytest.approx(
        {**SHARE, **expected}
    )


def test_the_kinds_that_are_asked_for_are_documented(stand, specification):
    list(Alpaca().actions(["AAPL"], *WEEK))
    asked = set(stand.server.asked[0].query["types"].split(","))
    kinds = specification[1]["market-data"]["schemas"]["corporate_actions"]["properties"]
    assert {f"{kind}s" for kind in asked} <= set(kinds)
    assert set(kinds) - {f"{kind}s" for kind in asked} == {
        "partial_calls",
        "redemptions",
        "reorganizations",
        "rights_distributions",
        "unit_splits",
    }
