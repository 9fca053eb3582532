"""A function becomes a named feature with checked parameters."""

from __future__ import annotations

import pickle
from typing import Annotated

import numpy as np
import pytest
import xarray as xr
from pydantic import Field

from workbench.errors import (
    ConfigurationError,
    InvalidInput,
    OutOfRange,
    UnknownName,
    UnusableFrame,
)
from workbench.features import (
    Feature,
    closes,
    ema,
    feature,
    macd,
    momentum,
    sma,
    source_hash,
)
from workbench.registry import checked, lookup, names

PRICES = xr.DataArray(np.arange(1.0, 9.0), dims="time")


def test_a_decorated_function_is_found_by_name_and_called_as_before():
    @feature("test_double")
    def double(bars, *, factor: Annotated[float, Field(gt=0, le=10)] = 2.0):
        """Twice the price."""
        return closes(bars) * factor

    assert lookup("feature", "test_double") is double
    assert "test_double" in names("feature")
    assert double.summary == "Twice the price."
    assert repr(double) == "<feature test_double(factor=2.0)>"
    np.testing.assert_array_equal(double(PRICES, factor=3), PRICES * 3)
    np.testing.assert_array_equal(double(PRICES.to_dataset(name="close")), PRICES * 2)
    with pytest.raises(OutOfRange, match=r"factor of feature 'test_double'.*from 0 to 10"):
        double(PRICES, factor=0)


def test_every_built_in_is_found_by_reading():
    built_in = {"bollinger", "bollinger_position", "drawdown", "ema", "log_returns", "macd"}
    built_in |= {"momentum", "rsi", "simple_returns", "sma", "volatility", "zscore"}
    assert built_in <= set(names("feature"))
    for name in built_in:
        found = lookup("feature", name)
        assert isinstance(found, Feature)
        assert found.summary


@pytest.mark.parametrize(
    ("parameters", "error", "message"),
    [
        ({"window": 0}, OutOfRange, "from 1 to 10000"),
        ({"windw": 5}, UnknownName, "Did you mean 'window'"),
        ({"window": "long"}, InvalidInput, "window"),
        ({"window": 2.5}, InvalidInput, "window"),
    ],
)
def test_a_wrong_parameter_says_what_to_do(parameters, error, message):
    with pytest.raises(error, match=message):
        sma(PRICES, **parameters)


def test_parameters_that_contradict_each_other():
    with pytest.raises(OutOfRange, match="skip"):
        momentum(PRICES, lookback=5, skip=5)


def test_data_that_is_no_panel():
    for wrong in ([1.0, 2.0], xr.DataArray([1.0, 2.0], dims="row"), xr.Dataset()):
        with pytest.raises(UnusableFrame, match=r"workbench\.bars"):
            sma(wrong)


def test_a_parameter_without_annotation_is_refused():
    with pytest.raises(ConfigurationError, match=r"'window'.*no annotation"):

        @feature("test_bare")
        def bare(bars, *, window=3):
            return bars


def test_a_name_that_cannot_cross_the_surfaces_is_refused():
    with pytest.raises(InvalidInput, match="Begin with a lower-case letter"):
        feature("No Spaces")(lambda bars: bars)


def test_the_hash_follows_the_source():
    def one(bars):
        return bars + 1

    def two(bars):
        return bars + 2

    assert Feature("a", one).source_hash == Feature("b", one).source_hash
    assert Feature("a", one).source_hash != Feature("a", two).source_hash


def test_without_a_source_the_code_is_hashed():
    made = {}
    for name, amount in (("one", 1), ("same", 1), ("two", 2)):
        exec(f"def f(bars): return bars + {amount}", space := {})  # noqa: S102  as typed at a prompt
        made[name] = source_hash(space["f"])
    assert made["one"] == made["same"] != made["two"]


def test_a_feature_travels_to_another_process_by_name():
    assert pickle.loads(pickle.dumps(sma)) is sma  # noqa: S301  our own bytes


def test_a_feature_without_a_module_travels_by_value():
    made = Feature("other_name", ema.function)
    kind, arguments = made.__reduce__()
    assert kind(*arguments)(PRICES, window=2).equals(made(PRICES, window=2))


def test_parameters_may_come_as_their_model():
    given = sma.parameters(window=3)
    assert checked(sma.parameters, given, "it") is given
    assert checked(sma.parameters, ema.parameters(window=5), "it").window == 5


def test_a_required_parameter_and_an_annotation_that_cannot_be_resolved():
    @feature("test_needs")
    def needs(bars, *, level: float):
        return closes(bars) > level

    assert repr(needs) == "<feature test_needs(level)>"
    with pytest.raises(InvalidInput, match="needs the parameter 'level'"):
        needs(PRICES)

    def lost(bars, *, window: Nowhere):  # noqa: F821  on purpose
        return bars

    with pytest.raises(ConfigurationError, match="TYPE_CHECKING"):
        feature("test_lost")(lost)


def test_a_fast_average_that_is_not_faster():
    with pytest.raises(OutOfRange, match="fast"):
        macd(PRICES, fast=26, slow=26)


def test_dims_order_and_coordinates_are_kept():
    panel = xr.DataArray(
        np.random.default_rng(0).random((2, 30)),
        dims=("symbol", "time"),
        coords={"symbol": ["A", "B"], "currency": ("symbol", ["USD", "EUR"])},
    )
    averaged = sma(panel, window=3)
    assert averaged.dims == ("symbol", "time")
    assert averaged["currency"].values.tolist() == ["USD", "EUR"]
    np.testing.assert_allclose(averaged.T, sma(panel.T, window=3))
