"""A home of its own for each test, records in memory, and notebooks of a few lines."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

pytest.importorskip("papermill", reason="the extra 'lab' is not installed")

import nbformat

from workbench.context import Context
from workbench.context.resources import Resources
from workbench.settings import load_settings
from workbench.store.memory import MemoryRuns

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from workbench.ports import RunRecord


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
    given = {"runs": runs, "lake": LakeOfTwo(), "settings": load_settings(seed=7)}
    return Context(resources=Resources(**given))


@pytest.fixture
def notebook(tmp_path: Path) -> Callable[..., str]:
    """Writes a notebook of a parameters cell and further code cells; returns its path."""

    def write(*cells: str, parameters: str = "x: int = 1", name: str = "tiny.ipynb") -> str:
        first = nbformat.v4.new_code_cell(parameters, metadata={"tags": ["parameters"]})
        title = nbformat.v4.new_markdown_cell("# A tiny notebook\n\nTwo cells.")
        made = nbformat.v4.new_notebook(
            cells=[title, first, *(nbformat.v4.new_code_cell(source) for source in cells)]
        )
        nbformat.write(made, tmp_path / name)
        return str(tmp_path / name)

    return write
