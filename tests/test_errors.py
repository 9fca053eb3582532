"""The tree of errors says what happened, what was seen and the cure."""

from __future__ import annotations

import pickle

import pytest

from workbench import errors
from workbench.errors import (
    AccessRefused,
    Cancelled,
    ConfigurationError,
    MissingExtra,
    OutOfRange,
    ServiceUnavailable,
    TooLittleHistory,
    UnknownName,
    WorkbenchError,
)

ONE_OF_EACH = [
    ConfigurationError("The port cannot be used", seen=99_999, cure="Choose another"),
    UnknownName("strategy", "momentun", ["momentum", "mean_reversion"]),
    OutOfRange("lookback", 0, 2, 504),
    TooLittleHistory(127, 40, "strategy 'momentum'"),
    MissingExtra("mlflow", "to keep models", "forecast"),
    Cancelled(3, 10),
    ServiceUnavailable("Polygon", "HTTP 503", retry_after_seconds=2.0),
    AccessRefused("Polygon", "POLYGON_API_KEY", seen="HTTP 401"),
]


def test_all_is_sorted_and_complete():
    public = {
        name
        for name, thing in vars(errors).items()
        if isinstance(thing, type) and issubclass(thing, WorkbenchError)
    }
    assert errors.__all__ == sorted(public)


def test_every_error_stands_in_the_tree_that_opens_the_module():
    assert all(name in errors.__doc__ for name in errors.__all__)


def test_sentence_holds_what_was_seen_and_the_cure():
    assert str(ONE_OF_EACH[0]) == "The port cannot be used (got 99999). Choose another."
    assert str(WorkbenchError("It failed")) == "It failed."
    assert "(got None)" in str(WorkbenchError("It failed", seen=None))


def test_long_values_are_shortened():
    sentence = str(WorkbenchError("Too long", seen="x" * 500))
    assert len(sentence) < 150
    assert "…" in sentence


@pytest.mark.parametrize("error", ONE_OF_EACH, ids=lambda error: type(error).__name__)
def test_an_error_survives_the_way_to_another_process(error):
    again = pickle.loads(pickle.dumps(error))  # noqa: S301  our own bytes
    assert type(again) is type(error)
    assert str(again) == str(error)
    assert again.__dict__ == error.__dict__


@pytest.mark.parametrize("error", ONE_OF_EACH, ids=lambda error: type(error).__name__)
def test_facts_are_plain_values(error):
    facts = error.facts()
    assert facts["error"] == type(error).__name__
    assert facts["message"] == str(error)
    assert all(value is None or isinstance(value, str) for value in facts.values())


def test_unknown_name_suggests_the_closest_and_lists_the_choices():
    sentence = str(UnknownName("strategy", "momentun", ["momentum", "mean_reversion"]))
    assert "Did you mean 'momentum'?" in sentence
    assert "mean_reversion, momentum" in sentence


def test_unknown_name_counts_what_it_does_not_list():
    sentence = str(UnknownName("symbol", "zzz", [f"S{number:03}" for number in range(40)]))
    assert "and 28 more" in sentence
    assert "Did you mean" not in sentence


def test_unknown_name_without_choices_says_so():
    assert "No model is registered yet" in str(UnknownName("model", "x"))


@pytest.mark.parametrize(
    ("low", "high", "cure"),
    [(1, 5, "from 1 to 5"), (None, 5, "at most 5"), (1, None, "at least 1")],
)
def test_out_of_range_names_the_bounds(low, high, cure):
    assert cure in str(OutOfRange("window", 9, low, high))


def test_cancelled_without_a_total():
    assert str(Cancelled(3)) == "The run was stopped."
