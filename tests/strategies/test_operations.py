import pytest

from workbench.errors import UnknownName
from workbench.registry import lookup, names
from workbench.strategies import get_strategy_info, list_strategies


def test_the_built_in_strategies_are_listed():
    found = list_strategies()
    assert {"momentum", "mean_reversion", "buy_and_hold"} <= set(found.strategies)
    assert found.count == len(found.strategies)
    assert found.details["mean_reversion"].form == "step"
    assert found.details["mean_reversion"].risk_level == "low"
    assert set(found.awaited) == {"mirror", "neural_sentiment"}
    assert not set(found.awaited) & set(found.strategies)
    assert "momentum" in repr(found)
    assert list(found.to_frame().index) == found.strategies


BUILT_IN = [
    name
    for name in names("strategy")
    if lookup("strategy", name).__module__.startswith("workbench.")
]
FAMILIES = {"momentum", "reversion", "forecast", "combination", "baseline"}


@pytest.mark.parametrize("name", BUILT_IN)
def test_every_strategy_says_where_it_comes_from(name):
    found = get_strategy_info(name)
    assert found.family in FAMILIES
    assert found.risk_level in {"low", "medium", "high", ""}
    assert found.family == "baseline" or found.sources
    for values in found.presets.values():
        assert lookup("strategy", name).checked(values)


@pytest.mark.parametrize("name", BUILT_IN)
def test_every_parameter_is_described_and_bounded(name):
    found = get_strategy_info(name)
    assert found.description
    assert not found.gpu_accelerated
    for parameter in found.parameters.values():
        assert parameter.description
        if parameter.type in {"integer", "number"}:
            assert parameter.low <= parameter.default <= parameter.high
        if parameter.choices:
            assert parameter.default in parameter.choices


def test_an_unknown_strategy_suggests_the_closest():
    with pytest.raises(UnknownName, match="Did you mean 'momentum'"):
        get_strategy_info("momentun")
