"""A person looks at the catalogue and the quality of a dataset."""

import pytest

SHARES = """() => Bokeh.documents.flatMap(document => [...document._all_models.values()])
    .filter(model => model.type === "ColumnDataSource" && "share" in model.data)
    .map(model => [...new Set(Array.from(model.data.symbol))].sort().join())"""
MARKS = """() => Bokeh.documents.flatMap(document => [...document._all_models.values()])
    .filter(model => model.type === "ColumnDataSource")
    .filter(model => "until" in model.data && "check" in model.data)
    .map(model => Array.from(model.data.time, Number).join())"""
"""What the figures draw: whose coverage, and the times of what was found."""
FIVE = "AAPL,FB,GOOG,IBM,MSFT"
SPLIT_OF_MSFT, SPLITS_OF_AAPL = 1045526400000, [961545600000, 1109548800000]
"""2003-02-18; 2000-06-21 and 2005-02-28: the ex-dates, in milliseconds."""


def drawn(page, script, expected):
    page.wait_for_function(f"expected => ({script})().includes(expected)", arg=expected)


def cell(page, text):
    return page.get_by_role("gridcell", name=text, exact=True)


def choose(page, label, value):
    page.get_by_label(label, exact=True).click()
    page.locator("[role=listbox]").get_by_text(value, exact=True).click()


def check(page):
    page.get_by_role("button", name="Check", exact=True).click()


@pytest.fixture
def data(page, pages_url):
    """The page with the five stocks of technology."""
    errors = []
    page.on("console", lambda said: errors.append(said.text) if said.type == "error" else None)
    page.goto(f"{pages_url}/data")
    page.get_by_text("Coverage, prices and what was found on them").wait_for()
    cell(page, "us-tech-5").click()
    drawn(page, SHARES, FIVE)
    yield page
    assert not errors, errors


def test_a_dataset_is_chosen_in_the_catalogue(data):
    for column in ("symbols", "start", "end", "adjust", "survivorship"):
        data.get_by_role("columnheader", name=column, exact=True).first.wait_for()
    data.get_by_role("alert").filter(has_text="five companies chosen afterwards").wait_for()
    data.get_by_text("nothing speaks against any of them").wait_for()


def test_the_newest_choice_wins(data):
    cell(data, "sp500-20").click()
    cell(data, "us-indices").click()  # while the other is looked at
    drawn(data, SHARES, "IXIC,SPX")
    data.get_by_role("alert").filter(has_text="an index cannot be bought").wait_for()
    assert data.get_by_role("alert").filter(has_text="twenty members").count() == 0


def test_splits_that_nobody_recorded_are_listed_and_drawn(data):
    choose(data, "Adjusted", "not: as traded")
    check(data)
    cell(data, "split_shaped").nth(2).wait_for()
    assert cell(data, "split_shaped").count() == 3
    drawn(data, MARKS, ",".join(map(str, SPLITS_OF_AAPL)))
    cell(data, "MSFT").click()
    drawn(data, MARKS, str(SPLIT_OF_MSFT))
    data.get_by_role("alert").filter(has_text="MSFT: close 48.3 and then 24.96").wait_for()


def test_some_of_the_symbols_and_of_the_years(data):
    data.get_by_role("combobox", name="Symbols").click()
    offered = data.locator("[role=listbox]")
    offered.get_by_text("IBM", exact=True).click()
    offered.get_by_text("IBM", exact=True).wait_for(state="hidden")  # chosen: offered no more
    offered.press("Escape")
    offered.wait_for(state="hidden")
    data.get_by_role("group", name="Start").locator("[role=spinbutton]").first.click()
    data.keyboard.type("20120103")
    check(data)
    drawn(data, SHARES, "IBM")
    data.get_by_text("291", exact=True).wait_for()  # sessions of XNYS from then to 2013-03-01


def test_what_cannot_be_had_is_said_and_the_page_goes_on(data):
    choose(data, "Adjusted", "by the vendor")
    check(data)
    alert = data.get_by_role("alert").filter(has_text="cannot be served with this adjustment")
    alert.wait_for()
    assert "Choose one of: all, none" in alert.inner_text()
    choose(data, "Adjusted", "for all actions")
    check(data)
    data.get_by_text("nothing speaks against any of them").wait_for()
