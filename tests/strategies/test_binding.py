"""A step gives the same intents compiled, interpreted and one bar at a time."""

import os
import subprocess
import sys
import textwrap
from typing import Any

import numpy as np
import pandas as pd
import pytest

from workbench.strategies import Strategy
from workbench.strategies.binding import Unbindable, module_text
from workbench.strategies.stepping import run_steps

LEVEL = 0.001
INPUTS = {"rise": lambda bars, _: bars["close"] / bars["close"].shift(time=1) - 1}


def _doubled(value: float) -> float:
    return value * 2


def rising(state: float, observation: Any, position: float, *, level: float = 1.0) -> Any:
    """Long after a rise, flat after a fall; it returns integers, as people do."""
    if np.isnan(observation.rise):
        return state, 0
    if observation.rise > level * _doubled(LEVEL):
        return state + 1, 1
    return state, 0


def counting(state: Any, observation: Any, position: float) -> Any:
    bars, last = state
    fallen = observation.rise < last
    return (bars + 1.0, observation.rise), -1.0 if fallen and bars > 3 else np.nan


def held(steps):
    """The exposure at each bar."""
    wanted = np.vstack([np.zeros((1, steps.wanted.shape[1])), steps.wanted])
    return pd.DataFrame(wanted).ffill().to_numpy()[1:]


def test_a_step_is_written_with_what_it_uses():
    text = module_text(Strategy("rising", rising, "step", inputs=INPUTS))
    assert "LEVEL = 0.001" in text
    assert "def _doubled(value):" in text
    assert "Any" not in text  # annotations are gone


def test_a_name_that_is_two_things_is_not_bound_to_the_first(tmp_path, monkeypatch, bars):
    (tmp_path / "elsewhere_of_these_tests.py").write_text(
        "LEVEL = 0.03\n\n\ndef beyond(value):\n    return value > LEVEL\n"
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    from elsewhere_of_these_tests import beyond

    def rising_far(state: float, observation: Any, position: float) -> Any:
        return state, 1.0 if beyond(observation.rise) and observation.rise > LEVEL else 0.0

    made = Strategy("rising_far", rising_far, "step", inputs=INPUTS)
    with pytest.raises(Unbindable, match="'LEVEL' is two things"):
        module_text(made)
    steps = run_steps(made, bars, made.checked({}))
    assert "two things" in steps.interpreted
    rise = bars["close"] / bars["close"].shift(time=1) - 1
    assert np.array_equal(held(steps), (rise > 0.03).astype(float))


def test_integers_constants_and_helpers_compile(bars):
    made = Strategy("rising", rising, "step", inputs=INPUTS)
    steps = run_steps(made, bars, made.checked({"level": 2.0}))
    assert steps.interpreted == ""
    rise = bars["close"] / bars["close"].shift(time=1) - 1
    assert np.array_equal(held(steps), (rise > 2.0 * 2 * 0.001).astype(float))


def test_a_state_may_hold_several_numbers(bars):
    made = Strategy("counting", counting, "step", inputs=INPUTS, initial=(0.0, 0.0))
    steps = run_steps(made, bars, made.checked())
    assert steps.interpreted == ""
    rise = INPUTS["rise"](bars, None)
    fell = (rise < rise.shift(time=1)).to_numpy()[4:]
    assert np.array_equal(held(steps)[4:] == -1.0, np.maximum.accumulate(fell))


def test_a_step_without_source_is_interpreted_with_the_same_answer(bars):
    space: dict[str, Any] = {"np": np, "Any": Any}
    exec(  # noqa: S102  what a prompt does
        "def typed(state, observation, position):\n"
        "    return state, 1.0 if observation.rise > 0.004 else 0.0\n",
        space,
    )
    made = Strategy("typed", space["typed"], "step", inputs=INPUTS)
    steps = run_steps(made, bars, made.checked())
    assert "source" in steps.interpreted
    assert np.array_equal(held(steps), (INPUTS["rise"](bars, None) > 0.004).astype(float))


def test_what_cannot_be_written_down_is_named():
    table = {"a": 1.0}

    def looking(state, observation, position):
        return state, table["a"]

    with pytest.raises(Unbindable, match="'table'"):
        module_text(Strategy("looking", looking, "step", inputs=INPUTS))


def test_a_closed_over_number_is_written_as_a_constant():
    level = 0.25

    def above(state, observation, position):
        return state, 1.0 if observation.rise > level else 0.0

    assert "level = 0.25" in module_text(Strategy("above", above, "step", inputs=INPUTS))


@pytest.mark.parametrize("name", ["mean_reversion", "buy_and_hold"])
def test_the_next_process_finds_the_compiled_step(name, tmp_path):
    script = textwrap.dedent(
        f"""
        import sys
        import numpy as np, pandas as pd, xarray as xr
        from workbench.registry import lookup
        from workbench.strategies import stepping
        close = 100 + np.cumsum(np.random.default_rng(1).normal(size=(80, 2)), axis=0)
        time = pd.bdate_range("2020-01-01", periods=80)
        bars = xr.Dataset({{"close": (("time", "symbol"), close)}},
                          {{"time": time, "symbol": ["A", "B"]}})
        made = lookup("strategy", {name!r})
        print(repr(np.nansum(stepping.run_steps(made, bars, made.checked()).wanted)))
        run = stepping.bound(made)
        hits = run.stats.cache_hits if hasattr(run, "stats") else {{}}
        print(sum(hits.values()))
        """
    )
    environment = {**os.environ, "WORKBENCH_HOME": str(tmp_path), "NUMBA_DISABLE_JIT": "0"}

    def ran(**more):
        done = subprocess.run(
            [sys.executable, "-c", script],
            env=environment | more, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return done.stdout.split()

    first, again = ran(), ran()
    assert first[1] == "0"
    assert again[1] == "1"
    assert first[0] == again[0] == ran(NUMBA_DISABLE_JIT="1")[0]
