"""A trained N-HiTS answers: one series at once, ten thousand in one call, and in a new process.

Horizon 24, input 120, the quantiles of `neural_train`, first weights of one seed. The library's
own model, fitted for one step, is given these weights and the same scaled windows, so that the
two must say the same. `NeuralForecast.predict` is what a caller of the library waits for, on a
frame that it has; the raw module and a bare ONNX Runtime session are what is under it and under
ours: they take scaled windows, undo nothing and check nothing. Cold is all of it in a new process:
imports, the model by its id out of the experiment store, and the first answer.
"""

from __future__ import annotations

import contextlib
import io
import logging
import os
import resource
import subprocess
import sys
import tempfile
import warnings
from datetime import UTC, date, datetime
from functools import cache, partial
from statistics import median
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from benchmarks.measure import in_turns, seconds, slope
from workbench.forecast.networks import Architecture, Network
from workbench.forecast.scaling import scaled

if TYPE_CHECKING:
    from collections.abc import Callable

TITLE = "N-HiTS inference"
TARGET = (
    "one series: p50 <= 1/40 of NeuralForecast.predict; 10,000 in one call: >= 10x; "
    "equal to 1e-5; cold <= 1 s; 10,000 within 2 GB"
)
LIBRARIES = ("neuralforecast", "numpy", "onnxruntime", "torch")

SHAPE = Architecture("NHITS", input_size=120, horizon=24)
SIZES = {"x1": 625, "x4": 2_500, "x16": 10_000}
ONE = 300
"""Calls of which the median and the 99th percentile are taken."""

COLD = """
import sys, time
start, busy = time.perf_counter(), time.process_time()
from workbench.forecast import neural_predict
values = [100.0 + (7 * step) % 11 for step in range(120)]
answer = neural_predict(sys.argv[1], values)
print(time.perf_counter() - start, time.process_time() - busy)
assert not {"neuralforecast", "lightning", "pytorch_lightning", "torch"} & set(sys.modules)
"""
BATCH = """
import sys
import numpy as np
from workbench.forecast import neural_predict
rows = np.load(sys.argv[2])
assert np.isfinite(neural_predict(sys.argv[1], rows.tolist()).predictions).all()
with open("/proc/self/status") as status:  # what getrusage says includes the parent's
    print(next(line.split()[1] for line in status if line.startswith("VmHWM")))
"""


@cache
def trained() -> tuple[Any, Network]:
    """The library's modules and the same network frozen."""
    from workbench.forecast.networks.neuralforecast import made
    from workbench.forecast.networks.onnx import frozen

    members = made(SHAPE, seed=7).eval()
    return members, Network(SHAPE, frozen(members, SHAPE.input_size))


def series(count: int) -> np.ndarray:
    """Random walks, shape (count, input_size)."""
    rng = np.random.default_rng(17)
    return 100 * np.exp(np.cumsum(rng.normal(0, 0.01, (count, SHAPE.input_size)), axis=1))


def windows(count: int) -> np.ndarray:
    """The walks as a network sees them."""
    return scaled(np.log(series(count)), SHAPE.horizon).inputs.astype(np.float32)


def frame(count: int) -> pd.DataFrame:
    """The scaled walks as the library takes them."""
    seen = windows(count)
    names = np.repeat([f"S{number:05}" for number in range(count)], SHAPE.input_size)
    time = np.tile(np.arange(SHAPE.input_size), count)
    return pd.DataFrame({"unique_id": names, "ds": time, "y": seen.ravel()})


@cache
def library() -> Any:
    """The library's own forecaster with the weights of ours."""
    from neuralforecast import NeuralForecast
    from neuralforecast.losses.pytorch import MQLoss
    from neuralforecast.models import NHITS

    members, _ = trained()
    ours = members.networks[0]
    options = SHAPE.options
    model = NHITS(
        h=SHAPE.horizon,
        input_size=SHAPE.input_size,
        loss=MQLoss(quantiles=list(SHAPE.quantiles)),
        stack_types=len(options["pooling"]) * ["identity"],
        n_blocks=list(options["blocks"]),
        mlp_units=options["layers"] * [2 * [options["hidden"]]],
        n_pool_kernel_size=list(options["pooling"]),
        n_freq_downsample=list(options["downsample"]),
        max_steps=1,
        start_padding_enabled=True,
        accelerator="cpu",
        enable_progress_bar=False,
        enable_model_summary=False,
        enable_checkpointing=False,
        logger=False,
    )
    fitted = NeuralForecast([model], freq=1)
    fitted.fit(frame(4), val_size=0)
    fitted.models[0].load_state_dict(ours.state_dict(), strict=False)
    return fitted


def by_library(given: pd.DataFrame) -> np.ndarray:
    """What `NeuralForecast.predict` says, shape (series, horizon, quantiles)."""
    said = library().predict(given)
    return said.iloc[:, 2:].to_numpy().reshape(-1, SHAPE.horizon, len(SHAPE.quantiles))


def by_module(seen: np.ndarray) -> np.ndarray:
    """What the raw module says."""
    import torch

    with torch.inference_mode():
        return trained()[0](torch.from_numpy(seen)).numpy()


@cache
def session() -> Any:
    """A plain ONNX Runtime session for one window, one thread."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    return onnxruntime.InferenceSession(
        trained()[1].graphs.one, options, providers=["CPUExecutionProvider"]
    )


def by_runtime(seen: np.ndarray) -> np.ndarray:
    """What a plain session says, window by window."""
    return np.concatenate([session().run(None, {"windows": row[None]})[0] for row in seen])


def percentiles(call: Callable[[], object]) -> tuple[float, float]:
    """The median and the 99th percentile of the seconds of a call."""
    call()
    taken = [seconds(call) for _ in range(ONE)]
    return median(taken), float(np.quantile(taken, 0.99))


def row(size: str, peer: str, times: tuple[float, float], *, equal: bool) -> dict[str, Any]:
    """One line of the results."""
    mine, their = times
    return {
        "size": size,
        "peer": peer,
        "ours_seconds": round(mine, 7),
        "peer_seconds": round(their, 7),
        "ratio": round(their / mine, 2),
        "equal": bool(equal),
        "peak_rss_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
    }


def same(count: int = 200) -> dict[str, bool]:
    """Whether every way says the same of scaled windows, to 1e-5."""
    seen = windows(count)
    ours = trained()[1].forward(seen)
    said = {
        "NeuralForecast.predict": by_library(frame(count)),
        "raw module": by_module(seen),
        "ONNX Runtime": by_runtime(seen),
    }
    return {name: np.allclose(ours, one, rtol=0, atol=1e-5) for name, one in said.items()}


def one_series(equal: dict[str, bool]) -> list[dict[str, Any]]:
    """Prices to prices for one series, and the network alone."""
    network = trained()[1]
    prices, seen, given = series(1), windows(1), frame(1)
    asked = SHAPE.quantiles
    fifty, worst = percentiles(lambda: network.predict(prices, asked))
    alone, alone_worst = percentiles(lambda: network.forward(seen))
    _, whole = in_turns(
        lambda: network.predict(prices, asked), lambda: by_library(given), rounds=30
    )
    of_library = partial(row, peer="NeuralForecast.predict", equal=all(equal.values()))
    rows = [of_library("one series, p50", times=(fifty, whole))]
    for name, call in (("raw module", by_module), ("ONNX Runtime", by_runtime)):
        their, their_worst = percentiles(lambda call=call: call(seen))
        rows.append(row("network alone, p50", name, (alone, their), equal=equal[name]))
        rows.append(row("network alone, p99", name, (alone_worst, their_worst), equal=equal[name]))
    slowest = float(np.quantile([seconds(lambda: by_library(given)) for _ in range(100)], 0.99))
    rows.append(of_library("one series, p99", times=(worst, slowest)))
    return rows


def many_series(equal: dict[str, bool]) -> tuple[list[dict[str, Any]], list[float]]:
    """Thousands in one call, beside the library and the raw module."""
    network = trained()[1]
    rows, alone = [], []
    for size, count in SIZES.items():
        prices, seen, given = series(count), windows(count), frame(count)
        for name, call in (
            ("NeuralForecast.predict", lambda given=given: by_library(given)),
            ("raw module", lambda seen=seen: by_module(seen)),
        ):
            times = in_turns(lambda prices=prices: network.predict(prices, SHAPE.quantiles), call)
            rows.append(row(f"{size} {count:,} series", name, times, equal=equal[name]))
        alone.append(rows[-1]["ours_seconds"])
    return rows, alone


def kept() -> str:
    """The network as a model of the experiment store of this process's home."""
    from workbench.context import current
    from workbench.forecast.evaluation.results import Evaluation, Scores
    from workbench.forecast.models import TrainedModel, save_model

    numbers = ("mae", "rmse", "mape", "r2_score", "r2_change", "pinball", "directional_accuracy")
    scores = {**dict.fromkeys(numbers, 1.0), "coverage": {}}
    evaluation = Evaluation(
        naive=Scores(name="repeat-last", **scores),
        model=Scores(name="N-HiTS", **scores),
        skill=0.0,
        pinball_skill=0.0,
        origins=1,
        horizon=SHAPE.horizon,
        statement="Not trained: first weights.",
    )
    model = TrainedModel(
        model_id="",
        model_type="NHITS",
        series="none",
        forecaster=trained()[1],
        trained_at=datetime(2026, 1, 1, tzinfo=UTC),
        trained_until=date(2026, 1, 1),
        closes="",
        evaluation=evaluation.model_dump(),
        parameters={"horizon": SHAPE.horizon},
    )
    return save_model(model, name="w7", metrics={}, context=current())


def in_new_processes() -> tuple[float, float, float]:
    """The seconds until a new process has its first answer, those of its processor, and memory.

    The memory is that of another process that answers 10,000 series, in megabytes.
    """
    with tempfile.TemporaryDirectory() as home:
        before = os.environ.get("WORKBENCH_HOME")
        os.environ["WORKBENCH_HOME"] = home
        try:
            model_id = kept()
            rows = f"{home}/rows.npy"
            np.save(rows, series(SIZES["x16"]))
            call = [sys.executable, "-c", COLD, model_id]
            taken = [subprocess.check_output(call, text=True).split() for _ in range(8)]
            call = [sys.executable, "-c", BATCH, model_id, rows]
            memory = float(subprocess.check_output(call, text=True)) / 1024
        finally:
            del os.environ["WORKBENCH_HOME"]
            if before is not None:
                os.environ["WORKBENCH_HOME"] = before
    later = np.array(taken[1:], dtype=float)  # the first one reads the store and leaves a copy
    return float(np.median(later[:, 0])), float(np.median(later[:, 1])), memory


def run() -> dict[str, Any]:
    """One series, thousands, and a new process; equality first."""
    logging.getLogger("pytorch_lightning").setLevel(logging.ERROR)
    with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
        warnings.simplefilter("ignore")
        equal = same()
        rows = one_series(equal)
        batch, alone = many_series(equal)
    cold, busy, memory = in_new_processes()
    met = (
        all(one["equal"] for one in rows + batch)
        and rows[0]["ratio"] >= 40
        and batch[-2]["ratio"] >= 10
        and cold <= 1.0
        and memory <= 2_048
    )
    return {
        "rows": rows + batch,
        "met": bool(met),
        "cold_seconds": round(cold, 3),
        "cold_processor_seconds": round(busy, 3),
        "slope": round(slope([float(n) for n in SIZES.values()], alone), 2),
        "peak_rss_mb_of_10000_series": round(memory),
    }
