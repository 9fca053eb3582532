"""Trade a strategy on the past, and see what may be claimed before what was earned."""

from __future__ import annotations

from typing import Any

import pandas as pd
import panel as pn
import panel_material_ui as pmui

from workbench import load_bars, pages, registry

FULL = {"sizing_mode": "stretch_width"}
WIDE = {**FULL, "size": "small"}


class Backtest(pn.viewable.Viewer):
    """The choices in the side bar, the tear sheet on the page."""

    def __init__(self) -> None:
        super().__init__()
        self.job = pages.Job()
        self.answers = pn.Column(**FULL)
        self.question = pages.Question(self.job)
        self.button = pmui.Button(label="Run", icon="play_arrow", color="primary", **WIDE)
        self.button.on_click(self.run)
        self.question.dataset.param.watch(self.choose_dataset, "value")

    async def choose_dataset(self, _event: Any = None) -> None:
        """Offer the symbols and dates that the dataset has."""
        name = self.question.dataset.value
        bars = await self.job.run(lambda context: load_bars(name, context=context))
        if bars is not None:
            self.question.offer(bars)

    async def begin(self) -> None:
        await self.choose_dataset()
        await self.run()

    async def run(self, _event: Any = None) -> None:
        """Run the backtest in a thread and show its sheet."""
        self.button.disabled = True
        ask = self.question.arguments
        report = await self.job.run(lambda context: registry.call("run_backtest", ask(), context))
        self.answers.objects = [] if report is None else self.shown(report)
        self.button.disabled = False

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
        claim = "\n\n".join(part for part in decision if isinstance(part, str))
        behind = [part for part in decision if not isinstance(part, str)]
        return [
            pmui.Alert(claim, title="What may be claimed", severity="info", **FULL),
            *(
                pmui.Alert(note, severity="warning", **FULL)
                for note in [report.survivorship]
                if note
            ),
            pages.metric_cards(numbers),
            *(pages.panel_card(heading, *self.laid(content)) for heading, content in parts),
            *(pages.panel_card("Behind the decision", *self.laid(behind)) for _ in behind[:1]),
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
side = [*backtest.question.widgets, backtest.button]
pn.state.onload(backtest.begin)
pages.page("Backtest", [backtest], side).servable()
