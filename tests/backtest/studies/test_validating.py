"""The checklist: what passes, what fails, what cannot be told; and honest counting."""

import numpy as np
import pytest

from workbench.backtest import simulate
from workbench.backtest.studies import validate_strategy
from workbench.backtest.studies.checks import LEVEL, of_data
from workbench.errors import Cancelled, InvalidInput, OutOfRange, TooLittleHistory, UnknownName
from workbench.market import Costs

QUICK = {"permutations": 19, "draws": 100, "groups": 5, "folds": 3}
GRID = {"lookback": [1, 2, 3]}
NAMES = [
    "luck", "sharpe interval", "walk-forward", "cross-validation", "neighbours", "permutation",
    "costs", "capacity", "regimes", "benchmark", "drawdown", "leaks", "survivorship",
]  # fmt: skip


def outcomes(found):
    return {one.name: one.outcome for one in found.checks}


@pytest.fixture
def pattern(trending, follower, context):
    """A market whose moves go on, and a strategy that follows them."""
    bars = trending(3, bars=900, phi=0.8)
    return validate_strategy(follower, bars, grid=GRID, context=context, **QUICK)


def test_a_pattern_that_is_there_passes(pattern):
    told = outcomes(pattern)
    assert set(NAMES) <= set(told)
    for name in ("luck", "sharpe interval", "walk-forward", "cross-validation", "neighbours",
                 "permutation", "costs", "benchmark", "leaks"):  # fmt: skip
        assert told[name] == "passed", pattern
    assert pattern.checks[0].name == "luck"
    assert pattern.verdict == "passed"
    assert pattern.checks[0].number <= LEVEL
    assert "more than luck" in pattern.sentence


def test_noise_does_not(trending, follower, context):
    bars = trending(5, bars=900, phi=0.0)
    found = validate_strategy(follower, bars, grid=GRID, context=context, **QUICK)
    told = outcomes(found)
    for name in ("luck", "sharpe interval", "permutation"):
        assert told[name] == "failed", found
    assert told["survivorship"] == "cannot tell"
    assert "nothing is claimed" in found.sentence


@pytest.mark.parametrize(
    ("said", "outcome"),
    [
        ("", "cannot tell"),
        ("Survivorship unknown: these prices are your own.", "cannot tell"),
        ("Free of it: the dead are among them.", "passed"),
        ("An index as it was published.", "cannot tell"),
        ("Survivors only: chosen afterwards.", "failed"),
    ],
)
def test_what_the_data_say_of_themselves_is_read(trending, follower, said, outcome):
    report = simulate(follower, trending(1)).model_copy(update={"survivorship": said})
    assert of_data(report).outcome == outcome


def test_a_strategy_that_knows_the_future_is_told_so(trending, context):
    def tomorrow(bars):
        """Holds what will rise."""
        close = bars["close"]
        return (close.shift(time=-2) > close.shift(time=-1)).astype(float)

    found = validate_strategy(tomorrow, trending(2, bars=400), context=context, **QUICK)
    (leaks,) = [one for one in found.checks if one.name == "leaks"]
    assert leaks.outcome == "failed"
    assert leaks.number >= 1
    assert found.verdict == "passed"  # luck alone does not do as well: that is why leaks are asked


def test_every_point_is_a_trial_and_nothing_else_is(pattern, ledger):
    record = ledger.question(pattern.backtest.question)
    assert record.count == pattern.trials == 3  # the default of lookback is among them
    assert set(record.verbs) == {"validate"}
    (reason,) = record.uncounted
    assert "other costs" in reason
    assert record.uncounted[reason] >= 6


def test_asking_again_counts_once(trending, follower, context, ledger):
    bars = trending(3, bars=500)
    first, again = (
        validate_strategy(follower, bars, grid=GRID, context=context, **QUICK) for _ in range(2)
    )
    assert first.trials == again.trials == 3
    assert first.model_dump() == again.model_dump()  # the same seed draws the same


def test_by_default_the_neighbours_are_tried(trending, context):
    found = validate_strategy("mean_reversion", trending(1, bars=600), context=context, **QUICK)
    assert found.trials == found.walk_forward.points > 8
    assert found.backtest.parameters == found.parameters


def test_a_table_cannot_tell_of_a_choice(trending, context):
    bars = trending(1, bars=600, drift=0.001)
    weights = bars["close"] * 0 + 1.0
    found = validate_strategy(weights, bars, context=context, **QUICK)
    told = outcomes(found)
    for name in ("walk-forward", "cross-validation", "neighbours", "permutation"):
        assert told[name] == "cannot tell"
    assert found.trials == 1
    with pytest.raises(InvalidInput, match="no parameters to try"):
        validate_strategy(weights, bars, grid=GRID, context=context, **QUICK)


def test_what_the_data_are_too_short_for_cannot_be_told(trending, follower, context):
    found = validate_strategy(follower, trending(1, bars=80), grid=GRID, context=context, **QUICK)
    assert outcomes(found)["regimes"] == "cannot tell"
    assert "201 bars" in found.to_frame().loc["regimes", "sentence"]
    assert found.regimes is None


def test_free_trading_cannot_be_stressed(trending, follower, context):
    found = validate_strategy(
        follower, trending(1), grid=GRID, costs=Costs.none(), context=context, **QUICK
    )
    assert outcomes(found)["costs"] == "cannot tell"


def test_flat_prices_and_holes_are_answered(make_market, trending, follower, context):
    flat = validate_strategy(
        follower, make_market(np.full(300, 50.0)), grid=GRID, context=context, **QUICK
    )
    assert flat.verdict == "cannot tell"
    assert outcomes(flat)["sharpe interval"] == "cannot tell"
    holed = trending(1, bars=400, symbols=3)
    holed["close"][50:90, 1] = np.nan
    holed["close"][:120, 2] = np.nan
    found = validate_strategy(follower, holed, grid=GRID, context=context, **QUICK)
    assert len(found.checks) == len(flat.checks)


def test_what_is_wrong_with_a_request_is_said(trending, follower, context):
    bars = trending(1)
    with pytest.raises(UnknownName, match="lookbak"):
        validate_strategy(follower, bars, grid={"lookbak": [1]}, context=context)
    with pytest.raises(UnknownName, match="momentun"):
        validate_strategy("momentun", bars, context=context)
    with pytest.raises(OutOfRange, match="lookback"):
        validate_strategy("momentum", bars, grid={"lookback": [0]}, context=context)
    with pytest.raises(TooLittleHistory):
        validate_strategy(follower, bars.isel(time=slice(0, 1)), context=context)
    with pytest.raises(InvalidInput, match="2009"):
        validate_strategy(follower, bars, "2010-01-04", "2009-01-01", context=context)


def test_progress_is_told_over_all_studies_and_can_be_stopped(trending, follower, context):
    told = []
    watched = context.replace(on_progress=lambda *news: told.append(news))
    validate_strategy(follower, trending(1), grid=GRID, context=watched, **QUICK)
    done = [one for one, total, _ in told if total]
    assert done == sorted(done)
    assert told[-1][0] == told[-1][1]
    assert any("permutation: trading permuted markets" in message for *_, message in told)

    def stop(_done, _total, message):
        if "permuted" in message:
            context.stop.set()

    with pytest.raises(Cancelled):
        validate_strategy(
            follower, trending(1), grid=GRID, context=context.replace(on_progress=stop), **QUICK
        )


def test_a_checklist_is_read_and_seen(pattern):
    shown = repr(pattern)
    assert "✓ luck" in shown
    assert shown.count("\n  ✓") + shown.count("\n  ✗") + shown.count("\n  ?") == len(pattern.checks)
    assert pattern.to_frame().index[0] == "luck"
    assert len(pattern.plot().children) >= 6
    dumped = pattern.model_dump(mode="json")
    assert dumped["checks"][0]["outcome"] == "passed"
    assert "walk_forward" not in dumped
