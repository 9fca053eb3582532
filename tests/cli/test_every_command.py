"""Every command is called as a person calls it, and as a program does."""

from __future__ import annotations

import json

import pytest
from calls import CALLS, arguments_of, furnish, tool_of
from vendors import polygon

from workbench import registry
from workbench.cli import main

WIDTH = 80
TRAINED = {
    "neural_train",
    "neural_forecast",
    "neural_predict",
    "neural_evaluate",
    "neural_backtest",
    "neural_optimize",
}
"""Called over MCP; training takes its time."""
CALLED = [call for call in CALLS if tool_of(call) not in TRAINED]


@pytest.fixture
def home(tmp_path, monkeypatch):
    """A home of its own with Polygon on loopback."""
    with polygon.Server() as vendor:
        for name, value in {**polygon.settings(vendor), "WORKBENCH_HOME": str(tmp_path)}.items():
            monkeypatch.setenv(name, value)
        monkeypatch.setenv("COLUMNS", str(WIDTH))
        furnish(tmp_path)
        yield tmp_path


def words_of(call, answers, home):
    """The words of a command: a flag for each argument, a list with commas, the rest as JSON."""
    given = arguments_of(call, answers, home)
    words = registry.find(tool_of(call)).command.split()
    for name, value in given.items():
        flag = f"--{name.replace('_', '-')}"
        if isinstance(value, bool):
            words.append(flag if value else f"--no-{flag[2:]}")
        elif isinstance(value, list) and all(isinstance(one, str) for one in value):
            words += [flag, ",".join(value)]
        else:
            words += [flag, value if isinstance(value, str) else json.dumps(value)]
    return words


def run(*words):
    try:
        main(words)
    except SystemExit as ended:
        return ended.code or 0
    return 0


@pytest.mark.slow
@pytest.mark.timeout(900)  # on a new machine it also compiles every kernel
def test_a_command_answers_a_program_in_json_and_a_person_within_80_columns(home, capsys):
    answers = {}
    for call in CALLED:
        words = words_of(call, answers, home)
        assert run(*words, "--json") == 0, (call, capsys.readouterr().err)
        answers[call] = json.loads(capsys.readouterr().out)
        assert run(*words) == 0, (call, capsys.readouterr().err)
        shown = capsys.readouterr().out.splitlines()
        assert shown, call
        assert not [line for line in shown if len(line) > WIDTH], call
