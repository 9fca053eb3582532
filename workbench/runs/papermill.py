"""Execute a notebook by papermill in a kernel that can be stopped at any moment."""

from __future__ import annotations

import logging
import subprocess
from dataclasses import dataclass, field
from signal import SIGINT, SIGKILL, Signals
from tempfile import TemporaryDirectory
from threading import Event, Thread
from typing import IO, TYPE_CHECKING, Any

import nbformat
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from papermill.clientwrap import PapermillNotebookClient
from papermill.engines import Engine, papermill_engines
from papermill.exceptions import PapermillExecutionError
from papermill.execute import execute_notebook

from workbench.errors import RunFailed
from workbench.runs.kernel import ThisInterpreter, signal_group

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

__all__ = ["Execution"]

POLL_SECONDS = 0.1
START_SECONDS = 120
INTERRUPT_SECONDS = 3
KILL_SECONDS = 10
IOPUB_SECONDS = 60
ERROR_TAG = "papermill-error-cell-tag"


@dataclass
class Execution:
    """One execution; papermill works in a thread, the caller's thread watches.

    Attributes
    ----------
    notebook : nbformat.NotebookNode
        The notebook as written.
    output : pathlib.Path
        Where the executed notebook is written, after every cell.
    parameters : dict
        Values of declared parameters.
    variables : dict
        The environment of the kernel.
    timeout_seconds : float
        The longest that one cell may take.
    """

    notebook: nbformat.NotebookNode
    output: Path
    parameters: dict[str, Any]
    variables: dict[str, str]
    timeout_seconds: float
    position: int = 0
    _running: nbformat.NotebookNode | None = field(default=None, init=False, repr=False)
    _kernel: ThisInterpreter | None = field(default=None, init=False, repr=False)
    _failure: BaseException | None = field(default=None, init=False, repr=False)
    _stopping: Event = field(default_factory=Event, init=False, repr=False)

    def run(self, watch: Callable[[], None]) -> None:
        """Execute every cell.

        Parameters
        ----------
        watch : callable
            Called ten times a second; ends the execution by raising.

        Raises
        ------
        RunFailed
            If a cell raises or takes too long, or the kernel dies; names the cell.
        """
        thread = Thread(target=self._work, name="notebook", daemon=True)
        thread.start()
        try:
            while thread.is_alive():
                watch()
                thread.join(POLL_SECONDS)
        except BaseException:
            self._stop(thread)
            raise
        if self._failure is not None:
            raise self._explained(self._failure) from self._failure

    def done(self) -> int:
        """How many code cells have ended."""
        return max(len(self._code_cells(self.position)) - 1, 0)

    def total(self) -> int:
        """How many code cells there are, the injected parameters included."""
        return len(self._code_cells())

    def heading(self) -> str:
        """The last heading above the cell that runs."""
        lines = [
            line.lstrip("# ").strip()
            for cell in self._cells()[: self.position + 1]
            if cell.cell_type == "markdown"
            for line in cell.source.splitlines()
            if line.startswith("#")
        ]
        return lines[-1] if lines else "Starting"

    def _cells(self) -> list[nbformat.NotebookNode]:
        """The cells as they are executed, without the marks that papermill adds to a failure."""
        cells = (self._running or self.notebook).cells
        return [cell for cell in cells if ERROR_TAG not in cell.metadata.get("tags", [])]

    def _code_cells(self, last: int | None = None) -> list[nbformat.NotebookNode]:
        cells = self._cells()
        upto = cells if last is None else cells[: last + 1]
        return [cell for cell in upto if cell.cell_type == "code"]

    def _work(self) -> None:
        try:
            with self.output.with_name("run.log").open("w", encoding="utf-8") as log:
                execute_notebook(
                    self.notebook,
                    str(self.output),
                    self.parameters,
                    engine_name=_ENGINE,
                    kernel_name="python3",
                    language="python",
                    progress_bar=False,
                    execution=self,
                    log=log,
                )
        except BaseException as error:  # noqa: BLE001  raised again in the caller's thread
            self._failure = error
            self._keep(error)

    def _begin(self, cell_index: int, **_: Any) -> None:
        self.position = cell_index
        if self._stopping.is_set():
            raise InterruptedError

    def _stop(self, thread: Thread) -> None:
        """Interrupt the cell so that its output is kept, then end what is left."""
        self._stopping.set()
        self._signal(SIGINT)
        thread.join(INTERRUPT_SECONDS)
        if thread.is_alive():
            self._signal(SIGKILL)
            thread.join(KILL_SECONDS)

    def _signal(self, number: Signals) -> None:
        if self._kernel is not None:
            signal_group(self._kernel.pid, number)

    def _explained(self, failure: BaseException) -> RunFailed:
        number = len(self._code_cells(self.position))
        return RunFailed(
            f"The notebook failed in cell [{number}] ({self._reason(failure)})",
            seen=str(self.output),
            cure="Open it: the error stands under its cell, and the cells before kept their output",
        )

    def _reason(self, failure: BaseException) -> str:
        if isinstance(failure, PapermillExecutionError):
            return f"{failure.ename}: {failure.evalue}"
        if isinstance(failure, CellTimeoutError):
            return f"it took longer than {self.timeout_seconds:g} seconds"
        if isinstance(failure, DeadKernelError):
            return "its process died, perhaps for want of memory"
        return f"{type(failure).__name__}: {failure}"

    def _keep(self, failure: BaseException) -> None:
        """Write an error that no cell has printed itself under the cell that was running."""
        if isinstance(failure, PapermillExecutionError) or self._running is None:
            return
        reason = self._reason(failure)
        self._running.cells[self.position].setdefault("outputs", []).append(
            nbformat.v4.new_output(  # type: ignore[no-untyped-call]
                "error", ename=type(failure).__name__, evalue=reason, traceback=[reason]
            )
        )
        nbformat.write(self._running, self.output)  # type: ignore[no-untyped-call]


class _Watched(Engine):  # type: ignore[misc]
    """Papermill's own engine with a kernel of this interpreter."""

    @classmethod
    def execute_managed_notebook(
        cls,
        nb_man: Any,
        kernel_name: str,
        *,
        execution: Execution,
        log: IO[str],
        **_: Any,
    ) -> None:
        execution._running = nb_man.nb  # noqa: SLF001  the two are one mechanism
        client = PapermillNotebookClient(
            nb_man,
            kernel_name=kernel_name,
            timeout=execution.timeout_seconds,
            startup_timeout=START_SECONDS,
            iopub_timeout=IOPUB_SECONDS,
            on_cell_start=execution._begin,  # noqa: SLF001
            stdout_file=log,
            stderr_file=log,
        )
        with TemporaryDirectory(prefix="run-") as sockets:
            client.km = execution._kernel = ThisInterpreter(  # noqa: SLF001
                transport="ipc", connection_file=f"{sockets}/kernel.json"
            )
            client.execute(
                cleanup_kc=True,
                cwd=str(execution.output.parent),
                env=execution.variables,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )


_ENGINE = "workbench"
# It warns of parameters whose annotation it cannot read; they have been checked before.
logging.getLogger("papermill").setLevel(logging.ERROR)
papermill_engines.register(_ENGINE, _Watched)
