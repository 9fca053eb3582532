"""What can be trained or fitted, and for what."""

from __future__ import annotations

from workbench.forecast.results import ModelType, ModelTypes

__all__ = ["model_types"]

_PRICES = "log price (level where values are not positive)"
_NEURAL, _STATISTICAL, _NAIVE = "neural", "statistical", "naive"

_TYPES = (
    *(
        (kind, _NEURAL, "neural_train", "forecast", what)
        for kind, what in (
            ("NHITS", "hierarchical interpolation, quantile loss"),
            ("NLinear", "one linear map around the last value, quantile loss"),
            ("DLinear", "linear maps of trend and rest, quantile loss"),
            ("LSTM", "long short-term memory, a perceptron reads its states"),
            ("GRU", "gated recurrent units, a perceptron reads their states"),
            ("GRU_Ensemble", "five GRUs of other first weights, mean of their quantiles"),
            ("CNN_LSTM", "causal convolutions, then an LSTM"),
            ("Transformer", "attention over the window, encoder and decoder"),
            ("PatchTST", "attention over patches of the window"),
        )
    ),
    ("nlinear", "linear", "fit_nlinear", "", "one linear map of the window, by least squares"),
    ("autoregression", _STATISTICAL, "fit_autoregression", "", "last steps and level, by Schwarz"),
    ("auto-ets", _STATISTICAL, "AutoEts", "forecast", "exponential smoothing, chosen by the data"),
    ("auto-arima", _STATISTICAL, "AutoArima", "forecast", "ARIMA, orders chosen by the data"),
    ("theta", _STATISTICAL, "Theta", "forecast", "the best of four Theta models"),
    ("default", "abstaining", "fit_default", "", "repeat-last until held-out skill is no luck"),
    ("repeat-last", _NAIVE, "fit_repeat_last", "", "the last value, moves of the past around it"),
    ("drift", _NAIVE, "fit_drift", "", "the mean step goes on"),
)
_VOLATILITY = (
    ("log-HAR", "", "log variance at four speeds: the default"),
    ("HAR", "", "variance on that of a day, a week and a month"),
    ("GARCH", "forecast", "GARCH(1, 1) by arch"),
)


def model_types() -> ModelTypes:
    """Every model type there is.

    Returns
    -------
    ModelTypes
        Forecasts of prices first, of variance last.
    """
    rows = [
        ModelType(name=name, family=family, target=_PRICES, made_by=maker, extra=extra, what=what)
        for name, family, maker, extra, what in _TYPES
    ]
    rows += [
        ModelType(
            name=name,
            family="volatility",
            target="mean daily variance",
            made_by="forecast_variance",
            extra=extra,
            what=what,
        )
        for name, extra, what in _VOLATILITY
    ]
    return ModelTypes(types=rows)
