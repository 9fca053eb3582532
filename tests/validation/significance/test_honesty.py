"""Noise is called skill as rarely as promised, skill is found; `make validate-fdr` in small."""

import json
from statistics import NormalDist

import numpy as np
import pytest

from workbench.errors import NoData, UnknownName
from workbench.validation.significance import (
    Corrections,
    Maxima,
    honesty,
    measured_corrections,
    which_corrections_lie,
)
from workbench.validation.significance.corrections import CORRECTIONS, OURS, theory
from workbench.validation.significance.designs import DESIGNS

TRIALS, BARS = 200, 1_260


@pytest.fixture(autouse=True, scope="module")
def one_thread():
    """Small products wait for a second thread ten times as long as they take."""
    with pytest.importorskip("threadpoolctl").threadpool_limits(1):
        yield


def stale(trials, bars, generator):
    """Prices that are three bars late: each return is the mean of three."""
    drawn, _ = DESIGNS["fat tails"](trials, bars + 2, generator)
    return (drawn[:, 2:] + drawn[:, 1:-1] + drawn[:, :-2]) / 3, 60


def family_wise(returns, holding):
    maxima = Maxima.empty(returns.shape[1])
    maxima.add_returns(returns, holding)
    return maxima.p_value()


def of_the_best_alone(returns, holding):
    best = returns[(returns.mean(axis=1) / returns.std(axis=1)).argmax()]
    return family_wise(best[None], holding)


def with_a_block_for_each_bar(returns, holding):
    return family_wise(returns[:, :128], 1)  # 128 bars have blocks of one


def noise_taken_for_skill(make, p_value, studies, seed=11):
    found = [
        p_value(*make(TRIALS, BARS, np.random.default_rng([seed, number])))
        for number in range(studies)
    ]
    return np.mean(np.array(found) <= 0.05)


def test_noise_is_called_skill_as_rarely_as_promised():
    """Of 600 studies 5% are 30, and 45 or more have a chance of 0.4%."""
    makes = {**DESIGNS, "stale": stale}
    found = {name: noise_taken_for_skill(make, family_wise, 120) for name, make in makes.items()}
    assert 0.015 <= np.mean(list(found.values())) <= 0.075, found
    assert max(found.values()) <= 0.1, found


@pytest.mark.parametrize(
    ("make", "broken"),
    [
        (DESIGNS["look-backs"], of_the_best_alone),
        (DESIGNS["variants"], of_the_best_alone),
        (stale, with_a_block_for_each_bar),
    ],
)
def test_a_broken_statistic_would_be_caught(make, broken):
    assert noise_taken_for_skill(make, broken, studies=40) > 0.3


def test_skill_is_found_as_often_as_theory_says():
    found = which_corrections_lie(
        np.random.default_rng(5),
        designs=["independent", "look-backs"],
        trials=TRIALS,
        bars=BARS,
        studies=60,
        sharpes=[1.5, 2.0],
    )
    for design in found.designs:
        [ours] = [
            row.finds
            for row in found.rows
            if row.correction == OURS and row.design == design.design
        ]
        assert ours == pytest.approx(design.theory, abs=0.08)
        assert ours[0] < ours[1] - 0.2


def test_theory_by_hand():
    # 5,000 trials: 1 − 0.95^(1/5000) = 1.02586e-5; scipy.stats.norm.isf of it is 4.2591866
    expected = NormalDist().cdf(1.5 * 10**0.5 - 4.2591866)
    assert theory(1.5, 5_000, 2_520) == pytest.approx(expected, abs=1e-5)
    assert theory(0.0, 1, 252) == pytest.approx(0.05)


def test_counts_that_stand_beside_lie():
    """Bailey's counts on 20 signals: what the docstrings of `counts` say."""
    found = which_corrections_lie(
        np.random.default_rng(2), designs=["variants"], trials=400, bars=BARS, studies=40
    )
    frame = found.to_frame().loc["variants"]
    assert frame["rejects noise"].between(0, 1).all()
    assert frame.loc["none: t-test of the best", "rejects noise"] > 0.8
    assert frame.loc["none: t-test of the best", "lies"]
    assert frame.loc["Šidák, eigenvalue count", "lies"]
    assert not frame.loc["theory", "lies"]
    assert list(frame.index) == [*CORRECTIONS, "theory"]


def test_the_table_is_told_and_drawn():
    told = []
    found = which_corrections_lie(
        np.random.default_rng(1),
        designs=["fat tails", "independent"],
        trials=40,
        bars=100,
        studies=2,
        progress=lambda *said: told.append(said),
    )
    assert told == [
        (1, 4, "fat tails"),
        (2, 4, "independent"),
        (3, 4, "fat tails"),
        (4, 4, "independent"),
    ]
    assert "LIES" in repr(found)
    assert list(found.to_frame().index.get_level_values("design").unique()) == [
        "fat tails",
        "independent",
    ]
    assert len(found.plot().renderers) == 4
    assert Corrections.model_validate_json(found.model_dump_json()) == found


def test_unknown_designs_are_named():
    with pytest.raises(UnknownName, match="variants"):
        which_corrections_lie(np.random.default_rng(1), designs=["variant"])


def test_nothing_simulated_has_no_picture():
    with pytest.raises(NoData):
        which_corrections_lie(np.random.default_rng(1), studies=0).plot()


def test_the_measured_table_is_read(tmp_path, monkeypatch):
    small = which_corrections_lie(
        np.random.default_rng(1), designs=["independent"], trials=30, bars=64, studies=1
    )
    path = tmp_path / "FDR.json"
    monkeypatch.setattr(honesty, "_MEASURED", (path,))
    with pytest.raises(NoData, match="validate-fdr"):
        measured_corrections()
    path.write_text(json.dumps({"machine": {}, **small.model_dump(mode="json")}))
    assert measured_corrections() == small
