"""The ways in which a result can know what nobody knew yet."""

from __future__ import annotations

from enum import StrEnum
from typing import Literal

__all__ = ["DATA_KINDS", "LeakKind", "LeakVerdict"]

LeakVerdict = Literal["leak", "clean", "cannot tell"]
"""What a check says; ``cannot tell`` comes with what would be needed, and is never ``clean``."""


class LeakKind(StrEnum):
    """What leaks. The first ten are leaks of a function, the others of the data."""

    FUTURE_WINDOW = "future window"
    """A value at a fixed distance ahead, such as ``shift(-1)`` or a forward rolling window."""
    CENTRED_WINDOW = "centred window"
    """A window around the bar: ``rolling(center=True)``, a symmetric filter."""
    FULL_SAMPLE_SCALING = "full-sample scaling"
    """Mean, deviation, extremes or ranks of the whole sample."""
    FULL_SAMPLE_FIT = "full-sample fit"
    """A model whose coefficients were fitted on the whole sample."""
    SAMPLE_LENGTH = "sample length"
    """The number of bars that follow, and no value among them."""
    FORWARD_JOIN = "forward as-of join"
    """The next row of another table: ``direction="forward"`` or ``"nearest"``, a back-fill."""
    RESAMPLE_LABEL = "resample label"
    """A week, month or hour that is labelled by its start and holds its end."""
    STAMPED_AT_START = "bar stamped at its start"
    """A longer bar, used from its stamp on although it closes later."""
    LABEL_OVERLAP = "label overlap"
    """Training labels that reach over the bar from which the model is used."""
    OWN_PRICE = "fill at the signal's own price"
    """A trade at the close that its signal is computed from."""
    SURVIVORS = "survivor universe"
    """Symbols that were chosen because they are still there."""
    RESTATED = "restated figure"
    """A figure used before it was published, or as it was restated later."""
    BACKFILLED = "back-filled history"
    """Bars that became known long after their own time."""
    HOLD_OUT = "selection on the hold-out"
    """A choice among several that was made on the data that should judge it."""


DATA_KINDS = (LeakKind.SURVIVORS, LeakKind.RESTATED, LeakKind.BACKFILLED, LeakKind.HOLD_OUT)
"""What the data do, whatever the function."""
