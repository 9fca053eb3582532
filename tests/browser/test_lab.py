"""JupyterLab opens the research notebook and runs it to its end."""

import pytest


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_the_research_notebook_runs_in_jupyterlab(page, lab, run_all):
    url, notebook = lab
    page.goto(url)
    outputs = run_all(page, notebook)
    assert [o["evalue"] for o in outputs if o["output_type"] == "error"] == []
    drawn = [o for o in outputs if "application/vnd.bokehjs_exec.v0+json" in o.get("data", {})]
    assert len(drawn) >= 4
    page.get_by_role("heading", name="3 · The backtest").scroll_into_view_if_needed()
    page.locator(".bk-Figure").first.wait_for()
