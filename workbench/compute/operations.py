"""Whether the workbench is there, and whether it is well."""

from __future__ import annotations

from workbench.compute.results import DoctorReport
from workbench.context import Context, current
from workbench.registry import operation

__all__ = ["doctor", "ping"]


@operation(effect="read", command="ping")
def ping(*, context: Context | None = None) -> str:  # noqa: ARG001  every operation takes one
    """Answer "pong", so that a caller knows the workbench is there."""
    return "pong"


@operation(effect="read", command="doctor")
def doctor(*, context: Context | None = None) -> DoctorReport:
    """Name what is wrong with this installation, its settings and stores, with the cure."""
    from workbench.compute.doctor import findings  # heavy: packaging

    found = findings(context or current())
    healthy = all(finding.level != "error" for finding in found)
    return DoctorReport(healthy=healthy, findings=tuple(found))
