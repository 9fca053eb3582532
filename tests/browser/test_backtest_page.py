"""A person backtests on the page: what may be claimed comes before what was earned."""

import pytest

SOURCES = """() => Bokeh.documents.flatMap(document => [...document._all_models.values()])
    .filter(model => model.type === "ColumnDataSource" && "benchmark" in model.data)
    .map(model => Array.from(model.data.strategy).slice(-3).join())"""


@pytest.fixture
def backtest(page, pages_url):
    errors = []
    page.on("console", lambda said: errors.append(said.text) if said.type == "error" else None)
    page.goto(f"{pages_url}/backtest")
    page.get_by_text("The deepest falls").wait_for()
    yield page
    assert not errors, errors


def test_the_decision_stands_above_the_numbers(backtest):
    claim = backtest.get_by_role("alert").filter(has_text="What may be claimed")
    claim.wait_for()
    numbers = backtest.get_by_text("Max drawdown", exact=True)
    assert claim.bounding_box()["y"] < numbers.bounding_box()["y"]
    backtest.get_by_role("alert").filter(has_text="Survivors only").wait_for()
    for heading in ("Equity", "How steady it was", "Months", "What was held", "Trading", "Trades"):
        backtest.get_by_text(heading, exact=True).first.wait_for()


def test_another_strategy_is_another_trial_with_other_figures(backtest):
    before = backtest.evaluate(SOURCES)
    backtest.get_by_label("Strategy", exact=True).click()
    backtest.locator("[role=listbox]").get_by_text("mean_reversion", exact=True).click()
    backtest.get_by_label("entry z, 0.5 to 6").wait_for()
    backtest.get_by_role("button", name="Run", exact=True).click()
    backtest.wait_for_function(
        f"known => ({SOURCES})().some(one => !known.includes(one))", arg=before
    )
    backtest.get_by_role("alert").filter(has_text="What may be claimed").wait_for()
