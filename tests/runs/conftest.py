"""A home of its own for each test, records in memory, and notebooks of a few lines."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import pytest

pytest.importorskip("papermill", reason="the extra 'lab' is not installed")

import nbformat

from workbench.context import Context
from workbench.context.resources import Resources
from workbench.runs import run_notebook
from workbench.settings import load_settings
from workbench.store.memory import MemoryRuns

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from workbench.ports import RunRecord
    from workbench.runs import RunReport


class RunsInMemory(MemoryRuns):
    """Run records that remember every state that was saved."""

    def __init__(self) -> None:
        super().__init__()
        self.states: list[str] = []

    def save(self, record: RunRecord) -> None:
        super().save(record)
        self.states.append(record.status)


class LakeOfTwo:
    """As much of the port Lake as provenance asks."""

    def tables(self) -> list[str]:
        return ["bars", "features"]

    def version(self, table: str) -> int | None:
        return {"bars": 3, "features": 0}[table]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "home"
    monkeypatch.setenv("WORKBENCH_HOME", str(folder))
    monkeypatch.chdir(tmp_path)
    return folder


@pytest.fixture
def runs() -> RunsInMemory:
    return RunsInMemory()


@pytest.fixture
def context(home: Path, runs: RunsInMemory) -> Context:
    return context_of(runs)


@pytest.fixture
def notebook(tmp_path: Path) -> Callable[..., str]:
    """Writes a notebook of a parameters cell and further code cells; returns its path."""
    return partial(write_notebook, tmp_path / "tiny.ipynb")


@pytest.fixture(scope="module")
def run_once(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., RunReport]]:
    """Runs a notebook of these cells with x = 5, for all tests of a module."""
    folder = tmp_path_factory.mktemp("once")

    def run(*cells: str) -> RunReport:
        path = write_notebook(folder / "once.ipynb", *cells)
        return run_notebook(path, {"x": 5}, context=context_of(RunsInMemory()))

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("WORKBENCH_HOME", str(folder / "home"))
        yield run


def context_of(runs: RunsInMemory) -> Context:
    given = {"runs": runs, "lake": LakeOfTwo(), "settings": load_settings(seed=7)}
    return Context(resources=Resources(**given))


def write_notebook(path: Path, *cells: str, parameters: str = "x: int = 1") -> str:
    first = nbformat.v4.new_code_cell(parameters, metadata={"tags": ["parameters"]})
    title = nbformat.v4.new_markdown_cell("# A tiny notebook\n\nTwo cells.")
    made = nbformat.v4.new_notebook(
        cells=[title, first, *(nbformat.v4.new_code_cell(source) for source in cells)]
    )
    nbformat.write(made, path)
    return str(path)
