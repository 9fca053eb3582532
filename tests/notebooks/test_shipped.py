"""Every notebook that is shipped: clean in the repository, whole when it is run."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

pytest.importorskip("papermill", reason="the extra 'lab' is not installed")

import nbformat

from workbench.runs import declared, get_run, run_notebook
from workbench.settings import shipped

FOLDER = Path(__file__).resolve().parents[2] / "notebooks"
NOTEBOOKS = sorted(path.name for path in FOLDER.glob("*.ipynb"))
FASTER = {
    "research.ipynb": {"start": "2018-01-01", "train_seconds": 3},
    "backtest.ipynb": {"start": "2016-01-01", "fast": {"min": 2, "max": 20}},
    "forecast.ipynb": {"train_seconds": 1, "kind_seconds": 1, "kinds": ["DLinear", "GRU"]},
}
"""Parameters under which a test says as much in less time."""
LEAST_FIGURES = {
    "research.ipynb": 5,
    "bring_your_own.ipynb": 2,
    "data.ipynb": 3,
    "backtest.ipynb": 5,
    "forecast.ipynb": 8,
}


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_it_is_committed_without_outputs_and_with_parameters(name):
    notebook = nbformat.read(FOLDER / name, as_version=4)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert not any(cell.outputs or cell.execution_count for cell in code)
    assert notebook.cells[0].source.startswith("# ")
    assert declared(notebook)


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_it_uses_the_public_names_only(name):
    notebook = nbformat.read(FOLDER / name, as_version=4)
    source = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "code")
    assert set(re.findall(r"(?:import|from) workbench\S*.*", source)) == {"import workbench as wb"}


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize("name", NOTEBOOKS)
def test_it_runs_and_its_report_holds_the_plots(name, tmp_path, monkeypatch):
    monkeypatch.setenv("WORKBENCH_HOME", str(tmp_path / "home"))
    report = run_notebook(name.removesuffix(".ipynb"), FASTER.get(name, {}))
    assert get_run(report.run_id).status == "completed"
    assert report.provenance["tables"]
    page = Path(report.report).read_text()
    figures = re.findall(r'data-root-id="[^"]+"', page)
    assert len(set(figures)) >= LEAST_FIGURES[name]
    assert "BEGIN bokeh.min.js" in page
    assert not re.search(r'<(?:script|img|link)[^>]+(?:src|href)="https?:', page)
    assert len(page) < 10_000_000


def test_the_main_job_is_shipped():
    assert shipped("notebooks", "research.ipynb").is_file()
