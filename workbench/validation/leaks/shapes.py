"""Which side of a bar weighs: what one changed bar moves before itself and after itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from workbench.validation.leaks.futures import spiked
from workbench.validation.leaks.probing import Bent

if TYPE_CHECKING:
    from workbench.validation.leaks.probing import Probe
    from workbench.validation.leaks.tracing import Trace

__all__ = ["Shape", "shape_of"]

Floats = npt.NDArray[np.float64]

GENTLY = (1.02, 1.7)
"""How many times a price, until it is felt."""
FAR = 1_000.0
"""What a median or an extreme does not miss."""
FELT = 0.05
"""A share of the largest response below which a bar is not counted to the window."""
ALIKE = 0.2
"""How much of two sides may differ that mirror each other."""
NEAR = 4
"""A window ends within a quarter of the bars."""
FULL = 0.8
"""The share of a window's bars in which it has to be felt."""

Felt = dict[int, float]
"""Bars ahead of an output → how much it moves, as a share of the largest."""


@dataclass(frozen=True)
class Shape:
    """How far one changed bar is felt.

    Parameters
    ----------
    ahead, back : int
        The largest number of bars before it and after it whose output it moves: how far the
        function looks ahead, and back.
    mirrored : bool
        Whether both sides weigh alike, wherever the bar lies.
    turned : bool
        Whether they weigh alike but with opposite signs, as in a difference of two sides.
    """

    ahead: int
    back: int
    mirrored: bool = False
    turned: bool = False

    @property
    def both(self) -> bool:
        """Whether both sides reach comparably far."""
        return 2 * min(self.ahead, self.back) >= max(self.ahead, self.back, 1)


def shape_of(probe: Probe, trace: Trace) -> Shape | None:
    """Change one bar after another, and look at what moves on either side of it.

    Parameters
    ----------
    probe : Probe
        With its answer on the bars as they are.
    trace : Trace
        The value that moved: its output and column are looked at.

    Returns
    -------
    Shape or None
        None where a changed bar is not felt, or is felt over most of the sample: there is no
        window then.
    """
    last = len(probe.clock) - 1
    places = sorted({last * 2 // 5, last * 2 // 5 + 1, last // 2 + 2, last * 3 // 5 + 1})
    gentle = [_gently(probe, trace, bar) for bar in places]
    wide = [_widely(probe, trace, bar) for bar in places]
    felt = gentle if all(gentle) else wide
    if not all(felt) or _farthest(felt) > last // NEAR:
        return None
    ahead, back = (max(_reach(one)[side] for one in felt) for side in (0, 1))
    weighs = all(_mirrors({at: abs(share) for at, share in one.items()}) for one in felt)
    full = all(_is_full(one) for one in wide) and _farthest(wide) <= last // NEAR
    return Shape(
        ahead,
        back,
        mirrored=weighs or full,
        turned=weighs and not all(_mirrors(one) for one in felt),
    )


def _farthest(felt: list[Felt]) -> int:
    return max(max(_reach(one)) for one in felt)


def _gently(probe: Probe, trace: Trace, bar: int) -> Felt:
    for size in GENTLY:
        if felt := _felt(probe, trace, bar, size, up=True):
            return felt
    return {}


def _widely(probe: Probe, trace: Trace, bar: int) -> Felt:
    """Where a bar far above or far below its place is felt at all."""
    either = (_felt(probe, trace, bar, FAR, up=up, least=0.0) for up in (True, False))
    return {at: 1.0 for one in either for at in one}


def _felt(
    probe: Probe, trace: Trace, bar: int, size: float, *, up: bool, least: float = FELT
) -> Felt:
    moved = probe.moved(_bent(probe, trace, bar, size, up=up), len(probe.clock) - 1)
    own = np.asarray(moved.columns == trace.output, dtype=bool)
    if not own.any():
        return {}
    offsets = bar - np.asarray(probe.position(moved.times))[own]
    changes = np.nan_to_num((moved.after - moved.before)[own], nan=1.0)
    shares = changes / max(np.abs(changes).max(), 1e-300)
    keep = np.abs(shares) >= least
    return dict(zip(offsets[keep].tolist(), shares[keep].tolist(), strict=True))


def _bent(probe: Probe, trace: Trace, bar: int, size: float, *, up: bool) -> Bent:
    values = [table.values for table in probe.tables]
    number = trace.nearest.table if trace.nearest else 0
    table = probe.tables[number]
    rows = probe.bar_of(number) == bar
    made = table.values.copy()
    made[rows] = spiked(table, size=size, up=up, rows=rows)
    if trace.column is not None:
        other = np.array([one != trace.column for one in table.columns])
        made[:, other] = table.values[:, other]
    values[number] = made
    return Bent(tuple(values), (None,) * len(values))


def _reach(felt: Felt) -> tuple[int, int]:
    return max(0, *felt, 0), max(0, -min(felt, default=0))


def _mirrors(felt: Felt) -> bool:
    """Whether the bars before weigh like those after, around the bar or half a bar beside it."""
    ahead, back = _reach(felt)
    middle = ahead - back
    if not ahead or not back or abs(middle) > 1:
        return False
    whole = sum(abs(share) for share in felt.values())
    places = {*felt, *(middle - at for at in felt)}
    differs = sum(abs(felt.get(at, 0.0) - felt.get(middle - at, 0.0)) for at in places)
    return differs <= 2 * ALIKE * whole


def _is_full(felt: Felt) -> bool:
    """Whether a bar is felt as far on one side as on the other, and in between."""
    ahead, back = _reach(felt)
    if not ahead or not back or abs(ahead - back) > 1:
        return False
    return len(felt) >= FULL * (ahead + back + 1) and ahead > 1
