"""What a page asks of a backtest: the choices of a side bar, and the request they make."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import panel_material_ui as pmui

from workbench.errors import WorkbenchError
from workbench.pages.fields import Input, choice, given, model_fields
from workbench.registry import lookup

if TYPE_CHECKING:
    import xarray as xr

    from workbench.pages.job import Job

__all__ = ["Question"]

FULL = {"sizing_mode": "stretch_width"}
WIDE = {**FULL, "size": "small"}
STEP = {**WIDE, "start": 0, "step": 0.5}
TEN_YEARS = 2520
"""Sessions that are offered first."""


class Question:
    """Dataset, symbols, strategy with its parameters, dates and costs.

    Parameters
    ----------
    job : Job
        Where errors are shown.
    """

    def __init__(self, job: Job) -> None:
        self._job = job
        self._fields: list[Input] = []
        self.dataset = choice("dataset", "sp500-20")
        self.symbols = pmui.MultiChoice(label="Symbols", placeholder="all of them", **FULL)
        self.strategy = choice("strategy", "momentum")
        self.parameters = pmui.Column(**FULL, margin=0)
        self.start = pmui.DatePicker(label="Start", **WIDE)
        self.end = pmui.DatePicker(label="End", **WIDE)
        self.fee = pmui.FloatInput(label="Fee (bps)", value=1.0, **STEP)
        self.slippage = pmui.FloatInput(label="Slippage (bps)", value=2.0, **STEP)
        self.strategy.param.watch(self._choose_strategy, "value")
        self._choose_strategy()

    @property
    def widgets(self) -> list[Any]:
        """The choices in their order."""
        first = [self.dataset, self.symbols, self.strategy, self.parameters]
        return [*first, self.start, self.end, self.fee, self.slippage]

    @property
    def universe(self) -> str:
        """The dataset and the symbols chosen, as an operation takes them."""
        return ":".join(filter(None, (self.dataset.value, ",".join(self.symbols.value))))

    def offer(self, bars: xr.Dataset) -> list[str]:
        """Offer the symbols of bars and their last ten years; the symbols.

        Parameters
        ----------
        bars : xarray.Dataset
            Of the dataset chosen, dims (time, symbol).

        Returns
        -------
        list of str
            In the order of the bars.
        """
        days = [day.date() for day in bars.indexes["time"]]
        names = [str(symbol) for symbol in bars["symbol"].to_numpy()]
        self.symbols.param.update(options=names, value=[])
        self.start.value, self.end.value = days[-min(len(days), TEN_YEARS)], days[-1]
        return names

    def arguments(self) -> dict[str, Any]:
        """The arguments of `run_backtest`, with the choices as they are now.

        Returns
        -------
        dict
            As JSON has them.

        Raises
        ------
        InvalidInput
            If a parameter cannot be read.
        """
        dates = {"start_date": self.start.value, "end_date": self.end.value}
        return {
            "strategy": self.strategy.value,
            "symbol": self.universe,
            "use_gpu": False,
            "costs": {"fee_bps": self.fee.value, "slippage_bps": self.slippage.value},
            "parameters": given(self._fields),
            **{name: str(day)[:10] for name, day in dates.items() if day is not None},
        }

    def _choose_strategy(self, _event: Any = None) -> None:
        """Ask for the parameters that the strategy declares, in their ranges."""
        self._fields = []
        try:
            self._fields = model_fields(lookup("strategy", self.strategy.value).parameters)
        except WorkbenchError as error:
            self._job.show_error(error)
        self.parameters.objects = [field.widget for field in self._fields]
