"""The sources over which the suites of market data run, one module each.

A vendor's module has

- ``NAME``, ``ROLES``: what the adapter is called and which roles it plays.
- ``Server``: a `VendorServer`, or None for a source inside the process.
- ``settings(server)``: the environment variables that lead the adapter to it, the key too.
- ``make()``: the source, where it is no adapter of `workbench.ports`. Optional.
- ``SECRETS``: what must never be shown. ``KEYS``: the variables without which it is refused.
- ``LACKS``: what the vendor does not have, with the reason. A kind of failure
  (``{"bad_key": "asks for no key"}``), ``unknown`` (it takes any symbol), ``quiet``, or a question
  that it does not answer (``fundamentals``).
- ``SYMBOLS``: two symbols with bars of every session of New York in 2024. Two weeks of both take
  two requests at least. ``QUIET``: one that exists and has no bar. ``UNKNOWN``: one that does not.
- ``TIMEFRAMES``: the timeframes that the suites ask for, ``1d`` among them.
- ``truth(symbol, timeframe, start, end)``: the bars that it serves, in `BAR_COLUMNS`, sorted by
  time; ``timeframe`` is a `Timeframe`, ``start`` and ``end`` are naive UTC.

A `TickSource` also has ``true_trades`` and ``true_quotes(symbol, start, end)``; a
`ReferenceSource` ``true_instruments(symbols)``, ``true_actions`` and ``true_fundamentals(symbol,
start, end)``; a `MarketSource` ``STATUS`` (a `MarketStatus`) and ``true_snapshots(symbols)``.
"""

from __future__ import annotations

import os
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest

from vendors import alpaca, alpha_vantage, polygon, synthetic, table, yahoo
from vendors.tables import rows_of, schema_of
from workbench.ports import adapter
from workbench.wire import pausing, tokens

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType

    from vendors.serving import VendorServer

__all__ = ["VENDORS", "Stand", "rows_of", "schema_of", "served", "vendors_with"]

VENDORS: tuple[ModuleType, ...] = (alpaca, alpha_vantage, polygon, synthetic, table, yahoo)


@dataclass
class Stand:
    """A vendor that is open for business.

    ``waits`` are the seconds that the adapter would have waited.
    """

    vendor: ModuleType
    role: type[Any]
    server: VendorServer | None
    waits: list[float] = field(default_factory=list)

    def source(self) -> Any:
        """The source, made anew."""
        own = getattr(self.vendor, "make", None)
        return own() if own else adapter(self.role, self.vendor.NAME)

    def needs(self, *names: str) -> None:
        """Skip the test where the vendor lacks one of these."""
        for name in names:
            if name in self.vendor.LACKS:
                pytest.skip(f"{self.vendor.NAME}: {self.vendor.LACKS[name]}")

    def fail(self, fault: str, *, times: int = 1, after: int = 0) -> None:
        """Let the server fail; skipped where it is no server, or has no such failure."""
        if self.server is None:
            pytest.skip(f"{self.vendor.NAME} is inside the process and asks nobody")
        self.needs(fault)
        self.server.fail(fault, times=times, after=after)


def vendors_with(role: type[Any]) -> list[Any]:
    """The vendors that play a role, as parameters of a fixture."""
    return [pytest.param(one, id=one.NAME) for one in VENDORS if role in one.ROLES]


@contextmanager
def served(
    vendor: ModuleType, role: type[Any], patch: pytest.MonkeyPatch, **how: Any
) -> Iterator[Stand]:
    """Open a vendor: its server runs, the settings lead to it, nothing really waits."""
    for name in vendor.KEYS:
        for variable in [one for one in os.environ if one.removeprefix("WORKBENCH_") == name]:
            patch.delenv(variable)
    with vendor.Server(**how) if vendor.Server else nullcontext() as server:
        for name, value in vendor.settings(server).items():
            patch.setenv(name, value)
        patch.setattr(tokens, "_shared", {})  # what other tests asked for is not counted
        stand = Stand(vendor, role, server)
        with pausing(stand.waits.append):
            yield stand
