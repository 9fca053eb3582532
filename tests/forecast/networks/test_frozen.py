"""A frozen network says what the network said that was trained."""

from __future__ import annotations

import pickle

import numpy as np
import pytest

from workbench.errors import InvalidInput, OutOfRange, StoreError, TooLittleHistory
from workbench.forecast import MODEL_TYPES, Architecture, Network
from workbench.forecast.networks import Graphs

QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)


@pytest.fixture(scope="module")
def torch():
    pytest.importorskip("neuralforecast", reason="the extra 'forecast' is not installed")
    return pytest.importorskip("torch")


def made_and_frozen(shape, seed=3):
    from workbench.forecast.networks.neuralforecast import made
    from workbench.forecast.networks.onnx import frozen

    members = made(shape, seed).eval()
    return members, Network(shape, frozen(members, shape.input_size))


@pytest.mark.parametrize(
    "shape",
    [
        *(Architecture(kind, 24, 5, QUANTILES) for kind in MODEL_TYPES),
        Architecture("NHITS", 25, 7, options={"hidden": 8, "layers": 3}),
        Architecture("NHITS", 10, 1, (0.1, 0.5, 0.9)),
        Architecture(
            "NHITS",
            30,
            24,
            options={"blocks": (2, 1), "pooling": (8, 4), "downsample": (12, 5)},
        ),
        Architecture("LSTM", 12, 20, options={"layers": 1}),
        Architecture("PatchTST", 17, 9, options={"patch": 4, "stride": 3}),
        Architecture("CNN_LSTM", 9, 2, options={"filters": (4,), "kernel": 5, "layers": 2}),
    ],
    ids=lambda shape: f"{shape.kind} {shape.input_size}-{shape.horizon}",
)
@pytest.mark.parametrize("windows", [1, 7, 300])
def test_the_served_numbers_are_the_trained_ones(torch, shape, windows):
    """The network of the library itself is the answer, one part after the other."""
    members, network = made_and_frozen(shape)
    inputs = np.random.default_rng(0).normal(size=(windows, shape.input_size)).astype(np.float32)
    tensor = torch.tensor(inputs)[:, :, None]
    batch = {"insample_y": tensor, "insample_mask": torch.ones_like(tensor)}
    batch |= {"futr_exog": None, "hist_exog": None, "stat_exog": None}
    with torch.no_grad():
        each = [one.loss.domain_map(one(batch))[:, :, 0].numpy() for one in members.networks]
    np.testing.assert_allclose(network.forward(inputs), np.mean(each, axis=0), atol=1e-5)


def test_the_library_trains_our_own_network_as_it_trains_its_own(torch, tmp_path, monkeypatch):
    import pandas as pd
    from neuralforecast import NeuralForecast
    from neuralforecast.losses.pytorch import MQLoss

    from workbench.forecast.networks.neuralforecast import CnnLstm

    monkeypatch.chdir(tmp_path)  # the library writes its logs where it stands
    options = {"filters": (4,), "kernel": 3, "hidden": 8, "layers": 1, "dropout": 0.0}
    network = CnnLstm(3, 12, MQLoss(quantiles=[0.1, 0.5, 0.9]), options)
    network.max_steps = network.trainer_kwargs["max_steps"] = 2
    network.trainer_kwargs |= {"accelerator": "cpu", "enable_progress_bar": False, "logger": False}
    rows = {"unique_id": "one", "ds": np.arange(80), "y": np.sin(np.arange(80.0))}
    library = NeuralForecast([network], freq=1)
    library.fit(pd.DataFrame(rows))
    said = library.predict()
    assert said.shape == (3, 5)
    assert np.isfinite(said.iloc[:, 2:]).all(axis=None)


def test_of_no_series_there_is_no_forecast(torch):
    _, network = made_and_frozen(Architecture("NLinear", 24, 5, QUANTILES))
    assert network.predict(np.empty((0, 30)), [0.25, 0.5]).shape == (0, 5, 2)


def test_a_network_travels_to_another_process(torch):
    _, network = made_and_frozen(Architecture("GRU", 24, 5, QUANTILES))
    inputs = np.random.default_rng(1).normal(size=(2, 24)).astype(np.float32)
    expected = network.forward(inputs)
    again = pickle.loads(pickle.dumps(network))  # noqa: S301  written on the line itself
    np.testing.assert_array_equal(again.forward(inputs), expected)


@pytest.mark.parametrize(("part", "windows"), [("one", 1), ("many", 300)])
def test_a_damaged_graph_is_named_when_it_is_needed(torch, part, windows):
    _, network = made_and_frozen(Architecture("NLinear", 24, 5, QUANTILES))
    good = {"one": network.graphs.one, "many": network.graphs.many}
    graphs = Graphs(**good | {part: good[part][:100]}, at_once=network.graphs.at_once)
    broken = Network(network.architecture, graphs)
    with pytest.raises(StoreError, match="train it again"):
        broken.forward(np.zeros((windows, 24), dtype=np.float32))


@pytest.mark.parametrize(
    ("history", "quantiles", "error"),
    [
        (np.full((1, 24), 5.0), [0.5], InvalidInput),
        (np.linspace(-1, 1, 24)[None, :], [0.5], InvalidInput),
        (np.linspace(1, 2, 20)[None, :], [0.5], TooLittleHistory),
        (np.linspace(1, 2, 24)[None, :], [0.01], OutOfRange),
        (np.where(np.arange(24) == 20, np.nan, 5.0 + np.arange(24))[None], [0.5], InvalidInput),
    ],
    ids=["constant", "negative", "short", "quantile", "missing"],
)
def test_what_it_cannot_forecast_it_refuses(history, quantiles, error):
    with pytest.raises(error):
        Network(Architecture("NHITS", 24, 5, QUANTILES), Graphs(b"", b"", 1)).predict(
            history, quantiles
        )


@pytest.mark.parametrize(
    "quantiles", [(0.1, 0.9), (0.1, 0.5, 0.8), (0.5, 0.1, 0.9), (0.0, 0.5, 1.0)]
)
def test_quantiles_that_cannot_be_learned_are_refused(quantiles):
    with pytest.raises(InvalidInput):
        Architecture("NHITS", 24, 5, quantiles)


@pytest.mark.parametrize("kind", MODEL_TYPES)
def test_a_shape_comes_back_from_json(kind):
    shape = Architecture(kind, 24, 5, QUANTILES)
    again = Architecture.from_json(shape.to_json())
    assert again == shape
    assert again.options == shape.options
