"""The test of Engle and Granger against statsmodels."""

import numpy as np
import pytest

from workbench.errors import InvalidInput, TooLittleHistory
from workbench.features import cointegrated

pytestmark = pytest.mark.kernel
RNG = np.random.default_rng(8)
TREND = RNG.normal(0, 1, 120).cumsum()


def _autoregression(phi):
    values = np.zeros(120)
    for now in range(1, 120):
        values[now] = phi * values[now - 1] + RNG.normal()
    return values


SERIES = {
    "together": (2 + 0.7 * TREND + _autoregression(0.5), TREND),
    "barely": (2 + 0.7 * TREND + _autoregression(0.95), TREND),
    "apart": (RNG.normal(0, 1, 120).cumsum(), TREND),
}


@pytest.mark.parametrize("lags", [0, 1, 4])
@pytest.mark.parametrize("name", SERIES)
def test_statistic_and_p_value_are_those_of_statsmodels(name, lags):
    tools = pytest.importorskip("statsmodels.tsa.stattools")
    y, x = SERIES[name]
    statistic, p_value, _ = tools.coint(y, x, trend="c", maxlag=lags, autolag=None)
    ours = cointegrated(y, x, lags=lags)
    assert ours.statistic == pytest.approx(statistic, rel=1e-9)
    assert ours.p_value == pytest.approx(p_value, rel=1e-6, abs=1e-12)
    slope, intercept = np.polyfit(x, y, 1)
    assert (ours.slope, ours.intercept) == pytest.approx((slope, intercept), rel=1e-9)


@pytest.mark.parametrize("statistic", [-30.0, -18.0, -3.9, -2.62, -1.0, 0.0, 0.9, 1.5])
def test_the_p_value_is_mackinnon_s(statistic):
    values = pytest.importorskip("statsmodels.tsa.adfvalues")
    from workbench.features.cointegration import _p_value

    expected = values.mackinnonp(statistic, regression="c", N=2)
    assert _p_value(statistic) == pytest.approx(expected, rel=1e-6, abs=1e-12)


def test_a_line_without_variation_has_no_answer():
    assert np.isnan(cointegrated(TREND, np.full(120, 3.0)).p_value)
    assert np.isnan(cointegrated(2 * TREND, TREND).statistic) or (
        cointegrated(2 * TREND, TREND).p_value < 1e-6
    )


def test_what_cannot_be_tested_is_refused():
    with pytest.raises(InvalidInput, match="one length"):
        cointegrated(TREND, TREND[:-1])
    with pytest.raises(InvalidInput, match="leave out"):
        cointegrated(np.where(TREND > 0, np.nan, TREND), TREND)
    with pytest.raises(TooLittleHistory):
        cointegrated(TREND[:7], TREND[:7])
