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
DOORWAYS = sorted(path for name in ("operations.py", "results.py") for path in PACKAGE.rglob(name))
HEAVY = {
    "alembic", "bokeh", "dask", "deltalake", "exchange_calendars", "holoviews", "ipywidgets", "mcp",
    "mlflow", "neuralforecast", "numba", "numpy", "pandas", "panel", "papermill", "pyarrow",
    "pydantic_settings", "rich", "scipy", "sqlalchemy", "torch", "vectorbt", "xarray",
}  # fmt: skip


def dotted(path: Path) -> str:
    return ".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts)


def module_of(stub: Path) -> str:
    return dotted(stub.parent)


def heavy_after(module: str) -> list[str]:
    """What of `HEAVY` is loaded once a module is imported, in a process of its own."""
    code = f"import sys, {module}; print(*sorted({HEAVY!r} & set(sys.modules)))"
    run = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    return run.stdout.split()


def isort_style(name: str) -> tuple[int, str]:
    """CONSTANTS, Classes, functions: the order of ruff's RUF022."""
    return (0 if name.isupper() else 1 if name[:1].isupper() else 2), name


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
    assert listed == sorted(imported, key=isort_style)
    for name in listed:
        assert getattr(module, name) is not None
    assert set(listed) <= set(dir(module))


@pytest.mark.parametrize("stub", STUBS, ids=module_of)
def test_importing_a_package_loads_nothing_heavy(stub):
    assert heavy_after(module_of(stub)) == []


def test_the_operations_of_rooms_and_of_their_parts_are_looked_at():
    assert {"workbench.risk.operations", "workbench.data.quality.operations"} <= set(
        map(dotted, DOORWAYS)
    )


@pytest.mark.parametrize("path", DOORWAYS, ids=dotted)
def test_importing_what_the_doors_read_loads_nothing_heavy(path):
    assert heavy_after(dotted(path)) == []
