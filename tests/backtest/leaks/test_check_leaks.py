"""`check_leaks` of names and things: strategies, signals, notebooks; what the data cannot tell."""

import nbformat
import numpy as np
import pytest

from workbench.backtest.leaks import check_leaks
from workbench.errors import InvalidInput, UnknownName


def test_the_signals_own_price_is_a_leak(make_bars, context):
    bars = make_bars(1, bars=150, symbols=2)
    report = check_leaks("buy_and_hold", bars, fills_at="same close", context=context)
    assert "own price" in repr(report)
    assert report.verdict == "leak"


def test_without_knowledge_times_the_data_cannot_tell(make_bars, context):
    report = check_leaks("buy_and_hold", make_bars(1, bars=120), context=context)
    assert report.data == "cannot tell"
    assert "Needed" in repr(report)


def test_a_pair_of_signals_is_checked(make_bars, context):
    bars = make_bars(1, bars=150, symbols=2)

    def entries(frame):
        return frame["close"] > frame["close"].shift(time=1)

    def exits(frame):
        return frame["close"].shift(time=-1) < frame["close"]

    assert check_leaks((entries, entries), bars, context=context).function == "clean"
    assert check_leaks((entries, exits), bars, context=context).function == "leak"


OWN_BARS = """import numpy as np
import pandas as pd
moves = np.random.default_rng(1).normal(0, 0.01, 120)
days = pd.bdate_range("2021-01-01", periods=120)
bars = pd.DataFrame({"A": 100 * np.exp(np.cumsum(moves))}, days)
"""


def notebook(tmp_path, source, tag="signal"):
    cell = nbformat.v4.new_code_cell(source, metadata={"tags": [tag]})
    first = nbformat.v4.new_code_cell(OWN_BARS)
    path = tmp_path / "study.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=[first, cell]), path)
    return str(path)


def test_a_notebook_is_run_to_its_signal(context, tmp_path):
    clean = notebook(tmp_path, "signal = bars.rolling(5).mean()\nsignal")
    assert check_leaks(clean, context=context).function == "clean"
    leaky = notebook(tmp_path, "signal = bars.shift(-1)\nsignal")
    assert check_leaks(leaky, context=context).function == "leak"
    with pytest.raises(InvalidInput, match="signal"):
        check_leaks(notebook(tmp_path, "1", tag="other"), context=context)


@pytest.mark.parametrize("given", ["strategy", "function"])
def test_only_the_sessions_asked_for_are_looked_at(make_bars, context, given):
    thing = {"strategy": "buy_and_hold", "function": lambda bars: bars["close"].diff("time")}[given]
    bars = make_bars(1, bars=90, symbols=1)
    first, last = (bars.indexes["time"][at] for at in (10, 60))
    report = check_leaks(thing, bars, end_date=last.date(), context=context)
    assert (report.end, report.bars) == (last, 61)
    report = check_leaks(thing, bars, first.date(), last.date(), context=context)
    assert (report.start, report.bars) == (first, 51)


def test_unknown_names_are_refused(make_bars, context):
    with pytest.raises(UnknownName):
        check_leaks("momentun", make_bars(bars=100), context=context)
    with pytest.raises(UnknownName, match="fill convention"):
        check_leaks("buy_and_hold", make_bars(bars=70), fills_at="same bar", context=context)


def test_a_picture_shows_what_moves_what(make_bars, context):
    bars = make_bars(1, bars=120, symbols=2)
    report = check_leaks(lambda frame: frame["close"].shift(time=-1), bars, context=context)
    assert report.plot().renderers
    assert not report.to_frame().empty
    assert np.isfinite(report.tolerance)
