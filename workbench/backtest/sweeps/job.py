"""A sweep that is ready to run: combinations by position."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import numpy.typing as npt

from workbench.backtest.plan import plan_orders
from workbench.backtest.sweeps.account import listed, scratch_for
from workbench.backtest.sweeps.combinations import settled
from workbench.backtest.sweeps.space import possible
from workbench.backtest.sweeps.trips import STATISTICS
from workbench.errors import InvalidInput, TooLittleHistory, UnusableFrame
from workbench.strategies.stepping import quotes, timing
from workbench.validation.significance import Maxima

if TYPE_CHECKING:
    from collections.abc import Callable

    import xarray as xr

    from workbench.backtest.plan import FillsAt, Plan
    from workbench.backtest.sweeps.inputs import InputTables
    from workbench.backtest.sweeps.space import Space
    from workbench.market.costs import Costs
    from workbench.strategies.declaration import Strategy

__all__ = ["By", "Job", "Measured", "Terms", "edges_of"]

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
Out = tuple[Floats, Floats, Floats]
By = Literal["account", "symbol"]

FEWEST_BARS = 16
"""Below this many bars there is no bootstrap."""


@dataclass(frozen=True)
class Terms:
    """Under which terms a sweep trades.

    Parameters
    ----------
    costs : Costs
        What an order costs.
    fills_at : {"next open", "next close", "same close"}, optional
        When orders fill.
    start : date or datetime64, optional
        The first bar traded.
    initial_cash : float
        Of each account.
    by : {"account", "symbol"}
        One account for all symbols, or one for each.
    """

    costs: Costs
    fills_at: FillsAt | None = None
    start: Any = None
    initial_cash: float = 100_000.0
    by: By = "account"


@dataclass(frozen=True)
class Measured:
    """What became of some combinations.

    Parameters
    ----------
    positions : ndarray, shape (points,)
        The combinations that were tried.
    statistics : ndarray, shape (points, account, statistic)
        As `STATISTICS`.
    skipped : int
        Combinations that make no sense.
    tried : ndarray of uint8
        One bit for each position that was asked for, in their order: set where it was tried.
    maxima : Maxima or None
        The bootstrap of these; None below 16 bars.
    """

    positions: Ints
    statistics: Floats
    skipped: int
    tried: npt.NDArray[np.uint8]
    maxima: Maxima | None


@dataclass(frozen=True)
class Job:
    """A sweep that is ready to run.

    Parameters
    ----------
    strategy : Strategy
        What is tried.
    bars : xarray.Dataset
        Bars with dims (time, symbol).
    space : Space
        The combinations.
    terms : Terms
        Costs, fills, cash, accounts.
    plan : Plan
        The market without orders.
    accounts : tuple
        As `workbench.backtest.sweeps.combinations.settled` takes it.
    edges : ndarray, shape (block + 1,)
        Blocks of the bootstrap.
    path : {"compiled", "interpreted", "grouped"}
        How combinations are run.
    why : str
        Why they are not compiled; empty when they are.
    loop : callable or None
        The loop over combinations of a step.
    tables : InputTables or None
        The inputs of a step.
    """

    strategy: Strategy
    bars: xr.Dataset
    space: Space
    terms: Terms
    plan: Plan
    accounts: tuple[Any, ...]
    edges: Ints
    path: str
    why: str
    loop: Callable[..., None] | None
    tables: InputTables | None

    @property
    def account_count(self) -> int:
        """Accounts of one combination."""
        return len(self.plan.symbols) if self.terms.by == "symbol" else 1

    def measure(self, positions: Ints) -> Measured:
        """Try some combinations.

        Parameters
        ----------
        positions : ndarray, shape (points,)
            Where they stand in the space.

        Returns
        -------
        Measured
            Of those that make sense.

        Raises
        ------
        UnusableFrame
            If an input or weights cannot be read.
        """
        kept = self._possible(positions)
        out, good = self._carried_out(positions[kept], self._room(int(kept.sum()), 0))
        kept[kept] = good
        statistics, sums = out[0][good], out[1][good]
        return Measured(
            positions[kept],
            statistics,
            len(positions) - len(statistics),
            np.packbits(kept),
            self._maxima(statistics, sums),
        )

    def returns(self, positions: Ints) -> Floats:
        """The returns of some combinations that were tried.

        Parameters
        ----------
        positions : ndarray, shape (points,)
            Where they stand in the space.

        Returns
        -------
        ndarray, shape (points, account, bar)
            Simple returns per bar; NaN after an account that owes.
        """
        room = self._room(len(positions), len(self.plan.time))
        return self._carried_out(positions, room)[0][2]

    def _possible(self, positions: Ints) -> Flags:
        return possible(self.strategy, self.space, positions, self.bars.sizes["time"]).copy()

    def _carried_out(self, positions: Ints, out: Out) -> tuple[Out, Flags]:
        """Run combinations that are possible; which of them their inputs did not refuse."""
        if self.loop is None:
            return out, self._grouped(positions, out)
        return self._stepped(positions, out)

    def _stepped(self, positions: Ints, out: Out) -> tuple[Out, Flags]:
        tables, rows = self.tables.of(positions)  # type: ignore[union-attr]
        good: Flags = np.all(rows >= 0, axis=1)
        if not good.all():
            done, _ = self._stepped(positions[good], tuple(one[good] for one in out))  # type: ignore[arg-type]
            for whole, part in zip(out, done, strict=True):
                whole[good] = part
            return out, good
        columns = {**self.space.constants, **self.space.columns(positions)}
        values = tuple(columns[name] for name in self.strategy.parameters.model_fields)
        seen = (tables, np.ascontiguousarray(rows), values)
        market = (quotes(self.bars), timing(self.bars, self.plan.fills_at))
        self.loop(seen, self.strategy.initial, market, self.accounts, out)  # type: ignore[misc]
        return out, good

    def _grouped(self, positions: Ints, out: Out) -> Flags:
        """Ask the strategy for each combination; the accounts are compiled all the same."""
        good = np.ones(len(positions), bool)
        for row, position in enumerate(positions):
            written = (out[0][row], out[1][row], out[2][row])
            try:
                self._settle(self.space.point(int(position)), written)
            except UnusableFrame:
                raise
            except (InvalidInput, TooLittleHistory):
                good[row] = False
        return good

    def _settle(self, parameters: dict[str, Any], out: Out) -> None:
        fills_at, start = self.plan.fills_at, self.terms.start
        alone = self.terms.by == "symbol" and len(self.plan.symbols) > 1
        groups = [[symbol] for symbol in self.plan.symbols] if alone else [list(self.plan.symbols)]
        size = len(self.plan.time)
        count = len(self.plan.symbols)
        orders = (
            np.empty((count, 2 * size + 1), np.int64),
            np.empty((count, 2 * size + 1)),
            np.empty((count, 2 * size + 1)),
        )
        counts = np.zeros(count, np.int64)
        row = 0
        for group in groups:
            bars = self.bars.sel(symbol=group) if alone else self.bars
            wanted, exits = self.strategy.orders(bars, parameters, fills_at=fills_at)
            plan = plan_orders(wanted, bars, start=start, fills_at=fills_at, exits=exits)
            hit = np.full(plan.weights.shape, np.nan) if plan.exits is None else plan.exits
            for symbol in range(len(group)):
                mine = (orders[0][row], orders[1][row], orders[2][row])
                counts[row] = listed(
                    np.ascontiguousarray(plan.weights[:, symbol]),
                    np.ascontiguousarray(hit[:, symbol]),
                    mine,
                )
                row += 1
        shape = self.accounts[0].prices.shape
        settled(orders, counts, self.accounts, scratch_for(shape[1], shape[2]), out)

    def _room(self, points: int, bars: int) -> Out:
        shape = (points, self.account_count)
        sizes = (len(STATISTICS), len(self.edges) - 1, bars)
        statistics, sums, returns = (np.empty((*shape, size)) for size in sizes)
        return statistics, sums, returns

    def _maxima(self, statistics: Floats, sums: Floats) -> Maxima | None:
        if len(self.plan.time) < FEWEST_BARS:
            return None
        made = Maxima.empty(len(self.plan.time))
        flat = statistics.reshape(-1, len(STATISTICS))
        if len(flat):
            of = {name: flat[:, index] for index, name in enumerate(STATISTICS)}
            made.add(
                sums.reshape(len(flat), -1),
                of["spread"] + of["bars"] * of["mean"] ** 2,
                max(int(of["longest"].max()), 1),
                of["cubes"],
            )
        return made


def edges_of(bars: int) -> Ints:
    """The blocks of the bootstrap over so many bars; one where there are too few for it."""
    return Maxima.empty(bars).edges if bars >= FEWEST_BARS else np.array([0, bars])
