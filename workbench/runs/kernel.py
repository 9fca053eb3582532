"""The kernel of a run: this interpreter, its own session, an end that always comes."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import AsyncKernelManager

from workbench.errors import MissingExtra
from workbench.settings import cache_folder, home

if TYPE_CHECKING:
    from collections.abc import Mapping
    from signal import Signals

    from workbench.settings import Settings

__all__ = ["ThisInterpreter", "environment", "signal_group"]

_CLONE = Path(__file__).resolve().parent.parent.parent


class ThisInterpreter(AsyncKernelManager):
    """Starts ipykernel in the interpreter of this process, whatever kernelspecs are installed."""

    @property
    def kernel_spec(self) -> KernelSpec:
        """How the kernel is started."""
        return KernelSpec(
            argv=[sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"],
            display_name=f"Python {sys.version_info.major}.{sys.version_info.minor}",
            language="python",
        )

    @property
    def pid(self) -> int | None:
        """The process, which leads a group of its own; None while there is none."""
        return getattr(self.provisioner, "pid", None)


def environment(settings: Settings) -> dict[str, str]:
    """The variables of a kernel that sees the same home, settings and package as this process.

    Parameters
    ----------
    settings : Settings
        Those that differ from their default are passed on, secrets never: the kernel reads
        them where this process did.

    Returns
    -------
    dict
        Variable → value, those of this process included.

    Raises
    ------
    MissingExtra
        If ipykernel is not installed.
    """
    if find_spec("ipykernel") is None:
        raise MissingExtra("ipykernel", "to run notebooks", "lab")
    given = settings.model_dump(mode="json", exclude_defaults=True, exclude={"mcp_token"})
    return {
        **os.environ,
        **{f"WORKBENCH_{name.upper()}": str(value) for name, value in given.items()},
        "WORKBENCH_HOME": str(home()),
        "IPYTHONDIR": str(cache_folder("ipython")),
        **_clone_path(os.environ),
    }


def signal_group(pid: int | None, number: Signals) -> None:
    """Signal a kernel and every process that it started."""
    if pid is None:
        return
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, number)


def _clone_path(variables: Mapping[str, str]) -> dict[str, Any]:
    """A clone that is not installed is found by the kernel too."""
    if not (_CLONE / "pyproject.toml").is_file():
        return {}
    rest = variables.get("PYTHONPATH")
    return {"PYTHONPATH": os.pathsep.join([str(_CLONE), *([rest] if rest else [])])}
