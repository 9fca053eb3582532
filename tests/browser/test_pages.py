"""A person works with the pages; what is asserted is the data of the drawn figures."""

import pytest

SOURCES = """() => Bokeh.documents.flatMap(document => [...document._all_models.values()])
    .filter(model => model.type === "ColumnDataSource" && "benchmark" in model.data)
    .map(model => Array.from(model.data.time, Number).concat(Array.from(model.data.strategy)))"""


def equities(page):
    """Times and values of every figure that compares a strategy with its benchmark."""
    return {tuple(values) for values in page.evaluate(SOURCES)}


def choose(page, label, value):
    page.get_by_label(label, exact=True).click()
    page.locator("[role=listbox]").get_by_text(value, exact=True).click()


def set_date(page, label, digits):
    """Type a date, and see that it stands there: a page that is drawn anew swallows keys."""
    parts = page.get_by_role("group", name=label).locator("[role=spinbutton]")
    for _ in range(5):
        parts.first.click()
        page.keyboard.type(digits)
        page.wait_for_timeout(200)
        if "".join(parts.all_inner_texts()) == digits:
            return
    raise AssertionError(f"{label} shows {parts.all_inner_texts()}, not {digits}")


def run(page):
    """Press the button, wait for the answer, and return the figures that are new."""
    before = equities(page)
    page.get_by_role("button", name="Run", exact=True).click()
    page.wait_for_function(
        f"known => ({SOURCES})().some(one => !known.includes(JSON.stringify(one)))",
        arg=[page.evaluate("value => JSON.stringify(value)", list(one)) for one in before],
    )
    return equities(page) - before


@pytest.fixture
def research(page, pages_url):
    page.goto(f"{pages_url}/research")
    page.get_by_text("Equity, drawdown and weights").wait_for()
    page.wait_for_function(f"() => ({SOURCES})().length > 1")
    return page


def test_the_plots_change_with_the_strategy_and_the_dates(research):
    first = equities(research)
    choose(research, "Strategy", "mean_reversion")
    research.get_by_label("entry z, 0.5 to 6").wait_for()
    second = run(research)
    assert first.isdisjoint(second)
    assert {len(one) for one in second} == {len(one) for one in first}
    set_date(research, "Start", "20180102")
    third = run(research)
    assert {one[0] for one in third} == {1514851200000}  # 2018-01-02 in milliseconds


def test_the_page_says_that_only_survivors_are_in_the_data(research):
    research.get_by_role("alert").filter(has_text="Survivors only").wait_for()
    research.get_by_text("Skill against repeat-last").wait_for()


def test_a_strategy_of_the_users_own_is_offered_and_runs(research):
    choose(research, "Strategy", "hold_all")
    research.get_by_label("share").wait_for()
    assert run(research)


def test_an_error_says_what_to_do_and_the_page_goes_on(research):
    set_date(research, "Start", "20221230")
    research.get_by_role("button", name="Run", exact=True).click()
    alert = research.get_by_role("alert").filter(has_text="The end date is before the start date")
    alert.wait_for()
    assert "Exchange the two dates" in alert.inner_text()
    set_date(research, "Start", "20200102")
    assert run(research)


def test_the_first_page_leads_to_the_others(page, pages_url):
    page.goto(pages_url)
    page.get_by_role("link", name="Research").wait_for()
    page.get_by_role("link", name="Operations").last.click()
    page.get_by_role("link", name="run_backtest").first.wait_for()


def test_the_catalogue_is_searched_and_runs_an_operation(page, pages_url):
    page.goto(f"{pages_url}/catalogue?operation=ping")
    page.get_by_role("link", name="list_strategies").wait_for()
    page.get_by_label("Search").fill("correl")
    page.get_by_role("link", name="list_strategies").wait_for(state="hidden")
    page.get_by_role("link", name="correlation_analysis").click()
    page.get_by_label("symbols *").fill("AAPL, KO")
    page.get_by_role("button", name="Run", exact=True).click()
    page.get_by_role("tab", name="Plot").wait_for()
    page.wait_for_function(
        """() => [...Bokeh.documents[0]._all_models.values()].some(
            model => model.type === "ColumnDataSource" && Array.from(model.data.across ?? [])
                .join() === "AAPL,AAPL,KO,KO")"""
    )


def test_the_form_shows_a_refusal_whole(page, pages_url):
    page.goto(f"{pages_url}/catalogue?operation=correlation_analysis")
    page.get_by_label("symbols *").fill("AAPL, NOPE")
    page.get_by_role("button", name="Run", exact=True).click()
    alert = page.get_by_role("alert").filter(has_text="NOPE")
    alert.wait_for()
    assert "AAPL" in alert.inner_text()  # the symbols that there are


def test_an_unknown_operation_is_answered_with_the_known_ones(page, pages_url):
    page.goto(f"{pages_url}/catalogue?operation=run_backtst")
    page.get_by_role("alert").filter(has_text="Did you mean 'run_backtest'?").wait_for()
