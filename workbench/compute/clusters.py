"""Who carries out Dask's work: a cluster by address, the GPUs, or threads of this process."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from workbench.compute.devices import device
from workbench.errors import ConfigurationError, MissingExtra

if TYPE_CHECKING:
    from collections.abc import Iterator

    from workbench.settings import Settings

__all__ = ["cluster"]

CONNECT_SECONDS = 10


@contextmanager
def cluster(settings: Settings, *, gpu_allowed: bool = False) -> Iterator[str]:
    """Let Dask collections computed inside the block run in the right place.

    The scheduler at ``settings.dask_address`` if one is set; else one worker per GPU, if that
    is allowed, there is one and dask_cuda is installed; else threads of this process.

    Parameters
    ----------
    settings : Settings
        ``dask_address`` and ``device`` decide.
    gpu_allowed : bool
        Whether GPUs may be used.

    Yields
    ------
    str
        Where the work runs: an address, or ``threads``.

    Raises
    ------
    MissingExtra
        If Dask is not installed.
    ConfigurationError
        If no scheduler answers at the address.
    """
    dask = _dask()
    if settings.dask_address:
        with _client(settings.dask_address):
            yield settings.dask_address
        return
    gpus = _gpus() if device(allowed=gpu_allowed, wanted=settings.device) == "cuda" else None
    if gpus is None:
        with dask.config.set(scheduler="threads"):
            yield "threads"
        return
    with gpus() as workers, _client(workers):
        yield str(workers.scheduler_address)


def _dask() -> Any:
    try:
        import dask  # noqa: PLC0415  optional: dask
    except ImportError:
        raise MissingExtra("dask", "to run work in parallel", "lab") from None
    return dask


def _client(address: Any) -> Any:
    import distributed  # noqa: PLC0415  heavy: distributed

    connect: Any = distributed.Client
    try:
        return connect(address, timeout=CONNECT_SECONDS)
    except (OSError, ValueError) as error:
        raise ConfigurationError(
            f"No Dask scheduler answers: {error}",
            seen=str(address),
            cure="Start it, or correct or unset WORKBENCH_DASK_ADDRESS",
        ) from error


def _gpus() -> Any:
    try:
        from dask_cuda import LocalCUDACluster  # noqa: PLC0415  optional: dask_cuda
    except ImportError:
        return None
    return LocalCUDACluster
