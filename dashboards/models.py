"""See what the trained models are worth, let one forecast, and train another."""

from __future__ import annotations

from typing import Any

import panel as pn
import panel_material_ui as pmui

from workbench import charts, load_bars, pages, registry

FULL = {"sizing_mode": "stretch_width"}
WIDE = {**FULL, "size": "small"}
DEFAULT = "the default: repeat-last until skill is no luck"
SHOWN = ["type", "series", "skill", "mae", "horizon", "trained_until"]
WIDTHS = {"model_id": 245, "type": 120, "series": 160, "skill": 90, "mae": 95, "horizon": 95}


class Models(pn.viewable.Viewer):
    """The choices in the side bar; what a model is worth, its forecast and all models."""

    def __init__(self) -> None:
        super().__init__()
        self.job = pages.Job()
        self.worth = pn.Column(**FULL)
        self.listed = pn.Column(**FULL)
        self.dataset = pages.choice("dataset", "sp500-20")
        self.symbol = pmui.Select(label="Symbol", **WIDE)
        self.model = pmui.Select(label="Model", options=[DEFAULT], value=DEFAULT, **WIDE)
        self.horizon = pmui.IntInput(label="Sessions ahead", value=10, start=1, end=720, **WIDE)
        self.ask = pmui.Button(label="Forecast", icon="insights", color="primary", **WIDE)
        self.kind = pmui.Select(label="Kind", **WIDE)
        self.epochs = pmui.IntInput(label="Epochs at most", value=20, start=1, end=10_000, **WIDE)
        self.teach = pmui.Button(label="Train", icon="model_training", variant="outlined", **WIDE)
        self.ask.on_click(self.forecast)
        self.teach.on_click(self.train)
        self.model.param.watch(self.forecast, "value")  # chosen, clicked in the table or trained
        self.dataset.param.watch(self.choose_dataset, "value")

    @property
    def series(self) -> str:
        """What is forecast and learned from."""
        return f"{self.dataset.value}:{self.symbol.value}"

    async def begin(self) -> None:
        await self.choose_dataset()
        await self.forecast()

    async def choose_dataset(self, _event: Any = None) -> None:
        """Offer the symbols that the dataset has."""
        name = self.dataset.value
        bars = await self.job.run(lambda context: load_bars(name, context=context))
        if bars is not None:
            symbols = [str(symbol) for symbol in bars["symbol"].to_numpy()]
            self.symbol.param.update(options=symbols, value=symbols[0])

    async def train(self, _event: Any = None) -> None:
        """Train a model in a thread, and show what it is worth; Stop keeps what it has learned."""
        asked = {
            "data_path": self.series,
            "model_type": self.kind.value,
            "epochs": self.epochs.value,
            "horizon": self.horizon.value,
        }
        done = await self.run(lambda context: registry.call("neural_train", asked, context))
        if done is not None:
            self.model.param.update(options=[done.model_id, DEFAULT], value=done.model_id)

    async def forecast(self, _event: Any = None) -> None:
        """Forecast in a thread, and show it with what the model is worth."""
        asked = {"symbol": self.series, "horizon": self.horizon.value}
        chosen = {} if self.model.value == DEFAULT else {"model_id": self.model.value}

        def work(context: Any) -> tuple[Any, ...]:
            status = registry.call("neural_model_status", {}, context)
            one = registry.call("neural_model_status", chosen, context) if chosen else None
            return status, one, registry.call("neural_forecast", asked | chosen, context)

        found = await self.run(work)
        if found is not None:
            status, one, fan = found
            self.offer(status)
            self.worth.objects = self.judged(fan, one)

    async def run(self, work: Any) -> Any:
        """Run work in a thread, one at a time."""
        self.ask.disabled = self.teach.disabled = True
        found = await self.job.run(work)
        self.ask.disabled = self.teach.disabled = False
        return found

    def offer(self, status: Any) -> None:
        """Offer the models that there are, in the side bar and as a table."""
        names = [row["model_id"] for row in status.models_summary]
        self.model.options = [DEFAULT, *names]
        self.kind.options = status.available_types
        self.kind.value = self.kind.value or status.available_types[0]
        if not names:
            none = "None is trained yet. Choose a kind in the side bar and train one."
            self.listed.objects = [pages.panel_card("Models", pmui.Typography(none))]
            return
        rows = status.to_frame().set_index("model_id")[SHOWN].round(4)
        table = pages.table(rows.assign(skill=rows["skill"].map("{:+.1%}".format)))
        table.param.update(widths=WIDTHS, page_size=8)
        table.on_click(lambda event: self.model.param.update(value=names[event.row]))
        self.listed.objects = [pages.panel_card("Models", table)]

    def judged(self, fan: Any, one: Any) -> list[Any]:
        """What it is worth in words, its forecast, then how it learned and how it did."""
        worth = [pmui.Alert(fan.statement, title="What it is worth", severity="info", **FULL)]
        worth += [pmui.Alert(said, severity="warning", **FULL) for said in fan.warnings]
        card, figure = pages.panel_card, pages.figure
        expected = card("What is expected", figure(fan.plot()))
        skill = {"Skill against repeat-last": f"{fan.skill:+.1%}"}
        if one is None:
            return [*worth, pages.metric_cards({"Model": fan.model.id, **skill}), expected]
        held = one.performance
        numbers = {
            **skill,
            "By luck alone": held.p_value,
            "Mean absolute error": held.model.mae,
            "of repeat-last": held.naive.mae,
            "Held-out forecasts": f"{held.origins:,}",
        }
        inside = charts.coverage_by_level(held.coverages(), title="")
        drawn = [(7, expected), (5, card("Outcomes inside its intervals", figure(inside)))]
        if one.losses is not None:
            drawn.append(
                (6, card("How it learned", figure(charts.loss_curve(one.losses, title=""))))
            )
        errors = charts.error_by_step(held.errors(), title="", height=260)
        drawn.append((6, card("Mean absolute error by step", figure(errors))))
        beside = [pmui.Grid(shown, size={"xs": 12, "md": wide}) for wide, shown in drawn]
        grid = pmui.Grid(*beside, container=True, spacing=1, **FULL)
        return [*worth, pages.metric_cards(numbers), grid]

    def __panel__(self) -> Any:
        return pn.Column(self.job, self.worth, self.listed, **FULL)


models = Models()
side = [models.dataset, models.symbol, models.model, models.horizon, models.ask]
side += [
    pmui.Typography("Train another on this series", variant="subtitle2"),
    models.kind,
    models.epochs,
    models.teach,
]
pn.state.onload(models.begin)
pages.page("Models", [models], side).servable()
