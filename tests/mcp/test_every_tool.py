"""Every tool of the catalogue is listed and called, over both transports, by the SDK's client.

The client refuses an answer that does not fit the schema that the tool announced, so each
call is also a check of that.
"""

from __future__ import annotations

from typing import Any

import anyio
import pytest
from calls import CALLS, arguments_of, furnish, tool_of
from vendors import polygon

WRONG = [
    ("get_bars", {"dataset": "sp500-20:NOPE"}, "UnknownName", "NOPE"),
    ("quick_analysis", {"symbol": "NOPE"}, "UnknownName", "Choose one of"),
    ("run_backtest", {"strategy": "momentun", "symbol": "AAPL"}, "UnknownName", "'momentum'"),
    ("get_strategy_info", {"strategy": "nothing"}, "UnknownName", "momentum"),
    (
        "run_backtest",
        {
            "strategy": "momentum",
            "symbol": "AAPL",
            "start_date": "2020-01-01",
            "end_date": "2019-01-01",
        },
        "",
        "2019-01-01",
    ),
    (
        "get_bars",
        {"dataset": "AAPL", "start_date": "2020-01-01", "end_date": "2019-01-01"},
        "",
        "2020-01-01",
    ),
    ("get_bars", {"dataset": "AAPL", "start_date": "yesterday"}, "InvalidInput", "start_date"),
    ("neural_forecast", {"symbol": "AAPL", "horizon": 0}, "OutOfRange", "1"),
    ("neural_forecast", {"symbol": "AAPL", "horizon": 3, "model_id": "x"}, "UnknownName", "naive"),
    ("risk_analysis", {"portfolio": []}, "", "portfolio"),
]


@pytest.fixture(scope="module")
def polygon_served(plain_servers):
    """The servers of these tests ask Polygon on loopback."""
    with polygon.Server() as vendor, pytest.MonkeyPatch.context() as patch:
        for name, value in polygon.settings(vendor).items():
            patch.setitem(plain_servers.environment, name, value)
        yield vendor


@pytest.fixture(scope="module")
def home(plain_servers, polygon_served):
    folder = plain_servers.home
    furnish(folder)
    return folder


async def call_all(session, home):
    offered = {tool.name: tool for tool in (await session.list_tools()).tools}
    called = set(map(tool_of, CALLS))
    assert set(offered) == called, "each tool needs a call in this table, and no other"
    answers: dict[str, Any] = {}
    for call in CALLS:
        answer = await session.call_tool(tool_of(call), arguments_of(call, answers, home))
        assert not answer.is_error, f"{call}: {answer.content[0].text}"
        answers[call] = answer.structured_content
    return offered, answers


@pytest.mark.slow
@pytest.mark.timeout(900)  # on a new machine it also compiles every kernel
@pytest.mark.parametrize(
    ("transport", "serve"),
    [("stdio", "allow_write=True"), ("over_http", "port=0, allow_write=True")],
)
def test_every_tool_answers(plain_servers, home, transport, serve):
    for journal in home.glob("journal.db*"):  # a hold-out is opened once, also by another transport
        journal.unlink()

    async def run():
        async with getattr(plain_servers, transport)(serve) as session:
            return await call_all(session, home)

    offered, answers = anyio.run(run)
    assert all({"timestamp", "status", "processing"} <= set(answer) for answer in answers.values())
    assert offered["ping"].annotations.read_only_hint
    assert not offered["run_backtest"].annotations.destructive_hint
    assert offered["neural_train"].annotations.destructive_hint
    assert all(tool.description for tool in offered.values())


def test_what_is_wrong_with_a_request_is_said_with_what_to_do(plain_servers):
    async def run():
        async with plain_servers.stdio() as session:
            return [await session.call_tool(tool, given) for tool, given, _, _ in WRONG]

    for (tool, given, kind, said), answer in zip(WRONG, anyio.run(run), strict=True):
        text = answer.content[0].text
        assert answer.is_error, f"{tool}({given}) was answered"
        facts = answer.structured_content
        assert facts["error"] != "Defect", text
        assert facts["error"] == (kind or facts["error"]), text
        assert said in text, f"{tool}({given}): {text}"
        assert facts["cure"], f"{tool}({given}) has no cure: {text}"
