import pytest

from workbench.backtest import simulate
from workbench.backtest.sweeps.measures import MEASURES


@pytest.fixture
def alone():
    """The measures of one combination, by a backtest of its own."""

    def run(strategy, bars, parameters, **options):
        report = simulate(strategy, bars, parameters=parameters, **options)
        numbers = {**report.results.model_dump(), **report.risk_metrics.model_dump()}
        return {name: numbers[name] for name in MEASURES if name in numbers}

    return run
