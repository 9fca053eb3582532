"""What a run tells of itself."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar

from pydantic import Field

from workbench.domain import Number, Result

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["RunList", "RunReport"]


class RunReport(Result):
    """One run of a notebook or pipeline.

    Attributes
    ----------
    run_id : str
        Sorts by the time at which the run began.
    kind : str
        ``notebook`` or ``pipeline``.
    name : str
        What was run.
    status : str
        ``running``, ``completed``, ``failed``, ``cancelled``, or ``interrupted`` when the
        process of the run is gone and nobody could write down how it ended.
    started_at, ended_at : datetime or None
        In UTC.
    seconds : float
        How long it ran; NaN while it has not ended.
    folder : str
        Where all its files lie.
    notebook, report : str
        The executed notebook and the HTML page made of it; empty when there is none.
    error : str
        The sentence of the failure, or empty.
    parameters, provenance : dict
        What went in, and what it was made with: table and package versions, git commit, seed.
    """

    headline: ClassVar[tuple[str, ...]] = (
        "run_id",
        "name",
        "status",
        "seconds",
        "folder",
        "report",
        "error",
    )

    run_id: str
    kind: str
    name: str
    status: str
    started_at: datetime
    ended_at: datetime | None = None
    seconds: Number
    folder: str
    notebook: str = ""
    report: str = ""
    error: str = ""
    parameters: dict[str, Any] = Field(default_factory=dict)
    provenance: dict[str, Any] = Field(default_factory=dict, repr=False)


class RunList(Result):
    """The newest runs first."""

    repr_has_every_row: ClassVar[bool] = True

    runs: list[RunReport]

    def to_frame(self) -> pd.DataFrame:
        """One row per run.

        Returns
        -------
        pandas.DataFrame
            Index ``run_id``; columns ``kind``, ``name``, ``status``, ``started_at``,
            ``seconds`` and ``report``.
        """
        import pandas as pd  # noqa: PLC0415  heavy: pandas

        columns = ["kind", "name", "status", "started_at", "seconds", "report"]
        rows = [[getattr(run, column) for column in columns] for run in self.runs]
        index = pd.Index([run.run_id for run in self.runs], name="run_id")
        return pd.DataFrame(rows, columns=columns, index=index)

    def __repr__(self) -> str:
        lines = [f"RunList of {len(self.runs)}"]
        lines += [f"  {run.run_id}  {run.status:<11}  {run.name}" for run in self.runs]
        return "\n".join(lines)

    __str__ = __repr__
