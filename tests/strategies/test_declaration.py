import functools
from typing import Annotated

import numpy as np
import pytest
from pydantic import Field

from workbench.errors import (
    ConfigurationError,
    InvalidInput,
    OutOfRange,
    UnknownName,
    UnusableFrame,
)
from workbench.registry import lookup, naming
from workbench.strategies import Strategy, as_strategy, strategy


@pytest.fixture
def momentum():
    return lookup("strategy", "momentum")


def test_a_parameter_out_of_range_names_itself_and_its_bounds(momentum):
    with pytest.raises(OutOfRange, match=r"lookback.*got 1\).*from 2 to 756") as caught:
        momentum.checked({"lookback": 1})
    assert caught.value.low == 2


def test_an_unknown_parameter_is_refused_with_the_known_ones(momentum):
    with pytest.raises(UnknownName, match="Did you mean 'lookback'"):
        momentum.checked({"lookbak": 5})


def test_a_value_of_the_wrong_kind_is_refused(momentum):
    with pytest.raises(InvalidInput, match="top"):
        momentum.checked({"top": "many"})


def test_the_warm_up_follows_the_parameters(momentum):
    assert momentum.warm_up({"lookback": 20}) == 21


@pytest.fixture
def forgetting():
    yield
    naming._here.pop(("strategy", "flat_for_test"), None)


@pytest.mark.usefixtures("forgetting")
def test_a_declared_strategy_is_known_by_name(bars):
    @strategy("flat_for_test", warm_up=3)
    def flat(bars, *, share: Annotated[float, Field(ge=0, le=1)] = 0.5):
        """Hold a share of everything."""
        return bars["close"] * 0 + share / 3

    found = lookup("strategy", "flat_for_test")
    assert found is flat
    assert found.description == "Hold a share of everything."
    assert found.warm_up() == 3
    assert float(found(bars, share=0.9).isel(time=0, symbol=0)) == pytest.approx(0.3)


def test_any_function_of_bars_is_a_strategy(bars):
    made = as_strategy(lambda bars: bars["close"].to_pandas() * 0 + 1 / 3)
    assert made.name == "lambda"
    assert np.allclose(made.targets(bars), 1 / 3)
    assert as_strategy(made) is made


class Above:
    """Holds what is above a level."""

    def __init__(self, level):
        self.level = level

    def __call__(self, bars, *, share: Annotated[float, Field(ge=0, le=1)] = 1.0):
        return (bars["close"] > self.level) * share / 3


@pytest.mark.parametrize(
    "thing", [Above(90.0), Above(90.0).__call__, functools.partial(Above.__call__, Above(90.0))]
)
def test_anything_that_can_be_called_is_a_strategy(bars, thing):
    held = as_strategy(thing).targets(bars, {"share": 0.6})
    np.testing.assert_allclose(held, (bars["close"] > 90) * 0.2)
    with pytest.raises(OutOfRange):
        as_strategy(thing).targets(bars, {"share": 2})


def test_a_number_is_no_strategy():
    with pytest.raises(InvalidInput, match="no strategy"):
        as_strategy(3)


@pytest.mark.parametrize(
    "answer",
    [
        None,
        1.0,
        np.zeros((2, 2)),
        "weights",
    ],
)
def test_an_answer_that_is_no_table_is_refused(bars, answer):
    with pytest.raises(UnusableFrame, match="must have times down and symbols across"):
        as_strategy(lambda _: answer).targets(bars)


def test_weights_for_the_future_are_refused(bars):
    def later(bars):
        return bars["close"].assign_coords(time=bars["time"] + np.timedelta64(90, "D"))

    with pytest.raises(UnusableFrame, match="no bar"):
        as_strategy(later).targets(bars)


def test_a_step_without_inputs_is_refused():
    with pytest.raises(ConfigurationError, match="inputs"):
        Strategy("blind", lambda state, _, position: (state, position), "step")


def test_the_hash_follows_the_source():
    one = as_strategy(lambda bars: bars)
    other = as_strategy(lambda bars: bars["close"])
    assert one.source_hash != other.source_hash


def _above(observation):
    return int(observation.x > 1)


def _far_above(observation):
    return int(observation.x > 99)


def test_another_signal_is_another_strategy():
    def step(state, observation, position):
        return state, float(observation.signal)

    def made(signal):
        inputs = {"x": lambda bars, _parameters: bars["close"]}
        return Strategy("s", step, "step", inputs=inputs, signal=signal).source_hash

    assert made(_above) == made(_above)
    assert len({made(_above), made(_far_above), made(None)}) == 3
