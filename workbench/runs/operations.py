"""Run notebooks, and look at what was run."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field

from workbench.context import Context, current
from workbench.registry import operation
from workbench.runs.results import RunList, RunReport


# A notebook runs with the rights of the person who put it there and can do no more through
# the workbench than compute; an agent chooses among these notebooks and cannot bring one.
@operation(effect="compute", command="runs start")
def run_notebook(
    notebook: str,
    parameters: Annotated[dict[str, Any] | None, Field(description="Name → value")] = None,
    *,
    timeout_seconds: Annotated[float, Field(gt=0, le=86_400)] = 900.0,
    context: Context | None = None,
) -> RunReport:
    """Run a notebook with parameters and keep the executed notebook and an HTML report.

    Parameters
    ----------
    notebook : str
        Name of a shipped notebook, such as ``research``, or of one under
        ``WORKBENCH_HOME/notebooks``; a person may also give a path.
    parameters : dict, optional
        Values for the names of the notebook's cell tagged ``parameters``; text is read as the
        type that the notebook declares.
    timeout_seconds : float, default 900
        The longest that one cell may take.
    context : Context, optional
        None means the process's own.

    Returns
    -------
    RunReport
        Where the run's folder and report lie.

    Raises
    ------
    RunFailed
        If a cell raises or takes too long; the run's folder keeps what was done.
    """
    from workbench.runs.notebooks import find_notebook, run

    context = context or current()
    path = find_notebook(notebook, context.caller)
    return run(path, parameters or {}, timeout_seconds=timeout_seconds, context=context)


@operation(effect="read", command="runs list")
def list_runs(
    limit: Annotated[int, Field(ge=1, le=1000)] = 20, *, context: Context | None = None
) -> RunList:
    """List the newest runs of notebooks and pipelines first.

    Parameters
    ----------
    limit : int, default 20
        The most that are listed.
    context : Context, optional
        None means the process's own.

    Returns
    -------
    RunList
        With status, times and where the reports lie.
    """
    from workbench.runs.records import report_of

    context = context or current()
    return RunList(runs=[report_of(record) for record in context.runs.latest(limit)])


@operation(effect="read", command="runs show")
def get_run(run_id: str, *, context: Context | None = None) -> RunReport:
    """Show one run: status, parameters, provenance and files.

    Parameters
    ----------
    run_id : str
        As `list_runs` shows it.
    context : Context, optional
        None means the process's own.

    Returns
    -------
    RunReport
        The run; ``interrupted`` when its process is gone without having ended it.

    Raises
    ------
    UnknownName
        If there is no such run.
    """
    from workbench.runs.records import report_of

    context = context or current()
    return report_of(context.runs.load(run_id))
