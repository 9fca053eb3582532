"""Where kernels and models run: CUDA where it is there and allowed, else the CPU."""

from __future__ import annotations

from functools import cache
from typing import Literal

__all__ = ["cuda_is_available", "device"]

Device = Literal["cpu", "cuda"]


@cache
def cuda_is_available() -> bool:
    """Whether a CUDA device answers; asked once.

    RAPIDS and PyTorch import on a machine without a GPU and fail later, so the device
    itself is asked, through CuPy.
    """
    try:
        import cupy  # noqa: PLC0415  heavy: cupy
    except ImportError:
        return False
    return bool(cupy.cuda.is_available())


def device(*, allowed: bool, wanted: str = "auto") -> Device:
    """The device to run on.

    Parameters
    ----------
    allowed : bool
        Whether the caller allows a GPU (``use_gpu``).
    wanted : {"auto", "cpu", "cuda"}, default "auto"
        The setting ``device``.

    Returns
    -------
    str
        ``cuda`` or ``cpu``.
    """
    return "cuda" if allowed and wanted != "cpu" and cuda_is_available() else "cpu"
