"""What a live forecast gives at each completed bar."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar

from pydantic import Field

from workbench.domain import Result

if TYPE_CHECKING:
    import pandas as pd
    from bokeh.plotting import figure

__all__ = ["LiveFan"]


class LiveFan(Result):
    """The forecast that is made when a bar is complete.

    ``lower`` and ``upper`` hold the ends of each interval step by step, in the order of
    ``levels``. Whether the fan is that of the model or of repeat-last is said by ``is_demoted``,
    and by the statement in words.
    """

    repr_has_every_row: ClassVar[bool] = True

    symbol: str
    time: datetime
    """When the last completed bar began."""
    last: float
    """Its close."""
    model: str
    is_demoted: bool
    alarm: bool
    """Whether what has become known with this bar raised an alarm."""
    times: list[datetime]
    median: list[float]
    levels: list[float]
    lower: list[list[float]]
    upper: list[list[float]]
    statement: str
    history: Any = Field(default=None, exclude=True, repr=False)
    quantiles: Any = Field(default=None, exclude=True, repr=False)

    def __repr__(self) -> str:
        head = f"LiveFan  {self.symbol} after {self.time:%F %H:%M}, last {self.last:,.6g}"
        return "\n".join([head, self.to_frame().to_string(), self.statement])

    __str__ = __repr__

    def to_frame(self) -> pd.DataFrame:
        """One row for each step.

        Returns
        -------
        pandas.DataFrame
            Index ``time``; columns ``median``, and ``lower`` and ``upper`` of each level, the
            narrowest first, as ``lower 80%``.
        """
        import pandas as pd  # noqa: PLC0415  heavy: pandas

        columns = {"median": self.median}
        for level, low, high in zip(self.levels, self.lower, self.upper, strict=True):
            columns |= {f"lower {100 * level:g}%": low, f"upper {100 * level:g}%": high}
        return pd.DataFrame(columns, index=pd.DatetimeIndex(self.times, name="time"))

    def plot(self, actual: Any = None) -> figure:
        """The fan chart.

        Parameters
        ----------
        actual : pandas.Series, optional
            What happened, over the same times.

        Returns
        -------
        bokeh.plotting.figure
        """
        from workbench.charts import forecast_fan  # noqa: PLC0415  heavy: bokeh

        title = f"{self.symbol}: {len(self.times)} bars ahead by {self.model}"
        return forecast_fan(self.history, self.quantiles, actual=actual, title=title, shown=72)
