"""JupyterLab opens the research notebook and runs it to its end."""

import json

import pytest

IDLE = ".jp-Notebook-ExecutionIndicator[data-status=idle]"


def saved(page, notebook, seconds):
    """Save until the code cells of the file all have their counts, and return them."""
    for _ in range(seconds // 2):
        page.locator("[data-jp-item-name=save]").click()
        page.wait_for_timeout(2_000)
        cells = [c for c in json.loads(notebook.read_text())["cells"] if c["cell_type"] == "code"]
        failed = [o for c in cells for o in c["outputs"] if o["output_type"] == "error"]
        if failed or all(cell["execution_count"] for cell in cells):
            return cells
    return pytest.fail("JupyterLab has not run every cell")


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_the_research_notebook_runs_in_jupyterlab(page, lab):
    url, notebook = lab
    page.goto(url)
    page.locator(IDLE).wait_for()
    page.get_by_role("button", name="No", exact=True).click()  # news of Jupyter
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
    outputs = [output for cell in saved(page, notebook, 400) for output in cell["outputs"]]
    assert [o["evalue"] for o in outputs if o["output_type"] == "error"] == []
    drawn = [o for o in outputs if "application/vnd.bokehjs_exec.v0+json" in o.get("data", {})]
    assert len(drawn) >= 4
    page.get_by_role("heading", name="3 · The backtest").scroll_into_view_if_needed()
    page.locator(".bk-Figure").first.wait_for()
    page.wait_for_timeout(2_000)  # for the picture: figures are drawn when they come into sight
