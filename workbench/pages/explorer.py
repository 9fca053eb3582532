"""Look at bars: any symbols, any field."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import hvplot.xarray  # noqa: F401  gives bars their .hvplot
import panel as pn
import panel_material_ui as pmui

from workbench.charts import PALETTE

if TYPE_CHECKING:
    import xarray as xr

__all__ = ["explorer"]

_WIDE = {"sizing_mode": "stretch_width"}


def explorer(bars: xr.Dataset, *, shown: int = 4, height: int = 340) -> Any:
    """Lines of a field of some symbols, with the widgets that choose them.

    Parameters
    ----------
    bars : xarray.Dataset
        Dims (time, symbol). NaN is a gap.
    shown : int
        How many symbols are drawn at first.
    height : int
        Height of the figure in pixels.

    Returns
    -------
    Panel object
    """
    known = [str(symbol) for symbol in bars["symbol"].to_numpy()]
    symbols = pmui.MultiChoice(label="Symbols", options=known, value=known[:shown], **_WIDE)
    fields = [str(name) for name in bars.data_vars]
    field = pmui.Select(label="Field", options=fields, value="close", size="small", **_WIDE)
    log = pmui.Checkbox(label="Logarithmic", value=True, align="center")

    def drawn(names: list[str], name: str, logy: bool) -> Any:  # noqa: FBT001  a widget's value
        picked = bars[name].sel(symbol=names or known[:1])
        return picked.hvplot.line(
            x="time",
            by="symbol",
            color=list(PALETTE),
            logy=logy,
            xlabel="",
            grid=True,
            responsive=True,
            height=height,
        )

    row = pn.Row(symbols, field, log, **_WIDE)
    return pn.Column(row, pn.bind(drawn, symbols, field, log), **_WIDE)
