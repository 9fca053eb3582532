"""N-HiTS: learned by the library, served by arithmetic."""

from __future__ import annotations

import random
import sys
from threading import Event

import numpy as np
import pytest

from workbench.context import Context
from workbench.errors import Cancelled, InvalidInput, MissingExtra, OutOfRange, TooLittleHistory
from workbench.forecast import Architecture, Nhits, Schedule, train
from workbench.forecast.neuralforecast import _network, _torch
from workbench.forecast.scaling import interpolated

SHAPE = Architecture(24, 5, (0.05, 0.25, 0.5, 0.75, 0.95), hidden=16)
SHORT = Schedule(epochs=2, batch_size=64)


@pytest.fixture(scope="module")
def library():
    pytest.importorskip("neuralforecast", reason="the extra 'forecast' is not installed")
    return _torch()


def untold(*_):
    """Takes the progress and says nothing."""


def trained(walk, schedule=SHORT, on_progress=untold):
    return train(walk, SHAPE, schedule, validation_split=0.2, on_progress=on_progress)


@pytest.mark.parametrize(
    "shape",
    [
        SHAPE,
        Architecture(25, 7, hidden=8, layers=3),
        Architecture(60, 12, hidden=32),
        Architecture(10, 1, (0.1, 0.5, 0.9), hidden=8),
        Architecture(30, 24, hidden=8, pooling=(8, 4), downsample=(12, 5)),
    ],
)
def test_the_arithmetic_is_the_library_s_network(library, shape):
    network = _network(shape, seed=3)
    inputs = np.random.default_rng(0).normal(size=(9, shape.input_size)).astype(np.float32)
    tensor = library.tensor(inputs)[:, :, None]
    batch = {"insample_y": tensor, "insample_mask": library.ones_like(tensor)}
    batch |= {"futr_exog": None, "hist_exog": None, "stat_exog": None}
    with library.no_grad():
        expected = network.loss.domain_map(network(batch))[:, :, 0].numpy()
    weights = {name: value.numpy() for name, value in network.state_dict().items()}
    np.testing.assert_allclose(Nhits(shape, weights).forward(inputs), expected, atol=1e-5)


def test_the_same_seed_gives_the_same_forecast(library, walk):
    first, second = (trained(walk).model.predict(walk[None, :], [0.05, 0.5]) for _ in range(2))
    np.testing.assert_array_equal(first, second)
    other = trained(walk, Schedule(epochs=2, batch_size=64, seed=1)).model
    assert not np.array_equal(other.predict(walk[None, :], [0.05, 0.5]), first)


def test_training_leaves_no_trace(library, walk, tmp_path, monkeypatch, capfd):
    monkeypatch.chdir(tmp_path)
    random.seed(5)
    expected = random.random()
    random.seed(5)
    torch_state, threads = library.random.get_rng_state(), library.get_num_threads()
    trained(walk)
    assert list(tmp_path.iterdir()) == []
    assert capfd.readouterr() == ("", "")
    assert random.random() == expected
    assert library.equal(library.random.get_rng_state(), torch_state)
    assert library.get_num_threads() == threads


def test_the_best_epoch_is_kept_and_told(library, walk):
    schedule = Schedule(epochs=30, batch_size=64, learning_rate=0.01, patience=3)
    fit = trained(walk, schedule).fit
    assert fit.best_epoch == int(np.argmin(fit.valid_losses)) + 1
    assert fit.stopped_by == "early stopping"
    assert len(fit.valid_losses) == fit.best_epoch + 3


def test_a_caller_can_stop_it(library, walk):
    told = []
    stop = Event()

    def on_progress(done, total, message):
        told.append(done)
        if done == 2:
            stop.set()  # the next news ends it: at the latest after the third epoch

    context = Context(on_progress=on_progress, stop=stop)
    with pytest.raises(Cancelled):
        trained(walk, Schedule(epochs=50, batch_size=64, patience=50), context.progress)
    assert told[0] == 0
    assert told[-1] == 2


def test_it_learns_what_can_be_learned(library):
    """A sine is foreseeable: the error must fall far below that of repeat-last."""
    wave = 100 + 10 * np.sin(np.arange(1_500) * 2 * np.pi / 20)
    found = trained(wave, Schedule(epochs=20, batch_size=32, patience=20)).evaluation
    assert found.skill > 0.8


def test_the_future_of_an_origin_changes_nothing(library, walk):
    model = trained(walk).model
    changed = walk.copy()
    changed[500:] *= np.linspace(1, 3, len(walk) - 500)
    before, after = (model.predict(path[None, :500], [0.25, 0.5]) for path in (walk, changed))
    np.testing.assert_array_equal(before, after)


def test_the_tail_that_evaluates_is_not_learned_from(library, walk):
    split = trained(walk).split
    changed = walk.copy()
    changed[split.evaluation :] *= 1.5
    weights = [trained(path).model.weights for path in (walk, changed)]
    for name in weights[0]:
        np.testing.assert_array_equal(weights[0][name], weights[1][name])


def test_a_price_in_cents_is_forecast_in_cents(library, walk):
    model = trained(walk).model
    dollars = model.predict(walk[None, :], [0.05, 0.5, 0.95])
    cents = model.predict(100 * walk[None, :], [0.05, 0.5, 0.95])
    np.testing.assert_allclose(cents, 100 * dollars, rtol=1e-4)


def test_quantiles_never_cross(library, walk):
    model = trained(walk).model
    windows = np.lib.stride_tricks.sliding_window_view(walk, 24)
    levels = np.linspace(0.05, 0.95, 19)
    assert (np.diff(model.predict(windows, levels), axis=2) >= 0).all()


def test_between_known_quantiles_a_normal_is_a_straight_line():
    """The 0.8416 of a standard normal is its 80% quantile."""
    known = np.array([[-1.6448536, 0.0, 1.6448536]])
    given = interpolated(known, [0.05, 0.5, 0.95], [0.2, 0.5, 0.8])
    np.testing.assert_allclose(given, [[-0.8416212, 0.0, 0.8416212]], atol=1e-6)


@pytest.mark.parametrize(
    ("history", "quantiles", "error"),
    [
        (np.full((1, 24), 5.0), [0.5], InvalidInput),
        (np.linspace(-1, 1, 24)[None, :], [0.5], InvalidInput),
        (np.linspace(1, 2, 20)[None, :], [0.5], TooLittleHistory),
        (np.linspace(1, 2, 24)[None, :], [0.01], OutOfRange),
    ],
)
def test_what_it_cannot_forecast_it_refuses(history, quantiles, error):
    with pytest.raises(error):
        Nhits(SHAPE, {}).predict(history, quantiles)


@pytest.mark.parametrize(
    "quantiles", [(0.1, 0.9), (0.1, 0.5, 0.8), (0.5, 0.1, 0.9), (0.0, 0.5, 1.0)]
)
def test_quantiles_that_cannot_be_learned_are_refused(quantiles):
    with pytest.raises(InvalidInput):
        Architecture(24, 5, quantiles)


def test_a_training_that_diverges_says_so(library, walk):
    absurd = walk.copy()
    absurd[::50] *= 1e300
    with pytest.raises(InvalidInput, match="diverges"):
        trained(absurd, Schedule(epochs=3, batch_size=8, learning_rate=1e30))


def test_without_the_library_the_extra_is_named(walk, monkeypatch):
    monkeypatch.setitem(sys.modules, "neuralforecast", None)
    with pytest.raises(MissingExtra, match=r"\[forecast\]"):
        trained(walk)
