from .forecasting import forecast_fan as forecast_fan
from .forecasting import loss_curve as loss_curve
from .page import Block as Block
from .page import report_html as report_html
from .page import save_html as save_html
from .performance import drawdown as drawdown
from .performance import equity_curve as equity_curve
from .performance import lines as lines
from .performance import monthly_returns as monthly_returns
from .portfolio import weights_area as weights_area
from .risk import correlation_heatmap as correlation_heatmap
from .risk import var_histogram as var_histogram
from .theme import PALETTE as PALETTE
from .theme import stacked as stacked

__all__ = [
    "PALETTE",
    "Block",
    "correlation_heatmap",
    "drawdown",
    "equity_curve",
    "forecast_fan",
    "lines",
    "loss_curve",
    "monthly_returns",
    "report_html",
    "save_html",
    "stacked",
    "var_histogram",
    "weights_area",
]
