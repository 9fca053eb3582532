"""A notebook from its parameters to its report, and every way in which it can end."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import nbformat
import pytest

from workbench.domain import Caller
from workbench.errors import Cancelled, InvalidInput, NotAllowed, RunFailed, UnknownName
from workbench.runs import get_run, list_runs, run_notebook
from workbench.runs.notebooks import find_notebook


def outputs(report_or_folder) -> list:
    cells = nbformat.read(Path(report_or_folder) / "notebook.ipynb", as_version=4).cells
    return [output for cell in cells for output in cell.get("outputs", [])]


def test_a_notebook_runs_with_its_parameters(notebook, context, runs, home):
    news = []
    path = notebook("x * 10")
    report = run_notebook(
        path, {"x": "4"}, context=context.replace(on_progress=lambda *a: news.append(a))
    )
    assert report.status == "completed"
    assert report.parameters == {"x": 4}
    assert Path(report.folder).parent == home / "runs"
    assert outputs(report.folder)[-1].data["text/plain"] == "40"
    assert json.loads((Path(report.folder) / "parameters.json").read_text()) == {"x": 4}
    assert runs.states == ["running", "completed"]
    assert news[-1][:2] == (3, 3)
    assert get_run(report.run_id, context=context) == report
    assert [run.run_id for run in list_runs(context=context).runs] == [report.run_id]


def test_the_kernel_is_this_interpreter_in_the_folder_of_the_run(notebook, context, home):
    source = "import os, sys; print(sys.executable, os.getcwd(), os.environ['WORKBENCH_HOME'])"
    report = run_notebook(notebook(source), context=context)
    assert outputs(report.folder)[-1].text.split() == [sys.executable, report.folder, str(home)]


def test_the_kernel_sees_the_settings_of_the_context(notebook, context):
    source = "from workbench.settings import load_settings; load_settings().seed"
    report = run_notebook(notebook(source), context=context)
    assert outputs(report.folder)[-1].data["text/plain"] == "7"


def test_provenance_names_versions_tables_commit_and_seed(notebook, context):
    report = run_notebook(notebook("x"), context=context)
    kept = json.loads((Path(report.folder) / "provenance.json").read_text())
    assert kept == report.provenance
    assert kept["seed"] == 7
    assert kept["tables"] == {"bars": 3, "features": 0}
    assert kept["packages"]["bokeh"] == __import__("bokeh").__version__
    assert kept["python"] == ".".join(map(str, sys.version_info[:3]))
    everything = (Path(report.folder) / "environment.txt").read_text()
    assert f"papermill=={__import__('papermill').__version__}\n" in everything


def test_a_failing_notebook_is_kept_with_its_error(notebook, context, runs):
    path = notebook("print('before')", "1 / 0", "print('after')")
    with pytest.raises(RunFailed, match=r"cell \[3\] \(ZeroDivisionError: division by zero\)"):
        run_notebook(path, context=context)
    (record,) = runs.latest()
    assert record.status == "failed"
    assert "ZeroDivisionError" in record.error
    kept = outputs(record.folder)
    assert kept[0].text == "before\n"
    assert kept[-1].ename == "ZeroDivisionError"
    page = (Path(record.folder) / "report.html").read_text()
    assert 'class="status failed"' in page


def test_a_failing_notebook_counts_the_injected_cell(notebook, context):
    with pytest.raises(RunFailed, match=r"cell \[3\]"):
        run_notebook(notebook("1 / 0"), {"x": 2}, context=context)


def test_a_cell_that_takes_too_long_ends(notebook, context, runs):
    with pytest.raises(RunFailed, match="longer than 1 seconds"):
        run_notebook(notebook("import time; time.sleep(60)"), timeout_seconds=1, context=context)
    (record,) = runs.latest()
    assert outputs(record.folder)[-1].ename == "CellTimeoutError"


def test_a_kernel_that_dies_is_a_failure(notebook, context):
    with pytest.raises(RunFailed, match="its process died"):
        run_notebook(notebook("import os; os._exit(9)"), context=context)


def test_an_unknown_parameter_names_those_there_are(notebook, context, runs):
    with pytest.raises(UnknownName, match="horizon"):
        run_notebook(
            notebook("x", parameters="x = 1\nhorizon = 12"), {"horizont": 3}, context=context
        )
    assert not runs.latest()


def test_a_file_that_is_no_notebook(tmp_path, context):
    (tmp_path / "broken.ipynb").write_text("{")
    with pytest.raises(InvalidInput, match="no notebook"):
        run_notebook(str(tmp_path / "broken.ipynb"), context=context)


def test_a_run_can_be_stopped_within_a_cell(notebook, context, runs):
    def stop_in_the_last_cell(done, total, message):
        if done == total - 1:
            context.stop.set()

    path = notebook("print('started', flush=True)\nimport time; time.sleep(60)")
    began = time.monotonic()
    with pytest.raises(Cancelled):
        run_notebook(path, context=context.replace(on_progress=stop_in_the_last_cell))
    assert time.monotonic() - began < 30
    (record,) = runs.latest()
    assert record.status == "cancelled"


_KILLED = """
import os, pickle, signal, sys
from pathlib import Path
from workbench.context import Context
from workbench.context.resources import Resources
from workbench.runs import run_notebook
class Runs:
    def save(self, record):
        Path(sys.argv[2]).write_bytes(pickle.dumps(record))
class Lake:
    def tables(self):
        return []
run_notebook(sys.argv[1], context=Context(resources=Resources(runs=Runs(), lake=Lake())))
"""


def test_a_killed_process_leaves_an_interrupted_run_and_no_kernel(
    notebook, context, runs, tmp_path
):
    import pickle

    pid_file = tmp_path / "kernel.pid"
    path = notebook(
        f"import os, time\nopen({str(pid_file)!r}, 'w').write(str(os.getpid()))\ntime.sleep(120)"
    )
    saved = tmp_path / "record"
    process = subprocess.Popen([sys.executable, "-c", _KILLED, path, str(saved)])
    wait_for(lambda: pid_file.is_file() and pid_file.read_text())
    runs.save(pickle.loads(saved.read_bytes()))  # noqa: S301  written by this test
    (run_id,) = [record.run_id for record in runs.latest()]
    assert get_run(run_id, context=context).status == "running"
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert runs.load(run_id).status == "running"
    assert get_run(run_id, context=context).status == "interrupted"
    wait_for(lambda: not exists(int(pid_file.read_text())))


def exists(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return "\nState:\tZ" not in Path(f"/proc/{pid}/status").read_text()


def wait_for(condition, seconds: float = 40) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.1)


def test_an_agent_names_notebooks_and_never_paths(notebook, context, home):
    path = notebook("x")
    with pytest.raises(NotAllowed, match="by its path"):
        run_notebook(path, context=context.replace(caller=Caller.AGENT))
    with pytest.raises(NotAllowed):
        find_notebook("../tiny", Caller.AGENT)
    (home / "notebooks").mkdir(parents=True)
    Path(path).rename(home / "notebooks" / "tiny.ipynb")
    assert find_notebook("tiny", Caller.AGENT) == home / "notebooks" / "tiny.ipynb"
    assert find_notebook("notebooks/tiny.ipynb") == home / "notebooks" / "tiny.ipynb"
    with pytest.raises(UnknownName, match="tiny"):
        find_notebook("tinny")
