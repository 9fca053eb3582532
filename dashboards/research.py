"""Trade a strategy on real prices, see what it risks and what a model expects."""

from __future__ import annotations

from typing import Any

import panel as pn
import panel_material_ui as pmui

from workbench import charts, load_bars, pages, registry
from workbench.risk import empirical_tail

FULL = {"sizing_mode": "stretch_width"}
WIDE = {**FULL, "size": "small"}


class Research(pn.viewable.Viewer):
    """The choices in the side bar, the answers on the page."""

    def __init__(self) -> None:
        super().__init__()
        self.job = pages.Job()
        self.answers = pn.Column(**FULL)
        self.question = pages.Question(self.job)
        self.forecast_of = pmui.Select(label="Forecast of", **WIDE)
        self.horizon = pmui.IntInput(label="Sessions ahead", value=21, start=1, end=250, **WIDE)
        self.button = pmui.Button(label="Run", icon="play_arrow", color="primary", **WIDE)
        self.button.on_click(self.run)
        self.question.dataset.param.watch(self.choose_dataset, "value")

    async def choose_dataset(self, _event: Any = None) -> None:
        """Offer the symbols and dates that the dataset has."""
        name = self.question.dataset.value
        bars = await self.job.run(lambda context: load_bars(name, context=context))
        if bars is not None:
            names = self.question.offer(bars)
            self.forecast_of.param.update(options=names, value=names[0])

    async def begin(self) -> None:
        await self.choose_dataset()
        await self.run()

    async def run(self, _event: Any = None) -> None:
        """Run the operations in a thread and show what they return."""
        self.button.disabled = True
        found = await self.job.run(self.asked())
        self.answers.objects = [] if found is None else self.shown(*found)
        self.button.disabled = False

    def asked(self) -> Any:
        """The work to do, with the choices as they are now."""
        question, universe = self.question, self.question.universe
        forecast = {
            "symbol": f"{question.dataset.value}:{self.forecast_of.value}",
            "horizon": self.horizon.value,
            "use_gpu": False,
        }

        def work(context: Any) -> tuple[Any, ...]:
            context.progress(0, 3, "backtest")
            report = registry.call("run_backtest", question.arguments(), context)
            context.progress(1, 3, "forecast")
            fan = registry.call("neural_forecast", forecast, context)
            context.progress(2, 3, "risk and prices")
            return (
                report,
                fan,
                empirical_tail(-report.returns),
                load_bars(universe, context=context),
            )

        return work

    def shown(self, report: Any, fan: Any, tail: Any, bars: Any) -> list[Any]:
        """The answers as cards."""
        results, against = report.results, report.benchmark_comparison
        risk = charts.var_histogram(report.returns, tail.var, tail.es, confidence=0.95, title="")
        months = charts.monthly_returns(report.returns, title="")
        skill = {"Model": fan.model.id, "Skill against repeat-last": fan.skill}
        numbers = {
            "Total return": f"{results.total_return:.1%}",
            "A year": f"{results.annualized_return:.1%}",
            "Sharpe": f"{results.sharpe_ratio:.2f}",
            "Max drawdown": f"{results.max_drawdown:.1%}",
            f"Over {against.benchmark}": f"{against.outperformance:+.1%}",
            "Trial": report.trial,
        }
        card, figure = pages.panel_card, pages.figure
        return [
            *(
                pmui.Alert(note, severity="warning", **FULL)
                for note in [report.survivorship]
                if note
            ),
            pages.metric_cards(numbers),
            card("Equity, drawdown and weights", figure(report.plot())),
            card("What it risks in a day", figure(risk)),
            card("Month by month", figure(months)),
            card("What is expected", pages.metric_cards(skill), figure(fan.plot()), fan.statement),
            card("Prices", pages.explorer(bars)),
            card("All numbers", pages.table(report.to_frame()), *report.notes),
        ]

    def __panel__(self) -> Any:
        return pn.Column(self.job, self.answers, **FULL)


research = Research()
side = [*research.question.widgets, research.forecast_of, research.horizon, research.button]
pn.state.onload(research.begin)
pages.page("Research", [research], side).servable()
