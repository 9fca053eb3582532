"""The command line says what the registry knows, and ends as a shell expects."""

from __future__ import annotations

import ast
import json
import math
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Annotated

import pytest
from pydantic import BaseModel, Field

from workbench import registry
from workbench.cli import main
from workbench.context import Context
from workbench.domain import Number, Result
from workbench.errors import NoData
from workbench.registry import operation

DATA = Path(registry.__file__).parents[1] / "data"


class Leg(BaseModel):
    symbol: str
    value: float = 1.0


class Answer(Result):
    value: Number
    said: str = ""


@pytest.fixture
def seen(monkeypatch):
    monkeypatch.setattr(sys.modules["workbench.registry.operation"], "_added", {})
    arrived: dict[str, object] = {}

    @operation(effect="compute", command="testing answer")
    def answer(
        name: str,
        count: Annotated[int, Field(ge=1, le=9)] = 2,
        loud: bool = False,
        *,
        symbols: list[str] | None = None,
        parameters: dict[str, float | str] | None = None,
        legs: list[Leg] | None = None,
        context: Context | None = None,
    ) -> Answer:
        """Answer with what arrived.

        Parameters
        ----------
        name : str
            Who asks.
        """
        arrived.update(
            name=name, count=count, loud=loud, symbols=symbols, parameters=parameters, legs=legs
        )
        context.progress(1, 2, "thinking")
        if name == "nobody":
            raise NoData("Nobody is there", seen=name, cure="Ask somebody")
        return Answer(value=math.nan, said=name)

    return arrived


def run(*words: str) -> int:
    try:
        main(list(words))
    except SystemExit as ended:
        return int(ended.code or 0)
    return 0


def test_flags_have_the_types_of_the_signature(seen, capsys):
    words = ("--count", "3", "--loud", "--symbols", "A,B", "--symbols", "C")
    assert run("testing", "answer", "you", *words, "--parameters", "lookback=60") == 0
    assert seen["name"] == "you"
    assert (seen["count"], seen["loud"]) == (3, True)
    assert seen["symbols"] == ["A", "B", "C"]
    assert seen["parameters"] == {"lookback": 60}
    assert "said   you" in capsys.readouterr().out


def test_json_arguments_and_json_output(seen, capsys):
    assert run("testing", "answer", "--name", "you", "--legs", '[{"symbol": "A"}]', "--json") == 0
    assert seen["legs"] == [Leg(symbol="A")]
    captured = capsys.readouterr()
    assert json.loads(captured.out) == {"value": None, "said": "you"}
    assert "thinking" in captured.err


def test_words_are_taken_in_the_order_of_the_signature(seen):
    assert run("testing", "answer", "you", "3") == 0
    assert run("testing", "answer", "--count", "3", "you") == 0
    assert (seen["name"], seen["count"]) == ("you", 3)


def test_what_was_not_given_keeps_its_default(seen):
    run("testing", "answer", "you", "--no-loud")
    assert (seen["count"], seen["loud"], seen["symbols"]) == (2, False, None)


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("testing", "answer", "nobody"), 1, ("Nobody is there (got 'nobody').", "Ask somebody.")),
        (("testing", "answer", "x", "--count", "99"), 1, ("got '99'", "from 1 to 9")),
        (("testing", "answer", "x", "--count", "two"), 1, ("count", "got 'two'")),
        (("testing", "answer"), 1, ("needs the parameter 'name'", "Who asks")),
        (("testing", "answer", "x", "3", "y"), 2, ("Unexpected argument: y",)),
        (
            ("testing", "answer", "x", "--parameters", "lookback"),
            1,
            ("--parameters lookback=VALUE",),
        ),
        (("testing", "answer", "x", "--legs", "[{]"), 1, ("--legs is no JSON",)),
        (("testing", "no-such"), 2, ("No such command",)),
        (("data", "actions", "shwo"), 2, ("No such command 'shwo'. Did you mean 'show'?",)),
        (("no-such-room",), 2, ("No such command",)),
    ],
)
def test_a_failure_says_what_to_do(seen, capsys, words, code, said):
    assert run(*words) == code
    captured = capsys.readouterr()
    assert captured.out == ""
    for part in said:
        assert part in captured.err


def test_help_lists_rooms_and_parameters(seen, capsys):
    assert run("--help") == 0
    assert "Testing: answer." in capsys.readouterr().out
    assert run("testing", "answer", "--help") == 0
    shown = capsys.readouterr().out
    assert "Who asks." in shown
    assert "--loud / --no-loud" in shown
    assert "[default: 2]" in shown


@operation(effect="read", command="testing far away")
def far_away(symbols: list[str], items: list[str], *, context: Context | None = None) -> str:
    """Answer from three words down."""
    return f"{'+'.join(symbols)} {'+'.join(items)}"


def test_a_command_of_three_words_is_listed_level_by_level(capsys):
    assert run("testing", "--help") == 0
    assert "Far: away." in capsys.readouterr().out
    assert run("testing", "far", "--help") == 0
    assert "Answer from three words down." in capsys.readouterr().out
    assert run("testing", "far", "away", "AAPL,MSFT", "--items", "revenue") == 0
    assert capsys.readouterr().out == "AAPL+MSFT revenue\n"


def test_the_last_list_takes_all_words_that_are_left(capsys):
    assert run("testing", "far", "away", "AAPL,MSFT", "revenue", "assets") == 0
    assert capsys.readouterr().out == "AAPL+MSFT revenue+assets\n"


def test_a_command_answers_to_the_name_of_its_operation_too(capsys):
    assert run("testing", "far-away", "A", "b") == run("testing", "far", "away", "A", "b") == 0
    assert capsys.readouterr().out == "A b\nA b\n"
    assert run("risk", "far-away", "A", "b") == 2


def test_the_help_of_a_group_says_what_it_is_about(capsys):
    assert run("data", "--help") == 0
    shown = " ".join(capsys.readouterr().out.split())
    for part in ("actions", "instruments", "universes"):
        whole = ast.get_docstring(ast.parse((DATA / part / "__init__.py").read_text()))
        assert whole.splitlines()[0] in shown


def test_every_word_of_a_command_is_lower_case_and_every_group_has_no_own_command():
    commands = {entry.command for entry in registry.operations() if entry.module}
    groups = {" ".join(one.split()[:n]) for one in commands for n in range(1, len(one.split()))}
    assert all(re.fullmatch(r"[a-z]+( [a-z]+){0,2}", one) for one in commands), commands
    assert not groups & commands


def test_every_operation_is_a_command_with_help(capsys):
    for entry in registry.operations():
        assert run(*entry.command.split(), "--help") == 0, entry.command
        assert entry.summary.split()[0] in capsys.readouterr().out


def test_listing_the_commands_imports_no_room():
    code = (
        "import sys; sys.argv = ['workbench', '--help']\n"
        "from workbench.cli import main\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        "rooms = [m for m in sys.modules if m.endswith('.operations')]\n"
        "heavy = {'numpy', 'pandas', 'rich', 'pydantic_settings'} & set(sys.modules)\n"
        "assert not rooms and not heavy, (rooms, heavy)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)


def test_config_show_masks_secrets(monkeypatch, capsys):
    monkeypatch.setenv("WORKBENCH_MCP_TOKEN", "hunter2")
    assert run("config", "show", "--json") == 0
    rows = {row["name"]: row for row in json.loads(capsys.readouterr().out)}
    assert rows["mcp_token"] == {
        "name": "mcp_token",
        "value": "********",
        "source": "environment",
        "description": "Bearer token asked of MCP clients over HTTP.",
    }
    assert run("config", "show") == 0
    assert "hunter2" not in capsys.readouterr().out


def test_doctor_names_a_broken_file_and_the_cure(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("WORKBENCH_HOME", str(tmp_path))
    (tmp_path / "strategies").mkdir()
    (tmp_path / "strategies" / "wrong.py").write_text("def (:")
    assert run("doctor", "--json") == 0
    report = json.loads(capsys.readouterr().out)
    wrong = [finding for finding in report["findings"] if finding["level"] == "error"]
    assert not report["healthy"]
    assert [finding["name"] for finding in wrong] == ["your strategies"]
    assert "wrong.py" in wrong[0]["cure"]


def test_the_first_interrupt_stops_the_run_and_the_shell_sees_130(tmp_path):
    script = tmp_path / "long.py"
    script.write_text(
        "import time\n"
        "from workbench.cli import main\n"
        "from workbench.context import Context\n"
        "from workbench.registry import operation\n"
        "@operation(effect='read', command='testing wait')\n"
        "def wait(*, context: Context | None = None) -> str:\n"
        "    '''Wait.'''\n"
        "    print('begun', flush=True)\n"
        "    for done in range(600):\n"
        "        context.progress(done, 600)\n"
        "        time.sleep(0.1)\n"
        "    return 'done'\n"
        "main(['testing', 'wait'])\n"
    )
    process = subprocess.Popen(
        [sys.executable, str(script)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )
    assert process.stdout.readline().strip() == "begun"
    time.sleep(0.2)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=30)
    assert process.returncode == 130
    assert "Stopped." in err
