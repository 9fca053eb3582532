"""Networks learn what can be learned, the same each time, and can be stopped."""

from __future__ import annotations

import random
import sys
from threading import Event

import numpy as np
import pytest

from workbench.context import Context
from workbench.errors import Cancelled, InvalidInput, MissingExtra
from workbench.forecast import Architecture, Schedule, train
from workbench.forecast.scaling import interpolated

SHAPE = Architecture("NHITS", 24, 5, (0.05, 0.25, 0.5, 0.75, 0.95), {"hidden": 16})
SHORT = Schedule(epochs=2, batch_size=64)


@pytest.fixture(scope="module")
def library():
    pytest.importorskip("neuralforecast", reason="the extra 'forecast' is not installed")
    return pytest.importorskip("torch")


def untold(*_):
    """Takes the progress and says nothing."""


def trained(walk, schedule=SHORT, on_progress=untold):
    return train(walk, SHAPE, schedule, validation_split=0.2, on_progress=on_progress)


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
    first, second = (trained(path).fit for path in (walk, changed))
    assert first.graphs == second.graphs
    assert first.valid_losses == second.valid_losses


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


def test_a_training_that_diverges_says_so(library, walk):
    absurd = walk.copy()
    absurd[::50] *= 1e300
    with pytest.raises(InvalidInput, match="diverges"):
        trained(absurd, Schedule(epochs=3, batch_size=8, learning_rate=1e30))


@pytest.mark.parametrize("name", ["neuralforecast", "torch", "onnx", "onnxruntime"])
def test_without_a_library_the_extra_is_named(walk, monkeypatch, name):
    monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(MissingExtra, match=rf"{name}.*\[forecast\]"):
        trained(walk)


def test_mixed_precision_learns_nearly_the_same(library, walk):
    exact = trained(walk, Schedule(epochs=2, batch_size=64)).fit
    mixed = trained(walk, Schedule(epochs=2, batch_size=64, mixed_precision=True)).fit
    assert mixed.valid_losses != exact.valid_losses
    np.testing.assert_allclose(mixed.valid_losses, exact.valid_losses, rtol=0.03)
