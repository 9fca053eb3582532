"""The one file that imports onnxruntime: it serves frozen networks.

It answers one window sooner than the arithmetic in numpy and than torch do (`make bench W=W7`
holds it against the library, the raw module and a bare session), and is imported in a fraction
of their time.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from workbench.errors import MissingExtra, StoreError

if TYPE_CHECKING:
    import numpy.typing as npt

    from workbench.forecast.networks.graphs import Graphs

    Singles = npt.NDArray[np.float32]

__all__ = ["Served"]

_FEW = 10
"""So many windows, one by one, cost no more than `at_once` of them divided by it."""


class Served:
    """A frozen network in memory; several threads may ask it at once.

    Parameters
    ----------
    graphs : Graphs
        The network.

    Raises
    ------
    MissingExtra
        If onnxruntime is not installed.
    StoreError
        If the graphs are damaged.
    """

    def __init__(self, graphs: Graphs) -> None:
        self._one = _session(graphs.one)
        self._graphs = graphs
        self._many: Any = None

    def run(self, windows: Singles) -> Singles:
        """What the network says.

        Parameters
        ----------
        windows : numpy.ndarray of float32, shape (n, input_size)
            Scaled history.

        Returns
        -------
        numpy.ndarray of float32, shape (n, horizon, quantiles)
        """
        size = self._graphs.at_once
        whole = len(windows) - len(windows) % size if size > 1 else 0
        parts = [self._at_once(windows[i : i + size]) for i in range(0, whole, size)]
        rest = windows[whole:]
        if size > 1 and len(rest) * _FEW > size:
            padded = np.concatenate([rest, np.repeat(rest[-1:], size - len(rest), axis=0)])
            parts.append(self._at_once(padded)[: len(rest)])
        else:
            parts += [_run(self._one, row[None]) for row in rest]
        said: Singles = parts[0] if len(parts) == 1 else np.concatenate(parts)
        return said

    def _at_once(self, windows: Singles) -> Singles:
        if self._many is None:
            self._many = _session(self._graphs.many)
        return _run(self._many, windows)


def _run(session: Any, windows: Singles) -> Singles:
    said: Singles = session.run(None, {"windows": np.ascontiguousarray(windows)})[0]
    return said


def _session(graph: bytes) -> Any:
    try:
        import onnxruntime  # noqa: PLC0415  optional: onnxruntime
    except ImportError:
        raise MissingExtra("onnxruntime", "to serve networks", "forecast") from None
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 4  # what fails is raised, not printed
    try:
        return onnxruntime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])
    except Exception as error:  # the library's errors have no common class of their own
        raise StoreError(
            f"The network cannot be loaded: {str(error).partition(chr(10))[0]}",
            cure="Its files are damaged; train it again",
        ) from error
