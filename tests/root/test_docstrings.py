"""What numpydoc's linter cannot see: a function's docstring names only parameters that it has."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from numpydoc.docscrape import NumpyDocString

ROOT = Path(__file__).resolve().parents[2]
FILES = sorted((ROOT / "workbench").rglob("*.py"))


def arguments(function: ast.FunctionDef | ast.AsyncFunctionDef) -> set[str]:
    its = function.args
    every = [*its.posonlyargs, *its.args, *its.kwonlyargs, its.vararg, its.kwarg]
    return {one.arg for one in every if one is not None}


def documented(docstring: str) -> set[str]:
    rows = NumpyDocString(docstring)["Parameters"]
    return {name.strip().lstrip("*\\") for row in rows for name in row.name.split(",")}


@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_parameter_is_documented_that_is_not_there(path):
    unknown = {
        node.name: documented(docstring) - arguments(node)
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        if (docstring := ast.get_docstring(node))
    }
    assert {name: names for name, names in unknown.items() if names} == {}
