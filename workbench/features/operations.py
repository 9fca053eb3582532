"""The public verbs of features."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field

from workbench.context import Context, current
from workbench.domain import DatasetRef, FeatureRef, Period, Session
from workbench.features.results import FeatureList, FeatureReport, QuickAnalysis
from workbench.registry import lookup, names, operation

ON_THE_CPU = "use_gpu is only an allowance; this computation has no GPU form and ran on the CPU."


@operation(effect="compute", command="features analyze")
def quick_analysis(
    symbol: DatasetRef,
    use_gpu: bool = False,
    *,
    end_date: Session | None = None,
    context: Context | None = None,
) -> QuickAnalysis:
    """A symbol at a glance: price, trend, volatility, RSI, MACD and place in the Bollinger bands.

    Each label comes with its rule and the rule's source. The recommendation counts three
    indicators; it describes the past and is neither a forecast nor advice.

    Parameters
    ----------
    symbol : str or frame
        One symbol, such as ``AAPL`` or ``sp500-20:AAPL``; or bars of one symbol.
    use_gpu : bool
        Whether a GPU may be used; indicators of one symbol run on the CPU and say so.
    end_date : date, optional
        The last session that is looked at; the last of the data by default.
    context : Context, optional
        The caller's; the process's own by default.

    Returns
    -------
    QuickAnalysis
        Indicators, labels, the rules behind them and, in memory, their history.

    Raises
    ------
    UnknownName
        If no dataset has the symbol.
    InvalidInput
        If several symbols are given.
    TooLittleHistory
        If there are fewer than 200 closes.
    """
    from workbench.data import load_bars  # heavy: xarray
    from workbench.features.analysis import glance  # heavy: xarray

    context = context or current()
    bars = load_bars(
        symbol, end=Period.of(end_date=end_date).end, fields=["close"], context=context
    )
    notes = [ON_THE_CPU] if use_gpu else []
    return glance(bars, strategies=names("strategy"), notes=notes)


@operation(effect="read", command="features list")
def list_features(*, context: Context | None = None) -> FeatureList:  # noqa: ARG001  every operation has it
    """List the features that can be computed by name, with their parameters.

    They come from the package, from ``WORKBENCH_HOME/features``, from plug-ins and from
    this process.
    """
    from workbench.features.compute import describe  # heavy: xarray

    return FeatureList(features=[describe(lookup("feature", name)) for name in names("feature")])


@operation(effect="compute", command="features compute")
def compute_feature(
    feature: FeatureRef,
    dataset: DatasetRef,
    start_date: Session | None = None,
    end_date: Session | None = None,
    *,
    parameters: dict[str, Any] | None = None,
    limit: Annotated[int, Field(ge=1, le=10_000)] = 250,
    context: Context | None = None,
) -> FeatureReport:
    """Compute a feature on a dataset.

    Bars before the start date are used to warm the feature up and are not reported.

    Parameters
    ----------
    feature : str, Feature or callable
        A name from `list_features`, or a function of bars.
    dataset : str or frame
        A dataset, a symbol, or bars.
    start_date, end_date : date, optional
        First and last session that are reported; all there are by default.
    parameters : dict, optional
        Parameter → value of the feature; its defaults for the others.
    limit : int
        How many of the latest bars the table holds; `to_frame` has them all.
    context : Context, optional
        The caller's; the process's own by default.

    Returns
    -------
    FeatureReport
        The latest bars as rows and, in memory, all values.

    Raises
    ------
    UnknownName
        If the feature, the dataset or a parameter does not exist.
    OutOfRange
        If a parameter or a date is outside what is allowed.
    InvalidInput
        If the end date is before the start date, or the function returns no such values.
    """
    from workbench.data import load_bars  # heavy: xarray
    from workbench.features.compute import feature_of, report  # heavy: xarray

    context = context or current()
    period = Period.of(start_date, end_date)
    found = feature_of(feature)
    bars = load_bars(dataset, end=period.end, context=context)
    return report(found, bars, parameters, start=period.first, limit=limit)
