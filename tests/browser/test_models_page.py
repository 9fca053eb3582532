"""A person trains a model on the page, sees what it is worth, and stops another."""

import re

import pytest

DRAWN = """() => Bokeh.documents.flatMap(document => [...document._all_models.values()])
    .filter(model => model.type === "Line" || model.type === "GlyphRenderer")
    .map(model => model.name).filter(name => name)"""
"""The names of what the figures draw."""


def choose(page, label, value):
    page.get_by_label(label, exact=True).click()
    page.locator("[role=listbox]").get_by_text(value, exact=True).click()


def train(page, kind, epochs):
    choose(page, "Kind", kind)
    field = page.get_by_label("Epochs at most")
    field.fill(str(epochs))
    field.press("Tab")
    page.get_by_role("button", name="Train", exact=True).click()


def words(page, said=""):
    worth = page.get_by_role("alert").filter(has_text="What it is worth")
    return worth.filter(has_text=said) if said else worth


@pytest.fixture
def models(page, pages_url):
    pytest.importorskip("neuralforecast", reason="the extra 'forecast' is not installed")
    errors = []
    page.on("console", lambda said: errors.append(said.text) if said.type == "error" else None)
    page.goto(f"{pages_url}/models")
    words(page).wait_for()
    page.get_by_role("button", name="Train", exact=True).and_(
        page.locator("button:enabled")
    ).wait_for()
    yield page
    assert not errors, errors


def test_without_a_model_it_is_repeat_last_in_words_first(models):
    said = words(models, "It is repeat-last")
    said.wait_for()
    figure = models.get_by_text("What is expected", exact=True)
    assert said.bounding_box()["y"] < figure.bounding_box()["y"]


def test_a_training_shows_what_it_is_worth_and_joins_the_list(models):
    train(models, "NLinear", 2)
    models.get_by_text("How it learned", exact=True).wait_for()
    words(models, "NLinear").wait_for()
    models.get_by_role("gridcell", name="NLinear", exact=True).first.wait_for()
    names = ["train", "validation", "NLinear", "repeat-last", "as promised", "history", "median"]
    models.wait_for_function(f"names => names.every(name => ({DRAWN})().includes(name))", arg=names)
    choose(models, "Model", "the default: repeat-last until skill is no luck")
    models.get_by_text("How it learned", exact=True).wait_for(state="detached")
    models.get_by_role("button", name="Train", exact=True).and_(
        models.locator("button:enabled")
    ).wait_for()
    models.get_by_role("gridcell", name="NLinear", exact=True).first.click()
    models.get_by_text("How it learned", exact=True).wait_for()


def test_a_training_is_stopped(models):
    train(models, "GRU", 500)
    models.get_by_text(re.compile("first epoch|validation loss")).wait_for()
    models.get_by_role("button", name="Stop", exact=True).click()
    models.get_by_role("alert").filter(has_text="stopped").wait_for()
    assert models.get_by_role("gridcell", name="GRU", exact=True).count() == 0
    assert models.get_by_role("button", name="Train", exact=True).is_enabled()


def test_a_horizon_beyond_the_model_is_refused_and_the_page_goes_on(models):
    train(models, "NLinear", 1)
    models.get_by_text("How it learned", exact=True).wait_for()
    field = models.get_by_label("Sessions ahead")
    field.fill("30")
    field.press("Tab")
    models.get_by_role("button", name="Forecast", exact=True).click()
    refusal = models.get_by_role("alert").filter(has_text="horizon is out of range")
    refusal.wait_for()
    field.fill("5")
    field.press("Tab")
    models.get_by_role("button", name="Forecast", exact=True).click()
    refusal.wait_for(state="hidden")
    words(models).wait_for()
