"""The embedded datasets: that they are what their manifests say."""

from __future__ import annotations

import subprocess
import sys
from datetime import date

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from workbench.context import Context, Resources
from workbench.data import ingest, load_bars
from workbench.data.catalogue import manifest, manifests, resolve
from workbench.errors import InvalidInput, MissingExtra, OutOfRange, StoreError, UnknownName
from workbench.store import DeltaLake, MemoryLake

NAMES = ["sp500-20", "us-indices", "us-tech-5"]


@pytest.fixture(scope="module", autouse=True)
def carriers():
    for carrier in ("skfolio", "arch", "bokeh_sampledata", "deltalake"):
        pytest.importorskip(carrier, reason="the extra 'lab' is not installed")


def in_memory():
    return Context(resources=Resources(lake=MemoryLake()))


@pytest.mark.parametrize("name", NAMES)
def test_the_content_is_what_the_manifest_says(name):
    facts = manifest(name)
    context = in_memory()
    made = load_bars(f"{name}:{','.join(facts.series)}", context=context)
    assert ingest.is_ingested(facts, context.lake)
    for symbol, series in facts.series.items():
        close = made["close"].sel(symbol=symbol).dropna("time")
        assert close.sizes["time"] == series.rows
        first, last = close["time"].to_numpy()[[0, -1]].astype("datetime64[D]")
        assert (first, last) == (np.datetime64(series.start), np.datetime64(series.end))
    assert set(made.data_vars) == set(facts.fields)


@pytest.mark.parametrize("name", NAMES)
def test_every_date_is_a_session_and_none_is_missing(name):
    import exchange_calendars

    times = pd.DatetimeIndex(load_bars(name)["time"].to_numpy())
    sessions = exchange_calendars.get_calendar("XNYS", start=times[0], end=times[-1]).sessions
    assert times.equals(sessions)


def test_shape_coordinates_and_attributes():
    made = load_bars("sp500-20")
    assert made["close"].dims == ("time", "symbol")
    assert made.sizes == {"time": 8313, "symbol": 20}
    assert made["close"].dtype == np.float64
    assert made["time"].dtype == "datetime64[ns]"
    assert made["calendar"].dims == made["currency"].dims == ("symbol",)
    assert str(made["known_at"].to_numpy()[0])[:16] == "1990-01-02T21:00"
    assert made.attrs["adjust"] == "vendor"
    assert made.attrs["timeframe"] == "1d"
    assert made.attrs["survivorship"].startswith("Survivors only")
    assert made.attrs["lake_version"] >= 0
    assert float(made["close"].sel(symbol="AAPL")[0]) == 0.264  # the file's first line


@pytest.mark.parametrize(
    ("text", "dataset", "symbols"),
    [
        ("sp500", "sp500-20", ("SP500",)),
        ("sp500-20:aapl,MSFT", "sp500-20", ("AAPL", "MSFT")),
        ("AAPL", "sp500-20", ("AAPL",)),  # longer there than in us-tech-5
        ("goog", "us-tech-5", ("GOOG",)),
        ("AAPL,GOOG", "us-tech-5", ("AAPL", "GOOG")),
        ("nasdaq", "us-indices", ("IXIC",)),
    ],
)
def test_what_a_name_means(text, dataset, symbols):
    found, chosen = resolve(text)
    assert (found.name, chosen) == (dataset, symbols)


def test_the_bare_name_is_the_universe_without_companions():
    assert len(resolve("sp500-20")[1]) == 20
    assert "SP500" not in resolve("sp500-20")[1]


@pytest.mark.parametrize("text", ["sp500-21", "sp500-20:APPL", "nope:AAPL", "ZZZZ", "AAPL,ZZZZ"])
def test_an_unknown_name_is_told_with_the_choices(text):
    with pytest.raises(UnknownName) as caught:
        load_bars(text)
    assert caught.value.choices


def test_a_dataset_of_both_symbols_is_needed():
    with pytest.raises(UnknownName, match="one by one"):
        load_bars("GOOG,KO")


def test_the_end_is_not_included():
    made = load_bars("AAPL", "2020-01-02", "2020-01-06")
    assert [str(t)[:10] for t in made["time"].to_numpy()] == ["2020-01-02", "2020-01-03"]
    same = load_bars("AAPL", date(2020, 1, 2), pd.Timestamp("2020-01-06", tz="UTC"))
    xr.testing.assert_identical(same, made)


@pytest.mark.parametrize(
    ("start", "end", "error", "words"),
    [
        ("2030-01-01", None, OutOfRange, "1990-01-02 to 2022-12-28"),
        (None, "1980-01-01", OutOfRange, "1990-01-02 to 2022-12-28"),
        ("1980-01-01", None, OutOfRange, "start"),
        (None, "2024-01-01", OutOfRange, "end"),
        ("2020-01-02", "2019-01-02", InvalidInput, "not after"),
        ("2020-01-02", "2020-01-02", InvalidInput, "not after"),
        ("yesterday-ish", None, InvalidInput, "2020-12-31"),
    ],
)
def test_a_period_that_cannot_be_served(start, end, error, words):
    with pytest.raises(error, match=words):
        load_bars("AAPL", start, end)


def test_a_period_may_begin_and_end_on_a_holiday():
    assert load_bars("AAPL", "1990-01-01", "2023-01-01").sizes["time"] == 8313


def test_fields_can_be_chosen_and_are_checked():
    assert list(load_bars("us-tech-5", fields=["volume", "close"]).data_vars) == ["close", "volume"]
    with pytest.raises(UnknownName, match="close"):
        load_bars("sp500-20", fields=["open"])


def test_a_symbol_without_bars_in_the_period_is_missing_or_told():
    assert "FB" not in load_bars("us-tech-5", end="2010-01-01")["symbol"]
    made = load_bars("us-tech-5", "2012-01-03")
    assert np.isnan(made["close"].sel(symbol="FB")[0])
    with pytest.raises(OutOfRange, match="2012-05-18"):
        load_bars("us-tech-5:FB", end="2010-01-01")


def test_a_split_is_no_loss_and_the_last_price_is_the_one_traded():
    """Apple split two for one on 2005-02-28 (investor.apple.com): 88.99 became 44.86."""
    adjusted = load_bars("us-tech-5:AAPL", end="2006-01-01")
    traded = load_bars("us-tech-5:AAPL", end="2006-01-01", adjust="none")
    assert (adjusted.attrs["adjust"], traded.attrs["adjust"]) == ("all", "none")
    day = {"time": ["2005-02-25", "2005-02-28"]}
    before, after = traded["close"].sel(day).to_numpy()[:, 0]
    assert (before, after) == (88.99, 44.86)
    before, after = adjusted["close"].sel(day).to_numpy()[:, 0]
    assert after / before == pytest.approx(2 * 44.86 / 88.99)
    assert float(adjusted["close"][-1, 0]) == float(traded["close"][-1, 0]) == 71.89
    np.testing.assert_array_equal(adjusted["volume"], traded["volume"])


def test_what_comes_later_changes_nothing_of_the_returns():
    early = load_bars("us-tech-5", end="2006-01-01")["close"]
    late = load_bars("us-tech-5", end="2013-03-02")["close"].sel(
        time=early["time"], symbol=early["symbol"]
    )
    returns = [closes.to_pandas().pct_change(fill_method=None) for closes in (early, late)]
    np.testing.assert_allclose(*returns, rtol=0, atol=1e-9)


def test_prices_adjusted_by_the_vendor_cannot_be_unadjusted():
    with pytest.raises(InvalidInput, match="vendor"):
        load_bars("sp500-20", adjust="none")


def test_a_frame_passes_through_and_can_be_cut():
    frame = load_bars("AAPL")["close"].to_pandas()
    made = load_bars(frame, "2020-01-02", "2020-02-01", fields=["close"])
    assert made.sizes["time"] == 21
    with pytest.raises(OutOfRange, match="1990"):
        load_bars(frame, "2030-01-01")


def test_ingesting_twice_writes_once():
    context = in_memory()
    load_bars("us-tech-5", context=context)
    version = context.lake.version("bars_1d")
    load_bars("us-tech-5", context=context)
    ingest.ensure(manifest("us-tech-5"), context.lake)
    assert context.lake.version("bars_1d") == version


def test_two_processes_ingest_at_once(tmp_path):
    code = (
        "import sys; from workbench.context import Context, Resources;"
        "from workbench.store import DeltaLake; from workbench.data import load_bars;"
        "c = Context(resources=Resources(lake=DeltaLake(sys.argv[1])));"
        "sys.exit(load_bars('us-tech-5', context=c).sizes['time'] != 3270)"
    )
    command = [sys.executable, "-c", code, str(tmp_path)]
    started = [subprocess.Popen(command, stderr=subprocess.PIPE) for _ in range(2)]
    for process in started:
        _, error = process.communicate(timeout=120)
        assert process.returncode == 0, error.decode()
    assert DeltaLake(str(tmp_path)).read("bars_1d").num_rows == 12_154


def test_files_that_are_not_those_of_the_manifest_are_refused():
    facts = manifest("us-tech-5").model_copy(update={"sha256": "0" * 64})
    with pytest.raises(StoreError, match="constraints"):
        ingest.ensure(facts, MemoryLake())


@pytest.mark.parametrize("facts", manifests(), ids=lambda facts: facts.name)
def test_without_its_carrier_the_extra_is_named(facts, monkeypatch):
    for module in (facts.carrier, f"{facts.carrier}.data"):
        monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(MissingExtra, match="lab"):
        ingest.ensure(facts, MemoryLake())


def test_nothing_is_downloaded(monkeypatch):
    import urllib.request

    def refuse(*_args, **_how):
        raise AssertionError("a download")

    monkeypatch.setattr(urllib.request, "urlopen", refuse)
    monkeypatch.setattr(urllib.request, "urlretrieve", refuse)
    load_bars("sp500-20", context=in_memory())
