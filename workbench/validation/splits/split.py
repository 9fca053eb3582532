"""One split of the bars, and a series of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, overload

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pandas as pd
    from bokeh.plotting import figure

__all__ = ["PARTS", "Split", "Splits"]

Positions = npt.NDArray[np.int64]

PARTS = ("train", "test", "purged", "embargoed")
"""What a bar can be in a split; what is in none of them is left out."""


@dataclass(frozen=True, eq=False)
class Split:
    """Which bars teach and which test.

    It unpacks into ``train, test``, so that a list of them is a ``cv`` of scikit-learn.

    Parameters
    ----------
    train, test : ndarray of int
        Positions of bars, sorted.
    purged, embargoed : ndarray of int
        Positions that would have taught, had their labels not touched the test.
    symbols : tuple of str
        The symbols that take part; empty is all.
    """

    train: Positions
    test: Positions
    purged: Positions
    embargoed: Positions
    symbols: tuple[str, ...] = ()

    def __iter__(self) -> Iterator[Positions]:
        yield self.train
        yield self.test

    def __repr__(self) -> str:
        parts = [f"{name} {_runs(getattr(self, name))}" for name in PARTS]
        of = f", {len(self.symbols)} symbols" if self.symbols else ""
        return f"<split: {'; '.join(parts)}{of}>"


@dataclass(frozen=True, eq=False)
class Splits(Sequence[Split]):
    """A series of splits of the same bars.

    Parameters
    ----------
    kind : str
        What made them, in words.
    times : ndarray, shape (bars,)
        The stamps of the bars.
    items : tuple of Split
        The splits.
    """

    kind: str
    times: npt.NDArray[Any] = field(repr=False)
    items: tuple[Split, ...]

    def __len__(self) -> int:
        return len(self.items)

    @overload
    def __getitem__(self, at: int) -> Split: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[Split]: ...
    def __getitem__(self, at: int | slice) -> Split | Sequence[Split]:
        return self.items[at]

    def to_frame(self) -> pd.DataFrame:
        """How many bars are in each part, and when the test is.

        Returns
        -------
        pandas.DataFrame
            Index ``split``; columns train, test, purged, embargoed, test_start, test_end.
        """
        import pandas as pd  # noqa: PLC0415  heavy: pandas

        rows = [
            {name: getattr(split, name).size for name in PARTS}
            | {"test_start": self.times[split.test[0]], "test_end": self.times[split.test[-1]]}
            for split in self.items
        ]
        return pd.DataFrame(rows).rename_axis("split")

    def strips(self) -> pd.DataFrame:
        """Each run of bars of one part, as a chart draws it.

        Returns
        -------
        pandas.DataFrame
            Columns split, part, start, end (the first bar after the run, or the last bar).
        """
        import pandas as pd  # noqa: PLC0415  heavy: pandas

        last = len(self.times) - 1
        rows = [
            (number, part, self.times[first], self.times[min(until + 1, last)])
            for number, split in enumerate(self.items)
            for part in PARTS
            for first, until in _run_edges(getattr(split, part))
        ]
        return pd.DataFrame(rows, columns=["split", "part", "start", "end"])

    def plot(self) -> figure:
        """One strip a split: what teaches, tests, is purged and embargoed.

        Returns
        -------
        bokeh.plotting.figure
            The first 60 splits, the first on top.
        """
        from workbench.charts import split_strips  # noqa: PLC0415  heavy: bokeh

        return split_strips(self.strips(), title=f"{self.kind}, {len(self)} splits")

    def __repr__(self) -> str:
        span = f"{_day(self.times[0])} to {_day(self.times[-1])}" if self.times.size else "no bar"
        lines = [f"{self.kind}: {len(self)} splits of {self.times.size} bars, {span}"]
        lines += [f"  {number:>3}  {split!r}" for number, split in enumerate(self.items[:_SHOWN])]
        if len(self) > _SHOWN:
            lines.append(f"  … and {len(self) - _SHOWN} more")
        return "\n".join(lines)


_SHOWN = 8


def _run_edges(positions: Positions) -> list[tuple[int, int]]:
    """First and last position of each run of neighbours."""
    if not positions.size:
        return []
    breaks = np.flatnonzero(np.diff(positions) > 1)
    first = positions[np.r_[0, breaks + 1]]
    until = positions[np.r_[breaks, positions.size - 1]]
    return list(zip(first.tolist(), until.tolist(), strict=True))


def _runs(positions: Positions) -> str:
    edges = _run_edges(positions)
    if not edges:
        return "none"
    shown = ", ".join(f"{a}" if a == b else f"{a}–{b}" for a, b in edges[:3])
    return shown + (f" and {len(edges) - 3} more" if len(edges) > 3 else "")


def _day(stamp: Any) -> str:
    return str(stamp)[:10]
