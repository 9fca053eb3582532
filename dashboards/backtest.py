"""Trade a strategy on the past, and see what may be claimed before what was earned."""

from __future__ import annotations

from typing import Any

import pandas as pd
import panel as pn
import panel_material_ui as pmui

from workbench import load_bars, pages, registry
from workbench.errors import WorkbenchError

FULL = {"sizing_mode": "stretch_width"}
WIDE = {**FULL, "size": "small"}
STEP = {**WIDE, "start": 0, "step": 0.5}
TEN_YEARS = 2520


class Backtest(pn.viewable.Viewer):
    """The choices in the side bar, the tear sheet on the page."""

    def __init__(self) -> None:
        super().__init__()
        self.job = pages.Job()
        self.answers = pn.Column(**FULL)
        self.dataset = pages.choice("dataset", "sp500-20")
        self.symbols = pmui.MultiChoice(label="Symbols", placeholder="all of them", **FULL)
        self.strategy = pages.choice("strategy", "momentum")
        self.parameters = pmui.Column(**FULL, margin=0)
        self.start = pmui.DatePicker(label="Start", **WIDE)
        self.end = pmui.DatePicker(label="End", **WIDE)
        self.fee = pmui.FloatInput(label="Fee (bps)", value=1.0, **STEP)
        self.slippage = pmui.FloatInput(label="Slippage (bps)", value=2.0, **STEP)
        self.button = pmui.Button(label="Run", icon="play_arrow", color="primary", **WIDE)
        self.button.on_click(self.run)
        self.dataset.param.watch(self.choose_dataset, "value")
        self.strategy.param.watch(self.choose_strategy, "value")
        self.choose_strategy()

    def choose_strategy(self, _event: Any = None) -> None:
        """Ask for the parameters that the strategy declares, in their ranges."""
        self.fields: list[pages.Input] = []
        try:
            declared = registry.lookup("strategy", self.strategy.value).parameters
            self.fields = pages.model_fields(declared)
        except WorkbenchError as error:
            self.job.show_error(error)
        self.parameters.objects = [field.widget for field in self.fields]

    async def choose_dataset(self, _event: Any = None) -> None:
        """Offer the symbols and dates that the dataset has."""
        name = self.dataset.value
        bars = await self.job.run(lambda context: load_bars(name, context=context))
        if bars is not None:
            days = [day.date() for day in bars.indexes["time"]]
            names = [str(one) for one in bars["symbol"].to_numpy()]
            self.symbols.param.update(options=names, value=[])
            self.start.value, self.end.value = days[-min(len(days), TEN_YEARS)], days[-1]

    async def begin(self) -> None:
        await self.choose_dataset()
        await self.run()

    async def run(self, _event: Any = None) -> None:
        """Run the backtest in a thread and show its sheet."""
        asked = self.asked()
        self.button.disabled = True
        report = await self.job.run(lambda context: registry.call("run_backtest", asked(), context))
        self.answers.objects = [] if report is None else self.shown(report)
        self.button.disabled = False

    def asked(self) -> Any:
        """The question, with the choices as they are now."""
        dates = {"start_date": self.start.value, "end_date": self.end.value}
        asked = {
            "strategy": self.strategy.value,
            "symbol": ":".join(filter(None, (self.dataset.value, ",".join(self.symbols.value)))),
            "use_gpu": False,
            "costs": {"fee_bps": self.fee.value, "slippage_bps": self.slippage.value},
            **{name: str(day)[:10] for name, day in dates.items() if day is not None},
        }
        return lambda: {**asked, "parameters": pages.given(self.fields)}

    def shown(self, report: Any) -> list[Any]:
        """What may be claimed, the numbers, then the sheet, part by part."""
        results, against = report.results, report.benchmark_comparison
        numbers = {
            "Total return": f"{results.total_return:.1%}",
            "A year": f"{results.annualized_return:.1%}",
            "Sharpe": f"{results.sharpe_ratio:.2f}",
            "Max drawdown": f"{results.max_drawdown:.1%}",
            f"Over {against.benchmark}": f"{against.outperformance:+.1%}",
            "Trial": f"{report.trial:,}",
        }
        (_, decision), *parts = report.sections()
        sentence, *rest = decision
        return [
            pmui.Alert(sentence, title="What may be claimed", severity="info", **FULL),
            *(
                pmui.Alert(note, severity="warning", **FULL)
                for note in [report.survivorship]
                if note
            ),
            pages.metric_cards(numbers),
            *(pages.panel_card(heading, *self.laid(content)) for heading, content in parts),
            *(pages.panel_card("Behind the decision", *self.laid(rest)) for _ in rest[:1]),
        ]

    def laid(self, content: Any) -> list[Any]:
        """Words, figures and tables as the page shows them."""
        parts = content if isinstance(content, list) else [content]
        return [
            part
            if isinstance(part, str)
            else pages.table(part)
            if isinstance(part, pd.DataFrame)
            else pages.figure(part)
            for part in parts
        ]

    def __panel__(self) -> Any:
        return pn.Column(self.job, self.answers, **FULL)


backtest = Backtest()
side = ["dataset", "symbols", "strategy", "parameters", "start", "end", "fee", "slippage", "button"]
pn.state.onload(backtest.begin)
pages.page("Backtest", [backtest], [getattr(backtest, name) for name in side]).servable()
