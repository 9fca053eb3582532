"""Drawn bars as a result."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workbench.data.sources.process import numbers_of
from workbench.data.sources.results import SyntheticBars, SyntheticTruth

if TYPE_CHECKING:
    from workbench.data.sources.simulation import Synthetic

__all__ = ["synthetic_report"]


def synthetic_report(name: str, drawn: Synthetic, limit: int) -> SyntheticBars:
    """Drawn bars as a result whose records are the newest `limit` of them.

    Parameters
    ----------
    name : str
        Of the process.
    drawn : Synthetic
        Bars and truth.
    limit : int
        The most records; symbols of one time may be cut apart.

    Returns
    -------
    SyntheticBars
        With all bars in memory.
    """
    bars = drawn.bars
    frame = bars.reset_coords(drop=True).to_dataframe().join(drawn.truth)
    shown = frame.tail(limit).reset_index()
    shown["time"] = [stamp.isoformat() for stamp in shown["time"]]
    best = drawn.attainable.reset_index().to_dict("records")
    return SyntheticBars(
        process=name,
        parameters={
            one.name: getattr(drawn.process, one.name) for one in numbers_of(drawn.process)
        },
        seed=drawn.seed,
        symbols=list(drawn.symbols),
        start=drawn.days[0].item(),
        end=drawn.days[-1].item(),
        bars=len(frame),
        left_out=max(0, len(frame) - limit),
        state=drawn.process.state,
        truth=[SyntheticTruth.model_validate(row) for row in best],
        records=shown.to_dict("records"),
        dataset=bars,
        series=drawn.truth,
    )
