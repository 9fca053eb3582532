"""The page: what may be claimed, what to know first, the figures, the numbers, the trades."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from workbench.backtest.tear_sheet.capacity import capacity_words
from workbench.backtest.tear_sheet.decision import decision_cards, decision_words
from workbench.backtest.tear_sheet.pictures import growth, holdings, months, steadiness, trading
from workbench.charts import report_html, write_page
from workbench.validation import worst_drawdowns

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

    from workbench.backtest.results import BacktestReport

__all__ = ["Html", "page", "sections"]

MOST_TRADES = 200
FALLS = 10


class Html(str):
    """A page that a notebook shows in a frame of its own."""

    __slots__ = ()

    def _repr_html_(self) -> str:
        text = self.replace("&", "&amp;").replace('"', "&quot;")
        return f'<iframe srcdoc="{text}" width="100%" height="900" style="border:0"></iframe>'


def page(report: BacktestReport, path: str | Path | None = None) -> Html:
    """The tear sheet; written to `path` as well when that is given.

    Parameters
    ----------
    report : BacktestReport
        What is shown.
    path : path, optional
        The file; its folder is made if needed.

    Returns
    -------
    Html
        The page.

    Raises
    ------
    StoreError
        If the file cannot be written.
    """
    first = f"{report.period.start:%Y-%m-%d} to {report.period.end:%Y-%m-%d}"
    html = Html(
        report_html(
            f"Backtest of {report.strategy}",
            f"{report.dataset}, {first}, engine {report.engine}",
            sections(report),
            cards={**decision_cards(report), **_cards(report)},
            notes=_warnings(report),
        )
    )
    if path is not None:
        write_page(html, path)
    return html


def sections(report: BacktestReport) -> list[tuple[str, Any]]:
    """The parts of the sheet in their order, for any surface that lays them out.

    Parameters
    ----------
    report : BacktestReport
        What is shown; what it does not have is left out.

    Returns
    -------
    list of (str, content)
        A heading, and words, a Bokeh figure, a DataFrame or a list of these.
    """
    equity, fallen = growth(report)
    over_time = equity.x_range
    falls = worst_drawdowns(report.returns, FALLS)
    parts = [
        ("What may be claimed", decision_words(report)),
        ("Equity", [equity, fallen]),
        ("How steady it was", steadiness(report, over_time)),
        ("Months", months(report)),
        ("The deepest falls", [] if falls.empty else _written(falls)),
        ("What was held", holdings(report, over_time)),
        ("Trading", trading(report, over_time)),
        ("Capacity", capacity_words(report)),
        ("Numbers", _numbers(report)),
        ("Trades", [] if report.trades is None else _last(report.trades)),
        ("Assumptions", "\n\n".join(_assumptions(report))),
    ]
    return [(heading, content) for heading, content in parts if len(content)]


def _written(falls: pd.DataFrame) -> pd.DataFrame:
    """Falls as a reader wants them: percent, dates, whole bars."""
    dates = {
        name: falls[name].dt.strftime("%Y-%m-%d").fillna("–")
        for name in ("peak", "trough", "recovery")
    }
    return falls.assign(depth=falls["depth"].map("{:.1%}".format), **dates)


def _numbers(report: BacktestReport) -> pd.DataFrame:
    return report.to_frame().reset_index()


def _last(trades: pd.DataFrame) -> list[Any]:
    """The newest trades, and a word where there are more."""
    if len(trades) <= MOST_TRADES:
        return [trades] if len(trades) else []
    return [f"The last {MOST_TRADES} of {len(trades):,}.", trades.tail(MOST_TRADES)]


def _warnings(report: BacktestReport) -> list[str]:
    return [note for note in report.notes if note == report.survivorship]


def _assumptions(report: BacktestReport) -> list[str]:
    return [note for note in report.notes if note != report.survivorship]


def _cards(report: BacktestReport) -> dict[str, str]:
    found, charged = report.results, report.costs
    return {
        "Total return": f"{found.total_return:.1%}",
        "A year": f"{found.annualized_return:.1%}",
        "Sharpe": f"{found.sharpe_ratio:.2f}",
        "Max drawdown": f"{found.max_drawdown:.1%}",
        "Trades": f"{found.total_trades:,}",
        "Costs": str(charged.assumed) if charged else "none",
    }
