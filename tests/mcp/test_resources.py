"""What an operation declares to be a resource is read by the SDK's own client."""

from __future__ import annotations

import json

import anyio
import pytest
from mcp.shared.exceptions import MCPError


async def content(session, uri):
    return json.loads((await session.read_resource(uri)).contents[0].text)


async def refused(session, uri):
    with pytest.raises(MCPError) as caught:
        await session.read_resource(uri)
    return str(caught.value)


def test_an_answer_is_read_under_the_address_that_its_operation_declares(servers):
    async def run():
        async with servers.stdio() as session:
            listed = {str(one.uri): one for one in (await session.list_resources()).resources}
            found = (await session.list_resource_templates()).resource_templates
            said = await content(session, "noisy://said/a%20word%2Fwith%3Asigns")
            numbers = await content(session, "noisy://numbers")
            return listed, {one.uri_template: one for one in found}, said, numbers

    listed, found, said, numbers = anyio.run(run)
    assert listed["noisy://numbers"].name == "noisy_plain"
    assert listed["noisy://numbers"].mime_type == "application/json"
    assert found["noisy://said/{word}"].name == "noisy_repeated"
    assert "noisy://said/{word}" not in listed
    assert said == {"result": "a word/with:signs a word/with:signs"}
    assert numbers["values"] == [1.0, None]


def test_an_address_that_is_not_there_is_answered_with_those_that_are(servers):
    async def run():
        async with servers.stdio() as session:
            return [
                await refused(session, uri)
                for uri in ("noisy://sad/hello", "noisy://said/", "noisy://said/a/b")
            ]

    for message in anyio.run(run):
        assert "noisy://said/{word}" in message


def test_what_an_agent_may_not_do_is_no_resource(servers):
    async def run(serve):
        async with servers.stdio(serve) as session:
            found = (await session.list_resources()).resources
            return {str(one.uri) for one in found}, await refused(session, "noisy://traded")

    listed, message = anyio.run(run, "")
    assert "noisy://traded" not in listed
    assert "noisy://traded" in message


def test_a_refusal_arrives_whole(servers):
    async def run():
        async with servers.stdio() as session:
            return await refused(session, "neural://performance/nhits_of_nobody")

    assert "There is no model of this name (got 'nhits_of_nobody')" in anyio.run(run)


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_models_their_worth_and_forecasts_are_read(plain_servers):
    pytest.importorskip("neuralforecast", reason="the extra 'forecast' is not installed")
    pytest.importorskip("skfolio", reason="carries the dataset sp500-20")
    small = {"epochs": 1, "horizon": 8, "input_size": 24, "model_type": "NLinear"}

    async def run():
        async with plain_servers.stdio("allow_write=True") as session:
            before = await content(session, "neural://models")
            arguments = {"data_path": "sp500-20:AAPL", "end_date": "1995-01-01", **small}
            trained = (await session.call_tool("neural_train", arguments)).structured_content
            after = await content(session, "neural://models")
            worth = await content(session, f"neural://performance/{trained['model_id']}")
            forecast = await content(session, "neural://forecasts/sp500-20%3AAAPL")
            same = await content(session, "neural://forecasts/AAPL")
            return before, trained, after, worth, forecast, same

    before, trained, after, worth, forecast, same = anyio.run(run)
    known = {row["model_id"] for row in before["models_summary"]}  # the home is shared
    (row,) = [row for row in after["models_summary"] if row["model_id"] not in known]
    assert row["model_id"] == trained["model_id"]
    assert row["skill"] == trained["evaluation"]["skill"]
    assert worth["performance"] == trained["evaluation"]
    assert worth["model_details"]["statement"] == trained["statement"]
    assert forecast["forecast"]["horizon_days"] == 7
    assert [day["day"] for day in forecast["forecast"]["predictions"]] == list(range(1, 8))
    assert forecast["forecast"] == same["forecast"]
