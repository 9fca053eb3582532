"""A trained network as two ONNX graphs, which a light runtime serves.

The networks of neuralforecast take the number of windows for a constant when they are traced.
So each is written twice: for one window, and for many at once.
"""

from __future__ import annotations

import warnings
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import torch
from torch.onnx import (  # type: ignore[attr-defined]  # public, and not marked so
    register_custom_op_symbolic,
    unregister_custom_op_symbolic,
)
from torch.onnx.symbolic_helper import parse_args

from workbench.forecast.networks.graphs import Graphs

if TYPE_CHECKING:
    from workbench.forecast.networks.neuralforecast import Members

__all__ = ["frozen"]

MANY = 256
MOST_ATTENTION = 2_000_000
"""Inputs squared times windows: what attention keeps for each head, in numbers."""

_OPSET = 17
_UNFOLD = "aten::unfold"


def frozen(members: Members, input_size: int) -> Graphs:
    """Write down a network as it is, without dropout.

    Parameters
    ----------
    members : Members
        Trained.
    input_size : int
        Values that it takes.

    Returns
    -------
    Graphs
        For one window, and for many.
    """
    many = max(1, min(MANY, MOST_ATTENTION // input_size**2))
    members = members.to("cpu").eval()
    return Graphs(
        one=_graph(members, 1, input_size), many=_graph(members, many, input_size), at_once=many
    )


def _graph(members: Members, windows: int, input_size: int) -> bytes:
    register_custom_op_symbolic(_UNFOLD, _unfold, _OPSET)
    try:
        with warnings.catch_warnings(), torch.no_grad(), TemporaryDirectory() as folder:
            file = Path(folder, "network.onnx")
            warnings.simplefilter("ignore")  # constants that a trace makes are meant here
            torch.onnx.export(
                members,
                (torch.zeros(windows, input_size),),
                file,
                input_names=["windows"],
                output_names=["quantiles"],
                opset_version=_OPSET,
                dynamo=False,  # the other exporter takes seconds a step of a recurrence
            )
            return file.read_bytes()
    finally:
        unregister_custom_op_symbolic(_UNFOLD, _OPSET)


@parse_args("v", "i", "i", "i")
def _unfold(graph: Any, values: Any, dimension: int, size: int, step: int) -> Any:
    """Slices along an axis, by a table of places: torch's own mistakes an axis below zero."""
    sizes = values.type().sizes()
    axis = dimension % len(sizes)
    first = torch.arange(0, sizes[axis] - size + 1, step)[:, None]
    places = graph.op("Constant", value_t=first + torch.arange(size)[None, :])
    return graph.op("Gather", values, places, axis_i=axis)
