from .corrections import size_and_power as size_and_power
from .dependence import dependence_map as dependence_map
from .evaluating import coverage_by_level as coverage_by_level
from .evaluating import error_by_step as error_by_step
from .evaluating import reliability as reliability
from .forecasting import forecast_fan as forecast_fan
from .forecasting import loss_curve as loss_curve
from .forecasting import step_fan as step_fan
from .futures import spliced_prices as spliced_prices
from .page import Block as Block
from .page import report_html as report_html
from .page import save_html as save_html
from .page import write_page as write_page
from .performance import drawdown as drawdown
from .performance import equity_curve as equity_curve
from .performance import lines as lines
from .performance import monthly_returns as monthly_returns
from .portfolio import weights_area as weights_area
from .quality import counted_findings as counted_findings
from .quality import coverage_heatmap as coverage_heatmap
from .quality import marked_prices as marked_prices
from .resampling import chance_histogram as chance_histogram
from .resampling import interval_strips as interval_strips
from .resampling import wealth_fan as wealth_fan
from .risk import correlation_heatmap as correlation_heatmap
from .risk import var_histogram as var_histogram
from .splits import split_strips as split_strips
from .studies import curve as curve
from .studies import parameter_drift as parameter_drift
from .studies import path_bundle as path_bundle
from .studies import train_and_test as train_and_test
from .sweeps import metric_map as metric_map
from .sweeps import metric_spread as metric_spread
from .sweeps import parallel_coordinates as parallel_coordinates
from .theme import PALETTE as PALETTE
from .theme import stacked as stacked
from .trading import cumulative_costs as cumulative_costs
from .trading import excursions as excursions
from .trading import exposure as exposure
from .trading import trade_returns as trade_returns
from .trials import trials_and_luck as trials_and_luck

__all__ = [
    "PALETTE",
    "Block",
    "chance_histogram",
    "correlation_heatmap",
    "counted_findings",
    "coverage_by_level",
    "coverage_heatmap",
    "cumulative_costs",
    "curve",
    "dependence_map",
    "drawdown",
    "equity_curve",
    "error_by_step",
    "excursions",
    "exposure",
    "forecast_fan",
    "interval_strips",
    "lines",
    "loss_curve",
    "marked_prices",
    "metric_map",
    "metric_spread",
    "monthly_returns",
    "parallel_coordinates",
    "parameter_drift",
    "path_bundle",
    "reliability",
    "report_html",
    "save_html",
    "size_and_power",
    "spliced_prices",
    "split_strips",
    "stacked",
    "step_fan",
    "trade_returns",
    "train_and_test",
    "trials_and_luck",
    "var_histogram",
    "wealth_fan",
    "weights_area",
    "write_page",
]
