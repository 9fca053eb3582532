"""The protocol over standard input and output, spoken by the SDK's own client."""

from __future__ import annotations

import resource
from contextlib import suppress

import anyio
import pytest
from mcp.shared.exceptions import MCPError


def test_whatever_prints_does_not_break_the_protocol(servers):
    async def run():
        async with servers.stdio() as session:
            first = await session.call_tool("noisy_shout", {"word": "hello"})
            second = await session.call_tool("noisy_shout", {"word": "again"})
            return first, second

    first, second = anyio.run(run)
    assert (first.is_error, first.structured_content["result"]) == (False, "hello")
    assert second.structured_content["result"] == "again"
    printed = servers.log.read_text()
    for said in ("hello", "from a C extension", "from a child", "an import that prints"):
        assert said in printed


def test_the_answer_has_the_originals_envelope(ask):
    answer = ask("noisy_plain").structured_content
    assert answer["status"] == "success"
    assert answer["timestamp"].endswith("+00:00")
    assert answer["processing"]["gpu_used"] is False
    assert answer["processing"]["time_seconds"] >= 0


def test_undefined_numbers_are_null_and_the_client_accepts_them(ask):
    answer = ask("noisy_ratio").structured_content
    assert (answer["value"], answer["careless"]) == (None, None)
    assert ask("noisy_plain").structured_content["values"] == [1.0, None]


@pytest.mark.parametrize(("refuse", "status"), [(False, "success"), (True, "refused")])
def test_a_result_of_several_forms_keeps_what_it_says_itself(ask, refuse, status):
    answer = ask("noisy_either", {"refuse": refuse}).structured_content
    assert answer["status"] == status


def test_nothing_is_an_answer(ask):
    assert ask("noisy_nothing").structured_content["result"] is None


def test_an_error_arrives_whole(ask):
    answer = ask("noisy_short")
    assert answer.is_error
    assert answer.content[0].text.startswith("strategy 'momentum' needs at least 200 bars")
    assert answer.structured_content["error"] == "TooLittleHistory"
    assert answer.structured_content["cure"].startswith("Choose an earlier start")
    assert answer.structured_content["status"] == "failed"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"word": "a", "loud": True}, "Choose one of: word"),
        ({}, "needs the parameter 'word'"),
        ({"word": [1]}, "The parameter 'word' of noisy_shout cannot be used"),
    ],
)
def test_bad_arguments_are_answered_with_the_cure(ask, arguments, said):
    answer = ask("noisy_shout", arguments)
    assert answer.is_error
    assert said in answer.content[0].text


def test_a_defect_is_named_and_its_traceback_is_logged(servers, ask):
    answer = ask("noisy_defect")
    assert answer.is_error
    assert answer.content[0].text.startswith("ZeroDivisionError: ")
    assert "return 1 // 0" in servers.log.read_text()


def test_an_operation_cannot_end_the_server(ask):
    answer = ask("noisy_exit")
    assert answer.is_error
    assert answer.structured_content["what"].startswith("SystemExit")


def test_an_unknown_tool_is_a_protocol_error_that_lists_the_tools(ask):
    with pytest.raises(MCPError, match="Did you mean 'noisy_shout'"):
        ask("noisy_shou")


def test_an_agent_is_not_offered_what_it_may_not_do(servers):
    async def run(serve):
        async with servers.stdio(serve) as session:
            offered = {tool.name for tool in (await session.list_tools()).tools}
            refused = await session.call_tool("noisy_trade", {})
            return offered, refused

    offered, refused = anyio.run(run, "")
    assert not offered & {"noisy_write", "noisy_trade"}
    assert refused.structured_content["error"] == "NotAllowed"
    offered, refused = anyio.run(run, "allow_write=True")
    assert "noisy_write" in offered
    assert "noisy_trade" not in offered
    assert refused.is_error


def test_progress_arrives_rising_and_complete(ask, tmp_path):
    heard = []

    async def hear(progress, total, message):
        heard.append((progress, total, message))

    arguments = {"steps": 25, "stopped": str(tmp_path / "stopped")}
    answer = ask("noisy_count", arguments, progress_callback=hear)
    assert answer.structured_content["result"] == 25
    assert heard[-1] == (25, 25, "done")
    steps = [step for step, _, _ in heard]
    assert len(steps) > 3
    assert steps == sorted(set(steps))


def test_a_cancelled_run_stops(servers, tmp_path):
    stopped = tmp_path / "stopped"

    async def run():
        async with servers.stdio() as session:
            with anyio.move_on_after(0.5) as limit:
                arguments = {"steps": 5_000, "stopped": str(stopped)}
                await session.call_tool("noisy_count", arguments)
            assert limit.cancelled_caught
            await servers.written(stopped)
            return await session.call_tool("noisy_shout", {"word": "still here"})

    assert anyio.run(run).structured_content["result"] == "still here"
    assert stopped.read_text() == "Cancelled"


def test_resources_name_what_there_is(servers):
    async def run():
        async with servers.stdio() as session:
            listed = {str(item.uri) for item in (await session.list_resources()).resources}
            page = await session.read_resource("workbench://operations")
            features = await session.read_resource("features://available")
            with suppress(MCPError):
                await session.read_resource("workbench://nothing")
                pytest.fail("an unknown resource was read")
            return listed, page.contents[0].text, features.contents[0].text

    listed, page, features = anyio.run(run)
    assert {"strategies://available", "neural://models", "workbench://operations"} <= listed
    assert "`noisy_shout` (read): Print in every way there is." in page
    assert "noisy_trade" not in page
    assert '"features": [' in features


def test_ready_within_two_seconds(servers):
    """In processor time, start, handshake and end: a busy machine does not count."""

    async def once():
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        async with servers.stdio():
            pass
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime

    anyio.run(once)  # writes the bytecode
    assert 0.1 < min(anyio.run(once) for _ in range(3)) < 2


def test_no_room_is_imported_to_answer_the_handshake_and_the_list(servers):
    async def run():
        async with servers.stdio() as session:
            await session.list_tools()  # makes the cached catalogue
        before = servers.log.read_text().count("an import that prints")
        async with servers.stdio() as session:
            await session.list_tools()
        return servers.log.read_text().count("an import that prints") - before

    assert anyio.run(run) == 0
