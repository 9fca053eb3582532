from .models import VOLATILITY_MODELS as VOLATILITY_MODELS
from .models import forecast_variance as forecast_variance
from .variances import daily_variance as daily_variance
from .variances import qlike as qlike

__all__ = [
    "VOLATILITY_MODELS",
    "daily_variance",
    "forecast_variance",
    "qlike",
]
