"""A server loads once, keeps to its memory, and swaps without losing a request."""

from __future__ import annotations

import threading
from dataclasses import replace

import numpy as np
import pytest

from workbench.errors import InvalidInput, StoreError, TooLittleHistory, UnknownName
from workbench.forecast import Architecture, ModelServer, Network, server_of
from workbench.forecast.networks import Graphs
from workbench.forecast.serving.shelf import bytes_of

from .conftest import QUANTILES, model_of, network_of


class Counting:
    """A loader that counts, and can be made to wait."""

    def __init__(self, models):
        self.models, self.loads = models, []
        self.gate = threading.Event()
        self.gate.set()

    def __call__(self, model_id):
        self.loads.append(model_id)
        self.gate.wait(10)
        if model_id not in self.models:
            raise UnknownName("model", model_id, self.models)
        return self.models[model_id]


@pytest.fixture
def load(models):
    return Counting(models)


def megabytes(model, count):
    return (count + 0.5) * bytes_of(model) / 1e6


def test_it_says_what_the_network_says(load, models, history):
    answer = ModelServer(load).predict("m1", history, (0.05, 0.5, 0.95))
    expected = models["m1"].forecaster.predict(history, (0.05, 0.5, 0.95))
    np.testing.assert_array_equal(answer.values, expected)
    assert answer.model.model_id == "m1"
    assert not answer.from_cache


def test_a_model_is_loaded_once_for_all_threads(load, history):
    server = ModelServer(load)
    load.gate.clear()
    threads = [threading.Thread(target=server.predict, args=("m0", history)) for _ in range(6)]
    for thread in threads:
        thread.start()
    load.gate.set()
    for thread in threads:
        thread.join(10)
    assert load.loads == ["m0"]
    assert list(server.status().models) == ["m0"]


def test_the_same_question_is_answered_from_the_cache(load, history):
    server = ModelServer(load)
    first = server.predict("m0", history)
    again = server.predict("m0", history.copy())
    assert (first.from_cache, again.from_cache) == (False, True)
    np.testing.assert_array_equal(first.values, again.values)
    longer = np.concatenate([np.full((5, 10), 7.0), history], axis=1)
    assert server.predict("m0", longer).from_cache, "the model sees the same window"
    status = server.status()
    assert (status.answers, status.hits, status.misses) == (1, 2, 1)


@pytest.mark.parametrize("what", ["model", "window", "quantiles", "shape"])
def test_another_question_is_not(load, history, what):
    server = ModelServer(load)
    server.predict("m0", history[:4], (0.25, 0.5))
    changed = history[:4].copy()
    changed[3, -1] = np.nextafter(changed[3, -1], 1e9)
    asked = {
        "model": ("m1", history[:4], (0.25, 0.5)),
        "window": ("m0", changed, (0.25, 0.5)),
        "quantiles": ("m0", history[:4], (0.5, 0.75)),
        "shape": ("m0", history[:3], (0.25, 0.5)),
    }[what]
    assert not server.predict(*asked).from_cache


def test_nobody_can_change_an_answer_that_is_kept(load, history):
    server = ModelServer(load)
    with pytest.raises(ValueError, match="read-only"):
        server.predict("m0", history).values[0] = 0.0


def test_answers_are_bounded_and_the_oldest_go(load, history):
    one = history[:1]
    size = ModelServer(load).predict("m0", one).values.nbytes
    server = ModelServer(load, answers_mb=2.5 * size / 1e6)
    for row in history:
        server.predict("m0", row[None, :])
    assert server.status().answers == 2
    assert server.predict("m0", history[4:5]).from_cache
    assert not server.predict("m0", history[:1]).from_cache
    assert not server.predict("m0", history).from_cache
    assert not server.predict("m0", history).from_cache, "larger than the bound"


def test_the_model_that_was_not_asked_for_the_longest_goes_first(load, models, history):
    server = ModelServer(load, memory_mb=megabytes(models["m0"], 2))
    for model_id in ("m0", "m1", "m0", "m2"):
        server.predict(model_id, history)
    assert list(server.status().models) == ["m0", "m2"]
    assert server.status().memory_mb <= server.status().most_memory_mb
    server.model("m1")
    assert load.loads == ["m0", "m1", "m2", "m1"]


def test_a_model_larger_than_the_memory_is_refused_by_name(load, models, history):
    server = ModelServer(load, memory_mb=megabytes(models["m0"], 0))
    with pytest.raises(InvalidInput, match=r"m0 does not fit the .* memory_mb"):
        server.predict("m0", history)
    assert server.status().models == {}


def test_a_name_keeps_its_model_in_memory(load, models, history):
    server = ModelServer(load, memory_mb=megabytes(models["m0"], 2))
    server.swap("acme", "m0")
    for model_id in ("m1", "m2", "m3"):
        server.predict(model_id, history)
    assert set(server.status().models) == {"m0", "m3"}
    server.swap("other", "m3")
    with pytest.raises(InvalidInput, match="names point to"):
        server.predict("m1", history)
    server.forget("acme")
    server.predict("m1", history)
    assert set(server.status().models) == {"m1", "m3"}
    assert list(server.status().to_frame().loc["m3"])[1] == "other"


def test_a_swap_returns_what_answered_before(load, history):
    server = ModelServer(load)
    assert server.swap("acme", "m0") is None
    before = server.swap("acme", "m1")
    assert before.model_id == "m0"
    assert server.predict("acme", history).model.model_id == "m1"
    assert server.status().names == {"acme": "m1"}


def damaged(model, part):
    graphs = {"one": model.forecaster.graphs.one, "many": model.forecaster.graphs.many}
    graphs[part] = graphs[part][:50]
    broken = Graphs(**graphs, at_once=model.forecaster.graphs.at_once)
    return replace(model, forecaster=replace(model.forecaster, graphs=broken))


def nonsense(model):
    """A network of another shape than its card says."""
    other = network_of(9, horizon=4).graphs
    return replace(model, forecaster=replace(model.forecaster, graphs=other))


def undefined():
    """A network whose training ended in NaN."""
    import torch

    from workbench.forecast.networks.neuralforecast import made
    from workbench.forecast.networks.onnx import frozen

    shape = Architecture("NLinear", 16, 3, QUANTILES)
    members = made(shape, 1).eval()
    with torch.no_grad():
        for weights in members.networks[0].linear.parameters():
            weights.fill_(np.nan)
    return Network(shape, frozen(members, 16))


@pytest.mark.parametrize(
    ("spoil", "error", "words"),
    [
        (lambda m: damaged(m, "one"), StoreError, "train it again"),
        (lambda m: damaged(m, "many"), StoreError, "train it again"),
        (nonsense, StoreError, "nonsense"),
        (lambda _: model_of("m1", undefined()), StoreError, "nonsense"),
        (None, UnknownName, "m0"),
        (lambda _: model_of("m1", network_of(1, input_size=17)), InvalidInput, "17 values"),
        (lambda _: model_of("m1", network_of(1, horizon=2)), InvalidInput, "2 steps, not 3"),
        (
            lambda _: model_of("m1", network_of(1, quantiles=(0.1, 0.5, 0.9))),
            InvalidInput,
            "fewer quantiles",
        ),
    ],
    ids=["one", "many", "nonsense", "NaN", "unknown", "longer input", "horizon", "quantiles"],
)
def test_the_previous_version_keeps_serving(load, models, history, spoil, error, words):
    server = ModelServer(load, answers_mb=0)
    server.swap("acme", "m0")
    expected = server.predict("acme", history).values
    models.pop("m1") if spoil is None else models.update(m1=spoil(models["m1"]))
    with pytest.raises(error, match=words):
        server.swap("acme", "m1")
    np.testing.assert_array_equal(server.predict("acme", history).values, expected)
    assert server.status().names == {"acme": "m0"}


def test_a_failed_loading_is_tried_again(load, models, history):
    good = models.pop("m1")
    server = ModelServer(load)
    with pytest.raises(UnknownName):
        server.predict("m1", history)
    models["m1"] = good
    assert server.predict("m1", history).model.model_id == "m1"


def test_a_model_of_levels_is_not_replaced_by_one_of_logarithms(load, models):
    models["m0"] = model_of("m0", network_of(0, transform="level"))
    server = ModelServer(load)
    server.swap("spread", "m0")
    with pytest.raises(InvalidInput, match="positive values only"):
        server.swap("spread", "m1")


def test_fifty_swaps_under_fire_lose_no_request_and_mix_no_answer(load, models, history):
    server = ModelServer(load, answers_mb=0.01, memory_mb=megabytes(models["m0"], 3))
    expected = {
        model_id: model.forecaster.predict(history, (0.05, 0.5))
        for model_id, model in models.items()
    }
    server.swap("acme", "m0")
    done, wrong, seen = threading.Event(), [], [set() for _ in range(4)]

    def hammer(place):
        while not done.is_set():
            try:
                answer = server.predict("acme", history, (0.05, 0.5))
                right = np.array_equal(answer.values, expected[answer.model.model_id])
                seen[place].add(answer.model.model_id if right else "mixed")
            except Exception as error:  # noqa: BLE001  any error at all is what must not be
                wrong.append(error)

    threads = [threading.Thread(target=hammer, args=(place,)) for place in range(4)]
    for thread in threads:
        thread.start()
    for number in range(1, 51):
        server.swap("acme", f"m{number % 4}")
    done.set()
    for thread in threads:
        thread.join(20)
    assert wrong == []
    assert set().union(*seen) <= set(models)
    assert all(seen)
    assert server.predict("acme", history).model.model_id == "m2"


def test_a_short_history_is_refused(load, history):
    with pytest.raises(TooLittleHistory, match="The model m0 needs at least 16"):
        ModelServer(load).predict("m0", history[:, :10])


def test_there_is_one_server_for_a_store(context):
    assert server_of(context) is server_of(context.replace())
