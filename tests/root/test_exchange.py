"""The Exchange table: every window is judged, nothing of the future is learned, a stop loses one
training at most, and what is stored is read as it was written or refused by name."""

from __future__ import annotations

import importlib
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from workbench.errors import NoData, StoreError

ROOT = Path(__file__).resolve().parents[2]
DAYS, SERIES, HORIZON = 300, 3, 4
UNITS = (("N-HiTS", 1), ("NLinear", 1), ("DLinear", 1), ("N-HiTS", 2))


@pytest.fixture
def protocol(monkeypatch):
    monkeypatch.syspath_prepend(str(ROOT))
    return importlib.import_module("benchmarks.exchange")


@pytest.fixture
def repro(protocol):
    return importlib.import_module("benchmarks.repro_nhits")


@pytest.fixture
def networks(protocol):
    pytest.importorskip("neuralforecast", reason="the extra 'forecast' is not installed")
    return importlib.import_module("benchmarks.exchange_networks")


@pytest.fixture
def workload(protocol):
    return importlib.import_module("benchmarks.w8_exchange")


@pytest.fixture
def panel(protocol):
    steps = np.random.default_rng(5).normal(0, 0.01, (DAYS, SERIES))
    return protocol.Panel(np.exp(np.cumsum(steps, axis=0)) * [1.0, 20.0, 0.3])


@pytest.fixture
def tiny(networks):
    linear = {"input_size": 12, "epochs": 2}
    return {
        "N-HiTS": networks.Nhits(input_horizons=3, hidden=8, steps=3, windows=16),
        "NLinear": networks.Linear("NLinear", **linear),
        "DLinear": networks.Linear("DLinear", **linear),
    }


@pytest.fixture
def wanted(repro):
    return [repro.Unit(model, HORIZON, seed) for model, seed in UNITS]


def weights_of(network):
    return {name: value.numpy().copy() for name, value in network.state_dict().items()}


def nothing(*_):
    pass


def test_every_test_window_is_there_and_scaled_by_the_train_part(protocol, panel):
    assert (panel.train, panel.test) == (210, 240)
    came = panel.came(HORIZON)
    assert came.shape == (SERIES, 60 - HORIZON + 1, HORIZON)
    learned = panel.values[:210, 1]
    by_hand = (panel.values[-HORIZON:, 1] - np.mean(learned)) / np.std(learned)
    np.testing.assert_allclose(came[1, -1], by_hand)
    np.testing.assert_allclose(came[1, 0, 0], panel.scaled[1, 240])


def test_losses_are_averaged_over_series_and_horizon_for_each_window(protocol):
    said = np.zeros((2, 2, 2))
    came = np.array([[[1.0, 3.0], [0, 0]], [[0, 0], [2.0, 2.0]]])
    losses = protocol.Losses.of(said, came)
    assert losses.mse.tolist() == [2.5, 2.0]
    assert losses.mae.tolist() == [1.0, 1.0]


def test_the_default_is_repeat_last_where_it_abstains(protocol, panel):
    default, departs = protocol.financial_default(panel, HORIZON)
    assert departs == 0
    np.testing.assert_allclose(default.mse, protocol.repeat_last(panel, HORIZON).mse, rtol=1e-12)


@pytest.mark.shared
def test_repeat_last_is_what_the_papers_print(protocol, shared, monkeypatch):
    monkeypatch.setenv("WORKBENCH_SHARED", str(shared))
    panel = protocol.read_panel()
    assert panel.values.shape == (7588, 8)
    losses = [protocol.repeat_last(panel, horizon) for horizon in protocol.HORIZONS]
    assert [len(one.mse) for one in losses] == [1422, 1326, 1182, 798]
    printed = protocol.PUBLISHED["repeat-last"]
    assert tuple(round(float(one.mse.mean()), 3) for one in losses) == printed


def test_data_that_are_absent_are_named(protocol, tmp_path, monkeypatch):
    monkeypatch.setenv("WORKBENCH_SHARED", str(tmp_path))
    with pytest.raises(NoData, match=r"exchange_rate\.txt\.gz.*WORKBENCH_SHARED"):
        protocol.read_panel()


@pytest.mark.parametrize("name", ["N-HiTS", "NLinear"])
def test_a_network_that_adds_nothing_is_repeat_last(protocol, networks, panel, tiny, name):
    """Its windows end the day before the outcomes begin, in the order of the outcomes."""
    network = networks.trained(tiny[name], panel, HORIZON, 1, nothing)
    for parameter in network.parameters():
        parameter.data.zero_()
    losses = networks.losses_on_test(network, panel)
    naive = protocol.repeat_last(panel, HORIZON)
    np.testing.assert_allclose(losses.mse, naive.mse, rtol=1e-5)
    np.testing.assert_allclose(losses.mae, naive.mae, rtol=1e-5)


@pytest.mark.parametrize(("name", "unseen"), [("N-HiTS", 210), ("NLinear", 240)])
def test_nothing_is_learned_from_what_comes_later(protocol, networks, panel, tiny, name, unseen):
    later = panel.values.copy()
    later[unseen:] *= 3
    runs = [
        weights_of(networks.trained(tiny[name], one, HORIZON, 1, nothing))
        for one in (panel, protocol.Panel(later))
    ]
    for parameter, value in runs[0].items():
        np.testing.assert_array_equal(value, runs[1][parameter])


def test_the_loop_gives_the_weights_of_the_library_where_nothing_is_left_to_chance(
    protocol, networks, panel, tiny, monkeypatch
):
    """One series and batches of all its windows: the same weights as by the library's own fit."""
    import pandas as pd
    from neuralforecast.tsdataset import TimeSeriesDataset

    one = protocol.Panel(panel.values[:, :1])  # noqa: PD011  no table of pandas
    recipe = replace(tiny["N-HiTS"], steps=6, windows=one.train - HORIZON)
    ours = networks.trained(recipe, one, HORIZON, 7, nothing)
    learned = one.scaled[0, : one.train].astype(np.float32)
    table = np.stack([learned, np.ones_like(learned)], axis=1)
    ends = np.array([0, one.train])
    with networks._quiet():
        theirs = recipe.network(HORIZON, 7)
        before = weights_of(theirs)
        theirs.fit(TimeSeriesDataset(table, pd.Index(["y", "available_mask"]), ends, 0))
    assert len(theirs.train_trajectories) == 6
    for parameter, value in weights_of(theirs).items():
        np.testing.assert_allclose(weights_of(ours)[parameter], value, rtol=0, atol=1e-6)
        assert np.abs(value - before[parameter]).max() > 1e-3


def test_every_series_has_its_turn_and_no_window_comes_twice(networks, panel, tiny, monkeypatch):
    seen = []
    learn = networks._learn

    def record(network, optimizer, batch, *rest):
        seen.append(batch.numpy().copy())
        learn(network, optimizer, batch, *rest)

    monkeypatch.setattr(networks, "_learn", record)
    networks.trained(replace(tiny["N-HiTS"], steps=2 * SERIES), panel, HORIZON, 1, nothing)
    outcomes = [
        {tuple(window) for window in np.lib.stride_tricks.sliding_window_view(row, HORIZON)}
        for row in panel.scaled[:, : panel.train].astype(np.float32)
    ]
    turns = []
    for batch in seen:
        drawn = {tuple(window) for window in batch[:, -HORIZON:]}
        assert len(drawn) == len(batch) == 16
        turns += [at for at, known in enumerate(outcomes) if drawn <= known]
    assert sorted(turns[:SERIES]) == sorted(turns[SERIES:]) == list(range(SERIES))


@pytest.mark.parametrize(
    ("losses", "best"), [((3, 1, 2, 2, 1.5), 1), ((4, 3, 2, 2.5, 1.9, 1.8, 1.7), 6)]
)
def test_a_linear_network_stops_and_goes_back_to_its_best_epoch(
    networks, panel, monkeypatch, losses, best
):
    """Three epochs after the best, or where they end, whichever comes first."""
    recipe = networks.Linear("NLinear", input_size=12, epochs=7)
    left, told, seen = list(losses), [], []

    def measure(network, _):
        seen.append(weights_of(network))
        return left.pop(0)

    monkeypatch.setattr(networks, "_mse", measure)
    network = networks.trained(recipe, panel, HORIZON, 1, lambda *both: told.append(both))
    assert not left
    steps = (panel.train - 16 + 1) // 8
    assert told[-1] == (len(losses) * steps, 7 * steps)
    np.testing.assert_array_equal(weights_of(network)["linear.weight"], seen[best]["linear.weight"])
    assert (seen[best - 1]["linear.weight"] != seen[best]["linear.weight"]).any()


def test_a_stopped_run_goes_on_and_ends_as_if_it_never_stopped(
    repro, panel, tiny, wanted, tmp_path, monkeypatch, capsys
):
    whole, halting = repro.Store(tmp_path / "whole", tiny), repro.Store(tmp_path / "halting", tiny)
    assert repro.train_missing(panel, wanted, whole) == len(wanted)
    train, asked = repro.trained, []

    def stops(*given):
        asked.append(given)
        if len(asked) == 3:
            raise KeyboardInterrupt
        return train(*given)

    monkeypatch.setattr(repro, "trained", stops)
    with pytest.raises(KeyboardInterrupt):
        repro.train_missing(panel, wanted, halting)
    assert [halting.has(unit) for unit in wanted] == [True, True, False, False]
    assert repro.train_missing(panel, wanted, halting) == 2
    assert repro.train_missing(panel, wanted, halting) == 0
    assert len(asked) == 5
    assert "2 of 4 trainings are there" in capsys.readouterr().out
    for unit in wanted:
        (one, how), (other, _) = (store.read(unit, 57) for store in (whole, halting))
        np.testing.assert_array_equal(one.mse, other.mse)
        np.testing.assert_array_equal(one.mae, other.mae)
        assert how["recipe"] == json.loads(json.dumps(how["recipe"]))
    seeds = [whole.read(unit, 57)[0].mse for unit in wanted if unit.model == "N-HiTS"]
    assert (seeds[0] != seeds[1]).any()


def damaged(path):
    path.write_bytes(path.read_bytes()[:-40])


def flipped(path):
    text = bytearray(path.read_bytes())
    text[len(text) // 3] ^= 0xFF
    path.write_bytes(bytes(text))


def shortened(path):
    kept = dict(np.load(path))
    np.savez_compressed(path, **{**kept, "mse": kept["mse"][1:]})


def holed(path):
    kept = dict(np.load(path))
    kept["mae"][3] = np.nan
    np.savez_compressed(path, **kept)


def emptied(path):
    np.savez_compressed(path, mse=np.ones(57), mae=np.ones(57))


@pytest.mark.parametrize(
    ("harm", "why"),
    [
        (damaged, "is damaged"),
        (flipped, "is damaged"),
        (emptied, "is damaged"),
        (shortened, "has not the losses of 57 windows"),
        (holed, "has losses that are no numbers"),
    ],
)
def test_a_stored_training_that_is_not_whole_is_refused_by_name(
    repro, protocol, panel, wanted, tiny, tmp_path, harm, why
):
    store = repro.Store(tmp_path, tiny)
    how = {"recipe": importlib.import_module("benchmarks.exchange_networks").plain(tiny["NLinear"])}
    losses = np.random.default_rng(1).random(57)
    store.write(wanted[1], protocol.Losses(losses, losses), how)
    np.testing.assert_array_equal(store.read(wanted[1], 57)[0].mse, losses.astype(np.float32))
    harm(tmp_path / "nlinear-4-1.npz")
    with pytest.raises(StoreError, match=rf"nlinear-4-1\.npz {why}.*Delete .*nlinear-4-1\.npz"):
        repro.train_missing(panel, wanted, store)


def test_a_training_of_another_recipe_is_refused(repro, protocol, networks, wanted, tiny, tmp_path):
    ones = protocol.Losses(np.ones(57), np.ones(57))
    other = replace(tiny["NLinear"], epochs=3)
    repro.Store(tmp_path, tiny).write(wanted[1], ones, {"recipe": networks.plain(other)})
    with pytest.raises(StoreError, match="was trained by another recipe"):
        repro.Store(tmp_path, tiny).read(wanted[1], 57)


def test_the_shortest_horizon_comes_first_and_then_seed_after_seed(repro):
    order = repro.units(["a", "b"], [720, 96, 192], [1, 2])
    assert [str(one) for one in order[:4]] == [
        f"{model}, 96 steps ahead, seed {seed}" for seed in (1, 2) for model in "ab"
    ]
    assert [(one.horizon, one.seed) for one in order[4::2]] == [
        (192, 1), (720, 1), (192, 2), (720, 2)
    ]  # fmt: skip
    assert len({one.file for one in repro.units()}) == 60


def test_the_operations_of_a_step_are_counted(networks, panel, tiny):
    """Six for each of the 920 weights and each of 16 windows, but for the gradient of the data.

    Blocks of 6, 6 and 12 inputs; 8 x 8 twice; 12 backcasts and 1, 2 and 4 knots.
    """
    weights = (6 + 8 + 8 + 13) * 8 + (6 + 8 + 8 + 14) * 8 + (12 + 8 + 8 + 16) * 8
    counted = networks.step_flops(tiny["N-HiTS"], panel, HORIZON)
    assert counted == 16 * (6 * weights - 2 * 6 * 8)


@pytest.fixture
def cells(protocol, workload):
    """Every forecast as printed, five seeds of each network, the default abstaining."""
    made = []
    for at, horizon in enumerate(protocol.HORIZONS):
        for name in ("repeat-last", "the default", "N-HiTS", "NLinear", "DLinear"):
            known = {"the default": "repeat-last", "N-HiTS": protocol.PAPER}.get(name, name)
            losses = protocol.Losses(*np.full((2, 9), protocol.PUBLISHED[known][at]))
            runs = 5 if name in ("N-HiTS", "NLinear", "DLinear") else 1
            extra = {"departs": 0.0} if name == "the default" else {}
            made.append({**workload._cell(name, horizon, runs * [losses]), **extra})
    return made


AGAIN = [{"equal": True, "same_machine": True}] * 3


def changed(cells, at, **facts):
    return [{**cell, **facts} if n == at else cell for n, cell in enumerate(cells)]


@pytest.mark.parametrize(
    ("at", "facts", "met"),
    [
        (2, {"mse": 0.1012}, True),
        (2, {"mse": 0.1013}, False),
        (2, {"runs": 4}, False),
        (17, {"mse": None, "runs": 0}, False),
        (0, {"mse": 0.0816}, False),
        (1, {"mse": 0.0811}, False),
        (1, {"mse": 0.0826, "departs": 0.125}, True),
        (1, {"mse": 0.0827, "departs": 0.125}, False),
        (3, {"mse": 9.0, "runs": 0}, True),
    ],
)
def test_the_target_is_met_by_the_rows_alone(workload, cells, at, facts, met):
    assert all(workload.promises(cells, AGAIN))
    assert all(workload.promises(changed(cells, at, **facts), AGAIN)) is met


@pytest.mark.parametrize(
    ("one", "met"),
    [
        ({"equal": False, "same_machine": True}, False),
        ({"equal": False, "same_machine": False}, True),
        ({"equal": None, "same_machine": None}, False),
    ],
)
def test_a_training_that_gives_other_losses_on_the_same_machine_breaks_it(
    workload, cells, one, met
):
    assert all(workload.promises(cells, [*AGAIN[:2], one])) is met


def test_what_was_not_run_is_shown_as_such(workload, cells):
    absent = changed(cells, 17, **workload._cell("N-HiTS", 720, []))
    shown = workload.table(absent).splitlines()
    known = " | ".join(f"{mse} ± 0.000 / {mse}" for mse in ("0.092", "0.208", "0.371"))
    assert shown[5] == f"| N-HiTS | {known} | not run |"
    assert shown[6] == "| *as published, first edition* | *0.092* | *0.208* | *0.371* | *0.888* |"
    row = workload.row(absent[17], absent, AGAIN)
    runner = importlib.import_module("benchmarks.__main__")
    result = {"workload": "W8", "title": "t", "target": "x", "met": False, "rows": [row]}
    assert runner.table([result]).splitlines()[2] == (
        "| W8 t | 720 steps: N-HiTS, 0 of 5 seeds | N-HiTS, first edition, published "
        "| not run | MSE 0.888 | – | – | x | no |"
    )


def test_the_whole_workload_at_a_small_size(
    workload, repro, networks, panel, tiny, tmp_path, monkeypatch
):
    monkeypatch.setattr(workload, "HORIZONS", (HORIZON, 6))
    monkeypatch.setattr(workload, "RECIPES", tiny)
    monkeypatch.setattr(workload, "SEEDS", (1, 2))
    monkeypatch.setattr(workload, "read_panel", lambda: panel)
    monkeypatch.setattr(workload, "Store", lambda: repro.Store(tmp_path, tiny))
    shown = []
    monkeypatch.setattr(workload, "show", lambda *given: shown.append(given))
    wanted = repro.units(list(tiny), [HORIZON], [1, 2])
    repro.train_missing(panel, wanted, repro.Store(tmp_path, tiny))
    result = workload.run()
    assert len(result["rows"]) == 2 * 5
    assert result["met"] is False
    assert [one["equal"] for one in result["retrained"]] == [True] * 3
    assert all(one["same_machine"] for one in result["retrained"])
    [nhits] = [c for c in result["cells"] if (c["forecast"], c["horizon"]) == ("N-HiTS", HORIZON)]
    kept = [
        repro.Store(tmp_path, tiny).read(unit, 57)[0].mse.mean()
        for unit in wanted
        if unit.model == "N-HiTS"
    ]
    assert nhits["mse"] == pytest.approx(np.mean(kept))
    assert nhits["windows"] == 57
    assert shown[0][0].count("not run") == 3
    assert result["training"]["steps_per_second"] > 0
    assert json.loads(json.dumps(result)) == result


def test_the_table_is_of_the_losses_that_are_stored(protocol, repro, workload):
    """Who changes a recipe trains again, and runs `make bench W=W8`."""
    result = json.loads((ROOT / "benchmarks/results/W8.json").read_text(encoding="utf-8"))
    shown = (ROOT / "benchmarks/README.md").read_text(encoding="utf-8")
    assert workload.table(result["cells"]) in shown
    assert result["met"] == all(workload.promises(result["cells"], result["retrained"]))
    for cell in result["cells"]:
        if cell.get("seeds"):
            stored = repro.units([cell["forecast"]], [cell["horizon"]], cell["seeds"])
            windows = 7588 - 6071 - cell["horizon"] + 1
            losses = [repro.Store().read(unit, windows)[0].mse.mean() for unit in stored]
            assert cell["runs"] == len(stored)
            assert cell["mse"] == pytest.approx(np.mean(losses))
