"""A newcomer's file, feature and strategy, made in a notebook, stand at every door."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import anyio
import pytest
from mcp import ClientSession
from mcp.client.stdio import StdioServerParameters, stdio_client

pytest.importorskip("papermill")
pytest.importorskip("deltalake")

BACKTEST = {"strategy": "near_the_high", "symbol": "my-prices", "benchmark": None}


@pytest.fixture(scope="module")
def environment(tmp_path_factory):
    """A home in which the newcomer's notebook has run."""
    home = tmp_path_factory.mktemp("newcomer")
    environment = {**os.environ, "WORKBENCH_HOME": str(home / "workbench")}
    dates = [
        f"20{year:02}-{month:02}-{day:02}"
        for year in (20, 21)
        for month in range(1, 13)
        for day in range(1, 29)
    ]
    rows = [f"{date},{100 + number % 37},{50 + number % 11}" for number, date in enumerate(dates)]
    (home / "prices.csv").write_text("\n".join(["Date,ONE,TWO", *rows]) + "\n")
    arguments = ("run", "bring_your_own.ipynb", "-p", "csv", str(home / "prices.csv"))
    workbench(environment, *arguments)
    return environment


def workbench(environment: dict[str, str], *words: str) -> str:
    command = [sys.executable, "-m", "workbench", *words]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_command_line_knows_all_three(environment):
    datasets = json.loads(workbench(environment, "data", "list-datasets", "--json"))
    assert "my-prices" in {dataset["name"] for dataset in datasets["datasets"]}
    strategies = json.loads(workbench(environment, "strategies", "list-strategies", "--json"))
    assert "near_the_high" in strategies["strategies"]
    words = ("features", "compute-feature", "place_in_range", "my-prices", "--json")
    assert json.loads(workbench(environment, *words))
    words = ("backtest", "run-backtest", "near_the_high", "my-prices", "--json")
    report = json.loads(workbench(environment, *words, "--parameters", "window=20"))
    assert report["results"]["total_trades"] > 0


def test_an_agent_knows_all_three(environment):
    async def ask() -> None:
        server = StdioServerParameters(
            command=sys.executable, args=["-m", "workbench", "mcp"], env=environment
        )
        async with (
            stdio_client(server) as (incoming, outgoing),
            ClientSession(incoming, outgoing) as session,
        ):
            await session.initialize()
            report = await session.call_tool("run_backtest", BACKTEST)
            assert not report.is_error, report.content
            assert report.structured_content["results"]["total_trades"] > 0
            arguments = {"feature": "place_in_range", "dataset": "my-prices"}
            assert not (await session.call_tool("compute_feature", arguments)).is_error

    anyio.run(ask)


def test_a_dashboard_offers_them(environment):
    code = (
        "from workbench.registry import names;"
        "assert 'my-prices' in names('dataset') and 'near_the_high' in names('strategy');"
        "assert 'place_in_range' in names('feature')"
    )
    subprocess.run([sys.executable, "-c", code], env=environment, check=True)
