"""See which data there are, whether they are complete, and what is wrong with them."""

from __future__ import annotations

import asyncio
from typing import Any

import panel as pn
import panel_material_ui as pmui

from workbench import check_quality, list_datasets, pages

FULL = {"sizing_mode": "stretch_width"}
WIDE = {**FULL, "size": "small"}
SHOWN = ["symbols", "start", "end", "timeframe", "adjust", "survivorship"]
ADJUST = {"not: as traded": "none", "for splits": "splits", "for all actions": "all"}
ADJUST |= {"by the vendor": "vendor"}
WIDTHS = {"name": 130, "symbols": 110, "start": 112, "end": 112, "timeframe": 125, "adjust": 92}
FOUND = {"severity": 95, "check": 130, "symbol": 95, "start": 112, "end": 112, "bars": 75}


class Data(pn.viewable.Viewer):
    """The catalogue, and the quality of the dataset that is chosen."""

    def __init__(self) -> None:
        super().__init__()
        self.job = pages.Job()
        self.facts: dict[str, Any] = {}
        self.asked: object = None
        self.catalogue = pn.Column(**FULL)
        self.answers = pn.Column(**FULL)
        self.dataset = pages.choice("dataset", "sp500-20")
        self.symbols = pmui.MultiChoice(label="Symbols", placeholder="all of them", **FULL)
        self.start = pmui.DatePicker(label="Start", **WIDE)
        self.end = pmui.DatePicker(label="End", **WIDE)
        self.adjust = pmui.Select(label="Adjusted", options=ADJUST, **WIDE)
        self.button = pmui.Button(label="Check", icon="fact_check", color="primary", **WIDE)
        self.button.on_click(self.check)
        self.dataset.param.watch(self.choose_dataset, "value")

    async def begin(self) -> None:
        """Show the catalogue, and the quality of the first choice."""
        listed = await self.job.run(lambda context: list_datasets(context=context))
        if listed is None:
            return
        self.facts = {one.name: one for one in listed.datasets}
        shown = pages.table(listed.to_frame()[SHOWN])
        shown.param.update(widths=WIDTHS)
        names = list(self.facts)
        shown.on_click(lambda event: self.dataset.param.update(value=names[event.row]))
        faults = [f"{name}: {reason}" for name, reason in listed.broken.items()]
        self.catalogue.objects = [
            *(pmui.Alert(fault, severity="warning", **FULL) for fault in faults),
            pages.panel_card("Datasets", shown),
        ]
        await self.choose_dataset()

    async def choose_dataset(self, _event: Any = None) -> None:
        """Offer the symbols and dates that the dataset has, and check it."""
        facts = self.facts.get(self.dataset.value)
        if facts is not None:  # of a broken one the check says what is wrong
            self.symbols.param.update(options=facts.symbols, value=[])
            self.start.value, self.end.value = facts.start, facts.end
            self.adjust.value = facts.adjust
        if self.facts:
            await self.check()

    async def check(self, _event: Any = None) -> None:
        """Run the check in a thread and show what it finds; the newest question wins."""
        self.asked = asked = object()
        while self.job.is_running:
            self.job.stop()
            await asyncio.sleep(0.05)
        if asked is not self.asked:
            return
        self.button.disabled = True
        dataset = ":".join(filter(None, (self.dataset.value, ",".join(self.symbols.value))))
        dates = [str(day)[:10] if day else None for day in (self.start.value, self.end.value)]
        adjust = self.adjust.value
        report = await self.job.run(
            lambda context: check_quality(dataset, *dates, adjust=adjust, context=context)
        )
        self.answers.objects = [] if report is None else self.shown(report)
        self.button.disabled = False

    def shown(self, report: Any) -> list[Any]:
        """The report as cards."""
        facts = self.facts[self.dataset.value]
        numbers = {
            "Sound": f"{report.sound_share:.3%}",
            "Bars": f"{report.bars:,}",
            "Missing": f"{report.missing:,}",
            "Wrong": f"{report.wrong:,}",
            "Doubtful": f"{report.doubtful:,}",
            "Findings": f"{len(report.all_findings):,}",
        }
        symbol = pmui.Select(label="Prices of", options=report.symbols, **WIDE)
        drawn = pn.bind(lambda name: pages.figure(report.plot(name)), symbol)
        return [
            pmui.Alert(facts.survivorship, title=facts.title, severity="warning", **FULL),
            pages.metric_cards(numbers),
            pages.panel_card("Findings", *self.findings(report, symbol)),
            pages.panel_card("Coverage, prices and what was found on them", symbol, drawn),
        ]

    def findings(self, report: Any, symbol: Any) -> list[Any]:
        """What was found, and the whole of the finding that is clicked."""
        if not report.all_findings:
            return [pmui.Typography("Every bar was looked at; nothing speaks against any of them.")]
        chosen = pmui.Alert(severity="info", **FULL)

        def choose(row: int) -> None:
            one = report.all_findings[row]
            symbol.value = one.symbol
            chosen.param.update(title=f"{one.symbol}: {one.seen}", object=f"{one.why}. {one.cure}.")

        found = pages.table(report.to_frame())
        found.param.update(widths=FOUND, show_index=False, page_size=8)
        found.on_click(lambda event: choose(event.row))
        choose(0)
        return [found, chosen]

    def __panel__(self) -> Any:
        return pn.Column(self.job, self.catalogue, self.answers, **FULL)


data = Data()
side = [data.dataset, data.symbols, data.start, data.end, data.adjust, data.button]
pn.state.onload(data.begin)
pages.page("Data", [data], side).servable()
