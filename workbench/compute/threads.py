"""Threads of the libraries that multiply matrices."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["single_threaded_products"]


@contextmanager
def single_threaded_products() -> Iterator[None]:
    """Keep matrix products on the thread that asks for them.

    Small ones lose more by waiting for other threads than these add: on a busy machine a
    logistic regression on 300 rows took 53 ms with two threads and 8 ms with one. Without
    threadpoolctl, which comes with scikit-learn, nothing changes.

    Yields
    ------
    None
        While one thread multiplies.
    """
    libraries = _product_libraries(scipy_loaded="scipy.linalg" in sys.modules)
    if libraries is None:
        yield
        return
    with libraries.limit(limits=1, user_api="blas"):
        yield


@cache
def _product_libraries(*, scipy_loaded: bool) -> Any:  # noqa: ARG001  SciPy brings one of its own
    """Those that are loaded; finding them takes 2 ms, longer than a small sweep."""
    try:
        from threadpoolctl import ThreadpoolController  # noqa: PLC0415  optional, with sklearn
    except ImportError:
        return None
    return ThreadpoolController()
