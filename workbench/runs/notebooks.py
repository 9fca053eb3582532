"""Run a notebook from its parameters to its report."""

from __future__ import annotations

import json
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workbench.domain import Caller
from workbench.errors import InvalidInput, MissingExtra, NotAllowed
from workbench.runs.parameters import coerced, declared
from workbench.runs.provenance import installed, provenance
from workbench.runs.records import (
    NOTEBOOK,
    REPORT,
    Run,
    recorded,
    report_of,
    sentence_of,
    status_after,
)
from workbench.settings import shipped

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from nbformat import NotebookNode

    from workbench.context import Context
    from workbench.runs.papermill import Execution
    from workbench.runs.results import RunReport

__all__ = ["find_notebook", "run"]

SUFFIX = ".ipynb"
_NEEDED = ("papermill", "nbconvert", "ipykernel")


def find_notebook(notebook: str, caller: Caller = Caller.PERSON) -> Path:
    """The file of a notebook, by path or by the name of a shipped one.

    Parameters
    ----------
    notebook : str
        ``"notebooks/research.ipynb"``, ``"research.ipynb"`` or ``"research"``.
    caller : Caller
        Only a person may name a path; anyone else the notebooks that a person has put
        where they are looked for.

    Returns
    -------
    pathlib.Path
        The existing file, absolute when a path was given.

    Raises
    ------
    NotAllowed
        If an agent or a schedule names a path.
    UnknownName
        If there is no such notebook; lists those there are.
    """
    name = notebook if notebook.endswith(SUFFIX) else notebook + SUFFIX
    plain = Path(name).name == name
    if plain or caller is Caller.PERSON:
        path = Path(name).expanduser()
        return path.absolute() if not plain and path.is_file() else _by_name(path)
    raise NotAllowed(
        "Only a person may run a notebook by its path",
        seen=notebook,
        cure="Give the name of a notebook, such as 'research'",
    )


def run(
    path: Path, parameters: Mapping[str, Any], *, timeout_seconds: float, context: Context
) -> RunReport:
    """Execute a notebook in a kernel of this interpreter and keep all that came of it.

    The run's folder ``home()/runs/<run_id>`` receives the executed notebook (written after
    every cell), ``report.html``, ``parameters.json``, ``provenance.json``,
    ``environment.txt`` and ``run.log``.

    Parameters
    ----------
    path : pathlib.Path
        The notebook.
    parameters : mapping
        Values for names of the cell tagged ``parameters``.
    timeout_seconds : float
        The longest that one cell may take.
    context : Context
        Progress is told to it, and its stop is obeyed within a cell.

    Returns
    -------
    RunReport
        Where everything lies.

    Raises
    ------
    MissingExtra
        If papermill, nbconvert or ipykernel is not installed.
    UnknownName
        If the notebook has no such parameter.
    InvalidInput
        If the file is no notebook or a value does not fit.
    RunFailed
        If a cell raises or takes too long; what was done is kept.
    Cancelled
        If the caller stopped it; what was done is kept.
    """
    _require_lab()
    notebook = _read(path)
    declarations = declared(notebook)
    values = coerced(parameters, declarations)
    shown = {**{name: item.default for name, item in declarations.items()}, **values}
    with recorded("notebook", path.name, shown, context) as running:
        _write_json(running.folder / "parameters.json", shown)
        error: BaseException | None = None
        try:
            _execute(notebook, values, running, timeout_seconds, context)
        except BaseException as caught:
            error = caught
            raise
        finally:
            _close(running, path, error, context)
    return report_of(running.record)


def _execute(
    notebook: NotebookNode,
    values: dict[str, Any],
    running: Run,
    timeout_seconds: float,
    context: Context,
) -> None:
    from workbench.runs.kernel import environment  # noqa: PLC0415  heavy: jupyter_client
    from workbench.runs.papermill import Execution  # noqa: PLC0415  heavy: papermill

    variables = environment(context.settings)
    output = running.folder / NOTEBOOK
    execution = Execution(notebook, output, values, variables, timeout_seconds)
    execution.run(_teller(execution, context))
    context.progress(execution.total(), execution.total(), "Report")


def _teller(execution: Execution, context: Context) -> Callable[[], None]:
    """Tells the context of each new cell, and asks it ten times a second whether to stop."""
    told = -1

    def tell() -> None:
        nonlocal told
        if told != execution.position or context.stop.is_set():
            told = execution.position
            context.progress(execution.done(), execution.total(), execution.heading())

    return tell


def _close(running: Run, path: Path, error: BaseException | None, context: Context) -> None:
    """Write down what the run was made with, and the page, also of a run that failed."""
    from workbench.runs.report import notebook_report  # noqa: PLC0415  heavy: nbconvert

    made_with = provenance(path.read_bytes(), context)
    _write_json(running.folder / "provenance.json", made_with)
    lines = [f"{name}=={version}" for name, version in installed().items()]
    (running.folder / "environment.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
    record = running.note(provenance=made_with, ended_at=context.now())
    executed = running.folder / NOTEBOOK
    if executed.is_file():
        page = notebook_report(
            _read(executed), record, status=status_after(error), error=sentence_of(error)
        )
        (running.folder / REPORT).write_text(page, encoding="utf-8")


def _by_name(path: Path) -> Path:
    return shipped("notebooks", path.name if path.parts[:-1] == ("notebooks",) else str(path))


def _require_lab() -> None:
    for package in _NEEDED:
        if find_spec(package) is None:
            raise MissingExtra(package, "to run notebooks", "lab")


def _read(path: Path) -> NotebookNode:
    import nbformat  # noqa: PLC0415  heavy: nbformat

    try:
        notebook: NotebookNode = nbformat.read(path, as_version=4)  # type: ignore[no-untyped-call]
    except (ValueError, KeyError, AttributeError) as error:  # NotJSONError is a ValueError
        raise InvalidInput(
            f"The file is no notebook: {error}",
            seen=str(path),
            cure="Open and save it in JupyterLab",
        ) from None
    return notebook


def _write_json(path: Path, values: Mapping[str, Any]) -> None:
    path.write_text(json.dumps(values, indent=2, default=str) + "\n", encoding="utf-8")
