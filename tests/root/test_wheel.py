"""The wheel carries the package and what is shipped with it, and nothing of the workshop."""

from __future__ import annotations

import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
VERSION = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
INFO = f"neural_trader_workbench-{VERSION}.dist-info"
SHIPPED = ("dashboards", "datasets", "notebooks", "pipelines")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder)]
    done = subprocess.run(
        [*command, str(ROOT)], capture_output=True, text=True, check=False, cwd=folder
    )
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    (built,) = folder.glob("neural_trader_workbench-*.whl")
    return zipfile.ZipFile(built)


@pytest.fixture(scope="module")
def names(wheel):
    return set(wheel.namelist())


def test_every_file_of_the_package_is_in_it(names):
    ours = {
        str(path.relative_to(ROOT))
        for path in (ROOT / "workbench").rglob("*")
        if path.suffix in {".py", ".pyi", ".typed", ".mako", ".css", ".html", ".js", ".json"}
    }
    assert ours - names == set()
    assert "workbench/py.typed" in names


@pytest.mark.parametrize("folder", SHIPPED)
def test_what_is_shipped_is_in_it(names, folder):
    ours = {
        f"workbench/_share/{path.relative_to(ROOT)}"
        for path in (ROOT / folder).rglob("*")
        if path.is_file() and path.suffix in {".md", ".ipynb", ".yaml", ".yml", ".py"}
        if ".ipynb_checkpoints" not in path.parts
    }
    assert ours
    assert ours - names == set()


def test_nothing_of_the_workshop_is_in_it(names):
    tops = {name.split("/")[0] for name in names}
    assert tops == {"workbench", INFO}
    assert not [name for name in names if "__pycache__" in name or "/tests/" in name]


def test_it_names_its_command_and_its_extras(wheel):
    assert b"workbench = workbench.cli:main" in wheel.read(f"{INFO}/entry_points.txt")
    metadata = wheel.read(f"{INFO}/METADATA").decode()
    assert "Requires-Python: <3.14,>=3.11" in metadata
    for extra in ("forecast", "lab", "live", "gpu", "bench", "dev", "full"):
        assert f"Provides-Extra: {extra}\n" in metadata
