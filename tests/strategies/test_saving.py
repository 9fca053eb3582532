"""A strategy of a notebook is kept as a file and comes back equal."""

import os
import subprocess
import sys
import textwrap

import numpy as np
import pytest

from workbench.errors import InvalidInput, UnknownName
from workbench.registry import lookup
from workbench.strategies import Percent, combined, save_strategy, sized, strategy

NOTEBOOK = """
import sys
from IPython.core.interactiveshell import InteractiveShell
shell = InteractiveShell.instance()
for cell in {cells!r}:
    shell.run_cell(cell).raise_error()
"""
CELLS = """
import numpy as np
import workbench as wb
from workbench.features import zscore
SHARE = 0.5
# %%
def half(weights):
    return weights * SHARE  # a comment
# %%
def made(level, table):
    def rule(bars, *, window: int = 20):
        'Hold what is below its mean.'
        below = zscore(bars, window=window) < -level
        return half(below / table[bars.sizes['symbol']])
    return rule
# %%
rule = made(1.25, {3: 3.0, 20: 20.0})
print(wb.save_strategy(rule, name='below').source_hash)
"""
ELSEWHERE = """
from workbench.registry import lookup
from workbench.strategies import list_strategies
import numpy as np, pandas as pd, xarray as xr
found = lookup("strategy", "below")
assert "below" in list_strategies().strategies
closes = 100 + np.random.default_rng(1).normal(size=(60, 3)).cumsum(axis=0)
bars = xr.Dataset({"close": (("time", "symbol"), closes)},
                  {"time": pd.bdate_range("2020-01-01", periods=60), "symbol": ["A", "B", "C"]})
held = found.targets(bars, {"window": 10}).to_numpy()
assert set(np.unique(held)) == {0.0, 0.5 / 3}
print(found.source_hash)
"""


@pytest.mark.usefixtures("own_home")
def test_what_a_notebook_saved_is_the_same_in_another_process():
    pytest.importorskip("IPython")

    def ran(code):
        done = subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=False,
            env=os.environ,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return done.stdout.split()[-1]

    assert ran(NOTEBOOK.format(cells=CELLS.split("# %%"))) == ran(textwrap.dedent(ELSEWHERE))


def test_a_copy_of_ours_has_another_name_and_the_same_rule(own_home, bars):
    saved = save_strategy("mean_reversion", name="my_reversion")
    assert saved.path == str(own_home / "strategies" / "my_reversion.py")
    assert not saved.replaced
    copy, ours = lookup("strategy", "my_reversion"), lookup("strategy", "mean_reversion")
    assert copy is not ours
    np.testing.assert_array_equal(copy.targets(bars), ours.targets(bars))
    assert save_strategy("mean_reversion", name="my_reversion", replace=True).replaced


@pytest.mark.parametrize("name", ["momentum", "pairs", "buy_and_hold", "swing", "neural_trend"])
@pytest.mark.usefixtures("own_home")
def test_every_form_of_ours_can_be_copied(name):
    save_strategy(name, name=f"my_{name}")
    assert lookup("strategy", f"my_{name}").warm_up() == lookup("strategy", name).warm_up()


@pytest.mark.usefixtures("own_home")
def test_a_decorator_without_a_name_gets_one():
    @strategy()
    def bare_of_name(bars):
        return bars["close"] * 0

    @strategy(warm_up=7)
    def named_by_function(bars):
        return bars["close"] * 0

    save_strategy(bare_of_name, name="first")
    save_strategy(named_by_function, name="second")
    assert lookup("strategy", "first").name == "first"
    assert lookup("strategy", "second").warm_up() == 7


@pytest.mark.usefixtures("own_home")
def test_what_has_no_source_of_its_own_is_refused():
    inner = lookup("strategy", "momentum")
    for made in (sized(inner, Percent(0.5)), combined([inner]), "ensemble"):
        with pytest.raises(InvalidInput, match="made of others"):
            save_strategy(made)
    with pytest.raises(InvalidInput, match="no def"):
        save_strategy(lambda bars: bars["close"])
    with pytest.raises(UnknownName):
        save_strategy("momentun")
