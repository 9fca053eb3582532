"""What the operations of this room return."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

from workbench.domain import Result

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["DoctorReport", "Finding"]


class Finding(Result):
    """One thing that was examined.

    Parameters
    ----------
    name : str
        What was examined.
    level : {"ok", "warning", "error"}
        How it is.
    found : str
        What was seen.
    cure : str
        What to do about it; empty when nothing is wrong.
    """

    name: str
    level: Literal["ok", "warning", "error"]
    found: str
    cure: str = ""


class DoctorReport(Result):
    """What is wrong with this installation, and the cure.

    Parameters
    ----------
    healthy : bool
        Whether no finding is an error.
    findings : tuple of Finding
        Everything that was examined.
    """

    headline: ClassVar[tuple[str, ...]] = ("healthy",)

    healthy: bool
    findings: tuple[Finding, ...]

    def to_frame(self) -> pd.DataFrame:
        """One row per finding: ``name, level, found, cure``."""
        import pandas as pd  # noqa: PLC0415  heavy: pandas

        return pd.DataFrame([finding.model_dump() for finding in self.findings])
