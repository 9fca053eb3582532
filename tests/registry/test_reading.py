from __future__ import annotations

import pytest

from workbench.errors import ConfigurationError
from workbench.registry.reading import decorated

TEXT = '''
import workbench as wb
NAME = "x"

@operation(effect="read", tool="a_tool")
def one():
    """First line.

    More.
    """

@wb.operation(effect="write")
class Two: ...

@other
@operation
def bare(): ...

def outer():
    @operation(effect="read")
    def inner(): ...
'''


def test_decorated_functions_are_found_without_running_the_file(tmp_path):
    path = tmp_path / "operations.py"
    path.write_text(TEXT)
    one, two = decorated(path, "operation")
    assert (one.function, one.keywords, one.summary) == (
        "one",
        {"effect": "read", "tool": "a_tool"},
        "First line.",
    )
    assert (two.function, two.keywords["effect"], two.line) == ("Two", "write", 13)


def test_an_argument_that_is_no_literal_is_refused_or_left_out(tmp_path):
    path = tmp_path / "operations.py"
    path.write_text("@operation(NAME, effect=EFFECT, **more)\ndef one(): ...\n")
    with pytest.raises(ConfigurationError, match=r"operations\.py, line 1.*NAME"):
        decorated(path, "operation")
    assert decorated(path, "operation", literal=False)[0].arguments == (None,)


def test_a_call_of_something_else_is_not_it(tmp_path):
    path = tmp_path / "operations.py"
    path.write_text("@table[0](1)\ndef one(): ...\n")
    assert decorated(path, "operation") == []


def test_a_file_that_is_no_python_is_named(tmp_path):
    path = tmp_path / "mine.py"
    path.write_text("def (:")
    with pytest.raises(ConfigurationError, match=r"mine\.py.*line 1"):
        decorated(path, "operation")
