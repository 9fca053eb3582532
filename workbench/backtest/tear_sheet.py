"""A backtest as one page: what to know first, the figures, the numbers, the trades."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from bokeh.layouts import column

from workbench.charts import drawdown, equity_curve, monthly_returns, report_html, weights_area
from workbench.errors import StoreError

if TYPE_CHECKING:
    import pandas as pd
    from bokeh.models import Column

    from workbench.backtest.results import BacktestReport

__all__ = ["Html", "figures", "page"]

MOST_TRADES = 200
DECADE = 10.0


class Html(str):
    """A page that a notebook shows in a frame of its own."""

    __slots__ = ()

    def _repr_html_(self) -> str:
        text = self.replace("&", "&amp;").replace('"', "&quot;")
        return f'<iframe srcdoc="{text}" width="100%" height="900" style="border:0"></iframe>'


def figures(report: BacktestReport) -> Column:
    """Equity, drawdown and weights over one time axis."""
    equity = equity_curve(report.equity, log=_spans_decades(report.equity))
    shared = equity.x_range
    return column(
        equity,
        drawdown(report.equity, x_range=shared),
        weights_area(report.weights, x_range=shared),
        sizing_mode="stretch_width",
    )


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
    numbers = report.to_frame().reset_index()
    html = Html(
        report_html(
            f"Backtest of {report.strategy}",
            f"{report.dataset}, {first}, engine {report.engine}",
            [
                ("Equity", figures(report)),
                ("Months", monthly_returns(report.returns)),
                ("Numbers", numbers),
                ("Trades", report.trades.tail(MOST_TRADES)),
                ("Assumptions", "\n\n".join(_assumptions(report))),
            ],
            cards=_cards(report),
            notes=_warnings(report),
        )
    )
    if path is not None:
        _write(html, Path(path).expanduser().absolute())
    return html


def _spans_decades(equity: pd.DataFrame) -> bool:
    """Whether a linear scale would flatten the early years."""
    return bool(
        (equity > 0).all(axis=None) and equity.max(axis=None) > DECADE * equity.min(axis=None)
    )


def _warnings(report: BacktestReport) -> list[str]:
    return [note for note in report.notes if note == report.survivorship]


def _assumptions(report: BacktestReport) -> list[str]:
    return [note for note in report.notes if note != report.survivorship]


def _cards(report: BacktestReport) -> dict[str, str]:
    found, charged = report.results, report.costs
    cards = {
        "Total return": f"{found.total_return:.1%}",
        "A year": f"{found.annualized_return:.1%}",
        "Sharpe": f"{found.sharpe_ratio:.2f}",
        "Max drawdown": f"{found.max_drawdown:.1%}",
        "Trades": f"{found.total_trades:,}",
        "Costs": str(charged.assumed) if charged else "none",
    }
    return cards if report.trial is None else {**cards, "Trial on these data": f"{report.trial}"}


def _write(html: str, target: Path) -> None:
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(html, encoding="utf-8")
    except OSError as error:
        raise StoreError(
            f"The page could not be written: {error.strerror}",
            seen=str(target),
            cure="Choose a folder that exists and can be written to",
        ) from error
