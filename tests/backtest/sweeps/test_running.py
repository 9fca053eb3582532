"""A sweep in pieces, stopped, resumed, and on other machines is the same sweep."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.backtest.sweeps.chunks import Checkpoint, chunks_of, run_chunks
from workbench.backtest.sweeps.describe import result_of
from workbench.backtest.sweeps.job import Terms
from workbench.backtest.sweeps.laying import job_of
from workbench.backtest.sweeps.run import Running, sweep_space
from workbench.backtest.sweeps.space import grid_of
from workbench.backtest.sweeps.tally import Shape, Tally
from workbench.data import bars as read_bars
from workbench.errors import Cancelled, StoreError
from workbench.market import Costs
from workbench.registry import lookup

CROSS = lookup("strategy", "moving_average_cross")
TERMS = Terms(Costs(fee_bps=5))
WINDOWS = list(range(2, 14))


@pytest.fixture(scope="module")
def bars():
    rng = np.random.default_rng(5)
    close = 50 * np.exp(np.cumsum(rng.normal(0.0003, 0.02, (200, 1)), axis=0))
    import pandas as pd

    return read_bars(pd.DataFrame(close, pd.bdate_range("2020-01-01", periods=200), ["A"]))


@pytest.fixture(scope="module")
def space():
    return grid_of(CROSS, {"fast": WINDOWS, "slow": WINDOWS})


@pytest.fixture(scope="module")
def job(bars, space):
    return job_of(CROSS, bars, space, TERMS)


def shape_of(job, *, everything=True):
    return Shape(job.space, job.account_count, 252.0, "sharpe_ratio", everything)


def equal(one: Tally, two: Tally) -> None:
    assert (one.tried, one.skipped) == (two.tried, two.skipped)
    for mine, theirs in zip(one.table(), two.table(), strict=True):
        np.testing.assert_array_equal(mine, theirs)
    np.testing.assert_array_equal(one.maxima.maxima, two.maxima.maxima)
    np.testing.assert_array_equal(one.bins, two.bins)
    assert one.maps.keys() == two.maps.keys()
    for pair, cells in one.maps.items():
        np.testing.assert_allclose(cells, two.maps[pair], 1e-12)


def whole(job, shape) -> Tally:
    positions = np.arange(job.space.size)
    return Tally.of(job.measure(positions), shape, (0, job.space.size))


@pytest.mark.parametrize("everything", [True, False])
@settings(deadline=None, max_examples=25)
@given(cuts=st.lists(st.integers(1, 143), max_size=5, unique=True), backwards=st.booleans())
def test_pieces_in_any_order_make_the_whole(job, cuts, backwards, everything):
    shape = shape_of(job, everything=everything)
    edges = [0, *sorted(cuts), job.space.size]
    pieces = list(itertools.pairwise(edges))
    made = Tally()
    for first, last in reversed(pieces) if backwards else pieces:
        made.merge(Tally.of(job.measure(np.arange(first, last)), shape, (first, last)), shape)
    equal(made, whole(job, shape))


@pytest.mark.parametrize("everything", [True, False])
def test_a_tally_is_read_as_it_was_written(job, everything):
    made = whole(job, shape_of(job, everything=everything))
    again = Tally.from_bytes(made.to_bytes())
    equal(again, made)
    assert again.moments == made.moments
    np.testing.assert_array_equal(again.untried(144), made.untried(144))


def test_what_was_not_tried_is_known(job):
    untried = whole(job, shape_of(job)).untried(job.space.size)
    fast, slow = np.divmod(untried, len(WINDOWS))
    assert (fast >= slow).all()
    assert len(untried) == len(WINDOWS) * (len(WINDOWS) + 1) // 2


@pytest.mark.parametrize("workers", [1, 3])
def test_threads_change_nothing(job, workers):
    shape = shape_of(job)
    made = run_chunks(
        job, shape, workers=workers, checkpoint=None, report=lambda _done, _tally: False
    )
    equal(made, whole(job, shape))


def stopping_after(pieces):
    seen = []

    def report(done, total):
        seen.append(done)
        if len(seen) > pieces:
            raise Cancelled(done, total)

    return report, seen


def test_a_sweep_that_was_stopped_goes_on(job, bars, space, tmp_path, monkeypatch):
    monkeypatch.setattr("workbench.backtest.sweeps.chunks.FEWEST_POINTS", 4)
    file = tmp_path / "sweeps" / "one.npz"
    report, seen = stopping_after(3)
    running = Running(workers=2, checkpoint=Checkpoint(file), on_progress=report)
    with pytest.raises(Cancelled):
        sweep_space(CROSS, bars, space, TERMS, running)
    assert 0 < seen[-1] < space.size
    assert file.exists()
    report, later = stopping_after(10_000)
    running = Running(workers=1, checkpoint=Checkpoint(file), on_progress=report)
    swept = sweep_space(CROSS, bars, space, TERMS, running)
    assert later[0] >= seen[-2]
    equal(swept.kept.tally, whole(job, shape_of(job)))
    assert not file.exists()


def test_a_checkpoint_that_is_torn_is_begun_anew(job, bars, space, tmp_path):
    file = tmp_path / "one.npz"
    file.write_bytes(whole(job, shape_of(job)).to_bytes()[:200])
    swept = sweep_space(CROSS, bars, space, TERMS, Running(checkpoint=Checkpoint(file)))
    equal(swept.kept.tally, whole(job, shape_of(job)))


def test_progress_that_cannot_be_kept_is_told(job, tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(StoreError, match="resumable=False"):
        Checkpoint(tmp_path / "file" / "one.npz").write(whole(job, shape_of(job)))


def test_chunks_cover_every_position_once(job):
    for workers in (1, 2, 7):
        chunks = list(chunks_of(job, workers))
        positions = np.concatenate([np.arange(*chunk) for chunk in chunks])
        np.testing.assert_array_equal(positions, np.arange(job.space.size))


def test_it_ends_where_a_value_is_good_enough(bars, space):
    running = Running(workers=1, enough=-100.0)
    swept = sweep_space(CROSS, bars, space, TERMS, running)
    assert not swept.complete
    assert swept.kept.tally.tried + swept.kept.tally.skipped < space.size
    result = result_of(swept)
    assert any("ended early" in note for note in result.notes)


def test_large_sweeps_keep_the_best_and_maps_of_all(bars, space, monkeypatch):
    monkeypatch.setattr("workbench.backtest.sweeps.tally.BEST", 7)
    every = sweep_space(CROSS, bars, space, TERMS, Running(workers=1))
    some = sweep_space(CROSS, bars, space, TERMS, Running(workers=1, most_rows=10))
    frame, best = result_of(every).to_frame(), result_of(some).to_frame()
    top = frame["sharpe_ratio"].nlargest(7)
    assert set(best["sharpe_ratio"].nlargest(7)) == set(top)
    assert some.kept.tally.bins.sum() == frame["sharpe_ratio"].notna().sum()
    cells = some.kept.tally.maps["fast", "slow"]
    assert cells[0].sum() == len(frame)
    assert cells[2].max() == frame["sharpe_ratio"].max()
    sharpe = frame["sharpe_per_bar"]
    assert some.kept.tally.moments.mean == pytest.approx(sharpe.mean())
    assert some.kept.tally.moments.variance == pytest.approx(sharpe.var())
    assert result_of(some).p_value == result_of(every).p_value


def test_a_cluster_gives_the_same_numbers(job, bars, space):
    distributed = pytest.importorskip("distributed", reason="the extra 'lab' is not installed")
    from workbench.backtest.sweeps.dask import on_cluster
    from workbench.settings import Settings

    options = {"n_workers": 1, "threads_per_worker": 2, "host": "127.0.0.1"}
    with distributed.LocalCluster(dashboard_address=None, **options) as workers:
        where = Settings(dask_address=workers.scheduler_address)
        with on_cluster(CROSS, bars, space, TERMS, settings=where) as mapped:
            swept = sweep_space(CROSS, bars, space, TERMS, Running(mapped=mapped))
    equal(swept.kept.tally, whole(job, shape_of(job)))


def test_without_a_cluster_it_is_threads(bars, space):
    pytest.importorskip("dask", reason="the extra 'lab' is not installed")
    from workbench.backtest.sweeps.dask import on_cluster
    from workbench.settings import Settings

    with on_cluster(CROSS, bars, space, TERMS, settings=Settings()) as mapped:
        assert mapped is None
