"""Value at risk and expected shortfall against closed forms and hand-worked samples."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from workbench.errors import InvalidInput, OutOfRange, TooLittleHistory
from workbench.risk import empirical_tail, normal_tail

ANSWERS = json.loads((Path(__file__).parents[1] / "answers" / "tail_risk.json").read_text())

losses_of = arrays(np.float64, st.integers(40, 60), elements=st.floats(-1e3, 1e3, width=32))
pairs = arrays(np.float64, (50, 2), elements=st.floats(-1e3, 1e3, width=32))
tails = st.floats(0.03, 0.49)


@pytest.mark.parametrize("case", ANSWERS["empirical"], ids=str)
def test_hand_worked_sample(case):
    found = empirical_tail(case["losses"], case["tail"])
    assert (found.var, found.es) == pytest.approx((case["var"], case["es"]))


@pytest.mark.parametrize("case", ANSWERS["normal"], ids=str)
def test_closed_form_of_the_normal(case):
    found = normal_tail(case["mean"], case["deviation"], case["tail"])
    assert (found.var, found.es) == pytest.approx((case["var"], case["es"]), rel=1e-12)


@given(losses=losses_of, tail=tails)
def test_shortfall_is_never_below_value_at_risk(losses, tail):
    found = empirical_tail(losses, tail)
    assert found.es >= found.var - 1e-9
    assert found.var_error >= 0
    assert found.es_error >= 0


@given(both=pairs, tail=tails)
def test_shortfall_of_a_sum_is_at_most_the_sum_of_shortfalls(both, tail):
    together = empirical_tail(both.sum(axis=1), tail).es
    apart = empirical_tail(both[:, 0], tail).es + empirical_tail(both[:, 1], tail).es
    assert together <= apart + 1e-6


@given(losses=losses_of, tail=tails, factor=st.floats(0.01, 100), shift=st.floats(-100, 100))
def test_both_scale_with_the_position_and_move_with_cash(losses, tail, factor, shift):
    before, after = empirical_tail(losses, tail), empirical_tail(losses * factor + shift, tail)
    assert after.var == pytest.approx(before.var * factor + shift, rel=1e-9, abs=1e-6)
    assert after.es == pytest.approx(before.es * factor + shift, rel=1e-9, abs=1e-6)
    assert after.es_error == pytest.approx(before.es_error * factor, rel=1e-6, abs=1e-6)


@given(losses=losses_of)
def test_a_smaller_tail_is_a_larger_loss(losses):
    wide, narrow = empirical_tail(losses, 0.2), empirical_tail(losses, 0.05)
    assert narrow.var >= wide.var
    assert narrow.es >= wide.es - 1e-9


def test_standard_errors_are_those_of_repeated_samples():
    rng = np.random.default_rng(11)
    found = [empirical_tail(rng.standard_normal(4_000), 0.05) for _ in range(300)]
    for figure, error in (("var", "var_error"), ("es", "es_error")):
        seen = np.std([getattr(one, figure) for one in found])
        assert np.mean([getattr(one, error) for one in found]) == pytest.approx(seen, rel=0.15)


def test_the_interval_widens_with_the_confidence():
    found = empirical_tail(np.random.default_rng(0).standard_normal(1_000))
    for figure in ("var", "es"):
        low, high = found.interval(0.95)[figure]
        lower, higher = found.interval(0.99)[figure]
        assert lower < low < getattr(found, figure) < high < higher


@pytest.mark.parametrize("tail", [0, 0.5, -0.05, 0.95, np.nan])
def test_a_tail_that_is_none(tail):
    with pytest.raises(OutOfRange, match=r"0\.05 for 95%"):
        empirical_tail(np.zeros(100), tail)
    with pytest.raises(OutOfRange):
        normal_tail(0, 1, tail)


def test_samples_that_cannot_be_used():
    with pytest.raises(TooLittleHistory, match="at least 20"):
        empirical_tail(np.zeros(19), 0.05)
    with pytest.raises(InvalidInput, match="2 of 50"):
        empirical_tail(np.r_[np.zeros(48), np.nan, np.inf], 0.05)
    with pytest.raises(OutOfRange, match="deviation"):
        normal_tail(0, -1)
