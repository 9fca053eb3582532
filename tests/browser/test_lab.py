"""JupyterLab opens the research notebook and runs it to its end."""

import pytest

STATE = """() => [...document.querySelectorAll(".jp-CodeCell")].map(
    cell => cell.querySelector(".jp-InputPrompt").textContent)"""


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_the_research_notebook_runs_in_jupyterlab(page, lab_url):
    page.goto(lab_url)
    page.locator(".jp-Notebook .jp-CodeCell").first.wait_for()
    page.locator(".jp-NotebookPanel-toolbar [title*='Python 3']").first.wait_for()
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
    idle = page.locator(".jp-Notebook-ExecutionIndicator[data-status=idle]")
    page.locator(".jp-Notebook-ExecutionIndicator[data-status=busy]").wait_for()
    idle.wait_for(timeout=400_000)
    assert page.locator("[data-mime-type='application/vnd.jupyter.stderr']").count() == 0
    assert page.locator("[data-mime-type='application/vnd.jupyter.error']").count() == 0
    page.get_by_role("heading", name="In one table").scroll_into_view_if_needed()
    assert page.get_by_text("Read it with doubt").count() == 1
