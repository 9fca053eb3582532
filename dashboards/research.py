"""Trade a strategy on real prices, see what it risks and what a model expects."""

from __future__ import annotations

from typing import Any

import hvplot.xarray  # noqa: F401  gives bars their .hvplot
import panel as pn
import panel_material_ui as pmui

from workbench import charts, load_bars, pages, registry
from workbench.errors import WorkbenchError
from workbench.risk import empirical_tail

FULL = {"sizing_mode": "stretch_width"}
WIDE = {**FULL, "size": "small"}
HINTS = {"dataset": "sp500-20", "strategy": "momentum"}


def choice(kind: str) -> Any:
    """A selector of all registered names of a kind; the user's own are among them."""
    known = registry.names(kind)
    first = HINTS[kind] if HINTS[kind] in known else known[0]
    return pmui.Select(label=kind.capitalize(), options=known, value=first, **WIDE)


class Research(pn.viewable.Viewer):
    """The choices in the side bar, the answers on the page."""

    def __init__(self) -> None:
        super().__init__()
        self.job = pages.Job()
        self.dataset, self.strategy = choice("dataset"), choice("strategy")
        self.symbols = pmui.MultiChoice(label="Symbols", placeholder="all of them", **FULL)
        self.start = pmui.DatePicker(label="Start", **WIDE)
        self.end = pmui.DatePicker(label="End", **WIDE)
        self.fee = pmui.FloatInput(label="Fee (bps)", value=1.0, start=0, step=0.5, **WIDE)
        self.slippage = pmui.FloatInput(
            label="Slippage (bps)", value=2.0, start=0, step=0.5, **WIDE
        )
        self.forecast_of = pmui.Select(label="Forecast of", **WIDE)
        self.horizon = pmui.IntInput(label="Sessions ahead", value=21, start=1, end=250, **WIDE)
        self.parameters = pmui.Column(**FULL, margin=0)
        self.answers = pmui.Column(**FULL, margin=0)
        self.button = pmui.Button(label="Run", icon="play_arrow", color="primary", **WIDE)
        self.button.on_click(self.run)
        self.dataset.param.watch(self.choose_dataset, "value")
        self.strategy.param.watch(self.choose_strategy, "value")
        self.choose_strategy()

    def choose_strategy(self, _event: Any = None) -> None:
        """Ask for the parameters that the strategy declares, in their ranges."""
        try:
            model = registry.lookup("strategy", self.strategy.value).parameters
        except WorkbenchError as error:
            self.job.show_error(error)
            return
        self.fields = pages.model_fields(model)
        self.parameters.objects = [field.widget for field in self.fields]

    async def choose_dataset(self, _event: Any = None) -> None:
        """Offer the symbols and dates that the dataset has."""
        name = self.dataset.value
        bars = await self.job.run(lambda context: load_bars(name, context=context))
        if bars is None:
            return
        days = bars.indexes["time"]
        first, last = days[0].date(), days[-1].date()
        names = [str(symbol) for symbol in bars["symbol"].values]
        self.symbols.param.update(options=names, value=[])
        self.forecast_of.param.update(options=names, value=names[0])
        self.start.param.update(start=first, end=last, value=days[-min(len(days), 2520)].date())
        self.end.param.update(start=first, end=last, value=last)

    async def begin(self) -> None:
        """Show the first answer when the page opens."""
        await self.choose_dataset()
        await self.run()

    def universe(self) -> str:
        """The dataset and, where some were chosen, its symbols."""
        return ":".join(filter(None, (self.dataset.value, ",".join(self.symbols.value))))

    async def run(self, _event: Any = None) -> None:
        """Run the operations in a thread and show what they return."""
        self.button.disabled = True
        found = await self.job.run(self.asked())
        if found is not None:
            self.answers.objects = self.shown(*found)
        self.button.disabled = False

    def asked(self) -> Any:
        """The work to do, with the choices as they are now."""
        dates = {"start_date": self.start.value, "end_date": self.end.value}
        backtest = {
            "strategy": self.strategy.value,
            "symbol": self.universe(),
            "use_gpu": False,
            "parameters": pages.given(self.fields),
            "costs": {"fee_bps": self.fee.value, "slippage_bps": self.slippage.value},
            **{name: str(date) for name, date in dates.items() if date is not None},
        }
        forecast = {
            "symbol": f"{self.dataset.value}:{self.forecast_of.value}",
            "horizon": self.horizon.value,
            "use_gpu": False,
        }

        def work(context: Any) -> tuple[Any, ...]:
            context.progress(0, 4, "backtest")
            report = registry.call("run_backtest", backtest, context)
            context.progress(1, 4, "risk")
            tail = empirical_tail(-report.returns, 0.05)
            context.progress(2, 4, "forecast")
            fan = registry.call("neural_forecast", forecast, context)
            context.progress(3, 4, "prices")
            return report, tail, fan, load_bars(self.universe(), context=context)

        return work

    def shown(self, report: Any, tail: Any, fan: Any, bars: Any) -> list[Any]:
        """The answers as cards."""
        results, against = report.results, report.benchmark_comparison
        numbers = {
            "Total return": f"{results.total_return:.1%}",
            "A year": f"{results.annualized_return:.1%}",
            "Sharpe": f"{results.sharpe_ratio:.2f}",
            "Max drawdown": f"{results.max_drawdown:.1%}",
            f"Over {against.benchmark}": f"{against.outperformance:+.1%}",
            "Trial": report.trial,
        }
        risk = charts.var_histogram(report.returns, tail.var, tail.es, confidence=0.95, title="")
        months = charts.monthly_returns(report.returns, title="")
        return [
            *(
                pmui.Alert(note, alert_type="warning", **FULL)
                for note in [report.survivorship]
                if note
            ),
            pages.metric_cards(numbers),
            pages.panel_card("Equity, drawdown and weights", pages.figure(report.plot())),
            pages.panel_card("What it risks in a day", pages.figure(risk)),
            pages.panel_card("Month by month", pages.figure(months)),
            pages.panel_card("What is expected", pages.figure(fan.plot()), fan.statement),
            pages.panel_card("Prices", self.prices(bars)),
            pages.panel_card("All numbers", pages.table(report.to_frame()), *report.notes),
        ]

    def prices(self, bars: Any) -> Any:
        """An explorer of the bars."""
        names = [str(symbol) for symbol in bars["symbol"].values]
        symbols = pmui.MultiChoice(label="Symbols", options=names, value=names[:4], **FULL)
        field = pmui.Select(label="Field", options=list(bars.data_vars), value="close", **WIDE)
        log = pmui.Checkbox(label="Logarithmic", value=True)

        def drawn(names: list[str], field: str, log: bool) -> Any:  # noqa: FBT001  a widget's value
            look = {"logy": log, "grid": True, "responsive": True, "height": 340, "xlabel": ""}
            picked = bars[field].sel(symbol=names or bars["symbol"].values[:1])
            return picked.hvplot.line(x="time", by="symbol", color=list(charts.PALETTE), **look)

        row = pmui.Row(symbols, field, log, **FULL)
        return pmui.Column(row, pn.bind(drawn, symbols, field, log), **FULL)

    def __panel__(self) -> Any:
        return pmui.Column(self.job, self.answers, **FULL, margin=0)


research = Research()
side = ["dataset", "symbols", "strategy", "parameters", "start", "end", "fee", "slippage"]
side += ["forecast_of", "horizon", "button"]
pn.state.onload(research.begin)
pages.page("Research", [research], [getattr(research, name) for name in side]).servable()
