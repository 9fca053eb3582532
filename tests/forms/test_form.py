"""A form asks for every parameter, runs the operation and shows how it ended."""

from __future__ import annotations

import datetime as dt
import sys
import time
from typing import Annotated, Literal

import pytest
from pydantic import BaseModel, Field

from workbench.context import Context, current
from workbench.domain import FeatureRef, Number, Result
from workbench.errors import Cancelled, InvalidInput, MissingExtra, NotAllowed, UnknownName
from workbench.forms import form
from workbench.registry import operation, operations, schema
from workbench.registry.fields import fields_of


class Bet(BaseModel):
    symbol: str
    weight: float = 1.0


class Told(Result):
    said: str
    number: Number = float("nan")


@operation(effect="compute")
def form_everything(  # noqa: PLR0917
    feature: FeatureRef,
    horizon: Annotated[int, Field(ge=1, le=30)],
    level: Annotated[float, Field(gt=0, lt=1)] = 0.95,
    rate: Annotated[float, Field(gt=0, le=1)] = 0.0003,
    cash: Annotated[float, Field(gt=0)] = 1e5,
    limit: Annotated[int, Field(ge=1, le=5_000_000)] = 100_000,
    start: dt.date | None = None,
    end: dt.date = dt.date(2020, 1, 2),
    engine: Literal["kernel", "vectorbt"] = "kernel",
    adjust: Literal["all", "none"] | None = None,
    costs: bool = True,
    cautious: bool | None = None,
    symbols: list[str] | None = None,
    quantiles: list[float] = [0.1, 0.9],  # noqa: B006  as the operations have it
    name: str = "a",
    bets: list[Bet] | None = None,
    *,
    context: Context | None = None,
) -> Told:
    """Take one of everything.

    Parameters
    ----------
    feature : str
        Which feature.
    horizon : int
        How far.
    """
    return Told(said=f"{type(feature).__name__} {horizon} {level} {end} {bets}")


@operation(effect="compute")
def form_count(steps: int = 3, *, context: Context | None = None) -> int:
    """Count."""
    context = context or current()
    for step in range(steps):
        context.progress(step, steps, f"step {step}")
        time.sleep(0.01)
    return steps


@operation(effect="trade")
def form_trade(*, context: Context | None = None) -> int:
    """Move money."""
    return 1


@operation(effect="read")
def form_defect(*, context: Context | None = None) -> int:
    """Fail as nothing should."""
    return 1 // 0


pytestmark = pytest.mark.usefixtures("own_home")


def widget(made, name):
    return made._controls[name].widget


def said(made):
    return str(made._output.outputs)


def test_each_parameter_has_the_widget_that_fits_it():
    made = form("form_everything", feature="rsi")
    kinds = {name: type(one.widget).__name__ for name, one in made._controls.items()}
    assert kinds == {
        "feature": "Combobox",
        "horizon": "IntSlider",
        "level": "FloatSlider",
        "rate": "Text",  # no slider has a step that shows 0.0003 of 1
        "cash": "Text",
        "limit": "Text",
        "start": "DatePicker",
        "end": "DatePicker",
        "engine": "Dropdown",
        "adjust": "Dropdown",
        "costs": "Checkbox",
        "cautious": "Dropdown",
        "symbols": "Text",
        "quantiles": "Text",
        "name": "Text",
        "bets": "Textarea",
    }
    assert "rsi" in widget(made, "feature").options
    assert widget(made, "horizon").max == 30
    assert 0 < widget(made, "level").min < widget(made, "level").max < 1


def test_values_are_the_arguments_and_empty_fields_are_left_out():
    made = form("form_everything", feature="rsi", horizon=5, end="2021-03-04")
    assert made.values() == {
        "feature": "rsi",
        "horizon": 5,
        "level": 0.95,
        "rate": 0.0003,
        "cash": 100_000.0,
        "limit": 100_000,
        "end": "2021-03-04",
        "engine": "kernel",
        "costs": True,
        "quantiles": [0.1, 0.9],
        "name": "a",
    }
    widget(made, "symbols").value = " AAPL, MSFT ,"
    widget(made, "start").value = dt.date(2020, 5, 6)
    widget(made, "bets").value = '[{"symbol": "AAPL"}]'
    widget(made, "name").value = ""
    given = made.values()
    assert given["symbols"] == ["AAPL", "MSFT"]
    assert given["start"] == "2020-05-06"
    assert given["bets"] == [{"symbol": "AAPL"}]
    assert given["name"] is None


def test_every_operation_there_is_has_a_form():
    for entry in operations():
        described = schema(entry.tool)
        assert [field.name for field in fields_of(described)] == [
            parameter.name for parameter in described.parameters
        ]
        assert form(entry.tool).widget.children


def test_a_run_leaves_its_result():
    made = form("form_everything", feature="rsi", horizon=5, bets=[{"symbol": "AAPL"}])
    made.run()
    result = made.wait(10)
    assert result is made.result
    assert result.said == "str 5 0.95 2020-01-02 [Bet(symbol='AAPL', weight=1.0)]"
    assert "Told" in said(made)


def test_a_thing_is_passed_on_as_it_is():
    made = form("form_everything", feature=abs, horizon=2, bets=[Bet(symbol="F")])
    made.run()
    assert made.wait(10).said.startswith("builtin_function_or_method 2")
    assert made.values()["feature"] is abs


@pytest.mark.parametrize(
    ("name", "typed", "told"),
    [
        ("horizon", None, "30"),
        ("bets", "[1,", "as JSON"),
        ("quantiles", "a, b", "commas"),
        ("cash", "-5", "cash"),
    ],
)
def test_what_cannot_be_used_is_said_with_its_cure(name, typed, told):
    made = form("form_everything", feature="rsi", horizon=5)
    if typed is None:
        made = form("form_everything", feature="rsi", horizon=30)
        made._controls[name].widget.max = 99
        typed = 99
    widget(made, name).value = typed
    made.run()
    assert made.wait(10) is None
    assert isinstance(made.error, InvalidInput)
    assert told in said(made)
    assert type(made.error).__name__ in said(made)


def test_a_required_field_left_empty_is_named():
    made = form("form_everything", horizon=5)
    made.run()
    made.wait(10)
    assert "'feature'" in str(made.error)


def test_progress_is_shown_and_the_run_can_be_stopped():
    made = form("form_count", steps=2_000)
    made.run()
    made.run()  # a second click does nothing
    assert made._run_button.disabled
    deadline = time.monotonic() + 5
    while not made._message.value and time.monotonic() < deadline:
        time.sleep(0.01)
    assert made._bar.max == 2_000
    made._stop_button.click()
    assert made.wait(10) is None
    assert isinstance(made.error, Cancelled)
    assert not made._run_button.disabled
    made._controls["steps"].widget.value = "2"
    made._run_button.click()
    assert made.wait(10) == 2
    assert made.error is None


def test_a_form_gives_no_right_to_trade():
    made = form("form_trade")
    made.run()
    made.wait(10)
    assert isinstance(made.error, NotAllowed)


def test_a_defect_is_shown_with_its_traceback():
    made = form("form_defect")
    made.run()
    made.wait(10)
    assert "return 1 // 0" in said(made)
    assert "defect" in said(made)


def test_unknown_names_are_refused():
    with pytest.raises(UnknownName, match="Did you mean 'form_count'"):
        form("form_cont")
    with pytest.raises(UnknownName, match="steps"):
        form("form_count", stepps=1)


def test_without_ipywidgets_the_extra_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "ipywidgets", None)
    with pytest.raises(MissingExtra, match=r"\[lab\]"):
        form("form_count")
