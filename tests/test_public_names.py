"""Every package is lazy and light."""

from __future__ import annotations

import ast
import importlib
import subprocess
import sys
from pathlib import Path

import pytest

import workbench

PACKAGE = Path(workbench.__file__).parent
STUBS = sorted(PACKAGE.rglob("__init__.pyi"))
HEAVY = {
    "alembic", "bokeh", "dask", "deltalake", "exchange_calendars", "holoviews", "ipywidgets", "mcp",
    "mlflow", "neuralforecast", "numba", "numpy", "pandas", "panel", "papermill", "pyarrow",
    "pydantic_settings", "rich", "scipy", "sqlalchemy", "torch", "vectorbt", "xarray",
}  # fmt: skip


def module_of(stub: Path) -> str:
    parts = stub.parent.relative_to(PACKAGE.parent).parts
    return ".".join(parts)


def test_every_package_has_a_stub_beside_its_init():
    folders = {path.parent for path in PACKAGE.rglob("__init__.py")}
    rooms = {folder for folder in folders if not {"_share", "migrations"} & set(folder.parts)}
    assert rooms == {stub.parent for stub in STUBS}


@pytest.mark.parametrize("stub", STUBS, ids=module_of)
def test_public_names_exist(stub):
    module = importlib.import_module(module_of(stub))
    tree = ast.parse(stub.read_text())
    listed = next(
        ast.literal_eval(node.value) for node in tree.body if isinstance(node, ast.Assign)
    )
    imported = {
        alias.asname
        for node in tree.body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    assert set(listed) == imported
    for name in listed:
        assert getattr(module, name) is not None
    assert set(listed) <= set(dir(module))


@pytest.mark.parametrize("stub", STUBS, ids=module_of)
def test_importing_a_package_loads_nothing_heavy(stub):
    code = f"import sys, {module_of(stub)}; print(sorted({HEAVY!r} & set(sys.modules)))"
    run = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert run.stdout.strip() == "[]"


@pytest.mark.parametrize(
    "path", sorted(PACKAGE.glob("*/operations.py")), ids=lambda path: path.parent.name
)
def test_importing_the_operations_of_a_room_loads_nothing_heavy(path):
    module = f"workbench.{path.parent.name}.operations"
    code = f"import sys, {module}; print(sorted({HEAVY!r} & set(sys.modules)))"
    run = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert run.stdout.strip() == "[]"
