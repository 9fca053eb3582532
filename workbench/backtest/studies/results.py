"""What the studies of a strategy return."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any, ClassVar

from pydantic import BaseModel, ConfigDict, Field

from workbench.domain import Number, Result
from workbench.market.costs import Costs  # light: pydantic only

if TYPE_CHECKING:
    import pandas as pd
    from bokeh.models import LayoutDOM

__all__ = [
    "CostSensitivity",
    "CrossValidation",
    "Fold",
    "Regime",
    "RegimeBreakdown",
    "WalkForward",
]


class _Noted(Result):
    """A result whose repr ends with its notes."""

    def __repr__(self) -> str:
        notes = getattr(self, "notes", [])
        return "\n".join([super().__repr__(), *(f"  ! {note}" for note in notes)])

    __str__ = __repr__


class Fold(BaseModel):
    """One fold of a walk-forward: what was chosen before it, and what came of it."""

    model_config = ConfigDict(frozen=True)

    start: dt.datetime
    end: dt.datetime
    bars: int
    parameters: dict[str, Any]
    train: Number = Field(description="What the choice was made by, on the bars before the fold.")
    test: Number = Field(description="The same measure on the fold, after switching costs.")
    train_return: Number = Field(description="A year, of the choice on the bars before the fold.")
    test_return: Number = Field(description="A year, on the fold.")


class WalkForward(_Noted):
    """What was earned by parameters that were chosen before.

    Attributes
    ----------
    returns : pandas.Series
        Simple returns of the folds, joined.
    equity : pandas.DataFrame
        The growth of 1 over the folds; columns ``strategy`` and ``benchmark``.
    """

    headline: ClassVar[tuple[str, ...]] = (
        "strategy", "points", "sharpe_ratio", "annualized_return", "max_drawdown", "efficiency",
        "changes", "profitable_folds",
    )  # fmt: skip

    strategy: str
    choose_by: str
    points: int = Field(description="Sets of parameters that were tried.")
    folds: list[Fold]
    sharpe_ratio: Number = Field(description="Of the joined folds, a year.")
    total_return: Number
    annualized_return: Number
    max_drawdown: Number
    efficiency: Number = Field(
        description="Yearly return out of sample over that on the bars that chose."
    )
    changes: int = Field(description="How often the next fold chose other parameters.")
    profitable_folds: int
    notes: list[str] = Field(default_factory=list, repr=False)
    returns: Any = Field(default=None, exclude=True, repr=False)
    equity: Any = Field(default=None, exclude=True, repr=False)

    def to_frame(self) -> pd.DataFrame:
        """A row for each fold.

        Returns
        -------
        pandas.DataFrame
            Index ``fold``; columns start, end, bars, train, test, train_return, test_return and
            one for each parameter.
        """
        import pandas as pd  # noqa: PLC0415  heavy: pandas

        rows = [{**one.model_dump(exclude={"parameters"}), **one.parameters} for one in self.folds]
        return pd.DataFrame(rows).rename_axis("fold")

    def plot(self) -> LayoutDOM:
        """Equity out of sample, the measure before and on each fold, and the parameters chosen.

        Returns
        -------
        bokeh.models.Column
            Three figures; two when nothing was chosen.
        """
        import pandas as pd  # noqa: PLC0415  heavy: pandas

        from workbench.charts import equity_curve, parameter_drift, stacked, train_and_test  # noqa: PLC0415  heavy: bokeh

        table = self.to_frame()
        shown = [
            equity_curve(self.equity, title="Growth of 1 out of sample"),
            train_and_test(table, title=f"{self.choose_by}: bars that chose, and the fold after"),
        ]
        names = [name for name in self.folds[0].parameters if len(set(table[name])) > 1]
        if names:
            moved = pd.concat([table, table.iloc[-1:].assign(start=table["end"].iloc[-1])])
            shown.append(parameter_drift(moved.set_index("start")[names]))
        return stacked(*shown)


class CrossValidation(_Noted):
    """The spread of what a choice earns on bars that did not choose.

    Attributes
    ----------
    returns : pandas.DataFrame
        Simple returns; a column for each path.
    plan : CombinatorialSplits
        Which bars chose and which tested.
    """

    headline: ClassVar[tuple[str, ...]] = (
        "strategy", "points", "splits", "paths", "median_sharpe", "low_sharpe", "losing_paths",
        "below_median", "choices",
    )  # fmt: skip

    strategy: str
    choose_by: str
    points: int
    splits: int
    paths: int
    path_sharpes: list[Number] = Field(description="Of each path, a year.")
    fold_sharpes: list[Number] = Field(description="Of each group of bars, mean of the paths.")
    median_sharpe: Number
    low_sharpe: Number = Field(description="One path in twenty is below.")
    losing_paths: float = Field(description="Share of paths that lose.")
    below_median: Number = Field(
        description="Share of splits whose choice ends below the median point where it is tested."
    )
    choices: int = Field(description="Different points that were chosen.")
    notes: list[str] = Field(default_factory=list, repr=False)
    returns: Any = Field(default=None, exclude=True, repr=False)
    plan: Any = Field(default=None, exclude=True, repr=False)

    def to_frame(self) -> pd.DataFrame:
        """Sharpe ratios of the paths.

        Returns
        -------
        pandas.DataFrame
            Index ``path``; column sharpe_ratio.
        """
        import pandas as pd  # noqa: PLC0415  heavy: pandas

        return pd.DataFrame({"sharpe_ratio": self.path_sharpes}).rename_axis("path")

    def plot(self) -> LayoutDOM:
        """The paths as growth of 1, and the Sharpe ratio of each group of bars.

        Returns
        -------
        bokeh.models.Column
            Two figures.
        """
        import pandas as pd  # noqa: PLC0415  heavy: pandas

        from workbench.charts import interval_strips, path_bundle, stacked  # noqa: PLC0415  heavy: bokeh

        groups = pd.Series(self.plan.groups, self.returns.index)
        names = [
            f"{own.index[0]:%b %Y} to {own.index[-1]:%b %Y}" for _, own in groups.groupby(groups)
        ]
        values = pd.DataFrame({"estimate": self.fold_sharpes}, index=names)
        title = f"{self.paths} paths out of sample: Sharpe {min(self.path_sharpes):.2f} to "
        return stacked(
            path_bundle(
                (1.0 + self.returns).cumprod(), title=f"{title}{max(self.path_sharpes):.2f}"
            ),
            interval_strips(
                values.assign(low=values["estimate"], high=0.0), title="Sharpe ratio of each group"
            ),
        )


class CostSensitivity(Result):
    """What is left at multiples of the costs.

    Attributes
    ----------
    table : pandas.DataFrame
        Index multiple; columns sharpe_ratio, annualized_return, total_return, max_drawdown.
    """

    headline: ClassVar[tuple[str, ...]] = ("strategy", "break_even", "break_even_bps")

    strategy: str
    costs: Costs = Field(description="What is multiplied.")
    break_even: Number = Field(
        description="The multiple at which the account ends where it began; null if it loses"
        " without costs, or earns at 64 times."
    )
    break_even_bps: Number = Field(description="Fee and slippage at break-even, of the value.")
    multiples: list[float]
    sharpe_ratios: list[Number]
    annualized_returns: list[Number]
    table: Any = Field(default=None, exclude=True, repr=False)

    def to_frame(self) -> pd.DataFrame:
        """A row for each multiple."""
        frame: pd.DataFrame = self.table
        return frame

    def plot(self) -> LayoutDOM:
        """The yearly return by multiple of the costs, with the break-even marked.

        Returns
        -------
        bokeh.plotting.figure
            A line with a dot for each multiple.
        """
        from workbench.charts import curve  # noqa: PLC0415  heavy: bokeh

        return curve(
            self.table["annualized_return"],
            title=f"Yearly return by costs ({self.costs} = 1)",
            x_label="multiple of the costs",
            number_format="0.0%",
            mark=self.break_even,
            mark_text="break-even",
        )

    def __repr__(self) -> str:
        lines = [
            f"  costs × {multiple:<4g}  {earned:>8.2%} a year, Sharpe {sharpe:.2f}"
            for multiple, earned, sharpe in zip(
                self.multiples, self.annualized_returns, self.sharpe_ratios, strict=True
            )
        ]
        return "\n".join([super().__repr__(), *lines])

    __str__ = __repr__


_SHORT = ("volatility", "trend")
"""Kinds whose regimes need a word before them."""


class Regime(BaseModel):
    """What was earned in one kind of market."""

    model_config = ConfigDict(frozen=True)

    kind: str
    name: str
    bars: int
    share: float = Field(description="Of all bars.")
    annual_return: Number = Field(description="Mean return of a bar × bars in a year.")
    market_return: Number = Field(description="The same, of the market.")
    sharpe_ratio: Number
    standard_error: Number = Field(description="Of the Sharpe ratio.")
    max_drawdown: Number = Field(description="Of these bars, joined.")
    profit_share: Number = Field(description="Of the log growth of the whole; NaN if that lost.")


class RegimeBreakdown(Result):
    """What a strategy earned in each kind of market.

    Attributes
    ----------
    labels : pandas.DataFrame
        The regimes of each bar, as `regimes_of` makes them.
    """

    headline: ClassVar[tuple[str, ...]] = ("strategy", "market")

    strategy: str
    market: str
    regimes: list[Regime]
    labels: Any = Field(default=None, exclude=True, repr=False)

    def to_frame(self) -> pd.DataFrame:
        """A row for each regime.

        Returns
        -------
        pandas.DataFrame
            Index (kind, name); the fields of `Regime`.
        """
        import pandas as pd  # noqa: PLC0415  heavy: pandas

        rows = [one.model_dump() for one in self.regimes]
        return pd.DataFrame(rows).set_index(["kind", "name"])

    def plot(self) -> LayoutDOM:
        """The Sharpe ratio of each regime with two standard errors.

        Returns
        -------
        bokeh.plotting.figure
            A row for each regime.
        """
        import pandas as pd  # noqa: PLC0415  heavy: pandas

        from workbench.charts import interval_strips  # noqa: PLC0415  heavy: bokeh

        table = self.to_frame()
        names = [f"{kind} {name}" if kind in _SHORT else name for kind, name in table.index]
        reach = 2.0 * table["standard_error"].to_numpy()
        middle = table["sharpe_ratio"].to_numpy()
        drawn = pd.DataFrame(
            {"estimate": middle, "low": middle - reach, "high": middle + reach}, index=names
        )
        return interval_strips(drawn, title=f"Sharpe ratio of {self.strategy} by market")

    def __repr__(self) -> str:
        lines = [
            f"  {one.kind:<10} {one.name:<20} {one.share:>6.1%} of bars  "
            f"{one.annual_return:>+7.1%} a year  Sharpe {one.sharpe_ratio:>5.2f}"
            f" ± {one.standard_error:.2f}"
            for one in self.regimes
        ]
        return "\n".join([super().__repr__(), *lines])

    __str__ = __repr__
