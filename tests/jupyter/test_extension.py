"""``%load_ext workbench.jupyter`` in a real kernel, and what it draws."""

from __future__ import annotations

import nbformat
import pandas as pd
import pytest
from IPython.core.interactiveshell import InteractiveShell
from nbclient import NotebookClient

from workbench.context import current, silent
from workbench.context.progress import _display
from workbench.domain import Number, Result
from workbench.jupyter import load_ipython_extension, result_html, unload_ipython_extension
from workbench.jupyter.progress import Bar

CELL = """
%load_ext workbench.jupyter
from workbench import current
from workbench.domain import Result

class Told(Result):
    said: str

for step in range(4):
    current().progress(step + 1, 4, f"step {step + 1}")
Told(said="<hello>")
"""


class Plain(Result):
    name: str
    sharpe: Number


class Tabled(Plain):
    def to_frame(self) -> pd.DataFrame:
        return pd.DataFrame({"price": [1.5, 2.5]}, index=["AAPL", "MSFT"])


def test_a_notebook_shows_progress_and_the_result_as_a_table(tmp_path):
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(CELL)])
    NotebookClient(notebook, timeout=60, resources={"metadata": {"path": str(tmp_path)}}).execute()
    bar, told = notebook.cells[0].outputs
    assert "<progress" in bar.data["text/html"]
    assert "4 of 4 step 4" in bar.data["text/html"]  # one bar, moved in place
    assert "&lt;hello&gt;" in told.data["text/html"]
    assert "Told" in told.data["text/plain"]


@pytest.fixture
def shell():
    made = InteractiveShell()
    yield made
    unload_ipython_extension(made)


def test_unloading_goes_back_to_silence_and_words(shell):
    load_ipython_extension(shell)
    data, _ = shell.display_formatter.format(Plain(name="a", sharpe=1.0))
    assert "text/html" in data
    assert _display["progress"] is not silent
    unload_ipython_extension(shell)
    data, _ = shell.display_formatter.format(Plain(name="a", sharpe=1.0))
    assert "text/html" not in data
    current().progress(1, 2, "")


def test_a_result_with_a_table_of_its_own_shows_it():
    html = result_html(Tabled(name="<a>", sharpe=float("nan")))
    assert "&lt;a&gt;" in html
    assert "MSFT" in html
    assert "nan" not in html.lower()


@pytest.mark.parametrize(
    ("bar", "words"),
    [
        (Bar(5, 10, "half"), "█" * 15 + "░" * 15 + "  50% half"),
        (Bar(3, None, "files"), "3 files"),
        (Bar(30, 10, ""), "█" * 30 + " 100%"),
    ],
)
def test_a_terminal_gets_a_line(bar, words):
    assert repr(bar) == words
    assert "<script" not in Bar(1, 2, "<script>")._repr_html_()
