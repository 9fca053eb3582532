"""Parameters are read from the notebook, and text is made to fit them."""

from __future__ import annotations

import nbformat
import pytest

from workbench.errors import InvalidInput
from workbench.runs.parameters import coerced, declared


def cell(source: str) -> nbformat.NotebookNode:
    tagged = nbformat.v4.new_code_cell(source, metadata={"tags": ["parameters"]})
    return nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("y = 2"), tagged])


@pytest.mark.parametrize(
    ("declaration", "given", "value"),
    [
        ("x = 1", "12", 12),
        ("x = 1.5", "2", 2.0),
        ("x = 1.5", 2, 2.0),
        ("x = True", "false", False),
        ("x = 'a'", "12", "12"),
        ("x = []", '["a", "b"]', ["a", "b"]),
        ("x: list[str] = []", '["a"]', ["a"]),
        ("x: dict[str, float] = {}", '{"a": 1}', {"a": 1.0}),
        ("x: int | None = None", "3", 3),
        ("x: int | None = None", "null", None),
        ("x: str | None = None", "2020-01-01", "2020-01-01"),
        ("x = None", "[1]", [1]),
        ("x = None", "free text", "free text"),
        ("x = -1", "-3", -3),
    ],
)
def test_text_is_read_as_the_declared_type(declaration, given, value):
    fitted = coerced({"x": given}, declared(cell(declaration)))["x"]
    assert fitted == value
    assert type(fitted) is type(value)


def test_a_value_that_does_not_fit_names_the_parameter():
    with pytest.raises(InvalidInput, match=r"'x'.*got 'many'.*is 1"):
        coerced({"x": "many"}, declared(cell("x: int = 1")))


def test_a_parameters_cell_that_computes_is_refused():
    with pytest.raises(InvalidInput, match="literal"):
        declared(cell("x = open('y')"))


def test_a_notebook_without_a_parameters_cell_has_none():
    assert declared(nbformat.v4.new_notebook()) == {}
