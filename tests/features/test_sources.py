"""The hash of a function follows what it does, and nothing else."""

from __future__ import annotations

import functools
import os
import subprocess
import sys
import textwrap
import warnings

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from workbench.features import source_hash, zscore

LEVEL = 2.0


@pytest.fixture
def cells():
    """Runs cells of a notebook, as IPython does, and hashes what a name stands for."""
    shell_of = pytest.importorskip("IPython.core.interactiveshell").InteractiveShell
    shell_of.clear_instance()
    shell = shell_of.instance()

    def run(cell, name="signal"):
        done = shell.run_cell(textwrap.dedent(cell))
        done.raise_error()
        return source_hash(shell.user_ns[name])

    yield run
    shell_of.clear_instance()


CELL = """
    LEVEL = 1.5
    def scaled(x):
        return x * LEVEL
    def signal(bars, *, window: int = 20):
        return scaled(bars["close"]) > window
"""

SAME = {
    "comments and layout": (
        'return scaled(bars["close"]) > window',
        "# why\n        return scaled(\n            bars['close']\n        ) > window  # so",
    ),
    "a docstring": ("return scaled(", "'''What it is.'''\n        return scaled("),
    "an annotation": ("window: int", "window: 'Annotated[int, 5]'"),
    "another cell above": ("    LEVEL = 1.5", "    other = 3\n\n    LEVEL = 1.5"),
    "the same default by name": ("window: int = 20", "window: int = 10 * 2"),
}
OTHER = {
    "its text": ("> window", ">= window"),
    "a default": ("= 20", "= 21"),
    "a global": ("LEVEL = 1.5", "LEVEL = 1.6"),
    "the kind of a global": ("LEVEL = 1.5", "LEVEL = '1.5'"),
    "a called function": ("x * LEVEL", "x / LEVEL"),
}


@pytest.mark.parametrize("change", SAME)
def test_in_a_notebook_the_hash_stays_with(cells, change):
    before, after = SAME[change]
    assert before in CELL
    assert cells(CELL) == cells(CELL.replace(before, after))


@pytest.mark.parametrize("change", OTHER)
def test_in_a_notebook_the_hash_follows(cells, change):
    before, after = OTHER[change]
    assert before in CELL
    assert cells(CELL) != cells(CELL.replace(before, after))


def test_in_a_notebook_a_closure_counts_by_its_value(cells):
    cell = """
    def made(level):
        def rule(bars):
            return bars["close"] > level
        return rule
    signal = made({})
    """
    assert cells(cell.format(3)) == cells(cell.format("1 + 2")) != cells(cell.format(4))
    assert cells(cell.format("[1, 2]")) != cells(cell.format("[1, 3]"))


def test_in_a_notebook_two_lambdas_of_one_line_differ(cells):
    cell = "signal, other = (lambda bars: bars * 2), (lambda bars: bars * 3)"
    assert cells(cell) != cells(cell, "other")
    assert cells(cell) == cells("signal = lambda bars: bars * 2  # alone")


def test_in_a_notebook_a_strategy_counts_its_inputs(cells):
    cell = """
    import workbench as wb
    def rise(bars, parameters):
        return bars["close"].pct_change() * {}
    @wb.strategy("hashed", form="step", inputs={{"rise": rise}})
    def signal(state, observation, position):
        return state, 1.0 if observation.rise > 0 else 0.0
    """
    cell = cell.replace('bars["close"].pct_change()', 'bars["close"] - bars["close"].shift(time=1)')
    hashes = [cells(cell.format(factor)) for factor in (1, 1, 2)]
    assert hashes[0] == hashes[1] != hashes[2]


def test_what_a_library_does_counts_by_its_name():
    def first(bars):
        return zscore(bars) + np.log(2.0)

    def second(bars):
        return zscore(bars) + np.exp(2.0)

    assert source_hash(first) != source_hash(second)


def keeping(value):
    return lambda x: x + value


class Rule:
    """A rule with a setting."""

    def __init__(self, level):
        self.level = level

    @property
    def doubled(self):
        return self.level * 2

    def __call__(self, x):
        return x > self.doubled


@pytest.mark.parametrize(
    "make",
    [
        Rule,
        lambda level: functools.partial(np.add, level),
        lambda level: lambda x, y=level: x + y,
        lambda level: Rule(level).__call__,
        lambda level: keeping(np.arange(3.0) * level),
        lambda level: keeping(pd.Series([level, 1.0], ["a", "b"])),
        lambda level: keeping(xr.DataArray([level, 1.0], dims="time")),
        lambda level: keeping({"a": {level}}),
        lambda level: keeping(Rule(level)),
        lambda level: keeping(keeping(level)),
    ],
)
def test_a_value_counts_wherever_it_is_kept(make):
    assert source_hash(make(2)) == source_hash(make(2)) != source_hash(make(3))


def test_the_methods_of_a_class_count():
    made = {}
    for name, factor in (("one", 1), ("same", 1), ("two", 2)):
        space = {"__name__": "__main__"}
        exec(f"class R:\n    def __call__(self, x): return x * {factor}\n", space)  # noqa: S102
        made[name] = source_hash(space["R"]())
    assert made["one"] == made["same"] != made["two"]


def test_functions_that_call_each_other_have_a_hash():
    def even(n):
        return n == 0 or odd(n - 1)

    def odd(n):
        return n != 0 and even(n - 1)

    assert source_hash(even) != source_hash(odd)
    assert source_hash(even) == source_hash(even)


def test_a_generator_counts_by_its_kind_since_its_state_moves():
    rng = np.random.default_rng(3)

    def drawn(bars):
        return bars * rng.random()

    before = source_hash(drawn)
    rng.random()
    assert source_hash(drawn) == before


def test_another_process_finds_the_same_hash(tmp_path):
    (tmp_path / "mine.py").write_text(
        "NAMES = {'b', 'a', 'c'}\n"
        "def helper(x):\n    return x in NAMES\n"
        "def rule(x, *, table=frozenset({'x', 'y', 'z'})):\n    return helper(x) or x in table\n"
    )
    script = (
        "import mine; from workbench.features import source_hash; print(source_hash(mine.rule))"
    )
    hashes = {
        subprocess.run(
            [sys.executable, "-c", f"import sys; sys.path.insert(0, {str(tmp_path)!r}); {script}"],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True, text=True, check=True,
        ).stdout
        for seed in ("1", "2")
    }  # fmt: skip
    assert len(hashes) == 1


def test_a_name_that_numpy_will_have_one_day_is_no_warning():
    def told(values):
        return str(np.asarray(values))  # `np.str` is a warning

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert source_hash(told)


def test_what_a_cached_property_remembers_changes_nothing():
    class Model:
        def __init__(self, level):
            self.level = level

        @functools.cached_property
        def doubled(self):
            return 2 * self.level

    def hashed(model):
        return source_hash(lambda value: value + model.doubled)

    model = Model(1.0)
    before = hashed(model)
    assert model.doubled == 2.0
    assert hashed(model) == before != hashed(Model(3.0))
